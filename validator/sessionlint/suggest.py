"""What was meant by a word that is not known; loaded only once there is such a word."""

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(word: str, known: Iterable[str], *, least_alike: float = 0.6) -> str | None:
    """The known word that is most like ``word``; ``None`` if none is so like it, from 0 to 1."""
    return next(iter(get_close_matches(word, list(known), 1, least_alike)), None)
