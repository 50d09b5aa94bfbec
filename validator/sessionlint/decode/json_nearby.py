"""Where a few values stand in a short JSON text: their keys are looked for, and little else is read.

Most findings are about a few values of one session: so they are found in a third of the time of the pass
that `sessionlint.decode.json_positions` makes, which is for all else.
"""

import re
from collections.abc import Collection
from itertools import takewhile

from sessionlint.decode.json_edits import Range
from sessionlint.decode.json_positions import item_start, value_end, value_start
from sessionlint.document import Json
from sessionlint.finding import Path

_FEW = 16
"""Places: each is looked for by itself."""
_SHORT = 1 << 16
"""Bytes."""


def nearby_ranges(data: bytes, tree: Json, paths: Collection[Path]) -> dict[Path, Range] | None:
    """As `value_ranges`, of a text that was read to ``tree`` and repeats no key.

    ``None`` where that is not simple: for many places, in a long text, for keys that are no plain words or
    may be written with escapes.
    """
    words = "".join([step for path in paths for step in path if isinstance(step, str)])
    if len(paths) > _FEW or len(data) > _SHORT or not (words.isascii() and words.isidentifier()):
        return None
    if b"\\" in data and b"\\u00" in data:
        return None
    ranges = {}
    for path in paths:
        holders = _holders(tree, path)
        if holders is not None:
            start = _start(data, path, holders)
            ranges[path] = start, value_end(data, start)
    return ranges


def _holders(tree: Json, path: Path) -> list[Json] | None:
    """The objects and lists on the way to a value, from the outermost; ``None`` if there is no such value."""
    holders = []
    for step in path:
        if not (step in tree if isinstance(tree, dict) else isinstance(tree, list) and step in range(len(tree))):
            return None
        holders.append(tree)
        tree = tree[step]
    return holders


def _start(data: bytes, path: Path, holders: list[Json]) -> int:
    if not path:
        return value_start(data)
    key = path[-1]
    if isinstance(key, int):
        return item_start(data, _start(data, path[:-1], holders), key)
    written = b'"%b"' % key.encode()
    at, earlier = data.find(written), 0
    if at != data.rfind(written):
        holder = holders[len(path) - 1]
        at = data.index(written, _start(data, path[:-1], holders))
        earlier = _times(key, [holder[other] for other in takewhile(key.__ne__, holder)])
    while True:
        # Without a colon it is a value; a quote that is escaped is within one.
        colon = _COLON.match(data, at + len(written))
        if colon is not None and data[at - 1] != _BACKSLASH:
            if not earlier:
                return colon.end()
            earlier -= 1
        at = data.index(written, at + 1)


def _times(key: str, values: list[Json]) -> int:
    """How often an object in ``values`` has a key."""
    times = 0
    for each in values:
        if isinstance(each, dict):
            times += key in each
            values += each.values()
        elif isinstance(each, list):
            values += each
    return times


_COLON = re.compile(rb"\s*+:\s*+")
_BACKSLASH = ord("\\")
