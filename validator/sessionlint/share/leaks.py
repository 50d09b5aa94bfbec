"""Looks for original values in a copy: the check on all that came before it.

A value can come again by chance, or because it is a word of the copy's own. What is no longer than
three characters, has no letter (but for addresses and ids), or stands in a text that is harmless in
itself tells nothing of where it came from, and is not looked for.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from sessionlint.plan import documented_names
from sessionlint.share.hosts import ANY_END, KEPT_ENDS
from sessionlint.share.rewrite import Change, What

_SHORTEST: Final = 4
_SMALL: Final = 1 << 28
"""Values times characters that are searched within a moment."""
_WITHOUT_LETTERS: Final[frozenset[What]] = frozenset({"addresses", "BSSIDs", "agent ids", "session ids"})
_WORD: Final = re.compile(r'[^"\s<>]+')
_VALUE: Final = re.compile('"([^"]*)"')
_LETTER: Final = re.compile(r"[^\W\d_]")
_OWN_WORDS: Final = (
    "text invalid title organization location page time protocol browser version hardware mask type method mode "
    "ssid vendor agent round if other http https www roundId __aid null true false response session userSessions "
    f"xml encoding UTF-8 {ANY_END} {' '.join(sorted(KEPT_ENDS))}"
)


class LeakCheck:
    """Checks one session after the other, and counts."""

    def __init__(self) -> None:
        self._own = f"{_OWN_WORDS} {' '.join(sorted(documented_names()))}".lower()
        self.checked = 0
        """Values that were looked for."""

    def leaked(self, changes: Sequence[Change], kept: Sequence[str], copy: str) -> What | None:
        """What kind of value is in ``copy`` as it was before, if any is."""
        telling = {each.original: each.what for each in changes if _is_telling(each.what, each.original)}
        self.checked += len(telling)
        made = {each.made for each in changes}
        search = self._searched if len(telling) * len(copy) < _SMALL else self._looked_up
        found = next(search([original for original in telling if original not in made], kept, copy), None)
        return None if found is None else telling[found]

    def _searched(self, originals: Iterable[str], kept: Iterable[str], copy: str) -> Iterator[str]:
        """Those that come somewhere in the copy, at the edges of words."""
        harmless = "\n".join([self._own, *kept]).lower()
        for original in originals:
            is_there = original in copy and original.lower() not in harmless
            if is_there and re.search(rf"(?<![0-9A-Za-z]){re.escape(original)}(?![0-9A-Za-z])", copy):
                yield original

    def _looked_up(self, originals: Iterable[str], kept: Iterable[str], copy: str) -> Iterator[str]:
        """Those that are a word or a value of the copy: in linear time, for a session that is very large."""
        words = {*_WORD.findall(copy), *_VALUE.findall(copy)}
        harmless = {*self._own.split(), *kept, *(word for text in kept for word in text.split())}
        return (original for original in originals if original in words and original not in harmless)


def _is_telling(what: What, text: str) -> bool:
    if what in ("coordinates", "AS numbers") or len(text) < _SHORTEST:
        return False
    return what in _WITHOUT_LETTERS or _LETTER.search(text) is not None
