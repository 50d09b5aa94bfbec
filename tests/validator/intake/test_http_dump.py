"""HTTP dumps: `curl -i`, `curl -v`, raw messages, commands: the body of each final answer."""

import gzip
import re
import zlib
from pathlib import Path

import pytest

from sessionlint import check
from sessionlint.capture import Capture, Exchange
from sessionlint.intake.files import captures
from sessionlint.limits import Limits
from support_intake import PAYLOAD, URL, Row, chunked, response, rows, words_of, zipped, zstandard

JSON = "Content-Type: application/json; charset=UTF-8"
PATH = URL.removeprefix("https://api.thousandeyes.com")
SECRET = "c2VjcmV0"


def dumped(folder: Path, data: bytes | str, name: str = "a.http") -> list[Capture]:
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return list(captures([str(path)]))


PRETTY = PAYLOAD.replace(b", ", b",\n  ").replace(b"{", b"{\n  ").replace(b"}", b"\n}")
BODIES = [
    response(PAYLOAD, JSON),
    response(PAYLOAD, JSON, end=b"\n"),
    response(PAYLOAD, JSON, f"Content-Length: {len(PAYLOAD)}") + b"\n",
    response(PAYLOAD, JSON, "Content-Length: 5"),
    response(PAYLOAD, JSON, "Content-Length: 99999"),
    response(PAYLOAD, JSON, "Content-Length: oops"),
    response(PAYLOAD, JSON, status="200"),
    response(PAYLOAD, JSON).replace(b"HTTP/1.1", b"HTTP/2"),
    response(PAYLOAD, "content-type:application/json", "folded: a\r\n b"),
    response(PAYLOAD),
    b"\n\n" + response(PAYLOAD, JSON),
    b"\xef\xbb\xbf" + response(PAYLOAD, JSON),
    response(PAYLOAD, JSON).decode().encode("utf-16"),
    response(chunked(PAYLOAD), JSON, "Transfer-Encoding: chunked"),
    response(chunked(PAYLOAD).replace(b"0\r\n\r\n", b"0\r\nA-Trailer: x\r\n\r\n"), JSON, "Transfer-Encoding: chunked"),
    response(chunked(PAYLOAD).replace(b"\r\n", b";ext=1\r\n", 1), JSON, "Transfer-Encoding: chunked"),
    response(chunked(PAYLOAD).replace(b"\r\n", b"\n"), JSON, "Transfer-Encoding: chunked"),
    response(PAYLOAD, JSON, "Transfer-Encoding: chunked"),
    response(gzip.compress(PAYLOAD), JSON, "Content-Encoding: gzip"),
    response(zlib.compress(PAYLOAD), JSON, "Content-Encoding: deflate"),
    response(zlib.compress(PAYLOAD)[2:-4], JSON, "Content-Encoding: deflate"),
    response(zstandard(PAYLOAD), JSON, "Content-Encoding: zstd"),
    response(gzip.compress(zlib.compress(PAYLOAD)), JSON, "Content-Encoding: deflate, gzip"),
    response(chunked(gzip.compress(PAYLOAD)), JSON, "Content-Encoding: gzip", "Transfer-Encoding: chunked"),
    *(
        response(PAYLOAD, JSON, f"Content-Encoding: {coding}")
        for coding in ("gzip", "deflate", "br", "zstd", "identity")
    ),
]


@pytest.mark.parametrize("data", BODIES)
@pytest.mark.parametrize("name", ["a.http", "a.txt", "a"])
def test_a_body_is_what_the_server_sent(tmp_path: Path, data: bytes, name: str) -> None:
    (capture,) = dumped(tmp_path, data, name)
    assert capture.data.rstrip() == PAYLOAD
    assert {each.rule for each in capture.defects} <= {"CAP007"}
    assert capture.address == f"{(tmp_path / name).as_posix()}!/1"
    assert capture.name == name
    assert capture.exchange
    assert capture.exchange.status == 200


@pytest.mark.parametrize(
    ("data", "rule", "message"),
    [
        (response(b"\x1b\x2c\0\xf8", "Content-Encoding: br"), "CAP001", "compressed with br, which is not known"),
        (response(gzip.compress(PAYLOAD)[:-8] + b"12345678", "Content-Encoding: gzip"), "CAP016", "a bad checksum"),
        (response(b"", JSON), "CAP002", "the answer has no body"),
        (response(b"", JSON, status="204 No Content"), "CAP002", "the answer has no body"),
    ],
)
def test_a_body_that_cannot_be_had(tmp_path: Path, data: bytes, rule: str, message: str) -> None:
    (capture,) = dumped(tmp_path, data)
    (defect,) = capture.defects
    assert (capture.data, defect.rule) == (b"", rule)
    assert message in defect.problem.message.text()


def test_a_body_as_long_as_it_says_may_quote_a_message(tmp_path: Path) -> None:
    body = b"<response><error>\nHTTP/1.1 503 Service Unavailable\n</error></response>"
    (capture,) = dumped(tmp_path, response(body, f"Content-Length: {len(body)}"))
    assert capture.data == body


def test_a_body_that_was_cut_off_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    (capture,) = dumped(tmp_path, response(gzip.compress(PAYLOAD)[:-8], JSON, "Content-Encoding: gzip"))
    assert (capture.data, [defect.rule for defect in capture.defects]) == (PAYLOAD, ["CAP016"])
    (capture,) = dumped(tmp_path, response(chunked(PAYLOAD)[:-30], JSON, "Transfer-Encoding: chunked"))
    assert PAYLOAD.startswith(capture.data)
    assert len(capture.data) > 20


DENIED = response(b'{"errorMessage": "no"}', JSON, status="401 Unauthorized")
MOVED = response(b"<html>moved</html>", "Location: /v6", "Content-Length: 18", status="301 Moved Permanently")
MOVED_WITHOUT_BODY = response(b"", "Location: /v6", "Content-Length: 18", status="301 Moved Permanently")
CONTINUE = response(b"", status="100 Continue")
TUNNEL = response(b"", status="200 Connection established")
DATA = response(PAYLOAD, JSON)


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([CONTINUE, DATA], ["interim response", "data"]),
        ([MOVED, DATA], ["redirect", "data"]),
        ([MOVED_WITHOUT_BODY, MOVED_WITHOUT_BODY, DATA], ["redirect", "redirect", "data"]),
        ([TUNNEL, DATA], ["proxy connection", "data"]),
        (
            [TUNNEL, CONTINUE, DENIED, MOVED, DATA],
            ["proxy connection", "interim response", "authentication challenge", "redirect", "data"],
        ),
        ([DENIED, DATA], ["authentication challenge", "data"]),
        ([DENIED, DENIED], ["authentication challenge", "data"]),
        ([DENIED], ["data"]),
        ([DATA, DENIED], ["data", "data"]),
        ([MOVED], ["data"]),
        ([DATA, DATA, DATA], ["data"] * 3),
        ([DATA, response(PAYLOAD, "Content-Encoding: gzip"), DATA], ["data"] * 3),
        ([response(chunked(PAYLOAD), "Transfer-Encoding: chunked"), DATA], ["data"] * 2),
        (
            [
                response(
                    gzip.compress(PAYLOAD), "Content-Encoding: gzip", f"Content-Length: {len(gzip.compress(PAYLOAD))}"
                ),
                DATA,
            ],
            ["data"] * 2,
        ),
        ([response(b"", JSON, status="503 Service Unavailable"), DATA], ["empty", "data"]),
        ([response(b"", status="304 Not Modified"), DATA], ["not modified", "data"]),
    ],
)
@pytest.mark.parametrize("between", [b"", b"\n", b"\r\n\r\n"])
def test_only_final_answers_count(tmp_path: Path, answers: list[bytes], expected: list[str], between: bytes) -> None:
    path = tmp_path / "a.http"
    path.write_bytes(between.join(answers))
    assert rows(path) == [(str(number), what) for number, what in enumerate(expected, 1)]
    assert all(
        capture.data.strip() in (PAYLOAD, b'{"errorMessage": "no"}', b"<html>moved</html>", b"")
        for capture in captures([str(path)])
    )


def request(*lines: str, target: str = PATH, method: str = "GET", body: bytes = b"") -> bytes:
    head = "\r\n".join([f"{method} {target} HTTP/1.1", "Host: api.thousandeyes.com", *lines, "", ""])
    return head.encode() + body


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (request() + DATA, ["data"]),
        (request(target="/v6/agents.json") + response(b'{"agents": []}') + request() + DATA, ["another API", "data"]),
        (request(target="/v6/agents.json") + DATA, ["data"]),
        (request(target="https://other.example/a.js") + response(b'"userSessions"'), ["another host"]),
        (request(target="https://other.example/") + response(PAYLOAD.decode().encode("utf-16-le")), ["data"]),
        (request(method="OPTIONS") + response(b"", status="204 No Content") + request() + DATA, ["preflight", "data"]),
        (request(method="HEAD") + response(b"") + request() + DATA, ["headers alone", "data"]),
        (
            request(method="CONNECT", target="api.thousandeyes.com:443") + response(b"") + DATA,
            ["proxy connection", "proxy connection"],
        ),
        (request("Content-Length: 20", method="POST", body=b"HTTP/1.1 200 OK\r\n123") + DATA, ["data"]),
        (request() + DENIED + request("Authorization: Basic x") + DATA, ["authentication challenge", "data"]),
        (request() + DENIED + request(target=PATH + "?aid=1") + DATA, ["data", "data"]),
    ],
)
def test_the_request_tells_whose_answer_it_is(tmp_path: Path, data: bytes, expected: list[str]) -> None:
    (tmp_path / "a.http").write_bytes(data)
    assert [what.removesuffix(" CAP017") for _, what in rows(tmp_path / "a.http")] == expected
    assert not any(b"HTTP/" in capture.data for capture in captures([str(tmp_path / "a.http")]))


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (
            request("Accept: application/json") + DATA,
            Exchange("http", 200, "application/json", "GET", URL, "07625:1490529480:h3qJQTpl", None, "json"),
        ),
        (
            request("Accept: text/xml", target="/v6/endpoint-data/user-sessions/1%3A2%3Ab?aid=7&aid=8")
            + response(PAYLOAD),
            Exchange(
                "http",
                200,
                None,
                "GET",
                "https://api.thousandeyes.com/v6/endpoint-data/user-sessions/1%3A2%3Ab?aid=7&aid=8",
                "1:2:b",
                "7",
                "xml",
            ),
        ),
        (
            request("Accept: text/html, application/xhtml+xml", target="/v6/endpoint-data/user-sessions/1?format=XML")
            + DATA,
            "xml",
        ),
        (request("Accept: application/json, text/xml", target="/v6/endpoint-data/user-sessions/1") + DATA, None),
        (request("Accept: application/json", target="/v6/endpoint-data/user-sessions/1.xml?format=json") + DATA, "xml"),
        (request("Accept: */*", target="/v6/endpoint-data/user-sessions/1") + DATA, None),
        (
            # as browsers ask for a page
            request(
                "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
                target="/v6/endpoint-data/user-sessions/1",
            )
            + DATA,
            None,
        ),
        (
            request("Accept: application/json, text/plain, */*", target="/v6/endpoint-data/user-sessions/1") + DATA,
            None,
        ),
        (DATA, Exchange("http", 200, "application/json")),
    ],
)
def test_what_is_known_of_the_exchange(tmp_path: Path, data: bytes, expected: Exchange | str | None) -> None:
    (capture,) = dumped(tmp_path, data)
    assert capture.exchange
    assert (capture.exchange if isinstance(expected, Exchange) else capture.exchange.format) == expected


# curl -v.

METER = (
    "  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n"
    "                                 Dload  Upload   Total   Spent    Left  Speed\n"
    "\r  0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0"
)
LAST_METER = "\r100  8134  100  8134    0     0  4109k      0 --:--:-- --:--:-- --:--:-- 7943k\n"
AFTER = "* Connection #0 to host api.thousandeyes.com left intact\n"
VERBOSE = f"""\
*   Trying 127.0.0.1:443...
* Connected to api.thousandeyes.com (127.0.0.1) port 443 (#0)
* Server auth using Basic with user 'noreply@example.com'
}} [5 bytes data]
> GET {PATH}?aid=7 HTTP/1.1\r
> Host: api.thousandeyes.com\r
> Authorization: Basic {SECRET}\r
> Accept: application/json\r
> \r
< HTTP/1.1 200 OK\r
< Content-Type: application/json\r
< Set-Cookie: sid={SECRET}\r
< \r
{{ [{len(PAYLOAD)} bytes data]
"""
TEXT = PAYLOAD.decode()


@pytest.mark.parametrize(
    "data",
    [
        VERBOSE + TEXT + "\n" + AFTER,
        VERBOSE + TEXT + AFTER,
        # at a terminal
        re.sub(r"[{}] \[\d+ bytes data\]\n", "", VERBOSE) + TEXT + AFTER,
        VERBOSE + AFTER + TEXT,
        VERBOSE + TEXT + "* Closing connection 0\n",
        METER + VERBOSE + TEXT[:20] + LAST_METER + AFTER + TEXT[20:],
        METER + VERBOSE + TEXT[:20] + "{ [16 bytes data]\n" + TEXT[20:] + LAST_METER,
        VERBOSE + f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{TEXT}",
        VERBOSE.replace("HTTP/1.1", "HTTP/2") + TEXT,
        VERBOSE.replace("\r\n", "\n") + TEXT,
        f"$ curl -v -u noreply:{SECRET} {URL}\n" + VERBOSE + TEXT,
        "Note: Unnecessary use of -X or --request, GET is already inferred.\n" + VERBOSE + TEXT,
        VERBOSE.replace("< HTTP/1.1 200 OK", "< HTTP/1.1 100 Continue\r\n< \r\n< HTTP/1.1 200 OK") + TEXT,
    ],
)
@pytest.mark.parametrize("name", ["a.http", "a.txt"])
def test_what_curl_says_of_its_work_is_no_part_of_the_body(tmp_path: Path, data: str, name: str) -> None:
    *_, capture = dumped(tmp_path, data, name)
    assert capture.data.strip() == PAYLOAD
    exchange = capture.exchange
    assert exchange
    assert exchange[1:] == (200, "application/json", "GET", f"{URL}?aid=7", "07625:1490529480:h3qJQTpl", "7", "json")
    told = [defect.problem.message.text() for defect in capture.defects]
    assert "an Authorization header was saved with the payload" in told
    assert "a Set-Cookie header was saved with the payload" in told or "HTTP/1.1 200 OK\r\nContent" in data
    assert SECRET not in words_of(capture)


def test_a_body_of_several_lines_is_told_from_what_curl_says(tmp_path: Path) -> None:
    *_, capture = dumped(tmp_path, VERBOSE.encode() + PRETTY)
    assert capture.data == PRETTY


def test_several_transfers_of_curl(tmp_path: Path) -> None:
    moved = VERBOSE.replace("200 OK", "301 Moved")
    (tmp_path / "a.txt").write_text(moved + "* Ignoring the response-body\n" + VERBOSE + TEXT, newline="")
    assert rows(tmp_path / "a.txt") == [("1", "redirect"), ("2", "data CAP017 CAP017")]


# Commands.


@pytest.mark.parametrize(
    "command",
    [
        f"$ curl {URL} -u noreply@example.com:{SECRET}",
        f"$ curl {URL} \\\n  -u noreply@example.com:{SECRET}",
        f"curl -su noreply@example.com:{SECRET} '{URL}'",
        f"user@host:~$ curl --user=noreply:{SECRET} {URL}",
        f'C:\\Users\\me>curl.exe {URL} ^\r\n -H "Authorization: Bearer {SECRET}"',
        f"+ curl -sH 'authorization:Basic {SECRET}' {URL}",
        f"# curl --oauth2-bearer {SECRET} {URL}",
        f"$ curl https://noreply:{SECRET}@{URL.removeprefix('https://')}",
        f"$ curl '{URL}?access_token={SECRET}'",
        f"$ curl -b sid={SECRET} {URL}",
    ],
)
@pytest.mark.parametrize("head", ["", "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"])
def test_a_command_tells_what_was_asked_for(tmp_path: Path, command: str, head: str) -> None:
    (capture,) = dumped(tmp_path, f"{command}\n{head}{TEXT}\n", "a.txt")
    assert capture.data.strip() == PAYLOAD
    assert capture.exchange
    assert capture.exchange.session_id == "07625:1490529480:h3qJQTpl"
    assert [defect.rule for defect in capture.defects] == ["CAP017"]
    assert SECRET not in words_of(capture)


def test_a_transcript_of_several_commands(tmp_path: Path) -> None:
    other = f"$ curl {URL}\n"
    (tmp_path / "a.txt").write_text(f"{other}{TEXT}\n{other}HTTP/1.1 200 OK\n\n{TEXT}\n{other}")
    assert rows(tmp_path / "a.txt") == [("1", "data"), ("2", "data")]


# What is no dump.


@pytest.mark.parametrize(
    ("name", "data", "where"),
    [
        ("a.md", "* a list\n* HTTP/1.1 200 OK\n", ""),
        ("a.md", "> a quotation\n", ""),
        ("a.json", '{"a": "\nHTTP/1.1 200 OK\n"}', ""),
        ("a.xml", "<a>\nHTTP/1.1 200 OK\n</a>", ""),
        ("a.log", "10:00 GET / HTTP/1.1\n", ""),
        ("a.http", "### a request\nGET https://example.org\n", ""),
        ("a.http", f"GET {PATH} HTTP/1.1\nHost: api.thousandeyes.com\n\n", ""),
        ("a.txt", "curly braces\n", ""),
    ],
)
def test_other_texts_are_left_alone(tmp_path: Path, name: str, data: str, where: str) -> None:
    (capture,) = dumped(tmp_path, data, name)
    assert (capture.address.partition("!")[2], capture.data, capture.defects) == (where, data.encode(), ())


def test_a_text_with_an_example_is_a_dump_only_where_it_was_named(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes(b"# Answers\n\n" + DATA)
    assert rows(tmp_path / "a.md") == [("1", "data")]
    assert check(tmp_path).summary.skipped == {"another kind of file": 1}
    (tmp_path / "a.md").write_bytes(DATA)
    assert rows(tmp_path) == [("a.md!/1", "data")]


def test_a_body_may_be_a_container(tmp_path: Path) -> None:
    lines = PAYLOAD + b"\n" + PAYLOAD
    expected: list[Row] = [("1!/a.json", "data"), ("2!/1", "data"), ("2!/2", "data")]
    (tmp_path / "a.http").write_bytes(
        response(zipped({"a.json": PAYLOAD}), f"Content-Length: {len(zipped({'a.json': PAYLOAD}))}") + response(lines)
    )
    assert rows(tmp_path / "a.http") == expected
    assert rows(tmp_path / "a.http", Limits(container_depth=1)) == [("1", "CAP015"), *expected[1:]]
