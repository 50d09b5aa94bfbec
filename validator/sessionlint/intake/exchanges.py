"""Answers of HTTP exchanges: which of them are final answers of this API, and what is known of each."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Literal, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

from sessionlint.capture import THIS_API, Capture, Exchange, Source
from sessionlint.credentials import Kind, defects_of, of_headers, without_secrets
from sessionlint.finding import Defect, problem
from sessionlint.intake.bodies import Body
from sessionlint.intake.source import At
from sessionlint.recognise import has_evidence

Headers = Sequence[tuple[str, str]]

_SESSION = re.compile(rf"{THIS_API}/([^/]+)")
_DETAILS = re.compile(rf"{THIS_API}/(?=[^/?]*[:{{])[^/?]*+(?:\?|$)")
"""The path of one session: its id has colons, or a variable stands for it."""
_OPEN = re.compile(r"\A:|[{}*+\[\]()\\|^$\s]")
"""What a variable or a pattern has, and no value: a plus sign is a blank in a query."""
_VENDOR = "thousandeyes"
_PAGE = re.compile(rb"<(?:!doctype\s+html|html)", re.IGNORECASE)


class Answer(NamedTuple):
    """One answer in a HAR file or an HTTP dump, with the request as far as it is known."""

    place: str
    """Its part of the address."""
    status: int | None
    body: Callable[[], Body]
    reason: str = ""
    headers: Headers = ()
    method: str | None = None
    url: str | None = None
    request_headers: Headers = ()
    credentials: frozenset[Kind] = frozenset()
    """Those that were found around it, beside the headers and the URL."""
    line: int | None = None
    """Of a body that is a part of the file's own text, the line it starts on; its columns are the file's too."""
    may_be_template: bool = False
    """Whether a mock fills in what stands in double braces in the body."""


class Final(NamedTuple):
    """A final answer of this API."""

    at: At
    body: bytes
    defects: Sequence[Defect]
    line: int | None
    """As `Answer` has it."""


def final_answers(source: Source, answers: Sequence[Answer], at: At) -> Iterator[Capture | Final]:
    """The answers that count, and a skipped capture for each of the others.

    The credentials of those that are skipped are told with the first that is not.
    """
    reasons = [_reason_to_skip(source, *pair) for pair in zip_longest(answers, answers[1:])]
    others: set[Kind] = set()
    for answer, reason in zip(answers, reasons, strict=True):
        if reason:
            others |= _credentials(answer)
    for answer, reason in zip(answers, reasons, strict=True):
        here = at._replace(address=f"{at.address}!/{answer.place}", depth=at.depth + 1)
        if reason:
            yield here.capture(skipped=reason)
            continue
        here = here._replace(exchange=_exchange(source, answer))
        defects = defects_of(_credentials(answer) | others)
        others = set()
        body = answer.body()
        if body.defect:
            defects.insert(0, body.defect)
        elif not body.data and (answer.status is None or answer.status < 400):
            told = "the HAR file has no body for this answer" if source == "har" else "the answer has no body"
            defects.insert(0, Defect("CAP002", problem((), told)))
        yield Final(here, body.data, defects, answer.line)


def header(headers: Headers, name: str) -> str:
    """The values of a header, joined."""
    return ", ".join(value for other, value in headers if other.lower() == name)


def _reason_to_skip(source: Source, answer: Answer, following: Answer | None) -> str | None:
    status = answer.status
    if source == "recording" and (meant := _reason_of_mock(answer)):
        return meant
    if status is not None:
        if answer.method == "OPTIONS":
            return "preflight"
        if answer.method == "HEAD":
            return "headers alone"
        if answer.method == "CONNECT" or (following and "connection established" in answer.reason.lower()):
            return "proxy connection"
        if status < 100:
            return "no answer"
        if status < 200:
            return "interim response"
        if status == 304 and not answer.body().data:
            return "not modified"
        if 300 <= status < 400 and status != 304 and (source == "har" or following):
            return "redirect"
        if status in (401, 407) and following and _is_same_request(answer, following):
            return "authentication challenge"
    if answer.url is None or THIS_API in unquote(answer.url) or _holds_payload(answer.body().data):
        return None
    return "another API" if _VENDOR in answer.url.lower() else "another host"


def _reason_of_mock(answer: Answer) -> str | None:
    """A mock answers with an error, or with what is in another file, because it is meant to."""
    if answer.status is not None and answer.status >= 400:
        return "error answer"
    body = answer.body()
    if not (body.data or body.defect):
        return "no body"
    if answer.may_be_template and b"{{" in body.data:
        return "template"
    return None if is_session(answer) else "another API"


def is_session(answer: Answer) -> bool:
    """Whether an answer of a mock has session details, or should have by its address: there are lists, too."""
    return _holds_payload(answer.body().data) or _DETAILS.search(unquote(answer.url or "")) is not None


def _is_same_request(one: Answer, other: Answer) -> bool:
    return (one.method, one.url) == (other.method, other.url)


def _holds_payload(body: bytes) -> bool:
    start = body.lstrip()[:1024]
    return start.startswith((b"{", b"[", b"<")) and not _PAGE.match(start) and has_evidence(body)


def _credentials(answer: Answer) -> set[Kind]:
    kinds = of_headers(answer.headers) | of_headers(answer.request_headers) | answer.credentials
    return kinds | without_secrets(answer.url)[0] if answer.url else kinds


def _exchange(source: Source, answer: Answer) -> Exchange:
    media_type = header(answer.headers, "content-type").partition(";")[0].strip().lower() or None
    if answer.url is None:
        return Exchange(source, answer.status, media_type, answer.method)
    url = without_secrets(answer.url)[1]
    path, query = _split(url)
    asked = _SESSION.search(path)
    session = _given(unquote(asked[1])) if asked else None
    suffix = path.rpartition(".")[2].lower() if "." in path else ""
    formats = (suffix, query.get("format", ""), header(answer.request_headers, "accept"))
    return Exchange(
        source,
        answer.status,
        media_type,
        answer.method,
        url,
        session.removesuffix(".json").removesuffix(".xml") if session else None,
        _given(query.get("aid")),
        next((format_ for format_ in map(_format, formats) if format_), None),
    )


def _given(text: str | None) -> str | None:
    """A value in a URL, unless a variable or a pattern stands in its place: ``{id}``, ``{{id}}``, ``:id``, ``[^/]+``."""
    return None if text is None or _OPEN.search(text) else text


def _split(url: str) -> tuple[str, Mapping[str, str]]:
    """The path, still percent-encoded, and the query."""
    try:
        parts = urlsplit(url)
        return parts.path, {name: values[0] for name, values in parse_qs(parts.query, max_num_fields=100).items()}
    except ValueError:
        return "", {}


def _format(text: str) -> Literal["json", "xml"] | None:
    """The one format that a suffix, a parameter or a header names; a header that takes anything names none."""
    lower = text.lower()
    says_json, says_xml = "json" in lower, bool(re.search(r"(?<!\+)xml", lower))
    if says_json == says_xml or "*/*" in lower:
        return None
    return "json" if says_json else "xml"
