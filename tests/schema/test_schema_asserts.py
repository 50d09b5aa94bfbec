"""What the two schemas refuse and what they let pass: errors alone, the same in every engine."""

import re
from collections.abc import Iterator
from typing import Any

import jsonschema
import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from sessionlint.rule import registry
from sessionlint_schema import json_schema, xsd_bytes
from support import at, sound, without
from support_xml import to_xml

SCHEMA = json_schema()
FAST = jsonschema_rs.Draft202012Validator(SCHEMA)
REFERENCE = jsonschema.Draft202012Validator(SCHEMA)
XSD = etree.XMLSchema(etree.fromstring(xsd_bytes()))


def json_accepts(payload: Any) -> bool:
    answer = FAST.is_valid(payload)
    assert REFERENCE.is_valid(payload) == answer, "the two engines disagree"
    return answer


def xsd_accepts(xml: bytes) -> bool:
    return bool(XSD.validate(etree.fromstring(xml)))


BOTH = (True, True)
"""The JSON Schema accepts it, the XSD accepts its twin."""
NEITHER = (False, False)
JSON_REFUSES = (False, True)
"""XSD 1.0 has no words for it, or text in XML has no type of its own."""

SESSION = sound()["userSessions"][0]
PING = {"pktsSent": 10, "pktsReceived": 9, "minRtt": 0.5, "avgRtt": 1, "maxRtt": 2, "meanDevRtt": 1}
LOST = {"pktsSent": 10, "pktsReceived": 0}
CPU = {"min": 0, "max": 1, "mean": 0.5, "median": 0.5, "stdDev": 0.1, "count": 9}
MEMORY = {"min": 1e9, "max": 3e9, "mean": 2e9, "median": 2e9, "stdDev": 0, "count": 9}
TRACE: dict[str, Any] = {"destination": "192.0.2.1", "hops": []}


def less(holder: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in holder.items() if name not in names}


VALUES: list[tuple[str, Any, tuple[bool, bool]]] = [
    # Types.
    ("/userSessionId", 7625, JSON_REFUSES),
    ("/userSessionId", "", BOTH),
    ("/roundId", "1490529480", JSON_REFUSES),
    ("/roundId", "soon", NEITHER),
    ("/roundId", 1490529480.0, BOTH),
    ("/roundId", 1490529480.5, NEITHER),
    ("/roundId", 1e30, BOTH),
    ("/roundId", 1e-7, JSON_REFUSES),
    ("/roundId", True, NEITHER),
    ("/experienceScore", 0, BOTH),
    ("/experienceScore", 87, BOTH),
    ("/experienceScore", "good", NEITHER),
    ("/network/icmpBlocked", True, BOTH),
    ("/network/icmpBlocked", 1, NEITHER),
    ("/network/icmpBlocked", "true", JSON_REFUSES),
    ("/network/icmpBlocked", "TRUE", NEITHER),
    ("/network/errors", ["ping: Request timed out before getting response", ""], BOTH),
    ("/network/errors", [1], JSON_REFUSES),
    ("/network/errors", "ping: no", JSON_REFUSES),
    ("/browser", "Google Chrome", NEITHER),
    ("/pages", [], BOTH),
    ("/pages", {"id": "page_0"}, JSON_REFUSES),
    ("/network", [], JSON_REFUSES),
    ("/network", {}, BOTH),
    ("/network/networkProfile", {}, BOTH),
    ("/network/networkProfile/dnsServers", [], BOTH),
    ("/network/networkProfile/proxyProfile", {"proxies": [{}, {}]}, BOTH),
    ("/network/networkProfile/wirelessProfile", {}, BOTH),
    ("/network/networkProfile/wirelessProfile/channel", 1.5, NEITHER),
    # SES002
    ("/date", "2017-03-26 00:00:00", BOTH),
    ("/date", "2017-03-26 23:59:59", BOTH),
    ("/date", "2017-02-31 11:58:43", BOTH),  # which days a month has is no matter of patterns
    ("/date", "2017-13-26 11:58:43", NEITHER),
    ("/date", "2017-00-26 11:58:43", NEITHER),
    ("/date", "2017-03-32 11:58:43", NEITHER),
    ("/date", "2017-03-26 24:00:00", NEITHER),
    ("/date", "2017-03-26 11:60:43", NEITHER),
    ("/date", "2017-03-26 11:58:60", NEITHER),
    ("/date", "2017-03-26T11:58:43", NEITHER),
    ("/date", "2017-03-26 11:58:43Z", NEITHER),
    ("/date", "2017-03-26 11:58", NEITHER),
    ("/date", " 2017-03-26 11:58:43", NEITHER),
    ("/date", "2017-03-26 11:58:43\n", NEITHER),
    ("/date", "٢٠١٧-03-26 11:58:43", NEITHER),
    ("/date", "", NEITHER),
    ("/committed", "26.03.2017", NEITHER),
    ("/committed", "2017-03-26 11:58:43\n", NEITHER),
    ("/pages/0/startedDateTime", "1490529480", NEITHER),
    ("/pages/0/startedDateTime", "2017-03-26 11:58:43\n", NEITHER),
    # SES008
    ("/port", 1, BOTH),
    ("/port", 65535, BOTH),
    ("/port", 443.0, BOTH),
    ("/port", 0, NEITHER),
    ("/port", 65536, NEITHER),
    ("/port", -443, NEITHER),
    # SCH003
    ("/numberOfPages", 0, BOTH),
    ("/numberOfPages", -1, NEITHER),
    # SES011
    ("/permalink", "http://a", BOTH),
    ("/permalink", "HTTPS://[::1]:8443/?a=ö#b", BOTH),
    ("/permalink", "https://", NEITHER),
    ("/permalink", "https:///path", NEITHER),
    ("/permalink", "https://:443/", NEITHER),
    ("/permalink", "ftp://example.com/", NEITHER),
    ("/permalink", "app.thousandeyes.com/view", NEITHER),
    ("/permalink", "/view/endpoint-agent/", NEITHER),
    ("/permalink", " https://a/", NEITHER),
    ("/permalink", "https://a/ b", NEITHER),
    ("/permalink", "https://a/\n", NEITHER),
    ("/permalink", "", NEITHER),
    # SES012
    ("/coordinates/latitude", 90, BOTH),
    ("/coordinates/latitude", -90.0, BOTH),
    ("/coordinates/latitude", 90.0001, NEITHER),
    ("/coordinates/latitude", -91, NEITHER),
    ("/coordinates/longitude", 180, BOTH),
    ("/coordinates/longitude", -180, BOTH),
    ("/coordinates/longitude", 181, NEITHER),
    ("/coordinates/longitude", -180.5, NEITHER),
    # SES014
    ("/visitedSite", "localhost", BOTH),
    ("/visitedSite", "_dmarc.example_1.com.", BOTH),
    ("/visitedSite", "bücher.example", BOTH),
    ("/visitedSite", "192.0.2.1", BOTH),
    ("/visitedSite", "2001:db8::1", BOTH),
    ("/visitedSite", "::ffff:192.0.2.1", BOTH),
    ("/visitedSite", "fe80::1%en0", BOTH),
    ("/visitedSite", "[2001:db8::1]", BOTH),
    ("/visitedSite", "https://www.thousandeyes.com", NEITHER),
    ("/visitedSite", "www.thousandeyes.com/", NEITHER),
    ("/visitedSite", "www.thousandeyes.com?a", NEITHER),
    ("/visitedSite", "www.thousandeyes.com:443", NEITHER),
    ("/visitedSite", "192.0.2.1:443", NEITHER),
    ("/visitedSite", "[2001:db8::1]:443", NEITHER),
    ("/visitedSite", "user@example.com", NEITHER),
    ("/visitedSite", "www thousandeyes", NEITHER),
    ("/visitedSite", "www.thousandeyes.com\n", NEITHER),
    ("/visitedSite", "www.thousandeyes.com\t", NEITHER),
    ("/visitedSite", " ", NEITHER),
    ("/visitedSite", "", NEITHER),
    # PAG001
    ("/pages/0/responseCode", 0, BOTH),
    ("/pages/0/responseCode", 100, BOTH),
    ("/pages/0/responseCode", 999, BOTH),
    ("/pages/0/responseCode", 99, NEITHER),
    ("/pages/0/responseCode", 1000, NEITHER),
    ("/pages/0/responseCode", -1, NEITHER),
    ("/pages/0/responseCode", "abc", NEITHER),
    ("/pages/0/pageTimings", {"onContentLoad": -1, "onLoad": -2}, BOTH),
    # PNG001, PNG002, PNG005, for both pings
    *(
        (f"/network/{name}", value, accepted)
        for name in ("ping", "gatewayPing")
        for value, accepted in [
            (PING, BOTH),
            (LOST, BOTH),
            ({**LOST, "pktsReceived": 0.0}, BOTH),
            ({"error": "no route"}, BOTH),
            ({"error": ""}, BOTH),
            ({"error": 5}, JSON_REFUSES),
            ({}, JSON_REFUSES),
            ({"pktsReceived": 0}, JSON_REFUSES),
            ({"pktsSent": 10}, JSON_REFUSES),
            *((less(PING, missing), JSON_REFUSES) for missing in PING),
            *(({**PING, negative: -1}, NEITHER) for negative in PING),
            *(({**PING, absent: 0}, BOTH) for absent in PING),
            ({**PING, "pktsSent": 9.5}, NEITHER),
            ({**PING, "error": "no route"}, JSON_REFUSES),
            ({"error": "", "pktsSent": 0}, JSON_REFUSES),
        ]
    ),
    # TRC002, SCH001 of the trace
    ("/network/traceroute", TRACE, BOTH),
    ("/network/traceroute", {"error": "timed out"}, BOTH),
    ("/network/traceroute", {"error": "timed out", "hops": []}, JSON_REFUSES),
    ("/network/traceroute", {**TRACE, "error": ""}, JSON_REFUSES),
    ("/network/traceroute", less(TRACE, "hops"), JSON_REFUSES),
    ("/network/traceroute", less(TRACE, "destination"), JSON_REFUSES),
    # TRC008, TRC010, TRC012 and the hop's types
    ("/network/traceroute/hops/1/asn", 0, BOTH),
    ("/network/traceroute/hops/1/asn", 4294967295, BOTH),
    ("/network/traceroute/hops/1/asn", 4294967296, NEITHER),
    ("/network/traceroute/hops/1/asn", -1, NEITHER),
    ("/network/traceroute/hops/1/asn", "AS34779", NEITHER),
    ("/network/traceroute/hops/1/hop", 1, BOTH),
    ("/network/traceroute/hops/1/hop", 255, BOTH),
    ("/network/traceroute/hops/1/hop", 0, NEITHER),
    ("/network/traceroute/hops/1/hop", 256, NEITHER),
    ("/network/traceroute/hops/1/delay", 0, BOTH),
    ("/network/traceroute/hops/1/delay", -1, NEITHER),
    ("/network/traceroute/hops/1/delay", 1.5, NEITHER),
    ("/network/traceroute/hops/1", {"hop": 9}, BOTH),
    ("/network/traceroute/hops/1", {"hop": 9, "ipAddress": "*"}, BOTH),
    ("/network/traceroute/hops/1", {"ipAddress": "192.0.2.1"}, JSON_REFUSES),
    ("/network/traceroute/hops/1/mpls", ["L=1,E=0,S=1,T=1", "?"], BOTH),
    # NET001, SCH001 of connect
    ("/network/connect", {"rtt": 0}, BOTH),
    ("/network/connect", {"rtt": -0.1}, NEITHER),
    ("/network/connect", {}, JSON_REFUSES),
    ("/network", {"connect": {}, "errors": ["ping: no", "connect: refused"]}, BOTH),
    ("/network", {"connect": {}, "errors": ["ping: connect: no"]}, JSON_REFUSES),
    ("/network", {"connect": {}, "errors": []}, JSON_REFUSES),
    # SYS001, SYS004, SCH001 of the statistics
    ("/network/systemMetrics/cpuUtilization", CPU, BOTH),
    *(("/network/systemMetrics/cpuUtilization", less(CPU, missing), NEITHER) for missing in CPU),
    *(("/network/systemMetrics/cpuUtilization", {**CPU, low: -0.01}, NEITHER) for low in CPU),
    *(("/network/systemMetrics/cpuUtilization", {**CPU, high: 1.01}, NEITHER) for high in CPU),
    ("/network/systemMetrics/cpuUtilization", {**CPU, "count": 0}, BOTH),
    ("/network/systemMetrics/cpuUtilization", {**CPU, "count": -1}, NEITHER),
    # SYS009, SYS004
    ("/network/systemMetrics/physicalMemoryUsedBytes", MEMORY, BOTH),
    *(("/network/systemMetrics/physicalMemoryUsedBytes", less(MEMORY, missing), NEITHER) for missing in MEMORY),
    *(("/network/systemMetrics/physicalMemoryUsedBytes", {**MEMORY, low: -1}, NEITHER) for low in MEMORY),
    ("/network/systemMetrics/physicalMemoryTotalBytes", 1, BOTH),
    ("/network/systemMetrics/physicalMemoryTotalBytes", 0, NEITHER),
    # SYS006
    *(
        (f"/network/systemMetrics/{name}", value, accepted)
        for name in ("startTimeMs", "endTimeMs")
        for value, accepted in [
            (0, BOTH),
            (99_999_999, BOTH),
            (100_000_000, NEITHER),
            (1_490_529_523, NEITHER),
            (99_999_999_999, NEITHER),
            (100_000_000_000, BOTH),
            (1_490_529_523_327, BOTH),
            (99_999_999_999_999, BOTH),
            (100_000_000_000_000, NEITHER),
            (1_490_529_523_327_000, NEITHER),
            (1_490_529_523_327_000_000, NEITHER),
        ]
    ),
]


@pytest.mark.parametrize(("place", "value", "accepted"), VALUES)
def test_value(place: str, value: Any, accepted: tuple[bool, bool]) -> None:
    payload = at(place, value)
    assert (json_accepts(payload), xsd_accepts(to_xml(payload))) == accepted


ABSENT: list[tuple[str, tuple[bool, bool]]] = [
    ("/userSessionId", JSON_REFUSES),
    ("/agentId", JSON_REFUSES),
    ("/roundId", JSON_REFUSES),
    ("/date", JSON_REFUSES),
    *((f"/{name}", BOTH) for name in SESSION.keys() - {"userSessionId", "agentId", "roundId", "date"}),
    ("/browser/name", NEITHER),
    ("/browser/version", NEITHER),
    ("/coordinates/latitude", NEITHER),
    ("/coordinates/longitude", NEITHER),
    ("/coordinates/location", BOTH),
    ("/pages/0/id", NEITHER),
    ("/pages/0/title", BOTH),
    ("/pages/0/startedDateTime", BOTH),
    ("/pages/0/responseCode", BOTH),
    ("/pages/0/pageTimings", BOTH),
    ("/pages/0/pageTimings/onLoad", NEITHER),
    ("/pages/0/pageTimings/onContentLoad", NEITHER),
    *((f"/network/{name}", BOTH) for name in SESSION["network"]),
    *((f"/network/systemMetrics/{name}", BOTH) for name in SESSION["network"]["systemMetrics"]),
]


@pytest.mark.parametrize(("place", "accepted"), sorted(ABSENT))
def test_absent_field(place: str, accepted: tuple[bool, bool]) -> None:
    payload = without(place)
    assert (json_accepts(payload), xsd_accepts(to_xml(payload))) == accepted


@pytest.mark.parametrize(
    ("payload", "accepted"),
    [
        (sound(), BOTH),
        ({"userSessions": []}, BOTH),
        ({}, JSON_REFUSES),  # in XML, an empty list is no element
        ({"userSessions": [{}]}, JSON_REFUSES),
    ],
)
def test_response(payload: Any, accepted: tuple[bool, bool]) -> None:
    assert (json_accepts(payload), xsd_accepts(to_xml(payload))) == accepted


@pytest.mark.parametrize("payload", [[], None, "userSessions", 1])
def test_response_is_an_object(payload: Any) -> None:
    assert not json_accepts(payload)


def places(node: Any, path: str = "") -> Iterator[str]:
    """Every place in a session, as a JSON Pointer."""
    for step, value in node.items() if isinstance(node, dict) else enumerate(node):
        yield f"{path}/{step}"
        if isinstance(value, dict | list):
            yield from places(value, f"{path}/{step}")


@pytest.mark.parametrize("place", list(places(SESSION)))
def test_null_passes(place: str) -> None:
    assert json_accepts(at(place, None))


@pytest.mark.parametrize(
    ("place", "value", "accepted"),
    [
        ("/network/ping", {**PING, "error": None}, True),
        ("/network/ping", {"error": None}, False),
        ("/network/traceroute", {**TRACE, "error": None}, True),
        ("/network/traceroute", {"error": None}, False),
        ("/network", {"connect": {}, "errors": None}, False),
        ("/network", {"connect": {"rtt": None}}, True),
        ("/network", {"connect": None}, True),
    ],
)
def test_null_is_no_error(place: str, value: Any, accepted: bool) -> None:
    assert json_accepts(at(place, value)) == accepted


@pytest.mark.parametrize("place", list(places(SESSION)))
def test_another_type_is_refused(place: str) -> None:
    assert not json_accepts(at(place, [["a list in a list"]]))


def holders(node: Any, path: str = "") -> Iterator[str]:
    """Every object in a session."""
    if isinstance(node, dict):
        yield path
    for step, value in node.items() if isinstance(node, dict) else enumerate(node):
        if isinstance(value, dict | list):
            yield from holders(value, f"{path}/{step}")


@pytest.mark.parametrize("holder", list(holders(SESSION)))
def test_undocumented_field_passes(holder: str) -> None:
    assert json_accepts(at(f"{holder}/undocumented", {"a": [1, None]}))


NUMBERS = [
    ("443", True, True),
    ("443.0", True, True),
    ("443.", True, True),
    ("4.43E2", True, True),
    ("443e-0", True, True),
    ("+443", True, True),
    (" 443\n", True, True),
    ("443.5", False, True),
    (".5", False, True),
    ("-0.5", False, True),
    ("NaN", False, False),
    ("INF", False, False),
    ("-INF", False, False),
    ("0x1F", False, False),
    ("1_000", False, False),
    ("1,5", False, False),
    ("٤", False, False),
    ("e", False, False),
    (".", False, False),
    ("", False, False),
]


@pytest.mark.parametrize(("text", "is_integer", "is_number"), NUMBERS)
def test_number_in_xml(text: str, is_integer: bool, is_number: bool) -> None:
    assert xsd_accepts(to_xml({"roundId": text}, root="session")) == is_integer
    assert xsd_accepts(to_xml({"experienceScore": text}, root="session")) == is_number


@pytest.mark.parametrize("root", ["session", "userSessions"])
def test_bare_session(root: str) -> None:
    bare = jsonschema_rs.Draft202012Validator({"$ref": "#/$defs/session", "$defs": SCHEMA["$defs"]})
    assert bare.is_valid(SESSION)
    assert not bare.is_valid({**SESSION, "port": 0})
    assert xsd_accepts(to_xml(SESSION, root=root))
    assert not xsd_accepts(to_xml({**SESSION, "port": 0}, root=root))


def test_children_come_in_any_order() -> None:
    def reversed_keys(node: Any) -> Any:
        if isinstance(node, dict):
            return {key: reversed_keys(node[key]) for key in reversed(node)}
        return [reversed_keys(item) for item in node] if isinstance(node, list) else node

    assert xsd_accepts(to_xml(reversed_keys(sound())))


# Whatever the value, a field of the right type is judged alike by both schemas.

XML_TEXT = st.text(
    st.characters(codec="utf-8", exclude_characters="\ufffe\uffff", exclude_categories=["Cs"]).filter(
        lambda character: character >= " " or character in "\t\n\r"
    )
)
SHAPED_TEXT = st.one_of(
    XML_TEXT,
    st.from_regex(r"[0-9]{4}-[01][0-9]-[0-3][0-9] [0-2][0-9]:[0-6][0-9]:[0-6][0-9]\n?", fullmatch=True),
    st.from_regex(r"(https?://)?\[?[a-f0-9.:]*\]?(:[0-9]+)?[/?# \n]?", fullmatch=True),
)
WHOLE = st.integers(-(2**63), 2**64 - 1) | st.integers(-1, 70_000) | st.integers(10**8 - 9, 10**15).map(float)
NUMBER = WHOLE | st.floats(allow_nan=False, allow_infinity=False) | st.floats(-200, 200)


def leaves(kind: type) -> list[str]:
    """Where the sound session has such values."""

    def value_at(place: str) -> Any:
        node: Any = SESSION
        for step in place.split("/")[1:]:
            node = node[int(step) if isinstance(node, list) else step]
        return node

    return [place for place in places(SESSION) if type(value_at(place)) is kind]


@given(st.sampled_from(leaves(str)), SHAPED_TEXT)
def test_twins_of_text_are_judged_alike(place: str, value: str) -> None:
    payload = at(place, value)
    assert xsd_accepts(to_xml(payload)) == json_accepts(payload)


@given(st.sampled_from(leaves(int)), WHOLE)
def test_twins_of_whole_numbers_are_judged_alike(place: str, value: float) -> None:
    payload = at(place, value)
    assert xsd_accepts(to_xml(payload)) == json_accepts(payload)


@given(st.sampled_from(leaves(float)), NUMBER)
def test_twins_of_numbers_are_judged_alike(place: str, value: float) -> None:
    payload = at(place, value)
    assert xsd_accepts(to_xml(payload)) == json_accepts(payload)


# The JSON Schema as a document.


def subschemas(node: Any) -> Iterator[dict[str, Any]]:
    """Every object of the schema: subschemas, and tables of them."""
    if isinstance(node, dict):
        yield node
    for value in node.values() if isinstance(node, dict) else node:
        if isinstance(value, dict | list):
            yield from subschemas(value)


def test_json_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert jsonschema_rs.meta.is_valid(SCHEMA)


def test_rules_named_in_the_schema_exist_and_can_word_what_it_finds() -> None:
    named = {each["x-rule"] for each in subschemas(SCHEMA) if "x-rule" in each}
    assert {name for name in named if not re.fullmatch(r"[A-Z]{3}[0-9]{3}", name)} == set()
    assert named <= registry().keys()
    assert {name for name in named if registry()[name].wording is None} == set()


def test_patterns_mean_the_same_in_every_dialect() -> None:
    patterns = {each["pattern"] for each in subschemas(SCHEMA) if isinstance(each.get("pattern"), str)}
    assert patterns
    for pattern in patterns:
        assert pattern.isascii()
        assert not re.search(r"\\[dDsSwWbBpPAZz]|\(\?", pattern), pattern


def test_no_object_is_closed() -> None:
    closing = {"additionalProperties", "unevaluatedProperties", "propertyNames"}
    assert [each for each in subschemas(SCHEMA) if closing & each.keys()] == []
