"""Makes a payload's strings harmless to look at.

Every string of a payload is hostile: control characters, ANSI sequences, bidirectional overrides,
invisible characters, lone surrogates and commands to a pipeline are written as escapes before anybody
sees them.
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
QUOTES = str.maketrans({'"': '\\"', "\\": "\\\\"})
"""How a text between quotes has those within it, in JSON and TOML."""
_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


# What acts on the pipeline that prints it. GitHub's runner obeys ``::name`` at the start of a line and
# ``##[name]`` anywhere in it, the agent of Azure Pipelines ``##vso[name]`` too. (An IPv6 address has no such name.)
_COMMAND = re.compile(r"#(?=#[A-Za-z]*\[)")
_COMMAND_AT_START = re.compile(r"\A(\s*):(?=:[A-Za-z-]*[G-Zg-z-])")


def commands_in(text: str) -> list[int]:
    """Where in a line of text a command to a pipeline starts: a ``#`` that is to be escaped."""
    return [match.start() for match in _COMMAND.finditer(text)] if "##" in text else []


def without_commands(text: str) -> str:
    """``text`` with each ``#`` that starts a command to a pipeline as an escape, which JSON knows too."""
    return _COMMAND.sub(r"\\u0023", text) if "##" in text else text


def _escaped(match: re.Match[str]) -> str:
    character = match.group()
    if character in _NAMED:
        return _NAMED[character]
    code = ord(character)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def printable(text: str) -> str:
    """``text`` with every character that could act on a reader's screen, or on a pipeline, written as an escape."""
    if "::" in text:
        text = _COMMAND_AT_START.sub(r"\1\\u003a", text)
    text = without_commands(text)
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
        return f'"{_shortened(value.translate(QUOTES))}"'
    return "a list" if isinstance(value, list) else "an object"


def _shortened(text: str) -> str:
    if len(text) > EXCERPT_LENGTH:
        text = text[: EXCERPT_LENGTH - 1] + "…"
    return printable(text)
