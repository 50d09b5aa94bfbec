"""What a triage hands on: plain data, the same for every output. Under ``--redact`` it has no value of a payload."""

from typing import Any, NamedTuple

from sessionlint.finding import Lane, Severity
from sessionlint.summary import Summary
from sessionlint_rules.diagnosis import Thresholds


class Count(NamedTuple):
    """How often something came."""

    name: str
    times: int


class Number(NamedTuple):
    """A count that is exact, or the least that it can be."""

    value: int
    is_exact: bool


class Cause(NamedTuple):
    """All findings of one rule at one kind of place with one kind of message."""

    rule: str
    name: str
    lane: Lane
    severity: Severity
    """The worst of its findings."""
    pointer: str
    """The place with ``*`` for each index, as if the payload were a response."""
    findings: int
    captures: int
    sessions: int
    agents: Number
    first: str | None
    """The date of the first session that has it, and of the last."""
    last: str | None
    example: str
    """The address of one finding, in the capture that has the fewest others."""
    message: str
    """What is said of the example."""
    help: str | None


class Causes(NamedTuple):
    """The causes, worst and most frequent first."""

    listed: tuple[Cause, ...]
    findings: int
    """All findings, listed or not."""
    is_whole: bool
    """Whether every cause is listed."""


class Unreadable(NamedTuple):
    """Captures that should have held a payload, and could not be read for one reason."""

    rule: str
    name: str
    captures: int
    example: str
    message: str


class Field(NamedTuple):
    """A documented field, wherever its object came."""

    pointer: str
    objects: int
    """Objects that could have it."""
    present: int
    """Objects that have it, with a value that is not null."""
    low: str | None
    """The least and the greatest: of numbers, of dates, of the lengths of lists; ``None`` where there is neither."""
    high: str | None
    values: tuple[Count, ...]
    """Its values, commonest first, where they are few."""


class Undocumented(NamedTuple):
    """A field that the documentation does not have."""

    pointer: str
    """Of the object that has it."""
    name: str
    objects: int
    types: tuple[str, ...]
    example: str | None


class Verdicts(NamedTuple):
    """How many sessions got one verdict."""

    part: str
    """Where the trouble was, or ``none found``."""
    sessions: int
    agents: Number


class Signs(NamedTuple):
    """How many sessions had one sign that their verdict rests on."""

    rule: str
    name: str
    sessions: int


class Hour(NamedTuple):
    """The sessions of an hour, by verdict."""

    start: str
    """``yyyy-MM-dd hh``, UTC."""
    sessions: dict[str, int]


class Sign(NamedTuple):
    """A finding that a verdict rests on."""

    rule: str
    pointer: str
    message: str


class SessionRecord(NamedTuple):
    """One session, as far as a person looks at it. What is a list here is a list in JSON too."""

    address: str
    id: str | None
    agent: str | None
    date: str | None
    site: str | None
    organization: str | None
    location: str | None
    browser: str | None
    part: str | None
    """Its verdict; ``None`` where none was asked for, or the session was cut off."""
    confidence: str
    signs: list[Sign]
    others: list[str]
    """Other parts with signs, of their own or that may be theirs as well."""
    would_change: str
    findings: list[int]
    """How many: errors, warnings, infos."""
    causes: list[int]
    """The marks of their causes (`sessionlint.triage.causes.mark`)."""
    score: float | None = None
    ping: list[Any] | None = None
    """Sent, received; least, average, greatest RTT and deviation in ms; the error."""
    gateway: list[Any] | None = None
    connect: float | None = None
    """Milliseconds."""
    icmp_blocked: bool | None = None
    hardware: str | None = None
    wireless: list[Any] | None = None
    """Signal and noise in dBm, quality in percent, channel, mode, network name, rate in Mbit/s."""
    cpu: list[Any] | None = None
    """Least, mean, greatest share."""
    memory: list[Any] | None = None
    """Least, mean, greatest use in bytes, and the total."""
    destination: str | None = None
    trace_error: str | None = None
    hops: list[list[Any] | None] | None = None
    """Number, delay in ms, address, name, prefix, AS number, how many MPLS labels; ``None`` for one that cannot be read."""
    pages: list[list[Any] | None] | None = None
    """Title, start, response code, milliseconds to DOM load and to page load; ``None`` likewise."""
    errors: list[str] | None = None
    jump: list[Any] | None = None
    """Where the delay rises, if a sign tells of it: the places of the hops before and after, and the milliseconds."""


class Packed(NamedTuple):
    """A record as JSON, a list in two pieces: small, quick to hand to another process, and of bounded size."""

    head: bytes
    """Up to ``causes``, without the end of the list: what a triage itself looks at."""
    figures: bytes
    """The rest of it: what people look at."""

    @property
    def whole(self) -> bytes:
        """The list."""
        return self.head + self.figures


class Concentration(NamedTuple):
    """A few values of one kind that have most of the sessions in which a part ailed."""

    times_as_much: float
    """Their share of those sessions is so many times their share of all."""
    kind: str
    values: list[str]
    """The commonest first; days by date."""
    sessions: int
    of: int


class Triage(NamedTuple):
    """Everything that a triage says."""

    summary: Summary
    is_redacted: bool
    kinds: tuple[Count, ...]
    """Captures that were read, by format and by what they lay in."""
    unreadable: tuple[Unreadable, ...]
    agents: Number
    sites: tuple[Count, ...]
    """The most visited; none under ``--redact``, like all that follows from values."""
    site_count: Number
    browsers: tuple[Count, ...]
    browser_count: Number
    hardware: tuple[Count, ...]
    hardware_count: Number
    first: str | None
    """The date of the first session, and of the last."""
    last: str | None
    fields: tuple[Field, ...]
    undocumented: tuple[Undocumented, ...]
    causes: Causes
    verdicts: tuple[Verdicts, ...]
    """Nearest to the user first, ``none found`` at the end; none where no verdict was asked for."""
    signs: tuple[Signs, ...]
    thresholds: Thresholds
    """Where a figure became a sign."""
    hours: tuple[Hour, ...]
    sessions: tuple[Packed, ...]
    """By date: all, or a sample that has those with a verdict first."""
    ailing: tuple[Packed, ...]
    """Those of them whose verdict names a part."""
    where: dict[str, list[Concentration]]
    """By part, the few values that have most of those, what tells most first."""
    has_all_sessions: bool
