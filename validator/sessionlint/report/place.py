"""Where a finding is, for programs that know nothing but files and lines."""

from sessionlint.finding import Finding


def input_of(capture: str) -> str:
    """The address of the input file that a capture lies in: the first part of its address."""
    return capture.partition("!/")[0]


def source_of(finding: Finding) -> str:
    """The address of the text in which a finding's lines are counted."""
    return finding.source or finding.capture
