"""Files and folders: what the user names, and what lies in the folders that they name.

Only regular files are ever opened, and nothing is written.
"""

import io
import os
import stat
import sys
from collections.abc import Callable, Generator, Iterable, Iterator
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple, cast

from sessionlint.capture import Capture, Origin, escaped_part
from sessionlint.finding import Defect, problem
from sessionlint.intake.content import contents, kind_of, may_be_recording, reader_of
from sessionlint.intake.lines import Lines, lines_captures
from sessionlint.intake.names import (
    EXCLUDED,
    MACOS_METADATA,
    TOOLS_FOLDER,
    TOOLS_FOLDERS,
    passed_over,
    says_document,
)
from sessionlint.intake.source import CHUNK, At, Input, buffered
from sessionlint.limits import Limits
from sessionlint.paths import reason_of

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

STANDARD_INPUT: Final = "-"

_READ_WHOLE: Final = 1 << 20
"""Bytes of a file that are read at once before it is known what they are."""
_TO_READ: Final = os.O_RDONLY | getattr(os, "O_BINARY", 0)  # which Windows alone has
_ENOUGH: Final = 512
"""Bytes of a pipe that tell what it holds."""
LONG: Final = 1 << 22
"""Bytes from which on a response comes in stretches."""
_LINK_OUT: Final = "a link out of the folder"


class Unread(NamedTuple):
    """A small regular file, of whose name one document is to be expected; any process can read it."""

    path: str
    origin: Origin
    size: int
    """Bytes."""

    def document(self, limits: Limits) -> Capture | None:
        """Its only capture, or why there is none; ``None`` where it holds any number of captures."""
        try:
            data = _small(self.path, self.size)
        except OSError as error:
            return _unreadable(self.path, self.origin, error)
        address = address_of(self.path)
        at = At(Input(limits, self.size), address, address, self.origin)
        kind = kind_of(data, at)
        is_document = kind in _DOCUMENT
        if is_document and not may_be_recording(data, at):
            return at.capture(data)
        if not is_document and kind not in _MAY_BE_ONE:
            return None
        found = [*islice(contents(lambda: reader_of(data), at), 2)]
        return found[0] if len(found) == 1 else None

    def captures(self, limits: Limits, excluded: Callable[[str], bool] | None = None) -> Iterator[Capture]:
        """All captures in it, as `captures` has them."""
        found = _in_file(self.path, self.origin, partial(Input, limits, excluded=excluded))
        return in_stretches(_captures_in(found, limits))


_DOCUMENT: Final = ("document", "lines?")
_MAY_BE_ONE: Final = ("UTF-16", "text", "binary")
"""Other kinds that may be one document, in which nothing is compressed."""


def captures(
    paths: Iterable[str],
    limits: Limits = Limits(),
    *,
    excluded: Callable[[str], bool] | None = None,
    wanted: str | None = None,
    whole: bool = False,
) -> Generator[Capture, None, None]:
    """The captures that the paths lead to, in their order; the entries of a folder sorted by name.

    A file that several paths lead to comes once, where it is named. They come as they are read, one in memory at a
    time; a long response comes in stretches, as captures of the same address. A file, folder or member whose address
    is ``excluded`` is not opened, not even if it is named. ``wanted`` is the address of the only capture that is
    asked for: members that cannot lead to it are passed over, though other captures may come too. ``whole``:
    nothing comes in stretches.
    """
    found = _captures_in(_inputs(paths, partial(Input, limits, excluded=excluded, wanted=wanted)), limits)
    yield from found if whole else in_stretches(found)


def work(
    paths: Iterable[str],
    limits: Limits = Limits(),
    *,
    excluded: Callable[[str], bool] | None = None,
) -> Iterator[Capture | Lines | Unread]:
    """As `captures`, but what any process can read comes unread.

    That is a large file of JSON Lines, for `lines.stretches` and `captures_in`, and a small file that is likely to be
    a document.
    """
    for each in _inputs(paths, partial(Input, limits, excluded=excluded), is_read=False):
        if isinstance(each, Capture):
            yield from in_stretches((each,))
        else:
            yield each


def in_stretches(found: Iterable[Capture]) -> Iterator[Capture]:
    """The captures, of which a long response comes in stretches, as captures of the same address."""
    for capture in found:
        if len(capture.data) < LONG:
            yield capture
        else:
            from sessionlint.intake.stretches import stretches

            yield from stretches(capture) or (capture,)


def _inputs(
    paths: Iterable[str], opened: Callable[..., Input], *, is_read: bool = True
) -> Iterator[Capture | Lines | Unread]:
    paths = list(paths)
    named = {_place(path) for path in paths if not os.path.isdir(path)}
    to_come = set(named)
    seen: set[str] = set()
    for path in paths:
        if os.path.isdir(path):
            yield from _in_folder(path, seen, named, opened, is_read=is_read)
        elif (place := _place(path)) in to_come:
            to_come.remove(place)
            if path == STANDARD_INPUT:
                yield from _standard_input(opened())
            else:
                yield from _in_file(path, "named", opened, is_read=is_read)


def _place(path: str) -> str:
    """The same for all ways to write a path."""
    return path if path == STANDARD_INPUT else os.path.normcase(os.path.abspath(path))


def expanded(paths: Iterable[str]) -> list[str]:
    """The paths, and in the place of one that does not exist but is a pattern what it matches, sorted.

    For shells that leave patterns alone; a pattern that matches nothing stays as it is.
    """
    names: list[str] = []
    for path in paths:
        if any(mark in path for mark in "*?[") and not os.path.lexists(path):
            from glob import glob

            names += sorted(glob(path, recursive=True)) or [path]
        else:
            names.append(path)
    return names


def paths_from(file: str) -> list[str]:
    """The paths in a file, one a line, without blank lines, or each ended by NUL; ``-`` is standard input.

    Raises `OSError`, and `UnicodeDecodeError` for what can be no path.
    """
    if file == STANDARD_INPUT:
        text = sys.stdin.buffer.read()
    else:
        with open(file, "rb") as opened:
            text = opened.read()
    if text.startswith((b"\xff\xfe", b"\xfe\xff")):  # PowerShell redirects so
        text = text.decode("utf-16").encode()
    # `git diff -z` and `find -print0` write names as they are, which may hold a line's end, but never a NUL.
    lines = text.split(b"\0") if b"\0" in text else text.removeprefix(b"\xef\xbb\xbf").splitlines()
    return [os.fsdecode(line) for line in lines if line.strip()]


def address_of(path: str) -> str:
    """A file's path as an address: forward slashes, and what addresses reserve percent-encoded."""
    return escaped_part(path.replace(os.sep, "/") if os.sep != "/" else path)


# Folders.


def _in_folder(
    folder: str, seen: set[str], named: set[str], opened: Callable[..., Input], *, is_read: bool
) -> Iterator[Capture | Lines | Unread]:
    """Depth first without recursion; a folder that links lead to twice is visited once.

    What is ``named`` (`_place`) is left to its own turn.
    """
    root = os.path.realpath(folder)
    excluded = opened().excluded
    pending: list[tuple[str, bool, str | None]] = [(folder, True, None)]
    while pending:
        path, is_folder, reason = pending.pop()
        if reason:
            yield Capture(address_of(path), b"", "folder", skipped=reason)
        elif not is_folder:
            if not named or _place(path) not in named:
                yield from _in_file(path, "folder", opened, is_read=is_read)
        elif excluded(address_of(path)):
            yield Capture(address_of(path), b"", "folder", skipped=EXCLUDED)
        elif (real := os.path.realpath(path)) not in seen:
            seen.add(real)
            try:
                with os.scandir(path) as entries:
                    found = sorted(entries, key=lambda entry: entry.name, reverse=True)
            except OSError as error:
                yield _unreadable(path, "named", error)
                continue
            for entry in found:
                is_folder = _is_folder(entry)
                inside = entry.name if path == os.curdir else entry.path
                pending.append((inside, is_folder, _passed_over(entry, is_folder, root)))


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link to itself
        return False


def _passed_over(entry: os.DirEntry[str], is_folder: bool, root: str) -> str | None:
    """Why an entry of a folder is not looked at."""
    if is_folder and entry.name in TOOLS_FOLDERS:
        return TOOLS_FOLDER
    reason = MACOS_METADATA if is_folder and entry.name == "__MACOSX" else passed_over(entry.name)
    if reason is None and entry.is_symlink() and not is_below(os.path.realpath(entry.path), root):
        return _LINK_OUT
    return reason


def is_below(path: str, root: str) -> bool:
    """Whether a path is a folder, or lies in it; both are real paths."""
    return path == root or path.startswith(root.rstrip(os.sep) + os.sep)


# Files.


def _in_file(
    path: str, origin: Origin, opened: Callable[..., Input], *, is_read: bool = True
) -> Iterator[Capture | Lines | Unread]:
    address = address_of(path)
    input = opened()
    if input.excluded(address):
        yield Capture(address, b"", "folder", skipped=EXCLUDED)
        return
    try:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode):
            told = problem((), "not a regular file: a device, a socket or a pipe is never opened")
            yield Capture(address, b"", origin, (Defect("CAP001", told),))
            return
        size = input.size = status.st_size
        if size <= _READ_WHOLE and not is_read and says_document(path):
            yield Unread(path, origin, size)
            return
        at = At(input, address, address, origin)
        if size <= _READ_WHOLE:
            data = _small(path, size)
            if kind_of(data, at) in _DOCUMENT and not may_be_recording(data, at):
                yield at.capture(data)
            else:
                yield from contents(lambda: reader_of(data), at)
            return
        with buffered(io.FileIO(path)) as large:
            if kind_of(large.peek(CHUNK), at) == "lines":
                yield Lines(path, address, origin, 0, size, 1)
            else:
                yield from contents(lambda: large, at)
    except OSError as error:
        yield _unreadable(path, origin, error)


def _small(path: str, size: int) -> bytes:
    """All of a file that had so many bytes. Raises `OSError`."""
    file = os.open(path, _TO_READ)  # an object around it would take a third more time
    try:
        data = os.read(file, size + 1)
        if len(data) > size:  # it grew since, or is one of those that the system makes up
            data += os.read(file, _READ_WHOLE)
    finally:
        os.close(file)
    return data


def captures_in(lines: Lines, limits: Limits) -> Iterator[Capture]:
    """The captures in a stretch of JSON Lines; a file that can no longer be read is one, with that defect."""
    return in_stretches(_of_lines(lines, limits))


def _captures_in(inputs: Iterable[Capture | Lines | Unread], limits: Limits) -> Iterator[Capture]:
    for each in inputs:
        if isinstance(each, Capture):
            yield each
        else:
            assert isinstance(each, Lines), "small files are read"
            yield from _of_lines(each, limits)


def _of_lines(lines: Lines, limits: Limits) -> Iterator[Capture]:
    try:
        yield from lines_captures(lines, limits)
    except OSError as error:
        yield _unreadable(lines.path, lines.origin, error)


def _unreadable(path: str, origin: Origin, error: OSError) -> Capture:
    told = problem((), f"cannot be read: {reason_of(error)}")
    return Capture(address_of(path), b"", origin, (Defect("CAP001", told),))


# Standard input.


class _Patient(io.RawIOBase):
    """A pipe, of which the first read waits for enough to tell what it is; text is never waited for."""

    def __init__(self, pipe: io.BufferedReader) -> None:
        self._pipe = pipe
        self._is_first = True

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        view = memoryview(buffer)
        count = self._pipe.readinto1(view)
        while self._is_first and count < _ENOUGH and not bytes(view[:count]).lstrip().startswith((b"{", b"[")):
            more = self._pipe.readinto1(view[count:])
            if not more:
                break
            count += more
        self._is_first = False
        return count


def _standard_input(input: Input) -> Iterator[Capture]:
    at = At(input, STANDARD_INPUT, STANDARD_INPUT, "named")
    pipe = cast("io.BufferedReader", sys.stdin.buffer)
    try:
        yield from contents(lambda: buffered(_Patient(pipe)), at)
    except OSError as error:
        yield _unreadable(STANDARD_INPUT, "named", error)
