"""JSON Lines: recognised, streamed, cut in stretches."""

import gzip
import io
from itertools import pairwise
from pathlib import Path

import pytest

from sessionlint import check
from sessionlint.intake.files import captures, work
from sessionlint.intake.lines import Lines, lines_captures, stretches
from sessionlint.limits import Limits
from support_intake import PAYLOAD, Row, rows, tarred, zipped

LINE = PAYLOAD + b"\n"
LONG = b'{"userSessions": [], "x": "' + b"x" * 100_000 + b'"}'


def written(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


DOCUMENT: list[Row] = [("", "data")]
TWO: list[Row] = [("1", "data"), ("2", "data")]


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        # by name
        ("a.jsonl", LINE, [("1", "data")]),
        ("a.NDJSON", LINE + PAYLOAD, TWO),
        ("a.jsonl", b"oops\n" + LINE, TWO),
        ("a.jsonl", b"{\n" + LINE, DOCUMENT),
        ("a.jsonl", b'{\n"userSessions": []\n}', DOCUMENT),
        ("a.jsonl", b"[1,\n2]", DOCUMENT),
        ("a.jsonl", b"[" + PAYLOAD + b"]\n[]\n" + LINE, [("1", "data"), ("2", "data"), ("3", "data")]),
        ("a.jsonl", b'""\n' + LINE, TWO),
        ("a.jsonl", b"[" + PAYLOAD[:-9] + b"\n[" + PAYLOAD + b"]\n", TWO),
        ("a.jsonl", b"[" + PAYLOAD + b",\n" + PAYLOAD + b"\n]", DOCUMENT),
        ("a.jsonl", b"[" + LONG + b"]\n[]\n", TWO),
        ("a.jsonl", b"<response>\n</response>", DOCUMENT),
        ("a.jsonl", b"\n \n" + LINE, [("3", "data")]),
        ("a.jsonl", b"\xef\xbb\xbf" + LINE * 2, TWO),
        ("a.jsonl", b"", [("", "empty")]),
        ("a.jsonl", b"\n\n", DOCUMENT),
        # by content
        ("a.json", LINE * 2, TWO),
        ("a", PAYLOAD + b"\r\n" + PAYLOAD, TWO),
        ("a.json", LINE + b"\n\n" + LINE, [("1", "data"), ("4", "data")]),
        ("a.json", b"\n" + LINE * 2, [("2", "data"), ("3", "data")]),
        ("a.json", LINE + b"oops\n" + LINE, [("1", "data"), ("2", "data"), ("3", "data")]),
        ("a.json", LINE + b'{"userSessions": [\n' + LINE, [("1", "data"), ("2", "data"), ("3", "data")]),
        ("a.json", LINE + b'{"userSessions": [\n\n', TWO),
        ("a.json", PAYLOAD[:-9] + b"\n" + LINE * 2, [("1", "data"), ("2", "data"), ("3", "data")]),
        ("a.json", b'{"userSessions": [\n' + LINE, DOCUMENT),
        ("a.json", PAYLOAD[:-9] + b"\n" + PAYLOAD + b",\n" + LINE, DOCUMENT),
        ("a.json", LINE + b'{"userSessions": [\n]}', DOCUMENT),
        ("a.json", b'{"a": oops}\n' + LINE, TWO),
        ("a.json", b'{"a": oops}\noops\n' + LINE, DOCUMENT),
        ("a.json", LINE, DOCUMENT),
        ("a.json", LINE + b"\n", DOCUMENT),
        ("a.json", LINE + b"trailing", DOCUMENT),
        ("a.json", LINE + b"{", TWO),
        ("a.json", LINE + b'{\n"a": 1}', DOCUMENT),
        ("a.json", b'{"a": {}\n, "b": {}}', DOCUMENT),
        ("a.json", b"[" + LINE + b"," + LINE + b"]", DOCUMENT),
        # lines longer than a look ahead
        ("a.json", LONG, DOCUMENT),
        ("a.json", LONG + b"\n", DOCUMENT),
        ("a.json", LONG + b"\n" + LONG, TWO),
        ("a.json", b"\n" + LONG + b"\n\n" + LONG, [("2", "data"), ("4", "data")]),
        ("a.json", LONG + b"\ntrailing", DOCUMENT),
        ("a.json", LONG * 11 + b"\n" + LONG, TWO),
        ("a.json", LONG * 11 + b"\n\n", DOCUMENT),
    ],
)
@pytest.mark.parametrize("form", ["file", "gzip", "member", "zip in tar"])
def test_json_lines_are_told_from_documents(
    tmp_path: Path, name: str, data: bytes, expected: list[Row], form: str
) -> None:
    if form == "file":
        assert rows(written(tmp_path, name, data)) == expected
    elif form == "gzip":
        assert rows(written(tmp_path, f"{name}.gz", gzip.compress(data))) == expected
    elif form == "member":
        found = rows(written(tmp_path, "a.zip", zipped({name: data})))
        assert [(address.removeprefix(name).lstrip("!/"), what) for address, what in found] == expected
    else:
        found = rows(written(tmp_path, "a.tar", tarred({"b.zip": zipped({name: data})})))
        assert [(address.removeprefix(f"b.zip!/{name}").lstrip("!/"), what) for address, what in found] == expected


@pytest.mark.parametrize("data", [LINE * 40_000, b"\n" * 60_000 + LINE * 20_000, LONG + b"\n" + LINE * 20_000])
def test_a_large_file_has_the_same_lines(tmp_path: Path, data: bytes) -> None:
    expected = [(number, line + b"\n") for number, line in enumerate(data.split(b"\n"), 1) if line]
    path = written(tmp_path, "a.jsonl", data)
    assert [(capture.first_line, capture.data) for capture in captures([str(path)])] == expected


def test_a_line_knows_its_file(tmp_path: Path) -> None:
    path = written(tmp_path, "a.jsonl.gz", gzip.compress(LINE * 2))
    _, second = captures([str(path)])
    assert (second.address, second.first_line, second.name) == (f"{path.as_posix()}!/2", 2, "a.jsonl")
    assert second.place == "a.jsonl.gz!/2"
    assert second.source == path.as_posix()


def test_what_is_said_of_a_line_names_lines_of_the_file(tmp_path: Path) -> None:
    broken = b'{"userSessions": [{"userSessionId": "a" "port": 0}]}'
    path = written(tmp_path, "a.jsonl", b"\n".join((PAYLOAD, broken, broken)))
    assert [(each.line, each.help) for each in check(path, select="CAP003").findings] == [
        (line, f"Insert a comma after the value that ends on line {line}.") for line in (2, 3)
    ]


@pytest.mark.parametrize("size", [10, 1_000, 70_000, 2_000_000])
def test_a_line_that_is_too_long_is_one_finding(tmp_path: Path, size: int) -> None:
    data = LINE + b"{" + b" " * size + b"}\n" + LINE + b"{" + b" " * size
    limits = Limits(document_bytes=len(LINE))
    assert rows(written(tmp_path, "a.jsonl", data), limits) == [
        ("1", "data"),
        ("2", "data" if size < len(LINE) - 2 else "CAP015"),
        ("3", "data"),
        ("4", "data" if size < len(LINE) - 2 else "CAP015"),
    ]


def test_utf_16_is_read_too(tmp_path: Path) -> None:
    text = (LINE * 3).decode().encode("utf-16")
    assert rows(written(tmp_path, "a.jsonl", text)) == [("1", "data CAP007"), ("2", "data"), ("3", "data")]
    assert rows(written(tmp_path, "a.json", PAYLOAD.decode().encode("utf-16"))) == [("", "data")]


@pytest.mark.parametrize("most_bytes", [1, 100, 5_000, 1 << 20, 1 << 30])
@pytest.mark.parametrize("end", [b"", b"\n", b"\n\n\n"])
def test_stretches_have_the_same_lines(tmp_path: Path, most_bytes: int, end: bytes) -> None:
    data = b"\n".join(b'{"a": "%s"}' % (b"x" * (number % 200)) for number in range(20_000)) + end
    path = written(tmp_path, "a.jsonl", data)
    (lines,) = work([str(path)])
    assert isinstance(lines, Lines)
    if most_bytes < 100:
        lines = lines._replace(stop=500)
    parts = list(stretches(lines, most_bytes))
    assert parts[0].start == 0
    assert parts[-1].stop == lines.stop
    assert all(one.stop == other.start for one, other in pairwise(parts))
    found = [capture for part in parts for capture in lines_captures(part, Limits())]
    assert found == list(lines_captures(lines, Limits()))


def test_a_stretch_starts_in_the_middle_of_a_file(tmp_path: Path) -> None:
    path = written(tmp_path, "a.jsonl", b"{}\n[]\n{}\n")
    lines = Lines(str(path), "a.jsonl", "named", 3, 6, 2)
    assert [(capture.address, capture.data) for capture in lines_captures(lines, Limits())] == [("a.jsonl!/2", b"[]\n")]


def test_a_stretch_ends_behind_a_line_that_is_too_long(tmp_path: Path) -> None:
    long = b"{" + b" " * 200_000 + b"}\n"
    path = written(tmp_path, "a.jsonl", long + LINE)
    lines = Lines(str(path), "a.jsonl", "named", 0, len(long), 1)
    assert [capture.address for capture in lines_captures(lines, Limits(document_bytes=100))] == ["a.jsonl!/1"]


def test_a_file_is_not_read_beyond_what_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, "a.jsonl", LINE * 100_000)
    read = 0

    class Counting(io.FileIO):
        def readinto(self, buffer: bytearray, /) -> int | None:  # type: ignore[override]  # what a reader gives
            nonlocal read
            count = super().readinto(buffer)
            read += count or 0
            return count

    monkeypatch.setattr(io, "FileIO", Counting)
    found = captures([str(path)])
    assert [next(found).first_line for _ in range(3)] == [1, 2, 3]
    assert read < 1 << 20
