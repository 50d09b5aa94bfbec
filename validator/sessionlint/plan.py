"""Which rules run on which object of a payload: made once, then followed for every payload.

An object's keys decide all that can be known without its values: the rules that have what they need,
the objects below it, the keys that nobody documented, the documented ones that are absent. Payloads
share their keys, so each such *shape* is worked out once and then looked up.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import cache, partial
from marshal import dumps, loads
from typing import Any, TypeAlias, is_typeddict

from sessionlint.finding import Problem
from sessionlint.payload import UserSessions, fields_of
from sessionlint.rule import Outcome, Rule

_MOST_SHAPES = 4096
"""Shapes of one kind of object that are remembered, at most: a payload may have any keys."""

_COMMON = 16
"""Objects of one shape after which its checks are compiled: for fewer it would not pay."""

_MOST_BYTES = 1 << 20
"""Bytes of values that are remembered of one kind of object, at most."""
_LONGEST = 1 << 12
"""Bytes of one object's values, at most: a payload may hold texts of any length."""

Check: TypeAlias = Callable[[Any], Outcome]
"""A rule's function, its configured thresholds bound."""


class Shape:
    """What is known of an object by its keys alone: worked out once for all objects that have the same."""

    __slots__ = (
        "_asked",
        "_keys",
        "_lists",
        "_remembers",
        "_silent",
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
        """The same checks, each giving ``None`` where it has nothing to say."""
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
        self._keys = keys
        self._lists = plan.lists
        self._silent = plan.silent
        self._remembers = plan.remembers

    def _ask(self, node: Any) -> bool:
        self._times_asked += 1
        if self._times_asked == _COMMON:
            self.is_silent = self._compiled()
        return (
            all(check(node) is None for check in self._asked)
            and all(child.is_silent(node[key]) for key, child in self.objects)
            and all(child.are_silent(node[key]) for key, child in self.lists)
        )

    def _compiled(self) -> Callable[[Any], bool]:
        """The same as one function, each call with a site of its own.

        The interpreter makes a call fast only where it meets the same function again: loops over
        different functions cost a quarter of the whole check of a payload. Rules that say which fields they read
        are not asked twice about the same values. Of a traceroute, shortened::

            def is_silent(node):
                values = (shape, node['destination'], tuple([(item.get('hop'), …) for item in node['hops']]),)
                if values not in silent or type(node) is not dict:
                    if not (check_0(node) is None and … and in_hops(node['hops'])): return False
                    if type(node) is dict: remember(values)
                return True
        """
        names: dict[str, Any] = {"shape": self, "silent": self._silent, "remember": self._silent.remember}
        known: list[str] = []
        asked: list[str] = []
        reads = frozenset[str]().union(*(rule.reads for rule in self.rules))
        values = [_value(key, self._lists, "node[{!r}]") for key in self._keys if key in reads]
        for number, (rule, check) in enumerate(zip(self.rules, self._asked, strict=True)):
            names[f"check_{number}"] = check
            (known if rule.reads and self._remembers else asked).append(f"check_{number}(node) is None")
        for key, child, is_list in self.below:
            fields = {name.removeprefix(f"{key}/") for name in reads if name.startswith(f"{key}/")}
            is_known = bool(fields) and child.reads is not None
            if is_known:
                fields.update(child.reads or ())
            if fields:
                read = [_value(field, child.lists, "item.get({!r})") for field in sorted(fields)]
                values.append(f"tuple([({', '.join(read)},) for item in node[{key!r}]])")
            if child.has_rules:
                names[f"in_{key}"] = child.are_silent if is_list else child.shapes
                ask = "in_{0}(node[{0!r}])" if is_list else "in_{0}[tuple(item := node[{0!r}])].is_silent(item)"
                (known if is_known else asked).append(ask.format(key))
        lines = [f"return {' and '.join(asked) or True}"]
        if known:
            # What is not read of a `Reduced` object may be there all the same, and that decides too.
            lines = [
                f"values = ({', '.join(['shape', *values])},)",
                "if values not in silent or type(node) is not dict:",
                f"    if not ({' and '.join(known)}): return False",
                "    if type(node) is dict: remember(values)",
                *lines,
            ]
        # The names are those of the documentation and of rules: no text of a payload is in the source.
        exec("\n    ".join(["def is_silent(node):", *lines]), names)  # noqa: S102 - as said
        is_silent: Callable[[Any], bool] = names["is_silent"]
        return is_silent


def _value(key: str, lists: frozenset[str], read: str) -> str:
    """The source that reads a field as something that a set can hold."""
    value = read.format(key)
    return f"None if (value := {value}) is None else tuple(value)" if key in lists else value


def _telling(check: Check) -> Check:
    """A check of another package, which may say nothing by an empty list or generator too, giving ``None`` then."""

    def told(node: Any) -> Problem | None:
        outcome = check(node)
        return outcome if outcome is None or isinstance(outcome, Problem) else next(iter(outcome), None)

    return told


class _Silent(set[tuple[Any, ...]]):
    """Values about which the rules had nothing to say. Once they take `_MOST_BYTES`, it starts anew."""

    def __init__(self) -> None:
        super().__init__()
        self._room = _MOST_BYTES

    def remember(self, values: tuple[Any, ...]) -> None:
        """Adds an object's shape and those of its values that rules read, unless they are too long."""
        size = len(dumps(values[1:]))  # a fifth of the time of `repr`
        if size > _LONGEST:
            return
        if size > self._room:
            self.clear()
            self._room = _MOST_BYTES
        self._room -= size
        self.add(values)


class Plan:
    """The rules of one kind of object, and the plans of the objects below it."""

    def __init__(
        self, kind: type[Any], rules: Iterable[Rule], thresholds: Mapping[str, float], *, copies: bool = True
    ) -> None:
        """``copies``: what rules of other packages look at is a copy, so that it is no matter if they change it."""
        rules = list(rules)
        self.kind = kind
        self.documented: tuple[str, ...] = tuple(kind.__annotations__)
        self.checks: list[tuple[Rule, Check]] = [
            (rule, _bound(rule, rule.check, thresholds, copies=copies))
            for rule in rules
            if rule.kind is kind and rule.check
        ]
        self.children: dict[str, tuple[Plan, bool]] = {
            key: (Plan(child, rules, thresholds, copies=copies), is_list)
            for key, (child, is_list) in _children(kind).items()
        }
        """Plan, and whether it is a list of such objects, by key."""
        self.has_rules: bool = bool(self.checks) or any(child.has_rules for child, _ in self.children.values())
        """Whether a rule looks at such an object, or at one below it."""
        self.lists: frozenset[str] = frozenset(key for key, (_, is_list) in fields_of(kind).items() if is_list)
        self.reads: frozenset[str] | None = None
        """The fields that decide what rules say of such an object and of all below it, if the rules tell."""
        if not any(child.has_rules for child, _ in self.children.values()) and all(
            rule.reads for rule, _ in self.checks
        ):
            self.reads = frozenset[str]().union(*(rule.reads for rule, _ in self.checks))
        self.silent = _Silent()
        self.remembers = True
        """Whether values are remembered with such an object, and not with the one around it."""
        around = frozenset[str]().union(*(rule.reads for rule, _ in self.checks))
        for key, (child, _) in self.children.items():
            child.remembers = child.reads is None or not any(name.startswith(f"{key}/") for name in around)
        self.shapes = _Shapes(self)

    def shape_of(self, node: Any) -> Shape:
        """What the keys of an object tell."""
        return self.shapes[tuple(node)]

    def is_silent(self, node: Any) -> bool:
        """Whether no rule has anything to say about an object or one below it; it raises what a rule raises."""
        return self.shapes[tuple(node)].is_silent(node)

    def are_silent(self, nodes: Iterable[Any]) -> bool:
        """Whether `is_silent` holds of all."""
        shapes = self.shapes
        for node in nodes:  # noqa: SIM110 - a generator would take a third more
            if not shapes[tuple(node)].is_silent(node):
                return False
        return True


class _Shapes(dict[tuple[str, ...], Shape]):
    """The shapes that a plan met so far, by the keys in their order. Looking one up costs no call of Python code."""

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self._plan = plan

    def __missing__(self, keys: tuple[str, ...]) -> Shape:
        shape = Shape(self._plan, keys)
        if len(self) < _MOST_SHAPES:
            self[keys] = shape
        return shape


def _children(kind: type[Any]) -> dict[str, tuple[type[Any], bool]]:
    """The objects that lie directly below a kind of object: key, kind, and whether it is a list of them."""
    return {key: field for key, field in fields_of(kind).items() if is_typeddict(field[0])}


def _bound(rule: Rule, check: Check, thresholds: Mapping[str, float], *, copies: bool) -> Check:
    configured = {name.replace("-", "_"): thresholds[name] for name in rule.thresholds if name in thresholds}
    bound = partial(check, **configured) if configured else check
    return (lambda node: bound(_copied(node))) if copies and not rule.is_own else bound


def _copied(node: Any) -> Any:
    try:
        return loads(dumps(node))  # noqa: S302 - its own bytes; a quarter of the time of `deepcopy`
    except ValueError:  # a `Reduced` object
        from copy import deepcopy

        return deepcopy(node)


def kinds_of_lists(kind: type[Any]) -> dict[str, type[Any]]:
    """The kinds of the objects in the lists that lie directly below a kind of object, by key."""
    return {key: child for key, (child, is_list) in _children(kind).items() if is_list}


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
