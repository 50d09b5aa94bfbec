"""One capture in, its findings and counts out: intake's captures through decode, schema and rules."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Literal, NamedTuple, TypeAlias

from sessionlint.capture import THIS_API, Capture
from sessionlint.corpus import Corpus, Identity, Repeat
from sessionlint.decode import Undecodable, decode
from sessionlint.document import BROKEN_TEXT, Document, pointer
from sessionlint.engine import Engine
from sessionlint.finding import SEVERITIES, Defect, Finding, Path, Problem, problem
from sessionlint.intake.names import says_capture
from sessionlint.limits import Limits
from sessionlint.recognise import Part, has_evidence, inside, nearest
from sessionlint.summary import Summary

Foreign: TypeAlias = Literal["report", "skip"]

_NOT_READ = ("CAP001", "CAP002", "CAP015", "CAP016")
"""Rules by which something is absent or was not read: more may be lost than the one capture that tells it."""
_STARTS_OF_DOCUMENTS = (b"{", b"[", b"<", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\x00")


class Result(NamedTuple):
    """What became of one capture: checked (``payloads`` is 1), unreadable, or skipped for a reason."""

    capture: str
    """Its address."""
    findings: list[Finding]
    payloads: int = 0
    sessions: int = 0
    obstacle: str | None = None
    """Of an unreadable one, the rule that says why: others may be broken too, and keep nobody from reading."""
    skipped: str | None = None
    suppressed: int = 0
    """Findings that are not told because they are known."""
    continues: bool = False
    """Whether it is more of the capture before: a long response comes in stretches."""
    identities: tuple[Identity, ...] = ()
    """Its sessions, where they are to be compared with those of other captures."""

    @property
    def unreadable(self) -> bool:
        """Whether no payload could be made of it."""
        return self.obstacle is not None


class Examined(NamedTuple):
    """A result with what it was made from, for those who want more than findings."""

    result: Result
    document: Document | None = None
    readable: Sequence[Part] = ()
    """The responses and bare sessions in the document, as rules see them."""


def lint(
    engine: Engine,
    captures: Iterable[Capture],
    *,
    limits: Limits = Limits(),
    foreign: Foreign = "report",
    corpus: Corpus | None = None,
) -> Iterator[Result]:
    """The results of the captures, in their order; sessions are compared with those that ``corpus`` knows."""
    corpus = corpus if corpus is not None else Corpus()
    for capture in captures:
        yield compared(engine, capture, examine(engine, capture, limits, foreign), corpus).result


def compared(engine: Engine, capture: Capture, examined: Examined, corpus: Corpus) -> Examined:
    """The same, with what is to say of its sessions that ``corpus`` knows; it gets to know the others."""
    repeats = corpus.see(capture.address, examined.result.identities)
    return examined._replace(result=with_repeats(engine, capture, repeats, examined)) if repeats else examined


def with_repeats(engine: Engine, capture: Capture, repeats: Sequence[Repeat], examined: Examined) -> Result:
    """The result of a capture with what is to say of its sessions that came before in the run."""
    findings = [*examined.result.findings, *engine.repeated(capture, repeats, examined.document)]
    return examined.result._replace(findings=sorted(findings, key=_place))


def _place(finding: Finding) -> tuple[int, int, int, int, str]:
    return (finding.line or 0, finding.column or 0, finding.end_line or 0, finding.end_column or 0, finding.rule)


def examine(engine: Engine, capture: Capture, limits: Limits = Limits(), foreign: Foreign = "report") -> Examined:
    """The result of one capture, and what is in it."""
    examined = _examine(engine, capture, limits, foreign)
    if capture.stretch is None:
        return examined
    return examined._replace(result=examined.result._replace(payloads=0, obstacle=None, continues=True))


def _examine(engine: Engine, capture: Capture, limits: Limits, foreign: Foreign) -> Examined:
    if capture.skipped:
        return Examined(Result(capture.address, [], skipped=capture.skipped))
    if capture.exchange:
        from sessionlint.exchange import refusal

        if refused := refusal(capture.exchange):
            return _unreadable(engine, capture, refused)
    if not capture.named:
        return _examine_met(engine, capture, limits, foreign)
    if capture.defects and not capture.data:
        return _unreadable(engine, capture)
    decoded = decoded_capture(capture, limits)
    if isinstance(decoded, Document):
        return examine_document(engine, decoded, capture, foreign)
    # An SVG drawing with a DOCTYPE, which is refused, is no more of a payload than one without.
    if foreign == "skip" and not has_evidence(capture.data) and not _is_telling(decoded):
        return _passed_over(engine, capture, "another kind of file")
    return _unreadable(engine, capture, *decoded.defects)


def decoded_capture(capture: Capture, limits: Limits) -> Document | Undecodable:
    """The document in a capture, or in a stretch of a long one."""
    stretch = capture.stretch
    is_recorded = capture.exchange is not None and capture.exchange.source == "recording"
    # What the name promises was told of the first stretch; that of a recording promises nothing of bodies.
    decoded = decode(capture.data, "" if stretch or is_recorded else capture.name, limits)
    before = capture.first_line - 1
    if stretch is None and not (before and decoded.defects):
        return decoded
    from sessionlint.decode.stretch import StretchDocument, below, moved

    if isinstance(decoded, Document):
        document = StretchDocument(decoded, stretch) if stretch else decoded
        document.defects = below(document.defects, before)
        return document
    defects = moved(decoded.defects, stretch) if stretch else decoded.defects
    return Undecodable(below(defects, before))


def _examine_met(engine: Engine, capture: Capture, limits: Limits, foreign: Foreign) -> Examined:
    """The result of a file or a member that nobody named: only a candidate may have findings."""
    is_of_this_api = capture.exchange is not None and THIS_API in (capture.exchange.url or "")
    is_named_so = is_of_this_api or says_capture(capture.name)
    if capture.defects and not capture.data:
        return _unreadable(engine, capture) if is_named_so else _passed_over(engine, capture, "cannot be read")
    is_evident = capture.stretch is not None or has_evidence(capture.data)  # of a stretch, the first was looked at
    # What is known to be the answer of another API was passed over.
    is_promised = is_named_so or capture.exchange is not None
    could_be_payload = is_promised or (is_evident and capture.data.lstrip().startswith(_STARTS_OF_DOCUMENTS))
    if not could_be_payload and not (is_evident and _may_quote(capture)):
        return _passed_over(engine, capture, "another kind of file")
    decoded = decoded_capture(capture, limits)
    if isinstance(decoded, Document):
        if not could_be_payload and not decoded.parts:
            return _passed_over(engine, capture, "another kind of file")
        return examine_document(engine, decoded, capture, foreign if is_of_this_api else "skip")
    # Without evidence, what is named like a capture, or is an answer, is told of if there is nothing in it, or a page in
    # its place, if it is a line or an exchange among others in a dump, or if it was asked of this API.
    is_among_others = capture.origin == "archive" and bool(capture.file)
    if is_promised and (is_evident or is_among_others or _is_telling(decoded) or is_of_this_api):
        return _unreadable(engine, capture, *decoded.defects)
    return _passed_over(engine, capture, "another kind of file")


def _may_quote(capture: Capture) -> bool:
    """Whether a text that speaks of payloads may be a mail or the like with one; in folders, programs and guides do."""
    if capture.origin == "archive":
        return True
    from sessionlint.decode.wrappers import without_line_starts

    return without_line_starts(capture.data) is not None


def _passed_over(engine: Engine, capture: Capture, reason: str) -> Examined:
    """The result of what nobody asked for: skipped, unless it is a part of a dump that could not be read.

    That may have been anything, and is not to be lost.
    """
    is_in_a_dump = capture.origin == "archive" or capture.is_beside_evidence
    if is_in_a_dump and any(each.rule in _NOT_READ for each in capture.defects):
        return _unreadable(engine, capture)
    return Examined(Result(capture.address, [], skipped=reason))


def _is_telling(decoded: Undecodable) -> bool:
    """Whether nothing, or a page, is in a payload's place."""
    return any(defect.rule in ("CAP002", "CAP009") for defect in decoded.defects)


def lint_document(engine: Engine, document: Document, capture: Capture, foreign: Foreign) -> Result:
    """The result of a capture that is decoded already, and has no others beside it."""
    return compared(engine, capture, examine_document(engine, document, capture, foreign), Corpus()).result


def examine_document(engine: Engine, document: Document, capture: Capture, foreign: Foreign) -> Examined:
    """The result of a capture that is decoded already, and what is in it."""
    if capture.exchange:
        from sessionlint.exchange import contradictions

        document.defects += contradictions(capture.exchange, document)
    checked = engine.check(document, capture)
    if checked is not None:
        result = Result(capture.address, checked.findings, 1, checked.sessions, identities=checked.identities)
        return Examined(result, document, checked.readable)
    from sessionlint.exchange import error_answer

    answer = error_answer(document.tree)
    # What is broken may have been a payload, if anything says so.
    broken: tuple[Defect, ...] = ()
    if not answer and has_evidence(capture.data):
        broken = tuple(each for each in document.defects if each.rule in BROKEN_TEXT)
    held = inside(document.tree) if has_evidence(capture.data) else None
    if foreign == "skip" and not (answer or broken or (held and capture.origin == "archive")):
        return _passed_over(engine, capture, "not a payload")
    words = answer or _no_response(document, held)
    defect = Defect("CAP008" if answer else "CAP012", words, document.spans([()]).get(()))
    return _unreadable(engine, capture, *broken, defect, document=document)


def _no_response(document: Document, held: tuple[Path, bool] | None) -> Problem:
    """What a document is that is no response, and where one is in it."""
    words = f"not a response with user session details, but {nearest(document.tree)}"
    if held is None:
        return problem((), words)
    path, is_text = held
    place = " in the text at {}" if is_text else " at {}"
    return problem(
        (),
        f"{words}, which holds one{place}",
        pointer(path),
        help="Take it out with sessionlint extract, and check that.",
    )


def _unreadable(engine: Engine, capture: Capture, *defects: Defect, document: Document | None = None) -> Examined:
    findings = engine.report(capture, (*capture.defects, *defects), document)
    # What was found last is what ended the reading; of what intake found, a capture's own defect comes first.
    obstacle = (*capture.defects[:1], *defects)[-1]
    return Examined(Result(capture.address, findings, obstacle=obstacle.rule))


def reported(
    results: Iterable[Result], ignored: Callable[[Finding], bool], known: Callable[[Finding], bool]
) -> Iterator[Result]:
    """The results without the findings that are ``ignored``, and without those that are ``known``, which are counted."""
    for result in results:
        if not result.findings:
            yield result
            continue
        wanted = [finding for finding in result.findings if not ignored(finding)]
        findings = [finding for finding in wanted if not known(finding)]
        yield result._replace(findings=findings, suppressed=len(wanted) - len(findings))


class Totals:
    """Counts results as they come; those of successive parts of an input can be merged."""

    def __init__(self) -> None:
        self._captures = self._payloads = self._sessions = self._unreadable = self._suppressed = 0
        self._skipped: Counter[str] = Counter()
        self._severities: Counter[str] = Counter()
        self._rules: Counter[str] = Counter()

    def add(self, result: Result) -> None:
        """Counts one more."""
        self._captures += not result.continues
        self._payloads += result.payloads
        self._sessions += result.sessions
        self._unreadable += result.unreadable
        self._suppressed += result.suppressed
        if result.skipped and not result.continues:
            self._skipped[result.skipped] += 1
        for finding in result.findings:
            self._severities[finding.severity] += 1
            self._rules[finding.rule] += 1

    @property
    def findings(self) -> int:
        """How many findings there were."""
        return self._severities.total()

    def merge(self, other: "Totals") -> None:
        """Takes in what another one counted."""
        self._captures += other._captures
        self._payloads += other._payloads
        self._sessions += other._sessions
        self._unreadable += other._unreadable
        self._suppressed += other._suppressed
        self._skipped.update(other._skipped)
        self._severities.update(other._severities)
        self._rules.update(other._rules)

    def summary(self, seconds: float) -> Summary:
        """The counts so far."""
        return Summary(
            captures=self._captures,
            payloads=self._payloads,
            sessions=self._sessions,
            unreadable=self._unreadable,
            skipped=dict(sorted(self._skipped.items())),
            findings={name: self._severities[name] for name in SEVERITIES},
            rules=dict(sorted(self._rules.items())),
            suppressed=self._suppressed,
            seconds=seconds,
        )
