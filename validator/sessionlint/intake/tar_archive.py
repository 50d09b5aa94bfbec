"""Tar archives, read from the front.

`tarfile` parses each header. The sequence of headers is followed here, because `tarfile.TarFile` keeps
every member in memory, reads an extended header of any size whole, searches it with a pattern that
takes quadratic time, and in older interpreters follows negative sizes backwards for ever.
"""

import io
from collections.abc import Iterator
from typing import NamedTuple

from sessionlint.intake.slice import Slice, ends_early
from sessionlint.intake.source import CHUNK, Broken, Input, unsafe

_BLOCK = 512
_MOST_EXTENDED = 1 << 20
"""Bytes of an extended header that are read: a name and attributes."""
_REFUSED = {
    b"1": "a hard link",
    b"2": "a symbolic link",
    b"3": "a device",
    b"4": "a device",
    b"6": "a pipe",
    b"M": "the rest of a file in another archive",
    b"S": "a sparse file",
}
_NOT_FILES = b"5DV"
"""Folders, lists of what was in a folder, the name of the archive."""
_WITHOUT_DATA = b"123456"


class TarMember(NamedTuple):
    """A member of an archive."""

    name: str
    refused: str | None
    """What it is, if it is nothing to be read."""
    data: Slice
    """At its first byte, until the next member is asked for."""


def tar_members(file: io.BufferedIOBase, input: Input) -> Iterator[TarMember]:
    """The members of an archive but its folders, in its order.

    Raises `Broken` where the archive is cut off or damaged, and when there are too many members.
    """
    from tarfile import HeaderError, TarInfo

    attributes: dict[bytes, bytes] = {}
    while True:
        header = file.read(_BLOCK)
        if not header.strip(b"\0"):
            # As it should end, or cut off between two members, which many writers do too. The checksum of what
            # it is compressed with comes behind it.
            while not file.seekable() and file.read(CHUNK):
                pass
            return
        if len(header) < _BLOCK:
            raise ends_early("tar archive")
        try:
            info = TarInfo.frombuf(header, "utf-8", "surrogateescape")
        except (HeaderError, ValueError):
            raise _damage() from None
        if info.type in b"xXgLK":
            if info.size < 0:
                raise _damage()
            extended = Slice(file, info.size, "tar archive")
            text = extended.read_up_to(_MOST_EXTENDED)
            _pass_over(file, extended.left + -info.size % _BLOCK)
            if info.type in b"xX":
                attributes.update(_attributes(text))
            elif info.type == b"L":
                attributes[b"path"] = text.partition(b"\0")[0]
            continue
        input.count_member()
        size = _size(attributes.get(b"size"), info.size)
        name = attributes.get(b"GNU.sparse.name") or attributes.get(b"path")
        refused = _REFUSED.get(info.type)
        if any(key.startswith(b"GNU.sparse.") for key in attributes):
            refused = _REFUSED[b"S"]
        attributes = {}
        data = Slice(file, 0 if info.type in _WITHOUT_DATA else size, "tar archive")
        padding = -data.left % _BLOCK
        if info.type not in _NOT_FILES:
            yield TarMember(info.name if name is None else name.decode("utf-8", "surrogateescape"), refused, data)
        if data.broken:
            raise data.broken
        _pass_over(file, data.left + padding)


def _attributes(text: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The records of an extended header: ``LENGTH KEY=VALUE`` and a line's end (POSIX.1-2008, pax)."""
    start = 0
    while True:
        length, space, _ = text[start : start + 20].partition(b" ")
        if not space or not length.isdigit() or int(length) <= len(length) + 1:
            return
        end = start + int(length)
        key, _, value = text[start + len(length) + 1 : end - 1].partition(b"=")
        yield key, value
        start = end


def _size(attribute: bytes | None, header: int) -> int:
    if attribute is not None:
        if not attribute.isdigit() or len(attribute) > 18:
            raise _damage()
        return int(attribute)
    if header < 0:
        raise _damage()
    return header


def _pass_over(file: io.BufferedIOBase, count: int) -> None:
    if count and file.seekable():
        file.seek(count - 1, io.SEEK_CUR)
        count = 1
    while count:
        passed = len(file.read(min(count, CHUNK)))
        if not passed:
            raise ends_early("tar archive")
        count -= passed


def _damage() -> Broken:
    return Broken(unsafe("the tar archive is damaged: what follows is not read"))
