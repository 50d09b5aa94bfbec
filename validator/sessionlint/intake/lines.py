"""JSON Lines: a document a line, read as they come, never the whole file."""

import io
import sys
from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from sessionlint.capture import Capture, Origin
from sessionlint.intake.source import At, Input
from sessionlint.limits import Limits, over_limit

_BUFFER = 1 << 19
"""Bytes read at once: large enough that few lines lie across its end."""


class Lines(NamedTuple):
    """A stretch of a regular file of JSON Lines; `lines_captures` reads it, in any process."""

    path: str
    address: str
    origin: Origin
    start: int
    """Its first byte, at the start of a line."""
    stop: int
    """The byte after its last, at the start of a line or the end of the file."""
    first_line: int
    """The number of its first line."""


def lines_captures(lines: Lines, limits: Limits) -> Iterator[Capture]:
    """The captures in a stretch, one a line that is not blank. Raises `OSError`."""
    with io.BufferedReader(io.FileIO(lines.path), _BUFFER) as file:
        file.seek(lines.start)
        here = At(Input(limits), lines.address, lines.address, lines.origin)
        yield from read_lines(file, here, number=lines.first_line - 1, left=lines.stop - lines.start)


def stretches(lines: Lines, most_bytes: int) -> Iterator[Lines]:
    """The same in stretches of about so many bytes, each with whole lines. Raises `OSError`."""
    first_line, start = lines.first_line, lines.start
    with open(lines.path, "rb", buffering=0) as file:
        file.seek(start)
        position = start
        while position < lines.stop:
            chunk = file.read(min(most_bytes, lines.stop - position))
            if not chunk:
                break
            last = chunk.rfind(b"\n") + 1
            if last:
                stop = position + last
                yield lines._replace(start=start, stop=stop, first_line=first_line)
                first_line += chunk.count(b"\n")
                start = stop
            position += len(chunk)
    if start < position:
        yield lines._replace(start=start, stop=position, first_line=first_line)


def read_lines(file: io.BufferedIOBase, at: At, *, number: int = 0, left: int = sys.maxsize) -> Iterator[Capture]:
    """The captures in the next ``left`` bytes of ``file``, after line ``number``."""
    origin, exchange, whole = at.origin, at.exchange, at.file
    most = at.input.limits.document_bytes
    prefix = f"{at.address}!/"
    for line in iter(partial(file.readline, most + 1), b""):
        number += 1
        left -= len(line)
        if len(line) > most and not line.endswith(b"\n"):
            left -= _pass_over_line(file)
            defects = (over_limit(at.input.limits, "document_bytes", "the line is longer"),)
            yield Capture(f"{prefix}{number}", b"", origin, defects, number, exchange, None, whole)
        elif not line.isspace():
            yield Capture(f"{prefix}{number}", line, origin, (), number, exchange, None, whole)
        if left <= 0:
            return


def _pass_over_line(file: io.BufferedIOBase) -> int:
    passed = 0
    while rest := file.readline(1 << 16):
        passed += len(rest)
        if rest.endswith(b"\n"):
            break
    return passed
