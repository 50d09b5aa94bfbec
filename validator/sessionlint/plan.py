"""Which rules run on which object of a payload: made once, then followed for every payload.

An object's keys decide all that can be known without its values: the rules that have what they need,
the objects below it, the keys that nobody documented, the documented ones that are absent. Payloads
share their keys, so each such *shape* is worked out once and then looked up.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import cache, partial
from typing import Any, TypeAlias, get_args, get_origin, is_typeddict

from sessionlint.payload import UserSessions
from sessionlint.rule import Outcome, Rule

_MOST_SHAPES = 4096
"""A payload may have any keys: so many shapes of one kind of object are remembered, then none."""

_COMMON = 16
"""Objects of one shape after which its checks are compiled: for fewer it would not pay."""

Check: TypeAlias = Callable[[Any], Outcome]
"""A rule's function, its configured thresholds bound."""


class Shape:
    """What the keys of an object tell."""

    __slots__ = ("_visits", "absent", "below", "checks", "is_silent", "lists", "objects", "rules", "undocumented")

    def __init__(self, plan: "Plan", keys: tuple[str, ...]) -> None:
        present = frozenset(keys)
        wanted = [(rule, check) for rule, check in plan.checks if rule.needs <= present]
        self.rules: tuple[Rule, ...] = tuple(rule for rule, _ in wanted)
        self.checks: tuple[Check, ...] = tuple(check for _, check in wanted)
        """One for each of the rules."""
        self.below: tuple[tuple[str, Plan, bool], ...] = tuple(
            (key, *plan.children[key]) for key in keys if key in plan.children
        )
        """Key, plan, and whether it is a list of such objects."""
        self.objects: tuple[tuple[str, Plan], ...] = tuple(
            (key, child) for key, child, is_list in self.below if child.has_rules and not is_list
        )
        self.lists: tuple[tuple[str, Plan], ...] = tuple(
            (key, child) for key, child, is_list in self.below if child.has_rules and is_list
        )
        self.undocumented: tuple[str, ...] = tuple(key for key in keys if key not in plan.documented)
        self.absent: tuple[str, ...] = tuple(key for key in plan.documented if key not in present)
        """Documented fields, in the documentation's order."""
        self.is_silent: Callable[[Any], bool] = self._count
        """Whether all checks have nothing to say about an object; it raises what a check raises."""
        self._visits = 0

    def _count(self, node: Any) -> bool:  # noqa: ARG002 - stands in for the compiled checks
        self._visits += 1
        if self._visits == _COMMON:
            self.is_silent = _compiled(self.checks)
        return False


def _compiled(checks: tuple[Check, ...]) -> Callable[[Any], bool]:
    """The checks as one expression, each with a call site of its own.

    The interpreter makes a call fast only where it meets the same function again: a loop over
    different functions costs a fifth of the whole check of a payload.
    """
    names = {f"check_{number}": check for number, check in enumerate(checks)}
    silent = " and ".join(f"{name}(node) is None" for name in names)
    function: Callable[[Any], bool] = eval(f"lambda node: {silent or True}", names)  # noqa: S307 - no text from outside
    return function


class Plan:
    """The rules of one kind of object, and the plans of the objects below it."""

    def __init__(self, kind: type[Any], rules: Iterable[Rule], thresholds: Mapping[str, float]) -> None:
        rules = list(rules)
        self.kind = kind
        self.documented: tuple[str, ...] = tuple(kind.__annotations__)
        self.checks: list[tuple[Rule, Check]] = [
            (rule, _bound(rule, rule.check, thresholds)) for rule in rules if rule.kind is kind and rule.check
        ]
        self.children: dict[str, tuple[Plan, bool]] = {
            key: (Plan(child, rules, thresholds), is_list) for key, (child, is_list) in _children(kind).items()
        }
        """Plan, and whether it is a list of such objects, by key."""
        self.has_rules: bool = bool(self.checks) or any(child.has_rules for child, _ in self.children.values())
        """Whether a rule looks at such an object, or at one below it."""
        self.shapes: dict[tuple[str, ...], Shape] = {}
        """The shapes met so far, by the keys in their order; another one is made by `learn`."""

    def learn(self, keys: tuple[str, ...]) -> Shape:
        """What keys tell that were not met before."""
        shape = Shape(self, keys)
        if len(self.shapes) < _MOST_SHAPES:
            self.shapes[keys] = shape
        return shape


def _children(kind: type[Any]) -> dict[str, tuple[type[Any], bool]]:
    """The objects that lie directly below a kind of object: key, kind, and whether it is a list of them."""
    found = {}
    for key, hint in kind.__annotations__.items():
        origin: Any = get_origin(hint)
        child = get_args(hint)[0] if origin is list else hint
        if is_typeddict(child):
            found[key] = (child, origin is list)
    return found


def _bound(rule: Rule, check: Check, thresholds: Mapping[str, float]) -> Check:
    configured = {name.replace("-", "_"): thresholds[name] for name in rule.thresholds if name in thresholds}
    return partial(check, **configured) if configured else check


def kinds_below(kind: type[Any]) -> frozenset[type[Any]]:
    """A kind of object, and the kinds of all objects that lie below it."""
    return frozenset([kind]).union(*(kinds_below(child) for child, _ in _children(kind).values()))


@cache
def documented_names() -> frozenset[str]:
    """Every name that the documentation has."""
    return frozenset(_names(UserSessions))


def _names(kind: type[Any]) -> set[str]:
    names = set(kind.__annotations__)
    return names.union(*(_names(child) for child, _ in _children(kind).values()))
