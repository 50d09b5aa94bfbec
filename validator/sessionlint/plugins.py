"""The rules of other packages: importing this module loads them.

A distribution names its modules with rules in the entry point group `GROUP`::

    [project.entry-points."sessionlint.rules"]
    acme = "acme_rules"

What is installed is looked through for that group by reading the files themselves: a millisecond for a
hundred distributions, where the import of `importlib.metadata` alone would take a third of a hook's time.
Only folders of ``sys.path`` are looked through, and not the current one as ``""``.
"""

import os
import sys
from collections.abc import Iterator
from typing import Final

from sessionlint.rule import RuleError, registered

GROUP: Final = "sessionlint.rules"
"""The entry point group. The names in it are free, the values are names of modules."""

_HEADER = f"[{GROUP}]".encode()
_ENDINGS = (".dist-info", ".egg-info")


def _entry_points() -> Iterator[tuple[str, str]]:
    """Distributions, as people know them, and the modules that they name.

    They come in the order of ``sys.path``; of a distribution that is there twice, the first counts.
    """
    seen = set()
    for folder in dict.fromkeys(sys.path):
        try:
            names = sorted(name for name in os.listdir(folder) if name.endswith(_ENDINGS))
        except OSError:  # no folder, as Python has some that are not there
            continue
        for name in names:
            distribution, _, version = name.rpartition(".")[0].partition("-")
            if distribution.lower() in seen or name.startswith("~"):  # so pip marks what it removes
                continue
            seen.add(distribution.lower())
            data = _read(os.path.join(folder, name, "entry_points.txt"))
            if _HEADER in data:
                for module in _modules(data.decode("utf-8", "replace")):
                    yield f"{distribution.replace('_', '-')} {version}".rstrip(), module


def _read(path: str) -> bytes:
    try:
        with open(path, "rb", buffering=0) as file:
            return file.read()
    except OSError:  # most distributions have no entry points
        return b""


def _modules(text: str) -> Iterator[str]:
    """The values in the section of the group."""
    section = ""
    for line in map(str.strip, text.splitlines()):
        if line.startswith("["):
            section = line
        elif section == f"[{GROUP}]" and "=" in line and not line.startswith(("#", ";")):
            yield line.partition("=")[2].strip()


def _load(module: str) -> None:
    from importlib import import_module

    before = len(registered())
    try:
        import_module(module)
    except RuleError:
        raise
    except (Exception, SystemExit) as error:  # noqa: BLE001 - another's module may fail in any way
        reason = " ".join([f"{type(error).__name__}:", *str(error).split()]).rstrip(":")
        raise RuleError(f"its module {module!r} cannot be imported: {reason}") from None
    # A module that was imported before has no new rules, but its package has some.
    packages = {rule.package for rule in registered().values()}
    if len(registered()) == before and module.partition(".")[0] not in packages:
        raise RuleError(f"its module {module!r} has no rule")


def _failure() -> str | None:
    """Loads all; the one line that says which distribution cannot be used, and why."""
    for distribution, module in _entry_points():
        try:
            _load(module)
        except RuleError as error:
            from sessionlint.escape import printable

            return printable(f"rules of {distribution}: {error}")
    return None


failure: Final[str | None] = _failure()
"""Why the rules of some distribution cannot be loaded; ``None`` if all is well."""
