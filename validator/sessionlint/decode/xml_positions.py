"""Where elements stand in XML text: expat's places, read only once a finding asks for one.

lxml tells no columns. Expat never sees a DTD: a text that has one is refused before any parser reads it.
"""

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from xml.parsers import expat

from sessionlint.decode.text import Range
from sessionlint.document import Json
from sessionlint.finding import Path

# A tag from its `<` to its `>`; possessive, so that it takes linear time.
_TAG = re.compile(rb"""<(?:[^"'>]++|"[^"]*+"|'[^']*+')*+>""")
_DECLARATION = re.compile(rb"<\?xml[ \t\r\n][^>]*+>")


def parser() -> expat.XMLParserType:
    """An expat parser of UTF-8."""
    return expat.ParserCreate("UTF-8")


def without_declaration(text: bytes) -> bytes:
    """``text`` with spaces for its XML declaration, which may name another encoding or version."""
    declaration = _DECLARATION.match(text)
    return text if declaration is None else b" " * declaration.end() + text[declaration.end() :]


def key_of(name: str, root_prefix: str | None) -> str:
    """The key that an element decodes to: its name as written, without the prefix of the root element."""
    prefix, colon, local = name.partition(":")
    return local if colon and prefix == root_prefix else name


def end_of_element(text: bytes, start: int, last: int) -> int:
    """Where an element ends, by where its start tag stands and where expat was when it ended."""
    start_tag = _TAG.match(text, start)
    # Of an empty element, expat is behind its only tag; of others, before the end tag.
    if start_tag is None or start_tag[0].endswith(b"/>"):
        return last
    end_tag = _TAG.match(text, last)
    return end_tag.end() if end_tag else last


def ranges(text: bytes, tree: Json, paths: Iterable[Path]) -> dict[Path, list[Range]]:
    """Where the elements stand that ``paths`` of ``tree`` come from; a path that has none is left out.

    An element that is no list and comes several times has a range for each. A list stands where its
    first element does, an attribute where its element does.
    """
    wanted = _Wanted()
    for path in paths:
        wanted.add(path)
    reader = parser()
    found: dict[Path, list[Range]] = {}
    frames: list[_Frame] = []
    ignored = 0
    root_prefix: str | None = None

    def start(name: str, _: Mapping[str, str]) -> None:
        nonlocal ignored, root_prefix
        if ignored:
            ignored += 1
        elif not frames:
            prefix, colon, _local = name.partition(":")
            root_prefix = prefix if colon else None
            frames.append(_Frame(wanted, tree, reader.CurrentByteIndex, wanted.paths))
        elif (inner := frames[-1].below(key_of(name, root_prefix), reader.CurrentByteIndex)) is None:
            ignored = 1
        else:
            frames.append(inner)

    def end(_: str) -> None:
        nonlocal ignored
        if ignored:
            ignored -= 1
            return
        frame = frames.pop()
        if frame.paths:
            ended(frame, end_of_element(text, frame.start, reader.CurrentByteIndex))

    def ended(frame: _Frame, end: int) -> None:
        for path in frame.paths:
            found.setdefault(path, []).append((frame.start, end))

    reader.StartElementHandler = start
    reader.EndElementHandler = end
    # What libxml2 reads and expat does not, names beyond XML's fourth edition, has no place, nor has what follows.
    with suppress(expat.ExpatError):
        reader.Parse(without_declaration(text), True)
    for frame in reversed(frames):
        ended(frame, reader.ErrorByteIndex)
    return found


class _Wanted:
    """The places that are looked for, as a tree of the steps to them."""

    __slots__ = ("paths", "steps")

    def __init__(self) -> None:
        self.paths: list[Path] = []
        self.steps: dict[str | int, _Wanted] = {}

    def add(self, path: Path) -> None:
        node = self
        for step in path:
            key = step.partition("@")[0] if isinstance(step, str) else step
            if key != "":
                node = node.steps.get(key) or node.steps.setdefault(key, _Wanted())
        node.paths.append(path)


class _Frame:
    """An open element in which something is looked for."""

    __slots__ = ("_counts", "_value", "_wanted", "paths", "start")

    def __init__(self, wanted: _Wanted, value: Json, start: int, paths: list[Path]) -> None:
        self.start = start
        self.paths = paths
        self._wanted = wanted
        self._value = value
        self._counts: dict[str, int] = {}

    def below(self, key: str, start: int) -> "_Frame | None":
        """The frame of an element in this one, if it or something in it is looked for."""
        wanted = self._wanted.steps.get(key)
        if wanted is None:
            return None
        value = self._value.get(key) if isinstance(self._value, dict) else None
        if not isinstance(value, list):
            return _Frame(wanted, value, start, wanted.paths)
        index = self._counts.get(key, 0)
        self._counts[key] = index + 1
        item = wanted.steps.get(index, _Wanted())
        paths = item.paths if index else [*wanted.paths, *item.paths]
        return _Frame(item, value[index] if index < len(value) else None, start, paths)
