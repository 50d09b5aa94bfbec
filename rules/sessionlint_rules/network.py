"""The rules of what lies directly in `network`."""

from sessionlint.finding import ERROR, Problem, problem
from sessionlint.payload import Connect
from sessionlint.rule import ARITHMETIC, Violation, schema_rule


@schema_rule("NET001", on=Connect, severity=ERROR, basis=ARITHMETIC)
def negative_rtt(violation: Violation) -> Problem:
    """The TCP connection took less than no time.

    The number is a marker for "no value", or a clock was set back while the connection was made.

    Reason: A duration is not negative.
    Remedy: Treat the connection time as not measured.

    Bad:
        {"rtt": -1}
    Good: too short to be measured
        {"rtt": 0}
    """
    return problem((), "rtt is {}, below 0", violation.value)
