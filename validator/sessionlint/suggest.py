"""What was meant by a word that is not known; loaded only once there is such a word."""

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(word: str, known: Iterable[str], *, least_alike: float = 0.6) -> str | None:
    """The known word that is most like ``word``, case aside; ``None`` if none is so like it, from 0 to 1."""
    spelled = {each.lower(): each for each in sorted(known)}
    return next((spelled[each] for each in get_close_matches(word.lower(), spelled, 1, least_alike)), None)
