"""Bytes to text: what is not UTF-8 is told at its first place, read as what it is, and checked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessionlint.decode import Undecodable, decode
from sessionlint.decode.encoding import text_of
from sessionlint.document import Document
from sessionlint.finding import WARNING

TEXT = '{"a":\n"é日🎉"}'
TREE = {"a": "é日🎉"}


def rows(result: Document | Undecodable) -> list[tuple[str, int, int, str]]:
    return [
        (each.rule, each.span.line, each.span.column, each.problem.message.text())
        for each in result.defects
        if each.span
    ]


@pytest.mark.parametrize(
    ("encoding", "mark", "name"),
    [
        ("utf-16-le", b"\xff\xfe", "UTF-16 (little-endian)"),
        ("utf-16-be", b"\xfe\xff", "UTF-16 (big-endian)"),
        ("utf-32-le", b"\xff\xfe\0\0", "UTF-32 (little-endian)"),
        ("utf-32-be", b"\0\0\xfe\xff", "UTF-32 (big-endian)"),
    ],
)
def test_wide_text_is_decoded_with_and_without_its_mark(encoding: str, mark: bytes, name: str) -> None:
    for data in (TEXT.encode(encoding), mark + TEXT.encode(encoding), mark + b"[]".decode().encode(encoding)):
        document = decode(data)
        assert isinstance(document, Document)
        assert rows(document) == [("CAP007", 1, 1, f"the text is {name}, not UTF-8")]
        assert document.tree in (TREE, [])


def test_columns_of_wide_text_are_code_points() -> None:
    document = decode('{"🎉":1,"a":2}'.encode("utf-16"))
    assert isinstance(document, Document)
    assert document.spans([("a",)]) == {("a",): (1, 12, 1, 13)}


@pytest.mark.parametrize("lost", [1, 2, 3])
def test_wide_text_may_be_cut_off_inside_a_character(lost: int) -> None:
    document = decode('{"a":1,"b":"🎉"}'.encode("utf-32")[: -12 + lost])
    assert isinstance(document, Document)
    assert [each.rule for each in document.defects] == ["CAP007", "CAP004"]
    assert document.tree == {"a": 1}


def test_a_byte_order_mark_is_a_warning() -> None:
    document = decode(b"\xef\xbb\xbf" + TEXT.encode())
    assert isinstance(document, Document)
    (defect,) = document.defects
    assert (defect.rule, defect.problem.severity, defect.span) == ("CAP007", WARNING, (1, 1, 1, 2))
    assert document.tree == TREE
    assert document.spans([()])[()][:2] == (1, 1)
    assert document.line(1) == '{"a":'


@pytest.mark.parametrize(
    ("data", "tree", "place", "message"),
    [
        (b'{"a":"caf\xe9"}', {"a": "café"}, (1, 10), 'the byte "0xE9" is not UTF-8; it is read as Windows-1252'),
        (b'{"a":\n"\x80"}', {"a": "€"}, (2, 2), 'the byte "0x80" is not UTF-8; it is read as Windows-1252'),
        (b'{"a":"\x81"}', {"a": "\x81"}, (1, 7), 'the byte "0x81" is not UTF-8; it is read as Windows-1252'),
        (b'{"a":"\xc3\xa9\xe9"}', {"a": "éé"}, (1, 8), 'the byte "0xE9" is not UTF-8; it is read as Windows-1252'),
        (
            b'{"a":"\xed\xa0\xbd\xed\xb8\x80"}',
            {"a": "😀"},
            (1, 7),
            "surrogates were encoded as if they were characters",
        ),
        (b'{"a":"\xed\xa0\xbd"}', {"a": "\ufffd"}, (1, 7), "surrogates were encoded as if they were characters"),
        (b'{"a":"\\ud83d"}', {"a": "\ufffd"}, (1, 7), "half a surrogate pair is no character"),
        (b'{"a":"\\ude00x\\ud83d\\ude00"}', {"a": "\ufffdx😀"}, (1, 7), "half a surrogate pair is no character"),
        (b'{"\\ud83d\\u0041":1}', {"\ufffdA": 1}, (1, 3), "half a surrogate pair is no character"),
    ],
)
def test_what_is_not_utf_8_is_told_and_read(data: bytes, tree: object, place: tuple[int, int], message: str) -> None:
    document = decode(data)
    assert isinstance(document, Document)
    ((rule, line, column, words),) = rows(document)
    assert (rule, (line, column)) == ("CAP007", place)
    assert message in words
    assert document.tree == tree


def test_half_surrogates_are_one_defect() -> None:
    document = decode(b'{"a":"\\ud800","b":["\\udc00","\\ud800"]}')
    ((_, _, _, words),) = rows(document)
    assert "also at 2 more places" in words


@pytest.mark.parametrize("end", range(6, 15))
def test_utf_8_may_be_cut_off_inside_a_character(end: int) -> None:
    assert [each.rule for each in decode(TEXT.encode()[:end]).defects] == ["CAP004"]


def test_what_follows_a_document_is_told_even_if_it_is_half_a_character() -> None:
    assert [each.rule for each in decode(b'{"a":1}\xc3').defects] == ["CAP018"]


@pytest.mark.parametrize("data", [b"\xff\xd0\x00\x01\x99", b"caf\xe9 x", bytes(range(128, 256))])
def test_what_is_neither_text_nor_a_document_is_one_defect(data: bytes) -> None:
    result = decode(data)
    assert isinstance(result, Undecodable)
    assert [each.rule for each in result.defects] == ["CAP007"]


@pytest.mark.parametrize(
    ("start", "name"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0", "a PNG image"),
        (b"PK\x03\x04\x14\0", "a ZIP archive"),
        (b"\x1f\x8b\x08\0", "gzip data"),
        (b"%PDF-1.7\n", "a PDF document"),
        (b"\x0a\x0d\x0d\x0a\0\0\0\0", "a packet capture"),
        (b"ElfFile\0", "a Windows event log"),
        (b"SQLite format 3\0", "an SQLite database"),
    ],
)
def test_well_known_binary_data_is_named(start: bytes, name: str) -> None:
    result = decode(start + b"\x00\xff", "a.json")
    assert isinstance(result, Undecodable)
    assert [(each.rule, each.problem.message.text()) for each in result.defects] == [
        ("CAP012", f"not a payload: this is {name}")
    ]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b'<?xml version="1.0" encoding="UTF-8"?><a>\xc3\xa9</a>', []),
        (b'<?xml version="1.0" encoding="ISO-8859-1"?><a>e</a>', []),
        (
            b'<?xml version="1.0" encoding="ISO-8859-1"?><a>\xe9</a>',
            ['the text is "iso-8859-1", as its declaration says, not UTF-8'],
        ),
        (
            b"<?xml version='1.0' encoding='windows-1252'?><a>\xc3\xa9</a>",
            ['the XML declaration names the encoding "windows-1252", but the text is UTF-8'],
        ),
        (
            b'<?xml version="1.0" encoding="punycode"?><a>\xe9</a>',
            ['the byte "0xE9" is not UTF-8; it is read as Windows-1252'],
        ),
        (
            b'<?xml version="1.0" encoding="latin-2"?><a>\xe9</a>',  # no name that Python knows
            ['the byte "0xE9" is not UTF-8; it is read as Windows-1252'],
        ),
        (
            b'<?xml version="1.0" encoding="shift_jis"?><a>\xff\xe9</a>',
            ['the byte "0xFF" is not UTF-8; it is read as Windows-1252'],
        ),
    ],
)
def test_an_xml_declaration_is_believed_where_it_is_true(data: bytes, words: list[str]) -> None:
    text = text_of(data)
    assert [each.problem.message.text() for each in text.defects] == words
    assert "é" in text.body.decode() or b"\xff" in data or b"<a>e<" in data


@given(st.binary())
def test_any_bytes_become_text(data: bytes) -> None:
    text_of(data).body.decode()


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_utf_8_stays_as_it_is(text: str) -> None:
    data = f"[{text}".encode()
    if "\0" not in text[:3]:
        assert text_of(data).body == data
