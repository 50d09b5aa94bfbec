"""A long response as stretches of sessions: each a response of its own, so that none is held as one large tree.

Where a stretch may end is guessed by counting braces. If it parses, it holds whole sessions, for what JSON allows in
one way it allows in no other. If it does not, strings are told from braces.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

import orjson

from sessionlint.capture import Capture, Stretch
from sessionlint.limits import has_more_values

_STRETCH: Final = 1 << 20
"""Bytes after which a stretch ends with the next session."""

_HEAD = re.compile(rb'(?P<mark>\xef\xbb\xbf)?\s*+\{\s*+"userSessions"\s*+:\s*+\[\s*+(?=\{)')
_NEXT = re.compile(rb"\}(\s*+,\s*+)(?=\{)")
_MARK = re.compile(rb'"(?:[^"\\]++|\\.)*+"|([{}\[\]])', re.DOTALL)

_BYTES_OF_A_VALUE: Final = 4
"""Bytes that a value of a session takes on average, at least: it is a dozen where nobody means harm."""

OPENING: Final = b'{"userSessions":[\n'
"""Stands before the sessions of all stretches but the first."""
_CLOSING: Final = b"\n]}"


class _Cut(NamedTuple):
    """Where a stretch ends, the next one starts, and how many sessions are between its start and its end."""

    end: int
    next: int
    sessions: int


def stretches(capture: Capture, size: int = _STRETCH) -> Iterator[Capture] | None:
    """The stretches of a capture, in its order; ``None`` if it is no response of which that could be told."""
    exchange = capture.exchange
    head = None if exchange and (exchange.status or 0) >= 400 else _HEAD.match(capture.data)
    if head is None or capture.data.find(b'"userSessions"', head.end()) >= 0:
        return None
    if has_more_values(capture.data, len(capture.data) // _BYTES_OF_A_VALUE):
        return None
    return _stretches(capture, head, size)


def _stretches(capture: Capture, head: re.Match[bytes], size: int) -> Iterator[Capture]:
    data = capture.data
    cut = _cut(data, head.end(), size, data[: head.end()])
    if cut.end == len(data):
        yield capture
        return
    yield capture._replace(data=data[: cut.end] + _CLOSING)
    # What holds of the whole was told with the first.
    exchange = capture.exchange and capture.exchange._replace(format=None, media_type=None)
    rest = capture._replace(defects=(), exchange=exchange)
    sessions, line, column, counted = 0, 1, 1, head.end("mark") if head["mark"] else 0
    while cut.end < len(data):
        start = cut.next
        newlines = data.count(b"\n", counted, start)
        if newlines:
            line, column, counted = line + newlines, 1, data.rfind(b"\n", counted, start) + 1
        column += _length(data[counted:start])
        counted = start
        sessions += cut.sessions
        cut = _cut(data, start, size, OPENING)
        is_last = cut.end == len(data)
        text = b"".join((OPENING, data[start : cut.end], b"" if is_last else _CLOSING))
        yield rest._replace(data=text, stretch=Stretch(sessions, line, column))


def _length(text: bytes) -> int:
    """In code points."""
    return len(text) if text.isascii() else len(text.decode("utf-8", "replace"))


def _cut(data: bytes, start: int, size: int, opening: bytes) -> _Cut:
    """Where the stretch ends that starts at a session; the last one takes what is left."""
    cut = _guessed(data, start, size)
    if cut.end - start <= 2 * size:
        sessions = _sessions(opening, data[start : cut.end], is_last=cut.end == len(data))
        if sessions is not None:
            return cut._replace(sessions=sessions)
    cut = _told_apart(data, start, size)
    if cut.end == len(data):
        return cut  # nobody asks how many sessions are in the last
    sessions = _sessions(opening, data[start : cut.end], is_last=False)
    return cut if sessions is None else cut._replace(sessions=sessions)


def _sessions(opening: bytes, sessions: bytes, *, is_last: bool) -> int | None:
    """How many sessions are in a stretch; ``None`` if it is broken, or has more than sessions and is not the last."""
    try:
        tree = orjson.loads(b"".join((opening, sessions, b"" if is_last else _CLOSING)))
    except orjson.JSONDecodeError:
        return None
    return len(tree["userSessions"]) if is_last or len(tree) == 1 else None


def _guessed(data: bytes, start: int, size: int) -> _Cut:
    depth = 0
    at = start
    for following in _NEXT.finditer(data, start + size):
        end = following.start() + 1
        depth += data.count(b"{", at, end) - data.count(b"}", at, end)
        at = end
        if depth == 0:
            return _Cut(end, following.end(), 0)
        if end - start > 2 * size:
            break
    return _Cut(len(data), len(data), 0)


def _told_apart(data: bytes, start: int, size: int) -> _Cut:
    depth = sessions = 0
    for mark in _MARK.finditer(data, start):
        if mark[1] in (b"{", b"["):
            depth += 1
        elif mark[1]:
            depth -= 1
            if depth < 0:
                break
            if depth == 0:
                sessions += 1
                following = _NEXT.match(data, mark.start()) if mark.end() - start >= size else None
                if following:
                    return _Cut(mark.end(), following.end(), sessions)
    return _Cut(len(data), len(data), sessions)
