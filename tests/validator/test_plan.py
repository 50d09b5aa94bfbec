"""What a plan remembers: the rules are asked again only about what they read."""

from collections.abc import Callable
from itertools import cycle
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sessionlint.finding import problem
from sessionlint.payload import Hop, NetworkProfile, Reduced, Traceroute
from sessionlint.plan import Plan
from sessionlint.rule import Outcome, Rule, registry

REMEMBERING = [rule for rule in registry().values() if rule.reads and rule.kind is Hop]
OF_A_PROFILE = [rule for rule in registry().values() if rule.reads and rule.kind is NetworkProfile]
OF_A_TRACE = [rule for rule in registry().values() if rule.reads and rule.kind is Traceroute]


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


class WatchedItem(Watched):
    """One of a list, of which it is not known what keys it has, as it is of an object with a shape of its own."""

    def __contains__(self, key: object) -> bool:
        self.seen.add(str(key))
        return super().__contains__(key)


HOPS: list[dict[str, Any]] = [
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
    if rule.needs <= hop.keys() and rule.check:
        rule.check(hop)
    assert hop.seen <= rule.reads


@pytest.mark.parametrize("rule", OF_A_TRACE, ids=lambda rule: rule.id)
def test_a_rule_of_a_trace_reads_no_more_than_it_says_of_it_and_of_its_hops(rule: Rule) -> None:
    for numbers in ([1, 2], [2, 1], [1, 1]):
        for destination in ("13.32.22.232", "x"):
            pairs = [WatchedItem({"delay": 2, "name": "a", "mpls": [], **fields}) for fields in HOPS]
            for number, hop in zip(cycle(numbers), pairs, strict=False):
                hop["hop"] = number
            trace = Watched({"destination": destination, "hops": pairs, "error": ""})
            assert rule.check
            rule.check(trace)
            seen = (trace.seen - {"hops"}).union(*({f"hops/{name}" for name in hop.seen} for hop in pairs))
            assert seen <= rule.reads


A_HOP: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {"hop": st.integers(1, 3), "delay": st.integers(0, 1)},
    optional={
        "ipAddress": st.sampled_from(["10.0.0.1", "89.210.0.1", "fe80::1", "*", "", "x"]),
        "prefix": st.sampled_from(["89.210.0.0/18", "89.210.0.1/18", "89.210.64.0/18", "x"]),
        "asn": st.sampled_from([0, 34779, 64512]),
        "mpls": st.sampled_from([[], ["L=1,E=0,S=1,T=1"], ["L=1,E=0,S=0,T=1"], ["x"]]),
    },
)
A_TRACE = st.fixed_dictionaries(
    {"destination": st.sampled_from(["13.32.22.232", "x"]), "hops": st.lists(A_HOP, max_size=3)},
    optional={"error": st.sampled_from(["", "x"])},
)
RULES = [*registry().values()]
REMEMBERING_PLAN = Plan(Traceroute, RULES, {})


@settings(max_examples=1000)
@given(A_TRACE, st.none() | st.tuples(st.integers(0, 2), st.sampled_from(["prefix", "asn", "ipAddress"])))
def test_what_is_remembered_of_a_trace_changes_nothing(trace: dict[str, Any], unread: tuple[int, str] | None) -> None:
    if unread and len(trace["hops"]) > unread[0] and unread[1] in trace["hops"][unread[0]]:
        hop = Reduced(trace["hops"][unread[0]])
        hop.remove(unread[1])
        trace = Reduced({**trace, "hops": [*trace["hops"]]})
        trace["hops"][unread[0]] = hop
    # A plan that is new remembers nothing, and asks the rules themselves.
    expected = Plan(Traceroute, RULES, {}).is_silent(trace)
    assert [REMEMBERING_PLAN.is_silent(trace) for _ in range(3)] == [expected] * 3


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


def test_what_is_remembered_is_bounded() -> None:
    plan = Plan(NetworkProfile, OF_A_PROFILE, {})

    def ask(number: int, resolvers: int) -> None:
        servers = [f"10.{each % 256}.{number // 256}.{number % 256}" for each in range(resolvers)]
        assert plan.is_silent({**PROFILE, "dnsServers": servers})

    for number in range(1000):
        ask(number, 100)
    assert 100 < len(plan.silent) < 900  # of some 1.3 kB each, a megabyte in all
    before = len(plan.silent)
    ask(0, 400)
    assert len(plan.silent) == before
    ask(1000, 100)
    assert len(plan.silent) == before + 1


def test_rules_that_do_not_say_what_they_read_are_asked_each_time() -> None:
    asked: list[int] = []
    plan = Plan(Hop, [*REMEMBERING, another_rule(lambda hop: asked.append(hop["hop"]))], {})
    for number in range(40):
        assert plan.is_silent({"hop": number, "ipAddress": "10.0.0.1"})
    assert asked == [*range(40)]


def test_such_rules_of_hops_are_asked_each_time_about_the_hops_of_a_trace() -> None:
    asked: list[int] = []
    plan = Plan(Traceroute, [*RULES, another_rule(lambda hop: asked.append(hop["delay"]))], {})
    for number in range(40):
        hops = [{"hop": 1, "ipAddress": "10.0.0.1", "delay": number}]
        assert plan.is_silent({"destination": "13.32.22.232", "hops": hops})
    assert asked == [*range(40)]


def test_what_was_silent_stays_so_and_what_was_not_is_asked_again() -> None:
    plan = Plan(Hop, REMEMBERING, {})
    sound = {"hop": 1, "ipAddress": "89.210.0.1", "prefix": "89.210.0.0/18", "asn": 34779}
    outside = {**sound, "prefix": "89.210.64.0/18"}
    for _ in range(40):  # often enough to be compiled, and then to be remembered
        assert plan.is_silent(sound)
        assert plan.is_silent({**sound, "hop": 2})
        assert not plan.is_silent(outside)


def test_what_only_the_rules_of_its_hops_read_is_remembered_with_a_trace() -> None:
    plan = Plan(Traceroute, [*OF_A_TRACE, *REMEMBERING], {})
    for label, is_silent in [("L=1,E=0,S=1,T=1", True), ("x", False)] * 40:
        hops = [{"hop": 1, "ipAddress": "10.0.0.1", "mpls": [label]}]
        assert plan.is_silent({"destination": "13.32.22.232", "hops": hops}) == is_silent


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
    return Rule(check, "OTH001", "info", "plausible", Hop, check=check)
