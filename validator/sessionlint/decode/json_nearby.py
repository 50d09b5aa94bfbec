"""Where a few values stand in a short JSON text: their keys are looked for, and little else is read.

Most findings are about a few values of one session: so they are found in a third of the time of the pass
that `sessionlint.decode.json_positions` makes, which is for all else.
"""

import re
from collections.abc import Collection
from itertools import takewhile

from sessionlint.decode.json_positions import item_start, value_end, value_start
from sessionlint.decode.text import Range
from sessionlint.document import Json
from sessionlint.finding import Path

_FEW = 12
"""Places, each of which is looked for by itself, and items of a list before one."""
_SEVERAL = 64
"""Times that a key is written."""
_SHORT = 1 << 14
"""Bytes."""


def nearby_ranges(data: bytes, tree: Json, paths: Collection[Path]) -> dict[Path, Range] | None:
    """As `value_ranges`, of a text that was read to ``tree`` and repeats no key.

    ``None`` where it would be slow, for many places, in a long text, far back in a list; and where it is not
    simple, for keys that are no plain words or may be written with escapes.
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
            if start is None:
                return None
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


def _start(data: bytes, path: Path, holders: list[Json]) -> int | None:
    """Where the value at ``path`` starts; ``None`` where it would take long to find."""
    if not path:
        return value_start(data)
    key = path[-1]
    if isinstance(key, int):
        around = _start(data, path[:-1], holders) if key <= _FEW else None
        return None if around is None else item_start(data, around, key)
    written = b'"%b"' % key.encode()
    at, earlier = data.find(written), 0
    if at != data.rfind(written):
        around = _start(data, path[:-1], holders) if data.count(written) <= _SEVERAL else None
        if around is None:
            return None
        holder = holders[len(path) - 1]
        at = data.index(written, around)
        earlier = _times(key, [holder[other] for other in takewhile(key.__ne__, holder)])
    while True:
        # A word between quotes is a whole string, as a comma or a colon stands between two; with an escaped quote
        # it is the end of one, and without a colon it is a value.
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
