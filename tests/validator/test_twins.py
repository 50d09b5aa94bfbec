"""A payload in XML and its twin in JSON: the same tree, the same findings at the same places."""

import copy
import re
from typing import Any, is_typeddict

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessionlint import Finding, check
from sessionlint.decode.xml_document import XmlDocument, decode_xml
from sessionlint.limits import Limits
from sessionlint.payload import Session, UserSessions, fields_of
from sessionlint.plan import documented_names
from support import EXAMPLES, SOUND, at, sound, without
from support_xml import to_xml

# Payloads that have a twin: no value of another JSON type, and the lists that XML cannot leave out.

TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), max_size=8)
STRINGS = TEXTS | st.sampled_from(
    [
        *("", " ", "\n", "a\r\nb", "<direct>", "]]>", "&amp;", "443", "NaN", "*", "10.0.0.1", "fe80::1%en0", "52.95.218.66"),
        *("2017-03-26 11:58:43", "2017-02-30 11:58:43", "https://a.example/?a=1&b=2", "89.210.0.0/18", "L=3,E=0,S=1,T=1"),
    ]
)  # fmt: skip
INTEGERS = st.integers(-3, 300) | st.integers(-(2**63), 2**64 - 1) | st.sampled_from([443.0, 1e20, 1490529480, -0.0])
FLOATS = INTEGERS | st.floats(-2, 2) | st.floats(allow_nan=False, allow_infinity=False)
SCALARS = {str: STRINGS, int: INTEGERS | FLOATS, float: FLOATS, bool: st.booleans()}

NEW_NAMES = st.sampled_from(["new", "pktsRecieved", "_", "a.b-c", "été", "Port", "sourceAddress"])


def new_values() -> st.SearchStrategy[Any]:
    """What nobody documented: a list of one has no twin, nor has an object without fields."""
    objects = st.dictionaries(NEW_NAMES, st.deferred(new_values), min_size=1, max_size=3)
    items: st.SearchStrategy[Any] = TEXTS | objects
    return items | st.lists(items, min_size=2, max_size=3)


NEW_VALUES = new_values()


def items_of(kind: Any) -> st.SearchStrategy[Any]:
    return objects(kind) if is_typeddict(kind) else SCALARS[kind]


@st.composite
def objects(draw: st.DrawFn, kind: Any) -> dict[str, Any]:
    """Any object of a kind, whatever its values."""
    names = draw(st.lists(st.sampled_from(list(kind.__annotations__)), unique=True))
    value = {}
    for name, (item, is_list) in fields_of(kind).items():
        if is_list:
            may_be_empty = name != "mpls" and "error" not in names
            if name in names or may_be_empty:
                value[name] = draw(st.lists(items_of(item), min_size=not may_be_empty, max_size=3))
        elif name in names:
            value[name] = draw(items_of(item))
    if draw(st.booleans()):
        value |= draw(st.dictionaries(NEW_NAMES, NEW_VALUES, max_size=2))
    return value


def places(kind: Any, value: dict[str, Any]) -> list[tuple[Any, dict[str, Any]]]:
    """The documented objects in a payload, with their kinds."""
    found = [(kind, value)]
    for name, (item, is_list) in fields_of(kind).items():
        if name in value and is_typeddict(item):
            found += [place for each in (value[name] if is_list else [value[name]]) for place in places(item, each)]
    return found


@st.composite
def changed_payloads(draw: st.DrawFn) -> dict[str, Any]:
    """The sound payload with a few of its fields gone, added or different."""
    payload = sound()
    for _ in range(draw(st.integers(0, 4))):
        kind, holder = draw(st.sampled_from(places(UserSessions, payload)))
        name = draw(st.sampled_from([name for name, (_, is_list) in fields_of(kind).items() if not is_list]
                                    or list(kind.__annotations__)))  # fmt: skip
        if kind is UserSessions:
            payload["userSessions"].append(copy.deepcopy(draw(st.sampled_from(payload["userSessions"]))))
        elif draw(st.integers(0, 3)) == 0:
            # Without its error, a trace that has no hops either has no twin: XML cannot say that a list is absent.
            if not (name == "error" and "hops" not in holder and "hops" in kind.__annotations__):
                holder.pop(name, None)
        elif draw(st.integers(0, 3)) == 0:
            holder[draw(NEW_NAMES)] = draw(NEW_VALUES)
        elif not (name == "error" and "hops" in holder and not holder["hops"]):
            holder[name] = draw(items_of(kind.__annotations__[name]))
    return payload


@st.composite
def payloads(draw: st.DrawFn) -> dict[str, Any]:
    payload = draw(changed_payloads() | objects(UserSessions))
    if not payload["userSessions"]:
        return {"userSessions": []}  # what else would tell a response?
    return payload


def decoded(xml: bytes) -> XmlDocument:
    document = decode_xml(xml, Limits())
    assert isinstance(document, XmlDocument)
    return document


def told(findings: tuple[Finding, ...]) -> list[tuple[str, str, str]]:
    return sorted((each.rule, each.pointer, each.severity) for each in findings)


def test_new_names_are_new() -> None:
    assert not documented_names() & {"new", "pktsRecieved", "_", "a.b-c", "été", "Port", "sourceAddress"}


@given(payloads())
def test_twins_have_the_same_tree(payload: dict[str, Any]) -> None:
    document = decoded(to_xml(payload))
    assert document.tree == orjson.loads(orjson.dumps(payload))
    assert document.defects == ()
    assert not document.made_up
    assert not document.cut


@given(payloads())
def test_twins_give_the_same_findings(payload: dict[str, Any]) -> None:
    xml = check(to_xml(payload), select=["ALL"])
    json = check(orjson.dumps(payload), select=["ALL"])
    assert told(xml.findings) == told(json.findings)
    assert xml.summary.sessions == json.summary.sessions
    assert all(each.line and each.column and each.format == "xml" for each in xml.findings)


@given(
    objects(Session).map(lambda session: {"userSessionId": "1:1490529480:a", **session}),
    st.sampled_from(["session", "response"]),
)
def test_bare_sessions_have_twins_too(session: dict[str, Any], root: str) -> None:
    xml = to_xml(session, root=root)
    assert decoded(xml).tree == orjson.loads(orjson.dumps(session))
    assert told(check(xml, select=["ALL"]).findings) == told(check(orjson.dumps(session), select=["ALL"]).findings)


@pytest.mark.parametrize(
    "payload",
    [
        SOUND,
        orjson.loads((EXAMPLES / "documentation.json").read_bytes()),
        {"userSessions": []},
        {"userSessions": [{"pages": []}]},
        at("port", 0),
        at("port", 443.5),
        at("network/ping", {"error": "timed out", "pktsSent": 10}),
        at("network/ping", {}),
        at("network/traceroute", {"error": "timed out"}),
        at("network/traceroute", {"destination": "13.32.22.232", "hops": []}),
        at("network/traceroute/hops/0/mpls", ["L=1,E=0,S=0,T=300", "x"]),
        at("network/systemMetrics/cpuUtilization/max", 56.25),
        at("network/connect", {}),
        at("browser", {}),
        at("new", {"a": ["1", "2"]}),
        without("agentId"),
        without("network"),
    ],
    ids=range(17),
)
def test_these_twins_give_the_same_findings_in_the_same_order(payload: dict[str, Any]) -> None:
    findings = [check(body, select=["ALL"]).findings for body in (to_xml(payload), orjson.dumps(payload))]
    xml, json = ([(each.rule, each.pointer, each.severity) for each in several] for several in findings)
    assert xml == json


# What only XML can get wrong: the XSD's findings.


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (b"<browser>", b"<browser>text", [("SCH002", "/userSessions/0/browser", "error")]),
        (b"</pages>", b"text</pages>", [("SCH002", f"/userSessions/0/pages/{index}", "error") for index in (0, 1)]),
        (b"<userSessions>", b"text<userSessions>", [("SCH002", "", "error")]),
        # Undocumented elements and attributes hide nothing.
        (
            b"<browser>",
            b"<browser><new>1</new>text<!-- comment -->",
            [("SCH002", "/userSessions/0/browser", "error"), ("SCH004", "/userSessions/0/browser/new", "info")],
        ),
        (b"<browser>", b"<browser a='1'>", [("SCH004", "/userSessions/0/browser/@a", "info")]),
        (b"<port>", b"<port a='1'>", [("SCH004", "/userSessions/0/port@a", "info")]),
        (b"<response>", b"<response xmlns='urn:x'>", []),
        # One defect, one finding.
        (b"<port>443</port>", b"<port>x</port>", [("SCH002", "/userSessions/0/port", "error")]),
        (b"<port>443</port>", b"<port/>", [("SCH002", "/userSessions/0/port", "error")]),
        (b"<port>443</port>", b"<port><a>443</a></port>", [("SCH002", "/userSessions/0/port", "error")]),
        (b"<port>443</port>", b"<port>INF</port>", [("CAP006", "/userSessions/0/port", "error")]),
        (b"<port>443</port>", b"<port>x</port><port>443</port>", [("CAP005", "/userSessions/0/port", "error")]),
        (b"<port>443</port>", b"<port>0</port>", [("SES008", "/userSessions/0/port", "error")]),
        (b"<icmpBlocked>false", b"<icmpBlocked>no", [("SCH002", "/userSessions/0/network/icmpBlocked", "error")]),
        (b"<network>", b"<network><ping>text<error/></ping></network><network>", [("CAP005", "/userSessions/0/network", "error")]),
        (b"<browser>", b"<browser>text<browser/></browser><browser>", [("CAP005", "/userSessions/0/browser", "error")]),
    ],
)  # fmt: skip
def test_what_has_no_twin_is_told_once(old: bytes, new: bytes, expected: list[tuple[str, str, str]]) -> None:
    xml = to_xml(SOUND)
    assert old in xml
    assert told(check(xml.replace(old, new)).findings) == expected


def test_a_prefix_that_nothing_declares_does_not_keep_the_xsd_from_being_asked() -> None:
    xml = to_xml(SOUND).replace(b"response>", b"resp:onse>").replace(b"<userSessions>", b'<userSessions a="1">')
    found = told(check(xml.replace(b"<browser>", b"<browser>text")).findings)
    assert [rule for rule, _, _ in found] == ["CAP013", "CAP019", "SCH002", "SCH004"]


@pytest.mark.parametrize("old", [b"", b"<browser>", b"<port>443"])
def test_the_prefix_of_the_root_counts_for_nothing_even_if_nothing_declares_it(old: bytes) -> None:
    xml = to_xml(SOUND).replace(old, old + b"x" if old else b"")
    without_prefix = told(check(xml).findings)
    with_prefix = check(re.sub(rb"<(/?)(?=\w)", rb"<\1te:", xml)).findings
    assert told(with_prefix) == sorted([("CAP013", "", "error"), *without_prefix])
    assert all(each.line == 2 and each.column for each in with_prefix)


@pytest.mark.parametrize("time", ["1970-01-01 00:00:12", "2017-02-30 00:00:00"])
def test_of_several_times_the_same_is_told_first(time: str) -> None:
    payload = at("date", time, at("pages/1/startedDateTime", time))
    assert told(check(to_xml(payload)).findings) == told(check(payload).findings)


def test_what_is_cut_off_is_not_missed() -> None:
    xml = to_xml(SOUND)
    for end in range(xml.index(b"<port>"), len(xml), 40):
        assert {each.rule for each in check(xml[:end]).findings} == {"CAP004"}


@pytest.mark.parametrize(("root", "pointer"), [("response", "/userSessions/0"), ("session", "")])
def test_the_xsd_is_not_asked_about_an_object_that_is_too_wide(root: str, pointer: str) -> None:
    pages = [{"id": str(number)} for number in range(10_001)]
    payload = at("pages", pages, at("numberOfPages", len(pages)))
    (finding,) = check(to_xml(payload if root == "response" else payload["userSessions"][0], root=root)).findings
    assert (finding.rule, finding.pointer, finding.line) == ("CAP015", pointer, 2)


def test_many_sessions_are_checked_one_at_a_time() -> None:
    xml = to_xml(SOUND).replace(b"<browser>", b"<browser>text")
    start, end = xml.index(b"<userSessions>"), xml.index(b"</response>")
    many = xml[:start] + xml[start:end] * 20 + xml[end:]
    assert told(check(many, select=["SCH"]).findings) == sorted(
        ("SCH002", f"/userSessions/{index}/browser", "error") for index in range(20)
    )


def nullable_places(value: Any = SOUND, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place of the sound payload but for lists, which have no element of their own."""
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    below = [place for step, inner in steps for place in nullable_places(inner, (*path, step))]
    return below if isinstance(value, list) or not path else [path, *below]


@pytest.mark.parametrize("place", nullable_places(), ids=lambda place: "/".join(map(str, place)))
def test_null_has_a_twin(place: tuple[Any, ...]) -> None:
    payload = sound()
    holder: Any = payload
    for step in place[:-1]:
        holder = holder[step]
    holder[place[-1]] = None
    xml, json = (check(body, select=["ALL"]).findings for body in (to_xml(payload), orjson.dumps(payload)))
    assert [(each.rule, each.pointer, each.severity, each.message) for each in xml] == [
        (each.rule, each.pointer, each.severity, each.message) for each in json
    ]


def test_a_hop_that_did_not_answer_may_say_so_by_null() -> None:
    hop = {"hop": 3, "ipAddress": None, "delay": None, "asn": None, "mpls": [None]}
    payload = at("network/traceroute/hops/2", hop, at("network/ping/error", None))
    assert told(check(to_xml(payload)).findings) == told(check(orjson.dumps(payload)).findings)


@pytest.mark.parametrize(
    "element", ['<port xsi:nil="false"/>', '<port xsi:nil="true">443</port>', '<port nil="true"/>']
)
def test_what_does_not_say_nil_is_no_null(element: str) -> None:
    xml = to_xml(SOUND).replace(b"<port>443</port>", element.encode(), 1)
    xml = xml.replace(b"<response>", b'<response xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">')
    assert "SCH005" not in {each.rule for each in check(xml).findings}


def test_a_name_that_is_none_without_its_prefix() -> None:
    """libxml2 reads on where a text is broken, and makes elements that no document could have."""
    text = '<response><userSessions a="1"><userSessionId><xi:8include>a</xi:8include></userSessionId></userSessions></response>'
    assert "CAP013" in {each.rule for each in check(text.encode()).findings}
