"""What a plan remembers: the rules are asked again only about what they read."""

from collections.abc import Callable
from typing import Any

import pytest

from sessionlint.finding import problem
from sessionlint.payload import Hop, NetworkProfile
from sessionlint.plan import Plan
from sessionlint.rule import Outcome, Rule, registry

REMEMBERING = [rule for rule in registry().values() if rule.reads and rule.kind is Hop]
OF_A_PROFILE = [rule for rule in registry().values() if rule.reads and rule.kind is NetworkProfile]


class Watched(dict[str, Any]):
    """An object that notes which of its fields are looked at."""

    seen: set[str]

    def __init__(self, fields: dict[str, Any]) -> None:
        super().__init__(fields)
        self.seen = set()

    def __getitem__(self, key: str) -> Any:
        self.seen.add(key)
        return super().__getitem__(key)

    def get(self, key: str, default: Any = None) -> Any:
        self.seen.add(key)
        return super().get(key, default)


HOPS = [
    {"ipAddress": "10.0.0.1"},
    {"ipAddress": "10.0.0.1", "prefix": "10.0.0.0/8", "asn": 34779},
    {"ipAddress": "89.210.0.1", "prefix": "89.210.0.0/18", "asn": 34779},
    {"ipAddress": "89.210.0.1", "prefix": "89.210.0.1/18", "asn": 0},
    {"ipAddress": "89.210.0.1", "prefix": "89.210.64.0/18", "asn": 64512},
    {"ipAddress": "*", "prefix": "x", "asn": 23456},
    {"prefix": "89.210.0.0"},
]


@pytest.mark.parametrize("rule", REMEMBERING, ids=lambda rule: rule.id)
@pytest.mark.parametrize("fields", HOPS, ids=str)
def test_a_rule_reads_no_more_than_it_says(rule: Rule, fields: dict[str, Any]) -> None:
    hop = Watched({"hop": 1, "delay": 2, "name": "a", "mpls": [], **fields})
    if rule.needs <= fields.keys() and rule.check:
        rule.check(hop)
    assert hop.seen <= rule.reads


PROFILE = {
    "dnsServers": ["8.8.8.8"],
    "gateway": "10.0.0.1",
    "hardwareType": "Ethernet",
    "interfaceName": "en0",
    "ipAddress": "10.0.0.13",
    "localPrefix": "10.0.0.0",
    "proxyProfile": {},
    "publicIpAddress": "84.255.241.1",
    "publicIpRange": "84.255.241.0-84.255.241.255",
    "subnetMask": "255.255.255.0",
    "type": "Ethernet",
}


@pytest.mark.parametrize("rule", OF_A_PROFILE, ids=lambda rule: rule.id)
@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"ipAddress": "10.0.1.13", "gateway": "10.0.0.1"},
        {"gateway": "10.0.1.1"},
        {"hardwareType": "Wireless"},
        {"wirelessProfile": {}, "publicIpAddress": "84.255.242.1"},
        {key: "x" for key in PROFILE if key != "dnsServers"},
    ],
    ids=str,
)
def test_a_rule_of_a_profile_reads_no_more_than_it_says(rule: Rule, fields: dict[str, Any]) -> None:
    profile = Watched({**PROFILE, **fields})
    assert rule.check
    rule.check(profile)
    assert profile.seen <= rule.reads


def test_a_resolver_more_is_asked_about() -> None:
    plan = Plan(NetworkProfile, OF_A_PROFILE, {})
    for _ in range(40):
        assert plan.is_silent(PROFILE)
        assert plan.is_silent({**PROFILE, "type": "other"})
        assert not plan.is_silent({**PROFILE, "dnsServers": ["8.8.8.8", "8.8.8"]})
        assert not plan.is_silent({**PROFILE, "wirelessProfile": {}})


def test_rules_that_do_not_say_what_they_read_are_asked_each_time() -> None:
    asked: list[int] = []
    plan = Plan(Hop, [*REMEMBERING, another_rule(lambda hop: asked.append(hop["hop"]))], {})
    for number in range(40):
        assert plan.is_silent({"hop": number, "ipAddress": "10.0.0.1"})
    assert asked == [*range(40)]


def test_what_was_silent_stays_so_and_what_was_not_is_asked_again() -> None:
    plan = Plan(Hop, REMEMBERING, {})
    sound = {"hop": 1, "ipAddress": "89.210.0.1", "prefix": "89.210.0.0/18", "asn": 34779}
    outside = {**sound, "prefix": "89.210.64.0/18"}
    for _ in range(40):  # often enough to be compiled, and then to be remembered
        assert plan.is_silent(sound)
        assert plan.is_silent({**sound, "hop": 2})
        assert not plan.is_silent(outside)


def test_values_that_are_no_keys_of_a_table_fail_like_a_rule() -> None:
    plan = Plan(Hop, REMEMBERING, {})
    for _ in range(40):
        assert plan.is_silent({"hop": 1, "ipAddress": "10.0.0.1"})
    with pytest.raises(TypeError):
        plan.is_silent({"hop": 1, "ipAddress": ["10.0.0.1"]})


@pytest.mark.parametrize("outcome", [None, [], (), iter(())])
def test_a_rule_of_another_package_may_say_nothing_in_any_way(outcome: Outcome) -> None:
    assert Plan(Hop, [another_rule(lambda hop: outcome)], {}).is_silent({"hop": 1})


@pytest.mark.parametrize("outcome", [problem("hop", "told"), [problem("hop", "told")]])
def test_a_rule_of_another_package_is_heard(outcome: Outcome) -> None:
    assert not Plan(Hop, [another_rule(lambda hop: outcome)], {}).is_silent({"hop": 1})


def another_rule(check: Callable[[Any], Outcome]) -> Rule:
    rule = Rule(check, "OTH001", "info", "plausible", Hop)
    rule.check = check
    return rule
