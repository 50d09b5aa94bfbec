"""Where elements stand: lines and columns of their tags, in code points."""

import pytest

from sessionlint.decode.xml_document import XmlDocument, decode_xml
from sessionlint.decode.xml_positions import ranges
from sessionlint.finding import Path, Span
from sessionlint.limits import Limits

XML = """<?xml version="1.0" encoding="UTF-8"?>
<response a="1 > 0">
  <!-- <port>0</port> -->
  <userSessions><userSessionId>日本</userSessionId><port x='/>'>443</port></userSessions>
  <userSessions>
    <orgName>é</orgName><pages b="2"/><port >1</port
    ><pages><title><![CDATA[</title>]]></title></pages><new>1</new><new><c/><c/></new>\r
    <network><errors>x</errors><ping/><errors>🎉</errors><traceroute></traceroute></network>
  </userSessions>
</response>
"""

S0, S1 = ("userSessions", 0), ("userSessions", 1)


def spans_of(xml: str, *paths: Path) -> dict[Path, Span]:
    document = decode_xml(xml.encode(), Limits())
    assert isinstance(document, XmlDocument)
    return dict(document.spans(paths))


@pytest.mark.parametrize(
    ("path", "span"),
    [
        ((), (2, 1, 10, 12)),
        (("@a",), (2, 1, 10, 12)),
        (("userSessions",), (4, 3, 4, 88)),
        (S0, (4, 3, 4, 88)),
        ((*S0, "userSessionId"), (4, 17, 4, 50)),
        ((*S0, "port"), (4, 50, 4, 73)),
        ((*S0, "port@x"), (4, 50, 4, 73)),
        (S1, (5, 3, 9, 18)),
        ((*S1, "orgName"), (6, 5, 6, 25)),
        ((*S1, "port"), (6, 39, 7, 6)),
        ((*S1, "pages"), (6, 25, 6, 39)),
        ((*S1, "pages", 0), (6, 25, 6, 39)),
        ((*S1, "pages", 0, "@b"), (6, 25, 6, 39)),
        ((*S1, "pages", 1), (7, 6, 7, 56)),
        ((*S1, "pages", 1, "title"), (7, 13, 7, 48)),
        ((*S1, "new"), (7, 56, 7, 68)),
        ((*S1, "new", 1, "c", 1), (7, 77, 7, 81)),
        ((*S1, "network", "errors", 0), (8, 14, 8, 32)),
        ((*S1, "network", "errors", 1), (8, 39, 8, 57)),
        ((*S1, "network", "ping"), (8, 32, 8, 39)),
        ((*S1, "network", "traceroute"), (8, 57, 8, 82)),
    ],
)
def test_a_place_is_that_of_its_element(path: Path, span: tuple[int, int, int, int]) -> None:
    assert spans_of(XML, path) == {path: span}


def test_places_are_found_in_one_walk() -> None:
    paths = [(), S0, S1, (*S1, "pages", 1, "title"), (*S0, "port"), ("userSessions",)]
    assert set(spans_of(XML, *paths)) == set(paths)


@pytest.mark.parametrize(
    "path", [("userSessions", 2), (*S0, "pages"), (*S0, "pages", 0), (*S0, "port", "x"), ("x", "y")]
)
def test_a_place_that_the_text_lacks_is_left_out(path: Path) -> None:
    assert spans_of(XML, path) == {}


def test_lines_are_told_without_their_end() -> None:
    document = decode_xml(XML.encode(), Limits())
    assert isinstance(document, XmlDocument)
    assert document.line(2) == '<response a="1 > 0">'
    assert document.line(7).endswith("</new>")
    assert document.line(4).startswith("  <userSessions><userSessionId>日本")


@pytest.mark.parametrize(
    ("xml", "path", "span"),
    [
        # Of an element that comes twice, the last one counts.
        ("<response><userSessions><port>1</port><port>2</port></userSessions></response>", (*S0, "port"), (1, 39, 1, 53)),
        # Repairs and what is cut off move nothing.
        ("<response><userSessions><a>& &nbsp;</a><port>1</port></userSessions></response>", (*S0, "port"), (1, 40, 1, 54)),
        ("\n<?xml version='1.0'?>\n<response><userSessions><port>1</port></userSessions></response>", (*S0, "port"), (3, 25, 3, 39)),
        ("<response><userSessions>\n<port>1</port><a>b", (*S0, "port"), (2, 1, 2, 15)),
        ("<response><userSessions>\n<port>1</port><a>b", S0, (1, 11, 2, 19)),
        ("<response><userSessions><port>1</port></userSessions></response> x", (*S0, "port"), (1, 25, 1, 39)),
        ("<response><userSessions><x:a/><port>1</port></userSessions></response>", (*S0, "port"), (1, 31, 1, 45)),
        # Names as written.
        ("<x:response xmlns:x='u'><x:userSessions><x:port>1</x:port></x:userSessions></x:response>", (*S0, "port"), (1, 41, 1, 59)),
        ("<response><userSessions><y:b xmlns:y='u'/></userSessions></response>", (*S0, "y:b"), (1, 25, 1, 43)),
        ("<response xmlns='u'><userSessions><port>1</port></userSessions></response>", (*S0, "port"), (1, 35, 1, 49)),
    ],
)  # fmt: skip
def test_places_in_text_that_is_not_plain(xml: str, path: Path, span: tuple[int, int, int, int]) -> None:
    assert spans_of(xml, path) == {path: span}


def test_elements_that_are_open_where_expat_stops_end_there() -> None:
    tree = {"userSessions": [{"port": 1}]}
    text = b"<response><userSessions><port>1</port><&></userSessions></response>"
    assert ranges(text, tree, [(), S0, (*S0, "port")]) == {
        (): [(0, 39)],
        S0: [(10, 39)],
        (*S0, "port"): [(24, 38)],
    }
