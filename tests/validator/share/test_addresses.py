"""Relations between addresses survive, and so does what kind of address one is."""

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from sessionlint.share.addresses import AddressPseudonyms, is_kept_block, written
from sessionlint.share.prefix_preserving import PrefixPreserving
from sessionlint.share.pseudonyms import Pseudonyms
from sessionlint_rules.addresses import NOT_PUBLIC, PUBLIC_INSIDE, parse_address, parse_prefix, parse_range
from sessionlint_rules.network_profile import malformed_bssid
from sessionlint_rules.traceroute import reserved_asn

PSEUDONYMS = Pseudonyms(b"a key of the tests")
ADDRESSES = AddressPseudonyms(PSEUDONYMS)
OTHERS = AddressPseudonyms(Pseudonyms(b"another key of the tests"))
BITS = {4: 32, 6: 128}

EDGES = [ip_network(text) for text in (*NOT_PUBLIC, *PUBLIC_INSIDE, "64:ff9b::/96", "::ffff:0:0/96", "2000::/3")]


def near_edges(version: int) -> st.SearchStrategy[int]:
    """Numbers in special blocks, and just outside of them."""
    edges = [n for n in EDGES if n.version == version]
    inside = st.sampled_from(edges).flatmap(
        lambda network: st.integers(int(network.network_address), int(network.broadcast_address))
    )
    top = (1 << BITS[version]) - 1
    beside = st.sampled_from(edges).flatmap(
        lambda network: st.sampled_from(
            [max(0, int(network.network_address) - 1), min(top, int(network.broadcast_address) + 1)]
        )
    )
    return inside | beside | st.integers(0, top)


@st.composite
def pairs(draw: st.DrawFn, version: int, fewest_bits: int = 0) -> tuple[int, int]:
    """Two numbers that share some leading bits, and maybe more."""
    bits = BITS[version]
    one = draw(near_edges(version))
    low = draw(st.integers(0, bits - fewest_bits))
    return one, one >> low << low | draw(st.integers(0, (1 << low) - 1))


def shared_bits(one: int, other: int, bits: int) -> int:
    return bits - (one ^ other).bit_length()


@given(pairs(4))
def test_ipv4_addresses_share_as_many_leading_bits_as_their_pseudonyms_from_eight_on(pair: tuple[int, int]) -> None:
    before = shared_bits(*pair, 32)
    after = shared_bits(ADDRESSES.number(4, pair[0]), ADDRESSES.number(4, pair[1]), 32)
    assert before == after if before >= 8 else after < 8


@pytest.mark.parametrize("version", [4, 6])
@given(st.data())
def test_a_kept_block_is_the_same_under_any_key(version: int, data: st.DataObject) -> None:
    number, host_bits = data.draw(near_edges(version)), data.draw(st.integers(0, BITS[version]))
    first = number >> host_bits << host_bits
    prefix = f"{written(version, first)}/{BITS[version] - host_bits}"
    ends = f"{written(version, first)}-{written(version, first + (1 << host_bits) - 1)}"
    assert is_kept_block(prefix) == is_kept_block(ends)
    if is_kept_block(prefix):
        for pseudonyms in (ADDRESSES, OTHERS):
            assert pseudonyms.prefix(prefix) == prefix
            assert pseudonyms.range(ends, ()) == ends


@pytest.mark.parametrize("text", NOT_PUBLIC)
def test_special_blocks_are_kept(text: str) -> None:
    assert is_kept_block(text)


@pytest.mark.parametrize(
    "text", ["10.0.0.0/9", "10.0.0.1/8", "8.0.0.0/5", "10.0.0.0-10.0.0.1", "2001::/16", "x", "10.0.0.0"]
)
def test_others_are_not(text: str) -> None:
    assert not is_kept_block(text)


def is_public(number: int) -> bool:
    address = parse_address(written(6, number))
    assert address is not None
    return address.is_public


def realm(number: int) -> object:
    """What addresses must have in common for their prefixes to be compared: the space of the public ones, or a block."""
    if number >> 125 in (1, 2) and is_public(number):
        return number >> 125
    if number >> 32 in (0xFFFF, 0x64FF9B << 64):
        return number >> 24  # of an IPv4 address inside, the first octet
    return next((str(network) for network in EDGES if network.version == 6 and ip_address(number) in network), None)


@given(pairs(6))
def test_ipv6_addresses_share_as_many_leading_bits_as_their_pseudonyms(pair: tuple[int, int]) -> None:
    assume(realm(pair[0]) == realm(pair[1]) is not None)
    made = ADDRESSES.number(6, pair[0]), ADDRESSES.number(6, pair[1])
    assert shared_bits(*made, 128) == shared_bits(*pair, 128)


@given(pairs(6))
def test_ipv6_addresses_stay_apart(pair: tuple[int, int]) -> None:
    assume(all(realm(number) is not None for number in pair))
    assert (pair[0] == pair[1]) == (ADDRESSES.number(6, pair[0]) == ADDRESSES.number(6, pair[1]))


@given(st.integers(0x2000 << 112, (0x4000 << 112) - 1).filter(is_public))
def test_no_public_ipv6_address_is_a_pseudonym(number: int) -> None:
    assert ADDRESSES.number(6, number) >> 125 == 0b010


@pytest.mark.parametrize("version", [4, 6])
@given(data=st.data())
def test_a_pseudonym_is_of_the_same_kind_of_address(version: int, data: st.DataObject) -> None:
    number = data.draw(near_edges(version))
    text, made = written(version, number), written(version, ADDRESSES.number(version, number))
    before, after = parse_address(text), parse_address(made)
    assert before is not None
    assert after is not None
    assert (before.version, before.is_public, before.is_private) == (after.version, after.is_public, after.is_private)
    own, new = ip_address(text), ip_address(made)
    assert own.is_multicast == new.is_multicast
    assert own.is_loopback == new.is_loopback
    assert own.is_link_local == new.is_link_local


@pytest.mark.parametrize("kept", [[], [(0b1010_0000_0000_0000, 3)], [(0, 16), (0xFF00, 8)]])
def test_it_is_a_permutation_that_keeps_blocks(kept: list[tuple[int, int]]) -> None:
    tree = PrefixPreserving(PSEUDONYMS, "test", 16, kept)
    made = list(map(tree.pseudonym, range(1 << 16)))
    assert sorted(made) == list(range(1 << 16))
    for first, length in kept:
        block = range(first, first + (1 << (16 - length)))
        assert {made[number] for number in block} == set(block)


@pytest.mark.parametrize("text", ["0.0.0.0", "127.0.0.1", "255.255.255.255", "::", "::1", "::ffff:127.0.0.1"])
def test_what_names_nobody_stays(text: str) -> None:
    assert ADDRESSES.address(text) == text


@given(st.integers(0, 2**32 - 1))
def test_an_embedded_address_has_the_pseudonym_that_it_has_alone(number: int) -> None:
    alone = ADDRESSES.number(4, number)
    assert ADDRESSES.number(6, 0xFFFF << 32 | number) == 0xFFFF << 32 | alone
    assert ADDRESSES.number(6, 0x64FF9B << 96 | number) == 0x64FF9B << 96 | alone


@given(pairs(4), st.integers(8, 32) | st.just(0))
def test_an_address_is_in_a_prefix_if_its_pseudonym_is_in_the_prefix_s(pair: tuple[int, int], length: int) -> None:
    base, address = pair
    prefix, text = f"{written(4, base)}/{length}", written(4, address)
    made, made_text = ADDRESSES.prefix(prefix), ADDRESSES.address(text)
    block, made_block = parse_prefix(prefix), parse_prefix(made or "")
    inside, made_inside = parse_address(text), parse_address(made_text or "")
    assert block is not None
    assert made_block is not None
    assert inside is not None
    assert made_inside is not None
    assert made_block.has_host_bits == block.has_host_bits
    assert (made_block.first <= made_inside.number <= made_block.last) == (block.first <= inside.number <= block.last)


@given(
    st.integers(0, 2**32 - 1),
    st.integers(0, 2**12),
    st.lists(st.integers(-64, 2**12 + 64), max_size=2),
)
@example((84 << 24) - 5, 10, [2, 7])
def test_a_range_has_the_addresses_inside_that_it_had(first: int, size: int, offsets: list[int]) -> None:
    last = min(first + size, 2**32 - 1)
    others = [written(4, min(max(first + offset, 0), 2**32 - 1)) for offset in offsets]
    text = f"{written(4, first)}-{written(4, last)}"
    made = parse_range(ADDRESSES.range(text, others) or "")
    assert made is not None
    for other in others:
        before, after = parse_address(other), parse_address(ADDRESSES.address(other) or "")
        assert before is not None
        assert after is not None
        is_inside = made.first <= after.number <= made.last
        was_inside = first <= before.number <= last
        # Of two addresses, one inside and one outside, only the one inside decides.
        assert is_inside == was_inside


@pytest.mark.parametrize(
    ("text", "is_range"),
    [
        ("84.255.241.0-84.255.241.255", True),
        ("84.255.241.255-84.255.241.0", False),  # the wrong way round
        ("84.255.241.0-2001:db8::ff", False),
    ],
)
def test_a_range_stays_as_right_or_wrong_as_it_is(text: str, is_range: bool) -> None:
    made = ADDRESSES.range(text, [])
    assert made
    assert (parse_range(made) is not None) == is_range


def test_a_range_that_is_a_block_becomes_the_block_of_its_pseudonym() -> None:
    first, _, last = (ADDRESSES.range("84.255.241.0-84.255.241.255", []) or "").partition("-")
    assert first.endswith(".0")
    assert last == first.removesuffix(".0") + ".255"


def test_a_network_s_address_has_no_bits_beyond_its_mask() -> None:
    assert (ADDRESSES.network("10.1.2.0", "255.255.255.0") or "").endswith(".0")
    assert (ADDRESSES.network("2a01:260:1:2::", "64") or "").endswith("::")
    assert ADDRESSES.network("10.1.2.3", "255.255.255.0") == ADDRESSES.address("10.1.2.3")


def test_another_key_gives_other_pseudonyms() -> None:
    text = "84.255.241.1"
    assert ADDRESSES.address(text) == AddressPseudonyms(PSEUDONYMS).address(text)
    assert ADDRESSES.address(text) != OTHERS.address(text)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("4c:ba:ba:f4:fa:fa", "4c:ba:ba:"),
        ("4C-BA-BA-F4-FA-FA", "4C-BA-BA-"),
        ("4c:b:0:f4:fa:fa", "4c:b:0:"),
        ("4cba.baf4.fafa", "4cba.ba"),
        ("4CBABAF4FAFA", "4CBABA"),
        ("4cba.baxx.xxxx", "4cba.baxx.xxxx"),
        ("4c:ba:ba:xx:xx:xx", "4c:ba:ba:xx:xx:xx"),
        ("4C-BA-BA-XX-XX-XX", "4C-BA-BA-XX-XX-XX"),
        ("4c:ba:ba:f4:**:**", "4c:ba:ba:xx:xx:xx"),
        ("00:00:00:00:00:00", "00:00:00:00:00:00"),
        ("ff:ff:ff:ff:ff:ff", "ff:ff:ff:ff:ff:ff"),
    ],
)
def test_a_bssid_keeps_its_vendor_and_its_notation(text: str, kept: str) -> None:
    made = ADDRESSES.bssid(text)
    assert made
    assert made.startswith(kept)
    assert (made == text) == ("x" in text.lower() or text in ("00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff"))
    assert len(made) == len(text) or ":" in text
    assert malformed_bssid.check is not None
    assert malformed_bssid.check({"bssid": made}) is None


@given(st.sets(st.integers(0, 2**24 - 1), min_size=2, max_size=20))
def test_access_points_of_one_vendor_stay_apart(stations: set[int]) -> None:
    texts = {":".join(f"{octet:02x}" for octet in (0x4CBABA << 24 | station).to_bytes(6)) for station in stations}
    assert len({ADDRESSES.bssid(text) for text in texts}) == len(texts)


@given(st.integers(0, 2**32 - 1) | st.integers(64490, 65560) | st.integers(23450, 23460) | st.integers(-5, 5))
def test_a_rule_says_the_same_of_an_as_number_s_pseudonym(number: int) -> None:
    assert reserved_asn.check is not None
    made = ADDRESSES.asn(number)
    before, after = (reserved_asn.check({"asn": each}) for each in (number, made))
    assert (before is None) == (after is None)
    assert (0 <= number <= 0xFFFFFFFF) == (0 <= made <= 0xFFFFFFFF)


@pytest.mark.parametrize("number", [3356, 64496, 64512, 66000, 200000, 4200000000])
def test_an_as_number_of_any_use_becomes_another_one(number: int) -> None:
    assert ADDRESSES.asn(number) != number


@given(st.sets(st.integers(64490, 65560) | st.integers(0, 2**32 - 1), min_size=2, max_size=20))
def test_as_numbers_stay_apart(numbers: set[int]) -> None:
    assert len(set(map(ADDRESSES.asn, numbers))) == len(numbers)
