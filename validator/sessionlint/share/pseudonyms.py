"""Pseudonyms from a key: the same for the same value, and telling nothing of it to who lacks the key.

The one primitive is keyed BLAKE2b (RFC 7693) as a pseudorandom function; each use has a label of its
own, so that an SSID and a title of the same letters have nothing in common.
"""

from functools import lru_cache
from hashlib import blake2b
from typing import Final

KEY_BYTES: Final = 16
"""A key is at least so long."""
_HEX_DIGITS: Final = 12
"""48 bits: among a hundred thousand values two have the same pseudonym once in fifty thousand runs."""
_ROUNDS: Final = 6
_REMEMBERED: Final = 1 << 14
_SHORTEST_TOKEN: Final = 12
"""As many bits as 8 letters and digits have: with 32, two of ten thousand sessions of one round may come to be one."""
_LONGEST_TOKEN: Final = 16


class Pseudonyms:
    """What all pseudonyms of a run are made of. ``key`` is any bytes, at least `KEY_BYTES` of them."""

    def __init__(self, key: bytes) -> None:
        if len(key) < KEY_BYTES:
            raise ValueError(f"a key has at least {KEY_BYTES} bytes")
        self._key = blake2b(key, digest_size=32, person=b"sessionlint-key").digest()
        self.permuted = lru_cache(maxsize=_REMEMBERED)(self._permuted)

    def digest(self, label: str, data: bytes) -> bytes:
        """32 pseudorandom bytes; ``label`` has at most 16 ASCII letters."""
        return blake2b(data, digest_size=32, key=self._key, person=label.encode()).digest()

    def hex(self, label: str, text: str) -> str:
        """12 hexadecimal digits for a text. A text of any length may come, even one that is no Unicode."""
        return self.digest(label, text.encode("utf-8", "surrogatepass")).hex()[:_HEX_DIGITS]

    def named(self, label: str, text: str) -> str:
        """A pseudonym that says what it stands for: ``title-0123456789ab``."""
        return f"{label}-{self.hex(label, text)}"

    def decimal(self, label: str, text: str) -> str:
        """12 decimal digits, the first of which is not 0."""
        number = int.from_bytes(self.digest(label, text.encode("utf-8", "surrogatepass"))[:16])
        return str(10**11 + number % (9 * 10**11))

    def token(self, label: str, text: str, length: int) -> str:
        """12 to 16 hexadecimal digits for a text, so many if it may be."""
        made = self.digest(label, text.encode("utf-8", "surrogatepass")).hex()
        return made[: max(_SHORTEST_TOKEN, min(length, _LONGEST_TOKEN))]

    def _permuted(self, label: str, value: int, size: int) -> int:
        """Where a keyed permutation of ``range(size)`` takes ``value``: a Feistel network that walks until it is inside."""
        half = ((size - 1).bit_length() + 1) // 2
        mask = (1 << half) - 1
        while True:
            left, right = value >> half, value & mask
            for round in range(_ROUNDS):
                mixed = self.digest(label, b"%d:%d:%d" % (size, round, right))
                left, right = right, left ^ (int.from_bytes(mixed[:8]) & mask)
            value = left << half | right
            if value < size:
                return value
