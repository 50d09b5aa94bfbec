"""How much a run takes in, so that hostile input costs bounded time and memory (`CAP015`)."""

from typing import NamedTuple


class Limits(NamedTuple):
    """All limits with their defaults; in the configuration they are spelled with hyphens."""

    nesting: int = 254
    """Levels of objects, lists or elements in a document; 254 is the most that orjson writes."""
    document_bytes: int = 2**28
    """Bytes of one document: a file, a member, a line of JSON Lines. So much is held in memory at once."""
    expanded_bytes: int = 2**34
    """Bytes that one input (a file that was named, or met in a folder) may expand to, all levels together."""
    expansion_ratio: int = 500
    """Expanded bytes for each byte of the input, once there are more than 64 MiB of them."""
    members: int = 100_000
    """Members of all archives in one input, and answers in its HAR files and HTTP dumps."""
    container_depth: int = 8
    """Containers inside each other: archives, compressed files, HAR files, HTTP dumps."""


def limit_name(field: str) -> str:
    """What the configuration calls a limit."""
    return field.replace("_", "-")
