"""The report for programs: one JSON document, as `findings.schema.json` describes it.

Findings stand before the counts and each on a line of its own: the document is written as the run
goes, in constant memory.
"""

import orjson

from sessionlint import __version__
from sessionlint.document import Json
from sessionlint.escape import without_commands
from sessionlint.finding import SEVERITIES, Finding
from sessionlint.report import Reporter
from sessionlint.summary import Summary

VERSION = 1
"""Changes when a field changes its meaning."""


class JsonReporter(Reporter):
    """One document: version, tool, findings, summary."""

    def __init__(self) -> None:
        self._separator = "\n    "

    def begin(self) -> str:
        """The document up to its first finding."""
        tool = dumps({"name": "sessionlint", "version": __version__})
        return f'{{\n  "version": {VERSION},\n  "tool": {tool},\n  "findings": ['

    def finding(self, finding: Finding) -> str:
        """One element of the list of findings."""
        separator, self._separator = self._separator, ",\n    "
        return separator + dumps(finding_object(finding))

    def end(self, summary: Summary) -> str:
        """The counts, and the document's end."""
        return f'\n  ],\n  "summary": {dumps(summary_object(summary))}\n}}\n'


def finding_object(finding: Finding) -> Json:
    """A finding as the JSON output has it."""
    return {
        "rule": finding.rule,
        "name": finding.name,
        "lane": finding.lane,
        "severity": finding.severity,
        "message": finding.message,
        "address": finding.address,
        "capture": finding.capture,
        "pointer": finding.pointer,
        "format": finding.format,
        "line": finding.line,
        "column": finding.column,
        "endLine": finding.end_line,
        "endColumn": finding.end_column,
        "related": [each._asdict() for each in finding.related],
        "session": finding.session,
        "agent": finding.agent,
        "help": finding.help,
        "fingerprint": finding.fingerprint,
    }


def summary_object(summary: Summary) -> Json:
    """The counts as the JSON output has them."""
    return summary._asdict() | {
        "findings": {severity: summary.findings.get(severity, 0) for severity in SEVERITIES},
        "seconds": round(summary.seconds, 3),
    }


def dumps(value: Json) -> str:
    """``value`` as JSON on one line, in which nothing can act on a terminal or a pipeline."""
    try:
        text = without_commands(orjson.dumps(value).decode())
    except orjson.JSONEncodeError:  # a lone surrogate
        pass
    else:
        # Python's own notion of printable leaves out all controls, format characters and separators. Of those in
        # ASCII, JSON escapes all but one: that is much sooner seen.
        if (text.isascii() and "\x7f" not in text) or text.isprintable():
            return text
    import json  # knows how to escape all that is not ASCII, and is seldom needed

    return without_commands(json.dumps(value, separators=(",", ":")))
