"""Rules about the session: boundaries, near misses and absent fields beyond the examples on their pages."""

import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessionlint import check
from sessionlint_rules.times import epoch_seconds
from support import sound
from support_rules import NOTHING, Found, changed, found

LINK = "https://app.thousandeyes.com/view/endpoint-agent/"
ROUND = 1490529480


def session(**changes: Any) -> dict[str, Any]:
    return changed("", changes)


def of_round(number: float, **changes: Any) -> dict[str, Any]:
    """A session whose id and permalink agree with its round."""
    return session(
        roundId=number,
        userSessionId=f"07625:{number:.0f}:h3qJQTpl",
        permalink=f"{LINK}?roundId={number:.0f}&__aid=7625",
        **changes,
    )


ALONE: dict[str, Any] = {"pages": [], "numberOfPages": 0, "network": {}}
"""A session without anything else that has a time."""

SES001 = [("SES001", "warning", "userSessionId")]
SES003 = [("SES003", "warning", "committed")]
SES004 = [("SES004", "warning", "date")]
SES005 = [("SES005", "warning", "numberOfPages")]
SES010 = [("SES010", "warning", "permalink")]
NOT_AN_ADDRESS = [("SES007", "error", "sourceAddr")]
NOT_PUBLIC = [("SES007", "warning", "sourceAddr")]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        # The round in the session's id.
        ({"userSessionId": "07625:1490529481:h3qJQTpl"}, SES001),
        ({"userSessionId": "07625:1490529480 :h3qJQTpl"}, SES001),
        ({"userSessionId": "07625:abc:h3qJQTpl"}, SES001),
        ({"userSessionId": "07625:1490529480:"}, NOTHING),
        ({"userSessionId": "1490529481:h3qJQTpl"}, NOTHING),
        ({"userSessionId": "07625:1:h3:qJQTpl"}, NOTHING),
        ({"userSessionId": ""}, NOTHING),
        ({"roundId": float(ROUND)}, NOTHING),
        # Malformed times: the session's own are one defect, each page's another.
        ({"date": ""}, [("SES002", "error", "date")]),
        ({"date": "2017-03-26 11:58:43.5"}, [("SES002", "error", "date")]),
        ({"date": "2017-03-26 11:58:43\n"}, [("SES002", "error", "date")]),
        ({"date": "2017-02-29 11:58:43"}, [("SES002", "error", "date")]),
        ({"date": "2017-02-29 11:58:43", "committed": "0000-03-26 11:58:58"}, [("SES002", "error", "committed")]),
        (
            {"pages": [{"id": str(day), "startedDateTime": f"2017-02-{day} 11:58:43"} for day in (29, 30)]},
            [("SES002", "error", f"pages/{page}/startedDateTime") for page in (0, 1)],
        ),
        # Committed before date, by clocks that differ; dates before 2010 are told once.
        ({"committed": "2017-03-26 11:58:37", **ALONE}, SES003),
        ({"committed": "2017-03-26 11:58:38", **ALONE}, NOTHING),
        ({"committed": ..., **ALONE}, NOTHING),
        ({"date": ..., "committed": ..., **ALONE}, [("SCH001", "error", "/userSessions/0")]),
        ({"network": ...}, NOTHING),
        ({"committed": "2009-12-31 23:59:59", **ALONE}, [("SES017", "warning", "committed")]),
        ({"committed": "2010-01-01 00:00:00", **ALONE}, SES003),
        # Far from the round, before and after.
        ({"date": "2017-03-26 10:58:00"}, NOTHING),
        ({"date": "2017-03-26 10:57:59"}, SES004),
        ({"date": "2017-03-26 12:58:00", "committed": "2017-03-26 12:58:00", **ALONE}, NOTHING),
        ({"date": "2017-03-26 12:58:01", "committed": "2017-03-26 12:58:01", **ALONE}, SES004),
        ({"date": "2017-03-26 13:58:43", **ALONE}, [*SES003, *SES004]),
        ({"roundId": ROUND + 7200}, [*SES001, *SES004]),
        ({"date": "1970-01-01 00:00:00", **ALONE}, [("SES017", "warning", "date")]),
        (
            {"date": "1970-01-01 00:00:00", "pages": [{"id": "a"}, None]},
            [("SCH005", "warning", "pages/1"), ("SES017", "warning", "date")],
        ),
        (
            {"date": "1970-01-01 00:00:00", "committed": "1970-01-01 00:00:00", **ALONE},
            [("SES017", "warning", "committed")],
        ),
        # Pages and their number.
        ({"numberOfPages": 1}, SES005),
        ({"pages": [{"id": "a"}, {"id": "b"}, None]}, [("SCH005", "warning", "pages/2")]),
        ({"pages": [[{"id": "a"}, {"id": "b"}]]}, [("SCH002", "error", "pages/0")]),
        ({"numberOfPages": 2.0}, NOTHING),
        ({"numberOfPages": ...}, NOTHING),
        ({"pages": ...}, NOTHING),
        ({"pages": []}, SES005),
        (
            {"numberOfPages": 4, "pages": [{"id": "a"}, {"id": "b"}, {"id": "a"}, {"id": "a"}]},
            [("SES006", "error", "pages/2/id"), ("SES006", "error", "pages/3/id")],
        ),
        ({"numberOfPages": 2, "pages": [{"id": ""}, {"id": ""}]}, [("SES006", "error", "pages/1/id")]),
        # The source address.
        ({"sourceAddr": ""}, NOT_AN_ADDRESS),
        ({"sourceAddr": " 84.255.241.1"}, NOT_AN_ADDRESS),
        ({"sourceAddr": "084.255.241.1"}, NOT_AN_ADDRESS),
        ({"sourceAddr": "router.local"}, NOT_AN_ADDRESS),
        ({"sourceAddr": "192.168.1.1"}, NOT_PUBLIC),
        ({"sourceAddr": "100.64.0.1"}, NOT_PUBLIC),
        ({"sourceAddr": "127.0.0.1"}, NOT_PUBLIC),
        ({"sourceAddr": "0.0.0.0"}, NOT_PUBLIC),
        ({"sourceAddr": "224.0.0.1"}, NOT_PUBLIC),
        ({"sourceAddr": "fe80::1%en0"}, NOT_PUBLIC),
        ({"sourceAddr": "fd00::1"}, NOT_PUBLIC),
        ({"sourceAddr": "2001:db8::1"}, NOT_PUBLIC),
        ({"sourceAddr": "2a00:1450:4001:80f::200e"}, NOTHING),
        ({"sourceAddr": "64:ff9b::54ff:f101"}, NOTHING),
        ({"sourceAddr": "::ffff:84.255.241.1"}, NOTHING),
        ({"sourceAddr": ...}, NOTHING),
        # The port.
        ({"port": -1}, [("SES008", "error", "port")]),
        ({"port": 1}, NOTHING),
        ({"port": 443.0}, NOTHING),
        # The permalink against the session.
        ({"permalink": f"{LINK}?roundId=1490529481"}, SES010),
        ({"permalink": f"{LINK}?roundId=x"}, SES010),
        ({"permalink": f"{LINK}?a=b&__aid=76250"}, SES010),
        ({"permalink": f"{LINK}?roundId=1&__aid=1"}, SES010),
        ({"permalink": f"{LINK}?roundId=01490529480&__aid=0007625"}, NOTHING),
        ({"permalink": f"{LINK}?roundId=%31490529480&__aid=%37625#top"}, NOTHING),
        ({"permalink": f"{LINK}?roundId=&__aid="}, NOTHING),
        ({"permalink": f"{LINK}?binSize=300000&baseroundId=1&x__aid=2"}, NOTHING),
        ({"permalink": f"{LINK}?xroundId=1&roundId=2"}, SES010),
        ({"permalink": f"{LINK}"}, NOTHING),
        ({"permalink": ...}, NOTHING),
        ({"userSessionId": "7626:1490529480:h3qJQTpl"}, SES010),
        # The id is of another session, or has no account.
        ({"userSessionId": "7626:1490529540:h3qJQTpl"}, SES001),
        ({"userSessionId": ":1490529480:h3qJQTpl"}, NOTHING),
        ({"userSessionId": "x"}, NOTHING),
        ({"userSessionId": "x", "permalink": f"{LINK}?roundId=1"}, SES010),
        # The permalink itself.
        ({"permalink": "//app.thousandeyes.com/"}, [("SES011", "error", "permalink")]),
        ({"permalink": "https://app.thousandeyes.com/a b"}, [("SES011", "error", "permalink")]),
        ({"permalink": "http://[2001:db8::1]/"}, NOTHING),
        # The protocol, the score.
        ({"protocol": ""}, [("SES015", "warning", "protocol")]),
        ({"protocol": "https:"}, [("SES015", "warning", "protocol")]),
        ({"protocol": ...}, NOTHING),
        ({"experienceScore": 1.0000001}, [("SES016", "warning", "experienceScore")]),
        ({"experienceScore": -0.0}, NOTHING),
        ({"experienceScore": ...}, NOTHING),
    ],
)
def test_a_session_with_other_fields(changes: dict[str, Any], expected: list[Found]) -> None:
    assert found(session(**changes)) == expected


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        # Milliseconds are told once: not as a round that the id, the permalink and the date disagree with.
        (session(roundId=ROUND * 1000), [("SES009", "warning", "roundId")]),
        (session(roundId=ROUND * 1000.0), [("SES009", "warning", "roundId")]),
        (session(roundId=ROUND * 10**6), [("SES009", "warning", "roundId")]),
        (session(roundId=ROUND * 10**9), [("SES009", "warning", "roundId")]),
        (of_round(ROUND * 1000), [("SES009", "warning", "roundId")]),
        (of_round(ROUND + 59), [("SES009", "info", "roundId")]),
        (of_round(ROUND + 60), NOTHING),
        (of_round(0), SES004),
        # A round of milliseconds that the id does contradict.
        (
            session(roundId=(ROUND + 60) * 1000),
            [*SES001, ("SES009", "warning", "roundId")],
        ),
        # Where id and permalink agree, roundId is what is wrong: one defect.
        (session(roundId=ROUND + 60), SES001),
        (session(roundId=ROUND + 60, userSessionId=f"07625:0{ROUND}:h3qJQTpl"), SES001),
    ],
)
def test_a_round_in_another_unit_is_one_defect(payload: dict[str, Any], expected: list[Found]) -> None:
    assert found(payload) == expected


@pytest.mark.parametrize(
    ("latitude", "longitude", "expected"),
    [
        (90, -180, NOTHING),
        (-90.0, 180.0, NOTHING),
        (90.0000001, 0, [("SES012", "error", "coordinates/latitude")]),
        (0, -180.5, [("SES012", "error", "coordinates/longitude")]),
        (91, 181, [("SES012", "error", "coordinates/latitude")]),
        (0, 0, [("SES013", "warning", "coordinates")]),
        (-0.0, 0.0, [("SES013", "warning", "coordinates")]),
        (0, 1e-9, NOTHING),
        (1e-9, 0, NOTHING),
    ],
)
def test_coordinates(latitude: float, longitude: float, expected: list[Found]) -> None:
    assert found(changed("coordinates", {"latitude": latitude, "longitude": longitude})) == expected


@pytest.mark.parametrize(
    ("site", "is_fine"),
    [
        ("www.thousandeyes.com", True),
        ("localhost", True),
        ("_sip._tcp.example.com", True),
        ("bücher.example", True),
        ("xn--bcher-kva.example", True),
        ("example.com.", True),
        ("192.0.2.1", True),
        ("[::1]", True),
        ("2001:db8::1", True),
        ("", False),
        (" ", False),
        ("//example.com", False),
        ("example.com/a", False),
        ("example.com:8080", False),
        ("http:example.com", False),
        ("exa mple.com", False),
        ("example.com\t", False),
        ("example.com?a", False),
        ("example.com#a", False),
        ("user@example.com", False),
        ("[::1]:443", False),
    ],
)
def test_a_visited_site(site: str, is_fine: bool) -> None:
    assert found(session(visitedSite=site)) == ([] if is_fine else [("SES014", "error", "visitedSite")])


@pytest.mark.parametrize(
    ("date", "what"),
    [
        ("0000-00-00 00:00:00", "and there is no such day or time"),
        ("2017-13-26 11:58:43", "and there is no such day or time"),
        ("2017-03-26 24:00:00", "and there is no such day or time"),
        ("2017-02-30 11:58:43", "and there is no such day or time"),
        ("2017-03-26T11:58:43", "not a time of the form yyyy-MM-dd hh:mm:ss"),
        ("2017-03-26 11:58:43 ", "not a time of the form yyyy-MM-dd hh:mm:ss"),
    ],
)
def test_a_time_of_the_form_is_told_from_one_of_another(date: str, what: str) -> None:
    (finding,) = check(session(date=date)).findings
    assert (finding.rule, finding.message) == ("SES002", f'date is "{date}", {what}')


def related(payload: dict[str, Any]) -> list[tuple[str, str]]:
    """Where else the only finding points, and what it says there."""
    (finding,) = check(payload).findings
    return [(place.pointer.removeprefix("/userSessions/0/"), place.message) for place in finding.related]


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        (session(userSessionId="07625:1:h3qJQTpl"), [("roundId", "roundId is 1490529480")]),
        (
            session(date="2017-02-30 00:00:00", committed="2017-02-31 00:00:00"),
            [("date", 'date is "2017-02-30 00:00:00", and there is no such day or time')],
        ),
        (session(date="2017-03-26 10:00:00"), [("roundId", "roundId is 1490529480")]),
        (session(numberOfPages=3), [("pages", "pages has 2")]),
        (session(pages=[{"id": "a"}, {"id": "a"}]), [("pages/0/id", "the first page with this id")]),
        (
            session(permalink=f"{LINK}?roundId=1&__aid=1"),
            [("roundId", "roundId is 1490529480"), ("userSessionId", 'the account is "07625"')],
        ),
        (
            session(committed="1970-01-01 00:00:00", date="1980-01-01 00:00:00", **ALONE),
            [("date", 'date is "1980-01-01 00:00:00", which is before 2010')],
        ),
    ],
)
def test_where_two_fields_disagree_both_are_named(payload: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert related(payload) == expected


def test_gathered_times_are_those_of_the_text_s_order() -> None:
    whole = sound()
    (first,) = whole["userSessions"]
    turned = {key: first[key] for key in reversed(first)} | {"date": "2001-01-01 00:00:00"}
    turned["committed"] = "2001-01-01 00:00:00"
    assert found({"userSessions": [{**turned, **ALONE}]}) == [("SES017", "warning", "date")]


@given(st.datetimes(datetime.datetime(2010, 1, 1), datetime.datetime(9999, 12, 30)))  # noqa: DTZ001 - times without zone
def test_any_session_that_agrees_with_itself_is_fine(moment: datetime.datetime) -> None:
    date = moment.replace(microsecond=0).isoformat(" ")
    seconds = epoch_seconds(date)
    assert seconds is not None
    later = (moment.replace(microsecond=0) + datetime.timedelta(seconds=9)).isoformat(" ")
    pages = [{"id": "page_0", "startedDateTime": date}, {"id": "page_1", "startedDateTime": later}]
    payload = of_round(seconds // 60 * 60, date=date, committed=later, pages=pages, network={})
    # Rounds from the year 5138 on have the magnitude of milliseconds.
    assert found(payload) == (NOTHING if seconds < 1e11 else [("SES009", "warning", "roundId")])


@given(st.text(st.characters(codec="utf-8")))
def test_any_text_in_the_permalink_s_query_is_read(text: str) -> None:
    payload = session(permalink=f"{LINK}?roundId={text}&__aid={text}")
    assert {finding.rule for finding in check(payload).findings} <= {"SES010", "SES011"}
