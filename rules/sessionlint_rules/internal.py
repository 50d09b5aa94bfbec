"""The rule that tells of a rule that failed."""

from sessionlint.finding import ERROR
from sessionlint.rule import capture_rule


@capture_rule("INT001", severity=ERROR)
def rule_crashed() -> None:
    """A rule failed on this payload: an error of the linter, not of the payload.

    The other rules ran, so their findings stand; what this rule would have said is unknown. The finding
    names the rule, the place and the kind of error, and the run ends with exit status 2.

    Reason: A rule may not pass over what it could not read.
    Remedy: Report it, with the finding and, if you may share it, the payload.

    Bad:
        (a rule that raises an exception)
    Good:
        (every rule returns)
    """
