"""Looks for original values in a copy: the check on all that came before it.

A value can come again by chance, or because it is a word of the copy's own. What is no longer than
three characters, has no letter (but for addresses and ids), is a number (but for ids, if it is no port), is of
words that are everywhere, or stands in a text that is harmless in itself tells nothing of where it came from, and is
not looked for. Nor are addresses looked for in the blocks that stay in their places: the ``10.0.0.0`` of
``10.0.0.0/8`` is nobody's.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import orjson

from sessionlint.plan import documented_names
from sessionlint.share.addresses import KEPT_ADDRESSES, is_kept_block
from sessionlint.share.hosts import ANY_END
from sessionlint.share.rewrite import Change, What
from sessionlint.share.vocabulary import KEPT_ENDS, is_nobodys, is_number
from sessionlint_rules.addresses import parse_address

_SHORTEST: Final = 4
_SHORTEST_NUMBER: Final = 6
"""Ports have up to five digits, years four."""
_SMALL: Final = 1 << 28
"""Values times characters that are searched within a moment."""
_IDS: Final[frozenset[What]] = frozenset({"BSSIDs", "agent ids", "session ids"})
_WITHOUT_LETTERS: Final[frozenset[What]] = _IDS | {"addresses"}
_WORD: Final = re.compile(r'[^"\s<>]+')
_VALUE: Final = re.compile(r'"((?:[^"\\]|\\.)*+)"')
# A match starts where a run of digits does, or a long one would be gone through once from each of them.
_IPV6: Final = "(?<![0-9a-f])[0-9a-f]{0,4}+:[0-9a-f.:]++"
_ADDRESS: Final = re.compile(rf"(?<![0-9])[0-9]++(?:\.[0-9]++){{3}}|{_IPV6}", re.IGNORECASE)
_BLOCK: Final = re.compile(r"(?<![\w.:/-])[0-9a-f.:]++(?:/[0-9]++|-[0-9a-f.:]++)(?![\w.:/-])", re.IGNORECASE)
_HEXADECIMAL: Final = re.compile("[0-9a-f]{4,12}", re.IGNORECASE)
"""What may happen to be a group of digits in a UUID or in an IPv6 address."""
_IN_GROUPS: Final = re.compile(
    rf"(?<![\w:])(?:[0-9a-f]{{8}}(?:-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}|{_IPV6})(?!\w)", re.IGNORECASE
)
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
        # An address may happen to become itself, as a name too, but no other value does.
        made = {
            each.made
            for each in changes
            if each.what == "addresses" or each.made != each.original or parse_address(each.made)
        }
        for each in changes:
            made |= addresses_in(each.made) - addresses_in(each.original)
        wanted = {_escaped(original): what for original, what in telling.items() if original not in made}
        search = self._searched if len(wanted) * len(copy) < _SMALL else self._looked_up
        found = next(search(wanted, map(_escaped, kept), copy), None)
        return None if found is None else wanted[found]

    def _searched(self, originals: Iterable[str], kept: Iterable[str], copy: str) -> Iterator[str]:
        """Those that come somewhere in the copy, at the edges of words."""
        harmless = "\n".join([self._own, *kept]).lower()
        copy = _without_kept_blocks(copy)
        for original in originals:
            if original not in copy or original.lower() in harmless:
                continue
            place = _without_groups(copy) if _HEXADECIMAL.fullmatch(original) else copy
            if re.search(rf"(?<![0-9A-Za-z]){re.escape(original)}(?![0-9A-Za-z])", place):
                yield original

    def _looked_up(self, originals: Iterable[str], kept: Iterable[str], copy: str) -> Iterator[str]:
        """Those that are a word or a value of the copy: in linear time, for a session that is very large."""
        kept = tuple(kept)
        words = {*_WORD.findall(copy), *_VALUE.findall(copy)}
        harmless = {*self._own.split(), *kept, *(word for text in kept for word in text.split())}
        return (original for original in originals if original in words and original not in harmless)


def _escaped(text: str) -> str:
    """A text as it stands in JSON."""
    return orjson.dumps(text).decode()[1:-1]


def addresses_in(text: str) -> set[str]:
    """The addresses that a text is or holds (the ends of a range, the base of a prefix), but for blocks in their places."""
    return set(filter(parse_address, _ADDRESS.findall(_without_kept_blocks(text))))


def _without_kept_blocks(text: str) -> str:
    return _BLOCK.sub(lambda found: "" if is_kept_block(found[0]) else found[0], text)


def _without_groups(copy: str) -> str:
    """A copy without its UUIDs and IPv6 addresses: a word of four digits may be one of their groups by chance."""
    return _IN_GROUPS.sub(lambda found: "" if "-" in found[0] or parse_address(found[0]) else found[0], copy)


def _is_telling(what: What, text: str) -> bool:
    if what in ("coordinates", "AS numbers") or len(text) < _SHORTEST:
        return False
    if is_number(text):  # with the letter of 1e21, too: a measurement may be the same
        return what in _IDS and len(text) >= _SHORTEST_NUMBER
    if what in _WITHOUT_LETTERS and not _LETTER.search(text):
        return text not in KEPT_ADDRESSES
    return not is_nobodys(text) or bool(addresses_in(text) - KEPT_ADDRESSES)
