"""Elements to a tree, by the mapping in ``schema/README.md``.

One element a key, a documented list is its element repeated, numbers and booleans are read by the
documented type of their place. What the mapping has no room for:

- names count as written, without the prefix of the root element;
- an attribute becomes an undocumented key: ``@name`` of an object, ``key@name`` beside another value;
  those of ``xml:`` and ``xsi:`` are ignored, but that ``xsi:nil`` makes null of an empty element;
- an XInclude element is left out;
- text beside elements is left out: the XSD refuses it.
"""

import re
from collections.abc import Callable
from contextlib import suppress
from math import isinf
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias, is_typeddict

from sessionlint.decode.xml_positions import key_of
from sessionlint.document import Json
from sessionlint.finding import Path
from sessionlint.payload import Session, UserSessions, fields_of
from sessionlint.recognise import parts

if TYPE_CHECKING:
    from lxml.etree import _Element

SPACE: Final = " \t\r\n"
_ROOT_NAME: Final = "response"
_SESSION_NAMES: Final = frozenset({"session", "userSessions", _ROOT_NAME})
"""What the root element of a bare session may be called."""
_XINCLUDE: Final = "{http://www.w3.org/2001/XInclude}"
_INSTANCE: Final = "{http://www.w3.org/2001/XMLSchema-instance}"
_IGNORED_ATTRIBUTES: Final = ("{http://www.w3.org/XML/1998/namespace}", _INSTANCE)
_NIL: Final = f"{_INSTANCE}nil"
"""Says that an element has no value (XML Schema Part 1, 2.6.2)."""
_TRUE: Final = ("true", "1")
OPTIONAL_LISTS: Final = frozenset({"mpls"})
"""Lists that may be absent: of the others, absent means empty."""
MOST_SIBLINGS: Final = 10_000
"""Elements that one object may hold, if an XSD is to check it in reasonable time."""
DOCUMENTED_LEVELS: Final = 9
"""More than the documented objects and lists nest."""


# Text to values. Text that is not lexically of its type stays a string.

_NUMBER = re.compile(r"[ \t\r\n]*([+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)[ \t\r\n]*")
_NO_NUMBERS: Final = frozenset({"NaN", "INF", "+INF", "-INF", "Infinity", "+Infinity", "-Infinity"})
_NOT_A_NUMBER: Final = object()


def _number(text: str) -> object:
    if text.isdigit() and text.isascii() and len(text) <= 18:
        return int(text)
    match = _NUMBER.fullmatch(text)
    if match is None:
        return _NOT_A_NUMBER if text.strip(SPACE) in _NO_NUMBERS else text
    digits = match[1]
    if len(digits) <= 20 and digits.lstrip("+-").isdigit():
        whole = int(digits)
        # Integers of more than 64 bits are doubles in the JSON twin too.
        if -(2**63) <= whole < 2**64:
            return whole
    value = float(digits)
    return _NOT_A_NUMBER if isinf(value) else value


def _boolean(text: str) -> object:
    return {"true": True, "false": False}.get(text.strip(SPACE), text)


# What is documented, as tables.


_Field: TypeAlias = tuple[str, bool, Callable[[str], object] | None, "_Kind | None"]
"""Name, whether it is a list, from text to the documented type (``None`` where that is text), of an object its kind.

A bare tuple, because Python takes it apart twice as fast.
"""


class _Kind(NamedTuple):
    """A kind of object."""

    fields: dict[str, _Field]
    lists: tuple[str, ...]
    """Those that are empty where they are absent."""
    may_fail: bool
    """Whether it may hold an ``error`` in place of the lists."""


def _kind(kind: type[Any]) -> _Kind:
    fields = {name: _field(name, *field) for name, field in fields_of(kind).items()}
    lists = tuple(name for name, (_, many, _, _) in fields.items() if many and name not in OPTIONAL_LISTS)
    return _Kind(fields, lists, "error" in fields and bool(lists))


def _field(name: str, item: type[Any], many: bool) -> _Field:
    if is_typeddict(item):
        return name, many, None, _kind(item)
    return name, many, {int: _number, float: _number, bool: _boolean, str: None}[item], None


_KINDS: Final = {kind: _kind(kind) for kind in (UserSessions, Session)}

_UNDOCUMENTED: Final[dict[str, _Field]] = {}
"""The fields of an object that is not documented."""
_LEFT_OUT: Final[dict[str, _Field]] = {}
"""The fields of an element that does not come into the tree."""


_Frame: TypeAlias = tuple[int, dict[str, _Field], dict[str, Any], str]
"""An open object: how many of its elements are to come, what is documented, its values, its name."""


class XmlMapping:
    """The tree of a document, and what was noticed on the way: one walk, without recursion."""

    def __init__(self, root: "_Element", *, has_attributes: bool) -> None:
        self.root = root
        self._has_attributes = has_attributes
        prefix, colon, _ = _written_name(root).partition(":")
        self._root_prefix = prefix if colon else None
        self.root_name = self._key(root)
        self.not_numbers: dict[Path, str] = {}
        self.repeated: dict[Path, None] = {}
        """Elements that are no list and come several times, in order; the last is in the tree."""
        self.nils: set[Path] = set()
        """Elements that say that they have no value."""
        self.includes: dict[Path, None] = {}
        self._undocumented: list[_Element] = []
        keys = {self._key(child) for child in root}
        if not keys and self.root_name == _ROOT_NAME and not is_text(root.text):
            keys.add("userSessions")
        payload = parts(dict.fromkeys(keys))
        self.kind: type[Any] | None = payload[0].kind if payload else None
        self.wide: Path | None = () if self.kind is Session and len(root) > MOST_SIBLINGS else None
        """An object that holds more than `MOST_SIBLINGS` elements; a response may hold more sessions."""
        self._deepest = 0
        self.tree: Json = self._walk()

    def _walk(self) -> Json:  # noqa: PLR0912, PLR0915 - one loop: calls would be most of its time
        root, has_attributes = self.root, self._has_attributes
        if self.kind is None and not len(root):
            return root.text or ""
        kind = _KINDS[self.kind] if self.kind else None
        tree = _empty(kind)
        left, fields, holder, here = len(root), kind.fields if kind else _UNDOCUMENTED, tree, ""
        frames: list[_Frame] = []
        may_fail: list[dict[str, Any]] = []
        value: Any
        if has_attributes:
            _add_attributes(root, tree, "", tree)
        for element in root.iterdescendants():
            while not left:
                left, fields, holder, here = frames.pop()
            left -= 1
            field = fields.get(element.tag) or self._other_field(element, fields, frames, here)
            count = len(element)
            if field is None:
                if count:
                    frames.append((left, fields, holder, here))
                    left, fields = count, _LEFT_OUT
                continue
            name, many, convert, below = field
            if count or (below and not is_text(element.text)):
                value = _empty(below)
                if below and below.may_fail:
                    may_fail.append(value)
            else:
                value = element.text or ""
                if convert:
                    value = convert(value)
                    if value is _NOT_A_NUMBER:
                        self.not_numbers[*self._place(frames, here), name] = element.text or ""
                        value = None
            is_nil = has_attributes and element.get(_NIL) in _TRUE and not (count or is_text(element.text))
            if is_nil:
                value = None
            if many:
                holder.setdefault(name, []).append(value)
            elif name not in holder:
                holder[name] = value
            elif name in fields:
                holder[name] = value
                place = (*self._place(frames, here), name)
                self.repeated[place] = None
                if value is not None:
                    self.not_numbers.pop(place, None)
            elif isinstance(holder[name], list):
                holder[name].append(value)
            else:
                holder[name] = [holder[name], value]
            if has_attributes and name in fields:
                _add_attributes(element, value, name, holder)
            if is_nil:
                place = (*self._place(frames, here), name)
                self.nils.add((*place, len(holder[name]) - 1) if many else place)
            if count:
                frames.append((left, fields, holder, here))
                left, fields, holder, here = count, below.fields if below else _UNDOCUMENTED, value, name
                if count > MOST_SIBLINGS:
                    self.wide = self._place(frames, here)
                if below is None:
                    self._deepest = max(self._deepest, len(frames))
        for failed in may_fail:
            if failed.get("error") is not None:
                drop_empty_lists(failed)
        return tree

    def _other_field(
        self, element: "_Element", fields: dict[str, _Field], frames: list[_Frame], here: str
    ) -> _Field | None:
        """The field of an element that is not documented by its whole name; ``None`` if it is left out."""
        if fields is _LEFT_OUT:
            return None
        key = self._key(element)
        if key in fields:
            return fields[key]
        if fields is not _UNDOCUMENTED:
            self._undocumented.append(element)
        if element.tag.startswith(_XINCLUDE):
            self.includes[*self._place(frames, here), key] = None
            return None
        return key, False, None, None

    def _key(self, element: "_Element") -> str:
        return key_of(_written_name(element), self._root_prefix)

    @staticmethod
    def _place(frames: list[_Frame], here: str) -> Path:
        """Where the open object is."""
        if not frames:
            return ()
        path: list[str | int] = []
        value: Json = frames[0][2]
        for step in (*(frame[3] for frame in frames[1:]), here):
            path.append(step)
            value = value[step]
            if isinstance(value, list):
                path.append(len(value) - 1)
                value = value[-1]
        return tuple(path)

    @property
    def is_named_otherwise(self) -> bool:
        """Whether it is a payload whose root element has another name than the mapping's."""
        if self.kind is UserSessions:
            return self.root_name != _ROOT_NAME
        return self.kind is Session and self.root_name not in _SESSION_NAMES

    def cut(self, open_elements: int) -> frozenset[Path]:
        """The objects and lists that are open where so many elements are.

        They lack their empty lists then: what would have come is unknown.
        """
        places: set[Path] = set()
        path: Path = ()
        element, value = self.root, self.tree
        for depth in range(open_elements):
            if depth:
                if not len(element):  # libxml2 read on where expat stopped, and made other elements of it
                    break
                element = element[-1]
                key = self._key(element)
                if not isinstance(value, dict) or key not in value:
                    break
                path, value = (*path, key), value[key]
                if isinstance(value, list):
                    places.add(path)
                    path, value = (*path, len(value) - 1), value[-1]
            places.add(path)
            if isinstance(value, dict):
                drop_empty_lists(value)
        return frozenset(places)

    def documented_elements(self) -> "_Element":
        """The root element without attributes, prefixes and what is not documented, all taken away for good."""
        for element in self._undocumented:
            holder = element.getparent()
            if holder is not None:
                if is_text(element.tail):
                    holder.text = f"{holder.text or ''}{element.tail}"
                holder.remove(element)
        self._undocumented = []
        if self._has_attributes or self._root_prefix:
            for element in self.root.iter():
                element.attrib.clear()
                with suppress(ValueError):  # of a broken text: what is behind the prefix is no name
                    # A prefix that nothing declares is a part of the name.
                    element.tag = element.tag.rpartition("}")[2].rpartition(":")[2]
        return self.root

    def too_deep(self, nesting: int) -> Path | None:
        """An object or list that lies in ``nesting`` others, if there is one."""
        if 2 * (self._deepest + DOCUMENTED_LEVELS) <= nesting:  # each level may be a list too
            return None
        waiting: list[tuple[int, Path, Json]] = [(1, (), self.tree)]
        while waiting:
            level, path, value = waiting.pop()
            if level > nesting:
                return path
            members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
            waiting += ((level + 1, (*path, step), below) for step, below in members if isinstance(below, dict | list))
        return None


def _written_name(element: "_Element") -> str:
    """The name of an element as in the text; a prefix that nothing declares is in its tag."""
    prefix, local = element.prefix, element.tag.rpartition("}")[2]
    return f"{prefix}:{local}" if prefix else local


def _empty(kind: _Kind | None) -> dict[str, Any]:
    return {name: [] for name in kind.lists} if kind else {}


def drop_empty_lists(value: dict[str, Any]) -> None:
    """Takes the lists out of an object that are there only because absent means empty."""
    for name in [name for name, items in value.items() if items == []]:
        del value[name]


def is_text(text: str | None) -> bool:
    """Whether there is more than white space."""
    return text is not None and bool(text.strip(SPACE))


def _add_attributes(element: "_Element", value: Json, name: str, holder: dict[str, Any]) -> None:
    if not (attributes := element.keys()):
        return
    # Asked for one value, lxml looks along all attributes.
    texts: Any = element.xpath("@*", smart_strings=False)
    for attribute, text in zip(map(str, attributes), texts, strict=True):
        if not attribute.startswith(_IGNORED_ATTRIBUTES):
            key = f"@{attribute.rpartition('}')[2]}"
            if isinstance(value, dict):
                value[key] = text
            else:
                holder[name + key] = text
