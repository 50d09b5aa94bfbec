"""Which findings to show where only some can be: the worst, in constant memory."""

from collections.abc import Iterator
from itertools import chain

from sessionlint.finding import SEVERITIES, Finding, Severity


class Worst:
    """The first findings of each severity, at most ``most`` of each; all are counted."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._first: dict[Severity, list[Finding]] = {severity: [] for severity in SEVERITIES}
        self.counts: dict[Severity, int] = dict.fromkeys(SEVERITIES, 0)

    def add(self, finding: Finding) -> None:
        """One more, in the order of the input."""
        self.counts[finding.severity] += 1
        first = self._first[finding.severity]
        if len(first) < self._most:
            first.append(finding)

    def __iter__(self) -> Iterator[Finding]:
        """Worst first, and those of one severity in the order of the input."""
        return chain.from_iterable(self._first.values())
