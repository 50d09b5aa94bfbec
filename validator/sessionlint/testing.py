"""For the tests of rules: every example of a rule's page, and the payload that it is put into.

::

    import pytest
    from sessionlint.testing import PageExample, examples

    @pytest.mark.parametrize("example", examples("ACME"), ids=str)
    def test_an_example_holds(example: PageExample) -> None:
        example.verify()
"""

from pathlib import Path
from typing import Any, Final, NamedTuple

import orjson

from sessionlint.config import Config
from sessionlint.library import check_with
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
    Proxy,
    ProxyProfile,
    Session,
    SystemMetrics,
    Traceroute,
    UserSessions,
    WirelessProfile,
)
from sessionlint.rule import Rule, registry
from sessionlint.rule_page import Example, page_of
from sessionlint.selection import selected

__all__ = ["PLACES", "PageExample", "examples", "payload_with", "sound_payload"]

PLACES: Final[dict[type[Any], str]] = {
    UserSessions: "",
    Session: "/userSessions/0",
    Browser: "/userSessions/0/browser",
    Coordinates: "/userSessions/0/coordinates",
    Page: "/userSessions/0/pages/0",
    PageTimings: "/userSessions/0/pages/0/pageTimings",
    Network: "/userSessions/0/network",
    NetworkProfile: "/userSessions/0/network/networkProfile",
    WirelessProfile: "/userSessions/0/network/networkProfile/wirelessProfile",
    ProxyProfile: "/userSessions/0/network/networkProfile/proxyProfile",
    Proxy: "/userSessions/0/network/networkProfile/proxyProfile/proxies/0",
    SystemMetrics: "/userSessions/0/network/systemMetrics",
    Cpu: "/userSessions/0/network/systemMetrics/cpuUtilization",
    Memory: "/userSessions/0/network/systemMetrics/physicalMemoryUsedBytes",
    Ping: "/userSessions/0/network/ping",
    Traceroute: "/userSessions/0/network/traceroute",
    Hop: "/userSessions/0/network/traceroute/hops/0",
    Connect: "/userSessions/0/network/connect",
}
"""The pointer at which an example of a kind of object is put into the sound payload."""

_MERGED: Final = (UserSessions, Session, Network, NetworkProfile)
"""Kinds of which an example gives only the fields that matter."""


def sound_payload() -> dict[str, Any]:
    """A response with one session in which every documented field is there and nothing is wrong; a new one each time."""
    payload: dict[str, Any] = orjson.loads(Path(__file__).with_name("sound.json").read_bytes())
    return payload


def payload_with(kind: type[Any], node: dict[str, Any]) -> dict[str, Any]:
    """The sound payload with ``node`` as its object of a kind: a class of `sessionlint.payload`.

    It takes the place of the first such object; a hop, that of all hops. Of a response, a session, a
    network or a network profile only the given fields are replaced.
    """
    payload = sound_payload()
    if kind is Hop:
        payload["userSessions"][0]["network"]["traceroute"]["hops"] = [node]
        return payload
    root: dict[str, Any] = {"": payload}
    holder: Any = root
    last: str | int = ""
    for step in PLACES[kind].split("/")[1:]:
        holder, last = holder[last], int(step) if step.isdigit() else step
    holder[last] = holder[last] | node if kind in _MERGED else node
    changed: dict[str, Any] = root[""]
    return changed


class PageExample(NamedTuple):
    """An example of a rule's page. As text it is the rule, whether it is bad or good, and its number."""

    rule: Rule
    is_bad: bool
    number: int
    """From 1, among the bad or the good ones."""
    example: Example

    def __str__(self) -> str:
        return f"{self.rule.id}-{'bad' if self.is_bad else 'good'}-{self.number}"

    def verify(self) -> None:
        """Checks the example in the sound payload, by its own rule and those of the documented shape.

        A bad one must give findings of its rule alone, in the object that it is; a good one none; neither may be
        changed. Raises `AssertionError`, and what a rule raises as it is.
        """
        kind = self.rule.kind
        if kind is None:
            raise AssertionError(f"{self} is no part of a payload")
        payload = payload_with(kind, orjson.loads(self.example.text))
        unchanged = orjson.loads(orjson.dumps(payload))
        select, ignore = (self.rule.id, "SCH"), ("SCH006",)
        try:
            findings = check_with(Config(), payload, select=select, ignore=ignore, raises=True).findings
        finally:
            if payload != unchanged:
                raise AssertionError(f"{self} is changed by its rule, and others look at it too")
        expected = [each for each in findings if each.rule == self.rule.id and each.pointer.startswith(PLACES[kind])]
        told = [f"{each.rule} at {each.pointer or 'the root'}: {each.message}" for each in findings]
        if len(expected) < len(findings) or (findings and not self.is_bad):
            raise AssertionError("\n".join([f"{self} gives", *told]))
        if self.is_bad and not findings:
            raise AssertionError(f"{self} gives no finding")


def examples(selector: str) -> list[PageExample]:
    """The examples of the rules whose id starts with ``selector``, without those that are only described.

    Raises `sessionlint.UnknownRule` where there is no such rule, `sessionlint.RuleError` if a package with
    rules cannot be used.
    """
    rules = registry()
    return [
        PageExample(rule, is_bad, number, example)
        for rule in (rules[id] for id in sorted(selected(rules, [selector])) if id.startswith(selector))
        if rule.kind is not None
        for is_bad, found in ((True, page_of(rule).bad), (False, page_of(rule).good))
        for number, example in enumerate(found, 1)
        if not example.is_described
    ]
