"""Makes a payload's strings harmless to look at.

Every string of a payload is hostile: control characters, ANSI sequences, bidirectional overrides,
invisible characters and lone surrogates are written as escapes before anybody sees them.
"""

import re

EXCERPT_LENGTH = 60
"""Code points of a value that a message shows at most."""

# Unicode's categories Cc, Cf, Zl, Zp and Cs, as of Unicode 16, whatever version the interpreter knows:
# controls, the bidirectional and the invisible format characters, separators of lines, surrogates;
# and the whole block of tag characters.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e007f]"
)
_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def _escaped(match: re.Match[str]) -> str:
    character = match.group()
    if character in _NAMED:
        return _NAMED[character]
    code = ord(character)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def printable(text: str) -> str:
    """``text`` with every character that could act on a reader's screen written as an escape."""
    if text.isprintable():  # nearly always, and much faster than the expression
        return text
    return _UNSAFE.sub(_escaped, text)


def printable_lines(text: str) -> str:
    """As `printable`, but lines stay lines."""
    return "\n".join(map(printable, text.split("\n")))


def excerpt(value: object) -> str:
    """A value as a message shows it: as JSON writes it, at most 60 code points, escaped."""
    if value is None:
        return "null"
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, (int, float)):
        return _shortened(repr(value))
    if isinstance(value, str):
        return f'"{_shortened(value.translate(_QUOTES))}"'
    return "a list" if isinstance(value, list) else "an object"


_QUOTES = str.maketrans({'"': '\\"', "\\": "\\\\"})


def _shortened(text: str) -> str:
    if len(text) > EXCERPT_LENGTH:
        text = text[: EXCERPT_LENGTH - 1] + "…"
    return printable(text)
