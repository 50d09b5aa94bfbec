"""JSON to documents: the short way for what is sound, repeated keys, limits, wrappers, and what a name promises."""

import base64
import json
import subprocess
import sys
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessionlint.decode import Undecodable, decode
from sessionlint.decode.json_document import JsonDocument, decode_sound
from sessionlint.document import Document
from sessionlint.limits import Limits
from support import EXAMPLES, SOUND


def rows(result: Document | Undecodable) -> list[tuple[str, str]]:
    return [(each.rule, each.problem.message.text()) for each in result.defects]


def test_what_is_sound_has_no_defects() -> None:
    data = (EXAMPLES / "sound.json").read_bytes()
    document = decode(data, "sound.json")
    assert isinstance(document, JsonDocument)
    assert document.format == "json"
    assert document.tree == SOUND
    assert (document.defects, document.made_up, document.cut) == ((), frozenset(), frozenset())


def test_what_is_sound_loads_nothing_but_orjson() -> None:
    program = (
        "import sys; from sessionlint.decode import decode; before = set(sys.modules)\n"
        "decode(sys.stdin.buffer.read(), 'a.json')\n"
        "unwanted = {'tree_sitter', 'lxml', 'html', 'sessionlint.decode.json_repair'}\n"
        "print(sorted(set(sys.modules) - before), sorted(unwanted & set(sys.modules)))"
    )
    data = (EXAMPLES / "sound.json").read_bytes()
    ran = subprocess.run([sys.executable, "-c", program], input=data, capture_output=True, check=True, env=None)
    assert ran.stdout.decode().split() == ["[]", "[]"]


@pytest.mark.parametrize("data", [b"[1]", b'{"a":"x:y"}', b"[]", b" null\n", b"1.5", b'{"a":"\\u0041"}'])
def test_the_short_way_takes_what_is_sound(data: bytes) -> None:
    document = decode_sound(data, Limits())
    assert document is not None
    assert document.tree == orjson.loads(data)


@pytest.mark.parametrize(
    "data", [b'{"a":1,"a":2}', b'{"a":1,"a":"x:y"}', b'{"a":1,"a":"\\u003a"}', b'"text"', b"[1", b"", b"\xef\xbb\xbf[]"]
)
def test_the_short_way_leaves_the_rest(data: bytes) -> None:
    assert decode_sound(data, Limits()) is None


@pytest.mark.parametrize(
    ("text", "message", "place", "others"),
    [
        ('{"a":1,\n"a":2}', 'the key "a" comes twice in one object', (2, 5), [6]),
        ('{"a":1,"a":2,"a":3}', 'the key "a" comes 3 times in one object', (1, 18), [6, 12]),
        ('{"a":1,"a":"\\u003a"}', 'the key "a" comes twice in one object', (1, 12), [6]),
        ('{"b":[{"\\u0061":"x:y","a":""}]}', 'the key "a" comes twice in one object', (1, 27), [17]),
    ],
)
def test_a_repeated_key_is_told_at_its_last_value(
    text: str, message: str, place: tuple[int, int], others: list[int]
) -> None:
    document = decode(text.encode())
    assert isinstance(document, Document)
    ((rule, words),) = rows(document)
    (defect,) = document.defects
    assert rule == "CAP005"
    assert words.startswith(message)
    assert defect.span is not None
    assert defect.span[:2] == place
    assert [span and span.column for span in defect.related_spans] == others
    assert document.tree == orjson.loads(text)
    assert document.spans([defect.problem.path])[defect.problem.path] == defect.span


def test_each_object_has_its_own_repeated_keys() -> None:
    result = decode(b'[{"a":1,"a":2,"b":1,"b":2},{"a":1,"a":2}]')
    assert sorted(each.problem.path for each in result.defects) == [(0, "a"), (0, "b"), (1, "a")]


def test_an_escaped_colon_is_no_defect() -> None:
    assert not decode(b'{"a":"\\u003a","b\\u003A":1}').defects


@given(st.recursive(st.text(":ab\\"), lambda inner: st.lists(inner) | st.dictionaries(st.text(":ab"), inner)))
def test_no_key_is_found_repeated_that_is_not(value: Any) -> None:
    for is_ascii in (True, False):
        assert not decode(json.dumps([value], ensure_ascii=is_ascii).encode()).defects


@given(st.dictionaries(st.text("ab:"), st.text("ab:"), min_size=1), st.text("ab:"), st.booleans())
def test_a_repeated_key_is_never_missed(members: dict[str, str], value: str, is_escaped: bool) -> None:
    key = next(iter(members))
    written = json.dumps(value).replace(":", "\\u003a") if is_escaped else json.dumps(value)
    text = json.dumps(members)[:-1] + f",{json.dumps(key)}:{written}}}"
    assert [(each.rule, each.problem.path) for each in decode(text.encode()).defects] == [("CAP005", (key,))]


# Limits


@pytest.mark.parametrize(
    ("data", "nesting", "column"),
    [
        (b"[" * 256 + b"]" * 256, 254, 255),  # of 255, orjson before 3.12 bears all
        (b"[" * 256 + b"]" * 256, 9999, 255),
        (b"[" * 1024 + b"]" * 1024, 254, 255),
        (b"[" * 5000 + b"]" * 5000, 254, 255),
        (b'{"a":{"b":{}}}', 2, 11),
        (b'{"[[[":"{{{\\"","b":[[[]]]}', 3, 22),
    ],
)
def test_a_document_may_be_nested_too_deeply(data: bytes, nesting: int, column: int) -> None:
    result = decode(data, limits=Limits(nesting=nesting))
    assert isinstance(result, Undecodable)
    (defect,) = result.defects
    assert defect.rule == "CAP015"
    assert defect.span == (1, column, 1, column + 1)


@pytest.mark.parametrize(
    ("data", "nesting"), [(b"[" * 254 + b"]" * 254, 254), (b"[[],[[]],[]]", 3), (b'["[[[[", {}, "}"]', 2)]
)
def test_a_document_may_be_as_deep_as_the_limit(data: bytes, nesting: int) -> None:
    assert not decode(data, limits=Limits(nesting=nesting)).defects


def test_a_document_may_be_too_large() -> None:
    limits = Limits(document_bytes=10)
    assert not decode(b"[1,2,3,45]", limits=limits).defects
    assert rows(decode(b"[1,2,3,456]", limits=limits)) == [
        ("CAP015", "the document has 11 bytes: the limit document-bytes is 10")
    ]


# Wrappers

PAYLOAD = '{\n  "a": [1]\n}'
IN_BASE64 = base64.b64encode(PAYLOAD.encode()).decode()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (json.dumps(PAYLOAD), "JSON in a JSON string"),
        (json.dumps(json.dumps(PAYLOAD)), "JSON in a JSON string in a JSON string"),
        (json.dumps(json.dumps(json.dumps(PAYLOAD))), "JSON in a JSON string in a JSON string in a JSON string"),
        (repr(PAYLOAD.encode()), "JSON in bytes that Python printed"),
        (repr(f"{PAYLOAD}\n".encode()) + "\n", "JSON in bytes that Python printed"),
        (IN_BASE64, "JSON in base64"),
        (IN_BASE64.rstrip("="), "JSON in base64"),
        ("\n".join(IN_BASE64) + "\n", "JSON in base64"),
        (json.dumps(IN_BASE64), "JSON in base64 in a JSON string"),
        (base64.b64encode(json.dumps(PAYLOAD).encode()).decode(), "JSON in a JSON string in base64"),
        (base64.urlsafe_b64encode(b'{"a":[1],"b":"???>>>"}').decode(), "JSON in base64"),
    ],
)
def test_a_wrapped_document_is_taken_out(text: str, message: str) -> None:
    document = decode(text.encode())
    assert isinstance(document, Document)
    assert rows(document) == [("CAP011", f"the payload is wrapped: {message}")]
    assert document.tree["a"] == [1]
    assert document.defects[0].problem.path == ()


def test_a_wrapped_document_has_its_own_lines() -> None:
    document = decode(json.dumps(PAYLOAD).encode())
    assert isinstance(document, Document)
    assert document.line(2) == '  "a": [1]'
    assert document.spans([("a", 0)]) == {("a", 0): (2, 9, 2, 10)}


def test_a_wrapped_document_may_be_xml() -> None:
    document = decode(json.dumps("<response><userSessions/></response>").encode(), "a.json")
    assert isinstance(document, Document)
    assert rows(document) == [("CAP011", "the payload is wrapped: XML in a JSON string")]
    assert document.format == "xml"


def test_a_wrapped_document_is_salvaged() -> None:
    broken = decode(json.dumps('{"a":1,}').encode())
    assert [each.rule for each in broken.defects] == ["CAP011", "CAP003"]
    for length in (30, 32):
        cut = decode(json.dumps('{"a": [1, 2], "b": [3, 4], "c": 5}')[:length].encode())
        assert isinstance(cut, Document)
        assert [each.rule for each in cut.defects] == ["CAP011", "CAP004"]
        assert cut.tree["a"] == [1, 2]


def test_a_page_in_a_string_is_a_page() -> None:
    result = decode(json.dumps("<html><title>Sign in</title></html>").encode())
    assert [each.rule for each in result.defects] == ["CAP009"]


@pytest.mark.parametrize(
    "text", ['"hello"', '"1"', '""', '"[hello]"', '"true"', '"aGVsbG8gd29ybGQ="', json.dumps(json.dumps("hello"))]
)
def test_a_string_that_holds_no_document_is_a_string(text: str) -> None:
    document = decode(text.encode())
    assert isinstance(document, Document)
    assert document.tree == json.loads(text)
    assert not document.defects


@pytest.mark.parametrize("text", ["aGVsbG8gd29ybGQ=", "hello", "eyJ", "AAAA"])
def test_what_only_looks_like_base64_is_plain_text(text: str) -> None:
    assert [each.rule for each in decode(text.encode()).defects] == ["CAP003"]


def test_no_more_wrappers_are_taken_off_than_three() -> None:
    text = PAYLOAD
    for _ in range(4):
        text = json.dumps(text)
    document = decode(text.encode())
    assert isinstance(document, Document)
    assert isinstance(document.tree, str)


# What the name promises

XML = b"<response><userSessions/></response>"


@pytest.mark.parametrize(
    ("data", "name", "message"),
    [
        (b"[]", "a.xml", "the name says XML, but this is JSON: it is checked as JSON"),
        (b"[]", "a.XML", "the name says XML, but this is JSON: it is checked as JSON"),
        (b"[]", "a.xml.gz", "the name says XML, but this is JSON: it is checked as JSON"),
        (XML, "a.json", "the name says JSON, but this is XML: it is checked as XML"),
        (XML, "A.Json.bz2", "the name says JSON, but this is XML: it is checked as XML"),
    ],
)
def test_a_name_may_promise_another_format(data: bytes, name: str, message: str) -> None:
    assert rows(decode(data, name)) == [("CAP010", message)]


@pytest.mark.parametrize(
    ("data", "name"),
    [
        *((b"[]", name) for name in ("a.json", "", "a", "xml", "a.xml.json", "a.gz")),
        *((XML, name) for name in ("a.xml", "", "a.txt", "a.xml.xz", "json")),
    ],
)
def test_a_name_may_keep_its_promise(data: bytes, name: str) -> None:
    assert not decode(data, name).defects


def test_a_broken_document_under_a_wrong_name_is_both() -> None:
    assert [each.rule for each in decode(b'{"a":1,}', "a.xml").defects] == ["CAP010", "CAP003"]


def test_what_is_no_document_has_no_wrong_format() -> None:
    assert [each.rule for each in decode(b"hello", "a.xml").defects] == ["CAP003"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "the file is empty"),
        (b" \n\t\r\n", "the file holds nothing but white space"),
        (b"\xef\xbb\xbf\n", "the file holds nothing but white space"),
        ("\n".encode("utf-16"), "the file holds nothing but white space"),
    ],
)
def test_an_empty_file_is_told(data: bytes, message: str) -> None:
    result = decode(data)
    assert rows(result) == [("CAP002", message)]
    assert result.defects[0].span is None
