"""Where and when parts ailed: the few days, agents, sites, providers or places that have most of it."""

from collections import Counter
from collections.abc import Iterable
from itertools import accumulate
from typing import Final

import orjson

from sessionlint.triage.model import Concentration, SessionRecord
from sessionlint_rules.verdict import PARTS

_KINDS: Final = {"day": "date", "agent": "agent", "site": "site", "provider": "organization", "place": "location"}
"""What may have it, and the field of a record that tells."""
_AT: Final = {kind: SessionRecord._fields.index(field) for kind, field in _KINDS.items()}
_PART: Final = SessionRecord._fields.index("part")
_DAY: Final = len("yyyy-MM-dd")

_MOST_TOLD: Final = 3
_MOST_VALUES: Final = 3
_FOR_EACH: Final = 3
"""Ailing sessions that there are for each value, at least: of any three sessions, three agents have all."""
_MOST_OF_IT: Final = 0.75
_TIMES_AS_MUCH: Final = 2
"""As their share of all sessions: the one provider of everybody tells nothing."""


def concentrations(sessions: Iterable[bytes]) -> dict[str, list[Concentration]]:
    """By part, what tells most first, of sessions as records (`sessionlint.triage.sessions.packed`)."""
    everyone: dict[str, Counter[str]] = {kind: Counter() for kind in _KINDS}
    ailing: dict[str, dict[str, Counter[str]]] = {part: {kind: Counter() for kind in _KINDS} for part in PARTS}
    parts: Counter[str] = Counter()
    for text in sessions:
        record = orjson.loads(text)
        part = record[_PART]
        parts[part] += 1
        for kind, at in _AT.items():
            value = record[at]
            if value:
                value = value[:_DAY] if kind == "day" else value
                everyone[kind][value] += 1
                if part in ailing:
                    ailing[part][kind][value] += 1
    whole = parts.total()
    found = {
        part: [_concentration(kind, counts[kind], parts[part], everyone[kind], whole) for kind in _KINDS]
        for part, counts in ailing.items()
    }
    return {
        part: sorted(filter(None, each), key=_most_telling)[:_MOST_TOLD] for part, each in found.items() if any(each)
    }


def _concentration(
    kind: str, counts: Counter[str], of: int, everyone: Counter[str], whole: int
) -> Concentration | None:
    commonest = counts.most_common(min(_MOST_VALUES, of // _FOR_EACH))
    for number, sessions in enumerate(accumulate(times for _, times in commonest), 1):
        if sessions >= _MOST_OF_IT * of:
            values = [value for value, _ in commonest[:number]]
            times_as_much = sessions * whole / of / sum(everyone[value] for value in values)
            if times_as_much < _TIMES_AS_MUCH:
                return None
            return Concentration(times_as_much, kind, sorted(values) if kind == "day" else values, sessions, of)
    return None


def _most_telling(each: Concentration) -> float:
    return -each.times_as_much * each.sessions / each.of
