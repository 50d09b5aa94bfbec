"""What is read without a parser is what lxml reads, and of it the XSD says nothing that the JSON Schema does not."""

import re
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree

from sessionlint import check
from sessionlint.conformance import conformance
from sessionlint.decode import decode
from sessionlint.decode.xml_document import XmlDocument, decode_plain, decode_xml
from sessionlint.decode.xml_plain import plain_tree
from sessionlint.limits import Limits
from sessionlint.xsd import refusals
from support import SOUND, at
from support_xml import to_xml

PLAIN = to_xml(SOUND)
UNDECLARED = PLAIN.partition(b"\n")[2]
BARE = to_xml(SOUND["userSessions"][0], root="session")


def pretty(xml: bytes) -> bytes:
    element = etree.fromstring(xml)
    etree.indent(element)
    return bytes(etree.tostring(element, encoding="utf-8", xml_declaration=True))


def in_session(xml: str) -> bytes:
    return f"<response><userSessions><userSessionId>a</userSessionId>{xml}</userSessions></response>".encode()


def told(xml: bytes) -> Any:
    """Everything that is said of a text, to the letter."""
    return check(xml, select=["ALL"]).findings


def assert_is_read_alike(xml: bytes) -> bool:
    """Whether it is plain: then lxml reads the same, and the XSD has no more to say."""
    tree = plain_tree(xml)
    if tree is None:
        return False
    by_lxml = decode_xml(xml, Limits())
    assert isinstance(by_lxml, XmlDocument)
    assert repr(tree) == repr(by_lxml.tree)
    assert (by_lxml.defects, by_lxml.made_up, by_lxml.cut) == ((), frozenset(), frozenset())
    with pytest.MonkeyPatch.context() as patch:
        findings = told(xml)
        patch.setattr("sessionlint.decode.xml_document.plain_tree", lambda _: None)
        assert findings == told(xml)
    (part,) = by_lxml.parts
    if conformance("fast", part.kind).is_sound(tree):
        assert list(refusals(by_lxml, is_sound=False)) == []
    return True


@pytest.mark.parametrize(
    "xml",
    [
        PLAIN,
        BARE,
        pretty(PLAIN),
        pretty(PLAIN).replace(b"\n", b"\r\n"),
        pretty(PLAIN).replace(b"\n", b"\r"),
        UNDECLARED,
        PLAIN.replace(b"<?xml version='1.0' encoding='utf-8'?>", b'<?xml version="1.0"?>'),
        PLAIN.replace(b"'utf-8'?>", b"'UTF-8' standalone='yes'?>"),
        to_xml(SOUND["userSessions"][0], root="userSessions"),
        in_session("<orgName/><errors/><port> 443\n</port><experienceScore>5e-05</experienceScore>").replace(b"<errors/>", b""),
        in_session("<network><errors/><errors>&lt;&amp;&quot;&apos;&gt;</errors><traceroute><error/></traceroute></network>"),
        in_session("<orgName>\r\r\n\u00a0\u0085ö 雪 😀\ufeff</orgName>\u0020<browser>\n</browser><pages></pages><pages> </pages>"),
    ],
    ids=range(12),
)  # fmt: skip
def test_what_is_plain_needs_no_parser(xml: bytes) -> None:
    assert assert_is_read_alike(xml)
    document = decode(xml, "a.xml")
    assert isinstance(document, XmlDocument)
    assert document.is_plain


@pytest.mark.parametrize(
    "xml",
    [
        *("<port a='1'>1</port>", "<port><!-- a -->1</port>", "<port><![CDATA[1]]></port>", "<port><?a?>1</port>"),
        *("<port>1</port>text", "<browser>text</browser>", "<orgName/>text", "<browser/>", "<browser/></browser>", "\u00a0<port>1</port>", "<new>1</new>"),
        *("<port>1</port><port>1</port>", "<browser></browser><browser></browser>", "<port><a/></port>", "<x:port>1</x:port>"),
        *("<port>443.0</port>", "<port>4.43E2</port>", "<port>+1</port>", "<port>01</port>", "<port/>", "<port></port>"),
        *(f"<experienceScore>{text}</experienceScore>" for text in ("NaN", "INF", "1e400", ".5", "5.", "true", '"1"', "null")),
        *(f"<network><icmpBlocked>{text}</icmpBlocked></network>" for text in ("1", "TRUE", '"true"', "")),
        *(f"<orgName>{text}</orgName>" for text in ("&#10;", "&nbsp;", "&", "]]>", ">", "<", "\0", "\x0b", "\ufffe", "\uffff")),
        *("<port>1</Port>", "<port>1</port", "<port>1<port>", "<port>1", "<port", "<", "<orgName ><port>1</port>", "</userSessions>", "<port>1</port></port>"),
    ],
)  # fmt: skip
def test_whatever_is_more_than_plain_is_left_to_a_parser(xml: str) -> None:
    assert plain_tree(in_session(xml)) is None


@pytest.mark.parametrize(
    "xml",
    [
        *(b"", b"<", b"<response/>", b"<response></response>", b"x" + UNDECLARED, PLAIN + b"x", PLAIN + b"<!-- a -->", PLAIN[:-1], PLAIN[:-11]),
        *(PLAIN + b"</response>", PLAIN + BARE.partition(b"\n")[2], b"\xef\xbb\xbf" + PLAIN, PLAIN.replace(b"443", b"\xff")),
        *(b"<!DOCTYPE response>" + UNDECLARED, PLAIN.replace(b"response", b"details"), b" " + PLAIN),
        *(PLAIN.replace(b"utf-8", b"latin-1"), PLAIN.replace(b"1.0'", b"1.1'"), b"<?xml-stylesheet href='a'?>" + PLAIN),
        *(b"<session><port>1</port></session>", b"<session></session>", b"<response><session></session></response>"),
    ],
    ids=range(22),
)  # fmt: skip
def test_so_is_what_is_no_whole_payload(xml: bytes) -> None:
    assert plain_tree(xml) is None


def test_so_is_what_is_larger_than_a_parser_and_the_xsd_were_tried_with() -> None:
    assert plain_tree(to_xml(at("orgName", "x" * 2**20))) is None
    assert plain_tree(to_xml(at("pages", [{"id": "1"}] * 4_000))) is None


@pytest.mark.parametrize(
    "limits", [{"nesting": 9}, {"document_bytes": 900}, {"undivided_bytes": 900}, {"document_values": 30}]
)
def test_no_limit_is_passed_by(limits: dict[str, int]) -> None:
    assert decode_plain(PLAIN, Limits()) is not None
    assert decode_plain(PLAIN, Limits(**limits)) is None


@pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
def test_a_name_that_promises_json_is_told_of(name: str) -> None:
    document = decode(PLAIN, name)
    assert [each.rule for each in document.defects] == ["CAP010"]


# Whatever was done to a text.

FRAGMENTS = st.sampled_from(
    [
        *("<", ">", "</", "/>", "&", "&lt;", "&amp;", "&#65;", "]]>", "<!-- a -->", "<![CDATA[x]]>", "<?a?>", " a='1'", "'"),
        *(" ", "\t", "\r\n", "\r", "\x00", "\x0b", "\x1c", "\x7f", "\x85", "\u00a0", "\u2028", "\u3000", "\ufeff", "\ufffe", "é", "😀"),
        *("<title/>", "<title />", "<errors/>", "<new/>", "<pages></pages>", "<port>1</port>", "<error>x</error>", "<connect/>"),
        *("0", "1", "9" * 20, "-", "+", ".", ".0", "e1", "E-2", "NaN", "true", "null", '"', "0.99999999999999999999", "_"),
        *("text", "2017-02-30 11:58:43", "::1", "<destination>a</destination>", "<hop>1</hop>", "<name>a</name>", "", " x "),
        *("response", "session", "userSessions", "network", "2017-03-26 11:58:43", "http://a/", ":", "\\", "*"),
    ]
)  # fmt: skip


UNITS = [
    r"(?<=>)[^<>]+(?=</)",
    r"<(\w+)>[^<]*</\1>",
    r"(?s)<(browser|pages|network|traceroute|hops)>.*?</\1>",
    r"<[^>]*>",
    "",
]
"""Texts, elements with a text, elements with others, tags, the places between characters."""


@st.composite
def changed_texts(draw: st.DrawFn) -> bytes:
    """A plain text in which a few things were put in, taken out, doubled, or took the place of others."""
    text = draw(st.sampled_from([PLAIN, BARE, pretty(PLAIN), pretty(BARE)])).decode()
    for _ in range(draw(st.integers(1, 3))):
        units = list(re.finditer(draw(st.sampled_from(UNITS)), text)) or list(re.finditer("", text))
        unit, other = draw(st.sampled_from(units)), draw(st.sampled_from(units))
        new = draw(st.sampled_from(["", unit[0] * 2, other[0]]) | FRAGMENTS)
        text = f"{text[: unit.start()]}{new}{text[unit.end() :]}"
    return text.encode()


@given(changed_texts())
def test_what_is_still_plain_is_what_a_parser_reads(xml: bytes) -> None:
    assert_is_read_alike(xml)


LEAVES = sorted({match[1] for match in re.finditer(rb"<(\w+)>[^<]*</\1>", PLAIN)})
NUMBERS = st.one_of(
    st.from_regex(r"[ \n]?[+-]?[0-9]{0,20}(\.[0-9]{0,20})?([eE][+-]?[0-9]{1,3})?[ \n]?", fullmatch=True),
    st.sampled_from([0, 1, 90, 180, 255, 999, 65535, 10**8, 10**11, 10**14, 2**32 - 1, 2**53, 2**63, 2**64]).flatmap(
        lambda bound: st.tuples(st.sampled_from(["", "-"]), st.integers(bound - 1, bound + 1), st.text("0159", max_size=25)).map(
            lambda parts: f"{parts[0]}{parts[1]}{'.' if parts[2] else ''}{parts[2]}"
        )
    ),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
)  # fmt: skip
TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    st.from_regex(r"[0-9]{4}-[01][0-9]-[0-3][0-9] [0-2][0-9]:[0-6][0-9]:[0-6][0-9]\n?", fullmatch=True),
    st.from_regex(r"(https?://)?\[?[a-f0-9.:]*\]?(:[0-9]+)?[/?# \n]?", fullmatch=True),
)


@given(st.sampled_from(LEAVES), NUMBERS | TEXTS)
@example(b"port", "1.00000000000000000000001")
@example(b"max", "1.00000000000000000000001")
@example(b"max", "-1e-400")
def test_whatever_a_text_is_the_xsd_says_no_more_of_what_is_plain(name: bytes, text: str) -> None:
    xml = re.sub(b"<%b>[^<]*</" % name, lambda _: b"<%b>%b</" % (name, text.encode()), PLAIN)
    assert_is_read_alike(xml)
