"""Diagnosis: signs that the payload is fine and the user's network was not.

Each rule is one sign. A sign is evidence, not a fault: `sessionlint_rules.verdict` weighs them.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import inf, sqrt
from typing import Any, Final, NamedTuple

from sessionlint.finding import INFO, Path, Problem, note, problem
from sessionlint.payload import (
    Cpu,
    Hop,
    Network,
    NetworkProfile,
    Page,
    Ping,
    Session,
    SystemMetrics,
    Traceroute,
    WirelessProfile,
)
from sessionlint.rule import PLAUSIBLE, rule
from sessionlint_rules.addresses import Address, parse_address
from sessionlint_rules.gathering import as_one
from sessionlint_rules.network_profile import UNKNOWN_NOISE_DBM, WEAKEST_DBM, WIRED
from sessionlint_rules.traceroute import SILENT


class Thresholds(NamedTuple):
    """Where a figure becomes a sign, and where it becomes a strong one. The rules' pages name the sources."""

    gateway_loss_share: float = 0
    gateway_rtt_slow_ms: float = 20
    gateway_rtt_very_slow_ms: float = 100
    wifi_rssi_weak_dbm: float = -70
    wifi_rssi_very_weak_dbm: float = -80
    wifi_snr_low_db: float = 20
    wifi_snr_very_low_db: float = 15
    cpu_saturated_share: float = 0.9
    memory_exhausted_share: float = 0.95
    metrics_gap_max_hours: float = 24
    round_gap_max_minutes: float = 60
    target_loss_share: float = 0
    target_rtt_slow_ms: float = 150
    loss_telling_packets: float = 2
    delay_jump_ms: float = 50
    page_slow_ms: float = 4000
    page_very_slow_ms: float = 10000

    @classmethod
    def of(cls, configured: Mapping[str, float]) -> "Thresholds":
        """The defaults, but for those that are configured: named as in a configuration (``delay-jump-ms``)."""
        names = {name.replace("_", "-"): name for name in cls._fields}
        return cls(**{names[name]: value for name, value in configured.items() if name in names})


DEFAULTS: Final = Thresholds()


@rule("DIA001", on=Network, severity=INFO, basis=PLAUSIBLE, needs=("gatewayPing",), whole=True)
def gateway_loss(network: Network, *, gateway_loss_share: float = DEFAULTS.gateway_loss_share) -> Problem | None:
    """Packets to the default gateway were lost.

    The gateway is one link away. What is lost on that link is lost to every target beyond it. A gateway
    that answers no ping at all while the target, or a hop on the way to it, does ignores pings: nothing
    was lost.

    Documented: "ping test performed against the endpoint agent default gateway"
    Reason: gateway-loss-share (0) is any loss at all. For calls Microsoft asks for less than 1% over 15 seconds, and one
    packet of ten is 10%: "Media Quality and Network Connectivity Performance in Skype for Business Online",
    https://docs.microsoft.com/SkypeForBusiness/optimizing-your-network/media-quality-and-network-connectivity-performance
    Remedy: Try a cable in place of wireless, or another port; a router under load may also drop pings alone.

    Bad:
        {"gatewayPing": {"pktsSent": 10, "pktsReceived": 7, "minRtt": 1.5, "avgRtt": 7, "maxRtt": 66, "meanDevRtt": 11}}
    Bad: nothing answers, at the gateway or beyond it
        {"gatewayPing": {"pktsSent": 10, "pktsReceived": 0}, "ping": {"pktsSent": 10, "pktsReceived": 0},
         "connect": {}, "errors": ["connect: Request timed out"], "traceroute": {"error": "Network is unreachable"}}
    Good: the target answers, so the gateway ignores pings
        {"gatewayPing": {"pktsSent": 10, "pktsReceived": 0}}
    """
    lost = lost_to_gateway(network, gateway_loss_share)
    if not lost:
        return None
    sent = network["gatewayPing"]["pktsSent"]
    words = "{} of {} packets to the gateway were lost"
    if lost == sent:
        words += ", and nothing beyond it answered"
    sent_note = note(("gatewayPing", "pktsSent"), "{} sent", sent)
    return problem(("gatewayPing", "pktsReceived"), words, lost, sent, related=(sent_note,))


def results(ping: Ping | None) -> Ping | None:
    """A ping that was made: it sent packets, and has no error beside its counts."""
    if not ping or "error" in ping or "pktsReceived" not in ping:
        return None
    return ping if ping.get("pktsSent", 0) > 0 else None


def is_answered(ping: Ping | None) -> bool:
    """Whether any packet of a ping came back."""
    made = results(ping)
    return made is not None and made["pktsReceived"] > 0


def average_rtt(ping: Ping | None) -> float | None:
    """The average round trip of a ping that was answered, in milliseconds."""
    return ping.get("avgRtt") if ping and is_answered(ping) else None


def lost_packets(ping: Ping | None) -> int:
    """How many packets of a ping were lost; 0 if it was not made."""
    made = results(ping)
    return max(0, made["pktsSent"] - made["pktsReceived"]) if made else 0


def lost_to_gateway(network: Network, share: float) -> int:
    """How many packets to the gateway were lost, if more than a share of them; 0 if it only ignores pings."""
    made = results(network.get("gatewayPing"))
    lost = lost_packets(made)
    if not made or lost <= share * made["pktsSent"]:
        return 0
    return 0 if not made["pktsReceived"] and is_passed(network) else lost


def is_passed(network: Network) -> bool:
    """Whether anything shows that packets went through the gateway and came back."""
    return target_answers(network) or any(answer.number > 1 for answer in answers(network.get("traceroute")))


def target_answers(network: Network) -> bool:
    """Whether anything shows that packets reached the target and came back.

    `icmpBlocked` shows it too: it is set where the path trace could not complete but TCP connected.
    """
    return (
        is_answered(network.get("ping"))
        or "rtt" in network.get("connect", {})
        or network.get("icmpBlocked", False)
        or is_reached(network.get("traceroute"))
    )


@rule("DIA002", on=Network, severity=INFO, basis=PLAUSIBLE, needs=("gatewayPing",))
def gateway_slow(network: Network, *, gateway_rtt_slow_ms: float = DEFAULTS.gateway_rtt_slow_ms) -> Problem | None:
    """The default gateway answers slowly.

    The gateway is one link away and answers within a few milliseconds, over wireless too. More is
    time in a queue, on the air or in the user's own machine, and every page pays it many times. Where
    the target answers sooner than the gateway (or, if it answers no ping, TCP connects sooner), the gateway only takes
    its time with pings.

    Reason: gateway-rtt-slow-ms (20) is a rule of thumb: no standard names one, and the documented example has 7 ms
    over wireless.
    Remedy: Try a cable in place of wireless, and stop what else fills the link.

    Bad:
        {"gatewayPing": {"pktsSent": 10, "pktsReceived": 10, "minRtt": 1.5, "avgRtt": 21, "maxRtt": 66, "meanDevRtt": 20}}
    Good: at the threshold
        {"gatewayPing": {"pktsSent": 10, "pktsReceived": 10, "minRtt": 1.5, "avgRtt": 20, "maxRtt": 66, "meanDevRtt": 20}}
    """
    average = average_rtt(network["gatewayPing"])
    if average is None or average <= gateway_rtt_slow_ms:
        return None
    beyond, place = rtt_beyond(network)
    if beyond < average:
        words = "the gateway answers in {} ms on average, but the target beyond it in {} ms: it is slow with pings only"
        return problem(
            ("gatewayPing", "avgRtt"), words, average, beyond, related=(note(place, "{} ms to the target", beyond),)
        )
    return problem(("gatewayPing", "avgRtt"), "the gateway answers in {} ms on average", average)


def rtt_beyond(network: Network) -> tuple[float, Path]:
    """The round trip to the target in milliseconds, and its place: of pings, else of TCP; infinite if none is known."""
    average = average_rtt(network.get("ping"))
    if average is not None:
        return average, ("ping", "avgRtt")
    return network.get("connect", {}).get("rtt", inf), ("connect", "rtt")


@rule("DIA003", on=NetworkProfile, severity=INFO, basis=PLAUSIBLE, needs=("wirelessProfile",))
def weak_wifi(
    profile: NetworkProfile,
    *,
    wifi_rssi_weak_dbm: float = DEFAULTS.wifi_rssi_weak_dbm,
    wifi_snr_low_db: float = DEFAULTS.wifi_snr_low_db,
) -> Problem | None:
    """The wireless signal is weak, or not far enough above the noise.

    A weak signal costs rate, and frames that are sent again cost time. The ratio of signal to noise
    counts only where the noise is known: from -20 dBm up it is what drivers give that don't measure
    it. A wireless profile beside an Ethernet interface is of another interface, so it doesn't count.

    Reason: wifi-rssi-weak-dbm (-70) is where Apple's mobile devices look for a better access point, a Mac at -75:
    "About wireless roaming for enterprise", https://support.apple.com/en-us/HT203068 (and HT206207)
    Reason: wifi-snr-low-db (20) is the middle of what NetAlly calls poor, 16 to 24 dB: "Understand Noise with Wi-Fi SNR",
    https://www.netally.com/tech-tips/understand-noise-with-wi-fi-snr/
    Remedy: Move nearer to the access point, or let it use another channel or band.

    Bad:
        {"wirelessProfile": {"rssi": -71, "noise": -95}}
    Bad: much noise
        {"wirelessProfile": {"rssi": -60, "noise": -79}}
    Good: at the thresholds
        {"wirelessProfile": {"rssi": -70, "noise": -90}}
    Good: the noise is unknown
        {"wirelessProfile": {"rssi": -60, "noise": 0}}
    """
    if profile.get("hardwareType", "").lower() in WIRED:
        return None
    wireless = profile["wirelessProfile"]
    rssi, ratio = signal(wireless), signal_to_noise(wireless)
    path = ("wirelessProfile", "rssi")
    if rssi is not None and rssi < wifi_rssi_weak_dbm:
        return problem(path, "the wireless signal is {} dBm", rssi)
    if ratio is not None and ratio < wifi_snr_low_db:
        noise = note(("wirelessProfile", "noise"), "noise is {} dBm", wireless["noise"])
        return problem(path, "the wireless signal is only {} dB above the noise", round(ratio, 1), related=(noise,))
    return None


def signal(wireless: WirelessProfile) -> float | None:
    """The strength of the signal in dBm, if it can be one."""
    rssi = wireless.get("rssi")
    return rssi if rssi is not None and WEAKEST_DBM <= rssi <= 0 else None


def signal_to_noise(wireless: WirelessProfile) -> float | None:
    """How far the signal is above the noise, in dB, if the noise was measured and is not above it."""
    rssi, noise = signal(wireless), wireless.get("noise")
    if rssi is None or noise is None or not WEAKEST_DBM <= noise < UNKNOWN_NOISE_DBM or rssi < noise:
        return None
    return rssi - noise


@rule("DIA004", on=Cpu, severity=INFO, basis=PLAUSIBLE, needs=("mean",))
def cpu_saturated(cpu: Cpu, *, cpu_saturated_share: float = DEFAULTS.cpu_saturated_share) -> Problem | None:
    """The processors had next to nothing to spare.

    A browser that waits for a processor loads pages slowly, and a ping that waits for one reports a
    slow network.

    Documented: "mean of CPU usage sampled (in range of [0.0-1.0]) over the monitored period"
    Reason: cpu-saturated-share (0.9) is a rule of thumb: monitors of Windows take 80% for a bottleneck where it lasts,
    and the few seconds of a session need a higher one. "Using the Windows Performance Monitor to monitor Processors",
    https://www.correlsense.com/using-windows-performance-monitor-monitor-processors/
    Remedy: Look for the program that keeps the processors busy.

    Bad:
        {"min": 0.85, "max": 1.0, "mean": 0.93, "median": 0.94, "stdDev": 0.05, "count": 10}
    Good: at the threshold
        {"min": 0.85, "max": 1.0, "mean": 0.9, "median": 0.89, "stdDev": 0.05, "count": 10}
    """
    if cpu["mean"] <= cpu_saturated_share or cpu.get("count") == 0:  # of no samples, which is SYS004
        return None
    return problem("mean", "the processors were busy {} percent of the time", _percent(cpu["mean"]))


def _percent(share: float) -> float:
    figure = round(100.0 * share, 1)  # a share may be an integer
    return int(figure) if figure.is_integer() else figure


@rule(
    "DIA005",
    on=SystemMetrics,
    severity=INFO,
    basis=PLAUSIBLE,
    needs=("physicalMemoryUsedBytes", "physicalMemoryTotalBytes"),
)
def memory_exhausted(
    metrics: SystemMetrics, *, memory_exhausted_share: float = DEFAULTS.memory_exhausted_share
) -> Problem | None:
    """The physical memory was nearly used up.

    A machine that writes memory to disk is slow at everything. Systems also fill free memory with
    what they may need again, so a high share alone says little: 0.9 is normal on macOS.

    Reason: memory-exhausted-share (0.95) is where Microsoft's field engineers see a machine that may be critically low,
    less than 5% of its memory being available: "The Microsoft PFE
    Performance Guide (PerfGuide): Start Here",
    https://learn.microsoft.com/en-us/archive/technet-wiki/1513.the-microsoft-pfe-performance-guide-perfguide-start-here
    Remedy: Close what is not needed, and look at what the system says of its memory pressure.

    Bad:
        {"physicalMemoryUsedBytes": {"min": 8100000000, "max": 8300000000, "mean": 8200000000, "median": 8200000000,
         "stdDev": 50000000, "count": 11}, "physicalMemoryTotalBytes": 8589934592}
    Good: at the threshold
        {"physicalMemoryUsedBytes": {"min": 950, "max": 950, "mean": 950, "median": 950, "stdDev": 0, "count": 11},
         "physicalMemoryTotalBytes": 1000}
    """
    used, total = metrics["physicalMemoryUsedBytes"], metrics["physicalMemoryTotalBytes"]
    mean = used.get("mean")
    if mean is None or used.get("count") == 0 or not memory_exhausted_share * total < mean <= total:
        return None
    path = ("physicalMemoryUsedBytes", "mean")
    of_total = note("physicalMemoryTotalBytes", "{} bytes in all", total)
    return problem(path, "{} percent of the memory was in use", _percent(mean / total), related=(of_total,))


@rule("DIA006", on=Network, severity=INFO, basis=PLAUSIBLE, needs=("ping",), whole=True)
def target_loss(
    network: Network,
    *,
    target_loss_share: float = DEFAULTS.target_loss_share,
    gateway_loss_share: float = DEFAULTS.gateway_loss_share,
) -> Problem | None:
    """Packets to the target were lost, and none to the gateway, or far fewer.

    The loss is beyond the local network: at the provider, or at the target. Where the gateway lost some
    too, it is told if the two shares differ by more than chance makes them differ. It says nothing where the
    target blocks ICMP, and little where nothing but TCP is answered: then the pings were probably
    dropped on purpose.

    Documented: "results of a ping test performed against the target website"
    Reason: target-loss-share (0) is any loss at all, and gateway-loss-share (0) what tells a gateway that is not fine. For calls Microsoft asks for less than 1% over 15 seconds, and one
    packet of ten is 10%: "Media Quality and Network Connectivity Performance in Skype for Business Online",
    https://docs.microsoft.com/SkypeForBusiness/optimizing-your-network/media-quality-and-network-connectivity-performance
    Reason: two standard errors of the difference of two shares, as a test of two proportions has it: where the shares
    are the same, chance takes the target's so far above the gateway's about once in forty times.
    Remedy: See how far the traceroute comes, and whether other users lose packets to the same target.

    Bad:
        {"ping": {"pktsSent": 10, "pktsReceived": 8, "minRtt": 6.9, "avgRtt": 24, "maxRtt": 116, "meanDevRtt": 36}}
    Bad: one packet of ten to the gateway does not explain nine
        {"ping": {"pktsSent": 10, "pktsReceived": 1, "minRtt": 24, "avgRtt": 24, "maxRtt": 24, "meanDevRtt": 0},
         "gatewayPing": {"pktsSent": 10, "pktsReceived": 9, "minRtt": 1.5, "avgRtt": 7, "maxRtt": 66, "meanDevRtt": 11}}
    Good: they were lost on the way to the gateway
        {"ping": {"pktsSent": 10, "pktsReceived": 8, "minRtt": 6.9, "avgRtt": 24, "maxRtt": 116, "meanDevRtt": 36},
         "gatewayPing": {"pktsSent": 10, "pktsReceived": 7, "minRtt": 1.5, "avgRtt": 7, "maxRtt": 66, "meanDevRtt": 11}}
    Good: the target blocks ICMP
        {"ping": {"pktsSent": 10, "pktsReceived": 0}, "icmpBlocked": true}
    """
    made = results(network["ping"])
    lost = lost_packets(made)
    if not made or lost <= target_loss_share * made["pktsSent"]:
        return None
    near = lost_to_gateway(network, gateway_loss_share)
    if blocks_icmp(network) or (near and not loses_more(network["ping"], network.get("gatewayPing"))):
        return None
    words, values = "{} of {} packets to the target were lost", [lost, made["pktsSent"]]
    if lost == made["pktsSent"] and "rtt" in network.get("connect", {}):
        words += ", but TCP connected: it may ignore pings"
    elif not is_answered(network.get("gatewayPing")):
        words += "; whether the gateway lost any is unknown"
    elif near:
        words += ", and only {} of {} to the gateway"
        values += near, network["gatewayPing"]["pktsSent"]
    else:
        words += ", and none to the gateway"
    return problem(("ping", "pktsReceived"), words, *values)


def loses_more(ping: Ping | None, other: Ping | None) -> bool:
    """Whether one ping loses a larger share than another by more than chance makes of the same: two standard errors."""
    one, two = results(ping), results(other)
    if not one or not two:
        return False
    lost_one, lost_two = lost_packets(one), lost_packets(two)
    sent_one, sent_two = one["pktsSent"], two["pktsSent"]
    share = (lost_one + lost_two) / (sent_one + sent_two)
    error = sqrt(share * (1 - share) * (1 / sent_one + 1 / sent_two))
    return lost_one / sent_one - lost_two / sent_two > 2 * error


def blocks_icmp(network: Network) -> bool:
    """Whether the target blocks ICMP: it is said to, and answered no ping."""
    return network.get("icmpBlocked", False) and not is_answered(network.get("ping"))


@rule("DIA007", on=Network, severity=INFO, basis=PLAUSIBLE, whole=True)
def target_slow(network: Network, *, target_rtt_slow_ms: float = DEFAULTS.target_rtt_slow_ms) -> Problem | None:
    """The target answers slowly: pings, or TCP where no ping was answered.

    A page takes many round trips, so a slow round trip is a slow page. Distance is part of it: half
    around the world takes longer than that without any fault.

    Reason: target-rtt-slow-ms (150) is a rule of thumb, half of what ITU-T G.114 "One-way transmission time" leaves most
    applications unaffected (150 ms one way), https://www.itu.int/rec/T-REC-G.114
    Remedy: See in the traceroute where the time is spent.

    Bad:
        {"ping": {"pktsSent": 10, "pktsReceived": 10, "minRtt": 140.5, "avgRtt": 151, "maxRtt": 190, "meanDevRtt": 15}}
    Bad: it answers no ping
        {"icmpBlocked": true, "ping": {"pktsSent": 10, "pktsReceived": 0}, "connect": {"rtt": 151}}
    Good: at the threshold
        {"ping": {"pktsSent": 10, "pktsReceived": 10, "minRtt": 140.5, "avgRtt": 150, "maxRtt": 190, "meanDevRtt": 15}}
    Good: one connection is slower than many pings
        {"connect": {"rtt": 151}}
    """
    rtt, place = rtt_beyond(network)
    if not target_rtt_slow_ms < rtt < inf:
        return None
    connect = network.get("connect", {}).get("rtt")
    if average_rtt(network.get("ping")) is None:
        return problem(place, "the target took {} ms to connect by TCP, and answered no ping", rtt)
    related = () if connect is None else (note(("connect", "rtt"), "{} ms to connect", connect),)
    words = "the target answers in {} ms on average"
    if connect is not None and connect <= target_rtt_slow_ms:
        words += ", but TCP connected sooner: it may be slow with pings only"
    return problem(place, words, rtt, related=related)


class Answer(NamedTuple):
    """A hop that answered."""

    place: int
    """Among the hops of the payload, from 0."""
    number: int
    hop: Hop

    @property
    def address(self) -> Address | None:
        """Its address, if it can be read."""
        return parse_address(self.hop["ipAddress"])


def answers(trace: Traceroute | None) -> list[Answer]:
    """The hops that answered, by ascending number; none if the trace failed or its numbers fall."""
    if not trace or "error" in trace:
        return []
    found = [
        Answer(place, hop["hop"], hop)
        for place, hop in enumerate(trace.get("hops", ()))
        if hop and hop.get("ipAddress", "") not in SILENT and "hop" in hop
    ]
    numbers = [answer.number for answer in found]
    return found if numbers == sorted(numbers) else []


def is_silent(hop: Hop) -> bool:
    """Whether a hop did not answer."""
    return hop.get("ipAddress", "") in SILENT


def is_reached(trace: Traceroute | None) -> bool:
    """Whether the last hop that answered is the destination."""
    return ends_at(trace, answers(trace))


def ends_at(trace: Traceroute | None, answered: Sequence[Answer]) -> bool:
    """Whether the last of these hops of a traceroute is its destination."""
    if not trace or not answered or "destination" not in trace:
        return False
    return _is_same(answered[-1].address, parse_address(trace["destination"]))


def _is_same(one: Address | None, other: Address | None) -> bool:
    return one is not None and other is not None and (one.version, one.number) == (other.version, other.number)


class Jump(NamedTuple):
    """Where the delay rises along a path, and stays."""

    before: Answer
    after: Answer
    rise: float
    """Milliseconds, from the hop before it to the least delay of all that follow."""


def find_jump(trace: Traceroute | None, least_ms: float) -> Jump | None:
    """The first hop after which no delay is less than ``least_ms`` above its own."""
    return next(iter(find_jumps(trace, least_ms)), None)


def find_jumps(trace: Traceroute | None, least_ms: float) -> list[Jump]:
    """All hops after which no delay is less than ``least_ms`` above their own, in their order."""
    if not trace:
        return []
    # In nearly all paths no hop is so much slower than another.
    delays = [hop["delay"] for hop in trace.get("hops", ()) if hop and "delay" in hop]
    if not delays or max(delays) - min(delays) < least_ms:
        return []
    timed = [answer for answer in answers(trace) if "delay" in answer.hop]
    path: list[Answer] = []
    for answer in timed:
        if path and path[-1].number == answer.number:
            # Several probes: the quickest one waited least at the router itself.
            path[-1] = min(path[-1], answer, key=lambda each: each.hop["delay"])
        else:
            path.append(answer)
    least_after = inf
    jumps: list[Jump] = []
    for before, after in reversed(list(pairwise(path))):
        least_after = min(least_after, after.hop["delay"])
        rise = least_after - before.hop["delay"]
        if rise >= least_ms:
            jumps.insert(0, Jump(before, after, rise))
    # One hop with nothing behind it may be slow with its answers only, unless it is the destination.
    if jumps and jumps[-1].after is path[-1] and not is_reached(trace):
        jumps.pop()
    return jumps


@rule("DIA008", on=Traceroute, severity=INFO, basis=PLAUSIBLE, needs=("hops",), whole=True)
def delay_jump(trace: Traceroute, *, delay_jump_ms: float = DEFAULTS.delay_jump_ms) -> Problem | None:
    """The delay rises after a hop, and stays up to the end of the path.

    It is the first such hop, told with its AS number and prefix. A queue that is full does that, and so
    does an ocean: it is evidence, not a fault. A delay that is low again at a later hop was none of the
    path's: that router takes its time with answers, and forwards as quickly as ever.

    Reason: delay-jump-ms (50) is a rule of thumb: there and back it is some 5,000 km of fibre, in which light covers
    200 km a millisecond, and few routers are that far from the next. London to New York takes 70 to 80 ms.
    Reason: for delay that stays see Richard A. Steenbergen, "A Practical Guide to (Correctly) Troubleshooting with
    Traceroute", https://archive.nanog.org/meetings/nanog47/presentations/Sunday/RAS_Traceroute_N47_Sun.pdf
    Remedy: Compare with another time of the day: an ocean is always there, a queue is not.

    Bad:
        {"destination": "13.32.22.232", "hops": [{"hop": 1, "delay": 1, "ipAddress": "10.0.0.1"},
         {"hop": 2, "delay": 3, "ipAddress": "89.210.0.1", "asn": 34779, "prefix": "89.210.0.0/18"},
         {"hop": 3, "delay": 53, "ipAddress": "89.210.88.65", "asn": 34779, "prefix": "89.210.64.0/18"},
         {"hop": 4, "delay": 55, "ipAddress": "13.32.22.232", "asn": 16509, "prefix": "13.32.20.0/22"}]}
    Good: hop 3 is slow with its answers only
        {"destination": "13.32.22.232", "hops": [{"hop": 1, "delay": 1, "ipAddress": "10.0.0.1"},
         {"hop": 2, "delay": 3, "ipAddress": "89.210.0.1", "asn": 34779, "prefix": "89.210.0.0/18"},
         {"hop": 3, "delay": 253, "ipAddress": "89.210.88.65", "asn": 34779, "prefix": "89.210.64.0/18"},
         {"hop": 4, "delay": 9, "ipAddress": "13.32.22.232", "asn": 16509, "prefix": "13.32.20.0/22"}]}
    Good: it rises bit by bit
        {"destination": "13.32.22.232", "hops": [{"hop": 1, "delay": 1, "ipAddress": "10.0.0.1"},
         {"hop": 2, "delay": 40, "ipAddress": "89.210.0.1", "asn": 34779, "prefix": "89.210.0.0/18"},
         {"hop": 3, "delay": 80, "ipAddress": "13.32.22.232", "asn": 16509, "prefix": "13.32.20.0/22"}]}
    """
    jump = find_jump(trace, delay_jump_ms)
    if jump is None:
        return None
    before, after = jump.before, jump.after
    of_before, values_before = _network_of(before.hop)
    of_after, values_after = _network_of(after.hop)
    return problem(
        ("hops", before.place, "delay"),
        f"the delay rises by {{}} ms after hop {{}}{of_before} and stays: {{}} ms at hop {{}}{of_after}",
        *(jump.rise, before.number, *values_before),
        *(after.hop["delay"], after.number, *values_after),
        related=(note(("hops", after.place, "delay"), "{} ms", after.hop["delay"]),),
    )


def _network_of(hop: Hop) -> tuple[str, list[object]]:
    """Words and values for the network of a hop, as far as it is known."""
    words: list[str] = []
    values: list[object] = []
    if "asn" in hop:
        words.append("AS {}")
        values.append(hop["asn"])
    if "prefix" in hop:
        words.append("{}")
        values.append(hop["prefix"])
    return f" ({', '.join(words)})" if words else "", values


@rule("DIA009", on=Traceroute, severity=INFO, basis=PLAUSIBLE, needs=("hops",))
def routing_loop(trace: Traceroute) -> Problem | None:
    """An address comes back along the path, after another one.

    Packets that go in circles do not arrive. A path that goes on to the destination has no such
    circle: there a router sent probes of one trace along different paths.

    Reason: for loops that load balancing feigns see Augustin et al., "Avoiding traceroute anomalies with Paris
    traceroute" (2006), https://doi.org/10.1145/1177080.1177100
    Remedy: Trace the path again; show the provider of the address a loop that is still there.

    Bad:
        {"destination": "13.32.22.232", "hops": [{"hop": 1, "delay": 1, "ipAddress": "10.0.0.1"},
         {"hop": 2, "delay": 2, "ipAddress": "89.210.0.1", "asn": 34779, "prefix": "89.210.0.0/18"},
         {"hop": 3, "delay": 3, "ipAddress": "89.210.88.65", "asn": 34779, "prefix": "89.210.64.0/18"},
         {"hop": 4, "delay": 4, "ipAddress": "89.210.0.1", "asn": 34779, "prefix": "89.210.0.0/18"}]}
    Good: twice in a row, so nothing is between
        {"destination": "13.32.22.232", "hops": [{"hop": 1, "delay": 1, "ipAddress": "10.0.0.1"},
         {"hop": 2, "delay": 2, "ipAddress": "89.210.0.1", "asn": 34779, "prefix": "89.210.0.0/18"},
         {"hop": 3, "delay": 3, "ipAddress": "89.210.0.1", "asn": 34779, "prefix": "89.210.0.0/18"}]}
    """
    latest: dict[tuple[int, int], Answer] = {}
    number = between = 0
    for answer in answers(trace):
        if answer.number > number:
            number, between = answer.number, number
        address = answer.address
        if address is None:
            continue
        key = (address.version, address.number)
        first = latest.get(key)
        # What answered between the two was another one: this address answered last at the first of them.
        if first and between > first.number:
            return problem(
                ("hops", answer.place, "ipAddress"),
                "{} answers at hop {} and again at hop {}",
                *(answer.hop["ipAddress"], first.number, answer.number),
                related=(note(("hops", first.place, "ipAddress"), "at hop {}", first.number),),
            )
        latest[key] = answer
    return None


@rule("DIA010", on=Network, severity=INFO, basis=PLAUSIBLE, needs=("traceroute",), whole=True)
def path_incomplete(network: Network) -> Problem | None:
    """The last hop that answered is not the destination.

    Either the packets end there, or what is behind it answers no probes: the trace alone does not
    tell which. Where the target is said to block ICMP the trace cannot be complete, so it is not told.

    Documented: "string parameter `destination` represents target IP address"
    Reason: a traceroute that comes to its destination ends there.
    Remedy: See whether the target answers pings or TCP; if it does, the path goes on unseen.

    Bad:
        {"traceroute": {"destination": "13.32.22.232", "hops": [{"hop": 1, "delay": 1, "ipAddress": "10.0.0.1"},
         {"hop": 2, "delay": 2, "ipAddress": "89.210.0.1", "asn": 34779, "prefix": "89.210.0.0/18"}]}}
    Good:
        {"traceroute": {"destination": "13.32.22.232", "hops": [{"hop": 1, "delay": 1, "ipAddress": "10.0.0.1"},
         {"hop": 2, "delay": 2, "ipAddress": "13.32.22.232", "asn": 16509, "prefix": "13.32.20.0/22"}]}}
    Good: no other path can be seen
        {"icmpBlocked": true, "ping": {"pktsSent": 10, "pktsReceived": 0}, "traceroute": {"destination": "13.32.22.232",
         "hops": [{"hop": 1, "delay": 1, "ipAddress": "10.0.0.1"}]}}
    """
    trace = network["traceroute"]
    destination = parse_address(trace.get("destination", ""))
    if destination is None or not trace.get("hops") or "error" in trace or blocks_icmp(network):
        return None
    answered = answers(trace)
    if not answered:
        if any(not hop or "hop" not in hop or not is_silent(hop) for hop in trace["hops"]):
            return None
        return problem(("traceroute", "hops"), "no hop answered on the path to {}", trace["destination"])
    last = answered[-1]
    address = last.address
    if address is None or address.version != destination.version or _is_same(address, destination):
        return None
    return problem(
        ("traceroute", "hops", last.place),
        "the path is seen up to hop {}, {}, not up to the destination",
        *(last.number, last.hop["ipAddress"]),
        related=(note(("traceroute", "destination"), "the destination is {}", trace["destination"]),),
    )


@rule("DIA011", on=Traceroute, severity=INFO, basis=PLAUSIBLE, needs=("hops",), whole=True)
def silent_hops(trace: Traceroute) -> Problem | None:
    """Hops of a traceroute did not answer.

    Their numbers are missing, or they have no address. Routers limit how many answers they send, and
    some send none: what lies behind them shows whether they forward.

    Standard: RFC 1812, section 4.3.2.8, and RFC 4443, section 2.4: routers limit the rate of ICMP messages.
    Reason: a hop that forwards without answering harms nobody.
    Remedy: Do nothing where later hops answer.

    Bad: hops 2 to 4
        {"destination": "13.32.22.232", "hops": [{"hop": 1, "delay": 1, "ipAddress": "10.0.0.1"},
         {"hop": 5, "delay": 9, "ipAddress": "13.32.22.232", "asn": 16509, "prefix": "13.32.20.0/22"}]}
    Bad: hop 2
        {"destination": "13.32.22.232", "hops": [{"hop": 1, "delay": 1, "ipAddress": "10.0.0.1"},
         {"hop": 2, "ipAddress": "*"},
         {"hop": 3, "delay": 9, "ipAddress": "13.32.22.232", "asn": 16509, "prefix": "13.32.20.0/22"}]}
    Good: all answered
        {"destination": "13.32.22.232", "hops": [{"hop": 1, "delay": 1, "ipAddress": "10.0.0.1"},
         {"hop": 2, "delay": 9, "ipAddress": "13.32.22.232", "asn": 16509, "prefix": "13.32.20.0/22"}]}
    """
    runs: list[tuple[int, int, int]] = []  # index, first and last number
    number = 0
    for index, hop in enumerate(trace["hops"]):
        if not hop or "hop" not in hop or hop["hop"] < number:
            return None
        before, number = number, int(hop["hop"])  # 5.0 is an integer too
        silent = range(before + 1, number + (1 if is_silent(hop) else 0))
        if silent and runs and runs[-1][2] + 1 == silent[0]:
            runs[-1] = (*runs[-1][:2], silent[-1])
        elif silent:
            runs.append((index, silent[0], silent[-1]))
    return as_one([_silence(*run) for run in runs])


def _silence(index: int, first: int, last: int) -> Problem:
    if first == last:
        return problem(("hops", index), "hop {} did not answer", first)
    return problem(("hops", index), "hops {} to {} did not answer", first, last)


@rule("DIA012", on=Session, severity=INFO, basis=PLAUSIBLE, needs=("pages",))
def slow_page(session: Session, *, page_slow_ms: float = DEFAULTS.page_slow_ms) -> list[Problem] | None:
    """A page took long to load.

    Where the time went is told as far as the payload does: until the document was read (its server,
    the network, and scripts that it waits for), after that (images, frames and the rest), and how long
    one connection to the target takes.

    Documented: "the number of milliseconds to DOM Load (`onContentLoad`) and Page Load ( `onLoad`)"
    Reason: page-slow-ms (4000) is where Google calls the time to a page's largest element poor; the load event often
    comes later still, so it is a rule of thumb. "Largest Contentful Paint (LCP)", https://web.dev/articles/lcp
    Remedy: Compare with the network's measurements: where they are fine, look at the page.

    Bad:
        {"numberOfPages": 1, "pages": [{"id": "page_0", "pageTimings": {"onContentLoad": 1483, "onLoad": 4001}}]}
    Good: at the threshold
        {"numberOfPages": 1, "pages": [{"id": "page_0", "pageTimings": {"onContentLoad": 1483, "onLoad": 4000}}]}
    Good: it was left before it was loaded
        {"numberOfPages": 1, "pages": [{"id": "page_0", "pageTimings": {"onContentLoad": 1483, "onLoad": -1}}]}
    """
    found = []
    for index, page in enumerate(session["pages"]):
        timings: Any = page.get("pageTimings") if page else None
        if timings and timings.get("onLoad", 0) > page_slow_ms:
            found.append(_slow(session, index, timings["onLoad"], timings.get("onContentLoad", 0)))
    return found or None


def _slow(session: Session, index: int, load: int, content: int) -> Problem:
    connect = session.get("network", {}).get("connect", {}).get("rtt")
    path: Path = ("pages", index, "pageTimings", "onLoad")
    related = () if connect is None else (note(("network", "connect", "rtt"), "{} ms to connect", connect),)
    if not 0 < content <= load:
        return problem(path, "the page took {} ms to load", load, related=related)
    words = "the page took {} ms to load: {} ms until the document was read, {} ms after that"
    return problem(path, words, load, content, load - content, related=related)


@rule("DIA013", on=Page, severity=INFO, basis=PLAUSIBLE, needs=("responseCode",))
def failed_page(page: Page) -> Problem | None:
    """A page was answered with an error.

    From 400 up the server found the request at fault, from 500 up itself or a server behind it. Either
    way the answer came, so the network carried it.

    Documented: "HTTP response code"
    Standard: RFC 9110, sections 15.5 and 15.6: classes 4xx (client error) and 5xx (server error).
    Reason: whatever made it, the user saw an error in the page's place.
    Remedy: Ask whoever runs the site; a 407 or 511 comes from a proxy or a login page of the local network.

    Bad:
        {"id": "page_0", "responseCode": 404}
    Bad: the server's own fault
        {"id": "page_0", "responseCode": 503}
    Good:
        {"id": "page_0", "responseCode": 399}
    """
    code = page["responseCode"]
    return None if code < 400 else problem("responseCode", "the page was answered with {}", code)


@rule("DIA014", on=Network, severity=INFO, basis=PLAUSIBLE, needs=("icmpBlocked",), whole=True)
def icmp_blocked(network: Network) -> Problem | None:
    """The target blocks ICMP, so ping and traceroute say nothing about it.

    Losses and a path that ends early are what such a target looks like when all is well. It is not
    told where the target answered pings after all.

    Documented: "set to `true` if network target is blocking ICMP echo (ping) queries"
    Reason: what does not answer by choice cannot be told from what was lost.
    Remedy: Judge the target by its TCP connection and its pages.

    Bad:
        {"icmpBlocked": true, "ping": {"pktsSent": 10, "pktsReceived": 0}}
    Good:
        {"icmpBlocked": false, "ping": {"pktsSent": 10, "pktsReceived": 0}}
    Good: it answers
        {"icmpBlocked": true}
    """
    if not blocks_icmp(network):
        return None
    connect = network.get("connect", {}).get("rtt")
    related = () if connect is None else (note(("connect", "rtt"), "TCP connected in {} ms", connect),)
    return problem("icmpBlocked", "the target blocks ICMP: ping and traceroute say nothing about it", related=related)


@rule("DIA015", on=Network, severity=INFO, basis=PLAUSIBLE)
def test_failed(network: Network) -> list[Problem] | None:
    """A ping, the traceroute or the TCP connection failed.

    The text is the agent's own. It is told once a test: at the test, or in `errors` where the test
    has nothing but its entry there.

    Documented: "contains only string `error` parameter if there is an error"
    Documented: "array of string representing possible network errors"
    Reason: a test without a result is missed when the others are weighed.
    Remedy: Read the text; a ping that timed out alone may be one that the target does not answer.

    Bad:
        {"ping": {"error": "Request timed out"}, "errors": ["ping: Request timed out before getting response"]}
    Bad: no connection
        {"connect": {}, "errors": ["connect: Connection refused"]}
    Good:
        {"errors": []}
    """
    return list(failures(network).values()) or None


_TESTS: Final = ("ping", "gatewayPing", "traceroute", "connect")


def failures(network: Network) -> dict[str, Problem]:
    """The tests that failed, by name (``ping``, ``gatewayPing``, ``traceroute``, ``connect``)."""
    found: dict[str, Problem] = {}
    listed = _listed_failures(network)
    made: Mapping[str, Any] = network
    for test in _TESTS:
        result = made.get(test)
        error = result.get("error") if result else None
        index = listed.get(test)
        if error:
            entry = () if index is None else (note(("errors", index), "listed"),)
            found[test] = problem((test, "error"), f"{test} failed: {{}}", error, related=entry)
        elif index is not None and not result:
            reason = network["errors"][index].partition(":")[2].strip()
            found[test] = problem(("errors", index), f"{test} failed: {{}}", reason)
    return found


def _listed_failures(network: Network) -> dict[str, int]:
    """The tests that `errors` names, each with the index of its first entry."""
    found: dict[str, int] = {}
    for index, entry in enumerate(network.get("errors", ())):
        kind = entry.partition(":")[0].strip().lower() if entry else ""
        test = next((test for test in _TESTS if test.lower() == kind), None)
        if test:
            found.setdefault(test, index)
    return found
