"""The tree of a copy to bytes: JSON, or XML by the mapping in ``schema/README.md``."""

from collections.abc import Iterator
from typing import Final

import orjson

from sessionlint.document import Json
from sessionlint.payload import UserSessions
from sessionlint.recognise import parts

_INDENT: Final = "  "


def as_json(tree: Json) -> bytes:
    """Indented, for people look at it too."""
    return orjson.dumps(tree, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def as_json_line(tree: Json) -> bytes:
    """On one line, with its end."""
    return orjson.dumps(tree, option=orjson.OPT_APPEND_NEWLINE)


def as_xml(tree: Json) -> bytes:
    """A response or a bare session as XML. What XML has no room for, a null, is left out."""
    payload = parts(tree)
    root = "response" if payload and payload[0].kind is UserSessions else "session"
    lines = ["<?xml version='1.0' encoding='UTF-8'?>", *_element(root, tree, "")]
    return "".join(f"{line}\n" for line in lines).encode()


def _element(name: str, value: Json, indent: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{indent}<{name}>{_text(value)}</{name}>"
        return
    yield f"{indent}<{name}>"
    for key, inner in value.items():
        for item in inner if isinstance(inner, list) else [inner]:
            if item is not None:
                yield from _element(key, item, indent + _INDENT)
    yield f"{indent}</{name}>"


def _text(value: Json) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return repr(value)
    from xml.sax.saxutils import escape

    return escape(value)
