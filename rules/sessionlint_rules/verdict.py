"""The verdict on a session: which part of the way from the user to the page ailed it.

The signs are those of `sessionlint_rules.diagnosis`, found by the same functions. Each speaks for one
part, weakly or strongly; what trouble near to the user explains is counted there. ``docs/diagnosis.md``
has the whole table.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any, Final, Literal, NamedTuple, TypeAlias, get_args

from sessionlint.finding import INFO, Message, Note, Path, Problem
from sessionlint.payload import Network, Page, Ping, Session, SystemMetrics, Traceroute
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
    failed_page,
    failures,
    find_jump,
    gateway_loss,
    gateway_slow,
    is_answered,
    is_lost_beyond,
    is_passed,
    is_reached,
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
from sessionlint_rules.traceroute import SILENT

Part: TypeAlias = Literal["host", "wireless", "local network", "provider", "target", "page"]

PARTS: Final[tuple[Part, ...]] = get_args(Part)
"""Nearest to the user first."""

NONE_FOUND: Final = "none found"

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
    """`WEAK` or `STRONG`."""


class Verdict(NamedTuple):
    """What ailed a session, most likely."""

    part: Part | Literal["none found"]
    confidence: Literal["most likely", "probably", ""]
    """How sure it is; empty where no part is named."""
    signs: tuple[Sign, ...]
    """What it rests on; where no part is named, every sign there is. None: the session is healthy."""
    others: tuple[Part, ...]
    """Other parts with signs enough to be named alone."""
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
    be the local network; slowness that the gateway shows already is not the target's; a target that
    TCP reaches quickly is not slow, however slow its pings. It is a guess with its reasons, not a fact.

    Reason: trouble near to the user is seen in every measurement beyond it, not the other way round.
    Reason: strong is a signal under wifi-rssi-very-weak-dbm (-80: "How does rssi (dBm) relate to signal quality (percent)?",
    https://www.speedguide.net/faq/how-does-rssi-dbm-relate-to-signal-quality-percent-439), one no more than
    wifi-snr-very-low-db above the noise (15: "Understand Noise with Wi-Fi SNR",
    https://www.netally.com/tech-tips/understand-noise-with-wi-fi-snr/), and a page over page-very-slow-ms (10000: Jakob
    Nielsen, "Response Times: The 3 Important Limits", https://www.nngroup.com/articles/response-times-3-important-limits/).
    Reason: gateway-rtt-very-slow-ms (100) and loss-telling-packets (2, for one packet may be lost by chance) are rules of thumb.
    Reason: gateway-loss-share, gateway-rtt-slow-ms, wifi-rssi-weak-dbm, wifi-snr-low-db, cpu-saturated-share,
    memory-exhausted-share, target-loss-share, target-rtt-slow-ms, delay-jump-ms and page-slow-ms are those of the signs.
    Remedy: Look at the findings that it names, and at what would have changed it.

    Bad: wireless
        {"network": {"networkProfile": {"wirelessProfile": {"rssi": -76, "noise": -92}},
         "gatewayPing": {"pktsSent": 10, "pktsReceived": 7, "minRtt": 2.5, "avgRtt": 48, "maxRtt": 160, "meanDevRtt": 30}}}
    Bad: one weak sign, so none is found, and that is said
        {"network": {"networkProfile": {"wirelessProfile": {"rssi": -72, "noise": -95}}}, "pages": []}
    Good: no sign at all
        {"pages": [{"id": "page_0", "pageTimings": {"onContentLoad": 874, "onLoad": 3492}, "responseCode": 200}],
         "numberOfPages": 1}
    """
    told = weigh(
        session,
        Thresholds(
            gateway_loss_share=gateway_loss_share,
            gateway_rtt_slow_ms=gateway_rtt_slow_ms,
            gateway_rtt_very_slow_ms=gateway_rtt_very_slow_ms,
            wifi_rssi_weak_dbm=wifi_rssi_weak_dbm,
            wifi_rssi_very_weak_dbm=wifi_rssi_very_weak_dbm,
            wifi_snr_low_db=wifi_snr_low_db,
            wifi_snr_very_low_db=wifi_snr_very_low_db,
            cpu_saturated_share=cpu_saturated_share,
            memory_exhausted_share=memory_exhausted_share,
            target_loss_share=target_loss_share,
            target_rtt_slow_ms=target_rtt_slow_ms,
            loss_telling_packets=loss_telling_packets,
            delay_jump_ms=delay_jump_ms,
            page_slow_ms=page_slow_ms,
            page_very_slow_ms=page_very_slow_ms,
        ),
    )
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
    others = tuple(other for other in named if other != part)
    confidence: Literal["most likely", "probably"] = (
        "most likely" if weights[part] >= _AMPLE and not others else "probably"
    )
    return Verdict(part, confidence, tuple(sign for sign in signs if sign.part == part), others, "")


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
        if node is None or not asked.needs <= node.keys():
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
    jump: Jump | None
    rises: list[Problem]
    """What is told of the jump."""
    loops: list[Problem]

    @classmethod
    def of(cls, trace: Traceroute | None, scale: _Scale) -> "_Path":
        """That of one traceroute, or of none."""
        answered = answers(trace)
        arrives = is_reached(trace)
        jump = find_jump(trace, scale.at.delay_jump_ms)
        loops = [] if arrives else scale.told(routing_loop, trace)
        return cls(trace, answered, arrives, jump, scale.told(delay_jump, trace) if jump else [], loops)


_NO_PATH: Final = _Path(None, [], False, None, [], [])


# The signs, each with the part that it speaks for.


def _signs(session: Session, path: _Path, scale: _Scale) -> list[Sign]:
    """All signs of a session; ``path`` is that of its traceroute, if it has one still."""
    network: Network = session.get("network", {})
    if network.get("traceroute") is not path.trace:
        path = _NO_PATH
    near = _near(network, scale)
    far = _far(network, near, path, scale, is_visited=_is_visited(session))
    signs = [*_host(network.get("systemMetrics", {}), scale), *near.signs, *far]
    return [*signs, *_pages(session, signs, scale)]


def _sign(asked: Rule, place: Path, told: Problem, part: Part, *, is_strong: bool) -> Sign:
    return Sign(asked.id, (*place, *told.path), told.message, part, STRONG if is_strong else WEAK)


def _host(metrics: SystemMetrics, scale: _Scale) -> list[Sign]:
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


def _near(network: Network, scale: _Scale) -> _Near:
    weak = _signal(network, scale)
    part: Part = "wireless" if weak else "local network"
    signs: list[Sign] = []
    gateway, ping = network.get("gatewayPing"), network.get("ping")
    is_beyond = lost_packets(gateway) > 0 and is_lost_beyond(network)
    for told in scale.told(gateway_loss, network):
        # What reaches the target goes through the gateway: it may only limit how many pings it answers.
        arrives = is_answered(ping) and not lost_packets(ping)
        is_little = is_beyond and _LITTLE * _lost_share(gateway) <= _lost_share(ping)
        is_strong = lost_packets(gateway) >= scale.at.loss_telling_packets and not (arrives or is_little)
        signs.append(_sign(gateway_loss, ("network",), told, part, is_strong=is_strong))
    delay = average_rtt(gateway) or 0
    slow = [] if rtt_beyond(network)[0] < delay else scale.told(gateway_slow, network)
    for told in slow:
        is_strong = delay > scale.at.gateway_rtt_very_slow_ms
        signs.append(_sign(gateway_slow, ("network",), told, part, is_strong=is_strong))
    failed = failures(network).get("gatewayPing")
    if failed and not is_passed(network):
        signs.append(_sign(test_failed, ("network",), failed, part, is_strong=False))
    weight = sum(sign.weight for sign in signs)
    explains_loss = weight >= _ENOUGH if is_answered(gateway) else bool(weak or signs)
    return _Near(part, [*weak, *signs], delay if slow else 0, explains_loss and not is_beyond)


_LITTLE: Final = 5
"""So many times as much is lost to the target, if what is lost to the gateway is little beside it."""


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
    """Whether a page came, whatever it was."""
    return any(page and page.get("responseCode", 0) >= 100 for page in session.get("pages", ()))


def _far(network: Network, near: _Near, path: _Path, scale: _Scale, *, is_visited: bool) -> list[Sign]:
    on_path = _on_path(network, near, path)
    blamed = on_path[0].part if on_path else near.part if near.explains_loss else "target"
    ping = network.get("ping")
    connect = network.get("connect", {}).get("rtt")
    failed = failures(network)
    signs = []
    for told in scale.told(target_loss, network):
        if is_answered(ping) or connect is None:
            is_known = is_answered(ping) or "connect" in failed
            is_strong = is_known and lost_packets(ping) >= scale.at.loss_telling_packets
            signs.append(_sign(target_loss, ("network",), told, blamed, is_strong=is_strong))
    for told in scale.told(target_slow, network):
        is_near = not on_path and 2 * near.delay >= (average_rtt(ping) or 0)
        is_strong = connect is not None and connect > scale.at.target_rtt_slow_ms
        signs.append(_sign(target_slow, ("network",), told, near.part if is_near else blamed, is_strong=is_strong))
    failure = failed.get("connect") or failed.get("ping")
    # Pages come by TCP: where it fails and no page came, it is no comfort that pings are answered.
    is_cut_off = "connect" in failed and not is_visited
    if failure and (is_cut_off or not target_answers(network)):
        signs.append(_sign(test_failed, ("network",), failure, blamed, is_strong="connect" in failed))
    return [*on_path, *signs]


def _on_path(network: Network, near: _Near, path: _Path) -> list[Sign]:
    """The signs of the traceroute."""
    place = ("network", "traceroute")
    signs = []
    jump = path.jump
    if jump and not _is_refuted(jump, path, network):
        part = near.part if near.delay >= jump.rise else _side(jump, path)
        signs += [_sign(delay_jump, place, each, part, is_strong=False) for each in path.rises]
    if path.loops:
        is_lost = not target_answers(network)
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


def _side(jump: Jump, path: _Path) -> Part:
    """Whose network the delay rises in: the target's at its own address or in its own AS, else a provider's."""
    if not path.is_reached:
        return "provider"
    last = path.answered[-1]
    numbers = [answer.hop["asn"] for answer in path.answered if "asn" in answer.hop]
    own = last.hop.get("asn")
    is_own = own is not None and jump.after.hop.get("asn") == own != numbers[0]
    return "target" if is_own or jump.after.number == last.number else "provider"


def _pages(session: Session, signs: list[Sign], scale: _Scale) -> list[Sign]:
    pages = session.get("pages", [])
    found = []
    slow = scale.told(slow_page, session)
    if slow:
        slowest = max(slow, key=lambda told: _load(session, told))
        is_strong = len(slow) > 1 or _load(session, slowest) > scale.at.page_very_slow_ms
        part = _explanation(signs)
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


def _explanation(signs: list[Sign]) -> Part:
    weights = _weights(signs)
    heaviest = max(PARTS, key=weights.__getitem__)
    return heaviest if weights[heaviest] >= _ENOUGH else "page"


# What would have changed it: the signs are taken out of the session, and it is weighed again.


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
    made = {key: value for key, value in network.items() if not (isinstance(value, dict) and "error" in value)}
    return {**made, "errors": [], "connect": {"rtt": 0}}


def _cure(path: str, change: Callable[[Any], Any]) -> Callable[[Any], Any]:
    steps = tuple(path.split("/")) if path else ()
    return lambda session: _with(session, steps, change)


def _pages_without(key: str) -> Callable[[Any], Any]:
    return lambda pages: [page and _without(key)(page) for page in pages]


_CURES: Final[Mapping[str, tuple[str, Callable[[Any], Any]]]] = {
    "DIA001": ("With a gateway ping without loss", _cure("network/gatewayPing", _answered)),
    "DIA002": ("With a quick gateway", _cure("network/gatewayPing", _without("avgRtt"))),
    "DIA003": ("With a good signal", _cure("network/networkProfile", _without("wirelessProfile"))),
    "DIA004": ("With processors to spare", _cure("network/systemMetrics", _without("cpuUtilization"))),
    "DIA005": ("With memory to spare", _cure("network/systemMetrics", _without("physicalMemoryUsedBytes"))),
    "DIA006": ("With a ping of the target without loss", _cure("network/ping", _answered)),
    "DIA007": ("With a quick target", _cure("network/ping", _without("avgRtt"))),
    "DIA008": ("Without a jump of the delay along the path", _cure("network", _without("traceroute"))),
    "DIA009": ("Without a loop in the path", _cure("network", _without("traceroute"))),
    "DIA012": ("With quick pages", _cure("pages", _pages_without("pageTimings"))),
    "DIA013": ("With pages without an error", _cure("pages", _pages_without("responseCode"))),
    "DIA015": ("With a TCP connection", _cure("network", _connected)),
}
"""Of each sign: how to say that it is not there, and the session without it."""
