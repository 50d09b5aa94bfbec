"""Paths as people and configuration files write them."""

import os

from sessionlint.escape import printable


def relative_path(path: str, folder: str = os.curdir) -> str:
    """``path`` from ``folder``, with forward slashes; as it is where there is no way."""
    try:
        path = os.path.relpath(path, folder)
    except (OSError, ValueError):  # there is no current folder, or it is on another drive
        return path
    return path.replace(os.sep, "/")


def shown(path: str) -> str:
    """A path as a message names it: from the current folder where that is shorter, harmless."""
    return printable(min(relative_path(path), path.replace(os.sep, "/"), key=len))
