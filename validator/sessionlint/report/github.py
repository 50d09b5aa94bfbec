"""The report for GitHub Actions: workflow commands, which become annotations of files and lines."""

from collections import Counter
from itertools import islice
from typing import Final

from sessionlint.escape import printable
from sessionlint.finding import SEVERITIES, Finding, Severity, listed
from sessionlint.report import Reporter
from sessionlint.report.place import from_root, input_of, source_of
from sessionlint.report.words import count, place, remarks
from sessionlint.report.worst import Worst
from sessionlint.summary import Summary

MOST_OF_A_LEVEL = 10
"""Annotations of one level that GitHub shows of one step."""

_COMMANDS: Final[dict[Severity, str]] = {"error": "error", "warning": "warning", "info": "notice"}

# What the runner decodes: https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts
_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = _DATA | str.maketrans({":": "%3A", ",": "%2C"})


class GithubReporter(Reporter):
    """Worst first, ten of a level, and how many more there are: so nothing is told before the end."""

    def __init__(self, *, max_findings: int | None = None, root: str | None = None) -> None:
        self._root = root
        self._max_findings = max_findings
        self._worst = Worst(MOST_OF_A_LEVEL)

    def finding(self, finding: Finding) -> str:
        """Nothing yet."""
        self._worst.add(finding)
        return ""

    def end(self, summary: Summary) -> str:  # noqa: ARG002 - the protocol's signature
        """A line for each annotation, and one that says how many findings have none."""
        shown = list(islice(self._worst, self._max_findings))
        lines = [_command(finding, self._root) for finding in shown]
        more = Counter(self._worst.counts) - Counter(finding.severity for finding in shown)
        if more:
            counts = [count(more[severity], f"more {severity}") for severity in SEVERITIES if more[severity]]
            limit = "" if self._max_findings is None else f", --max-findings {self._max_findings}"
            lines.append(f"… and {listed(counts)} without an annotation (at most {MOST_OF_A_LEVEL} of a level{limit})")
        return "".join(f"{line}\n" for line in lines)


def _command(finding: Finding, root: str | None) -> str:
    properties = {"file": _path(finding.capture, root)} | _lines(finding)
    properties["title"] = f"sessionlint {finding.rule} {finding.name}"
    written = ",".join(f"{key}={printable(str(value)).translate(_PROPERTY)}" for key, value in properties.items())
    lines = [f"{place(finding)}: {finding.rule} {printable(finding.message)}", *remarks(finding)]
    if finding.help:
        lines.append(f"help: {printable(finding.help)}")
    data = "\n".join(lines).translate(_DATA)
    return f"::{_COMMANDS[finding.severity]} {written}::{data}"


def _path(capture: str, root: str | None) -> str:
    """What the repository has is the file: of a container's members it knows nothing."""
    from urllib.parse import unquote

    return unquote(from_root(input_of(capture), root))


def _lines(finding: Finding) -> dict[str, int]:
    """Where it is in the file; nothing if the lines are those of a container's member."""
    if finding.line is None or "!/" in source_of(finding):
        return {}
    names = {"line": finding.line, "col": finding.column, "endLine": finding.end_line, "endColumn": finding.end_column}
    if finding.end_line not in (None, finding.line):
        # GitHub refuses columns where the lines differ.
        del names["col"], names["endColumn"]
    return {name: number for name, number in names.items() if number is not None}
