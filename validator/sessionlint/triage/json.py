"""The triage for programs: one JSON document."""

from collections.abc import Iterable
from typing import Any

from sessionlint import __version__
from sessionlint.document import Json
from sessionlint.finding import SEVERITIES
from sessionlint.report.json import dumps, summary_object
from sessionlint.triage.model import Cause, Count, Field, Number, SessionRecord, Triage
from sessionlint.triage.sessions import unpacked

VERSION = 1
"""Changes when a field changes its meaning."""


def render(triage: Triage) -> str:
    """The document: a member a line, and an item of a list a line."""
    members = {
        "version": VERSION,
        "tool": {"name": "sessionlint", "version": __version__},
        "summary": summary_object(triage.summary),
        "contents": _contents(triage),
        "unreadable": [each._asdict() for each in triage.unreadable],
        "causes": list(map(_cause, triage.causes.listed)),
        "causesComplete": triage.causes.is_whole,
        "verdicts": [each._asdict() | {"agents": _number(each.agents)} for each in triage.verdicts],
        "where": [
            {"part": part, "kind": each.kind, "values": each.values, "sessions": each.sessions, "of": each.of}
            for part, found in triage.where.items()
            for each in found
        ],
        "signs": [each._asdict() for each in triage.signs],
        "hours": [each._asdict() for each in triage.hours],
        "fields": list(map(_field, triage.fields)),
        "undocumented": [each._asdict() for each in triage.undocumented],
        "sessions": [_session(unpacked(record)) for record in triage.sessions],
        "sessionsComplete": triage.has_all_sessions,
    }
    return "{\n" + ",\n".join(f"  {dumps(name)}: {_lines(value)}" for name, value in members.items()) + "\n}\n"


def _lines(value: Json) -> str:
    if not isinstance(value, list) or not value:
        return dumps(value)
    return "[\n    " + ",\n    ".join(map(dumps, value)) + "\n  ]"


def _contents(triage: Triage) -> Json:
    return {
        "captures": _counts(triage.kinds),
        "agents": _number(triage.agents),
        "sites": _number(triage.site_count) | {"commonest": _counts(triage.sites)},
        "browsers": _counts(triage.browsers),
        "browserCount": _number(triage.browser_count),
        "hardwareTypes": _counts(triage.hardware),
        "hardwareTypeCount": _number(triage.hardware_count),
        "first": triage.first,
        "last": triage.last,
    }


def _cause(cause: Cause) -> Json:
    return cause._asdict() | {"agents": _number(cause.agents)}


def _field(field: Field) -> Json:
    return field._asdict() | {"values": _counts(field.values)}


def _session(session: SessionRecord) -> Json:
    """Without its figures: they are in the payload."""
    return {
        "address": session.address,
        "session": session.id,
        "agent": session.agent,
        "date": session.date,
        "site": session.site,
        "verdict": session.part,
        "confidence": session.confidence,
        "signs": [sign._asdict() for sign in session.signs],
        "others": session.others,
        "wouldChange": session.would_change,
        "findings": dict(zip(SEVERITIES, session.findings, strict=True)),
    }


def _number(number: Number) -> dict[str, Any]:
    return {"count": number.value, "exact": number.is_exact}


def _counts(counts: Iterable[Count]) -> Json:
    return [{"name": each.name, "count": each.times} for each in counts]
