"""Words that the triage's outputs for people share."""

from collections import Counter
from heapq import nsmallest

from sessionlint.escape import excerpt, printable
from sessionlint.finding import listed
from sessionlint.report.words import count
from sessionlint.triage.model import Cause, Concentration, Count, Field, Number, SessionRecord, Triage
from sessionlint.triage.sessions import heads, unpacked
from sessionlint_rules.verdict import NONE_FOUND

MOST_CAUSES = 50
"""Causes that a report for people tells, at most."""
MOST_SESSIONS = 10
"""Ailing sessions that a report for people tells, at most."""


def number(counted: Number) -> str:
    """``1,234``, or ``at least 1,000``."""
    return f"{counted.value:,}" if counted.is_exact else f"at least {counted.value:,}"


def counted(number_: Number, noun: str) -> str:
    """``1 agent``, ``at least 1,000 agents``."""
    words = count(number_.value, noun)
    return words if number_.is_exact else f"at least {words}"


def findings_and_causes(triage: Triage) -> str:
    """``12,431 findings, 9 causes``."""
    causes = triage.causes
    if not causes.findings:
        return "no findings"
    many = "" if causes.is_whole else "at least "
    return f"{count(causes.findings, 'finding')}, {many}{count(len(causes.listed), 'cause')}"


def sessions_and_agents(triage: Triage) -> str:
    """``10,000 sessions of 312 agents at 14 sites``."""
    words = count(triage.summary.sessions, "session")
    if triage.agents.value:
        words += f" of {counted(triage.agents, 'agent')}"
    if triage.site_count.value:
        words += f" at {counted(triage.site_count, 'site')}"
    return words


def sessions_and_days(triage: Triage) -> str:
    """``10,000 sessions of 312 agents at 14 sites, 2024-03-04 to 2024-03-10``."""
    return ", ".join(filter(None, (sessions_and_agents(triage), days(triage.first, triage.last))))


def days(first: str | None, last: str | None) -> str:
    """The days from one date-time to another; empty where none is known."""
    if first is None or last is None:
        return ""
    return first[:10] if first[:10] == last[:10] else f"{first[:10]} to {last[:10]}"


def headline(triage: Triage) -> str:
    """``12,431 findings, 9 causes; 12 sessions ailing``."""
    return "; ".join(filter(None, (findings_and_causes(triage), ailing(triage))))


def ailing_sessions(triage: Triage) -> int:
    """How many sessions have a verdict that names a part."""
    return sum(verdict.sessions for verdict in triage.verdicts if verdict.part != NONE_FOUND)


def ailing(triage: Triage) -> str:
    """How many sessions have a verdict that names a part; empty where none was asked for."""
    if not triage.verdicts:
        return ""
    bad = ailing_sessions(triage)
    return f"{count(bad, 'session')} ailing" if bad else "no session ailing"


def verdicts(triage: Triage) -> list[list[str]]:
    """Rows: the verdict, how many sessions got it, their share of those that got one, and their agents."""
    whole = sum(verdict.sessions for verdict in triage.verdicts)
    rows = [
        [verdict.part, f"{verdict.sessions:,}", share(verdict.sessions, whole), number(verdict.agents)]
        for verdict in triage.verdicts
    ]
    without = triage.summary.sessions - whole
    return [*rows, ["no verdict", f"{without:,}", "", ""]] if without else rows


def contents(triage: Triage) -> list[tuple[str, str]]:
    """What is in the dump: headings and texts, harmless."""
    summary = triage.summary
    captures = [f"{each.times:,} {each.name}" for each in triage.kinds]
    if summary.unreadable:
        captures.append(f"{summary.unreadable:,} unreadable")
    skipped = sorted(summary.skipped.items(), key=lambda entry: -entry[1])
    rows = [
        ("captures", ", ".join(captures) or "none"),
        ("skipped", ", ".join(f"{printable(reason)} ({number:,})" for reason, number in skipped)),
        ("sessions", sessions_and_days(triage)),
        ("sites", counts(triage.sites, triage.site_count)),
        ("browsers", counts(triage.browsers, triage.browser_count)),
        ("interfaces", counts(triage.hardware, triage.hardware_count)),
    ]
    if summary.suppressed:
        rows.append(("known", f"{count(summary.suppressed, 'finding')} suppressed"))
    return [(heading, text) for heading, text in rows if text]


def more_unreadable(triage: Triage) -> str:
    """How many captures could not be read beside those that are listed with their reasons."""
    more = triage.summary.unreadable - sum(each.captures for each in triage.unreadable)
    return f"… and {count(more, 'more capture')}" if more else ""


def counts(counted: tuple[Count, ...], of: Number | None = None) -> str:
    """``Wireless (70), Ethernet (30)``; and how many more there are, if not all are told."""
    words = [f"{each.name} ({each.times:,})" for each in counted]
    if counted and of is not None and of.value > len(counted):
        words.append(f"{number(of._replace(value=of.value - len(counted)))} more")
    return ", ".join(words)


def affected(cause: Cause) -> str:
    """Captures, sessions and agents that a cause affects, and when."""
    parts = [count(cause.captures, "capture")]
    if cause.sessions:
        parts.append(count(cause.sessions, "session"))
    if cause.agents.value:
        parts.append(counted(cause.agents, "agent"))
    span = days(cause.first, cause.last)
    return listed(parts) + (f", {span}" if span else "")


def share(part: int, whole: int) -> str:
    """``12.3 %``."""
    return f"{100 * part / whole:.1f} %" if whole else ""


def worst_sessions(triage: Triage) -> list[SessionRecord]:
    """Sessions whose verdict names a part: of every part the surest with most signs, then the next ones; none twice."""
    judged = [(SessionRecord(*head), place) for place, head in enumerate(heads(triage.ailing))]
    judged.sort(key=lambda each: (each[0].confidence != "most likely", -len(each[0].signs)))
    seen: set[tuple[str | None, str | None]] = set()
    of_part: Counter[str | None] = Counter()
    ranked = []
    for number_, (record, place) in enumerate(judged):
        # What was captured twice is one session.
        identity = (record.id, record.date)
        if record.id is None or identity not in seen:
            seen.add(identity)
            ranked.append((of_part[record.part], number_, place))
            of_part[record.part] += 1
    return [unpacked(triage.ailing[place]) for *_, place in nsmallest(MOST_SESSIONS, ranked)]


def where_it_ailed(triage: Triage) -> list[tuple[str, list[str]]]:
    """Parts, and the few days, agents, sites, providers or places that have most of their sessions."""
    return [(part, list(map(_where, found))) for part, found in triage.where.items()]


def where_heading(triage: Triage) -> str:
    """What stands above that."""
    return f"Where it ailed most{'' if triage.has_all_sessions else ', of the sessions that are kept'}"


def _where(found: Concentration) -> str:
    return f"{found.kind} {listed(list(map(excerpt, found.values)))} ({found.sessions:,} of {found.of:,})"


def other_causes(triage: Triage) -> list[Cause]:
    """Causes but those why captures could not be read, which are told as such."""
    told = {(each.rule, each.example, each.captures) for each in triage.unreadable}
    return [each for each in triage.causes.listed if (each.rule, each.example, each.captures) not in told]


def more_causes(triage: Triage) -> str:
    """How many causes are not listed, and where some of them are."""
    others = other_causes(triage)
    parts = []
    if len(others) > MOST_CAUSES:
        parts.append(f"… and {count(len(others) - MOST_CAUSES, 'more cause')}")
    if above := len(triage.causes.listed) - len(others):
        parts.append(f"{count(above, 'cause')} why captures could not be read: see above")
    return "; ".join(parts)


def who(session: SessionRecord) -> str:
    """When, where and whose a session was; its address where that is not known."""
    known = [text for text in (session.date, session.site, session.agent and f"agent {session.agent}") if text]
    return printable(", ".join(known) or session.address)


def certainty(session: SessionRecord) -> str:
    """How sure its verdict is, and which other parts have signs."""
    also = f", signs of {' and '.join(session.others)} too" if session.others else ""
    return f"{session.confidence}{also}"


def presence(field: Field) -> str:
    """How much of its objects has a field."""
    return f"{field.present:,} of {field.objects:,}"


def values(field: Field) -> str:
    """A field's range, or its values where they are few."""
    if field.values:
        return counts(field.values)
    return "" if field.low is None else f"{field.low} to {field.high}"
