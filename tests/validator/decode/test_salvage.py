"""What is broken is told once, at its place, and the rest is salvaged."""

import json
import re
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessionlint import check
from sessionlint.decode import Undecodable, decode
from sessionlint.document import Document
from support import EXAMPLES, SOUND, at, sound

Told = tuple[str, int | None, int | None]


def told(result: Document | Undecodable) -> list[Told]:
    return [
        (each.rule, each.span.line if each.span else None, each.span.column if each.span else None)
        for each in result.defects
    ]


@pytest.mark.parametrize(
    ("text", "tree", "expected", "words"),
    [
        ('{"a": 1 "b": 2}', {"a": 1, "b": 2}, [("CAP003", 1, 9)], "a comma is missing"),
        ('{"a": [1, 2,]}', {"a": [1, 2]}, [("CAP003", 1, 12)], "comma"),
        ('{"a": 1,, "b": 2}', {"a": 1, "b": 2}, [("CAP003", 1, 9)], "comma"),
        ("{'a': 'b'}", {"a": "b"}, [("CAP003", 1, 2)], "single quotes"),
        ("{a: 1}", {"a": 1}, [("CAP003", 1, 2)], "quotes"),
        ('// x\n{"a": 1}', {"a": 1}, [("CAP003", 1, 1)], "comment"),
        ('{"a": /* x */ 1}', {"a": 1}, [("CAP003", 1, 7)], "comment"),
        ('{"a": "b\tc"}', {"a": "b\tc"}, [("CAP003", 1, 9)], "a tab stands in a string"),
        ('{"a": True}', {"a": True}, [("CAP003", 1, 7)], "Python"),
        ('{"a": "\\x"}', {"a": "\\x"}, [("CAP003", 1, 8)], "escape"),
        ('{"a": 01}', {"a": 1}, [("CAP003", 1, 7)], "zero"),
        ('{"a" 1}', {"a": 1}, [("CAP003", 1, 6)], "colon"),
        ('{"a": 1} {"b": 2}', {"a": 1}, [("CAP018", 1, 10)], ""),
        ('{"a": 1, "a": 2}', {"a": 2}, [("CAP005", 1, 15)], "key"),
        ('{"a": 1, "b": [2, 3', {"a": 1, "b": [2]}, [("CAP004", 1, 19)], "ends inside"),
        ('\ufeff{"a": 1}', {"a": 1}, [("CAP007", 1, 1)], "byte-order mark"),
    ],
)
def test_a_defect_is_told_at_its_place_and_repaired(text: str, tree: Any, expected: list[Told], words: str) -> None:
    result = decode(text.encode())
    assert isinstance(result, Document)
    assert result.tree == tree
    assert told(result) == expected
    assert words in result.defects[0].problem.message.text()


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le"])
def test_other_encodings_are_decoded_and_checked(encoding: str) -> None:
    result = decode('{"userSessions": [], "é": 1}'.encode(encoding))
    assert isinstance(result, Document)
    assert result.tree == {"userSessions": [], "é": 1}
    assert [each.rule for each in result.defects] == ["CAP007"]


@pytest.mark.parametrize("number", ["NaN", "-Infinity", "1e400", "Infinity"])
def test_no_double_holds_it(number: str) -> None:
    payload = orjson.dumps(SOUND).replace(b'"rtt":77.449', b'"rtt":' + number.encode())
    assert [(each.rule, each.pointer) for each in check(payload).findings] == [
        ("CAP006", "/userSessions/0/network/connect/rtt")
    ]


def test_the_documented_example_lacks_one_comma() -> None:
    broken = decode((EXAMPLES / "documentation-as-printed.json").read_bytes())
    assert told(broken) == [("CAP003", 86, 17)]
    assert isinstance(broken, Document)
    assert broken.tree == orjson.loads((EXAMPLES / "documentation.json").read_bytes())


TEXT = orjson.dumps(SOUND, option=orjson.OPT_INDENT_2)
OF_THE_WHOLE = [(each.rule, each.pointer, each.message) for each in check(TEXT, select=["ALL"]).findings]


@given(st.sampled_from(range(1, len(TEXT))))  # of integers, most that are drawn are small
def test_a_payload_that_is_cut_off_is_only_that(length: int) -> None:
    findings = check(TEXT[:length], select=["ALL"]).findings
    assert {each.rule for each in findings if (each.rule, each.pointer, each.message) not in OF_THE_WHOLE} == {"CAP004"}


@pytest.mark.parametrize("list_", ["pages", "network/traceroute/hops", "network/networkProfile/dnsServers"])
@pytest.mark.parametrize("kept", [0, 1])
def test_what_was_left_out_of_a_list_is_only_that(list_: str, kept: int) -> None:
    holder = sound()["userSessions"][0]
    *steps, last = list_.split("/")
    for step in steps:
        holder = holder[step]
    payload = orjson.dumps(at(list_, [*holder[last][:kept], "left out"])).replace(b'"left out"', b"...")
    assert {each.rule for each in check(payload).findings} == {"CAP003"}


@given(st.integers(min_value=0, max_value=len(TEXT) - 1), st.binary(max_size=3))
def test_a_damaged_payload_never_stops_the_run(at: int, inserted: bytes) -> None:
    for damaged in (TEXT[:at] + inserted + TEXT[at:], TEXT[:at] + TEXT[at + 1 :]):
        report = check(damaged)
        assert report.summary.captures == 1
        assert "INT001" not in report.summary.rules


@given(st.binary())
def test_any_bytes_give_a_report(data: bytes) -> None:
    summary = check(data).summary
    assert summary.payloads + summary.unreadable + sum(summary.skipped.values()) == summary.captures == 1


@pytest.mark.parametrize(
    "text", ["[" * 100_000, '{"a":' * 100_000, "'" * 300_000, "," * 300_000, '{"a":"' + "\\" * 300_001]
)
def test_hostile_text_ends(text: str) -> None:
    assert check(text.encode()).findings


@pytest.mark.parametrize(
    ("value", "is_xml"), [(b"[" * 100_000 + b"]" * 100_000, False), (b"<a>" * 100_000 + b"</a>" * 100_000, True)]
)
def test_deep_nesting_is_over_the_limit(value: bytes, is_xml: bool) -> None:
    assert [each.rule for each in check(value).findings] == ["CAP015"]


STRUCTURE = [
    place
    for each in re.finditer(rb'"[^"\\]*"|[{}\[\],:]', TEXT)
    for place in ((each.start(), each.end() - 1) if each[0].startswith(b'"') else (each.start(),))
]


def test_a_lost_character_is_one_defect_and_takes_nothing_along() -> None:
    for place in STRUCTURE:
        result = decode(TEXT[:place] + TEXT[place + 1 :])
        assert isinstance(result, Document)
        assert result.tree == SOUND, place
        assert [each.rule for each in result.defects] == ["CAP003" if place < len(TEXT) - 1 else "CAP004"], place


def test_undocumented_fields_stay_where_they_stand() -> None:
    session = {"userSessionId": "1", "browser": {"name": "Chrome", "port": 1}, "port": 2, "extra": {"date": [1]}}
    whole = json.dumps({"userSessions": [session]})
    for end in range(1, len(whole)):
        assert {each.rule for each in decode(whole[:end].encode()).defects} == {"CAP004"}
    broken = decode(whole.replace("[1]", "[1").encode())
    assert isinstance(broken, Document)
    assert broken.tree == {"userSessions": [session]}
