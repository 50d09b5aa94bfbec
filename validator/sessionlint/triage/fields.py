"""Which fields a dump has: how often, in which range, with which values.

Payloads are put aside and gone through some hundred at a time: objects with the same keys together, a
column a field. What is asked of a column is asked in one call, so that a session of 200 values costs
microseconds. Of a sound payload it is known what its values are, so most texts are only counted.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import chain, groupby
from typing import Any, Final, NamedTuple, get_origin, is_typeddict

from sessionlint.escape import excerpt, printable
from sessionlint.payload import UserSessions
from sessionlint.plan import Plan
from sessionlint.triage.bounded import Bounded
from sessionlint.triage.model import Count, Field, Undocumented

FEW: Final = 20
"""Values of a field that are told one by one; with more, none is."""
_MOST_UNDOCUMENTED: Final = 200
"""Undocumented fields of one object that are told apart."""
_LONGEST_NAME: Final = 100
_LONGEST_VALUE: Final = 1000
"""Code points of a text that tell it from others: many addresses begin alike, and permalinks do for a hundred."""
_SESSIONS: Final = 75
"""So many may wait to be gone through: with fewer at a time each costs more, and so do more than a processor's caches
hold."""

_NUMBERS: Final = frozenset({int, float})
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")
_TYPES: Final = {
    str: "string",
    int: "number",
    float: "number",
    bool: "true or false",
    dict: "object",
    list: "list",
    type(None): "null",
}


_RANGES: Final = ("numbers", "dates", "lengths")
"""What can be compared; of a field with several, the first is told."""


class _Values:
    """What is known of one documented field."""

    __slots__ = ("counts", "has_dates", "kind", "present", "ranges")

    def __init__(self, kind: type[Any], *, has_dates: bool) -> None:
        self.kind = kind
        """Of its values, in a sound payload."""
        self.has_dates = has_dates
        self.present = 0
        self.ranges: dict[str, tuple[Any, Any]] = {}
        """The least and the greatest, of each of `_RANGES` that came."""
        self.counts: dict[Any, int] | None = {}
        """How often each value came; ``None`` once there are too many."""

    def take_sound(self, column: Sequence[Any]) -> None:
        """The values of many objects of sound payloads."""
        self.present += len(column)
        if self.counts is not None or self.has_dates or self.kind is not str:
            self._take_alike(column, self.kind)

    def take(self, column: Sequence[Any]) -> None:
        """The values of many objects."""
        types = set(map(type, column))
        if type(None) in types:
            types.remove(type(None))
            column = [value for value in column if value is not None]
            if not column:
                return
        self.present += len(column)
        if len(types) == 1 or types <= _NUMBERS:
            self._take_alike(column, next(iter(types)))
        else:
            for kind in (int, float, bool, str, list):
                if kind in types:
                    self._take_alike([value for value in column if type(value) is kind], kind)

    def _take_alike(self, column: Sequence[Any], kind: type[Any]) -> None:
        if kind in _NUMBERS:
            self._range("numbers", min(column), max(column))
        elif kind is list:
            lengths = list(map(len, column))
            self._range("lengths", min(lengths), max(lengths))
            return
        elif kind is str and self.has_dates:
            low, high = min(column), max(column)
            if not (_DATE.fullmatch(low) and _DATE.fullmatch(high)):
                column = [value for value in column if _DATE.fullmatch(value)]
                low, high = min(column, default=None), max(column, default=None)
            if low is not None:
                self._range("dates", low, high)
        elif kind is dict:
            return
        if self.counts is not None:
            self._count(column, kind)

    def _range(self, of: str, low: Any, high: Any) -> None:
        known = self.ranges.get(of)
        self.ranges[of] = (min(known[0], low), max(known[1], high)) if known else (low, high)

    def _count(self, column: Sequence[Any], kind: type[Any]) -> None:
        distinct = set(column)
        if len(distinct) > FEW and len({_counted(value, kind) for value in distinct}) > FEW:
            self.counts = None
            return
        counted = Counter(column) if len(distinct) > 1 else {value: len(column) for value in distinct}
        for value, times in counted.items():
            self._add(_counted(value, kind), times)

    def _add(self, value: Any, times: int) -> None:
        if self.counts is not None:
            self.counts[value] = self.counts.get(value, 0) + times
            if len(self.counts) > FEW:
                self.counts = None

    def merge(self, other: "_Values") -> None:
        self.present += other.present
        for of, (low, high) in other.ranges.items():
            self._range(of, low, high)
        if other.counts is None:
            self.counts = None
        for value, times in (other.counts or {}).items():
            self._add(value, times)


def _counted(value: Any, kind: type[Any]) -> Any:
    """As what a value is counted: True is not 1, and a text may be of any length."""
    return (value,) if kind is bool else value[:_LONGEST_VALUE] if kind is str else value


class _Unknown(NamedTuple):
    """What is known of one undocumented field."""

    objects: int
    types: frozenset[str]
    example: str

    def joined(self, other: "_Unknown") -> "_Unknown":
        # The shortest example tells enough, and is the same one however the input was cut.
        example = min(self.example, other.example, key=lambda text: (len(text), text))
        return _Unknown(self.objects + other.objects, self.types | other.types, example)


def _by_shape(nodes: Iterable[dict[str, Any]]) -> Mapping[tuple[str, ...], Sequence[dict[str, Any]]]:
    """Those with the same keys together. Most have the keys of the one before, which costs no look at a table."""
    shapes: defaultdict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for keys, alike in groupby(nodes, tuple):
        shapes[keys] += alike
    return shapes


class _Objects:
    """All objects of one kind at one kind of place."""

    def __init__(self, plan: Plan, pointer: str) -> None:
        self.pointer = pointer
        self.count = 0
        self.below = {
            key: (_Objects(child, f"{pointer}/{key}/*" if is_list else f"{pointer}/{key}"), is_list)
            for key, (child, is_list) in plan.children.items()
        }
        self.values = {
            key: _Values(_kind(hint), has_dates=key in ("date", "committed", "startedDateTime"))
            for key, hint in plan.kind.__annotations__.items()
        }
        self.unknown: Bounded[_Unknown] = Bounded(_MOST_UNDOCUMENTED)

    def take_sound(self, nodes: Sequence[dict[str, Any]]) -> None:
        """Many objects of sound payloads, with all below them."""
        self.count += len(nodes)
        below: dict[str, list[Any]] = {key: [] for key in self.below}
        for keys, alike in _by_shape(nodes).items():
            for key, column in zip(keys, zip(*map(dict.values, alike), strict=True), strict=True):
                self.values[key].take_sound(column)
                if key in below:
                    below[key] += column
        for key, (objects, is_list) in self.below.items():
            objects.take_sound(list(chain.from_iterable(below[key])) if is_list else below[key])

    def take(self, nodes: Iterable[Any]) -> None:
        """Many objects, with all below them; what is no object is passed over."""
        below: dict[str, list[Any]] = {key: [] for key in self.below}
        for keys, alike in _by_shape([node for node in nodes if type(node) is dict]).items():
            self.count += len(alike)
            for key, column in zip(keys, zip(*map(dict.values, alike), strict=True), strict=True):
                values = self.values.get(key)
                if values is None:
                    self._take_unknown(printable(key[:_LONGEST_NAME]), column)
                    continue
                values.take(column)
                if key in below:
                    below[key] += column
        for key, (objects, is_list) in self.below.items():
            found = below[key]
            objects.take(chain.from_iterable(each for each in found if type(each) is list) if is_list else found)

    def _take_unknown(self, key: str, column: Sequence[Any]) -> None:
        example = min(map(_shown, column), key=lambda text: (len(text), text))
        found = _Unknown(len(column), frozenset(_TYPES[kind] for kind in set(map(type, column))), example)
        known = self.unknown.get(key)
        if known is None:
            self.unknown.add(key, found)
        else:
            self.unknown.replace(key, known.joined(found))

    def merge(self, other: "_Objects") -> None:
        """Takes in what was collected after; both have gone through all."""
        self.count += other.count
        for key, values in self.values.items():
            values.merge(other.values[key])
        self.unknown.merge(other.unknown, _Unknown.joined)
        for key, (objects, _) in self.below.items():
            objects.merge(other.below[key][0])

    def all(self) -> "list[_Objects]":
        """These objects and those below, outermost first."""
        return [self, *(each for objects, _ in self.below.values() for each in objects.all())]


def _kind(hint: Any) -> type[Any]:
    """What values are that have a documented type."""
    kind: type[Any] = dict if is_typeddict(hint) else get_origin(hint) or hint
    return kind


@cache
def _documented() -> Plan:
    return Plan(UserSessions, (), {})


_EITHER: Final = (False, True)


class _Waiting:
    """Payloads of one kind that wait to be gone through together."""

    __slots__ = ("parts", "sessions")

    def __init__(self) -> None:
        self.parts: list[Any] = []
        self.sessions = 0


class FieldCollector:
    """Counts fields, a payload at a time.

    ``before`` has seen another part of the same input: values of which it found too many are not counted in vain.
    """

    def __init__(self, before: "FieldCollector | None" = None) -> None:
        self._root = _Objects(_documented(), "")
        if before:
            for objects, known in zip(self._root.all(), before._root.all(), strict=True):
                for key, values in known.values.items():
                    if values.counts is None:
                        objects.values[key].counts = None
        self._sessions = self._root.below["userSessions"][0]
        self._waiting = {(is_session, is_sound): _Waiting() for is_session in _EITHER for is_sound in _EITHER}

    def see(self, part: object, sessions: int, *, is_session: bool, is_sound: bool) -> None:
        """A response of so many sessions, or a bare session, as it was decoded."""
        waiting = self._waiting[is_session, is_sound]
        waiting.parts.append(part)
        waiting.sessions += sessions
        if waiting.sessions >= _SESSIONS:
            self._take(waiting, is_session=is_session, is_sound=is_sound)

    def _take(self, waiting: "_Waiting", *, is_session: bool, is_sound: bool) -> None:
        objects = self._sessions if is_session else self._root
        (objects.take_sound if is_sound else objects.take)(waiting.parts)
        waiting.parts.clear()
        waiting.sessions = 0

    def _go_through(self) -> None:
        for (is_session, is_sound), waiting in self._waiting.items():
            if waiting.parts:
                self._take(waiting, is_session=is_session, is_sound=is_sound)

    def merge(self, other: "FieldCollector") -> None:
        """Takes in what was collected after."""
        self._go_through()
        other._go_through()
        self._root.merge(other._root)

    def __getstate__(self) -> dict[str, Any]:
        self._go_through()
        return self.__dict__

    def fields(self, *, has_values: bool) -> tuple[Field, ...]:
        """Every documented field of the objects that came."""
        self._go_through()
        return tuple(
            _field(f"{objects.pointer}/{key}", objects.count, values, has_values=has_values)
            for objects in self._root.all()
            for key, values in objects.values.items()
            if objects.count
        )

    def undocumented(self, *, has_values: bool) -> tuple[Undocumented, ...]:
        """The other fields, those of one object by frequency."""
        self._go_through()
        return tuple(
            Undocumented(
                objects.pointer, key, each.objects, tuple(sorted(each.types)), each.example if has_values else None
            )
            for objects in self._root.all()
            for key, each in sorted(objects.unknown.entries().items(), key=lambda entry: (-entry[1].objects, entry[0]))
        )


def _field(pointer: str, objects: int, values: _Values, *, has_values: bool) -> Field:
    if not has_values:
        return Field(pointer, objects, values.present, None, None, ())
    low = high = None
    found = next((values.ranges[of] for of in _RANGES if of in values.ranges), None)
    if found:
        low, high = map(_plain, found)
    shown = [(_shown(value), times) for value, times in (values.counts or {}).items()]
    counts = sorted(shown, key=lambda entry: (-entry[1], entry[0]))
    return Field(pointer, objects, values.present, low, high, tuple(Count(name, count) for name, count in counts))


def _shown(value: Any) -> str:
    if isinstance(value, tuple):
        (value,) = value
    return excerpt(int(value) if _is_integral(value) else value)


def _plain(value: Any) -> str:
    return str(int(value)) if _is_integral(value) else str(value)


def _is_integral(value: Any) -> bool:
    """Whether a number is written with a fraction that says nothing: how it is shown must not depend on which came first."""
    return type(value) is float and abs(value) < 2**53 and value.is_integer()
