"""Archives and compressed files: every member by its address, and the bad ones told."""

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sessionlint.intake.files import captures
from sessionlint.limits import Limits
from support_intake import LIMITS, PAYLOAD, Row, entry, har, rows, special, tarred, zipped, zstandard


def written(folder: Path, data: bytes, name: str = "a.bin") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


COMPRESSIONS: list[Callable[[bytes], bytes]] = [gzip.compress, bz2.compress, lzma.compress, zstandard]
compressions = pytest.mark.parametrize("compress", COMPRESSIONS, ids=["gzip", "bzip2", "xz", "zstandard"])


# Files that are compressed by themselves.


@compressions
@pytest.mark.parametrize("data", [PAYLOAD, b"[" + b" " * 300_000 + b"]", b""], ids=["small", "large", "empty"])
def test_a_compressed_file_keeps_its_address(tmp_path: Path, compress: Callable[[bytes], bytes], data: bytes) -> None:
    path = written(tmp_path, compress(data), "a.json.gz")
    (capture,) = captures([str(path)])
    assert (capture.address, capture.data, capture.name, capture.named) == (path.as_posix(), data, "a.json", True)


@compressions
def test_streams_in_a_row_are_one(tmp_path: Path, compress: Callable[[bytes], bytes]) -> None:
    half = len(PAYLOAD) // 2
    data = compress(PAYLOAD[:half]) + compress(b"") * 3 + compress(PAYLOAD[half:])
    for padding in (b"", b"\0" * 100_000, b"signature", b"\x1f"):
        (capture,) = captures([str(written(tmp_path, data + padding))])
        assert (capture.data, capture.defects) == (PAYLOAD, ())


@compressions
def test_what_was_cut_off_is_read_as_far_as_it_goes(tmp_path: Path, compress: Callable[[bytes], bytes]) -> None:
    data = b"[" + bytes(range(32, 127)) * 2_000 + b"]"
    packed = compress(data)
    for cut in (packed[:-1], packed[:-5]):
        (capture,) = captures([str(written(tmp_path, cut))])
        assert data.startswith(capture.data)
        assert [defect.rule for defect in capture.defects] == ["CAP016"]
        assert "ends early" in capture.defects[0].problem.message.text()


@compressions
def test_what_is_damaged_is_not_read(tmp_path: Path, compress: Callable[[bytes], bytes]) -> None:
    packed = bytearray(compress(PAYLOAD * 100))
    packed[len(packed) // 2] ^= 0xFF
    packed[len(packed) // 2 + 1] ^= 0xFF
    (capture,) = captures([str(written(tmp_path, bytes(packed)))])
    assert [defect.rule for defect in capture.defects] == ["CAP016"]


def test_a_bad_checksum_is_named(tmp_path: Path) -> None:
    packed = bytearray(gzip.compress(PAYLOAD))
    packed[-5] ^= 1
    packed[-6] ^= 1
    (capture,) = captures([str(written(tmp_path, bytes(packed)))])
    assert (capture.data, capture.defects[0].problem.message.text()) == (b"", "the gzip data has a bad checksum")


def test_what_needs_too_much_memory_is_not_read(tmp_path: Path) -> None:
    filters = [{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 29}]
    (capture,) = captures([str(written(tmp_path, lzma.compress(PAYLOAD, filters=filters)))])
    assert capture.defects[0].problem.message.text() == "the xz data needs more than 256 MiB of memory to expand"


@compressions
def test_containers_of_all_kinds_in_each_other(tmp_path: Path, compress: Callable[[bytes], bytes]) -> None:
    inner = zipped({"b.json": PAYLOAD, "c.json.z": compress(PAYLOAD)})
    data = compress(compress(tarred({"x/inner.zip": compress(inner), "d.json": PAYLOAD})))
    expected = [("x/inner.zip!/b.json", "data"), ("x/inner.zip!/c.json.z", "data"), ("d.json", "data")]
    assert rows(written(tmp_path, data)) == expected
    for capture in captures([str(written(tmp_path, data))]):
        assert (capture.data, capture.origin) == (PAYLOAD, "archive")


def test_members_of_an_archive_in_a_folder_are_of_the_folder(tmp_path: Path) -> None:
    written(tmp_path, zipped({"a.json": PAYLOAD}), "a.zip")
    written(tmp_path, gzip.compress(PAYLOAD), "b.json.gz")
    assert [capture.origin for capture in captures([str(tmp_path)])] == ["folder", "folder"]


@pytest.mark.parametrize(
    ("start", "name"),
    [(b"7z\xbc\xaf\x27\x1c", "7-Zip"), (b"Rar!\x1a\x07\1\0", "RAR"), (b"\x04\x22\x4d\x18", "LZ4")],
)
def test_archives_that_are_not_read_are_named(tmp_path: Path, start: bytes, name: str) -> None:
    (capture,) = captures([str(written(tmp_path, zipped({"a": start + b"\0" * 100})))])
    assert capture.defects[0].rule == "CAP001"
    assert name in capture.defects[0].problem.message.text()


# Names.

NAMES = [
    "a.json",
    "ä/ö.json",
    "a b.json",
    "100%.json",
    "a!b!/c.json",
    "a\x1b[31m\n.json",
    "a\u202eb\u200b.json",
    "a\\b.json",
    "x" * 300 + ".json",
    "x/" * 200 + "a.json",
    "-a.json",
    "a#2.json",
    "#",
    "日本語.json",
]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "pack", [zipped, tarred, lambda members: tarred(members, format=tarfile.GNU_FORMAT)], ids=["zip", "pax", "gnu"]
)
def test_a_member_of_any_name_has_an_address(tmp_path: Path, name: str, pack: Callable[..., bytes]) -> None:
    path = written(tmp_path, pack({name: PAYLOAD, "z.json": PAYLOAD}))
    address = name.replace("%", "%25").replace("!", "%21")
    assert rows(path) == [(address, "data"), ("z.json", "data")]
    assert rows(path, wanted=f"{path.as_posix()}!/{address}") == [(address, "data")]


@pytest.mark.parametrize("format", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT, tarfile.USTAR_FORMAT])
def test_bytes_that_are_no_text_are_percent_encoded(tmp_path: Path, format: int) -> None:
    assert rows(written(tmp_path, tarred({"a\udcff\udce9.json": PAYLOAD}, format=format))) == [("a%FF%E9.json", "data")]


def named_in_zip(raw: bytes, flags: int = 0, extra: bytes = b"") -> bytes:
    """A zip archive with a member of this name, as bytes."""
    placeholder = "n" * len(raw)
    info = zipfile.ZipInfo(placeholder)
    info.extra = extra
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(info, PAYLOAD)
    data = bytearray(file.getvalue().replace(placeholder.encode(), raw))
    directory = data.index(b"PK\1\2")
    data[directory + 8 : directory + 10] = flags.to_bytes(2, "little")
    return bytes(data)


@pytest.mark.parametrize(
    ("raw", "flags", "extra", "expected"),
    [
        ("ä.json".encode(), 0x800, b"", "ä.json"),
        ("ä.json".encode(), 0, b"", "ä.json"),
        (b"\x84.json", 0, b"", "ä.json"),
        (b"\x84.json", 0x800, b"", "%84.json"),
        (b"a.json", 0, b"up" + struct.pack("<HBL", 11, 1, zlib.crc32(b"a.json")) + b"\xc3\xa4.json"[:6], "ä.jso"),
        (b"a.json", 0, b"up" + struct.pack("<HBL", 11, 1, 0) + b"\xc3\xa4.json"[:6], "a.json"),
    ],
    ids=["UTF-8", "UTF-8 unsaid", "code page 437", "not UTF-8", "Unicode path", "another's Unicode path"],
)
def test_names_in_zip_archives(tmp_path: Path, raw: bytes, flags: int, extra: bytes, expected: str) -> None:
    assert rows(written(tmp_path, named_in_zip(raw, flags, extra))) == [(expected, "data")]


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_members_of_the_same_name_are_all_read(tmp_path: Path, pack: Callable[..., bytes]) -> None:
    members = [("a.json", PAYLOAD), ("a.json", b"[2]"), ("a.json#2", b"[3]"), ("a.json", b"[4]")]
    path = written(tmp_path, pack(members))
    expected = {"a.json": PAYLOAD, "a%232.json": b"[2]", "a.json#2": b"[3]", "a%233.json": b"[4]"}
    found = {capture.address.rpartition("/")[2]: capture.data for capture in captures([str(path)])}
    assert found == expected


@pytest.mark.parametrize(
    ("name", "second"),
    [("a", "a%232"), (".a", ".a%232"), ("x.y/a", "x.y/a%232"), ("a.tar.gz", "a.tar%232.gz"), ("x/.a.b", "x/.a%232.b")],
)
def test_the_second_member_of_a_name_keeps_its_suffix(tmp_path: Path, name: str, second: str) -> None:
    assert rows(written(tmp_path, zipped([(name, PAYLOAD)] * 2))) == [(name, "data"), (second, "data")]


def test_the_current_folder_is_no_part_of_a_member(tmp_path: Path) -> None:
    assert rows(written(tmp_path, tarred({"./a.json": PAYLOAD, "./b/c.json": PAYLOAD}))) == [
        ("a.json", "data"),
        ("b/c.json", "data"),
    ]


@pytest.mark.parametrize("pack", [zipped, tarred])
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("/etc/passwd", "CAP016"),
        ("../../etc/passwd", "CAP016"),
        ("a/../../b", "CAP016"),
        ("..", "CAP016"),
        ("C:/b.json", "CAP016"),
        ("c:b.json", "CAP016"),
        ("\\\\host\\share", "CAP016"),
        ("a\\..\\..\\b", "CAP016"),
        ("a..b/..c/d..", "data"),
        ("__MACOSX/a/._b.json", "macOS metadata"),
        ("a/._b.json", "macOS metadata"),
        ("a\\.DS_Store", "macOS metadata"),
        ("a/.git/config", "a tool's folder"),
        ("a/b.png", "another kind of file"),
    ],
)
def test_members_that_are_not_read(tmp_path: Path, pack: Callable[..., bytes], name: str, expected: str) -> None:
    data = b"\x89PNG\0" if name.endswith("png") else PAYLOAD
    assert [what for _, what in rows(written(tmp_path, pack({name: data, "z.json": PAYLOAD})))] == [expected, "data"]


# Zip.


@pytest.mark.parametrize(
    "method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA], ids=str
)
def test_methods_of_zip(tmp_path: Path, method: int) -> None:
    large = b"[" + bytes(range(32, 127)) * 10_000 + b"]"
    path = written(tmp_path, zipped({"a/": b"", "a/b.json": PAYLOAD, "c.json": large, "d.json": b""}, method))
    assert [capture.data for capture in captures([str(path)])] == [PAYLOAD, large, b""]


def with_method(method: int, packed: bytes, data: bytes = PAYLOAD) -> bytes:
    """A zip archive with one member that was compressed by somebody else."""
    file = bytearray(zipped({"a.json": packed}, zipfile.ZIP_STORED))
    for start, offset in ((file.index(b"PK\3\4"), 8), (file.index(b"PK\1\2"), 10)):
        file[start + offset : start + offset + 2] = method.to_bytes(2, "little")
        file[start + offset + 6 : start + offset + 10] = zlib.crc32(data).to_bytes(4, "little")
        file[start + offset + 14 : start + offset + 18] = len(data).to_bytes(4, "little")
    return bytes(file)


@pytest.mark.parametrize(("method", "packed"), [(93, zstandard(PAYLOAD)), (95, lzma.compress(PAYLOAD))])
def test_methods_that_the_standard_library_lacks(tmp_path: Path, method: int, packed: bytes) -> None:
    assert rows(written(tmp_path, with_method(method, packed))) == [("a.json", "data")]


@pytest.mark.parametrize(("method", "name"), [(9, "Deflate64"), (98, "PPMd"), (1, "Shrink"), (77, "method 77")])
def test_methods_that_are_not_read_are_named(tmp_path: Path, method: int, name: str) -> None:
    (capture,) = captures([str(written(tmp_path, with_method(method, b"x")))])
    assert capture.defects[0].problem.message.text() == f"the member is compressed with {name}, which is not read"


@pytest.mark.parametrize(
    "packed", [b"", b"\1", b"\x09\x14\x05\0", b"\x09\x14\x04\0]\0\0\0", b"\x09\x14\x05\0\xff\0\0\0\0"]
)
def test_lzma_headers_that_are_damaged(tmp_path: Path, packed: bytes) -> None:
    assert rows(written(tmp_path, with_method(14, packed))) == [("a.json", "CAP016")]


def changed(data: bytes, where: bytes, offset: int, value: bytes) -> bytes:
    """``data`` with other bytes at an offset from the first ``where``."""
    start = data.index(where) + offset
    return data[:start] + value + data[start + len(value) :]


TWO = zipped({"a.json": PAYLOAD, "b.json": PAYLOAD}, zipfile.ZIP_STORED)
LINK = (0o120777 << 16).to_bytes(4, "little")
DEVICE = (0o020666 << 16).to_bytes(4, "little")


@pytest.mark.parametrize(
    ("data", "expected", "message"),
    [
        (changed(TWO, b"PK\1\2", 8, b"\1\0"), ["CAP016", "data"], "a password"),
        (changed(TWO, b"PK\3\4", 6, b"\1\0"), ["CAP016", "data"], "a password"),
        (changed(TWO, b"PK\1\2", 16, b"oops"), ["CAP016", "data"], "a bad checksum"),
        (changed(TWO, PAYLOAD, 5, b"!"), ["CAP016", "data"], "a bad checksum"),
        (changed(TWO, b"PK\1\2", 20, b"\xff\xff\xff\x7f"), ["data CAP016", "data"], "ends early"),
        (changed(TWO, b"PK\1\2", 42, b"\xff\xff\xff\x7f"), ["CAP016", "data"], "not where"),
        (changed(TWO, b"PK\1\2", 42, b"\x01\0\0\0"), ["CAP016", "data"], "not where"),
        (changed(changed(TWO, b"PK\1\2", 5, b"\3"), b"PK\1\2", 38, LINK), ["CAP016", "data"], "a symbolic link"),
        (changed(changed(TWO, b"PK\1\2", 5, b"\3"), b"PK\1\2", 38, DEVICE), ["CAP016", "data"], "a device or a pipe"),
        (changed(changed(TWO, b"PK\1\2", 5, b"\0"), b"PK\1\2", 38, LINK), ["data", "data"], ""),
    ],
)
def test_a_bad_member_does_not_hide_the_others(tmp_path: Path, data: bytes, expected: list[str], message: str) -> None:
    found = list(captures([str(written(tmp_path, data))]))
    assert [what for _, what in rows(tmp_path / "a.bin")] == expected
    assert all(message in defect.problem.message.text() for capture in found for defect in capture.defects)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (TWO[: TWO.index(b"PK\1\2")], [("a.json", "data"), ("b.json", "data"), ("", "CAP016")]),
        (TWO[: TWO.index(b"PK\1\2") - 10], [("a.json", "data"), ("b.json", "data CAP016"), ("", "CAP016")]),
        (TWO[:-22], [("a.json", "data"), ("b.json", "data"), ("", "CAP016")]),
        (TWO[:40], [("a.json", "data CAP016"), ("", "CAP016")]),
        (TWO[:4], [("", "CAP016")]),
        (changed(TWO, b"PK\1\2", 0, b"oops"), [("", "CAP016")]),
        (changed(TWO, b"PK\5\6", 12, b"\xff\xff\xff\x7f"), [("a.json", "data"), ("b.json", "data"), ("", "CAP016")]),
        (changed(TWO, b"PK\5\6", 16, b"\xff\xff\xff\x7f"), [("a.json", "data"), ("b.json", "data"), ("", "CAP016")]),
        # The first comment is said to be so long that it hides the second member, then that there are three.
        (changed(TWO, b"PK\1\2", 32, b"\x2e\0"), [("a.json", "data"), ("", "CAP016")]),
        (changed(TWO, b"PK\1\2", 33, b"\x80"), [("a.json", "data"), ("", "CAP016")]),
        (changed(TWO, b"PK\5\6", 10, b"\3"), [("a.json", "data"), ("b.json", "data"), ("", "CAP016")]),
        (TWO + b"a comment that nobody announced", [("a.json", "data"), ("b.json", "data")]),
        (zipped({}), [("", "CAP002")]),
    ],
)
def test_a_damaged_directory(tmp_path: Path, data: bytes, expected: list[Row]) -> None:
    assert rows(written(tmp_path, data)) == expected


@pytest.mark.parametrize("length", range(4, 23))
def test_an_empty_zip_archive_that_was_cut_off(tmp_path: Path, length: int) -> None:
    whole = zipped({})
    assert rows(written(tmp_path, whole[:length])) == [("", "CAP016" if length < len(whole) else "CAP002")]


def test_a_zip_archive_behind_a_program_or_a_comment(tmp_path: Path) -> None:
    file = io.BytesIO(TWO)
    with zipfile.ZipFile(file, "a") as archive:
        archive.comment = b"PK\5" * 1_000
    assert [what for _, what in rows(written(tmp_path, file.getvalue()))] == ["data", "data"]
    assert [what for _, what in rows(written(tmp_path, b"PK\3\4 a program" + TWO))] == ["data", "data"]


def test_zip64(tmp_path: Path) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive, archive.open("a.json", "w", force_zip64=True) as member:
        member.write(PAYLOAD)
    assert rows(written(tmp_path, file.getvalue())) == [("a.json", "data")]


def test_what_is_streamed_into_zip_has_its_sizes_behind_it(tmp_path: Path) -> None:
    class Pipe(io.RawIOBase):
        def __init__(self) -> None:
            self.data = b""

        def writable(self) -> bool:
            return True

        def write(self, data: Any, /) -> int:
            self.data += bytes(data)
            return len(data)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.json", PAYLOAD)
    assert rows(written(tmp_path, pipe.data)) == [("a.json", "data")]
    assert rows(written(tmp_path, pipe.data[:-30])) == [("", "CAP016")]


# Tar.


@pytest.mark.parametrize(
    ("info", "message"),
    [
        (special("a", tarfile.SYMTYPE, "/etc/passwd"), "the member is a symbolic link, which is not followed"),
        (special("a", tarfile.LNKTYPE, "z.json"), "the member is a hard link, which is not followed"),
        (special("a", tarfile.CHRTYPE), "the member is a device, which is not followed"),
        (special("a", tarfile.BLKTYPE), "the member is a device, which is not followed"),
        (special("a", tarfile.FIFOTYPE), "the member is a pipe, which is not followed"),
        (special("a", tarfile.GNUTYPE_SPARSE), "the member is a sparse file, which is not followed"),
    ],
)
def test_links_and_devices_in_tar(tmp_path: Path, info: tarfile.TarInfo, message: str) -> None:
    path = written(tmp_path, tarred({"b.json": PAYLOAD}, info))
    found = list(captures([str(path)]))
    assert rows(path) == [("b.json", "data"), ("a", "CAP016")]
    assert found[1].defects[0].problem.message.text() == message


def test_folders_and_volume_names_are_no_members(tmp_path: Path) -> None:
    folder = special("x", tarfile.DIRTYPE)
    assert rows(written(tmp_path, tarred({"x/a.json": PAYLOAD}, folder, special("v", b"V")))) == [("x/a.json", "data")]
    assert rows(written(tmp_path, tarred({}, folder))) == [("", "CAP002")]


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
@pytest.mark.parametrize(
    ("cut", "expected"),
    [
        (512 + 20, [("a.json", "data CAP016")]),
        (512, [("a.json", "CAP016")]),
        (1024, [("a.json", "data")]),
        (1024 + 300, [("a.json", "data"), ("", "CAP016")]),
        (1024 + 512 + 66, [("a.json", "data"), ("b.json", "data"), ("", "CAP016")]),
        (2048, [("a.json", "data"), ("b.json", "data")]),
    ],
)
def test_a_tar_archive_that_was_cut_off(
    tmp_path: Path, cut: int, expected: list[Row], pack: Callable[[bytes], bytes]
) -> None:
    data = tarred({"a.json": PAYLOAD, "b.json": PAYLOAD}, format=tarfile.USTAR_FORMAT)
    assert rows(written(tmp_path, pack(data[:cut]))) == expected


def test_a_compressed_tar_archive_that_was_cut_off_is_told_once(tmp_path: Path) -> None:
    random = bytes(value * 7919 % 251 for value in range(50_000))
    packed = gzip.compress(tarred({"a.json": PAYLOAD, "b.json": b'"' + random, "c.json": PAYLOAD}))
    assert rows(written(tmp_path, packed[: len(packed) // 2])) == [("a.json", "data"), ("b.json", "data CAP016")]


@compressions
def test_a_compressed_tar_archive_is_read_to_its_checksum(tmp_path: Path, compress: Callable[[bytes], bytes]) -> None:
    members = [(f"{number}.json", PAYLOAD) for number in range(200)]
    packed = compress(tarred(members) + bytes(1 << 20))
    assert [what for _, what in rows(written(tmp_path, packed))] == ["data"] * 200
    *read, last = [what for _, what in rows(written(tmp_path, packed[:-5]))]
    assert (read, last) == (["data"] * 200, "CAP016")


@pytest.mark.parametrize(
    ("offset", "value"),
    [
        (0, b"x"),  # the checksum of the second header
        (124, b"\xff" * 12),
        (124, b"oops"),
    ],
)
def test_a_tar_archive_that_is_damaged(tmp_path: Path, offset: int, value: bytes) -> None:
    data = bytearray(tarred({"a.json": PAYLOAD, "b.json": PAYLOAD}, format=tarfile.USTAR_FORMAT))
    data[1024 + offset : 1024 + offset + len(value)] = value
    if offset:
        data[1024 + 148 : 1024 + 156] = b"        "
        data[1024 + 148 : 1024 + 156] = b"%06o\0 " % sum(data[1024:1536])
    assert rows(written(tmp_path, bytes(data))) == [("a.json", "data"), ("", "CAP016")]


@pytest.mark.parametrize(
    "records",
    [b"", b"oops", b"0 path=x\n", b"3 \n", b"99999999999999999999 path=x\n", b"12 path=\xff\xff\xff\n", b"9" * 1_000],
)
def test_extended_headers_of_any_content(tmp_path: Path, records: bytes) -> None:
    info = tarfile.TarInfo("pax")
    info.type = tarfile.XHDTYPE
    info.size = len(records)
    data = info.tobuf(tarfile.USTAR_FORMAT) + records + b"\0" * (-len(records) % 512)
    found = rows(written(tmp_path, data + tarred({"a.json": PAYLOAD}, format=tarfile.USTAR_FORMAT)))
    assert [what for _, what in found] == ["data"]


@pytest.mark.parametrize("size", [b"-1", b"oops", b"9" * 30])
def test_an_extended_header_with_a_bad_size(tmp_path: Path, size: bytes) -> None:
    record = b" size=" + size + b"\n"
    record = b"%d" % (len(record) + 2) + record
    info = tarfile.TarInfo("pax")
    info.type = tarfile.XHDTYPE
    info.size = len(record)
    data = info.tobuf(tarfile.USTAR_FORMAT) + record + b"\0" * (-len(record) % 512) + tarred({"a.json": PAYLOAD})
    assert rows(written(tmp_path, data)) == [("", "CAP016")]


# Limits.


@pytest.mark.parametrize(
    ("field", "limits", "data", "expected"),
    [
        ("members", {"members": 2}, zipped({"a": PAYLOAD, "b": PAYLOAD, "c": PAYLOAD}), ["data", "data", "CAP015"]),
        ("members", {"members": 2}, tarred({"a": PAYLOAD, "b": PAYLOAD, "c": PAYLOAD}), ["data", "data", "CAP015"]),
        ("members", {"members": 3}, tarred({"a": PAYLOAD, "b": PAYLOAD, "c": PAYLOAD}), ["data"] * 3),
        (
            "members",
            {"members": 3},
            zipped({"x": zipped({"a": PAYLOAD, "b": PAYLOAD}), "y": zipped({"a": PAYLOAD}), "z": PAYLOAD}),
            ["data", "data", "CAP015"],
        ),
        ("document-bytes", {"document_bytes": 66}, zipped({"a": PAYLOAD + b" ", "b": PAYLOAD}), ["CAP015", "data"]),
        ("document-bytes", {"document_bytes": 66}, tarred({"a": PAYLOAD + b" ", "b": PAYLOAD}), ["CAP015", "data"]),
        ("document-bytes", {"document_bytes": 66}, gzip.compress(PAYLOAD + b" "), ["CAP015"]),
        (
            "container-depth",
            {"container_depth": 1},
            zipped({"a": zipped({"b": PAYLOAD}), "c": PAYLOAD}),
            ["CAP015", "data"],
        ),
        (
            "container-depth",
            {"container_depth": 2},
            zipped({"a": zipped({"b": PAYLOAD}), "c": PAYLOAD}),
            ["data", "data"],
        ),
        ("container-depth", {"container_depth": 1}, gzip.compress(gzip.compress(PAYLOAD)), ["CAP015"]),
        ("document-values", {"document_values": 2}, har(entry()), ["CAP015"]),
        ("expanded-bytes", {"expanded_bytes": 150}, zipped(dict.fromkeys("abc", PAYLOAD)), ["data", "data", "CAP015"]),
        ("expanded-bytes", {"expanded_bytes": 1}, gzip.compress(PAYLOAD), ["CAP015"]),
    ],
)
def test_a_limit_is_named_and_the_run_goes_on(
    tmp_path: Path, field: str, limits: dict[str, int], data: bytes, expected: list[str]
) -> None:
    path, other = written(tmp_path, data), written(tmp_path, PAYLOAD, "other")
    *found, last = captures([str(path), str(other)], Limits(**limits))
    assert [what for _, what in rows(path, Limits(**limits))] == expected
    assert last.data == PAYLOAD
    told = [defect.problem for capture in found for defect in capture.defects]
    assert all(f"the limit {field} is {limits[field.replace('-', '_')]}" in each.message.text() for each in told)
    assert all(each.help and field in each.help for each in told)


def test_a_large_file_that_nobody_would_miss_is_only_skipped(tmp_path: Path) -> None:
    data = zipped({"a": b"{" + b" " * 1_000, "b.json": b"{" + b" " * 1_000, "c": PAYLOAD + b" " * 1_000})
    limits = Limits(document_bytes=500)
    assert rows(written(tmp_path, data), limits) == [
        ("a", "another kind of file"),
        ("b.json", "CAP015"),
        ("c", "CAP015"),
    ]


def test_the_limits_have_names() -> None:
    assert set(LIMITS) == {
        "nesting",
        "document-bytes",
        "undivided-bytes",
        "document-values",
        "findings",
        "expanded-bytes",
        "expansion-ratio",
        "members",
        "container-depth",
    }
