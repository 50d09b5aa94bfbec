"""The report for people at a terminal.

::

    captures/a.json:31:43 warning PNG003 pktsReceived is 11 but only 10 packets were sent
       |
    31 |         "pktsReceived": 11, "pktsSent": 10
       |                         ^^
       = at /userSessions/0/network/ping/pktsReceived
       = see line 31, column 59: 10 sent
       = help: …
"""

from bisect import bisect
from collections.abc import Sequence
from itertools import accumulate
from typing import Final

from sessionlint.escape import commands_in, printable
from sessionlint.finding import SEVERITIES, Finding, Severity, listed
from sessionlint.report import Reporter
from sessionlint.report.words import checked, count, place, remarks
from sessionlint.summary import Summary

WIDTH = 100
"""Columns that an excerpt of the source takes at most."""

_TAB = "    "
BOLD, DIM, _GREEN = "1", "2", "32"
COLORS: Final[dict[Severity, str]] = {"error": "31", "warning": "33", "info": "34"}
"""Parameters of ANSI's "Select Graphic Rendition", for `Style`."""


class Style:
    """Puts text into colour and weight, where those are wanted."""

    def __init__(self, color: bool) -> None:
        self._color = color

    def __call__(self, text: str, *codes: str) -> str:
        """The text, harmless already, as these codes show it."""
        return f"\x1b[{';'.join(codes)}m{text}\x1b[0m" if self._color else text


class TextReporter(Reporter):
    """Each finding with the source it speaks of, then a summary."""

    def __init__(self, *, color: bool = False, max_findings: int | None = None, verbosity: int = 0) -> None:
        self._styled = Style(color)
        self._max_findings = max_findings
        self._verbosity = verbosity
        self._shown = self._hidden = self._captures = 0
        self._capture: str | None = None
        self._separator = ""
        self._after_skipped = False

    def skipped(self, address: str, reason: str) -> str:
        """A line, if it is to be told what was passed over; several are one paragraph."""
        if self._verbosity <= 0:
            return ""
        separator = "" if self._after_skipped else self._separator
        self._separator, self._after_skipped = "\n", True
        return f"{separator}{printable(address)} skipped: {printable(reason)}\n"

    def finding(self, finding: Finding) -> str:
        """A paragraph; nothing, once as many were shown as are wanted."""
        if finding.capture != self._capture:  # findings come in the order of the captures
            self._capture = finding.capture
            self._captures += 1
        if self._max_findings is not None and self._shown >= self._max_findings:
            self._hidden += 1
            return ""
        self._shown += 1
        return self._paragraph(self._lines(finding))

    def end(self, summary: Summary) -> str:
        """How many findings were not shown, and the counts; nothing if it is to be quiet and all was shown."""
        lines = []
        if self._hidden:
            more = count(self._hidden, "more finding")
            lines.append(f"… and {more} not shown (--max-findings {self._max_findings})")
        if self._verbosity >= 0:
            lines += self._summary(summary)
        return self._paragraph(lines) if lines else ""

    def _paragraph(self, lines: list[str]) -> str:
        separator, self._separator, self._after_skipped = self._separator, "\n", False
        return separator + "".join(f"{line}\n" for line in lines)

    def _lines(self, finding: Finding) -> list[str]:
        where, rule = self._styled(place(finding), BOLD), self._styled(finding.rule, BOLD)
        severity = self._styled(finding.severity, BOLD, COLORS[finding.severity])
        number = str(finding.line or "")
        lines = [f"{where} {severity} {rule} {printable(finding.message)}", *self._source(finding, number)]
        gutter = self._styled(" " * (len(number) + 1) + "=", DIM)
        lines += (f"{gutter} {remark}" for remark in remarks(finding))
        if finding.help:
            lines.append(f"{gutter} {self._styled('help:', BOLD)} {printable(finding.help)}")
        return lines

    def _source(self, finding: Finding, number: str) -> list[str]:
        if finding.excerpt is None or finding.column is None:
            return []
        end = finding.end_column if finding.end_line == finding.line else None
        before = finding.excerpt_before
        text, start, width = excerpt(
            finding.excerpt, finding.column - before, end and end - before, WIDTH - len(f"{number} | ")
        )
        bar = self._styled(f"{' ' * len(number)} |", DIM)
        line = self._styled(f"{number} |", DIM)
        underline = self._styled("^" * width, BOLD, COLORS[finding.severity])
        return [bar, f"{line} {text}".rstrip(), f"{bar} {' ' * start}{underline}"]

    def _summary(self, summary: Summary) -> list[str]:
        payloads = checked(summary)
        found = [
            self._styled(count(number, severity), BOLD, COLORS[severity])
            for severity in SEVERITIES
            if (number := summary.findings.get(severity, 0))
        ]
        if found:
            lines = [f"Found {listed(found)} in {count(self._captures, 'capture')} ({payloads})."]
        elif summary.payloads:
            lines = [f"{self._styled('All well:', BOLD, _GREEN)} {payloads}."]
        else:
            lines = [f"Nothing to check: {payloads}."]
        if summary.suppressed:
            lines.append(f"Suppressed {count(summary.suppressed, 'known finding')}.")
        reasons = [f"{printable(reason)} ({number:,})" for reason, number in summary.skipped.items() if number]
        skipped = count(sum(summary.skipped.values()), "file")
        if self._verbosity > 0:
            lines.append(f"Skipped {skipped}: {', '.join(reasons)}." if reasons else "Skipped nothing.")
        elif reasons:
            lines.append(f"Skipped {skipped} (-v says why).")
        return lines


def excerpt(line: str, column: int, end_column: int | None, room: int) -> tuple[str, int, int]:
    """What is shown of a line of the source: its text, and where to underline it.

    ``column`` and ``end_column`` are those of the value (code points from 1, the end exclusive, ``None``
    for the line's end). Returns the text, harmless and at most ``room`` terminal columns wide, cut
    around the value where it must be; the columns before the underline; the underline's width.
    """
    start = min(column - 1, len(line))
    # No more than this can be seen: the cost must not depend on the length of the line.
    first, last = max(start - room, 0), start + room
    cells, widths = _cells(line[first:last])
    at = start - first
    end = min(len(line) if end_column is None else end_column - 1, last) - first
    left, right = 0, len(cells)
    if first > 0 or last < len(line) or sum(widths) > room:
        left, right = _cut(widths, at, end, room - 2)
    is_cut_left, is_cut_right = first + left > 0, first + right < len(line)
    text = "…" * is_cut_left + "".join(cells[left:right]) + "…" * is_cut_right
    underline = sum(widths[at : min(end, right)])
    return text, is_cut_left + sum(widths[left:at]), max(underline, 1)


def _cut(widths: list[int], start: int, end: int, room: int) -> tuple[int, int]:
    """Which cells are shown: most of the value, then what is before it, then what is after it."""
    right = start + _fitting(widths[start:end], room * 2 // 3)
    left = start - _fitting(widths[:start][::-1], (room - sum(widths[start:right])) // 2)
    right += _fitting(widths[right:], room - sum(widths[left:right]))
    left -= _fitting(widths[:left][::-1], room - sum(widths[left:right]))
    while left < start and widths[left] == 0:  # a combining character, whose base is cut off
        left += 1
    return left, right


def _fitting(widths: list[int], room: int) -> int:
    """How many cells, from the first, are together at most ``room`` columns wide."""
    return bisect(list(accumulate(widths)), room)


def _cells(text: str) -> tuple[Sequence[str], list[int]]:
    """Each character as it is shown, and how many columns of a terminal that takes."""
    commands = commands_in(text)
    if text.isascii() and text.isprintable() and not commands:
        return text, [1] * len(text)
    cells = [_TAB if character == "\t" else printable(character) for character in text]
    for start in commands:
        cells[start] = "\\u0023"
    return cells, [len(cell) if cell.isascii() else _width(cell) for cell in cells]


def _width(character: str) -> int:
    import unicodedata  # large, and most payloads are ASCII

    if unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
