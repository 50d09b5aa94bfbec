"""What the engine itself decides: which rules run, what is said once, where findings point."""

import copy
from collections.abc import Callable
from typing import Any

import orjson
import pytest

import sessionlint.rule
from sessionlint import Finding, check
from sessionlint.conformance import EngineName
from sessionlint.finding import ERROR, Problem, note, problem
from sessionlint.payload import Ping
from sessionlint.rule import PLAUSIBLE, rule
from support import at, sound, without
from support_xml import to_xml

S = "/userSessions/0"


def told(payload: Any, **options: Any) -> list[tuple[str, str]]:
    return [(finding.rule, finding.pointer) for finding in check(orjson.dumps(payload), **options).findings]


def test_nulls_of_a_parsed_payload_come_in_its_own_order() -> None:
    """A set's order is another in each process."""
    names = ["visitedSite", "port", "orgName", "protocol", "coordinates", "permalink", "browser", "committed"]
    session = sound()["userSessions"][0]
    session = dict.fromkeys(names) | {key: value for key, value in session.items() if key not in names}
    findings = check({"userSessions": [session]}).findings
    assert [finding.pointer for finding in findings] == [f"{S}/{name}" for name in names]


def test_a_sound_payload_gives_nothing() -> None:
    report = check(orjson.dumps(sound()))
    assert report.findings == ()
    assert (report.summary.captures, report.summary.payloads, report.summary.sessions) == (1, 1, 1)


@pytest.mark.parametrize("engine", ["fast", "reference"])
@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        # One defect, one finding: a value of the wrong type is not also out of range, absent or impossible.
        (at("network/ping/pktsSent", "10"), [("SCH002", f"{S}/network/ping/pktsSent")]),
        (at("network/ping", 7), [("SCH002", f"{S}/network/ping")]),
        (
            at("network/ping/pktsSent", "10", at("network/ping/pktsReceived", "10")),
            [("SCH002", f"{S}/network/ping/{name}") for name in ("pktsReceived", "pktsSent")],
        ),
        (
            at("network/systemMetrics/cpuUtilization/max", 1.5),
            [("SYS001", f"{S}/network/systemMetrics/cpuUtilization/max")],
        ),
        (at("network/ping/minRtt", None), [("SCH005", f"{S}/network/ping/minRtt")]),
        (at("network/traceroute/hops/2", None), [("SCH005", f"{S}/network/traceroute/hops/2")]),
        (at("network/traceroute/hops/2", 5), [("SCH002", f"{S}/network/traceroute/hops/2")]),
        (at("pages", {}), [("SCH002", f"{S}/pages")]),
        (without("agentId"), [("SCH001", S)]),
        ({"userSessions": None}, [("SCH005", "/userSessions")]),
        ({"userSessions": [3]}, [("SCH002", f"{S}")]),
        ({"userSessions": []}, []),
        # A share of the CPU in percent is one defect of the exporter, not five.
        (
            at(
                "network/systemMetrics/cpuUtilization",
                {"min": 30.8, "max": 56.2, "mean": 38.9, "median": 35.3, "stdDev": 8.4, "count": 10},
            ),
            [("SYS001", f"{S}/network/systemMetrics/cpuUtilization/min")],
        ),
        # `error` beside results is told once, whatever else is beside it.
        (at("network/ping", {"error": "x", "foo": 1}), [("PNG001", f"{S}/network/ping")]),
    ],
)
def test_one_defect_gives_one_finding(payload: Any, expected: list[tuple[str, str]], engine: EngineName) -> None:
    assert told(payload, engine=engine) == expected


def test_problems_of_one_object_and_rule_are_related() -> None:
    shares = {"min": 30.8, "max": 56.2, "mean": 0.5, "median": 35.3, "stdDev": 0.1, "count": 10}
    (finding,) = check(orjson.dumps(at("network/systemMetrics/cpuUtilization", shares))).findings
    assert [related.pointer.rpartition("/")[2] for related in finding.related] == ["max", "median"]


def test_a_hundred_further_places_are_enough() -> None:
    hops = [{"hop": number, "ipAddress": f"52.95.218.{number}"} for number in range(1, 250)]
    (finding,) = check(orjson.dumps(at("network/traceroute/hops", hops)), select=["TRC004"]).findings
    assert [related.pointer for related in finding.related] == [
        f"{S}/network/traceroute/hops/{index}" for index in range(1, 101)
    ]


@pytest.mark.parametrize(
    ("payload", "pointers"),
    [
        (sound()["userSessions"][0] | {"port": 0}, ["/port"]),
        (
            [
                sound()["userSessions"][0] | {"port": 0},
                at("/userSessionId", "07625:1490529480:aKq8Zc21") | {"extra": 1},
            ],
            ["/0/port", "/1/extra"],
        ),
        ([sound()["userSessions"][0], "x"], ["/1"]),
    ],
)
def test_a_bare_session_and_a_list_are_payloads_too(payload: Any, pointers: list[str]) -> None:
    findings = check(orjson.dumps(payload)).findings
    assert [finding.pointer for finding in findings] == pointers
    assert {finding.session for finding in findings} <= {"07625:1490529480:h3qJQTpl", None}


def test_findings_come_by_position_then_rule() -> None:
    payload = at("port", 0, at("network/ping/pktsSent", -1, at("agentId", 5)))
    positions = [(finding.line, finding.column, finding.rule) for finding in check(orjson.dumps(payload)).findings]
    assert positions == sorted(positions)
    assert len(positions) == 3


@pytest.fixture
def broken_rule(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[..., Any]], None]:
    def add(function: Callable[..., Any]) -> None:
        function.__module__ = "sessionlint_rules.broken"
        rule("PNG999", on=Ping, severity=ERROR, basis=PLAUSIBLE)(function)

    from sessionlint.rule import registry

    registry()
    monkeypatch.setattr(sessionlint.rule, "_registry", dict(sessionlint.rule._registry))
    return add


def test_a_rule_that_raises_is_a_finding_and_the_run_goes_on(broken_rule: Callable[[Callable[..., Any]], None]) -> None:
    def always_broken(ping: Ping) -> Problem:
        raise ZeroDivisionError("a secret of the payload")

    broken_rule(always_broken)
    payload = at("network/ping/pktsReceived", 11)
    found = check(orjson.dumps(payload)).findings
    assert [(each.rule, each.pointer.rpartition("/network")[2]) for each in found] == [
        ("INT001", "/gatewayPing"),
        ("INT001", "/ping"),
        ("PNG003", "/ping/pktsReceived"),
    ]
    assert found[0].message == "the rule PNG999 always-broken failed: ZeroDivisionError"


def test_a_generator_that_raises_late_is_caught_too(broken_rule: Callable[[Callable[..., Any]], None]) -> None:
    def broken_later(ping: Ping) -> Any:
        yield problem("pktsSent", "first")
        raise KeyError

    broken_rule(broken_later)
    assert {each.rule for each in check(orjson.dumps(sound())).findings} == {"INT001"}


def finding_of(payload: Any, name: str = "<bytes>", indent: bool = False) -> Finding:
    (finding,) = check(orjson.dumps(payload, option=orjson.OPT_INDENT_2 if indent else 0)).findings
    return finding


def test_a_place_that_the_text_lacks_is_the_one_around_it(
    broken_rule: Callable[[Callable[..., Any]], None],
) -> None:
    def absent_here(ping: Ping) -> Problem:
        """A rule of a test that tells of a field that no ping has."""
        return problem(("quux", "corge"), "ping has no corge", related=(note("grault", "nor grault"),))

    broken_rule(absent_here)
    text = orjson.dumps(sound(), option=orjson.OPT_INDENT_2)
    lines = [text[: text.index(key)].count(b"\n") + 1 for key in (b'"gatewayPing"', b'"ping"')]
    findings = check(text).findings
    assert sorted(each.pointer.rpartition("/network")[2] for each in findings) == [
        "/gatewayPing/quux/corge",
        "/ping/quux/corge",
    ]
    assert sorted((each.line, each.related[0].line) for each in findings) == [(line, line) for line in sorted(lines)]


@pytest.mark.parametrize("select", [["SCH002"], ["SCH"], ["ALL"]])
@pytest.mark.parametrize("payload", [sound(), without("agentId")])
def test_text_beside_elements_is_told_whatever_else_is(payload: Any, select: list[str]) -> None:
    text = to_xml(payload).replace(b"<date>", b"text<date>").replace(b"</date>", b"</date>text")
    findings = check(text, select=select).findings
    assert [each.pointer for each in findings if each.rule == "SCH002"] == [S]


def test_a_fingerprint_survives_indentation_and_neighbours() -> None:
    broken = at("network/ping/pktsReceived", 11)
    alone = finding_of(broken).fingerprint
    assert finding_of(broken, indent=True).fingerprint == alone
    assert finding_of(broken["userSessions"][0]).fingerprint == alone
    neighbours = at("port", 0, broken)
    neighbours["userSessions"].insert(0, sound()["userSessions"][0] | {"userSessionId": "1:1490529480:b"})
    assert alone in {each.fingerprint for each in check(orjson.dumps(neighbours)).findings}


def test_a_fingerprint_of_several_fields_survives_another_order_and_mending_one() -> None:
    where = "network/systemMetrics/cpuUtilization"
    values = {"min": 30.9, "max": 56.3, "mean": 38.9, "median": 35.4, "stdDev": 0.1}
    changes = (values, dict(reversed(values.items())), values | {"min": 0.3})
    reports = [check(orjson.dumps(at(where, each)), select=["SYS001"]) for each in changes]
    assert [each.findings[0].pointer for each in reports] == [
        f"{S}/{where}/{name}" for name in ("min", "median", "max")
    ]
    assert len({finding.fingerprint for each in reports for finding in each.findings}) == 1


def test_a_fingerprint_differs_between_places() -> None:
    broken = at("network/ping/pktsReceived", 11, at("network/gatewayPing/pktsReceived", 11))
    broken["userSessions"].append(copy.deepcopy(broken["userSessions"][0]))
    fingerprints = [each.fingerprint for each in check(orjson.dumps(broken), select=["PNG"]).findings]
    assert len(fingerprints) == len(set(fingerprints)) == 4


def test_redaction_leaves_no_value() -> None:
    secret = "s3cr3t"
    payload = at("visitedSite", f"https://{secret}/", at("network/networkProfile/gateway", secret))
    payload["userSessions"][0][secret] = secret
    payload["userSessions"][0]["userSessionId"] = secret
    report = check(orjson.dumps(payload), redact=True)
    assert {each.rule for each in report.findings} >= {"SES014", "PRF001", "SCH004"}
    assert secret not in repr(report)
    assert all(each.session is None and each.agent is None for each in report.findings)
    assert any(each.pointer == f"{S}/***" for each in report.findings)


def test_a_payload_already_parsed_has_no_lines() -> None:
    (finding,) = check(at("port", 0)).findings
    assert (finding.rule, finding.line, finding.column, finding.format) == ("SES008", None, None, None)
    assert finding.address == f"<object>!{S}/port"


@pytest.mark.parametrize("changes", [{"min": 30.9, "max": 56.3, "mean": 38.9}, {"stdDev": 8.4, "count": -1}])
def test_what_is_one_finding_is_at_the_same_place_without_lines(changes: dict[str, float]) -> None:
    payload = sound()
    payload["userSessions"][0]["network"]["systemMetrics"]["cpuUtilization"] |= changes
    known = [(each.pointer, each.fingerprint) for each in check(orjson.dumps(payload)).findings]
    assert [(each.pointer, each.fingerprint) for each in check(payload).findings] == known
