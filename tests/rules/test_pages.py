"""Every rule's page holds true: its bad examples give exactly its finding, its good ones give none."""

from typing import Any

import orjson
import pytest

from sessionlint import check
from sessionlint.page import Example, page_of
from sessionlint.payload import (
    Browser,
    Connect,
    Coordinates,
    Cpu,
    Hop,
    Memory,
    Network,
    NetworkProfile,
    Page,
    PageTimings,
    Ping,
    Session,
    SystemMetrics,
    Traceroute,
    WirelessProfile,
)
from sessionlint.rule import Rule, registry
from support import sound

PLACES: dict[type[Any], str] = {
    Session: "",
    Browser: "/browser",
    Coordinates: "/coordinates",
    Page: "/pages/0",
    PageTimings: "/pages/0/pageTimings",
    Network: "/network",
    NetworkProfile: "/network/networkProfile",
    WirelessProfile: "/network/networkProfile/wirelessProfile",
    SystemMetrics: "/network/systemMetrics",
    Cpu: "/network/systemMetrics/cpuUtilization",
    Memory: "/network/systemMetrics/physicalMemoryUsedBytes",
    Ping: "/network/ping",
    Traceroute: "/network/traceroute",
    Hop: "/network/traceroute/hops/0",
    Connect: "/network/connect",
}
"""Where an example of a kind of object is put in the sound payload."""

MERGED = (Session, Network, NetworkProfile)
"""Kinds of which an example gives only the fields that matter."""


def payload(kind: type[Any] | None, example: Example) -> bytes:
    """The sound payload with an example in its place; a rule of the capture's example is the file itself."""
    if kind is None:
        return example.text.encode().decode("unicode_escape").encode("latin-1", "surrogatepass")
    changed = sound()
    node = orjson.loads(example.text)
    steps = PLACES[kind].split("/")[1:]
    if kind is Hop:
        changed["userSessions"][0]["network"]["traceroute"]["hops"] = [node]
        return orjson.dumps(changed)
    holder: Any = changed["userSessions"]
    last: Any = 0
    for step in steps:
        holder, last = holder[last], int(step) if step.isdigit() else step
    holder[last] = holder[last] | node if kind in MERGED else node
    return orjson.dumps(changed)


def kind_of(rule: Rule) -> type[Any] | None:
    return Session if rule.id.startswith("SCH") else rule.kind


def examples(which: str) -> list[Any]:
    return [
        pytest.param(rule, example, id=f"{rule.id}-{number}")
        for rule in registry().values()
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


@pytest.mark.parametrize(("rule", "example"), examples("good"))
def test_a_good_example_gives_no_finding(rule: Rule, example: Example) -> None:
    findings = check(payload(kind_of(rule), example), select=select(rule)).findings
    assert findings == (), example.text
