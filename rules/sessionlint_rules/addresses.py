"""IP addresses, prefixes, masks and ranges as the rules read them.

Every text that a payload may hold is an argument here, so nothing raises: what is malformed is
``None``.
"""

from bisect import bisect_right
from functools import cache
from typing import Final, Literal, NamedTuple, TypeAlias

from sessionlint_rules.remembering import remembered

Version: TypeAlias = Literal[4, 6]

_BITS: Final = {4: 32, 6: 128}


class Address(NamedTuple):
    """An IP address. Its zone (``%en0``) is left aside: it says where the address is used, not which it is."""

    version: Version
    number: int
    is_public: bool
    """Whether it is globally reachable, by the IANA special-purpose address registries."""
    is_private: bool
    """Whether it is for private use, shared by a carrier's customers, or link-local."""


class Block(NamedTuple):
    """Addresses from ``first`` to ``last``, both inclusive: a prefix or a range."""

    version: Version
    first: int
    last: int
    has_host_bits: bool = False
    """Whether a prefix was written with bits set beyond its length (``10.0.0.13/24``)."""


class Mask(NamedTuple):
    """A subnet mask. ``version`` is ``None`` if it was written as a prefix length, which either family has."""

    version: Version | None
    length: int


# Blocks that are no public space: of the IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890,
# as of October 2025) those whose "Globally Reachable" is not True, and what the registries leave to others:
# multicast, and IPv6's former site-local addresses. An IPv4-mapped address is what it maps.
NOT_PUBLIC: Final = (
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
    "::/127",
    "64:ff9b:1::/48",
    "100::/64",
    "100:0:0:1::/64",
    "2001::/23",
    "2001:db8::/32",
    "2002::/16",
    "3fff::/20",
    "5f00::/16",
    "fc00::/7",
    "fe80::/10",
    "fec0::/10",
    "ff00::/8",
)
# Blocks inside of those that are public all the same.
PUBLIC_INSIDE: Final = (
    "192.0.0.9/32",
    "192.0.0.10/32",
    "2001:1::1/128",
    "2001:1::2/128",
    "2001:1::3/128",
    "2001:3::/32",
    "2001:4:112::/48",
    "2001:20::/28",
    "2001:30::/28",
)
NAT64: Final = "64:ff9b::/96"
"""Public addresses that name IPv4 hosts (RFC 6052)."""
_PRIVATE: Final = (
    "10.0.0.0/8",
    "100.64.0.0/10",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "fc00::/7",
    "fe80::/10",
)


_OCTETS: Final = {str(octet): octet for octet in range(256)}


def _number(text: str) -> int:
    """Raises `ValueError` or `KeyError` for what is no address."""
    if ":" in text:
        from ipaddress import IPv6Address  # an import that most payloads can do without

        return int(IPv6Address(text))
    first, second, third, fourth = text.split(".")  # a tenth of what `ipaddress` takes
    return _OCTETS[first] << 24 | _OCTETS[second] << 16 | _OCTETS[third] << 8 | _OCTETS[fourth]


class _Scopes:
    """What the addresses of one family are for."""

    def __init__(self, version: Version) -> None:
        not_public = _edges(version, (*NOT_PUBLIC, *PUBLIC_INSIDE))
        private = _edges(version, _PRIVATE)
        self._edges = sorted({*not_public, *private})
        self._scopes = [(True, False)] + [
            (bisect_right(not_public, edge) % 2 == 0, bisect_right(private, edge) % 2 == 1) for edge in self._edges
        ]

    def of(self, number: int) -> tuple[bool, bool]:
        """Whether an address is public, and whether it is private."""
        return self._scopes[bisect_right(self._edges, number)]


def _edges(version: Version, blocks: tuple[str, ...]) -> list[int]:
    """Where membership turns. Blocks don't overlap, or lie inside of another whose addresses they take out."""
    edges: list[int] = []
    for text in blocks:
        if (":" in text) == (version == 6):
            first, _, length = text.partition("/")
            number = _number(first)
            edges += number, number + (1 << _BITS[version] - int(length))
    return sorted(edges)  # where two touch, membership turns twice


_scopes = cache(_Scopes)
_IPV4_MAPPED: Final = 0xFFFF


@remembered
def parse_address(text: str) -> Address | None:
    """An IPv4 address as four decimal numbers, or an IPv6 address (RFC 4291), with a zone (RFC 4007) or without."""
    return _address(text)


def _address(text: str) -> Address | None:
    try:
        number = _number(text)
    except (ValueError, KeyError):
        return None
    if ":" not in text:
        return Address(4, number, *_scopes(4).of(number))
    is_mapped = number >> 32 == _IPV4_MAPPED
    return Address(6, number, *(_scopes(4).of(number & 0xFFFFFFFF) if is_mapped else _scopes(6).of(number)))


_LENGTHS: Final = {str(length): length for length in range(129)}


@remembered
def parse_prefix(text: str) -> Block | None:
    """A prefix in CIDR notation (RFC 4632, RFC 4291): address, slash, length; host bits are told, not refused."""
    base, _, length = text.partition("/")
    address = _address(base)
    if address is None or length not in _LENGTHS:
        return None
    return _subnet(address, _LENGTHS[length])


@remembered
def parse_range(text: str) -> Block | None:
    """A range ``first-last`` of one family, first not after last."""
    first_text, _, last_text = text.partition("-")
    first, last = _address(first_text), _address(last_text)
    if first is None or last is None or first.version != last.version or first.number > last.number:
        return None
    return Block(first.version, first.number, last.number)


@remembered
def parse_mask(text: str) -> Mask | None:
    """A contiguous mask written as an address (``255.255.255.0``, ``ffff:ffff::``) or a length (``24``, ``/24``)."""
    length = _LENGTHS.get(text.removeprefix("/"))
    if length is not None:
        return Mask(None, length)
    address = _address(text)
    if address is None:
        return None
    bits = _BITS[address.version]
    inverted = address.number ^ ((1 << bits) - 1)
    if inverted & (inverted + 1):
        return None
    return Mask(address.version, bits - inverted.bit_length())


def _subnet(address: Address, length: int) -> Block | None:
    host_bits = _BITS[address.version] - length
    if host_bits < 0:
        return None
    first = address.number >> host_bits << host_bits
    return Block(address.version, first, first + (1 << host_bits) - 1, first != address.number)


def is_outside(address: Address | None, block: Block | None) -> bool:
    """Whether an address is known not to lie in a block: both could be read, and are of one family."""
    return (
        address is not None
        and block is not None
        and address.version == block.version
        and not block.first <= address.number <= block.last
    )


def are_apart(one: Address | None, other: Address | None, mask: Mask | None) -> bool:
    """Whether a mask is known to put two addresses on different subnets: all could be read, and are of one family."""
    if one is None or other is None or mask is None or one.version != other.version:
        return False
    host_bits = _BITS[one.version] - mask.length
    if host_bits < 0 or mask.version not in (None, one.version):
        return False
    return (one.number ^ other.number) >> host_bits != 0
