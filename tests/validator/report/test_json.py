"""The reports for programs: json and jsonl."""

import json
from importlib.resources import files
from typing import Any

import jsonschema
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessionlint import __version__
from sessionlint.finding import Finding
from sessionlint.report import reporter
from sessionlint.report.json import dumps
from sessionlint.summary import Summary
from support_findings import BARE, FINDING, HOSTILE, findings, summary

SCHEMA: dict[str, Any] = json.loads(files("sessionlint.report").joinpath("findings.schema.json").read_bytes())

OBJECT = (
    '{"rule":"PNG003","name":"more-packets-received-than-sent","lane":"consistency","severity":"warning",'
    '"message":"pktsReceived is 11 but only 10 packets were sent",'
    '"address":"captures/a.json!/userSessions/0/network/ping/pktsReceived","capture":"captures/a.json",'
    '"pointer":"/userSessions/0/network/ping/pktsReceived","format":"json",'
    '"line":31,"column":25,"endLine":31,"endColumn":27,'
    '"related":[{"pointer":"/userSessions/0/network/ping/pktsSent","line":31,"column":41,"message":"10 sent"}],'
    '"session":"07625:1490529480:h3qJQTpl","agent":"3fde6422-f119-40e1-ae32-d08a1243c038",'
    '"help":"Look for duplicated packets.","fingerprint":"00112233445566778899aabb"}'
)
SUMMARY = (
    '{"captures":2,"payloads":2,"sessions":3,"unreadable":0,"skipped":{},'
    '"findings":{"error":0,"warning":2,"info":0},"rules":{"PNG003":2},"suppressed":0,"seconds":0.25}'
)
TWO = summary(findings={"warning": 2}, rules={"PNG003": 2})


def report(name: str, found: list[Finding], counts: Summary) -> str:
    """The whole text of a report."""
    made = reporter(name)
    return made.begin() + "".join(map(made.finding, found)) + made.end(counts)


def as_data(finding: Finding) -> dict[str, Any]:
    """A finding as the interface describes it, made another way than the reporter makes it.

    Two surrogates that stand together by chance are one character in JSON.
    """
    names = {"end_line": "endLine", "end_column": "endColumn"}
    fields = finding._asdict().items()
    data = {names.get(key, key): value for key, value in fields if not key.startswith(("excerpt", "is_", "source"))}
    data["related"] = [dict(zip(each._fields, each, strict=True)) for each in finding.related]
    return {key: _paired(value) for key, value in data.items()}


def _paired(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
    if isinstance(value, dict):
        return {key: _paired(item) for key, item in value.items()}
    return [_paired(item) for item in value] if isinstance(value, list) else value


def test_a_document_has_a_finding_a_line() -> None:
    assert report("json", [FINDING, FINDING], TWO) == (
        "{\n"
        '  "version": 1,\n'
        f'  "tool": {{"name":"sessionlint","version":"{__version__}"}},\n'
        '  "findings": [\n'
        f"    {OBJECT},\n"
        f"    {OBJECT}\n"
        "  ],\n"
        f'  "summary": {SUMMARY}\n'
        "}\n"
    )


def test_json_lines_are_findings_only() -> None:
    assert report("jsonl", [FINDING, FINDING], TWO) == f"{OBJECT}\n{OBJECT}\n"
    assert report("jsonl", [], summary()) == ""


@pytest.mark.parametrize(
    "found",
    [
        pytest.param([], id="none"),
        pytest.param([FINDING], id="one"),
        pytest.param([FINDING, BARE, BARE._replace(format=None, session=None, agent=None)], id="several"),
    ],
)
def test_a_document_is_as_its_schema_says(found: list[Finding]) -> None:
    counts = summary(skipped={"not a payload": 2}, findings={"warning": len(found)}, rules={"PNG003": 3})
    document = json.loads(report("json", found, counts))
    jsonschema.Draft202012Validator(SCHEMA).validate(document)
    assert document["findings"] == [as_data(finding) for finding in found]
    assert document["summary"] == counts._asdict() | {"findings": {"error": 0, "warning": len(found), "info": 0}}


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize(
    ("place", "schema"),
    [
        pytest.param([], SCHEMA, id="document"),
        pytest.param(["tool"], SCHEMA["properties"]["tool"], id="tool"),
        pytest.param(["findings", 0], SCHEMA["$defs"]["finding"], id="finding"),
        pytest.param(["findings", 0, "related", 0], SCHEMA["$defs"]["related"], id="related"),
        pytest.param(["summary"], SCHEMA["$defs"]["summary"], id="summary"),
        pytest.param(
            ["summary", "findings"], SCHEMA["$defs"]["summary"]["properties"]["findings"], id="findings by severity"
        ),
    ],
)
def test_the_schema_names_every_key_in_order_and_no_other(place: list[str | int], schema: dict[str, Any]) -> None:
    document = json.loads(report("json", [FINDING], summary()))
    for step in place:
        document = document[step]
    assert list(document) == list(schema["properties"]) == schema["required"]
    assert schema["additionalProperties"] is False


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("version",), 2),
        (("findings", 0, "rule"), "png3"),
        (("findings", 0, "severity"), "note"),
        (("findings", 0, "line"), 0),
        (("findings", 0, "pointer"), "userSessions"),
        (("findings", 0, "pointer"), "/~2"),
        (("findings", 0, "extra"), 1),
        (("summary", "payloads"), -1),
        (("summary", "rules"), {"PNG003": 0}),
    ],
)
def test_the_schema_refuses(place: tuple[str | int, ...], value: object) -> None:
    document = json.loads(report("json", [FINDING], summary()))
    holder = document
    for step in place[:-1]:
        holder = holder[step]
    holder[place[-1]] = value
    assert not jsonschema.Draft202012Validator(SCHEMA).is_valid(document)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("plain", '"plain"'),
        ("Ljubljana, Šiška", '"Ljubljana, Šiška"'),
        ("セッション", '"セッション"'),
        ("\x1b[31m", r'"\u001b[31m"'),
        ("\x7f", r'"\u007f"'),
        ("\x9b", r'"\u009b"'),
        ("a\nb\tc", r'"a\nb\tc"'),
        ("\u202e", r'"\u202e"'),
        ("\u2028\u2029", r'"\u2028\u2029"'),
        ("\ufeff", r'"\ufeff"'),
        ("\U000e0041", r'"\udb40\udc41"'),
        ("\ud800", r'"\ud800"'),
        ("]]>", '"]]>"'),
        ("<direct>", '"<direct>"'),
    ],
)
def test_a_string_is_written(text: str, written: str) -> None:
    assert dumps(text) == written
    assert json.loads(written) == text


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("name", ["json", "jsonl"])
def test_hostile_strings_survive_and_do_no_harm(name: str, hostile: str) -> None:
    finding = BARE._replace(capture=hostile, address=hostile, message=hostile, session=hostile, help=hostile)
    text = report(name, [finding], summary())
    assert text.replace("\n", "").isprintable()
    told = json.loads(text) if name == "jsonl" else json.loads(text)["findings"][0]
    assert told == as_data(finding)


@given(found=st.lists(findings()))
def test_any_findings_can_be_read_back(found: list[Finding]) -> None:
    expected = [as_data(finding) for finding in found]
    document, lines = report("json", found, summary()), report("jsonl", found, summary())
    assert json.loads(document)["findings"] == expected
    assert [json.loads(line) for line in lines.splitlines()] == expected
    assert all(line.isprintable() for text in (document, lines) for line in text.split("\n"))


@given(text=st.text())
def test_strict_parsers_read_what_is_unicode(text: str) -> None:
    assert orjson.loads(dumps({"text": text})) == {"text": text}
