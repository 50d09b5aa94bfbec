"""Sessions that come more than once in a run: which the first was, in memory that has a bound.

One process sees the sessions of a whole run in the order of the input, so the result is the same however
many processes read them.
"""

import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import lru_cache
from typing import Any, Final, NamedTuple, TypeAlias

from sessionlint.document import BROKEN_TEXT
from sessionlint.finding import Defect, Path
from sessionlint.recognise import Part, sessions_in

RULES: Final = ("COR001", "COR002")

Identity: TypeAlias = tuple[Path, str, tuple[Any, ...]]
"""Where a session is in its payload, its id, and the values of `AGREEING`."""

AGREEING: Final = ("agentId", "roundId", "date", "visitedSite")
"""Fields that are the same whenever one session is captured."""

MOST_SESSIONS: Final = 1_500_000
"""Sessions that are remembered, at most; later ones are compared with these."""
_SLOTS: Final = 1 << 21
_WORDS: Final = 4
"""Words of 64 bits that a slot has: hash of the id, hashes of the fields, and where it was."""
_FEW: Final = 1000
"""So many are remembered in a plain table: most runs have no more."""
_MOST_NAMES: Final = 32 << 20
"""Characters of addresses that are remembered, at most."""
_UNKNOWN: Final = 0
"""The word of an address that is not remembered."""


def identities(readable: Iterable[Part], defects: Sequence[Defect]) -> tuple[Identity, ...]:
    """The sessions of a document that can be compared with others: not salvaged, every field there.

    ``readable`` are its parts as rules see them; ``defects`` are the capture's and the document's.
    """
    # A text that was repaired may have lost the one character that tells two ids apart.
    if defects and any(each.rule in BROKEN_TEXT for each in defects):
        return ()
    found: list[Identity] = []
    for path, session in sessions_in(readable):
        found += _identity(path, session)
    return tuple(found)


def _identity(path: Path, session: Any) -> tuple[Identity, ...]:
    try:
        told = (session["agentId"], session["roundId"], session["date"], session["visitedSite"])
        return ((path, session["userSessionId"], told),)
    except KeyError:
        return ()


class Repeat(NamedTuple):
    """A session whose id came before."""

    path: Path
    id: str
    first_capture: str | None
    """The address of the first one's capture; ``None`` if it is no longer known."""
    first_path: Path
    differing: tuple[str, ...]
    """In which of `AGREEING` the first one differs."""


class Corpus:
    """Remembers sessions, each by the hash of its id, up to `MOST_SESSIONS`."""

    def __init__(self, most_sessions: int = MOST_SESSIONS, few: int = _FEW) -> None:
        self.not_remembered = 0
        """Sessions that came when the memory was full: they were compared, but later ones are not with them."""
        self._most_sessions = most_sessions
        self._most_few = few
        self._few: dict[int, list[int]] = {}
        self._slots: memoryview | None = None
        self._count = 0
        self._names: list[str | None] = [None]
        self._name_room = _MOST_NAMES

    def see(self, capture: str, identities: Iterable[Identity]) -> list[Repeat]:
        """Those sessions of a capture, by its address, that came before; the others are remembered."""
        repeats = []
        for path, id, told in identities:
            key = hash(id) & 0xFFFF_FFFF_FFFF_FFFF or 1
            agent, round_, date, site = told
            fields = (
                hash(agent) & 0xFFFF
                | (hash((round_,)) & 0xFFFF) << 16  # an integer's own hash is the integer
                | (hash(date) & 0xFFFF) << 32
                | (hash(site) & 0xFFFF) << 48
            )
            slots = self._slots
            at = _slot(slots, key) if slots else 0
            known = (slots[at + 1 : at + _WORDS].tolist() if slots[at] else None) if slots else self._few.get(key)
            if known is not None:
                differing = tuple(
                    name for index, name in enumerate(AGREEING) if (known[0] ^ fields) >> 16 * index & 0xFFFF
                )
                repeats.append(Repeat(path, id, self._address(known[1]), _path(known[2]), differing))
            elif self._count == self._most_sessions:
                self.not_remembered += 1
            else:
                self._count += 1
                words = [fields, self._capture_word(capture), _path_word(path)]
                if slots:
                    slots[at], slots[at + 1], slots[at + 2], slots[at + 3] = key, *words
                else:
                    self._few[key] = words
                    if len(self._few) > self._most_few:
                        self._spread()
        return repeats

    def _spread(self) -> None:
        self._slots = _memory(_SLOTS * _WORDS * 8).cast("Q")
        for key, words in self._few.items():
            at = _slot(self._slots, key)
            self._slots[at], self._slots[at + 1], self._slots[at + 2], self._slots[at + 3] = key, *words
        self._few = {}

    def _capture_word(self, address: str) -> int:
        """An address as the place of its name, and the number that it ends with: lines of a file share a name."""
        name, separator, end = address.rpartition("/")
        if end.isdecimal() and end.isascii() and len(end) < 10 and (end == "0" or end[0] != "0"):
            name += separator
            number = int(end) + 1
        else:
            name, number = address, 0
        if name != self._names[-1]:
            if len(name) > self._name_room:
                return _UNKNOWN
            self._name_room -= len(name)
            self._names.append(name)
        return (len(self._names) - 1) << 32 | number

    def _address(self, word: int) -> str | None:
        name, number = self._names[word >> 32], word & 0xFFFF_FFFF
        return f"{name}{number - 1}" if name is not None and number else name


def _slot(slots: memoryview, key: int) -> int:
    """Where a key is, or would be."""
    at = key % _SLOTS * _WORDS
    while slots[at] not in (0, key):
        at = (at + _WORDS) % (_SLOTS * _WORDS)
    return at


_MADV_POPULATE_WRITE: Final = 23
"""As `linux/mman.h` has it; `mmap` does not name it yet."""


def _memory(size: int) -> memoryview:
    """A table of zeros, allocated whole: one that grew would be copied, and for a while take twice the memory.

    On Linux its pages are asked for in one call: to fault them in one by one, at the first write to each, takes twice
    the time. Huge pages would take a tenth of it, but ten times of it where the system has none at hand.
    """
    import mmap

    if sys.platform != "linux":
        return memoryview(mmap.mmap(-1, size))
    made = mmap.mmap(-1, size, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    with suppress(OSError):  # before Linux 5.14
        made.madvise(_MADV_POPULATE_WRITE)
    return memoryview(made)


@lru_cache(1024)  # most captures hold one session
def _path_word(path: Path) -> int:
    """``(2, "userSessions", 5)`` as its two numbers, each counted from 1."""
    word = 0
    for index, step in enumerate(path):
        if isinstance(step, int):
            word |= min(step + 1, 0xFFFF_FFFF) << (0 if index else 32)
    return word


def _path(word: int) -> Path:
    part, session = word >> 32, word & 0xFFFF_FFFF
    return (*((part - 1,) if part else ()), *(("userSessions", session - 1) if session else ()))
