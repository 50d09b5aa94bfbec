"""The triage for a terminal: what a support engineer asks in the first minute."""

from textwrap import wrap

from sessionlint.escape import printable
from sessionlint.report.text import BOLD, COLORS, DIM, Style
from sessionlint.report.words import count
from sessionlint.triage.model import Cause, SessionRecord, Triage
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

_WIDTH = 80
"""Columns of a line. Addresses, to be copied whole, and tables may be longer."""


def render(triage: Triage, *, color: bool = False, has_fields: bool = False) -> str:
    """The whole text; ``has_fields``: the documented fields too."""
    style = Style(color)
    sections = [
        [
            *(style(line, BOLD) for line in _wrapped("", f"sessionlint triage: {sessions_and_days(triage)}")),
            headline(triage),
        ],
        ["What is in it", *_aligned(contents(triage))],
        _unreadable(triage, style),
        _verdicts(triage),
        _where(triage),
        _worst(triage, style),
        _causes(triage, style),
        _undocumented(triage),
        _fields(triage) if has_fields else [],
        _next(triage),
    ]
    return "\n".join(
        "".join(f"{line.rstrip()}\n" for line in ([style(lines[0], BOLD), *lines[1:]] if number_ else lines))
        for number_, lines in enumerate(filter(None, sections))
    )


def _aligned(rows: list[tuple[str, str]]) -> list[str]:
    width = max((len(heading) for heading, _ in rows), default=0)
    return [line for heading, text in rows for line in _wrapped(f"  {heading:{width}}  ", text)]


def _wrapped(start: str, text: str, indent: int = 0) -> list[str]:
    """Lines of a text, the others below where it starts in the first, or so far to the right of that."""
    below = " " * (len(start) + indent)
    # An address or a name is not broken.
    return wrap(
        text, _WIDTH, initial_indent=start, subsequent_indent=below, break_long_words=False, break_on_hyphens=False
    )


def _unreadable(triage: Triage, style: Style) -> list[str]:
    if not triage.unreadable:
        return []
    lines = ["What could not be read"]
    for each in triage.unreadable:
        lines.append(f"  {each.rule} {each.name}: {count(each.captures, 'capture')}")
        lines += _wrapped("    ", printable(each.message))
        lines.append(f"    {style(printable(each.example), DIM)}")
    more = more_unreadable(triage)
    return [*lines, f"  {more}"] if more else lines


def _verdicts(triage: Triage) -> list[str]:
    if not triage.verdicts:
        return []
    lines = ["What ailed the network", *_table([["verdict", "sessions", "", "agents"], *verdicts(triage)], left=1)]
    if triage.signs:
        signs = ", ".join(f"{each.rule} {each.name} ({each.sessions:,})" for each in triage.signs)
        lines += _wrapped("  signs: ", signs)
    return lines


def _where(triage: Triage) -> list[str]:
    rows = [(part * (not at), text) for part, texts in where_it_ailed(triage) for at, text in enumerate(texts)]
    return [where_heading(triage), *_aligned(rows)] if rows else []


def _worst(triage: Triage, style: Style) -> list[str]:
    sessions = worst_sessions(triage)
    if not sessions:
        return []
    lines = ["Sessions to look at first"]
    for session in sessions:
        part = session.part or ""
        first, *others = _wrapped("  ", f"{part} ({certainty(session)}): {who(session)}", indent=4)
        lines += [first.replace(part, style(part, BOLD), 1), *others]
        for sign in session.signs:
            lines += _wrapped(f"    {sign.rule} ", printable(sign.message))
        lines += _address(session, style)
    return lines


def _address(session: SessionRecord, style: Style) -> list[str]:
    address = printable(session.address)
    return [] if who(session) == address else [f"    {style(address, DIM)}"]


def _causes(triage: Triage, style: Style) -> list[str]:
    if not triage.causes.listed:
        return []
    lines = [f"Causes: {findings_and_causes(triage)}"]
    for cause in other_causes(triage)[:MOST_CAUSES]:
        lines += _cause(cause, style)
    more = more_causes(triage)
    return [*lines, f"  {more}"] if more else lines


def _cause(cause: Cause, style: Style) -> list[str]:
    severity = f"  {cause.severity:7}  "
    indent = " " * len(severity)
    heading = f"{cause.rule} {cause.name}: {count(cause.findings, 'finding')} in {affected(cause)}"
    first, *others = _wrapped(indent, heading)
    return [
        style(severity, BOLD, COLORS[cause.severity])
        + first.removeprefix(indent).replace(cause.rule, style(cause.rule, BOLD), 1),
        *others,
        *_wrapped(indent, f"{printable(cause.pointer) or '(the capture)'}: {printable(cause.message)}"),
        f"{indent}{style(printable(cause.example), DIM)}",
    ]


def _undocumented(triage: Triage) -> list[str]:
    if not triage.undocumented:
        return []
    rows = [["name", "objects", "type", "where", "example"]]
    rows += (
        [each.name, f"{each.objects:,}", " or ".join(each.types), each.pointer or "(the response)", each.example or ""]
        for each in triage.undocumented[:MOST_CAUSES]
    )
    return ["Undocumented fields", *_table(rows, left=1, right=2)]


def _fields(triage: Triage) -> list[str]:
    rows = [["field", "present", "range or values"]]
    rows += ([field.pointer, presence(field), values(field)] for field in triage.fields)
    return ["Documented fields", *_table(rows, left=1, right=2)]


def _next(triage: Triage) -> list[str]:
    if not (triage.causes.listed or triage.ailing):
        return []
    commands = [
        ("sessionlint explain RULE", "what a rule means, and the remedy"),
        ("sessionlint extract 'ADDRESS'", "what is there"),
    ]
    if triage.summary.sessions:
        commands.append(
            ("sessionlint triage PATH -o html=report.html", "a page with the sessions, to sort and to search")
        )
    return ["What to do next", *_aligned(commands)]


def _table(rows: list[list[str]], *, left: int, right: int | None = None) -> list[str]:
    """Rows with their columns aligned: the first ``left`` and those from ``right`` on to the left, others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  "
        + "  ".join(
            cell.ljust(width) if at < left or (right is not None and at >= right) else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]
