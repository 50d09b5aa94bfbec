"""Signs at their thresholds, and the verdicts that are made of them."""

import copy
from collections.abc import Callable, Mapping
from random import Random
from typing import Any

import orjson
import pytest

from sessionlint import check
from sessionlint.capture import Capture
from sessionlint.decode import decode
from sessionlint.document import Document
from sessionlint.engine import Engine, Options
from sessionlint.finding import Finding
from sessionlint.rule import registry
from sessionlint_rules.diagnosis import DEFAULTS, Thresholds
from sessionlint_rules.verdict import NONE_FOUND, PARTS, Verdict, is_plainly_well, weigh
from support import ROOT, SOUND, sound
from support_sessions import AILMENTS, Session, ailing, corpus, healthy, response

DIAGNOSIS = [id for id in registry() if id.startswith("DIA")]

PING = {"pktsSent": 10, "pktsReceived": 10, "minRtt": 6.9, "avgRtt": 24, "maxRtt": 116, "meanDevRtt": 36}
GATEWAY = PING | {"avgRtt": 7}
LOST = {"pktsSent": 10, "pktsReceived": 0}
FAILED = {"error": "Request timed out"}


def network(**changes: Any) -> Session:
    """The sound session with some fields of its network changed; ``...`` takes a field away."""
    made: Session = sound()["userSessions"][0]
    made["network"] = {key: value for key, value in {**made["network"], **changes}.items() if value is not ...}
    return made


def pages(*made: tuple[int, int]) -> Session:
    """The sound session with pages of these load times and response codes."""
    whole: Session = sound()["userSessions"][0]
    whole["pages"] = [
        {"id": f"page_{number}", "pageTimings": {"onContentLoad": 100, "onLoad": load}, "responseCode": code}
        for number, (load, code) in enumerate(made)
    ]
    return whole


def profile(**changes: Any) -> Session:
    return network(networkProfile={**sound()["userSessions"][0]["network"]["networkProfile"], **changes})


def metrics(**changes: Any) -> Session:
    return network(systemMetrics={**sound()["userSessions"][0]["network"]["systemMetrics"], **changes})


def cpu(mean: float) -> Session:
    return metrics(cpuUtilization={"min": 0, "max": 1, "mean": mean, "median": 0.5, "stdDev": 0.3, "count": 10})


def measured(made: Session, start: int) -> Session:
    """The session with metrics of another time, in milliseconds."""
    made["network"]["systemMetrics"] |= {"startTimeMs": start, "endTimeMs": start + 10_000}
    return made


def memory(mean: float, total: int = 1000) -> Session:
    used = {"min": mean, "max": mean, "mean": mean, "median": mean, "stdDev": 0, "count": 3}
    return metrics(physicalMemoryUsedBytes=used, physicalMemoryTotalBytes=total)


ADDRESSES = ("10.0.0.1", "89.210.0.1", "89.210.88.65", "52.95.218.66", "13.32.22.1", "13.32.22.232")
NETWORKS: Mapping[str, tuple[int, str]] = {
    "89.210.0.1": (34779, "89.210.0.0/18"),
    "89.210.88.65": (34779, "89.210.64.0/18"),
    "52.95.218.66": (1299, "52.95.216.0/22"),
    "13.32.22.1": (16509, "13.32.20.0/22"),
    "13.32.22.232": (16509, "13.32.20.0/22"),
}
"""AS number and prefix of the public ones: two of the access provider, one of transit, two of the target."""


def hop(number: int, address: str | None, delay: int = 1) -> dict[str, Any]:
    if address in (None, "*", ""):
        return {"hop": number} if address is None else {"hop": number, "ipAddress": address}
    made = {"hop": number, "ipAddress": address, "delay": delay}
    if address in NETWORKS:
        made["asn"], made["prefix"] = NETWORKS[address]
    return made


def trace(*hops: dict[str, Any] | None, destination: str = ADDRESSES[-1]) -> dict[str, Any]:
    return {"destination": destination, "hops": list(hops)}


def delays(*made: int) -> dict[str, Any]:
    """A complete trace with these delays."""
    return trace(*(hop(number + 1, ADDRESSES[number], delay) for number, delay in enumerate(made)))


def path(*addresses: str | None) -> dict[str, Any]:
    return trace(*(hop(number + 1, address) for number, address in enumerate(addresses)))


def said(rule: str, made: Session) -> tuple[Finding, ...]:
    return check(response([made]), select=[rule]).findings


def places(findings: tuple[Finding, ...]) -> list[str]:
    return [finding.pointer.removeprefix("/userSessions/0/") for finding in findings]


GATEWAY_LOSS = "network/gatewayPing/pktsReceived"
TARGET_LOSS = "network/ping/pktsReceived"
SIGNAL = "network/networkProfile/wirelessProfile/rssi"
MEAN_CPU = "network/systemMetrics/cpuUtilization/mean"
MEAN_MEMORY = "network/systemMetrics/physicalMemoryUsedBytes/mean"
UNANSWERED = {"ping": LOST, "connect": {}, "traceroute": FAILED, "errors": ["connect: Connection timed out"]}


@pytest.mark.parametrize(
    ("rule", "made", "expected"),
    [
        ("DIA001", network(), []),
        ("DIA001", network(gatewayPing=GATEWAY | {"pktsReceived": 9}), [GATEWAY_LOSS]),
        ("DIA001", network(gatewayPing=GATEWAY | {"pktsReceived": 11}), []),
        ("DIA001", network(gatewayPing={"pktsSent": 0, "pktsReceived": 0}), []),
        ("DIA001", network(gatewayPing=FAILED), []),
        ("DIA001", network(gatewayPing=LOST), []),
        ("DIA001", network(gatewayPing=LOST, **UNANSWERED), [GATEWAY_LOSS]),
        ("DIA001", network(gatewayPing=LOST, **UNANSWERED | {"connect": {"rtt": 20}, "errors": []}), []),
        ("DIA001", network(gatewayPing=LOST, **UNANSWERED | {"ping": PING | {"pktsReceived": 1}}), []),
        ("DIA001", network(gatewayPing=LOST, **UNANSWERED | {"traceroute": delays(1, 2, 3, 4, 5, 6)}), []),
        ("DIA001", network(gatewayPing=LOST, **UNANSWERED | {"traceroute": delays(1)}), [GATEWAY_LOSS]),
        ("DIA001", network(gatewayPing=LOST, **UNANSWERED | {"traceroute": delays(1, 2)}), []),
        ("DIA001", network(gatewayPing=LOST, **UNANSWERED | {"icmpBlocked": True}), []),
        ("DIA002", network(gatewayPing=GATEWAY | {"avgRtt": 20}, ping=PING | {"avgRtt": 30}), []),
        ("DIA002", network(gatewayPing=GATEWAY | {"avgRtt": 21}), ["network/gatewayPing/avgRtt"]),
        ("DIA002", network(gatewayPing=GATEWAY | {"avgRtt": 60}), ["network/gatewayPing/avgRtt"]),
        ("DIA002", network(gatewayPing=LOST | {"avgRtt": 60}), []),
        ("DIA003", profile(wirelessProfile={"rssi": -70, "noise": -90}), []),
        ("DIA003", profile(wirelessProfile={"rssi": -70.5, "noise": -95}), [SIGNAL]),
        ("DIA003", profile(wirelessProfile={"rssi": -60, "noise": -79}), [SIGNAL]),
        ("DIA003", profile(wirelessProfile={"rssi": -10, "noise": -20}), []),
        ("DIA003", profile(wirelessProfile={"rssi": -10, "noise": -21}), [SIGNAL]),
        ("DIA003", profile(wirelessProfile={"rssi": -60, "noise": -50}), []),
        ("DIA003", profile(wirelessProfile={"rssi": -121}), []),
        ("DIA003", profile(wirelessProfile={"noise": -95}), []),
        ("DIA003", profile(wirelessProfile={"rssi": -90}, hardwareType="Ethernet"), []),
        ("DIA003", profile(wirelessProfile={"rssi": -90}, hardwareType="Virtual"), [SIGNAL]),
        ("DIA004", cpu(0.9), []),
        ("DIA004", cpu(0.900001), [MEAN_CPU]),
        ("DIA004", cpu(97), []),
        ("DIA005", memory(950), []),
        ("DIA005", memory(951), [MEAN_MEMORY]),
        ("DIA005", memory(1000), [MEAN_MEMORY]),
        ("DIA005", memory(1001), []),
        ("DIA006", network(ping=PING | {"pktsReceived": 9}), [TARGET_LOSS]),
        ("DIA006", network(ping=PING | {"pktsReceived": 9}, gatewayPing=GATEWAY | {"pktsReceived": 9}), []),
        ("DIA006", network(ping=PING | {"pktsReceived": 9}, gatewayPing=LOST), [TARGET_LOSS]),
        ("DIA006", network(ping=PING | {"pktsReceived": 9}, gatewayPing=...), [TARGET_LOSS]),
        ("DIA006", network(ping=LOST), [TARGET_LOSS]),
        ("DIA006", network(ping=LOST, icmpBlocked=...), [TARGET_LOSS]),
        ("DIA006", network(ping=LOST, icmpBlocked=True), []),
        ("DIA006", network(ping=PING | {"pktsReceived": 9}, icmpBlocked=True), [TARGET_LOSS]),
        ("DIA006", network(ping=FAILED), []),
        ("DIA007", network(ping=PING | {"avgRtt": 150}), []),
        ("DIA007", network(ping=PING | {"avgRtt": 151}), ["network/ping/avgRtt"]),
        ("DIA007", network(ping=PING | {"avgRtt": 150}, connect={"rtt": 900}), []),
        ("DIA007", network(ping=LOST, connect={"rtt": 150}), []),
        ("DIA007", network(ping=LOST, connect={"rtt": 151}), ["network/connect/rtt"]),
        ("DIA007", network(ping=FAILED, connect={"rtt": 151}), ["network/connect/rtt"]),
        ("DIA007", network(ping=LOST, connect={}), []),
        ("DIA008", network(traceroute=delays(1, 2, 3, 52, 53, 54)), []),
        ("DIA008", network(traceroute=delays(1, 2, 3, 53, 53, 54)), ["network/traceroute/hops/2/delay"]),
        ("DIA008", network(traceroute=delays(1, 2, 3, 300, 10, 11)), []),
        ("DIA008", network(traceroute=delays(1, 2, 3, 300, 200, 52)), []),
        ("DIA008", network(traceroute=delays(1, 60, 120, 180, 240, 300)), ["network/traceroute/hops/0/delay"]),
        ("DIA008", network(traceroute=delays(1, 2, 3, 4, 5, 90)), ["network/traceroute/hops/4/delay"]),
        ("DIA008", network(traceroute=delays(1, 2, 3, 4, 90)), []),
        ("DIA008", network(traceroute=delays(1, 2, 3, 90, 91)), ["network/traceroute/hops/2/delay"]),
        ("DIA008", network(traceroute=delays(90)), []),
        ("DIA008", network(traceroute=trace()), []),
        ("DIA008", network(traceroute=delays(1, 90, 91) | {"error": "cut short"}), []),
        (
            "DIA008",
            network(traceroute=trace(hop(1, ADDRESSES[0], 1), hop(2, "*"), hop(9, ADDRESSES[-1], 80))),
            ["network/traceroute/hops/0/delay"],
        ),
        # Two probes of hop 2, the quicker one counts; hops in a wrong order tell nothing.
        (
            "DIA008",
            network(traceroute=trace(hop(1, ADDRESSES[0], 1), hop(2, ADDRESSES[1], 90), hop(2, ADDRESSES[2], 20))),
            [],
        ),
        ("DIA008", network(traceroute=trace(hop(2, ADDRESSES[0], 1), hop(1, ADDRESSES[-1], 90))), []),
        ("DIA009", network(traceroute=path(*ADDRESSES)), []),
        ("DIA009", network(traceroute=path(*ADDRESSES[:3], ADDRESSES[1])), ["network/traceroute/hops/3/ipAddress"]),
        ("DIA009", network(traceroute=path(*ADDRESSES[:2], ADDRESSES[1], ADDRESSES[-1])), []),
        ("DIA009", network(traceroute=path(*ADDRESSES[:2], "*", None, ADDRESSES[1])), []),
        (
            "DIA009",
            network(
                traceroute=trace(hop(1, ADDRESSES[0]), hop(2, ADDRESSES[1]), hop(2, ADDRESSES[2]), hop(3, ADDRESSES[1]))
            ),
            [],
        ),
        ("DIA009", network(traceroute=trace(hop(1, ADDRESSES[0]), hop(2, ADDRESSES[1]), hop(2, ADDRESSES[0]))), []),
        (
            "DIA009",
            network(traceroute=path("fe80::1%en0", "2001:db8::1", "FE80:0::1")),
            ["network/traceroute/hops/2/ipAddress"],
        ),
        ("DIA010", network(traceroute=path(*ADDRESSES)), []),
        ("DIA010", network(traceroute=path(*ADDRESSES[:4])), ["network/traceroute/hops/3"]),
        ("DIA010", network(traceroute=path(*ADDRESSES[:4], "*", None)), ["network/traceroute/hops/3"]),
        ("DIA010", network(traceroute=path(*ADDRESSES, "*")), []),
        ("DIA010", network(traceroute=path("*", None)), ["network/traceroute/hops"]),
        ("DIA010", network(traceroute=trace()), []),
        ("DIA010", network(traceroute=FAILED), []),
        ("DIA010", network(traceroute=path(*ADDRESSES[:4]), icmpBlocked=True, ping=LOST), []),
        ("DIA010", network(traceroute=path(*ADDRESSES[:4]), icmpBlocked=True), ["network/traceroute/hops/3"]),
        ("DIA010", network(traceroute=path(*ADDRESSES[:4]) | {"destination": "www.example.com"}), []),
        ("DIA011", network(traceroute=path(*ADDRESSES)), []),
        ("DIA011", network(traceroute=path(*ADDRESSES[:3], "*", *ADDRESSES[4:])), ["network/traceroute/hops/3"]),
        ("DIA011", network(traceroute=path(None, ADDRESSES[0], "", ADDRESSES[-1])), ["network/traceroute/hops/0"]),
        ("DIA011", network(traceroute=trace(hop(3, ADDRESSES[0]))), ["network/traceroute/hops/0"]),
        ("DIA011", network(traceroute=trace(hop(2, ADDRESSES[0]), hop(1, ADDRESSES[-1]))), []),
        ("DIA012", pages((4000, 200)), []),
        (
            "DIA012",
            pages((4001, 200), (900, 200), (9000, 200)),
            ["pages/0/pageTimings/onLoad", "pages/2/pageTimings/onLoad"],
        ),
        ("DIA012", pages((-1, 200)), []),
        ("DIA013", pages((900, 399)), []),
        ("DIA013", pages((900, 400), (900, 200), (900, 503)), ["pages/0/responseCode", "pages/2/responseCode"]),
        ("DIA013", pages((900, 0)), []),
        ("DIA014", network(icmpBlocked=True, ping=LOST), ["network/icmpBlocked"]),
        ("DIA014", network(icmpBlocked=True, ping=FAILED), ["network/icmpBlocked"]),
        ("DIA014", network(icmpBlocked=True, ping=...), ["network/icmpBlocked"]),
        ("DIA014", network(icmpBlocked=True), []),
        ("DIA014", network(icmpBlocked=False, ping=LOST), []),
        ("DIA015", network(), []),
        ("DIA015", network(ping=FAILED, errors=["ping: Request timed out"]), ["network/ping/error"]),
        ("DIA015", network(ping=FAILED, gatewayPing=FAILED), ["network/gatewayPing/error", "network/ping/error"]),
        ("DIA015", network(traceroute={"error": "no route"}), ["network/traceroute/error"]),
        ("DIA015", network(traceroute={"error": ""}), []),
        (
            "DIA015",
            network(connect={}, errors=["dns: slow", "connect: refused", "connect: again"]),
            ["network/errors/1"],
        ),
        ("DIA015", network(connect=..., errors=["CONNECT : refused"]), ["network/errors/0"]),
        ("DIA015", network(errors=["connect: refused"]), []),
        ("DIA015", network(ping=..., errors=["ping: Request timed out"]), ["network/errors/0"]),
    ],
)
def test_a_sign_is_told_where_it_is(rule: str, made: Session, expected: list[str]) -> None:
    assert sorted(places(said(rule, made))) == expected


@pytest.mark.parametrize(
    ("rule", "made", "message", "related"),
    [
        (
            "DIA001",
            network(gatewayPing=GATEWAY | {"pktsReceived": 7}),
            "3 of 10 packets to the gateway were lost",
            ["10 sent"],
        ),
        (
            "DIA002",
            network(gatewayPing=GATEWAY | {"avgRtt": 60}),
            "the gateway answers in 60 ms on average, but the target beyond it in 24 ms: it is slow with pings only",
            ["24 ms to the target"],
        ),
        (
            "DIA003",
            profile(wirelessProfile={"rssi": -60.2, "noise": -79}),
            "the wireless signal is only 18.8 dB above the noise",
            ["noise is -79 dBm"],
        ),
        ("DIA004", cpu(0.93451), "the processors were busy 93.5 percent of the time", []),
        ("DIA005", memory(951), "95.1 percent of the memory was in use", ["1000 bytes in all"]),
        (
            "DIA006",
            network(ping=PING | {"pktsReceived": 7}),
            "3 of 10 packets to the target were lost, and none to the gateway",
            [],
        ),
        (
            "DIA006",
            network(ping=PING | {"pktsReceived": 7}, gatewayPing=LOST),
            "3 of 10 packets to the target were lost; whether the gateway lost any is unknown",
            [],
        ),
        (
            "DIA006",
            network(ping=LOST),
            "10 of 10 packets to the target were lost, but TCP connected: it may ignore pings",
            [],
        ),
        (
            "DIA008",
            network(traceroute=delays(1, 2, 3, 90, 91, 92)),
            (
                'the delay rises by 87 ms after hop 3 (AS 34779, "89.210.64.0/18") and stays: '
                '90 ms at hop 4 (AS 1299, "52.95.216.0/22")'
            ),
            ["90 ms"],
        ),
        (
            "DIA008",
            network(traceroute=trace(*map(hop, (1, 2, 2, 3, 4), ADDRESSES, (1, 2, 90, 91, 92)))),
            (
                'the delay rises by 89 ms after hop 2 (AS 34779, "89.210.0.0/18") and stays: '
                '91 ms at hop 3 (AS 1299, "52.95.216.0/22")'
            ),
            ["91 ms"],
        ),
        (
            "DIA009",
            network(traceroute=path(*ADDRESSES[:3], ADDRESSES[1])),
            '"89.210.0.1" answers at hop 2 and again at hop 4',
            ["at hop 2"],
        ),
        (
            "DIA010",
            network(traceroute=path(*ADDRESSES[:2])),
            'the path is seen up to hop 2, "89.210.0.1", not up to the destination',
            ['the destination is "13.32.22.232"'],
        ),
        (
            "DIA011",
            network(
                traceroute=trace(hop(2, ADDRESSES[0]), hop(3, "*"), hop(7, "*"), hop(8, ADDRESSES[1]), hop(10, "*"))
            ),
            "hop 1 did not answer",
            ["hops 3 to 7 did not answer", "hops 9 to 10 did not answer"],
        ),
        (
            "DIA012",
            pages((9000, 200)),
            "the page took 9000 ms to load: 100 ms until the document was read, 8900 ms after that",
            ["77.449 ms to connect"],
        ),
        (
            "DIA012",
            pages((9000, 200)) | {"pages": [{"id": "a", "pageTimings": {"onContentLoad": 0, "onLoad": 9000}}]},
            "the page took 9000 ms to load",
            ["77.449 ms to connect"],
        ),
        (
            "DIA014",
            network(icmpBlocked=True, ping=LOST, connect={}),
            "the target blocks ICMP: ping and traceroute say nothing about it",
            [],
        ),
        (
            "DIA014",
            network(icmpBlocked=True, ping=LOST),
            "the target blocks ICMP: ping and traceroute say nothing about it",
            ["TCP connected in 77.449 ms"],
        ),
        (
            "DIA015",
            network(ping={"error": "\x1b[31mno"}, errors=["ping: no"]),
            'ping failed: "\\u001b[31mno"',
            ["listed"],
        ),
        ("DIA015", network(connect={}, errors=["connect: refused"]), 'connect failed: "refused"', []),
        ("DIA015", network(traceroute={"error": "no route"}), 'traceroute failed: "no route"', []),
        (
            "DIA006",
            network(gatewayPing=GATEWAY | {"pktsReceived": 9}, ping=PING | {"pktsReceived": 1}),
            "9 of 10 packets to the target were lost, and only 1 of 10 to the gateway",
            [],
        ),
        (
            "DIA002",
            network(gatewayPing=GATEWAY | {"avgRtt": 110}, ping=LOST, icmpBlocked=True, connect={"rtt": 25}),
            "the gateway answers in 110 ms on average, but the target beyond it in 25 ms: it is slow with pings only",
            ["25 ms to the target"],
        ),
    ],
)
def test_a_sign_is_told_in_words(rule: str, made: Session, message: str, related: list[str]) -> None:
    (finding,) = said(rule, made)
    assert finding.message == message
    assert [note.message for note in finding.related] == related
    assert (finding.lane, finding.severity) == ("diagnosis", "info")


def test_signs_are_told_only_where_they_are_asked_for() -> None:
    assert check(response([ailing("weak Wi-Fi", Random(1))])).findings == ()


@pytest.mark.parametrize(
    ("rule", "threshold", "value", "made"),
    [
        ("DIA001", "gateway-loss-share", 0.3, network(gatewayPing=GATEWAY | {"pktsReceived": 7})),
        ("DIA002", "gateway-rtt-slow-ms", 30, network(gatewayPing=GATEWAY | {"avgRtt": 25})),
        ("DIA003", "wifi-rssi-weak-dbm", -75, profile(wirelessProfile={"rssi": -72, "noise": -95})),
        ("DIA003", "wifi-snr-low-db", 10, profile(wirelessProfile={"rssi": -60, "noise": -75})),
        ("DIA004", "cpu-saturated-share", 0.95, cpu(0.93)),
        ("DIA005", "memory-exhausted-share", 0.98, memory(970)),
        ("DIA006", "target-loss-share", 0.3, network(ping=PING | {"pktsReceived": 7})),
        ("DIA007", "target-rtt-slow-ms", 250, network(ping=PING | {"avgRtt": 200})),
        ("DIA008", "delay-jump-ms", 100, network(traceroute=delays(1, 2, 3, 90, 91, 92))),
        ("DIA012", "page-slow-ms", 10000, pages((9000, 200))),
    ],
)
def test_a_threshold_can_be_set_for_the_sign_and_the_verdict(
    rule: str, threshold: str, value: float, made: Session
) -> None:
    quiet = {"page-slow-ms": 1e9} if threshold != "page-slow-ms" else {}
    assert rule in {finding.rule for finding in diagnosed(made, quiet)}
    assert diagnosed(made, quiet | {threshold: value}) == set()


def diagnosed(made: Session, thresholds: Mapping[str, float]) -> set[Finding]:
    selected = frozenset((*DIAGNOSIS[:10], "DIA012", "DIA013", "DIA014", "DIA015", "DIA100")) - {"DIA010"}
    engine = Engine(Options(selected, thresholds=thresholds))
    document = decode(orjson.dumps(response([made])), "a.json")
    assert isinstance(document, Document)
    checked = engine.check(document, Capture("a.json", b""))
    assert checked is not None
    return set(checked.findings)


def test_the_verdict_is_weighed_by_each_threshold_as_it_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def weighed(session: Session, at: Thresholds) -> Verdict:
        asked.append(at)
        return weigh({})

    monkeypatch.setattr("sessionlint_rules.verdict.weigh", weighed)
    made = Thresholds(*map(float, range(len(Thresholds._fields))))
    check_verdict = registry()["DIA100"].check
    assert check_verdict is not None
    check_verdict({}, **made._asdict())
    assert asked == [made]


def test_the_verdict_knows_every_threshold_with_the_same_default() -> None:
    named = {name.replace("_", "-"): value for name, value in DEFAULTS._asdict().items()}
    assert registry()["DIA100"].thresholds == named
    for id in DIAGNOSIS:
        assert registry()[id].thresholds.items() <= named.items()


def test_thresholds_are_taken_from_a_configuration() -> None:
    made = Thresholds.of({"delay-jump-ms": 80, "clock-skew-seconds": 9})
    assert made == DEFAULTS._replace(delay_jump_ms=80)


# Verdicts.


def rests_on(told: Verdict) -> list[str]:
    return [f"{sign.rule} {sign.weight}" for sign in told.signs]


WEAK_SIGNAL = profile(wirelessProfile={"rssi": -75, "noise": -95})["network"]["networkProfile"]
VERY_WEAK_SIGNAL = profile(wirelessProfile={"rssi": -81, "noise": -99})["network"]["networkProfile"]
SLOW = PING | {"avgRtt": 200, "minRtt": 180}
CONGESTED = delays(1, 2, 3, 190, 191, 192)
LOSSY_AND_FAR = ["DIA008 0", "DIA006 1", "DIA007 1"]
FAR = {"ping": SLOW, "connect": {"rtt": 210.5}}
LOSSY = PING | {"pktsReceived": 7}
REFUSED = {"connect": {}, "errors": ["connect: Connection refused"]}


def quick(made: Session) -> Session:
    """The session with a page that loads in time: the sound one has one that doesn't."""
    return made | {"pages": pages((900, 200))["pages"]}


def unvisited(**changes: Any) -> Session:
    """The sound session without pages, and with some fields of its network changed."""
    return network(**changes) | {"pages": []}


@pytest.mark.parametrize(
    ("made", "part", "signs"),
    [
        (network(), NONE_FOUND, []),
        # Host.
        (cpu(0.95), "host", ["DIA004 2"]),
        (memory(960), NONE_FOUND, ["DIA005 1"]),
        (measured(cpu(0.95), 1581508857327), NONE_FOUND, []),
        (measured(memory(960), 1390529523327), NONE_FOUND, []),
        (measured(cpu(0.95), 1490529523327 - 23 * 3_600_000), "host", ["DIA004 2"]),
        (
            metrics(cpuUtilization=cpu(0.95)["network"]["systemMetrics"]["cpuUtilization"] | {"count": 0}),
            NONE_FOUND,
            [],
        ),
        (metrics(physicalMemoryUsedBytes={"mean": 960, "count": 0}, physicalMemoryTotalBytes=1000), NONE_FOUND, []),
        # Wireless or local: a weak signal tells them apart, a strong sign or a second one names them.
        (network(networkProfile=WEAK_SIGNAL), NONE_FOUND, ["DIA003 1"]),
        (network(networkProfile=VERY_WEAK_SIGNAL), "wireless", ["DIA003 2"]),
        (profile(wirelessProfile={"rssi": -65, "noise": -80}), "wireless", ["DIA003 2"]),
        (profile(wirelessProfile={"rssi": -65, "noise": -81}), NONE_FOUND, ["DIA003 1"]),
        (
            network(networkProfile=WEAK_SIGNAL, gatewayPing=GATEWAY | {"pktsReceived": 7}, ping=LOSSY),
            "wireless",
            ["DIA003 1", "DIA001 2"],
        ),
        (network(gatewayPing=GATEWAY | {"pktsReceived": 7}, ping=LOSSY), "local network", ["DIA001 2"]),
        (
            network(gatewayPing=GATEWAY | {"pktsReceived": 7}, ping=PING | {"pktsReceived": 2}),
            "local network",
            ["DIA001 2"],
        ),
        (network(gatewayPing=GATEWAY | {"pktsReceived": 9}, ping=LOSSY), NONE_FOUND, ["DIA001 1"]),
        # A packet or two to the gateway don't explain that most are lost beyond it.
        (network(gatewayPing=GATEWAY | {"pktsReceived": 9}, ping=PING | {"pktsReceived": 5}), NONE_FOUND, ["DIA001 1"]),
        (network(gatewayPing=GATEWAY | {"pktsReceived": 9}, ping=PING | {"pktsReceived": 4}), "target", ["DIA006 2"]),
        (unvisited(gatewayPing=GATEWAY | {"pktsReceived": 9}, **UNANSWERED), "target", ["DIA006 2", "DIA015 2"]),
        (
            network(gatewayPing=GATEWAY | {"pktsSent": 100, "pktsReceived": 90}, ping=PING | {"pktsReceived": 4}),
            "target",
            ["DIA006 2"],
        ),
        (
            network(
                gatewayPing=GATEWAY | {"pktsSent": 100, "pktsReceived": 98},
                ping=PING | {"pktsSent": 100, "pktsReceived": 40},
            ),
            "target",
            ["DIA006 2"],
        ),
        (
            network(gatewayPing=GATEWAY | {"pktsReceived": 6}, ping=PING | {"pktsReceived": 1}),
            "local network",
            ["DIA001 2"],
        ),
        # What reaches the target passes the gateway, so that one only limits its answers.
        (network(gatewayPing=GATEWAY | {"pktsReceived": 7}), NONE_FOUND, ["DIA001 1"]),
        (network(gatewayPing=GATEWAY | {"pktsReceived": 4}, ping=PING | {"pktsReceived": 9}), NONE_FOUND, ["DIA001 1"]),
        (
            network(gatewayPing=GATEWAY | {"pktsReceived": 5}, ping=PING | {"pktsReceived": 9}),
            "local network",
            ["DIA001 2"],
        ),
        (
            network(gatewayPing=GATEWAY | {"pktsReceived": 1}, ping=PING | {"pktsReceived": 8}),
            "local network",
            ["DIA001 2"],
        ),
        (network(gatewayPing=GATEWAY | {"avgRtt": 110}), NONE_FOUND, []),
        (network(gatewayPing=GATEWAY | {"avgRtt": 30}, ping=PING | {"avgRtt": 40}), NONE_FOUND, ["DIA002 1"]),
        (network(gatewayPing=GATEWAY | {"avgRtt": 110}, ping=PING | {"avgRtt": 110}), "local network", ["DIA002 2"]),
        (
            network(networkProfile=WEAK_SIGNAL, gatewayPing=GATEWAY | {"avgRtt": 30}, ping=PING | {"avgRtt": 40}),
            "wireless",
            ["DIA003 1", "DIA002 1"],
        ),
        # It is slow with pings only, if TCP tells of a target that answers none.
        (
            network(gatewayPing=GATEWAY | {"avgRtt": 110}, ping=LOST, icmpBlocked=True, connect={"rtt": 25}),
            NONE_FOUND,
            [],
        ),
        (
            network(gatewayPing=GATEWAY | {"avgRtt": 110}, ping=LOST, icmpBlocked=True, connect={"rtt": 125}),
            "local network",
            ["DIA002 2"],
        ),
        # Slowness and failures beyond a gateway that shows them already are its own.
        (
            network(gatewayPing=GATEWAY | {"avgRtt": 110}, ping=SLOW, connect={"rtt": 201}),
            "local network",
            ["DIA002 2", "DIA007 1"],
        ),
        (
            network(gatewayPing=GATEWAY | {"avgRtt": 60}, ping=SLOW, connect={"rtt": 201}),
            NONE_FOUND,
            ["DIA002 1", "DIA007 1"],
        ),
        # What is lost to the gateway does not delay what comes back.
        (
            network(gatewayPing=GATEWAY | {"pktsReceived": 7}, ping=SLOW | {"pktsReceived": 7}, connect={"rtt": 201}),
            "local network",
            ["DIA001 2"],
        ),
        (unvisited(gatewayPing=LOST, **UNANSWERED), "local network", ["DIA001 2", "DIA015 2"]),
        (unvisited(gatewayPing=FAILED, **UNANSWERED), "local network", ["DIA015 1", "DIA006 2", "DIA015 2"]),
        (
            unvisited(gatewayPing=FAILED, **UNANSWERED | {"traceroute": delays(1, 2)}),
            "target",
            ["DIA006 2", "DIA015 2"],
        ),
        (network(gatewayPing=FAILED), NONE_FOUND, []),
        (
            unvisited(gatewayPing=FAILED, ping=FAILED, connect=..., traceroute=FAILED),
            "local network",
            ["DIA015 1", "DIA015 1"],
        ),
        # A weak signal explains what is lost beyond a gateway that tells nothing.
        (network(networkProfile=WEAK_SIGNAL, gatewayPing=LOST, ping=LOSSY), "wireless", ["DIA003 1", "DIA006 2"]),
        (network(networkProfile=WEAK_SIGNAL, ping=LOSSY), "target", ["DIA006 2"]),
        # A long way is no trouble where it does no harm: the delay counts once, however often it is seen.
        (network(traceroute=CONGESTED, **FAR), NONE_FOUND, ["DIA008 0", "DIA007 1"]),
        (network(traceroute=CONGESTED, ping=SLOW), NONE_FOUND, ["DIA008 0", "DIA007 1"]),
        (network(traceroute=delays(1, 2, 3, 4, 5, 200), **FAR), NONE_FOUND, ["DIA008 0", "DIA007 1"]),
        (network(**FAR), NONE_FOUND, ["DIA007 1"]),
        (network(ping=SLOW, connect=...), NONE_FOUND, ["DIA007 1"]),
        # Provider: a jump on the way that the target's own answers bear out.
        (network(traceroute=CONGESTED, **FAR | {"ping": SLOW | {"pktsReceived": 9}}), "provider", LOSSY_AND_FAR),
        (network(traceroute=CONGESTED), NONE_FOUND, []),
        (network(traceroute=delays(1, 2, 3, 90, 91, 92), ping=PING | {"avgRtt": 87}), NONE_FOUND, ["DIA008 1"]),
        (
            network(traceroute=delays(1, 2, 3, 90, 91, 92), ping=LOSSY | {"avgRtt": 95}),
            "provider",
            ["DIA008 1", "DIA006 2"],
        ),
        (
            unvisited(**UNANSWERED | {"traceroute": path(*ADDRESSES[:3], ADDRESSES[1], ADDRESSES[2])}),
            "provider",
            ["DIA009 2", "DIA006 2", "DIA015 2"],
        ),
        (network(traceroute=path(*ADDRESSES[:3], ADDRESSES[1], ADDRESSES[2])), NONE_FOUND, ["DIA009 1"]),
        (unvisited(traceroute=path(*ADDRESSES[:3], ADDRESSES[1], ADDRESSES[2])), NONE_FOUND, ["DIA009 1"]),
        (network(traceroute=path(*ADDRESSES[:3], ADDRESSES[1], ADDRESSES[-1])), NONE_FOUND, []),
        # Target: the jump is at its address or in its AS, or nothing on the way tells of one.
        (network(ping=LOSSY), "target", ["DIA006 2"]),
        (network(ping=PING | {"pktsReceived": 9}), NONE_FOUND, ["DIA006 1"]),
        (unvisited(**UNANSWERED), "target", ["DIA006 2", "DIA015 2"]),
        # TCP is answered, so the target only takes its time with pings, or drops them.
        (network(traceroute=delays(1, 2, 3, 4, 5, 200), ping=SLOW), NONE_FOUND, ["DIA007 1"]),
        # Nothing answers beyond the gateway, not even the provider's first hop.
        (unvisited(**UNANSWERED | {"traceroute": path(ADDRESSES[0])}), "provider", ["DIA006 2", "DIA015 2"]),
        (network(ping=LOST), NONE_FOUND, []),
        (network(ping=FAILED), NONE_FOUND, []),
        (network(ping=LOST, icmpBlocked=True, traceroute=path(*ADDRESSES[:3])), NONE_FOUND, []),
        (network(ping=FAILED, icmpBlocked=True, traceroute=FAILED, connect=...), NONE_FOUND, []),
    ],
)
def test_signs_make_a_verdict(made: Session, part: str, signs: list[str]) -> None:
    made = quick(made) if made["pages"] else made
    told = weigh(made)
    assert (told.part, rests_on(told)) == (part, signs)
    for sign in told.signs:
        assert "/".join(map(str, sign.path)) in places(said(sign.rule, made))


def test_nothing_is_cut_off_where_pages_came() -> None:
    """A proxy answers for them, where nothing that is asked directly does."""
    for gateway in (GATEWAY, LOST, FAILED):
        for ping in (LOST, FAILED):
            made = network(gatewayPing=gateway, **UNANSWERED | {"ping": ping})
            assert weigh(quick(made)) == Verdict(NONE_FOUND, "", (), (), "")
            assert weigh(made | {"pages": []}).part != NONE_FOUND
            # A page that was never answered is none that came.
            assert weigh(made | {"pages": pages((900, 200), (0, 0))["pages"]}).part != NONE_FOUND


@pytest.mark.parametrize(
    ("made", "part", "signs"),
    [
        (pages((10000, 200)), NONE_FOUND, ["DIA012 1"]),
        (pages((10001, 200)), "page", ["DIA012 2"]),
        (pages((4001, 200), (4001, 200)), "page", ["DIA012 2"]),
        (pages((900, 404), (900, 403)), NONE_FOUND, ["DIA013 1"]),
        (pages((900, 404), (900, 500)), "page", ["DIA013 2"]),
        (pages((900, 999)), NONE_FOUND, ["DIA013 1"]),
        (pages((4001, 404)), "page", ["DIA012 1", "DIA013 1"]),
        # TCP fails: pings that are answered are no comfort, but pages that came are.
        (pages() | {"network": network(**REFUSED)["network"]}, "target", ["DIA015 2"]),
        (pages((900, 0)) | {"network": network(**REFUSED)["network"]}, "target", ["DIA015 2"]),
        (pages((900, 200)) | {"network": network(**REFUSED)["network"]}, NONE_FOUND, []),
        (
            pages() | {"network": network(gatewayPing=GATEWAY | {"avgRtt": 110}, ping=SLOW, **REFUSED)["network"]},
            "local network",
            ["DIA002 2", "DIA007 1", "DIA015 2"],
        ),
        # A slow page is a symptom of what else is wrong, a failed one is not.
        (pages((20000, 200)) | {"network": cpu(0.95)["network"]}, "host", ["DIA004 2", "DIA012 1"]),
        (pages((20000, 200)) | {"network": network(**FAR)["network"]}, "target", ["DIA007 1", "DIA012 1"]),
        (pages((4001, 200)) | {"network": network(**FAR)["network"]}, "target", ["DIA007 1", "DIA012 1"]),
        (pages((4001, 200)) | {"network": network(ping=SLOW)["network"]}, NONE_FOUND, ["DIA007 1", "DIA012 1"]),
        (
            pages((4001, 200))
            | {"network": network(traceroute=CONGESTED, ping=FAILED, connect={"rtt": 210})["network"]},
            "provider",
            ["DIA008 0", "DIA007 1", "DIA012 1"],
        ),
        # Of a target that answers no ping, TCP tells.
        (
            pages((20000, 200))
            | {"network": network(ping=LOST, icmpBlocked=True, connect={"rtt": 210}, traceroute=FAILED)["network"]},
            "target",
            ["DIA007 1", "DIA012 1"],
        ),
        (pages((900, 503)) | {"network": cpu(0.95)["network"]}, "host", ["DIA004 2"]),
        (pages((20000, 503)) | {"network": memory(960)["network"]}, "page", ["DIA012 2", "DIA013 2"]),
    ],
)
def test_pages_count_too(made: Session, part: str, signs: list[str]) -> None:
    told = weigh(made)
    assert (told.part, rests_on(told)) == (part, signs)


@pytest.mark.parametrize(
    ("made", "part", "others"),
    [
        (delays(1, 2, 3, 198, 199, 200), "provider", ()),
        (delays(1, 2, 3, 190, 191), "provider", ()),
        (delays(1, 2, 3, 4, 199, 200), "target", ()),
        (delays(1, 2, 3, 4, 5, 200), "target", ()),
        # An ocean before it is not where most of the time is spent; two steps that are alike are one delay that varies.
        (delays(1, 2, 60, 61, 62, 200), "target", ()),
        (delays(1, 2, 90, 91, 92, 200), "provider", ()),
        # What is between the two was not seen, or nothing was.
        (trace(hop(1, ADDRESSES[0], 1), hop(2, "*"), hop(6, ADDRESSES[-1], 200)), "target", ("provider",)),
        (
            trace(hop(1, "10.0.0.1"), hop(2, ADDRESSES[1]), hop(5, ADDRESSES[4], 199), hop(6, ADDRESSES[-1], 200)),
            "target",
            ("provider",),
        ),
        (FAILED, "target", ("provider",)),
        (delays(1, 40, 80, 120, 160, 200), "target", ("provider",)),
        # As slow from the first hop on: the end of a tunnel, or what silent hops hide.
        (delays(190, 191, 192, 193, 194, 200), "provider", ()),
        (trace(hop(1, "*"), hop(4, ADDRESSES[3], 190), hop(6, ADDRESSES[-1], 200)), "provider", ()),
        (trace(hop(1, "*"), hop(4, ADDRESSES[3], 190)), "provider", ()),
        # At the destination alone it is the target's, as far as is known.
        (trace(hop(6, ADDRESSES[-1], 200)), "target", ("provider",)),
    ],
)
def test_a_delay_that_slows_pages_is_where_the_path_shows_it(
    made: dict[str, Any], part: str, others: tuple[str, ...]
) -> None:
    told = weigh(pages((5000, 200)) | {"network": network(traceroute=made, **FAR)["network"]})
    assert (told.part, told.confidence, told.others) == (part, "probably", others)


def test_a_path_as_slow_as_its_first_hop_may_be_the_local_network_if_the_gateway_is_unknown() -> None:
    far = network(traceroute=delays(190, 191, 192, 193, 194, 200), gatewayPing=FAILED, **FAR)
    told = weigh(pages((5000, 200)) | {"network": far["network"]})
    assert (told.part, told.others) == ("provider", ("local network",))


@pytest.mark.parametrize(
    ("made", "others"),
    [
        (network(ping=LOSSY), ("provider",)),
        (unvisited(**UNANSWERED), ("provider",)),
        # What answers pings is reached.
        (unvisited(**REFUSED), ()),
    ],
)
def test_trouble_beyond_the_gateway_may_be_the_providers_too(made: Session, others: tuple[str, ...]) -> None:
    told = weigh(quick(made) if made["pages"] else made)
    assert (told.part, told.confidence, told.others) == ("target", "probably", others)


def test_the_slowest_page_is_named() -> None:
    (sign,) = weigh(pages((4200, 200), (15000, 200), (5000, 200))).signs
    assert (sign.path, sign.message.text().partition(":")[0]) == (
        ("pages", 1, "pageTimings", "onLoad"),
        "the page took 15000 ms to load",
    )


@pytest.mark.parametrize(
    ("made", "message", "help"),
    [
        (
            quick(network(networkProfile=WEAK_SIGNAL, gatewayPing=GATEWAY | {"pktsReceived": 7}, ping=LOSSY)),
            "most likely wireless: the wireless signal is -75 dBm; 3 of 10 packets to the gateway were lost",
            "With a gateway ping without loss it would have been target.",
        ),
        (
            quick(network(gatewayPing=GATEWAY | {"pktsReceived": 7}, ping=LOSSY)),
            "probably local network: 3 of 10 packets to the gateway were lost",
            "With a gateway ping without loss it would have been target.",
        ),
        (
            quick(cpu(0.95)),
            "probably host: the processors were busy 95 percent of the time",
            "With processors to spare nothing would have been found.",
        ),
        (
            pages((4001, 200)) | {"network": network(networkProfile=VERY_WEAK_SIGNAL, **FAR)["network"]},
            "probably wireless: the wireless signal is -81 dBm (there are signs of target too)",
            "With a good signal it would have been target.",
        ),
        (
            pages((4001, 200)) | {"network": network(traceroute=delays(1, 2, 3, 4, 5, 200), **FAR)["network"]},
            (
                'probably target: the delay rises by 195 ms after hop 5 (AS 16509, "13.32.20.0/22") and stays: '
                '200 ms at hop 6 (AS 16509, "13.32.20.0/22"); the target answers in 200 ms on average; '
                "the page took 4001 ms to load: 100 ms until the document was read, 3901 ms after that"
            ),
            "With a quick target nothing would have been found.",
        ),
        (
            unvisited(**UNANSWERED),
            (
                "probably target: 10 of 10 packets to the target were lost, and none to the gateway; "
                'connect failed: "Connection timed out" (there are signs of provider too)'
            ),
            "With a TCP connection nothing would have been found.",
        ),
        (
            quick(memory(960)),
            "none found, for one weak sign proves nothing: 96 percent of the memory was in use",
            "A strong sign, or a second weak one of the same part, would have named it.",
        ),
        (
            pages((4001, 200)) | {"network": memory(960)["network"]},
            (
                "none found, only weak signs: 96 percent of the memory was in use; "
                "the page took 4001 ms to load: 100 ms until the document was read, 3901 ms after that"
            ),
            "A strong sign, or a second weak one of the same part, would have named it.",
        ),
        (
            pages((20000, 503)),
            (
                "most likely page: the page took 20000 ms to load: 100 ms until the document was read, "
                "19900 ms after that; the page was answered with 503"
            ),
            "Without any of these signs nothing would have been found.",
        ),
    ],
)
def test_a_verdict_is_told_with_its_reasons(made: Session, message: str, help: str) -> None:
    (finding,) = said("DIA100", made)
    assert finding.message == message
    assert finding.help == help
    assert finding.pointer == "/userSessions/0"


def test_a_verdict_names_the_findings_that_it_rests_on() -> None:
    made = quick(network(networkProfile=WEAK_SIGNAL, gatewayPing=GATEWAY | {"pktsReceived": 7}, ping=LOSSY))
    (told,) = said("DIA100", made)
    signs = check(response([made]), select=["DIA"]).findings
    assert {(note.message, note.pointer) for note in told.related} == {
        (f"{finding.rule}: {finding.message}", finding.pointer)
        for finding in signs
        if finding.rule in ("DIA003", "DIA001")
    }


def test_a_verdict_can_be_told_without_values() -> None:
    made = response([unvisited(connect={}, errors=["connect: secret"], ping=LOST, traceroute=FAILED)])
    (told,) = check(made, select=["DIA100"], redact=True).findings
    assert "secret" not in repr(told)
    assert told.message.startswith("probably target: … of … packets")


def test_no_verdict_is_made_of_a_file_that_was_cut_off() -> None:
    text = orjson.dumps(response([cpu(0.95)]))
    assert [finding.rule for finding in check(text, select=["DIA100", "CAP004"]).findings] == ["DIA100"]
    assert [finding.rule for finding in check(text[:-20], select=["DIA100", "CAP004"]).findings] == ["CAP004"]


@pytest.mark.parametrize(("rule", "made"), [("DIA007", {"connect": {"rtt": 200}}), ("DIA014", {"icmpBlocked": True})])
def test_a_target_whose_ping_was_cut_off_is_not_said_to_answer_none(rule: str, made: dict[str, Any]) -> None:
    text = orjson.dumps(response([network(**made)]))
    cut = text[: text.index(b'"ping"')]
    assert [finding.rule for finding in check(cut, select=[rule, "CAP004"]).findings] == ["CAP004"]


def test_a_healthy_session_has_no_verdict() -> None:
    sessions = corpus(healthy, 1000)
    assert check(response(sessions)).findings == ()
    assert {weigh(made) for made in sessions} == {Verdict(NONE_FOUND, "", (), (), "")}
    # Routers that do not answer are met on healthy paths too: they are told, and weigh nothing.
    assert {finding.rule for finding in check(response(sessions), select=["DIA"]).findings} == {"DIA011"}


def test_a_session_that_looks_well_has_no_sign() -> None:
    """The quick look misses nothing: what it lets pass, the rules have nothing to say of."""
    made = corpus(healthy, 500)
    looked = [is_plainly_well(each) for each in made]
    assert sum(looked) > 400
    ailments = [ailing(name, Random(name)) for name in AILMENTS]
    mutated = [_changed(Random(number), each) for number, each in enumerate(made * 4)]
    passed = [each for each in [*ailments, *mutated] if is_plainly_well(each)]
    assert len(passed) > 500
    told = [each.rule for each in check(response(passed), select=["DIA"]).findings]
    assert set(told) <= {"DIA011"}  # it weighs nothing


LIMITS = [
    ("network/ping/avgRtt", 150, 151),
    ("network/ping/pktsReceived", 10, 9),
    ("network/gatewayPing/avgRtt", 20, 21),
    ("network/gatewayPing/pktsReceived", 10, 9),
    ("network/systemMetrics/cpuUtilization/mean", 0.9, 0.91),
    ("network/systemMetrics/physicalMemoryTotalBytes", 1e15, 1),
    ("network/networkProfile/wirelessProfile/rssi", -70, -71),
    ("network/networkProfile/wirelessProfile/noise", -95, -55),
    ("network/traceroute/hops/0/delay", 0, -1e9),
    ("network/traceroute/hops/0/hop", 1, 200),
    ("network/traceroute/destination", "13.32.22.232", "13.32.22.233"),
    ("network/traceroute/error", None, "no route"),
    ("network/errors", [], ["ping: lost"]),
    ("pages/0/pageTimings/onLoad", 4000, 4001),
    ("pages/1/responseCode", 399, 400),
]


@pytest.mark.parametrize(("place", "well", "not_well"), LIMITS)
def test_a_look_goes_as_far_as_the_thresholds(place: str, well: Any, not_well: Any) -> None:
    def looked(value: Any) -> bool:
        made = copy.deepcopy(SOUND["userSessions"][0])
        for page in made["pages"]:
            page["pageTimings"]["onLoad"] = 3000
        holder = made
        *steps, last = place.split("/")
        for step in steps:
            holder = holder[int(step) if isinstance(holder, list) else step]
        if value is not None:
            holder[last] = value
        return is_plainly_well(made)

    assert looked(well)
    assert not looked(not_well)


def _changed(random: Random, made: Any) -> Any:
    """A sound session with one figure of another size, or without it."""
    if isinstance(made, dict) and made:
        key = random.choice(sorted(made))
        return {**made, key: _changed(random, made[key])} if random.random() > 0.02 else _left_out(made, key)
    if isinstance(made, list) and made:
        index = random.randrange(len(made))
        return [*made[:index], _changed(random, made[index]), *made[index + 1 :]]
    if type(made) in (int, float) and made > 0:
        return type(made)(made * random.choice((0.01, 0.5, 1.5, 3, 30)))
    return made


def _left_out(made: dict[str, Any], key: str) -> dict[str, Any]:
    return {other: value for other, value in made.items() if other != key}


@pytest.mark.parametrize("name", AILMENTS)
def test_an_ailing_session_has_the_verdict_of_its_label(name: str) -> None:
    sessions = corpus(lambda random: ailing(name, random), 50)
    assert {weigh(made).part for made in sessions} == {AILMENTS[name][0]}
    assert check(response(sessions)).findings == (), "the payload is fine"


def test_every_part_can_ail() -> None:
    assert {part for part, _ in AILMENTS.values()} == {*PARTS, NONE_FOUND}


def test_what_would_have_changed_a_verdict_is_true_of_its_parts() -> None:
    parts = (*PARTS, "nothing would have been found")
    for name in AILMENTS:
        told = weigh(ailing(name, Random(name)))
        if told.part != NONE_FOUND:
            assert told.would_change.endswith(tuple(f"{part}." for part in parts)), name
            assert f"would have been {told.part}." not in told.would_change


@pytest.mark.parametrize(
    ("made", "changed", "would_change"),
    [
        # The page came, so that TCP worked all the same: it still did if the server had not failed.
        (
            pages((900, 503)) | {"network": network(**REFUSED, ping=PING | {"pktsReceived": 9})["network"]},
            pages((900, 200)) | {"network": network(**REFUSED, ping=PING | {"pktsReceived": 9})["network"]},
            "With pages without an error nothing would have been found.",
        ),
        # A target that answers sooner than the path has a jump shows that there is none.
        (
            pages((5000, 200)) | {"network": network(traceroute=CONGESTED, **FAR)["network"]},
            pages((5000, 200))
            | {"network": network(traceroute=CONGESTED, ping=GATEWAY, connect={"rtt": 8})["network"]},
            "With a quick target nothing would have been found.",
        ),
        # Hops that answered did so, whatever their delay.
        (
            unvisited(gatewayPing=LOST, ping=LOST, connect=..., traceroute=delays(1, 2, 3, 90, 91, 92)),
            unvisited(gatewayPing=LOST, ping=LOST, connect=..., traceroute=delays(1, 2, 3, 4, 5, 6)),
            "Without a jump of the delay along the path nothing would have been found.",
        ),
        # So do those of a path that has no loop: they show that the gateway only ignores pings.
        (
            unvisited(
                gatewayPing=LOST,
                ping=LOST,
                connect=...,
                traceroute=trace(None, *path(*ADDRESSES[:3], ADDRESSES[1])["hops"]),
            ),
            unvisited(gatewayPing=LOST, ping=LOST, connect=..., traceroute=path(*ADDRESSES[:3])),
            "Without a loop in the path nothing would have been found.",
        ),
        # A connection is no quicker than the gateway on its way, so that one stays as slow as it is.
        (
            unvisited(gatewayPing=SLOW, **UNANSWERED | {"ping": FAILED}),
            unvisited(gatewayPing=GATEWAY, **UNANSWERED | {"ping": FAILED}),
            "With a quick gateway it would have been target.",
        ),
    ],
)
def test_what_would_have_changed_a_verdict_does(made: Session, changed: Session, would_change: str) -> None:
    assert weigh(made).would_change == would_change
    after = weigh(changed).part
    assert would_change.endswith(" nothing would have been found." if after == NONE_FOUND else f" been {after}.")


def test_the_same_seed_gives_the_same_sessions() -> None:
    assert corpus(healthy, 3) == corpus(healthy, 3)
    assert corpus(healthy, 3) != corpus(healthy, 3, seed=1)


def broken(random: Random, made: Any) -> Any:
    """What is left of a tree when some values are taken away, null or of another type."""
    if random.random() < 0.03:
        return random.choice((None, 7, "x", -1.5, [], {}, [None], True))
    if isinstance(made, dict):
        return {key: broken(random, value) for key, value in made.items() if random.random() > 0.05}
    if isinstance(made, list):
        return [broken(random, value) for value in made]
    return made


@pytest.mark.parametrize("make", [healthy, lambda random: ailing(random.choice(list(AILMENTS)), random)])
def test_no_sign_needs_what_may_be_absent(make: Callable[[Random], Session]) -> None:
    for number in range(500):
        random = Random(number)
        made = response([broken(random, make(random))])
        rules = {finding.rule for finding in check(made, select=["DIA"]).findings}
        assert "INT001" not in rules, number


def test_the_documentation_has_every_threshold_and_sign() -> None:
    text = (ROOT / "docs" / "diagnosis.md").read_text(encoding="utf-8")
    for name, value in registry()["DIA100"].thresholds.items():
        (row,) = (row for row in text.splitlines() if row.startswith("|") and f"`{name}`" in row)
        assert f"| {value:g} |" in row
    assert all(id in text for id in DIAGNOSIS)
