"""A support dump from end to end: every finding at its address, and what `extract` prints of each."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sessionlint.library import check
from support_intake import bad_dump

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
