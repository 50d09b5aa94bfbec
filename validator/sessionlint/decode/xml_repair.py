"""XML that is not well-formed: where and why it stops, and what of it can be read.

Expat says where; one small repair there (an ampersand or a less-than sign that was not escaped, a
control character, a declaration that does not come first), then it reads on, a bounded number of
times. What no repair helps ends the text: the elements that are open there are closed.
"""

import re
from collections.abc import Mapping
from typing import Final, NamedTuple
from xml.parsers import expat

from sessionlint.decode.json_edits import Edit, Edited
from sessionlint.decode.xml_positions import end_of_element, parser, without_declaration
from sessionlint.finding import Problem, problem
from sessionlint.limits import TOO_DEEP, Limits, over_limit

_MOST_REPAIRS: Final = 16

_TOO_DEEP: Final = 0
_NO_MORE: Final = 3
_BAD_TOKEN: Final = 4
_UNCLOSED: Final = (_NO_MORE, 5, 6, 20)
_MISMATCHED: Final = 7
_AFTER_ROOT: Final = 9
_UNDECLARED_ENTITY: Final = 11
_BAD_REFERENCE: Final = 14
_LATE_DECLARATION: Final = 17


class Fault(NamedTuple):
    """Where a text stops being well-formed."""

    code: int
    """Expat's number for it; 0 for elements that nest too deep."""
    offset: int
    names: tuple[str, ...]
    """The elements that are open, outermost first."""
    kept: int
    """Where the last complete element ends; 0 if there is none."""
    kept_names: int
    """How many of the open elements are open there."""


class Repaired(NamedTuple):
    """What can be read of a text that is not well-formed."""

    defects: list[tuple[str, Problem, int]]
    """Rule, problem and offset of each fault."""
    sound: Edited | None
    """Well-formed; ``None`` if nothing can be read."""
    open: int
    """How many elements were open where the text ended, and are closed in ``sound``."""


class _TooDeep(Exception):
    pass


def repaired(text: bytes, nesting: int) -> Repaired:
    """What is wrong with ``text`` (UTF-8), in which no more than ``nesting`` levels of objects may nest."""
    defects: list[tuple[str, Problem, int]] = []
    edits: list[Edit] = []
    readable = text  # with the offsets of `text`
    while True:
        fault = _first_fault(readable, nesting)
        if fault is None:
            return Repaired(defects, Edited(text, edits), 0)
        edit = _edit(readable, fault) if len(edits) < _MOST_REPAIRS else None
        rule, told = _described(readable, fault, edit, nesting)
        place = len(text.rstrip()) if rule == "CAP004" else edit.offset if edit else fault.offset
        defects.append((rule, told, place))
        if edit is None:
            break
        edits.append(edit)
        filler = b"_" if edit.inserted else b" "
        readable = b"".join((readable[: edit.offset], filler * edit.removed, readable[edit.offset + edit.removed :]))
    if not fault.kept or rule == "CAP015":
        return Repaired(defects, None, 0)
    names = fault.names[: fault.kept_names]
    closing = "".join(f"</{name}>" for name in reversed(names)).encode()
    # First, so that no repair at the same place comes before it.
    end = Edit(fault.kept, len(text) - fault.kept, closing)
    return Repaired(defects, Edited(text, [end, *edits]), len(names))


def _first_fault(text: bytes, nesting: int) -> Fault | None:
    reader = parser()
    names: list[str] = []
    starts: list[int] = []
    last_start = last_end = -1
    kept_names = 0

    def start(name: str, _: Mapping[str, str]) -> None:
        names.append(name)
        starts.append(reader.CurrentByteIndex)
        if len(names) > nesting + 1:
            raise _TooDeep

    def end(_: str) -> None:
        nonlocal last_start, last_end, kept_names
        names.pop()
        last_start, last_end, kept_names = starts.pop(), reader.CurrentByteIndex, len(names)

    reader.StartElementHandler = start
    reader.EndElementHandler = end
    try:
        reader.Parse(without_declaration(text), True)
    except expat.ExpatError as error:
        code, offset = error.code, max(reader.ErrorByteIndex, 0)
        if code == _MISMATCHED:
            offset = text.rfind(b"</", 0, offset)
    except _TooDeep:
        code, offset = _TOO_DEEP, starts[-1]
    else:
        return None
    kept = end_of_element(text, last_start, last_end) if last_end >= 0 else 0
    return Fault(code, offset, tuple(names), kept, kept_names)


# One repair.

_ESCAPED: Final = {b"&": b"&amp;", b"<": b"&lt;", b">": b"&gt;"}
_OPENED = re.compile(rb"&[^ \t\r\n<>&;\"']{0,60}\Z|<\Z")
_NO_NAME = re.compile(rb"[^A-Za-z_:!?/\x80-\xff]")
_DECLARATION = re.compile(rb"<\?xml[ \t\r\n][^>]{0,300}>")
_REPLACEMENT: Final = "\ufffd".encode()


def _edit(text: bytes, fault: Fault) -> Edit | None:
    """The change that lets a parser read on, if there is one."""
    offset = fault.offset
    here = text[offset : offset + 1]
    if fault.code in (_UNDECLARED_ENTITY, _BAD_REFERENCE) and here == b"&":
        return Edit(offset, 1, _ESCAPED[here])
    if fault.code == _LATE_DECLARATION and (declaration := _DECLARATION.match(text, offset)):
        return Edit(offset, declaration.end() - offset)
    if fault.code != _BAD_TOKEN or not fault.names:
        return None
    if here and here < b" ":
        return Edit(offset, 1, _REPLACEMENT)
    opened = _OPENED.search(text, max(0, offset - 64), offset)
    if opened and (opened[0] != b"<" or _NO_NAME.match(here)):
        return Edit(opened.start(), 1, _ESCAPED[opened[0][:1]])
    return Edit(offset, 1, _ESCAPED[here]) if here in (b"<", b">") else None


# What it is in plain words.

_END_TAG = re.compile(rb"</([^ \t\r\n<>/]{1,200})")
_WORDS: Final = {
    2: "something stands where the root element should start",
    8: "an element has an attribute twice",
    _LATE_DECLARATION: "the XML declaration does not come first in the file",
    30: "the XML declaration is malformed",
}
_SALVAGED: Final = "; what is complete before is checked"


def _described(text: bytes, fault: Fault, edit: Edit | None, nesting: int) -> tuple[str, Problem]:
    """Rule and problem of a fault."""
    rest = _SALVAGED if edit is None and fault.kept else ""
    if fault.code == _TOO_DEEP:
        return "CAP015", over_limit(Limits(nesting=nesting), "nesting", TOO_DEEP).problem
    if fault.kept and not fault.names and edit is None:
        return "CAP018", problem((), "text comes after the end of the document")
    if fault.code in _UNCLOSED and fault.names:
        return "CAP004", problem((), f"the file ends inside the element {{}}: it is cut off{rest}", fault.names[-1])
    if fault.code in _UNCLOSED:
        return "CAP004", problem((), "the file ends before its root element does: it is cut off")
    words, *values = _words(text, fault, edit)
    return "CAP013", problem((), f"not well-formed XML: {words}{rest}", *values)


def _words(text: bytes, fault: Fault, edit: Edit | None) -> tuple[str, ...]:
    """What is wrong, as a template and its values."""
    code, offset = fault.code, fault.offset
    if code == _MISMATCHED and (tag := _END_TAG.match(text, offset)):
        name = tag[1].decode("utf-8", "replace")
        return "the end tag {} does not close the open element {}", name, fault.names[-1]
    reference = text[offset : offset + 60].partition(b";")[0].decode("utf-8", "replace")
    if code == _UNDECLARED_ENTITY:
        return "the entity {} is none of the five that XML knows", f"{reference};"
    if code == _BAD_REFERENCE:
        return "{} refers to a character that XML does not allow", f"{reference};"
    if code != _BAD_TOKEN:
        return (_WORDS[code],) if code in _WORDS else ("{}", expat.ErrorString(code))
    if edit and edit.inserted == _ESCAPED[b"&"]:
        return ("an ampersand is not escaped",)
    if edit and edit.inserted == _ESCAPED[b"<"]:
        return ("a less-than sign is not escaped",)
    if edit and edit.inserted == _REPLACEMENT:
        return "the control character {} is not allowed", f"U+{text[offset]:04X}"
    if text[:offset].endswith(b"--"):
        return ("a comment holds two hyphens in a row",)
    return "the character {} may not stand here", text[offset : offset + 4].decode("utf-8", "ignore")[:1]
