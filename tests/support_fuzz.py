"""What is fuzzed: bytes as a file of some name, through intake, decode, schema, rules, reports and a triage.

The first byte of an input chooses the file's name, what it is packed in and how it was met; the rest is the file.
"""

import gzip
import io
import json
import tarfile
import zipfile
from collections.abc import Callable
from typing import Final

from sessionlint.capture import Capture, Origin
from sessionlint.config import Config
from sessionlint.engine import Engine
from sessionlint.escape import printable
from sessionlint.intake.content import contents, reader_of
from sessionlint.intake.source import At, Input
from sessionlint.intake.stretches import stretches
from sessionlint.linter import Result, Totals, examine, lint
from sessionlint.report import FORMATS, reporter
from sessionlint.triage.command import new_collectors, renderer

_LIMITS: Final = {
    "document-bytes": 50_000,
    "expanded-bytes": 500_000,
    "members": 50,
    "container-depth": 4,
    "nesting": 30,
    "findings": 60,
}
CONFIG: Final = Config(select=("ALL",), limits=_LIMITS)
LIMITS: Final = CONFIG.all_limits()
NAMES: Final = ("a.json", "a", "a.xml", "a.jsonl", "a.har", "a.http", "a.zip", "a.log")
_LONGEST_WORDS: Final = 20_000


def _zipped(data: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.json", data)
    return file.getvalue()


def _tarred(data: bytes) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        member = tarfile.TarInfo("a.json")
        member.size = len(data)
        archive.addfile(member, io.BytesIO(data))
    return file.getvalue()


def _as_har(data: bytes) -> bytes:
    content = {"mimeType": "application/json", "text": data.decode("latin-1")}
    exchange = {"request": {"method": "GET", "url": "x"}, "response": {"status": 200, "content": content}}
    return json.dumps({"log": {"entries": [exchange]}}).encode()


PACKINGS: Final[tuple[Callable[[bytes], bytes], ...]] = (
    lambda data: data,
    gzip.compress,
    _zipped,
    _tarred,
    _as_har,
    lambda data: b"HTTP/1.1 200 OK\r\n\r\n" + data,
    lambda data: json.dumps(data.decode("latin-1")).encode(),
    lambda data: data.decode("latin-1").encode("utf-16"),
)
WAYS: Final[tuple[tuple[Origin, bool], ...]] = (
    ("named", False),
    ("archive", False),
    ("folder", False),
    ("named", True),
)
"""How a file was met, and whether a response comes in stretches."""
STRETCH: Final = 100


class Target:
    """A linter with all rules, and what must hold of whatever it reads."""

    def __init__(self) -> None:
        self._engine = Engine(CONFIG.options()._replace(excerpts=True))
        self._collectors = new_collectors(CONFIG)
        self._renderers = [renderer(name) for name in ("text", "json", "markdown")]

    def __call__(self, data: bytes) -> list[Result]:
        """The results of an input; raises `AssertionError`, or whatever the linter raises."""
        choice = data[0] if data else 0
        name = NAMES[choice % len(NAMES)]
        packed = PACKINGS[choice // len(NAMES) % len(PACKINGS)](data[1:])
        origin, is_long = WAYS[choice // len(NAMES) // len(PACKINGS)]
        at = At(Input(LIMITS, len(packed)), name, name, origin)
        captures = list(contents(lambda: reader_of(packed), at))
        assert captures
        read = [capture.address for capture in captures if capture.data]
        assert len(set(read)) == len(read), "two captures have one address"
        parts = [part for each in captures for part in (is_long and stretches(each, STRETCH)) or (each,)]
        results = list(lint(self._engine, parts, limits=LIMITS))
        check(results, len(captures))
        self._check_triage(parts, results)
        return results

    def _check_triage(self, captures: list[Capture], results: list[Result]) -> None:
        """A triage counts what a check counts, and can be written."""
        collector, totals = self._collectors(), Totals()
        for capture, result in zip(captures, results, strict=True):
            totals.add(result)
            collector.see(capture, *examine(self._engine, capture, LIMITS))
        triage, checked = collector.contents(), totals.summary(0)
        for count in ("captures", "payloads", "sessions", "unreadable", "skipped"):
            assert getattr(triage.summary, count) == getattr(checked, count), count
        for render in self._renderers:
            written(render(triage))


def check(results: list[Result], captures: int) -> None:
    """What holds of every run."""
    totals = Totals()
    reporters = [reporter(name) for name in FORMATS]
    for each in reporters:
        written(each.begin())
    for result in results:
        totals.add(result)
        for each in reporters:
            if result.skipped is None:
                written(each.capture(result.capture))
            for finding in result.findings:
                written(each.finding(finding))
        check_findings(result)
    summary = totals.summary(0)
    assert summary.captures == captures
    assert summary.captures == summary.payloads + summary.unreadable + sum(summary.skipped.values()), summary
    assert all(summary.skipped), "skipped for no reason"
    for each in reporters:
        written(each.end(summary))


def check_findings(result: Result) -> None:
    """What holds of every finding."""
    fingerprints = [finding.fingerprint for finding in result.findings]
    assert len(set(fingerprints)) == len(fingerprints), "two findings have one fingerprint"
    places = []
    for finding in result.findings:
        assert finding.rule != "INT001", finding
        assert finding.capture == result.capture
        assert finding.address.startswith(f"{result.capture}!")
        assert finding.message == printable(finding.message)
        assert len(finding.message) < _LONGEST_WORDS
        if finding.help:
            assert not finding.help[0].islower(), "a remedy is a sentence"
            assert finding.help[-1] in ".)", "a remedy is a sentence"
        if finding.line is not None:
            assert finding.column is not None
            assert finding.end_line is not None
            assert finding.end_column is not None
            assert (1, 1) <= (finding.line, finding.column) <= (finding.end_line, finding.end_column), finding
        places.append((finding.line or 0, finding.column or 0))
    assert places == sorted(places), "findings do not come by position"


def written(text: str) -> None:
    """Text that a report hands on can be written."""
    text.encode()
