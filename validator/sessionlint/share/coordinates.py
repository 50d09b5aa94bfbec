"""Coordinates, coarsened: a place becomes the middle of a cell of a quarter of a degree."""

from math import floor
from typing import Final

_CELLS: Final = 4
"""In a degree: a cell is some 28 km from south to north."""
_FARTHEST: Final = 1000
"""Degrees: what is beyond is beyond anything."""


def coarsened(degrees: float, limit: int) -> float:
    """The middle of the cell that a latitude (``limit`` 90) or a longitude (180) is in.

    0 stays: with another 0 it stands for an unknown place. What is beyond the limit stays beyond it, and
    what is within stays within. What was a middle already becomes the next one toward 0 (beyond the limit: away
    from it), so that no figure stays what it was.
    """
    if degrees == 0:
        return 0
    width = 1 / _CELLS
    if abs(degrees) > _FARTHEST:
        return _FARTHEST + width / 2 if degrees > 0 else -_FARTHEST - width / 2
    sign = 1 if degrees > 0 else -1
    is_within = abs(degrees) <= limit
    middle = floor(degrees * _CELLS) / _CELLS + width / 2
    if is_within:
        middle = max(-limit + width / 2, min(limit - width / 2, middle))
    if middle == degrees:
        middle += -sign * width if is_within else sign * width
    return middle
