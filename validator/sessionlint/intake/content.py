"""What bytes are, told by the bytes: containers are entered, anything else is a capture."""

import io
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import orjson

from sessionlint.capture import Capture, Source
from sessionlint.finding import Defect, problem
from sessionlint.intake.names import EXCLUDED, passed_over, says_capture, says_har, says_lines, unsafe_name
from sessionlint.intake.source import CHUNK, At, Broken, buffered, unsafe
from sessionlint.limits import over_limit
from sessionlint.recognise import has_evidence

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

    from sessionlint.intake.exchanges import Answer

Kind: TypeAlias = Literal[
    "document",
    "lines",
    "lines?",
    "log",
    "HAR",
    "HTTP",
    "text",
    "UTF-16",
    "binary",
    "compressed",
    "zip",
    "tar",
    "other archive",
    "LFS pointer",
]
"""``lines?`` is a document as far as it can be seen, or the first line of many; ``log`` has payloads behind other text,
one a line."""

ANOTHER_KIND: Final = "another kind of file"

_BLANK = re.compile(rb"(?:\xef\xbb\xbf)?\s*+")
_HAR = re.compile(rb"\{\s*+\"log\"\s*+:\s*+\{")
_RESPONSE_OF_OURS = re.compile(rb'\s*+\{\s*+"userSession')
_RESPONSE = re.compile(rb'"(?:httpR|r)esponse"\s*+:\s*+[\[{]')
_OBJECT_LINE = re.compile(rb"^[ \t]*+(\{[^\n]*+)(\n?)", re.MULTILINE)
_OBJECT_LINES = re.compile(rb"(?:\s*+\{[^\n]++)*+\s*+")

_COMPRESSED = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd")
_ZIP = (b"PK\3\4", b"PK\5\6")
_OTHER_ARCHIVES = {
    b"7z\xbc\xaf\x27\x1c": "a 7-Zip archive",
    b"Rar!\x1a\x07": "a RAR archive",
    b"MSCF\0\0\0\0": "a Windows cabinet",
    b"\x1f\x9d": "a file packed by compress",
    b"\x04\x22\x4d\x18": "an LZ4 file",
    b"LZIP": "an lzip file",
}
_TAR = (b"ustar", 257)
_LFS_POINTER = b"version https://git-lfs.github.com/spec/"

_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_UTF_32 = (b"\xff\xfe\0\0", b"\0\0\xfe\xff")
_WIDE = re.compile(rb"[\s{\[<\"]\0|\0+[\s{\[<\"]")
"""How UTF-16 or UTF-32 without a byte-order mark starts."""
_TEXT_WITH_SECRETS = 1 << 20
"""Bytes at the start of a text that are searched for secrets: a page of notes above a payload."""


def kind_of(head: bytes, at: At) -> Kind:
    """What a file is that starts with ``head``: all of it, or a look ahead."""
    blank = _BLANK.match(head)
    start = blank.end() if blank else 0
    mark = head[start : start + 1]
    if mark == b"{":
        is_har = _HAR.match(head, start) or (at.exchange is None and says_har(at.file))
        return "HAR" if is_har else _lines_or_document(head, start, at)
    if mark and mark in b'["' and says_lines(at.name):
        return _lines_of_lists(head, start)
    if mark in b'["' or (mark == b"<" and not head.startswith(b"< ", start)):
        # An empty mark is in every string: blank files are documents too.
        return (mark not in (b"", b"<") and _told_by_lines(head, start)) or "document"
    if head.startswith(_COMPRESSED):
        return "compressed"
    if head.startswith(_ZIP):
        return "zip"
    if head.startswith(_TAR[0], _TAR[1]):
        return "tar"
    if head.startswith(tuple(_OTHER_ARCHIVES)):
        return "other archive"
    if head.startswith(_LFS_POINTER):
        return "LFS pointer"
    if head.startswith(_UTF_32):
        return "document"
    if head.startswith(_UTF_16):
        return "UTF-16"
    from sessionlint.intake.http_dump import is_dump

    if is_dump(head[start:], anywhere=at.origin != "folder"):
        return "HTTP"  # its body may be compressed, and so look binary
    if _is_binary(head):
        return "document" if at.origin == "named" else "binary"
    return _told_by_lines(head, start) or ("lines" if says_lines(at.name) else "text")


def _is_log(head: bytes) -> bool:
    if not has_evidence(head):
        return False
    from sessionlint.intake.logs import is_log

    return is_log(head)


def _told_by_lines(head: bytes, start: int) -> Kind | None:
    """What a text is, if its lines tell: of several responses, one a line, the first may have lost its start."""
    if _is_log(head):
        return "log"
    line_end = head.find(b"\n", start)
    first = head[start:line_end] if line_end >= 0 else b""
    if not first.rstrip().endswith(b"}]}") or not _OBJECT_LINES.fullmatch(head, line_end):
        return None
    following = head[line_end:].lstrip().partition(b"\n")[0]
    return "lines" if has_evidence(following) and _is_json(following) and not _is_json(first) else None


def _lines_of_lists(head: bytes, start: int) -> Kind:
    """Of a file of JSON Lines by its name that starts with a list or a text: whether that ends with its line."""
    line_end = head.find(b"\n", start)
    if line_end < 0:
        return "lines?"
    first, following = head[start:line_end], head[line_end:].lstrip().partition(b"\n")[0]
    return "lines" if _is_json(first) or (_may_be_cut(first) and _is_json(following)) else "document"


def _may_be_cut(line: bytes) -> bool:
    """Whether a line may have been cut off among whole ones: in a document of several, a bracket or a comma ends it."""
    return not line.rstrip().endswith((b"{", b"[", b",", b":"))


def _lines_or_document(head: bytes, start: int, at: At) -> Kind:
    line_end = head.find(b"\n", start)
    first = head[start:line_end].rstrip() if line_end >= 0 else b""
    if first == b"{":  # as in nearly every indented document
        return "document"
    if says_lines(at.name):
        return "lines"
    if line_end < 0:
        return "lines?"
    other = _OBJECT_LINE.search(head, line_end + 1)
    if not first.endswith(b"}"):
        may_be_cut = _may_be_cut(first) and _OBJECT_LINES.fullmatch(head, start)
        return "lines" if may_be_cut and other and _is_json(other[1]) else "document"
    if not other:
        return "document" if head[line_end:].strip() else "lines?"
    is_whole_line = not other[2] or other[1].rstrip().endswith(b"}")
    if not is_whole_line and not _OBJECT_LINES.fullmatch(head, line_end):
        return "document"
    if is_whole_line and not head[line_end : other.start()].strip():
        return "lines"
    return "lines" if _is_json(first) else "document"


def _is_json(text: bytes) -> bool:
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError:
        return False
    return True


def _is_binary(head: bytes) -> bool:
    return b"\0" in head and not _WIDE.match(head) and not has_evidence(head)


class _NotForUs(Exception):
    """A file is too large to be read, and nothing says that it holds a payload."""


def contents(open: Callable[[], io.BufferedReader], at: At) -> Iterator[Capture]:
    """The captures in what ``open`` gives; one at least, if anything of it is wanted. Raises `OSError`."""
    input = at.input
    try:
        for capture in _contents(open(), at):
            if at.origin == "folder" and not input.has_evidence:
                input.has_evidence = has_evidence(capture.data)
            yield capture
    except _NotForUs:
        yield at.capture(skipped=ANOTHER_KIND)
    except Broken as broken:
        if not broken.told:
            yield _captured(b"", broken, at)


def _contents(reader: io.BufferedReader, at: At) -> Iterator[Capture]:
    head = reader.peek(CHUNK)
    kind = kind_of(head, at)
    if kind == "document":
        yield from _document(reader, at)
    elif kind == "lines":
        yield from _lines(reader, at)
    elif kind == "lines?":
        yield from _lines_or_one(reader, at)
    elif kind == "log":
        yield from _log(reader, at)
    elif kind == "binary" or (kind == "text" and not _may_be_told(head, at)):
        yield at.capture(skipped=ANOTHER_KIND)
    elif kind == "text":
        data, broken = _whole(reader, at)
        yield from _log(reader_of(data), at) if not broken and _is_log(data) else _text(data, broken, at)
    elif kind == "other archive":
        name = next(name for start, name in _OTHER_ARCHIVES.items() if head.startswith(start))
        yield at.capture(b"", Defect("CAP001", problem((), f"{name}, which is not read: unpack it first")))
    elif kind == "LFS pointer":
        told = problem((), "a pointer of Git LFS, in place of the file", help="Fetch the file: git lfs pull.")
        yield at.capture(b"", Defect("CAP001", told))
    elif at.depth >= at.input.limits.container_depth:
        yield at.capture(b"", over_limit(at.input.limits, "container_depth", "more containers are inside each other"))
    else:
        enter = {"UTF-16": _utf_16, "compressed": _compressed, "zip": _zip, "tar": _tar, "HAR": _har, "HTTP": _http}
        yield from enter[kind](reader, at)


def _may_be_told(head: bytes, at: At) -> bool:
    """Whether anybody may want to hear of a text that starts like this."""
    return at.origin == "named" or says_capture(at.name) or (has_evidence(head) and b"\0" not in head)


def reader_of(data: bytes) -> io.BufferedReader:
    """A reader of bytes in memory."""
    return io.BufferedReader(io.BytesIO(data), CHUNK)


# What is no container.


def _whole(reader: io.BufferedReader, at: At, before: bytes = b"") -> tuple[bytes, Broken | None]:
    """All that is left to read, and what is wrong at its end."""
    whole = io.BytesIO()
    whole.write(before)
    most = at.input.limits.document_bytes
    try:
        while chunk := reader.read1(CHUNK):
            whole.write(chunk)
            if whole.tell() > most:
                raise _too_large(whole, at)
    except Broken as broken:
        if broken.told or not broken.keeps:
            raise
        return whole.getvalue(), broken
    return whole.getvalue(), None


def _too_large(read: io.BytesIO, at: At) -> Exception:
    may_be_ours = at.origin == "named" or says_capture(at.name)
    if not may_be_ours and not has_evidence(read.getvalue()):
        return _NotForUs()
    return Broken(over_limit(at.input.limits, "document_bytes", "the document is larger"))


def _captured(data: bytes, broken: Broken | None, at: At) -> Capture:
    if broken is None:
        return at.capture(data)
    broken.told = True
    return at.capture(data, broken.defect)._replace(is_beside_evidence=at.input.has_evidence)


def _document(reader: io.BufferedReader, at: At, before: bytes = b"") -> Iterator[Capture]:
    yield from _one(*_whole(reader, at, before), at)


def _one(data: bytes, broken: Broken | None, at: At) -> Iterator[Capture]:
    """The capture that a document is, or those in it, if it is a recording of a mock."""
    answers = None
    if not broken and may_be_recording(data, at) and at.depth < at.input.limits.container_depth:
        from sessionlint.intake.recordings import recorded_answers

        answers = recorded_answers(data, at.input)
    if answers is None:
        yield _captured(data, broken, at)
        return
    counted, too_many = _counted(answers, at)
    yield from _answers("recording", counted, at)
    if too_many:
        raise too_many


def may_be_recording(document: bytes, at: At) -> bool:
    """Whether a document could hold answers of mocks."""
    if _RESPONSE_OF_OURS.match(document) or at.exchange:  # most are told at a glance
        return False
    return b'esponse"' in document and _RESPONSE.search(document) is not None


def _text(data: bytes, broken: Broken | None, at: At) -> Iterator[Capture]:
    """Text that is neither JSON nor XML; secrets are taken out of its start, because findings show its lines."""
    from sessionlint.credentials import harmless

    start, defects = harmless(data[:_TEXT_WITH_SECRETS])
    capture = _captured(start + data[_TEXT_WITH_SECRETS:] if defects else data, broken, at)
    yield capture._replace(defects=(*capture.defects, *defects))


def _lines(reader: io.BufferedReader, at: At) -> Iterator[Capture]:
    from sessionlint.intake.lines import read_lines

    return read_lines(reader, at)


def _log(reader: io.BufferedReader, at: At) -> Iterator[Capture]:
    from sessionlint.intake.logs import log_captures

    return log_captures(_lines(reader, at), at)


def _lines_or_one(reader: io.BufferedReader, at: At) -> Iterator[Capture]:
    """A document of one line, unless another line follows it: a stream may not have it yet."""
    blank = _BLANK.match(reader.peek(CHUNK))
    before = reader.read(blank.end() if blank else 0)
    first, broken = _line(reader, at)
    between = following = b""
    try:
        while not broken and (following := reader.peek(CHUNK)) and not following.strip() and len(between) < CHUNK:
            between += reader.read1(CHUNK)
    except Broken as later:
        broken = later
        if broken.told or not broken.keeps:
            raise
    if not following:
        yield from _one(before + first + between, broken, at)
    elif _lines_or_document(first + between + following, 0, at) == "lines":
        from sessionlint.intake.lines import read_lines

        number = before.count(b"\n") + 1
        yield at._replace(address=f"{at.address}!/{number}").capture(first)._replace(first_line=number)
        yield from read_lines(reader, at, number=number + between.count(b"\n"))
    else:
        yield from _document(reader, at, before + first + between)


def _line(reader: io.BufferedReader, at: At) -> tuple[bytes, Broken | None]:
    """The next line, in about as much memory as it has bytes."""
    line = io.BytesIO()
    try:
        while ahead := reader.peek(CHUNK):
            end = ahead.find(b"\n") + 1
            line.write(reader.read(end or len(ahead)))
            if line.tell() > at.input.limits.document_bytes:
                raise _too_large(line, at)
            if end:
                break
    except Broken as broken:
        if broken.told or not broken.keeps:
            raise
        return line.getvalue(), broken
    return line.getvalue(), None


class _Utf8(io.RawIOBase):
    """UTF-16 as UTF-8."""

    def __init__(self, reader: io.BufferedReader) -> None:
        import codecs

        self._reader = reader
        self._decoder = codecs.getincrementaldecoder("utf-16")("replace")
        self._ahead = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        view = memoryview(buffer)
        while not self._ahead:
            wide = self._reader.read1(CHUNK)
            self._ahead = self._decoder.decode(wide, not wide).encode()
            if not wide:
                break
        count = min(len(view), len(self._ahead))
        view[:count] = self._ahead[:count]
        self._ahead = self._ahead[count:]
        return count


def _utf_16(reader: io.BufferedReader, at: At) -> Iterator[Capture]:
    """What Windows PowerShell writes; a document is left to the decoder, anything else is made UTF-8."""
    head = reader.peek(CHUNK)
    if kind_of(head[: len(head) & ~1].decode("utf-16", "replace").encode(), at) not in ("lines", "log", "HAR", "HTTP"):
        data, broken = _whole(reader, at)
        text = data.decode("utf-16", "replace").encode()
        if broken or not may_be_recording(text, at):
            yield _captured(data, broken, at)
            return
        captures = _one(text, None, at)
    else:
        captures = contents(lambda: buffered(_Utf8(reader)), at)
    told = problem((), "the text is UTF-16, not UTF-8", help="Save the file as UTF-8, without a byte-order mark.")
    yield from _with_defects(captures, [Defect("CAP007", told)])


# Containers.


def _compressed(reader: io.BufferedReader, at: At) -> Iterator[Capture]:
    from sessionlint.intake.compressed import COMPRESSED_FILES, expanding

    head = reader.peek(CHUNK)
    compression = next(each for each in COMPRESSED_FILES if head.startswith(each.start))
    inside = at._replace(depth=at.depth + 1)
    return contents(lambda: expanding(reader, compression, at.input), inside)


def _tar(reader: io.BufferedReader, at: At) -> Iterator[Capture]:
    from sessionlint.intake.tar_archive import tar_members

    names: Counter[str] = Counter()
    for member in tar_members(reader, at.input):
        yield from _member(at, member.name, member.refused, partial(buffered, member.data), names)
    if not names:
        yield _empty(at)


def _zip(reader: io.BufferedReader, at: At) -> Iterator[Capture]:
    from sessionlint.intake.zip_archive import zip_data, zip_members

    file: io.BufferedIOBase = reader
    if not reader.seekable():
        data, broken = _whole(reader, at)
        if broken:
            broken.told = True  # by the archive, which will lack its directory
        file = io.BytesIO(data)
    names: Counter[str] = Counter()
    for member in zip_members(file, at.input):
        yield from _member(at, member.name, member.refused, partial(zip_data, file, member, at.input), names)
        if at.input.exhausted:
            raise at.input.exhausted
    if not names:
        yield _empty(at)


def _member(
    at: At, name: str, refused: str | None, open: Callable[[], io.BufferedReader], names: Counter[str]
) -> Iterator[Capture]:
    name = name.removeprefix("./")  # as `tar -c .` writes them
    names[name] += 1
    here = at.member(name, names[name])
    if not at.input.wants(here.address):
        return
    if at.input.excluded(here.address):
        yield here.capture(skipped=EXCLUDED)
    elif told := unsafe_name(name):
        yield here.capture(b"", unsafe(told))
    elif reason := passed_over(name):
        yield here.capture(skipped=reason)
    elif refused:
        yield here.capture(b"", unsafe(f"the member is {refused}, which is not followed"))
    else:
        yield from contents(open, here)


def _empty(at: At) -> Capture:
    return at.capture(b"", Defect("CAP002", problem((), "the archive holds no file")))


def _har(reader: io.BufferedReader, at: At) -> Iterator[Capture]:
    from sessionlint.intake.har import har_answers

    data, broken = _whole(reader, at)
    read = har_answers(data, at.input)
    if read is None:
        yield _captured(data, broken, at)
        return
    del data  # the answers have it all
    answers, defects = read
    entries, too_many = _counted(answers, at)
    is_cut = any(each.rule == "CAP004" for each in defects)
    if is_cut and entries and not entries[-1].body().data:
        entries.pop()
    if not (entries or defects):
        yield at.capture(b"", Defect("CAP002", problem((), "the HAR file holds no exchange")))
    yield from _answers("har", entries, at)
    if defects:
        is_ours = at.origin != "folder" or at.input.has_evidence
        yield at.capture(b"", *defects) if is_ours else at.capture(skipped=ANOTHER_KIND)
    if broken := too_many or broken:
        raise broken


def _http(reader: io.BufferedReader, at: At) -> Iterator[Capture]:
    from sessionlint.intake.http_dump import http_answers

    data, broken = _whole(reader, at)
    answers, too_many = _counted(http_answers(data, at.input), at)
    if not answers:
        yield from _text(data, broken, at)
        return
    del data
    yield from _answers("http", answers, at)
    if broken := too_many or broken:
        raise broken


def _counted(answers: Iterable["Answer"], at: At) -> tuple[list["Answer"], Broken | None]:
    """As many answers as an archive may have members."""
    counted: list[Answer] = []
    try:
        for answer in answers:
            at.input.count_member()
            counted.append(answer)
    except Broken as broken:
        return counted, broken
    return counted, None


def _answers(source: Source, answers: list["Answer"], at: At) -> Iterator[Capture]:
    from sessionlint.intake.exchanges import final_answers

    for answer in final_answers(source, answers, at):
        if isinstance(answer, Capture):
            yield answer
        else:
            captures = _with_defects(contents(partial(reader_of, answer.body), answer.at), answer.defects)
            yield from captures if answer.line is None else (each.in_file(answer.line) for each in captures)


def _with_defects(captures: Iterable[Capture], defects: Iterable[Defect]) -> Iterator[Capture]:
    """The captures, of which the first that is not skipped has these defects too."""
    left = tuple(defects)
    for capture in captures:
        if left and not capture.skipped:
            yield capture._replace(defects=(*capture.defects, *left))
            left = ()
        else:
            yield capture
