"""Causes: ten thousand findings put down to ten."""

import re
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any, Final, NamedTuple

from sessionlint.finding import SEVERITIES, Finding
from sessionlint.report.words import short
from sessionlint.rule import registry
from sessionlint.triage.bounded import Bounded, Distinct, by_hash
from sessionlint.triage.model import Cause, Causes, Number
from sessionlint_rules.times import is_time

_MOST: Final = 1000
"""Causes that are told apart, at most."""
_MOST_AGENTS: Final = 1000
_MOST_OF_SESSION: Final = 64
"""Causes that the record of one session names, of what its own capture tells."""

_SESSION = re.compile(r"(?:/[0-9]+)?(?:/userSessions/[0-9]+)?")
_INDEX = re.compile(r"/[0-9]+(?=/|$)")
# A payload's values, as messages have them: quoted texts and numbers.
_VALUE = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|-?\b[0-9][0-9.e+-]*')
_NUMBER = re.compile("[0-9]+")
_VARIES: Final = {
    "CAP004": re.compile(r".+", re.DOTALL),  # where a file was cut off, and in what
    "CAP008": _NUMBER,  # quoted is what went wrong: "Too many requests"
    "CAP009": _NUMBER,
}
"""What says nothing of the fault in messages of these rules; in all others, a payload's values."""


class OfSession(NamedTuple):
    """The findings of one session."""

    counts: list[int]
    """How many: errors, warnings, infos."""
    marks: list[int]
    """Of their causes, each once; of too many the worst."""

    def joined(self, other: "OfSession") -> "OfSession":
        """Both together: what other captures tell of a session, its repeats, is never much."""
        marks = dict.fromkeys([*self.marks, *other.marks])
        return OfSession(list(map(int.__add__, self.counts, other.counts)), list(marks))


class _Gathered:
    """What is known of one cause."""

    __slots__ = (
        "agents",
        "captures",
        "example",
        "findings",
        "first",
        "first_capture",
        "last",
        "last_capture",
        "others",
        "sessions",
        "severity",
    )

    def __init__(self, example: Finding, others: int) -> None:
        self.example = example
        self.others = others
        """Findings in the capture of the example."""
        self.severity = SEVERITIES.index(example.severity)
        self.findings = 0
        self.captures = 0
        self.first_capture = self.last_capture = ""
        """Their addresses: a long response comes in stretches, and is one capture all the same."""
        self.sessions = 0
        self.agents = Distinct(_MOST_AGENTS)
        self.first: str | None = None
        self.last: str | None = None

    def takes(self, example: Finding, others: int, severity: int) -> None:
        """Another example: the better one is kept, and of equals the first."""
        if (severity, others) < (self.severity, self.others):
            self.example, self.others = example, others
        self.severity = min(self.severity, severity)

    def in_captures(self, count: int, first: str, last: str) -> None:
        """So many captures have it, those at either end by their addresses; they come after those that are known."""
        self.captures += count - (first == self.last_capture)
        self.first_capture = self.first_capture or first
        self.last_capture = last

    def in_sessions(self, sessions: Sequence[Mapping[str, Any]]) -> None:
        """These have it too."""
        self.sessions += len(sessions)
        for session in sessions:
            date = session.get("date")
            if date is not None and is_time(date):
                self.seen(date, date)
            if "agentId" in session:
                self.agents.add(session["agentId"][:200])

    def seen(self, first: str | None, last: str | None) -> None:
        """Dates of sessions that have it."""
        if first is not None and (self.first is None or first < self.first):
            self.first = first
        if last is not None and (self.last is None or last > self.last):
            self.last = last


class CauseCollector:
    """Puts findings together, a capture at a time."""

    def __init__(self) -> None:
        self._causes: Bounded[_Gathered] = Bounded(_MOST, _by_severity)
        self._findings = 0

    def see(self, findings: list[Finding], sessions: Mapping[str, Mapping[str, Any]]) -> dict[str, OfSession]:
        """All findings of one capture, or of a stretch of one; ``sessions`` by the pointers that they are at.

        Returns the findings of those sessions that have any, by their pointers.
        """
        self._findings += len(findings)
        counts: dict[str, list[int]] = {}
        keys: dict[str, dict[str, None]] = {}
        affected: dict[str, set[str | None]] = {}
        for finding in findings:
            where, pointer = _place(finding, sessions)
            if finding.lane == "capture":  # a file may be cut off anywhere
                pointer = ""
            key = _key(finding.rule, pointer, finding.message)
            if where is not None:
                counts.setdefault(where, [0, 0, 0])[SEVERITIES.index(finding.severity)] += 1
                keys.setdefault(where, {})[key] = None
            gathered = self._causes.get(key)
            if gathered is None:
                if not self._causes.wants(key):
                    continue
                gathered = _Gathered(_plain(finding), len(findings))
                self._causes.add(key, gathered)
            else:
                gathered.takes(_plain(finding), len(findings), SEVERITIES.index(finding.severity))
            gathered.findings += 1
            affected.setdefault(key, set()).add(where)
        for key, places in affected.items():
            gathered = self._causes.get(key)
            if gathered is not None:  # else it was dropped while the capture was gone through
                gathered.in_captures(1, findings[0].capture, findings[0].capture)
                gathered.in_sessions([sessions[where] for where in places if where is not None])
        return {where: OfSession(counts[where], _marks(keys[where])) for where in counts}

    def merge(self, other: "CauseCollector") -> None:
        """Takes in what was collected after."""
        self._findings += other._findings
        self._causes.merge(other._causes, _joined)

    def contents(self, *, has_values: bool) -> Causes:
        """The causes so far; without values, dates are left out too."""
        listed = [_cause(key, gathered, has_values) for key, gathered in self._causes.entries().items()]
        listed.sort(key=lambda cause: (SEVERITIES.index(cause.severity), -cause.findings, cause.rule, cause.pointer))
        return Causes(tuple(listed), self._findings, self._causes.is_whole)


def mark(cause: Cause) -> int:
    """What tells a cause from others in the record of a session."""
    return _mark(_key(cause.rule, cause.pointer, cause.message))


def _key(rule: str, pointer: str, message: str) -> str:
    return "\0".join((rule, pointer, kind_of_message(rule, message)))


def _marks(keys: Iterable[str]) -> list[int]:
    """Those of so many causes as the record of a session names."""
    found = list(keys)
    if len(found) > _MOST_OF_SESSION:
        found = sorted(found, key=_by_severity)[:_MOST_OF_SESSION]
    return list(map(_mark, found))


def _mark(key: str) -> int:
    # A payload's keys are in it: of a checksum, anybody could make two alike. JavaScript's numbers hold six bytes.
    return int.from_bytes(sha256(key.encode("utf-8", "surrogatepass")).digest()[:6], "big")


def _place(finding: Finding, sessions: Mapping[str, Any]) -> tuple[str | None, str]:
    """Where the session of a finding is, if it is in one, and the finding's pointer without indices.

    A bare session is told as if it lay in a response, so that the same defect is one cause.
    """
    start = _SESSION.match(finding.pointer)
    assert start is not None  # it matches nothing at all, too
    for where in (start.group(), ""):
        if where in sessions:
            return where, "/userSessions/*" + short(_INDEX.sub("/*", finding.pointer[len(where) :]))
    return None, short(_INDEX.sub("/*", finding.pointer))


def _by_severity(key: str) -> tuple[int, int, str]:
    """The rank of a cause: of too many, those that matter least are dropped."""
    rule, _, _ = key.partition("\0")
    return (SEVERITIES.index(registry()[rule].severity), *by_hash(key))


def kind_of_message(rule: str, message: str) -> str:
    """The message without what is one payload's: what all of one fault say."""
    return _VARIES.get(rule, _VALUE).sub("…", message)


def _plain(finding: Finding) -> Finding:
    """A finding without what no cause tells, so that little is kept."""
    return finding._replace(related=(), excerpt=None) if finding.related or finding.excerpt else finding


def _joined(one: _Gathered, after: _Gathered) -> _Gathered:
    one.takes(after.example, after.others, after.severity)
    one.findings += after.findings
    one.in_captures(after.captures, after.first_capture, after.last_capture)
    one.sessions += after.sessions
    one.agents.merge(after.agents)
    one.seen(after.first, after.last)
    return one


def _cause(key: str, gathered: _Gathered, has_dates: bool) -> Cause:
    example = gathered.example
    return Cause(
        rule=example.rule,
        name=example.name,
        lane=example.lane,
        severity=SEVERITIES[gathered.severity],
        pointer=key.split("\0")[1],
        findings=gathered.findings,
        captures=gathered.captures,
        sessions=gathered.sessions,
        agents=Number(len(gathered.agents), gathered.agents.is_exact),
        first=gathered.first if has_dates else None,
        last=gathered.last if has_dates else None,
        example=example.address,
        message=example.message,
        help=example.help,
    )
