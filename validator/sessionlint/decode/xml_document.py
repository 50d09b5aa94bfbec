"""XML to a document: lxml for what is well-formed and not plain; whatever else is needed is loaded only on need.

No parser ever sees a DTD, nothing is fetched, no entity is expanded.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from functools import cache, cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

from sessionlint.decode.xml_mapping import DOCUMENTED_LEVELS, XmlMapping
from sessionlint.decode.xml_plain import plain_tree
from sessionlint.document import Document, Json
from sessionlint.finding import INFO, START, Defect, Path, Problem, Span, note, problem
from sessionlint.limits import TOO_DEEP, Limits, over_limit, oversize

if TYPE_CHECKING:
    from lxml.etree import XMLParser, _Element

    from sessionlint.decode import Undecodable
    from sessionlint.decode.text import Edited, Lines
    from sessionlint.decode.xml_repair import Trail

_MOST_LEVELS: Final = 255
"""Levels of objects for which libxml2 reads enough elements."""
_RELATED: Final = 5
"""Further places that a defect names at most."""


class XmlDocument(Document):
    """A payload that was XML."""

    format = "xml"

    def __init__(
        self,
        text: bytes,
        tree: Json,
        mapping: XmlMapping | None = None,
        repair: "Edited | None" = None,
        cut: frozenset[Path] = frozenset(),
    ) -> None:
        super().__init__(tree, (), frozenset(mapping.not_numbers if mapping else ()), cut)
        self.is_plain = mapping is None
        """Whether no parser was needed to read it."""
        self._mapping = mapping
        self._text = text
        self._repair = repair

    @property
    def mapping(self) -> XmlMapping:
        """Its elements, and what was noticed when they became the tree."""
        if self._mapping is None:
            self._mapping = XmlMapping(_parsed(self._text), has_attributes=False)
        return self._mapping

    @cached_property
    def _lines(self) -> "Lines":
        return _lines_of(self._text)

    def spans(self, paths: Collection[Path]) -> Mapping[Path, Span]:
        """Where the elements of ``paths`` stand, each from its start tag to its end tag."""
        return {path: spans[-1] for path, spans in self.all_spans(paths).items()}

    def all_spans(self, paths: Collection[Path]) -> dict[Path, list[Span]]:
        """As `spans`, for every time that an element comes which should come once."""
        from sessionlint.decode.xml_positions import ranges

        repair = self._repair
        found = ranges(repair.text if repair else self._text, self.tree, paths)
        places = {range for several in found.values() for range in several}
        spans = self._lines.spans({range: repair.original(range) if repair else range for range in places})
        return {path: [spans[range] for range in several] for path, several in found.items()}

    def line(self, number: int) -> str:
        """A line of the text, from 1, without its end."""
        return self._lines.text(number)


def decode_plain(data: bytes, limits: Limits) -> XmlDocument | None:
    """The document, if it is a plain payload; otherwise ``None``."""
    if (
        len(data) > limits.document_bytes
        or oversize(data, limits, is_markup=True)
        or limits.nesting < 2 * DOCUMENTED_LEVELS
    ):
        return None
    tree = plain_tree(data)
    return None if tree is None else XmlDocument(data, tree)


def decode_xml(body: bytes | str, limits: Limits) -> "XmlDocument | Undecodable":
    """The document that ``body`` holds.

    ``body`` is UTF-8, or text; what its XML declaration says of its encoding does not matter. What is
    not well-formed is read as far as it goes.
    """
    from sessionlint.decode import Undecodable

    text = body if isinstance(body, bytes) else body.encode("utf-8", "replace")
    text = _BYTE_ORDER_MARKS.sub(b"", text, 1)
    prolog = _prolog(text)
    if prolog.is_unsafe:
        told = problem((), "the file has a document type or entity declaration: it is refused unread")
        return Undecodable(tuple(_located(text, [("CAP014", told, prolog.end)])))
    from lxml.etree import XMLSyntaxError

    told = problem((), "the file asks for a style sheet, which is not fetched")
    found = [("CAP014", told, offset) for offset in prolog.stylesheets]
    repair: Edited | None = None
    open_elements = 0
    damaged: list[Trail] = []
    try:
        root: _Element | None = _parsed(text)
    except XMLSyntaxError:
        root, repair = _rejoined(text, found)
    if root is None:
        from sessionlint.decode.xml_repair import repaired

        told_of, repair, open_elements, damaged = repaired(text, min(limits.nesting, _MOST_LEVELS))
        found += told_of
        root, refusal = _parsed_again(repair) if repair else (None, [])
        found += refusal
    own = _located(text, found)
    if root is None:
        return Undecodable(tuple(own))
    mapping = XmlMapping(root, has_attributes=_ATTRIBUTE.search(text, prolog.end) is not None)
    document = XmlDocument(text, mapping.tree, mapping, repair, mapping.cut(open_elements))
    document.made_up |= {_leads_to(trail, mapping.tree) for trail in damaged}
    deep = mapping.too_deep(limits.nesting)
    if deep is not None:
        place = document.spans([deep]).get(deep)
        return Undecodable((*own, over_limit(limits, "nesting", TOO_DEEP, place)))
    document.defects = (*own, *_defects(document))
    return document


def _leads_to(trail: "Trail", tree: Json) -> Path:
    """The place of the element at the end of a trail, or of the last one on it that is in the tree."""
    path: Path = ()
    for key, index in trail:
        if not isinstance(tree, dict) or key not in tree:
            break
        path, tree = (*path, key), tree[key]
        if isinstance(tree, list) and index < len(tree):
            path, tree = (*path, index), tree[index]
    return path


# What is told before a parser reads it.


class _Prolog(NamedTuple):
    """What stands before the root element."""

    stylesheets: list[int]
    """Offsets."""
    end: int
    """Where the root element, or what stands in its place, starts."""
    is_unsafe: bool
    """Whether that is a document type or an entity declaration."""


# Parsers step over such a mark before they look for a declaration.
_BYTE_ORDER_MARKS = re.compile(rb"\A(?:\xef\xbb\xbf)++")
_BLANK = re.compile(rb"[ \t\r\n]*+")
_STYLESHEET = re.compile(rb"<\?xml-stylesheet[ \t\r\n?]")
_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY|ELEMENT|ATTLIST|NOTATION)")
_ATTRIBUTE = re.compile(rb"=[ \t\r\n]*+[\"']")


def _prolog(text: bytes) -> _Prolog:
    stylesheets = []
    end = 0
    while True:
        blank = _BLANK.match(text, end)
        assert blank is not None
        offset = blank.end()
        if text.startswith(b"<?", offset):
            end = text.find(b"?>", offset + 2) + 2
            if _STYLESHEET.match(text, offset):
                stylesheets.append(offset)
        elif text.startswith(b"<!--", offset):
            end = text.find(b"-->", offset + 4) + 3
        if end <= offset:
            return _Prolog(stylesheets, offset, _DECLARATION.match(text, offset) is not None)


# From text to elements.


@cache
def _parser(*, recover: bool) -> "XMLParser":
    from lxml.etree import XMLParser

    return XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        recover=recover,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )


def _parsed(text: bytes, *, recover: bool = False) -> "_Element":
    from lxml.etree import fromstring

    return fromstring(text, _parser(recover=recover))


def _rejoined(text: bytes, found: list[tuple[str, Problem, int]]) -> "tuple[_Element, Edited] | tuple[None, None]":
    """The root element of a text whose lines a terminal broke, if that is all that is wrong with it."""
    from lxml.etree import XMLSyntaxError

    from sessionlint.decode.broken_lines import REMEDY, broken_lines
    from sessionlint.decode.text import Edited

    lines = broken_lines(text)
    if lines is None:
        return None, None
    joined = Edited(text, lines.edits)
    try:
        root = _parsed(joined.text)
    except XMLSyntaxError:
        return None, None
    told = "the lines are broken after {} characters, inside of tags and values too"
    start = joined.original((lines.first, lines.first + 1))[0]
    found.append(("CAP013", problem((), told, lines.width, help=REMEDY), start))
    return root, joined


_LIMIT_ERRORS: Final = frozenset({1, 2, 40, 45, 47, 63, 110, 114})
"""libxml2's numbers for what is too large for it: what it calls "not finished", expat has seen the end of."""


def _parsed_again(repair: "Edited") -> "tuple[_Element | None, list[tuple[str, Problem, int]]]":
    """The root element of a text that expat can read, and why libxml2 refuses it, if it does."""
    from lxml.etree import XMLSyntaxError

    from sessionlint.decode.xml_positions import without_declaration

    text = without_declaration(repair.text)
    try:
        return _parsed(text), []
    except XMLSyntaxError as error:
        refusal = error
    reason = refusal.msg.rpartition(", line ")[0].strip()
    line, column = refusal.lineno or 1, refusal.offset or 1
    offset = sum(len(each) + 1 for each in text.split(b"\n", line)[: line - 1]) + max(column - 1, 0)
    offset, _ = repair.original((min(offset, len(text)), len(text)))
    if getattr(refusal, "code", None) in _LIMIT_ERRORS:
        return None, [("CAP015", problem((), "the document is too large for the XML parser: {}", reason), offset)]
    told = [("CAP013", problem((), "not well-formed XML: {}", reason), offset)]
    try:
        # What only libxml2 refuses are names: a prefix that is not declared is then part of the name.
        return _parsed(text, recover=True), told
    except XMLSyntaxError:
        return None, told


# From what was noticed to defects.


def _lines_of(text: bytes) -> "Lines":
    from sessionlint.decode.text import Lines

    return Lines(text)


def _located(text: bytes, found: list[tuple[str, Problem, int]]) -> list[Defect]:
    if not found:
        return []
    places = {offset: _character(text, offset) for _, _, offset in found}
    spans = _lines_of(text).spans(places)
    return [Defect(rule, told, spans[offset]) for rule, told, offset in found]


def _character(text: bytes, offset: int) -> tuple[int, int]:
    """The character in which an offset lies; nothing of it at the end of a line."""
    start, end = offset, min(offset + 1, len(text))
    while start and text[start : start + 1] and text[start] & 0xC0 == 0x80:
        start -= 1
    while end < len(text) and text[end] & 0xC0 == 0x80:
        end += 1
    return start, start if text[start : start + 1] in b"\r\n" else end


def _defects(document: XmlDocument) -> Iterator[Defect]:
    """What is wrong with elements."""
    mapping = document.mapping
    if mapping.is_named_otherwise:
        told = problem((), "the root element is {}, not response", mapping.root_name, severity=INFO)
        yield Defect("CAP019", told, document.spans([()]).get((), START))
    spans = document.all_spans(mapping.repeated) if mapping.repeated else {}
    for path in mapping.repeated:
        *earlier, last = spans.get(path, (START,))
        told = problem(
            path,
            "the element {} comes {} times in one object: only the last counts"
            if earlier[1:]
            else "the element {} comes twice in one object: only the last counts",
            *((path[-1], len(spans[path])) if earlier[1:] else (path[-1],)),
            related=tuple(note(path, "also here") for _ in earlier[:_RELATED]),
        )
        yield Defect("CAP005", told, last, tuple(earlier[:_RELATED]))
    for path, text in mapping.not_numbers.items():
        told = problem(path, "{} is not a number that JSON or a double can hold", text.strip())
        yield Defect("CAP006", told)
    for path in mapping.includes:
        told = problem(path, "an XInclude element, which is not followed")
        yield Defect("CAP014", told)
