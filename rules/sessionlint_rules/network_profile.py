"""Rules about the network profile: addresses, hardware, wireless."""

import re
from typing import Final, Literal

from sessionlint.finding import INFO, WARNING, Path, Problem, note, problem
from sessionlint.payload import NetworkProfile, Session, WirelessProfile, lacks
from sessionlint.rule import ARITHMETIC, EXAMPLE, PLAUSIBLE, STANDARD, Outcome, rule
from sessionlint_rules.addresses import are_apart, is_outside, parse_address, parse_mask, parse_prefix, parse_range
from sessionlint_rules.remembering import remembered

_INTERFACE: Final = (
    "dnsServers",
    "gateway",
    "hardwareType",
    "ipAddress",
    "localPrefix",
    "publicIpAddress",
    "publicIpRange",
    "subnetMask",
)
"""The fields of a profile that stay what they are, session after session of an agent."""


@rule("PRF001", on=NetworkProfile, severity=WARNING, basis=EXAMPLE, reads=_INTERFACE)
def malformed_address(profile: NetworkProfile) -> Outcome:
    """An address of the network profile is no IP address.

    It is told of ipAddress, gateway, publicIpAddress, localPrefix and every entry of dnsServers. What
    can't be read can't be compared: the other rules of the profile are silent about it. An empty
    address is an info: the interface has none. IPv6 addresses may have a zone, and localPrefix a length.

    Seen: the documentation's example has one IP address in each of these fields, localPrefix without a length.
    Remedy: Write one IPv4 or IPv6 address, without port or comment.

    Bad:
        {"ipAddress": "10.0.0.256"}
    Bad: a name
        {"gateway": "router.local"}
    Bad: two in one
        {"dnsServers": ["8.8.8.8, 8.8.4.4"]}
    Bad: a length over 32
        {"localPrefix": "10.0.0.0/33"}
    Bad: no address at all
        {"gateway": ""}
    Good: a zone
        {"gateway": "fe80::1%en0", "dnsServers": ["fe80::1%en0", "2001:4860:4860::8888"]}
    Good: a length
        {"localPrefix": "10.0.0.0/24"}
    Good: no resolver
        {"dnsServers": []}
    """
    problems = [
        _no_address((name,), name, profile[name])
        for name in _ADDRESSES
        if name in profile and parse_address(profile[name]) is None
    ]
    if "localPrefix" in profile:
        text = profile["localPrefix"]
        if parse_address(text) is None and parse_prefix(text) is None:
            problems.append(_no_address(("localPrefix",), "localPrefix", text))
    if "dnsServers" in profile:
        for index, server in enumerate(profile["dnsServers"]):
            if server is not None and parse_address(server) is None:
                problems.append(_no_address(("dnsServers", index), "the DNS server", server))
    return problems or None


_ADDRESSES: Final[tuple[Literal["ipAddress", "gateway", "publicIpAddress"], ...]] = (
    "ipAddress",
    "gateway",
    "publicIpAddress",
)


def _no_address(path: Path, what: str, text: str) -> Problem:
    if not text:
        return problem(path, f"{what} is empty", severity=INFO, help="Leave the field out if there is no address.")
    return problem(path, f"{what} is {{}}, not an IP address", text)


@rule("PRF002", on=NetworkProfile, severity=WARNING, basis=STANDARD, needs=("subnetMask",), reads=_INTERFACE)
def malformed_mask(profile: NetworkProfile) -> Outcome:
    """The subnet mask is no mask.

    A mask is a run of one bits, then a run of zero bits, written as an address of either family, or
    the number of ones. The inverted form that access lists use (0.0.0.255) is another thing.

    Standard: RFC 4632: the bits of a mask are contiguous; RFC 4291: an IPv6 prefix is told by its length.
    Remedy: Write the mask of the interface: 255.255.255.0, ffff:ffff:ffff:ffff:: or a length as 24.

    Bad: inverted
        {"subnetMask": "0.0.0.255"}
    Bad: with a gap
        {"subnetMask": "255.0.255.0"}
    Bad: no length of any family
        {"subnetMask": "129"}
    Bad:
        {"subnetMask": "255.255.255"}
    Good: a length
        {"subnetMask": "24"}
    Good: an interface that is alone on its link
        {"ipAddress": "10.8.0.6", "localPrefix": "10.8.0.6", "gateway": "10.8.0.5", "subnetMask": "255.255.255.255"}
    Good: IPv6
        {"ipAddress": "2001:db8::13", "localPrefix": "2001:db8::", "gateway": "fe80::1%en0",
         "subnetMask": "ffff:ffff:ffff:ffff::"}
    """
    if parse_mask(profile["subnetMask"]) is not None:
        return None
    return problem("subnetMask", "subnetMask is {}, not a contiguous mask", profile["subnetMask"])


@rule(
    "PRF003",
    on=NetworkProfile,
    severity=WARNING,
    basis=ARITHMETIC,
    needs=("ipAddress", "localPrefix"),
    reads=_INTERFACE,
)
def address_outside_prefix(profile: NetworkProfile) -> Outcome:
    """The address is not in the local prefix.

    The network address of an interface follows from its address and mask. Where another one is given,
    the three were not read at the same time, or of the same interface. The length of the prefix is its
    own, or else that of subnetMask.

    Reason: an address under its mask is the address of its network.
    Remedy: Read address, mask and prefix of one interface again.

    Bad:
        {"ipAddress": "10.0.1.13"}
    Bad: one address beyond the end
        {"ipAddress": "10.0.0.16", "subnetMask": "255.255.255.240"}
    Bad: the prefix has its own length
        {"ipAddress": "10.0.0.16", "localPrefix": "10.0.0.0/28"}
    Good: the last address
        {"ipAddress": "10.0.0.255"}
    Good: a wider mask
        {"ipAddress": "10.0.1.13", "subnetMask": "255.255.254.0"}
    Good: carrier-grade NAT, and a tunnel's own address as its prefix
        {"ipAddress": "100.64.3.7", "localPrefix": "100.64.3.7", "subnetMask": "255.255.255.255",
         "gateway": "100.64.0.1"}
    Good: families are not compared
        {"ipAddress": "2001:db8::13"}
    """
    address, text = parse_address(profile["ipAddress"]), profile["localPrefix"]
    under_mask = are_apart(address, parse_address(text), parse_mask(profile.get("subnetMask", "")))
    if not under_mask and not is_outside(address, parse_prefix(text)):
        return None
    related = [note("localPrefix", "localPrefix is {}", text)]
    if under_mask:
        related.append(note("subnetMask", "subnetMask is {}", profile["subnetMask"]))
    words = "ipAddress is {}, which is not in localPrefix"
    return problem("ipAddress", words, profile["ipAddress"], related=tuple(related))


_LONGEST_SUBNET_LENGTH = 29
"""Longer masks are those of point-to-point links and tunnels, whose gateway may be anywhere."""


@rule(
    "PRF004",
    on=NetworkProfile,
    severity=INFO,
    basis=PLAUSIBLE,
    needs=("gateway", "ipAddress", "subnetMask", "hardwareType"),
    reads=_INTERFACE,
    unless=("PRF003",),
)
def gateway_outside_subnet(profile: NetworkProfile) -> Outcome:
    """The gateway is not on the subnet of ipAddress.

    On Ethernet and on wireless the gateway is a neighbour: what is not on the subnet can't be reached
    without it. It is asked of IPv4 only, where the mask has 29 bits or fewer, and of the hardware types
    Ethernet and Wireless: tunnels, modems and point-to-point links have such gateways rightly.

    Reason: a default gateway is on the link; where it is not, it is often that of another interface.
    Remedy: Compare with the routing table of the agent's computer.

    Bad:
        {"gateway": "10.0.1.1"}
    Bad: with 29 bits
        {"subnetMask": "255.255.255.248", "ipAddress": "10.0.0.2", "gateway": "10.0.0.9"}
    Good: with 30 bits
        {"subnetMask": "255.255.255.252", "ipAddress": "10.0.0.2", "gateway": "10.0.0.9"}
    Good: a tunnel
        {"gateway": "10.0.1.1", "hardwareType": "Virtual"}
    Good: no gateway, as routing tables write it
        {"gateway": "0.0.0.0"}
    Good: IPv6 has link-local gateways
        {"ipAddress": "2001:db8::13", "gateway": "fe80::1", "localPrefix": "2001:db8::", "subnetMask": "64"}
    """
    address, mask = parse_address(profile["ipAddress"]), parse_mask(profile["subnetMask"])
    if profile["gateway"] == _NO_GATEWAY or not are_apart(address, parse_address(profile["gateway"]), mask):
        return None
    if profile["hardwareType"].lower() not in _SHARED_MEDIA or (address and address.version != 4):
        return None
    if mask and mask.length > _LONGEST_SUBNET_LENGTH:
        return None
    return problem(
        "gateway",
        "gateway is {}, which is not on the subnet of ipAddress",
        profile["gateway"],
        related=(
            note("ipAddress", "ipAddress is {}", profile["ipAddress"]),
            note("subnetMask", "subnetMask is {}", profile["subnetMask"]),
        ),
    )


_NO_GATEWAY: Final = "0.0.0.0"  # noqa: S104 - no address to bind to
_SHARED_MEDIA: Final = ("ethernet", "wireless")


@rule("PRF005", on=NetworkProfile, severity=WARNING, basis=EXAMPLE, needs=("publicIpRange",), reads=_INTERFACE)
def malformed_range(profile: NetworkProfile) -> Outcome:
    """The public range is not of the form first-last.

    Both ends of publicIpRange are addresses of one family, and the first is not after the last.

    Seen: the documentation's example has "84.255.241.0-84.255.241.255".
    Remedy: Write the first address, a hyphen, and the last one.

    Bad: a prefix
        {"publicIpRange": "84.255.241.0/24"}
    Bad: the wrong way round
        {"publicIpRange": "84.255.241.255-84.255.241.0"}
    Bad: two families
        {"publicIpRange": "84.255.241.0-2001:db8::ff"}
    Good: one address
        {"publicIpRange": "84.255.241.1-84.255.241.1"}
    Good: IPv6
        {"publicIpRange": "2001:db8::-2001:db8::ffff"}
    """
    if parse_range(profile["publicIpRange"]) is not None:
        return None
    return problem("publicIpRange", "publicIpRange is {}, not first-last of one family", profile["publicIpRange"])


@rule(
    "PRF006",
    on=NetworkProfile,
    severity=WARNING,
    basis=ARITHMETIC,
    needs=("publicIpAddress", "publicIpRange"),
    reads=_INTERFACE,
)
def public_address_outside_range(profile: NetworkProfile) -> Outcome:
    """The public address is not in the public range.

    The range is that of the network which the public address belongs to, so one of the two is of
    another moment or another network.

    Reason: an address is in the range it was looked up in.
    Remedy: Save the session again, or put right whichever of the two was edited.

    Bad: just after the last
        {"publicIpRange": "84.255.240.0-84.255.241.0"}
    Bad:
        {"publicIpAddress": "84.255.242.1"}
    Good: the last
        {"publicIpAddress": "84.255.241.255"}
    Good: families are not compared
        {"publicIpAddress": "2001:db8::13"}
    """
    if not is_outside(parse_address(profile["publicIpAddress"]), parse_range(profile["publicIpRange"])):
        return None
    return problem(
        "publicIpAddress",
        "publicIpAddress is {}, which is not in publicIpRange",
        profile["publicIpAddress"],
        related=(note("publicIpRange", "publicIpRange is {}", profile["publicIpRange"]),),
    )


@rule("PRF007", on=Session, severity=INFO, basis=PLAUSIBLE, needs=("sourceAddr", "network"))
def source_address_mismatch(session: Session) -> Outcome:
    """The source address is not in the public range.

    The controller saw the agent come from another network than the one which the agent found itself
    in: a proxy, a VPN or a split tunnel between them, or a session that roamed. It matters when the
    paths are compared: what the user's browser did and what the agent measured may differ.

    Documented: "public IP address of the endpoint agent during the session"
    Reason: both are the agent's public address, but they are seen from two places.
    Remedy: Find out whether a proxy or a VPN lies between the agent and the controller.

    Bad:
        {"sourceAddr": "89.210.0.1"}
    Good: the first address of the range
        {"sourceAddr": "84.255.241.0"}
    Good: families are not compared
        {"sourceAddr": "2a00:1450:4001:80f::200e"}
    """
    profile = session["network"].get("networkProfile")
    if not profile or "publicIpRange" not in profile:
        return None
    address, block = parse_address(session["sourceAddr"]), parse_range(profile["publicIpRange"])
    # An address that is not public is SES007, one that is the profile's own outside of its range PRF006.
    if not is_outside(address, block) or address is None or not address.is_public:
        return None
    if address == parse_address(profile.get("publicIpAddress", "")):
        return None
    place = ("network", "networkProfile", "publicIpRange")
    return problem(
        "sourceAddr",
        "sourceAddr is {}, which is not in publicIpRange",
        session["sourceAddr"],
        related=(note(place, "publicIpRange is {}", profile["publicIpRange"]),),
    )


# Octets of one or two digits, or twelve digits with or without points; where they are masked, x, X or * stand for digits.
EUI_48: Final = re.compile(
    r"[0-9a-fx*]{1,2}(?:[:-][0-9a-fx*]{1,2}){5}|[0-9a-fx*]{4}(?:\.[0-9a-fx*]{4}){2}|[0-9a-fx*]{12}", re.IGNORECASE
)
WITHHELD: Final = frozenset(("", "-", "n/a", "none", "null", "unknown", "hidden", "redacted", "private", "withheld"))


@remembered
def _is_bssid(text: str) -> bool:
    return bool(EUI_48.fullmatch(text)) or text.lower().strip("<>()[] ") in WITHHELD


@rule("PRF008", on=WirelessProfile, severity=WARNING, basis=STANDARD, needs=("bssid",))
def malformed_bssid(wireless: WirelessProfile) -> Outcome:
    """The BSSID is no EUI-48.

    It names the access point, by six octets. Some systems write an octet under 16 with one digit, some
    separate by hyphens, by points or not at all, and some withhold it from programs without the permission
    to know where the user is: all of that is fine.

    Standard: IEEE 802.11: the BSSID is an address of 48 bits, an EUI-48 of IEEE 802.
    Remedy: Write six octets in hexadecimal, with colons between them.

    Bad: five octets
        {"bssid": "4c:ba:ba:f4:fa", "rssi": -38, "noise": -95}
    Bad: no hexadecimal digit
        {"bssid": "4c:ba:ba:f4:fa:fg", "rssi": -38, "noise": -95}
    Bad: an EUI-64
        {"bssid": "4c:ba:ba:ff:fe:f4:fa:fa", "rssi": -38, "noise": -95}
    Good: short octets
        {"bssid": "4c:b:0:f4:fa:fa", "rssi": -38, "noise": -95}
    Good: hyphens
        {"bssid": "4C-BA-BA-F4-FA-FA", "rssi": -38, "noise": -95}
    Good: three groups with points, as routers write them
        {"bssid": "4cba.baf4.fafa", "rssi": -38, "noise": -95}
    Good: no separators
        {"bssid": "4cbabaf4fafa", "rssi": -38, "noise": -95}
    Good: empty
        {"bssid": "", "rssi": -38, "noise": -95}
    Good: withheld
        {"bssid": "<redacted>", "rssi": -38, "noise": -95}
    """
    if _is_bssid(wireless["bssid"]):
        return None
    return problem("bssid", "bssid is {}, not six octets", wireless["bssid"])


WEAKEST_DBM: Final = -120
"""Of a signal or of noise: what is below is no measurement."""


@rule("PRF009", on=WirelessProfile, severity=WARNING, basis=STANDARD)
def signal_out_of_range(wireless: WirelessProfile) -> Outcome:
    """A figure of the wireless signal is out of its range.

    rssi and noise are in dBm: a receiver hears nothing under -120, and above 0 it would be the sender.
    quality is a percentage, and a rate is not negative.

    Standard: IEEE 802.11 reports power in dBm; thermal noise in a channel of 20 MHz is about -101 dBm.
    Remedy: Check the driver of the wireless interface; some give a percentage for rssi, or lose its sign.

    Bad: the sign is lost
        {"rssi": 38, "noise": -95}
    Bad: under any receiver
        {"rssi": -38, "noise": -121}
    Bad:
        {"quality": 101}
    Bad:
        {"txRate": -1}
    Good: at the edges
        {"rssi": 0, "noise": -120, "quality": 0, "txRate": 0}
    """
    problems = []
    rssi, noise = wireless.get("rssi", 0), wireless.get("noise", 0)
    if not WEAKEST_DBM <= rssi <= 0:
        problems.append(problem("rssi", "rssi is {} dBm, not between -120 and 0", rssi))
    if not WEAKEST_DBM <= noise <= 0:
        problems.append(problem("noise", "noise is {} dBm, not between -120 and 0", noise))
    if "quality" in wireless and not 0 <= wireless["quality"] <= 100:
        problems.append(problem("quality", "quality is {}, not between 0 and 100 percent", wireless["quality"]))
    if "txRate" in wireless and wireless["txRate"] < 0:
        problems.append(problem("txRate", "txRate is {} Mbit/s, which is negative", wireless["txRate"]))
    return problems or None


UNKNOWN_NOISE_DBM: Final = -20
"""Noise from here up is what a driver gives that doesn't know."""


@rule("PRF011", on=WirelessProfile, severity=WARNING, basis=PLAUSIBLE, needs=("rssi", "noise"))
def signal_under_noise(wireless: WirelessProfile) -> Outcome:
    """The signal is weaker than the noise.

    Wireless needs a signal some decibels above the noise to carry anything, so an interface that is
    connected has one. A noise of -20 dBm or more is what drivers give that don't measure it.

    Reason: no connection outlives a signal under the noise, but the two are not measured at the same moment.
    Remedy: Check whether the two were swapped.

    Bad:
        {"rssi": -95, "noise": -38}
    Good: as strong
        {"rssi": -90, "noise": -90}
    Good: the noise is unknown
        {"rssi": -38, "noise": 0}
    Good: just unknown
        {"rssi": -38, "noise": -20}
    """
    rssi, noise = wireless["rssi"], wireless["noise"]
    if not WEAKEST_DBM <= rssi < noise < UNKNOWN_NOISE_DBM:
        return None
    related = (note("noise", "noise is {} dBm", noise),)
    return problem("rssi", "rssi is {} dBm, under the noise of {} dBm", rssi, noise, related=related)


@rule(
    "PRF012",
    on=NetworkProfile,
    severity=INFO,
    basis=EXAMPLE,
    needs=("hardwareType",),
    reads=_INTERFACE,
    whole=True,
)
def profile_mismatch(profile: NetworkProfile) -> Outcome:
    """The hardware type and the wireless profile don't go together.

    A Wireless interface without wirelessProfile, or an Ethernet or Loopback one with it: what is said
    about the signal is missing, or is of another interface. type says how the system presents the
    interface, and says Ethernet of wireless ones too: it is not compared.

    Seen: in the documentation's example the Wireless interface has a wirelessProfile, and type Ethernet.
    Remedy: Read the signal and the hardware type of the interface that the session went through.

    Bad: no wireless profile
        (the sound network profile, without its wirelessProfile)
    Bad:
        {"hardwareType": "Ethernet"}
    Bad:
        {"hardwareType": "Loopback"}
    Good: other hardware may have one
        {"hardwareType": "Unknown"}
    """
    hardware = profile["hardwareType"].lower()
    if "wirelessProfile" in profile:
        if hardware not in WIRED:
            return None
        return problem(
            "hardwareType",
            "hardwareType is {}, but there is a wirelessProfile",
            profile["hardwareType"],
            related=(note("wirelessProfile", "the wireless profile"),),
        )
    if hardware != "wireless" or not lacks(profile, "wirelessProfile"):
        return None
    return problem("hardwareType", "hardwareType is {}, but there is no wirelessProfile", profile["hardwareType"])


WIRED: Final = ("ethernet", "loopback")
HARDWARE: Final = frozenset(("ethernet", "loopback", "wireless", "modem", "virtual", "unknown", "other"))


@rule("PRF013", on=NetworkProfile, severity=INFO, basis=EXAMPLE, needs=("hardwareType",), reads=_INTERFACE)
def unknown_hardware_type(profile: NetworkProfile) -> Outcome:
    """The hardware type is none of the known ones.

    Programs that group sessions by hardwareType will not know where to put this one.

    Seen: the API filters by Ethernet, Loopback and Wireless; its next version knows unknown, modem, virtual
    and other too.
    Remedy: Write Ethernet, Wireless, Loopback, Modem, Virtual, Other or Unknown.

    Bad:
        {"hardwareType": "WiFi"}
    Bad: empty
        {"hardwareType": ""}
    Good: in small letters
        {"hardwareType": "wireless"}
    Good: of the next version
        {"hardwareType": "Virtual"}
    """
    if profile["hardwareType"].lower() in HARDWARE:
        return None
    return problem("hardwareType", "hardwareType is {}, none of the known types", profile["hardwareType"])
