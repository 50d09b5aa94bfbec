"""Prefix-preserving pseudonyms: two numbers share exactly as many leading bits as their pseudonyms do.

The construction is Crypto-PAn's (J. Xu, J. Fan, M. Ammar, S. Moon: "Prefix-Preserving IP Address
Anonymization", ICNP 2002): bit by bit, a pseudorandom function of the bits before decides whether a
bit is flipped. The function here is keyed BLAKE2b in place of AES, which the standard library has. A
digest has 256 bits, and so serves the 255 nodes of eight levels at once.

A permutation may also leave *kept* blocks in their places: at a node that has the edge of such a block
below it no bit is flipped, so that the block's numbers stay in it, and others outside. All else is Crypto-PAn.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Final, TypeAlias

from sessionlint.share.pseudonyms import Pseudonyms

Block: TypeAlias = tuple[int, int]
"""The first number of a block, and how many leading bits its numbers share."""

_LEVELS: Final = 8
_REMEMBERED: Final = 1 << 16


class PrefixPreserving:
    """A permutation of the numbers of ``bits`` bits, a multiple of 8; the ``kept`` blocks stay in their places.

    A block of all ``bits`` bits is a number that stays what it is.
    """

    def __init__(self, pseudonyms: Pseudonyms, label: str, bits: int, kept: Iterable[Block] = ()) -> None:
        self._pseudonyms = pseudonyms
        self._label = label
        self._bits = bits
        self._unflipped = {(depth, first >> (bits - depth)) for first, length in kept for depth in range(length)}
        """Nodes of the tree: depth, and the bits before."""
        self.pseudonym = lru_cache(maxsize=_REMEMBERED)(self._pseudonym)

    def _pseudonym(self, number: int) -> int:
        made = 0
        for start in range(0, self._bits, _LEVELS):
            before = number >> (self._bits - start)
            flips = int.from_bytes(self._pseudonyms.digest(self._label, b"%d:%d" % (start, before)))
            node = 1
            for depth in range(start, start + _LEVELS):
                bit = number >> (self._bits - 1 - depth) & 1
                flip = flips >> node & 1 and (depth, number >> (self._bits - depth)) not in self._unflipped
                made = made << 1 | (bit ^ bool(flip))
                node = node << 1 | bit
        return made
