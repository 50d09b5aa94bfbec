"""The report for a job's summary or a ticket: counts, a table of the worst findings, a table of rules.

Whatever comes from a payload stands in a code span: there alone is nothing a mention, a reference to an
issue, an emoji or a link, for these are made from plain text however its characters are written.
"""

from itertools import islice

from sessionlint.escape import printable
from sessionlint.finding import SEVERITIES, Finding, listed
from sessionlint.report import Reporter
from sessionlint.report.words import checked, count, place, short
from sessionlint.report.worst import Worst
from sessionlint.summary import Summary

MOST_FINDINGS = 100
"""Shown unless told otherwise: more than that nobody reads, and a comment on GitHub takes 65,536 characters."""

# The two characters that could end a code span in a cell of a table.
_CODE = str.maketrans({"`": "\\u0060", "|": "\\u007c"})


class MarkdownReporter(Reporter):
    """Worst first, so nothing is told before the end."""

    def __init__(self, *, max_findings: int | None = None) -> None:
        self._most = MOST_FINDINGS if max_findings is None else max_findings
        self._worst = Worst(self._most)
        self._names: dict[str, str] = {}

    def finding(self, finding: Finding) -> str:
        """Nothing yet."""
        self._worst.add(finding)
        self._names.setdefault(finding.rule, finding.name)
        return ""

    def end(self, summary: Summary) -> str:
        """The whole report."""
        shown = list(islice(self._worst, self._most))
        parts = [f"## sessionlint: {self._headline(summary)}", _told(summary)]
        if shown:
            rows = [[each.severity, each.rule, code(_where(each)), code(each.message)] for each in shown]
            parts.append(table(["severity", "rule", "place", "message"], rows))
        if more := sum(self._worst.counts.values()) - len(shown):
            parts.append(f"… and {count(more, 'more finding')} not shown.")
        if self._names:
            rows = [[rule, code(self._names.get(rule, "")), f"{number:,}"] for rule, number in summary.rules.items()]
            parts.append(table(["rule", "name", "findings"], rows))
            parts.append("`sessionlint explain RULE` tells more about a rule.")
        return "\n\n".join(parts) + "\n"

    def _headline(self, summary: Summary) -> str:
        counts = self._worst.counts
        if found := [count(counts[severity], severity) for severity in SEVERITIES if counts[severity]]:
            return listed(found)
        return "all well" if summary.payloads else "nothing to check"


def _told(summary: Summary) -> str:
    sentences = [f"{checked(summary)}.".capitalize()]
    if summary.suppressed:
        sentences.append(f"Suppressed {count(summary.suppressed, 'known finding')}.")
    if reasons := [f"{code(reason)} ({number:,})" for reason, number in summary.skipped.items() if number]:
        sentences.append(f"Skipped {count(sum(summary.skipped.values()), 'file')}: {', '.join(reasons)}.")
    return " ".join(sentences)


def _where(finding: Finding) -> str:
    # A member's name may be of any length too.
    return f"{short(place(finding))} {short(finding.pointer)}".strip()


def table(head: list[str], rows: list[list[str]]) -> str:
    """A table; its cells are Markdown."""
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows))


def code(text: str) -> str:
    """Any text, harmless, also in a cell of a table."""
    # Two backticks with nothing between them would open a span.
    return f"`{printable(text).translate(_CODE)}`" if text else ""
