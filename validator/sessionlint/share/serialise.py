"""The tree of a copy to bytes: JSON, or XML by the mapping in ``schema/README.md``."""

from collections.abc import Iterator
from functools import cache
from typing import Final, NamedTuple

import orjson

from sessionlint.document import Json
from sessionlint.finding import Path
from sessionlint.payload import UserSessions
from sessionlint.recognise import parts

_INDENT: Final = "  "
_NIL: Final = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"'


def as_json(tree: Json) -> bytes:
    """Indented, for people look at it too."""
    return orjson.dumps(tree, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def as_json_line(tree: Json) -> bytes:
    """On one line, with its end."""
    return orjson.dumps(tree, option=orjson.OPT_APPEND_NEWLINE)


class Items(NamedTuple):
    """The items in a stretch of a long response or list."""

    items: list[Json]
    within: Path
    """Where the list is: ``("userSessions",)``, or ``()`` for the document itself."""

    @property
    def tree(self) -> Json:
        """A document with these items alone."""
        tree: Json = self.items
        for name in reversed(self.within):
            tree = {name: tree}
        return tree

    def more(self, *, is_line: bool) -> bytes:
        """What is to be put before the `ending` of a document that has such items already."""
        if not self.items:
            return b""
        before, after = _around(self.within, is_line=is_line)
        separator = b"," + before[len(before.rstrip()) :]
        return separator + _json(self.tree, is_line=is_line).removeprefix(before).removesuffix(after)


def ending(tree: Json, data: bytes, *, is_line: bool) -> bytes:
    """What stands behind the last item of a response or a list, where `Items` may be added; of others, nothing."""
    _, after = _around(() if isinstance(tree, list) else ("userSessions",), is_line=is_line)
    return after if data.endswith(after) else b""


@cache
def _around(within: Path, *, is_line: bool) -> tuple[bytes, bytes]:
    """What stands before the first and behind the last item of a list."""
    before, _, after = _json(Items([0], within).tree, is_line=is_line).partition(b"0")
    return before, after


def _json(tree: Json, *, is_line: bool) -> bytes:
    return as_json_line(tree) if is_line else as_json(tree)


def as_xml(tree: Json) -> bytes:
    """A response or a bare session as XML."""
    payload = parts(tree)
    root = "response" if payload and payload[0].kind is UserSessions else "session"
    lines = ["<?xml version='1.0' encoding='UTF-8'?>", *_element(root, tree, "")]
    return "".join(f"{line}\n" for line in lines).encode()


def _element(name: str, value: Json, indent: str) -> Iterator[str]:
    if value is None:
        yield f"{indent}<{name} {_NIL}/>"
        return
    if not value or not isinstance(value, dict):  # of an object without fields, white space would be a text
        yield f"{indent}<{name}>{'' if value == {} else _text(value)}</{name}>"
        return
    yield f"{indent}<{name}>"
    for key, inner in value.items():
        for item in inner if isinstance(inner, list) else [inner]:
            yield from _element(key, item, indent + _INDENT)
    yield f"{indent}</{name}>"


def _text(value: Json) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return repr(value)
    from xml.sax.saxutils import escape

    return escape(value)
