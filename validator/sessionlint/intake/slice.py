"""A slice of a file as a file of its own: the data of one member of an archive."""

import io
from typing import TYPE_CHECKING

from sessionlint.intake.source import CHUNK, Broken, unsafe

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


class Slice(io.RawIOBase):
    """The next ``size`` bytes of ``file``. Reads raise `Broken` where the file ends before.

    The file must not be read by others meanwhile. ``left`` are the bytes that are still unread, and
    ``broken`` is what a read raised.
    """

    def __init__(self, file: io.BufferedIOBase, size: int, whose: str) -> None:
        self._file = file
        self._whose = whose
        self.left = size
        self.broken: Broken | None = None

    def readable(self) -> bool:  # noqa: D102
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        """Fills the buffer as far as the slice goes."""
        view = memoryview(buffer)
        wanted = min(len(view), self.left)
        count = 0
        try:
            count = self._file.readinto1(view[:wanted]) if wanted else 0
            if wanted and not count:
                raise ends_early(self._whose)
        except Broken as broken:
            self.broken = broken
            raise
        self.left -= count
        return count

    def read_up_to(self, most: int) -> bytes:
        """All that is left, but at most so many bytes."""
        read = io.BytesIO()
        while read.tell() < most and (chunk := self.read(min(CHUNK, most - read.tell()))):
            read.write(chunk)
        return read.getvalue()


def ends_early(whose: str) -> Broken:
    """What a read raises where a file is cut off; what was read before is worth checking."""
    return Broken(unsafe(f"the {whose} ends early: a cut-off download or copy"), keeps=True)
