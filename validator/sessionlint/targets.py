"""Where reports may go: to a path that is named once, and not to one at which something lies that the run reads."""

import os
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from sessionlint.paths import is_special

if TYPE_CHECKING:
    from sessionlint.config import Config

_FD_IN: Final = 0
_FD_OUT: Final = 1


def is_standard_output(path: str) -> bool:
    """Whether a path is ``-``, or the file to which standard output goes: what is printed would be lost."""
    return path == "-" or (os.path.isfile(path) and _is_one_of(path, [_FD_OUT]))


def named_twice(paths: Iterable[str]) -> str | None:
    """The first path that is another way to write one before it; a device may be named again."""
    seen = set()
    for path in paths:
        if is_special(path):
            continue
        place = os.path.normcase(os.path.realpath(path))
        if place in seen:
            return path
        seen.add(place)
    return None


def read_by_the_run(paths: Iterable[str], names: Sequence[str], settings: "Config") -> str | None:
    """The first of the paths at which something lies that a run over ``names`` reads.

    Of a named file it is enough that it is one. A file in a named folder is looked at as the run will do: what is
    passed over, as the report of an earlier run is, may be replaced.
    """
    present = [path for path in paths if os.path.isfile(path)]
    if not present:
        return None
    from sessionlint.intake.files import STANDARD_INPUT, is_below

    folders = [os.path.realpath(name) for name in names if os.path.isdir(name)]
    files: list[str | int] = [_FD_IN if name == STANDARD_INPUT else name for name in names]
    for path in present:
        is_in_a_folder = any(is_below(os.path.realpath(path), folder) for folder in folders)
        if _is_one_of(path, files) or (is_in_a_folder and _holds_a_capture(path, settings)):
            return path
    return None


def _is_one_of(path: str, files: Iterable[str | int]) -> bool:
    """Whether a file is one of those with these paths or descriptors."""
    status = os.stat(path)
    for file in files:
        try:
            if os.path.samestat(status, os.stat(file)):
                return True
        except OSError:  # a link that leads nowhere, a stream that is closed
            continue
    return False


def _holds_a_capture(path: str, settings: "Config") -> bool:
    """Whether a file that is met in a folder has anything that is not passed over."""
    from sessionlint.engine import Engine
    from sessionlint.intake.files import Unread
    from sessionlint.linter import examine

    size = os.path.getsize(path)
    engine, limits = Engine(settings.options()), settings.all_limits()
    found = Unread(path, "folder", size).captures(limits) if size else ()  # in an empty one nothing can be lost
    return any(examine(engine, each, limits, settings.foreign).result.skipped is None for each in found)
