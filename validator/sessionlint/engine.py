"""Runs the schema and the rules over a document. What they find becomes findings in `sessionlint.resolve`.

A sound payload costs one compiled check of the schema and one walk along the plan. Only where the
schema has something to say, or a documented value is null, is a second tree made, without the values
that are not what the schema promises: the rules then read that one, and need not doubt what they read.
"""

import operator
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple, Self, TypeAlias

from sessionlint.capture import Capture
from sessionlint.conformance import EngineName, conformance
from sessionlint.corpus import RULES as RULES_OF_THE_RUN
from sessionlint.corpus import Identity, Repeat, identities
from sessionlint.document import Document, Json, pointer
from sessionlint.escape import printable
from sessionlint.finding import Defect, Finding, Found, Note, Path, Problem, Severity, note, problem
from sessionlint.limits import Limits, over_limit
from sessionlint.payload import Hop, Reduced, Session, UserSessions, lacks
from sessionlint.plan import Plan, Shape
from sessionlint.recognise import Part, depth_of_part, sessions_in
from sessionlint.rule import Outcome, Rule, Violation, registry

_NOWHERE: frozenset[Path] = frozenset()
_OF_THE_OBJECT = ("required", "maxProperties")
"""Keywords that fail for an object without making its values unreadable."""
_FAILURES = (Exception, SystemExit)
"""What a rule may raise without ending the run: least of all may it end as if all were well."""


Trail: TypeAlias = tuple[Any, ...]
"""A path on the way down: the trail before it and the last step; ``()`` at the root. Far cheaper to
lengthen than a path, and most are never looked at."""


class Options(NamedTuple):
    """What decides the findings of a payload."""

    selected: frozenset[str]
    """Ids of the rules that may speak."""
    engine: EngineName = "fast"
    redact: bool = False
    excerpts: bool = False
    """Whether findings carry the line of the source, for the text report."""
    thresholds: Mapping[str, float] = {}
    severities: Mapping[str, Severity] = {}
    """By the id of a rule: the severity that takes the place of its own."""
    lines: bool = True
    """Whether findings carry lines and columns: without, they come by rule and cost far less."""
    most_findings: int = Limits().findings
    """Findings of one document, before those are left out that nobody selected."""
    raises: bool = False
    """Whether what a rule raises is raised, and what it changes is changed: its author wants to see both."""


class Checked(NamedTuple):
    """What came out of one document."""

    findings: list[Finding]
    sessions: int
    readable: list[Part]
    """The responses and bare sessions as rules see them: without a tree if nothing in them can be read, or if so much
    was found that they were not checked."""
    identities: tuple[Identity, ...] = ()
    """Its sessions, where a rule wants to compare them with those of other captures."""


class Engine:
    """Checks documents, one at a time, with the same options."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.rules: Mapping[str, Rule] = registry()
        # A rule whose findings silence another's is run even where nobody wants to hear it.
        planned = options.selected.union(*(self.rules[id].unless for id in options.selected))
        rules = [rule for id, rule in self.rules.items() if id in planned]
        self._tells_absent_fields = "SCH006" in options.selected
        self._compares_sessions = not options.selected.isdisjoint(RULES_OF_THE_RUN)
        self._plans = {
            kind: Plan(kind, rules, options.thresholds, copies=not options.raises) for kind in (UserSessions, Session)
        }

    def check(self, document: Document, capture: Capture) -> Checked | None:
        """Everything that is wrong with a document; ``None`` if it is no payload at all."""
        payload = document.parts
        if not payload:
            return None
        found = _Bounded(self.options.most_findings)
        readable: list[Part] = []
        try:
            if capture.defects or document.defects:
                found += map(_from_defect, (*capture.defects, *document.defects))
            made_up = _made_up_in(payload, document.made_up) if document.made_up else {}
            for part in payload:
                # What is left of a response whose sessions came before is no response to a rule.
                is_rest = capture.stretch is not None and part.kind is UserSessions and not part.path
                plan = _plan_without_rules() if is_rest else self._plans[part.kind]
                readable.append(self._check_part(document, part, plan, made_up.get(part.path, _NOWHERE), found))
            if document.format == "xml":
                from sessionlint.xsd import refusals

                # What a rule that looks at values says of the same place is something else.
                broken = {
                    each.path for each in found if each.rule == "SCH002" or self.rules[each.rule].lane == "capture"
                }
                broken |= document.made_up
                violated = {each.path for each in found if self.rules[each.rule].wording}
                # What the JSON Schema is content with is read by rules as it is.
                is_sound = all(map(operator.is_, readable, payload))
                found += map(_from_defect, refusals(document, broken, violated, is_sound=is_sound))
        except _TooMany:
            found.append(self._too_many())
            readable += [part._replace(tree=None) for part in payload[len(readable) :]]
        findings = self._findings(capture, found, document)
        compared = identities(readable, (*capture.defects, *document.defects)) if self._compares_sessions else ()
        return Checked(findings, len([*sessions_in(payload)]), readable, compared)

    def report(self, capture: Capture, defects: Iterable[Defect], document: Document | None = None) -> list[Finding]:
        """The findings of a capture of which no payload could be made."""
        found = _Bounded(self.options.most_findings)
        try:
            found += map(_from_defect, defects)
        except _TooMany:
            found.append(self._too_many())
        return self._findings(capture, found, document)

    def repeated(self, capture: Capture, repeats: Iterable[Repeat], document: Document | None) -> list[Finding]:
        """The findings about sessions of a capture that came before in the run."""
        return self._findings(capture, [self._repeat(capture, each) for each in repeats], document)

    def _repeat(self, capture: Capture, repeat: Repeat) -> Found:
        place = "an earlier capture"
        if repeat.first_capture is not None:
            address = printable(f"{repeat.first_capture}!{pointer(repeat.first_path)}")
            place = f'"{address}"'.replace("{", "{{").replace("}", "}}")
        rule = "COR001" if repeat.differing else "COR002"
        (told,) = self._said(rule, repeat.id, place, repeat.differing)
        related: tuple[Note, ...] = ()
        if repeat.first_capture == capture.address:
            related = (note((*repeat.first_path, *told.path), "the first one"),)
        return Found(rule, (), told._replace(path=(*repeat.path, *told.path), related=related))

    def _too_many(self) -> Found:
        limits = Limits(findings=self.options.most_findings)
        return _from_defect(over_limit(limits, "findings", "there are more findings: the rest of it is not checked"))

    # The walk along a payload.

    def _check_part(
        self, document: Document, part: Part, plan: Plan, made_up: frozenset[Path], found: list[Found]
    ) -> Part:
        """Finds what is wrong with one part; returns what of it rules may read, without a tree if that is nothing."""
        schema = conformance(self.options.engine, part.kind)
        if not made_up and schema.is_sound(part.tree):
            self._visit(plan, part.tree, _trail(part.path), found)
            if self._tells_absent_fields:
                self._tell_keys(plan, part.tree, _trail(part.path), found)
            return part
        told, is_whole = schema.violations(part.tree, self.options.most_findings)
        violations = [each for each in told if each.path not in made_up]
        found += (self._violation(part.path, each) for each in violations)
        if not is_whole:
            raise _TooMany
        unreadable = {each.path for each in violations if each.keyword not in _OF_THE_OBJECT}
        if document.may_hold_nulls:
            for path, is_told in [((), True)] if part.tree is None else _nulls(plan, part.tree, ()):
                if is_told and path not in made_up:
                    found += (self._null(part.path + path),)
                unreadable.add(path)
        unreadable.update(made_up)
        readable = _without(part.tree, unreadable)
        if isinstance(readable, dict):
            self._visit(plan, readable, _trail(part.path), found)
            self._tell_keys(plan, readable, _trail(part.path), found)
        return part._replace(tree=readable)

    def _visit(self, plan: Plan, node: Json, trail: Trail, found: list[Found]) -> None:
        try:
            if plan.is_silent(node):
                return
        except _FAILURES:  # a rule may fail in any way; which one is found out below
            pass
        self._tell(plan, node, trail, found)

    def _tell(self, plan: Plan, node: Json, trail: Trail, found: list[Found]) -> None:
        shape = plan.shape_of(node)
        for rule, check in zip(shape.rules, shape.checks, strict=True):
            try:
                outcome = check(node)
                if outcome is None:  # nearly always
                    continue
                told = _from_outcome(rule, _path(trail), outcome)
            except _FAILURES as error:
                if self.options.raises:
                    raise
                # A rule may fail in any way, and the others still run.
                told = [_crash(rule, _path(trail), error)]
            found += told
        # Of an object below it is not asked again, so that no rule runs once for each level that it is deep.
        for key, child in shape.objects:
            self._tell(child, node[key], (trail, key), found)
        for key, child in shape.lists:
            here = (trail, key)
            for index, item in enumerate(node[key]):
                if item is not None:
                    self._visit(child, item, (here, index), found)

    def _tell_keys(self, plan: Plan, node: Json, trail: Trail, found: list[Found]) -> None:
        """What the keys of an object tell, and of those below it: which nobody documented, which are absent."""
        shape = plan.shape_of(node)
        if shape.undocumented or self._tells_absent_fields:
            found += self._told_by_keys(plan, shape, node, _path(trail))
        for key, child, is_list in shape.below:
            if is_list:
                here = (trail, key)
                for index, item in enumerate(node[key]):
                    if item is not None:
                        self._tell_keys(child, item, (here, index), found)
            else:
                self._tell_keys(child, node[key], (trail, key), found)

    def _told_by_keys(self, plan: Plan, shape: Shape, node: Json, path: Path) -> Iterator[Found]:
        absent = tuple(key for key in shape.absent if lacks(node, key))
        for key in shape.undocumented:
            (told,) = self._said("SCH004", key, absent)
            yield Found("SCH004", path, told)
        if self._tells_absent_fields and absent:
            for told in self._said("SCH006", plan.kind, absent):
                yield Found("SCH006", path, told)

    # What the engine itself finds, in the words of the rule.

    def _said(self, id: str, *arguments: object) -> tuple[Problem, ...]:
        check = self.rules[id].check
        assert check is not None
        return _problems(check(*arguments))

    def _violation(self, root: Path, violation: Violation) -> Found:
        rule = self.rules[_rule_of(violation)]
        assert rule.wording is not None
        told = rule.wording(violation)
        path = root + violation.path
        is_named = "x-rule" in violation.schema and violation.keyword != "type"
        if violation.keyword in _OF_THE_OBJECT or not violation.path:
            return Found(rule.id, path, told)
        return Found(rule.id, path[:-1], told._replace(path=(path[-1], *told.path)), gathers=is_named)

    def _null(self, path: Path) -> Found:
        (told,) = self._said("SCH005", path[-1] if path else "")
        return Found("SCH005", path[:-1], told._replace(path=path[-1:]))

    def _findings(self, capture: Capture, found: list[Found], document: Document | None) -> list[Finding]:
        if not found:
            return []
        from sessionlint.resolve import Resolver  # most payloads are sound

        return Resolver(self.rules, self.options, capture, document).findings(found)


@cache
def _plan_without_rules() -> Plan:
    return Plan(UserSessions, (), {})


class _TooMany(Exception):
    """There are more findings than a document may have."""


class _Bounded(list[Found]):
    """What was found so far; adding to it raises `_TooMany` once it is full."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def __iadd__(self, others: Iterable[Found]) -> Self:  # type: ignore[override,misc]  # as `list` has it
        for other in others:
            if len(self) >= self._most:
                raise _TooMany
            self.append(other)
        return self


def _from_defect(defect: Defect) -> Found:
    spans = None if defect.span is None and defect.problem.path else (defect.span, *defect.related_spans)
    return Found(defect.rule, (), defect.problem, spans)


def _problems(outcome: Outcome) -> tuple[Problem, ...]:
    if isinstance(outcome, Problem):
        return (outcome,)
    return tuple(outcome or ())


def _trail(path: Path) -> Trail:
    trail: Trail = ()
    for step in path:
        trail = (trail, step)
    return trail


def _path(trail: Trail) -> Path:
    steps = []
    while trail:
        trail, step = trail
        steps.append(step)
    return tuple(reversed(steps))


def _from_outcome(rule: Rule, path: Path, outcome: Outcome) -> list[Found]:
    problems = _problems(outcome)
    if not rule.is_own:
        from sessionlint.rule_form import refuse_malformed

        for each in problems:
            refuse_malformed(each)
    return [Found(rule.id, path, each) for each in problems]


def _crash(rule: Rule, path: Path, error: BaseException) -> Found:
    # The exception's own text may hold values of the payload.
    if rule.is_own:
        told = problem((), f"the rule {rule.id} {rule.name} failed: {type(error).__name__}")
    else:
        said = f"the rule {rule.id} {rule.name} of {rule.package} failed: {type(error).__name__}"
        told = problem((), said, help=f"Report it to the makers of {rule.package}.")
    return Found("INT001", path, told)


def _rule_of(violation: Violation) -> str:
    if violation.keyword == "type":
        return "SCH002"
    named: str | None = violation.schema.get("x-rule")
    return named or ("SCH001" if violation.keyword == "required" else "SCH003")


def _nulls(plan: Plan, node: Json, path: Path) -> Iterator[tuple[Path, bool]]:
    """Where a documented value is null, and whether that is worth telling: of a silent hop it is not."""
    if not isinstance(node, dict):
        return
    below = plan.children
    is_silent = plan.kind is Hop and node.get("ipAddress") in (None, "", "*")
    for key, value in node.items():
        if key not in plan.documented:
            continue
        if value is None:
            yield (*path, key), not is_silent or key == "hop"
        elif isinstance(value, list):
            for index, item in enumerate(value):
                if item is None:
                    yield (*path, key, index), True
                elif key in below:
                    yield from _nulls(below[key][0], item, (*path, key, index))
        elif key in below:
            yield from _nulls(below[key][0], value, (*path, key))


def _without(tree: Json, paths: Iterable[Path]) -> Json:
    """A copy of ``tree`` that lacks the values at ``paths``; in a list ``None`` stands in their place."""
    if () in paths:
        return None
    copies: dict[Path, Any] = {(): _copied(tree)}
    for path in sorted(paths, key=len, reverse=True):
        for depth in range(1, len(path)):
            if path[:depth] not in copies:
                outer, step = copies[path[: depth - 1]], path[depth - 1]
                outer[step] = copies[path[:depth]] = _copied(outer[step])
        holder = copies[path[:-1]]
        if isinstance(holder, Reduced):
            holder.remove(str(path[-1]))
        else:
            holder[path[-1]] = None
    return copies[()]


def _copied(value: Json) -> Json:
    return Reduced(value) if isinstance(value, dict) else list(value) if isinstance(value, list) else value


def _made_up_in(payload: Iterable[Part], paths: Iterable[Path]) -> dict[Path, frozenset[Path]]:
    """By the place of a part, the places in it whose value the file does not hold."""
    found: dict[Path, set[Path]] = {part.path: set() for part in payload}
    for path in paths:
        depth = depth_of_part(path, found)
        if depth is not None:
            found[path[:depth]].add(path[depth:])
    return {place: frozenset(inside) for place, inside in found.items()}
