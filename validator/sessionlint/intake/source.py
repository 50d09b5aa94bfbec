"""What the readers of containers share: where they are, what they may still read, and how they fail."""

import io
from collections.abc import Callable
from typing import Final, NamedTuple

from sessionlint.capture import Capture, Exchange, Origin, escaped_part
from sessionlint.finding import Defect, problem
from sessionlint.limits import Limits, over_limit

CHUNK: Final = 1 << 16
"""Bytes that are read at once, and that a look ahead sees."""

_ALWAYS_EXPANDED: Final = 1 << 26
"""Bytes of which the ratio is not asked: a small file of the same line over and over is no bomb."""


def buffered(raw: io.RawIOBase) -> io.BufferedReader:
    """A reader with a look ahead."""
    return io.BufferedReader(raw, CHUNK)


class Broken(Exception):
    """A stream cannot be read further. It is raised again by every later read of the same stream.

    ``defect`` says why. ``keeps``: what was read before is worth checking. ``told``: some capture has the
    defect already.
    """

    def __init__(self, defect: Defect, *, keeps: bool = False) -> None:
        super().__init__(defect.problem.message.template)
        self.defect = defect
        self.keeps = keeps
        self.told = False


def unsafe(told: str, *values: object) -> Defect:
    """A defect of a member, or of the container itself."""
    return Defect("CAP016", problem((), told, *values))


class Input:
    """One input of the run: its limits, how much of them is used up, and what of it is wanted."""

    def __init__(
        self,
        limits: Limits,
        size: int | None = None,
        *,
        wanted: str | None = None,
        excluded: Callable[[str], bool] | None = None,
    ) -> None:
        self.limits = limits
        self.size = size
        """Bytes of the file; ``None`` for a stream."""
        self.wanted = wanted
        """The address of the one capture that is wanted."""
        self.excluded = excluded or (lambda _: False)
        """Tells of an address whether it is not to be read."""
        self.exhausted: Broken | None = None
        self.has_evidence = False
        """Whether something that says to be a payload was met; looked for only where nobody named the input."""
        self._members = 0
        self._expanded = 0

    def wants(self, address: str) -> bool:
        """Whether the container or capture at ``address`` is to be read."""
        if self.wanted is None:
            return True
        from sessionlint.escape import printable

        return self.wanted.startswith((address, printable(address)))

    def count_member(self) -> None:
        """Counts a member of an archive, or an answer in a file of many; raises `Broken` for the first too many."""
        self._members += 1
        if self._members > self.limits.members:
            self._exhaust("members", "there are more members: what follows is not read")

    def count_expanded(self, count: int, packed: int, expanded: int) -> None:
        """Counts ``count`` bytes of a stream that made ``expanded`` of ``packed`` so far; raises `Broken`."""
        self._expanded += count
        if self._expanded > self.limits.expanded_bytes:
            self._exhaust("expanded_bytes", "what was compressed expands further: it is not read")
        ratio = self.limits.expansion_ratio
        if expanded > _ALWAYS_EXPANDED and expanded > ratio * packed:
            raise Broken(over_limit(self.limits, "expansion_ratio", "few bytes expand to far too many"))
        if self._expanded > _ALWAYS_EXPANDED and self.size is not None and self._expanded > ratio * self.size:
            self._exhaust("expansion_ratio", "few bytes expand to far too many")

    def _exhaust(self, field: str, told: str) -> None:
        if self.exhausted is None:
            self.exhausted = Broken(over_limit(self.limits, field, told))
        raise self.exhausted


class At(NamedTuple):
    """Where a reader is."""

    input: Input
    address: str
    file: str
    """The address of the innermost file."""
    origin: Origin
    depth: int = 0
    """Containers around it."""
    exchange: Exchange | None = None

    @property
    def name(self) -> str:
        """The name of the innermost file, without the suffix of a compressed one."""
        return self.capture().name

    def member(self, name: str, time: int) -> "At":
        """A member of the archive that is here; ``time`` counts those of this name, from 1.

        The second `a.json` of an archive is `a%232.json`: no other name is written so, because `#` is not
        percent-encoded.
        """
        part = escaped_part(name)
        if time > 1:
            folders, slash, last = part.rpartition("/")
            stem, dot, suffix = last.rpartition(".")
            part = f"{folders}{slash}{stem}%23{time}{dot}{suffix}" if stem else f"{part}%23{time}"
        address = f"{self.address}!/{part}"
        origin: Origin = "folder" if self.origin == "folder" else "archive"
        return self._replace(address=address, file=address, origin=origin, depth=self.depth + 1)

    def capture(self, data: bytes = b"", *defects: Defect, skipped: str | None = None) -> Capture:
        """The capture that is here."""
        file = "" if self.file == self.address else self.file
        capture = Capture(self.address, data, self.origin, defects, 1, self.exchange, skipped, file)
        return capture if self.exchange is None else capture._replace(has_own_lines=True)
