"""What the linter says: severities, lanes, messages, places and findings.

A finding is frozen, complete at birth and compared by all its fields. Values of a payload enter a
message only as arguments of its template, so that escaping, shortening and redaction have one place.
"""

from collections.abc import Sequence
from typing import Final, Literal, NamedTuple, TypeAlias

from sessionlint.escape import excerpt

Severity: TypeAlias = Literal["error", "warning", "info"]
FailOn: TypeAlias = Severity | Literal["never"]
"""The lowest severity that makes a run fail."""
Lane: TypeAlias = Literal["capture", "contract", "consistency", "diagnosis"]

ERROR: Final = "error"
WARNING: Final = "warning"
INFO: Final = "info"

SEVERITIES: Final[tuple[Severity, ...]] = (ERROR, WARNING, INFO)
"""Worst first."""

Path: TypeAlias = tuple[str | int, ...]
"""A place in a payload: keys and list indices from the root, as in a JSON Pointer."""


class Span(NamedTuple):
    """A stretch of text: lines and columns from 1, columns in code points, the end exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


START: Final = Span(1, 1, 1, 2)
"""The place of what is wrong with a text as a whole: its first character."""


class Message(NamedTuple):
    """A sentence with the payload's values apart: ``template`` has one ``{}`` for each of ``values``."""

    template: str
    values: tuple[object, ...] = ()

    def text(self) -> str:
        """The sentence with short, escaped excerpts of its values."""
        return self.template.format(*map(excerpt, self.values))

    def redacted(self) -> str:
        """The sentence without its values."""
        return self.template.format(*("…" for _ in self.values))


class Note(NamedTuple):
    """Another place in the payload that a problem speaks of; its path starts where the problem's does."""

    path: Path
    message: Message


class Problem(NamedTuple):
    """What a rule yields: a path relative to its node, a message, and what may differ from the rule.

    ``severity`` is set where the catalogue calls a condition milder; ``help`` where the remedy is more
    exact than the rule's own.
    """

    path: Path
    message: Message
    related: tuple[Note, ...] = ()
    severity: Severity | None = None
    help: str | None = None


class Defect(NamedTuple):
    """What intake or decode finds wrong: a problem of the capture itself, with its rule's id and place.

    ``span`` is ``None`` where the text has no such place (an empty file), or where the document can
    tell it from the problem's path.
    """

    rule: str
    problem: Problem
    span: Span | None = None
    related_spans: tuple[Span | None, ...] = ()


class Found(NamedTuple):
    """A problem before it is resolved: of which rule, at which object of the document."""

    rule: str
    node: Path
    problem: Problem
    spans: tuple[Span | None, ...] | None = None
    """Where the problem and its related places stand, if decode knew already."""
    gathers: bool = False
    """Whether all problems of this rule at this object are one finding."""

    @property
    def path(self) -> Path:
        """Where the problem is, from the root of the document."""
        return self.node + self.problem.path


class Related(NamedTuple):
    """Another place that a finding speaks of, resolved."""

    pointer: str
    line: int | None
    column: int | None
    message: str


class Finding(NamedTuple):
    """A rule that does not hold at one place. Fields as in the JSON output; ``None`` where there is none.

    ``excerpt`` is what surrounds its start in that line of the source, for people's eyes only: it is not part
    of the JSON output, and ``None`` where it was not asked for. ``excerpt_before`` are the code points of the
    line that are left out before it. ``is_by_place``: its fingerprint rests on the name of its file, for there is no
    id of a session to tell it by; so a file of the same name in another folder may have it too. ``source`` is the
    address of the text in which lines are counted: of a line of JSON Lines that is its file.
    """

    rule: str
    name: str
    lane: Lane
    severity: Severity
    message: str
    address: str
    capture: str
    pointer: str
    format: str | None
    line: int | None
    column: int | None
    end_line: int | None
    end_column: int | None
    related: tuple[Related, ...]
    session: str | None
    agent: str | None
    help: str | None
    fingerprint: str
    excerpt: str | None = None
    excerpt_before: int = 0
    is_by_place: bool = False
    source: str | None = None


def listed(parts: Sequence[str]) -> str:
    """``a, b and c``; there is at least one part."""
    *most, last = parts
    return f"{', '.join(most)} and {last}" if most else last


def problem(
    path: str | int | Path,
    template: str,
    *values: object,
    related: tuple[Note, ...] = (),
    severity: Severity | None = None,
    help: str | None = None,
) -> Problem:
    """A problem at ``path`` (one key or index, or several; ``()`` is the node itself)."""
    steps = path if isinstance(path, tuple) else (path,)
    return Problem(steps, Message(template, values), related, severity, help)


def note(path: str | int | Path, template: str, *values: object) -> Note:
    """A related place, its path relative to the same node as the problem's."""
    steps = path if isinstance(path, tuple) else (path,)
    return Note(steps, Message(template, values))
