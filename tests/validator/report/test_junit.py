"""The report for CI pages that show tests."""

from io import BytesIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from junitparser import Failure, JUnitXml, SystemOut
from lxml import etree

from sessionlint.escape import printable
from sessionlint.finding import Finding, Severity
from sessionlint.report import reporter
from support_findings import BARE, FINDING, HOSTILE, findings, summary

# What the report uses of the schema that Jenkins checks reports against, junit-10.xsd, and nothing else.
SCHEMA = etree.XMLSchema(
    etree.XML(
        """
        <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
          <xs:element name="testsuites">
            <xs:complexType>
              <xs:sequence>
                <xs:element ref="testsuite" minOccurs="0" maxOccurs="unbounded"/>
              </xs:sequence>
              <xs:attribute name="name" type="xs:string" use="required"/>
            </xs:complexType>
          </xs:element>
          <xs:element name="testsuite">
            <xs:complexType>
              <xs:sequence>
                <xs:element ref="testcase" maxOccurs="unbounded"/>
              </xs:sequence>
              <xs:attribute name="name" type="xs:string" use="required"/>
              <xs:attribute name="tests" type="xs:nonNegativeInteger" use="required"/>
              <xs:attribute name="failures" type="xs:nonNegativeInteger" use="required"/>
              <xs:attribute name="errors" type="xs:nonNegativeInteger" use="required"/>
            </xs:complexType>
          </xs:element>
          <xs:element name="testcase">
            <xs:complexType>
              <xs:sequence>
                <xs:element name="failure" minOccurs="0">
                  <xs:complexType>
                    <xs:simpleContent>
                      <xs:extension base="xs:string">
                        <xs:attribute name="type" type="xs:string" use="required"/>
                        <xs:attribute name="message" type="xs:string" use="required"/>
                      </xs:extension>
                    </xs:simpleContent>
                  </xs:complexType>
                </xs:element>
                <xs:element name="system-out" type="xs:string" minOccurs="0"/>
              </xs:sequence>
              <xs:attribute name="classname" type="xs:string" use="required"/>
              <xs:attribute name="name" type="xs:string" use="required"/>
            </xs:complexType>
          </xs:element>
        </xs:schema>
        """
    )
)

ERROR = BARE._replace(rule="SES002", severity="error", message="no such day")


def report(*told: Finding | str, **options: Any) -> str:
    """The whole text of a report of captures (by address) and findings."""
    made = reporter("junit", **options)
    middle = "".join(made.capture(each) if isinstance(each, str) else made.finding(each) for each in told)
    return made.begin() + middle + made.end(summary())


def suites(text: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Each suite's name and cases, and of a case its name and what became of it; as junitparser reads them."""
    read = JUnitXml.fromstring(text.encode())
    told = []
    for suite in read:
        cases = [(case.name, " ".join(type(each).__name__ for each in case.result) or "passed") for case in suite]
        assert (suite.tests, suite.failures, suite.errors) == (len(cases), str(cases).count("Failure"), 0)
        told.append((suite.name, cases))
    return told


def test_a_document() -> None:
    text = report("sound.json", "captures/a.json", FINDING, FINDING._replace(severity="error", help=None))
    assert text == (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<testsuites name="sessionlint">\n'
        '  <testsuite name="sound.json" tests="1" failures="0" errors="0">\n'
        '    <testcase classname="sessionlint" name="sound.json"/>\n'
        "  </testsuite>\n"
        '  <testsuite name="captures/a.json" tests="1" failures="1" errors="0">\n'
        '    <testcase classname="sessionlint" name="captures/a.json">\n'
        '      <failure type="PNG003" message="PNG003 pktsReceived is 11 but only 10 packets were sent">'
        "captures/a.json:31:25 error PNG003 pktsReceived is 11 but only 10 packets were sent\n"
        "  at /userSessions/0/network/ping/pktsReceived\n"
        "  see line 31, column 41: 10 sent</failure>\n"
        "      <system-out>"
        "captures/a.json:31:25 warning PNG003 pktsReceived is 11 but only 10 packets were sent\n"
        "  at /userSessions/0/network/ping/pktsReceived\n"
        "  see line 31, column 41: 10 sent\n"
        "  help: Look for duplicated packets.</system-out>\n"
        "    </testcase>\n"
        "  </testsuite>\n"
        "</testsuites>\n"
    )


def of(capture: str) -> Finding:
    return ERROR._replace(capture=capture)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        pytest.param([], [], id="nothing"),
        pytest.param(["a.json"], [("a.json", [("a.json", "passed")])], id="what passed is told"),
        pytest.param(["a.json", of("a.json")], [("a.json", [("a.json", "Failure")])], id="what failed is told once"),
        pytest.param([of("a.json")], [("a.json", [("a.json", "Failure")])], id="a capture that was not announced"),
        pytest.param(
            ["a.json", "a.json"], [("a.json", [("a.json", "passed"), ("a.json", "passed")])], id="named twice"
        ),
        pytest.param(
            ["d.zip!/a.json", "d.zip!/b.zip!/c.json", of("d.zip!/b.zip!/c.json"), "e.jsonl!/1", "e.jsonl!/2"],
            [
                ("d.zip", [("d.zip!/a.json", "passed"), ("d.zip!/b.zip!/c.json", "Failure")]),
                ("e.jsonl", [("e.jsonl!/1", "passed"), ("e.jsonl!/2", "passed")]),
            ],
            id="a suite holds all captures of a file",
        ),
        pytest.param(
            ["a.json", "b.json", of("a.json")],
            [
                ("a.json", [("a.json", "passed")]),
                ("b.json", [("b.json", "passed")]),
                ("a.json", [("a.json", "Failure")]),
            ],
            id="a finding that comes late",
        ),
    ],
)
def test_suites_and_cases(told: list[Finding | str], expected: list[Any]) -> None:
    assert suites(report(*told)) == expected


@pytest.mark.parametrize(
    ("fail_on", "failing", "others"),
    [
        ("error", {"error"}, {"warning", "info"}),
        ("warning", {"error", "warning"}, {"info"}),
        ("info", {"error", "warning", "info"}, set()),
        ("never", {"error"}, {"warning", "info"}),
    ],
)
def test_a_case_fails_by_what_makes_the_run_fail(fail_on: str, failing: set[str], others: set[str]) -> None:
    severities: list[Severity] = ["info", "warning", "error"]
    found = [BARE._replace(severity=severity, message=f"<{severity}>") for severity in severities]
    ((case,),) = JUnitXml.fromstring(report(*found, fail_on=fail_on).encode())
    texts = {type(each): each.text for each in case.result} | {SystemOut: case.system_out or ""}
    assert {each for each in severities if f"<{each}>" in texts[Failure]} == failing
    assert {each for each in severities if f"<{each}>" in texts[SystemOut]} == others


def test_a_failure_says_how_many_findings_it_stands_for() -> None:
    ((case,),) = JUnitXml.fromstring(
        report(ERROR, BARE, *[ERROR._replace(rule="SES003", message="other")] * 200, *[BARE] * 150).encode()
    )
    (failure,) = case.result
    assert failure.type == "SES002"
    assert failure.message == "SES002 no such day (and 200 more findings)"
    assert failure.text.splitlines() == [
        "captures/a.json error SES002 no such day",
        *["captures/a.json error SES003 other"] * 99,
        "… and 101 more findings",
    ]
    assert case.system_out.splitlines()[99:] == [
        "captures/a.json warning PNG003 pktsReceived is 11 but only 10 packets were sent",
        "… and 51 more findings",
    ]


@pytest.mark.parametrize("hostile", [*HOSTILE.values(), "a\ufffeb\uffff"], ids=[*HOSTILE, "noncharacters"])
def test_hostile_strings_are_text(hostile: str) -> None:
    text = report(ERROR._replace(message=hostile, capture=hostile, pointer=hostile, help=hostile), BARE)
    safe = printable(hostile).replace("\ufffe", "\\ufffe").replace("\uffff", "\\uffff")
    read = etree.fromstring(text.encode())
    assert SCHEMA.validate(read), SCHEMA.error_log
    assert read[0][0].get("name") == safe
    inside = safe.replace("\\u003a", ":")  # a command only where a line starts with it
    assert read[0][0][0].get("message") == f"SES002 {inside}"
    assert read[0][0][0].text == f"{safe} error SES002 {inside}\n  at {safe}\n  help: {inside}"


@given(told=st.lists(findings() | st.text().map(str), max_size=20), fail_on=st.sampled_from(["error", "info", "never"]))
def test_any_report_is_as_the_schema_says(told: list[Finding | str], fail_on: str) -> None:
    text = report(*told, fail_on=fail_on)
    lines = text.split("\n")
    assert lines == list(map(printable, lines))
    SCHEMA.assertValid(etree.parse(BytesIO(text.encode())))
    suites(text)
