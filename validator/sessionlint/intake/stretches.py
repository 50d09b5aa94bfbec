"""A long response, or list, as stretches of its items: each a document of its own, so that none is held as one large tree.

Where a stretch may end is guessed by counting braces. If it parses, it holds whole items, for what JSON allows in
one way it allows in no other. If it does not, strings are told from braces; as lost quotes turn them inside out, it
then ends only where an object follows that starts with the key that the first item starts with.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

import orjson

from sessionlint.capture import Capture, Stretch
from sessionlint.limits import has_more_values
from sessionlint.recognise import parts

_STRETCH: Final = 1 << 17
"""Bytes after which a stretch ends with the next item: the tree of a larger one is out of a processor's nearest memory."""

_NEXT = re.compile(rb"\}(\s*+,\s*+)(?=\{)")
_MARK = re.compile(rb'"(?:[^"\\]++|\\.)*+"|([{}\[\]])', re.DOTALL)
_NEVER = re.compile(rb"(?!)")
_FIRST_KEY = re.compile(rb'\{\s*+("[^"\\]++")\s*+:')

_BYTES_OF_A_VALUE: Final = 4
"""Bytes that a value takes on average, at least: it is a dozen where nobody means harm."""


class _Form(NamedTuple):
    """How a document is written that may come in stretches."""

    head: re.Pattern[bytes]
    """What is before the first item, with a byte order mark as group 1."""
    opening: bytes
    """Stands before the items of all stretches but the first; a line of its own."""
    closing: bytes
    """Stands behind the items of all stretches but the last."""
    within: tuple[str, ...]
    """Where the list of items is."""
    next_item: re.Pattern[bytes] = _NEVER
    """As `_NEXT`, before an object that starts with the key that the first one starts with."""


_RESPONSE: Final = _Form(
    re.compile(rb'(\xef\xbb\xbf)?\s*+\{\s*+"userSessions"\s*+:\s*+\[\s*+(?=\{)'),
    b'{"userSessions":[\n',
    b"\n]}",
    ("userSessions",),
)
_LIST: Final = _Form(re.compile(rb"(\xef\xbb\xbf)?\s*+\[\s*+(?=\{)"), b"[\n", b"\n]", ())


class _Cut(NamedTuple):
    """Where a stretch ends, the next one starts, and how many items are between its start and its end."""

    end: int
    next: int
    items: int


def stretches(capture: Capture, size: int = _STRETCH) -> Iterator[Capture] | None:
    """The stretches of a capture, in its order; ``None`` if it is nothing of which that could be told."""
    data, exchange = capture.data, capture.exchange
    if exchange and (exchange.status or 0) >= 400:
        return None
    form = next((form for form in (_RESPONSE, _LIST) if form.head.match(data)), None)
    head = form and form.head.match(data)
    if not form or not head or (form is _RESPONSE and data.find(b'"userSessions"', head.end()) >= 0):
        return None
    if has_more_values(data, len(data) // _BYTES_OF_A_VALUE):
        return None
    form = form._replace(next_item=_next_item(data, head.end()))
    first = _cut(data, head.end(), size, data[: head.end()], form)
    if first.end == len(data) or (not form.within and not _is_payload(data[: first.end] + form.closing)):
        return None
    return _stretches(capture, head, size, form, first)


def _is_payload(text: bytes) -> bool:
    try:
        return bool(parts(orjson.loads(text)))
    except orjson.JSONDecodeError:
        return False


def _next_item(data: bytes, first: int) -> re.Pattern[bytes]:
    key = _FIRST_KEY.match(data, first)
    return re.compile(rb"\}(\s*+,\s*+)(?=\{\s*+%s\s*+:)" % re.escape(key[1])) if key else _NEVER


def _stretches(capture: Capture, head: re.Match[bytes], size: int, form: _Form, cut: _Cut) -> Iterator[Capture]:
    data = capture.data
    yield capture._replace(data=data[: cut.end] + form.closing)
    # What holds of the whole was told with the first.
    exchange = capture.exchange and capture.exchange._replace(format=None, media_type=None)
    rest = capture._replace(defects=(), exchange=exchange)
    items, line, column, counted = 0, 1, 1, head.end(1) if head[1] else 0
    while cut.end < len(data):
        start = cut.next
        newlines = data.count(b"\n", counted, start)
        if newlines:
            line, column, counted = line + newlines, 1, data.rfind(b"\n", counted, start) + 1
        column += _length(data[counted:start])
        counted = start
        items += cut.items
        cut = _cut(data, start, size, form.opening, form)
        is_last = cut.end == len(data)
        text = b"".join((form.opening, data[start : cut.end], b"" if is_last else form.closing))
        yield rest._replace(data=text, stretch=Stretch(form.within, items, line, column))


def _length(text: bytes) -> int:
    """In code points."""
    return len(text) if text.isascii() else len(text.decode("utf-8", "replace"))


def _cut(data: bytes, start: int, size: int, opening: bytes, form: _Form) -> _Cut:
    """Where the stretch ends that starts at an item; the last one takes what is left."""
    cut = _guessed(data, start, size)
    if cut.end - start <= 2 * size:
        items = _items(opening, data[start : cut.end], form, is_last=cut.end == len(data))
        if items is not None:
            return cut._replace(items=items)
    cut = _told_apart(data, start, size, form.next_item)
    if cut.end == len(data):
        return cut  # nobody asks how many items are in the last
    items = _items(opening, data[start : cut.end], form, is_last=False)
    return cut if items is None else cut._replace(items=items)


def _items(opening: bytes, text: bytes, form: _Form, *, is_last: bool) -> int | None:
    """How many items are in a stretch; ``None`` if it is broken, or has more than items and is not the last."""
    try:
        tree = orjson.loads(b"".join((opening, text, b"" if is_last else form.closing)))
    except orjson.JSONDecodeError:
        return None
    if not form.within:
        return len(tree)
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


def _told_apart(data: bytes, start: int, size: int, next_item: re.Pattern[bytes]) -> _Cut:
    depth = items = 0
    for mark in _MARK.finditer(data, start):
        if mark[1] in (b"{", b"["):
            depth += 1
        elif mark[1]:
            depth -= 1
            if depth < 0:
                break
            if depth == 0:
                items += 1
                following = next_item.match(data, mark.start()) if mark.end() - start >= size else None
                if following:
                    # In a broken text, brackets miss items that lost quotes hide, and keys those that start otherwise.
                    by_key = len(next_item.findall(data, start, mark.end())) + 1
                    return _Cut(mark.end(), following.end(), max(items, by_key))
    return _Cut(len(data), len(data), items)
