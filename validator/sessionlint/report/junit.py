"""The report for CI pages that show tests: JUnit's XML, as Jenkins' `junit-10.xsd` describes it.

A suite for each input file, in it a case for each capture: what passed is told too. A case fails by
findings at or above the severity that makes the run fail; milder ones are in the case's output.
Pages show one failure of a case, so all are told in one.
"""

from sessionlint.escape import printable
from sessionlint.finding import SEVERITIES, FailOn, Finding, Severity
from sessionlint.report import Reporter
from sessionlint.report.place import input_of
from sessionlint.report.words import count, place, remarks
from sessionlint.summary import Summary

MOST_OF_A_CASE = 100
"""Failing and other findings that a case tells one by one, each: a suite's counts stand before its cases,
so it is held in memory."""

# U+FFFE and U+FFFF are no characters of XML 1.0; the others that are none are not printable.
_XML = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\ufffe": "\\ufffe", "\uffff": "\\uffff"})


class JUnitReporter(Reporter):
    """One document, a suite at a time."""

    def __init__(self, *, fail_on: FailOn = "error") -> None:
        # Where no finding is to fail the run, the page is where its errors are looked for.
        lowest: Severity = "error" if fail_on == "never" else fail_on
        self._failing = SEVERITIES[: SEVERITIES.index(lowest) + 1]
        self._suite: _Suite | None = None
        self._case: _Case | None = None

    def begin(self) -> str:
        """The document up to its first suite."""
        return '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="sessionlint">\n'

    def capture(self, address: str) -> str:
        """The suite before, if this capture lies in another file."""
        text = ""
        if self._suite is None or self._suite.file != input_of(address):
            text = self._finished_suite()
            self._suite = _Suite(input_of(address))
        else:
            self._finish_case()
        self._case = _Case(address)
        return text

    def finding(self, finding: Finding) -> str:
        """Nothing, unless the finding is the first of another file."""
        text = ""
        if self._case is None or self._case.address != finding.capture:
            text = self.capture(finding.capture)
        assert self._case is not None
        self._case.add(finding, fails=finding.severity in self._failing)
        return text

    def end(self, summary: Summary) -> str:  # noqa: ARG002 - the protocol's signature
        """The last suite, and the document's end."""
        return self._finished_suite() + "</testsuites>\n"

    def _finished_suite(self) -> str:
        self._finish_case()
        return "" if self._suite is None else self._suite.text()

    def _finish_case(self) -> None:
        if self._suite is not None and self._case is not None:
            self._suite.add(self._case)


class _Suite:
    def __init__(self, file: str) -> None:
        self.file = file
        self._cases: list[str] = []
        self._failures = 0

    def add(self, case: "_Case") -> None:
        self._cases.append(case.text())
        self._failures += case.first is not None

    def text(self) -> str:
        counts = f'tests="{len(self._cases)}" failures="{self._failures}" errors="0"'
        return f'  <testsuite name="{_xml(self.file)}" {counts}>\n{"".join(self._cases)}  </testsuite>\n'


class _Case:
    def __init__(self, address: str) -> None:
        self.address = address
        self.first: Finding | None = None
        """The first by which it fails."""
        self._failing = _Told()
        self._others = _Told()

    def add(self, finding: Finding, *, fails: bool) -> None:
        if fails:
            self.first = self.first or finding
        (self._failing if fails else self._others).add(finding)

    def text(self) -> str:
        parts = []
        if self.first is not None:
            message = f"{self.first.rule} {self.first.message}"
            if self._failing.number > 1:
                message += f" (and {count(self._failing.number - 1, 'more finding')})"
            start = f'<failure type="{_xml(self.first.rule)}" message="{_xml(message)}">'
            parts.append(f"      {start}{self._failing.text()}</failure>\n")
        if self._others.number:
            parts.append(f"      <system-out>{self._others.text()}</system-out>\n")
        start = f'    <testcase classname="sessionlint" name="{_xml(self.address)}"'
        return f"{start}>\n{''.join(parts)}    </testcase>\n" if parts else f"{start}/>\n"


class _Told:
    """Findings in words: the first ones, and how many there are."""

    def __init__(self) -> None:
        self.number = 0
        self._paragraphs: list[str] = []

    def add(self, finding: Finding) -> None:
        self.number += 1
        if self.number <= MOST_OF_A_CASE:
            self._paragraphs.append(_paragraph(finding))

    def text(self) -> str:
        more = self.number - len(self._paragraphs)
        return "\n".join([*self._paragraphs, f"… and {count(more, 'more finding')}"] if more else self._paragraphs)


def _paragraph(finding: Finding) -> str:
    lines = [f"{place(finding)} {finding.severity} {finding.rule} {finding.message}", *remarks(finding)]
    if finding.help:
        lines.append(f"help: {finding.help}")
    return "\n  ".join(map(_xml, lines))


def _xml(text: str) -> str:
    return printable(text).translate(_XML)
