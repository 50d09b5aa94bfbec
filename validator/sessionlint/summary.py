"""What a run amounts to, in numbers."""

from typing import NamedTuple


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
