"""What a rule of another package must be like: its id, its page, and what it says when it runs.

A mistake is told when the rule is made, or becomes `INT001` when it has run: none ends a run with a
traceback, and none makes a rule that quietly never speaks.
"""

import re
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from sessionlint.escape import excerpt
from sessionlint.finding import SEVERITIES, Problem
from sessionlint.payload import UserSessions
from sessionlint.plan import kinds_below, kinds_of_lists
from sessionlint.rule import CAPTURE, EXAMPLE, LANES, PLAUSIBLE, Rule
from sessionlint.rule_page import faults as faults_of_page
from sessionlint.rule_page import page_of

_ID = re.compile(r"[A-Z]{4,12}[0-9]{3}")
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def fault(rule: Rule, known: Mapping[str, Rule]) -> tuple[str, str] | None:
    """Which rule is not as it must be, and the first thing that is wrong; ``known`` are the rules before it."""
    wrong = next(_faults(rule, known), None)
    return None if wrong is None else (f"{str(rule.id)[:40]} {rule.name}", wrong)


def _faults(rule: Rule, known: Mapping[str, Rule]) -> Iterator[str]:
    if not isinstance(rule.id, str) or not _ID.fullmatch(rule.id):
        yield "its id must be four to twelve capital letters and three digits (three letters are sessionlint's own)"
        return
    own = sorted({id[:-3] for id, other in known.items() if other.is_own})
    if taken := next((prefix for prefix in own if rule.id.startswith(prefix)), None):
        yield f"its id starts with {taken}, as sessionlint's own do: `--select {taken}` would mean both"
    if other := known.get(rule.id):
        yield f"its id is taken already, by {other.name} of {other.package}"
    if not _NAME.fullmatch(rule.name):
        yield "its function's name must be lower-case words with underscores between them"
    if other := next((each for id, each in known.items() if id[:-3] == rule.id[:-3] and each.name == rule.name), None):
        yield f"its name is taken already, by {other.id} of {other.package}"
    if rule.severity not in SEVERITIES:
        yield f"its severity must be one of {', '.join(SEVERITIES)}"
    if rule.check is None or rule.basis == CAPTURE or rule.basis not in LANES:
        bases = ", ".join(basis for basis in LANES if basis != CAPTURE)
        yield f"it must be made with @rule, on one of the bases {bases}"
    elif rule.basis in (PLAUSIBLE, EXAMPLE) and rule.severity == "error":
        yield f"it is no error: its basis is {rule.basis!r}"
    if rule.kind not in kinds_below(UserSessions):
        yield "`on` must be a class of sessionlint.payload that is an object of the response"
    yield from _faults_of_fields(rule)
    if unknown := sorted(id for id in rule.unless if id not in known):
        yield f"`unless` names {excerpt(unknown[0])}, and there is no such rule before it"
    yield from _faults_of_thresholds(rule, known)
    if sys.flags.optimize < 2:  # else Python has thrown away the pages, and the rules run without
        yield from faults_of_page(rule)
        yield from _faults_of_examples(rule)


def _faults_of_fields(rule: Rule) -> Iterator[str]:
    """A name that no field has would make a rule that is never called, or one that is not asked again."""
    assert rule.kind is not None, "told before"
    fields = [*rule.kind.__annotations__]
    in_lists = [f"{key}/{name}" for key, kind in kinds_of_lists(rule.kind).items() for name in kind.__annotations__]
    for argument, names, known in (("needs", rule.needs, fields), ("reads", rule.reads, [*fields, *in_lists])):
        if unknown := sorted(names.difference(known), key=str):
            from sessionlint.suggest import nearest

            near = nearest(str(unknown[0]), known)
            hint = f"; did you mean {near}?" if near else f": it has {', '.join(known)}"
            yield f"`{argument}` names {excerpt(unknown[0])}, and {rule.kind.__name__} has no such field{hint}"


def _faults_of_thresholds(rule: Rule, known: Mapping[str, Rule]) -> Iterator[str]:
    for name, default in rule.thresholds.items():
        if isinstance(default, bool) or not isinstance(default, (int, float)):
            yield f"the default of its threshold {name} must be a number"
        for other in known.values():
            if other.thresholds.get(name, default) != default:
                yield f"its threshold {name} has another default in {other.id}: the two would be one in a configuration"


def _faults_of_examples(rule: Rule) -> Iterator[str]:
    import orjson

    page = page_of(rule)
    for example in (*page.bad, *page.good):
        if example.is_described:
            continue
        try:
            is_object = isinstance(orjson.loads(example.text), dict)
        except ValueError:
            is_object = False
        if not is_object:
            yield f"an example of its page is no JSON object: {excerpt(example.text)}"


def refuse_malformed(told: Any) -> None:
    """Raises `TypeError` or `ValueError` if ``told``, which a rule returned, is no problem that can be told."""
    if not isinstance(told, Problem):
        raise TypeError("not a Problem")
    for path, message in ((told.path, told.message), *told.related):
        if not isinstance(path, tuple) or not all(type(step) in (str, int) for step in path):
            raise TypeError("not a path")
        # A template that was made of a payload's value may hold braces.
        if not message.text() or not message.redacted():
            raise ValueError("no message")
    if told.severity not in (None, *SEVERITIES) or not isinstance(told.help, str | None):
        raise ValueError("no such severity, or no help")
