"""Logs, listings and tables with a payload a line."""

import csv
import io
import json
from pathlib import Path

import pytest

from sessionlint import check
from sessionlint.extract import extract
from support_intake import rows, zipped

ROWS = [{"userSessions": [{"userSessionId": f"07625:1490529480:{number:08}", "port": 443}]} for number in range(3)]
TEXTS = [json.dumps(row) for row in ROWS]
NUMBERS = ["1", "2", "3"]


def table(*columns: list[str]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(zip(*columns, strict=True))
    return text.getvalue()


LOGS = {
    "a log": ("".join(f"2026-11-29 10:00:0{text[40]} INFO {text}\n" for text in TEXTS), NUMBERS),
    "brackets": ("".join(f"[10:00:00] [INFO] {text}\n" for text in TEXTS), NUMBERS),
    "lists": ("".join(f"[10:00:00] got [{text}]\n" for text in TEXTS), NUMBERS),
    "a listing": ("".join(f"{number}:{text}\r\n" for number, text in enumerate(TEXTS)), NUMBERS),
    "other lines": ("start\n" + "\n".join(f"INFO {text}\nuserSession read" for text in TEXTS), ["2", "4", "6"]),
    "many before": ("INFO start\n" * 20_000 + "".join(f"INFO {text}\n" for text in TEXTS), ["20001", "20002", "20003"]),
    "strings": ("".join(f"INFO body={json.dumps(text)}\n" for text in TEXTS), NUMBERS),
    "only strings": ("".join(f"{json.dumps(text)}\n" for text in TEXTS), NUMBERS),
    "a table": (f"time,body,code\n{table(['1'] * 3, TEXTS, ['200'] * 3)}", ["2", "3", "4"]),
    "only a column": (table(TEXTS), NUMBERS),
    "XML": ("INFO <response><userSessions/></response>\n" * 3, NUMBERS),
}


@pytest.mark.parametrize("name", LOGS)
def test_each_line_is_read(tmp_path: Path, name: str) -> None:
    text, lines = LOGS[name]
    path = tmp_path / "a.log"
    path.write_text(text, encoding="utf-8", newline="")
    assert rows(path) == [(line, "data") for line in lines]
    report = check(path)
    assert (report.summary.payloads, report.summary.unreadable) == (3, 0)
    assert not {each.rule for each in report.findings} & {"CAP003", "CAP012", "CAP018"}
    place = f"{path.as_posix()}!/{lines[1]}!"
    expected = ROWS[1] if name != "XML" else {}
    if expected:
        found = json.loads(extract(place))
        assert found == ([expected] if name == "lists" else expected)
    (tmp_path / "dump.zip").write_bytes(zipped({"a.txt": text.encode()}))
    assert check(tmp_path / "dump.zip").summary.payloads == (0 if name == "many before" else 3)


def test_places_are_those_of_the_line(tmp_path: Path) -> None:
    line = 'Größe 1: {"userSessions": [{"userSessionId": "a", "port": "x"}]}\n'
    for data in (line.encode(), line.encode("cp1252")):
        (tmp_path / "a.log").write_bytes(data * 2)
        found = [each for each in check(tmp_path / "a.log").findings if each.rule == "SCH002"]
        assert [(each.line, each.column) for each in found] == [(1, line.index('"x"') + 1), (2, line.index('"x"') + 1)]


def test_what_else_is_in_a_log_is_no_finding(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text('INFO {"userSession": 1}\n' * 2 + "".join(f"INFO {text}\n" for text in TEXTS))
    report = check(tmp_path / "a.log")
    assert (report.summary.payloads, report.summary.skipped) == (3, {"not a payload": 2})


def test_a_credential_is_told_once_and_not_shown(tmp_path: Path) -> None:
    secret = "Authorization: Bearer 0123456789abcdef"
    (tmp_path / "a.log").write_text("".join(f"> {secret}\nINFO {secret} {text}\n" for text in TEXTS))
    report = check(tmp_path / "a.log")
    assert [each.rule for each in report.findings].count("CAP017") == 1
    assert "0123456789abcdef" not in repr(report.findings)


def test_a_name_that_promises_json_lines_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("".join(f"INFO {text}\n" for text in TEXTS))
    found = [(each.rule, each.line) for each in check(tmp_path / "a.jsonl").findings if each.rule == "CAP003"]
    assert found == [("CAP003", 1)]


@pytest.mark.parametrize(
    "text",
    [
        "1: [\n2: {},\n3: {}\n4: ]\n".format(*TEXTS),
        '1: {{"userSessions": [\n2: {}\n3: ]}}\n'.format('{"userSessionId": "{"}'),
        f"INFO {TEXTS[0]}\n",
    ],
)
def test_one_document_is_no_log(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.log").write_text(text)
    assert rows(tmp_path / "a.log") == [("", "data")]
