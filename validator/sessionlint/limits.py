"""How much a run takes in, so that hostile input costs bounded time and memory (`CAP015`)."""

from typing import NamedTuple

from sessionlint.finding import Defect, Span, problem


class Limits(NamedTuple):
    """All limits with their defaults; in the configuration they are spelled with hyphens."""

    nesting: int = 254
    """Levels of objects, lists or elements in a document; 254 is the most that orjson writes."""
    document_bytes: int = 2**30
    """Bytes of one document: a file, a member, a line of JSON Lines. So much is held in memory at once."""
    document_values: int = 1_000_000
    """Values of one document that are held at once, each in some hundred bytes: objects, lists, texts, numbers; of XML
    elements and attributes. A long response in JSON is read a stretch at a time, and may have any number."""
    findings: int = 100_000
    """Findings of one document, or of a stretch of a long one: what is behind is not checked."""
    expanded_bytes: int = 2**34
    """Bytes that one input (a file that was named, or met in a folder) may expand to, all levels together."""
    expansion_ratio: int = 500
    """Expanded bytes for each byte of the input, once there are more than 64 MiB of them."""
    members: int = 100_000
    """Members of all archives in one input, and answers in its HAR files and HTTP dumps."""
    container_depth: int = 8
    """Containers inside each other: archives, compressed files, HAR files, HTTP dumps."""


TOO_DEEP = "objects, lists or elements are nested deeper"


def limit_name(field: str) -> str:
    """What the configuration calls a limit."""
    return field.replace("_", "-")


def over_limit(limits: Limits, field: str, told: str, span: Span | None = None) -> Defect:
    """A defect (`CAP015`) that names the limit."""
    name = limit_name(field)
    remedy = f"Check it in parts, or raise {name} in the configuration if you trust it."
    return Defect("CAP015", problem((), f"{told}: the limit {name} is {getattr(limits, field)}", help=remedy), span)


def has_too_many_values(text: bytes, most: int, *, is_markup: bool = False) -> bool:
    """Whether a document holds more values than may be held at once, told without parsing it.

    A value of JSON is the first in its object or list, or follows a comma.
    """
    if len(text) <= most:
        return False
    if is_markup:
        elements = text.count(b"<") - text.count(b"</")
        return elements + text.count(b'="') + text.count(b"='") > most
    if _marks(text) <= most:
        return False
    import re

    return _marks(re.sub(rb'"(?:[^"\\]++|\\.)*+"', b"", text, flags=re.DOTALL)) > most


def _marks(text: bytes) -> int:
    return text.count(b",") + text.count(b"{") + text.count(b"[")
