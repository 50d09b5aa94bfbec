"""Dates and times as the rules read them."""

import re
from datetime import datetime
from typing import Final

from sessionlint_rules.remembering import remembered

_FORM: Final = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")

_EARLIEST: Final = 1262304000
"""2010-01-01 00:00:00 UTC, in seconds: before that there was no endpoint agent, so a clock was never set."""


@remembered
def epoch_seconds(text: str) -> int | None:
    """Seconds since the epoch of a time ``yyyy-MM-dd hh:mm:ss`` in UTC; ``None`` if there is no such time."""
    if not _FORM.fullmatch(text):
        return None
    try:
        return int(datetime.fromisoformat(f"{text}+00:00").timestamp())
    except ValueError:
        return None


@remembered
def plausible_seconds(text: str) -> int | None:
    """As `epoch_seconds`, but ``None`` for a time before 2010 too, which a rule of its own reports."""
    seconds = epoch_seconds(text)
    return None if seconds is None or seconds < _EARLIEST else seconds


def epoch_unit(number: float) -> str:
    """What an epoch time counts, by its magnitude: seconds, milliseconds, microseconds or nanoseconds.

    Times from 1973 on are told apart rightly; what is smaller reads as seconds.
    """
    if number < 1e11:
        return "seconds"
    if number < 1e14:
        return "milliseconds"
    return "microseconds" if number < 1e17 else "nanoseconds"


_IN_A_SECOND: Final = {"seconds": 1, "milliseconds": 1000, "microseconds": 1_000_000, "nanoseconds": 1_000_000_000}


def to_seconds(number: float) -> int:
    """An epoch time in whole seconds, whatever it counts."""
    return int(number) // _IN_A_SECOND[epoch_unit(number)]
