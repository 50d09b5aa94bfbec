"""Where a finding is, for programs that know nothing but files and lines."""

import os

from sessionlint.capture import escaped_part, unescaped_part
from sessionlint.finding import Finding
from sessionlint.paths import relative_path


def input_of(capture: str) -> str:
    """The address of the input file that a capture lies in: the first part of its address."""
    return capture.partition("!/")[0]


def from_root(file: str, root: str | None) -> str:
    """The address of an input file from a folder; as it is if it lies elsewhere, or is standard input.

    Paths of a report are taken from the repository's root, wherever in it the run was, and by whatever link.
    """
    if root is None or file == "-":
        return file
    path = unescaped_part(file)
    folder, name = os.path.split(path)
    inside = _inside(path, root) or _inside(os.path.join(os.path.realpath(folder), name), os.path.realpath(root))
    return escaped_part(inside) if inside else file


def _inside(path: str, folder: str) -> str | None:
    """A path from a folder that it lies in."""
    relative = relative_path(path, folder)
    is_elsewhere = os.path.isabs(relative) or relative.split("/", 1)[0] == os.pardir
    return None if is_elsewhere else relative


def source_of(finding: Finding) -> str:
    """The address of the text in which a finding's lines are counted."""
    return finding.source or finding.capture
