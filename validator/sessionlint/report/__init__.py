"""Reporters: findings and counts in, text out, a piece at a time so that a run can stream."""

from typing import Final

from sessionlint.finding import FailOn, Finding
from sessionlint.summary import Summary

FORMATS: Final = ("text", "json", "jsonl", "sarif", "junit", "github", "markdown")


class Reporter:
    """One report of one run: what it returns, joined, is the whole text.

    It never fails: it takes strings of any kind, lone surrogates too, and returns text that can be
    encoded and in which nothing of a payload can act on its medium. A report says what it has to say
    where it wants to, and elsewhere nothing.
    """

    def begin(self) -> str:
        """What stands before the findings."""
        return ""

    def capture(self, address: str) -> str:  # noqa: ARG002 - most reports tell only of findings
        """The next capture that was checked or could not be read, before its findings if it has any."""
        return ""

    def skipped(self, address: str, reason: str) -> str:  # noqa: ARG002 - most reports only count them
        """The next capture that was passed over."""
        return ""

    def finding(self, finding: Finding) -> str:  # noqa: ARG002 - some tell all at the end
        """The next finding, in the order of the input."""
        return ""

    def end(self, summary: Summary) -> str:  # noqa: ARG002 - some have told all
        """What stands after the findings."""
        return ""


def reporter(
    name: str,
    *,
    color: bool = False,
    max_findings: int | None = None,
    verbosity: int = 0,
    fail_on: FailOn = "error",
    root: str | None = None,
) -> Reporter:
    """The reporter of a format, one of `FORMATS`.

    ``max_findings`` is how many findings a report for people shows, at most; reports for programs are
    always whole. ``verbosity`` is -1 for findings only, 1 to tell also what was skipped and why.
    ``fail_on`` is the lowest severity that makes the run fail: by it a test of JUnit's fails too.
    ``root`` is the folder that paths are relative to in reports for services that know only a repository;
    ``None``: they are as they were given.
    Raises `ValueError` for another name.
    """
    # Only the module that is asked for is loaded: start-up counts in a hook.
    match name:
        case "text":
            from sessionlint.report.text import TextReporter

            return TextReporter(color=color, max_findings=max_findings, verbosity=verbosity)
        case "json":
            from sessionlint.report.json import JsonReporter

            return JsonReporter()
        case "jsonl":
            from sessionlint.report.jsonl import JsonLinesReporter

            return JsonLinesReporter()
        case "sarif":
            from sessionlint.report.sarif import SarifReporter

            return SarifReporter(root=root)
        case "junit":
            from sessionlint.report.junit import JUnitReporter

            return JUnitReporter(fail_on=fail_on)
        case "github":
            from sessionlint.report.github import GithubReporter

            return GithubReporter(max_findings=max_findings, root=root)
        case "markdown":
            from sessionlint.report.markdown import MarkdownReporter

            return MarkdownReporter(max_findings=max_findings)
    raise ValueError(f"no reporter is called {name!r}")
