"""Findings and counts to report: one that is complete, and any that there could be."""

from typing import Any

from hypothesis import strategies as st

from sessionlint.finding import Finding, Related
from sessionlint.summary import Summary

FINDING = Finding(
    rule="PNG003",
    name="more-packets-received-than-sent",
    lane="consistency",
    severity="warning",
    message="pktsReceived is 11 but only 10 packets were sent",
    address="captures/a.json!/userSessions/0/network/ping/pktsReceived",
    capture="captures/a.json",
    pointer="/userSessions/0/network/ping/pktsReceived",
    format="json",
    line=31,
    column=25,
    end_line=31,
    end_column=27,
    related=(Related("/userSessions/0/network/ping/pktsSent", 31, 41, "10 sent"),),
    session="07625:1490529480:h3qJQTpl",
    agent="3fde6422-f119-40e1-ae32-d08a1243c038",
    help="Look for duplicated packets.",
    fingerprint="00112233445566778899aabb",
    excerpt='        "pktsReceived": 11, "pktsSent": 10',
)

NO_PLACE: dict[str, Any] = {"line": None, "column": None, "end_line": None, "end_column": None, "excerpt": None}
"""The fields of a finding for which there is no text."""

BARE = FINDING._replace(pointer="", related=(), help=None, **NO_PLACE)
"""As little as a finding can say."""


def summary(**changes: Any) -> Summary:
    """The counts of a run that found nothing in two payloads with three sessions."""
    counts = Summary(
        captures=2,
        payloads=2,
        sessions=3,
        unreadable=0,
        skipped={},
        findings={"error": 0, "warning": 0, "info": 0},
        rules={},
        suppressed=0,
        seconds=0.25,
    )
    return counts._replace(**changes)


HOSTILE = {
    "ANSI": "\x1b[31mred\x1b[0m",
    "C1 control": "\x9b31m",
    "delete": "a\x7fb",
    "new line": "one\ntwo\r\nthree",
    "NUL": "\0",
    "tab": "a\tb",
    "bidirectional override": "\u202egnp.exe",
    "isolate": "\u2066a\u2069",
    "zero width": "a\u200bb\ufeff",
    "line separator": "a\u2028b\u2029c",
    "lone surrogate": "a\ud800b\udcff",
    "tag": "a\U000e0041",
    "musical format character": "a\U0001d173b",
    "end of CDATA": "]]>",
    "wide": "セッション",
    "combining": "e\u0301",
    "emoji": "👩\u200d💻",
    "braces": "{} {0} %s",
    "quotes": "\"'`\\",
    "workflow command": "::error file=a.json,line=1::oops",
    "old workflow command": "##[error]oops",
    "command to Azure": "a ###vso[task.setvariable variable=a]b",
    "workflow escapes": "%0A%0D%3A%2C%25",
    "HTML": "<script>alert(1)</script><img src=x>&lt;",
    "cells": "a|b\\|c",
    "code spans": "`a``b`",
    "emphasis": "*a* _b_ ~~c~~",
    "link": "[text](https://example.org/) ![image](x) www.example.org a@example.org",
    "mention": "@octocat #1 :tada: $x$",
}

ANY_TEXT = st.text(st.characters(exclude_categories=())) | st.sampled_from(list(HOSTILE.values()))
ANY_LINE = st.none() | st.integers(1, 10**6)

_PLACES = st.tuples(st.integers(1, 10**6), st.integers(1, 400), st.integers(0, 3), st.integers(0, 400)).map(
    lambda place: {
        "line": place[0],
        "column": place[1],
        "end_line": place[0] + place[2],
        "end_column": place[3] + (1 if place[2] else place[1]),
    }
)


@st.composite
def findings(draw: st.DrawFn) -> Finding:
    """Any finding, each of its texts any text: lines and columns need not be those of the excerpt."""
    place = draw(
        st.just(NO_PLACE) | st.tuples(_PLACES, st.none() | ANY_TEXT).map(lambda it: {**it[0], "excerpt": it[1]})
    )
    return Finding(
        rule=draw(st.from_regex(r"[A-Z]{3}[0-9]{3}", fullmatch=True)),
        name="any-rule",
        lane=draw(st.sampled_from(["capture", "contract", "consistency", "diagnosis"])),
        severity=draw(st.sampled_from(["error", "warning", "info"])),
        message=draw(ANY_TEXT),
        address=draw(ANY_TEXT),
        capture=draw(ANY_TEXT),
        pointer=draw(ANY_TEXT),
        format=draw(st.sampled_from(["json", "xml", None])),
        related=draw(st.lists(st.builds(Related, ANY_TEXT, ANY_LINE, ANY_LINE, ANY_TEXT)).map(tuple)),
        session=draw(st.none() | ANY_TEXT),
        agent=draw(st.none() | ANY_TEXT),
        help=draw(st.none() | ANY_TEXT),
        fingerprint=draw(st.from_regex(r"[0-9a-f]{24}", fullmatch=True)),
        **place,
    )
