"""The report for a job's summary or a ticket."""

from typing import Any

import cmarkgfm  # type: ignore[import-untyped]  # it has no types
import pytest
from cmarkgfm.cmark import Options  # type: ignore[import-untyped]  # it has no types
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from sessionlint.escape import printable
from sessionlint.finding import SEVERITIES, Finding, Severity
from sessionlint.report import reporter
from sessionlint.summary import Summary
from support_findings import BARE, FINDING, HOSTILE, findings, summary


def report(found: list[Finding], counts: Summary | None = None, **options: Any) -> str:
    """The whole text of a report."""
    rules = {rule: sum(each.rule == rule for each in found) for rule in sorted({each.rule for each in found})}
    made = reporter("markdown", **options)
    return made.begin() + "".join(map(made.finding, found)) + made.end(counts or summary(rules=rules))


def rendered(text: str) -> Any:
    """The page that GitHub's own parser makes of it, with whatever HTML the text has."""
    page = cmarkgfm.github_flavored_markdown_to_html(text, options=Options.CMARK_OPT_UNSAFE)
    return html.fromstring(f"<main>{page}</main>")


def rows(page: Any) -> list[list[str]]:
    """The cells of the table of findings, without its head."""
    table = page.find("table")
    return [] if table is None else [[cell.text_content() for cell in row] for row in table.iterfind("tbody/tr")]


TAGS = {"main", "h2", "p", "code", "table", "thead", "tbody", "tr", "th", "td"}


def safe(text: str) -> str:
    """A string of a payload as it is to be read."""
    return printable(text).replace("`", "\\u0060").replace("|", "\\u007c")


def test_a_report() -> None:
    error = BARE._replace(rule="SES002", name="malformed-date-time", severity="error", message="no such day")
    counts = summary(rules={"PNG003": 1, "SES002": 1}, skipped={"not a payload": 2}, unreadable=1, suppressed=3)
    assert report([FINDING, error], counts) == (
        "## sessionlint: 1 error and 1 warning\n"
        "\n"
        "2 payloads with 3 sessions checked, 1 capture unreadable. Suppressed 3 known findings. "
        "Skipped 2 files: `not a payload` (2).\n"
        "\n"
        "| severity | rule | place | message |\n"
        "| --- | --- | --- | --- |\n"
        "| error | SES002 | `captures/a.json` | `no such day` |\n"
        "| warning | PNG003 | `captures/a.json:31:25 /userSessions/0/network/ping/pktsReceived` "
        "| `pktsReceived is 11 but only 10 packets were sent` |\n"
        "\n"
        "| rule | name | findings |\n"
        "| --- | --- | --- |\n"
        "| PNG003 | `more-packets-received-than-sent` | 1 |\n"
        "| SES002 | `malformed-date-time` | 1 |\n"
        "\n"
        "`sessionlint explain RULE` tells more about a rule.\n"
    )


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        (summary(), "## sessionlint: all well\n\n2 payloads with 3 sessions checked.\n"),
        (summary(payloads=0), "## sessionlint: nothing to check\n\nNo payload.\n"),
        (
            summary(payloads=0, skipped={"not a payload": 1}),
            "## sessionlint: nothing to check\n\nNo payload. Skipped 1 file: `not a payload` (1).\n",
        ),
    ],
)
def test_a_report_without_findings(counts: Summary, expected: str) -> None:
    assert report([], counts) == expected


@pytest.mark.parametrize(
    ("number", "options", "shown", "told"),
    [
        pytest.param(100, {}, 100, "", id="as many as are shown"),
        pytest.param(1_200, {}, 100, "… and 1,100 more findings not shown.", id="too many"),
        pytest.param(3, {"max_findings": 2}, 2, "… and 1 more finding not shown.", id="fewer are wanted"),
        pytest.param(300, {"max_findings": 300}, 300, "", id="more are wanted"),
        pytest.param(3, {"max_findings": 0}, 0, "… and 3 more findings not shown.", id="none is wanted"),
    ],
)
def test_what_is_cut_is_told(number: int, options: dict[str, Any], shown: int, told: str) -> None:
    text = report([FINDING] * number, **options)
    assert text.startswith(f"## sessionlint: {number:,} warnings\n")
    assert text.count("| warning |") == shown
    assert f"| PNG003 | `more-packets-received-than-sent` | {number:,} |" in text
    assert [line for line in text.splitlines() if line.startswith("…")] == [told] * bool(told)


def test_the_worst_come_first() -> None:
    order: list[Severity] = ["info", "error", "warning", "info", "error"]
    found = [BARE._replace(severity=severity, message=str(number)) for number, severity in enumerate(order)]
    expected = [["error", "1"], ["error", "4"], ["warning", "2"], ["info", "0"]]
    assert [[row[0], row[3]] for row in rows(rendered(report(found, max_findings=4)))] == expected


def test_a_long_place_is_shortened() -> None:
    found = FINDING._replace(capture=f"dump.zip!/{'x' * 9_000}.json", pointer=f"/{'y' * 9_000}/pktsSent")
    ((_, _, place, _),) = rows(rendered(report([found])))
    assert len(place) < 500
    assert place.startswith("dump.zip!/xx")
    assert place.endswith("yy/pktsSent")
    assert ".json:31:25 /yy" in place


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_hostile_strings_are_code(hostile: str) -> None:
    finding = BARE._replace(capture=hostile, message=hostile, pointer="", help=hostile)
    text = report([finding], summary(rules={"PNG003": 1}, skipped={hostile: 1}))
    assert all(line.isprintable() for line in text.split("\n"))
    page = rendered(text)
    assert {each.tag for each in page.iter()} <= TAGS
    assert rows(page) == [["warning", "PNG003", safe(hostile), safe(hostile)]]
    assert [each.text for each in page.findall("p/code")] == [safe(hostile), "sessionlint explain RULE"]


@given(found=st.lists(findings(), max_size=10))
def test_whatever_comes_from_a_payload_is_code(found: list[Finding]) -> None:
    page = rendered(report(found))
    assert {each.tag for each in page.iter()} <= TAGS
    assert len(rows(page)) == len(found)
    for code in page.iterfind(".//code"):
        code.text = ""
    words = "".join(page.itertext()).split()
    frame = """
        sessionlint: all well and 2 payloads with 3 sessions checked.
        severity rule place message rule name findings tells more about a rule.
    """
    known = {*frame.split(), *SEVERITIES, *(each.rule for each in found)}
    known |= {f"{severity}{end}" for severity in SEVERITIES for end in ("s", ",", "s,")}
    assert [word for word in words if word not in known and not word.isdecimal()] == []
