"""Rules about the network profile: boundaries, near misses and absent fields beyond the examples on their pages."""

import ipaddress
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sessionlint import check
from support_rules import NOTHING, PROFILE, WIRELESS, Found, changed, found


def profile(**changes: Any) -> dict[str, Any]:
    return changed(PROFILE, changes)


def told(rule: str, severity: str, field: str) -> list[Found]:
    return [(rule, severity, f"{PROFILE}/{field}")]


PRF003 = told("PRF003", "warning", "ipAddress")
PRF004 = told("PRF004", "info", "gateway")
IPV6 = {"ipAddress": "2001:db8::13", "localPrefix": "2001:db8::", "gateway": "fe80::1", "subnetMask": "64"}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        # Malformed addresses: every one is told, and nothing is concluded from it.
        ({"ipAddress": "10.0.0.13/24"}, told("PRF001", "warning", "ipAddress")),
        ({"ipAddress": ""}, told("PRF001", "info", "ipAddress")),
        ({"ipAddress": " "}, told("PRF001", "warning", "ipAddress")),
        ({"gateway": "*"}, told("PRF001", "warning", "gateway")),
        ({"publicIpAddress": "84.255.241"}, told("PRF001", "warning", "publicIpAddress")),
        ({"localPrefix": "10.0.0.0/33"}, told("PRF001", "warning", "localPrefix")),
        ({"localPrefix": "10.0.0.0/255.255.255.0"}, told("PRF001", "warning", "localPrefix")),
        ({"localPrefix": ""}, told("PRF001", "info", "localPrefix")),
        ({"localPrefix": "10.0.0.7/24"}, NOTHING),
        (
            {"dnsServers": ["8.8.8.8", "", "dns"]},
            [
                *told("PRF001", "info", "dnsServers/1"),
                *told("PRF001", "warning", "dnsServers/2"),
            ],
        ),
        ({"dnsServers": ["fe80::1%eth0", "::1", "127.0.0.53"]}, NOTHING),
        ({"dnsServers": ...}, NOTHING),
        (
            {"ipAddress": "x", "gateway": "y"},
            told("PRF001", "warning", "ipAddress") + told("PRF001", "warning", "gateway"),
        ),
        # The mask.
        ({"subnetMask": ""}, told("PRF002", "warning", "subnetMask")),
        ({"subnetMask": "0xffffff00"}, told("PRF002", "warning", "subnetMask")),
        ({"subnetMask": "255.255.255.1"}, told("PRF002", "warning", "subnetMask")),
        ({"subnetMask": "/24"}, NOTHING),
        ({"subnetMask": "0.0.0.0"}, NOTHING),
        ({"subnetMask": ...}, NOTHING),
        # Address, mask and prefix.
        ({"ipAddress": "10.0.0.0"}, NOTHING),
        ({"ipAddress": "10.0.1.0"}, PRF003),
        ({"ipAddress": "10.0.1.0", "subnetMask": "23"}, NOTHING),
        ({"ipAddress": "10.0.1.0", "subnetMask": "64"}, NOTHING),
        ({"ipAddress": "10.0.1.0", "subnetMask": "ffff:ffff::"}, NOTHING),
        ({"ipAddress": "10.0.1.0", "subnetMask": ...}, NOTHING),
        ({"ipAddress": "10.0.1.0", "subnetMask": ..., "localPrefix": "10.0.0.0/24"}, PRF003),
        ({"ipAddress": "10.0.1.0", "localPrefix": "10.0.0.0/16", "gateway": "10.0.1.1"}, NOTHING),
        ({"ipAddress": "10.0.1.0", "localPrefix": ..., "gateway": "10.0.1.1"}, NOTHING),
        ({"localPrefix": "2001:db8::"}, NOTHING),
        ({**IPV6}, NOTHING),
        ({**IPV6, "ipAddress": "2001:db8:0:1::13"}, PRF003),
        ({**IPV6, "ipAddress": "2001:db8::13%en0"}, NOTHING),
        # The gateway.
        ({"gateway": "10.0.0.255"}, NOTHING),
        ({"gateway": "10.0.1.0"}, PRF004),
        ({"gateway": "10.0.1.0", "hardwareType": "WIRELESS"}, PRF004),
        ({"gateway": "10.0.1.0", "hardwareType": "Ethernet", "wirelessProfile": ...}, PRF004),
        ({"gateway": "10.0.1.0", "hardwareType": "Loopback", "wirelessProfile": ...}, NOTHING),
        ({"gateway": "10.0.1.0", "hardwareType": "Modem"}, NOTHING),
        ({"gateway": "10.0.1.0", "hardwareType": ...}, NOTHING),
        ({"gateway": "10.0.1.0", "subnetMask": ...}, NOTHING),
        ({"gateway": "10.0.1.0", "subnetMask": "29", "localPrefix": "10.0.0.8"}, PRF004),
        ({"gateway": "10.0.1.0", "subnetMask": "30", "localPrefix": "10.0.0.12"}, NOTHING),
        ({"gateway": "fe80::1%en0"}, NOTHING),
        ({**IPV6, "gateway": "2001:db8:0:1::1"}, NOTHING),
        ({**IPV6, "gateway": "2001:dc8::1", "subnetMask": "28", "localPrefix": "2001:db0::"}, NOTHING),
        ({"gateway": ...}, NOTHING),
        ({"ipAddress": "10.0.1.13", "gateway": "10.0.0.1"}, PRF003),
        # The range of the public address.
        ({"publicIpRange": ""}, told("PRF005", "warning", "publicIpRange")),
        ({"publicIpRange": "84.255.241.0 - 84.255.241.255"}, told("PRF005", "warning", "publicIpRange")),
        ({"publicIpRange": "84.255.241.1-84.255.241.1"}, NOTHING),
        ({"publicIpRange": ...}, NOTHING),
        ({"publicIpAddress": "84.255.241.0"}, NOTHING),
        ({"publicIpAddress": "84.255.240.255"}, told("PRF006", "warning", "publicIpAddress")),
        ({"publicIpAddress": "84.255.242.0"}, told("PRF006", "warning", "publicIpAddress")),
        ({"publicIpAddress": "2001:db8::1"}, NOTHING),
        ({"publicIpAddress": ...}, NOTHING),
        # A range that is of another network is one defect, although two addresses are not in it.
        ({"publicIpRange": "1.0.0.0-1.0.0.255"}, told("PRF006", "warning", "publicIpAddress")),
        ({"publicIpRange": "1.0.0.0-1.0.0.255", "publicIpAddress": "1.0.0.1"}, [("PRF007", "info", "sourceAddr")]),
        ({"publicIpRange": "1.0.0.0-1.0.0.255", "publicIpAddress": ...}, [("PRF007", "info", "sourceAddr")]),
        # Hardware and wireless profile.
        ({"wirelessProfile": ...}, told("PRF012", "info", "hardwareType")),
        ({"wirelessProfile": ..., "hardwareType": "wireless"}, told("PRF012", "info", "hardwareType")),
        ({"wirelessProfile": ..., "hardwareType": "Ethernet"}, NOTHING),
        ({"wirelessProfile": ..., "hardwareType": ...}, NOTHING),
        ({"hardwareType": "ETHERNET"}, told("PRF012", "info", "hardwareType")),
        ({"hardwareType": "other"}, NOTHING),
        ({"hardwareType": "Unknown"}, NOTHING),
        ({"hardwareType": ...}, NOTHING),
        ({"hardwareType": "Ethernet "}, told("PRF013", "info", "hardwareType")),
        ({"hardwareType": "Wi-Fi"}, told("PRF013", "info", "hardwareType")),
        ({"type": "Wireless"}, NOTHING),
        # What is wrong beside it does not hide it; a wireless profile that cannot be read is there.
        (
            {"hardwareType": "Ethernet", "gateway": None},
            [*told("PRF012", "info", "hardwareType"), *told("SCH005", "warning", "gateway")],
        ),
        ({"wirelessProfile": None}, told("SCH005", "warning", "wirelessProfile")),
        ({"wirelessProfile": 5}, told("SCH002", "error", "wirelessProfile")),
    ],
)
def test_a_profile_with_other_fields(changes: dict[str, Any], expected: list[Found]) -> None:
    assert found(profile(**changes)) == expected


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("84.255.241.0", NOTHING),
        ("84.255.241.255", NOTHING),
        ("84.255.240.255", [("PRF007", "info", "sourceAddr")]),
        ("84.255.242.0", [("PRF007", "info", "sourceAddr")]),
        ("2a00:1450:4001:80f::200e", NOTHING),
        ("10.0.0.13", [("SES007", "warning", "sourceAddr")]),
        ("x", [("SES007", "error", "sourceAddr")]),
    ],
)
def test_the_source_address_and_the_public_range(address: str, expected: list[Found]) -> None:
    assert found(changed("", {"sourceAddr": address})) == expected


@pytest.mark.parametrize("network", [{}, {"networkProfile": {}}])
def test_a_source_address_without_a_profile_is_fine(network: dict[str, Any]) -> None:
    assert found(changed("", {"sourceAddr": "89.210.0.1", "network": network})) == NOTHING


@pytest.mark.parametrize("broken", [None, "802.11n", []])
def test_a_wireless_profile_that_cannot_be_read_is_not_missed(broken: Any) -> None:
    assert "PRF012" not in [rule for rule, _, _ in found(profile(wirelessProfile=broken))]


@pytest.mark.parametrize(
    ("bssid", "is_fine"),
    [
        ("4c:ba:ba:f4:fa:fa", True),
        ("4C-BA-BA-F4-FA-FA", True),
        ("0:0:0:0:0:0", True),
        ("ff:ff:ff:ff:ff:ff", True),
        ("", True),
        ("<redacted>", True),
        ("Unknown", True),
        ("4c:ba:ba:xx:xx:xx", True),
        ("4c:ba:ba:**:**:**", True),
        ("4cba.baf4.fafa", True),
        ("4CBABAF4FAFA", True),
        ("4cba.baxx.xxxx", True),
        ("4cba.baf4.faf", False),
        ("4cba.baf4fafa", False),
        ("4cbabaf4faf", False),
        ("4c.ba.ba.f4.fa.fa", False),
        ("4c:ba:ba:f4:fa", False),
        ("4c:ba:ba:f4:fa:fa:", False),
        ("4c:ba:ba:f4:fa:fa:fa", False),
        ("4c:ba:ba:f4:fa:faf", False),
        ("4c:ba:ba:f4::fa", False),
        ("4g:ba:ba:f4:fa:fa", False),
        (" 4c:ba:ba:f4:fa:fa", False),
        ("4c:ba:ba:f4:fa:fa\n", False),
        ("４c:ba:ba:f4:fa:fa", False),
        ("Internet for the masses", False),
        pytest.param("4c:" * 100_000, False, id="long"),
    ],
)
def test_a_bssid(bssid: str, is_fine: bool) -> None:
    expected = NOTHING if is_fine else [("PRF008", "warning", f"{WIRELESS}/bssid")]
    assert found(changed(WIRELESS, {"bssid": bssid})) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"rssi": -120, "noise": -120}, NOTHING),
        ({"rssi": 0, "noise": 0}, NOTHING),
        ({"rssi": -120.5}, [("PRF009", "rssi")]),
        ({"rssi": 1}, [("PRF009", "rssi")]),
        ({"noise": 1}, [("PRF009", "noise")]),
        ({"rssi": 38, "noise": 95}, [("PRF009", "rssi"), ("PRF009", "noise")]),
        ({"quality": 0}, NOTHING),
        ({"quality": 100.0}, NOTHING),
        ({"quality": -1}, [("PRF009", "quality")]),
        ({"quality": 100.5}, [("PRF009", "quality")]),
        ({"txRate": 0}, NOTHING),
        ({"txRate": -0.5}, [("PRF009", "txRate")]),
        ({"rssi": ..., "noise": ..., "quality": ..., "txRate": ...}, NOTHING),
        # The signal under the noise.
        ({"rssi": -96}, [("PRF011", "rssi")]),
        ({"rssi": -95}, NOTHING),
        ({"rssi": -120}, [("PRF011", "rssi")]),
        ({"rssi": -38, "noise": -21}, [("PRF011", "rssi")]),
        ({"rssi": -38, "noise": -20}, NOTHING),
        ({"rssi": -38, "noise": 0}, NOTHING),
        ({"rssi": -38, "noise": ...}, NOTHING),
        ({"rssi": -121}, [("PRF009", "rssi")]),
        ({"rssi": -38, "noise": 5}, [("PRF009", "noise")]),
        ({"rssi": -96, "quality": 101}, [("PRF009", "quality"), ("PRF011", "rssi")]),
    ],
)
def test_the_signal(changes: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert found(changed(WIRELESS, changes)) == [(rule, "warning", f"{WIRELESS}/{field}") for rule, field in expected]


def interface(network: ipaddress.IPv4Network, address: Any, mask: str) -> dict[str, Any]:
    """A profile of an interface that is the gateway itself, so that only address, mask and prefix matter."""
    first = str(network.network_address)
    return profile(ipAddress=str(address), gateway=str(address), localPrefix=first, subnetMask=mask)


@given(st.ip_addresses(v=4), st.integers(0, 32), st.data())
def test_an_address_is_inside_its_prefix_and_outside_once_a_bit_of_it_turns(
    address: ipaddress.IPv4Address, length: int, data: st.DataObject
) -> None:
    network = ipaddress.IPv4Network((address, length), strict=False)
    mask = data.draw(st.sampled_from([str(network.netmask), str(length), f"/{length}"]))
    assert found(interface(network, address, mask)) == NOTHING
    assume(length)
    bit = data.draw(st.integers(32 - length, 31))
    elsewhere = ipaddress.IPv4Address(int(address) ^ 1 << bit)
    assert found(interface(network, elsewhere, mask)) == PRF003


@given(st.ip_addresses(v=4), st.integers(0, 29), st.integers(0, 2**32 - 1), st.sampled_from(["Ethernet", "wireless"]))
def test_a_gateway_is_told_where_it_is_not_on_the_subnet(
    address: ipaddress.IPv4Address, length: int, other: int, hardware: str
) -> None:
    network = ipaddress.IPv4Network((address, length), strict=False)
    gateway = ipaddress.IPv4Address(other)
    payload = profile(
        ipAddress=str(address),
        localPrefix=str(network),
        subnetMask=str(network.netmask),
        gateway=str(gateway),
        hardwareType=hardware,
        wirelessProfile={} if hardware == "wireless" else ...,
    )
    is_told = gateway not in network and not gateway.is_unspecified
    assert found(payload) == (PRF004 if is_told else NOTHING)


@given(st.ip_addresses(), st.ip_addresses(), st.ip_addresses())
def test_the_public_address_is_told_where_it_is_not_in_the_range(first: Any, last: Any, address: Any) -> None:
    payload = profile(publicIpRange=f"{first}-{last}", publicIpAddress=str(address))
    rules = {finding.rule for finding in check(payload).findings} - {"PRF007"}
    if first.version != last.version or first > last:
        assert rules == {"PRF005"}
    else:
        is_outside = address.version == first.version and not first <= address <= last
        assert rules == ({"PRF006"} if is_outside else set())


def test_the_remedy_of_an_empty_address_is_not_to_write_one() -> None:
    (finding,) = check(changed(PROFILE, {"gateway": ""})).findings
    assert finding.help == "Leave the field out if there is no address."
