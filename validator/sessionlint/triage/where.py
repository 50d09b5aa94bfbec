"""Where and when parts ailed: the few days, agents, sites, providers or places that have most of it."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from itertools import accumulate
from operator import attrgetter
from typing import Final

from sessionlint.triage.model import Concentration, Packed, SessionRecord
from sessionlint.triage.sessions import heads
from sessionlint_rules.verdict import PARTS

_KINDS: Final[Mapping[str, Callable[[SessionRecord], str | None]]] = {
    "day": lambda record: record.date and record.date[: len("yyyy-MM-dd")],
    "agent": attrgetter("agent"),
    "site": attrgetter("site"),
    "provider": attrgetter("organization"),
    "place": attrgetter("location"),
}
"""What may have it, and what tells it."""

_MOST_TOLD: Final = 3
_MOST_VALUES: Final = 3
_FOR_EACH: Final = 3
"""Ailing sessions that there are for each value, at least: of any three sessions, three agents have all."""
_MOST_OF_IT: Final = 0.75
_TIMES_AS_MUCH: Final = 2
"""As their share of all sessions: the one provider of everybody tells nothing."""


def concentrations(sessions: Iterable[Packed]) -> dict[str, list[Concentration]]:
    """By part, what tells most first."""
    records = [SessionRecord(*head) for head in heads(sessions)]
    everyone = _counted(records)
    found: dict[str, list[Concentration]] = {}
    for part in PARTS:
        own = [record for record in records if record.part == part]
        counted = _counted(own)
        told = [_concentration(kind, counted[kind], len(own), everyone[kind], len(records)) for kind in _KINDS]
        if any(told):
            found[part] = sorted(filter(None, told), key=_most_telling)[:_MOST_TOLD]
    return found


def _counted(records: Iterable[SessionRecord]) -> dict[str, Counter[str]]:
    return {kind: Counter(filter(None, map(value, records))) for kind, value in _KINDS.items()}


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
