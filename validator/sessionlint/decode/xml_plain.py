"""Plain XML to a tree without a parser: documented elements, once each but for lists, with text of their types.

Sound payloads are hardly ever more than that. Of anything else (an attribute, a comment, CDATA, text
beside elements, another name, a fault) this reader makes nothing: lxml is asked then.
"""

import re
from itertools import islice
from typing import Any, Final, NamedTuple, TypeAlias, TypedDict, is_typeddict

import orjson

from sessionlint.decode.xml_mapping import MOST_SIBLINGS, OPTIONAL_LISTS, SPACE, drop_empty_lists
from sessionlint.document import Json
from sessionlint.payload import Session, UserSessions, fields_of

_MOST_BYTES: Final = 1 << 20
"""libxml2 refuses texts that are some times longer, and takes long for their patterns."""
_NO_CHARACTERS: Final = bytes(set(range(0x20)) - set(SPACE.encode()))
_DECLARATION = re.compile(
    r"""(?:<\?xml version=(["'])1\.0\1(?: encoding=(["'])(?:UTF|utf)-8\2)?(?: standalone=(["'])(?:yes|no)\3)?\?>\s*)?""",
    re.ASCII,
)
_REFERENCE = re.compile(r"&(?:(lt|gt|amp|quot|apos);)?")
_REFERENCES: Final = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}
_JSON_TYPES: Final[dict[Any, frozenset[type]]] = {
    int: frozenset([int]),
    float: frozenset([int, float]),
    bool: frozenset([bool]),
    str: frozenset(),
}

_Field: TypeAlias = tuple[str, bool, frozenset[type], "_Kind | None"]
"""Behind its text the end tag, whether it is a list, what its text is in JSON (nothing if it is a string there), of an
object its kind.
"""


class _Kind(NamedTuple):
    """A kind of object."""

    fields: dict[str, _Field]
    lists: list[str]
    """Those that are empty where they are absent."""


class _Roots(TypedDict, total=False):
    """What the root element may be, if its name is nothing to be told."""

    response: UserSessions
    session: Session
    userSessions: Session


def _kind(kind: type[Any]) -> _Kind:
    fields = {name: _field(name, *field) for name, field in fields_of(kind).items()}
    return _Kind(fields, [name for name, field in fields.items() if field[1] and name not in OPTIONAL_LISTS])


def _field(name: str, item: type[Any], is_list: bool) -> _Field:
    if is_typeddict(item):
        return f"/{name}>", is_list, frozenset(), _kind(item)
    return f"/{name}>", is_list, _JSON_TYPES[item], None


_ROOTS: Final = _kind(_Roots)


def plain_tree(data: bytes) -> Json | None:
    """The payload that a text holds, if it is plain; otherwise ``None``.

    If the JSON Schema is content with its tree, then so is the XSD with the text: all elements are
    documented, whole numbers have no fraction and no exponent, and no text stands beside elements.
    """
    if len(data) > _MOST_BYTES or data.translate(None, _NO_CHARACTERS) != data:
        return None
    try:
        tree = _tree(data.decode())
    except (KeyError, StopIteration, ValueError):
        return None
    # Of others it takes more to say whether they are payloads, and of which kind.
    return tree if tree and (tree.get("userSessions") or "userSessionId" in tree) else None


def _tree(text: str) -> dict[str, Any] | None:  # noqa: PLR0912 - one loop: calls would be most of its time
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    declaration = _DECLARATION.match(text)
    assert declaration is not None
    tags = text[declaration.end() :].split("<")
    if tags[0] or len(tags) > MOST_SIBLINGS or "\ufffe" in text or "\uffff" in text:
        return None
    # ASCII has no other white space here, and to strip just any is faster.
    space = None if text.isascii() else SPACE
    root: dict[str, Any] = {}
    holder, fields, end = root, _ROOTS.fields, ""
    frames: list[tuple[dict[str, Any], dict[str, _Field], str]] = []
    value: Any
    rest = islice(tags, 1, None)
    for tag in rest:
        name, value = tag.split(">")
        field = fields.get(name)
        if field is not None:
            end_tag, is_list, types, below = field
            if below is not None:
                if value.strip(space):
                    return None
                value = {each: [] for each in below.lists} if below.lists else {}
            elif next(rest).rstrip(space) != end_tag:
                return None
            elif types:
                value = orjson.loads(value)
                if type(value) not in types:
                    return None
            elif "&" in value:
                value = _REFERENCE.sub(_referenced, value)
        elif tag.rstrip(space) == end:
            if "error" in holder:
                drop_empty_lists(holder)
            holder, fields, end = frames.pop()
            continue
        else:
            name = name.removesuffix("/").removesuffix(" ")
            end_tag, is_list, types, below = fields[name]
            if types or below is not None or value.strip(space) or "/" not in tag:
                return None
            value = ""
        if is_list:
            holder.setdefault(name, []).append(value)
        elif name in holder:
            return None
        else:
            holder[name] = value
        if below is not None:
            frames.append((holder, fields, end))
            holder, fields, end = value, below.fields, end_tag
    (tree,) = root.values()
    return None if frames else tree


def _referenced(reference: re.Match[str]) -> str:
    return _REFERENCES[reference[1]]
