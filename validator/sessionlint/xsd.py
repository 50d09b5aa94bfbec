"""The schema stage's second opinion on XML: what the XSD refuses.

The JSON Schema makes the findings, so that the twins of a payload agree. The XSD adds what only XML
can get wrong, such as text beside elements.
"""

import re
from functools import cache
from typing import TYPE_CHECKING, Any, Final, get_args, get_origin, is_typeddict

from sessionlint.decode.xml_document import XmlDocument
from sessionlint.document import Document
from sessionlint.finding import Defect, Path, problem
from sessionlint.payload import UserSessions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import XMLSchema

_ROOT_NAMES: Final = {True: "response", False: "session"}
_TEXT_BESIDE_ELEMENTS: Final = "SCHEMAV_CVC_COMPLEX_TYPE_2_3"
_STEP = re.compile(r"(.*?)(?:\[([0-9]+)\])?")


def refusals(document: Document) -> "Iterator[Defect]":
    """What the XSD refuses in a payload: at most one defect (`SCH002`, `SCH003`) an element.

    Undocumented elements are set aside before, because libxml2 leaves what comes after one unchecked.
    """
    assert isinstance(document, XmlDocument)
    mapping = document.mapping
    if mapping.kind is None:
        return
    schema = _schema()
    if schema.validate(mapping.documented_elements(_ROOT_NAMES[mapping.kind is UserSessions])):
        return
    told = set(document.cut)
    for error in schema.error_log:  # type: ignore[attr-defined]  # the stubs do not know that it is a sequence
        path = _path(error.path, mapping.kind)
        if path in told or any(path[:length] in mapping.repeated for length in range(1, len(path) + 1)):
            continue
        told.add(path)
        # Facets are named after what they ask for: …_PATTERN_VALID, …_MININCLUSIVE_VALID.
        rule = "SCH003" if error.type_name.endswith("_VALID") else "SCH002"
        if error.type_name == _TEXT_BESIDE_ELEMENTS:
            yield Defect(rule, problem(path, "text stands beside elements, where none belongs"))
        else:
            yield Defect(rule, problem(path, "the XSD refuses this element: {}", error.message))


@cache
def _schema() -> "XMLSchema":
    from lxml.etree import XMLSchema, fromstring

    from sessionlint_schema import xsd_bytes

    return XMLSchema(fromstring(xsd_bytes()))


def _path(xpath: str, kind: Any) -> Path:
    """The place of an element, by its place among the documented ones."""
    path: list[str | int] = []
    for step in xpath.split("/")[2:]:
        match = _STEP.fullmatch(step)
        hint = kind.__annotations__.get(match[1]) if match and is_typeddict(kind) else None
        if match is None or hint is None:
            break
        path.append(match[1])
        kind = hint
        if get_origin(hint) is list:
            path.append(int(match[2] or 1) - 1)
            kind = get_args(hint)[0]
    return tuple(path)
