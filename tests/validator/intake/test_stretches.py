"""A long response in stretches: the same findings at the same places as if it were read whole."""

import json
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessionlint.capture import Capture, Exchange
from sessionlint.engine import Engine, Options
from sessionlint.finding import Finding
from sessionlint.intake.stretches import stretches
from sessionlint.limits import Limits
from sessionlint.linter import Result, Totals, lint
from sessionlint.rule import registry

ENGINE = Engine(Options(frozenset(registry()), excerpts=True))


def in_stretches(data: bytes, size: int) -> list[Capture]:
    capture = Capture("a.json", data)
    return list(stretches(capture, size) or [capture])


def linted(*captures: Capture) -> tuple[list[Finding], Totals]:
    totals = Totals()
    findings = []
    for result in lint(ENGINE, captures):
        totals.add(result)
        findings += result.findings
    return findings, totals


def told(finding: Finding) -> dict[str, Any]:
    """All of a finding but how much of the line is shown, and what an earlier stretch alone can tell."""
    values = finding._asdict()
    del values["excerpt"], values["excerpt_before"]
    values["related"] = [
        (each.pointer, each.message) if finding.rule.startswith("COR") else each for each in finding.related
    ]
    return values


def same(data: bytes, size: int) -> list[Capture]:
    """The stretches, after it was seen that they tell what the whole does."""
    captures = in_stretches(data, size)
    whole, one = linted(Capture("a.json", data))
    parts, several = linted(*captures)
    assert list(map(told, parts)) == list(map(told, whole))
    assert several.summary(0) == one.summary(0)
    for finding in parts:
        if finding.excerpt is not None:
            assert finding.column is not None
            assert finding.line is not None
            line = data.decode().split("\n")[finding.line - 1].removesuffix("\r")
            assert line[finding.excerpt_before :].startswith(finding.excerpt)
            assert finding.column - 1 - finding.excerpt_before <= len(finding.excerpt)
    return captures


SESSION = {"userSessionId": "1:1490529480:a", "agentId": "b", "roundId": 1490529480, "date": "2017-03-26 11:58:43"}
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "port": st.sampled_from([0, 443, "443", None, -1]),
        "orgName": st.sampled_from(["a", "ä🎉", '}, {"', "{{{", "}", "\\", '"', "\n", "x" * 300]),
        "visitedSite": st.sampled_from(["a.example", "http://x"]),
        "numberOfPages": st.just(2),
        "pages": st.lists(st.sampled_from([{"id": "page_0"}, {"id": "page_1", "responseCode": 0}, {}, None]), max_size=3),
        "network": st.sampled_from([{"ping": {"pktsSent": 1, "pktsReceived": 2}}, {"ping": {"error": "x"}}, {"x": 1}]),
        "pots": st.just({"a": [{}, {"b": [[{}]]}]}),
    },
)  # fmt: skip


@st.composite
def responses(draw: st.DrawFn) -> bytes:
    response = {
        "userSessions": draw(sessions()),
        **draw(st.sampled_from([{}, {}, {"pages": {"next": "x"}, "userSession": 1}])),
    }
    return draw(texts(response))


@st.composite
def lists(draw: st.DrawFn) -> bytes:
    payloads = draw(sessions())
    for index in draw(st.sets(st.integers(0, len(payloads) - 1))):
        payloads[index] = {"userSessions": draw(sessions(index + 1))}
    return draw(texts(payloads))


@st.composite
def sessions(draw: st.DrawFn, response: int = 0) -> list[Any]:
    made: list[Any] = []
    for number in range(draw(st.integers(1, 6))):
        session: Any = {**SESSION, "userSessionId": f"{number}:1490529480:{response}", **draw(FIELDS)}
        for key in draw(st.sets(st.sampled_from(["agentId", "userSessionId"]), max_size=1)):
            del session[key]
        made.append(draw(st.sampled_from([session] * 8 + [{}, None, 5, []])))
    made[0] = made[0] or {}
    return made


@st.composite
def texts(draw: st.DrawFn, document: Any) -> bytes:
    text = json.dumps(
        document,
        indent=draw(st.sampled_from([None, 1])),
        ensure_ascii=draw(st.booleans()),
        separators=draw(st.sampled_from([None, (",", ":"), (" , ", " : ")])),
    )
    return draw(st.sampled_from(["", "\n ", "\r\n"])).encode() + text.encode() + draw(st.sampled_from([b"", b"\n"]))


@given(responses() | lists(), st.integers(1, 400))
def test_stretches_tell_what_the_whole_tells(data: bytes, size: int) -> None:
    same(data, size)


def compact(*sessions: Any, **more: Any) -> bytes:
    return orjson.dumps({"userSessions": sessions, **more})


def bad(id: str, **more: Any) -> dict[str, Any]:
    return {**SESSION, "userSessionId": id, "port": 0, **more}


@pytest.mark.parametrize(
    ("data", "count"),
    [
        (compact(bad("a"), bad("b"), bad("c")), 3),
        (compact(bad("a", orgName="}{"), bad("b", orgName='"}, {"'), bad("c")), 3),
        (compact(bad("a", orgName="{"), bad("b", orgName="}"), bad("c")), 3),
        (compact(bad("a", orgName="\\"), bad("b", orgName='{"'), bad("c")), 3),
        (compact(bad("a"), None, bad("b"), bad("c"), 5, bad("d")), 2),
        (compact(bad("a"), {}, bad("b"), userSession=1, x=[{}, {}]), 2),
        (compact(bad("a"), x=[{"y": "0123456789"}, {}, {"y": 1}, {}]), 1),
        (compact(bad("a"), bad("b"), x=[{"y": "0123456789"}, {}, {}]), 2),
        (json.dumps({"userSessions": [bad("a", orgName="ä"), bad("b")]}, indent=2, ensure_ascii=False).encode(), 2),
        (compact(bad("a"), bad("b"))[:-1] + b', "userSessions": []}', 1),
        (b'{"x": 1, "userSessions": [{}, {}]}', 1),
        (b"[{}, {}]", 1),
        (orjson.dumps([{"name": "a"}, bad("a"), bad("b")]), 1),
        (orjson.dumps([bad("a"), {}, bad("b"), None, bad("c")]), 2),
        (orjson.dumps([{"userSessions": [bad("a"), bad("b")]}, bad("c"), {"userSessions": [], "x": 1}]), 2),
        (b" [ " + orjson.dumps([bad("a"), bad("b")])[1:] + b"\n", 2),
        (orjson.dumps([bad("a"), bad("b")])[:-1], 2),
        (compact(), 1),
        (compact(bad("a"))[:-1], 1),
    ],
)
def test_which_responses_come_in_stretches(data: bytes, count: int) -> None:
    assert len(same(data, 10)) == count


def rows(findings: list[Finding]) -> list[tuple[str, str, int | None, int | None, str, str | None]]:
    return [
        (finding.rule, finding.pointer, finding.line, finding.column, finding.message, finding.help)
        for finding in findings
        if finding.rule.startswith("CAP")
    ]


TWO = compact(bad("a"), bad("b"))
PRETTY = json.dumps(
    {"userSessions": [bad("a"), bad("b"), bad("c", pages=[{"id": "x"}], orgName="y")]}, indent=1
).encode()


@pytest.mark.parametrize(
    "data",
    [
        compact(bad("a"), bad("b"), bad("c"))[:-30],
        compact(bad("a"), bad("b", x=[{"y": 1}, {}]))[:-14],
        TWO + b" $",
        TWO[:-1] + b", x: 1}",
        b"\xef\xbb\xbf" + TWO,
        compact(bad("a"), bad("b", orgName=1)).replace(b":1}", b":NaN}"),
        compact(bad("a"), bad("b", orgName=1), x=2).replace(b":1}", b":NaN}"),
        TWO.replace(b":0}]", b':0,"port":1}]'),
        compact(bad("a"), bad("b", orgName="x")).replace(b'"x"', b"'x'"),
        compact(bad("a"), bad("b", orgName="x"), bad("c")).replace(b'"x"', b'"\\ud800"'),
        PRETTY.replace(b'"c",', b'"c"'),
        PRETTY.replace(b"],", b","),
        PRETTY.replace(b"}\n   ],", b"\n   ],"),
    ],
)
def test_what_is_broken_is_told_where_it_is(data: bytes) -> None:
    captures = in_stretches(data, 10)
    assert len(captures) > 1
    findings, tally = linted(*captures)
    whole, _ = linted(Capture("a.json", data))
    assert rows(findings) == rows(whole) != []
    summary = tally.summary(0)
    assert (summary.captures, summary.payloads, summary.unreadable) == (1, 1, 0)


LISTED = compact(*(bad(id, pages=[{"id": "page_0"}, {"id": "page_1"}]) for id in "abcd"))


@pytest.mark.parametrize("quotes", [(4, other) for other in range(14, 28)])
def test_lost_quotes_make_no_stretch_end_inside_of_an_item(quotes: tuple[int, int]) -> None:
    at = [place for place, byte in enumerate(LISTED) if byte == ord('"')]
    data = bytes(byte for place, byte in enumerate(LISTED) if place not in {at[2 + each] for each in quotes})
    findings, tally = linted(*in_stretches(data, 10))
    whole, one = linted(Capture("a.json", data))
    assert tally.summary(0).sessions == one.summary(0).sessions
    assert [row for row in rows(findings) if row[0] != "CAP003"] == [row for row in rows(whole) if row[0] != "CAP003"]


def test_each_broken_stretch_is_told() -> None:
    findings, _ = linted(*in_stretches(TWO.replace(b"0}", b"'0'}"), 10))
    assert [row[:2] for row in rows(findings)] == [
        ("CAP003", "/userSessions/0/port"),
        ("CAP003", "/userSessions/1/port"),
    ]


def test_what_holds_of_the_whole_is_told_once() -> None:
    exchange = Exchange("har", 200, session_id="2:1490529480:a", format="xml")
    captures = list(stretches(Capture("a.har!/log/entries/0", compact(SESSION, SESSION), exchange=exchange), 10) or ())
    findings, _ = linted(*captures)
    told = [(finding.rule, finding.pointer) for finding in findings if finding.rule == "CAP020"]
    ids = [("CAP020", f"/userSessions/{index}/userSessionId") for index in range(2)]
    assert sorted(told) == [("CAP020", ""), *ids]
    assert stretches(Capture("a", compact(SESSION, SESSION), exchange=Exchange("har", 401)), 10) is None


def test_a_session_that_comes_again_is_told_across_stretches() -> None:
    findings, _ = linted(*in_stretches(compact(SESSION, SESSION, {**SESSION, "agentId": "c"}), 10))
    assert [(each.rule, each.pointer) for each in findings if each.rule.startswith("COR")] == []
    visited = {**SESSION, "visitedSite": "a.example"}
    findings, _ = linted(*in_stretches(compact(visited, visited, {**visited, "agentId": "c"}), 10))
    assert [(each.rule, each.pointer, each.related[0].pointer) for each in findings if each.rule.startswith("COR")] == [
        ("COR002", "/userSessions/1/userSessionId", "/userSessions/0/userSessionId"),
        ("COR001", "/userSessions/2/userSessionId", "/userSessions/0/userSessionId"),
    ]


def test_a_stretch_that_nothing_can_be_made_of_does_not_hide_the_others() -> None:
    data = compact(bad("a"), bad("b", x="["), bad("c")).replace(b'"["', b"[     " * 300)
    findings, tally = linted(*in_stretches(data, 10))
    ((rule, pointer, line, column, message, _),) = rows(findings)
    assert (rule, pointer, line, message.endswith("the limit nesting is 254")) == ("CAP015", "", 1, True)
    assert column == 1 + data.index(b"[     ") + 251 * 6
    assert tally.summary(0).payloads == 1


def test_results_say_that_they_go_on() -> None:
    results: list[Result] = list(lint(ENGINE, in_stretches(TWO, 10), limits=Limits()))
    assert [(each.payloads, each.sessions, each.continues) for each in results] == [(1, 1, False), (0, 1, True)]


def test_a_stretch_in_a_folder_needs_no_evidence_of_its_own() -> None:
    sessions = [{"agentId": "b", "roundId": 1490529480, "visitedSite": "a.example"} for _ in range(9)]
    data = orjson.dumps([{"userSessionId": "0:1490529480:0"}, *sessions])
    captures = list(stretches(Capture("dump/data", data, "folder"), 100) or ())
    assert len(captures) > 2
    findings, tally = linted(*captures)
    assert tally.summary(0).skipped == {}
    assert {each.pointer.split("/")[1] for each in findings if each.rule == "SCH001"} == set(map(str, range(10)))
