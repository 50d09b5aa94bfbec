"""The report for code scanning: SARIF 2.1.0, as GitHub and the SARIF multitool want it.

Results are written as they come and the rules after them, so that the log names only the rules it
uses and memory doesn't grow with the findings. Nothing in it depends on the day, the machine or the
command line.

A result is identified by the finding's fingerprint, also as ``primaryLocationLineHash``, the one that
GitHub reads. GitHub's upload action would make that from the line's text where it is absent; but a
payload is often one line, and then all findings of one rule would be one alert. (The action remarks
on each fingerprint that it would have made otherwise.)

In a job of GitHub the run has no id: the upload action would prefer it to the category that its user gives,
and then one job's alerts take the place of another's.
"""

import os
import posixpath
import re
from functools import lru_cache, partial
from typing import Any, Final

from sessionlint import __version__
from sessionlint.escape import printable
from sessionlint.finding import Finding, Related, Severity
from sessionlint.report import Reporter
from sessionlint.report.json import dumps
from sessionlint.report.place import from_root, source_of
from sessionlint.rule import Basis, Rule, registry
from sessionlint.summary import Summary

MOST_RESULTS = 25_000
"""Results of a run that GitHub accepts."""

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
DOCUMENTATION = "https://developer.cisco.com/docs/thousandeyes/v6"

_LEVELS: Final[dict[Severity, str]] = {"error": "error", "warning": "warning", "info": "note"}
_PROBLEM_SEVERITIES: Final[dict[Severity, str]] = {
    "error": "error",
    "warning": "warning",
    "info": "recommendation",
}
_PRECISIONS: Final[dict[Basis, str]] = {"plausible": "medium", "example": "high"}
"""How often a finding is right, where it is not nearly always."""

_ID: Final = '    "automationDetails": {"id": "sessionlint/"},\n'
_RFC = re.compile(r"\bRFC (\d+)")


class SarifReporter(Reporter):
    """One log with one run."""

    def __init__(self, *, root: str | None = None) -> None:
        self._uri_of = lru_cache(1)(partial(uri_of, root=root))  # findings of a file come together
        self._registry = registry()
        self._indices: dict[str, int] = {}
        self._results = self._cut = 0

    def begin(self) -> str:
        """The log up to its first result."""
        return (
            f'{{\n  "version": "2.1.0",\n  "$schema": "{SCHEMA}",\n  "runs": [{{\n'
            f"{_ID * ('GITHUB_ACTIONS' not in os.environ)}"
            '    "columnKind": "unicodeCodePoints",\n'
            '    "results": ['
        )

    def finding(self, finding: Finding) -> str:
        """A result; nothing once there are as many as GitHub accepts."""
        if self._results >= MOST_RESULTS:
            self._cut += 1
            return ""
        separator = "," if self._results else ""
        self._results += 1
        index = self._indices.setdefault(finding.rule, len(self._indices))
        result = _result(finding, index, self._registry[finding.rule], self._uri_of(source_of(finding)))
        return f"{separator}\n      {dumps(result)}"

    def end(self, summary: Summary) -> str:
        """The rules, what was cut, and the log's end."""
        rules = ",".join(f"\n        {dumps(_descriptor(self._registry[id]))}" for id in self._indices)
        invocation: dict[str, Any] = {"executionSuccessful": not summary.lacks_results}
        if self._cut:
            text = f"{self._cut:,} more findings are not in this log, for GitHub accepts {MOST_RESULTS:,}."
            invocation["toolExecutionNotifications"] = [{"level": "warning", "message": {"text": text}}]
        return (
            f'\n    ],\n    "tool": {{"driver": {{"name": "sessionlint", "version": "{__version__}", '
            f'"rules": [{rules}\n    ]}}}},\n    "invocations": [{dumps(invocation)}]\n  }}]\n}}\n'
        )


def _result(finding: Finding, rule_index: int, rule: Rule, uri: str) -> dict[str, Any]:
    text = _text(finding.message)
    if finding.help and finding.help != rule.help:  # GitHub shows the rule's own beside it
        text += f" {_text(finding.help)}"
    region = _region(finding.line, finding.column, finding.end_line, finding.end_column)
    result = {
        "ruleId": finding.rule,
        "ruleIndex": rule_index,
        "level": _LEVELS[finding.severity],
        "message": {"text": text},
        "locations": [_location(uri, finding.pointer, region)],
        "partialFingerprints": {
            "primaryLocationLineHash": finding.fingerprint,
            "sessionlintFingerprint/v1": finding.fingerprint,
        },
        "properties": {"address": printable(finding.address)},
    }
    if finding.related:
        result["relatedLocations"] = [_related(number, uri, each) for number, each in enumerate(finding.related, 1)]
    return result


def _related(id: int, uri: str, related: Related) -> dict[str, Any]:
    location = _location(uri, related.pointer, _region(related.line, related.column))
    # The standard wants them to differ: they need not without the id.
    return {"id": id} | location | {"message": {"text": _text(related.message)}}


def _location(uri: str, pointer: str, region: dict[str, int]) -> dict[str, Any]:
    location: dict[str, Any] = {"physicalLocation": {"artifactLocation": {"uri": uri}, "region": region}}
    if pointer:
        location["logicalLocations"] = [{"fullyQualifiedName": printable(pointer)}]
    return location


def _region(
    line: int | None, column: int | None, end_line: int | None = None, end_column: int | None = None
) -> dict[str, int]:
    if line is None:  # GitHub documents the line as required, and the multitool misses it
        return {"startLine": 1}
    region = {"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column}
    return {name: number for name, number in region.items() if number is not None}


def _text(message: str) -> str:
    """A sentence in which nothing is a link: SARIF has Markdown's ``[text](target)`` in plain text too."""
    text = printable(message).replace("](", "\\u005d(")
    return text if text.endswith((".", "!", "?")) else f"{text}."


def uri_of(address: str, root: str | None = None) -> str:
    """The URI of a capture: a relative reference, of a file elsewhere with an absolute path a ``file:`` URI.

    It is relative to ``root``: of a file in a repository, code scanning wants the path from its root.

    A member's is its address: ``dump.zip!/a.json``. One that would climb out of its container when the
    URI is resolved gets the container's.
    """
    file, *members = address.split("!/")
    file = from_root(file, root)
    drive = file[:2] if re.match("[A-Za-z]:/", file) else ""
    uri = posixpath.normpath(_quoted(file.removeprefix(drive)))
    if uri.startswith("/"):
        uri = f"file://{'/' if drive else ''}{drive}{uri}"
    for member in map(_quoted, members):
        if not {".", ".."}.isdisjoint(member.split("/")):
            break
        uri += f"!/{member}"
    return uri


def _quoted(part: str) -> str:
    """A part of an address, in which only what addresses reserve is quoted, as part of a URI's path."""
    from urllib.parse import quote, unquote_to_bytes

    return quote(unquote_to_bytes(part.encode("utf-8", "surrogatepass")), safe="/$&'()*+,;=@")


def _descriptor(rule: Rule) -> dict[str, Any]:
    from sessionlint.catalogue import as_markdown_page, as_page
    from sessionlint.rule_page import page_of

    page = page_of(rule)
    descriptor: dict[str, Any] = {
        "id": rule.id,
        "name": rule.name,
        "shortDescription": {"text": page.summary},
        "fullDescription": {"text": " ".join([page.summary, *page.why.split()])},
        "help": {"text": as_page(rule), "markdown": as_markdown_page(rule)},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {
            "tags": [rule.lane],
            "precision": _PRECISIONS.get(rule.basis, "very-high"),
            "problem.severity": _PROBLEM_SEVERITIES[rule.severity],
        },
    }
    if help_uri := _help_uri(rule):
        descriptor["helpUri"] = help_uri
    return descriptor


def _help_uri(rule: Rule) -> str | None:
    """Where the rule's basis can be read: the vendor's documentation or an RFC."""
    from sessionlint.rule_page import page_of

    if rule.basis == "documented":
        return DOCUMENTATION
    standard = dict(page_of(rule).bases).get("Standard", "")
    rfc = _RFC.search(standard)
    return f"https://www.rfc-editor.org/rfc/rfc{rfc[1]}" if rfc else None
