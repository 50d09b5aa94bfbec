"""Bytes to UTF-8 text, whatever they are: what is not UTF-8 is a defect, and read as what it is."""

import codecs
import re
from typing import NamedTuple

from sessionlint.finding import START, WARNING, Defect, Span, problem

_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF87a", "a GIF image"),
    (b"GIF89a", "a GIF image"),
    (b"%PDF-", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"PK\x05\x06", "an empty ZIP archive"),
    (b"\x1f\x8b", "gzip data"),
    (b"BZh", "bzip2 data"),
    (b"\xfd7zXZ\0", "xz data"),
    (b"\x28\xb5\x2f\xfd", "Zstandard data"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"MSCF\0\0\0\0", "a Windows cabinet"),
    (b"\xd4\xc3\xb2\xa1", "a packet capture"),
    (b"\xa1\xb2\xc3\xd4", "a packet capture"),
    (b"\x4d\x3c\xb2\xa1", "a packet capture"),
    (b"\xa1\xb2\x3c\x4d", "a packet capture"),
    (b"\x0a\x0d\x0d\x0a", "a packet capture"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"ElfFile\0", "a Windows event log"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Microsoft Office document"),
    (b"bplist00", "a binary property list"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90\0", "a program"),
    (b"\xcf\xfa\xed\xfe", "a program"),
)

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

# Of the first four bytes of JSON or XML, which are zero tells the encoding (RFC 4627, section 3).
_ZEROS = (
    (re.compile(rb"[^\0]\0\0\0"), "utf-32-le"),
    (re.compile(rb"\0\0\0[^\0]"), "utf-32-be"),
    (re.compile(rb"[^\0]\0(?:[^\0]|\Z)"), "utf-16-le"),
    (re.compile(rb"\0[^\0](?:\0[^\0]|\Z)"), "utf-16-be"),
)
_NAMES = {
    "utf-32-le": "UTF-32 (little-endian)",
    "utf-32-be": "UTF-32 (big-endian)",
    "utf-16-le": "UTF-16 (little-endian)",
    "utf-16-be": "UTF-16 (big-endian)",
}
_SAVE_AS_UTF_8 = "Save the file as UTF-8, without a byte-order mark."

_DECLARED = re.compile(rb"<\?xml\s[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z][\w.-]{0,40})[\"']")
# Encodings that a declaration may name: those whose decoders are plain tables.
_TRUSTED = re.compile(
    r"(?:iso-?8859-?\d{1,2}|latin-?\d|windows-?125\d|cp125\d|us-ascii|koi8-[ru]|macroman"
    r"|shift_jis|euc-jp|euc-kr|gb2312|gbk|gb18030|big5)$"
)


class Text(NamedTuple):
    """A text as UTF-8, without a byte-order mark."""

    body: bytes
    defects: tuple[Defect, ...] = ()
    is_guess: bool = False
    """Whether it was read as Windows-1252 for want of anything better."""
    is_as_declared: bool = True
    """Whether an XML declaration in it, if it names an encoding, still tells the truth."""


def binary_format(data: bytes) -> str | None:
    """What well-known binary data is, by its first bytes."""
    return next((name for signature, name in _SIGNATURES if data.startswith(signature)), None)


def text_of(data: bytes) -> Text:
    """The text that ``data`` holds, with what is wrong with its encoding (`CAP007`)."""
    for mark, codec in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _wide(data[len(mark) :], codec)
    if data.startswith(codecs.BOM_UTF8):
        told = problem(
            (),
            "the text starts with a byte-order mark",
            severity=WARNING,
            help="Save the file as UTF-8 without a byte-order mark: many parsers stumble over it.",
        )
        text = _narrow(data[len(codecs.BOM_UTF8) :])
        return text._replace(defects=(Defect("CAP007", told, START), *text.defects))
    codec = next((codec for zeros, codec in _ZEROS if zeros.match(data)), "")
    return _wide(data, codec) if codec else _narrow(data)


def _wide(data: bytes, codec: str) -> Text:
    # A file cut off inside a character loses that one only.
    text = codecs.getincrementaldecoder(codec)("replace").decode(data)
    told = problem((), f"the text is {_NAMES[codec]}, not UTF-8", help=_SAVE_AS_UTF_8)
    return Text(text.encode(), (Defect("CAP007", told, START),), is_as_declared=False)


def _narrow(data: bytes) -> Text:
    declared = _declared(data)
    try:
        data.decode()
    except UnicodeDecodeError as error:
        if error.end == len(data) and error.reason == "unexpected end of data":
            # Cut off inside a character: that it is cut off is the defect.
            return _narrow(data[: error.start] + "\ufffd".encode())
        return _from_surrogates(data, error.start) or _as_declared(data, declared) or _guessed(data, error.start)
    if not declared or data.isascii():
        return Text(data)
    told = problem(
        (), "the XML declaration names the encoding {}, but the text is UTF-8", declared, help="Declare UTF-8."
    )
    return Text(data, (Defect("CAP007", told, START),), is_as_declared=False)


def _declared(data: bytes) -> str:
    """The encoding that an XML declaration names, if it is not UTF-8."""
    match = _DECLARED.match(data)
    name = match[1].decode().lower() if match else ""
    return name if _TRUSTED.match(name) else ""


def _as_declared(data: bytes, declared: str) -> Text | None:
    if not declared:
        return None
    try:
        body = data.decode(declared).encode()
    except (UnicodeDecodeError, LookupError):  # `latin-2`: some such names Python does not know
        return None
    told = problem((), "the text is {}, as its declaration says, not UTF-8", declared, help=_SAVE_AS_UTF_8)
    return Text(body, (Defect("CAP007", told, START),), is_as_declared=False)


def _from_surrogates(data: bytes, bad: int) -> Text | None:
    """A text in which surrogates were encoded one by one (CESU-8): pairs become one character."""
    try:
        units = data.decode("utf-8", "surrogatepass").encode("utf-16-le", "surrogatepass")
    except UnicodeDecodeError:
        return None
    told = problem(
        (),
        "surrogates were encoded as if they were characters, which is not UTF-8",
        help="Encode characters beyond U+FFFF in four bytes; a surrogate alone is no character.",
    )
    body = units.decode("utf-16-le", "replace").encode()
    return Text(body, (Defect("CAP007", told, _at(data, bad)),), is_as_declared=False)


def _guessed(data: bytes, bad: int) -> Text:
    told = problem(
        (),
        "the byte {} is not UTF-8; it is read as Windows-1252",
        f"0x{data[bad]:02X}",
        help=_SAVE_AS_UTF_8,
    )
    codecs.register_error("sessionlint.windows-1252", _windows_1252)
    body = data.decode("utf-8", "sessionlint.windows-1252").encode()
    return Text(body, (Defect("CAP007", told, _at(data, bad)),), is_guess=True, is_as_declared=False)


def _windows_1252(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    bad = error.object[error.start : error.end]
    try:
        return bad.decode("cp1252"), error.end
    except UnicodeDecodeError:
        return bad.decode("latin-1"), error.end


def _at(data: bytes, offset: int) -> Span:
    """The place of a byte, of which all before it is UTF-8."""
    line = data.count(b"\n", 0, offset) + 1
    column = len(data[data.rfind(b"\n", 0, offset) + 1 : offset].decode()) + 1
    return Span(line, column, line, column + 1)
