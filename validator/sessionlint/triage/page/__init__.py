"""The triage as one HTML page that asks no network for anything.

Text of a payload gets into the page as JSON, in which nothing can end the element around it, and from
there into the document as text only. The policy in the page's head lets nothing else in: scripts run by
their hash, and nothing is fetched from anywhere. Who lets no script run reads the triage as text.
"""

from base64 import b64encode
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Sequence
from hashlib import sha256
from html import escape as escaped
from itertools import accumulate
from os import path
from typing import Any, Final

import orjson

from sessionlint import __version__
from sessionlint.escape import printable
from sessionlint.triage.causes import mark
from sessionlint.triage.model import Cause, Hour, Triage
from sessionlint.triage.text import render as as_text
from sessionlint.triage.words import (
    ailing,
    ailing_sessions,
    contents,
    days,
    findings_and_causes,
    more_unreadable,
    number,
    sessions_and_agents,
    values,
    where_heading,
)
from sessionlint_rules.verdict import NONE_FOUND, PARTS

MOST_CAUSES: Final = 200
"""Causes that the page tells, at most."""
_MOST_BARS: Final = 192
"""Bars of the picture of sessions over time, at most: hours are put together to days or months."""
_FAR: Final = 0.01
"""Of all sessions, so many at either end may be too far from the others to be drawn: one at least, ..."""
_TELLING: Final = 10
"""... if there are so many. Of fewer, who could say which one is far from the others?"""
_DAY: Final = 24
_UNITS: Final = (("hour", 13), ("day", 10), ("month", 7))
"""Units of time, and how much of ``yyyy-MM-dd hh`` tells one."""

_LIBRARIES: Final = (("d3.min.js", "d3.LICENSE"), ("plot.umd.min.js", "plot.LICENSE"))
"""In ``vendor``: the second builds on the first."""

# What could end a script element or begin another; the last two are ends of lines to JavaScript.
_ESCAPES: Final = (
    (b"<", rb"\u003c"),
    (b">", rb"\u003e"),
    (b"&", rb"\u0026"),
    ("\u2028".encode(), rb"\u2028"),
    ("\u2029".encode(), rb"\u2029"),
)


def render(triage: Triage) -> str:
    """The whole page."""
    scripts = [*map(_library, _LIBRARIES), _file("page.js")]
    filled = {
        "policy": _policy(scripts),
        "style": _file("page.css"),
        "text": escaped(as_text(triage)),
        "data": as_data(_data(triage)),
        "scripts": "\n".join(f"<script>{script}</script>" for script in scripts),
    }
    parts = _file("page.html").split("<!--")
    return parts[0] + "".join(filled[name] + rest for name, rest in (part.split("-->", 1) for part in parts[1:]))


def as_data(value: Any) -> str:
    """JSON that is harmless inside a script element."""
    text = orjson.dumps(value)
    for character, escape in _ESCAPES:
        text = text.replace(character, escape)
    return text.decode()


def _library(files: tuple[str, str]) -> str:
    """A library's script with its licence, which wants to go wherever the script goes."""
    script, licence = (_file(path.join("vendor", name)) for name in files)
    return f"/*\n{licence}*/\n{script}"


def _file(name: str) -> str:
    # A checkout may have other ends of lines; browsers take the hash of a script with these.
    with open(path.join(path.dirname(__file__), name), encoding="utf-8") as file:
        return file.read()


def _policy(scripts: Sequence[str]) -> str:
    hashes = " ".join(f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'" for script in scripts)
    return f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'"


def _data(triage: Triage) -> dict[str, Any]:
    summary = triage.summary
    return {
        "version": __version__,
        "redacted": triage.is_redacted,
        "complete": triage.has_all_sessions,
        "headline": sessions_and_agents(triage),
        "told": [findings_and_causes(triage), ailing(triage)],
        "days": days(triage.first, triage.last),
        "tiles": _tiles(triage),
        "total": summary.sessions,
        "contents": contents(triage),
        "unreadable": [
            [each.rule, each.name, each.captures, printable(each.example), printable(each.message)]
            for each in triage.unreadable
        ],
        "moreUnreadable": more_unreadable(triage),
        "parts": [*PARTS, NONE_FOUND],
        "verdicts": [[each.part, each.sessions, number(each.agents)] for each in triage.verdicts],
        "where": [
            [part, [[each.kind, list(map(printable, each.values)), each.sessions, each.of] for each in found]]
            for part, found in triage.where.items()
        ],
        "whereHeading": where_heading(triage),
        "signs": [[each.rule, each.name, each.sessions] for each in triage.signs],
        "thresholds": triage.thresholds._asdict(),
        "time": _time(triage.hours),
        "causes": [_cause(cause) for cause in triage.causes.listed[:MOST_CAUSES]],
        "moreCauses": max(0, len(triage.causes.listed) - MOST_CAUSES),
        "fields": [[each.pointer, each.present, each.objects, values(each)] for each in triage.fields],
        "undocumented": [
            [each.name, each.pointer, each.objects, " or ".join(each.types), each.example]
            for each in triage.undocumented
        ],
        "sessions": orjson.Fragment(b"[%b]" % b",".join(_row(each.whole) for each in triage.sessions)),
    }


def _tiles(triage: Triage) -> list[tuple[str, str]]:
    """The figures at the top: what, and how many."""
    summary = triage.summary
    tiles = [("sessions", f"{summary.sessions:,}")]
    if triage.verdicts:
        tiles.append(("ailing", f"{ailing_sessions(triage):,}"))
    tiles.append(("agents", number(triage.agents)))
    tiles += [("findings", f"{triage.causes.findings:,}"), ("causes", f"{len(triage.causes.listed):,}")]
    tiles += [("unreadable", f"{summary.unreadable:,}")] if summary.unreadable else []
    return tiles


def _time(hours: Sequence[Hour]) -> dict[str, Any] | None:
    """Sessions by hour, day or month, whichever gives not too many bars, each by verdict."""
    if not hours:
        return None
    shown = _together(hours)
    first, last = shown[0].start, shown[-1].start
    unit, length = next((each for each in _UNITS if _at(last, each[1]) - _at(first, each[1]) < _MOST_BARS), _UNITS[-1])
    buckets: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for hour in shown:
        counts = buckets[hour.start[:length]]
        for part, count in hour.sessions.items():
            counts[part] += count
    parts = [*PARTS, NONE_FOUND, ""]
    return {
        "unit": unit,
        "days": days(first, last),
        "bars": [[start, [counts[part] for part in parts]] for start, counts in buckets.items()],
        "others": sum(map(_sessions, hours)) - sum(map(_sessions, shown)),
    }


def _together(hours: Sequence[Hour]) -> Sequence[Hour]:
    """Without the few that are far from all others: a clock that was never set would make a dot of the whole week."""
    counts = list(accumulate(map(_sessions, hours)))
    whole = counts[-1]
    if whole < _TELLING:
        return hours
    far = max(1, whole * _FAR)
    first = _place(hours[bisect_right(counts, far)])
    last = _place(hours[bisect_left(counts, whole - far)])
    room = max(last - first, _MOST_BARS)  # so many hours can be drawn without a loss
    return hours[bisect_left(hours, first - room, key=_place) : bisect_right(hours, last + room, key=_place)]


def _sessions(hour: Hour) -> int:
    return sum(hour.sessions.values())


def _place(hour: Hour) -> int:
    return _at(hour.start)


def _at(start: str, length: int = 13) -> int:
    """Hours, days or months since the year 0, all months taken for 31 days long."""
    months = 12 * int(start[:4]) + int(start[5:7])
    if length == 7:
        return months
    days_ = 31 * months + int(start[8:10])
    return days_ if length == 10 else _DAY * days_ + int(start[11:13])


def _cause(cause: Cause) -> list[Any]:
    return [
        cause.severity,
        cause.rule,
        cause.name,
        printable(cause.pointer),
        printable(cause.message),
        cause.help and printable(cause.help),
        cause.findings,
        cause.captures,
        cause.sessions,
        number(cause.agents) if cause.agents.value else "",
        days(cause.first, cause.last),
        printable(cause.example),
        mark(cause),
    ]


def _row(record: bytes) -> bytes:
    """A record as the page reads it (``page.js`` names the places): with texts as people may see them."""
    # Most have nothing to escape but quotes, which JSON does, and ten thousand are not taken apart in vain.
    has_other_escapes = b"\\" in record and record.count(b"\\") > record.count(b'\\"')
    if has_other_escapes or b"##" in record or not _is_printable(record):
        return orjson.dumps(_printable(orjson.loads(record)))
    return record


def _is_printable(text: bytes) -> bool:
    """Whether JSON's text without escapes is."""
    return b"\x7f" not in text if text.isascii() else text.decode().isprintable()


def _printable(value: Any) -> Any:
    if isinstance(value, str):
        return printable(value)
    return list(map(_printable, value)) if isinstance(value, list) else value
