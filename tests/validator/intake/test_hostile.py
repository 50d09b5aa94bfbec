"""Input that means harm: bounded memory, bounded work, nothing opened, nothing written, and told."""

import builtins
import bz2
import gzip
import io
import lzma
import os
import struct
import sys
import tarfile
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sessionlint.capture import Capture
from sessionlint.intake.files import captures
from sessionlint.limits import Limits
from support_intake import (
    PAYLOAD,
    entry,
    har,
    outcome,
    response,
    rows,
    special,
    support_dump,
    tarred,
    words_of,
    zipped,
    zstandard,
)

MIB = 1 << 20
BLANK = b"[" + b" " * (4 * MIB)
"""Starts like a document, and expands out of proportion."""


def peak_of(path: Path, limits: Limits = Limits()) -> tuple[list[Capture], int]:
    """The captures, without their data, and the most bytes that were held at once."""
    list(captures([str(path)], limits))  # imports what it needs
    tracemalloc.start()
    try:
        found = [capture._replace(data=capture.data[:1]) for capture in captures([str(path)], limits)]
        return found, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def limits_named(found: list[Capture]) -> list[str]:
    return [
        defect.problem.message.text().partition("the limit ")[2].split()[0]
        for capture in found
        for defect in capture.defects
        if defect.rule == "CAP015"
    ]


# Bombs.


def gzip_of_10_gib(path: Path, piece: bytes = b"\0" * MIB) -> None:
    packed = gzip.compress(piece)
    with path.open("wb") as file:
        file.write(gzip.compress(b"["))
        for _ in range(10_240):
            file.write(packed)


@pytest.mark.parametrize("piece", [b"\0", b" "], ids=["zeros", "blanks"])
def test_a_gzip_file_of_10_gib(tmp_path: Path, piece: bytes) -> None:
    gzip_of_10_gib(tmp_path / "a.json.gz", piece * MIB)
    found, peak = peak_of(tmp_path / "a.json.gz")
    assert limits_named(found) == ["expansion-ratio"]
    assert peak < 100 * MIB


@pytest.mark.parametrize(
    "compress",
    [partial(bz2.compress, compresslevel=1), partial(lzma.compress, preset=0), zstandard],
    ids=["bzip2", "xz", "zstandard"],
)
def test_a_file_of_blanks(tmp_path: Path, compress: Callable[[bytes], bytes]) -> None:
    (tmp_path / "a").write_bytes(compress(b"[" + b" " * (70 * MIB)))
    found, peak = peak_of(tmp_path / "a")
    assert limits_named(found) == ["expansion-ratio"]
    assert peak < 100 * MIB


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_no_method_of_zip_expands_further_than_it_is_read(tmp_path: Path, method: int) -> None:
    (tmp_path / "a.zip").write_bytes(zipped({"a.json": BLANK * 4, "b.json": PAYLOAD}, method))
    found, peak = peak_of(tmp_path / "a.zip", Limits(document_bytes=100_000))
    assert limits_named(found) == ["document-bytes"]
    assert [outcome(capture) for capture in found] == ["CAP015", "data"]
    assert peak < 20 * MIB


def overlapping(count: int, data: bytes) -> bytes:
    """A zip archive in which every member is the same bytes."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = deflate.compress(data) + deflate.flush()
    crc = zlib.crc32(data)
    local = struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 8, 0, 0, crc, len(packed), len(data), 6, 0) + b"a.json"
    entry = struct.pack("<4s2B5H3L5H2L", b"PK\1\2", 20, 3, 20, 0, 8, 0, 0, crc, len(packed), len(data), 9, *([0] * 6))
    directory = b"".join(entry + b"%04x.json" % number for number in range(count))
    start = len(local) + len(packed)
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, len(directory), start, 0)
    return local + packed + directory + end


def test_an_archive_of_overlapping_members(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(overlapping(2_000, BLANK))
    found, peak = peak_of(tmp_path / "a.zip")
    assert limits_named(found) == ["expansion-ratio"]
    assert 16 <= len(found) < 50
    assert peak < 20 * MIB


@pytest.mark.parametrize("levels", [5, 9])
def test_archives_in_archives(tmp_path: Path, levels: int) -> None:
    data = BLANK
    for level in range(levels):
        data = zipped({f"{number}.{'zip' if level else 'json'}": data for number in range(16)})
    (tmp_path / "a.zip").write_bytes(data)
    found, peak = peak_of(tmp_path / "a.zip")
    assert set(limits_named(found)) <= {"expansion-ratio", "container-depth"}
    assert limits_named(found)
    assert peak < 30 * MIB


def test_an_archive_that_holds_itself(tmp_path: Path) -> None:
    data = PAYLOAD
    for _ in range(100):
        data = gzip.compress(data)
    (tmp_path / "a.gz").write_bytes(data)
    found, _ = peak_of(tmp_path / "a.gz")
    assert limits_named(found) == ["container-depth"]


# Many of a kind.


def million(path: Path, info: tarfile.TarInfo) -> None:
    block = gzip.compress(info.tobuf() * 1_000)
    with path.open("wb") as file:
        for _ in range(1_000):
            file.write(block)


@pytest.mark.parametrize(
    ("info", "count"),
    [
        (tarfile.TarInfo("a.json"), 2_001),
        (special("x", tarfile.DIRTYPE), 1),
        (special("a", tarfile.SYMTYPE, "b"), 2_001),
    ],
    ids=["files", "folders", "links"],
)
def test_a_tar_archive_of_a_million_empty_members(tmp_path: Path, info: tarfile.TarInfo, count: int) -> None:
    million(tmp_path / "a.tar.gz", info)
    found, peak = peak_of(tmp_path / "a.tar.gz", Limits(members=2_000))
    assert limits_named(found) == ["members"]
    assert len(found) == count
    assert peak < 10 * MIB


def test_a_zip_archive_of_a_million_members(tmp_path: Path) -> None:
    entry = struct.pack("<4s2B5H3L5H2L", b"PK\1\2", 20, 3, 20, *([0] * 7), 1, *([0] * 6)) + b"a"
    count = 500_000
    with (tmp_path / "a.zip").open("wb") as file:
        file.write(struct.pack("<4s5H3L2H", b"PK\3\4", *([0] * 10)))
        file.write(entry * count)
        length = len(entry) * count
        file.write(struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, length, 30))
        file.write(struct.pack("<4sLQL", b"PK\6\7", 0, 30 + length, 1))
        file.write(struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0))
    found, peak = peak_of(tmp_path / "a.zip", Limits(members=2_000))
    assert limits_named(found) == ["members"]
    assert len(found) == 2_001
    assert peak < 10 * MIB


@pytest.mark.parametrize("type", [b"L", b"K", b"x", b"g"])
def test_an_extended_header_of_2_gib(tmp_path: Path, type: bytes) -> None:
    info = special("././@LongLink", type)
    info.size = 2 << 30
    piece = gzip.compress(b"9" * MIB)
    with (tmp_path / "a.tar.gz").open("wb") as file:
        file.write(gzip.compress(info.tobuf(tarfile.GNU_FORMAT)))
        for _ in range(2_048):
            file.write(piece)
    found, peak = peak_of(tmp_path / "a.tar.gz")
    assert limits_named(found) == ["expansion-ratio"]
    assert peak < 10 * MIB


def test_a_negative_size_in_a_tar_archive_leads_nowhere(tmp_path: Path) -> None:
    info = special("a", tarfile.XHDTYPE)
    info.size = -1024
    (tmp_path / "a.tar").write_bytes(tarred({"a.json": PAYLOAD})[:1024] + info.tobuf(tarfile.GNU_FORMAT) + b"\0" * 1024)
    assert rows(tmp_path / "a.tar") == [("a.json", "data"), ("", "CAP016")]


def test_a_million_streams_without_anything(tmp_path: Path) -> None:
    (tmp_path / "a.gz").write_bytes(gzip.compress(b"") * 100_000)
    found, peak = peak_of(tmp_path / "a.gz")
    assert [outcome(capture) for capture in found] == ["empty"]
    assert peak < 10 * MIB


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"HTTP/1.1 200 OK\n" * 50_000, 2_001),
        (b"HTTP/1.1 200 OK\nContent-Length: 999999\n\n" * 5_000 + b" " * MIB, 2_001),
        (b"curl \\\n" * 100_000, 1),
        (b"HTTP/1.1 200 OK\n\n" + b"]> $\n" * 200_000, 1),
        (b"HTTP/1.1 200 OK\n\n" + b"]HTTP/ curl" * 50_000, 1),
        (b"GET " + b"x" * MIB + b" HTTP/1.1\n\n", 1),
        (b"HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n" + b"1\n" * 50_000, 1),
        (b"HTTP/1.1 200 OK\n" + b"a: b\n" * 50_000, 1),
        (b"* x\n" * 100_000 + b"< HTTP/1.1 200 OK\n" * 100, 1),
    ],
)
def test_messages_without_end(tmp_path: Path, data: bytes, expected: int) -> None:
    (tmp_path / "a.http").write_bytes(data)
    found, peak = peak_of(tmp_path / "a.http", Limits(members=2_000))
    assert len(found) == expected
    assert peak < 20 * MIB + 6 * len(data)


# Memory does not grow with the input.


@pytest.mark.parametrize(
    "pack", [bytes, gzip.compress, lambda data: zipped({"a.jsonl": data})], ids=["file", "gzip", "zip"]
)
def test_lines_take_the_same_memory_however_many(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    line = b'{"a": "%s"}\n' % bytes(value % 89 + 33 for value in range(1_000) if value % 89 + 33 not in b'"\\')
    for count in (2_000, 20_000):
        (tmp_path / "a.jsonl").write_bytes(pack(line * count))
        tracemalloc.start()
        assert sum(1 for _ in captures([str(tmp_path / "a.jsonl")])) == count
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 3 * MIB  # a file of 1 MiB is read at once


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_members_take_the_memory_of_one(tmp_path: Path, pack: Callable[..., bytes]) -> None:
    noise = bytes(value * value % 251 for value in range(MIB))
    (tmp_path / "a").write_bytes(pack({f"{number}.json": b'"' + noise for number in range(20)}))
    _, peak = peak_of(tmp_path / "a")
    assert peak < 5 * MIB


def test_a_large_file_of_another_kind_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(b"\0" * 20 * MIB)
    (tmp_path / "a.log").write_bytes(b"a log\n" * 3 * MIB)
    found, peak = peak_of(tmp_path)
    assert [outcome(capture) for capture in found] == ["another kind of file"] * 2
    assert peak < MIB


# Nothing is opened beside the input, nothing is written.


def test_only_the_input_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    links = [special("passwd", tarfile.SYMTYPE, "/etc/passwd"), special("shadow", tarfile.LNKTYPE, "../../etc/shadow")]
    members = {"../../etc/passwd": b"x", "/etc/passwd": b"x", "a.json": PAYLOAD}
    for name, data in {"a.tar": tarred(members, *links), "b.zip": zipped(members), "c.zip": support_dump()}.items():
        (tmp_path / name).write_bytes(data)
    list(captures([str(tmp_path)]))  # imports what it needs
    opened: list[str] = []

    open_ = os.open

    def watched(path: str, flags: int) -> int:
        assert flags == os.O_RDONLY | getattr(os, "O_BINARY", 0)
        opened.append(os.path.basename(path))
        return open_(path, flags)

    def forbidden(*arguments: object, **_: object) -> None:
        raise AssertionError(arguments)

    monkeypatch.setattr(os, "open", watched)
    for module, name in [
        (builtins, "open"),
        (io, "open"),
        (io, "FileIO"),
        (os, "mkdir"),
        (os, "remove"),
        (os, "readlink"),
    ]:
        monkeypatch.setattr(module, name, forbidden)
    found = [outcome(capture) for capture in captures([str(tmp_path)])]
    monkeypatch.undo()
    assert opened == ["a.tar", "b.zip", "c.zip"]
    assert found.count("CAP016") == 6
    assert sorted(path.name for path in tmp_path.iterdir()) == opened


# Anything else.


def dumps() -> Iterator[bytes]:
    yield support_dump()
    yield tarred({"a.json": PAYLOAD, "b" * 200: PAYLOAD}, special("x", tarfile.SYMTYPE, "y"))
    for compress in (gzip.compress, bz2.compress, lzma.compress, zstandard):
        yield compress(PAYLOAD * 3)
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        yield zipped({"a.json": PAYLOAD, "b/c.json": PAYLOAD}, method)
    yield har(entry(), entry(text="x"), entry(status=301))
    yield response(PAYLOAD, "Content-Encoding: gzip", status="401 No") + response(
        gzip.compress(PAYLOAD), "Content-Encoding: gzip"
    )
    yield b"$ curl https://a:b@c/ -u a:b\n" + response(b"5\r\n12345\r\n0\r\n\r\n", "Transfer-Encoding: chunked")
    yield b"* x\n> GET / HTTP/1.1\n> Host: x\n> \n< HTTP/1.1 200 OK\n< \n{ [5 bytes data]\n" + PAYLOAD
    yield (PAYLOAD + b"\n") * 3
    yield PAYLOAD.decode().encode("utf-16")


DUMPS = list(dumps())


@st.composite
def mutants(draw: st.DrawFn) -> bytes:
    """A dump with some bytes changed, left out or twice there."""
    data = bytearray(draw(st.sampled_from(DUMPS)))
    for _ in range(draw(st.integers(0, 4))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.integers(0, 30)))
        data[start:end] = draw(st.one_of(st.binary(max_size=8), st.just(bytes(data[start:end]) * 2)))
    return bytes(data[: draw(st.one_of(st.none(), st.integers(0, len(data))))])


LIMITS = Limits(document_bytes=10_000, expanded_bytes=100_000, members=20, container_depth=4)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None)
@given(st.one_of(mutants(), st.binary(max_size=600)), st.sampled_from(["a", "a.json", "a.jsonl", "a.har", "a.http"]))
def test_whatever_a_file_holds_it_is_read(tmp_path: Path, data: bytes, name: str) -> None:
    folder = tmp_path / "x"
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_bytes(data)
    for named in (path, folder):
        found = list(captures([str(named)], LIMITS))
        assert found
        for capture in found:
            assert capture.address.startswith(path.as_posix())
            assert len(capture.data) <= LIMITS.document_bytes
            assert not (capture.skipped and (capture.data or capture.defects))
            assert capture.first_line >= 1
            words_of(capture)
        addresses = [capture.address for capture in found if capture.data]
        assert len(set(addresses)) == len(addresses)
        assert found == list(captures([str(named)], LIMITS))
    path.unlink()


def test_standard_input_takes_whatever_a_file_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for data in DUMPS:
        path = tmp_path / "a"
        path.write_bytes(data)
        from_file = rows(path)
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        assert [(capture.address[1:].lstrip("!/"), outcome(capture)) for capture in captures(["-"])] == from_file
