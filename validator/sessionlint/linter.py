"""One capture in, its findings and counts out: intake's captures through decode, schema and rules."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Literal, NamedTuple, TypeAlias

from sessionlint.capture import Capture
from sessionlint.decode import Undecodable, decode
from sessionlint.decode.limits import Limits
from sessionlint.document import Document
from sessionlint.engine import Engine
from sessionlint.finding import Defect, Finding, problem
from sessionlint.recognise import nearest
from sessionlint.summary import Summary

Foreign: TypeAlias = Literal["report", "skip"]

_EVIDENCE = (b"userSession", "userSession".encode("utf-16-le"), "userSession".encode("utf-16-be"))
_NAMES_OF_CAPTURES = (".json", ".xml", ".jsonl", ".ndjson", ".har", ".http")
_STARTS_OF_DOCUMENTS = (b"{", b"[", b"<", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\x00")


class Result(NamedTuple):
    """What became of one capture: checked (``payloads`` is 1), unreadable, or skipped for a reason."""

    capture: str
    """Its address."""
    findings: list[Finding]
    payloads: int = 0
    sessions: int = 0
    unreadable: bool = False
    skipped: str | None = None
    suppressed: int = 0
    """Findings that are not told because they are known."""


def lint(
    engine: Engine, captures: Iterable[Capture], *, limits: Limits = Limits(), foreign: Foreign = "report"
) -> Iterator[Result]:
    """The results of the captures, in their order."""
    return (_lint(engine, capture, limits, foreign) for capture in captures)


def _lint(engine: Engine, capture: Capture, limits: Limits, foreign: Foreign) -> Result:
    if capture.skipped:
        return Result(capture.address, [], skipped=capture.skipped)
    if not capture.named:
        return _lint_met(engine, capture, limits)
    if capture.defects and not capture.data:
        return Result(capture.address, engine.report(capture, capture.defects), unreadable=True)
    decoded = decode(capture.data, capture.name, limits)
    if isinstance(decoded, Undecodable):
        return Result(capture.address, engine.report(capture, decoded.defects), unreadable=True)
    return lint_document(engine, decoded, capture, foreign)


def _lint_met(engine: Engine, capture: Capture, limits: Limits) -> Result:
    """The result of a file that nobody named: only a candidate may have findings."""
    says_capture = capture.name.lower().endswith(_NAMES_OF_CAPTURES)
    if capture.defects and not capture.data:
        if says_capture:
            return Result(capture.address, engine.report(capture, capture.defects), unreadable=True)
        return Result(capture.address, [], skipped="cannot be read")
    has_evidence = any(evidence in capture.data for evidence in _EVIDENCE)
    could_be_payload = has_evidence and capture.data.lstrip().startswith(_STARTS_OF_DOCUMENTS)
    if not says_capture and not could_be_payload:
        return Result(capture.address, [], skipped="another kind of file")
    decoded = decode(capture.data, capture.name, limits)
    if isinstance(decoded, Document):
        return lint_document(engine, decoded, capture, "skip")
    # Without evidence, a file that is named like a capture is told of if there is nothing in it, or a
    # page in its place.
    if says_capture and (has_evidence or any(defect.rule in ("CAP002", "CAP009") for defect in decoded.defects)):
        return Result(capture.address, engine.report(capture, decoded.defects), unreadable=True)
    return Result(capture.address, [], skipped="another kind of file")


def lint_document(engine: Engine, document: Document, capture: Capture, foreign: Foreign = "report") -> Result:
    """The result of a capture that is decoded already."""
    checked = engine.check(document, capture)
    if checked is not None:
        return Result(capture.address, checked.findings, 1, checked.sessions)
    if foreign == "skip":
        return Result(capture.address, [], skipped="not a payload")
    words = problem((), f"not a response with user session details, but {nearest(document.tree)}")
    defect = Defect("CAP012", words, document.spans([()]).get(()))
    return Result(capture.address, engine.report(capture, [defect], document), unreadable=True)


def told(
    results: Iterable[Result], ignored: Callable[[Finding], bool], known: Callable[[Finding], bool]
) -> Iterator[Result]:
    """The results without the findings that nobody wants to hear of, and without those that are known."""
    for result in results:
        if not result.findings:
            yield result
            continue
        wanted = [finding for finding in result.findings if not ignored(finding)]
        findings = [finding for finding in wanted if not known(finding)]
        yield result._replace(findings=findings, suppressed=len(wanted) - len(findings))


class Tally:
    """Counts results as they come."""

    def __init__(self) -> None:
        self._captures = self._payloads = self._sessions = self._unreadable = self._suppressed = 0
        self._skipped: Counter[str] = Counter()
        self._severities: Counter[str] = Counter()
        self._rules: Counter[str] = Counter()

    def add(self, result: Result) -> None:
        """Counts one more."""
        self._captures += 1
        self._payloads += result.payloads
        self._sessions += result.sessions
        self._unreadable += result.unreadable
        self._suppressed += result.suppressed
        if result.skipped:
            self._skipped[result.skipped] += 1
        for finding in result.findings:
            self._severities[finding.severity] += 1
            self._rules[finding.rule] += 1

    def summary(self, seconds: float) -> Summary:
        """The counts so far."""
        return Summary(
            captures=self._captures,
            payloads=self._payloads,
            sessions=self._sessions,
            unreadable=self._unreadable,
            skipped=dict(sorted(self._skipped.items())),
            findings={name: self._severities[name] for name in ("error", "warning", "info")},
            rules=dict(sorted(self._rules.items())),
            suppressed=self._suppressed,
            seconds=seconds,
        )
