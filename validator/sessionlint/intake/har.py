"""HAR 1.2 (http://www.softwareishard.com/blog/har-12-spec/), as browsers, proxies and API clients write it."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import orjson

from sessionlint.finding import Defect, Problem
from sessionlint.intake.bodies import Body, from_base64
from sessionlint.intake.exchanges import Answer, header
from sessionlint.intake.source import Broken, Input
from sessionlint.limits import Limits, has_more_values, over_limit

_TIMES = 4
"""How many times the values of a document are read: nobody asks for their places."""


def har_answers(data: bytes, input: Input) -> tuple[Iterator[Answer], tuple[Defect, ...]] | None:
    """The answers in a HAR file, in its order, and what had to be repaired to read it; ``None`` if it is none.

    Raises `Broken` if it holds too much.
    """
    if has_more_values(data, _TIMES * input.limits.document_values):
        raise Broken(
            over_limit(input.limits, "document_values", "the HAR file holds more values than are read at once")
        )
    tree, defects = _parsed(data, input.limits)
    match tree:
        case {"log": {"entries": list(entries)}}:
            return (_answer(index, entry, input) for index, entry in enumerate(entries)), defects
    return None


def _parsed(data: bytes, limits: Limits) -> tuple[Any, tuple[Defect, ...]]:
    try:
        return orjson.loads(data.removeprefix(b"\xef\xbb\xbf")), ()
    except orjson.JSONDecodeError:
        import json  # reads surrogates that stand alone, as they do in what pages hold

        try:
            return json.loads(data), ()
        except (ValueError, RecursionError):
            return _salvaged(data, limits)


def _salvaged(data: bytes, limits: Limits) -> tuple[Any, tuple[Defect, ...]]:
    """What is left of a broken file, as it would be of a payload."""
    from sessionlint.decode import decode
    from sessionlint.document import Document

    document = decode(data, limits=limits)
    if not isinstance(document, Document):
        return None, ()
    return document.tree, tuple(each._replace(problem=_of_the_file(each.problem)) for each in document.defects)


def _of_the_file(told: Problem) -> Problem:
    """The same at the file itself: pointers lead into payloads, of which it is none."""
    return told._replace(path=(), related=tuple(each._replace(path=()) for each in told.related))


def _answer(index: int, entry: Any, input: Input) -> Answer:
    request, response = _object(entry, "request"), _object(entry, "response")
    status = response.get("status")
    headers, request_headers = _headers(response), _headers(request)
    if request.get("cookies") and not header(request_headers, "cookie"):
        request_headers += [("Cookie", _text(each, "value")) for each in _list(request, "cookies")]
    if response.get("cookies") and not header(headers, "set-cookie"):
        headers += [("Set-Cookie", _text(each, "value")) for each in _list(response, "cookies")]
    content = _object(response, "content")
    if not header(headers, "content-type"):
        headers.append(("Content-Type", _text(content, "mimeType")))
    return Answer(
        f"log/entries/{index}",
        status if isinstance(status, int) else None,
        partial(_body, content, header(headers, "content-encoding"), input),
        _text(response, "statusText"),
        headers,
        _text(request, "method") or None,
        _text(request, "url") or None,
        request_headers,
    )


def _body(content: dict[str, Any], codings: str, input: Input) -> Body:
    text = content.get("text")
    if not isinstance(text, str):
        return Body(b"")
    if content.get("encoding") != "base64":
        return Body(text.encode("utf-8", "surrogatepass"))
    return from_base64(text, codings, input)


def _object(holder: Any, key: str) -> dict[str, Any]:
    value = holder.get(key) if isinstance(holder, dict) else None
    return value if isinstance(value, dict) else {}


def _list(holder: dict[str, Any], key: str) -> list[Any]:
    value = holder.get(key)
    return value if isinstance(value, list) else []


def _text(holder: Any, key: str) -> str:
    value = holder.get(key) if isinstance(holder, dict) else None
    return value if isinstance(value, str) else ""


def _headers(message: dict[str, Any]) -> list[tuple[str, str]]:
    return [(_text(each, "name"), _text(each, "value")) for each in _list(message, "headers")]
