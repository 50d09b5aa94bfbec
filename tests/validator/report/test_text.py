"""The report for people."""

import re
from textwrap import dedent
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessionlint.finding import SEVERITIES, Finding, Related
from sessionlint.report import reporter
from sessionlint.report.text import excerpt
from sessionlint.summary import Summary
from support_findings import ANY_TEXT, BARE, FINDING, HOSTILE, NO_PLACE, findings, summary


def shown(*found: Finding) -> str:
    """The report of findings, without the summary."""
    made = reporter("text", verbosity=-1)
    return made.begin() + "".join(map(made.finding, found)) + made.end(summary())


def told(counts: Summary, *found: Finding, **options: Any) -> str:
    """What the report says after the findings."""
    made = reporter("text", **options)
    for finding in found:
        made.finding(finding)
    return made.end(counts).lstrip("\n")


def test_what_was_skipped_is_a_line_each_where_it_is_asked_for() -> None:
    quiet, made = reporter("text"), reporter("text", verbosity=1)
    assert quiet.skipped("a.png", "another kind of file") == ""
    skipped = [("a.png", "another kind of file"), ("b\n.json", "not a payload")]
    told = "".join([made.skipped(*each) for each in skipped] + [made.finding(BARE), made.skipped(*skipped[0])])
    *lines, last = told.splitlines()
    assert (lines[:3], lines[-1], last) == (
        ["a.png skipped: another kind of file", "b\\n.json skipped: not a payload", ""],
        "",
        "a.png skipped: another kind of file",
    )


RELATED = FINDING.related[0]


@pytest.mark.parametrize(
    ("finding", "expected"),
    [
        pytest.param(
            FINDING,
            """\
            captures/a.json:31:25 warning PNG003 pktsReceived is 11 but only 10 packets were sent
               |
            31 |         "pktsReceived": 11, "pktsSent": 10
               |                         ^^
               = at /userSessions/0/network/ping/pktsReceived
               = see line 31, column 41: 10 sent
               = help: Look for duplicated packets.
            """,
            id="everything",
        ),
        pytest.param(
            FINDING._replace(excerpt=None),
            """\
            captures/a.json:31:25 warning PNG003 pktsReceived is 11 but only 10 packets were sent
               = at /userSessions/0/network/ping/pktsReceived
               = see line 31, column 41: 10 sent
               = help: Look for duplicated packets.
            """,
            id="no excerpt",
        ),
        pytest.param(
            FINDING._replace(**NO_PLACE, related=(RELATED._replace(line=None, column=None),)),
            """\
            captures/a.json warning PNG003 pktsReceived is 11 but only 10 packets were sent
             = at /userSessions/0/network/ping/pktsReceived
             = see /userSessions/0/network/ping/pktsSent: 10 sent
             = help: Look for duplicated packets.
            """,
            id="no text",
        ),
        pytest.param(
            BARE._replace(rule="CAP002", severity="error", message="the file is empty", capture="a b%21.json"),
            """\
            a b%21.json error CAP002 the file is empty
            """,
            id="nothing but a message",
        ),
        pytest.param(
            BARE._replace(line=7, column=1, end_line=9, end_column=2, excerpt="{"),
            """\
            captures/a.json:7:1 warning PNG003 pktsReceived is 11 but only 10 packets were sent
              |
            7 | {
              | ^
            """,
            id="a value of several lines",
        ),
        pytest.param(
            BARE._replace(line=2, column=1, end_line=2, end_column=1, excerpt=""),
            """\
            captures/a.json:2:1 warning PNG003 pktsReceived is 11 but only 10 packets were sent
              |
            2 |
              | ^
            """,
            id="the end of the file",
        ),
        pytest.param(
            BARE._replace(
                line=9,
                related=tuple(Related("/hops", number, 5, f"hop {number} too") for number in range(1, 10)),
                column=1,
            ),
            """\
            captures/a.json:9:1 warning PNG003 pktsReceived is 11 but only 10 packets were sent
              = see line 1, column 5: hop 1 too
              = see line 2, column 5: hop 2 too
              = see line 3, column 5: hop 3 too
              = see line 4, column 5: hop 4 too
              = see line 5, column 5: hop 5 too
              = see 4 more places
            """,
            id="many related places",
        ),
        pytest.param(
            BARE._replace(pointer="/userSessions/0/" + "x" * 10_000 + "/network/pings"),
            f"""\
            captures/a.json warning PNG003 pktsReceived is 11 but only 10 packets were sent
             = at /userSessions/0/{"x" * 84}…{"x" * 86}/network/pings
            """,
            id="a key without end",
        ),
        pytest.param(
            BARE._replace(
                capture="\x1b[2Jin\u202ebox/\ud800.json",
                message="\x1b]0;owned\x07",
                pointer="/user\nSessions",
                help="\x9b1m",
                related=(Related("/\u2066", None, None, "\u2028"),),
            ),
            r"""
            \u001b[2Jin\u202ebox/\ud800.json warning PNG003 \u001b]0;owned\u0007
             = at /user\nSessions
             = see /\u2066: \u2028
             = help: \u009b1m
            """.removeprefix("\n"),
            id="hostile strings",
        ),
    ],
)
def test_a_finding(finding: Finding, expected: str) -> None:
    assert shown(finding) == dedent(expected)


def test_findings_stand_apart() -> None:
    bare = BARE._replace(message="this")
    assert shown(bare, bare._replace(message="that")) == dedent("""\
        captures/a.json warning PNG003 this

        captures/a.json warning PNG003 that
        """)


LONG = '{"agentId": "' + "a" * 500 + '", "port": 0, "orgName": "' + "b" * 500 + '"}'
PORT = LONG.index("0,") + 1


@pytest.mark.parametrize(
    ("line", "column", "end_column", "text", "underline"),
    [
        pytest.param('"port": 0,', 9, 10, '"port": 0,', "        ^", id="all of it"),
        pytest.param('"port": 0,', 9, None, '"port": 0,', "        ^^", id="to the line's end"),
        pytest.param("{", 2, 2, "{", " ^", id="after the line's end"),
        pytest.param("{", 9, 12, "{", " ^", id="far after the line's end"),
        pytest.param('\t\t"port": 0', 11, 12, '        "port": 0', "                ^", id="indented by tabs"),
        pytest.param('"a\tb": 0', 1, 6, '"a    b": 0', "^^^^^^^^", id="a tab in the value"),
        pytest.param('"セ": 0', 6, 7, '"セ": 0', "      ^", id="wide before the value"),
        pytest.param('"セッション"', 1, 8, '"セッション"', "^^^^^^^^^^^^", id="a wide value"),
        pytest.param("\uff21: 0", 4, 5, "\uff21: 0", "    ^", id="full width before the value"),
        pytest.param('"e\u0301": 0', 7, 8, '"e\u0301": 0', "     ^", id="combining before the value"),
        pytest.param('"\x1b[1m": 0', 9, 10, r'"\u001b[1m": 0', "             ^", id="a control before the value"),
        pytest.param('"\u202e"', 1, 4, r'"\u202e"', "^^^^^^^^", id="a bidirectional override"),
        pytest.param("\ud800", 1, 2, r"\ud800", "^^^^^^", id="a lone surrogate"),
        pytest.param(
            LONG,
            PORT,
            PORT + 1,
            '…aaaaa", "port": 0, "orgName": "bbb…',
            " " * 17 + "^",
            id="cut on both sides",
        ),
        pytest.param(LONG, 2, 11, '{"agentId": "' + "a" * 21 + "…", " ^^^^^^^^^", id="cut on the right"),
        pytest.param(
            LONG,
            len(LONG),
            len(LONG) + 1,
            "…" + "b" * 32 + '"}',
            " " * 34 + "^",
            id="cut on the left",
        ),
        pytest.param(
            LONG,
            13,
            515,
            '…tId": "' + "a" * 27 + "…",
            " " * 7 + "^" * 28,
            id="a long value",
        ),
        pytest.param('"a": "##[error]b"', 2, 3, '"a": "\\u0023#[error]b"', " ^", id="a workflow command"),
        pytest.param("a" * 36, 1, 3, "a" * 36, "^^", id="as long as there is room"),
        pytest.param("a" * 40, 1, 3, "a" * 34 + "…", "^^", id="a long line from its start"),
        pytest.param("セ" * 100 + '": 0', 104, 105, "…" + "セ" * 15 + '": 0', " " * 34 + "^", id="wide and cut"),
        pytest.param("e\u0301" * 40, 80, 81, "…" + "e\u0301" * 18, " " * 19 + "^", id="combining and cut"),
    ],
)
def test_an_excerpt(line: str, column: int, end_column: int | None, text: str, underline: str) -> None:
    assert excerpt(line, column, end_column, 36) == (text, underline.count(" "), underline.count("^"))


@given(line=ANY_TEXT, column=st.integers(1, 300), width=st.none() | st.integers(0, 300), room=st.integers(20, 100))
def test_an_excerpt_fits_and_underlines_something(line: str, column: int, width: int | None, room: int) -> None:
    text, start, underlined = excerpt(line, column, None if width is None else column + width, room)
    assert text.isascii() or all(not re.match("[\x00-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff]", c) for c in text)
    assert underlined >= 1
    assert start + underlined <= room + 1


@given(pieces=st.lists(st.sampled_from('ab"{}: ,'), max_size=400), column=st.integers(1, 400))
def test_an_excerpt_underlines_the_value(pieces: list[str], column: int) -> None:
    line = "".join(pieces)
    marked = line[: column - 1] + "1" + line[column:]
    text, start, width = excerpt(marked, min(column, len(line) + 1), min(column, len(line) + 1) + 1, 40)
    assert (text[start], width) == ("1", 1)
    assert len(text) <= 40


@pytest.mark.parametrize(
    ("counts", "options", "expected"),
    [
        pytest.param({}, {}, "All well: 2 payloads with 3 sessions checked.", id="all well"),
        pytest.param({"payloads": 1, "sessions": 1}, {}, "All well: 1 payload with 1 session checked.", id="one"),
        pytest.param(
            {"payloads": 1200, "sessions": 0}, {}, "All well: 1,200 payloads with 0 sessions checked.", id="many"
        ),
        pytest.param({}, {"verbosity": -1}, "", id="quiet"),
        pytest.param({"captures": 0, "payloads": 0}, {}, "Nothing to check: no payload.", id="nothing"),
        pytest.param(
            {"payloads": 0, "unreadable": 2},
            {},
            "Nothing to check: no payload, 2 captures unreadable.",
            id="unreadable",
        ),
        pytest.param(
            {"skipped": {"not a payload": 2, "cannot be read": 1}},
            {},
            "All well: 2 payloads with 3 sessions checked.\nSkipped 3 files (-v says why).",
            id="skipped",
        ),
        pytest.param(
            {"skipped": {"not a payload": 2000, "cannot be read": 1, "another kind of file": 0}},
            {"verbosity": 1},
            "All well: 2 payloads with 3 sessions checked.\n"
            "Skipped 2,001 files: not a payload (2,000), cannot be read (1).",
            id="skipped, verbose",
        ),
        pytest.param(
            {"skipped": {"not a payload": 0}},
            {"verbosity": 1},
            "All well: 2 payloads with 3 sessions checked.\nSkipped nothing.",
            id="none skipped, verbose",
        ),
        pytest.param(
            {"skipped": {"not a payload": 0}}, {}, "All well: 2 payloads with 3 sessions checked.", id="none skipped"
        ),
        pytest.param(
            {"suppressed": 1},
            {},
            "All well: 2 payloads with 3 sessions checked.\nSuppressed 1 known finding.",
            id="suppressed",
        ),
    ],
)
def test_a_summary_without_findings(counts: dict[str, Any], options: dict[str, Any], expected: str) -> None:
    assert told(summary(**counts), **options).removesuffix("\n") == expected


ELSEWHERE = FINDING._replace(capture="captures/b.json")


@pytest.mark.parametrize(
    ("found", "counts", "options", "expected"),
    [
        pytest.param(
            [FINDING],
            {"findings": {"warning": 1}},
            {},
            "Found 1 warning in 1 capture (2 payloads with 3 sessions checked).",
            id="one",
        ),
        pytest.param(
            [FINDING, FINDING, ELSEWHERE],
            {"findings": {"error": 2, "info": 1}},
            {},
            "Found 2 errors and 1 info in 2 captures (2 payloads with 3 sessions checked).",
            id="two severities",
        ),
        pytest.param(
            [FINDING, ELSEWHERE],
            {"findings": {"error": 1, "warning": 2, "info": 3000}, "payloads": 1, "sessions": 1, "unreadable": 1},
            {},
            "Found 1 error, 2 warnings and 3,000 infos in 2 captures "
            "(1 payload with 1 session checked, 1 capture unreadable).",
            id="three severities",
        ),
        pytest.param(
            [FINDING],
            {"findings": {"error": 1}, "payloads": 0, "sessions": 0, "unreadable": 1},
            {},
            "Found 1 error in 1 capture (no payload, 1 capture unreadable).",
            id="nothing but an unreadable file",
        ),
        pytest.param([FINDING], {"findings": {"warning": 1}}, {"verbosity": -1}, "", id="quiet"),
        pytest.param(
            [FINDING, FINDING, ELSEWHERE],
            {"findings": {"warning": 3}},
            {"max_findings": 2},
            "… and 1 more finding not shown (--max-findings 2)\n"
            "Found 3 warnings in 2 captures (2 payloads with 3 sessions checked).",
            id="cut",
        ),
        pytest.param(
            [FINDING] * 1234,
            {},
            {"max_findings": 0, "verbosity": -1},
            "… and 1,234 more findings not shown (--max-findings 0)",
            id="cut and quiet",
        ),
        pytest.param(
            [FINDING] * 2,
            {"findings": {"warning": 2}},
            {"max_findings": 2},
            "Found 2 warnings in 1 capture (2 payloads with 3 sessions checked).",
            id="as many as wanted",
        ),
    ],
)
def test_a_summary_of_findings(
    found: list[Finding], counts: dict[str, Any], options: dict[str, Any], expected: str
) -> None:
    assert told(summary(**counts), *found, **options).removesuffix("\n") == expected


def test_a_summary_stands_apart_from_findings() -> None:
    made = reporter("text", max_findings=1)
    text = made.finding(BARE) + made.finding(BARE) + made.end(summary(findings={"warning": 2}))
    assert text == dedent("""\
        captures/a.json warning PNG003 pktsReceived is 11 but only 10 packets were sent

        … and 1 more finding not shown (--max-findings 1)
        Found 2 warnings in 1 capture (2 payloads with 3 sessions checked).
        """)


def test_color_changes_nothing_but_color() -> None:
    plain, colored = reporter("text"), reporter("text", color=True)
    counts = summary(findings={"error": 1, "warning": 1, "info": 1})
    for severity, code in zip(SEVERITIES, (31, 33, 34), strict=True):
        finding = FINDING._replace(severity=severity)
        text = colored.finding(finding)
        assert f"\x1b[1;{code}m{severity}\x1b[0m" in text
        assert f"\x1b[1;{code}m^^\x1b[0m" in text
        assert re.sub(r"\x1b\[[0-9;]*m", "", text) == plain.finding(finding)
    text = colored.end(counts)
    assert "\x1b[1;31m1 error\x1b[0m" in text
    assert re.sub(r"\x1b\[[0-9;]*m", "", text) == plain.end(counts)


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_hostile_strings_do_no_harm(hostile: str) -> None:
    line = f'"{hostile}": 1'
    finding = BARE._replace(
        capture=hostile,
        address=hostile,
        message=hostile,
        pointer=hostile,
        help=hostile,
        related=(Related(hostile, None, None, hostile),),
        line=3,
        column=len(line),
        end_line=3,
        end_column=len(line) + 1,
        excerpt=line,
    )
    head, *rest = shown(finding).splitlines()
    assert [line[:4] for line in rest] == ["  |", "3 | ", "  | ", "  = ", "  = ", "  = "]
    assert all(line.isprintable() for line in (head, *rest))


@given(found=st.lists(findings()), color=st.booleans())
def test_no_finding_can_act_on_a_terminal(found: list[Finding], color: bool) -> None:
    made = reporter("text", color=color)
    text = made.begin() + "".join(map(made.finding, found)) + made.end(summary(findings={"error": len(found)}))
    assert text.endswith("\n")
    if color:
        text = re.sub(r"\x1b\[[0-9;]*m", "", text)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]", text)
