"""HTTP/1.x and what curl writes of any version: `curl -i`, `curl -v`, raw messages, commands beside their output."""

import io
import re
from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from sessionlint.credentials import Kind, without_secrets
from sessionlint.intake.bodies import dechunked, decoded
from sessionlint.intake.exchanges import Answer, Headers, header
from sessionlint.intake.source import Input

_STATUS = r"HTTP/[0-9](?:\.[0-9])? [0-9]{3}(?: [^\r\n]*+)?"
_REQUEST = r"[A-Z]{3,10} [^\s]{1,65536} HTTP/[0-9](?:\.[0-9])?"
# A shell's prompt may stand before a command, and a line that ends with \, ^ or ` goes on.
_COMMAND = r"(?:[^\r\n{}\"<]{0,120}[$#%>+] ?)?curl(?:\.exe)? [^\r\n]*+(?:(?<=[\\^`])\r?\n[^\r\n]*+)*+"


def _pattern(text: str) -> re.Pattern[bytes]:
    return re.compile(text.encode(), re.MULTILINE)


_START = _pattern(rf"(?:(?P<status>{_STATUS})|(?P<request>{_REQUEST})|(?P<command>{_COMMAND}))\r?$")
# A body without a line's end is followed at once by the next message.
_MESSAGE = _pattern(
    rf"(?:^|(?<=[}}\]>]))(?:(?P<status>{_STATUS})|(?P<request>{_REQUEST}))\r?$|^(?P<command>{_COMMAND})\r?$"
)
_STATUS_LINE = _pattern(rf"^{_STATUS}\r?$")
_VERBOSE = _pattern(rf"^< {_STATUS}\r?$")
_TALK = (b"* ", b"> ", b"< ", b"% Total", b"Note: ")
_HEADER = re.compile(rb"([\w!#$%&'*+.^`|~-]++):[ \t]*+([^\r\n]*+)\r?(?:\n|\Z)")
_FOLDED = re.compile(rb"[ \t]++([^\r\n]++)\r?(?:\n|\Z)")
_LINE_END = re.compile(rb"\r?\n")
_BLANK = re.compile(rb"\s{0,64}+")
_TEXT = re.compile(rb"\S")

_URL = re.compile(r"https?://[^\s\"'<>\\^`]+", re.IGNORECASE)
_ACCEPT = re.compile(r"(?<![\w-])accept:[ \t]*([^\"'\r\n]+)", re.IGNORECASE)

# What curl writes to the terminal meanwhile: its meter, how much of a body came, what became of the connection.
# All of it may stand in the middle of a body's line, which then goes on after it.
_NOISE = re.compile(
    rb"  % Total[^\n]*+\n[^\n]*+\n|\r[ \d][ \d.:kMGTPhdms-]{77}\n?|[{}] \[\d+ bytes data\]\r?\n"
    rb"|\* Connection #\d+ to host [^ \r\n]++ left intact\r?\n?|\* Closing connection[^\r\n]*+\r?\n?"
)
_NOISY = (b"% Total", b" bytes data]", b"* Connection #", b"* Closing")


def is_dump(head: bytes, *, anywhere: bool) -> bool:
    """Whether a text that starts like this is a dump; ``anywhere`` if other lines may stand before it."""
    start = head.lstrip()
    if _START.match(start):
        return True
    if not anywhere and not start.startswith(_TALK):
        return False
    head = _without_noise(head)
    return bool(_VERBOSE.search(head) or _STATUS_LINE.search(head))


def _without_noise(data: bytes) -> bytes:
    return _NOISE.sub(b"", data) if any(noise in data for noise in _NOISY) else data


def http_answers(data: bytes, input: Input) -> Iterator[Answer]:
    """The answers in a dump, in its order, counted from 1."""
    data = _without_noise(data.removeprefix(b"\xef\xbb\xbf"))
    talk: frozenset[Kind] = frozenset()
    if b"< HTTP/" in data and _VERBOSE.search(data):
        data, talk = _as_raw(data)
    for number, answer in enumerate(_raw(data, input), 1):
        yield answer._replace(place=str(number), credentials=answer.credentials | talk)


class _Request(NamedTuple):
    """What is known of the request that comes before an answer."""

    method: str | None = None
    url: str | None = None
    headers: Headers = ()
    credentials: frozenset[Kind] = frozenset()


# Raw messages, one after the other.


def _raw(data: bytes, input: Input) -> Iterator[Answer]:
    last = max(data.rfind(b"HTTP/"), data.rfind(b"curl"))
    match = _search(data, 0, last)
    request = _Request(credentials=_credentials(data[: match.start()]) if match else frozenset())
    while match:
        if match["status"]:
            headers, start = _headers(data, match.end())
            body, end = _body(data, start, last, match["status"], headers)
            yield _answer(match["status"], headers, body, request, input)
            match = _following(data, end, last)
        elif match["request"]:
            headers, start = _headers(data, match.end())
            request = _from_message(match["request"], headers, request.credentials)
            match = _following(data, start + _length(headers), last)
        else:
            request = _from_command(match["command"], request.credentials)
            start = match.end()
            match = _search(data, start, last)
            text = _TEXT.search(data, start, match.start() if match else len(data))
            if text:
                body = data[text.start() : match.start() if match else len(data)]
                yield _answer(b"", [], body, request, input)


def _headers(data: bytes, line_end: int) -> tuple[list[tuple[str, str]], int]:
    """The headers after a first line, and where the body starts."""
    headers: list[tuple[str, str]] = []
    position = _past_line_end(data, line_end)
    while True:
        if match := _HEADER.match(data, position):
            headers.append((match[1].decode("latin-1"), match[2].decode("latin-1").rstrip()))
        elif not headers or not (match := _FOLDED.match(data, position)):
            return headers, _past_line_end(data, position)
        position = match.end()


def _past_line_end(data: bytes, position: int) -> int:
    match = _LINE_END.match(data, position)
    return match.end() if match else position


def _body(data: bytes, start: int, last: int, status_line: bytes, headers: Headers) -> tuple[bytes, int]:
    """The body that starts there, and where it ends.

    Neither length nor coding can be trusted: the headers are those of the wire, the body is what curl
    made of it, or somebody's editor.
    """
    status = _status(status_line)
    if 100 <= status < 200 or status == 204 or b"connection established" in status_line.lower():
        return b"", start
    if "chunked" in header(headers, "transfer-encoding").lower():
        chunks = dechunked(data, start)
        if chunks:
            return chunks
    end = start + _length(headers)
    if end > start and end <= len(data):
        rest = _past_blank(data, end)
        if rest == len(data) or _START.match(data, rest):
            return data[start:end], end
    following = _search(data, start, last)
    end = following.start() if following else len(data)
    return data[start:end] if _TEXT.search(data, start, end) else b"", end


def _following(data: bytes, end: int, last: int) -> re.Match[bytes] | None:
    """The next message after one that ended there: maybe right behind a body that is no text."""
    return _START.match(data, _past_blank(data, end)) or _search(data, end, last)


def _search(data: bytes, start: int, last: int) -> re.Match[bytes] | None:
    """The first message from there on; none of them starts after ``last``, which spares most bodies the search."""
    return _MESSAGE.search(data, start) if start <= last else None


def _past_blank(data: bytes, position: int) -> int:
    match = _BLANK.match(data, position)
    return match.end() if match else position


def _length(headers: Headers) -> int:
    length = header(headers, "content-length")
    return int(length) if length.isdecimal() and length.isascii() and len(length) < 10 else 0


def _answer(status_line: bytes, headers: Headers, body: bytes, request: _Request, input: Input) -> Answer:
    return Answer(
        "",
        _status(status_line) if status_line else None,
        partial(decoded, body, header(headers, "content-encoding"), input),
        status_line.partition(b" ")[2].decode("latin-1"),
        headers,
        request.method,
        request.url,
        request.headers,
        request.credentials,
    )


def _status(status_line: bytes) -> int:
    return int(status_line.split(b" ", 2)[1])


def _from_message(line: bytes, headers: Headers, credentials: frozenset[Kind]) -> _Request:
    method, target, _ = line.decode("latin-1").split(" ")
    host = header(headers, "host")
    url = target if "://" in target[:10] else f"https://{target if method == 'CONNECT' else host + target}"
    return _Request(method, url, headers, credentials)


def _from_command(line: bytes, credentials: frozenset[Kind]) -> _Request:
    kinds, command = without_secrets(line.decode("latin-1"))
    url, accept = _URL.search(command), _ACCEPT.search(command)
    headers = [("Accept", accept[1])] if accept else []
    return _Request(None, url[0] if url else None, headers, credentials | kinds)


def _credentials(text: bytes) -> frozenset[Kind]:
    return frozenset(without_secrets(text.decode("latin-1"))[0])


# curl -v: every line says whose it is.


def _as_raw(data: bytes) -> tuple[bytes, frozenset[Kind]]:
    """The messages in what curl -v wrote, and the credentials in its talk about them."""
    has_heads_twice = _STATUS_LINE.search(data) is not None
    messages: list[bytes] = []
    kinds: frozenset[Kind] = frozenset()
    for line in io.BytesIO(data):
        mark = line[:1]
        if mark in b"<>" and line[1:2] in b" \r\n":
            if mark == b">" or not has_heads_twice:
                messages.append(line[2:] if line[1:2] == b" " else line[1:])
        elif line.startswith(b"* "):
            kinds |= _credentials(line)
        else:
            messages.append(line)
    return b"".join(messages), kinds
