"""Rules about the pages: boundaries, near misses and absent fields beyond the examples on their pages."""

from typing import Any

import pytest

from sessionlint import check
from support_rules import NOTHING, Found, changed, found

CODE = "pages/1/responseCode"
TIMINGS = "pages/1/pageTimings"
PAG002 = [("PAG002", "warning", f"{TIMINGS}/onContentLoad")]
STARTED = "pages/0/startedDateTime"


@pytest.mark.parametrize(
    ("code", "severity"),
    [
        (-1, "error"),
        (0, "warning"),
        (1, "error"),
        (99, "error"),
        (100, None),
        (200.0, None),
        (418, None),
        (599, None),
        (600, "warning"),
        (999, "warning"),
        (1000, "error"),
        (10**30, "error"),
        (..., None),
    ],
)
def test_a_response_code(code: Any, severity: str | None) -> None:
    assert found(changed("pages/1", {"responseCode": code})) == ([("PAG001", severity, CODE)] if severity else NOTHING)


@pytest.mark.parametrize(
    ("content", "load", "expected"),
    [
        (1, 2, NOTHING),
        (2, 2, NOTHING),
        (3, 2, PAG002),
        (3.0, 2.0, PAG002),
        (3, 1, PAG002),
        (3, 0, NOTHING),
        (0, 3, NOTHING),
        (0, 0, NOTHING),
        (3, -1, NOTHING),
        (-1, 3, NOTHING),
        (-1, -1, NOTHING),
        (3, -2, [("PAG003", "warning", f"{TIMINGS}/onLoad")]),
        (-2, 3, [("PAG003", "warning", f"{TIMINGS}/onContentLoad")]),
        (0, -2, [("PAG003", "warning", f"{TIMINGS}/onLoad")]),
        (-1, -2, [("PAG003", "warning", f"{TIMINGS}/onLoad")]),
        (-3, -2, [("PAG003", "warning", f"{TIMINGS}/onContentLoad")]),
        (3, ..., [("SCH001", "error", TIMINGS)]),
        (..., 3, [("SCH001", "error", TIMINGS)]),
    ],
)
def test_page_timings(content: Any, load: Any, expected: list[Found]) -> None:
    assert found(changed(TIMINGS, {"onContentLoad": content, "onLoad": load})) == expected


PAG004 = [("PAG004", "info", STARTED)]
SES002 = ("SES002", "error", "date")


@pytest.mark.parametrize(
    ("started", "changes", "expected"),
    [
        ("2017-03-26 11:58:38", {}, NOTHING),
        ("2017-03-26 11:58:37", {}, PAG004),
        ("2017-03-26 11:59:03", {}, NOTHING),
        ("2017-03-26 11:59:04", {}, PAG004),
        ("2017-03-26 11:59:04", {"committed": ...}, NOTHING),
        ("2017-03-26 11:58:37", {"committed": ...}, PAG004),
        ("2017-03-26 11:59:04", {"committed": "2017-02-29 11:58:58"}, [("SES002", "error", "committed")]),
        (..., {}, NOTHING),
        # What is already told of one of the times is not told again through another.
        ("2017-03-26 11:58:43", {"committed": "2017-03-26 11:58:00"}, [("SES003", "warning", "committed")]),
        ("1970-01-01 00:00:01", {}, [("SES017", "warning", STARTED)]),
        ("2017-02-29 00:00:01", {}, [("SES002", "error", STARTED)]),
        ("2017-03-20 00:00:01", {"date": "2017-02-29 11:58:43"}, [SES002]),
        ("2017-03-26 11:59:04", {"date": "2017-02-29 11:58:43"}, [*PAG004, SES002]),
    ],
)
def test_a_page_outside_of_its_session(started: Any, changes: dict[str, Any], expected: list[Found]) -> None:
    page = {"id": "page_0", "startedDateTime": started}
    if started is ...:
        del page["startedDateTime"]
    assert found(changed("", {"numberOfPages": 1, "pages": [page], **changes})) == expected


@pytest.mark.parametrize("time", ["2017-03-26 11:58:37", "2017-03-26 11:59:04"])
def test_a_page_outside_is_told_among_others(time: str) -> None:
    pages = [{"id": each, "startedDateTime": each} for each in ("2017-03-26 11:58:50", time)]
    assert found(changed("", {"numberOfPages": 2, "pages": pages})) == [("PAG004", "info", "pages/1/startedDateTime")]


def test_every_page_is_told_with_what_it_disagrees_with() -> None:
    times = ["2017-03-26 11:58:00", "2017-03-26 11:58:50", "2017-03-26 12:00:00"]
    pages = [{"id": str(index), "startedDateTime": time} for index, time in enumerate(times)]
    findings = check(changed("", {"numberOfPages": 3, "pages": pages})).findings
    assert [(finding.message, *(place.pointer for place in finding.related)) for finding in findings] == [
        ("the page started 43 seconds before the session's date", "/userSessions/0/date"),
        ("the page started 62 seconds after the session was committed", "/userSessions/0/committed"),
    ]


@pytest.mark.parametrize("time", ["2017-03-26 09:58:50", "2017-03-26 13:58:50"])
def test_pages_of_another_time_zone_are_one_defect(time: str) -> None:
    pages = [{"id": str(index), "startedDateTime": time} for index in range(3)]
    (finding,) = check(changed("", {"numberOfPages": 3, "pages": pages})).findings
    assert finding.rule == "PAG004"
    assert [place.pointer[len("/userSessions/0/") :] for place in finding.related][1:] == [
        "pages/1/startedDateTime",
        "pages/2/startedDateTime",
    ]


def test_a_page_that_is_null_is_passed_over() -> None:
    pages = [None, {"id": "page_0", "startedDateTime": "2017-03-26 11:58:00"}]
    assert ("PAG004", "info", "pages/1/startedDateTime") in found(changed("", {"numberOfPages": 2, "pages": pages}))
