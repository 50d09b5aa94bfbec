"""Paths as people and configuration files write them, and why one could not be used."""

import os
from collections.abc import Iterator
from contextlib import suppress

from sessionlint.escape import printable


def relative_path(path: str, folder: str = os.curdir) -> str:
    """``path`` from ``folder``, with forward slashes; absolute on another drive, as it is without a current folder."""
    with suppress(OSError):  # the current folder is gone
        try:
            path = os.path.relpath(path, folder)
        except ValueError:  # there is no way from drive to drive
            path = os.path.abspath(path)
    return path.replace(os.sep, "/")


def up_to_root(folder: str) -> Iterator[str]:
    """A folder and those above it, up to the root of the repository that it lies in."""
    while True:
        yield folder
        parent = os.path.dirname(folder)
        if parent == folder or _is_root(folder):
            return
        folder = parent


def repository_root(folder: str) -> str:
    """The root of the repository that a folder lies in; the folder itself if there is none."""
    *_, top = up_to_root(folder)
    return top if _is_root(top) else folder


def _is_root(folder: str) -> bool:
    return os.path.exists(os.path.join(folder, ".git"))  # a file, where it is a submodule or another work tree


def is_special(path: str) -> bool:
    """Whether what is at a path is no file that could be replaced: a device, a pipe, a folder."""
    # The path is asked as it is: the name that a pipe's link in /dev leads to does not exist.
    return os.path.exists(path) and not os.path.isfile(path)


def shown(path: str) -> str:
    """A path as a message names it: from the current folder where that is shorter, harmless."""
    return printable(min(relative_path(path), path.replace(os.sep, "/"), key=len))


def reason_of(error: OSError | ValueError) -> str:
    """Why a path could not be read or written, in a few words of the system's."""
    return (getattr(error, "strerror", None) or type(error).__name__).lower()
