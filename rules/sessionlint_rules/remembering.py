"""Parsers that remember what they read: the sessions of a dump share their resolvers and routers."""

from collections.abc import Callable
from typing import TypeVar

_MOST = 1 << 15
_FEW = 1 << 8
_LONGEST = 255
"""Code points: a longer text is never an address or a time, so it is neither parsed nor kept."""

Parsed = TypeVar("Parsed")


class _Remembered(dict[str, Parsed | None]):
    """Text to what it was parsed to. Looking up what is known costs no call of Python code."""

    def __init__(self, parse: Callable[[str], Parsed | None], most: int) -> None:
        super().__init__()
        self._parse = parse
        self._most = most

    def __missing__(self, text: str) -> Parsed | None:
        if len(text) > _LONGEST:
            return None
        if len(self) >= self._most:
            self.clear()
        parsed = self[text] = self._parse(text)
        return parsed


def remembered(parse: Callable[[str], Parsed | None]) -> Callable[[str], Parsed | None]:
    """Decorator: the same answers, from memory where the text was seen before; ``None`` for one that is too long."""
    return _Remembered(parse, _MOST).__getitem__


def remembered_for_now(parse: Callable[[str], Parsed | None]) -> Callable[[str], Parsed | None]:
    """Decorator: as `remembered`, of what comes again in one payload and hardly in others."""
    return _Remembered(parse, _FEW).__getitem__
