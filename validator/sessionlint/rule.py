"""Rules: how one is written, and the registry that knows them all.

A rule is a small pure function beside its page: the docstring says what is wrong and why, quotes what
it rests on and gives examples (`sessionlint.rule_page` reads it). It sees one node of a payload and
returns a `Problem`, several, or ``None``; it knows no file, no format and no line.

Other packages add rules with `rule`, in a module that they name in the entry point group
`sessionlint.plugins.GROUP`. What such a rule must be like is in `sessionlint.rule_form`.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, Literal, NamedTuple, TypeAlias, TypeVar

from sessionlint.finding import Lane, Path, Problem, Severity
from sessionlint.summary import Failure

Basis: TypeAlias = Literal["documented", "standard", "arithmetic", "plausible", "example", "capture"]

DOCUMENTED: Final = "documented"
"""The documentation says so."""
STANDARD: Final = "standard"
"""A standard says so."""
ARITHMETIC: Final = "arithmetic"
"""Anything else is impossible."""
PLAUSIBLE: Final = "plausible"
"""Plausible, not proven: never an error."""
EXAMPLE: Final = "example"
"""Seen only in an example or on another page: never above a warning."""
CAPTURE: Final = "capture"
"""It is about the file, not about what the payload says."""

LANES: Final[Mapping[Basis, Lane]] = {
    DOCUMENTED: "contract",
    STANDARD: "contract",
    EXAMPLE: "contract",
    ARITHMETIC: "consistency",
    PLAUSIBLE: "consistency",
    CAPTURE: "capture",
}
"""By basis, the lane that a rule's findings are in."""

_OWN: Final = "sessionlint_rules"
"""The package of the rules that come with the linter."""

Outcome: TypeAlias = Problem | Iterable[Problem] | None


class RuleError(Failure, ValueError):
    """A rule is not formed as it must be, or a package of rules cannot be loaded."""


class Violation(NamedTuple):
    """A keyword of the JSON Schema that does not hold at one place of a payload."""

    path: Path
    """From the root of the payload to the value."""
    keyword: str
    """``minimum``, ``required``, …"""
    schema: Mapping[str, Any]
    """The subschema that has the keyword."""
    value: Any
    """The value that breaks it."""

    @property
    def field(self) -> str:
        """The documented name of the value; of a list's item, the list's."""
        return next((step for step in reversed(self.path) if isinstance(step, str)), "the payload")

    @property
    def missing(self) -> list[str]:
        """For ``required``: the names that are absent, in the schema's order."""
        return [name for name in self.schema["required"] if name not in self.value]


class Rule:
    """One checkable statement. Made by `rule`, `schema_rule` and `capture_rule`, which tell what is given."""

    def __init__(
        self,
        function: Callable[..., Any],
        id: str,
        severity: Severity,
        basis: Basis,
        kind: type[Any] | None = None,
        *,
        check: Callable[..., Outcome] | None = None,
        wording: Callable[[Violation], Problem] | None = None,
        needs: str | Iterable[str] = (),
        reads: str | Iterable[str] = (),
        unless: str | Iterable[str] = (),
        whole: bool = False,
    ) -> None:
        self.id = id
        self.name: str = function.__name__.replace("_", "-")
        self.severity: Severity = severity
        self.basis: Basis = basis
        self.kind = kind
        """The kind of object that it looks at; ``None``: any, a whole file, or a whole run."""
        self.package: str = function.__module__.partition(".")[0]
        self.docstring: str = function.__doc__ or ""
        self.check = check
        """Asked about each object of the kind; ``None`` where the schema, intake, decode or the engine asks."""
        self.wording = wording
        """What words a violation of the schema; ``None`` where no keyword of it names the rule."""
        self.needs = _names(needs)
        self.reads = _names(reads)
        self.unless = _names(unless)
        self.whole = whole

    def __repr__(self) -> str:
        return f"<Rule {self.id} {self.name}>"

    @property
    def lane(self) -> Lane:
        """Which of the four lanes the rule's findings are in: it follows from the basis."""
        return "diagnosis" if self.id.startswith("DIA") else LANES[self.basis]

    @property
    def is_own(self) -> bool:
        """Whether it comes with the linter, not with another package."""
        return self.package == _OWN

    @property
    def thresholds(self) -> Mapping[str, float]:
        """Names (with their unit) and defaults of the rule's thresholds: its keyword-only arguments."""
        defaults = getattr(self.check, "__kwdefaults__", None) or {}
        return {name.replace("_", "-"): value for name, value in defaults.items()}

    @property
    def help(self) -> str | None:
        """The remedy on the rule's page: the help of a finding that brings none of its own."""
        from sessionlint.rule_page import page_of

        return page_of(self).remedy

    def violated(self, function: Callable[[Violation], Problem]) -> Callable[[Violation], Problem]:
        """Decorator: ``function`` words what the schema's keywords with this ``x-rule`` find."""
        self.wording = function
        return function


_registry: dict[str, Rule] = {}


def _register(rule: Rule) -> Rule:
    if not rule.is_own:
        import sessionlint_rules  # noqa: F401 - other rules are compared with those that are here always
        from sessionlint.rule_form import fault

        if wrong := fault(rule, _registry):
            raise RuleError(f"{wrong[0]}: {wrong[1]}")
    if rule.id in _registry:
        raise RuleError(f"two rules have the id {rule.id}: {_registry[rule.id].name} and {rule.name}")
    _registry[rule.id] = rule
    return rule


def _names(given: str | Iterable[str]) -> frozenset[str]:
    """Several names, or the one that a text is: ``("port")``, which lacks its comma, is no tuple of letters."""
    return frozenset([given] if isinstance(given, str) else given)


Node = TypeVar("Node")


def rule(
    id: str,
    *,
    on: type[Node] | None,
    severity: Severity,
    basis: Basis,
    needs: str | Iterable[str] = (),
    reads: str | Iterable[str] = (),
    unless: str | Iterable[str] = (),
    whole: bool = False,
) -> Callable[[Callable[..., Outcome]], Rule]:
    """Decorator: a rule that looks at every object of the kind ``on``.

    - ``needs`` names the fields without which it has nothing to say: it is called only when all are there, not
      null and as the schema wants them.
    - ``unless`` names rules of which this one's findings are a consequence: it is silent about a node of which they
      speak.
    - ``whole`` marks a rule that concludes from what is absent: it is silent about an object that a cut-off file left
      open, and where items of a list that it needs were left out.
    - ``reads`` makes a rule faster where the same values come again and again (routers): about values of which it said
      nothing it is not asked again. It names every field that the rule looks at, those of a list's items as
      ``hops/ipAddress``; one that is forgotten makes the rule miss findings.

    A text in the place of several names is one name. Keyword-only arguments with a default are thresholds:
    ``clock_skew_seconds: float = 5`` can be configured as ``clock-skew-seconds``.
    """

    def register(function: Callable[..., Outcome]) -> Rule:
        return _register(
            Rule(
                function,
                id,
                severity,
                basis,
                on,
                check=function,
                needs=needs,
                reads=reads,
                unless=unless,
                whole=whole,
            )
        )

    return register


def schema_rule(
    id: str,
    *,
    on: type[Any] | None,
    severity: Severity,
    basis: Basis,
    whole: bool = False,
) -> Callable[[Callable[[Violation], Problem]], Rule]:
    """Decorator: a rule that a keyword of the JSON Schema states (``x-rule``); the function words it.

    The problem's path starts at the violation's place. ``whole`` as for `rule`.
    """

    def register(function: Callable[[Violation], Problem]) -> Rule:
        return _register(Rule(function, id, severity, basis, on, wording=function, whole=whole))

    return register


def capture_rule(id: str, *, severity: Severity, unless: Iterable[str] = ()) -> Callable[[Callable[[], None]], Rule]:
    """Decorator: a rule of which intake, decode or the engine make the findings; the function is its page."""

    def register(function: Callable[[], None]) -> Rule:
        return _register(Rule(function, id, severity, CAPTURE, unless=unless))

    return register


def registered() -> Mapping[str, Rule]:
    """The rules that are made so far, by their ids; `registry` has all."""
    return _registry


def registry() -> Mapping[str, Rule]:
    """Every rule by its id, sorted: those that come with the linter, and those of other packages.

    Raises `RuleError` if a package with rules that is installed cannot be used.
    """
    import sessionlint_rules  # noqa: F401 - its import fills the registry
    from sessionlint.plugins import failure  # likewise, and once for all threads

    if failure:
        raise RuleError(failure)
    return dict(sorted(_registry.items()))
