"""Sees every capture of a dump once, and keeps counts and samples: bounded, whatever the dump."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sessionlint.capture import Capture
from sessionlint.document import Document, Json, pointer
from sessionlint.escape import printable
from sessionlint.finding import Message
from sessionlint.linter import Result, Totals
from sessionlint.payload import Session
from sessionlint.recognise import Part, sessions_in
from sessionlint.rule import registry
from sessionlint.triage.bounded import Bounded, Distinct, Tally
from sessionlint.triage.causes import CauseCollector, OfSession, kind_of_message
from sessionlint.triage.fields import FieldCollector
from sessionlint.triage.model import (
    Count,
    Hour,
    Number,
    Packed,
    Signs,
    Triage,
    Unreadable,
    Verdicts,
)
from sessionlint.triage.sessions import figures, packed, with_findings
from sessionlint.triage.where import concentrations
from sessionlint_rules.diagnosis import DEFAULTS, Thresholds, delay_jump
from sessionlint_rules.times import is_time
from sessionlint_rules.verdict import NONE_FOUND, PARTS, weigh

MOST_SESSIONS: Final = 10_000
"""Sessions that are kept to be looked at."""
_FOR_COMPARISON: Final = 10
"""One in so many of those is a good one, even where there are bad ones enough: people see by comparison what is bad."""
_MOST_NAMES: Final = 10_000
"""Agents, sites, browsers or hours that are counted one by one."""
_LONGEST_NAME: Final = 200
_MOST_SITES: Final = 20
_MOST_OBSTACLES: Final = 50

_WHERE: Final = {"har": "in HAR files", "http": "in HTTP captures", "recording": "in recordings of mocks"}


class Collector:
    """Takes in captures with their results; two that saw successive parts of the input can be merged.

    What it hands on is the same however the input was divided. ``redact``: no value of a payload is
    kept. ``diagnoses``: whether sessions get a verdict. ``before``: one that saw another part of the same input,
    with which it will be merged.
    """

    def __init__(
        self,
        *,
        redact: bool = False,
        diagnoses: bool = True,
        thresholds: Thresholds = DEFAULTS,
        most_sessions: int = MOST_SESSIONS,
        before: "Collector | None" = None,
    ) -> None:
        self._redact = redact
        self._diagnoses = diagnoses
        self._thresholds = thresholds
        self._most_sessions = most_sessions
        self.totals = Totals()
        self._kinds: Counter[str] = Counter()
        self._unreadable: Bounded[Unreadable] = Bounded(_MOST_NAMES)
        """By rule and kind of message: the remedy of one is not that of another."""
        self._causes = CauseCollector()
        self._fields: FieldCollector = FieldCollector(before._fields if before else None)
        self._agents = Distinct(_MOST_NAMES)
        self._sites, self._browsers, self._hardware = Tally(_MOST_NAMES), Tally(_MOST_NAMES), Tally(_MOST_NAMES)
        self._first: str | None = None
        self._last: str | None = None
        self._verdicts: Counter[str] = Counter()
        self._ailing = {part: Distinct(_MOST_NAMES) for part in (*PARTS, NONE_FOUND)}
        self._signs: Counter[str] = Counter()
        self._hours: Bounded[dict[str, int]] = Bounded(_MOST_NAMES)
        self._bad: Bounded[tuple[str, Packed]] = Bounded(most_sessions)
        self._good: Bounded[tuple[str, Packed]] = Bounded(most_sessions)

    def see(
        self, capture: Capture, result: Result, document: Document | None = None, readable: Sequence[Part] = ()
    ) -> None:
        """One capture, with its parts as rules see them (`sessionlint.engine.Checked.readable`)."""
        self.totals.add(result)
        if document is None or not (result.payloads or result.continues):
            if result.unreadable:
                self._see_unreadable(result)
            self._causes.see(result.findings, {})
            return
        self._kinds[_kind(capture, document)] += not result.continues
        sessions = _by_pointer(readable)
        in_each = max(1, len(sessions) // len(readable))
        for part, read in zip(document.parts, readable, strict=True):
            # Rules read a sound payload as it is, and of any other a copy.
            is_sound = read.tree is part.tree is not None
            self._fields.see(part.tree, in_each, is_session=part.kind is Session, is_sound=is_sound)
        found = self._causes.see(result.findings, sessions) if result.findings else {}
        cut = set(map(pointer, document.cut))
        for where, session in sessions.items():
            self._see_session(capture, where, session, found.get(where, _NO_FINDINGS), is_cut=where in cut)

    def see_repeats(self, result: Result, document: Document | None) -> None:
        """Findings about sessions that came before in the run, of a capture that was seen."""
        self.totals.add(result)
        sessions = _by_pointer(document.parts) if document else {}
        for where, more in self._causes.see(result.findings, sessions).items():
            address = f"{result.capture}!{where}"
            for kept in (self._bad, self._good):
                if known := kept.get(address):
                    date, record = known
                    kept.replace(address, (date, with_findings(record, more)))

    def _see_unreadable(self, result: Result) -> None:
        told = next((finding for finding in result.findings if finding.rule == result.obstacle), None)
        if told is None:  # nobody wants to hear of it
            return
        key = f"{told.rule} {kind_of_message(told.rule, told.message)}"
        known = self._unreadable.get(key)
        if known:
            self._unreadable.replace(key, _more(known, 1))
        else:
            self._unreadable.add(key, Unreadable(told.rule, told.name, 1, told.address, told.message))

    def _see_session(
        self, capture: Capture, where: str, session: Mapping[str, Any], found: OfSession, *, is_cut: bool
    ) -> None:
        date, agent = session.get("date"), session.get("agentId")
        if date is not None and is_time(date):
            if self._first is None or date < self._first:
                self._first = date
            if self._last is None or date > self._last:
                self._last = date
        if agent is not None:
            self._agents.add(agent[:_LONGEST_NAME])
        self._see_names(session)
        # What is lost of it may be what ailed it: a check says nothing either.
        part, told = (None, _NOT_ASKED) if is_cut else self._judged(where, session, agent)
        if date is not None:
            self._see_hour(date[:13], part or "")
        address = f"{capture.address}!{where}"
        kept = self._good if part in (None, NONE_FOUND) else self._bad
        if kept.wants(address):
            identity = _NO_IDENTITY if self._redact else _identity(session)
            shown = () if self._redact else figures(session, self._least_jump(told))
            kept.add(address, (date or "", packed((address, *identity, part, *told, *found), shown)))

    def _judged(self, where: str, session: Any, agent: str | None) -> tuple[str | None, tuple[Json, ...]]:
        """The verdict on a session, and what a record says of it."""
        if not self._diagnoses:
            return None, _NOT_ASKED
        verdict = weigh(session, self._thresholds)
        part = verdict.part
        self._verdicts[part] += 1
        if agent is not None:
            self._ailing[part].add(agent[:_LONGEST_NAME])
        if not verdict.signs:
            return part, _NOT_ASKED
        for rule in {sign.rule for sign in verdict.signs}:
            self._signs[rule] += 1
        words = Message.redacted if self._redact else Message.text
        signs = [(sign.rule, f"{where}{pointer(sign.path)}", words(sign.message)) for sign in verdict.signs]
        return part, (verdict.confidence, signs, verdict.others, verdict.would_change)

    def _least_jump(self, told: tuple[Any, ...]) -> float | None:
        """From how many milliseconds on a delay jumps, where a sign tells of it."""
        _, signs, *_ = told
        return self._thresholds.delay_jump_ms if any(rule == delay_jump.id for rule, *_ in signs) else None

    def _see_names(self, session: Mapping[str, Any]) -> None:
        site = session.get("visitedSite")
        if site is not None:
            self._sites.count(site[:_LONGEST_NAME])
        browser = _browser(session)
        if browser is not None:
            self._browsers.count(browser[:_LONGEST_NAME])
        hardware = session.get("network", _NOTHING).get("networkProfile", _NOTHING).get("hardwareType")
        if hardware is not None:
            self._hardware.count(hardware[:_LONGEST_NAME])

    def _see_hour(self, hour: str, part: str) -> None:
        counts = self._hours.get(hour)
        if counts is None:
            self._hours.add(hour, {part: 1})
        else:
            counts[part] = counts.get(part, 0) + 1

    def merge(self, other: "Collector") -> None:
        """Takes in what another one saw of the part of the input that came after."""
        self.totals.merge(other.totals)
        self._kinds.update(other._kinds)
        self._verdicts.update(other._verdicts)
        self._signs.update(other._signs)
        self._unreadable.merge(other._unreadable, lambda known, after: _more(known, after.captures))
        self._causes.merge(other._causes)
        self._fields.merge(other._fields)
        self._agents.merge(other._agents)
        self._sites.merge_counts(other._sites)
        self._browsers.merge_counts(other._browsers)
        self._hardware.merge_counts(other._hardware)
        self._first = min(filter(None, (self._first, other._first)), default=None)
        self._last = max(filter(None, (self._last, other._last)), default=None)
        for part, agents in other._ailing.items():
            self._ailing[part].merge(agents)
        self._hours.merge(other._hours, _summed)
        self._bad.merge(other._bad, _earlier)
        self._good.merge(other._good, _earlier)

    def contents(self, seconds: float = 0) -> Triage:
        """What was seen so far; ``seconds`` is what the run took."""
        has_values = not self._redact
        sessions, ailing = self._sessions()
        return Triage(
            summary=self.totals.summary(seconds),
            is_redacted=self._redact,
            kinds=_counts(self._kinds.most_common()),
            unreadable=tuple(sorted(self._unreadable.entries().values(), key=_commonest)[:_MOST_OBSTACLES]),
            agents=_number(self._agents),
            sites=_counts(self._sites.commonest()[:_MOST_SITES]) if has_values else (),
            site_count=Number(len(self._sites.entries()), self._sites.is_whole),
            browsers=_counts(self._browsers.commonest()[:_MOST_SITES]) if has_values else (),
            browser_count=Number(len(self._browsers.entries()), self._browsers.is_whole),
            hardware=_counts(self._hardware.commonest()[:_MOST_SITES]) if has_values else (),
            hardware_count=Number(len(self._hardware.entries()), self._hardware.is_whole),
            first=self._first if has_values else None,
            last=self._last if has_values else None,
            fields=self._fields.fields(has_values=has_values),
            undocumented=self._fields.undocumented(has_values=has_values),
            causes=self._causes.contents(has_values=has_values),
            verdicts=tuple(
                Verdicts(part, self._verdicts[part], _number(agents))
                for part, agents in self._ailing.items()
                if self._verdicts[part]
            ),
            signs=self._told_signs(),
            thresholds=self._thresholds,
            hours=tuple(
                Hour(start, counts if len(counts) == 1 else {part: counts[part] for part in _ORDER if part in counts})
                for start, counts in sorted(self._hours.entries().items())
            )
            if has_values
            else (),
            sessions=sessions,
            ailing=ailing,
            where=concentrations(sessions) if ailing else {},
            has_all_sessions=len(self._bad.entries()) + len(self._good.entries()) <= self._most_sessions
            and self._bad.is_whole
            and self._good.is_whole,
        )

    def _told_signs(self) -> tuple[Signs, ...]:
        rules = registry()
        return tuple(Signs(id, rules[id].name, count) for id, count in sorted(self._signs.items()))

    def _sessions(self) -> tuple[tuple[Packed, ...], tuple[Packed, ...]]:
        """Those that are kept, and the bad ones of them.

        A good one in ten is kept at least, where there are so many, to compare with.
        """
        for_comparison = min(len(self._good.entries()), self._most_sessions // _FOR_COMPARISON)
        bad = self._bad.sample(self._most_sessions - for_comparison)
        kept = [*bad.items(), *self._good.sample(self._most_sessions - len(bad)).items()]
        kept.sort(key=lambda entry: (entry[1][0], entry[0]))
        return tuple(record for _, (_, record) in kept), tuple(record for key, (_, record) in kept if key in bad)


_ORDER: Final = (*PARTS, NONE_FOUND, "")
_NOT_ASKED: Final = ("", (), (), "")
_NOTHING: Final[Mapping[str, Any]] = {}
_NO_FINDINGS: Final = OfSession([0, 0, 0], [])
_NO_IDENTITY: Final = (None,) * 7


def _identity(session: Mapping[str, Any]) -> tuple[Json, ...]:
    """The fields of `SessionRecord` up to ``browser``, without the address."""
    get = session.get
    place = get("coordinates", _NOTHING).get("location")
    return (
        get("userSessionId"),
        get("agentId"),
        get("date"),
        get("visitedSite"),
        get("orgName"),
        place,
        _browser(session),
    )


def _browser(session: Mapping[str, Any]) -> str | None:
    """Name and major version."""
    browser = session.get("browser")
    if browser is None or "name" not in browser:
        return None
    major = browser.get("version", "").partition(".")[0]
    return f"{browser['name']} {major}" if major else str(browser["name"])


def _kind(capture: Capture, document: Document) -> str:
    """What a payload was written in, and what it lay in."""
    written = "XML" if document.format == "xml" else "JSON"
    if capture.exchange:
        return f"{written} {_WHERE[capture.exchange.source]}"
    if capture.file:
        return f"{written} Lines"
    return f"{written} in archives" if "!/" in capture.address else f"{written} in files"


def _by_pointer(parts: Sequence[Part]) -> dict[str, Mapping[str, Any]]:
    """Sessions by the pointers that they are at."""
    return {pointer(path): session for path, session in sessions_in(parts)}


def _more(known: Unreadable, captures: int) -> Unreadable:
    return known._replace(captures=known.captures + captures)


def _commonest(each: Unreadable) -> tuple[int, Unreadable]:
    return -each.captures, each


def _earlier(one: tuple[str, Packed], _: tuple[str, Packed]) -> tuple[str, Packed]:
    return one


def _summed(one: dict[str, int], other: dict[str, int]) -> dict[str, int]:
    return {**one, **{key: one.get(key, 0) + count for key, count in other.items()}}


def _number(names: Distinct) -> Number:
    return Number(len(names), names.is_exact)


def _counts(entries: Sequence[tuple[str, int]]) -> tuple[Count, ...]:
    return tuple(Count(printable(name), count) for name, count in entries)
