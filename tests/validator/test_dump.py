"""A support dump from end to end: every finding at its address, and what `extract` prints of each."""

import gzip
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sessionlint.library import check
from support_intake import PAYLOAD, bad_dump, tarred, zipped

INNER = "dump.zip!/host7/inner.tar.gz!"
SESSION = '{\n  "userSessionId": "07625:1490529480:h3qJQTpl"\n}\n'
XML = "<userSessions>\n  <userSessionId>1</userSessionId>\n</userSessions>\n"
LOCKED, BROKEN = "the member has a password", "the member has a bad checksum"

# Address in the archive, rule, line, column; what `extract` prints, or why it prints nothing.
EXPECTED: list[tuple[str, str, int | None, int | None, str]] = [
    (f"{INNER}/a.har!/log/entries/0!/userSessions/0", "SCH001", 1, 19, SESSION),
    (f"{INNER}/a.har!/log/entries/2!", "CAP008", 1, 1, '{\n  "errorMessage": "no"\n}\n'),
    (f"{INNER}/many.jsonl!/1!/userSessions/0", "SCH001", 1, 19, SESSION),
    (f"{INNER}/many.jsonl!/3!", "CAP004", 3, 1, "{\n"),
    (f"{INNER}/many.jsonl!/4!/userSessions/0", "SCH001", 4, 19, SESSION),
    (f"{INNER}/a.xml!/userSessions/0", "SCH001", 1, 11, XML),
    (f"{INNER}/pretty.json!/userSessions/0", "SCH001", 3, 5, SESSION),
    (f"{INNER}/cut.json!/userSessions/0", "CAP004", 1, 56, "{}\n"),
    ("dump.zip!/host7/a.http!/1!/userSessions/0", "SCH001", 1, 19, SESSION),
    ("locked.zip!/locked.json!", "CAP016", None, None, LOCKED),
    ("broken.zip!/broken.json!", "CAP016", None, None, BROKEN),
    ("page.json!", "CAP009", 1, 1, "<!doctype html><title>Sign in</title>"),
]
SKIPPED = {"another host": 1, "another kind of file": 2, "macOS metadata": 1}
"""A logo, a photo and a page that is called one, a resource fork."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "all.zip").write_bytes(bad_dump())
    return tmp_path


def command(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "sessionlint", *arguments],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_every_finding_of_a_dump_is_at_its_address(folder: Path, jobs: str) -> None:
    done = command(folder, "check", "all.zip", "--format", "json", "--jobs", jobs)
    report: dict[str, Any] = json.loads(done.stdout)
    assert done.returncode == 1
    assert [(each["address"], each["rule"], each["line"], each["column"]) for each in report["findings"]] == [
        (f"all.zip!/{address}", rule, line, column) for address, rule, line, column, _ in EXPECTED
    ]
    summary = report["summary"]
    assert (summary["captures"], summary["payloads"], summary["unreadable"], summary["skipped"]) == (16, 7, 5, SKIPPED)
    assert summary["captures"] == summary["payloads"] + summary["unreadable"] + sum(summary["skipped"].values())


def test_lines_are_those_of_a_file_a_member_or_a_body(folder: Path) -> None:
    sources = {each.address: each.source for each in check(folder / "all.zip").findings}
    dump = f"{(folder / 'all.zip').as_posix()}!/{INNER}"
    assert sources[f"{dump}/many.jsonl!/4!/userSessions/0"] == f"{dump}/many.jsonl"
    assert sources[f"{dump}/a.har!/log/entries/0!/userSessions/0"] == f"{dump}/a.har!/log/entries/0"
    assert sources[f"{dump}/a.xml!/userSessions/0"] == f"{dump}/a.xml"


def test_the_library_says_the_same(folder: Path) -> None:
    found = [
        (finding.address.partition("all.zip!/")[2], finding.rule) for finding in check(folder / "all.zip").findings
    ]
    assert found == [(address, rule) for address, rule, *_ in EXPECTED]


@pytest.mark.parametrize(("address", "printed"), [(address, printed) for address, *_, printed in EXPECTED])
def test_extract_prints_each_place(folder: Path, address: str, printed: str) -> None:
    done = command(folder, "extract", f"all.zip!/{address}")
    if printed in (LOCKED, BROKEN):
        assert (done.returncode, done.stdout, done.stderr) == (2, "", f"sessionlint: all.zip!/{address}: {printed}\n")
    else:
        assert (done.returncode, done.stdout, done.stderr) == (0, printed, "")


def test_a_dump_in_a_folder_says_what_is_a_payload(folder: Path) -> None:
    report = json.loads(command(folder, "check", ".", "--format", "json").stdout)
    rules = [each["rule"] for each in report["findings"]]
    assert rules.count("SCH001") == 6
    summary = report["summary"]
    assert summary["captures"] == summary["payloads"] + summary["unreadable"] + sum(summary["skipped"].values()) == 16


# What was not read may have been anything.

PAYLOADS = [(f"{number}.json", PAYLOAD.replace(b"h3qJQTpl", b"%08d" % number)) for number in range(9)]
FOREIGN = b'{"name": "x", "list": [' + b"1, " * 400 + b"1]}"
CUT_IN_FOREIGN = tarred([PAYLOADS[0], ("package.json", FOREIGN), *PAYLOADS[1:]])[:2000]
ENDS_EARLY = "the tar archive ends early: a cut-off download or copy"


def told(path: Path) -> list[tuple[str, str]]:
    """The end of each address with a damage, and what is said of it."""
    report = check(path)
    found = [each for each in report.findings if each.rule in ("CAP015", "CAP016")]
    assert report.summary.unreadable >= len(found)
    return [(each.address.rpartition("/dump")[2].rstrip("!"), each.message) for each in found]


@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize("place", ["dump.tar", ""], ids=["named", "in a folder"])
def test_the_end_of_an_archive_is_not_lost_with_the_file_that_it_was_cut_off_in(
    tmp_path: Path, place: str, jobs: str
) -> None:
    (tmp_path / "dump.tar").write_bytes(CUT_IN_FOREIGN)
    assert told(tmp_path / place) == [(".tar!/package.json", ENDS_EARLY)]
    done = command(tmp_path, "check", place or ".", "--jobs", jobs, "--quiet")
    assert (done.returncode, ENDS_EARLY in done.stdout) == (1, True)


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("dump.tar", tarred(PAYLOADS)[: 3 * 1024 + 100], [(".tar", ENDS_EARLY)]),
        (
            "dump.zip",
            zipped(PAYLOADS)[:-100],
            [(".zip", "the zip archive has no directory: a cut-off download or copy")],
        ),
        (
            "dump.log.gz",
            gzip.compress(b"\n".join(data for _, data in PAYLOADS) * 9)[:-9],
            [(".log.gz", "the gzip data ends early: a cut-off download or copy")],
        ),
    ],
)
def test_damage_in_a_folder_is_told_where_a_payload_is_beside_it(
    tmp_path: Path, name: str, data: bytes, expected: list[tuple[str, str]]
) -> None:
    (tmp_path / name).write_bytes(data)
    assert told(tmp_path) == expected == told(tmp_path / name)


def test_damage_in_a_folder_is_nobodys_business_without_a_payload(tmp_path: Path) -> None:
    (tmp_path / "dump.tar").write_bytes(tarred({"package.json": FOREIGN, "other.json": FOREIGN})[:2000])
    (tmp_path / "dump.zip").write_bytes(zipped({"package.json": FOREIGN})[:-20])
    report = check(tmp_path)
    assert report.findings == ()
    assert report.summary.skipped == {"cannot be read": 2, "not a payload": 2}


def test_a_limit_in_a_folder_is_told_where_a_payload_is_beside_it(tmp_path: Path) -> None:
    (tmp_path / "dump.tar").write_bytes(tarred(PAYLOADS))
    (tmp_path / "sessionlint.toml").write_text("[limits]\nmembers = 5\n", encoding="utf-8")
    done = command(tmp_path, "check", ".", "--quiet")
    assert (done.returncode, "dump.tar error CAP015" in done.stdout) == (1, True)


@pytest.mark.parametrize(
    ("data", "rules"),
    [
        (b'{"data": {"userSessions": [{"userSessionId": "a", "agentId": "b",}]}}', ["CAP012", "CAP003"]),
        (b'{"status": 200, "body": {"userSessions": [{"userSessionId": "a", "agentId": "b', ["CAP012", "CAP004"]),
        (b"{&quot;data&quot;: {&quot;userSessions&quot;: [1,]}}", ["CAP003", "CAP012"]),
        # Well-formed, or without evidence: nobody's business.
        (b'{"data": {"userSessions": [{"userSessionId": "a"}]}}', []),
        (b'{"compilerOptions": {"strict": true,}}', []),
        (b"No JSON at all", []),
    ],
)
def test_what_is_broken_and_says_to_be_a_payload_is_told_in_a_folder_too(
    tmp_path: Path, data: bytes, rules: list[str]
) -> None:
    (tmp_path / "a.json").write_bytes(data)
    assert sorted({each.rule for each in check(tmp_path).findings}) == sorted(rules)


RESPONSE = {"userSessions": [{"userSessionId": "a"}]}


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ({"data": RESPONSE}, "an object with other keys, which holds one at"),
        ({"data": [1, RESPONSE["userSessions"]]}, "an object with other keys, which holds one at"),
        ([1, {"_raw": json.dumps(RESPONSE)}], "a list of other things, which holds one in the text at"),
        ({"info": {}, "item": [{"body": f" {XML}"}]}, "a Postman collection, which holds one in the text at"),
    ],
)
def test_a_document_with_a_response_in_it_says_where(tmp_path: Path, other: object, told: str) -> None:
    (tmp_path / "a.json").write_text(json.dumps(other))
    (tmp_path / "dump.zip").write_bytes(zipped({"a.json": json.dumps(other).encode()}))
    for path in ("a.json", "dump.zip"):
        (finding,) = check(tmp_path / path).findings
        words, quote, rest = finding.message.partition('"')
        place = rest.removesuffix('"')
        assert (finding.rule, words + quote) == ("CAP012", f'not a response with user session details, but {told} "')
        # What stands there is a payload, or the text of one.
        done = command(tmp_path, "extract", f"a.json!{place}")
        assert "userSessionId" in done.stdout
    # In a folder it is some other tool's file.
    (tmp_path / "dump.zip").unlink()
    assert not check(tmp_path).findings


@pytest.mark.parametrize(
    "other", [{"userSessionsUrl": "x"}, {"a": "userSessions"}, [{"a": 1}] * 20_000 + [{"b": RESPONSE}]]
)
def test_a_document_without_one_does_not(tmp_path: Path, other: object) -> None:
    (tmp_path / "a.json").write_text(json.dumps({"other": other}))
    (finding,) = check(tmp_path / "a.json").findings
    assert finding.message == "not a response with user session details, but an object with other keys"


@pytest.mark.parametrize("encoding", ["latin-1", "cp1251", "shift_jis", "utf-16", "utf-32", "utf-8"])
def test_a_page_is_one_in_any_encoding(tmp_path: Path, encoding: str) -> None:
    title = {"latin-1": "Zugriff für Sie", "shift_jis": "ログイン"}.get(encoding, "Вход")
    page = f"<html><head><title>{title}</title></head></html>"
    (tmp_path / "login.json").write_bytes(page.encode(encoding))
    assert "CAP009" in {each.rule for each in check(tmp_path).findings}


COPIES = {
    "a mail": ("Alice wrote:\n\n{quoted}\n\nRegards\n", True, False),
    "quoted": ("{quoted}\n", True, True),
    "a ticket": ("See:\n{{code:json}}\n{pretty}\n{{code}}\n", True, False),
    "a guide": ("# Answers\n\n```json\n{pretty}\n```\n", True, False),
    "a program": ("def sessions(answer):\n    return answer['userSessions']\n", False, False),
    "a note": ("The userSessions are missing.\n", False, False),
}


@pytest.mark.parametrize("name", COPIES)
def test_a_payload_that_was_copied_into_a_text(tmp_path: Path, name: str) -> None:
    template, is_in_dump, is_in_folder = COPIES[name]
    pretty = json.dumps(json.loads(PAYLOAD), indent=2)
    text = template.format(pretty=pretty, quoted="\n".join(f"> {line}" for line in pretty.splitlines()))
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "a.txt").write_text(text, encoding="utf-8")
    (tmp_path / "dump.zip").write_bytes(zipped({"a.txt": text.encode()}))
    dump, folder = check(tmp_path / "dump.zip"), check(tmp_path / "a")
    assert (dump.summary.payloads, folder.summary.payloads) == (is_in_dump, is_in_folder)
    assert (dump.summary.unreadable, folder.summary.unreadable) == (0, 0)
