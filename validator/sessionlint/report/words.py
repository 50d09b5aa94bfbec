"""Words that the reports for people share: counts, places and remarks."""

from sessionlint.escape import printable
from sessionlint.finding import Finding, Related
from sessionlint.summary import Summary

_MOST_RELATED = 5
"""Related places that are told one by one."""
_LONGEST_POINTER = 200
"""Code points: a payload's keys may be of any length."""


def count(number: int, noun: str) -> str:
    """``1 error``, ``2,000 errors``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def checked(summary: Summary) -> str:
    """What was checked: ``2 payloads with 3 sessions checked``."""
    payloads = count(summary.payloads, "payload")
    parts = [f"{payloads} with {count(summary.sessions, 'session')} checked" if summary.payloads else "no payload"]
    if summary.unreadable:
        parts.append(f"{count(summary.unreadable, 'capture')} unreadable")
    return ", ".join(parts)


def place(finding: Finding) -> str:
    """The capture with line and column, as compilers write them; harmless."""
    capture = printable(finding.capture)
    return capture if finding.line is None else f"{capture}:{finding.line}:{finding.column}"


def remarks(finding: Finding) -> list[str]:
    """Pointer and related places, each a harmless line."""
    lines = [f"at {short(finding.pointer)}"] if finding.pointer else []
    lines += map(_see, finding.related[:_MOST_RELATED])
    if len(finding.related) > _MOST_RELATED:
        lines.append(f"see {count(len(finding.related) - _MOST_RELATED, 'more place')}")
    return lines


def _see(related: Related) -> str:
    where = short(related.pointer) if related.line is None else f"line {related.line}, column {related.column}"
    return f"see {where}: {printable(related.message)}"


def short(pointer: str) -> str:
    """A pointer without its middle, if it is too long: the first and the last step tell most. Harmless."""
    if len(pointer) > _LONGEST_POINTER:
        half = _LONGEST_POINTER // 2
        pointer = f"{pointer[:half]}…{pointer[-half:]}"
    return printable(pointer)
