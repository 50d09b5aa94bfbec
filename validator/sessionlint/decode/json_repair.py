"""Salvages broken JSON: what the one pass over it found becomes defects, what it wrote down a sound text.

The edited text is parsed like any other, and the edits map its places back to the text as it was.
"""

import re
from collections import Counter
from collections.abc import Mapping
from itertools import islice
from typing import Any, Final, NamedTuple

import orjson

from sessionlint.decode import Undecodable
from sessionlint.decode.broken_lines import REMEDY, broken_lines
from sessionlint.decode.documented import ROOT, Documented
from sessionlint.decode.json_reader import RELATED, Notice, Reader
from sessionlint.decode.json_tokens import Flaw, Kind
from sessionlint.decode.lost_start import opened_again
from sessionlint.decode.text import MOST_EDITS, Edited, Key, Lines, Range, character_at
from sessionlint.document import Json, pointer
from sessionlint.finding import Defect, Path, Problem, Span, note, problem
from sessionlint.limits import TOO_DEEP, Limits, over_limit


class Salvage(NamedTuple):
    """What could be saved of a broken text."""

    tree: Json
    text: Edited
    defects: tuple[Defect, ...]
    made_up: frozenset[Path]
    cut: frozenset[Path]


def salvaged(text: bytes, nesting: int) -> Salvage | Undecodable:
    """What a text holds that orjson refused, or its defects if it holds nothing worth checking."""
    text, coloured = _without_colours(text)
    reader = Reader(text, nesting)
    is_json = reader.read()
    if note := _CUT_NOTE.search(text, max(0, len(text) - _LONGEST_NOTE)):
        without_note = Reader(text[: note.start()], nesting)
        if without_note.read() and without_note.truncated:
            text, reader, is_json = without_note.text, without_note, True
    if not is_json:
        return Undecodable((_no_json(reader),))
    source: bytes | Edited = text
    notice: Notice | None = None
    if coloured:
        told = "codes for a terminal's colours stand in the text"
        remedy = "Save the response as it came: a program that prints it in colour has an option against that."
        notice = Notice(Flaw("terminal-colours", *coloured, told, (), remedy), ())
    elif changed := _rejoined(reader) or _opened_again(reader):
        reader, source, notice = changed
    if _lacks_brackets(reader):
        reader = _better(reader, _again(reader, ROOT.members))
    if notice:
        reader.notices.insert(0, notice)
    if reader.too_deep is not None:
        return Undecodable((over_nesting(reader.lines, reader.too_deep, nesting),))
    if reader.is_too_broken:
        defects = _defects(reader, None, f"; with over {MOST_EDITS} repairs to make, nothing is salvaged")
        return Undecodable(defects or (_no_json(reader),))
    edited = Edited(source, reader.edits)
    try:
        tree = orjson.loads(edited.text)
    except orjson.JSONDecodeError:
        return Undecodable((_no_json(reader),))
    return _salvage(reader, edited, tree)


def _without_colours(text: bytes) -> tuple[bytes, Range | None]:
    """The text with spaces in place of the codes that colour it on a terminal, and where the first one is."""
    if b"\x1b[" not in text:
        return text, None
    first = next((each.span(1) for each in _COLOUR.finditer(text) if each[1]), None)
    return _COLOUR.sub(lambda each: b" " * len(each[0]) if each[1] else each[0], text), first


class _LinesBefore(Lines):
    """The lines of a text before it was edited, for ranges of the text that came of it."""

    def __init__(self, text: bytes, edited: Edited) -> None:
        super().__init__(text)
        self._edited = edited

    def number(self, offset: int) -> int:
        """The line, from 1, that the byte at ``offset`` was in."""
        return super().number(self._edited.original((offset, offset + 1))[0])

    def spans(self, ranges: Mapping[Key, Range]) -> dict[Key, Span]:
        """Where the ranges were."""
        return super().spans({key: self._edited.original(range) for key, range in ranges.items()})


def _rejoined(broken: Reader) -> tuple[Reader, Edited, Notice] | None:
    """What is read without the line ends that a terminal put in at its width, if that explains what is wrong."""
    text = broken.text
    lines = broken_lines(text) if broken.notices else None
    if lines is None:
        return None
    edited = Edited(text, lines.edits)
    reader = Reader(edited.text, broken.nesting)
    reader.lines = _LinesBefore(text, edited)
    reader.read()
    flaws = _flaws(reader)
    if flaws >= _flaws(broken) or (flaws and "control-character" not in _kinds(broken)):
        return None
    if "control-character" in _kinds(reader):  # lines that end between words are of one length by chance
        return None
    told = "the lines are broken after {} characters, inside of values too"
    # What is behind the first break, where the text was joined.
    place = character_at(reader.text, lines.first)
    return reader, edited, Notice(Flaw("broken-lines", *place, told, (lines.width,), REMEDY), ())


def _opened_again(broken: Reader) -> tuple[Reader, Edited, Notice] | None:
    """What is read of a response whose start is lost, if that explains what is wrong."""
    text = broken.text
    edit = None if broken.truncated else opened_again(text)
    if edit is None:
        return None
    edited = Edited(text, [edit])
    reader = Reader(edited.text, broken.nesting)
    reader.lines = _LinesBefore(text, edited)
    reader.read()
    if _flaws(reader) >= _flaws(broken):
        return None
    reader.cut += _FIRST_SESSION
    told = "the start of the response is lost: the text begins inside of a session"
    return reader, edited, Notice(Flaw("lost-start", 0, 1, told, (), "Capture the response again, whole."), ())


def _lacks_brackets(reader: Reader) -> bool:
    """Whether something is not closed or opened, other than by a text that was cut off."""
    if reader.truncated:
        return reader.text[reader.size - 1] in b"}]"
    return not _BRACKETS.isdisjoint(_kinds(reader))


def _again(reader: Reader, documented: Mapping[str, Documented]) -> Reader:
    """One for the same text, which is yet to be read, by what is documented."""
    again = Reader(reader.text, reader.nesting, documented)
    again.lines = reader.lines
    return again


def _better(reader: Reader, documented: Reader) -> Reader:
    """The second reading, which goes by what is documented, if it explains the text to its end and with no more flaws."""
    documented.read()
    is_whole = not documented.truncated and documented.too_deep is None
    return documented if is_whole and _flaws(documented) <= _flaws(reader) else reader


def _flaws(reader: Reader) -> int:
    return len(reader.notices) + (reader.truncated is not None) + (reader.trailing is not None)


def _kinds(reader: Reader) -> set[Kind]:
    return {notice if isinstance(notice, str) else notice.flaw.kind for notice in reader.notices}


def over_nesting(lines: Lines, offset: int, nesting: int) -> Defect:
    """The defect of a text that is nested too deeply (`CAP015`), at the bracket that goes too far."""
    place = lines.spans({(): (offset, offset + 1)})[()]
    return over_limit(Limits(nesting=nesting), "nesting", TOO_DEEP, place)


_COLOUR: Final = re.compile(rb'"(?:[^"\\\r\n]|\\.)*+"|(\x1b\[[0-9;]{0,40}+[mK])')
"""A string, or a code outside of strings."""
_CUT_NOTE: Final = re.compile(
    rb"\s*+(?:\.\.\.|\xe2\x80\xa6)?[ \t]*+[\[(<]?[^\]\[\"{}\r\n]{0,40}\btruncated\b[^\]\[\"{}\r\n]{0,40}[\])>]?[\s.]*+\Z",
    re.IGNORECASE,
)
"""What a program wrote where it cut a text off."""
_LONGEST_NOTE: Final = 200
_BRACKETS: Final[frozenset[Kind]] = frozenset({"missing-bracket", "wrong-bracket", "extra-bracket"})
_FIRST_SESSION: Final[list[Path]] = [(), ("userSessions",), ("userSessions", 0)]
_RULES: Final[Mapping[Kind, str]] = {"not-a-number": "CAP006", "surrogate": "CAP007"}
_TEXT_KINDS: Final = frozenset({"stray", "unquoted-text", "unquoted-key", "missing-key", "missing-colon"})
"""Flaws that any text has."""
_DOCUMENT_FOLLOWS: Final = re.compile(rb"[,;\s]*+[{\[]")
_SALVAGED: Final = "; the rest is salvaged and checked"


class _Notation(NamedTuple):
    """What others write in place of JSON, known by two kinds of flaws that it has together."""

    kind: Kind
    beside: Kind
    told: str
    help: str


_FEWEST_OF_NOTATION: Final = 3
"""Fewer may be slips."""
_NOTATIONS: Final = (
    _Notation(
        "single-quotes",
        "python-literal",
        "this is Python's notation, not JSON: strings are in single quotes, and True, False or None is no value of JSON",
        "Write the file with json.dumps.",
    ),
    _Notation(
        "single-quotes",
        "unquoted-key",
        "this is JavaScript's notation, not JSON: strings are in single quotes, and keys are not in quotes",
        "Write the file with JSON.stringify.",
    ),
)


class _Told(NamedTuple):
    """A defect before its places are looked up."""

    rule: str
    problem: Problem
    ranges: tuple[Range, ...]
    """Its place, and those of the related ones."""


def _salvage(reader: Reader, edited: Edited, tree: Json) -> Salvage | Undecodable:
    kinds = _kinds(reader)
    is_worth_checking = _is_worth_checking(tree)
    if not is_worth_checking:
        text_follows = reader.trailing is not None and reader.text[reader.trailing] not in b'{["'
        if text_follows or kinds & _TEXT_KINDS:
            return Undecodable((_no_json(reader),))
    defects = _defects(reader, tree, _SALVAGED if is_worth_checking else "")
    if is_worth_checking or not (kinds or reader.truncated):
        made_up = frozenset(path for each in reader.made_up if (path := each.path) == _within(tree, path))
        cut = frozenset(path for path in reader.cut if path == _within(tree, path))
        return Salvage(tree, edited, defects, made_up, cut)
    return Undecodable(defects)


def _is_worth_checking(tree: Json) -> bool:
    if isinstance(tree, list):
        return any(isinstance(item, dict | list) and item for item in tree)
    return isinstance(tree, dict | str) and bool(tree)


def _no_json(reader: Reader) -> Defect:
    """The defect of a text that nothing can be salvaged from."""
    text, start = reader.text, reader.start
    first_line = text[start : start + 240].decode(errors="ignore").partition("\n")[0].strip()
    told = problem((), "this is no JSON: it starts with {}", first_line, help="Save the response's body as it came.")
    return Defect("CAP003", told, reader.lines.spans({(): character_at(text, start)})[()])


def _defects(reader: Reader, tree: Json, ending: str) -> tuple[Defect, ...]:
    shown_notices: dict[Kind, list[Notice]] = {}
    counts: Counter[Kind] = Counter()
    for notice in reader.notices:
        if isinstance(notice, str):
            counts[notice] += 1
        else:
            counts[notice.flaw.kind] += 1
            shown_notices.setdefault(notice.flaw.kind, []).append(notice)
    for notation in _NOTATIONS:
        _tell_once(notation, shown_notices, counts)
    told: list[_Told] = []
    for kind, notices in shown_notices.items():
        if kind == "not-a-number":
            told += (_told(tree, [notice], 1, "") for notice in notices)
        else:
            told.append(_told(tree, notices, counts[kind], ending))
    if reader.truncated:
        told.append(_truncated(reader, *reader.truncated, ending))
    if reader.trailing is not None:
        told.append(_trailing(reader.text, reader.trailing))
    spans = reader.lines.spans(
        {(index, place): range for index, each in enumerate(told) for place, range in enumerate(each.ranges)}
    )
    return tuple(
        Defect(
            each.rule,
            each.problem,
            spans[index, 0],
            tuple(spans[index, place] for place in range(1, len(each.ranges))),
        )
        for index, each in enumerate(told)
    )


def _tell_once(notation: _Notation, shown_notices: dict[Kind, list[Notice]], counts: Counter[Kind]) -> None:
    """Makes flaws of two kinds those of one, if both come of a notation."""
    kind, beside, told, remedy = notation
    if counts[kind] < _FEWEST_OF_NOTATION or not counts[beside]:
        return
    first, *others = sorted(shown_notices[kind] + shown_notices.pop(beside), key=lambda notice: notice.flaw.start)
    flaw = first.flaw._replace(template=told, values=(), help=remedy)
    shown_notices[kind] = [first._replace(flaw=flaw), *others[:RELATED]]
    counts[kind] += counts[beside]


def _told(tree: Json, notices: list[Notice], count: int, ending: str) -> _Told:
    """One defect for all flaws of one kind, at the first's place."""
    first, *related = notices
    flaw = first.flaw
    template, values = flaw.template, flaw.values
    if count > 1:
        template += "; also at {} more " + ("places" if count > 2 else "place")
        values = (*values, count - 1)
    told = problem(
        _within(tree, first.path),
        template + ending,
        *values,
        related=tuple(note(_within(tree, other.path), "here too") for other in related),
        help=flaw.help,
    )
    ranges = (flaw.start, flaw.end), *((other.flaw.start, other.flaw.end) for other in related)
    return _Told(_RULES.get(flaw.kind, "CAP003"), told, ranges)


def _within(tree: Json, path: Path) -> Path:
    """As much of a path as leads to something: a later value of the same key may have taken its place."""
    value: Any = tree
    for depth, step in enumerate(path):
        if step not in (range(len(value)) if isinstance(value, list) else value if isinstance(value, dict) else ()):
            return path[:depth]
        value = value[step]
    return path


def _truncated(reader: Reader, path: Path, name: str, ending: str) -> _Told:
    inside = f"the {name} {{}}, {len(path) + 1} levels deep" if path else f"the outermost {name}"
    told = problem(
        path,
        f"the file ends inside {inside}: it was cut off" + ending.replace("the rest", "what came before"),
        *([pointer(path)] if path else []),
        help="Capture the response again: the download or the copy was not complete.",
    )
    last = reader.size - 1
    while reader.text[last] & 0xC0 == 0x80:
        last -= 1
    return _Told("CAP004", told, ((last, reader.size),))


def _trailing(text: bytes, start: int) -> _Told:
    remedy = "Keep one document in the file."
    if _is_json_lines(text):
        told, remedy = "more documents follow, one a line: this looks like JSON Lines", "Name the file .jsonl."
    elif _DOCUMENT_FOLLOWS.match(text, start):
        told = "another document follows the first, which alone is checked"
    elif text[start] in b"}]":
        told, remedy = "a closing bracket too many follows the document", "Remove it."
    elif text[start] in b"\0":
        told, remedy = "NUL bytes follow the document", "Remove them."
    else:
        told, remedy = "text follows the document", "Remove it."
    return _Told("CAP018", problem((), told, help=remedy), (character_at(text, start),))


def _is_json_lines(text: bytes) -> bool:
    lines = islice((line for line in re.finditer(rb"[^\n]*\S[^\n]*", text)), 2)
    try:
        return all(isinstance(orjson.loads(line[0]), dict | list) for line in lines)
    except orjson.JSONDecodeError:
        return False
