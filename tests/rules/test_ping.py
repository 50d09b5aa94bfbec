"""Rules about pings: boundaries, near misses and absent fields beyond the examples on their pages."""

import statistics
from math import trunc
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessionlint_rules.ping import impossible_statistics, rtt_out_of_order
from support_rules import NOTHING, Found, changed, found

PING, GATEWAY = "network/ping", "network/gatewayPing"


def ping(**changes: Any) -> dict[str, Any]:
    return changed(PING, changes)


def only(**fields: Any) -> dict[str, Any]:
    """The sound payload with a ping of these fields alone."""
    absent = dict.fromkeys(("pktsSent", "pktsReceived", "minRtt", "avgRtt", "maxRtt", "meanDevRtt"), ...)
    return changed(PING, absent | fields)


def rtts(least: float, average: float, most: float, deviation: float = 0, received: int = 10) -> dict[str, Any]:
    return ping(minRtt=least, avgRtt=average, maxRtt=most, meanDevRtt=deviation, pktsReceived=received, pktsSent=10)


def told(rule: str, severity: str, field: str = "", object: str = PING) -> list[Found]:
    return [(rule, severity, f"{object}/{field}".rstrip("/"))]


def with_network(**changes: Any) -> dict[str, Any]:
    return changed("network", changes)


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        pytest.param(only(error="x", pktsSent=10), told("PNG001", "error"), id="one result"),
        pytest.param(only(error="x", pktsSent=0, pktsReceived=0), told("PNG001", "error"), id="no results but counts"),
        pytest.param(
            only(error="x", pktsSent=9, pktsReceived=0, minRtt=1.5),
            told("PNG001", "error"),
            id="a time without replies",
        ),
        pytest.param(only(error="", pktsSent=10), told("PNG001", "error"), id="an empty error is an error"),
        pytest.param(only(error="x", note="y"), told("PNG001", "error"), id="any other key counts, and is told once"),
        pytest.param(
            only(error="x", pktsSent=None),
            told("PNG001", "error") + told("SCH005", "warning", "pktsSent"),
            id="so does null",
        ),
        pytest.param(ping(error=None), told("SCH005", "warning", "error"), id="null is no error"),
        pytest.param(changed(GATEWAY, {"error": "x"}), told("PNG001", "error", object=GATEWAY), id="the gateway's"),
    ],
)
def test_error_with_results(payload: dict[str, Any], expected: list[Found]) -> None:
    assert found(payload) == expected


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        pytest.param(ping(pktsSent=...), told("PNG002", "error"), id="a count"),
        pytest.param(ping(avgRtt=...), told("PNG002", "error"), id="a time"),
        pytest.param(only(pktsReceived=0), told("PNG002", "error"), id="all lost, but of how many"),
        pytest.param(only(pktsSent=10, pktsReceived=0), NOTHING, id="all lost"),
        pytest.param(only(pktsSent=10, pktsReceived=0.0), NOTHING, id="all lost, as a double"),
        pytest.param(only(pktsSent=10, pktsReceived=1), told("PNG002", "error"), id="one came back"),
        pytest.param(changed(GATEWAY, {"minRtt": ...}), told("PNG002", "error", object=GATEWAY), id="the gateway's"),
        pytest.param(ping(minRtt=None), told("SCH005", "warning", "minRtt"), id="null is another rule's"),
        pytest.param(ping(minRtt="6"), told("SCH002", "error", "minRtt"), id="so is a text"),
    ],
)
def test_incomplete_results(payload: dict[str, Any], expected: list[Found]) -> None:
    assert found(payload) == expected


@pytest.mark.parametrize(
    ("sent", "received", "expected"),
    [
        (10, 10, NOTHING),
        (10, 11, told("PNG003", "warning", "pktsReceived")),
        (10, 20, told("PNG003", "warning", "pktsReceived")),
        (10, 21, told("PNG003", "error", "pktsReceived")),
        (5, 11, told("PNG003", "error", "pktsReceived")),
        (0, 10, told("PNG003", "error", "pktsReceived") + told("PNG011", "warning", "pktsSent")),
        (-1, 10, told("PNG005", "error", "pktsSent")),
        ("10", 11, told("SCH002", "error", "pktsSent")),
    ],
)
def test_counts(sent: Any, received: int, expected: list[Found]) -> None:
    assert found(ping(pktsSent=sent, pktsReceived=received)) == expected


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        pytest.param(rtts(6.9099, 6, 6), NOTHING, id="cut off"),
        pytest.param(rtts(7, 6, 7), NOTHING, id="by one, whole"),
        pytest.param(rtts(7.01, 6, 7), told("PNG004", "error", "avgRtt"), id="by more than one"),
        pytest.param(rtts(5, 8, 7), told("PNG007", "warning", "avgRtt"), id="over the maximum by one, whole"),
        pytest.param(rtts(5, 8.1, 7), told("PNG004", "error", "avgRtt"), id="over the maximum by more"),
        pytest.param(rtts(5.5, 7.6, 7.5), told("PNG004", "error", "avgRtt"), id="none is whole, so none was cut off"),
        pytest.param(rtts(5.5, 8, 7.5), NOTHING, id="only the average is whole"),
        pytest.param(rtts(5.5, 5.4, 7.5), told("PNG004", "error", "avgRtt"), id="under the minimum"),
        pytest.param(rtts(0.1 + 0.2, 0.3, 0.1 + 0.2), NOTHING, id="by a hair"),
        pytest.param(rtts(116, 24, 7), told("PNG004", "error", "minRtt"), id="swapped"),
        pytest.param(rtts(0, 0, 0), NOTHING, id="under a millisecond, cut off"),
        pytest.param(rtts(0, 0, 0, received=0), NOTHING, id="all lost"),
        pytest.param(ping(minRtt=-1, avgRtt=0, maxRtt=0, meanDevRtt=0), told("PNG005", "error", "minRtt"), id="masked"),
        pytest.param(ping(minRtt=None, avgRtt=200), told("SCH005", "warning", "minRtt"), id="null is not compared"),
    ],
)
def test_rtt_out_of_order(payload: dict[str, Any], expected: list[Found]) -> None:
    assert found(payload) == expected


def test_negative_values_of_one_ping_are_one_finding() -> None:
    assert found(ping(minRtt=-1, avgRtt=-1, maxRtt=-1, meanDevRtt=-0.5)) == told("PNG005", "error", "avgRtt")


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        pytest.param(rtts(0, 0, 0.5, received=0), told("PNG006", "warning", "maxRtt"), id="one time"),
        pytest.param(rtts(1, 1, 1, received=0), told("PNG006", "warning", "minRtt"), id="three times"),
        pytest.param(rtts(0, 0, 0, 3, received=0), NOTHING, id="a deviation is no time"),
        pytest.param(
            only(pktsSent=10, pktsReceived=0, maxRtt=3), told("PNG006", "warning", "maxRtt"), id="others absent"
        ),
    ],
)
def test_rtt_without_replies(payload: dict[str, Any], expected: list[Found]) -> None:
    assert found(payload) == expected


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        pytest.param(rtts(10, 19, 100), NOTHING, id="nine at the minimum, one at the maximum"),
        pytest.param(rtts(10, 18, 100), NOTHING, id="that, cut off"),
        pytest.param(rtts(10, 17, 100), told("PNG007", "warning", "avgRtt"), id="less than that"),
        pytest.param(rtts(10, 92, 100), NOTHING, id="nine at the maximum, by one more"),
        pytest.param(rtts(10, 93, 100), told("PNG007", "warning", "avgRtt"), id="more than that"),
        pytest.param(rtts(10, 55, 100, 48), NOTHING, id="five at each end, by one more"),
        pytest.param(rtts(10, 55, 100, 49), told("PNG007", "warning", "meanDevRtt"), id="a wider deviation"),
        pytest.param(rtts(10, 12, 14, 0), NOTHING, id="no lower bound for the deviation"),
        pytest.param(rtts(10.5, 55.5, 100.5, 47.6), told("PNG007", "warning", "meanDevRtt"), id="none is whole"),
        pytest.param(rtts(7.5, 6.5, 7.5, 0.5, 1), told("PNG004", "error", "avgRtt"), id="out of order is told once"),
        pytest.param(rtts(6.9099, 6, 6, 0, 1), NOTHING, id="one reply, cut off"),
        pytest.param(rtts(6, 7, 7, 9, 1), NOTHING, id="one reply, one apart: its deviation means nothing"),
        pytest.param(rtts(6, 7, 8, 0, 1), told("PNG007", "warning", "pktsReceived"), id="one reply, two apart"),
        pytest.param(rtts(6, 6, 8, 0, 1), told("PNG007", "warning", "pktsReceived"), id="the longest alone"),
        pytest.param(rtts(6, 8, 8, 0, 1), told("PNG007", "warning", "pktsReceived"), id="the shortest alone"),
        pytest.param(rtts(6, 8, 7, 0, 1), told("PNG007", "warning", "pktsReceived"), id="the average alone"),
        pytest.param(rtts(1.11, 1.12, 1.12, 0.01, 2), NOTHING, id="two replies, two decimals"),
        pytest.param(ping(meanDevRtt=...), told("PNG002", "error"), id="what is absent is not compared"),
    ],
)
def test_impossible_statistics(payload: dict[str, Any], expected: list[Found]) -> None:
    assert found(payload) == expected


ERROR_OF_PING = told("PNG008", "info", "error")
ERROR_OF_TRACE = told("PNG008", "info", "error", object="network/traceroute")


@pytest.mark.parametrize(
    ("network", "expected"),
    [
        pytest.param({"ping": {"error": "x"}, "errors": []}, ERROR_OF_PING, id="an empty list"),
        pytest.param({"ping": {"error": "x"}, "errors": ...}, ERROR_OF_PING, id="no list"),
        pytest.param({"ping": {"error": "x"}, "errors": ["traceroute: x"]}, ERROR_OF_PING, id="another kind"),
        pytest.param({"ping": {"error": "x"}, "errors": ["gatewayPing: x"]}, ERROR_OF_PING, id="the gateway's"),
        pytest.param({"ping": {"error": "x"}, "errors": ["the ping: x"]}, ERROR_OF_PING, id="a sentence about it"),
        pytest.param({"ping": {"error": "x"}, "errors": ["Ping : y"]}, NOTHING, id="other words, case and spaces"),
        pytest.param({"traceroute": {"error": "x"}}, ERROR_OF_TRACE, id="the trace"),
        pytest.param({"traceroute": {"error": "x"}, "errors": ["traceroute: x"]}, NOTHING, id="the trace, listed"),
        pytest.param({"ping": {"error": "x"}, "traceroute": {"error": "y"}}, ERROR_OF_PING + ERROR_OF_TRACE, id="both"),
        pytest.param({"gatewayPing": {"error": "x"}}, NOTHING, id="of the gateway none is expected"),
        pytest.param({"errors": ["ping: x"]}, NOTHING, id="listed only"),
        pytest.param({"ping": {"error": ""}}, told("PNG010", "warning", "error"), id="an empty error"),
        pytest.param(
            {"ping": {"error": "x"}, "errors": [None]},
            told("SCH005", "warning", "0", "network/errors"),
            id="null in it",
        ),
        pytest.param(
            {"ping": {"error": "x"}, "errors": "ping: x"},
            told("SCH002", "error", "errors", "network"),
            id="no list at all",
        ),
    ],
)
def test_error_not_listed(network: dict[str, Any], expected: list[Found]) -> None:
    assert found(with_network(**network)) == expected


@pytest.mark.parametrize(
    ("network", "expected"),
    [
        pytest.param({"icmpBlocked": True}, told("PNG009", "warning", "icmpBlocked", "network"), id="blocked"),
        pytest.param({"icmpBlocked": False}, NOTHING, id="not blocked"),
        pytest.param({"icmpBlocked": ...}, NOTHING, id="unknown"),
        pytest.param({"icmpBlocked": True, "ping": ...}, NOTHING, id="no ping"),
        pytest.param({"icmpBlocked": True, "ping": {"pktsSent": 10, "pktsReceived": 0}}, NOTHING, id="no replies"),
        pytest.param(
            {"icmpBlocked": "true"}, told("SCH002", "error", "icmpBlocked", "network"), id="a text is another rule's"
        ),
    ],
)
def test_blocked_but_answered(network: dict[str, Any], expected: list[Found]) -> None:
    assert found(with_network(**network)) == expected


@st.composite
def measured_pings(draw: st.DrawFn) -> dict[str, Any]:
    """A ping as an agent would report it: of any replies, with either deviation, rounded or cut off."""
    replies = draw(st.lists(st.floats(0, 10_000) | st.integers(0, 200).map(float), min_size=1, max_size=30))
    deviations = [statistics.pstdev, statistics.stdev] if len(replies) > 1 else [statistics.pstdev]
    deviation = draw(st.sampled_from(deviations))(replies)
    least, average, most = min(replies), statistics.fmean(replies), max(replies)
    decimals = draw(st.none() | st.integers(1, 9))
    if decimals is None:
        average, most, deviation = trunc(average), trunc(most), trunc(deviation)
        least = draw(st.sampled_from([least, trunc(least)]))
    elif decimals < 9:
        least, average, most, deviation = (round(value, decimals) for value in (least, average, most, deviation))
    return {
        "pktsSent": 30,
        "pktsReceived": len(replies),
        "minRtt": least,
        "avgRtt": average,
        "maxRtt": most,
        "meanDevRtt": deviation,
    }


@given(measured_pings())
def test_what_was_measured_is_possible(measured: dict[str, Any]) -> None:
    assert rtt_out_of_order.check is not None
    assert impossible_statistics.check is not None
    assert rtt_out_of_order.check(measured) is None
    assert impossible_statistics.check(measured) is None


@given(measured_pings(), st.floats(1.1, 1000), st.sampled_from(["avgRtt", "minRtt"]))
def test_what_is_above_the_maximum_is_found(measured: dict[str, Any], excess: float, field: str) -> None:
    assert rtt_out_of_order.check is not None
    assert rtt_out_of_order.check(measured | {field: measured["maxRtt"] + excess})


@given(measured_pings(), st.floats(1.1, 1000))
def test_a_deviation_wider_than_the_replies_is_found(measured: dict[str, Any], excess: float) -> None:
    assert impossible_statistics.check is not None
    spread = max(0, measured["maxRtt"] - measured["minRtt"])
    too_wide = measured | {"meanDevRtt": spread + excess, "pktsReceived": max(2, measured["pktsReceived"])}
    assert impossible_statistics.check(too_wide)
