"""Answers that mocks and tests keep, in JSON.

These are the stubs of WireMock, contracts of Pact, cassettes of VCR, collections of Postman and expectations of
MockServer. They write the same under like names, so that one look serves all: an object that has a response, or a
list of some, beside a request; and lists of such objects under a few names.
"""

from codecs import BOM_UTF8
from collections import deque
from collections.abc import Iterator
from functools import partial
from typing import Any, Final, NamedTuple

import orjson

from sessionlint.document import Json, pointer
from sessionlint.finding import Path
from sessionlint.intake.bodies import Body, from_base64
from sessionlint.intake.exchanges import Answer, Headers, header, is_session
from sessionlint.intake.source import Input
from sessionlint.limits import has_more_values
from sessionlint.recognise import parts

_RESPONSES: Final = {"response": "request", "httpResponse": "httpRequest"}
"""Keys of a response, and of the request beside it."""
_LISTS: Final = ("mappings", "interactions", "http_interactions", "item", "collection")
_BODIES: Final = ("jsonBody", "body", "base64Body")
_WRAPPED: Final = ("string", "base64_string", "content", "json", "xml", "base64Bytes")
"""Keys of a body that is in an object of its own."""
_BASE64: Final = ("base64Body", "base64_string", "base64Bytes")
_URLS: Final = ("url", "uri", "urlPath", "path", "raw")
_STATUSES: Final = ("status", "statusCode", "code")

_MOST_STEPS: Final = 64
"""Steps to a response, at most: two for each folder, and each step takes memory for each response."""
_MOST_BEFORE: Final = 1000
"""Characters on its line before a body, at most, for its columns to be told in the file."""


class _Recorded(NamedTuple):
    """A response, and its body."""

    place: Path
    """Of the body, in the file."""
    body: Json
    is_base64: bool
    response: dict[str, Any]
    request: Any


def recorded_answers(data: bytes, input: Input) -> list[Answer] | None:
    """The answers in a recording, in its order; ``None`` if it is none, or has no session details."""
    if has_more_values(data, input.limits.document_values):
        return None
    data = data.removeprefix(BOM_UTF8)
    try:
        tree = orjson.loads(data)
    except orjson.JSONDecodeError:
        return None
    if parts(tree):
        return None
    recorded = list(_recorded(tree))
    inside = _parts(data, [each.place for each in recorded if isinstance(each.body, dict | list)])
    answers = [_answer(each, inside.get(each.place), input) for each in recorded]
    return answers if any(map(is_session, answers)) else None


def _recorded(tree: Json) -> Iterator[_Recorded]:
    waiting: deque[tuple[Path, Json]] = deque([((), tree)])
    while waiting:
        path, value = waiting.popleft()
        if len(path) > _MOST_STEPS:
            continue
        if isinstance(value, list):
            waiting += (((*path, index), item) for index, item in enumerate(value) if isinstance(item, dict | list))
        elif isinstance(value, dict):
            for key, request in _RESPONSES.items():
                responses = value.get(key)
                if isinstance(responses, dict):
                    yield _with_body((*path, key), responses, value.get(request))
                elif isinstance(responses, list):
                    for index, response in enumerate(responses):
                        if isinstance(response, dict):
                            yield _with_body((*path, key, index), response, value.get(request))
            waiting += (((*path, key), value[key]) for key in _LISTS if isinstance(value.get(key), dict | list))


def _with_body(path: Path, response: dict[str, Any], request: Any) -> _Recorded:
    request = response.get("originalRequest", request)
    key = next((key for key in _BODIES if response.get(key) is not None), None)
    if key is None:
        return _Recorded(path, None, False, response, request)
    path, body, is_base64 = (*path, key), response[key], key in _BASE64
    if isinstance(body, dict) and not parts(body):
        inner = next((each for each in _WRAPPED if body.get(each) is not None), None)
        if inner is not None:
            is_base64 = inner in _BASE64 or body.get("encoded") == "base64"
            path, body = (*path, inner), body[inner]
    return _Recorded(path, body, is_base64, response, request)


class _Part(NamedTuple):
    """A body that is a part of the document's own text."""

    text: bytes
    line: int | None
    """The line that it starts on, if its columns are the file's."""


def _parts(data: bytes, paths: list[Path]) -> dict[Path, _Part]:
    from sessionlint.decode.json_positions import value_ranges
    from sessionlint.decode.text import Lines

    ranges = value_ranges(data, paths) if paths else {}
    spans = Lines(data).spans(ranges)
    found: dict[Path, _Part] = {}
    for path, (start, end) in ranges.items():
        before = spans[path].column - 1
        # As many spaces as there are characters before it make its columns those of the file.
        is_near = before <= _MOST_BEFORE
        found[path] = _Part(b" " * before * is_near + data[start:end], spans[path].line if is_near else None)
    return found


def _answer(recorded: _Recorded, part: _Part | None, input: Input) -> Answer:
    response, request = recorded.response, recorded.request
    headers = _headers(response)
    codings = header(headers, "content-encoding")
    return Answer(
        pointer(recorded.place).removeprefix("/"),
        _status(response),
        partial(Body, part.text) if part else partial(_text_body, recorded, codings, input),
        headers=headers,
        method=_first_text(request, ("method",)),
        url=_url(request),
        request_headers=_headers(request),
        line=part and part.line,
        may_be_template=bool(response.get("transformers")),
    )


def _status(response: dict[str, Any]) -> int | None:
    given = [response.get(key) for key in _STATUSES]
    given += [each.get("code") for each in given if isinstance(each, dict)]
    return next((each for each in given if isinstance(each, int)), None)


def _text_body(recorded: _Recorded, codings: str, input: Input) -> Body:
    text = recorded.body
    if not isinstance(text, str):
        return Body(b"")
    return from_base64(text, codings, input) if recorded.is_base64 else Body(text.encode("utf-8", "surrogatepass"))


def _url(request: Any) -> str | None:
    inner = request.get("url") if isinstance(request, dict) else None
    return _first_text(inner if isinstance(inner, dict) else request, _URLS)


def _first_text(holder: Any, keys: tuple[str, ...]) -> str | None:
    values = map(holder.get, keys) if isinstance(holder, dict) else ()
    return next((value for value in values if isinstance(value, str)), None)


def _headers(message: Any) -> Headers:
    """By name, with a value or several; or a list of pairs."""
    given = message.get("headers", message.get("header")) if isinstance(message, dict) else None
    found: list[tuple[str, Any]] = []
    if isinstance(given, dict):
        for name, values in given.items():
            found += ((name, value) for value in (values if isinstance(values, list) else [values]))
    elif isinstance(given, list):
        for each in given:
            name = _first_text(each, ("name", "key")) or ""
            values = each.get("values", [each.get("value")]) if isinstance(each, dict) else None
            found += ((name, value) for value in (values if isinstance(values, list) else ()))
    return [(name, value) for name, value in found if isinstance(value, str)]
