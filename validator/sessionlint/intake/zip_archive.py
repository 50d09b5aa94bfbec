"""Zip archives (PKWARE's APPNOTE 6.3), read by their directory.

Not with `zipfile`: it takes the whole directory into memory, expands bzip2, LZMA and Zstandard without
bound, and refuses an archive for one bad entry.
"""

import io
import stat
from collections.abc import Iterator
from struct import Struct, unpack_from
from typing import TYPE_CHECKING, Final, NamedTuple
from zlib import crc32

from sessionlint.intake.compressed import BZIP2, DEFLATE, LZMA, XZ, ZSTANDARD, Decompressor, Expanding
from sessionlint.intake.slice import Slice
from sessionlint.intake.source import Broken, Input, buffered, unsafe

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_END = Struct("<4s4H2LH")
_END_64_LOCATOR = Struct("<4sLQL")
_END_64 = Struct("<4sQ2H2L4Q")
_ENTRY = Struct("<4s2B5H3L5H2L")
_LOCAL = Struct("<4s5H3L2H")
_LONGEST_COMMENT = 0xFFFF
_LONGEST_ENTRY = _ENTRY.size + 3 * 0xFFFF
_WINDOW = 1 << 19
"""Bytes of the directory that are held at once."""
_IN_64: Final = 0xFFFFFFFF
"""Says that a figure is in the entry's zip64 field."""

_ENCRYPTED = 0x1 | 0x40 | 0x2000
_ENDS_WITH_A_MARK = 0x2
_UNKNOWN_SIZES = 0x8
_UTF_8 = 0x800
_UNIX = (3, 19)

_STORED = 0
_LZMA = 14
_COMPRESSIONS = {8: DEFLATE, 12: BZIP2, _LZMA: LZMA, 93: ZSTANDARD, 95: XZ}
_OTHER_METHODS = {
    1: "Shrink",
    6: "Implode",
    9: "Deflate64",
    10: "DCL Implode",
    18: "IBM TERSE",
    19: "IBM LZ77",
    94: "MP3",
    96: "JPEG",
    97: "WavPack",
    98: "PPMd",
    99: "AES",
}


class ZipMember(NamedTuple):
    """A member as the directory has it."""

    name: str
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    offset: int
    """Of its header, from the start of the file."""
    mode: int
    """As `stat` has it; 0 if the archive was not made on Unix."""

    @property
    def refused(self) -> str | None:
        """What it is, if it is nothing to be read."""
        kind = stat.S_IFMT(self.mode)
        if kind == stat.S_IFLNK:
            return "a symbolic link"
        return None if kind in (0, stat.S_IFREG) else "a device or a pipe"


def zip_members(file: io.BufferedIOBase, input: Input) -> Iterator[ZipMember]:
    """The members of an archive but its folders, in the directory's order.

    An archive without a directory was cut off: then its members are those that the file still holds, and
    in the end comes `Broken`, as it does for a damaged directory and for too many members.
    """
    for member in _entries(file):
        input.count_member()
        if not member.name.endswith("/"):
            yield member


def zip_data(file: io.BufferedIOBase, member: ZipMember, input: Input) -> io.BufferedReader:
    """What a member holds. This and its reads raise `Broken`; the file must not be read by others meanwhile."""
    file.seek(member.offset)
    header = file.read(_LOCAL.size)
    if len(header) < _LOCAL.size or not header.startswith(b"PK\3\4"):
        raise Broken(unsafe("the member is not where the archive says"))
    fields = _LOCAL.unpack(header)
    file.seek(fields[-2] + fields[-1], io.SEEK_CUR)
    if (fields[2] | member.flags) & _ENCRYPTED:
        raise Broken(unsafe("the member has a password"))
    packed = Slice(file, member.packed, "member")
    if member.method == _STORED:
        return buffered(_Checked(packed, member, input))
    compression = _COMPRESSIONS.get(member.method)
    if compression is None:
        method = _OTHER_METHODS.get(member.method, f"method {member.method}")
        raise Broken(unsafe(f"the member is compressed with {method}, which is not read"))
    if member.method == _LZMA:
        decompressor = _lzma_decompressor(packed, member)
        compression = compression._replace(decompressor=lambda: decompressor)
    return buffered(_Checked(Expanding(packed, compression, input), member, input))


class _Checked(io.RawIOBase):
    """A member's data; the last read raises `Broken` if the checksum is not the directory's."""

    def __init__(self, data: Slice | Expanding, member: ZipMember, input: Input) -> None:
        self._data = data
        self._expected = member.crc
        self._input = input
        self._crc = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        count = self._data.readinto(buffer)
        if count:
            self._crc = crc32(memoryview(buffer)[:count], self._crc)
            if isinstance(self._data, Slice):
                self._input.count_expanded(count, 0, 0)
        elif self._crc != self._expected:
            raise Broken(unsafe("the member has a bad checksum"))
        return count


def _lzma_decompressor(packed: Slice, member: ZipMember) -> Decompressor:
    """Zip has the properties of LZMA as .lzma files have them, behind a header of its own."""
    header = packed.read_up_to(4)
    properties = packed.read_up_to(header[2]) if len(header) == 4 else b""
    if len(properties) != 5:
        raise Broken(unsafe("the LZMA data is damaged"))
    has_unknown_size = member.flags & _ENDS_WITH_A_MARK
    size = b"\xff" * 8 if has_unknown_size else member.size.to_bytes(8, "little")
    decompressor = LZMA.decompressor()
    decompressor.decompress(properties + size, 0)
    return decompressor


def _entries(file: io.BufferedIOBase) -> Iterator[ZipMember]:
    directory = _directory(file)
    if directory is None:
        yield from _local_entries(file)
        raise Broken(unsafe("the zip archive has no directory: a cut-off download or copy"))
    position, left, shift, count = directory
    window = b""
    start = 0
    while left >= _ENTRY.size:
        if len(window) - start < min(left, _LONGEST_ENTRY):
            file.seek(position)
            window = file.read(min(left, _WINDOW))
            start = 0
        if not window.startswith(b"PK\1\2", start) or len(window) - start < _ENTRY.size:
            raise _damage()
        member, length = _entry(window, start, shift)
        start += length
        position += length
        left -= length
        count -= 1
        yield member
    # A length that is wrong leads past other members. Some writers count modulo 65,536.
    if left or count % (1 << 16):
        raise _damage()


def _damage() -> Broken:
    return Broken(unsafe("the zip archive's directory is damaged: the rest of its members are not read"))


def _entry(directory: bytes, start: int, shift: int) -> tuple[ZipMember, int]:
    """The entry at ``start``, and its length."""
    fields = _ENTRY.unpack_from(directory, start)
    _, _, system, _, flags, method, _, _, crc, packed, size = fields[:11]
    name_length, extra_length, comment_length, _, _, attributes, offset = fields[11:]
    start += _ENTRY.size
    raw_name = directory[start : start + name_length]
    extra = _extra_fields(directory[start + name_length : start + name_length + extra_length])
    large = io.BytesIO(extra.get(0x0001, b""))
    size, packed, offset = (
        int.from_bytes(large.read(8), "little") if figure == _IN_64 else figure for figure in (size, packed, offset)
    )
    mode = attributes >> 16 if system in _UNIX else 0
    name = _name(raw_name, flags, extra)
    member = ZipMember(name, flags, method, crc, packed, size, offset + shift, mode)
    return member, _ENTRY.size + name_length + extra_length + comment_length


def _local_entries(file: io.BufferedIOBase) -> Iterator[ZipMember]:
    """The members that follow each other from the start, as far as their headers tell their sizes."""
    position = 0
    while True:
        file.seek(position)
        header = file.read(_LOCAL.size)
        if len(header) < _LOCAL.size or not header.startswith(b"PK\3\4"):
            return
        _, _, flags, method, _, _, crc, packed, size, name_length, extra_length = _LOCAL.unpack(header)
        raw_name = file.read(name_length)
        extra = _extra_fields(file.read(extra_length))
        if flags & _UNKNOWN_SIZES or _IN_64 in (packed, size):
            return
        yield ZipMember(_name(raw_name, flags, extra), flags, method, crc, packed, size, position, 0)
        position += _LOCAL.size + name_length + extra_length + packed


def _extra_fields(extra: bytes) -> dict[int, bytes]:
    fields: dict[int, bytes] = {}
    start = 0
    while start + 4 <= len(extra):
        id, length = unpack_from("<2H", extra, start)
        fields.setdefault(id, extra[start + 4 : start + 4 + length])
        start += 4 + length
    return fields


def _name(raw: bytes, flags: int, extra: dict[int, bytes]) -> str:
    """A member's name: UTF-8 if it says so or happens to be, otherwise code page 437, as the standard has it."""
    other = extra.get(0x7075, b"")  # Info-ZIP's Unicode path: version, checksum of the name, path
    if len(other) > 5 and int.from_bytes(other[1:5], "little") == crc32(raw):
        return other[5:].decode("utf-8", "surrogateescape")
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("utf-8", "surrogateescape") if flags & _UTF_8 else raw.decode("cp437")


def _directory(file: io.BufferedIOBase) -> tuple[int, int, int, int] | None:
    """Where the directory is, how long, by how much its offsets fall short of the file's, how many members it has."""
    size = file.seek(0, io.SEEK_END)
    tail_start = max(0, size - _LONGEST_COMMENT - _END.size - _END_64_LOCATOR.size - _END_64.size)
    file.seek(tail_start)
    tail = file.read(size - tail_start)
    end = tail.rfind(b"PK\5\6", 0, max(0, len(tail) - _END.size + 4))
    if end < 0:
        return None
    *_, count, length, offset, _ = _END.unpack_from(tail, end)
    end_64 = end - _END_64_LOCATOR.size - _END_64.size
    if end_64 >= 0 and tail.startswith(b"PK\6\6", end_64) and tail.startswith(b"PK\6\7", end_64 + _END_64.size):
        *_, count, length, offset = _END_64.unpack_from(tail, end_64)
        end = end_64
    start = tail_start + end - length
    if start < offset:
        return None
    return start, length, start - offset, count
