"""Streams that expand what they read, never further than they are asked to."""

import io
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple, Protocol

from sessionlint.finding import Defect
from sessionlint.intake.source import Broken, Input, buffered, unsafe

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_PIECE = 1 << 13
"""Bytes handed to a decompressor at once: it keeps what it does not use, and gives it back whole."""
_MOST_MEMORY = 1 << 28
"""Bytes that a decompressor may ask for its own work."""


class Decompressor(Protocol):
    """What `bz2`, `lzma` and `compression.zstd` have in common."""

    @property
    def eof(self) -> bool: ...  # noqa: D102
    @property
    def needs_input(self) -> bool: ...  # noqa: D102
    @property
    def unused_data(self) -> bytes: ...  # noqa: D102
    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...  # noqa: D102


class Reads(Protocol):
    """Anything that bytes are read from."""

    def read(self, size: int, /) -> bytes | None: ...  # noqa: D102


class Compression(NamedTuple):
    """One way to compress."""

    name: str
    start: bytes
    """What each of its streams starts with; several in a row are one."""
    decompressor: Callable[[], Decompressor]
    failures: Callable[[], tuple[type[Exception], ...]]


class _Inflate:
    """zlib's decompressor with the others' manners."""

    def __init__(self, window_bits: int) -> None:
        import zlib

        self._inflate = zlib.decompressobj(window_bits)
        self.needs_input = True

    @property
    def eof(self) -> bool:
        return self._inflate.eof

    @property
    def unused_data(self) -> bytes:
        return self._inflate.unused_data

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        tail = self._inflate.unconsumed_tail
        expanded = self._inflate.decompress(tail + data if tail else data, max_length)
        self.needs_input = len(expanded) < max_length and not self._inflate.unconsumed_tail
        return expanded


def _bzip2() -> Decompressor:
    import bz2

    return bz2.BZ2Decompressor()


def _xz() -> Decompressor:
    import lzma

    return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_MOST_MEMORY)


def _lzma_alone() -> Decompressor:
    import lzma

    return lzma.LZMADecompressor(lzma.FORMAT_ALONE, memlimit=_MOST_MEMORY)


def _zstandard() -> Decompressor:
    import sys

    if sys.version_info >= (3, 14):
        from compression.zstd import ZstdDecompressor
    else:
        from backports.zstd import ZstdDecompressor
    return ZstdDecompressor()


def _failures_of_zlib() -> tuple[type[Exception], ...]:
    import zlib

    return (zlib.error,)


def _failures_of_bzip2() -> tuple[type[Exception], ...]:
    return (OSError, ValueError)


def _failures_of_lzma() -> tuple[type[Exception], ...]:
    import lzma

    return (lzma.LZMAError, EOFError)


def _failures_of_zstandard() -> tuple[type[Exception], ...]:
    import sys

    if sys.version_info >= (3, 14):
        from compression.zstd import ZstdError
    else:
        from backports.zstd import ZstdError
    return (ZstdError, EOFError)


GZIP = Compression("gzip", b"\x1f\x8b", lambda: _Inflate(31), _failures_of_zlib)
ZLIB = Compression("zlib", b"\x78", lambda: _Inflate(15), _failures_of_zlib)
DEFLATE = Compression("deflate", b"", lambda: _Inflate(-15), _failures_of_zlib)
BZIP2 = Compression("bzip2", b"BZh", _bzip2, _failures_of_bzip2)
XZ = Compression("xz", b"\xfd7zXZ\0", _xz, _failures_of_lzma)
LZMA = Compression("LZMA", b"", _lzma_alone, _failures_of_lzma)
ZSTANDARD = Compression("Zstandard", b"\x28\xb5\x2f\xfd", _zstandard, _failures_of_zstandard)

COMPRESSED_FILES = (GZIP, BZIP2, XZ, ZSTANDARD)
"""Those that a file is compressed with by itself."""


class Expanding(io.RawIOBase):
    """What ``packed`` expands to. Its reads raise `Broken`.

    Bytes after the last stream are passed over, as `gzip` does: padding, a signature.
    """

    def __init__(self, packed: Reads, compression: Compression, input: Input) -> None:
        self._packed = packed
        self._compression = compression
        self._input = input
        self._decompressor = compression.decompressor()
        self._failures = compression.failures()
        self._ahead = b""
        self._taken = self._given = 0
        self._broken: Broken | None = None

    def readable(self) -> bool:  # noqa: D102
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        """Fills the buffer as far as there is something to fill it with."""
        view = memoryview(buffer)
        filled = 0
        while filled < len(view):
            if self._broken:
                if filled:
                    break  # what was read before comes first
                raise self._broken
            try:
                expanded = self._expanded(len(view) - filled)
                if not expanded:
                    break
                view[filled : filled + len(expanded)] = expanded
                filled += len(expanded)
                self._given += len(expanded)
                self._input.count_expanded(len(expanded), self._taken, self._given)
            except Broken as broken:
                self._broken = broken
        return filled

    def _expanded(self, most: int) -> bytes:
        """Some bytes; none at the end."""
        while True:
            decompressor = self._decompressor
            if decompressor.eof:
                if not self._starts_again(decompressor.unused_data):
                    return b""
                continue
            piece = b""
            if decompressor.needs_input:
                piece = self._ahead or self._more()
                self._ahead = b""
                if not piece:
                    told = f"the {self._compression.name} data ends early: a cut-off download or copy"
                    raise Broken(unsafe(told), keeps=True)
            try:
                expanded = decompressor.decompress(piece, most)
            except self._failures as failure:
                raise Broken(_damage(self._compression.name, failure)) from None
            if expanded:
                return expanded

    def _starts_again(self, rest: bytes) -> bool:
        """Whether another stream follows; then its first bytes are ahead."""
        start = self._compression.start
        if not start:
            return False
        rest = rest.lstrip(b"\0")
        while len(rest) < len(start):
            more = self._more()
            if not more:
                return False
            rest = (rest + more).lstrip(b"\0")
        if not rest.startswith(start):
            return False
        self._decompressor = self._compression.decompressor()
        self._ahead = rest
        return True

    def _more(self) -> bytes:
        piece = self._packed.read(_PIECE) or b""
        self._taken += len(piece)
        return piece


def expanding(packed: Reads, compression: Compression, input: Input) -> io.BufferedReader:
    """A reader of what ``packed`` expands to."""
    return buffered(Expanding(packed, compression, input))


def _damage(name: str, failure: Exception) -> Defect:
    reason = str(failure).lower()
    if "check" in reason:
        return unsafe(f"the {name} data has a bad checksum")
    if "memory" in reason:
        return unsafe(f"the {name} data needs more than {_MOST_MEMORY >> 20} MiB of memory to expand")
    return unsafe(f"the {name} data is damaged")
