"""Globs over paths and addresses, much as in `.gitignore`.

``*`` and ``?`` stand for characters of one name, ``[abc]`` for one of them, ``**`` for any number of
folders. A glob without a slash matches at any depth, any other from the configuration's folder. What
matches a folder or a container matches all in it; the ``!`` after a container's name may be left out.
Names are written as in addresses: ``%21`` for ``!``, ``%25`` for ``%``.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import takewhile
from typing import TypeAlias

from sessionlint.capture import escaped_part, unescaped_part
from sessionlint.escape import excerpt
from sessionlint.paths import relative_path

_Step: TypeAlias = Callable[[str], object] | None
"""Tells whether a name matches; ``None`` for ``**``."""

_RESERVED = re.compile(r"(?<!\[)!(?!/|\Z)|%(?![0-9A-Fa-f?*\[])")
"""What no address has in a name."""


class GlobError(ValueError):
    """A glob that could never match; the text is one line for the user."""


class Globs:
    """Some globs, relative to a folder. Raises `GlobError`."""

    def __init__(self, globs: Iterable[str], folder: str) -> None:
        self._globs = [_steps(glob) for glob in globs]
        self._folder = folder

    def match(self, address: str) -> bool:
        """Whether any glob matches an address, the file in it given from the current folder."""
        if not self._globs:
            return False
        names = _names(relative(address, self._folder))
        return any(_matches(steps, names) for steps in self._globs)


def relative(address: str, folder: str) -> str:
    """``address`` with its file relative to ``folder`` rather than to the current folder."""
    file, container, rest = address.partition("!")
    # Names of folders between the two are in a path only.
    path = relative_path(unescaped_part(file), folder)
    return f"{escaped_part(path)}{container}{rest}"


def literal_start(glob: str) -> str:
    """The folder that everything lies in that ``glob`` can match, relative to its own folder."""
    return "/".join(takewhile(lambda name: not _has_wildcard(name), _pattern(glob)))


def _pattern(glob: str) -> list[str]:
    """The names and wildcards of a glob that starts in its folder."""
    if "\\" in glob:
        raise GlobError(f"{excerpt(glob)} has a backslash: paths are written with forward slashes")
    if glob.startswith("!"):
        raise GlobError(f"{excerpt(glob)} starts with !: what is matched cannot be taken back")
    reserved = _RESERVED.search(glob)
    if reserved:
        mark = reserved[0]
        raise GlobError(f"{excerpt(glob)} has a {mark} in a name: there it is written {escaped_part(mark)}")
    names = [name for name in _names(glob) if name not in ("", ".")]
    if not names:
        raise GlobError(f"{excerpt(glob)} names nothing")
    return names if "/" in glob.rstrip("/") else ["**", *names]


def _steps(glob: str) -> list[_Step]:
    return [None if name == "**" else _step(name) for name in _pattern(glob)]


def _step(name: str) -> Callable[[str], object]:
    if not _has_wildcard(name):
        return name.__eq__
    from fnmatch import translate  # its expressions take linear time for each wildcard

    return re.compile(translate(name)).match


def _has_wildcard(name: str) -> bool:
    return any(character in name for character in "*?[")


def _names(path: str) -> list[str]:
    return path.replace("!/", "/").removesuffix("!").split("/")


def _matches(steps: Sequence[_Step], names: Sequence[str]) -> bool:
    """Whether the steps match the first names; no more than the product of the lengths is tried.

    What stands between two ``**`` takes a fixed number of names, so its first match is as good as any.
    """
    step = name = 0
    retry: tuple[int, int] | None = None
    while step < len(steps):
        matches = steps[step]
        if matches is None:
            step += 1
            retry = (step, name)
        elif name < len(names) and matches(names[name]):
            step += 1
            name += 1
        elif retry is None or name >= len(names):
            return False
        else:
            step, name = retry[0], retry[1] + 1
            retry = (step, name)
    return True
