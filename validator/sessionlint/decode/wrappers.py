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


_PYTHON_LITERAL = re.compile(rb"""\s*+(b?)(?:'((?:[^'\\\r\n]|\\.)*+)'|"((?:[^"\\\r\n]|\\.)*+)")\s*+""")
_PYTHON_ESCAPE = re.compile(rb"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|([nrt\\'\"]))")
_ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t"}


def _python_literal(text: bytes) -> bytes:
    """What is in bytes or text that Python printed (``b'...'``, ``'...'``); nothing if the text is something else."""
    literal = _PYTHON_LITERAL.fullmatch(text)
    if literal is None:
        return b""

    def character(escape: re.Match[bytes]) -> bytes:
        if escape[1] and literal[1]:
            return bytes.fromhex(escape[1].decode())
        if escape[1] or escape[2]:
            return escape[0] if literal[1] else chr(int(escape[1] or escape[2], 16)).encode(errors="replace")
        return _ESCAPED.get(escape[3], escape[3])

    return _PYTHON_ESCAPE.sub(character, literal[2] or literal[3] or b"")


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


def _from_mail(text: bytes) -> bytes:
    from binascii import a2b_qp

    if not _QUOTED_PRINTABLE.fullmatch(text):
        raise ValueError("an equals sign that is none of this encoding")
    return a2b_qp(text)


def _with_line_breaks(text: bytes) -> bytes:
    return _WRITTEN_BREAK.sub(lambda found: b"\n" if found[1] else found[0], text)


_WRITTEN_BREAK = re.compile(rb'"(?:[^"\\]|\\.)*+"|((?:\\r)?\\n|<br ?/?>)')

_QUOTED_PRINTABLE = re.compile(rb"(?:[^=]|=[ \t]*+\r?\n|=[0-9A-Fa-f]{2}|=\s*+\Z)*+")

_CELL = re.compile(rb'\s*+"((?:[^"]|"")*+)(?:"(?:[,;\t][^\r\n]*+)?)?\s*+')
"""A cell of CSV, maybe cut off, and those behind it."""


def _from_csv(text: bytes) -> bytes:
    cell = _CELL.fullmatch(text)
    if cell is None:
        raise ValueError("more than one row")
    return cell[1].replace(b'""', b'"')


_WRAPPERS: Final = (
    _Wrapper("bytes that Python printed", re.compile(rb"\s*+b['\"]"), _python_literal),
    _Wrapper("text that Python printed", re.compile(rb"\s*+'[\s{\[<\\]"), _python_literal),
    _Wrapper("a string that lost its quotes", re.compile(rb'\s*+[{\[](?:[\s{\[]|\\++[nrt])*+\\++"'), _unescaped),
    _Wrapper(
        "a text that has its line breaks in letters",
        re.compile(rb"\s*+[{\[](?:\\r)?(?:\\n|<br ?/?>)"),
        _with_line_breaks,
    ),
    _Wrapper("HTML's escapes", re.compile(rb"[\s{\[]*+&(?:quot|#34|#x22);|\s*+&lt;[?A-Za-z]"), _from_html),
    _Wrapper(
        "a browser's page", re.compile(rb"\s*+<(?:!doctype html|html|head|body|pre)\b", re.IGNORECASE), _from_page
    ),
    # A line of 76 characters at most that ends with an equals sign is broken there.
    _Wrapper(
        "a mail's encoding (quoted-printable)",
        re.compile(rb"\s*+[{\[<](?:[^\n]{0,76}\n)*?[^\n]{1,75}=\r?\n"),
        _from_mail,
    ),
    _Wrapper("a cell of CSV", re.compile(rb'\s*+"[{\[][\s{\[]*+""'), _from_csv),
)


_LEAST_LINES: Final = 3
_MOST_TRIED: Final = 100
"""Lines of a text that are tried as the document's first."""
_LINE_START: Final = re.compile(rb"^([^{\[<\"\r\n]{0,100}[^{\[<\"\r\n0-9])[{\[<]", re.MULTILINE)
_NUMBER: Final = re.compile(rb"( *+[0-9]++)")


_LINE_END: Final = re.compile(
    rb"(\^M\$|\^M|\$|\\r?\\?n|\\+|\+|\||<br ?/?>|\xe2\x94\x82|\xc2\xb6|\xe2\x86\xb5|\xe2\x8f\x8e)[ \t\r]*+\Z"
)
"""What shows where a line ends, or goes on: of ``cat -A``, psql, a shell, a table, a page or an editor."""


_BORDER: Final = re.compile(rb"[+|=-]{3,}+|(?:\xe2[\x94\x95][\x80-\xbf]){3,}+")
"""A line of a table without a cell."""


class Listing(NamedTuple):
    """Lines that start or end with something that is not of the document in them."""

    sign: str
    """That of the document's first."""
    first: int
    """The number of that line."""
    rest: bytes
    """The text with spaces in its place."""


def without_line_ends(text: bytes, *, among_others: bool = False) -> Listing | None:
    """The lines of a text that shows where they end, or that they go on; ``None`` for any other text.

    All its lines do, but the last, unless they may be ``among_others``.
    """
    lines = [line.rstrip() for line in text.rstrip().split(b"\n")]
    lines = [b"" if _BORDER.fullmatch(line.lstrip()) else line for line in lines]
    signs = ((number, _LINE_END.search(line)) for number, line in enumerate(lines) if line)
    if among_others:
        signs = ((number, sign) for number, sign in signs if sign and lines[number].lstrip()[:1] in (b"{", b"["))
    first, found = next(signs, (0, None))
    needed = lines[first : first + _LEAST_LINES] if among_others else lines[first:-1]
    if not found or len(needed) < _LEAST_LINES - 1 or not all(not line or line.endswith(found[1]) for line in needed):
        return None
    return Listing(found[1].decode(), first + 1, b"\n".join([line.removesuffix(found[1]) for line in lines]))


_CONFLICT: Final = re.compile(rb"(<<<<<<<|\|{7}|=======|>>>>>>>)(?:[ \r][^\n]*+)?\n?")
_OURS, _THEIRS, _END = b"<<<<<<<", b"=======", b">>>>>>>"


class Conflicts(NamedTuple):
    """Lines of two versions that nobody merged."""

    first: int
    """The number of the line where the first of them starts."""
    places: int
    rest: bytes
    """The text with one of the two, and spaces in place of the other."""


def without_conflicts(text: bytes) -> Conflicts | None:
    """A text that version control could not merge; ``None`` for any other."""
    if _OURS not in text:
        return None
    kept: list[bytes] = []
    sides: dict[bytes, list[bytes]] = {}
    side = b""
    first = count = 0
    for number, line in enumerate(text.splitlines(keepends=True), 1):
        mark = _CONFLICT.fullmatch(line)
        if mark and (mark[1] == _OURS if not side else mark[1] not in sides):
            side = mark[1]
            sides[side] = [_blank(line)]
            first = first or number
        elif side:
            sides[side].append(line)
        else:
            kept.append(line)
        if side == _END:
            ours, theirs = sides[_OURS], sides.get(_THEIRS, [])
            is_ours = any(each.strip() for each in ours)
            for name, lines in sides.items():
                is_kept = lines is (ours if is_ours else theirs)
                kept += lines if is_kept or name == _END else map(_blank, lines)
            sides, side, count = {}, b"", count + 1
    return Conflicts(first, count, b"".join(kept)) if count and not side else None


def _blank(line: bytes) -> bytes:
    length = len(line.rstrip(b"\r\n"))
    return b" " * length + line[length:]


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
