"""A payload that somebody else parsed: it is checked as `json.loads` returned it, without lines."""

import math
from collections.abc import Collection, Mapping
from typing import ClassVar, Final

from sessionlint.decode import Undecodable, decode
from sessionlint.document import Document, Json
from sessionlint.finding import Defect, Path, Span, problem
from sessionlint.limits import DEEPEST, Limits

_PLAIN: Final = frozenset((str, int, float, bool, type(None)))
_TOO_MANY_BITS: Final = 1024
"""Bits of an integer that no double holds."""


class ParsedDocument(Document):
    """A document without a text."""

    format: ClassVar[None] = None

    def spans(self, paths: Collection[Path]) -> Mapping[Path, Span]:  # noqa: ARG002 - there is no text
        """No place: there is no text."""
        return {}

    def line(self, number: int) -> str:
        """Raises `LookupError`: there is no text."""
        raise LookupError(number)


def decode_parsed(tree: Json, limits: Limits = Limits()) -> Document | Undecodable:
    """The document of a parsed payload. Raises `TypeError` if there is something in it that JSON has not."""
    nesting = min(limits.nesting, DEEPEST)
    is_sound = True
    level, depth = [tree], 0
    while level:
        containers = [value for value in level if isinstance(value, dict | list)]
        depth += bool(containers)
        if depth > nesting:
            told = problem((), f"nested deeper than the limit of {nesting} levels")
            return Undecodable((Defect("CAP015", told),))
        # All are looked at: what no parser makes is refused, whatever else there is.
        is_sound = all([*map(_is_writable, level)]) and is_sound
        level = []
        for each in containers:
            level += each.values() if isinstance(each, dict) else each
    if is_sound:
        return ParsedDocument(tree)
    # What no JSON text may hold is found, told and replaced as in a text.
    import json

    try:
        text = json.dumps(tree)
    except ValueError as error:  # Python refuses to write an integer of thousands of digits, and to read one
        raise TypeError(f"a parsed payload holds what json.loads returns: {error}") from None
    decoded = decode(text.encode(), limits=limits)
    defects = tuple(
        each._replace(span=None, related_spans=(None,) * len(each.problem.related)) for each in decoded.defects
    )
    if isinstance(decoded, Undecodable):
        return Undecodable(defects)
    return ParsedDocument(decoded.tree, defects, decoded.made_up)


def _is_writable(value: Json) -> bool:
    """Whether a JSON text may hold the value, what is in it aside. Raises `TypeError` for what no parser makes."""
    if isinstance(value, dict):
        return all([*map(_is_key, value)])
    if isinstance(value, list):
        return True
    if type(value) not in _PLAIN:
        raise TypeError(f"a parsed payload holds what json.loads returns, not {type(value).__name__}")
    if isinstance(value, str):
        return _is_text(value)
    if isinstance(value, float):
        return math.isfinite(value)
    return value is None or value.bit_length() < _TOO_MANY_BITS


def _is_key(key: object) -> bool:
    if type(key) is not str:
        raise TypeError(f"a parsed payload has keys as json.loads returns them, not {type(key).__name__}")
    return _is_text(key)


def _is_text(text: str) -> bool:
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:  # a lone surrogate
        return False
    return True
