"""Where values stand in a JSON text, read only once a finding asks for a place.

Places that are asked for are found by one pass over the text: it is known to be sound, and most of it is
not looked into, which is what tree-sitter cannot leave out. Repeated keys, which are rare and may be
anywhere, are found among tree-sitter's tokens.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import orjson

from sessionlint.decode.text import Range
from sessionlint.finding import Path

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

_Branches: TypeAlias = "dict[str | int, _Branches]"


def value_ranges(data: bytes, paths: Collection[Path]) -> dict[Path, Range]:
    """Where the values at ``paths`` stand in a sound JSON text; a path that it lacks is left out.

    Of a key that comes twice it is the last value, as in the tree. One pass, in which only the objects and
    lists on the way to the paths are entered.
    """
    wanted: _Branches = {}
    for path in paths:
        branches = wanted
        for step in path:
            branches = branches.setdefault(step, {})
    ranges: dict[Path, Range] = {}
    around: list[_Entered] = []
    path, branches, at = (), wanted, value_start(data)
    while True:
        if branches and data[at] in b"{[":
            around.append(_Entered(path, branches, data[at] == _OBJECT, at))
            at += 1
        else:
            end = value_end(data, at)
            ranges[path] = at, end
            at = end
        while around:
            entered = around[-1]
            member = (_MEMBER if entered.is_object else _ITEM).match(data, at)
            assert member is not None
            at = member.end()
            if member[1]:
                around.pop()
                ranges[entered.path] = entered.start, at
                continue
            step = _text(member[2]) if entered.is_object else entered.index
            entered.index += 1
            if step in entered.branches:
                path, branches = (*entered.path, step), entered.branches[step]
                break
            at = value_end(data, at)
        else:
            return {path: ranges[path] for path in paths if _is_last(ranges, path)}


def _is_last(ranges: Mapping[Path, Range], path: Path) -> bool:
    """Whether a path was found, and not in a value whose key came again."""
    outer = ranges[()]
    for length in range(len(path) + 1):
        inner = ranges.get(path[:length])
        if inner is None or not (outer[0] <= inner[0] and inner[1] <= outer[1]):
            return False
        outer = inner
    return True


class _Entered:
    """An object or list that is being read."""

    __slots__ = ("branches", "index", "is_object", "path", "start")

    def __init__(self, path: Path, branches: _Branches, is_object: bool, start: int) -> None:
        self.path = path
        self.branches = branches
        self.is_object = is_object
        self.start = start
        self.index = 0


_OBJECT = ord("{")
_STRING = rb'"(?:[^"\\]++|\\.)*+"'
_BLANK = re.compile(rb"\s*+")
_MEMBER = re.compile(rb"\s*+,?+\s*+(?:(\})|(" + _STRING + rb")\s*+:\s*+)", re.DOTALL)
_ITEM = re.compile(rb"\s*+,?+\s*+(\])?+")
_SCALAR = re.compile(_STRING + rb"|[^\s,\]}]++", re.DOTALL)
_UP_TO_BRACKET = re.compile(rb'[^"\[\]{}]*+(?:' + _STRING + rb'[^"\[\]{}]*+)*+', re.DOTALL)


def _end_of(pattern: re.Pattern[bytes], data: bytes, start: int) -> int:
    match = pattern.match(data, start)
    assert match is not None
    return match.end()


def value_start(data: bytes) -> int:
    """Where the value starts that is the whole text."""
    return _end_of(_BLANK, data, 0)


def item_start(data: bytes, start: int, index: int) -> int:
    """Where an item starts of the list that starts there."""
    at = start + 1
    for _ in range(index):
        at = value_end(data, _end_of(_ITEM, data, at))
    return _end_of(_ITEM, data, at)


def value_end(data: bytes, start: int) -> int:
    """The end of the value that starts there."""
    if data[start] not in b"{[":
        return _end_of(_SCALAR, data, start)
    at, depth = start + 1, 1
    while depth:
        at = _end_of(_UP_TO_BRACKET, data, at)
        depth += 1 if data[at] in b"{[" else -1
        at += 1
    return at


def _text(string: bytes) -> str:
    text: str = orjson.loads(string)
    return text


_EARLIER = 5


class Duplicate(NamedTuple):
    """A key that an object has several times."""

    path: Path
    times: int
    earlier: tuple[Range, ...]
    """Where the first of its values stand: five at most."""
    last: Range
    """Where the one in the tree stands."""


def duplicate_keys(data: bytes) -> list[Duplicate]:
    """Every key of a sound JSON text that its object has more than once."""
    found: list[Duplicate] = []
    open_branches: list[tuple[Node | None, Path]] = [(_root(data), ())]
    while open_branches:
        node, path = open_branches.pop()
        if node is None:
            continue
        if node.type == "array":
            open_branches += ((item, (*path, index)) for index, item in _children(node) if item.child_count)
        elif node.type == "object":
            last: dict[str, Node] = {}
            repeated: dict[str, list[Range]] = {}
            counts: dict[str, int] = {}
            for key, value in _members(data, node):
                if key in last:
                    counts[key] = counts.get(key, 1) + 1
                    earlier = repeated.setdefault(key, [])
                    if len(earlier) < _EARLIER:
                        earlier.append((last[key].start_byte, last[key].end_byte))
                last[key] = value
            found += (
                Duplicate((*path, key), counts[key], tuple(earlier), (last[key].start_byte, last[key].end_byte))
                for key, earlier in repeated.items()
            )
            open_branches += ((value, (*path, key)) for key, value in last.items() if value.child_count)
    return found


@cache
def _parser() -> "Parser":
    import tree_sitter_json
    from tree_sitter import Language, Parser

    return Parser(Language(tree_sitter_json.language()))


def _root(data: bytes) -> "Node | None":
    # The grammar does not know a plus sign in an exponent; a zero in its place moves nothing.
    tree = _parser().parse(data.replace(b"e+", b"e0").replace(b"E+", b"E0"))
    return tree.root_node.named_child(0)


def _children(node: "Node") -> "Iterator[tuple[int, Node]]":
    """The members or items of a node with their index: between brackets and commas."""
    cursor = node.walk()
    cursor.goto_first_child()
    index = 0
    while cursor.goto_next_sibling():
        if cursor.node is not None and cursor.node.is_named:
            yield index, cursor.node
        cursor.goto_next_sibling()
        index += 1


def _members(data: bytes, node: "Node") -> "Iterator[tuple[str, Node]]":
    for _, pair in _children(node):
        key, value = pair.child(0), pair.child(2)
        assert key is not None
        assert value is not None
        yield orjson.loads(data[key.start_byte : key.end_byte]), value
