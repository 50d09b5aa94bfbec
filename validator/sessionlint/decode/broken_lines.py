"""Lines that a terminal broke at its width, wherever that was in a key, a tag or a value."""

import re
from typing import Final, NamedTuple

from sessionlint.decode.text import MOST_EDITS, Edit

_LINE: Final = re.compile(rb"^([^\r\n]{38,}+)(\r?\n)(?=( *+))", re.MULTILINE)
_NARROWEST: Final = 40
"""Characters of a line on a terminal, at least."""
_FEWEST_BREAKS: Final = 2
"""One may stand in a text that somebody wrote."""
_MOST_SPACES: Final = 2
"""At the end of a line that was copied without them."""

REMEDY: Final = "Save the response to a file, or copy it from a terminal that is wide enough."


class BrokenLines(NamedTuple):
    """Lines of one length in a text, which may be none of its own."""

    width: int
    """Characters."""
    first: int
    """Where the first one ends."""
    edits: list[Edit]
    """What joins them."""


def broken_lines(text: bytes) -> BrokenLines | None:
    """How the lines of a text were broken, if they were."""
    lines = [(len(line[1].decode(errors="replace")), line) for line in _LINE.finditer(text)]
    width = max((length for length, _ in lines), default=0)
    full = [line for length, line in lines if length == width]
    if width < _NARROWEST or not _FEWEST_BREAKS <= len(full) <= MOST_EDITS:
        return None
    # Lines that end between words are nearly as long, and some of one length by chance.
    if 2 * sum(width - length <= _MOST_SPACES for length, _ in lines) < sum(
        4 * length > 3 * width for length, _ in lines
    ):
        return None
    # Where all go on behind the same space, as in a mail, that is none of the value's.
    indent = min(len(line[3]) for line in full)
    edits = [
        Edit(line.start(2), len(line[2]) + min(indent, len(line[3])), b" " * (width - length))
        for length, line in lines
        if width - length <= _MOST_SPACES
    ]
    return BrokenLines(width, full[0].start(2), edits) if len(edits) <= MOST_EDITS else None
