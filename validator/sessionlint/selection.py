"""Which rules may speak: ``--select`` and ``--ignore``."""

from collections.abc import Collection, Iterable

from sessionlint.escape import excerpt
from sessionlint.summary import Failure

OFF_BY_DEFAULT = ("SCH006", "DIA")
ALWAYS_ON = ("INT001",)
"""A failed rule is never kept quiet: it means that a result is missing."""


def selectors(given: str | Iterable[str]) -> tuple[str, ...]:
    """Selectors as they are given: several, or one text of them with commas between, as the command takes it."""
    if isinstance(given, str):  # else each of its letters would be one
        return tuple(part.strip() for part in given.split(",") if part.strip())
    return tuple(given)


class UnknownRule(Failure, ValueError):
    """A selector that names no rule."""


def selected(ids: Collection[str], select: Iterable[str] = (), ignore: Iterable[str] = ()) -> frozenset[str]:
    """The ids that are selected: by default all but `OFF_BY_DEFAULT`.

    Selectors are ids, prefixes of ids or ``ALL``. Where both lists match, the longer selector wins,
    then ``ignore``. Raises `UnknownRule`.
    """
    select, ignore = tuple(select), tuple(ignore)
    for selector in (*select, *ignore):
        if selector != "ALL" and not any(id.startswith(selector) for id in ids):
            raise UnknownRule(unknown(selector, {*ids, *(id.rstrip("0123456789") for id in ids), "ALL"}))
    chosen = {id for id in ids if _length(id, select) > _length(id, ignore)} if select else _defaults(ids, ignore)
    return frozenset(chosen.union(ALWAYS_ON))


def _defaults(ids: Iterable[str], ignore: tuple[str, ...]) -> set[str]:
    return {id for id in ids if not id.startswith(OFF_BY_DEFAULT) and _length(id, ignore) < 0}


def _length(id: str, selectors: tuple[str, ...]) -> int:
    """How much of the id the longest matching selector names: 0 for ``ALL``, -1 if none matches."""
    lengths = (0 if selector == "ALL" else len(selector) for selector in selectors if _matches(selector, id))
    return max(lengths, default=-1)


def _matches(selector: str, id: str) -> bool:
    return selector == "ALL" or id.startswith(selector)


def unknown(name: str, known: Iterable[str]) -> str:
    """One line that says that no rule is called ``name``, and the nearest known name."""
    from sessionlint.suggest import nearest

    near = nearest(name, known, least_alike=0.5)
    hint = f"did you mean {near}?" if near else "`sessionlint rules` lists them"
    return f"no rule is called {excerpt(name)}; {hint}"


def unknown_id(name: str, ids: Iterable[str], names: Iterable[str] = ()) -> str:
    """As `unknown`, where a prefix will not do: one id is asked for, or one of other names of rules."""
    ids = sorted(ids)
    begun = next((id for id in ids if name and id.startswith(name.upper()) and len(id) > len(name)), None)
    if begun:
        return f"no rule is called {excerpt(name)}; one whole id is needed here, such as {begun}"
    return unknown(name, [*ids, *names])
