"""The documented response as nested names, by which one tells where an object of a broken text ended."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple, is_typeddict

from sessionlint.payload import Session, UserSessions, fields_of


class Documented(NamedTuple):
    """What is documented of a field."""

    is_list: bool
    members: Mapping[str, "Documented"]
    """Of the object, or of each object in the list; none if it is something else."""


def _members(kind: type[Any]) -> dict[str, Documented]:
    return {
        name: Documented(is_list, _members(item) if is_typeddict(item) else {})
        for name, (item, is_list) in fields_of(kind).items()
    }


ROOT: Final = Documented(False, {**_members(Session), **_members(UserSessions)})
"""A response or a bare session, or a list of either."""
