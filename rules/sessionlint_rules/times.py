"""Dates and times as the rules read them.

Times of the documented form are in the order of their texts: where it is enough to know which is later, nothing
is parsed.
"""

import re
from datetime import datetime
from math import ceil
from operator import itemgetter
from typing import Final

from sessionlint_rules.remembering import remembered, remembered_for_now

_DIGITS: Final = re.compile("[0-9]{4}(?:-[0-9]{2}){2} [0-9]{2}(?::[0-9]{2}){2}")
# From Python 3.14 on, 24:00 is midnight to `datetime`.
_FORM: Final = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2} (?:[01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}")

EARLIEST: Final = "2010-01-01 00:00:00"
"""Before that there was no endpoint agent, so a clock was never set."""

_EPOCH: Final = datetime(1970, 1, 1)  # noqa: DTZ001 - all times are UTC, and those without a zone are read fastest


def are_on_the_calendar(texts: list[str]) -> bool:
    """Whether the days of times in the form that the schema asks for are there."""
    return all(map(_is_day, map(_DAY, texts)))


_DAY: Final = itemgetter(slice(10))


@remembered
def _is_day(text: str) -> bool:
    return epoch_seconds(f"{text} 00:00:00") is not None


def has_form(text: str) -> bool:
    """Whether digits stand where the form has some, be there such a time or not."""
    return bool(_DIGITS.fullmatch(text))


def epoch_seconds(text: str) -> int | None:
    """Seconds since the epoch of a time ``yyyy-MM-dd hh:mm:ss`` in UTC; ``None`` if there is no such time."""
    if not _FORM.fullmatch(text):
        return None
    try:
        since = datetime.fromisoformat(text) - _EPOCH
    except ValueError:
        return None
    return since.days * 86_400 + since.seconds


def length(seconds: float) -> tuple[int, str]:
    """A length of time for people, and its unit. What is short is rounded up, so that it is never at a threshold."""
    if seconds < 2 * 3600:
        return ceil(seconds / 60), "minutes"
    return (ceil(seconds / 3600), "hours") if seconds < 48 * 3600 else (round(seconds / 86_400), "days")


def is_time(text: str) -> bool:
    """Whether there is a time that is written so."""
    return epoch_seconds(text) is not None


@remembered_for_now
def plausible_seconds(text: str) -> int | None:
    """As `epoch_seconds`, but ``None`` for a time before 2010 too, which a rule of its own reports."""
    return None if text < EARLIEST else epoch_seconds(text)


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
