"""XML to documents: what becomes of elements, what is told of text that is not sound, and what is refused."""

import re
from contextlib import suppress
from typing import Any
from xml.parsers import expat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessionlint.decode import Undecodable, decode
from sessionlint.decode.xml_document import XmlDocument, decode_xml
from sessionlint.limits import Limits
from support import SOUND
from support_xml import to_xml

HEAD = "<response><userSessions><userSessionId>a</userSessionId>"
TAIL = "</userSessions></response>"


def in_session(xml: str) -> str:
    """A response whose only session has an id and these elements."""
    return f"{HEAD}{xml}{TAIL}"


def document_of(xml: str | bytes, limits: Limits = Limits()) -> XmlDocument:
    document = decode_xml(xml if isinstance(xml, bytes) else xml.encode(), limits)
    assert isinstance(document, XmlDocument), document
    return document


def session_of(xml: str) -> dict[str, Any]:
    """What a session is decoded to: without its id, and without pages where it has none."""
    (session,) = document_of(in_session(xml)).tree["userSessions"]
    assert session.pop("userSessionId") == "a"
    if not session["pages"]:
        del session["pages"]
    return dict(session)


def told(decoded: XmlDocument | Undecodable) -> list[tuple[str, str, tuple[int, int] | None]]:
    """Rule, message, line and column of each defect."""
    return [
        (defect.rule, defect.problem.message.text(), (defect.span.line, defect.span.column) if defect.span else None)
        for defect in decoded.defects
    ]


def rules(xml: str | bytes) -> list[str]:
    decoded = decode_xml(xml if isinstance(xml, bytes) else xml.encode(), Limits())
    return [defect.rule for defect in decoded.defects]


# The mapping.


@pytest.mark.parametrize(
    ("xml", "session"),
    [
        ("<orgName>T-2</orgName>", {"orgName": "T-2"}),
        ("<orgName> a  b\n</orgName>", {"orgName": " a  b\n"}),
        ("<orgName/>", {"orgName": ""}),
        ("<orgName>a<!-- b --><![CDATA[<&]]><?c d?>&lt;&#x65;</orgName>", {"orgName": "a<&<e"}),
        # Numbers and booleans by the documented type of their place.
        ("<port>443</port>", {"port": 443}),
        ("<port>\n 443 </port>", {"port": 443}),
        ("<port>+443</port>", {"port": 443}),
        ("<port>0443</port>", {"port": 443}),
        ("<port>443.0</port>", {"port": 443}),
        ("<port>4.43E2</port>", {"port": 443}),
        ("<port>-.5e1</port>", {"port": -5}),
        ("<port>443.5</port>", {"port": 443.5}),
        ("<roundId>18446744073709551615</roundId>", {"roundId": 2**64 - 1}),
        ("<roundId>18446744073709551617</roundId>", {"roundId": 2.0**64}),
        ("<network><icmpBlocked> true </icmpBlocked></network>", {"network": {"icmpBlocked": True, "errors": []}}),
        ("<network><icmpBlocked>false</icmpBlocked></network>", {"network": {"icmpBlocked": False, "errors": []}}),
        # What is not lexically of its type stays text.
        ("<port/>", {"port": ""}),
        ("<port> </port>", {"port": " "}),
        ("<port>4 43</port>", {"port": "4 43"}),
        ("<port>4_43</port>", {"port": "4_43"}),
        ("<port>0x1F</port>", {"port": "0x1F"}),
        ("<port>٤٤٣</port>", {"port": "٤٤٣"}),
        ("<port>nan</port>", {"port": "nan"}),
        ("<port>\u00a0443</port>", {"port": "\u00a0443"}),
        ("<network><icmpBlocked>1</icmpBlocked></network>", {"network": {"icmpBlocked": "1", "errors": []}}),
        # Lists: repeated, once, absent.
        ("<pages><id>1</id></pages><pages><id>2</id></pages>", {"pages": [{"id": "1"}, {"id": "2"}]}),
        ("<pages><id>1</id></pages><port>1</port><pages/>", {"pages": [{"id": "1"}, {}], "port": 1}),
        ("<network><errors>a</errors></network>", {"network": {"errors": ["a"]}}),
        ("<network><errors/></network>", {"network": {"errors": [""]}}),
        ("<network><traceroute/></network>", {"network": {"errors": [], "traceroute": {"hops": []}}}),
        (
            "<network><traceroute><error>x</error></traceroute></network>",
            {"network": {"errors": [], "traceroute": {"error": "x"}}},
        ),
        (
            "<network><traceroute><hops/><error>x</error></traceroute></network>",
            {"network": {"errors": [], "traceroute": {"error": "x", "hops": [{}]}}},
        ),
        (
            "<network><traceroute><hops><mpls>a</mpls><mpls>b</mpls></hops></traceroute></network>",
            {"network": {"errors": [], "traceroute": {"hops": [{"mpls": ["a", "b"]}]}}},
        ),
        (
            "<network><networkProfile><proxyProfile/></networkProfile></network>",
            {"network": {"errors": [], "networkProfile": {"dnsServers": [], "proxyProfile": {"proxies": []}}}},
        ),
        # Objects.
        ("<browser> <name>x</name>\n<version/> </browser>", {"browser": {"name": "x", "version": ""}}),
        ("<browser>\n</browser>", {"browser": {}}),
        ("<browser>x</browser>", {"browser": "x"}),
        ("<browser>x<name>y</name>z</browser>", {"browser": {"name": "y"}}),
        ("<pages>x</pages>", {"pages": ["x"]}),
        ("<port><a>1</a></port>", {"port": {"a": "1"}}),
        # What nobody documented.
        ("<new>1</new>", {"new": "1"}),
        ("<new/>", {"new": ""}),
        ("<new>1</new><port>1</port><new>2</new><new/>", {"new": ["1", "2", ""], "port": 1}),
        ("<new><port>1</port><a><b>2</b></a><a/></new><port>1</port>", {"new": {"port": "1", "a": [{"b": "2"}, ""]}, "port": 1}),
        ("<new><a><a/><a/></a></new>", {"new": {"a": {"a": ["", ""]}}}),
        # Attributes.
        ('<port unit="p">443</port>', {"port": 443, "port@unit": "p"}),
        ("<browser a='1'><name b='2'>x</name></browser>", {"browser": {"@a": "1", "name": "x", "name@b": "2"}}),
        ("<pages a='1'/>", {"pages": [{"@a": "1"}]}),
        ("<new a='1'><b c='2'/></new>", {"new": {"b": ""}}),
        ('<port xml:space="preserve">443</port>', {"port": 443}),
        (
            '<port xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="a" xsi:schemaLocation="b c">1</port>',
            {"port": 1},
        ),
        # Names as written.
        ('<x:port xmlns:x="urn:x">1</x:port><port>2</port>', {"x:port": "1", "port": 2}),
        ("<Port>1</Port>", {"Port": "1"}),
    ],
)  # fmt: skip
def test_elements_become_what_their_place_documents(xml: str, session: dict[str, Any]) -> None:
    assert session_of(xml) == session
    assert document_of(in_session(xml)).defects == ()


@pytest.mark.parametrize(
    ("xml", "tree"),
    [
        ("<response/>", {"userSessions": []}),
        ("<response>\n</response>", {"userSessions": []}),
        ("<?xml version='1.0' encoding='UTF-8'?>\n<!-- a -->\n<response/>\n<!-- b -->\n", {"userSessions": []}),
        ("<response version='6'><userSessions/></response>", {"userSessions": [{"pages": []}], "@version": "6"}),
        ("<response><userSessions/><userSessions>x</userSessions></response>", {"userSessions": [{"pages": []}, "x"]}),
        ("<session><userSessionId>a</userSessionId><port>1</port></session>", {"userSessionId": "a", "port": 1, "pages": []}),
        # The namespace of the root element is that of the document.
        ("<response xmlns='urn:x'><userSessions><port>1</port></userSessions></response>", {"userSessions": [{"port": 1, "pages": []}]}),
        (
            "<x:response xmlns:x='urn:x'><x:userSessions><port>1</port></x:userSessions></x:response>",
            {"userSessions": [{"port": 1, "pages": []}]},
        ),
        # Other documents.
        ("<response><error>no</error></response>", {"error": "no"}),
        ("<response>no</response>", "no"),
        ("<project/>", ""),
        ("<project><a>1</a><a>2</a><errors>x</errors></project>", {"a": ["1", "2"], "errors": "x"}),
    ],
)  # fmt: skip
def test_the_elements_below_the_root_tell_what_a_document_is(xml: str, tree: Any) -> None:
    assert document_of(xml).tree == tree
    assert document_of(xml).defects == ()


@pytest.mark.parametrize("root", ["response", "session", "userSessions"])
def test_a_bare_session_may_have_its_own_names(root: str) -> None:
    session = SOUND["userSessions"][0]
    document = document_of(to_xml(session, root=root))
    assert (document.tree, document.defects) == (session, ())


def test_any_other_root_is_read_and_told() -> None:
    document = document_of("\n  <details><userSessions/></details>")
    assert document.tree == {"userSessions": [{"pages": []}]}
    assert told(document) == [("CAP019", 'the root element is "details", not response', (2, 3))]
    assert document.defects[0].problem.severity == "info"


@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16", "ISO-8859-1", "UTF-7", "no-such-encoding"])
def test_text_that_is_decoded_already_is_read_whatever_it_declares(encoding: str) -> None:
    xml = f'<?xml version="1.0" encoding="{encoding}"?>' + in_session("<orgName>+AGE- ö 雪</orgName>")
    for body in (xml, xml.encode()):
        document = decode_xml(body, Limits())
        assert isinstance(document, XmlDocument)
        assert document.tree["userSessions"][0]["orgName"] == "+AGE- ö 雪"
        assert document.defects == ()


# Elements that are wrong.


@pytest.mark.parametrize(
    ("text", "is_a_number"),
    [(text, False) for text in ("NaN", "INF", "-INF", "+INF", "Infinity", "-Infinity", " NaN\n", "1e309", "9" * 400)]
    + [(text, True) for text in ("1e308", "1e-400", "9" * 300, "0" * 5000)],
)
def test_what_no_double_holds_is_not_a_number(text: str, is_a_number: bool) -> None:
    document = document_of(in_session(f"<network><ping>\n<minRtt>{text}</minRtt></ping></network>"))
    path = ("userSessions", 0, "network", "ping", "minRtt")
    assert [(each.rule, each.problem.path) for each in document.defects] == ([] if is_a_number else [("CAP006", path)])
    assert document.made_up == (frozenset() if is_a_number else {path})
    assert document.spans([path])[path].line == 2
    (session,) = document.tree["userSessions"]
    assert (session["network"]["ping"]["minRtt"] is None) is not is_a_number


def test_an_element_that_is_no_list_counts_once() -> None:
    document = document_of(
        f"{HEAD}\n<port>1</port>\n<browser><name>a</name></browser>\n<port>2</port> <browser/>\n<port>3</port>{TAIL}"
    )
    session = document.tree["userSessions"][0]
    assert (session["port"], session["browser"]) == (3, {})
    port, browser = document.defects
    assert (port.rule, port.problem.path) == ("CAP005", ("userSessions", 0, "port"))
    assert port.problem.message.text() == 'the element "port" comes 3 times in one object: only the last counts'
    assert [span and (span.line, span.column) for span in (port.span, *port.related_spans)] == [(5, 1), (2, 1), (4, 1)]
    assert browser.problem.message.text() == 'the element "browser" comes twice in one object: only the last counts'
    assert [span and (span.line, span.column) for span in (browser.span, *browser.related_spans)] == [(4, 16), (3, 1)]


def test_a_number_of_which_the_last_is_sound_is_not_made_up() -> None:
    document = document_of(in_session("<port>NaN</port><port>443</port>"))
    assert [each.rule for each in document.defects] == ["CAP005"]
    assert document.made_up == frozenset()


# Text that is not well-formed.


@pytest.mark.parametrize(
    ("xml", "expected"),
    [
        # Repaired: the rest is read.
        ("<orgName>A & B</orgName>", [("an ampersand is not escaped", "A & B")]),
        ("<orgName>a&b=1&c=2</orgName>", [("an ampersand is not escaped; also at 1 more place", "a&b=1&c=2")]),
        ("<orgName>a&b<!-- & --></orgName>", [("an ampersand is not escaped", "a&b")]),
        ("<orgName>A&nbsp;B</orgName>", [('the entity "&nbsp;" is none of the five that XML knows', "A&nbsp;B")]),
        ("<orgName>&#0;</orgName>", [('"&#0;" refers to a character that XML does not allow', "&#0;")]),
        ("<orgName>1 < 2</orgName>", [("a less-than sign is not escaped", "1 < 2")]),
        ("<orgName><3 ä</orgName>", [("a less-than sign is not escaped", "<3 ä")]),
        ("<orgName a='<'/>", [("a less-than sign is not escaped", "")]),
        ("<orgName>]]></orgName>", [('the character ">" may not stand here', "]]>")]),
        ("<orgName>\x0b</orgName>", [('the control character "U+000B" is not allowed', "\ufffd")]),
        ("<orgName>a</orgname>", [('the end tag "orgname" does not close the open element "orgName"', "a")]),
        ("<orgname>a</orgName>", [('the end tag "orgName" does not close the open element "orgname"', "a")]),
        ("<orgName>a\n<port>1</port>", [('the element "orgName" that starts here is not closed', "a")]),
        ("<new><a><b/><a>2</a></new><orgName>a</orgName>", [('the element "a" that starts here is not closed', "a")]),
        ("<port>1</port>\na</orgName>", [('the element "orgName" that ends here is not opened', "a")]),
        ("<orgName>a</orgName></orgName>", [('the end tag "orgName" closes nothing', "a")]),
        ("<orgName>a</orgName></foo>", [('the end tag "foo" closes nothing', "a")]),
        ("<orgName>a<orgName><port>1</port>", [('the end tag "orgName" lacks its slash', "a")]),
        ("<orgNamea</orgName>", [('the tag "<orgName" lacks its closing bracket', "a")]),
        ("<orgName>a</orgName<port>1</port>", [('the tag "</orgName" lacks its closing bracket', "a")]),
        # Not repaired: what comes after is lost.
        ("<orgName a='1' a='2'/>", [("an element has an attribute twice; …", None)]),
        ("<orgName a=1/>", [('the character "1" may not stand here; …', None)]),
        ("<orgName><!-- -- --></orgName>", [("a comment holds two hyphens in a row; …", None)]),
        ("<orgName><!DOCTYPE a></orgName>", [('the character "D" may not stand here; …', None)]),
        ("<orgName><?xml version='1.0'?></orgName>", [("the XML declaration does not come first in the file", "")]),
        # What only libxml2 refuses: all is read.
        ("<orgName/><x:y/>", [('"Namespace prefix x on y is not defined"', "")]),
    ],
)  # fmt: skip
def test_a_fault_is_told_in_plain_words_and_the_rest_is_read(xml: str, expected: list[tuple[str, str | None]]) -> None:
    document = document_of(in_session(xml))
    assert [
        (rule, message.replace("what is complete before is checked", "…")) for rule, message, _ in told(document)
    ] == [("CAP013", f"not well-formed XML: {words}") for words, _ in expected]
    assert document.tree["userSessions"][0].get("orgName") == expected[0][1]
    assert bool(document.cut) is (expected[0][1] is None)


def test_a_lost_tag_is_one_defect_and_takes_nothing_along() -> None:
    text = to_xml(SOUND)
    tags = [each.span() for each in re.finditer(rb"<[^>]+>", text)]
    for start, end in tags[2:-1]:  # without the root element's
        document = document_of((text[:start] + text[end:]).decode())
        assert document.tree == SOUND, start
        assert [rule for rule, _, _ in told(document)] == ["CAP013"], start
        assert not document.cut


def test_what_an_unclosed_element_took_in_is_read_as_documented() -> None:
    text = to_xml(SOUND).replace(b"</icmpBlocked>", b"").replace(b"</hops>", b"", 1)
    document = document_of(text.decode())
    assert document.tree == SOUND
    assert [rule for rule, _, _ in told(document)] == ["CAP013", "CAP013"]


@pytest.mark.parametrize(
    ("xml", "expected"),
    [
        ("<response>\n<é>\n  日本 & <a>", ("CAP013", (3, 6))),
        ("<response>\n  <a>日本</b></response>", ("CAP013", (2, 8))),
        ("<response>\n<port>443</port>\n<ö", ("CAP004", (3, 3))),
        ("<response>\n<port>443</port>\n\n", ("CAP004", (2, 17))),
        ("\n<?xml version='1.0'?><response/>", ("CAP013", (2, 1))),
        ("<response/>\nés", ("CAP018", (2, 1))),
    ],
)  # fmt: skip
def test_a_fault_has_a_line_and_a_column_in_code_points(xml: str, expected: tuple[str, tuple[int, int]]) -> None:
    rule, _, place = told(decode_xml(xml.encode(), Limits()))[0]
    assert (rule, place) == expected


@pytest.mark.parametrize(
    ("xml", "tree", "cut"),
    [
        (HEAD, {"userSessions": [{"userSessionId": "a"}]}, ["", "/userSessions", "/userSessions/0"]),
        (f"{HEAD}<port>44", {"userSessions": [{"userSessionId": "a"}]}, ["", "/userSessions", "/userSessions/0"]),
        (f"{HEAD}<port", {"userSessions": [{"userSessionId": "a"}]}, ["", "/userSessions", "/userSessions/0"]),
        (f"{HEAD}</userSessions", {"userSessions": [{"userSessionId": "a"}]}, ["", "/userSessions", "/userSessions/0"]),
        (f"{HEAD}</userSessions>", {"userSessions": [{"userSessionId": "a", "pages": []}]}, [""]),
        # An object of which nothing is complete is left out.
        (f"{HEAD}<network><ping><pktsSent>1", {"userSessions": [{"userSessionId": "a"}]}, ["", "/userSessions", "/userSessions/0"]),
        (
            f"{HEAD}<network><ping><pktsSent>1</pktsSent><!-- ",
            {"userSessions": [{"userSessionId": "a", "network": {"ping": {"pktsSent": 1}}}]},
            ["", "/userSessions", "/userSessions/0", "/userSessions/0/network", "/userSessions/0/network/ping"],
        ),
        (
            f"{HEAD}<pages><id>1</id></pages><pages><id>2</id><title>x]]",
            {"userSessions": [{"userSessionId": "a", "pages": [{"id": "1"}, {"id": "2"}]}]},
            ["", "/userSessions", "/userSessions/0", "/userSessions/0/pages", "/userSessions/0/pages/1"],
        ),
        (
            f"{HEAD}<new><a>1</a><a><b/>",
            {"userSessions": [{"userSessionId": "a", "new": {"a": ["1", {"b": ""}]}}]},
            ["", "/userSessions", "/userSessions/0", "/userSessions/0/new", "/userSessions/0/new/a", "/userSessions/0/new/a/1"],
        ),
    ],
)  # fmt: skip
def test_what_is_cut_off_keeps_what_is_complete(xml: str, tree: Any, cut: list[str]) -> None:
    document = document_of(xml)
    assert (rules(xml), document.tree) == (["CAP004"], tree)
    assert sorted("".join(f"/{step}" for step in path) for path in document.cut) == cut


@pytest.mark.parametrize(
    ("xml", "rule"),
    [
        ("<", "CAP004"),
        ("<response", "CAP004"),
        ("<response><userSessions><userSessionId>a", "CAP004"),
        ("<?xml version='1.0'?>", "CAP004"),
        ("<!-- a", "CAP004"),
        ("</response>", "CAP013"),
        ("<1/>", "CAP013"),
        ("<response a=1>", "CAP013"),
    ],
)
def test_what_is_never_complete_cannot_be_decoded(xml: str, rule: str) -> None:
    decoded = decode_xml(xml.encode(), Limits())
    assert isinstance(decoded, Undecodable)
    assert [each.rule for each in decoded.defects] == [rule]


@pytest.mark.parametrize("trailing", ["x", "</response>", "<response/>", "&amp;", "<!-- ", "\0"])
def test_text_after_the_end_is_told(trailing: str) -> None:
    document = document_of(f"<response><userSessions/></response>\n{trailing}")
    assert told(document) == [
        (
            "CAP018",
            "text comes after the end of the document",
            (2, 1 if trailing[0] != "<" or trailing[1] != "/" else 2),
        )
    ]
    assert document.tree == {"userSessions": [{"pages": []}]}


@pytest.mark.parametrize(
    "before", ["$ curl -s https://api.example.com\n", "```xml\n<?xml version='1.0'?>\n", "é\n\n  "]
)
def test_text_before_the_document_is_told_and_the_document_read(before: str) -> None:
    document = decode(f"{before}<response><userSessions><port>x</port></userSessions></response>".encode())
    assert isinstance(document, XmlDocument)
    assert document.tree == {"userSessions": [{"port": "x", "pages": []}]}
    ((rule, message, place),) = told(document)
    assert (rule, place) == ("CAP013", (1, 1))
    assert "text stands before the document" in message
    span = document.spans([("userSessions", 0, "port")])["userSessions", 0, "port"]
    assert (span.line, span.column) == (before.count("\n") + 1, 25 + len(before.rpartition("\n")[2]))


def test_declarations_with_nothing_to_declare_are_no_document() -> None:
    decoded = decode(b"x" + b'\n<?xml version="1.0"?>y' * 3000)
    assert isinstance(decoded, Undecodable)
    assert [each.rule for each in decoded.defects] == ["CAP003"]


def test_a_fault_that_only_libxml2_sees_is_told_where_it_is_before_repairs() -> None:
    document = document_of("<response><userSessions>\n<orgName>& & &</orgName>\n<x:y/></userSessions></response>")
    assert [(rule, place and place[0]) for rule, _, place in told(document)] == [("CAP013", 2), ("CAP013", 3)]


def test_a_repair_behind_the_last_complete_element_is_cut_off_too() -> None:
    document = document_of(f"{HEAD}<port>1</port>& <new>")
    assert [each.rule for each in document.defects] == ["CAP013", "CAP004"]
    assert document.tree == {"userSessions": [{"userSessionId": "a", "port": 1}]}
    assert document.spans([("userSessions", 0, "port")])


def test_repairs_are_bounded() -> None:
    decoded = document_of(in_session("<orgName>" + "&a; " * 100 + "</orgName><port>1</port>"))
    assert {each.rule for each in decoded.defects} == {"CAP013"}
    assert 10 < len(decoded.defects) < 30
    assert decoded.tree["userSessions"] == [{"userSessionId": "a"}]


# What is refused.

BOMB = "<!DOCTYPE a [<!ENTITY x0 'x'>" + "".join(
    f"<!ENTITY x{level} '{f'&x{level - 1};' * 10}'>" for level in range(1, 20)
) + "]>"  # fmt: skip


@pytest.mark.parametrize(
    "prolog",
    [
        "<!DOCTYPE response>",
        "<!DOCTYPE response SYSTEM 'file:///etc/passwd'>",
        "<!DOCTYPE response [<!ENTITY a SYSTEM 'http://127.0.0.1:9/a'>]>",
        "<!DOCTYPE response [<!ENTITY % p SYSTEM 'http://127.0.0.1:9/p'> %p;]>",
        BOMB,
        "<?xml version='1.0'?>\n<!DOCTYPE response>",
        "<!-- <response> --><!DOCTYPE response>",
        "<!----><!DOCTYPE response>",
        "<?a <!-- ?><!DOCTYPE response><?b --> ?>",
        "<!-- <?a --><!DOCTYPE response>",
        " \r\n\t<!DOCTYPE response [",
        "<!ENTITY a 'b'>",
        "\ufeff<!DOCTYPE response>",
        "\ufeff\ufeff <!DOCTYPE response>",
    ],
)
def test_a_declaration_is_refused_before_any_parser_reads_it(prolog: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("parsed")

    monkeypatch.setattr("sessionlint.decode.xml_document._parsed", never)
    monkeypatch.setattr("sessionlint.decode.xml_repair.parser", never)
    xml = f"{prolog}<response><userSessions>&x19;&a;</userSessions></response>"
    for body in (xml, xml.encode()):
        decoded = decode_xml(body, Limits())
        assert isinstance(decoded, Undecodable)
        assert [each.rule for each in decoded.defects] == ["CAP014"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig", "latin-1"])
def test_no_encoding_hides_a_declaration(encoding: str) -> None:
    xml = f"<?xml version='1.0' encoding='{encoding}'?>{BOMB}<response><orgName>&x19;</orgName></response>"
    decoded = decode(xml.encode(encoding))
    assert isinstance(decoded, Undecodable)
    assert decoded.defects[-1].rule == "CAP014"


@pytest.mark.parametrize(
    "xml",
    [
        "<!-- <!DOCTYPE a> --><response/>",
        "<!--><!DOCTYPE a>--><response/>",
        "<?a <!DOCTYPE a>?><response/>",
        "<response><userSessions><orgName><![CDATA[<!DOCTYPE a>]]></orgName></userSessions></response>",
        "<response><!-- <!DOCTYPE a> --><userSessions><orgName>&lt;!DOCTYPE a></orgName></userSessions></response>",
    ],
)
def test_what_only_speaks_of_a_declaration_is_fine(xml: str) -> None:
    assert rules(xml) == []


def test_a_style_sheet_and_an_xinclude_are_told_and_the_rest_is_read() -> None:
    include = (
        "<xi:include href='/etc/passwd' parse='text'><xi:fallback><xi:include href='b'/></xi:fallback></xi:include>"
    )
    document = document_of(
        "<?xml version='1.0'?>\n<!-- a --><?xml-stylesheet href='http://127.0.0.1:9/a.xsl'?>\n"
        "<response xmlns:xi='http://www.w3.org/2001/XInclude'><userSessions>"
        f"<port>1</port>\n  {include}<roundId>2</roundId></userSessions></response>"
    )
    assert document.tree == {"userSessions": [{"pages": [], "port": 1, "roundId": 2}]}
    stylesheet, xinclude = document.defects
    assert (stylesheet.rule, stylesheet.span and stylesheet.span[:2]) == ("CAP014", (2, 11))
    path = ("userSessions", 0, "xi:include")
    assert (xinclude.rule, xinclude.problem.path, document.spans([path])[path][:2]) == ("CAP014", path, (4, 3))


@pytest.mark.parametrize(
    ("xml", "limits", "rule"),
    [
        ("<a>" * 100_000, Limits(), "CAP015"),
        ("<a>" * 100_000 + "</a>" * 100_000, Limits(), "CAP015"),
        (in_session("<a>" * 100_000), Limits(), "CAP015"),
        # Levels are those of the tree, in which a repeated element is a list.
        ("<a>" * 255 + "</a>" * 255, Limits(), None),
        ("<a>" * 256 + "</a>" * 256, Limits(), "CAP015"),
        ("<a><a/>" * 126 + "</a>" * 126, Limits(), None),
        ("<a><a/>" * 128 + "</a>" * 128, Limits(), "CAP015"),
        ("<a>" * 11 + "</a>" * 11, Limits(nesting=10), None),
        ("<a>" * 12 + "</a>" * 12, Limits(nesting=10), "CAP015"),
        ("<a>" * 11, Limits(nesting=10), "CAP004"),
        ("<a>" * 12, Limits(nesting=10), "CAP015"),
        ("<a>" * 5000 + "</a>" * 5000, Limits(nesting=10_000), "CAP015"),
        # libxml2's own limits.
        (in_session(f"<orgName>{'x' * 10_000_001}</orgName>"), Limits(), "CAP015"),
        (in_session(f"<orgName a='{'x' * 10_000_001}'/>"), Limits(), "CAP015"),
        (in_session(f"<orgName a='{'x' * 1_000_000}'/>"), Limits(), None),
        (in_session(f"<!--{'x' * 10_100_000}-->"), Limits(), "CAP015"),
        (in_session(f"<orgName><![CDATA[{'x' * 10_100_000}]]></orgName>"), Limits(), "CAP015"),
        (in_session(f"<?a {'x' * 10_100_000}?>"), Limits(), "CAP015"),
        (in_session(f"<{'x' * 100_000}/>"), Limits(), "CAP015"),
    ],
)
def test_what_is_too_deep_or_too_large_is_refused(xml: str, limits: Limits, rule: str | None) -> None:
    decoded = decode_xml(xml.encode(), limits)
    assert isinstance(decoded, Undecodable) is (rule is not None)
    assert [each.rule for each in decoded.defects] == ([rule] if rule else [])


# Whatever else comes.

TOKENS = [
    "<response>", "</response>", "<userSessions>", "</userSessions>", "<port>443</port>", "<port>", "</port>", "<a:b/>",
    "<!DOCTYPE a [", "]>", "<!ENTITY x 'y'>", "&x;", "&amp;", "&", "<", ">", "<!--", "-->", "<![CDATA[", "]]>", "<?xml version='1.0'?>",
    "<?xml encoding='utf-16'?>", "<?a", "?>", " ", "\n", "\0", "\x0b", "é", "日本", "\ufffe", "\U0001f600", "'", '"', "=", "a='b'", "xmlns='c'",
    "<xi:include xmlns:xi='http://www.w3.org/2001/XInclude'/>", "<?xml-stylesheet?>", "%", "NaN", "<pages/>", "--", "<a b='", "\ufeff",
]  # fmt: skip


@given(st.lists(st.sampled_from(TOKENS) | st.text(max_size=3), max_size=30).map("".join))
def test_any_text_is_decoded_or_refused(xml: str) -> None:
    decoded = decode_xml(xml.encode("utf-8", "replace"), Limits())
    assert isinstance(decoded, Undecodable | XmlDocument)
    if isinstance(decoded, Undecodable):
        assert decoded.defects
    else:
        paths = [(), *decoded.cut, *decoded.made_up, *(each.problem.path for each in decoded.defects)]
        for span in decoded.spans(paths).values():
            assert (1, 1) <= span[:2] <= span[2:]
        assert decoded.line(1) is not None


@given(st.binary(max_size=200) | st.builds(bytes.__add__, st.just(b"<"), st.binary(max_size=200)))
def test_any_bytes_are_decoded_or_refused(data: bytes) -> None:
    decoded = decode(data, "a.xml")
    assert decoded.defects or not isinstance(decoded, Undecodable)


@given(st.lists(st.sampled_from(TOKENS), max_size=20).map("".join))
def test_no_parser_meets_a_declaration(xml: str) -> None:
    met = []
    reader = expat.ParserCreate("UTF-8")
    reader.StartDoctypeDeclHandler = lambda *_: met.append(True)
    with suppress(expat.ExpatError):
        reader.Parse(xml.encode(), True)
    if met:
        assert rules(xml) == ["CAP014"]


@given(st.integers(0, len(to_xml(SOUND))))
def test_a_sound_payload_may_end_anywhere(length: int) -> None:
    xml = to_xml(SOUND)
    decoded = decode_xml(xml[:length], Limits())
    if length < len(xml):
        assert {each.rule for each in decoded.defects} == {"CAP004"}
    if isinstance(decoded, XmlDocument):
        assert is_part(decoded.tree, SOUND)


def is_part(value: Any, whole: Any) -> bool:
    """Whether ``value`` is the start of ``whole``: nothing in it is made up or half."""
    if isinstance(value, dict):
        return all(is_part(inner, whole[key]) for key, inner in value.items())
    if isinstance(value, list):
        return all(map(is_part, value, whole))
    return bool(value == whole)
