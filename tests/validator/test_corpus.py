"""Sessions that come more than once in a run: COR001, COR002."""

from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessionlint import check
from sessionlint.corpus import Corpus, Identity
from support import at, sound, without

ID = "07625:1490529480:aKq8Zc21"


def several(*payloads: dict[str, Any]) -> dict[str, Any]:
    """One response with the sessions of all."""
    return {"userSessions": [session for payload in payloads for session in payload["userSessions"]]}


@pytest.mark.parametrize(
    ("second", "told"),
    [
        (sound(), ("COR002", "this session is in")),
        (at("port", 8443), ("COR002", "this session is in")),
        (at("agentId", "a1b2c3d4"), ("COR001", "but agentId differs")),
        (at("roundId", 1490529480 + 60 * 65536), ("COR001", "but roundId differs")),
        (at("visitedSite", "www.example.com"), ("COR001", "but visitedSite differs")),
        (at("visitedSite", "a.example", at("agentId", "a1b2")), ("COR001", "but agentId and visitedSite differ")),
        (at("userSessionId", ID), None),
        (at("userSessionId", ID, at("agentId", "a1b2c3d4")), None),
        (without("agentId"), None),
        (without("visitedSite"), None),
        (at("visitedSite", None), None),
        (at("date", "2017-02-30 11:58:43"), ("COR001", "but date differs")),
    ],
)
def test_what_is_said_of_a_second_session(second: dict[str, Any], told: tuple[str, str] | None) -> None:
    findings = [each for each in check(several(sound(), second)).findings if each.rule.startswith("COR")]
    assert [(each.rule, each.pointer) for each in findings] == (
        [(told[0], "/userSessions/1/userSessionId")] if told else []
    )
    if told:
        assert told[1] in findings[0].message
        assert '"<object>!/userSessions/0"' in findings[0].message
        assert [each.pointer for each in findings[0].related] == ["/userSessions/0/userSessionId"]


def test_the_place_of_the_first_one_is_told_across_files(tmp_path: Path) -> None:
    (tmp_path / "a{0}.json").write_bytes(orjson.dumps(sound()))
    (tmp_path / "b.jsonl").write_bytes(b"\n\n" + orjson.dumps(several(at("userSessionId", ID), sound())))
    (finding,) = check(tmp_path).findings
    assert finding.rule == "COR002"
    assert finding.pointer == "/userSessions/1/userSessionId"
    assert finding.line == 3
    assert finding.address.endswith("b.jsonl!/3!/userSessions/1/userSessionId")
    assert 'a{0}.json!/userSessions/0"' in finding.message
    assert finding.related == ()


def test_what_was_salvaged_does_not_count(tmp_path: Path) -> None:
    text = orjson.dumps(sound())
    (tmp_path / "cut.json").write_bytes(text[:-20])
    (tmp_path / "whole.json").write_bytes(text)
    assert "COR002" not in {each.rule for each in check(tmp_path).findings}
    (tmp_path / "whole-too.json").write_bytes(text)
    assert "COR002" in {each.rule for each in check(tmp_path).findings}


def test_a_redacted_message_has_the_place_and_no_value() -> None:
    (finding,) = check(several(sound(), sound()), redact=True).findings
    assert "h3qJQTpl" not in str(finding)
    assert "/userSessions/0" in finding.message


def test_a_repeated_session_is_told_where_it_is_among_other_findings() -> None:
    both = several(*[at("network/ping/pktsReceived", 11)] * 2)
    findings = check(orjson.dumps(both, option=orjson.OPT_INDENT_2)).findings
    assert [each.rule for each in findings] == ["PNG003", "PNG003", "COR002"]


@pytest.mark.parametrize("ignored", [["COR"], ["COR002"]])
def test_the_rules_can_be_left_out(ignored: list[str]) -> None:
    assert check(several(sound(), sound()), ignore=ignored).findings == ()


IDENTITIES = st.lists(
    st.tuples(
        st.sampled_from([(), ("userSessions", 0), (3,), (2, "userSessions", 70000)]),
        st.sampled_from("abcdef"),
        st.tuples(st.sampled_from("xy"), st.integers(1, 2), st.sampled_from("xy"), st.sampled_from("xy")),
    ),
    max_size=30,
)
CAPTURES = st.sampled_from(
    ["a.json", "b.jsonl!/17", "b.jsonl!/18", "b.jsonl!/017", "b.har!/log/entries/0", "7", "x/0", "x/9999999999"]
)


@given(st.lists(st.tuples(CAPTURES, IDENTITIES), max_size=8), st.sampled_from([0, 3, 1000]))
def test_each_session_is_compared_with_the_first_of_its_id(
    captures: list[tuple[str, list[Identity]]], few: int
) -> None:
    corpus, firsts = Corpus(few=few), dict[str, tuple[str, Identity]]()
    for capture, identities in captures:
        expected = []
        for path, id, told in identities:
            if id not in firsts:
                firsts[id] = (capture, (path, id, told))
                continue
            first_capture, (first_path, _, first_told) = firsts[id]
            expected.append(
                (path, id, first_capture, first_path, [a != b for a, b in zip(told, first_told, strict=True)])
            )
        names = ("agentId", "roundId", "date", "visitedSite")
        assert [
            (each.path, each.id, each.first_capture, each.first_path, [name in each.differing for name in names])
            for each in corpus.see(capture, identities)
        ] == expected


def test_memory_that_is_full_is_told_and_still_compares() -> None:
    corpus = Corpus(most_sessions=2)
    told = ("agent", 1, "date", "site")
    assert corpus.see("a", [((), id, told) for id in ("1", "2", "3", "4")]) == []
    assert corpus.not_remembered == 2
    assert [each.id for each in corpus.see("b", [((), id, told) for id in ("1", "2", "3")])] == ["1", "2"]
    assert corpus.not_remembered == 3
