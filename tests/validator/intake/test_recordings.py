"""Recordings of mocks and tests: their answers of this API are captures, with places in the file where they can be."""

import base64
import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessionlint import check
from sessionlint.capture import Capture
from sessionlint.intake.content import contents, reader_of
from sessionlint.intake.files import captures
from sessionlint.intake.source import At, Input
from sessionlint.limits import Limits
from support import EXAMPLES, at
from support_intake import PAYLOAD, URL, rows

HERE = At(Input(Limits()), "a.json", "a.json", "named")
TEXT = PAYLOAD.decode()
XML = (EXAMPLES / "sound.xml").read_text(encoding="utf-8")
OBJECT = json.loads(TEXT)
REQUEST = {"method": "GET", "url": "/v6/endpoint-data/user-sessions/07625:1490529480:h3qJQTpl.json"}


def of(folder: Path, recording: Any, indent: int | None = None) -> list[Capture]:
    path = folder / "a.json"
    path.write_text(json.dumps(recording, indent=indent), encoding="utf-8")
    return list(captures([str(path)]))


def vcr(body: Any) -> dict[str, Any]:
    request = {"method": "GET", "uri": URL, "headers": {"Accept": ["application/json"]}}
    return {"request": request, "response": {"status": {"code": 200, "message": "OK"}, "headers": {}, "body": body}}


@pytest.mark.parametrize(
    ("recording", "place"),
    [
        # WireMock: a stub, and the stubs that the server exports.
        ({"request": REQUEST, "response": {"status": 200, "jsonBody": OBJECT}}, "response/jsonBody"),
        ({"request": REQUEST, "response": {"status": 200, "body": TEXT}}, "response/body"),
        ({"response": {"base64Body": base64.b64encode(PAYLOAD).decode()}}, "response/base64Body"),
        (
            {"mappings": [{"request": {"urlPathPattern": "/v6/.*"}, "response": {"jsonBody": OBJECT}}]},
            "mappings/0/response/jsonBody",
        ),
        # Pact, up to version 3 and in version 4.
        (
            {"consumer": {}, "interactions": [{"request": REQUEST, "response": {"status": 200, "body": OBJECT}}]},
            "interactions/0/response/body",
        ),
        (
            {"interactions": [{"response": {"body": {"contentType": "application/json", "content": OBJECT}}}]},
            "interactions/0/response/body/content",
        ),
        (
            {
                "interactions": [
                    {"response": {"body": {"encoded": "base64", "content": base64.b64encode(PAYLOAD).decode()}}}
                ]
            },
            "interactions/0/response/body/content",
        ),
        # VCR in Python, in Ruby, and Betamax.
        ({"version": 1, "interactions": [vcr({"string": TEXT})]}, "interactions/0/response/body/string"),
        (
            {"http_interactions": [vcr({"encoding": "UTF-8", "string": TEXT})]},
            "http_interactions/0/response/body/string",
        ),
        ({"http_interactions": [vcr(TEXT)]}, "http_interactions/0/response/body"),
        # Postman: saved examples, in folders too.
        (
            {
                "info": {},
                "item": [
                    {
                        "item": [
                            {
                                "request": {"url": {"raw": URL}},
                                "response": [{"status": "OK", "code": 200, "body": TEXT}],
                            }
                        ]
                    }
                ],
            },
            "item/0/item/0/response/0/body",
        ),
        # As Postman's API hands it out.
        (
            {"collection": {"item": [{"request": URL, "response": [{"code": 200, "body": TEXT}]}]}},
            "collection/item/0/response/0/body",
        ),
        # MockServer: an expectation, and a list of them.
        (
            {"httpRequest": {"path": REQUEST["url"]}, "httpResponse": {"statusCode": 200, "body": TEXT}},
            "httpResponse/body",
        ),
        (
            [{"httpRequest": {}, "httpResponse": {"body": {"type": "JSON", "json": OBJECT}}}],
            "0/httpResponse/body/json",
        ),
        (
            [{"httpResponse": {"body": {"type": "BINARY", "base64Bytes": base64.b64encode(PAYLOAD).decode()}}}],
            "0/httpResponse/body/base64Bytes",
        ),
    ],
)
@pytest.mark.parametrize("indent", [None, 2])
def test_what_tools_record_is_looked_into(tmp_path: Path, recording: Any, place: str, indent: int | None) -> None:
    (capture,) = of(tmp_path, recording, indent)
    assert (capture.address, capture.defects) == (f"{(tmp_path / 'a.json').as_posix()}!/{place}", ())
    assert json.loads(capture.data) == OBJECT
    (report,) = {check(tmp_path / "a.json").summary.payloads, check(tmp_path).summary.payloads}
    assert report == 1


def test_a_compressed_body_is_expanded(tmp_path: Path) -> None:
    body = {"base64_string": base64.b64encode(gzip.compress(PAYLOAD)).decode()}
    recorded = vcr(body)
    recorded["response"]["headers"] = {"Content-Encoding": ["gzip"]}
    (capture,) = of(tmp_path, {"http_interactions": [recorded]})
    assert capture.data == PAYLOAD


def test_a_body_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    good = {"response": {"body": TEXT}}
    packed = {"base64Body": base64.b64encode(b"\x0b\x02").decode(), "headers": {"Content-Encoding": "br"}}
    for response in ({"base64Body": "A"}, packed):
        ours, other = ({"request": request, "response": response} for request in (REQUEST, {"url": "/v6/agents"}))
        told = [row[1] for row in _rows(tmp_path, {"mappings": [good, ours, other]})]
        assert told == ["data", "CAP001", "another API"]


def _rows(folder: Path, recording: Any) -> list[tuple[str, str]]:
    (folder / "a.json").write_text(json.dumps(recording))
    return rows(folder / "a.json")


@pytest.mark.parametrize(
    ("stub", "outcome"),
    [
        ({"request": REQUEST, "response": {"status": 429, "body": "{}"}}, "error answer"),
        ({"request": REQUEST, "response": {"status": 200, "bodyFileName": "session.json"}}, "no body"),
        ({"request": {"url": "/v6/agents"}, "response": {"jsonBody": {"agents": []}}}, "another API"),
        ({"request": {"url": "/v6/endpoint-data/user-sessions/web"}, "response": {"body": "[]"}}, "another API"),
        ({"request": {"urlPattern": ".*"}, "response": {"jsonBody": {"agents": []}}}, "another API"),
        ({"request": REQUEST, "response": {"jsonBody": None, "body": TEXT}}, "data"),
        ({"request": REQUEST, "response": {"body": {"string": None, "content": TEXT}}}, "data"),
        ({"request": REQUEST, "response": {"status": 302, "body": "x"}}, "redirect"),
        (
            {"response": {"jsonBody": {"userSessions": [{"date": "{{now}}"}]}, "transformers": ["response-template"]}},
            "template",
        ),
        ({"request": REQUEST, "response": {"jsonBody": OBJECT, "transformers": ["response-template"]}}, "data"),
        # What the mock answers is no payload any more.
        ({"request": REQUEST, "response": {"status": 200, "jsonBody": {"sessions": []}}}, "data"),
    ],
)
def test_other_answers_of_a_mock_are_passed_over(tmp_path: Path, stub: Any, outcome: str) -> None:
    good = {"request": REQUEST, "response": {"status": 200, "jsonBody": OBJECT}}
    assert [row[1] for row in _rows(tmp_path, {"mappings": [stub, good]})] == [outcome, "data"]


def test_a_mock_that_lost_all_of_a_payload_is_told_in_a_folder_too(tmp_path: Path) -> None:
    (tmp_path / "stub.json").write_text(json.dumps({"request": REQUEST, "response": {"jsonBody": {"sessions": []}}}))
    assert [finding.rule for finding in check(tmp_path).findings] == ["CAP012"]


@pytest.mark.parametrize(
    "other",
    [
        {"response": OBJECT["userSessions"]},
        {"response": {"jsonBody": {"agents": []}}},
        {"response": {"text": TEXT}},
        {"userSessions": OBJECT["userSessions"], "response": {"jsonBody": OBJECT}},
        {"openapi": "3.1.0", "components": {"examples": {"one": {"response": {"body": OBJECT}}}}},
        [[{"responses": {"200": OBJECT}}]],
    ],
)
def test_what_is_no_recording_is_a_document(tmp_path: Path, other: Any) -> None:
    (capture,) = of(tmp_path, other)
    assert capture.address == (tmp_path / "a.json").as_posix()
    assert json.loads(capture.data) == other


def test_lines_are_no_recording(tmp_path: Path) -> None:
    line = json.dumps({"response": {"body": {"agents": []}}, "a": "userSessions"})
    (tmp_path / "a.json").write_text(f"{line}\n{line}\n")
    assert [row[0] for row in rows(tmp_path / "a.json")] == ["1", "2"]
    (tmp_path / "a.json").write_text(line)
    assert [row[0] for row in rows(tmp_path / "a.json")] == [""]


def test_places_are_those_of_the_file(tmp_path: Path) -> None:
    broken = at("port", 70000)
    stub = {"ä": "ö", "request": {"url": "/"}, "response": {"status": 200, "jsonBody": broken}}
    path = tmp_path / "stub.json"
    for indent in (4, None):
        text = json.dumps(stub, indent=indent, ensure_ascii=False)
        path.write_text(text, encoding="utf-8")
        (finding,) = check(path).findings
        line = next(number for number, line in enumerate(text.splitlines(), 1) if "70000" in line)
        column = text.splitlines()[line - 1].index("70000") + 1
        assert (finding.line, finding.column) == (line, column)
        assert finding.source == path.as_posix()
        assert finding.pointer == "/userSessions/0/port"


@pytest.mark.parametrize(("encoding", "rules"), [("utf-8-sig", []), ("utf-16", ["CAP007"])])
@pytest.mark.parametrize("indent", [None, 2])
def test_what_windows_writes_is_a_recording_too(
    tmp_path: Path, encoding: str, rules: list[str], indent: int | None
) -> None:
    recording = {"request": REQUEST, "response": {"jsonBody": at("port", 70000)}}
    (tmp_path / "a.json").write_text(json.dumps(recording, indent=indent), encoding=encoding)
    assert [finding.rule for finding in check(tmp_path / "a.json").findings] == [*rules, "SES008"]


def test_a_saved_example_answers_its_own_request_in_its_own_format(tmp_path: Path) -> None:
    asked = {"url": {"raw": URL.replace("07625", "00001")}}
    headers = [{"name": "content-type", "values": ["text/xml"]}]
    example = {"originalRequest": {"url": URL.replace(".json", ".xml")}, "headers": headers, "body": XML}
    (capture,) = of(tmp_path, {"item": [{"request": asked, "response": [example]}]})
    assert capture.exchange
    assert capture.exchange.media_type == "text/xml"
    assert check(tmp_path / "a.json").findings == ()


def test_levels_without_end_take_no_memory(tmp_path: Path) -> None:
    stub: dict[str, Any] = {"item": [{"response": {"body": TEXT}}]}
    for levels in range(100):
        stub = {"item": [stub]}
        addresses = [capture.address for capture in of(tmp_path, stub)]
        if levels < 20:
            assert addresses[0].endswith("response/body")
    assert addresses == [(tmp_path / "a.json").as_posix()]


def test_far_to_the_right_they_are_those_of_the_body(tmp_path: Path) -> None:
    stub = {"a": "x" * 2000, "response": {"jsonBody": at("port", 70000)}}
    (tmp_path / "stub.json").write_text(json.dumps(stub))
    (finding,) = check(tmp_path / "stub.json").findings
    assert finding.column == json.dumps(at("port", 70000)).index("70000") + 1
    assert finding.source == finding.capture


@pytest.mark.parametrize("id", ["{id}", ":id", "{{sessionId}}", "*", ".+", "[^/]+", r"\d\d:\w"])
def test_a_variable_in_an_address_asks_for_no_session(tmp_path: Path, id: str) -> None:
    request = {"url": f"/v6/endpoint-data/user-sessions/{id}.json?aid={{{{aid}}}}"}
    (capture,) = of(tmp_path, {"request": request, "response": {"body": TEXT}})
    assert capture.exchange
    assert (capture.exchange.session_id, capture.exchange.account) == (None, None)


def test_a_secret_of_a_request_is_told_and_not_shown(tmp_path: Path) -> None:
    request = {**REQUEST, "headers": {"Authorization": "Basic bm9yZXBseTpnMzUxbXc1"}}
    (capture,) = of(tmp_path, {"request": request, "response": {"body": TEXT}})
    assert [defect.rule for defect in capture.defects] == ["CAP017"]
    assert "bm9yZXBs" not in repr(capture._replace(data=b""))


_KEYS = [
    "mappings",
    "interactions",
    "http_interactions",
    "item",
    "request",
    "response",
    "httpRequest",
    "httpResponse",
    "body",
    "jsonBody",
    "base64Body",
    "string",
    "base64_string",
    "content",
    "json",
    "encoded",
    "status",
    "statusCode",
    "code",
    "headers",
    "header",
    "name",
    "key",
    "value",
    "url",
    "raw",
    "userSessions",
]
_SCALARS = st.sampled_from([None, True, 0, 200, 10**30, 1.5, "", "base64", "GET", TEXT, "e30=", "%", URL])


@given(
    st.recursive(
        _SCALARS | st.just(OBJECT), lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(_KEYS), inner)
    )
)
def test_whatever_stands_under_their_keys_is_read(inner: Any) -> None:
    recording = {"mappings": [{"response": {"body": TEXT}}, {"response": inner}, inner], "item": inner}
    found = list(contents(lambda: reader_of(json.dumps(recording).encode()), HERE))
    assert any("mappings/0/response/body" in each.address for each in found)
    assert all(each.skipped or each.data or each.defects for each in found)


def test_many_answers_take_time_in_proportion(tmp_path: Path) -> None:
    stub = {"response": {"jsonBody": OBJECT}}
    assert len(of(tmp_path, {"mappings": [stub] * 5000})) == 5000


def test_an_address_of_colons_takes_time_in_proportion(tmp_path: Path) -> None:
    request = {"url": f"/v6/endpoint-data/user-sessions/{':' * 300_000}/"}
    stub = {"request": request, "response": {"body": "x"}}
    assert len(of(tmp_path, {"mappings": [stub, {"response": {"body": TEXT}}]})) == 2
