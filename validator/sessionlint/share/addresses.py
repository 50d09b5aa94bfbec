"""Pseudonyms of IP addresses, prefixes, ranges, BSSIDs and AS numbers: relations survive, owners do not.

Rules ask whether an address is public, private or neither, so it has to stay what it is. Plain Crypto-PAn takes
some public addresses into private space, and one that keeps every special block in its place would
keep the neighbours of those blocks too, and with them whole providers. So there are realms, each with a
permutation of its own: within one, prefixes are preserved exactly.

- An IPv4 address whose first octet holds no special block: these octets are permuted, Crypto-PAn does the rest.
- Any other IPv4 address: Crypto-PAn with the special blocks kept.
- An IPv6 address of 2000::/3 that is public: Crypto-PAn, into 4000::/3, where nothing is special.
- Any other IPv6 address: Crypto-PAn with the special blocks kept. What holds an IPv4 address holds its pseudonym.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address
from typing import Final

from sessionlint.share.prefix_preserving import Block, PrefixPreserving
from sessionlint.share.pseudonyms import Pseudonyms
from sessionlint_rules.addresses import (
    NAT64,
    NOT_PUBLIC,
    PUBLIC_INSIDE,
    parse_address,
    parse_mask,
    parse_prefix,
    parse_range,
)
from sessionlint_rules.network_profile import EUI_48

_BITS: Final = {4: 32, 6: 128}
KEPT_ADDRESSES: Final = frozenset({"0.0.0.0", "127.0.0.1", "255.255.255.255", "::", "::1"})  # noqa: S104 - nothing is bound
"""Addresses that say nothing of anybody, and mean something of their own."""
_REMEMBERED: Final = 1 << 16
_LOCALLY_ASSIGNED: Final = "fd00::/8"
_IPV4_MAPPED: Final = 0xFFFF
_IPV4_EMBEDDED: Final = (_IPV4_MAPPED, 0x64FF9B << 64)
"""The first 96 bits of IPv6 addresses that hold an IPv4 address: mapped ones, and those of NAT64 (RFC 6052)."""

_NO_STATION: Final = (0, 0xFFFFFFFFFFFF)

_ASN_CLASSES: Final = (
    ((1, 23455), (23457, 64495), (131072, 4199999999)),
    ((64496, 64511), (65536, 65551)),
    ((64512, 65534), (4200000000, 4294967294)),
    ((65552, 131071),),
)
"""Ranges of AS numbers by use: of public networks, for documentation, for private use, reserved. 0, 23456, 65535
and the last are none's."""


class AddressPseudonyms:
    """All kinds of addresses under one key. What is no such address is ``None``."""

    def __init__(self, pseudonyms: Pseudonyms) -> None:
        self._pseudonyms = pseudonyms
        whole = (f"{text}/{128 if ':' in text else 32}" for text in KEPT_ADDRESSES)
        edges = (*NOT_PUBLIC, *PUBLIC_INSIDE, NAT64, _LOCALLY_ASSIGNED, *whole)
        mapped = (_IPV4_MAPPED << 32, 96)
        self._special = {
            4: PrefixPreserving(pseudonyms, "IPv4 special", 32, _blocks(4, edges)),
            6: PrefixPreserving(pseudonyms, "IPv6 special", 128, [*_blocks(6, edges), mapped]),
        }
        self._public = {
            4: PrefixPreserving(pseudonyms, "IPv4", 32, [(octet << 24, 8) for octet in range(256)]),
            6: PrefixPreserving(pseudonyms, "IPv6", 128, [(eighth << 125, 3) for eighth in range(8)]),
        }
        self._stations = PrefixPreserving(pseudonyms, "EUI-48", 48)

        self.number = lru_cache(maxsize=_REMEMBERED)(self._number)

    def _number(self, version: int, number: int, length: int = 128) -> int:
        """The pseudonym of an address, or of the base of a prefix of this length, as a number."""
        if version == 6 and length >= 96 and number >> 32 in _IPV4_EMBEDDED:
            return number >> 32 << 32 | self.number(4, number & 0xFFFFFFFF, length - 96)
        if not _is_moved(version, number, length):
            return self._special[version].pseudonym(number)
        if version == 4:
            place = self._pseudonyms.permuted("IPv4 octet", _PUBLIC_OCTETS.index(number >> 24), len(_PUBLIC_OCTETS))
            return _PUBLIC_OCTETS[place] << 24 | (self._public[4].pseudonym(number) & 0xFFFFFF)
        return self._public[6].pseudonym(number) + ((number >> 125 < _PUBLIC_EIGHTHS[-1]) << 125)

    def address(self, text: str) -> str | None:
        """The pseudonym of an address, without its zone."""
        address = parse_address(text)
        return None if address is None else written(address.version, self.number(address.version, address.number))

    def prefix(self, text: str) -> str | None:
        """The pseudonym of a prefix in CIDR notation; bits beyond its length are set if they were."""
        block = parse_prefix(text)
        if block is None:
            return None
        base, _, length = text.partition("/")
        host_bits = _BITS[block.version] - int(length)
        number = self.number(block.version, block.first, int(length)) >> host_bits << host_bits
        if block.has_host_bits:
            own = parse_address(base)
            assert own is not None
            mask = (1 << host_bits) - 1
            number |= (self.number(own.version, own.number) & mask) or 1
        return f"{written(block.version, number)}/{length}"

    def network(self, text: str, mask_text: str) -> str | None:
        """The pseudonym of a network's address: if it has no bits beyond the mask, nor has the pseudonym."""
        address, mask = parse_address(text), parse_mask(mask_text)
        if address is None:
            return None
        number, host_bits = address.number, _BITS[address.version] - mask.length if mask else 0
        if host_bits <= 0 or number & ((1 << host_bits) - 1):
            return written(address.version, self.number(address.version, number))
        number = self.number(address.version, number, _BITS[address.version] - host_bits) >> host_bits << host_bits
        return written(address.version, number)

    def range(self, text: str, inside_or_not: Iterable[str]) -> str | None:
        """The pseudonym of a range ``first-last``, which may be the wrong way round.

        A range that is a block becomes its pseudonym. Any other one becomes the block around it, or no more than
        the addresses of it that are told: each of those ``inside_or_not`` is in the new range if it was in the old.
        """
        ends = [parse_address(end) for end in text.partition("-")[::2]]
        first, last = ends
        if first is None or last is None:
            return None
        if first.version != last.version:
            return "-".join(written(end.version, self.number(end.version, end.number)) for end in (first, last))
        version, low, high = first.version, *sorted((first.number, last.number))
        host_bits = (low ^ high).bit_length()
        block = self.number(version, low, _BITS[version] - host_bits) >> host_bits << host_bits
        made = [block, block + (1 << host_bits) - 1]
        others = [each for each in map(parse_address, inside_or_not) if each and each.version == version]
        around = [each.number for each in others if each.number >> host_bits == low >> host_bits]
        inside = [number for number in around if low <= number <= high]
        is_one_block = self.number(version, high) >> host_bits == block >> host_bits
        if first.number <= last.number and (len(inside) < len(around) or not is_one_block):
            some = sorted(self.number(version, number) for number in inside or [low])
            made = [some[0], some[-1]]
        if first.number > last.number:
            made.reverse()
        return "-".join(written(version, number) for number in made)

    def bssid(self, text: str) -> str | None:
        """The pseudonym of a BSSID: the vendor's three octets and the notation stay; of a masked one, no more."""
        if not EUI_48.fullmatch(text):
            return None
        # Pairs of digits, or single ones between separators.
        octets = re.findall("[^:.-]{1,2}", text.lower())
        if any("x" in octet or "*" in octet for octet in octets):
            made = [*octets[:3], *("xx" for _ in octets[3:])]
        else:
            number = int.from_bytes(int(octet, 16) for octet in octets)
            if number in _NO_STATION:
                return text
            low = self._stations.pseudonym(number) & 0xFFFFFF
            form = "x" if any(len(octet) == 1 for octet in octets) else "02x"
            made = [format(octet, form) for octet in (number >> 24 << 24 | low).to_bytes(6)]
        separators = re.findall("[^:.-]{1,2}([:.-]?)", text)
        joined = "".join(part for pair in zip(made, separators, strict=True) for part in pair)
        return joined.upper() if text != text.lower() else joined

    def asn(self, number: int) -> int:
        """The pseudonym of an AS number: one of the same use, wherever that use has room for more than one."""
        if number < 0:
            return -1
        if number > 0xFFFFFFFF:
            return 1 << 32
        for ranges in _ASN_CLASSES:
            size = index = 0
            is_here = False
            for first, last in ranges:
                if first <= number <= last:
                    index, is_here = size + number - first, True
                size += last - first + 1
            if is_here:
                return _at(ranges, self._pseudonyms.permuted("AS number", index, size))
        return number


def _at(ranges: tuple[tuple[int, int], ...], index: int) -> int:
    for first, last in ranges:
        size = last - first + 1
        if index < size:
            return first + index
        index -= size
    raise IndexError(index)


def written(version: int, number: int) -> str:
    """An address as text, the same under every version of Python."""
    if version == 4:
        return str(IPv4Address(number))
    if number >> 32 == _IPV4_MAPPED:
        return f"::ffff:{IPv4Address(number & 0xFFFFFFFF)}"
    return str(IPv6Address(number))


def is_kept_block(text: str) -> bool:
    """Whether a prefix, or a range, is a special block or just around one, and so the same under any key."""
    block = parse_prefix(text) or parse_range(text)
    if block is None or block.has_host_bits:
        return False
    version, size = block.version, block.last - block.first + 1
    host_bits = size.bit_length() - 1
    length = _BITS[version] - host_bits
    if size != 1 << host_bits or block.first % size:
        return False
    if _is_moved(version, block.first, length) or _is_moved(version, block.last, _BITS[version]):
        return False
    return any(first >> host_bits == block.first >> host_bits for first, own in _NOT_PUBLIC[version] if own >= length)


def _is_moved(version: int, number: int, length: int) -> bool:
    """Whether an address, or a prefix, is public and far from special blocks, so that none of its bits need stay."""
    if _is_special(version, number, length):
        return False
    return number >> 24 in _PUBLIC_OCTETS if version == 4 else number >> 125 in _PUBLIC_EIGHTHS


def _is_special(version: int, number: int, length: int) -> bool:
    """Whether an address, or all of a prefix, is known not to be public."""
    return _is_inside(_NOT_PUBLIC[version], version, number, length) and not _is_inside(
        _PUBLIC_INSIDE[version], version, number, length
    )


def _is_inside(blocks: Iterable[Block], version: int, number: int, length: int) -> bool:
    bits = _BITS[version]
    return any(number >> (bits - own) == first >> (bits - own) for first, own in blocks if own <= length)


def _blocks(version: int, blocks: Iterable[str]) -> list[Block]:
    found = []
    for text in blocks:
        block = parse_prefix(text)
        assert block is not None
        if block.version == version:
            found.append((block.first, int(text.partition("/")[2])))
    return found


_NOT_PUBLIC: Final = {version: _blocks(version, NOT_PUBLIC) for version in _BITS}
BASES: Final = frozenset(written(version, first) for version in _BITS for first, _ in _NOT_PUBLIC[version])
"""The first addresses of special blocks, which networks of any size may begin with: they are nobody's."""
_PUBLIC_INSIDE: Final = {version: _blocks(version, PUBLIC_INSIDE) for version in _BITS}
_PUBLIC_OCTETS: Final = tuple(
    octet
    for octet in range(256)
    if not any(first >> max(24, 32 - own) == octet >> max(0, 8 - own) for first, own in _NOT_PUBLIC[4])
)
"""First octets of IPv4 addresses that are public whatever follows."""
_PUBLIC_EIGHTHS: Final = (1, 2, 3, 4, 5, 6)
"""The first three bits of IPv6 addresses that are public as a rule. IANA has given out those of 1 alone, 2000::/3: it
becomes 4000::/3, in which nothing is special and nobody's address lies; and so on, should a copy be copied."""
