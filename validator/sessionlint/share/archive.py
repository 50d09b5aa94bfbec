"""The copy as a file: a zip archive whose names, times and order tell nothing of where it came from."""

import os
import zipfile
from contextlib import suppress
from types import TracebackType
from typing import IO, Final

from sessionlint.capture import Capture
from sessionlint.escape import printable
from sessionlint.paths import reason_of
from sessionlint.summary import Failure

_NO_TIME: Final = (1980, 1, 1, 0, 0, 0)
_MODE: Final = 0o100644


class ShareError(Failure):
    """No copy could be made."""


class Archive:
    """A zip archive that is put in its place by `place`, or not at all; never over a file that is there.

    What lay together (in one folder, archive, HAR file or HTTP dump) lies in one folder of the copy,
    and the lines of one file of JSON Lines are lines of one file again; all names are numbers. A long
    response may be written in stretches.
    """

    def __init__(self, path: str) -> None:
        self._target = os.path.realpath(path)
        self._shown = printable(path)
        self.path = f"{self._target}.{os.getpid()}.tmp"
        """Where it is until it is in its place."""
        self._folders: dict[str, int] = {}
        self._counts: dict[int, int] = {}
        self._member: IO[bytes] | None = None
        self._lines_of: str | None = None
        self._ending = b""

    def __enter__(self) -> "Archive":
        if os.path.lexists(self._target):
            raise ShareError(f"{self._shown} is there already, and is not overwritten")
        try:
            self._file = open(self.path, "xb")
        except OSError as error:
            raise self._cannot(error) from error
        self._zip = zipfile.ZipFile(self._file, "w", zipfile.ZIP_DEFLATED)
        return self

    def add(self, capture: Capture, data: bytes, suffix: str, ending: bytes = b"") -> None:
        """The copy of a capture; ``suffix`` is ``json``, ``xml``, or ``jsonl`` for one line of several.

        ``ending`` is what ``data`` ends with; it is written once it is known that nothing comes before it by `go_on`.
        """
        lines_of = capture.file if suffix == "jsonl" else None
        try:
            self._end_document()
            if self._member is None or lines_of is None or lines_of != self._lines_of:
                self._end_member()
                self._lines_of = lines_of
                info = self._info(lines_of or capture.address, suffix)
                self._member = self._zip.open(info, "w", force_zip64=True)
            self._ending = ending
            self._member.write(data.removesuffix(ending))
        except OSError as error:
            raise self._cannot(error) from error

    def go_on(self, data: bytes) -> None:
        """More of what was added last, before its ending."""
        assert self._member is not None, "something was added"
        try:
            self._member.write(data)
        except OSError as error:
            raise self._cannot(error) from error

    def _info(self, address: str, suffix: str) -> zipfile.ZipInfo:
        folder = self._folders.setdefault(address.rpartition("/")[0], len(self._folders) + 1)
        number = self._counts[folder] = self._counts.get(folder, 0) + 1
        info = zipfile.ZipInfo(f"{folder:04}/{number:04}.{suffix}", _NO_TIME)
        info.compress_type = zipfile.ZIP_DEFLATED
        info.create_system = 3  # the same wherever it is made
        info.external_attr = _MODE << 16
        return info

    def _end_document(self) -> None:
        if self._member is not None:
            self._member.write(self._ending)
            self._ending = b""

    def _end_member(self) -> None:
        if self._member is not None:
            self._member.close()
            self._member = None

    def finish(self) -> None:
        """Ends the archive, so that it can be read."""
        try:
            self._end_document()
            self._end_member()
            self._zip.close()
            self._file.close()
        except OSError as error:
            raise self._cannot(error) from error

    def place(self) -> None:
        """Puts the archive in its place."""
        try:
            # Not `replace`: what somebody put there meanwhile is not overwritten either.
            os.link(self.path, self._target)
        except FileExistsError:
            raise ShareError(f"{self._shown} is there already, and is not overwritten") from None
        except OSError:  # a file system without links
            self._move()

    def _move(self) -> None:
        if os.path.lexists(self._target):
            raise ShareError(f"{self._shown} is there already, and is not overwritten")
        try:
            os.rename(self.path, self._target)
        except OSError as error:
            raise self._cannot(error) from error

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Of a disk that is full, each of these may complain again.
        for close in (self._end_member, self._zip.close, self._file.close):
            with suppress(OSError, ValueError):
                close()
        with suppress(FileNotFoundError):
            os.remove(self.path)

    def _cannot(self, error: OSError) -> ShareError:
        return ShareError(f"cannot write {self._shown}: {reason_of(error)}")
