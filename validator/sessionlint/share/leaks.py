"""Looks for original values in a copy: the check on all that came before it.

A value can come again by chance, or because it is a word of the copy's own. What is no longer than
three characters, has no letter (but for addresses and ids), or stands in a text that is harmless in
itself tells nothing of where it came from, and is not looked for.
"""

import re
from collections.abc import Collection, Iterable
from typing import Final

from sessionlint.plan import documented_names
from sessionlint.share.hosts import ANY_END, KEPT_ENDS
from sessionlint.share.rewrite import Change, What

_SHORTEST: Final = 4
_SMALL: Final = 1 << 28
"""Values times characters that are searched within a moment."""
_WITHOUT_LETTERS: Final[frozenset[What]] = frozenset({"addresses", "BSSIDs", "agent ids", "session ids"})
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

    def leaked(self, changes: Iterable[Change], kept: Collection[str], copy: str) -> What | None:
        """What kind of value is in ``copy`` as it was before, if any is."""
        telling = {each.original: each.what for each in changes if _is_telling(each.what, each.original)}
        self.checked += len(telling)
        # Of very much in one session, it is asked for whole words and whole values.
        is_small = len(telling) * len(copy) < _SMALL
        words: Collection[str] = copy if is_small else {*re.findall('[^"\\s<>]+', copy), *re.findall('"([^"]*)"', copy)}
        found = [original for original in telling if original in words]
        if not found:
            return None
        made = {each.made for each in changes}
        harmless = f"{self._own}\n{chr(10).join(kept)}".lower()
        for original in found:
            is_own = original in made or original.lower() in harmless
            if not is_own and re.search(rf"(?<![0-9A-Za-z]){re.escape(original)}(?![0-9A-Za-z])", copy):
                return telling[original]
        return None


def _is_telling(what: What, text: str) -> bool:
    if what in ("coordinates", "AS numbers") or len(text) < _SHORTEST:
        return False
    return what in _WITHOUT_LETTERS or _LETTER.search(text) is not None
