"""How much a run takes in, so that hostile input costs bounded time and memory (`CAP015`)."""

from typing import Final, NamedTuple

from sessionlint.finding import START, Defect, Span, problem

DEEPEST: Final = 254
"""Levels of objects and lists that orjson writes: no deeper document could be handed on."""


class Limits(NamedTuple):
    """All limits with their defaults; in the configuration they are spelled with hyphens.

    The configuration's schema and its guide have the texts below: tests hold them to it.
    """

    nesting: int = DEEPEST
    """Levels of objects, lists or elements in a document; 254 is the most that can be set, for no deeper document can be written."""
    document_bytes: int = 2**30
    """Bytes of one document: a file, a member, a line of JSON Lines. So much is held in memory at once."""
    undivided_bytes: int = 2**25
    """Bytes of a document that is read as a whole, for which some ten times the memory is needed: of XML, and of JSON
    that is no long response. Of a response longer than 4 MiB a stretch is read at a time."""
    document_values: int = 500_000
    """Values of a document that is read as a whole, for each of which up to a kilobyte of memory is needed: objects,
    lists, texts, numbers, escapes in texts; elements and attributes. A HAR file may hold four times as many."""
    findings: int = 50_000
    """Findings of one document, or of a stretch of a long one: what is behind is not checked."""
    expanded_bytes: int = 2**34
    """Bytes that one input (a file that was named, or met in a folder) may expand to, all levels together."""
    expansion_ratio: int = 500
    """Expanded bytes for each byte of the input, once there are more than 64 MiB of them."""
    members: int = 100_000
    """Members of all archives in one input, and answers in its HAR files, HTTP dumps and recordings of mocks."""
    container_depth: int = 8
    """Containers inside each other: archives, compressed files, HAR files, HTTP dumps, recordings of mocks."""


TOO_DEEP = "objects, lists or elements are nested deeper"


def limit_name(field: str) -> str:
    """What the configuration calls a limit."""
    return field.replace("_", "-")


def over_limit(limits: Limits, field: str, told: str, span: Span | None = None) -> Defect:
    """A defect (`CAP015`) that names the limit."""
    name = limit_name(field)
    remedy = f"Check it in parts, or raise limits.{name} in the configuration if you trust it."
    return Defect("CAP015", problem((), f"{told}: the limit {name} is {getattr(limits, field)}", help=remedy), span)


def oversize(text: bytes, limits: Limits, *, is_markup: bool = False) -> Defect | None:
    """The defect of a document that is too large to be read as a whole, told without parsing it."""
    if len(text) > limits.undivided_bytes:
        return over_limit(limits, "undivided_bytes", f"the document has {len(text)} bytes", START)
    if len(text) <= limits.document_values:
        return None
    if is_markup:
        elements = text.count(b"<") - text.count(b"</")
        is_over = elements + text.count(b'="') + text.count(b"='") > limits.document_values
    else:
        is_over = text.count(b"\\") > limits.document_values or has_more_values(text, limits.document_values)
    if not is_over:
        return None
    return over_limit(limits, "document_values", "the document holds more values than are read at once", START)


def has_more_values(text: bytes, most: int) -> bool:
    """Whether a text in JSON holds more than so many values: the first in its object or list, or behind a comma."""
    if _marks(text) <= most:
        return False
    import re

    return _marks(re.sub(rb'"(?:[^"\\]++|\\.)*+"', b"", text, flags=re.DOTALL)) > most


def _marks(text: bytes) -> int:
    return text.count(b",") + text.count(b"{") + text.count(b"[")
