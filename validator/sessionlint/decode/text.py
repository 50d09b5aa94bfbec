"""The text of a document: its lines, changes to it, and the way from a place in the changed text back to it as it was."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import NamedTuple, TypeAlias, TypeVar

from sessionlint.finding import Span

Range: TypeAlias = tuple[int, int]
"""Start and end of a stretch of text, in bytes, the end exclusive."""
Key = TypeVar("Key")


class Lines:
    """The lines of a UTF-8 text: they end in a line feed, as in editors and in SARIF viewers."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._is_ascii = data.isascii()
        self._last = 0, ""

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *[end.end() for end in re.finditer(b"\n", self._data)], len(self._data) + 1]

    def text(self, number: int) -> str:
        """A line, from 1, without its end; nothing where there is no such line."""
        if number != self._last[0]:  # a line may be long, and have many findings
            self._last = number, self._text(number)
        return self._last[1]

    def _text(self, number: int) -> str:
        if not 1 <= number < len(self._starts):
            return ""
        return self._data[self._starts[number - 1] : self._starts[number] - 1].removesuffix(b"\r").decode()

    def number(self, offset: int) -> int:
        """The line, from 1, in which the byte at ``offset`` is."""
        return min(bisect_right(self._starts, offset), len(self._starts) - 1)

    def spans(self, ranges: Mapping[Key, Range]) -> dict[Key, Span]:
        """Ranges of bytes as lines and columns: one pass from start to start, however long the lines are."""
        spans: dict[Range, Span] = {}
        line, column, last = 1, 1, 0
        for start, end in sorted(set(ranges.values())):
            line, column = self._further(line, column, last, start)
            spans[start, end] = Span(line, column, *self._further(line, column, start, end))
            last = start
        return {key: spans[range] for key, range in ranges.items()}

    def _further(self, line: int, column: int, start: int, end: int) -> tuple[int, int]:
        """The line and column of the byte at ``end``, by those of an earlier one."""
        ends = self._data.count(b"\n", start, end)
        if ends:
            line, column, start = line + ends, 1, self._data.rfind(b"\n", start, end) + 1
        return line, column + (end - start if self._is_ascii else len(self._data[start:end].decode()))


MOST_EDITS = 300_000
"""Changes after which a text is given up: each costs some hundred bytes of memory."""


class Edit(NamedTuple):
    """A change: ``removed`` bytes at ``offset`` give way to ``inserted``."""

    offset: int
    removed: int
    inserted: bytes = b""


class Edited:
    """A text with edits applied: at one place insertions come first; one inside what another removes is left out.

    The text may be an edited one: places then lead back through both.
    """

    def __init__(
        self, original: "bytes | Edited", edits: Iterable[Edit], start: int = 0, end: int | None = None
    ) -> None:
        self._before = original if isinstance(original, Edited) else None
        text = original.text if isinstance(original, Edited) else original
        self._edits: list[Edit] = []
        # Where each edit's insertion starts and ends in the edited text.
        self._starts: list[int] = []
        self._ends: list[int] = []
        pieces: list[bytes] = []
        read, written = start, 0
        for edit in sorted(edits, key=lambda edit: (edit.offset, edit.removed > 0)):
            if edit.offset < read:
                if not edit.inserted and edit.offset + edit.removed > read:
                    read = edit.offset + edit.removed
                    self._edits[-1] = self._edits[-1]._replace(removed=read - self._edits[-1].offset)
                continue
            pieces += text[read : edit.offset], edit.inserted
            written += edit.offset - read
            self._starts.append(written)
            written += len(edit.inserted)
            self._ends.append(written)
            self._edits.append(edit)
            read = edit.offset + edit.removed
        pieces.append(text[read:end])
        self.text: bytes = b"".join(pieces)

    def original(self, range: Range) -> Range:
        """Where a value of the edited text stands in the text as it was."""
        start, end = range
        # A mere removal right where a value starts lies before it; one right where it ends, after it.
        before_start = bisect_right(self._ends, start)
        before_end = bisect_left(self._ends, end)
        if before_end < len(self._ends) and self._ends[before_end] == end and self._edits[before_end].inserted:
            before_end += 1
        found = self._offset(start, before_start, is_end=False), self._offset(end, before_end, is_end=True)
        return found if self._before is None else self._before.original(found)

    def _offset(self, offset: int, edits_before: int, *, is_end: bool) -> int:
        if edits_before < len(self._edits) and self._starts[edits_before] < offset:
            edit = self._edits[edits_before]
            return edit.offset + (edit.removed if is_end else 0)
        if not edits_before:
            return offset
        edit = self._edits[edits_before - 1]
        return edit.offset + edit.removed + offset - self._ends[edits_before - 1]


def character_at(text: bytes, start: int) -> Range:
    """The character that starts here."""
    end = start + 1
    while end < len(text) and text[end] & 0xC0 == 0x80:
        end += 1
    return start, end
