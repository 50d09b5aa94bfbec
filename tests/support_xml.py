"""What tests share about XML: the twin of a payload, by the mapping in ``schema/README.md``."""

from typing import Any


def to_xml(tree: dict[str, Any], root: str = "response") -> bytes:
    """``tree`` as XML: a response, or a bare session with ``root="session"``.

    What has no twin raises: lists of lists (`TypeError`), text and keys that XML has no room for (`ValueError`).
    """
    from lxml import etree

    element = etree.Element(root)
    _fill(element, tree)
    return etree.tostring(element, encoding="utf-8", xml_declaration=True)


def _fill(element: Any, value: Any) -> None:
    from lxml import etree

    if isinstance(value, dict):
        for key, inner in value.items():
            for item in inner if isinstance(inner, list) else [inner]:
                _fill(etree.SubElement(element, key), item)
    elif isinstance(value, bool):
        element.text = "true" if value else "false"
    elif isinstance(value, str):
        element.text = value
    elif isinstance(value, int | float):
        element.text = repr(value)
    elif value is None:
        element.set("{http://www.w3.org/2001/XMLSchema-instance}nil", "true")
    else:
        raise TypeError(f"{type(value).__name__} has no twin in XML")
