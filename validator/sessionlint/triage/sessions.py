"""What is kept of a session: enough to look at it without the dump."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import orjson

from sessionlint.document import Json
from sessionlint.triage.causes import OfSession
from sessionlint.triage.model import Packed, SessionRecord, Sign
from sessionlint_rules.diagnosis import find_jump

MOST_HOPS: Final = 64
MOST_PAGES: Final = 32
_MOST_ERRORS: Final = 8
_LONGEST: Final = 200
"""Code points that are kept of a text in a session that is too large."""
_LARGE: Final = 1 << 14
"""Bytes of a record that are kept without a second look."""

_NOTHING: Final[Mapping[str, Any]] = {}
_PING: Final = ("pktsSent", "pktsReceived", "minRtt", "avgRtt", "maxRtt", "meanDevRtt", "error")
_WIRELESS: Final = ("rssi", "noise", "quality", "channel", "phyMode", "ssid", "txRate")
_HOP: Final = ("hop", "delay", "ipAddress", "name", "prefix", "asn")
_SHARES: Final = ("min", "mean", "max")


def figures(session: Mapping[str, Any], least_jump_ms: float | None = None) -> list[Json]:
    """What `SessionRecord` has after ``causes``, from a session as rules see it; with its jump, if that is told."""
    get = session.get
    network = get("network", _NOTHING)
    profile = network.get("networkProfile", _NOTHING)
    metrics = network.get("systemMetrics", _NOTHING)
    trace = network.get("traceroute", _NOTHING)
    hops = trace.get("hops")
    pages = get("pages")
    return [
        get("experienceScore"),
        _picked(network.get("ping"), _PING),
        _picked(network.get("gatewayPing"), _PING),
        network.get("connect", _NOTHING).get("rtt"),
        network.get("icmpBlocked"),
        profile.get("hardwareType"),
        _picked(profile.get("wirelessProfile"), _WIRELESS),
        _picked(metrics.get("cpuUtilization"), _SHARES),
        _memory(metrics),
        trace.get("destination"),
        trace.get("error"),
        hops and [_hop(hop) if hop else None for hop in hops[:MOST_HOPS]],
        pages and [_page(page) if page else None for page in pages[:MOST_PAGES]],
        network.get("errors", ())[:_MOST_ERRORS],
        None if least_jump_ms is None else _jump(network.get("traceroute"), least_jump_ms),
    ]


def _picked(node: Mapping[str, Any] | None, keys: Sequence[str]) -> list[Any] | None:
    return None if node is None else list(map(node.get, keys))


def _memory(metrics: Mapping[str, Any]) -> list[Any] | None:
    used = _picked(metrics.get("physicalMemoryUsedBytes"), _SHARES)
    return used and [*used, metrics.get("physicalMemoryTotalBytes")]


def _hop(hop: Mapping[str, Any]) -> list[Any]:
    picked = list(map(hop.get, _HOP))
    if "mpls" in hop:
        picked.append(len(hop["mpls"]))
    return picked


def _jump(trace: Any, least_ms: float) -> list[Any] | None:
    # The rule itself finds it: what was found in another way would not be what the sign tells of.
    found = find_jump(trace, least_ms)
    return found and [found.before.place, found.after.place, round(found.rise, 4)]


def _page(page: Mapping[str, Any]) -> list[Any]:
    get = page.get
    timings = get("pageTimings", _NOTHING)
    return [
        get("title"),
        get("startedDateTime"),
        get("responseCode"),
        timings.get("onContentLoad"),
        timings.get("onLoad"),
    ]


def packed(head: Sequence[Json], figures: Sequence[Json] = ()) -> Packed:
    """A record of what comes up to ``causes``, and of its figures, if they are kept."""
    try:
        made = _pieces(head, figures)
        if len(made.head) + len(made.figures) <= _LARGE:
            return made
    except orjson.JSONEncodeError:  # a lone surrogate, a number of more than 64 bits
        pass
    return _pieces(_tame(head), _tame(figures))


def _pieces(head: Json, figures: Json) -> Packed:
    # Copies: what orjson returns keeps the room that it was written in, several times its length.
    return Packed(orjson.dumps(head)[:-1], b"," + orjson.dumps(figures)[1:] if figures else b"]")


def heads(records: Iterable[Packed]) -> list[list[Any]]:
    """The fields of `SessionRecord` up to ``causes``, of each."""
    found: list[list[Any]] = orjson.loads(b"[%b]" % b",".join([record.head + b"]" for record in records]))
    return found


def with_findings(record: Packed, more: OfSession) -> Packed:
    """A record with more findings."""
    (head,) = heads([record])
    *others, counts, marks = head
    return record._replace(head=packed([*others, *OfSession(counts, marks).joined(more)]).head)


def unpacked(record: Packed) -> SessionRecord:
    """The record."""
    made = SessionRecord(*orjson.loads(record.whole))
    return made._replace(signs=[Sign(*sign) for sign in made.signs])


def _tame(value: Json) -> Json:
    """A copy with long texts cut, and with nothing that JSON's common readers can't read; records are flat."""
    if isinstance(value, str):
        text = value if len(value) <= _LONGEST else value[: _LONGEST - 1] + "…"
        return text.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, list | tuple):
        return [_tame(item) for item in value]
    if isinstance(value, int) and abs(value) >= 2**53:
        return float(value) if abs(value) < 2**1023 else None
    return value
