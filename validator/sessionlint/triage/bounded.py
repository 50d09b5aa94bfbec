"""Collections that are exact as long as they are small, and bounded whatever comes.

What they hold in the end depends on what was put in, not on how the input was cut into chunks: each
chunk may have a collection of its own, and merging them in the order of the input gives the same.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Generic, TypeVar
from zlib import crc32

V = TypeVar("V")


def by_hash(key: str) -> tuple[int, str]:
    """The rank of a key in a sample that prefers none."""
    # Not hash(): it differs from one process to the next.
    return crc32(key.encode("utf-8", "surrogatepass")), key


class Bounded(Generic[V]):
    """Entries by key, in the order in which they first came; of more than ``most`` keys, a sample.

    Which keys are kept follows from the keys alone: those of the smallest ``rank``, by default a hash. So a
    key that is in the sample in the end was never dropped on the way, and what was gathered for it is whole.
    """

    def __init__(self, most: int, rank: Callable[[str], tuple[Any, ...]] = by_hash) -> None:
        self._most = most
        self._rank = rank
        self._entries: dict[str, V] = {}
        self._bar: tuple[Any, ...] | None = None
        """The largest rank of a key that can still be in the sample, once keys were dropped."""

    def wants(self, key: str) -> bool:
        """Whether an entry of this key could be in the sample."""
        return self._bar is None or self._rank(key) <= self._bar

    def get(self, key: str) -> V | None:
        """What is gathered for a key."""
        return self._entries.get(key)

    def add(self, key: str, value: V) -> None:
        """A new entry. In a while another one may be dropped for it."""
        if self.wants(key):
            self._entries[key] = value
            if len(self._entries) >= 2 * self._most:
                self._drop()

    def replace(self, key: str, value: V) -> None:
        """What is gathered for a key that is here."""
        self._entries[key] = value

    def _drop(self) -> None:
        if len(self._entries) > self._most:
            ranks = sorted(map(self._rank, self._entries))
            self._bar = ranks[self._most - 1]
            self._entries = {key: value for key, value in self._entries.items() if self.wants(key)}

    def merge(self, other: "Bounded[V]", join: Callable[[V, V], V]) -> None:
        """Takes in what came after; ``join`` puts together what two have gathered for one key."""
        for key, value in other._entries.items():
            mine = self._entries.get(key)
            if mine is not None:
                self._entries[key] = join(mine, value)
            elif self.wants(key):
                self._entries[key] = value
        if other._bar is not None and (self._bar is None or other._bar < self._bar):
            self._bar = other._bar
            self._entries = {key: value for key, value in self._entries.items() if self.wants(key)}
        if len(self._entries) >= 2 * self._most:
            self._drop()

    @property
    def is_whole(self) -> bool:
        """Whether every key that came is here."""
        return self._bar is None and len(self._entries) <= self._most

    def entries(self) -> Mapping[str, V]:
        """At most ``most`` of them, in the order in which their keys first came."""
        self._drop()
        return self._entries

    def sample(self, most: int) -> Mapping[str, V]:
        """At most so many of the entries, chosen in the same way."""
        entries = self.entries()
        if len(entries) <= most:
            return entries
        kept = set(sorted(entries, key=self._rank)[:most])
        return {key: value for key, value in entries.items() if key in kept}


class Tally(Bounded[int]):
    """How often each key came."""

    def count(self, key: str, times: int = 1) -> None:
        """One more, or several."""
        known = self._entries.get(key)
        if known is None:
            self.add(key, times)
        else:
            self._entries[key] = known + times

    def merge_counts(self, other: "Tally") -> None:
        """Adds what was counted after."""
        self.merge(other, int.__add__)

    def commonest(self) -> list[tuple[str, int]]:
        """Keys with their counts, the commonest first, and those of one count by name."""
        return sorted(self.entries().items(), key=lambda entry: (-entry[1], entry[0]))


class Distinct:
    """How many different keys came: exact below ``most``; after that, no more is remembered."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._seen: set[str] | None = set()

    def add(self, key: str) -> None:
        """One more, or one that is known."""
        if self._seen is not None:
            self._seen.add(key)
            if len(self._seen) >= self._most:
                self._seen = None

    def merge(self, other: "Distinct") -> None:
        """Takes in what came after."""
        if other._seen is None:
            self._seen = None
        for key in other._seen or ():
            self.add(key)

    def __len__(self) -> int:
        return self._most if self._seen is None else len(self._seen)

    @property
    def is_exact(self) -> bool:
        """Whether there are not more than the length says."""
        return self._seen is not None

    def __iter__(self) -> Iterator[str]:
        return iter(self._seen or ())
