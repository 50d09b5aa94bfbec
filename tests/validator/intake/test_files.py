"""Files and folders: what is opened, what is passed over, what is said of the rest."""

import io
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from sessionlint.capture import Capture
from sessionlint.intake.files import captures, expanded, paths_from
from sessionlint.limits import Limits
from support_intake import PAYLOAD, Row, outcome, rows, zipped


def made(folder: Path, *names: str) -> Path:
    """A folder with files of these names; one that ends in a slash is a folder."""
    for name in names:
        path = folder / name
        if name.endswith("/"):
            path.mkdir(parents=True)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(PAYLOAD)
    return folder


def test_a_file_is_a_capture(tmp_path: Path) -> None:
    path = made(tmp_path, "a.json") / "a.json"
    assert list(captures([str(path)])) == [Capture(path.as_posix(), PAYLOAD)]


@pytest.mark.parametrize("name", ["a 100%.json", "a!b.json", "ä/ö.json", "a\u202eb.json"])
def test_what_addresses_reserve_is_percent_encoded(tmp_path: Path, name: str) -> None:
    made(tmp_path, name)
    assert rows(tmp_path) == [(name.replace("%", "%25").replace("!", "%21"), "data")]


def test_files_come_as_named_and_folders_sorted(tmp_path: Path) -> None:
    made(tmp_path, "b.json", "a/2.json", "a/1.json", "a/c/0.json", "a/d.json")
    found = captures([str(tmp_path / "b.json"), str(tmp_path / "a")])
    start = len(tmp_path.as_posix()) + 1
    names = ["b.json", "a/1.json", "a/2.json", "a/c/0.json", "a/d.json"]
    assert [(capture.address[start:], capture.origin) for capture in found] == [
        (name, "named" if name == "b.json" else "folder") for name in names
    ]


def test_the_current_folder_is_no_part_of_an_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(made(tmp_path, "a.json", "b/c.json"))
    assert [capture.address for capture in captures(["."])] == ["a.json", "b/c.json"]


def test_a_file_that_several_paths_lead_to_is_read_once_where_it_is_named(tmp_path: Path) -> None:
    made(tmp_path, "a/b/1.json", "a/2.json", "c.json")
    paths = ["a", "a/2.json", "c.json", "a/b", "a/../c.json", ".", "a/2.json"]
    start = len(tmp_path.as_posix()) + 1
    found = [(each.address[start:], each.origin) for each in captures([str(tmp_path / path) for path in paths])]
    assert found == [("a/b/1.json", "folder"), ("a/2.json", "named"), ("c.json", "named")]


def test_standard_input_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(PAYLOAD)))
    assert list(captures(["-", "-"])) == [Capture("-", PAYLOAD)]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        (".git/a.json", "a tool's folder"),
        ("x/node_modules/a.json", "a tool's folder"),
        ("__MACOSX/a.json", "macOS metadata"),
        (".DS_Store", "macOS metadata"),
        ("x/._a.json", "macOS metadata"),
    ],
)
def test_what_nobody_saved_is_passed_over_and_counted(tmp_path: Path, name: str, reason: str) -> None:
    made(tmp_path, name)
    assert [outcome for _, outcome in rows(tmp_path)] == [reason]


def test_what_is_passed_over_is_read_when_it_is_named(tmp_path: Path) -> None:
    assert rows(made(tmp_path, ".git/a.json") / ".git") == [("a.json", "data")]


def test_a_file_of_another_kind_is_not_handed_on_from_a_folder(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(b"\x7fELF\0\0")
    (tmp_path / "a.log").write_bytes(b"a log\n" * 10)
    assert rows(tmp_path) == [("a.bin", "another kind of file"), ("a.log", "another kind of file")]
    assert rows(tmp_path / "a.bin") == [("", "data")]
    assert rows(tmp_path / "a.log") == [("", "data")]


@pytest.mark.parametrize("name", ["a.json", "a.xml", "a.jsonl", "a.har", "a.zip", "a.json.gz"])
def test_a_pointer_of_git_lfs_is_no_text(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n")
    assert rows(tmp_path) == [(name, "CAP001")]
    assert rows(tmp_path / name) == [("", "CAP001")]


def test_evidence_makes_up_for_zeros(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"\x01\0" + PAYLOAD)
    (tmp_path / "b.json").write_bytes('{"userSessions": []}'.encode("utf-16-le"))
    (tmp_path / "c.json").write_bytes(PAYLOAD + b"\0" * 600)
    (tmp_path / "d.json").write_bytes('{"userSessions": []}'.encode("utf-32"))
    assert rows(tmp_path) == [("a", "another kind of file"), *((f"{name}.json", "data") for name in "bcd")]


@pytest.mark.parametrize("name", ["a.json", "x", "x/a.json", "d.zip/b"])
def test_what_is_excluded_is_not_opened(tmp_path: Path, name: str) -> None:
    made(tmp_path, "a.json", "x/a.json", "x/b.json")
    (tmp_path / "d.zip").write_bytes(zipped({"a": PAYLOAD, "b/c": PAYLOAD}))

    def excluded(address: str) -> bool:
        return f"{address.replace('!', '')}/".startswith(f"{tmp_path.as_posix()}/{name}/")

    found = dict(rows(tmp_path, excluded=excluded))
    assert [address.replace("!", "").startswith(name) for address, what in found.items() if what == "excluded"] == [
        True
    ]
    assert not any(address.replace("!", "").startswith(name) for address, what in found.items() if what == "data")


# What cannot be read.


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert rows(tmp_path / "a.json") == [("", "CAP001")]


SPECIAL: list[Callable[[str], object]] = [
    getattr(os, "mkfifo", lambda path: None),
    lambda path: (
        socket.socket(socket.AF_UNIX).bind(path) if hasattr(socket, "AF_UNIX") and sys.platform != "win32" else None
    ),
    lambda path: os.symlink(os.devnull, path) if os.path.exists(os.devnull) else None,
]


@pytest.mark.filterwarnings("ignore:unclosed")
@pytest.mark.parametrize("make", SPECIAL, ids=["pipe", "socket", "device"])
def test_no_device_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Callable[[str], object]) -> None:
    monkeypatch.chdir(tmp_path)  # the name of a socket may not be long
    make("special")
    made(tmp_path, "z.json")
    expected: list[Row] = [("special", "CAP001")] if os.path.lexists("special") else []
    assert [(capture.address, outcome(capture)) for capture in captures(["special", "z.json"])][-2:] == [
        ("special", "CAP001"),
        ("z.json", "data"),
    ]
    found = [row for row in rows(tmp_path) if row[1] != "a link out of the folder"]
    assert found in ([*expected, ("z.json", "data")], [("z.json", "data")])


@pytest.mark.parametrize("failure", [PermissionError(13, "Permission denied"), OSError(5, "Input/output error")])
def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failure: OSError) -> None:
    def refused(path: str, *_: object) -> None:
        raise failure

    made(tmp_path, "a.json")
    monkeypatch.setattr(os, "open", refused)
    (capture,) = captures([str(tmp_path / "a.json")])
    assert capture.defects[0].problem.message.text() == f"cannot be read: {str(failure.strerror).lower()}"


def test_a_folder_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made(tmp_path, "a/b.json", "c.json")
    scandir = os.scandir

    def refused(path: str) -> object:
        if path.endswith("a"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refused)
    assert rows(tmp_path) == [("a", "CAP001"), ("c.json", "data")]


@pytest.mark.parametrize("size", [100, 3 << 20])
def test_a_file_that_shrinks_or_grows_while_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b"[" + b" " * size)
    stat = os.stat(path)
    monkeypatch.setattr(os, "stat", lambda *_, **__: stat)
    for data in (b"[]", b"", b"[" + b" " * size * 2 + b"]"):
        path.write_bytes(data)
        assert [capture.data for capture in captures([str(path)])] == [data]


def test_lines_that_vanish_while_they_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes((PAYLOAD + b"\n") * 40_000)
    found = captures([str(path)])
    assert next(found).first_line == 1
    with path.open("wb"):
        pass
    assert len(list(found)) < 40_000


# Links.


@pytest.fixture
def linked(tmp_path: Path) -> Path:
    """A folder with links: to itself, to a folder twice, to a file, out of it, to nothing."""
    made(tmp_path, "in/real/a.json", "out/secret.json")
    for name, target in {
        "itself": "itself",
        "again": "real",
        "up": ".",
        "file.json": os.path.join("real", "a.json"),
        "out": os.path.join("..", "out"),
        "out.json": os.path.join("..", "out", "secret.json"),
        "nothing": "nowhere",
    }.items():
        os.symlink(target, tmp_path / "in" / name)
    return tmp_path / "in"


def test_links_lead_nowhere_else_and_no_folder_is_read_twice(linked: Path) -> None:
    assert rows(linked) == [
        ("again/a.json", "data"),
        ("file.json", "data"),
        ("itself", "CAP001"),
        ("nothing", "CAP001"),
        ("out", "a link out of the folder"),
        ("out.json", "a link out of the folder"),
    ]


def test_a_link_that_is_named_is_followed(linked: Path) -> None:
    assert rows(linked / "out") == [("secret.json", "data")]
    assert rows(linked / "out.json") == [("", "data")]
    assert rows(linked / "itself") == [("", "CAP001")]


# Names of paths.


def test_patterns_that_the_shell_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(made(tmp_path, "b.json", "a.json", "c/d.json", "[x].json"))
    assert expanded(["*.json"]) == ["[x].json", "a.json", "b.json"]
    assert expanded(["[x].json"]) == ["[x].json"]
    assert expanded(["[ab].json", "no*", "missing"]) == ["a.json", "b.json", "no*", "missing"]
    assert expanded([os.path.join("**", "d.json")]) == [os.path.join("c", "d.json")]


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_paths_from_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: bytes) -> None:
    text = end.join([b"a b.json", b"", b"  ", b"\xc3\xa4/c.json"])
    (tmp_path / "list").write_bytes(b"\xef\xbb\xbf" + text)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text + end)))
    assert paths_from(str(tmp_path / "list")) == ["a b.json", "ä/c.json"]
    assert paths_from("-") == ["a b.json", "ä/c.json"]


def test_paths_that_end_with_nul_are_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "list").write_bytes("a b.json\0ä/c.json\0two\nlines.json\0".encode())
    assert paths_from(str(tmp_path / "list")) == ["a b.json", "ä/c.json", "two\nlines.json"]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_paths_from_a_file_that_powershell_wrote(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "list").write_bytes("\ufeffa b.json\r\nä/c.json\r\n".encode(encoding))
    assert paths_from(str(tmp_path / "list")) == ["a b.json", "ä/c.json"]


# Standard input.


class Pipe(io.RawIOBase):
    """A pipe that gives one piece at a time, and says how many were asked for."""

    def __init__(self, *pieces: bytes) -> None:
        self.pieces = list(pieces)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]  # what a reader gives
        piece = self.pieces.pop(0) if self.pieces else b""
        buffer[: len(piece)] = piece
        return len(piece)


def piped(monkeypatch: pytest.MonkeyPatch, *pieces: bytes) -> Pipe:
    pipe = Pipe(*pieces)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(pipe)))
    return pipe


@pytest.mark.parametrize("size", [1, 7, 100_000])
@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (PAYLOAD, [("-", "data")]),
        (b"", [("-", "empty")]),
        (PAYLOAD + b"\n" + PAYLOAD, [("-!/1", "data"), ("-!/2", "data")]),
        (b'{"a":\n1}\n', [("-", "data")]),
        (zipped({"a.json": PAYLOAD}), [("-!/a.json", "data")]),
        (b"HTTP/1.1 200 OK\r\n\r\n" + PAYLOAD, [("-!/1", "data")]),
    ],
    ids=["document", "empty", "lines", "pretty", "zip", "http"],
)
def test_standard_input(monkeypatch: pytest.MonkeyPatch, data: bytes, expected: list[Row], size: int) -> None:
    piped(monkeypatch, *(data[start : start + size] for start in range(0, len(data), size)))
    assert [(capture.address, outcome(capture)) for capture in captures(["-"])] == expected


def test_lines_come_while_standard_input_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    pipe = piped(monkeypatch, *[PAYLOAD + b"\n"] * 10)
    found = captures(["-"])
    assert [(next(found).address, len(pipe.pieces)) for _ in range(3)] == [("-!/1", 8), ("-!/2", 8), ("-!/3", 7)]


def test_standard_input_is_read_no_further_than_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    piped(monkeypatch, *[b"[" * 50_000] * 100)
    (capture,) = captures(["-"], Limits(document_bytes=100_000))
    assert outcome(capture) == "CAP015"


# A hook pays for what it uses.


def test_a_plain_file_needs_no_reader_of_containers(tmp_path: Path) -> None:
    made(tmp_path, "a.json")
    (tmp_path / "b.xml").write_bytes(b"<response/>")
    (tmp_path / "c.jsonl").write_bytes(PAYLOAD + b"\n" + PAYLOAD)
    program = (
        "import sys\n"
        "from sessionlint.intake.files import captures\n"
        f"assert len(list(captures([{str(tmp_path)!r}]))) == 4\n"
        "print(*(name for name in sys.modules if name.startswith('sessionlint.intake.')))\n"
        "print(*({'zlib', 'zipfile', 'tarfile', 'lzma', 'bz2', 'urllib', 'glob', 'struct'} & sys.modules.keys()))\n"
    )
    printed = subprocess.run([sys.executable, "-c", program], check=True, stdout=subprocess.PIPE, text=True).stdout
    loaded, unwanted = printed.split("\n")[:2]
    assert set(loaded.split()) == {
        f"sessionlint.intake.{name}" for name in ("content", "files", "lines", "names", "source")
    }
    assert unwanted == ""
