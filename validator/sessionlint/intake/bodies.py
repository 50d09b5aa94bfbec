"""Bodies of HTTP messages: chunks put together (RFC 9112, section 7.1), content codings taken off (RFC 9110, 8.4)."""

import io
import re
from binascii import Error as NotBase64
from binascii import a2b_base64
from typing import NamedTuple

from sessionlint.finding import Defect, problem
from sessionlint.intake.compressed import DEFLATE, GZIP, ZLIB, ZSTANDARD, Compression, expanding
from sessionlint.intake.source import CHUNK, Broken, Input
from sessionlint.limits import over_limit

_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*+(?:;[^\r\n]*+)?\r?\n")
_TRAILER = re.compile(rb"[\w!#$%&'*+.^`|~-]++:[^\r\n]*+\r?\n")
_LINE_END = re.compile(rb"\r?\n")
_TEXT = re.compile(rb"\s*+[{\[<\"]")


class Body(NamedTuple):
    """What a message holds, and what is wrong with it; without data, why there is none."""

    data: bytes
    defect: Defect | None = None


def dechunked(data: bytes, start: int) -> tuple[bytes, int] | None:
    """The body of which the chunks start there, and where they end; ``None`` if these are no chunks.

    `curl` writes such a body in one piece, although the header that it writes before still says chunked.
    """
    body = io.BytesIO()
    position = start
    while match := _CHUNK.match(data, position):
        size = int(match[1], 16)
        position = match.end()
        if size == 0:
            while trailer := _TRAILER.match(data, position):
                position = trailer.end()
            line_end = _LINE_END.match(data, position)
            return body.getvalue(), line_end.end() if line_end else position
        body.write(data[position : position + size])
        position += size
        if line_end := _LINE_END.match(data, position):
            position = line_end.end()
    if position == start:
        return None
    # Cut off, or no chunks after all: what comes is for the decoder to judge.
    return body.getvalue() + data[position:], len(data)


def decoded(body: bytes, codings: str, input: Input) -> Body:
    """A body without its content codings, as far as it still has them."""
    defect = None
    for coding in reversed(codings.lower().split(",")):
        try:
            compression = _compression(coding.strip(), body)
            if compression:
                body, defect = _expanded(body, compression, input)
        except Broken as broken:
            return Body(b"", broken.defect)
    return Body(body, defect)


def from_base64(text: str, codings: str, input: Input) -> Body:
    """A body that a file holds as base64."""
    try:
        return decoded(a2b_base64(text.encode("ascii", "replace")), codings, input)
    except NotBase64:
        return Body(b"", Defect("CAP001", problem((), "cannot be read: the body is not base64, as the file says")))


def _compression(coding: str, body: bytes) -> Compression | None:
    """How the body is compressed; `curl --compressed` writes it expanded, beside the header that it came with."""
    match coding:
        case "gzip" | "x-gzip" if body.startswith(GZIP.start):
            return GZIP
        case "deflate" if body and not _TEXT.match(body):
            return ZLIB if body.startswith(ZLIB.start) else DEFLATE
        case "zstd" if body.startswith(ZSTANDARD.start):
            return ZSTANDARD
        case "br" | "compress" | "x-compress" if body and not _TEXT.match(body):
            told = f"cannot be read: the body is compressed with {coding}, which is not known here"
            raise Broken(Defect("CAP001", problem((), told)))
    return None


def _expanded(body: bytes, compression: Compression, input: Input) -> Body:
    reader = expanding(io.BytesIO(body), compression, input)
    most = input.limits.document_bytes
    expanded = io.BytesIO()
    try:
        while chunk := reader.read1(CHUNK):
            expanded.write(chunk)
            if expanded.tell() > most:
                raise Broken(over_limit(input.limits, "document_bytes", "the body is larger"))
    except Broken as broken:
        if not broken.keeps:
            raise
        return Body(expanded.getvalue(), broken.defect)
    return Body(expanded.getvalue())
