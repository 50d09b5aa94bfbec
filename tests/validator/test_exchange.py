"""What the HTTP exchange around a payload says of it, and what its name does."""

import json
from pathlib import Path
from typing import Any

import pytest

from sessionlint.exchange import error_answer
from sessionlint.library import check
from support_intake import PAGE, PAYLOAD, URL, XML, entry, har, headers, response, zipped


def rules(path: Path) -> dict[str, int]:
    return {rule: count for rule, count in check(path).summary.rules.items() if rule.startswith("CAP")}


@pytest.mark.parametrize(
    ("media_type", "text", "expected"),
    [
        ("application/json; charset=utf-8", PAYLOAD, {}),
        ("application/hal+json", PAYLOAD, {}),
        ("text/plain", PAYLOAD, {}),
        ("text/xml", PAYLOAD, {"CAP010": 1}),
        ("application/xhtml+xml", PAYLOAD, {"CAP010": 1}),
        ("application/xml", XML, {}),
        ("application/json", XML, {"CAP010": 1}),
    ],
)
def test_a_content_type_is_a_promise(tmp_path: Path, media_type: str, text: bytes, expected: dict[str, int]) -> None:
    answer: dict[str, Any] = {"response": headers(Content_Type=media_type)}
    (tmp_path / "a.har").write_bytes(
        har(entry(url="https://x/v6/endpoint-data/user-sessions/1", text=text.decode(), **answer))
    )
    assert {rule: count for rule, count in rules(tmp_path / "a.har").items() if rule != "CAP020"} == expected
    (tmp_path / "a.http").write_bytes(response(text, f"Content-Type: {media_type}"))
    assert rules(tmp_path / "a.http") == expected


def test_the_remedy_of_a_wrong_content_type_is_no_name(tmp_path: Path) -> None:
    (tmp_path / "a.http").write_bytes(response(PAYLOAD, "Content-Type: text/xml"))
    remedies = [finding.help for finding in check(tmp_path).findings if finding.rule == "CAP010"]
    assert remedies == ["Choose the parser by the body: read it as JSON."]


def test_what_was_asked_of_this_api_needs_no_name(tmp_path: Path) -> None:
    cut = json.dumps({"users": [{"a": 1}]})[:-4]
    request = f"GET {URL} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    (tmp_path / "notes").write_bytes(request + response(cut.encode()))
    assert rules(tmp_path) == {"CAP012": 1}
    (tmp_path / "notes").write_bytes(response(cut.encode()))
    assert rules(tmp_path) == {}


@pytest.mark.parametrize(("name", "expected"), [("a.json", {"CAP009": 1}), ("login.html", {}), ("a.txt", {})])
def test_a_page_is_told_where_a_payload_was_promised(tmp_path: Path, name: str, expected: dict[str, int]) -> None:
    (tmp_path / "a.zip").write_bytes(zipped({name: PAGE, "b.json": PAYLOAD}))
    assert rules(tmp_path / "a.zip") == expected


@pytest.mark.parametrize("name", ["a.http", "a.txt", "notes"])
def test_a_page_is_told_as_an_answer_whatever_the_file_is_called(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(response(PAGE))
    assert rules(tmp_path) == {"CAP009": 1}
    other = b"GET /logo HTTP/1.1\r\nHost: x\r\n\r\n"
    (tmp_path / name).write_bytes(other + response(PAGE))
    assert rules(tmp_path) == {}


# Bodies of error answers, told from other small documents.


@pytest.mark.parametrize(
    ("tree", "status", "text"),
    [
        ({"errorMessage": "no"}, "", "no"),
        ({"errorMessage": None, "status": 500}, "the server failed", ""),
        ({"error": "Not Found"}, "", "Not Found"),
        ({"error": "invalid_token", "error_description": "expired"}, "", "expired"),
        ({"error": {"code": 429, "message": "slow down"}}, "too many requests", "slow down"),
        ({"error": {"message": "slow down"}}, "", "slow down"),
        ({"code": 429, "message": "slow down"}, "too many requests", "slow down"),
        ({"code": 429.0, "message": "slow down"}, "too many requests", "slow down"),
        ({"status": "429", "message": "slow down"}, "too many requests", "slow down"),
        ({"statusCode": 403, "message": "Forbidden"}, "forbidden", "Forbidden"),
        ({"title": "Not Found", "status": 404}, "not found", "Not Found"),
    ],
)
def test_the_body_of_an_error_answer(tree: Any, status: str, text: str) -> None:
    told = error_answer(tree)
    assert told is not None
    message = told.message.text()
    assert (status in message, message.endswith(f'"{text}"') or not text) == (True, True)


@pytest.mark.parametrize(
    "tree",
    [
        *([], "error", None, {}, {"message": "hello"}, {"status": 500}, {"code": 200, "message": "fine"}),
        *({"error": None, "message": "fine"}, {"error": {}}, {"error": {"a": 1}}, {"errors": [], "message": "fine"}),
        *({"status": True, "message": "x"}, {"code": 429.5, "message": "x"}, {"status": "0429", "message": "x"}),
        {**dict.fromkeys("abcdefgh", 1), "error": "x"},
    ],
)
def test_other_documents(tree: Any) -> None:
    assert error_answer(tree) is None


def test_the_twin_in_xml_is_one_too() -> None:
    xml = b"<response><code>429</code><message>slow down</message></response>"
    json = b'{"code": 429, "message": "slow down"}'
    assert [[each.rule for each in check(data).findings] for data in (xml, json)] == [["CAP008"], ["CAP008"]]
