"""The rules of `traceroute` and its hops."""

import re
from operator import lt
from typing import Final

from sessionlint.finding import ERROR, INFO, WARNING, Problem, note, problem
from sessionlint.payload import Hop, Traceroute, lacks
from sessionlint.rule import (
    ARITHMETIC,
    DOCUMENTED,
    EXAMPLE,
    PLAUSIBLE,
    STANDARD,
    Outcome,
    Violation,
    rule,
    schema_rule,
)
from sessionlint_rules.addresses import Address, parse_address, parse_prefix
from sessionlint_rules.gathering import as_one
from sessionlint_rules.remembering import remembered

SILENT: Final = ("", "*")
"""What stands in place of the address of a hop that did not answer."""
_NETWORK: Final = ("ipAddress", "prefix", "asn")
"""The fields of a hop that say where it is, trace after trace."""


@rule("TRC001", on=Traceroute, severity=ERROR, basis=STANDARD, needs=("hops",), reads=("hops/hop",))
def hops_not_ascending(trace: Traceroute) -> list[Problem] | None:
    """The hop numbers of a traceroute do not ascend.

    A traceroute raises the time to live by one from hop to hop, so a number that falls is a list that
    was put together or sorted wrongly. A gap is a hop that did not answer. The same number again is a
    warning: several probes or several paths.

    Standard: RFC 1812, section 5.3.1: each router takes 1 from the time to live, so the hop number is the one that a probe started with.
    Remedy: Sort the hops by `hop`, and look for hops of another trace.

    Bad: the list is upside down
        {"destination": "13.32.22.232", "hops": [
         {"hop": 2, "delay": 2, "ipAddress": "10.0.1.1"}, {"hop": 1, "delay": 1, "ipAddress": "10.0.0.1"}]}
    Bad: a warning, for the number comes twice
        {"destination": "13.32.22.232", "hops": [
         {"hop": 1, "delay": 1, "ipAddress": "10.0.0.1"}, {"hop": 1, "delay": 2, "ipAddress": "10.0.0.2"}]}
    Good: hops 2 to 6 did not answer
        {"destination": "13.32.22.232", "hops": [
         {"hop": 1, "delay": 1, "ipAddress": "10.0.0.1"}, {"hop": 7, "delay": 2, "ipAddress": "10.0.1.1"}]}
    """
    numbers = [hop["hop"] for hop in trace["hops"] if hop and "hop" in hop]
    if all(map(lt, numbers, numbers[1:])):
        return None
    falls, twice = [], []
    before = 0
    for index, hop in enumerate(trace["hops"]):
        number = hop.get("hop") if hop else None
        if number is None:
            continue
        if number < before:
            falls.append(problem(("hops", index, "hop"), "hop {} comes after hop {}", number, before))
        elif number == before:
            again = problem(
                ("hops", index, "hop"),
                "hop {} comes again",
                number,
                severity=WARNING,
                help="Read hops of one number as several probes or paths.",
            )
            twice.append(again)
        before = number
    return [told for told in (as_one(falls), as_one(twice)) if told]


@schema_rule("TRC002", on=Traceroute, severity=ERROR, basis=DOCUMENTED)
def error_with_results(violation: Violation) -> Problem:
    """A traceroute has an error and results beside it.

    A trace that failed has no results, and one that has results did not fail. A reader cannot tell
    which of the two happened.

    Documented: "contains only string `error` parameter if there is an error"
    Remedy: Keep only `error` if the trace failed, and leave `error` out if it did not.

    Bad:
        {"error": "Network is unreachable", "destination": "13.32.22.232", "hops": []}
    Good: results without an error
        {"destination": "13.32.22.232", "hops": [{"hop": 1, "delay": 1, "ipAddress": "10.0.0.1"}]}
    Good: an error alone
        (`error` is the only key, and `errors` of the network has an entry of its kind)
    """
    return problem((), "error is one of {} keys, but should be the only one", len(violation.value))


@rule("TRC003", on=Traceroute, severity=ERROR, basis=DOCUMENTED, reads=("destination", "hops/ipAddress"))
def malformed_address(trace: Traceroute) -> list[Problem] | None:
    """The address of a hop, or the destination, is no IP address.

    What cannot be read as an address cannot be looked up, compared or found in its network. A hop that
    did not answer has no address: `*`, an empty string, null and no field at all are fine.

    Documented: "string parameter `destination` represents target IP address"
    Documented: "hop IP address (string `ipAddress`)"
    Remedy: Write one IPv4 or IPv6 address, without name, port or mask.

    Bad: an octet over 255
        {"destination": "13.32.22.232", "hops": [{"hop": 1, "delay": 1, "ipAddress": "10.0.0.256"}]}
    Bad: a name
        {"destination": "www.thousandeyes.com", "hops": [{"hop": 1, "delay": 1, "ipAddress": "10.0.0.1"}]}
    Good: two hops that did not answer
        {"destination": "13.32.22.232", "hops": [{"hop": 1, "ipAddress": "*"}, {"hop": 2}]}
    Good: a zone
        {"destination": "2600:9000:2000::1", "hops": [{"hop": 1, "delay": 1, "ipAddress": "fe80::1%en0"}]}
    """
    # Beside an error there should be no destination: TRC002 says so.
    destination = None if "error" in trace else trace.get("destination")
    if destination is not None and None not in map(parse_address, _texts(trace)) and parse_address(destination):
        return None
    problems: list[Problem] = []
    if destination is not None and parse_address(destination) is None:
        problems.append(problem("destination", "destination is {}, which is no IP address", destination))
    for index, hop in enumerate(trace.get("hops", ())):
        text = hop.get("ipAddress") if hop else None
        if text and parse_address(text) is None and text not in SILENT:
            told = problem(("hops", index, "ipAddress"), "ipAddress is {}, which is no IP address", text)
            problems.append(told)
    return problems or None


def _texts(trace: Traceroute) -> list[str]:
    """What stands in place of the addresses of the hops, where anything does."""
    return [text for hop in trace.get("hops", ()) if hop and (text := hop.get("ipAddress"))]


@rule(
    "TRC004",
    on=Traceroute,
    severity=INFO,
    basis=DOCUMENTED,
    needs=("hops",),
    reads=("hops/ipAddress", "hops/prefix", "hops/asn"),
    whole=True,
)
def public_hop_without_network(trace: Traceroute) -> Problem | None:
    """A hop with a public address lacks its prefix or its AS number.

    Without them it is unknown whose network the hop is in. Real traces have such hops, so it is an
    info; it is told once a trace, at the first of them.

    Documented: "If hop IP address is in public IP space, network string `prefix` and integer `asn` are also provided."
    Remedy: Look the address up where it matters.

    Bad:
        {"destination": "13.32.22.232", "hops": [{"hop": 1, "delay": 1, "ipAddress": "52.95.218.66"}]}
    Bad: a prefix alone
        {"destination": "13.32.22.232", "hops": [
         {"hop": 1, "delay": 1, "ipAddress": "52.95.218.66", "prefix": "52.95.216.0/22"}]}
    Good:
        {"destination": "13.32.22.232", "hops": [
         {"hop": 1, "delay": 1, "ipAddress": "52.95.218.66", "prefix": "52.95.216.0/22", "asn": 16509}]}
    Good: the address is a carrier's own (RFC 6598)
        {"destination": "13.32.22.232", "hops": [{"hop": 1, "delay": 1, "ipAddress": "100.64.0.1"}]}
    Good: the hop did not answer
        {"destination": "13.32.22.232", "hops": [{"hop": 1, "ipAddress": "*"}]}
    """
    problems: list[Problem] = []
    for index, hop in enumerate(trace["hops"]):
        if not hop or ("asn" in hop and "prefix" in hop):
            continue
        address = _address_of(hop)
        if address and address.is_public and (missing := [name for name in ("prefix", "asn") if lacks(hop, name)]):
            told = problem(
                ("hops", index),
                f"hop {{}} is in public space but has no {' and no '.join(missing)}",
                hop.get("ipAddress"),
            )
            problems.append(told)
    return as_one(problems)


def _address_of(hop: Hop) -> Address | None:
    text = hop.get("ipAddress")
    return parse_address(text) if text else None


@rule(
    "TRC005",
    on=Hop,
    severity=INFO,
    basis=EXAMPLE,
    needs=("ipAddress",),
    reads=_NETWORK,
    unless=("TRC007", "TRC008"),
)
def private_hop_with_network(hop: Hop) -> Problem | None:
    """A hop with a private address has a prefix or an AS number.

    A private, shared or link-local address is in nobody's public network, so the prefix or the number
    is another hop's, or a guess.

    Seen: The first hop of the documented example, 10.0.0.1, has neither.
    Remedy: Do not take the hop for one of that network.

    Bad:
        {"hop": 1, "delay": 1, "ipAddress": "10.0.0.1", "asn": 34779}
    Bad: its own prefix
        {"hop": 1, "delay": 1, "ipAddress": "192.168.1.1", "prefix": "192.168.0.0/16"}
    Good:
        {"hop": 1, "delay": 1, "ipAddress": "10.0.0.1", "name": "router.local"}
    Good: a carrier's own address (RFC 6598)
        {"hop": 1, "delay": 1, "ipAddress": "100.64.0.1"}
    """
    asn, prefix, text = hop.get("asn"), hop.get("prefix"), hop["ipAddress"]
    if asn is None and prefix is None:
        return None
    address = parse_address(text)
    if address is None or not address.is_private:
        return None
    if asn is None and parse_prefix(prefix or "") is None:  # no prefix, but TRC006
        return None
    name, value = ("prefix", prefix) if asn is None else ("asn", asn)
    return problem(
        name,
        f"{name} is {{}}, but {{}} is no public address",
        value,
        text,
        related=(note("ipAddress", "ipAddress is {}", text),),
    )


@rule("TRC006", on=Hop, severity=ERROR, basis=STANDARD, needs=("prefix",), reads=_NETWORK)
def malformed_prefix(hop: Hop) -> Problem | None:
    """The prefix of a hop is not in CIDR notation.

    It reads address, slash, length. Bits that are set beyond the length are a warning: the prefix is
    clear, but it was not written as the network's.

    Standard: RFC 4632, section 3.1 (IPv4), and RFC 4291, section 2.3 (IPv6).
    Remedy: Write the network's address, a slash and the length, as in 89.210.0.0/18.

    Bad: the length is missing
        {"hop": 2, "delay": 2, "ipAddress": "89.210.0.1", "asn": 34779, "prefix": "89.210.0.0"}
    Bad: a length over 32
        {"hop": 2, "delay": 2, "ipAddress": "89.210.0.1", "asn": 34779, "prefix": "89.210.0.0/33"}
    Bad: a warning, for bits are set beyond the length
        {"hop": 2, "delay": 2, "ipAddress": "89.210.0.1", "asn": 34779, "prefix": "89.210.0.1/18"}
    Good:
        {"hop": 2, "delay": 2, "ipAddress": "89.210.0.1", "asn": 34779, "prefix": "89.210.0.0/18"}
    Good: IPv6
        {"hop": 2, "delay": 2, "ipAddress": "2600:9000::1", "asn": 16509, "prefix": "2600:9000::/28"}
    """
    prefix = parse_prefix(hop["prefix"])
    if prefix is None:
        return problem("prefix", "prefix is {}, which is not in CIDR notation", hop["prefix"])
    if prefix.has_host_bits:
        return problem("prefix", "prefix is {}: bits are set beyond its length", hop["prefix"], severity=WARNING)
    return None


@rule("TRC007", on=Hop, severity=ERROR, basis=ARITHMETIC, needs=("ipAddress", "prefix"), reads=_NETWORK)
def hop_outside_prefix(hop: Hop) -> Problem | None:
    """A hop's address is not in the hop's prefix.

    The prefix, and the AS number with it, are those of another hop.

    Reason: The prefix of a hop is the network that its address is in.
    Remedy: Look for prefixes that are shifted by one hop.

    Bad:
        {"hop": 2, "delay": 2, "ipAddress": "89.210.0.1", "asn": 34779, "prefix": "89.210.64.0/18"}
    Good: the last address of the prefix
        {"hop": 2, "delay": 2, "ipAddress": "89.210.63.255", "asn": 34779, "prefix": "89.210.0.0/18"}
    """
    address, prefix = parse_address(hop["ipAddress"]), parse_prefix(hop["prefix"])
    if address is None or prefix is None or prefix.first <= address.number <= prefix.last:
        return None
    if address.version != prefix.version:
        return None
    return problem(
        "ipAddress",
        "ipAddress is {}, which is not in prefix {}",
        hop["ipAddress"],
        hop["prefix"],
        related=(note("prefix", "prefix is {}", hop["prefix"]),),
    )


@rule("TRC008", on=Hop, severity=ERROR, basis=STANDARD, needs=("asn",), reads=_NETWORK)
def reserved_asn(hop: Hop) -> Problem | None:
    """An AS number is out of range, or is one that no public network has.

    AS numbers have 32 bits. Those that are reserved, for private use or for documentation are an info:
    they do not tell whose network it is.

    Standard: RFC 6793 (32 bits), RFC 7607 (0), RFC 6996 (private use), RFC 5398 (documentation), RFC 7300 (the last ones); IANA's registry of AS numbers (reserved).
    Remedy: Look the address up: its network has another number.

    Bad: more than 32 bits
        {"hop": 2, "delay": 2, "ipAddress": "89.210.0.1", "asn": 4294967296, "prefix": "89.210.0.0/18"}
    Bad:
        {"hop": 2, "delay": 2, "ipAddress": "89.210.0.1", "asn": -1, "prefix": "89.210.0.0/18"}
    Bad: an info, for 0 means that there is none
        {"hop": 2, "delay": 2, "ipAddress": "89.210.0.1", "asn": 0, "prefix": "89.210.0.0/18"}
    Bad: an info, for it is for private use
        {"hop": 2, "delay": 2, "ipAddress": "89.210.0.1", "asn": 64512, "prefix": "89.210.0.0/18"}
    Good:
        {"hop": 2, "delay": 2, "ipAddress": "89.210.0.1", "asn": 34779, "prefix": "89.210.0.0/18"}
    Good: one of 32 bits
        {"hop": 2, "delay": 2, "ipAddress": "89.210.0.1", "asn": 396982, "prefix": "89.210.0.0/18"}
    """
    asn = hop["asn"]
    # All but a few AS numbers in use are outside of the ranges, and told apart by a few comparisons.
    if 23456 < asn < 64496 or 131072 <= asn < 4200000000 or 0 < asn < 23456:
        return None
    use = next((use for first, last, use in _UNUSUAL_ASNS if first <= asn <= last), None)
    return problem("asn", f"asn is {{}}, which is {use}", asn, severity=INFO) if use else None


_UNUSUAL_ASNS: Final = (
    (0, 0, "reserved"),
    (23456, 23456, "reserved: it stands for any number of 32 bits"),
    (64496, 64511, "for documentation"),
    (64512, 65534, "for private use"),
    (65535, 65535, "reserved"),
    (65536, 65551, "for documentation"),
    (65552, 131071, "reserved"),
    (4200000000, 4294967294, "for private use"),
    (4294967295, 4294967295, "reserved"),
)
"""First, last and use of the AS numbers that no public network has."""


@reserved_asn.violated
def _asn_out_of_range(violation: Violation) -> Problem:
    return problem((), "asn is {}, outside 1 to 4294967295", violation.value)


@rule("TRC009", on=Hop, severity=WARNING, basis=STANDARD, needs=("mpls",), reads=("mpls",), whole=True)
def malformed_mpls(hop: Hop) -> Outcome:
    """An MPLS flag string does not describe an entry of a label stack.

    It reads L=label,E=experimental bits,S=bottom of stack,T=time to live, each a decimal number of 20,
    3, 1 and 8 bits. S is 1 at the last label of the stack and only there; where it is not, that is an
    info.

    Standard: RFC 3032, section 2.1: the widths of the four fields, and S set for the last entry in the label stack.
    Seen: The documented example has "L=301472,E=0,S=1,T=1".
    Remedy: Distrust the label stack of this hop.

    Bad: no number of 20 bits
        {"hop": 1, "delay": 14, "mpls": ["L=1048576,E=0,S=1,T=1"]}
    Bad: another form
        {"hop": 1, "delay": 14, "mpls": ["301472"]}
    Bad: an info, for the first label says that it is the last
        {"hop": 1, "delay": 14, "mpls": ["L=301472,E=0,S=1,T=1", "L=24,E=0,S=1,T=1"]}
    Bad: an info, for the last label does not say so
        {"hop": 1, "delay": 14, "mpls": ["L=301472,E=0,S=0,T=1"]}
    Good: two labels
        {"hop": 1, "delay": 14, "mpls": ["L=301472,E=0,S=0,T=1", "L=24,E=7,S=1,T=255"]}
    Good: no labels
        {"hop": 1, "delay": 14, "mpls": []}
    """
    labels: list[str | None] = [*hop["mpls"]]
    bottoms = [_is_bottom(label or "") for label in labels]
    if None in bottoms:
        return [
            _malformed_label(index, label)
            for index, label in enumerate(labels)
            if bottoms[index] is None and label is not None
        ]
    last = len(bottoms) - 1
    for index, is_bottom in enumerate(bottoms):
        if is_bottom != (index == last):
            where = "S is 1 before" if is_bottom else "S is 0 at"
            return problem(("mpls", index), f"{where} the last label of the stack", severity=INFO)
    return None


# Ten digits hold every number of 32 bits; a longer one is of no field, and is not worth converting.
_LABEL: Final = re.compile("L=([0-9]{1,10}),E=([0-9]{1,10}),S=([0-9]{1,10}),T=([0-9]{1,10})").fullmatch


@remembered
def _is_bottom(text: str) -> bool | None:
    """Whether an entry of a label stack says that it is the last; ``None`` for a text that is no entry."""
    fields = _LABEL(text)
    if fields is None:
        return None
    label, experimental, bottom, time_to_live = map(int, fields.groups())
    if label > 0xFFFFF or experimental > 7 or bottom > 1 or time_to_live > 255:
        return None
    return bottom == 1


def _malformed_label(index: int, text: str) -> Problem:
    has_form = _LABEL(text) is not None
    words = "has a number that is too large for its field" if has_form else "is not of the form L=…,E=…,S=…,T=…"
    return problem(("mpls", index), f"{{}} {words}", text)


@schema_rule("TRC010", on=Hop, severity=ERROR, basis=STANDARD)
def hop_out_of_range(violation: Violation) -> Problem:
    """A hop number is not 1 to 255.

    It is the time to live that the probe started with: 0 never leaves the host, and the field has 8 bits.

    Standard: RFC 791, section 3.1: the time to live is a field of 8 bits; RFC 8200, section 3, says so of IPv6's hop limit.
    Remedy: Count the hops from 1.

    Bad:
        {"hop": 0, "delay": 1, "ipAddress": "10.0.0.1"}
    Bad:
        {"hop": 256, "delay": 1, "ipAddress": "10.0.0.1"}
    Good: the last there can be
        {"hop": 255, "delay": 1, "ipAddress": "10.0.0.1"}
    """
    return problem((), "hop is {}, outside 1 to 255", violation.value)


@rule("TRC011", on=Traceroute, severity=WARNING, basis=PLAUSIBLE, needs=("hops",), reads=("hops/ipAddress",))
def mixed_address_families(trace: Traceroute) -> Problem | None:
    """A traceroute has hops with IPv4 and hops with IPv6 addresses.

    A probe is of one family and so are the routers that answer it, but for IPv6 addresses that name
    IPv4 hosts: those of NAT64, and IPv4-mapped ones, by which routers without IPv6 answer inside of a
    provider's network, and which some programs write for IPv4.

    Reason: A router answers a probe in the probe's own family.
    Remedy: Look for hops of two traces in one list.

    Bad:
        {"destination": "13.32.22.232", "hops": [{"hop": 1, "delay": 1, "ipAddress": "10.0.0.1"},
         {"hop": 2, "delay": 2, "ipAddress": "fd00::1"}]}
    Good: NAT64's prefix (RFC 8215)
        {"destination": "13.32.22.232", "hops": [{"hop": 1, "delay": 1, "ipAddress": "64:ff9b:1::a00:1"},
         {"hop": 2, "delay": 2, "ipAddress": "10.0.0.1"}]}
    Good: IPv4-mapped (RFC 4291, RFC 4798)
        {"destination": "13.32.22.232", "hops": [{"hop": 1, "delay": 1, "ipAddress": "10.0.0.1"},
         {"hop": 2, "delay": 2, "ipAddress": "::ffff:10.0.1.1"}]}
    Good: IPv6 alone, and a hop that did not answer
        {"destination": "2600:9000::1", "hops": [{"hop": 1, "ipAddress": "*"},
         {"hop": 2, "delay": 2, "ipAddress": "fe80::1"}]}
    """
    texts = "".join(_texts(trace))
    if ":" not in texts or "." not in texts:
        return None
    addresses = [
        (index, address)
        for index, hop in enumerate(trace["hops"])
        if hop and (address := _address_of(hop)) and not _names_ipv4(address)
    ]
    other = next((each for each in addresses if each[1].version != addresses[0][1].version), None)
    if other is None:
        return None
    (first, address), (index, another) = addresses[0], other
    return problem(
        ("hops", index, "ipAddress"),
        f"an IPv{another.version} hop in a trace of IPv{address.version}",
        related=(note(("hops", first, "ipAddress"), f"the first hop is IPv{address.version}"),),
    )


def _names_ipv4(address: Address) -> bool:
    """Whether it is in ::ffff:0:0/96 (RFC 4291), 64:ff9b::/96 (RFC 6052) or 64:ff9b:1::/48 (RFC 8215)."""
    return address.number >> 32 in (0xFFFF, 0x64FF9B << 64) or address.number >> 80 == 0x64FF9B0001


@schema_rule("TRC012", on=Hop, severity=ERROR, basis=ARITHMETIC)
def negative_delay(violation: Violation) -> Problem:
    """A hop answered before it was asked.

    The number is a marker for "no value", or a clock was set back during the trace.

    Reason: A duration is not negative.
    Remedy: Treat the delay as not measured.

    Bad:
        {"hop": 1, "delay": -1, "ipAddress": "10.0.0.1"}
    Good: too short to be measured
        {"hop": 1, "delay": 0, "ipAddress": "10.0.0.1"}
    """
    return problem((), "delay is {}, below 0", violation.value)


@rule(
    "TRC013",
    on=Traceroute,
    severity=INFO,
    basis=EXAMPLE,
    needs=("hops",),
    reads=("hops/hop",),
    unless=("TRC002",),
    whole=True,
)
def empty_hops(trace: Traceroute) -> Problem | None:
    """A traceroute has no hop, and no error that says why.

    Even a trace that reaches nothing has a first hop that did not answer.

    Seen: The documented example has nine hops, and a trace that failed has `error`.
    Remedy: Look into `errors` of the network for the reason.

    Bad:
        {"destination": "13.32.22.232", "hops": []}
    Good: one hop, which did not answer
        {"destination": "13.32.22.232", "hops": [{"hop": 1}]}
    """
    return None if trace["hops"] else problem("hops", "no hop and no error")


@rule("TRC014", on=Traceroute, severity=WARNING, basis=EXAMPLE, needs=("error",), reads=("error",), unless=("TRC002",))
def empty_error(trace: Traceroute) -> Problem | None:
    """A traceroute failed with an empty error.

    It says that the trace failed, and not why: it may as well be a trace that was never made.

    Seen: In the documented example of `errors` an error is a sentence.
    Remedy: Look into `errors` of the network for the reason.

    Bad:
        {"error": ""}
    Good: no error at all
        {"destination": "13.32.22.232", "hops": [{"hop": 1, "delay": 1, "ipAddress": "10.0.0.1"}]}
    """
    return None if trace["error"] else problem("error", "error is empty")
