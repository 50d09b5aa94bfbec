"""XML that is not well-formed: where and why it stops, and what of it can be read.

Expat says where; one small repair there (an ampersand or a less-than sign that was not escaped, a
control character, a declaration that does not come first, a tag that is lost or misspelt), then it
reads on, a bounded number of times. Where a lost tag belongs, what is documented tells. What no
repair helps ends the text: the elements that are open there are closed.
"""

import re
from collections.abc import Mapping
from difflib import SequenceMatcher
from itertools import islice, pairwise
from typing import Final, NamedTuple, TypeAlias
from xml.parsers import expat

from sessionlint.decode.documented import ROOT, Documented
from sessionlint.decode.text import MOST_EDITS, Edit, Edited
from sessionlint.decode.xml_positions import end_of_element, parser, without_declaration
from sessionlint.finding import Problem, problem
from sessionlint.limits import TOO_DEEP, Limits, over_limit

_MOST_REPAIRS: Final = 16
_SIMILAR: Final = 0.6
"""Share of two names from which on one may be the other misspelt."""

_ROOT_NAME: Final = "response"

_TOO_DEEP: Final = 0
_NO_MORE: Final = 3
_BAD_TOKEN: Final = 4
_UNCLOSED: Final = (_NO_MORE, 5, 6, 20)
_MISMATCHED: Final = 7
_UNDECLARED_ENTITY: Final = 11
_BAD_REFERENCE: Final = 14
_LATE_DECLARATION: Final = 17
_MALFORMED_DECLARATION: Final = 30


class _Element(NamedTuple):
    """An element that is open."""

    name: str
    start: int
    members: Mapping[str, Documented]
    """What is documented of the elements in it."""
    known: Mapping[str, Documented]
    """The same, and of those further out: if it is not closed, it has taken them in."""
    children: list[tuple[str, int, int]]
    """Of the complete elements in it, their names, where they start, and where expat was when they ended."""


Trail: TypeAlias = list[tuple[str, int]]
"""From the root element to one in it: at each step a key, and how many elements of that key come before."""


class Fault(NamedTuple):
    """Where a text stops being well-formed."""

    code: int
    """Expat's number for it; 0 for elements that nest too deep."""
    offset: int
    elements: list[_Element]
    """Those that are open, outermost first."""
    kept: int
    """Where the last complete element ends; 0 if there is none."""
    kept_elements: int
    """How many of the open elements are open there."""


class Repaired(NamedTuple):
    """What can be read of a text that is not well-formed."""

    defects: list[tuple[str, Problem, int]]
    """Rule, problem and offset of each fault."""
    sound: Edited | None
    """Well-formed; ``None`` if nothing can be read."""
    open: int
    """How many elements were open where the text ended, and are closed in ``sound``."""
    damaged: list[Trail]
    """The elements whose text nobody knows: what stood in the place of a part of it cannot be read."""


class _TooDeep(Exception):
    pass


def repaired(text: bytes, nesting: int) -> Repaired:
    """What is wrong with ``text`` (UTF-8), in which no more than ``nesting`` levels of objects may nest."""
    defects: list[tuple[str, Problem, int]] = []
    edits: list[Edit] = []
    damaged: list[Trail] = []
    repairs = 0
    if declaration := _malformed_declaration(text):
        told = problem((), f"not well-formed XML: {_WORDS[_MALFORMED_DECLARATION]}", help=_DECLARATION_REMEDY)
        defects.append(("CAP013", told, declaration.start()))
        edits.append(Edit(declaration.start(), declaration.end() - declaration.start()))
    while True:
        readable = Edited(text, edits)
        fault = _first_fault(readable.text, nesting)
        if fault is None:
            return Repaired(defects, readable, 0, damaged)
        edit = _edit(readable.text, fault) if repairs < _MOST_REPAIRS else None
        repairs += 1
        like = _like(readable.text, edit) if edit else []
        rule, told = _described(readable.text, fault, edit, len(like), nesting)
        place = _original(readable, _place(fault, edit))
        defects.append((rule, told, len(text.rstrip()) if rule == "CAP004" else place))
        if edit is None:
            break
        if edit.inserted == _REPLACEMENT or fault.code in (_UNDECLARED_ENTITY, _BAD_REFERENCE):
            damaged.append(_trail(fault.elements))
        for each in (edit, *like):
            start, end = readable.original((each.offset, each.offset + each.removed))
            edits.append(Edit(start, end - start, each.inserted))
    if not fault.kept or rule == "CAP015":
        return Repaired(defects, None, 0, damaged)
    names = [element.name for element in fault.elements[: fault.kept_elements]]
    closing = "".join(f"</{name}>" for name in reversed(names)).encode()
    # First, so that no repair at the same place comes before it.
    kept = _original(readable, fault.kept)
    return Repaired(defects, Edited(text, [Edit(kept, len(text) - kept, closing), *edits]), len(names), damaged)


def _trail(elements: list[_Element]) -> Trail:
    trail = []
    for outer, inner in pairwise(elements):
        key = _key(inner.name)
        trail.append((key, sum(_key(name) == key for name, _, _ in outer.children)))
    return trail


def _like(text: bytes, edit: Edit) -> list[Edit]:
    """The same repair wherever else the text needs it: who escapes one ampersand nowhere escapes none."""
    if edit.inserted != _ESCAPED[b"&"] or _LITERAL.search(text):
        return []
    found = islice(_AMPERSAND.finditer(text, edit.offset + 1), MOST_EDITS)
    return [edit._replace(offset=each.start()) for each in found]


def _place(fault: Fault, edit: Edit | None) -> int:
    if edit is None:
        return fault.offset
    if fault.code != _MISMATCHED:
        return edit.offset
    is_at_start = edit.inserted in (b"/", _ESCAPED[b"<"]) or _closes(edit, fault)
    return fault.elements[-1].start if is_at_start else fault.offset


def _closes(edit: Edit, fault: Fault) -> bool:
    """Whether an end tag is put in before the one that does not fit."""
    return edit.inserted.startswith(b"</") and edit.offset + edit.removed <= fault.offset


def _original(readable: Edited, offset: int) -> int:
    return readable.original((offset, offset))[1]


def _first_fault(text: bytes, nesting: int) -> Fault | None:
    reader = parser()
    elements: list[_Element] = []
    last_start = last_end = -1
    kept_elements = 0

    def start(name: str, _: Mapping[str, str]) -> None:
        known = elements[-1].known if elements else {}
        field = known.get(_key(name)) if elements else ROOT
        members = field.members if field else {}
        known = {**known, **members} if members else known
        elements.append(_Element(name, reader.CurrentByteIndex, members, known, []))
        if len(elements) > nesting + 1:
            raise _TooDeep

    def end(name: str) -> None:
        nonlocal last_start, last_end, kept_elements
        last_start, last_end, kept_elements = elements.pop().start, reader.CurrentByteIndex, len(elements)
        if elements:
            elements[-1].children.append((name, last_start, last_end))

    reader.StartElementHandler = start
    reader.EndElementHandler = end
    try:
        reader.Parse(without_declaration(text), True)
    except expat.ExpatError as error:
        code, offset = error.code, max(reader.ErrorByteIndex, 0)
        if code == _MISMATCHED:
            offset = text.rfind(b"</", 0, offset)
    except _TooDeep:
        code, offset = _TOO_DEEP, elements[-1].start
    else:
        return None
    kept = end_of_element(text, last_start, last_end) if last_end >= 0 else 0
    return Fault(code, offset, elements, kept, kept_elements)


def _key(name: str) -> str:
    return name.rpartition(":")[2]


# One repair.

_AMPERSAND = re.compile(rb"&(?![A-Za-z][A-Za-z0-9]{0,30};|#)")
_LITERAL = re.compile(rb"<!--|<!\[CDATA\[|<\?(?!xml[ \t\r\n])")
"""What may hold an ampersand that means itself."""
_WELL_FORMED_DECLARATION = re.compile(
    rb"<\?xml[ \t\r\n]++version[ \t\r\n]*+=[ \t\r\n]*+(?:\"1\.[0-9]++\"|'1\.[0-9]++')"
    rb"(?:[ \t\r\n]++encoding[ \t\r\n]*+=[ \t\r\n]*+(?:\"[A-Za-z][\w.-]*+\"|'[A-Za-z][\w.-]*+'))?"
    rb"(?:[ \t\r\n]++standalone[ \t\r\n]*+=[ \t\r\n]*+(?:\"(?:yes|no)\"|'(?:yes|no)'))?[ \t\r\n]*+\?>"
)
_SOME_DECLARATION = re.compile(
    rb"<[ \t]*+\??[ \t]*+xml(?:(?=version|encoding)|[ \t\r\n?])[^<>]{0,300}+(?:>++|(?=<))", re.IGNORECASE
)
_DECLARATION_REMEDY: Final = 'Write <?xml version="1.0" encoding="UTF-8"?>, or leave it out.'


def _malformed_declaration(text: bytes) -> re.Match[bytes] | None:
    """What means to be an XML declaration and is none."""
    start = len(text) - len(text.lstrip())
    if _WELL_FORMED_DECLARATION.match(text, start):
        return None
    return _SOME_DECLARATION.match(text, start)


_ESCAPED: Final = {b"&": b"&amp;", b"<": b"&lt;", b">": b"&gt;"}
_OPENED = re.compile(rb"&[^ \t\r\n<>&;\"']{0,60}\Z|<\Z")
_NO_NAME = re.compile(rb"[^A-Za-z_:!?/\x80-\xff]")
_DECLARATION = re.compile(rb"<\?xml[ \t\r\n][^>]{0,300}>")
_REPLACEMENT: Final = "\ufffd".encode()


def _edit(text: bytes, fault: Fault) -> Edit | None:
    """The change that lets a parser read on, if there is one."""
    offset = fault.offset
    here = text[offset : offset + 1]
    if beside := _tag_too_long(text, fault) or _text_beside_elements(text, fault):
        return beside
    if fault.code in (_UNDECLARED_ENTITY, _BAD_REFERENCE) and here == b"&":
        return Edit(offset, 1, _ESCAPED[here])
    if fault.code == _LATE_DECLARATION and (declaration := _DECLARATION.match(text, offset)):
        return Edit(offset, declaration.end() - offset)
    if fault.code == _MISMATCHED:
        return _tag_edit(text, fault)
    if fault.code != _BAD_TOKEN:
        return None
    if end := _end_of_open_tag(text, fault):
        return Edit(end, 0, b">")
    if not fault.elements:
        return None
    if here and here < b" ":
        return Edit(offset, 1, _REPLACEMENT)
    opened = _OPENED.search(text, max(0, offset - 64), offset)
    if opened and (opened[0] != b"<" or _NO_NAME.match(here)):
        return Edit(opened.start(), 1, _ESCAPED[opened[0][:1]])
    return Edit(offset, 1, _ESCAPED[here]) if here in (b"<", b">") else None


def _tag_too_long(text: bytes, fault: Fault) -> Edit | None:
    """What takes out of a tag what stands before its name."""
    tag = _TAG_TOO_LONG.match(text, text.rfind(b"<", 0, fault.offset))
    if fault.code != _BAD_TOKEN or tag is None or not fault.elements:
        return None
    inner = fault.elements[-1]
    name = tag[2].decode()
    is_known = name == inner.name if tag[1] else name in inner.members
    return Edit(tag.start(), len(tag[0]), b"<%b%b>" % tag.groups()) if is_known else None


def _text_beside_elements(text: bytes, fault: Fault) -> Edit | None:
    """What takes away text that belongs to no element, where no tag is broken."""
    if fault.code not in (_BAD_TOKEN, _UNDECLARED_ENTITY, _BAD_REFERENCE):
        return None
    if not fault.elements or not fault.elements[-1].members:
        return None
    start = text.rfind(b">", 0, fault.offset) + 1
    start += len(text[start : fault.offset]) - len(text[start : fault.offset].lstrip())
    tag = _SOME_TAG.search(text, fault.offset)
    if tag is None or _SOME_TAG.search(text, start, fault.offset) or text[start : start + 2] in (b"</", b"<!", b"<?"):
        return None
    between = text[start : tag.start()].rstrip()
    if _NAME_OF_TAG.match(between) or b"\n" in between:
        return None
    return Edit(start, len(between))


# One repair of a tag.

_TAG_TOO_LONG = re.compile(rb"<[ \t<]{0,99}+(/?)[ \t/]{0,99}+([A-Za-z_][\w.-]{0,99}+)[ \t]{0,99}+>")
_SOME_TAG = re.compile(rb"</?[A-Za-z_][^<>=]{0,200}>")
_NAME_OF_TAG = re.compile(rb"<?\s*/?\s*[A-Za-z_][\w.:-]*+\s*>?")

_OPEN_TAG = re.compile(rb"<(/?)([^<>=]{1,1000})\Z")

_END_TAG = re.compile(rb"</([^ \t\r\n<>/]{1,200})[ \t\r\n]*+>")


def _end_of_open_tag(text: bytes, fault: Fault) -> int:
    """Where a tag ended before the fault that lacks its ``>``, or 0."""
    tag = _OPEN_TAG.search(text, max(0, fault.offset - 1000), fault.offset)
    if tag is None:
        return 0
    inner = fault.elements[-1] if fault.elements else None
    names = [inner.name] if tag[1] and inner else inner.members if inner else [_ROOT_NAME]
    written = [name.encode() for name in names]
    return tag.start(2) + max((len(name) for name in written if tag[2].startswith(name)), default=-tag.start(2))


def _tag_edit(text: bytes, fault: Fault) -> Edit | None:
    """The tag that is lost, misspelt or too many where an end tag does not fit."""
    end_tag = _END_TAG.match(text, fault.offset)
    if end_tag is None:
        return None
    name = end_tag[1].decode("utf-8", "replace")
    *outer, inner = fault.elements
    if any(element.name == name for element in outer):
        if outer[-1].name == name and _is_text_in_brackets(fault):
            return Edit(inner.start, 1, _ESCAPED[b"<"])
        if outer[-1].name == inner.name and _key(inner.name) not in outer[-1].members:
            return Edit(inner.start + 1, 0, b"/")
        end = _end_without_tag(text, fault)
        scrap = f"/{inner.name}>".encode()
        removed = len(scrap) if text.endswith(scrap, 0, end) and not text.endswith(b"<" + scrap, 0, end) else 0
        return Edit(end - removed, removed, b"<" + scrap)
    whole = Edit(fault.offset, len(end_tag[0]))
    field = inner.members.get(_key(name))
    if field is not None:
        start = _start_without_tag(text, fault, field)
        if start is None:
            return whole
        tag = f"<{name}>".encode()
        before = len(text[:start].rstrip()) - len(tag) + 1
        if text.startswith(tag[1:], before) and text[before - 1] not in b"</":
            start = before
        return Edit(start, len(tag) - 1 if text.startswith(tag[1:], start) else 0, tag)
    if outer and _key(name) in outer[-1].members and _key(inner.name) not in outer[-1].members:
        return Edit(inner.start + 1, len(inner.name.encode()), end_tag[1])
    is_misspelt = not inner.children or SequenceMatcher(None, name, inner.name).ratio() > _SIMILAR
    return whole._replace(inserted=f"</{inner.name}>".encode()) if is_misspelt else whole


def _is_text_in_brackets(fault: Fault) -> bool:
    """Whether the innermost element is text, such as ``<direct>``, in an element that holds text."""
    if len(fault.elements) < 3:
        return False
    around, outer, inner = fault.elements[-3:]
    field = around.members.get(_key(outer.name))
    return bool(field and field.is_text) and not inner.children and not outer.children


def _end_without_tag(text: bytes, fault: Fault) -> int:
    """Where the innermost element ended: before the first in it that is documented further out, and not there."""
    outer, inner = fault.elements[-2:]
    known = outer.known
    for name, start, _ in inner.children:
        key = _key(name)
        if key not in inner.members and key in known:
            return len(text[:start].rstrip())
    return len(text[: fault.offset].rstrip())


def _start_without_tag(text: bytes, fault: Fault, field: Documented) -> int | None:
    """Where an element started of which only the end tag is there, if anything is there that could be in it."""
    inner = fault.elements[-1]
    children = inner.children
    own = len(children)
    while own and _key(children[own - 1][0]) in field.members:
        own -= 1
    if own < len(children):
        return children[own][1]
    start = end_of_element(text, *children[-1][1:]) if children else text.index(b">", inner.start) + 1
    own_text = text[start : fault.offset].lstrip()
    return fault.offset - len(own_text) if own_text and not field.members else None


# What it is in plain words.

_WORDS: Final = {
    2: "something stands where the root element should start",
    8: "an element has an attribute twice",
    _LATE_DECLARATION: "the XML declaration does not come first in the file",
    _MALFORMED_DECLARATION: "the XML declaration is malformed",
}
_SALVAGED: Final = "; what is complete before is checked"


def _described(text: bytes, fault: Fault, edit: Edit | None, more: int, nesting: int) -> tuple[str, Problem]:
    """Rule and problem of a fault, whose repair is made at so many ``more`` places."""
    rest = _SALVAGED if edit is None and fault.kept else ""
    if fault.code == _TOO_DEEP:
        return "CAP015", over_limit(Limits(nesting=nesting), "nesting", TOO_DEEP).problem
    if fault.kept and not fault.elements and edit is None:
        return "CAP018", problem((), "text comes after the end of the document")
    if fault.code in _UNCLOSED and fault.elements:
        told = f"the file ends inside the element {{}}: it is cut off{rest}"
        return "CAP004", problem((), told, fault.elements[-1].name)
    if fault.code in _UNCLOSED:
        return "CAP004", problem((), "the file ends before its root element does: it is cut off")
    words, *texts = _words(text, fault, edit)
    values: list[object] = [*texts]
    if more:
        words += f"; also at {{}} more place{'s' if more > 1 else ''}"
        values.append(more)
    remedy = None
    if edit and fault.code == _MISMATCHED and _closes(edit, fault):
        line = text.count(b"\n", 0, edit.offset) + 1
        remedy = f"Close it with </{fault.elements[-1].name}> after line {line}."
    return "CAP013", problem((), f"not well-formed XML: {words}{rest}", *values, help=remedy)


def _words(text: bytes, fault: Fault, edit: Edit | None) -> tuple[str, ...]:
    """What is wrong, as a template and its values."""
    code, offset = fault.code, fault.offset
    if code == _MISMATCHED and (tag := _END_TAG.match(text, offset)):
        return _words_of_tag(tag[1].decode("utf-8", "replace"), fault, edit)
    if edit and edit.inserted == b">":
        return "the tag {} lacks its closing bracket", text[text.rfind(b"<", 0, edit.offset) : edit.offset].decode()
    reference = text[offset : offset + 60].partition(b";")[0].decode("utf-8", "replace")
    if code == _UNDECLARED_ENTITY:
        return "the entity {} is none of the five that XML knows", f"{reference};"
    if code == _BAD_REFERENCE:
        return "{} refers to a character that XML does not allow", f"{reference};"
    if code != _BAD_TOKEN:
        return (_WORDS[code],) if code in _WORDS else ("{}", expat.ErrorString(code))
    if edit and edit.inserted.startswith(b"<"):
        return "a character too many stands in the tag {}", edit.inserted.decode()
    if edit and not edit.inserted:
        told = text[edit.offset : edit.offset + edit.removed].decode("utf-8", "replace")
        return "the text {} belongs to no element", told
    if edit and edit.inserted == _ESCAPED[b"&"]:
        return ("an ampersand is not escaped",)
    if edit and edit.inserted == _ESCAPED[b"<"]:
        return ("a less-than sign is not escaped",)
    if edit and edit.inserted == _REPLACEMENT:
        return "the control character {} is not allowed", f"U+{text[offset]:04X}"
    if text[:offset].endswith(b"--"):
        return ("a comment holds two hyphens in a row",)
    return "the character {} may not stand here", text[offset : offset + 4].decode("utf-8", "ignore")[:1]


def _words_of_tag(name: str, fault: Fault, edit: Edit | None) -> tuple[str, ...]:
    """As `_words`, of an end tag that does not fit."""
    inner = fault.elements[-1].name
    if edit and edit.inserted == _ESCAPED[b"<"]:
        return ("a less-than sign is not escaped",)
    if edit and edit.inserted == b"/":
        return "the end tag {} lacks its slash", inner
    if edit and _closes(edit, fault):
        return "the element {} that starts here is not closed", inner
    if edit and edit.inserted == f"<{name}>".encode():
        return "the element {} that ends here is not opened", name
    if edit and not edit.inserted:
        return "the end tag {} closes nothing", name
    return "the end tag {} does not close the open element {}", name, inner
