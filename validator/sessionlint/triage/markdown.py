"""The triage for a ticket. Whatever comes from a payload stands in a code span, where nothing acts."""

from sessionlint.report.markdown import code, table
from sessionlint.triage.model import Triage
from sessionlint.triage.words import (
    MOST_CAUSES,
    affected,
    certainty,
    contents,
    findings_and_causes,
    headline,
    more_causes,
    more_unreadable,
    other_causes,
    presence,
    sessions_and_days,
    values,
    verdicts,
    where_heading,
    where_it_ailed,
    who,
    worst_sessions,
)


def render(triage: Triage) -> str:
    """The whole report."""
    parts = [
        f"## sessionlint triage: {sessions_and_days(triage)}",
        f"{headline(triage)}.",
        "### What is in it",
        table(["", ""], [[heading, code(text)] for heading, text in contents(triage)]),
        *_unreadable(triage),
        *_verdicts(triage),
        *_where(triage),
        *_worst(triage),
        *_causes(triage),
        *_undocumented(triage),
        *_fields(triage),
    ]
    return "\n\n".join(parts) + "\n"


def _unreadable(triage: Triage) -> list[str]:
    if not triage.unreadable:
        return []
    rows = [
        [each.rule, each.name, f"{each.captures:,}", code(each.example), code(each.message)]
        for each in triage.unreadable
    ]
    more = more_unreadable(triage)
    parts = ["### What could not be read", table(["rule", "name", "captures", "example", "message"], rows)]
    return [*parts, f"{more}."] if more else parts


def _verdicts(triage: Triage) -> list[str]:
    if not triage.verdicts:
        return []
    parts = ["### What ailed the network", table(["verdict", "sessions", "share", "agents"], verdicts(triage))]
    if triage.signs:
        rows = [[each.rule, each.name, f"{each.sessions:,}"] for each in triage.signs]
        parts.append(table(["sign", "name", "sessions"], rows))
    return parts


def _where(triage: Triage) -> list[str]:
    rows = [[part, "<br>".join(map(code, texts))] for part, texts in where_it_ailed(triage)]
    return [f"### {where_heading(triage)}", table(["verdict", "where"], rows)] if rows else []


def _worst(triage: Triage) -> list[str]:
    rows = [
        [
            session.part or "",
            certainty(session),
            code(who(session)),
            "<br>".join(code(sign.message) for sign in session.signs),
        ]
        for session in worst_sessions(triage)
    ]
    return ["### Sessions to look at first", table(["verdict", "", "session", "signs"], rows)] if rows else []


def _causes(triage: Triage) -> list[str]:
    if not triage.causes.listed:
        return []
    rows = [
        [
            cause.severity,
            f"{cause.rule} {cause.name}",
            code(cause.pointer),
            code(cause.message),
            f"{cause.findings:,}",
            affected(cause),
            code(cause.example),
        ]
        for cause in other_causes(triage)[:MOST_CAUSES]
    ]
    head = ["severity", "rule", "where", "for example", "findings", "in", "address"]
    parts = [f"### Causes: {findings_and_causes(triage)}"]
    parts += [table(head, rows)] if rows else []
    more = more_causes(triage)
    return [*parts, f"{more}."] if more else parts


def _undocumented(triage: Triage) -> list[str]:
    if not triage.undocumented:
        return []
    rows = [
        [code(each.name), code(each.pointer), f"{each.objects:,}", " or ".join(each.types), code(each.example or "")]
        for each in triage.undocumented[:MOST_CAUSES]
    ]
    return ["### Undocumented fields", table(["name", "in", "objects", "type", "example"], rows)]


def _fields(triage: Triage) -> list[str]:
    rows = [[code(field.pointer), presence(field), code(values(field))] for field in triage.fields]
    if not rows:
        return []
    listing = table(["field", "present", "range or values"], rows)
    return [f"<details><summary>Documented fields</summary>\n\n{listing}\n\n</details>"]
