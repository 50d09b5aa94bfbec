"""The schema stage's second opinion on XML: what the XSD refuses.

The JSON Schema makes the findings, so that the twins of a payload agree. The XSD adds what only XML
can get wrong, such as text beside elements.
"""

import re
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any, Final, is_typeddict

from sessionlint.decode.xml_document import XmlDocument
from sessionlint.decode.xml_mapping import MOST_SIBLINGS, is_text
from sessionlint.document import Document
from sessionlint.finding import Defect, Path, problem
from sessionlint.payload import Session, fields_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import XMLSchema, _Element

_TEXT_BESIDE_ELEMENTS: Final = "SCHEMAV_CVC_COMPLEX_TYPE_2_3"
_STEP = re.compile(r"(.*?)(?:\[([0-9]+)\])?")


def refusals(
    document: Document, broken: Iterable[Path] = (), violated: Iterable[Path] = (), *, is_sound: bool
) -> "Iterator[Defect]":
    """What the XSD refuses in a payload: of an element text beside elements, and one other defect at most.

    Nothing is said again of what is ``broken`` or of another type, nor, but for such text, of what the JSON Schema
    finds ``violated``.
    Of a plain text that is sound by the JSON Schema (``is_sound``) that is nothing. Undocumented elements are set
    aside before, because libxml2 leaves what comes after one unchecked.
    """
    assert isinstance(document, XmlDocument)
    if is_sound and document.is_plain:
        return
    mapping = document.mapping
    if mapping.kind is None:
        return
    if mapping.wide is not None:
        told = problem(mapping.wide, f"one element holds more than {MOST_SIBLINGS} others: the XSD is not asked")
        yield Defect("CAP015", told, document.spans([mapping.wide]).get(mapping.wide))
        return
    root = mapping.documented_elements()
    if mapping.kind is Session:
        root.tag = "session"
        sessions: list[tuple[Path, _Element]] = [((), root)]
    else:
        # One at a time: for each error libxml2 counts the siblings, and a response may hold many sessions.
        sessions = [(("userSessions", index), element) for index, element in enumerate(root)]
        is_beside = any(map(is_text, (root.text, *(element.tail for _, element in sessions))))
        if is_beside and () not in broken:
            yield _text_beside_elements(())
    schema = _schema()
    told_of = {(path, is_beside) for path in broken for is_beside in (True, False)}
    told_of.update((path, False) for path in violated)
    for place, element in sessions:
        if schema.validate(element):
            continue
        for error in schema.error_log:  # type: ignore[attr-defined]  # the stubs do not know that it is a sequence
            path = place + _path(error.path)
            is_beside = error.type_name == _TEXT_BESIDE_ELEMENTS
            is_told = path in mapping.nils or (path, is_beside) in told_of
            if is_told or any(path[:length] in mapping.repeated for length in range(1, len(path) + 1)):
                continue
            told_of.add((path, is_beside))
            if is_beside:
                yield _text_beside_elements(path)
            else:
                # Facets are named after what they ask for: …_PATTERN_VALID, …_MININCLUSIVE_VALID.
                rule = "SCH003" if error.type_name.endswith("_VALID") else "SCH002"
                yield Defect(rule, problem(path, "the XSD refuses this element: {}", error.message))


def _text_beside_elements(path: Path) -> Defect:
    return Defect("SCH002", problem(path, "text stands beside elements, where none belongs"))


@cache
def _schema() -> "XMLSchema":
    from lxml.etree import XMLSchema, fromstring

    from sessionlint_schema import xsd_bytes

    return XMLSchema(fromstring(xsd_bytes()))


def _path(xpath: str) -> Path:
    """The place of an element in its session, by its place among the documented ones."""
    kind: Any = Session
    path: list[str | int] = []
    for step in xpath.split("/")[2:]:
        match = _STEP.fullmatch(step)
        field = fields_of(kind).get(match[1]) if match and is_typeddict(kind) else None
        if match is None or field is None:
            break
        path.append(match[1])
        kind, is_list = field
        if is_list:
            path.append(int(match[2] or 1) - 1)
    return tuple(path)
