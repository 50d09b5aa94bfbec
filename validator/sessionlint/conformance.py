"""The schema stage: which of the JSON Schema's keywords do not hold, and where.

Two engines, the same answers: jsonschema-rs for speed, jsonschema as the reference. Both are asked
only for places, a keyword and a subschema, never for their wording.
"""

import operator
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

from sessionlint.document import Json
from sessionlint.finding import Path
from sessionlint.payload import Session, UserSessions
from sessionlint.rule import Violation
from sessionlint_schema import json_schema

if TYPE_CHECKING:
    import jsonschema_rs

EngineName: TypeAlias = Literal["fast", "reference"]
Schema: TypeAlias = dict[str, Any]


class Conformance(ABC):
    """Checks one kind of object (a whole response, or a bare session) against the JSON Schema."""

    is_sound: Callable[[Json], bool]
    """Whether no keyword fails, no documented field is null, and no key is undocumented."""

    def __init__(self, kind: type[Any]) -> None:
        self.schema: Schema = _schema_of(kind)

    @abstractmethod
    def _errors(self, value: Json) -> Iterator[tuple[Path, str, Schema, Json]]:
        """Path, keyword, subschema and value of each failure."""

    def violations(self, value: Json, most: int | None = None) -> tuple[list[Violation], bool]:
        """What does not hold, in the order of the payload's places, of ``most`` failures; and whether these are all.

        One defect, one violation: of a value of the wrong type only that, and of several keywords that
        state the same rule (a pattern and a length) the first by name.
        """
        errors = self._errors(value)
        some = list(islice(errors, most))
        found: dict[tuple[Path, str], Violation] = {}
        for path, keyword, schema, instance in sorted(some, key=lambda error: error[1]):
            stated = keyword if keyword == "type" else schema.get("x-rule", keyword)
            found.setdefault((path, stated), Violation(path, keyword, schema, instance))
        mistyped = {path for path, stated in found if stated == "type"}
        told = [each for each in found.values() if each.keyword == "type" or each.path not in mistyped]
        orders: dict[int, dict[str, int]] = {}
        told.sort(key=lambda violation: (_place(value, violation.path, orders), violation.keyword))
        return told, next(errors, None) is None


def _place(value: Json, path: Path, orders: dict[int, dict[str, int]]) -> list[int]:
    """Where a path comes among others, keys being in the order of the text; ``orders`` has that of each object."""
    place = []
    for step in path:
        if isinstance(step, int):
            place.append(step)
        else:
            order = orders.get(id(value)) or orders.setdefault(id(value), {key: at for at, key in enumerate(value)})
            place.append(order[step])
        value = value[step]
    return place


_LONG = 100
"""Items from which on those of a list are checked one by one where something is wrong, and keys from which on most
undocumented ones are left out: jsonschema-rs makes all errors at once, each with a copy of the value."""


class FastConformance(Conformance):
    """jsonschema-rs. A sound payload costs one check of a narrowed schema."""

    def __init__(self, kind: type[Any]) -> None:
        super().__init__(kind)
        import jsonschema_rs

        self.is_sound = jsonschema_rs.Draft202012Validator(_narrowed(self.schema)).is_valid
        self._validators: dict[str, jsonschema_rs.Draft202012Validator] = {}

    def _errors(self, value: Json) -> Iterator[tuple[Path, str, Schema, Json]]:
        return self._errors_in(self.schema, value, ())

    def _errors_in(self, whole: Schema, value: Json, place: Path) -> Iterator[tuple[Path, str, Schema, Json]]:
        long: list[_LongList] = []
        asked = value if _is_short()(value) else self._shortened(whole, value, place, long)
        for error in self._validator(whole).iter_errors(asked):
            *steps, keyword = error.schema_path
            schema: Any = whole
            for step in steps:
                schema = schema[step]
            path = tuple(error.instance_path)
            yield (*place, *path), str(keyword), schema, _at(value, path)
        for each in long:
            for index in each.bad:
                yield from self._errors_in(each.schema, each.items[index], (*each.path, index))

    def _shortened(self, schema: Schema, value: Json, path: Path, long: "list[_LongList]") -> Json:
        """``value`` with short lists: of long ones the items that are not sound are ``long``'s, and objects go too."""
        if "$ref" in schema:
            schema = self.schema["$defs"][schema["$ref"].rpartition("/")[2]]
        if isinstance(value, list):
            items = {**schema.get("items", {}), "$defs": self.schema["$defs"]}
            if len(value) < _LONG or len(items) == 1:
                kept = [self._shortened(items, item, (*path, index), long) for index, item in enumerate(value)]
                return value if all(map(operator.is_, kept, value)) else kept
            is_valid = self._validator(items).is_valid
            bad = [index for index, item in enumerate(value) if not is_valid(item)]
            if bad:
                long.append(_LongList(path, value, items, bad))
            if "$ref" in items:
                return []
            unsound = set(bad)
            return [item for index, item in enumerate(value) if index not in unsound]
        if not isinstance(value, dict):
            return value
        documented = schema.get("properties", {})
        changed = {}
        for key in [key for key in value if key in documented]:
            kept = self._shortened(documented[key], value[key], (*path, key), long)
            if kept is not value[key]:
                changed[key] = kept
        if len(value) > _LONG:
            keys = {*islice(value, _LONG), *(documented.keys() & value.keys())}
            return {key: changed.get(key, value[key]) for key in value if key in keys}
        return {**value, **changed} if changed else value

    def _validator(self, schema: Schema) -> "jsonschema_rs.Draft202012Validator":
        import jsonschema_rs

        name = str(schema.get("$ref") or schema.get("type"))
        if name not in self._validators:
            self._validators[name] = jsonschema_rs.Draft202012Validator(schema)
        return self._validators[name]


@cache
def _is_short() -> Callable[[Json], bool]:
    """Tells whether no list and no object in a value is long: hardly any payload has one."""
    import jsonschema_rs

    most, inner = _LONG - 1, {"$ref": "#"}
    schema = {"maxItems": most, "maxProperties": most, "items": inner, "additionalProperties": inner}
    return jsonschema_rs.Draft202012Validator(schema).is_valid


class _LongList(NamedTuple):
    """A list with items that are not sound."""

    path: Path
    items: list[Json]
    schema: Schema
    """Of each item."""
    bad: list[int]
    """Their indices."""


class ReferenceConformance(Conformance):
    """jsonschema, the reference implementation in Python: slower by two orders of magnitude."""

    def __init__(self, kind: type[Any]) -> None:
        super().__init__(kind)
        import jsonschema

        self.is_sound = jsonschema.Draft202012Validator(_narrowed(self.schema)).is_valid
        self._all = jsonschema.Draft202012Validator(self.schema)

    def _errors(self, value: Json) -> Iterator[tuple[Path, str, Schema, Json]]:
        for error in self._all.iter_errors(value):
            assert isinstance(error.schema, dict)
            yield tuple(error.absolute_path), str(error.validator), error.schema, error.instance


_made: dict[tuple[EngineName, type[Any]], Conformance] = {}


def conformance(engine: EngineName, kind: type[Any]) -> Conformance:
    """The named engine for one kind: `UserSessions` or `Session`. Made once: to compile costs a hundred payloads."""
    known = _made.get((engine, kind))
    if known is None:
        known = _made[engine, kind] = FastConformance(kind) if engine == "fast" else ReferenceConformance(kind)
    return known


def _schema_of(kind: type[Any]) -> Schema:
    whole = json_schema()
    if kind is UserSessions:
        return whole
    assert kind is Session
    return {"$schema": whole["$schema"], "$ref": "#/$defs/session", "$defs": whole["$defs"]}


def _narrowed(schema: Any) -> Any:
    """The schema without room for null and for keys that nobody documented: what passes needs no second look."""
    if isinstance(schema, list):
        return [_narrowed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    narrowed = {key: _narrowed(value) for key, value in schema.items()}
    types = narrowed.get("type")
    if isinstance(types, list):
        narrowed["type"] = [name for name in types if name != "null"]
    if types and "properties" in narrowed:
        narrowed["additionalProperties"] = False
    return narrowed


def _at(value: Json, path: Path) -> Json:
    for step in path:
        value = value[step]
    return value
