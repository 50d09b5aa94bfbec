"""The documented response as nested names, by which one tells where an object of a broken text ended."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple, is_typeddict

from sessionlint.finding import Path
from sessionlint.payload import Session, UserSessions, fields_of


class Documented(NamedTuple):
    """What is documented of a field."""

    is_list: bool
    members: Mapping[str, "Documented"]
    """Of the object, or of each object in the list; none if it is something else."""
    is_text: bool = False


def _members(kind: type[Any]) -> dict[str, Documented]:
    return {
        name: Documented(is_list, _members(item) if is_typeddict(item) else {}, item is str)
        for name, (item, is_list) in fields_of(kind).items()
    }


ROOT: Final = Documented(False, {**_members(Session), **_members(UserSessions)})
"""A response or a bare session, or a list of either."""


def may_be_text(path: Path) -> bool:
    """Whether the value at a place may be a string, by what is documented of it."""
    field = ROOT
    for step in path:
        if isinstance(step, str):
            if step not in field.members:
                return True
            field = field.members[step]
    return field.is_text
