"""The registry is the catalogue, and every page has the agreed form.

With UPDATE_SCENARIOS=1 rules/README.md is written anew from the pages instead.
"""

import os
from collections.abc import Iterator
from typing import Any

import pytest

from rules.catalogue import CATALOGUE, Row
from sessionlint.catalogue import as_markdown
from sessionlint.rule import CAPTURE, EXAMPLE, PLAUSIBLE, Rule, registry
from sessionlint.rule_page import faults, page_of
from sessionlint_schema import json_schema
from support import ROOT

RULES = [rule for rule in registry().values() if rule.is_own]

OF_SEVERAL_FIELDS = (
    "Returns details for an endpoint user session",
    "`latitude` and `longitude` are numeric representations of GPS coordinates",
    "string parameter `destination` represents target IP address",
    "hop IP address (string `ipAddress`)",
    "If hop IP address is in public IP space, network string `prefix` and integer `asn` are also provided.",
)
"""Sentences of the documentation about several fields at once: the schema tells each field its part."""


each_rule = pytest.mark.parametrize("rule", RULES, ids=[rule.id for rule in RULES])


def test_the_registry_is_the_catalogue() -> None:
    assert [Row(rule.id, rule.name, rule.lane, rule.severity) for rule in RULES] == list(CATALOGUE)


def test_the_catalogue_for_readers_has_the_pages() -> None:
    path, made = ROOT / "rules" / "README.md", as_markdown(RULES)
    if os.environ.get("UPDATE_SCENARIOS"):
        path.write_text(made, encoding="utf-8", newline="\n")
    assert made == path.read_text(encoding="utf-8")


def test_ids_and_names_in_the_catalogue_are_unique_where_they_have_to_be() -> None:
    ids = [row.id for row in CATALOGUE]
    assert ids == sorted(set(ids))
    # An object's own rule may share its name with another object's: each group has a name once.
    names = [(row.id[:3], row.name) for row in CATALOGUE]
    assert len(set(names)) == len(names)


@each_rule
def test_what_is_only_plausible_is_no_error(rule: Rule) -> None:
    assert not (rule.basis in (PLAUSIBLE, EXAMPLE) and rule.severity == "error")


@each_rule
def test_only_rules_of_the_capture_the_shape_and_the_run_have_no_kind(rule: Rule) -> None:
    assert (rule.kind is None) == (rule.basis == CAPTURE or rule.id.startswith(("SCH", "COR")))


@each_rule
def test_a_rule_is_made_by_somebody(rule: Rule) -> None:
    is_made_elsewhere = rule.basis == CAPTURE
    assert (rule.check is None and rule.wording is None) == is_made_elsewhere


@each_rule
def test_what_silences_a_rule_exists_and_may_speak_of_the_same_object(rule: Rule) -> None:
    others = [registry()[id] for id in rule.unless]
    assert rule.kind is None or all(other.kind in (rule.kind, None) for other in others)


@each_rule
def test_a_page_has_the_form(rule: Rule) -> None:
    assert list(faults(rule)) == []


def quotes() -> Iterator[Any]:
    for rule in RULES:
        for heading, text in page_of(rule).bases:
            if heading == "Documented":
                yield pytest.param(text, id=f"{rule.id} {text[:40]}")


def descriptions(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        if isinstance(told := schema.get("description"), str):
            yield told
        for inner in schema.values():
            yield from descriptions(inner)


DESCRIPTIONS = "\n".join(" ".join(told.split()) for told in descriptions(json_schema()))


@pytest.mark.parametrize("text", list(quotes()))
def test_a_quotation_is_the_documentations(text: str) -> None:
    assert text[0] == text[-1] == '"'
    assert text[1:-1] in DESCRIPTIONS or text[1:-1] in OF_SEVERAL_FIELDS
