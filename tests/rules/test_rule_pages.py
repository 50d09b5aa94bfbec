"""Every rule's page holds true: its bad examples give exactly its finding, its good ones give none.

messages.txt has what is said of the bad ones. With UPDATE_SCENARIOS=1 it is written anew instead: read the difference.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from sessionlint import Finding, check
from sessionlint.payload import Session
from sessionlint.rule import Rule, registry
from sessionlint.rule_page import Example, page_of
from sessionlint.testing import PLACES, payload_with


def payload(kind: type[Any] | None, example: Example) -> bytes:
    """The sound payload with an example in its place; a rule of the capture's example is the file itself."""
    if kind is None:
        return example.text.encode().decode("unicode_escape").encode("latin-1", "surrogatepass")
    return orjson.dumps(payload_with(kind, orjson.loads(example.text)))


def kind_of(rule: Rule) -> type[Any] | None:
    return Session if rule.id.startswith("SCH") else rule.kind


def examples(which: str) -> list[Any]:
    return [
        pytest.param(rule, example, id=f"{rule.id}-{number}")
        for rule in registry().values()
        if rule.is_own
        for number, example in enumerate(getattr(page_of(rule), which))
        if not example.is_described
    ]


def select(rule: Rule) -> list[str]:
    if rule.id.startswith("DIA"):  # one sign more often than not comes with others
        return [rule.id]
    return sorted({id[:3] for id in registry()} - {"DIA"}) if rule.id == "SCH006" else []


@pytest.mark.parametrize(("rule", "example"), examples("bad"))
def test_a_bad_example_gives_exactly_its_finding(rule: Rule, example: Example) -> None:
    findings = check(payload(kind_of(rule), example), select=select(rule)).findings
    assert {finding.rule for finding in findings} == {rule.id}, example.text
    inside = PLACES[kind] if (kind := kind_of(rule)) else ""
    for finding in findings:
        assert inside in finding.pointer
        assert finding.name == rule.name
        assert finding.line is not None or rule.id == "CAP002"


MESSAGES = Path(__file__).with_name("messages.txt")


def said(finding: Finding) -> str:
    """A finding in a line, and what goes with it below; its help where it is not the page's remedy."""
    remedy = page_of(registry()[finding.rule]).remedy
    return "\n    ".join(
        [
            f"{finding.rule} {finding.severity} {finding.pointer}: {finding.message}",
            *(f"see {place.pointer}: {place.message}" for place in finding.related),
            *([f"help: {finding.help}"] if finding.help and finding.help != remedy else []),
        ]
    )


def test_what_is_said_of_the_bad_examples() -> None:
    made = ""
    for rule, example in (each.values for each in examples("bad")):
        findings = check(payload(kind_of(rule), example), select=select(rule)).findings
        made += "".join(f"{said(finding)}\n" for finding in findings) + "\n"
    made = made.replace("/userSessions/0", "…")
    if os.environ.get("UPDATE_SCENARIOS"):
        MESSAGES.write_text(made, encoding="utf-8", newline="\n")
    assert made == MESSAGES.read_text(encoding="utf-8")


@pytest.mark.parametrize(("rule", "example"), examples("good"))
def test_a_good_example_gives_no_finding(rule: Rule, example: Example) -> None:
    findings = check(payload(kind_of(rule), example), select=select(rule)).findings
    assert findings == (), example.text


def as_floats(made: Any) -> Any:
    """A payload whose whole numbers are written with a fraction of nothing."""
    if isinstance(made, dict):
        return {key: as_floats(value) for key, value in made.items()}
    if isinstance(made, list):
        return list(map(as_floats, made))
    return float(made) if type(made) is int and float(made) == made else made


@pytest.mark.parametrize(
    ("rule", "example"), [each for each in (*examples("bad"), *examples("good")) if kind_of(each.values[0])]
)
def test_a_whole_number_may_be_written_with_a_fraction(rule: Rule, example: Example) -> None:
    made = orjson.loads(payload(kind_of(rule), example))
    findings, same = (check(each, select=["ALL"]).findings for each in (made, as_floats(made)))
    assert [(each.rule, each.severity, each.pointer) for each in findings] == [
        (each.rule, each.severity, each.pointer) for each in same
    ]


def lacking(node: Any) -> Iterator[Any]:
    """What a rule may be asked about in place of a node: it without one of its values, be it deep inside."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield {name: each for name, each in node.items() if name != key}
            yield from ({**node, key: each} for each in lacking(value))
    elif isinstance(node, list):
        for index, item in enumerate(node):
            for each in (None, *lacking(item)):
                yield [*node[:index], each, *node[index + 1 :]]


@pytest.mark.parametrize("rule", [each for each in registry().values() if each.is_own and each.kind and each.check])
def test_a_rule_can_do_without_what_it_does_not_ask_for(rule: Rule) -> None:
    for example in (*page_of(rule).bad, *page_of(rule).good):
        if rule.check is None or rule.kind is None or example.is_described:
            continue
        node: Any = payload_with(rule.kind, orjson.loads(example.text))
        for step in PLACES[rule.kind].split("/")[1:]:
            node = node[int(step) if step.isdigit() else step]
        for each in lacking(node):
            if rule.needs <= each.keys():
                tuple(rule.check(each) or ())  # raises nothing
