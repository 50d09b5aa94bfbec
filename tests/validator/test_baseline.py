import os
import tomllib
from collections.abc import Collection
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessionlint import Finding, check
from sessionlint.baseline import Baseline, Entry, as_toml, read, unused_text, write
from sessionlint.config import ConfigError
from sessionlint.output import OutputError
from sessionlint.rule import registry
from sessionlint.toml import string
from support import at, sound
from support_findings import ANY_TEXT, FINDING, HOSTILE, findings

HERE = os.curdir
RULES = registry()
ELSEWHERE = FINDING._replace(
    fingerprint="ffeeddccbbaa998877665544",
    address="captures/legacy/b.json!/userSessions/3/network/gatewayPing/pktsReceived",
    capture="captures/legacy/b.json",
)
OTHER_RULE = ELSEWHERE._replace(rule="PNG004")
CRASH = ELSEWHERE._replace(rule="INT001")


def loaded(text: str, folder: Path) -> Baseline:
    path = folder / "known.toml"
    path.write_text(text, encoding="utf-8", newline="\n")
    return read(str(path), HERE, RULES)


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("", []),
        ("finding = []", []),
        (f'[[finding]]\nrule = "PNG003"\nfingerprint = "{FINDING.fingerprint}"', [FINDING]),
        (f'[[finding]]\nrule = "PNG004"\nfingerprint = "{FINDING.fingerprint}"', []),
        (
            f'[[finding]]\nrule = "PNG003"\nfingerprint = "{FINDING.fingerprint}"\naddress = "gone.json!/date"\nreason = "x"',
            [FINDING],
        ),
        ('[[finding]]\nrule = "PNG003"\naddress = "captures/legacy/**"', [ELSEWHERE]),
        ('[[finding]]\nrule = "PNG003"\naddress = "**/gatewayPing"\nreason = "known to the vendor"', [ELSEWHERE]),
        ('[[finding]]\nrule = "PNG003"\naddress = "captures/*.json"', [FINDING]),
        ('[[finding]]\nrule = "PNG003"\naddress = "captures"', [FINDING, ELSEWHERE]),
        ('[[finding]]\nrule = "PNG003"\naddress = "captures/a.json!/userSessions/*/network/ping"', [FINDING]),
        (
            '[[finding]]\nrule = "PNG004"\naddress = "**"\n[[finding]]\nrule = "PNG003"\naddress = "a.json"',
            [FINDING, OTHER_RULE],
        ),
        ('[[finding]]\nrule = "INT001"\naddress = "**"', []),
    ],
)
def test_what_an_entry_matches_is_known(text: str, known: list[Finding], tmp_path: Path) -> None:
    baseline = loaded(text, tmp_path)
    assert [finding for finding in (FINDING, ELSEWHERE, OTHER_RULE, CRASH) if baseline.knows(finding)] == known


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[finding", "not TOML: "),
        ("[[findings]]", 'unknown key "findings"; entries are called [[finding]]'),
        ('[finding]\nrule = "PNG003"', "finding: expected a list of tables: [[finding]], not [finding]"),
        ("finding = [1]", "entry 1: expected a table: [[finding]]"),
        ("[[finding]]", "entry 1: names no rule"),
        ('[[finding]]\nrule = "PNG003"', "entry 1: has neither fingerprint nor address"),
        ('[[finding]]\nrule = "png003"\naddress = "a"', 'entry 1: no rule is called "png003"; did you mean PNG003?'),
        (
            '[[finding]]\nrule = "SES"\naddress = "a"',
            'entry 1: no rule is called "SES"; one whole id is needed here, such as SES001',
        ),
        ('[[finding]]\nrule = 3\naddress = "a"', "entry 1: rule: expected text"),
        ('[[finding]]\nrule = "PNG003"\naddress = ""', "entry 1: has neither fingerprint nor address"),
        ('[[finding]]\nrule = "PNG003"\naddress = "a"\nreason = []', "entry 1: reason: expected text"),
        (
            '[[finding]]\nrule = "PNG003"\naddress = "a"\n[[finding]]\nrule = "PNG003"\nfingerprnt = "b"',
            'entry 2: unknown key "fingerprnt"; there are rule, fingerprint, address, reason',
        ),
        (
            "[[finding]]\nrule = \"PNG003\"\naddress = 'a\\b'",
            'entry 1: "a\\\\b" has a backslash: paths are written with forward slashes',
        ),
    ],
)
def test_a_wrong_file_is_told_in_one_line(
    text: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError) as raised:
        loaded(text, tmp_path)
    assert str(raised.value).startswith(f"known.toml: {message}")
    assert str(raised.value).isprintable()


def test_a_file_that_is_not_there_is_told() -> None:
    with pytest.raises(ConfigError, match=r"^nowhere\.toml: no such file; .*--write-baseline"):
        read("nowhere.toml", HERE, RULES)


# Unused entries: told only where the run could have met what they speak of.

RECORDED = Entry("PNG003", "00", "captures/a.json!/userSessions/0/date")
BARE = Entry("PNG003", "00")
PATTERN = Entry("PNG003", None, "captures/legacy/*/a.json")
ANYWHERE = Entry("PNG003", None, "a.json")
INSIDE = Entry("PNG003", None, "dump.zip!/host7/**")


@pytest.mark.parametrize(
    ("paths", "unused"),
    [
        (["."], [RECORDED, BARE, PATTERN, ANYWHERE, INSIDE]),
        ([".."], [RECORDED, BARE, PATTERN, ANYWHERE, INSIDE]),
        (["captures"], [RECORDED, PATTERN]),
        (["captures/"], [RECORDED, PATTERN]),
        (["captures/a.json"], [RECORDED]),
        (["./captures/../captures/a.json"], [RECORDED]),
        (["captures/b.json"], []),
        (["captures/legacy"], [PATTERN]),
        (["capt"], []),
        (["dump.zip", "captures/b.json"], [INSIDE]),
        (["-"], []),
    ],
)
def test_an_unused_entry_is_told_where_the_run_covers_it(paths: list[str], unused: list[Entry]) -> None:
    entries = [RECORDED, BARE, PATTERN, ANYWHERE, INSIDE]
    assert [entry for entry in entries if Baseline([entry], HERE).unused({"PNG003"}, paths)] == unused


def test_where_case_means_nothing_it_counts_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os.path, "normcase", str.lower)
    assert Baseline([RECORDED], HERE).unused({"PNG003"}, ["Captures"]) == [RECORDED]


def test_an_entry_is_used_once_it_has_matched() -> None:
    recorded = Entry("PNG003", FINDING.fingerprint, "moved/away.json!/date")
    entries = [recorded, PATTERN, Entry("PNG003", None, "captures/legacy/b.json"), Entry("PNG004", None, "**")]
    baseline = Baseline(entries, HERE)
    assert baseline.unused(RULES, ["."]) == [*entries[1:], recorded]
    for finding in (FINDING, ELSEWHERE):
        assert baseline.knows(finding)
    assert baseline.unused(RULES, ["."]) == [PATTERN, Entry("PNG004", None, "**")]


def test_an_entry_of_a_rule_that_did_not_run_is_not_told_of() -> None:
    assert Baseline([RECORDED], HERE).unused({"PNG004"}, ["."]) == []


@pytest.mark.parametrize(
    ("entries", "redact", "text"),
    [
        ([BARE], False, "1 entry of the baseline matched nothing:\n  PNG003 00"),
        (
            [RECORDED, PATTERN._replace(address="a\x1b[31m/**")],
            False,
            "\n".join(
                [
                    "2 entries of the baseline matched nothing:",
                    "  PNG003 captures/a.json!/userSessions/0/date",
                    "  PNG003 a\\u001b[31m/**",
                ]
            ),
        ),
        ([RECORDED] * 12, True, "12 entries of the baseline matched nothing"),
    ],
)
def test_unused_entries_are_told(entries: list[Entry], redact: bool, text: str) -> None:
    assert unused_text(entries, redact=redact) == text


def test_most_unused_entries_are_only_counted() -> None:
    lines = unused_text([RECORDED] * 1234).splitlines()
    assert (len(lines), lines[-1]) == (12, "  and 1224 more")


# Writing.


def test_what_is_written_is_sorted_and_has_what_stays() -> None:
    before = [
        Entry("PNG003", None, "b/**", "hand-written"),
        Entry("PNG003", FINDING.fingerprint, "old/a.json!/date", "a switch that doubles"),
        Entry("PNG003", "gone", "a.json!/date", "fixed since"),
        Entry("TRC004", None, "never/**"),
    ]
    baseline = Baseline(before, HERE)
    in_b = ELSEWHERE._replace(address="b/x.json!/date", fingerprint="11")
    known_and_in_b = FINDING._replace(address="b/a.json!/date")
    assert all(map(baseline.learns, (OTHER_RULE, known_and_in_b, in_b, ELSEWHERE, ELSEWHERE)))
    assert baseline.entries(RULES, ["."]) == [
        Entry("PNG003", None, "b/**", "hand-written"),
        Entry("TRC004", None, "never/**"),
        Entry("PNG003", FINDING.fingerprint, "b/a.json!/date", "a switch that doubles"),
        Entry("PNG003", ELSEWHERE.fingerprint, ELSEWHERE.address),
        Entry("PNG004", OTHER_RULE.fingerprint, OTHER_RULE.address),
    ]
    assert as_toml(baseline.entries(RULES, ["."])[1:3]).split("\n\n", 1)[1] == (
        '[[finding]]\nrule = "TRC004"\naddress = "never/**"\n\n'
        f'[[finding]]\nrule = "PNG003"\nfingerprint = "{FINDING.fingerprint}"\naddress = "b/a.json!/date"\n'
        'reason = "a switch that doubles"\n'
    )


IN_A = Entry("PNG003", "0a", "captures/a.json!/userSessions/0/date", "ticket 42")
IN_ARCHIVE = Entry("PNG004", "0b", "dump.zip!/host7/a.json!/userSessions/0/date", "ticket 43")
ODD = Entry("PNG003", "0c", "captures/100%25 %21%C3%A4.json!/userSessions/0/date")
REPEATED = Entry("COR002", "0d", "captures/z.json!/userSessions/0")


@pytest.mark.parametrize(
    ("rules", "paths", "kept"),
    [
        (RULES, ["."], []),
        (RULES, ["captures", "dump.zip"], []),
        (RULES, ["captures"], [REPEATED, IN_ARCHIVE]),
        (RULES, ["captures/a.json"], [REPEATED, ODD, IN_ARCHIVE]),
        (RULES, ["captures/100% !ä.json"], [REPEATED, IN_A, IN_ARCHIVE]),
        (RULES, ["elsewhere"], [REPEATED, ODD, IN_A, IN_ARCHIVE]),
        (RULES, ["-"], [REPEATED, ODD, IN_A, IN_ARCHIVE]),
        ({"PNG004"}, ["."], [REPEATED, ODD, IN_A]),
        ({"COR002"}, ["."], [ODD, IN_A, IN_ARCHIVE]),
        (set(), ["."], [REPEATED, ODD, IN_A, IN_ARCHIVE]),
    ],
)
def test_what_a_run_does_not_cover_stays(rules: Collection[str], paths: list[str], kept: list[Entry]) -> None:
    baseline = Baseline([IN_A, IN_ARCHIVE, ODD, REPEATED], HERE)
    assert baseline.entries(rules, paths) == kept


def test_all_entries_of_a_file_outside_of_the_run_stay() -> None:
    both = [IN_A, IN_A._replace(rule="PNG004", fingerprint="0e")]
    assert Baseline(both, HERE).entries(RULES, ["elsewhere"]) == both


def test_an_entry_of_a_file_outside_of_the_run_stays_though_the_session_is_in_another_too() -> None:
    entry = Entry("PNG003", FINDING.fingerprint, "a/copy.json!/date", "one session, saved twice")
    baseline = Baseline([entry], HERE)
    assert baseline.learns(FINDING)
    both = [entry, entry._replace(address=FINDING.address)]
    assert baseline.entries(RULES, ["captures"]) == both

    # Each goes by itself, once the finding is gone from its file.
    baseline = Baseline(both, HERE)
    assert baseline.entries(RULES, ["a"]) == both[1:]
    assert baseline.knows(FINDING)
    assert baseline.unused(RULES, ["."]) == [entry]


# Of what has no session's id, the file's name and the place in it are all that is known.

PAGE = FINDING._replace(rule="CAP009", address="a/r.json!", capture="a/r.json", pointer="", is_by_place=True)
IN_FIELD = FINDING._replace(address="a/r.json!/userSessions/0/x y", capture="a/r.json", is_by_place=True)


@pytest.mark.parametrize("found", [PAGE, IN_FIELD], ids=["file", "field"])
def test_a_file_is_not_known_by_another_of_its_name(found: Finding, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/r.json").touch()
    here, there = (
        found._replace(capture=f"{tmp_path.as_posix()}/{path}", address=f"{tmp_path.as_posix()}/{path}!{found.pointer}")
        for path in ("a/r.json", "b/r.json")
    )
    redacted = here._replace(address=f"{here.capture}!/userSessions/0/***")
    learning = Baseline([], str(tmp_path))
    assert learning.learns(here)
    entries = learning.entries(RULES, [str(tmp_path)])
    assert [entry.address for entry in entries] == [f"a/r.json!{found.pointer}"]

    baseline = Baseline(entries, str(tmp_path))
    assert [baseline.knows(each) for each in (here, redacted, there)] == [True, True, False]
    assert Baseline([entries[0]._replace(address=None)], str(tmp_path)).knows(there), "an entry without a place"

    (tmp_path / "a").rename(tmp_path / "b")
    moved = Baseline(entries, str(tmp_path))
    assert moved.knows(there)
    assert moved.unused(RULES, [str(tmp_path)]) == []


def test_each_file_without_an_id_is_an_entry(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "r.json").touch()
    baseline = Baseline([], str(tmp_path))
    for finding in check(tmp_path / "a/r.json").findings + check(tmp_path / "b/r.json").findings:
        assert baseline.learns(finding)
    entries = baseline.entries(RULES, [str(tmp_path)])
    assert [(entry.rule, entry.address) for entry in entries] == [("CAP002", "a/r.json!"), ("CAP002", "b/r.json!")]
    assert len({entry.fingerprint for entry in entries}) == 1


def test_a_rule_that_failed_is_no_entry() -> None:
    baseline = Baseline([], HERE)
    assert not baseline.learns(CRASH)
    assert baseline.entries(RULES, ["."]) == []


def test_addresses_are_relative_to_the_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    baseline = Baseline([], str(tmp_path))
    baseline.learns(FINDING)
    assert [entry.address for entry in baseline.entries(RULES, ["."])] == [f"work/{FINDING.address}"]


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_is_harmless_and_comes_back(text: str) -> None:
    written = string(text)
    assert written.isprintable()
    expected = "".join("?" if "\ud800" <= character <= "\udfff" else character for character in text)
    assert tomllib.loads(f"a = {written}") == {"a": expected}


@given(ANY_TEXT)
def test_any_text_can_be_written(text: str) -> None:
    assert tomllib.loads(f"a = {string(text)}")["a"] == text.encode("utf-8", "replace").decode()


@given(learnt=st.lists(findings()), others=st.lists(findings()), random=st.randoms())
def test_a_written_baseline_knows_its_findings_and_no_others(
    learnt: list[Finding], others: list[Finding], random: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    known = {rule: RULES.get(rule) for rule in (each.rule for each in learnt)}
    path = tmp_path_factory.mktemp("baseline") / "known.toml"
    texts = []
    for _ in range(2):
        baseline = Baseline([], HERE)
        for finding in learnt:
            baseline.learns(finding)
        write(str(path), baseline.entries(RULES, ["."]))
        texts.append(path.read_bytes())
        random.shuffle(learnt)
    assert texts[0] == texts[1]
    after = read(str(path), HERE, known)
    keys = {(each.rule, each.fingerprint) for each in learnt}
    for finding in (*learnt, *others):
        assert after.knows(finding) == ((finding.rule, finding.fingerprint) in keys and finding.rule != "INT001")
    assert after.unused(known, ["."]) == []


def test_a_file_is_replaced_whole_or_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "known.toml"
    path.write_text("before")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(OutputError, match=r"^cannot write .*known\.toml: no space left on device$"):
        write(str(path), [RECORDED])
    monkeypatch.undo()
    assert (path.read_text(), os.listdir(tmp_path)) == ("before", ["known.toml"])
    write(str(path), [RECORDED])
    assert read(str(path), HERE, RULES).entries(RULES, ["."]) == []
    assert os.listdir(tmp_path) == ["known.toml"]


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"^cannot write .*: no such file or directory$"):
        write(str(tmp_path / "nowhere" / "known.toml"), [])


def test_what_is_no_file_is_left_alone(tmp_path: Path) -> None:
    for path in (os.devnull, str(tmp_path)):
        with pytest.raises(OutputError, match=r"^cannot write .*: not a regular file$"):
            write(path, [])
    assert os.listdir(tmp_path) == []


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "known.toml").symlink_to("real.toml")
    write(str(tmp_path / "known.toml"), [])
    assert os.readlink(tmp_path / "known.toml") == "real.toml"
    assert (tmp_path / "real.toml").is_file()


# With the linter: an entry outlives what has nothing to do with its finding.

DEFECTS = [
    ("network/ping/pktsReceived", 11),
    ("network/ping/minRtt", 999.5),
    ("network/gatewayPing/pktsReceived", 11),
    ("port", 0),
    ("numberOfPages", 7),
    ("visitedSite", "https://example.com/"),
    ("network/traceroute/hops/0/ipAddress", "nowhere"),
    ("pages/0/responseCode", 1000),
    ("unheard", "\x1b[31m"),
]


def broken(defects: list[tuple[str, Any]]) -> dict[str, Any]:
    payload = sound()
    for pointer, value in defects:
        payload = at(pointer, value, payload)
    return payload


@given(
    known=st.lists(st.sampled_from(DEFECTS), min_size=1, unique=True),
    later=st.lists(st.sampled_from(DEFECTS), unique=True),
    change=st.sampled_from(["as it was", "re-indented", "moved", "another session before"]),
)
def test_entries_survive(
    known: list[tuple[str, Any]], later: list[tuple[str, Any]], change: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("survive")
    path = folder / "a.json"
    path.write_bytes(orjson.dumps(broken(known)))
    baseline = Baseline([], str(folder))
    for finding in check(path).findings:
        baseline.learns(finding)
    write(str(folder / "known.toml"), baseline.entries(RULES, ["."]))
    config = folder / "sessionlint.toml"
    config.write_text('baseline = "known.toml"')
    assert check(path, config=config).findings == ()

    payload = broken([*known, *later])
    if change == "another session before":
        other = sound()["userSessions"][0] | {"userSessionId": "07625:1490529480:another"}
        payload["userSessions"].insert(0, other)
    if change == "moved":
        path = folder / "elsewhere" / "b.json"
        path.parent.mkdir()
    path.write_bytes(orjson.dumps(payload, option=orjson.OPT_INDENT_2 if change == "re-indented" else None))
    everything = {(finding.rule, finding.fingerprint) for finding in check(path).findings}
    old = {(entry.rule, entry.fingerprint) for entry in baseline.entries(RULES, ["."])}
    report = check(path, config=config)
    assert {(finding.rule, finding.fingerprint) for finding in report.findings} == everything - old
    assert report.summary.suppressed == len(everything & old)
    if not later:
        assert report.findings == ()
