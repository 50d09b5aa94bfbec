"""A capture: the bytes of one saved response, and what is known of them."""

import re
from typing import Literal, NamedTuple, TypeAlias

from sessionlint.finding import Defect, Path

Origin: TypeAlias = Literal["named", "archive", "folder"]
"""How a capture was met, and so what is asked of it: the user named its file; it lies in an archive that
the user named; or it lies in a folder, or in an archive in a folder."""

THIS_API = "/endpoint-data/user-sessions"
"""In the path of every request for user sessions."""
COMPRESSED_SUFFIXES = (".gz", ".bz2", ".xz", ".zst")
"""Suffixes of files that are compressed by themselves."""


Source: TypeAlias = Literal["har", "http", "recording"]
"""What an exchange lay in: a HAR file, an HTTP dump, or a recording of a mock or a test."""


class Exchange(NamedTuple):
    """What is known of the HTTP exchange that a capture was the answer of. No secret is in it."""

    source: Source
    status: int | None = None
    media_type: str | None = None
    """In lower case, without parameters."""
    method: str | None = None
    url: str | None = None
    """As it was asked for; without a user, and with every token in its query replaced by ``***``."""
    session_id: str | None = None
    """The session that the path asks for."""
    account: str | None = None
    """The account group that the query asks for (``aid``)."""
    format: Literal["json", "xml"] | None = None
    """The format that the path, the query or the Accept header asks for, in this order."""


class Stretch(NamedTuple):
    """Which part of a long response or list a capture is; of the first part there is nothing to say."""

    within: Path
    """Where the list is whose items come in stretches: ``("userSessions",)``, or ``()`` for the document itself."""
    first: int
    """The index of its first item."""
    line: int
    """Where that starts in the text of the whole."""
    column: int


class Capture(NamedTuple):
    """What intake hands on: bytes with their address, or why there are none."""

    address: str
    """As `interface.md` has it: the file's path with forward slashes, then ``!/`` and a part for each
    container; `%` and `!` percent-encoded; ``-`` for standard input. It may hold any other character."""
    data: bytes
    origin: Origin = "named"
    defects: tuple[Defect, ...] = ()
    """What intake found wrong. They may stand beside data; without data there is nothing else to say."""
    first_line: int = 1
    """The line of the file that the data starts on, where that is not the first: in JSON Lines, in what a mock keeps."""
    exchange: Exchange | None = None
    skipped: str | None = None
    """Why intake passed over it: it is to be counted, and nothing more."""
    file: str = ""
    """Of a line or an exchange, the address of the file that it is a part of."""
    stretch: Stretch | None = None
    """Of a long response, whose parts are captures of the same address, which part it is unless the first."""
    is_beside_evidence: bool = False
    """Of what is damaged in a folder: whether evidence of a payload was met in the same file."""
    has_own_lines: bool = False
    """Whether its lines are counted from its own start: of a body that stands in the file in another form."""

    @property
    def named(self) -> bool:
        """Whether the user named its file, rather than a folder or an archive that it lies in."""
        return self.origin == "named"

    @property
    def name(self) -> str:
        """The name of the innermost file, without the suffix of a compressed one."""
        name = (self.file or self.address).rpartition("/")[2]
        if name.endswith(COMPRESSED_SUFFIXES):
            return name.rpartition(".")[0]
        return name

    @property
    def source(self) -> str:
        """The address of the text in which its lines are counted: of what is a part of a file's text the file's."""
        return self.address if self.has_own_lines else self.file or self.address

    def in_file(self, line: int) -> "Capture":
        """The same, as a part of its file's own text that starts on this line."""
        return self._replace(first_line=line, has_own_lines=False)

    @property
    def place(self) -> str:
        """The address without the folders that the file lies in: it stays when the file moves."""
        file, separator, inside = self.address.partition("!")
        return file.rpartition("/")[2] + separator + inside


def escaped_part(part: str) -> str:
    """One part of an address: `%` and `!` percent-encoded, and bytes of a name that are no text too."""
    escaped = part.replace("%", "%25").replace("!", "%21")
    if escaped.isascii():
        return escaped
    return "".join(
        f"%{ord(character) - 0xDC00:02X}" if "\udc80" <= character <= "\udcff" else character for character in escaped
    )


_ESCAPED = re.compile(r"(?:%[0-9A-Fa-f]{2})+")


def unescaped_part(part: str) -> str:
    """The name that a part of an address stands for."""
    return _ESCAPED.sub(lambda match: bytes.fromhex(match[0].replace("%", "")).decode("utf-8", "surrogateescape"), part)
