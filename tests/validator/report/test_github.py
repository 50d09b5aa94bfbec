"""The report for GitHub Actions."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessionlint.escape import printable
from sessionlint.finding import SEVERITIES, Finding
from sessionlint.report import reporter
from support_findings import BARE, FINDING, HOSTILE, findings, summary
from support_github import read


def report(found: list[Finding], **options: Any) -> str:
    """The whole text of a report."""
    made = reporter("github", **options)
    return made.begin() + "".join(map(made.finding, found)) + made.end(summary())


def test_a_finding_is_a_command() -> None:
    assert report([FINDING]) == (
        "::warning file=captures/a.json,line=31,col=25,endLine=31,endColumn=27,"
        "title=sessionlint PNG003 more-packets-received-than-sent::"
        "captures/a.json:31:25: PNG003 pktsReceived is 11 but only 10 packets were sent%0A"
        "at /userSessions/0/network/ping/pktsReceived%0A"
        "see line 31, column 41: 10 sent%0A"
        "help: Look for duplicated packets.\n"
    )


def test_as_little_as_a_finding_can_say() -> None:
    assert report([BARE]) == (
        "::warning file=captures/a.json,title=sessionlint PNG003 more-packets-received-than-sent::"
        "captures/a.json: PNG003 pktsReceived is 11 but only 10 packets were sent\n"
    )


def test_without_findings_it_is_silent() -> None:
    assert report([]) == ""


@pytest.mark.parametrize(
    ("capture", "changes", "expected"),
    [
        pytest.param(
            "a.json",
            {},
            {"file": "a.json", "line": "31", "col": "25", "endLine": "31", "endColumn": "27"},
            id="a file",
        ),
        pytest.param(
            "a.json",
            {"end_line": 33, "end_column": 2},
            {"file": "a.json", "line": "31", "endLine": "33"},
            id="several lines have no columns",
        ),
        pytest.param(
            "a.json",
            {"end_line": None, "end_column": None},
            {"file": "a.json", "line": "31", "col": "25"},
            id="no end",
        ),
        pytest.param("50%25 off%21,a:b.json", {"line": None}, {"file": "50% off!,a:b.json"}, id="an escaped name"),
        pytest.param("dump.zip!/a.json", {}, {"file": "dump.zip"}, id="a member has no lines in the file"),
        pytest.param("a.har!/log/entries/3", {}, {"file": "a.har"}, id="a body has no lines in the file"),
        pytest.param(
            "dump.zip!/a.log!/17", {"source": "dump.zip!/a.log"}, {"file": "dump.zip"}, id="a line of a member"
        ),
        pytest.param(
            "a.log!/31",
            {"source": "a.log"},
            {"file": "a.log", "line": "31", "col": "25", "endLine": "31", "endColumn": "27"},
            id="a line of JSON Lines",
        ),
    ],
)
def test_where_it_is_shown(capture: str, changes: dict[str, Any], expected: dict[str, str]) -> None:
    _, properties, _ = read(report([FINDING._replace(capture=capture, **changes)]).rstrip("\n"))
    del properties["title"]
    assert properties == expected


@pytest.mark.parametrize(("severity", "name"), [("error", "error"), ("warning", "warning"), ("info", "notice")])
def test_a_severity_is_a_level(severity: Any, name: str) -> None:
    assert read(report([BARE._replace(severity=severity)]))[0] == name


@pytest.mark.parametrize(
    ("errors", "warnings", "infos", "options", "shown", "told"),
    [
        pytest.param(1, 10, 1, {}, "ewwwwwwwwwwi", [], id="ten of a level"),
        pytest.param(
            12,
            1,
            11,
            {},
            "eeeeeeeeeewiiiiiiiiii",
            ["… and 2 more errors and 1 more info without an annotation (at most 10 of a level)"],
            id="more than ten",
        ),
        pytest.param(
            2,
            2,
            1_000,
            {"max_findings": 3},
            "eew",
            [
                "… and 1 more warning and 1,000 more infos without an annotation (at most 10 of a level, --max-findings 3)"
            ],
            id="fewer are wanted",
        ),
    ],
)
def test_the_worst_are_shown(
    errors: int, warnings: int, infos: int, options: dict[str, int], shown: str, told: list[str]
) -> None:
    counts = {"info": infos, "warning": warnings, "error": errors}
    found = [BARE._replace(severity=severity) for severity, number in counts.items() for _ in range(number)]  # type: ignore[arg-type]  # a severity
    lines = report(found, **options).splitlines()
    commands = [line for line in lines if line.startswith("::")]
    assert [read(line)[0].replace("notice", "info")[0] for line in commands] == list(shown)
    assert lines[len(commands) :] == told


def test_of_one_level_the_first_are_shown_in_order() -> None:
    found = [BARE._replace(message=f"number {number}") for number in range(12)]
    messages = [read(line)[2] for line in report(found).splitlines()[:10]]
    assert messages == [f"captures/a.json: PNG003 number {number}" for number in range(10)]


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_hostile_strings_stay_in_their_place(hostile: str) -> None:
    finding = BARE._replace(capture=hostile, message=hostile, pointer=hostile, help=hostile)
    (line,) = report([finding]).splitlines()
    assert line.isprintable()
    name, properties, data = read(line)
    assert name == "warning"
    assert properties.keys() == {"file", "title"}
    safe = printable(hostile)
    assert data == f"{safe}: PNG003 {safe}\nat {safe}\nhelp: {safe}"


@given(found=st.lists(findings(), max_size=30))
def test_each_line_is_a_command_of_ours(found: list[Finding]) -> None:
    text = report(found)
    text.encode()
    lines = text.split("\n")
    assert lines.pop() == ""
    if lines and lines[-1].startswith("… and "):
        lines.pop()
    shown = [severity for severity in SEVERITIES for _ in [f for f in found if f.severity == severity][:10]]
    assert [read(line)[0].replace("notice", "info") for line in lines] == shown
    for line in lines:
        _, properties, _ = read(line)
        assert properties.keys() <= {"file", "line", "col", "endLine", "endColumn", "title"}
