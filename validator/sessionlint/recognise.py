"""Tells a payload from other documents, and names what the other document could be."""

from collections import deque
from typing import TYPE_CHECKING, Any, NamedTuple

from sessionlint.finding import Path
from sessionlint.payload import Session, UserSessions

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator

    from sessionlint.document import Json

_TELLING = frozenset(Session.__annotations__) - {"date", "port", "protocol", "pages", "network", "browser", "permalink"}
"""Fields of a session that other documents hardly have."""


class Part(NamedTuple):
    """A response or a bare session, where it lies in the document."""

    path: Path
    kind: type[Any]
    tree: "Json"


def parts(tree: "Json") -> list[Part]:
    """What is to be checked in a document: nothing, if it is no payload.

    A payload is a response (it has ``userSessions``), a bare session, or a list of either.
    """
    kind = _kind(tree)
    if kind is not None:
        return [Part((), kind, tree)]
    if isinstance(tree, list) and any(_kind(item) for item in tree):
        return items(tree)
    return []


def items(payloads: "list[Json]", first: int = 0) -> list[Part]:
    """What is to be checked in a list of payloads, or in a stretch of one that starts with the item ``first``."""
    return [Part((index,), _kind(item) or Session, item) for index, item in enumerate(payloads, first)]


_DEEPEST_PART = 2
"""Steps from the root of a document to one of its parts, at most."""


def depth_of_part(path: Path, places: "Container[Path]") -> int | None:
    """How deep the part lies that a place is in, by the places of the parts; ``None`` if it is in none."""
    depths = range(min(len(path), _DEEPEST_PART), -1, -1)
    return next((depth for depth in depths if path[:depth] in places), None)


def sessions_in(parts: "Iterable[Part]") -> "Iterator[tuple[Path, Any]]":
    """The sessions in parts, as they came or as rules see them, each with its path; what is no object is none."""
    for path, kind, tree in parts:
        if not isinstance(tree, dict):
            continue
        if kind is Session:
            yield path, tree
            continue
        listed = tree.get("userSessions")
        if isinstance(listed, list):
            for index, session in enumerate(listed):
                if isinstance(session, dict):
                    yield (*path, "userSessions", index), session


def _kind(tree: "Json") -> type[Any] | None:
    if not isinstance(tree, dict):
        return None
    if "userSessions" in tree:
        return UserSessions
    if "userSessionId" in tree or len(_TELLING & tree.keys()) >= 3:
        return Session
    return None


_EVIDENCE = (b"userSession", "userSession".encode("utf-16-le"), "userSession".encode("utf-16-be"))


def has_evidence(data: bytes) -> bool:
    """Whether bytes say somewhere that they are a payload."""
    return any(evidence in data for evidence in _EVIDENCE)


_MOST_LOOKED_AT = 10_000
"""Values of another document that are searched for a payload."""


def inside(tree: "Json") -> tuple[Path, bool] | None:
    """Where another document holds a payload, the outermost first, and whether that is a text there."""
    waiting: deque[tuple[Path, Json]] = deque(_below((), tree))
    for _ in range(_MOST_LOOKED_AT):
        if not waiting:
            break
        path, value = waiting.popleft()
        if isinstance(value, str):
            if value.lstrip().startswith(("{", "[", "<")) and "userSession" in value:
                return path, True
        elif parts(value):
            return path, False
        else:
            waiting += _below(path, value)
    return None


def _below(path: Path, value: "Json") -> "Iterator[tuple[Path, Json]]":
    if isinstance(value, dict | list):
        for step, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield (*path, step), item


_NEAREST: tuple[tuple[frozenset[str], str], ...] = tuple(
    (frozenset(keys), name)
    for keys, name in (
        (("log", "stream"), "a line of a container's log"),
        (("log",), "a HAR file"),
        (("errorMessage",), "an error answer of the API"),
        (("error",), "an error answer"),
        (("_links",), "a response of the v7 API"),
        (("networkProbes",), "a response about endpoint network topology"),
        (("endpointNetTopology",), "a response about endpoint network topology"),
        (("httpServer",), "a response about HTTP server sessions"),
        (("endpointAgents",), "a list of endpoint agents"),
        (("agents",), "a list of agents"),
        (("test",), "a response about a test"),
        (("$schema", "properties"), "a JSON Schema"),
        (("$schema", "$defs"), "a JSON Schema"),
        (("openapi",), "an OpenAPI description"),
        (("swagger",), "an OpenAPI description"),
        (("type", "features"), "GeoJSON"),
        (("$schema", "runs"), "a SARIF log"),
        (("info", "item"), "a Postman collection"),
        (("lockfileVersion",), "a lock file of npm"),
        (("dependencies",), "a package's manifest"),
        (("name", "version"), "a package's manifest"),
        (("compilerOptions",), "a configuration of TypeScript"),
        (("findings", "summary"), "a report of sessionlint"),
    )
)


def nearest(tree: "Json") -> str:
    """What a document that is no payload could be, in a few words."""
    if isinstance(tree, dict):
        if not tree:
            return "an empty object"
        known = next((name for keys, name in _NEAREST if keys <= tree.keys()), None)
        return known or "an object with other keys"
    if isinstance(tree, list):
        return "a list of other things" if tree else "an empty list"
    if isinstance(tree, str):
        return "a string"
    return "null" if tree is None else "true or false" if isinstance(tree, bool) else "a number"
