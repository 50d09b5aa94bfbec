"""Looks for original values in the bytes of a copy: the check on all that came before it.

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
_WITHOUT_LETTERS: Final[frozenset[What]] = frozenset({"addresses", "BSSIDs", "agent ids", "session ids"})
_LETTER: Final = re.compile(r"[^\W\d_]")
_OWN_WORDS: Final = (
    "text invalid title organization location page time protocol browser version hardware mask type method mode "
    "ssid vendor agent round if other http https www roundId __aid null true false response session userSessions "
    f"xml encoding UTF-8 {ANY_END} {' '.join(sorted(KEPT_ENDS))}"
)


class LeakCheck:
    """Checks one capture after the other, and counts."""

    def __init__(self) -> None:
        self._own = f"{_OWN_WORDS} {' '.join(sorted(documented_names()))}".lower()
        self.checked = 0
        """Values that were looked for."""

    def leaked(self, changes: Iterable[Change], kept: Collection[str], data: bytes) -> What | None:
        """What kind of value is in ``data`` as it was before, if any is."""
        copy = data.decode()
        harmless = "\n".join(kept).lower()
        made = {each.made for each in changes}
        for what, original in {(each.what, each.original): None for each in changes}:
            if not _is_telling(what, original):
                continue
            self.checked += 1
            if original not in copy or original in made:
                continue
            lower = original.lower()
            if lower in self._own or lower in harmless:
                continue
            if re.search(rf"(?<![0-9A-Za-z.]){re.escape(original)}(?![0-9A-Za-z])", copy):
                return what
        return None


def _is_telling(what: What, text: str) -> bool:
    if what in ("coordinates", "AS numbers") or len(text) < _SHORTEST:
        return False
    return what in _WITHOUT_LETTERS or _LETTER.search(text) is not None
