"""Rules of the documented shape: what is absent, of another type, undocumented or null."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessionlint import check
from sessionlint.payload import Session
from sessionlint_rules.shape import undocumented_field
from support import SOUND
from support_rules import NOTHING, PROFILE, Found, changed, found

CPU = "network/systemMetrics/cpuUtilization"


def messages(payload: dict[str, Any] | list[Any], *select: str) -> list[str]:
    return [finding.message for finding in check(payload, select=select).findings]


@pytest.mark.parametrize(
    ("object", "changes", "message"),
    [
        ("", {"agentId": ...}, "the session lacks agentId"),
        ("", {"agentId": ..., "date": ...}, "the session lacks agentId and date"),
        ("", {"agentId": ..., "roundId": ..., "date": ...}, "the session lacks agentId, roundId and date"),
        ("pages/0", {"id": ...}, "the page lacks id"),
        ("pages/0/pageTimings", {"onLoad": ...}, "pageTimings lacks onLoad"),
        ("browser", {"name": ...}, "browser lacks name"),
        ("coordinates", {"latitude": ...}, "coordinates lacks latitude"),
        ("network/connect", {"rtt": ...}, "connect lacks rtt"),
        ("network/traceroute", {"destination": ..., "hops": ...}, "traceroute lacks destination and hops"),
        ("network/traceroute/hops/3", {"hop": ...}, "the hop lacks hop"),
        (CPU, {"median": ...}, "cpuUtilization lacks median"),
    ],
)
def test_missing_field(object: str, changes: dict[str, Any], message: str) -> None:
    payload = changed(object, changes)
    assert found(payload) == [("SCH001", "error", object or "/userSessions/0")]
    assert messages(payload) == [message]


def test_a_bare_session_is_a_session() -> None:
    (session,) = changed("", {"agentId": ...})["userSessions"]
    assert messages(session) == ["the session lacks agentId"]
    assert messages([SOUND["userSessions"][0], session]) == ["the session lacks agentId"]


@pytest.mark.parametrize(
    ("errors", "expected"),
    [
        (["connect: refused"], NOTHING),
        (["ping: x"], [("SCH001", "error", "network/connect")]),
    ],
)
def test_a_connection_that_failed_has_no_rtt(errors: list[str], expected: list[Found]) -> None:
    assert found(changed("network", {"connect": {}, "errors": errors})) == expected


@pytest.mark.parametrize(
    ("object", "field", "value", "message", "help"),
    [
        ("", "port", "443", 'port is "443", not an integer', "Leave out the quotes."),
        ("", "port", "https", 'port is "https", not an integer', None),
        ("", "port", "443.5", 'port is "443.5", not an integer', None),
        ("", "port", "", 'port is "", not an integer', None),
        ("", "port", "true", 'port is "true", not an integer', None),
        ("", "port", True, "port is true, not an integer", None),
        ("", "port", 443.5, "port is 443.5, not an integer", None),
        ("", "visitedSite", 5, "visitedSite is 5, not a string", None),
        ("", "browser", "Chrome", 'browser is "Chrome", not an object', None),
        ("", "pages", {}, "pages is an object, not a list", None),
        ("", "network", [], "network is a list, not an object", None),
        ("network", "icmpBlocked", "true", 'icmpBlocked is "true", not true or false', "Leave out the quotes."),
        ("network", "icmpBlocked", "yes", 'icmpBlocked is "yes", not true or false', None),
        ("network", "icmpBlocked", 1, "icmpBlocked is 1, not true or false", None),
        ("network", "icmpBlocked", "1", 'icmpBlocked is "1", not true or false', None),
        ("coordinates", "latitude", "46.05", 'latitude is "46.05", not a number', "Leave out the quotes."),
        ("coordinates", "latitude", "46,05", 'latitude is "46,05", not a number', None),
        ("coordinates", "latitude", "[" * 10**5, f'latitude is "{"[" * 59}…", not a number', None),
    ],
)
def test_wrong_type(object: str, field: str, value: Any, message: str, help: str | None) -> None:
    payload = changed(object, {field: value})
    (finding,) = (finding for finding in check(payload).findings if finding.rule.startswith("SCH"))
    assert (finding.rule, finding.severity, finding.message) == ("SCH002", "error", message)
    assert finding.pointer.endswith(f"/{field}")
    quoted = "Leave out the quotes."
    assert (finding.help == quoted) == (help == quoted)


@pytest.mark.parametrize(
    ("object", "field", "value"),
    [("", "browser", "@{name=Chrome; version=57}"), ("network/traceroute", "hops", "System.Object[]")],
)
def test_what_power_shell_cut_off(object: str, field: str, value: str) -> None:
    (finding,) = (each for each in check(changed(object, {field: value})).findings if each.rule == "SCH002")
    assert "ConvertTo-Json -Depth 20" in (finding.help or "")


def test_an_item_of_a_list_may_be_of_the_wrong_type_too() -> None:
    assert messages(changed(PROFILE, {"dnsServers": ["8.8.8.8", 8]})) == ["an item of dnsServers is 8, not a string"]
    payload = changed("network/traceroute", {"hops": ["10.0.0.1"]})
    assert messages(payload) == ['the hop is "10.0.0.1", not an object']


def test_a_number_is_what_it_is_worth() -> None:
    assert found(changed("", {"port": 443.0, "roundId": 1490529480.0})) == NOTHING


def test_outside_domain() -> None:
    payload = changed("", {"numberOfPages": -1})
    assert found(payload) == [("SCH003", "error", "numberOfPages")]
    assert messages(payload) == ["numberOfPages is -1, below 0"]


@pytest.mark.parametrize(
    ("object", "absent", "key", "meant"),
    [
        ("network/ping", "pktsReceived", "pktsRecieved", "pktsReceived"),
        ("", "visitedSite", "visitedSites", "visitedSite"),
        ("", "visitedSite", "visited_site", "visitedSite"),
        ("", "visitedSite", "VisitedSite", "visitedSite"),
        ("", "visitedSite", "isitedSit", "visitedSite"),
        ("", "visitedSite", "isitedSi", None),
        ("", "visitedSite", "site", None),
        ("", "visitedSite", "", None),
        ("", "port", "prt", None),
        ("network/traceroute/hops/0", "delay", "dlay", "delay"),
        ("network/traceroute/hops/0", "name", "nme", None),
    ],
)
def test_undocumented_field(object: str, absent: str, key: str, meant: str | None) -> None:
    payload = changed(object, {absent: ..., key: 1})
    (finding,) = (finding for finding in check(payload).findings if finding.rule == "SCH004")
    assert finding.severity == ("warning" if meant else "info")
    assert finding.pointer.endswith(f"/{key}")
    if meant:
        assert f"; {meant} is, and is absent" in finding.message
        assert meant in (finding.help or "")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({"visitedSites": 1}, [("SCH004", "info", "visitedSites")], id="the documented one is there"),
        pytest.param(
            {"visitedSites": 1, "visitedSite": None},
            [("SCH005", "warning", "visitedSite"), ("SCH004", "info", "visitedSites")],
            id="it is there, as null",
        ),
        pytest.param({"experienceScore": ...}, NOTHING, id="a field that came later is not missed"),
        pytest.param(
            {"tenant": {"ping": {"pktsSent": -1}}}, [("SCH004", "info", "tenant")], id="what is in it is unknown"
        ),
        pytest.param({"tenant": None}, [("SCH004", "info", "tenant")], id="its null is not told"),
    ],
)
def test_keys_of_a_session(changes: dict[str, Any], expected: list[Found]) -> None:
    assert sorted(found(changed("", changes))) == sorted(expected)


def test_the_key_is_a_value_of_the_payload() -> None:
    payload = changed("", {"secret\x1b[31m": 1})
    assert messages(payload) == ['"secret\\u001b[31m" is not documented']
    (finding,) = check(payload, redact=True).findings
    assert "secret" not in f"{finding.message}{finding.pointer}{finding.help}"


LONG_NAMES = [name for name in Session.__annotations__ if len(name) >= 5]
LETTERS = st.sampled_from("abcdefghijklmnopqrstuvwxyzABCD")


def severity(key: str, absent: list[str]) -> str | None:
    assert undocumented_field.check is not None
    told: Any = undocumented_field.check(key, absent)
    return told.severity  # type: ignore[no-any-return]  # a problem's


@given(st.sampled_from(LONG_NAMES), st.data())
def test_two_edits_are_near(name: str, data: st.DataObject) -> None:
    key = name
    for _ in range(2):
        at = data.draw(st.integers(0, len(key)))
        inserted, dropped = data.draw(st.sampled_from([("x", 0), ("", 1), ("x", 1)]))
        key = key[:at] + inserted + key[at + dropped :]
    assert severity(key, [name]) == "warning"


@given(st.text(LETTERS, max_size=20))
def test_near_is_what_the_textbook_says(key: str) -> None:
    def distance(one: str, other: str) -> int:
        table = {(row, 0): row for row in range(len(one) + 1)} | {
            (0, column): column for column in range(len(other) + 1)
        }
        for row, letter in enumerate(one, 1):
            for column, its in enumerate(other, 1):
                table[row, column] = min(
                    table[row - 1, column] + 1,
                    table[row, column - 1] + 1,
                    table[row - 1, column - 1] + (letter != its),
                )
        return table[len(one), len(other)]

    is_near = any(distance(key, name) <= 2 for name in LONG_NAMES)
    assert (severity(key, LONG_NAMES) == "warning") == is_near


@pytest.mark.parametrize(
    ("object", "field", "expected"),
    [
        ("", "orgName", [("SCH005", "warning", "orgName")]),
        ("", "network", [("SCH005", "warning", "network")]),
        ("network", "ping", [("SCH005", "warning", "network/ping")]),
        (CPU, "mean", [("SCH005", "warning", f"{CPU}/mean")]),
        ("network/traceroute/hops/1", "name", [("SCH005", "warning", "network/traceroute/hops/1/name")]),
        ("network/traceroute/hops/1", "hop", [("SCH005", "warning", "network/traceroute/hops/1/hop")]),
    ],
)
def test_null_value(object: str, field: str, expected: list[Found]) -> None:
    payload = changed(object, {field: None})
    assert found(payload) == expected
    assert messages(payload) == [f"{field} is null"]


@pytest.mark.parametrize("address", [..., None, "", "*"])
def test_of_a_hop_that_did_not_answer_nulls_are_not_told(address: Any) -> None:
    nothing = {"ipAddress": address, "delay": None, "name": None, "prefix": ..., "asn": ...}
    assert found(changed("network/traceroute/hops/1", nothing)) == NOTHING


def test_a_list_may_have_a_null_item() -> None:
    payload = changed("", {"pages": [{"id": "page_0"}, None], "numberOfPages": 2})
    assert found(payload) == [("SCH005", "warning", "pages/1")]
    for each in (payload, [SOUND, None]):
        assert messages(each) == ["an item of the list is null"]


ABSENT = "SCH006"


def test_a_sound_payload_lacks_nothing() -> None:
    assert messages(SOUND, ABSENT) == []


def test_absent_fields_are_off_unless_selected() -> None:
    assert found(changed("coordinates", {"location": ...})) == NOTHING


@pytest.mark.parametrize(
    ("object", "changes", "expected"),
    [
        ("", {"orgName": ..., "port": ...}, ["absent here: orgName, port"]),
        # What another rule misses.
        ("", {"userSessionId": ..., "agentId": ..., "roundId": ..., "date": ...}, []),
        ("pages/0", {"id": ...}, []),
        ("pages/0/pageTimings", {"onContentLoad": ..., "onLoad": ...}, []),
        ("browser", {"name": ..., "version": ...}, []),
        ("coordinates", {"latitude": ..., "longitude": ...}, []),
        (CPU, {"min": ..., "count": ...}, []),
        ("network/traceroute", {"destination": ..., "hops": ...}, []),
        ("network/traceroute/hops/1", {"hop": ...}, []),
        ("", {"orgName": None}, []),
        ("", {"experienceScore": ...}, []),
        ("coordinates", {"location": ...}, ["absent here: location"]),
        ("network", {"errors": ..., "icmpBlocked": ...}, ["absent here: icmpBlocked, errors"]),
        (PROFILE, {"wirelessProfile": ..., "proxyProfile": ...}, []),
        (f"{PROFILE}/wirelessProfile", {"vendor": ...}, ["absent here: vendor"]),
        ("network/ping", {"avgRtt": ...}, []),
        ("network/traceroute/hops/1", {"prefix": ..., "asn": ...}, []),
        ("network/traceroute/hops/1", {"delay": ..., "name": ...}, ["absent here: delay, name"]),
        ("network/connect", {"rtt": ...}, []),
    ],
)
def test_absent_field(object: str, changes: dict[str, Any], expected: list[str]) -> None:
    assert messages(changed(object, changes), ABSENT) == expected
