"""JSON to a document: orjson for what is sound; whatever else is needed is loaded only on need."""

from collections.abc import Collection, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

import orjson

from sessionlint.document import Document, Json
from sessionlint.finding import Defect, Path, Span, note, problem
from sessionlint.limits import DEEPEST, Limits, oversize

if TYPE_CHECKING:
    from sessionlint.decode import Undecodable
    from sessionlint.decode.json_repair import Salvage
    from sessionlint.decode.text import Lines, Range


class JsonDocument(Document):
    """A document read from JSON, and what had to be salvaged of its text, if it was broken."""

    format = "json"

    def __init__(self, text: bytes, tree: Json, salvage: "Salvage | None" = None, *, is_sound: bool = False) -> None:
        super().__init__(tree)
        self._is_sound = is_sound
        if salvage is not None:
            self.defects, self.made_up, self.cut = salvage.defects, salvage.made_up, salvage.cut
        self._text = text
        self._repaired = salvage.text if salvage is not None else None

    @cached_property
    def _lines(self) -> "Lines":
        from sessionlint.decode.text import Lines

        return Lines(self._text)

    def spans(self, paths: Collection[Path]) -> Mapping[Path, Span]:
        """Where the values at ``paths`` stand in the text, as it was before any repair."""
        if self._is_sound:
            from sessionlint.decode.json_nearby import nearby_ranges

            nearby = nearby_ranges(self._text, self.tree, paths)
            if nearby is not None:
                return self._lines.spans(nearby)
        from sessionlint.decode.json_positions import value_ranges

        ranges = value_ranges(self._sound_text, paths)
        return self._lines.spans({path: self._original(range) for path, range in ranges.items()})

    @property
    def _sound_text(self) -> bytes:
        return self._text if self._repaired is None else self._repaired.text

    def _original(self, range: "Range") -> "Range":
        return range if self._repaired is None else self._repaired.original(range)

    @property
    def may_hold_nulls(self) -> bool:
        """Whether the text says null somewhere."""
        return b"null" in self._sound_text

    def line(self, number: int) -> str:
        """A line of the text, from 1, without its end."""
        return self._lines.text(number)

    def repeated_keys(self) -> tuple[Defect, ...]:
        """A defect for each key that an object has more than once."""
        if not _may_repeat_keys(self._sound_text, self.tree):
            return ()
        from sessionlint.decode.json_positions import duplicate_keys

        repeated = duplicate_keys(self._sound_text)
        spans = self._lines.spans(
            {
                (each.path, index): self._original(range)
                for each in repeated
                for index, range in enumerate((each.last, *each.earlier))
            }
        )
        return tuple(
            _repeated(each.path, each.times, tuple(spans[each.path, index] for index in range(len(each.earlier) + 1)))
            for each in repeated
        )


def _repeated(path: Path, count: int, spans: tuple[Span, ...]) -> Defect:
    last, *earlier = spans
    times = "twice" if count == 2 else f"{count} times"
    told = problem(
        path,
        f"the key {{}} comes {times} in one object: only its last value counts",
        path[-1],
        related=tuple(note(path, "also here") for _ in earlier),
        help="Keep one of them: which one counts is up to the reader's parser.",
    )
    return Defect("CAP005", told, last, tuple(earlier))


def decode_sound(data: bytes, limits: Limits) -> JsonDocument | None:
    """The document, if nothing at all is wrong with it; otherwise ``None``."""
    if len(data) > limits.document_bytes or oversize(data, limits):
        return None
    try:
        tree = orjson.loads(data)
        if _may_repeat_keys(data, tree) or type(tree) is str:
            return None
    except (orjson.JSONDecodeError, TypeError):  # TypeError: nested deeper than orjson writes
        return None
    if limits.nesting < DEEPEST and _too_deep(data, limits.nesting) is not None:
        return None
    return JsonDocument(data, tree, is_sound=True)


def _may_repeat_keys(text: bytes, tree: Json) -> bool:
    """Whether a key was dropped: then so was its colon. Only an escaped colon could make up for one."""
    written = orjson.dumps(tree)
    if text.startswith(written):  # what is behind a whole document is white space
        return False
    if text.count(b":") != written.count(b":"):
        return True
    return b"\\" in text and b"\\u003" in text


def decode_json(text: bytes, limits: Limits) -> "Document | Undecodable":
    """The document in a UTF-8 text that is meant to be JSON: salvaged, if it is broken."""
    from sessionlint.decode import Undecodable
    from sessionlint.decode.json_repair import over_nesting, salvaged
    from sessionlint.decode.text import Lines

    nesting = min(limits.nesting, DEEPEST)
    try:
        document = JsonDocument(text, orjson.loads(text))
    except orjson.JSONDecodeError:
        salvage = salvaged(text, nesting)
        if isinstance(salvage, Undecodable):
            return salvage
        document = JsonDocument(text, salvage.tree, salvage)
    else:
        bracket = _too_deep(text, nesting)
        if bracket is not None:
            return Undecodable((over_nesting(Lines(text), bracket, nesting),))
    document.defects += document.repeated_keys()
    return document


def _too_deep(text: bytes, nesting: int) -> int | None:
    """Where a sound text opens a bracket too deep, if it does."""
    if text.count(b"{") + text.count(b"[") <= nesting:
        return None
    import re

    depth = 0
    for bracket in re.finditer(rb'"(?:[^"\\]|\\.)*+"|([{\[])|[}\]]', text):
        if bracket[1]:
            depth += 1
            if depth > nesting:
                return bracket.start()
        elif bracket[0] in (b"}", b"]"):
            depth -= 1
    return None
