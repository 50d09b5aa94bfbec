"""What a payload may be wrapped in besides a JSON string, and how that is taken off."""

import re
from collections.abc import Callable
from contextlib import suppress
from itertools import islice
from typing import Final, NamedTuple


class _Wrapper(NamedTuple):
    name: str
    start: re.Pattern[bytes]
    """How a text starts that is wrapped so, and no other."""
    inside: Callable[[bytes], bytes]
    """What is in it. It may raise `ValueError`."""


def unwrapped(text: bytes) -> tuple[str, bytes] | None:
    """In what a text is wrapped that could be nothing else, and what is in it."""
    for wrapper in _WRAPPERS:
        if wrapper.start.match(text):
            with suppress(ValueError):
                return wrapper.name, wrapper.inside(text)
    return None


def base64_inside(text: bytes) -> bytes:
    """What a text in base64 holds, if that looks like a document; otherwise nothing."""
    from binascii import a2b_base64

    packed = b"".join(text.split()).rstrip(b"=").translate(bytes.maketrans(b"-_", b"+/"))
    if not re.fullmatch(rb"[A-Za-z0-9+/]{4,}", packed):
        return b""
    whole = packed[: len(packed) - (len(packed) % 4 == 1)]
    inside = a2b_base64(whole + b"=" * (-len(whole) % 4))
    return inside if re.match(rb"(?:\xef\xbb\xbf)?\s*+[{\[<\"]", inside) else b""


_PYTHON_BYTES = re.compile(rb"""\s*+b(?:'((?:[^'\\\r\n]|\\.)*+)'|"((?:[^"\\\r\n]|\\.)*+)")\s*+""")
_PYTHON_ESCAPE = re.compile(rb"\\(?:x([0-9a-fA-F]{2})|([nrt\\'\"]))")
_ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t"}


def _python_bytes(text: bytes) -> bytes:
    """What is in bytes that Python printed (``b'...'``); nothing if the text is something else."""
    literal = _PYTHON_BYTES.fullmatch(text)
    if literal is None:
        return b""

    def character(escape: re.Match[bytes]) -> bytes:
        return bytes.fromhex(escape[1].decode()) if escape[1] else _ESCAPED.get(escape[2], escape[2])

    return _PYTHON_ESCAPE.sub(character, literal[1] or literal[2] or b"")


def _unescaped(text: bytes) -> bytes:
    import json

    # Where it was cut off, it may have been inside of an escape.
    return str(json.loads(b'"%s"' % text.strip().rstrip(b"\\"), strict=False)).encode(errors="replace")


def _from_html(text: bytes) -> bytes:
    from html import unescape

    return unescape(text.decode()).encode(errors="replace")


_SHOWN = re.compile(
    rb"(?:\A\s*+|<body\b[^>]{0,999}+>\s*+)<pre\b[^>]{0,999}+>(.*?)(?:</pre\b|\Z)", re.DOTALL | re.IGNORECASE
)
"""A text that a browser made a page of, to show it."""


def _from_page(text: bytes) -> bytes:
    shown = _SHOWN.search(text)
    return _from_html(shown[1]) if shown else b""


_CELL = re.compile(rb'\s*+"((?:[^"]|"")*+)(?:"(?:[,;\t][^\r\n]*+)?)?\s*+')
"""A cell of CSV, maybe cut off, and those behind it."""


def _from_csv(text: bytes) -> bytes:
    cell = _CELL.fullmatch(text)
    if cell is None:
        raise ValueError("more than one row")
    return cell[1].replace(b'""', b'"')


_WRAPPERS: Final = (
    _Wrapper("bytes that Python printed", re.compile(rb"\s*+b['\"]"), _python_bytes),
    _Wrapper("a string that lost its quotes", re.compile(rb'\s*+[{\[](?:[\s{\[]|\\++[nrt])*+\\++"'), _unescaped),
    _Wrapper("HTML's escapes", re.compile(rb"[\s{\[]*+&(?:quot|#34|#x22);|\s*+&lt;[?A-Za-z]"), _from_html),
    _Wrapper(
        "a browser's page", re.compile(rb"\s*+<(?:!doctype html|html|head|body|pre)\b", re.IGNORECASE), _from_page
    ),
    _Wrapper("a cell of CSV", re.compile(rb'\s*+"[{\[][\s{\[]*+""'), _from_csv),
)


_LEAST_LINES: Final = 3
_MOST_TRIED: Final = 100
"""Lines of a text that are tried as the document's first."""
_LINE_START: Final = re.compile(rb"^([^{\[<\"\r\n]{0,100}[^{\[<\"\r\n0-9])[{\[<]", re.MULTILINE)
_NUMBER: Final = re.compile(rb"( *+[0-9]++)")


class Listing(NamedTuple):
    """Lines that start with something that is not of the document in them."""

    start: str
    """That of the document's first."""
    first: int
    """The number of that line."""
    rest: bytes
    """The text with spaces in its place."""


def without_line_starts(text: bytes, *, among_others: bool = False) -> Listing | None:
    """The lines of a text that is quoted, numbered or logged; ``None`` for any other text.

    All its lines are, unless they may be ``among_others``.
    """
    for first in islice(_LINE_START.finditer(text), _MOST_TRIED if among_others else 1):
        start = _line_start(first[1])
        if start and (_follows(text, first.end(), start) if among_others else not text[: first.start()].strip()):
            break
    else:
        return None
    lines = []
    for line in text.split(b"\n"):
        found = start.match(line)
        if found is None and line.strip() and not among_others:
            return None
        lines.append(b" " * len(found[0].decode(errors="replace")) + line[found.end() :] if found else line)
    if len(lines) < _LEAST_LINES:
        return None
    return Listing(first[1].decode(errors="replace"), text.count(b"\n", 0, first.start()) + 1, b"\n".join(lines))


def _line_start(first: bytes) -> re.Pattern[bytes] | None:
    """How lines start of which the first starts so; those without anything may have lost a space at their end."""
    sign = first.rstrip()
    if not sign:
        return None
    parts = [rb" *+[0-9]++" if part.strip().isdigit() else re.escape(part) for part in _NUMBER.split(sign)]
    space = first.removeprefix(sign)
    return re.compile(b"".join(parts) + rb"(?:%s|[ \t\r]*+$)" % space, re.MULTILINE)


def _follows(text: bytes, at: int, start: re.Pattern[bytes]) -> bool:
    """Whether the next lines start so too."""
    for _ in range(_LEAST_LINES - 1):
        at = text.find(b"\n", at) + 1
        if not at or not start.match(text, at):
            return False
    return True
