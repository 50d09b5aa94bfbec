"""What a run amounts to, in numbers; and that it could not be done."""

from typing import Final, Literal, NamedTuple

from sessionlint.finding import SEVERITIES, FailOn

CLEAN: Final = 0
FOUND: Final = 1
FAILED: Final = 2
NOTHING: Final = 3
"""Exit statuses: all is well, findings, a rule failed (or the usage was wrong), nothing to check."""


class Failure(Exception):
    """The run could not be done (`FAILED`); the text is one line for the user, which the command prints."""


class Summary(NamedTuple):
    """The counts of a run. Fields as in the JSON output."""

    captures: int
    """Files, archive members and the like that were looked at: payloads, unreadable and skipped ones."""
    payloads: int
    sessions: int
    unreadable: int
    """Captures that should have held a payload, and of which none could be made."""
    skipped: dict[str, int]
    """Captures that were passed over, by reason."""
    findings: dict[str, int]
    """By severity: ``error``, ``warning``, ``info``."""
    rules: dict[str, int]
    """Findings by rule id, without rules that have none."""
    suppressed: int
    """Findings that were not reported because they are known."""
    seconds: float

    @property
    def lacks_results(self) -> bool:
        """Whether a rule failed (`INT001`): what it would have said is unknown."""
        return "INT001" in self.rules


def exit_status(summary: Summary, fail_on: FailOn, foreign: Literal["report", "skip"]) -> int:
    """How a run ends that could be done. ``fail_on`` is the lowest severity that makes it fail."""
    if summary.lacks_results:
        return FAILED
    failing = () if fail_on == "never" else SEVERITIES[: SEVERITIES.index(fail_on) + 1]
    if any(summary.findings[severity] for severity in failing):
        return FOUND
    return CLEAN if summary.payloads or foreign == "skip" else NOTHING
