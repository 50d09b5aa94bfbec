"""The verdict on a session: which part of the way from the user to the page ailed it.

The signs are those of `sessionlint_rules.diagnosis`, found by the same functions. Each speaks for one
part, weakly or strongly; what trouble near to the user explains is counted there. ``docs/diagnosis.md``
has the whole table.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any, Final, Literal, NamedTuple, TypeAlias, get_args

from sessionlint.finding import INFO, Message, Note, Path, Problem
from sessionlint.payload import Network, Page, Ping, Session, Traceroute
from sessionlint.rule import PLAUSIBLE, Outcome, Rule, rule
from sessionlint_rules.addresses import parse_address
from sessionlint_rules.diagnosis import (
    DEFAULTS,
    Answer,
    Jump,
    Thresholds,
    answers,
    average_rtt,
    cpu_saturated,
    delay_jump,
    ends_at,
    failed_page,
    failures,
    find_jumps,
    gateway_loss,
    gateway_slow,
    is_answered,
    is_passed,
    loses_more,
    lost_packets,
    memory_exhausted,
    results,
    routing_loop,
    rtt_beyond,
    signal,
    signal_to_noise,
    slow_page,
    target_answers,
    target_loss,
    target_slow,
    test_failed,
    weak_wifi,
)
from sessionlint_rules.system_metrics import measured_another_day
from sessionlint_rules.traceroute import SILENT

Part: TypeAlias = Literal["host", "wireless", "local network", "provider", "target", "page"]

PARTS: Final[tuple[Part, ...]] = get_args(Part)
"""Nearest to the user first."""

NONE_FOUND: Final = "none found"

NOTHING: Final = 0
WEAK: Final = 1
STRONG: Final = 2
_ENOUGH: Final = 2
"""The weight that names a part: one strong sign or two weak ones."""
_AMPLE: Final = 3


class Sign(NamedTuple):
    """A finding that the verdict rests on."""

    rule: str
    """Its id."""
    path: Path
    """From the session on."""
    message: Message
    part: Part
    """What it speaks for."""
    weight: int
    """`WEAK` or `STRONG`; `NOTHING` if another sign tells the same already."""
    instead: Part | None = None
    """What it may speak for as well, where nothing tells the two apart."""


class Verdict(NamedTuple):
    """What ailed a session, most likely."""

    part: Part | Literal["none found"]
    confidence: Literal["most likely", "probably", ""]
    """How sure it is; empty where no part is named."""
    signs: tuple[Sign, ...]
    """What it rests on; where no part is named, every sign there is. None: the session is healthy."""
    others: tuple[Part, ...]
    """Other parts with signs enough to be named alone, or that its own signs may speak for as well."""
    would_change: str
    """A sentence: what would have made it another verdict. It has no value of the payload."""


def weigh(session: Session, thresholds: Thresholds = DEFAULTS) -> Verdict:
    """The verdict on a session, as rules see one: without nulls and without values that break the schema.

    Never from one weak sign: a part is named by a strong sign, or by two.
    """
    if is_plainly_well(session, thresholds):
        return _WELL
    scale = _scale(thresholds)
    path = _Path.of(session.get("network", {}).get("traceroute"), scale)
    told = _judged(_signs(session, path, scale))
    return told._replace(would_change=_would_change(session, told, path, scale)) if told.signs else told


@rule("DIA100", on=Session, severity=INFO, basis=PLAUSIBLE, whole=True)
def verdict(
    session: Session,
    *,
    gateway_loss_share: float = DEFAULTS.gateway_loss_share,
    gateway_rtt_slow_ms: float = DEFAULTS.gateway_rtt_slow_ms,
    gateway_rtt_very_slow_ms: float = DEFAULTS.gateway_rtt_very_slow_ms,
    wifi_rssi_weak_dbm: float = DEFAULTS.wifi_rssi_weak_dbm,
    wifi_rssi_very_weak_dbm: float = DEFAULTS.wifi_rssi_very_weak_dbm,
    wifi_snr_low_db: float = DEFAULTS.wifi_snr_low_db,
    wifi_snr_very_low_db: float = DEFAULTS.wifi_snr_very_low_db,
    cpu_saturated_share: float = DEFAULTS.cpu_saturated_share,
    memory_exhausted_share: float = DEFAULTS.memory_exhausted_share,
    metrics_gap_max_hours: float = DEFAULTS.metrics_gap_max_hours,
    round_gap_max_minutes: float = DEFAULTS.round_gap_max_minutes,
    target_loss_share: float = DEFAULTS.target_loss_share,
    target_rtt_slow_ms: float = DEFAULTS.target_rtt_slow_ms,
    loss_telling_packets: float = DEFAULTS.loss_telling_packets,
    delay_jump_ms: float = DEFAULTS.delay_jump_ms,
    page_slow_ms: float = DEFAULTS.page_slow_ms,
    page_very_slow_ms: float = DEFAULTS.page_very_slow_ms,
) -> Problem | None:
    """What most likely ailed the session: host, wireless, local network, provider, target or page.

    The signs of the other diagnosis rules are weighed: each speaks for a part of the way from the user
    to the page, a weak one with 1, a strong one with 2. Two name a part, so one weak sign never does;
    where parts are equal, the nearest to the user is named. A weak signal makes wireless of what would
    be the local network; slowness that the gateway shows already is not the target's; a long way is no
    trouble unless pages are slow with it, or packets are lost; and where pages came, nothing is cut off,
    whatever a proxy keeps the tests from. It is a guess with its reasons, not a fact.

    Reason: trouble near to the user is seen in every measurement beyond it, not the other way round.
    Reason: strong is a signal under wifi-rssi-very-weak-dbm (-80: "How does rssi (dBm) relate to signal quality (percent)?",
    https://www.speedguide.net/faq/how-does-rssi-dbm-relate-to-signal-quality-percent-439), one no more than
    wifi-snr-very-low-db above the noise (15: "Understand Noise with Wi-Fi SNR",
    https://www.netally.com/tech-tips/understand-noise-with-wi-fi-snr/), and a page over page-very-slow-ms (10000: Jakob
    Nielsen, "Response Times: The 3 Important Limits", https://www.nngroup.com/articles/response-times-3-important-limits/).
    Reason: gateway-rtt-very-slow-ms (100) and loss-telling-packets (2, for one packet may be lost by chance) are rules of thumb.
    Reason: gateway-loss-share, gateway-rtt-slow-ms, wifi-rssi-weak-dbm, wifi-snr-low-db, cpu-saturated-share,
    memory-exhausted-share, target-loss-share, target-rtt-slow-ms, delay-jump-ms and page-slow-ms are those of the signs.
    Reason: metrics-gap-max-hours and round-gap-max-minutes are those of SYS007: metrics of another day say nothing of the host.
    Remedy: Look at the findings that it names, and at what would have changed it.

    Bad: wireless
        {"network": {"networkProfile": {"wirelessProfile": {"rssi": -76, "noise": -92}},
         "gatewayPing": {"pktsSent": 10, "pktsReceived": 7, "minRtt": 2.5, "avgRtt": 48, "maxRtt": 160, "meanDevRtt": 30}}}
    Bad: probably target, or provider: the path tells nothing
        {"network": {"ping": {"pktsSent": 10, "pktsReceived": 7, "minRtt": 6.9, "avgRtt": 24, "maxRtt": 116, "meanDevRtt": 36}}}
    Bad: one weak sign, so none is found, and that is said
        {"network": {"networkProfile": {"wirelessProfile": {"rssi": -72, "noise": -95}}}, "pages": []}
    Good: pages came, so a proxy goes where the tests can't
        {"network": {"connect": {}, "errors": ["connect: Connection timed out"], "ping": {"pktsSent": 10, "pktsReceived": 0}},
         "pages": [{"id": "page_0", "pageTimings": {"onContentLoad": 874, "onLoad": 3492}, "responseCode": 200}]}
    Good: no sign at all
        {"pages": [{"id": "page_0", "pageTimings": {"onContentLoad": 874, "onLoad": 3492}, "responseCode": 200}],
         "numberOfPages": 1}
    """
    given = locals()  # the session, and an argument for each field of the thresholds
    told = weigh(session, Thresholds._make(given[name] for name in Thresholds._fields))
    if not told.signs:
        return None
    related = tuple(
        Note(sign.path, Message(f"{sign.rule}: {sign.message.template}", sign.message.values)) for sign in told.signs
    )
    return Problem((), _sentence(told), related, help=told.would_change)


def _sentence(told: Verdict) -> Message:
    words = "; ".join(sign.message.template for sign in told.signs)
    values = tuple(value for sign in told.signs for value in sign.message.values)
    if told.part == NONE_FOUND:
        start = (
            "none found, for one weak sign proves nothing" if len(told.signs) == 1 else "none found, only weak signs"
        )
        return Message(f"{start}: {words}", values)
    end = f" (there are signs of {' and '.join(told.others)} too)" if told.others else ""
    return Message(f"{told.confidence} {told.part}: {words}{end}", values)


def _judged(signs: list[Sign]) -> Verdict:
    weights = _weights(signs)
    named = [part for part in PARTS if weights[part] >= _ENOUGH]
    if not named:
        return Verdict(NONE_FOUND, "", tuple(signs), (), "")
    part = max(named, key=weights.__getitem__)  # the nearest of the heaviest
    own = tuple(sign for sign in signs if sign.part == part)
    named += [sign.instead for sign in own if sign.instead]
    others = tuple(other for other in PARTS if other in named and other != part)
    confidence: Literal["most likely", "probably"] = (
        "most likely" if weights[part] >= _AMPLE and not others else "probably"
    )
    return Verdict(part, confidence, own, others, "")


def _weights(signs: Iterable[Sign]) -> dict[Part, int]:
    weights = dict.fromkeys(PARTS, 0)
    for sign in signs:
        weights[sign.part] += sign.weight
    return weights


class _Scale:
    """The thresholds, and the rules that ask for them."""

    def __init__(self, thresholds: Thresholds) -> None:
        self.at = thresholds
        self._checks: dict[str, Callable[..., Outcome]] = {}

    def told(self, asked: Rule, node: Mapping[str, Any] | None) -> list[Problem]:
        """What a rule says of a node."""
        if node is None:
            return []
        for key in asked.needs:  # half the time of a comparison of sets
            if key not in node:
                return []
        outcome = (self._checks.get(asked.id) or self._check(asked))(node)
        return [] if outcome is None else [outcome] if isinstance(outcome, Problem) else list(outcome)

    def _check(self, asked: Rule) -> Callable[..., Outcome]:
        assert asked.check is not None
        names = asked.check.__kwdefaults__ or ()
        check = self._checks[asked.id] = partial(asked.check, **{name: getattr(self.at, name) for name in names})
        return check


_scale = lru_cache(maxsize=8)(_Scale)


_WELL: Final = Verdict(NONE_FOUND, "", (), (), "")


def is_plainly_well(session: Session, at: Thresholds = DEFAULTS) -> bool:
    """Whether every figure is there and none is near a sign, so that no rule has to be asked.

    Most sessions of a dump are that well, and asking takes ten times as long as this look. Of what can't
    be told at a glance, nothing is said.
    """
    try:
        network = session["network"]
        metrics, trace, connect = network["systemMetrics"], network["traceroute"], network["connect"]
        ping, gateway = network["ping"], network["gatewayPing"]
        wireless = network["networkProfile"].get("wirelessProfile")
        answered = [hop for hop in trace["hops"] if hop and hop["ipAddress"] not in SILENT]
        last = answered[-1]
        numbers, delays = [hop["hop"] for hop in answered], [hop["delay"] for hop in answered]
        if not (
            not network["errors"]
            and "error" not in ping
            and "error" not in gateway
            and "error" not in trace
            and "error" not in connect
            and ping["pktsReceived"] >= ping["pktsSent"] > 0
            and gateway["pktsReceived"] >= gateway["pktsSent"] > 0
            and ping["avgRtt"] <= at.target_rtt_slow_ms
            and gateway["avgRtt"] <= at.gateway_rtt_slow_ms
            and metrics["cpuUtilization"]["mean"] <= at.cpu_saturated_share
            and metrics["physicalMemoryUsedBytes"]["mean"]
            <= at.memory_exhausted_share * metrics["physicalMemoryTotalBytes"]
            and (not wireless or wireless["rssi"] >= at.wifi_rssi_weak_dbm)
            and (not wireless or wireless["rssi"] - wireless["noise"] >= at.wifi_snr_low_db)
            and last["ipAddress"] == trace["destination"]
            and parse_address(last["ipAddress"]) is not None
            and numbers == sorted(numbers)
            and delays[-1] - min(delays) < at.delay_jump_ms
        ):
            return False
        for page in session["pages"]:
            if not (100 <= page["responseCode"] < 400 and page["pageTimings"]["onLoad"] <= at.page_slow_ms):
                return False
        return True
    except (KeyError, IndexError, TypeError):
        return False


class _Path(NamedTuple):
    """What a traceroute tells, found once however often its session is weighed."""

    trace: Traceroute | None
    answered: list[Answer]
    is_reached: bool
    jumps: list[Jump]
    rises: list[Problem]
    """What is told of the first of them."""
    loops: list[Problem]

    @classmethod
    def of(cls, trace: Traceroute | None, scale: _Scale) -> "_Path":
        """That of one traceroute, or of none."""
        answered = answers(trace)
        arrives = ends_at(trace, answered)
        jumps = find_jumps(trace, scale.at.delay_jump_ms)
        loops = [] if arrives else scale.told(routing_loop, trace)
        return cls(trace, answered, arrives, jumps, scale.told(delay_jump, trace) if jumps else [], loops)


# The signs, each with the part that it speaks for.


def _signs(session: Session, path: _Path, scale: _Scale) -> list[Sign]:
    """All signs of a session; ``path`` is that of its traceroute, unless that was changed."""
    network: Network = session.get("network", {})
    if network.get("traceroute") is not path.trace:
        path = _Path.of(network.get("traceroute"), scale)
    is_visited = _is_visited(session)
    near = _near(network, scale, is_visited=is_visited)
    far = _far(network, near, path, scale, is_visited=is_visited)
    signs = [*_host(session, scale), *near.signs, *far]
    return [*signs, *_pages(session, signs, scale)]


class _Seat(NamedTuple):
    """Where trouble is, as far as that can be told."""

    part: Part
    instead: Part | None = None
    """Where it may be as well."""


def _sign(asked: Rule, place: Path, told: Problem, seat: Part | _Seat, *, is_strong: bool) -> Sign:
    part, instead = (seat, None) if isinstance(seat, str) else seat
    return Sign(asked.id, (*place, *told.path), told.message, part, STRONG if is_strong else WEAK, instead)


def _host(session: Session, scale: _Scale) -> list[Sign]:
    metrics = session.get("network", {}).get("systemMetrics", {})
    if scale.told(measured_another_day, session):
        return []
    place = ("network", "systemMetrics")
    cpu = scale.told(cpu_saturated, metrics.get("cpuUtilization"))
    memory = scale.told(memory_exhausted, metrics)
    return [
        *(_sign(cpu_saturated, (*place, "cpuUtilization"), told, "host", is_strong=True) for told in cpu),
        *(_sign(memory_exhausted, place, told, "host", is_strong=False) for told in memory),
    ]


class _Near(NamedTuple):
    """What is known of the way to the gateway."""

    part: Part
    """Wireless where the signal is weak, else the local network."""
    signs: list[Sign]
    delay: float
    """To the gateway and back, in milliseconds, where it is a sign."""
    explains_loss: bool
    """Whether what is lost beyond the gateway is lost on the way to it, for all that can be seen."""


def _near(network: Network, scale: _Scale, *, is_visited: bool) -> _Near:
    weak = _signal(network, scale)
    part: Part = "wireless" if weak else "local network"
    signs: list[Sign] = []
    gateway, ping = network.get("gatewayPing"), network.get("ping")
    is_beyond = lost_packets(gateway) > 0 and loses_more(ping, gateway)
    for told in scale.told(gateway_loss, network):
        if is_visited and not is_answered(gateway):
            break  # it ignores pings: pages went through it
        # What reaches the target goes through the gateway: it may only limit how many pings it answers.
        arrives = is_answered(ping) and (not lost_packets(ping) or _loses_much_more(gateway, ping))
        is_little = _loses_much_more(ping, gateway)
        is_strong = lost_packets(gateway) >= scale.at.loss_telling_packets and not (arrives or is_little)
        signs.append(_sign(gateway_loss, ("network",), told, part, is_strong=is_strong))
    delay = average_rtt(gateway) or 0
    slow = [] if rtt_beyond(network)[0] < delay else scale.told(gateway_slow, network)
    for told in slow:
        is_strong = delay > scale.at.gateway_rtt_very_slow_ms
        signs.append(_sign(gateway_slow, ("network",), told, part, is_strong=is_strong))
    failed = failures(network).get("gatewayPing")
    if failed and not (is_visited or is_passed(network)):
        signs.append(_sign(test_failed, ("network",), failed, part, is_strong=False))
    weight = sum(sign.weight for sign in signs)
    explains_loss = weight >= _ENOUGH if is_answered(gateway) else bool(weak or signs)
    return _Near(part, [*weak, *signs], delay if slow else 0, explains_loss and not is_beyond)


_MUCH: Final = 5


def _loses_much_more(ping: Ping | None, other: Ping | None) -> bool:
    """Whether what one ping loses is so much that what the other loses is little beside it."""
    return loses_more(ping, other) and _lost_share(ping) >= _MUCH * _lost_share(other)


def _lost_share(ping: Ping | None) -> float:
    made = results(ping)
    return lost_packets(made) / made["pktsSent"] if made else 0


def _signal(network: Network, scale: _Scale) -> list[Sign]:
    profile = network.get("networkProfile", {})
    told = scale.told(weak_wifi, profile)
    if not told:
        return []
    rssi, ratio = signal(profile["wirelessProfile"]), signal_to_noise(profile["wirelessProfile"])
    is_strong = (rssi is not None and rssi < scale.at.wifi_rssi_very_weak_dbm) or (
        ratio is not None and ratio <= scale.at.wifi_snr_very_low_db
    )
    return [_sign(weak_wifi, ("network", "networkProfile"), told[0], "wireless", is_strong=is_strong)]


def _is_visited(session: Session) -> bool:
    """Whether pages came, whatever they were: then the way to the target is open, be it by a proxy that tests don't ask."""
    codes = [page["responseCode"] for page in session.get("pages", ()) if page and "responseCode" in page]
    return min(codes, default=0) >= 100


def _far(network: Network, near: _Near, path: _Path, scale: _Scale, *, is_visited: bool) -> list[Sign]:
    jumps = [] if path.jumps and _is_refuted(path.jumps[0], path, network) else path.jumps
    on_path = _on_path(near, path, jumps, is_lost=not (is_visited or target_answers(network)))
    seen_at = _seen_at(near, path, jumps)
    lost_at = seen_at or _lost_at(network, near, path)
    ping = network.get("ping")
    connect = network.get("connect", {}).get("rtt")
    failed = failures(network)
    signs = []
    for told in scale.told(target_loss, network):
        if is_answered(ping) or (connect is None and not is_visited):
            is_known = is_answered(ping) or "connect" in failed
            is_strong = is_known and lost_packets(ping) >= scale.at.loss_telling_packets
            signs.append(_sign(target_loss, ("network",), told, lost_at, is_strong=is_strong))
    for told in scale.told(target_slow, network):
        # The jump is the same delay seen at another place: it counts once.
        on_path = [sign._replace(weight=NOTHING) if sign.rule == delay_jump.id else sign for sign in on_path]
        slow_at = seen_at or _slow_at(network, near, path)
        signs.append(_sign(target_slow, ("network",), told, slow_at, is_strong=False))
    failure = failed.get("connect") or failed.get("ping")
    # Pages come by TCP: where it fails, it is no comfort that pings are answered.
    if failure and not is_visited and ("connect" in failed or not target_answers(network)):
        # What answers anything else is reached, so that its TCP is its own affair.
        failed_at = _Seat(lost_at.part) if target_answers(network) else lost_at
        signs.append(_sign(test_failed, ("network",), failure, failed_at, is_strong="connect" in failed))
    return [*on_path, *signs]


def _seen_at(near: _Near, path: _Path, jumps: list[Jump]) -> _Seat | None:
    """Where trouble beyond the gateway is, if the traceroute shows it."""
    if jumps:
        # A small one before the greatest is a distance of its own; where they are alike, delays only vary.
        greatest = max(jump.rise for jump in jumps)
        return _side(next(jump for jump in jumps if 2 * jump.rise >= greatest), near, path)
    return _Seat("provider") if path.loops else None


_BEYOND: Final = _Seat("target", "provider")
"""Beyond the gateway, and that is all that can be told."""


def _lost_at(network: Network, near: _Near, path: _Path) -> _Seat:
    """Where packets are lost of which the traceroute shows nothing."""
    if near.explains_loss:
        return _Seat(near.part)
    # Not even the first hop of the provider answers.
    is_cut_near = path.answered and path.answered[-1].number <= 1 and not target_answers(network)
    return _Seat("provider", "target") if is_cut_near else _BEYOND


def _slow_at(network: Network, near: _Near, path: _Path) -> _Seat:
    """Where the time to the target is spent of which the traceroute shows nothing."""
    average, _ = rtt_beyond(network)
    if 2 * near.delay >= average:
        return _Seat(near.part)
    between = path.answered[:-1] if path.is_reached else path.answered
    least = min((answer.hop["delay"] for answer in between if "delay" in answer.hop), default=0)
    if 2 * least < average:
        return _BEYOND
    # The first hop that answers is as slow: behind silent ones, at the end of a tunnel, or the gateway itself.
    return _Seat("provider", None if is_answered(network.get("gatewayPing")) else near.part)


def _on_path(near: _Near, path: _Path, jumps: list[Jump], *, is_lost: bool) -> list[Sign]:
    """The signs of the traceroute."""
    place = ("network", "traceroute")
    signs = []
    if jumps:
        side = _side(jumps[0], near, path)
        signs += [_sign(delay_jump, place, each, side, is_strong=False) for each in path.rises]
    signs += [_sign(routing_loop, place, each, "provider", is_strong=is_lost) for each in path.loops]
    return signs


_FEW_HOPS: Final = 2
"""So many hops at the end of a path may take their time with answers, each for itself."""


def _is_refuted(jump: Jump, path: _Path, network: Network) -> bool:
    """Whether the target itself answers sooner than a path with this jump could."""
    average, connect = average_rtt(network.get("ping")), network.get("connect", {}).get("rtt")
    if average is not None and average < jump.rise:
        return True
    raised = sum(answer.number >= jump.after.number for answer in path.answered)
    return raised <= _FEW_HOPS and connect is not None and connect < jump.rise


def _side(jump: Jump, near: _Near, path: _Path) -> _Seat:
    """Whose network the delay rises in: the target's at its own address or in its own AS, else a provider's."""
    if near.delay >= jump.rise:
        return _Seat(near.part)
    if not path.is_reached:
        return _Seat("provider")
    last = path.answered[-1]
    numbers = [answer.hop["asn"] for answer in path.answered if "asn" in answer.hop]
    own = last.hop.get("asn")
    is_own = own is not None and jump.after.hop.get("asn") == own != numbers[0]
    if not is_own and jump.after.number != last.number:
        return _Seat("provider")
    # Between the two may be hops of either that did not answer.
    is_next = jump.after.number == jump.before.number + 1
    return _Seat("target", None if is_next or (is_own and jump.before.hop.get("asn") == own) else "provider")


def _pages(session: Session, signs: list[Sign], scale: _Scale) -> list[Sign]:
    pages = session.get("pages", [])
    found = []
    slow = scale.told(slow_page, session)
    if slow:
        slowest = max(slow, key=lambda told: _load(session, told))
        is_strong = len(slow) > 1 or _load(session, slowest) > scale.at.page_very_slow_ms
        part = _explanation(session.get("network", {}), signs, scale)
        # A slow page that another part explains is a symptom of that: it makes it no more than firmer.
        found.append(_sign(slow_page, (), slowest, part, is_strong=is_strong and part == "page"))
    return [*found, *_failure(pages, scale)]


def _load(session: Any, told: Problem) -> float:
    """The milliseconds that a slow page took."""
    _, index, *_ = told.path
    load: float = session["pages"][index]["pageTimings"]["onLoad"]
    return load


def _failure(pages: Sequence[Page | None], scale: _Scale) -> list[Sign]:
    """The first page that failed through its server's own fault, or else the first that failed."""
    by_server = (index for index, page in enumerate(pages) if page and 500 <= page.get("responseCode", 0) <= 599)
    first = next(by_server, None)
    for index in range(len(pages)) if first is None else (first,):
        for told in scale.told(failed_page, pages[index]):
            return [_sign(failed_page, ("pages", index), told, "page", is_strong=first is not None)]
    return []


def _explanation(network: Network, signs: list[Sign], scale: _Scale) -> Part:
    """The part whose symptom a slow page is: where the delay is that TCP and pings show, or else one that is named."""
    shown = (network.get("connect", {}).get("rtt"), average_rtt(network.get("ping")))
    if min((rtt for rtt in shown if rtt is not None), default=0) > scale.at.target_rtt_slow_ms:
        delays = {sign.rule: sign.part for sign in signs}
        for asked in (target_slow, delay_jump):
            if asked.id in delays:
                return delays[asked.id]
    weights = _weights(signs)
    heaviest = max(PARTS, key=weights.__getitem__)
    return heaviest if weights[heaviest] >= _ENOUGH else "page"


# What would have changed it: what a sign tells of is mended in the session, and it is weighed again.


def _would_change(session: Session, told: Verdict, path: _Path, scale: _Scale) -> str:
    if told.part == NONE_FOUND:
        return "A strong sign, or a second weak one of the same part, would have named it."
    by_weight = sorted(told.signs, key=lambda sign: -sign.weight)
    for sign in by_weight:
        words, cure = _CURES[sign.rule]
        other = _judged(_signs(cure(session), path, scale)).part
        if other != told.part:
            return f"{words} {_would_have_been(other)}."
    for sign in by_weight:
        session = _CURES[sign.rule][1](session)
    return f"Without any of these signs {_would_have_been(_judged(_signs(session, path, scale)).part)}."


def _would_have_been(part: str) -> str:
    return "nothing would have been found" if part == NONE_FOUND else f"it would have been {part}"


def _with(node: Any, path: Path, change: Callable[[Any], Any]) -> Any:
    """A copy of a tree in which what is at the path is changed; nothing where the path ends before."""
    if not path:
        return change(node)
    if not isinstance(node, dict) or path[0] not in node:
        return node
    return {**node, path[0]: _with(node[path[0]], path[1:], change)}


def _without(*keys: str) -> Callable[[Any], Any]:
    return lambda node: {key: value for key, value in node.items() if key not in keys}


def _answered(ping: Any) -> Any:
    return {**ping, "pktsReceived": ping["pktsSent"]}


def _connected(network: Any) -> Any:
    return {**network, "errors": [], "connect": {"rtt": average_rtt(network.get("gatewayPing")) or 0}}


def _quick(network: Any) -> Any:
    """With a target no slower than the gateway, by ping and by TCP."""
    least = average_rtt(network.get("gatewayPing")) or 0
    made = {**network}
    if (average := average_rtt(network.get("ping"))) is not None:
        made["ping"] = {**network["ping"], "avgRtt": min(least, average)}
    if "rtt" in network.get("connect", {}):
        made["connect"] = {"rtt": min(least, network["connect"]["rtt"])}
    return made


def _straight(trace: Any) -> Any:
    """With each address once."""
    first: dict[Any, Any] = {}
    for index, hop in enumerate(trace["hops"]):
        first.setdefault((hop and parse_address(hop.get("ipAddress", ""))) or index, hop)
    return {**trace, "hops": list(first.values())}


def _cure(path: str, change: Callable[[Any], Any]) -> Callable[[Any], Any]:
    steps = tuple(path.split("/"))
    return lambda session: _with(session, steps, change)


def _each(change: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda nodes: [node and change(node) for node in nodes]


def _succeeded(page: Any) -> Any:
    return {**page, "responseCode": 200} if page.get("responseCode", 0) >= 400 else page


_CURES: Final[Mapping[str, tuple[str, Callable[[Any], Any]]]] = {
    "DIA001": ("With a gateway ping without loss", _cure("network/gatewayPing", _answered)),
    "DIA002": ("With a quick gateway", _cure("network/gatewayPing", _without("avgRtt"))),
    "DIA003": ("With a good signal", _cure("network/networkProfile", _without("wirelessProfile"))),
    "DIA004": ("With processors to spare", _cure("network/systemMetrics", _without("cpuUtilization"))),
    "DIA005": ("With memory to spare", _cure("network/systemMetrics", _without("physicalMemoryUsedBytes"))),
    "DIA006": ("With a ping of the target without loss", _cure("network/ping", _answered)),
    "DIA007": ("With a quick target", _cure("network", _quick)),
    "DIA008": (
        "Without a jump of the delay along the path",
        _cure("network/traceroute/hops", _each(_without("delay"))),
    ),
    "DIA009": ("Without a loop in the path", _cure("network/traceroute", _straight)),
    "DIA012": ("With quick pages", _cure("pages", _each(_without("pageTimings")))),
    "DIA013": ("With pages without an error", _cure("pages", _each(_succeeded))),
    "DIA015": ("With a TCP connection", _cure("network", _connected)),
}
"""Of each sign: how to say that it is not there, and the session with what it tells of mended."""
