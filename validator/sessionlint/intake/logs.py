"""Logs, listings and tables with a payload a line, behind something else: read line by line, as JSON Lines are."""

import re
from collections.abc import Iterator

from sessionlint.capture import Capture, Origin
from sessionlint.credentials import harmless
from sessionlint.finding import START, Defect, problem
from sessionlint.intake.names import says_capture
from sessionlint.intake.source import At
from sessionlint.recognise import has_evidence

_LOGGED = re.compile(
    rb'^(?:[^{"<\w\n]*+\w(?:[^{"<\[\n]|\[(?!\s*\{))*+(?="?+[{\[]|<(?:response|\?xml)\b)'
    rb'|(?:[^{"<\n]*+,)?+(?="[{\[]\s*+(?:"|\\++)"))',
    re.MULTILINE,
)
"""What is before a document in a line of a log, a listing or a table; of a cell or a string it may be nothing."""


def is_log(head: bytes) -> bool:
    """Whether two lines, the second maybe not to its end, have a payload behind something else."""
    found = 0
    for before in _LOGGED.finditer(head):
        end = head.find(b"\n", before.end())
        line = head[before.end() : end if end >= 0 else len(head)].rstrip()
        if has_evidence(line):
            found += 1
            if found == 2:
                return True
            if line.endswith(b"},") or line.count(b"{") != line.count(b"}"):
                return False  # of a document of several lines
    return False


def log_captures(lines: Iterator[Capture], at: At) -> Iterator[Capture]:
    """The lines with a payload, with spaces in place of what is before it; what else a log has is nobody's capture."""
    stands_before = problem((), "text stands before the payloads, one a line", help="Remove it, or name the file .log.")
    told: list[Defect] = []
    untold = [Defect("CAP003", stands_before, START)] if says_capture(at.name) else []
    for line in lines:
        before = _LOGGED.match(line.data)
        start = before.end() if before else 0
        is_payload = has_evidence(line.data) and (start > 0 or line.data[:1] in b'{["')
        _, secrets = harmless(line.data[:start] if is_payload else line.data)
        untold += (each for each in secrets if each not in told and each not in untold)
        if is_payload or line.defects:
            data = b" " * len(line.data[:start].decode(errors="replace")) + line.data[start:]
            # As of an archive's members, only those are spoken of that are payloads, or were.
            origin: Origin = "archive" if line.named else line.origin
            yield line._replace(data=data, origin=origin, defects=(*line.defects, *untold))
            told += untold
            untold = []
