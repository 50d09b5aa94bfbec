"""Addresses, prefixes, masks and ranges: what is read, what is refused, what is public."""

import ipaddress
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sessionlint_rules.addresses import are_apart, is_outside, parse_address, parse_mask, parse_prefix, parse_range

IPV4 = st.ip_addresses(v=4)
ADDRESSES = st.ip_addresses()


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0.0.0.0", 0),
        ("10.0.0.13", 0x0A00000D),
        ("255.255.255.255", 0xFFFFFFFF),
        ("::", 0),
        ("::1", 1),
        ("2001:DB8::1", 0x20010DB8 << 96 | 1),
        ("fe80::1%en0", 0xFE80 << 112 | 1),
        ("fe80::1%12", 0xFE80 << 112 | 1),
        ("::ffff:10.0.0.13", 0xFFFF0A00000D),
    ],
)
def test_an_address_is_read(text: str, number: int) -> None:
    address = parse_address(text)
    assert address is not None
    assert (address.version, address.number) == (6 if ":" in text else 4, number)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "*",
        "10.0.0",
        "10.0.0.0.1",
        "10.0.0.256",
        "10.0.0.-1",
        "010.0.0.1",
        "0x0a.0.0.1",
        "167772173",
        "10.0.0.1/24",
        "10.0.0.1:53",
        "10.0.0.1%en0",
        " 10.0.0.1",
        "10.0.0.1\n",
        "10.0.0.1,10.0.0.2",
        "١٠.0.0.1",
        "router.local",
        ":",
        ":::",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9",
        "12345::",
        "g::",
        "[::1]",
        "fe80::1%",
        "::1/128",
        pytest.param("1" * 100_000, id="digits"),
        pytest.param(":" * 100_000, id="colons"),
        pytest.param("fe80::1%" + "a" * 100_000, id="a long zone"),
        pytest.param("\ud800", id="a lone surrogate"),
    ],
)
def test_what_is_no_address_is_none(text: str) -> None:
    assert parse_address(text) is None


@given(st.text(st.characters(exclude_categories=())) | st.text("0123456789abcdef.:%/-"))
def test_any_text_is_read_or_refused(text: str) -> None:
    for parse in (parse_address, parse_prefix, parse_mask, parse_range):
        assert parse(text) == parse(text)


@given(ADDRESSES)
def test_every_address_is_read_as_it_is_written(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    for text in (str(address), address.exploded, str(address).upper()):
        parsed = parse_address(text)
        assert parsed is not None
        assert (parsed.version, parsed.number) == (address.version, int(address))


# The IANA special-purpose registries, block by block, as of October 2025: whether a block is globally reachable.
REGISTRY = {
    "0.0.0.0/8": False,
    "0.0.0.0/32": False,
    "10.0.0.0/8": False,
    "100.64.0.0/10": False,
    "127.0.0.0/8": False,
    "169.254.0.0/16": False,
    "172.16.0.0/12": False,
    "192.0.0.0/24": False,
    "192.0.0.0/29": False,
    "192.0.0.8/32": False,
    "192.0.0.9/32": True,
    "192.0.0.10/32": True,
    "192.0.0.170/32": False,
    "192.0.0.171/32": False,
    "192.0.2.0/24": False,
    "192.31.196.0/24": True,
    "192.52.193.0/24": True,
    "192.88.99.0/24": False,  # not applicable: the relays were given up
    "192.88.99.2/32": False,
    "192.168.0.0/16": False,
    "192.175.48.0/24": True,
    "198.18.0.0/15": False,
    "198.51.100.0/24": False,
    "203.0.113.0/24": False,
    "240.0.0.0/4": False,
    "255.255.255.255/32": False,
    "::1/128": False,
    "::/128": False,
    "64:ff9b::/96": True,
    "64:ff9b:1::/48": False,
    "100::/64": False,
    "100:0:0:1::/64": False,
    "2001::/23": False,
    "2001::/32": False,  # not applicable: Teredo
    "2001:1::1/128": True,
    "2001:1::2/128": True,
    "2001:1::3/128": True,
    "2001:2::/48": False,
    "2001:3::/32": True,
    "2001:4:112::/48": True,
    "2001:10::/28": False,
    "2001:20::/28": True,
    "2001:30::/28": True,
    "2001:db8::/32": False,
    "2002::/16": False,  # not applicable: 6to4
    "2620:4f:8000::/48": True,
    "3fff::/20": False,
    "5f00::/16": False,
    "fc00::/7": False,
    "fe80::/10": False,
    # Not in the registries, which are about unicast.
    "224.0.0.0/4": False,
    "ff00::/8": False,
    "fec0::/10": False,
}
BLOCKS = {ipaddress.ip_network(text): reachable for text, reachable in REGISTRY.items()}


def expected_public(address: Any) -> bool:
    """What the narrowest block around an address says; without one, it is public."""
    if address.version == 6 and address.ipv4_mapped is not None:
        return expected_public(address.ipv4_mapped)
    around = [block for block in BLOCKS if address.version == block.version and address in block]
    return BLOCKS[max(around, key=lambda block: block.prefixlen)] if around else True


def edges() -> list[str]:
    """The first and last address of every block, and the neighbours outside."""
    found = set()
    for block in BLOCKS:
        for number in (int(block[0]) - 1, int(block[0]), int(block[-1]), int(block[-1]) + 1):
            if 0 <= number < 2**block.max_prefixlen:
                found.add(str(ipaddress.IPv4Address(number) if block.version == 4 else ipaddress.IPv6Address(number)))
    return sorted(found)


@pytest.mark.parametrize("text", edges())
def test_public_is_what_the_registries_say(text: str) -> None:
    address = parse_address(text)
    assert address is not None
    assert address.is_public == expected_public(ipaddress.ip_address(text))


@given(ADDRESSES | st.sampled_from(list(BLOCKS)).flatmap(lambda block: st.ip_addresses(network=block)))
@example(ipaddress.ip_address("::ffff:10.0.0.1"))
@example(ipaddress.ip_address("::ffff:8.8.8.8"))
@example(ipaddress.ip_address("::fffe:10.0.0.1"))
def test_any_address_is_public_or_not_as_the_registries_say(address: Any) -> None:
    parsed = parse_address(str(address))
    assert parsed is not None
    assert parsed.is_public == expected_public(address)


@pytest.mark.parametrize(
    ("text", "is_private"),
    [
        ("10.0.0.0", True),
        ("10.255.255.255", True),
        ("11.0.0.0", False),
        ("100.63.255.255", False),
        ("100.64.0.0", True),
        ("100.127.255.255", True),
        ("100.128.0.0", False),
        ("169.254.1.1", True),
        ("172.15.255.255", False),
        ("172.16.0.0", True),
        ("172.31.255.255", True),
        ("172.32.0.0", False),
        ("192.168.1.1", True),
        ("127.0.0.1", False),
        ("192.0.2.1", False),
        ("8.8.8.8", False),
        ("fbff::", False),
        ("fc00::", True),
        ("fdff::1", True),
        ("fe00::", False),
        ("fe80::1%en0", True),
        ("febf::1", True),
        ("fec0::1", False),
        ("::ffff:192.168.1.1", True),
        ("::ffff:8.8.8.8", False),
        ("64:ff9b::a00:1", False),
        ("::1", False),
    ],
)
def test_private_is_private_shared_or_link_local(text: str, is_private: bool) -> None:
    address = parse_address(text)
    assert address is not None
    assert address.is_private == is_private


@pytest.mark.parametrize(
    ("text", "first", "last", "has_host_bits"),
    [
        ("10.0.0.0/24", "10.0.0.0", "10.0.0.255", False),
        ("10.0.0.13/24", "10.0.0.0", "10.0.0.255", True),
        ("10.0.0.13/32", "10.0.0.13", "10.0.0.13", False),
        ("0.0.0.0/0", "0.0.0.0", "255.255.255.255", False),
        ("10.0.0.13/0", "0.0.0.0", "255.255.255.255", True),
        ("2001:db8::/32", "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", False),
        ("2001:db8::1/127", "2001:db8::", "2001:db8::1", True),
        ("::1/128", "::1", "::1", False),
    ],
)
def test_a_prefix_is_read(text: str, first: str, last: str, has_host_bits: bool) -> None:
    block = parse_prefix(text)
    assert block is not None
    assert (block.first, block.last) == (int(ipaddress.ip_address(first)), int(ipaddress.ip_address(last)))
    assert block.has_host_bits == has_host_bits


@pytest.mark.parametrize(
    "text",
    [
        "",
        "/",
        "/24",
        "10.0.0.0",
        "10.0.0.0/",
        "10.0.0.0/33",
        "10.0.0.0/-1",
        "10.0.0.0/024",
        "10.0.0.0/٢٤",
        "10.0.0.0/24/24",
        "10.0.0.0/255.255.255.0",
        "10.0.0/24",
        "169.254/16",
        "2001:db8::/129",
        "2001:db8::/ 32",
        pytest.param("10.0.0.0/" + "9" * 100_000, id="a long length"),
    ],
)
def test_what_is_no_prefix_is_none(text: str) -> None:
    assert parse_prefix(text) is None


@given(IPV4, st.integers(0, 32))
def test_an_address_is_in_every_prefix_of_its_own(address: ipaddress.IPv4Address, length: int) -> None:
    block = parse_prefix(f"{address}/{length}")
    assert block is not None
    network = ipaddress.ip_network(f"{address}/{length}", strict=False)
    assert (block.first, block.last) == (int(network[0]), int(network[-1]))
    assert block.has_host_bits == (network[0] != address)
    assert not is_outside(parse_address(str(address)), block)


@pytest.mark.parametrize(
    ("text", "version", "length"),
    [
        ("255.255.255.0", 4, 24),
        ("255.255.255.255", 4, 32),
        ("0.0.0.0", 4, 0),
        ("128.0.0.0", 4, 1),
        ("ffff:ffff:ffff:ffff::", 6, 64),
        ("::", 6, 0),
        ("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 6, 128),
        ("24", None, 24),
        ("/24", None, 24),
        ("0", None, 0),
        ("128", None, 128),
    ],
)
def test_a_mask_is_read(text: str, version: int | None, length: int) -> None:
    mask = parse_mask(text)
    assert mask is not None
    assert (mask.version, mask.length) == (version, length)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "/",
        "0.0.0.255",
        "0.0.0.1",
        "255.0.255.0",
        "255.255.255.253",
        "255.255.255",
        "129",
        "-1",
        "//24",
        "024",
        "ffff::1",
    ],
)
def test_what_is_no_mask_is_none(text: str) -> None:
    assert parse_mask(text) is None


@given(st.integers(0, 2**32 - 1))
def test_a_mask_is_ones_then_zeros(number: int) -> None:
    mask = parse_mask(str(ipaddress.IPv4Address(number)))
    is_contiguous = "01" not in f"{number:032b}"
    assert (mask is not None) == is_contiguous
    assert mask is None or mask.length == f"{number:032b}".count("1")


@pytest.mark.parametrize(
    ("text", "is_range"),
    [
        ("84.255.241.0-84.255.241.255", True),
        ("84.255.241.1-84.255.241.1", True),
        ("2001:db8::-2001:db8::ffff", True),
        ("84.255.241.255-84.255.241.0", False),
        ("84.255.241.0-::1", False),
        ("84.255.241.0", False),
        ("84.255.241.0-", False),
        ("-84.255.241.0", False),
        ("-", False),
        ("", False),
        ("84.255.241.0/24", False),
        ("84.255.241.0 - 84.255.241.255", False),
        ("84.255.241.0-84.255.241.128-84.255.241.255", False),
        ("84.255.241.0\u2013" + "84.255.241.255", False),
    ],
)
def test_a_range_is_first_and_last(text: str, is_range: bool) -> None:
    assert (parse_range(text) is not None) == is_range


@pytest.mark.parametrize(
    ("address", "block", "expected"),
    [
        ("10.0.0.0", "10.0.0.0/24", False),
        ("10.0.0.255", "10.0.0.0/24", False),
        ("10.0.1.0", "10.0.0.0/24", True),
        ("9.255.255.255", "10.0.0.0/24", True),
        ("::a00:0", "10.0.0.0/24", False),  # another family
        ("10.0.0.256", "10.0.0.0/24", False),  # no address
        ("10.0.1.0", "10.0.0.0", False),  # no prefix
    ],
)
def test_outside_is_what_is_known_to_be_outside(address: str, block: str, expected: bool) -> None:
    assert is_outside(parse_address(address), parse_prefix(block)) == expected


@pytest.mark.parametrize(
    ("one", "other", "mask", "expected"),
    [
        ("10.0.0.1", "10.0.0.254", "255.255.255.0", False),
        ("10.0.0.1", "10.0.1.1", "255.255.255.0", True),
        ("10.0.0.1", "10.0.1.1", "24", True),
        ("10.0.0.1", "10.0.1.1", "23", False),
        ("10.0.0.1", "99.0.0.1", "0.0.0.0", False),
        ("10.0.0.1", "10.0.0.2", "255.255.255.255", True),
        ("2001:db8::1", "2001:db8:0:1::1", "64", True),
        ("2001:db8::1", "2001:db8:0:1::1", "ffff:ffff:ffff::", False),
        ("2001:db8::1", "2001:db8:0:1::1", "255.255.255.0", False),  # a mask of another family
        ("10.0.0.1", "10.0.1.1", "ffff:ffff::", False),
        ("10.0.0.1", "10.0.1.1", "64", False),  # longer than an address of the family
        ("10.0.0.1", "::1", "24", False),
        ("", "10.0.1.1", "24", False),
        ("10.0.0.1", "", "24", False),
        ("10.0.0.1", "10.0.1.1", "", False),
    ],
)
def test_apart_is_what_is_known_to_be_on_other_subnets(one: str, other: str, mask: str, expected: bool) -> None:
    assert are_apart(parse_address(one), parse_address(other), parse_mask(mask)) == expected
