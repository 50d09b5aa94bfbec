"""Hostile input through the whole command: told, in bounded memory, with nothing else opened and nothing written."""

import gzip
import json
import os
import socket
import subprocess
import sys
import tarfile
import zlib
from collections.abc import Callable
from pathlib import Path
from struct import pack
from typing import Any, NamedTuple

import pytest

from sessionlint.report import FORMATS
from support_intake import PAYLOAD, special, tarred, zipped

MIB = 1 << 20
MOST_MEMORY = 512 * MIB

# Runs the command and says on its last line what it opened, what else it did, and its peak of memory.
WATCHED = """
import json, os, sys

reads, writes = [], []
HARMLESS = (sys.prefix, sys.base_prefix, *sys.path[1:])
DOINGS = ("os.mkdir", "os.remove", "os.rename", "os.link", "os.symlink", "os.truncate", "os.chmod", "os.system",
    "os.exec", "os.fork", "os.posix_spawn", "subprocess.Popen", "socket.connect", "socket.bind", "shutil.move")

def watch(event, arguments):
    if event in DOINGS:
        writes.append(f"{event} {arguments}")
    elif event == "open":
        path, mode, flags = arguments
        if not isinstance(path, str):
            return
        if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND):
            writes.append(path)
        elif not path.startswith(HARMLESS):
            reads.append(path)

def peak():
    if sys.platform == "win32":
        import ctypes
        from ctypes import wintypes
        class Counters(ctypes.Structure):
            _fields_ = [("cb", wintypes.DWORD), ("PageFaultCount", wintypes.DWORD),
                *((name, ctypes.c_size_t) for name in ("PeakWorkingSetSize", "WorkingSetSize", "a", "b", "c", "d", "e", "f"))]
        counters = Counters(cb=ctypes.sizeof(Counters))
        process = ctypes.windll.kernel32.GetCurrentProcess
        process.restype = wintypes.HANDLE
        measure = ctypes.windll.kernel32.K32GetProcessMemoryInfo
        measure.argtypes = [wintypes.HANDLE, ctypes.c_void_p, wintypes.DWORD]
        assert measure(process(), ctypes.byref(counters), counters.cb)
        return counters.PeakWorkingSetSize
    if sys.platform == "linux":  # what a process had before it became this program is not of interest
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) << 10 for line in status if line.startswith("VmHWM:"))
    import resource
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)

from sessionlint import cli
sys.addaudithook(watch)
try:
    cli.main()
except SystemExit as ended:
    status = ended.code
sys.stdout.flush()
sys.stderr.write(json.dumps({"status": status, "reads": sorted({*reads}), "writes": writes, "peak": peak()}))
"""


class Run(NamedTuple):
    """What a run printed and did."""

    printed: str
    status: int
    reads: list[str]
    writes: list[str]
    peak: int
    """Bytes."""


def watched(folder: Path, *arguments: str) -> Run:
    """A run of the command in ``folder``."""
    done = subprocess.run(
        [sys.executable, "-B", "-c", WATCHED, *arguments, "--no-config"],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    told = json.loads(done.stderr)
    return Run(done.stdout, told["status"], told["reads"], told["writes"], told["peak"])


def rules(run: Run) -> dict[str, int]:
    found: dict[str, int] = json.loads(run.printed)["summary"]["rules"]
    return found


def checked(path: Path) -> dict[str, Any]:
    """The report on a file that was read alone, in bounded memory, while nothing was written."""
    run = watched(path.parent, "check", path.name, "--format", "json", "--jobs", "1")
    assert run.reads == [path.name]
    assert run.writes == []
    assert run.peak < MOST_MEMORY, run.peak >> 20
    report: dict[str, Any] = json.loads(run.printed)
    summary = report["summary"]
    assert summary["captures"] == summary["payloads"] + summary["unreadable"] + sum(summary["skipped"].values())
    return report


def session(inside: bytes) -> bytes:
    return b'{"userSessions": [{%s}]}' % inside


def hops(hop: bytes, count: int) -> bytes:
    return session(b'"network": {"traceroute": {"hops": [%s{}]}}' % ((hop + b",") * count))


LAUGHS = b"".join(b'<!ENTITY x%d "%s">' % (level + 1, b"&x%d;" % level * 10) for level in range(30))

TEXTS: list[tuple[str, Callable[[], bytes], dict[str, int]]] = [
    ("deep.json", lambda: b'{"userSessions": %s}' % (b"[" * 100_000 + b"]" * 100_000), {"CAP015": 1}),
    ("string.json", lambda: session(b'"userSessionId": "%s"' % (b"x" * 200_000_000)), {"CAP015": 1}),
    ("long.json", lambda: session(b'"userSessionId": "%s"' % (b"x" * 33_000_000)), {"SCH001": 1}),
    ("escapes.json", lambda: session(b'"userSessionId": "%s"' % (b"\\n" * 490_000)), {"SCH001": 1}),
    ("digits.json", lambda: session(b'"roundId": ' + b"9" * 1_000_000), {"SCH001": 1, "CAP006": 1}),
    ("sessions.json", lambda: b'{"userSessions": [%s{}]}' % (b"{}," * 30_000_000), {"CAP015": 1}),
    ("list.json", lambda: b"[%s{}]" % (b"{}," * 30_000_000), {"CAP015": 1}),
    ("a.har", lambda: b'{"log":{"entries":[%s{}]}}' % (b"{}," * 30_000_000), {"CAP015": 1}),
    ("hops.json", lambda: hops(b'{"hop":0}', 100_000), {"TRC010": 49_995, "SCH001": 2, "CAP015": 1}),
    ("keys.json", lambda: session(b",".join(b'"k%d": 1' % key for key in range(300_000))), {"SCH004": 49_999, "SCH001": 1, "CAP015": 1}),
    ("twice.json", lambda: b'{"userSessions": [%s{}]}' % (b'{"a":1,"a":2},' * 60_000), {"CAP005": 50_000, "CAP015": 1}),
    ("numbers.json", lambda: session(b'"x": [%s1]' % (b"NaN," * 100_000)), {"CAP006": 50_000, "CAP015": 1}),
    ("laughs.xml", lambda: b'<!DOCTYPE a [<!ENTITY x0 "lol">%s]><response>&x30;</response>' % LAUGHS, {"CAP014": 1}),
    ("include.xml", lambda: b'<response xmlns:xi="http://www.w3.org/2001/XInclude"><userSessions><xi:include href="file:///etc/passwd" parse="text"/></userSessions></response>', {"CAP014": 1, "SCH001": 1}),
    ("style.xml", lambda: b'<?xml-stylesheet type="text/xsl" href="file:///etc/passwd"?><response/>', {"CAP014": 1}),
    ("elements.xml", lambda: b"<response>%s</response>" % (b"<a/>" * 20_000_000), {"CAP015": 1}),
    ("a.xml", lambda: b"<response>%s</response>" % (b"<userSessions a='1'/>" * 100_000), {}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text", "expected"), TEXTS, ids=[name for name, *_ in TEXTS])
def test_a_hostile_text(tmp_path: Path, name: str, text: Callable[[], bytes], expected: dict[str, int]) -> None:
    (tmp_path / name).write_bytes(text())
    report = checked(tmp_path / name)
    assert "root:" not in json.dumps(report)
    assert report["summary"]["rules"] == expected or not expected


def gzip_of_10_gib() -> bytes:
    return gzip.compress(b"[") + gzip.compress(b"\0" * MIB) * 10_240


def million_of_members() -> bytes:
    return gzip.compress(tarfile.TarInfo("a").tobuf() * 1_000) * 1_000


def overlapping() -> bytes:
    """A zip archive of 5000 members, every one the same bytes."""
    data = b"[" + b" " * (4 * MIB)
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = deflate.compress(data) + deflate.flush()
    figures = (0, 8, 0, 0, zlib.crc32(data), len(packed), len(data), 6, 0)
    local = pack("<4s5H3L2H", b"PK\3\4", 20, *figures) + b"a.json" + packed
    entry = pack("<4s2B5H3L5H2L", b"PK\1\2", 20, 3, 20, *figures[:7], 9, *([0] * 6))
    directory = b"".join(entry + b"%04x.json" % number for number in range(5_000))
    return local + directory + pack("<4s4H2LH", b"PK\5\6", 0, 0, 5_000, 5_000, len(directory), len(local), 0)


def nested() -> bytes:
    data = b"[" + b" " * (4 * MIB)
    for level in range(7):
        data = zipped({f"{number}.{'zip' if level else 'json'}": data for number in range(16)})
    return data


ARCHIVES: list[tuple[str, Callable[[], bytes], set[str]]] = [
    ("a.json.gz", gzip_of_10_gib, {"CAP015"}),
    ("a.tar.gz", million_of_members, {"CAP015"}),
    ("overlapping.zip", overlapping, {"CAP015"}),
    ("nested.zip", nested, {"CAP015"}),
    ("climbs.zip", lambda: zipped({"../../etc/passwd": PAYLOAD, "/etc/passwd": PAYLOAD}), {"CAP016"}),
    ("climbs.tar", lambda: tarred({"../../etc/passwd": PAYLOAD, "/etc/passwd": PAYLOAD}), {"CAP016"}),
    ("links.tar", lambda: tarred({}, special("a", tarfile.SYMTYPE, "/etc/passwd"), special("b", tarfile.LNKTYPE, "/etc/passwd"), special("c", tarfile.CHRTYPE), special("d", tarfile.FIFOTYPE)), {"CAP016"}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "data", "expected"), ARCHIVES, ids=[name for name, *_ in ARCHIVES])
def test_a_hostile_archive(tmp_path: Path, name: str, data: Callable[[], bytes], expected: set[str]) -> None:
    (tmp_path / name).write_bytes(data())
    report = checked(tmp_path / name)
    assert set(report["summary"]["rules"]) == expected
    assert "root:" not in json.dumps(report)


@pytest.mark.parametrize("format", FORMATS)
def test_names_that_act_on_a_terminal(tmp_path: Path, format: str) -> None:
    name = "\x1b[31m\x9b1m\n::error::\u202egnp.\u200b\x07<b>|`.json"
    (tmp_path / "a.zip").write_bytes(zipped({name: b'{"userSessions": [{"userSessionId": "\xe2\x80\xae\xc2\x9b2J"}]}'}))
    run = watched(tmp_path, "check", "a.zip", "--format", format, "--jobs", "1")
    assert run.status == 1
    assert not set(run.printed) & set("\x1b\x9b\u202e\u200b\x07")
    assert not any(line.startswith("::error::") for line in run.printed.splitlines())


def test_what_is_no_file_in_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.json").write_bytes(PAYLOAD)
    expected = {"SCH001": 1}
    if hasattr(os, "mkfifo"):
        os.mkfifo(folder / "pipe.json")
        os.symlink("itself.json", folder / "itself.json")
        os.symlink(os.devnull, folder / "device.json")
        with socket.socket(socket.AF_UNIX) as bound:
            os.chdir(folder)  # the name of a socket may not be long
            bound.bind("socket.json")
        expected["CAP001"] = 3
    run = watched(tmp_path, "check", "in", "--format", "json", "--jobs", "1")
    assert (rules(run), run.reads, run.writes) == (expected, [os.path.join("in", "a.json")], [])


def test_a_line_that_never_ends_does_not_hide_the_others(tmp_path: Path) -> None:
    with (tmp_path / "a.jsonl").open("wb") as file:
        file.write(PAYLOAD + b"\n{")
        for _ in range(60):
            file.write(b'"x": ' + b"1" * MIB)
        file.write(b"\n" + PAYLOAD)
    report = checked(tmp_path / "a.jsonl")
    assert [(each["rule"], each["line"]) for each in report["findings"]] == [
        ("SCH001", 1),
        ("CAP015", 2),
        ("SCH001", 3),
    ]
