"""What the two engines tell of a payload that the JSON Schema refuses: the same, and each defect once."""

from itertools import permutations
from typing import Any, get_args

import pytest

from sessionlint.conformance import EngineName, conformance
from sessionlint.payload import Session, UserSessions
from support import at, sound

VIOLATIONS: list[tuple[str, Any, list[tuple[str, str, str | None]]]] = [
    ("/port", 443.0, []),
    ("/port", None, []),
    ("/port", 0, [("/port", "minimum", "SES008")]),
    ("/port", 65536, [("/port", "maximum", "SES008")]),
    # Of a value of the wrong type, only that.
    ("/port", 0.5, [("/port", "type", "SES008")]),
    ("/pages/0/responseCode", 0.5, [("/pages/0/responseCode", "type", "PAG001")]),
    ("/network/connect", 77, [("/network/connect", "type", None)]),
    # Of keywords that state the same rule, one.
    ("/date", "2017-03-26 11:58:43\n", [("/date", "maxLength", "SES002")]),
    ("/date", "on a Sunday, before noon", [("/date", "maxLength", "SES002")]),
    ("/date", "Sunday", [("/date", "pattern", "SES002")]),
    ("/visitedSite", "a b/", [("/visitedSite", "not", "SES014")]),
    ("/permalink", " ", [("/permalink", "not", "SES011")]),
    # However many names are missing, one.
    ("/network/ping", {}, [("/network/ping", "required", "PNG002")]),
    ("/network/ping", {"pktsReceived": 0}, [("/network/ping", "required", "PNG002")]),
    ("/network/ping", {"error": "", "a": 1, "b": 2}, [("/network/ping", "maxProperties", "PNG001")]),
    ("/network/traceroute", {}, [("/network/traceroute", "required", None)]),
    ("/network/connect", {}, [("/network/connect", "required", None)]),
    # An entry that is no text cannot be read, so nothing follows from it.
    ("/network", {"connect": {}, "errors": "connect: refused"}, [("/network/errors", "type", None)]),
    # Several places, in an order that both engines share.
    (
        "/network/gatewayPing",
        {"pktsSent": -1, "minRtt": "0"},
        [
            ("/network/gatewayPing", "required", "PNG002"),
            ("/network/gatewayPing/pktsSent", "minimum", "PNG005"),
            ("/network/gatewayPing/minRtt", "type", "PNG005"),
        ],
    ),
]


@pytest.mark.parametrize("engine", get_args(EngineName))
@pytest.mark.parametrize(("place", "value", "told"), VIOLATIONS)
def test_violations(engine: EngineName, place: str, value: Any, told: list[tuple[str, str, str | None]]) -> None:
    payload = at(place, value)
    for kind, tree in ((UserSessions, payload), (Session, payload["userSessions"][0])):
        found, _ = conformance(engine, kind).violations(tree)
        skipped = 2 if kind is UserSessions else 0
        assert [
            ("".join(f"/{step}" for step in each.path[skipped:]), each.keyword, each.schema.get("x-rule"))
            for each in found
        ] == told


@pytest.mark.parametrize("engine", get_args(EngineName))
def test_null_passes_but_is_not_sound(engine: EngineName) -> None:
    checked = conformance(engine, UserSessions)
    assert checked.is_sound(sound())
    assert not checked.is_sound(at("/network/ping/avgRtt", None))
    assert checked.violations(at("/network/ping/avgRtt", None)) == ([], True)


@pytest.mark.parametrize("engine", get_args(EngineName))
def test_what_is_told_of_an_object_has_all_its_keys(engine: EngineName) -> None:
    many = {"error": "x", **{f"key{number}": number for number in range(300)}}
    payload = at("/network/ping", many)
    payload["userSessions"][0] |= many | {"port": "443"}
    found, _ = conformance(engine, UserSessions).violations(payload)
    assert [(each.keyword, each.value) for each in found] == [("maxProperties", many), ("type", "443")]


@pytest.mark.parametrize("bad", [[], [0], [149], [0, 70, 149], list(range(150))])
def test_of_a_long_list_each_bad_item_is_told(bad: list[int]) -> None:
    """The fast engine looks at them one by one; what it tells stays the same."""
    hops: list[Any] = [{"hop": number + 1, "ipAddress": "10.0.0.1"} for number in range(150)]
    names: list[Any] = ["8.8.8.8"] * 150
    errors: list[Any] = ["connect: refused", *["x"] * 149]
    for index in bad:
        hops[index], names[index], errors[index] = {"hop": "1"}, index, index
    payload = at("/network/traceroute/hops", hops)
    session = payload["userSessions"][0]
    session["network"]["networkProfile"]["dnsServers"] = names
    session["network"] |= {"errors": errors, "connect": {}}
    payload["userSessions"] = [{} if index in bad else {**session, "network": {}} for index in range(150)]
    payload["userSessions"].append(session)
    fast, reference = (
        [
            (each.path, each.keyword, each.schema.get("x-rule"), each.value)
            for each in conformance(engine, UserSessions).violations(payload)[0]
        ]
        for engine in get_args(EngineName)
    )
    assert fast == reference
    assert len(fast) == 4 * len(bad) + (0 in bad)  # the session, the hop, two texts; rtt without its excuse


def test_long_lists_are_told_in_the_order_of_the_text() -> None:
    """So that of too many failures every process tells the same."""
    bad: list[Any] = [5] * 150
    lists = {
        "networkProfile": {"dnsServers": bad},
        "traceroute": {"destination": "13.32.22.232", "hops": bad},
        "errors": bad,
    }
    for names in permutations(lists):
        payload = at("/network", {name: lists[name] for name in names})
        (first,), is_whole = conformance("fast", UserSessions).violations(payload, 1)
        assert names[0] in first.path
        assert not is_whole
