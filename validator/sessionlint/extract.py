"""From an address to what is there: the way back from a finding to the text that it speaks of."""

import os
import re
from contextlib import closing
from itertools import islice
from typing import TYPE_CHECKING

from sessionlint.capture import Capture, escaped_part, unescaped_part
from sessionlint.document import Json
from sessionlint.escape import excerpt, printable
from sessionlint.finding import Path, Span
from sessionlint.limits import Limits
from sessionlint.summary import Failure

if TYPE_CHECKING:
    from sessionlint.document import Document

_IN_LIST = re.compile(r"((?:/userSessions)?)/(0|[1-9][0-9]{0,18})((?:/.*)?)", re.DOTALL)
_LINE = re.compile(r"(?::[0-9]{1,19}){1,2}\Z")
_INDEX = re.compile(r"0|[1-9][0-9]{0,18}")

_LOOKED_AT = 100
"""Captures among which a message looks for an address that it can name."""


class NoSuchPlace(Failure, ValueError):
    """An address that leads nowhere."""


def extract(address: str, limits: Limits = Limits()) -> bytes:
    """What is at an address: a payload or a part of it, re-indented, with a line's end.

    Of XML it is the element, of a list there one for each item. A capture of which no document can be made comes as
    it is. The address may be written as the text output shows it. Raises `NoSuchPlace`.
    """
    capture, pointer = _capture(address, limits)
    if not capture.data:
        told = capture.skipped or next((each.problem.message.text() for each in capture.defects), "the file is empty")
        raise NoSuchPlace(f"{printable(address)}: {told}")
    from sessionlint.decode import Undecodable, decode
    from sessionlint.intake.files import LONG

    inside = _IN_LIST.match(pointer)
    first = 0
    if len(capture.data) >= LONG and inside:
        capture, first = _stretch(capture, ("userSessions",) if inside[1] else (), int(inside[2]))
        pointer = f"{inside[1]}/{int(inside[2]) - first}{inside[3]}"
    document = decode(capture.data, capture.name, limits)
    if isinstance(document, Undecodable):
        if not pointer:
            return capture.data
        told = document.defects[0].problem.message.text()
        raise NoSuchPlace(f"{printable(address)}: the file has no parts that could be told apart: {told}")
    steps, value = _resolved(document.tree, pointer, address, first)
    return (_elements(document, steps, value) if document.format == "xml" else None) or _json(value)


def _stretch(capture: Capture, within: Path, index: int) -> tuple[Capture, int]:
    """The stretch of a long response or list that an item of the list at ``within`` is in, and the first item's index."""
    from sessionlint.intake.stretches import stretches

    found, first = capture, 0
    for each in stretches(capture) or ():
        if each.stretch and each.stretch.within != within:
            return capture, 0  # a key that looks like an index
        if each.stretch and each.stretch.first > index:
            break
        found, first = each, each.stretch.first if each.stretch else 0
    return found, first


def _capture(address: str, limits: Limits) -> tuple[Capture, str]:
    """The capture that an address leads to, and the pointer that is left of it."""
    from sessionlint.intake.files import address_of, captures

    file, separator, inside = address.partition("!")
    path = unescaped_part(file)
    if file != "-":
        if not os.path.lexists(path) and os.path.lexists(file):
            path = file
        if not os.path.isfile(path):
            told = "a folder: name a file in it" if os.path.isdir(path) else "no such file"
            raise NoSuchPlace(f"{printable(file)}: {told}{_reserved(address) or _line(address)}")
        address = address_of(path) + separator + inside
    container, _, pointer = address.rpartition("!") if separator else (address, "", "")
    unread: Capture | None = None
    with closing(captures([path], limits, wanted=address, whole=True)) as found:
        for capture in found:
            names = (capture.address, printable(capture.address))
            if address in names:
                return capture, ""
            if container in names:
                if capture.data:
                    return capture, unescaped_part(pointer)
                unread = capture
    if unread and not pointer:
        return unread, ""
    raise NoSuchPlace(
        f"{printable(address)}: nothing has this address{_line(address) or _others(path, address, limits)}"
    )


# What a message about an address adds, to bring its reader nearer to the right one.


def _line(address: str) -> str:
    """For the place that the text output starts a finding with: it has a line, an address has a pointer."""
    bare = _LINE.sub("", address)
    if bare == address or not os.path.isfile(unescaped_part(bare.partition("!")[0])):
        return ""
    return (
        f'; in place of line and column, an address has ! and the pointer after "at": {printable(bare)}!/userSessions/0'
    )


def _reserved(address: str) -> str:
    """For the name of a file that is not written as addresses write it."""
    parts = address.split("!")
    names = ("!".join(parts[:count]) for count in range(2, len(parts) + 1))
    name = next(filter(os.path.isfile, names), None)
    return f"; in an address, {printable(name)} is written {printable(escaped_part(name))}" if name else ""


def _others(path: str, address: str, limits: Limits) -> str:
    """For an address in a file that has others: the first of them, if possible below this one."""
    from sessionlint.intake.files import captures

    if path == "-":  # nobody can read it again
        return ""
    with closing(captures([path], limits, whole=True)) as found:
        held = [each.address for each in islice((each for each in found if each.data), _LOOKED_AT)]
    near = [each for each in held if each.startswith(address)] or held
    if not near:
        return ""
    return f"; there is {printable(near[0])}{', among others' if len(near) > 1 else ''}"


def _resolved(tree: Json, pointer: str, address: str, first: int) -> tuple[tuple[str | int, ...], Json]:
    """The value at a JSON Pointer, and the way there; of a stretch, whose items count from ``first``."""
    if pointer and not pointer.startswith("/"):
        raise NoSuchPlace(f"{printable(address)}: what follows the last ! is no JSON Pointer: it starts with /")
    steps: list[str | int] = []
    for token in pointer.split("/")[1:]:
        step: str | int = token.replace("~1", "/").replace("~0", "~")
        if isinstance(tree, list) and _INDEX.fullmatch(token):
            step = int(token)
        try:
            tree = tree[step]
        except (LookupError, TypeError):
            told = [*steps, step]
            at = 0 if isinstance(told[0], int) else 1
            if first and len(told) > at:
                told[at] = int(told[at]) + first
            where = "".join(f"/{each}" for each in told[:-1]) or "the payload"
            raise NoSuchPlace(f"{printable(address)}: {printable(where)} has no {excerpt(told[-1])}") from None
        steps.append(step)
    return tuple(steps), tree


def _json(value: Json) -> bytes:
    import orjson

    try:
        return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    except TypeError:  # an integer of more than 64 bits
        import json

        return json.dumps(value, indent=2, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"


def _elements(document: "Document", path: Path, value: Json) -> bytes | None:
    """The element at a path, of a list each of its items; ``None`` for what is none (an attribute, an empty list)."""
    paths = [(*path, index) for index in range(len(value))] if isinstance(value, list) else [path]
    spans = document.spans(paths)
    if not paths or len(spans) < len(paths):
        return None
    return b"".join(_element(document, spans[each]) for each in paths)


def _element(document: "Document", span: Span) -> bytes:
    """The text of an element, re-indented."""
    lines = [document.line(number) for number in range(span.line, span.end_line + 1)]
    lines[-1] = lines[-1][: span.end_column - 1]
    lines[0] = lines[0][span.column - 1 :]
    text = "\n".join(lines)
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, recover=True, remove_blank_text=True
    )
    root = etree.fromstring(text.encode(), parser)
    if root is None:
        return text.encode() + b"\n"
    etree.indent(root)
    return etree.tostring(root, encoding="utf-8") + b"\n"
