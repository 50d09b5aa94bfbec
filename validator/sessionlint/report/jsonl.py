"""The report for pipes: one finding a line, as the objects of the JSON report; no counts."""

from sessionlint.finding import Finding
from sessionlint.report import Reporter
from sessionlint.report.json import dumps, finding_object


class JsonLinesReporter(Reporter):
    """JSON Lines: nothing but findings."""

    def finding(self, finding: Finding) -> str:
        """One line."""
        return dumps(finding_object(finding)) + "\n"
