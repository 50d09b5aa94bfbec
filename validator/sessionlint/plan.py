"""Which rules run on which object of a payload: made once, then followed for every payload.

An object's keys decide all that can be known without its values: the rules that have what they need,
the objects below it, the keys that nobody documented, the documented ones that are absent. Payloads
share their keys, so each such *shape* is worked out once and then looked up.
"""

from collections.abc import Iterable, Mapping
from functools import cache, partial
from typing import Any, NamedTuple, get_args, get_origin, is_typeddict

from sessionlint.payload import UserSessions
from sessionlint.rule import Rule

_MOST_SHAPES = 4096
"""A payload may have any keys: so many shapes of one kind of object are remembered, then none."""

Check = Any
"""A rule's function, its configured thresholds bound."""


class Shape(NamedTuple):
    """What the keys of an object tell."""

    checks: tuple[Check, ...]
    rules: tuple[Rule, ...]
    """Whose the checks are, in their order."""
    children: tuple[tuple[str, "Plan", bool], ...]
    """Key, plan, and whether it is a list of such objects."""
    undocumented: tuple[str, ...]
    absent: tuple[str, ...]
    """Documented fields, in the documentation's order."""


class Plan:
    """The rules of one kind of object, and the plans of the objects below it."""

    def __init__(self, kind: type[Any], rules: Iterable[Rule], thresholds: Mapping[str, float]) -> None:
        rules = list(rules)
        self.kind = kind
        self.documented: tuple[str, ...] = tuple(kind.__annotations__)
        self._checks = [(rule, _bound(rule, thresholds)) for rule in rules if rule.kind is kind and rule.check]
        self._children = {key: (Plan(child, rules, thresholds), many) for key, (child, many) in children(kind).items()}
        self.shapes: dict[tuple[str, ...], Shape] = {}
        """The shapes met so far, by the keys in their order; another one is made by `learn`."""

    def learn(self, keys: tuple[str, ...]) -> Shape:
        """What keys tell that were not met before."""
        present = frozenset(keys)
        wanted = [(rule, check) for rule, check in self._checks if rule.needs <= present]
        shape = Shape(
            checks=tuple(check for _, check in wanted),
            rules=tuple(rule for rule, _ in wanted),
            children=tuple((key, *self._children[key]) for key in keys if key in self._children),
            undocumented=tuple(key for key in keys if key not in self.documented),
            absent=tuple(key for key in self.documented if key not in present),
        )
        if len(self.shapes) < _MOST_SHAPES:
            self.shapes[keys] = shape
        return shape


@cache
def children(kind: type[Any]) -> dict[str, tuple[type[Any], bool]]:
    """The objects that lie directly below a kind of object: key, kind, and whether it is a list of them."""
    found = {}
    for key, hint in kind.__annotations__.items():
        many = get_origin(hint) is list
        child = get_args(hint)[0] if many else hint
        if is_typeddict(child):
            found[key] = (child, many)
    return found


def _bound(rule: Rule, thresholds: Mapping[str, float]) -> Check:
    configured = {name.replace("-", "_"): thresholds[name] for name in rule.thresholds if name in thresholds}
    return partial(rule.check, **configured) if configured else rule.check  # type: ignore[arg-type]  # only rules with a check are planned


@cache
def documented_names(kind: type[Any] = UserSessions) -> frozenset[str]:
    """Every name that the documentation has, of the kind and all below it."""
    names = frozenset(kind.__annotations__)
    return names.union(*(documented_names(child) for child, _ in children(kind).values()))
