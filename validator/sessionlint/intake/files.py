"""Files and folders: each regular file becomes a capture, and nothing else is ever opened."""

import os
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from sessionlint.capture import Capture, escaped_part
from sessionlint.finding import Defect, problem

STANDARD_INPUT: Final = "-"

FOREIGN_FOLDERS: Final = frozenset(
    {".git", ".hg", ".svn", ".venv", "venv", ".tox", ".nox", "node_modules", "__pycache__", "__MACOSX"}
    | {".mypy_cache", ".pytest_cache", ".ruff_cache", ".idea", ".vscode"}
)
"""Folders that are not looked into unless they are named themselves: nobody saves captures there."""


def captures(
    paths: Iterable[str], *, most_bytes: int, excluded: Callable[[str], bool] = lambda _: False
) -> Iterator[Capture]:
    """The captures that the paths lead to, in their order; the entries of a folder sorted by name.

    At most ``most_bytes`` + 1 bytes of a file are read: enough to tell that it is too large. A file or
    folder whose address is ``excluded`` is not opened, not even if it is named.
    """
    seen: set[str] = set()
    for path in paths:
        if path == STANDARD_INPUT:
            yield Capture(STANDARD_INPUT, sys.stdin.buffer.read(most_bytes + 1))
        elif os.path.isdir(path):
            yield from _in_folder(path, most_bytes, excluded, seen)
        elif excluded(address_of(path)):
            yield _excluded(path)
        else:
            yield _read(path, most_bytes, named=True)


def _in_folder(folder: str, most_bytes: int, excluded: Callable[[str], bool], seen: set[str]) -> Iterator[Capture]:
    """Depth first without recursion; a folder that links lead to twice is visited once."""
    pending = [folder]
    while pending:
        path = pending.pop()
        if excluded(address_of(path)):
            yield _excluded(path)
            continue
        if not os.path.isdir(path):
            yield _read(path, most_bytes, named=False)
            continue
        real = os.path.realpath(path)
        if real in seen:
            continue
        seen.add(real)
        try:
            names = sorted(os.listdir(path), reverse=True)
        except OSError as error:
            yield _unreadable(path, error, named=True)
            continue
        pending += (
            _joined(path, name)
            for name in names
            if not (name in FOREIGN_FOLDERS and os.path.isdir(os.path.join(path, name)))
        )


def _excluded(path: str) -> Capture:
    return Capture(address_of(path), b"", "folder", skipped="excluded")


def _joined(folder: str, name: str) -> str:
    return name if folder == os.curdir else os.path.join(folder, name)


def _read(path: str, most_bytes: int, *, named: bool) -> Capture:
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            defect = Defect("CAP001", problem((), "not a regular file: a device, a socket or a pipe is never opened"))
            return Capture(address_of(path), b"", "named" if named else "folder", (defect,))
        with open(path, "rb") as file:
            return Capture(address_of(path), file.read(most_bytes + 1), "named" if named else "folder")
    except OSError as error:
        return _unreadable(path, error, named=named)


def _unreadable(path: str, error: OSError, *, named: bool) -> Capture:
    reason = (error.strerror or type(error).__name__).lower()
    defect = Defect("CAP001", problem((), f"cannot be read: {reason}"))
    return Capture(address_of(path), b"", "named" if named else "folder", (defect,))


def address_of(path: str) -> str:
    """A file's path as an address: forward slashes, and what addresses reserve percent-encoded."""
    return escaped_part(path.replace(os.sep, "/") if os.sep != "/" else path)
