"""HAR files: the final answers of this API, each with what is known of its exchange."""

import base64
import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from sessionlint.capture import Capture, Exchange
from sessionlint.intake.files import captures
from sessionlint.limits import Limits
from support_intake import PAYLOAD, URL, XML, Row, entry, har, headers, rows, words_of

TEXT = PAYLOAD.decode()


def of(folder: Path, data: bytes) -> list[Capture]:
    path = folder / "a.har"
    path.write_bytes(data)
    return list(captures([str(path)]))


def base64_content(data: bytes, **more: Any) -> dict[str, Any]:
    return entry(text=base64.b64encode(data).decode(), content={"encoding": "base64"}, **more)


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (entry(), PAYLOAD),
        (entry(text='{"a": "ä\u202e\x00"}'), '{"a": "ä\u202e\x00"}'.encode()),
        (entry(text=XML.decode()), XML),
        (base64_content(PAYLOAD), PAYLOAD),
        (base64_content(gzip.compress(PAYLOAD), response=headers(Content_Encoding="gzip")), PAYLOAD),
        (base64_content(PAYLOAD, response=headers(Content_Encoding="gzip")), PAYLOAD),
        (base64_content(gzip.compress(PAYLOAD)), PAYLOAD),
        (entry(response=headers(Content_Encoding="br")), PAYLOAD),
        (entry(text="\ud800"), b"\xed\xa0\x80"),
    ],
)
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf", b"\n "])
def test_a_body_is_what_the_server_sent(tmp_path: Path, one: dict[str, Any], expected: bytes, mark: bytes) -> None:
    (capture,) = of(tmp_path, mark + har(one))
    assert (capture.data, capture.defects) == (expected, ())
    assert capture.address == f"{(tmp_path / 'a.har').as_posix()}!/log/entries/0"
    assert capture.name == "a.har"


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (entry(text=None), ["CAP002"]),
        (entry(text=""), ["CAP002"]),
        (entry(status=401, text=None), []),
        (entry(text="A", content={"encoding": "base64"}), ["CAP001"]),
        (entry(text="ä", content={"encoding": "base64"}), ["CAP002"]),
        (base64_content(gzip.compress(PAYLOAD)[:20]), ["CAP016"]),
    ],
)
def test_a_body_that_cannot_be_had(tmp_path: Path, one: dict[str, Any], expected: list[str]) -> None:
    (capture,) = of(tmp_path, har(one))
    assert [defect.rule for defect in capture.defects] == expected


OTHER = "https://cdn.example/app.js"


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ([entry()], ["data"]),
        (
            [entry(OTHER, text="x"), entry(), entry("https://api.thousandeyes.com/v6/agents.json", text="{}")],
            ["another host", "data", "another API"],
        ),
        ([entry(OTHER)], ["data"]),
        ([entry(OTHER, text='var x = "userSessions"')], ["another host"]),
        ([entry(OTHER, text="<!DOCTYPE html><p>userSessions")], ["another host"]),
        ([entry(OTHER, text=XML.decode())], ["data"]),
        ([entry("https://api.thousandeyes.com/v6/agents.json", text=None)], ["another API"]),
        ([entry("https://proxy.example/v6/endpoint-data/user-sessions/1")], ["data"]),
        ([entry("https://api.thousandeyes.com/v6/endpoint-data/user%2Dsessions/1", text="{}")], ["data"]),
        ([entry(status=301), entry()], ["redirect", "data"]),
        ([entry(status=301)], ["redirect"]),
        ([entry(status=304, text=None)], ["not modified"]),
        ([entry(status=304)], ["data"]),
        ([entry(status=0, text=None)], ["no answer"]),
        ([entry(status=100, text=None)], ["interim response"]),
        ([entry(status=401), entry()], ["authentication challenge", "data"]),
        ([entry(status=407), entry()], ["authentication challenge", "data"]),
        ([entry(status=401), entry(OTHER, text="x"), entry()], ["data", "another host", "data"]),
        ([entry(status=401)], ["data"]),
        ([entry(status=503, text="busy")], ["data"]),
        ([entry(response={"status": "200"})], ["data"]),
        ([entry(request={"method": "OPTIONS"}), entry()], ["preflight", "data"]),
        ([entry(request={"method": "HEAD"}, text=None), entry()], ["headers alone", "data"]),
        ([entry(request={"method": "CONNECT"}), entry()], ["proxy connection", "data"]),
        ([entry(request={"url": 1}), entry(request={"url": None})], ["data", "data"]),
    ],
)
def test_only_final_answers_of_this_api_count(
    tmp_path: Path, entries: list[dict[str, Any]], expected: list[str]
) -> None:
    (tmp_path / "a.har").write_bytes(har(*entries))
    assert rows(tmp_path / "a.har") == [(f"log/entries/{index}", what) for index, what in enumerate(expected)]


def test_what_is_known_of_the_exchange(tmp_path: Path) -> None:
    one = entry(
        f"{URL}?aid=7", request=headers(Accept="text/xml"), response=headers(content_type="text/xml;charset=utf-8")
    )
    (capture,) = of(tmp_path, har(one))
    assert capture.exchange == Exchange(
        "har", 200, "text/xml", "GET", f"{URL}?aid=7", "07625:1490529480:h3qJQTpl", "7", "json"
    )


SECRET = "c2VjcmV0"


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (entry(request=headers(Authorization=f"Basic {SECRET}")), ["an Authorization header"]),
        (entry(request=headers(authorization=f"Bearer {SECRET}")), ["an Authorization header"]),
        (entry(request=headers(Proxy_Authorization=SECRET)), ["a Proxy-Authorization header"]),
        (entry(request=headers(Cookie=f"sid={SECRET}")), ["a Cookie header"]),
        (entry(request={"cookies": [{"name": "sid", "value": SECRET}]}), ["a Cookie header"]),
        (entry(response={"cookies": [{"name": "sid", "value": SECRET}]}), ["a Set-Cookie header"]),
        (entry(response=headers(Set_Cookie=f"sid={SECRET}; HttpOnly")), ["a Set-Cookie header"]),
        (entry(request=headers(X_Api_Key=SECRET)), ["an API key in a header"]),
        (entry(f"{URL}?token={SECRET}"), ["a token in a URL"]),
        (entry(f"{URL}?aid=7&ACCESS_TOKEN={SECRET}&x=1"), ["a token in a URL"]),
        (entry(f"{URL}#access%5Ftoken={SECRET}"), ["a token in a URL"]),
        (entry(URL.replace("://", f"://me:{SECRET}@")), ["a user with password or token in a URL"]),
        (entry(response=headers(Location=f"{URL}?token={SECRET}")), ["a token in a URL"]),
        (
            entry(request=headers(Referer=URL.replace("://", f"://me:{SECRET}@"))),
            ["a user with password or token in a URL"],
        ),
        (
            entry(f"{URL}?token={SECRET}", request=headers(Authorization=SECRET, Cookie=SECRET, cookie=SECRET)),
            ["a Cookie header", "a token in a URL", "an Authorization header"],
        ),
    ],
)
def test_a_credential_is_told_and_not_shown(tmp_path: Path, one: dict[str, Any], expected: list[str]) -> None:
    (capture,) = of(tmp_path, har(one))
    told = [defect.problem.message.text() for defect in capture.defects]
    assert told == [f"{kind} was saved with the payload" for kind in expected]
    assert SECRET not in words_of(capture)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "***",
        "Basic ***",
        "Bearer xxxxxxxx",
        "[redacted]",
        "Bearer <token>",
        "$TOKEN",
        "{{token}}",
        "REMOVED",
        "Basic %TOKEN%",
    ],
)
def test_what_was_put_in_a_secrets_place_is_none(tmp_path: Path, value: str) -> None:
    _, _, token = value.rpartition(" ")
    (capture,) = of(tmp_path, har(entry(f"{URL}?token={token}", request=headers(Authorization=value, Cookie=value))))
    assert capture.defects == ()


def test_secrets_of_what_was_skipped_are_told_with_the_first_payload(tmp_path: Path) -> None:
    challenge = entry(status=401, request=headers(Authorization=SECRET))
    (tmp_path / "a.har").write_bytes(har(challenge, entry(), entry()))
    assert [what for _, what in rows(tmp_path / "a.har")] == ["authentication challenge", "data CAP017", "data"]


@pytest.mark.parametrize(
    "data",
    [
        b'{"log": {}}',
        b'{"log": {"entries": {}}}',
        b'{"log": {"version": "1.2", "entries": [' + b"[" * 100_000,
    ],
)
def test_what_is_no_har_file_is_handed_on_as_it_is(tmp_path: Path, data: bytes) -> None:
    (capture,) = of(tmp_path, data)
    assert (capture.address, capture.data) == ((tmp_path / "a.har").as_posix(), data)


WITHOUT_A_COMMA = har(entry(), entry()).replace(b"    },\n      {", b"    }\n      {")


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (har(entry())[:-10], [("log/entries/0", "data"), ("", "CAP004")]),
        (har(entry(), entry())[:-40], [("log/entries/0", "data"), ("log/entries/1", "data"), ("", "CAP004")]),
        (har(entry(), entry())[:-150], [("log/entries/0", "data"), ("", "CAP004")]),
        (WITHOUT_A_COMMA, [("log/entries/0", "data"), ("log/entries/1", "data"), ("", "CAP003")]),
    ],
)
def test_a_broken_har_file_is_salvaged(tmp_path: Path, data: bytes, expected: list[Row]) -> None:
    (tmp_path / "a.har").write_bytes(data)
    assert rows(tmp_path / "a.har") == expected
    broken = list(captures([str(tmp_path / "a.har")]))[-1]
    assert [(each.problem.path, each.span is not None) for each in broken.defects] == [((), True)]
    (tmp_path / "b.json").write_bytes(har(entry(url=OTHER, text="{}"))[:-10])
    assert rows(tmp_path)[: len(expected)] == [(f"a.har!/{where}".rstrip("!/"), what) for where, what in expected]
    # Nothing of this API is in this one, and nobody named it.
    assert rows(tmp_path)[len(expected) :] == [
        ("b.json!/log/entries/0", "another host"),
        ("b.json", "another kind of file"),
    ]


def test_an_entry_that_was_cut_before_its_body_is_not_told_beside_the_cut(tmp_path: Path) -> None:
    (tmp_path / "a.har").write_bytes(b'{"log": {"entries": [1,}')
    assert rows(tmp_path / "a.har") == [("", "CAP003 CAP004")]


def test_an_answer_may_be_json_lines(tmp_path: Path) -> None:
    (tmp_path / "a.har").write_bytes(har(entry(text=f"{TEXT}\n{TEXT}\n")))
    assert rows(tmp_path / "a.har") == [("log/entries/0!/1", "data"), ("log/entries/0!/2", "data")]


@pytest.mark.parametrize("name", ["a.har", "A.HAR"])
def test_log_may_come_late_in_a_har_file(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b'{"x": {},' + har(entry())[1:])
    assert rows(tmp_path / name) == [("log/entries/0", "data")]


@pytest.mark.parametrize("value", [None, 1, "x", [], [1], {}, {"headers": 1}, {"headers": [1, {}, {"name": 1}]}, True])
@pytest.mark.parametrize("key", ["request", "response"])
def test_entries_of_any_shape(tmp_path: Path, key: str, value: Any) -> None:
    (tmp_path / "a.har").write_bytes(har({**entry(), key: value}, entry()))
    *_, last = rows(tmp_path / "a.har")
    assert last == ("log/entries/1", "data")
    (tmp_path / "a.har").write_bytes(json.dumps({"log": {"entries": [value, entry()]}}).encode())
    *_, last = rows(tmp_path / "a.har")
    assert last == ("log/entries/1", "data")


def test_no_entry_and_too_many(tmp_path: Path) -> None:
    (tmp_path / "a.har").write_bytes(har())
    assert rows(tmp_path / "a.har") == [("", "CAP002")]
    (tmp_path / "a.har").write_bytes(har(entry(), entry(), entry()))
    expected = [("log/entries/0", "data"), ("log/entries/1", "data"), ("", "CAP015")]
    assert rows(tmp_path / "a.har", Limits(members=2)) == expected
