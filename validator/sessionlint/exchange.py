"""What an HTTP exchange, or the body of an error answer, tells about a document."""

from collections.abc import Iterator
from typing import Literal

from sessionlint.capture import Exchange
from sessionlint.document import Document, Json
from sessionlint.finding import START, Defect, Path, Problem, problem
from sessionlint.recognise import sessions_in

_TEXTS_OF_ERRORS = ("errorMessage", "error_description", "error", "message", "title", "detail")
"""Keys under which APIs and gateways say what went wrong."""
_DIGITS_OF_STATUS = 3
_MOST_KEYS = 8
"""An error answer is a small object."""

_MEANINGS = {
    400: "the request was not understood",
    401: "not authenticated: wrong or missing credentials",
    403: "forbidden: the account lacks the permission",
    404: "not found: no such session, or no such address",
    405: "the method is not allowed at this address",
    406: "the API cannot answer in the format that was asked for",
    407: "the proxy asks for credentials",
    408: "the request came too slowly",
    410: "gone",
    413: "the request is too large",
    415: "the API does not take the format that was sent",
    429: "too many requests: the organization's rate limit is used up",
    500: "the server failed",
    502: "a gateway got no proper answer from the server",
    503: "not available: maintenance or overload",
    504: "a gateway got no answer from the server in time",
}


def refusal(exchange: Exchange) -> Defect | None:
    """What the status of an exchange says of a capture that therefore holds no payload (`CAP008`)."""
    status = exchange.status
    if not status or status < 400:
        return None
    words = problem((), f"the answer's status is {{}}: {_meaning(status)}", status)
    return Defect("CAP008", words, START)


def _meaning(status: int) -> str:
    """What an HTTP status of 400 or more says, in a few words."""
    return _MEANINGS.get(status) or ("the server's fault" if status >= 500 else "the caller's fault")


def error_answer(tree: Json) -> Problem | None:
    """What the body of an error answer says (`CAP008`); ``None`` for any other document."""
    if not isinstance(tree, dict) or len(tree) > _MOST_KEYS:
        return None
    inner: Json = tree.get("error")
    is_inside = isinstance(inner, dict) and 0 < len(inner) <= _MOST_KEYS
    told = {**tree, **inner, "error": None} if is_inside else tree
    status = next(filter(None, (_status(told.get(key)) for key in ("status", "statusCode", "code"))), None)
    key = next((key for key in _TEXTS_OF_ERRORS if isinstance(told.get(key), str)), None)
    says_error = is_inside or (key is not None and key.startswith("error"))
    if key is not None and status is None and says_error:
        return problem((), "this is the body of an error answer: {}", told[key])
    if status is None or (key is None and not is_inside and "errorMessage" not in tree):
        return None
    words = f"this is the body of an error answer, {_meaning(status)}"
    return problem((), words) if key is None else problem((), f"{words}: {{}}", told[key])


def _status(value: Json) -> int | None:
    """The HTTP status of an error, however it is written."""
    if isinstance(value, str):
        value = int(value) if value.isdecimal() and len(value) == _DIGITS_OF_STATUS else None
    if not isinstance(value, int | float) or isinstance(value, bool) or not 400 <= value <= 599 or value % 1:
        return None
    return int(value)


def contradictions(exchange: Exchange, document: Document) -> tuple[Defect, ...]:
    """What of an exchange the document contradicts.

    That is the format that the answer's Content-Type says (`CAP010`), and what the request asked for (`CAP020`).
    """
    mismatches = tuple(Defect("CAP020", each) for each in _mismatches(exchange, document))
    promised = _format_of(exchange.media_type or "")
    if not promised or not document.format or promised == document.format:
        return mismatches
    shown = document.format.upper()
    told = problem(
        (),
        f"the Content-Type is {{}}, but this is {shown}: it is checked as {shown}",
        exchange.media_type,
        help=f"Choose the parser by the body: read it as {shown}.",
    )
    return (Defect("CAP010", told, START), *mismatches)


def _format_of(media_type: str) -> Literal["json", "xml"] | None:
    """`application/hal+json` is JSON; `application/xhtml+xml` is XML, and `text/html` neither."""
    subtype = media_type.rpartition("/")[2].rpartition("+")[2]
    return "json" if subtype == "json" else "xml" if subtype == "xml" else None


def _mismatches(exchange: Exchange, document: Document) -> Iterator[Problem]:
    if exchange.format and document.format and exchange.format != document.format:
        yield problem((), f"the request asked for {exchange.format}, and this is {document.format}")
    for path, session_id in _session_ids(document):
        if exchange.session_id and session_id != exchange.session_id:
            yield problem(path, "userSessionId is {}, but the request asked for {}", session_id, exchange.session_id)
            continue
        account, separator, _ = session_id.partition(":")
        if exchange.account and separator and account.lstrip("0") != exchange.account.lstrip("0"):
            yield problem(path, "the session is of account {}, but the request asked for {}", account, exchange.account)


def _session_ids(document: Document) -> Iterator[tuple[Path, str]]:
    for path, session in sessions_in(document.parts):
        if isinstance(session.get("userSessionId"), str):
            yield (*path, "userSessionId"), session["userSessionId"]
