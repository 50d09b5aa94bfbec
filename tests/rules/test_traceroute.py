"""Rules about traceroutes: boundaries, near misses and absent fields beyond the examples on their pages."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessionlint import check
from sessionlint_rules.traceroute import malformed_mpls, reserved_asn
from support import EXAMPLES, SOUND
from support_rules import NOTHING, Found, changed, found

TRACE = "network/traceroute"
HOPS = SOUND["userSessions"][0]["network"]["traceroute"]["hops"]
PUBLIC = {"hop": 2, "delay": 2, "ipAddress": "89.210.0.1", "prefix": "89.210.0.0/18", "asn": 34779}


def trace(**changes: Any) -> dict[str, Any]:
    return changed(TRACE, changes)


def hops(*several: Any) -> dict[str, Any]:
    return trace(hops=list(several))


def numbered(*numbers: Any) -> dict[str, Any]:
    return hops(*({"hop": number} for number in numbers))


def addressed(*addresses: Any) -> dict[str, Any]:
    return hops(*({"hop": number, "ipAddress": address} for number, address in enumerate(addresses, 1)))


def hop(**changes: Any) -> dict[str, Any]:
    """The sound payload with one hop, a public one, that has some fields changed."""
    return hops({key: value for key, value in {**PUBLIC, **changes}.items() if value is not ...})


def told(rule: str, severity: str, field: str = "") -> list[Found]:
    return [(rule, severity, f"{TRACE}/{field}".rstrip("/"))]


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        pytest.param((1, 2, 7, 255), NOTHING, id="gaps"),
        pytest.param((3,), NOTHING, id="the first did not answer"),
        pytest.param((1, 2, 2, 3), told("TRC001", "warning", "hops/2/hop"), id="twice"),
        pytest.param((1, 1, 2, 2), told("TRC001", "warning", "hops/1/hop"), id="two of them twice are one"),
        pytest.param((1, 3, 2, 4), told("TRC001", "error", "hops/2/hop"), id="one falls"),
        pytest.param((4, 3, 2, 1), told("TRC001", "error", "hops/1/hop"), id="upside down is one"),
        pytest.param((1, 2, 1), told("TRC001", "error", "hops/2/hop"), id="again, after another one"),
        pytest.param(
            (2, 2, 1), [*told("TRC001", "warning", "hops/1/hop"), *told("TRC001", "error", "hops/2/hop")], id="both"
        ),
        pytest.param((2, None, 3), told("SCH005", "warning", "hops/1/hop"), id="null is left out"),
        pytest.param((2, "1", 3), told("SCH002", "error", "hops/1/hop"), id="so is a text"),
        pytest.param((2, 0, 3), told("TRC010", "error", "hops/1/hop"), id="so is a number that no hop has"),
        pytest.param((254, 255, 256), told("TRC010", "error", "hops/2/hop"), id="more than there can be"),
    ],
)
def test_hop_numbers(numbers: tuple[Any, ...], expected: list[Found]) -> None:
    assert sorted(found(numbered(*numbers))) == sorted(expected)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({"error": "x"}, told("TRC002", "error"), id="all of them"),
        pytest.param({"error": "", "hops": []}, told("TRC002", "error"), id="an empty error, no hops"),
        pytest.param({"error": None}, told("SCH005", "warning", "error"), id="null is no error"),
        pytest.param({"error": "x", "destination": ...}, told("TRC002", "error"), id="hops alone"),
        pytest.param({"error": "", "destination": ..., "hops": ...}, told("TRC014", "warning", "error"), id="empty"),
        pytest.param({"hops": []}, told("TRC013", "info", "hops"), id="no hops"),
        pytest.param({"hops": ...}, told("SCH001", "error"), id="no list"),
        pytest.param({"hops": None}, told("SCH005", "warning", "hops"), id="null is not empty"),
        pytest.param({"hops": [None]}, told("SCH005", "warning", "hops/0"), id="a null hop"),
    ],
)
def test_results_and_error(changes: dict[str, Any], expected: list[Found]) -> None:
    assert found(trace(**changes)) == expected


def test_an_error_alone_is_fine_where_it_is_listed() -> None:
    assert found(changed("network", {"traceroute": {"error": "x"}, "errors": ["traceroute: x"]})) == NOTHING


def test_the_hops_of_a_cut_off_file_are_not_missed() -> None:
    session = (
        '{"userSessionId": "1:1490529480:a", "agentId": "b", "roundId": 1490529480, "date": "2017-03-26 11:58:43", '
    )
    for rest in (
        '"network": {"traceroute": {"destination": "1.1.1.1", "hops": [',
        '"network": {"traceroute": {"destination": "1.1.1.1", "hops": [{"hop": 1, "mpls": ["L=1,E=0,S=0,T=1", ',
        '"network": {"ping": {"pktsSent": 1, ',
        '"network": {"ping": {"error": "Request timed out"}, ',
    ):
        assert {finding.rule for finding in check(f'{{"userSessions": [{session}{rest}'.encode()).findings} == {
            "CAP004"
        }


@pytest.mark.parametrize(
    "address", ["*", "", "10.0.0.1", "255.255.255.255", "::1", "fe80::1%en0", "64:ff9b:1::a00:1", "::ffff:10.0.0.1"]
)
def test_an_address_or_none_at_all(address: str) -> None:
    assert found(addressed(address)) == NOTHING


@pytest.mark.parametrize(
    "address",
    ["10.0.0.256", "10.0.0", "010.0.0.1", " 10.0.0.1", "10.0.0.1/24", "router", "**", "fe80::1::2", "1" * 10**5],
)
def test_no_address(address: str) -> None:
    assert found(addressed(address)) == told("TRC003", "error", "hops/0/ipAddress")
    assert found(trace(destination=address)) == told("TRC003", "error", "destination")


@pytest.mark.parametrize("destination", ["*", "", "www.thousandeyes.com"])
def test_a_destination_always_has_an_address(destination: str) -> None:
    assert found(trace(destination=destination)) == told("TRC003", "error", "destination")


@pytest.mark.parametrize("destination", ["", "www.thousandeyes.com"])
def test_what_stands_for_a_destination_beside_an_error_is_no_other_defect(destination: str) -> None:
    failed = {"error": "x", "destination": destination, "hops": []}
    assert found(changed("network", {"traceroute": failed})) == told("TRC002", "error", "")


def test_a_hop_of_which_there_are_several_is_no_matter_of_order() -> None:
    (finding,) = check(hops(*({"hop": 1, "ipAddress": f"10.0.0.{last}"} for last in range(3)))).findings
    assert [finding.message, *(place.message for place in finding.related)] == ["hop 1 comes again"] * 2
    assert "Sort" not in (finding.help or "")


def test_each_address_that_is_none_is_told() -> None:
    assert found(addressed("a", "*", "b")) == [
        *told("TRC003", "error", "hops/0/ipAddress"),
        *told("TRC003", "error", "hops/2/ipAddress"),
    ]


def test_a_hop_that_did_not_answer_has_nothing_to_tell() -> None:
    silent = {"delay": None, "ipAddress": None, "name": None, "prefix": None, "asn": None, "mpls": None}
    assert found(hops({"hop": 1, **silent}, {"hop": 2}, {"hop": 3, "ipAddress": "*"})) == NOTHING


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({"prefix": ..., "asn": ...}, told("TRC004", "info", "hops/0"), id="neither"),
        pytest.param({"prefix": ...}, told("TRC004", "info", "hops/0"), id="no prefix"),
        pytest.param({"asn": ...}, told("TRC004", "info", "hops/0"), id="no number"),
        pytest.param({"asn": "34779"}, told("SCH002", "error", "hops/0/asn"), id="a number in quotes is one"),
        pytest.param({"asn": -1}, told("TRC008", "error", "hops/0/asn"), id="so is one out of range"),
        pytest.param({"asn": None}, told("SCH005", "warning", "hops/0/asn"), id="null is another rule's"),
        pytest.param(
            {"asn": None, "prefix": ...},
            [*told("TRC004", "info", "hops/0"), *told("SCH005", "warning", "hops/0/asn")],
            id="null beside nothing",
        ),
        pytest.param({"prefix": "?"}, told("TRC006", "error", "hops/0/prefix"), id="a malformed prefix is one"),
        *(
            pytest.param({"ipAddress": address, "prefix": ..., "asn": ...}, NOTHING, id=address)
            for address in (
                "10.255.255.255",
                "100.64.0.1",
                "100.127.255.255",
                "169.254.1.1",
                "172.31.255.255",
                "192.0.2.1",
                "192.168.0.1",
                "198.19.255.255",
                "224.0.0.1",
                "fd00::1",
                "fe80::1%en0",
                "2001:db8::1",
            )
        ),
        *(
            pytest.param(
                {"ipAddress": address, "prefix": ..., "asn": ...}, told("TRC004", "info", "hops/0"), id=address
            )
            for address in ("9.255.255.255", "100.63.255.255", "100.128.0.0", "172.32.0.0", "2600:9000::1")
        ),
    ],
)
def test_public_hop_without_network(changes: dict[str, Any], expected: list[Found]) -> None:
    assert sorted(found(hop(**changes))) == sorted(expected)


def test_public_hops_without_network_are_one_finding_at_the_first() -> None:
    findings = check(EXAMPLES / "documentation.json", select=["PNG", "TRC", "SYS", "NET", "SCH"]).findings
    assert [(each.rule, each.severity) for each in findings if each.rule != "SCH006"] == [
        ("SYS007", "warning"),
        ("TRC004", "info"),
    ]
    (finding,) = (each for each in findings if each.rule == "TRC004")
    root = "/userSessions/0/network/traceroute/hops"
    assert finding.pointer == f"{root}/4"
    assert [each.pointer for each in finding.related] == [f"{root}/5", f"{root}/6", f"{root}/7"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"ipAddress": "10.0.0.1", "prefix": ...}, told("TRC005", "info", "hops/0/asn")),
        ({"ipAddress": "10.0.0.1", "asn": ..., "prefix": "10.0.0.0/8"}, told("TRC005", "info", "hops/0/prefix")),
        ({"ipAddress": "10.0.0.1", "prefix": "10.0.0.0/8"}, told("TRC005", "info", "hops/0/asn")),
        ({"ipAddress": "100.64.0.1", "prefix": ...}, told("TRC005", "info", "hops/0/asn")),
        ({"ipAddress": "169.254.0.1", "prefix": ...}, told("TRC005", "info", "hops/0/asn")),
        ({"ipAddress": "fe80::1", "prefix": ...}, told("TRC005", "info", "hops/0/asn")),
        ({"ipAddress": "fd00::1", "prefix": ...}, told("TRC005", "info", "hops/0/asn")),
        ({"ipAddress": "192.0.2.1", "prefix": ...}, NOTHING),
        ({"ipAddress": "*", "prefix": ...}, NOTHING),
        ({"ipAddress": ..., "prefix": ...}, NOTHING),
        # One defect: the prefix is another hop's, the number is none.
        ({"ipAddress": "10.0.0.1"}, told("TRC007", "error", "hops/0/ipAddress")),
        ({"ipAddress": "10.0.0.1", "asn": 0, "prefix": ...}, told("TRC008", "info", "hops/0/asn")),
        # What is no prefix is told as that.
        ({"ipAddress": "10.0.0.1", "asn": ..., "prefix": ""}, told("TRC006", "error", "hops/0/prefix")),
        ({"ipAddress": "10.0.0.1", "asn": ..., "prefix": "10/8"}, told("TRC006", "error", "hops/0/prefix")),
    ],
)
def test_private_hop_with_network(changes: dict[str, Any], expected: list[Found]) -> None:
    assert found(hop(**changes)) == expected


@pytest.mark.parametrize(
    ("address", "prefix", "expected"),
    [
        ("89.210.0.1", "89.210.0.1/32", NOTHING),
        ("89.210.0.1", "0.0.0.0/0", NOTHING),
        ("89.210.0.1", "89.210.0.1/18", told("TRC006", "warning", "hops/0/prefix")),
        ("89.210.0.1", "89.210.0.0", told("TRC006", "error", "hops/0/prefix")),
        ("89.210.0.1", "89.210.0.0/", told("TRC006", "error", "hops/0/prefix")),
        ("89.210.0.1", "89.210.0.0/33", told("TRC006", "error", "hops/0/prefix")),
        ("89.210.0.1", "89.210/18", told("TRC006", "error", "hops/0/prefix")),
        ("89.210.0.1", "", told("TRC006", "error", "hops/0/prefix")),
        ("89.210.0.0", "89.210.0.0/18", NOTHING),
        ("89.210.63.255", "89.210.0.0/18", NOTHING),
        ("89.210.64.0", "89.210.0.0/18", told("TRC007", "error", "hops/0/ipAddress")),
        ("89.209.255.255", "89.210.0.0/18", told("TRC007", "error", "hops/0/ipAddress")),
        ("89.210.0.1", "2600:9000::/28", NOTHING),
        ("2600:9000::1", "2600:9000::/28", NOTHING),
        ("2600:9010::1", "2600:9000::/28", told("TRC007", "error", "hops/0/ipAddress")),
        ("2600:9000::1", "2600:9000::/129", told("TRC006", "error", "hops/0/prefix")),
    ],
)
def test_prefixes(address: str, prefix: str, expected: list[Found]) -> None:
    assert found(hop(ipAddress=address, prefix=prefix)) == expected


@pytest.mark.parametrize(
    ("asn", "severity"),
    [
        (-1, "error"),
        (0, "info"),
        (1, None),
        (23455, None),
        (23456, "info"),
        (23457, None),
        (64495, None),
        (64496, "info"),
        (64511, "info"),
        (64512, "info"),
        (65534, "info"),
        (65535, "info"),
        (65536, "info"),
        (65551, "info"),
        (65552, "info"),
        (131071, "info"),
        (131072, None),
        (16777217, None),
        (4199999999, None),
        (4200000000, "info"),
        (4294967294, "info"),
        (4294967295, "info"),
        (4294967296, "error"),
    ],
)
def test_reserved_asn(asn: int, severity: str | None) -> None:
    assert found(hop(asn=asn)) == (told("TRC008", severity, "hops/0/asn") if severity else NOTHING)


@given(st.integers(0, 2**32 - 1))
def test_an_asn_in_use_is_in_no_reserved_range(asn: int) -> None:
    reserved = asn in (0, 23456) or 64496 <= asn <= 131071 or asn >= 4200000000
    assert reserved_asn.check is not None
    assert (reserved_asn.check({"asn": asn}) is not None) == reserved


LAST, BEFORE = "L=24,E=0,S=1,T=1", "L=24,E=0,S=0,T=1"


@pytest.mark.parametrize(
    ("mpls", "expected"),
    [
        pytest.param([], NOTHING, id="none"),
        pytest.param([LAST], NOTHING, id="one"),
        pytest.param([BEFORE, BEFORE, LAST], NOTHING, id="three"),
        pytest.param(["L=1048575,E=7,S=1,T=255"], NOTHING, id="as much as fits"),
        pytest.param(["L=1048576,E=7,S=1,T=255"], told("TRC009", "warning", "hops/0/mpls/0"), id="label"),
        pytest.param(["L=1,E=8,S=1,T=255"], told("TRC009", "warning", "hops/0/mpls/0"), id="experimental"),
        pytest.param(["L=1,E=7,S=2,T=255"], told("TRC009", "warning", "hops/0/mpls/0"), id="bottom"),
        pytest.param(["L=1,E=7,S=1,T=256"], told("TRC009", "warning", "hops/0/mpls/0"), id="time to live"),
        pytest.param([""], told("TRC009", "warning", "hops/0/mpls/0"), id="empty"),
        pytest.param(["L=1,E=0,S=1"], told("TRC009", "warning", "hops/0/mpls/0"), id="a field is missing"),
        pytest.param(["L=-1,E=0,S=1,T=1"], told("TRC009", "warning", "hops/0/mpls/0"), id="negative"),
        pytest.param(["L=٣,E=0,S=1,T=1"], told("TRC009", "warning", "hops/0/mpls/0"), id="other digits"),
        pytest.param(["L=" + "9" * 10**5], told("TRC009", "warning", "hops/0/mpls/0"), id="very long"),
        pytest.param([BEFORE], told("TRC009", "info", "hops/0/mpls/0"), id="no bottom"),
        pytest.param([LAST, LAST], told("TRC009", "info", "hops/0/mpls/0"), id="two bottoms"),
        pytest.param([LAST, BEFORE], told("TRC009", "info", "hops/0/mpls/0"), id="swapped is told once"),
        pytest.param(["?", BEFORE], told("TRC009", "warning", "hops/0/mpls/0"), id="malformed, so no bottom is known"),
        pytest.param([BEFORE, None], told("SCH005", "warning", "hops/0/mpls/1"), id="null, so no bottom is known"),
        pytest.param(LAST, told("SCH002", "error", "hops/0/mpls"), id="a text"),
    ],
)
def test_malformed_mpls(mpls: Any, expected: list[Found]) -> None:
    assert found(hop(mpls=mpls)) == expected


@given(st.lists(st.tuples(*(st.integers(0, most) for most in (0xFFFFF, 7, 255))), max_size=5))
def test_a_label_stack_is_fine(stack: list[tuple[int, int, int]]) -> None:
    labels = [
        f"L={label},E={bits},S={index == len(stack):d},T={ttl}" for index, (label, bits, ttl) in enumerate(stack, 1)
    ]
    assert malformed_mpls.check is not None
    assert malformed_mpls.check({"mpls": labels}) is None


@pytest.mark.parametrize(
    ("addresses", "expected"),
    [
        (("10.0.0.1", "fd00::1"), told("TRC011", "warning", "hops/1/ipAddress")),
        (("fd00::1", "*", "10.0.0.1", "10.0.0.2"), told("TRC011", "warning", "hops/2/ipAddress")),
        (("64:ff9b:1::a00:1", "10.0.0.1"), NOTHING),
        (("10.0.0.1", "::ffff:10.0.1.1"), NOTHING),
        (("fd00::1", "::ffff:10.0.1.1", "::ffff:a00:102"), NOTHING),
        (("::ffff:10.0.0.1", "10.0.1.1", "fd00::1"), told("TRC011", "warning", "hops/2/ipAddress")),
        (("10.0.0.1", "router:1"), told("TRC003", "error", "hops/1/ipAddress")),
        (("10.0.0.1", "", "10.0.0.2"), NOTHING),
        (("fd00::1", "fe80::1%2", "fd00::2"), NOTHING),
    ],
)
def test_mixed_address_families(addresses: tuple[str, ...], expected: list[Found]) -> None:
    assert found(addressed(*addresses)) == expected


def test_hosts_behind_nat64_are_not_of_another_family() -> None:
    translated = {"hop": 1, "ipAddress": "64:ff9b::a00:1", "prefix": "64:ff9b::/96", "asn": 34779}
    assert found(hops(translated, PUBLIC)) == NOTHING
    beyond = translated | {"ipAddress": "64:ff9b::1:a00:1", "prefix": "64:ff9b::/32"}
    assert found(hops(beyond, PUBLIC)) == told("TRC011", "warning", "hops/1/ipAddress")


@pytest.mark.parametrize(
    ("delay", "expected"),
    [
        (0, NOTHING),
        (3.0, NOTHING),
        (-1, told("TRC012", "error", "hops/0/delay")),
        (1.5, told("SCH002", "error", "hops/0/delay")),
    ],
)
def test_delays(delay: float, expected: list[Found]) -> None:
    assert found(hop(delay=delay)) == expected


@pytest.mark.parametrize(
    ("rtt", "expected"), [(0, NOTHING), (0.001, NOTHING), (-0.001, [("NET001", "error", "network/connect/rtt")])]
)
def test_the_rtt_of_the_connection(rtt: float, expected: list[Found]) -> None:
    assert found(changed("network/connect", {"rtt": rtt})) == expected
