"""What the tests of intake share: archives made in memory, and captures as short rows."""

import gzip
import io
import json
import sys
import tarfile
import warnings
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sessionlint.capture import Capture
from sessionlint.intake.files import captures
from sessionlint.limits import Limits, limit_name

PAYLOAD = b'{"userSessions": [{"userSessionId": "07625:1490529480:h3qJQTpl"}]}'
XML = b"<response><userSessions><userSessionId>1</userSessionId></userSessions></response>"
PAGE = b"<!doctype html><title>Sign in</title>"
LIMITS = [limit_name(field) for field in Limits._fields]
URL = "https://api.thousandeyes.com/v6/endpoint-data/user-sessions/07625:1490529480:h3qJQTpl.json"

Row = tuple[str, str]
"""The end of an address, and what became of it: ``data``, why it was skipped, or the ids of the rules."""


def rows(path: Path, limits: Limits = Limits(), **options: Any) -> list[Row]:
    """The captures of one file or folder; addresses start after its name and ``!/``, or ``/``."""
    start = len(path.as_posix())
    return [
        (capture.address[start:].lstrip("!/"), outcome(capture)) for capture in captures([str(path)], limits, **options)
    ]


def outcome(capture: Capture) -> str:
    """What became of a capture: ``data``, ``data CAP016``, ``CAP016``, ``empty``, or the reason why it was skipped."""
    if capture.skipped:
        assert not capture.data
        assert not capture.defects
        return capture.skipped
    words = ["data"] if capture.data else []
    words += [defect.rule for defect in capture.defects]
    return " ".join(words) or "empty"


def words_of(capture: Capture) -> str:
    """All that findings may say of a capture beside its data: no secret may be in it."""
    return repr(capture._replace(data=b""))


def zipped(members: Iterable[tuple[str, bytes]] | dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip archive; names may repeat."""
    file = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(file, "w", method) as archive:
        warnings.simplefilter("ignore", UserWarning)  # a name twice
        for name, data in members.items() if isinstance(members, dict) else members:
            archive.writestr(name, data)
    return file.getvalue()


def tarred(
    members: Iterable[tuple[str, bytes]] | dict[str, bytes], *infos: tarfile.TarInfo, format: int = tarfile.PAX_FORMAT
) -> bytes:
    """A tar archive, with more members that have no data."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=format, errors="surrogateescape") as archive:
        for name, data in members.items() if isinstance(members, dict) else members:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
        for info in infos:
            archive.addfile(info)
    return file.getvalue()


def zstandard(data: bytes) -> bytes:
    """Compressed by Zstandard, with a checksum."""
    if sys.version_info >= (3, 14):
        from compression.zstd import CompressionParameter, compress
    else:
        from backports.zstd import CompressionParameter, compress
    return compress(data, options={CompressionParameter.checksum_flag: 1})


def special(name: str, type: bytes, target: str = "") -> tarfile.TarInfo:
    """A link, device or pipe for `tarred`."""
    info = tarfile.TarInfo(name)
    info.type = type
    info.linkname = target
    return info


def har(*entries: dict[str, Any]) -> bytes:
    """A HAR file as browsers write it."""
    log = {"version": "1.2", "creator": {"name": "test", "version": "1"}, "entries": list(entries)}
    return json.dumps({"log": log}, indent=2).encode()


def entry(url: str = URL, status: int = 200, text: str | None = PAYLOAD.decode(), **more: Any) -> dict[str, Any]:
    """An entry of a HAR file; ``request``, ``response`` and ``content`` add to its parts."""
    content: dict[str, Any] = {"size": 1, "mimeType": "application/json"}
    if text is not None:
        content["text"] = text
    content |= more.get("content", {})
    return {
        "request": {"method": "GET", "url": url, "headers": [], "cookies": []} | more.get("request", {}),
        "response": {"status": status, "statusText": "", "headers": [], "cookies": [], "content": content}
        | more.get("response", {}),
    }


def headers(**values: str) -> dict[str, Any]:
    """Headers of a HAR message: ``Set_Cookie="…"``."""
    return {"headers": [{"name": name.replace("_", "-"), "value": value} for name, value in values.items()]}


def response(body: bytes, *lines: str, status: str = "200 OK", end: bytes = b"\r\n") -> bytes:
    """An HTTP/1.1 response."""
    head = [f"HTTP/1.1 {status}", *lines, "", ""]
    return end.join(line.encode("latin-1") for line in head) + body


def chunked(body: bytes, size: int = 20) -> bytes:
    """A body in chunks."""
    chunks = (body[start : start + size] for start in range(0, len(body), size))
    return b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"


def support_dump() -> bytes:
    """A dump with all that a support dump holds: an archive in an archive, good and bad members."""
    inner = tarred(
        {
            "a.har": har(
                entry(),
                entry("https://other.example/logo.png", text="x"),
                entry(status=401, text='{"errorMessage":"no"}'),
            ),
            "many.jsonl": PAYLOAD + b"\n\n{\n" + PAYLOAD,
            "a.xml": XML,
            "pretty.json": json.dumps(json.loads(PAYLOAD), indent=2).encode(),
            "login.html": PAGE,
            "cut.json": PAYLOAD[:-10],
            "photo.png": b"\x89PNG\r\n\x1a\n\0\0",
        }
    )
    return zipped({"host7/inner.tar.gz": gzip.compress(inner), "host7/a.http": response(PAYLOAD), "__MACOSX/._a": b"x"})


def bad_dump() -> bytes:
    """`support_dump` in another archive, beside an encrypted member, one with a bad checksum, and a login page."""
    locked = _changed(zipped({"locked.json": PAYLOAD}), b"PK\1\2", 8, b"\1\0")
    broken = _changed(zipped({"broken.json": PAYLOAD}), b"PK\1\2", 16, b"oops")
    return zipped({"dump.zip": support_dump(), "locked.zip": locked, "broken.zip": broken, "page.json": PAGE})


def _changed(data: bytes, where: bytes, offset: int, value: bytes) -> bytes:
    start = data.index(where) + offset
    return data[:start] + value + data[start + len(value) :]
