"""Which rules run on which object of a payload: made once, then followed for every payload.

An object's keys decide all that can be known without its values: the rules that have what they need,
the objects below it, the keys that nobody documented, the documented ones that are absent. Payloads
share their keys, so each such *shape* is worked out once and then looked up.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import cache, partial
from itertools import chain
from operator import itemgetter
from typing import Any, TypeAlias, get_args, get_origin, is_typeddict

from sessionlint.finding import Problem
from sessionlint.payload import UserSessions
from sessionlint.rule import Outcome, Rule

_MOST_SHAPES = 4096
"""A payload may have any keys: so many shapes of one kind of object are remembered, then none."""

_COMMON = 16
"""Objects of one shape after which its checks are compiled: for fewer it would not pay."""

_MOST_VALUES = 1 << 15
_LONGEST_VALUES = 512
"""Characters; the rules may be silent about values that are far too long to be kept."""

Check: TypeAlias = Callable[[Any], Outcome]
"""A rule's function, its configured thresholds bound."""


class Shape:
    """What the keys of an object tell."""

    __slots__ = (
        "_asked",
        "_reads",
        "_times_asked",
        "absent",
        "below",
        "checks",
        "is_silent",
        "lists",
        "objects",
        "rules",
        "undocumented",
    )

    def __init__(self, plan: "Plan", keys: tuple[str, ...]) -> None:
        present = frozenset(keys)
        wanted = [(rule, check) for rule, check in plan.checks if rule.needs <= present]
        self.rules: tuple[Rule, ...] = tuple(rule for rule, _ in wanted)
        self.checks: tuple[Check, ...] = tuple(check for _, check in wanted)
        """One for each of the rules."""
        self._asked = tuple(check if rule.is_own else _telling(check) for rule, check in wanted)
        """The same, ``None`` where there is nothing to say."""
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
        self.is_silent: Callable[[Any], bool] = self._ask
        """Whether no rule has anything to say about an object or one below it; it raises what a rule raises."""
        self._times_asked = 0
        read = present.intersection(chain(*(rule.reads for rule in self.rules)))
        is_known_by = not self.below and self.rules and all(rule.reads for rule in self.rules)
        self._reads = tuple(read) if is_known_by else None
        """The fields that decide, where all rules say which they read."""

    def _ask(self, node: Any) -> bool:
        self._times_asked += 1
        if self._times_asked == _COMMON:
            self.is_silent = self._compiled()
        return (
            all(check(node) is None for check in self._asked)
            and all(child.is_silent(node[key]) for key, child in self.objects)
            and all(all(map(child.is_silent, node[key])) for key, child in self.lists)
        )

    def _compiled(self) -> Callable[[Any], bool]:
        """The same as one expression, each call with a site of its own.

        The interpreter makes a call fast only where it meets the same function again: loops over
        different functions cost a quarter of the whole check of a payload.
        """
        names: dict[str, Any] = {f"check_{number}": check for number, check in enumerate(self._asked)}
        terms = [f"{name}(node) is None" for name in names]
        for key, child in self.objects:
            names[f"in_{key}"] = child.is_silent
            terms.append(f"in_{key}(node[{key!r}])")
        for key, child in self.lists:
            names[f"in_{key}"] = child.is_silent
            terms.append(f"all(map(in_{key}, node[{key!r}]))")
        # The keys are the documentation's: no text from outside is in the expression.
        is_silent: Callable[[Any], bool] = eval(f"lambda node: {' and '.join(terms) or True}", names)  # noqa: S307 - as said
        return is_silent if self._reads is None else _remembering(is_silent, self._reads)


def _telling(check: Check) -> Check:
    """A check of which it is not known that it says nothing by ``None``, not by an empty list or generator."""

    def told(node: Any) -> Problem | None:
        outcome = check(node)
        return outcome if outcome is None or isinstance(outcome, Problem) else next(iter(outcome), None)

    return told


def _remembering(is_silent: Callable[[Any], bool], reads: tuple[str, ...]) -> Callable[[Any], bool]:
    """The same, and no question asked twice about the same values of the only fields that decide."""
    values_of = itemgetter(*reads)
    silent: set[Any] = set()

    def is_silent_again(node: Any) -> bool:
        values = values_of(node)
        if values in silent:
            return True
        if not is_silent(node):
            return False
        if len(silent) >= _MOST_VALUES:
            silent.clear()
        if len(repr(values)) < _LONGEST_VALUES:
            silent.add(values)
        return True

    return is_silent_again


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
        self._shapes: dict[tuple[str, ...], Shape] = {}
        """Those met so far, by the keys in their order."""

    def shape_of(self, node: Any) -> Shape:
        """What the keys of an object tell."""
        keys = tuple(node)
        return self._shapes.get(keys) or self._learn(keys)

    def is_silent(self, node: Any) -> bool:
        """Whether no rule has anything to say about an object or one below it; it raises what a rule raises."""
        keys = tuple(node)
        return (self._shapes.get(keys) or self._learn(keys)).is_silent(node)

    def _learn(self, keys: tuple[str, ...]) -> Shape:
        shape = Shape(self, keys)
        if len(self._shapes) < _MOST_SHAPES:
            self._shapes[keys] = shape
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
