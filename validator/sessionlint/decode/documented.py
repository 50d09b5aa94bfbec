"""The documented response as nested names, by which one tells where an object of a broken text ended."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple, get_args, get_origin, is_typeddict

from sessionlint.payload import Session, UserSessions


class Documented(NamedTuple):
    """What is documented of a field."""

    is_list: bool
    members: Mapping[str, "Documented"]
    """Of the object, or of each object in the list; none if it is something else."""


def _members(kind: type[Any]) -> dict[str, Documented]:
    return {name: _documented(hint) for name, hint in kind.__annotations__.items()}


def _documented(hint: Any) -> Documented:
    is_list = get_origin(hint) is list
    item = get_args(hint)[0] if is_list else hint
    return Documented(is_list, _members(item) if is_typeddict(item) else {})


ROOT: Final = Documented(False, {**_members(Session), **_members(UserSessions)})
"""A response or a bare session, or a list of either."""
