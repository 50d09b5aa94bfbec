"""Broken JSON: what is said of it, where, and what is salvaged. Tables of text, expected defects and tree."""

import json
from pprint import pformat
from typing import Any

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sessionlint.decode import Undecodable, decode
from sessionlint.document import Document
from sessionlint.finding import Path
from sessionlint.limits import Limits
from support import EXAMPLES, SOUND


def paths(tree: Any, path: Path = ()) -> set[Path]:
    children = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    return {path}.union(*(paths(child, (*path, step)) for step, child in children))


def told(result: Document | Undecodable) -> list[tuple[str, int | None, int | None, str]]:
    return [
        (each.rule, each.span and each.span.line, each.span and each.span.column, each.problem.message.text())
        for each in result.defects
    ]


def salvaged(text: str | bytes) -> Document:
    result = decode(text if isinstance(text, bytes) else text.encode())
    assert isinstance(result, Document)
    return result


# One kind of flaw each: the text, the column (or line and column), words of the message, the tree.
FLAWS: list[tuple[str, int | tuple[int, int], str, Any]] = [
    ('{"a":1 "b":2}', 8, 'a comma is missing before "b"', {"a": 1, "b": 2}),
    ('{"a":[1 2], "b":3}', 9, "a comma is missing before 2", {"a": [1, 2], "b": 3}),
    ('[{"a":1} {"b":2}]', 10, "a comma is missing before an object", [{"a": 1}, {"b": 2}]),
    ('{"a":"x""b":2}', 9, 'a comma is missing before "b"', {"a": "x", "b": 2}),
    ('{"a":1; "b":2}', 7, "a semicolon stands in place of a comma", {"a": 1, "b": 2}),
    ('{"a":1,}', 7, "a comma after the last member", {"a": 1}),
    ('{"a":[1,\n],"b":1}', 8, "a comma after the last item", {"a": [1], "b": 1}),
    ('{"a":[1,,2]}', 9, "two commas in a row", {"a": [1, 2]}),
    ('{"a":1,,"b":2}', 8, "two commas in a row", {"a": 1, "b": 2}),
    ('{"a":[,1]}', 7, "a comma without anything before it", {"a": [1]}),
    ("{\"a\":'x'}", 6, '"x" is in single quotes', {"a": "x"}),
    ("{'a':1}", 2, '"a" is in single quotes', {"a": 1}),
    ("""{"a":'it\\'s "x"'}""", 6, "is in single quotes", {"a": 'it\'s "x"'}),
    ("""{"a":'it's'}""", 6, "is in single quotes", {"a": "it's"}),
    ("{“a”:1}", 2, '"a" is in typographic quotes', {"a": 1}),
    ('{"a":‘x’}', 6, '"x" is in typographic quotes', {"a": "x"}),
    ('{"a":`x`}', 6, '"x" is in backquotes', {"a": "x"}),
    ("{a:1}", 2, 'the key "a" is not in quotes', {"a": 1}),
    ("{1 :2}", 2, 'the key "1" is not in quotes', {"1": 2}),
    ('{"a":Wi-Fi 5,"b":1}', 6, '"Wi-Fi 5" is not in quotes', {"a": "Wi-Fi 5", "b": 1}),
    ('{"a":2017-03-26 11:58:43}', 6, '"2017-03-26 11:58:43" is not in quotes', {"a": "2017-03-26 11:58:43"}),
    ('{"a":1} // why', 9, "a comment", {"a": 1}),
    ('{/* why */"a":1}', 2, "a comment", {"a": 1}),
    ('{"a":1,# why\n"b":2}', 8, "a comment", {"a": 1, "b": 2}),
    ('{"a":\u00a01}', 6, "U+00A0", {"a": 1}),
    ('{"a":"x\ty"}', 8, "a tab stands in a string unescaped", {"a": "x\ty"}),
    ('{"a":"x\ny"}', 8, "a line break stands in a string unescaped", {"a": "x\ny"}),
    ('{"a":"x\r\n"}', 8, "a line break stands in a string unescaped", {"a": "x\r\n"}),
    ('{"a":"x\x1by"}', 8, "U+001B stands in a string unescaped", {"a": "x\x1by"}),
    ('{"a":"x,\n"b":2}', 6, 'the string "x" is not closed', {"a": "x", "b": 2}),
    ('{"a":"x\n}', 6, 'the string "x" is not closed', {"a": "x"}),
    ('{"a":"x,"b":2}', 6, 'the string "x" is not closed', {"a": "x", "b": 2}),
    ('{"a":[{"b":"x},{"b":2}]}', 12, 'the string "x" is not closed', {"a": [{"b": "x"}, {"b": 2}]}),
    ('{"a:1,"b":2}', 2, 'the key "a" is not closed', {"a": 1, "b": 2}),
    ('{"a: 1,\n"b":2}', 2, 'the key "a" is not closed', {"a": 1, "b": 2}),
    ('{a":1}', 2, 'the key "a" has no double quote at its start', {"a": 1}),
    ('{"a":x y","b":2}', 6, '"x y" has no double quote at its start', {"a": "x y", "b": 2}),
    ('{"a":10","b":2}', 6, '"10" has no double quote at its start', {"a": "10", "b": 2}),
    ('{"a":"the "best" site"}', 11, "a double quote inside a string is not escaped", {"a": 'the "best" site'}),
    ('{"a"":1}', 5, "a double quote too many", {"a": 1}),
    ('{""a":1}', 3, "a double quote too many", {"a": 1}),
    ('{"a":True}', 6, "True is Python", {"a": True}),
    ('{"a":None}', 6, "None is Python", {"a": None}),
    ('{"a":NULL}', 6, "NULL is not written as JSON does", {"a": None}),
    ('{"a":"C:\\Users"}', 9, "JSON has no escape", {"a": "C:\\Users"}),
    ('{"a":"it\\\'s"}', 9, "JSON has no escape", {"a": "it's"}),
    ('{"a":"\\x41"}', 7, "JSON has no escape", {"a": "A"}),
    ('{"a":NumberLong(12)}', 6, "is a value of MongoDB's shell", {"a": 12}),
    ('{"a":NumberInt("12")}', 6, "is a value of MongoDB's shell", {"a": 12}),
    ('{"a":[new ISODate("2017-03-26T11:58:43Z")]}', 7, "is a value of MongoDB's shell", {"a": [None]}),
    ('{"a":\x1b[0m\x1b[0;32m"\\u001b[1mx"\x1b[0m}', 6, "codes for a terminal's colours", {"a": "\x1b[1mx"}),
    ('{"a: "1"}', 2, 'the key "a" is not closed', {"a": "1"}),
    ('{"a":[1=2,3"]}', 7, '"1=2,3" has no double quote at its start', {"a": ["1=2,3"]}),
    ('{"a":07:1"}', 6, '"07:1" has no double quote at its start', {"a": "07:1"}),
    ('{"a":["1,"2"]}', 7, 'the string "1" is not closed', {"a": ["1", "2"]}),
    ('{"a":[,"b":1}', 6, "the list that starts here is not closed", {"a": [], "b": 1}),
    ('[{"a":1},"b":2,"a":3}]', 10, "the object is not opened before its key", [{"a": 1}, {"b": 2, "a": 3}]),
    ('{"a":+1}', 6, 'the number "+1" has a plus sign', {"a": 1}),
    ('{"a":.5}', 6, "lacks digits beside its point", {"a": 0.5}),
    ('{"a":-1.}', 6, "lacks digits beside its point", {"a": -1.0}),
    ('{"a":007}', 6, "starts with a zero", {"a": 7}),
    ('{"a":0x1F}', 6, "is hexadecimal", {"a": 31}),
    ('{"a" 1}', 6, 'a colon is missing after the key "a"', {"a": 1}),
    ('{"a"{"b":1}}', 5, 'a colon is missing after the key "a"', {"a": {"b": 1}}),
    ('{"a"=1}', 5, "an equals sign stands in place of the colon", {"a": 1}),
    ('{"a" => 1}', 6, "an equals sign stands in place of the colon", {"a": 1}),
    ('{"a":[1:2]}', 8, "a colon stands in place of a comma", {"a": [1, 2]}),
    ('{"a":1,[2],"b":3}', 8, "a list stands in an object without a key", {"a": 1, "b": 3}),
    ('{"a":[{"b":1],"c":2}', 13, "is not closed before this bracket", {"a": [{"b": 1}], "c": 2}),
    ('{"a":[1,2}', 10, "is not closed before this bracket", {"a": [1, 2]}),
    ('{"a":[1,2,"b":3}', 6, "the list that starts here is not closed", {"a": [1, 2], "b": 3}),
    ('[{"a":1,{"b":2}]', 2, "the object that starts here is not closed", [{"a": 1}, {"b": 2}]),
    ('{"a":"b":1},"c":2}', 6, 'the object is not opened before its key "b"', {"a": {"b": 1}, "c": 2}),
    ('[{"a":1},"a":2}]', 10, 'the object is not opened before its key "a"', [{"a": 1}, {"a": 2}]),
    ('"a":1,"b":2', 1, "the object is not opened", {"a": 1, "b": 2}),
    ('{"a":[1,2},"b":3}', 10, "the list is closed with the wrong bracket", {"a": [1, 2], "b": 3}),
    ('[{"a":1}}', 9, "the list is closed with the wrong bracket", [{"a": 1}]),
    ('["a":1,"b":2]', 1, "this list has keys", {"a": 1, "b": 2}),
    ('{"a":1],"b":2}', 7, "a closing bracket too many", {"a": 1, "b": 2}),
    ('{"a":{"b":1}},"c":2}', 13, "a closing bracket too many", {"a": {"b": 1}, "c": 2}),
    ('[{"a":1},"b":2}]', 8, "a closing bracket too many", [{"a": 1, "b": 2}]),
    ('{{"a":1}}', 2, "an object is opened twice", {"a": 1}),
    ('{"a":[1,...]}', 9, "an ellipsis stands in place of what was left out", {"a": [1]}),
    ('{"a":{…},"b":1}', 7, "an ellipsis stands in place of what was left out", {"a": {}, "b": 1}),
    ('{"a":1 foo bar, "b":2}', 8, 'the text "foo bar" belongs to nothing', {"a": 1, "b": 2}),
    ('while(1);{"a":1}', 1, 'the text "while(1);" belongs to nothing', {"a": 1}),
    ('callback({"a":1});', 1, 'the text "callback(" belongs to nothing', {"a": 1}),
    ('\n{"a":1\n"b":2}', (3, 1), 'a comma is missing before "b"', {"a": 1, "b": 2}),
    ('{"é🎉":1 "b":2}', 9, 'a comma is missing before "b"', {"é🎉": 1, "b": 2}),
]


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ('var a = {"a":1};\n{"b":2}', 17),
        ('a {"a":1}\na {"b":2}', 12),
        ('\x1e{"a":1}\n\x1e{"b":2}', 10),
        ('a {"a":1} b [{"c":3}]', 12),
    ],
)
def test_what_follows_behind_a_document_with_a_prefix_is_not_lost(text: str, start: int) -> None:
    document = salvaged(text)
    assert document.tree == {"a": 1}
    told = [(each.rule, each.span and each.span.column) for each in document.defects]
    assert ("CAP018", start - text.rfind("\n", 0, start)) in told


@pytest.mark.parametrize(("text", "place", "message", "tree"), FLAWS)
def test_a_flaw_is_named_and_repaired(text: str, place: int | tuple[int, int], message: str, tree: Any) -> None:
    document = salvaged(text)
    ((rule, line, column, words),) = told(document)
    assert (rule, (line, column)) == ("CAP003", place if isinstance(place, tuple) else (1, place))
    assert message in words
    assert words.endswith("the rest is salvaged and checked")
    assert document.tree == tree
    assert document.defects[0].problem.help


@pytest.mark.parametrize(("text", "place", "message", "tree"), FLAWS)
def test_a_flaw_does_not_depend_on_what_stands_around_it(
    text: str, place: int | tuple[int, int], message: str, tree: Any
) -> None:
    if text[0] not in "{[" or "]" in message or "//" in text:
        return
    document = salvaged(f'{{"before":[{{}}],\n "in":{text},\n "after":[2]}}')
    assert [each for each in told(document) if message in each[3]]
    assert document.tree["before"] == [{}]


VALUES_NOT_IN_THE_FILE: list[tuple[str, str, Any, set[Path]]] = [
    ('{"a":,"b":1}', 'the value of "a" is missing', {"a": None, "b": 1}, {("a",)}),
    ('{"b":1,"a":}', 'the value of "a" is missing', {"a": None, "b": 1}, {("a",)}),
    ('{"a","b":1}', 'the value of "a" is missing', {"a": None, "b": 1}, {("a",)}),
    ('{"a"\n"b":1}', 'the value of "a" is missing', {"a": None, "b": 1}, {("a",)}),
    ('{"a":undefined}', "undefined is no value of JSON", {"a": None}, {("a",)}),
    ('{"a":[{},nil]}', "nil is no value of JSON", {"a": [{}, None]}, {("a", 1)}),
    ('{"a":..., "b":1}', "an ellipsis", {"a": None, "b": 1}, {("a",)}),
]


@pytest.mark.parametrize(("text", "message", "tree", "made_up"), VALUES_NOT_IN_THE_FILE)
def test_a_value_that_the_file_lacks_is_made_up(text: str, message: str, tree: Any, made_up: set[Path]) -> None:
    document = salvaged(text)
    ((rule, _, _, words),) = told(document)
    assert rule == "CAP003"
    assert message in words
    assert (document.tree, set(document.made_up)) == (tree, made_up)


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("NaN", '"NaN" is no number'),
        ("nan", '"nan" is no number'),
        ("-NaN", '"-NaN" is no number'),
        ("Infinity", '"Infinity" is no number'),
        ("-Infinity", '"-Infinity" is no number'),
        ("+inf", '"+inf" is no number'),
        ("1.#QNAN", '"1.#QNAN" is no number'),
        ("1e400", 'the number "1e400" is beyond what a double holds'),
        ("-1e400", 'the number "-1e400" is beyond what a double holds'),
        ("9" * 400, "is beyond what a double holds"),
        ("+1e400", 'the number "+1e400" is beyond what a double holds'),
    ],
)
def test_what_no_json_number_can_be_is_told_at_each_place(written: str, message: str) -> None:
    document = salvaged(f'{{"a":{written},"b":[1,{written}]}}')
    rows = told(document)
    assert [row[:3] for row in rows] == [("CAP006", 1, 6), ("CAP006", 1, 14 + len(written))]
    assert all(message in row[3] for row in rows)
    assert document.tree == {"a": None, "b": [1, None]}
    assert document.made_up == {("a",), ("b", 1)}
    assert [each.problem.path for each in document.defects] == [("a",), ("b", 1)]


def test_flaws_of_one_kind_are_one_defect() -> None:
    document = salvaged("{'a':'b','c':['d',{'e':'f'}],'g':1}")
    (defect,) = document.defects
    assert defect.problem.message.text().startswith(
        '"a" is in single quotes: JSON knows only double quotes; also at 6 more'
    )
    assert [each.path for each in defect.problem.related] == [("a",), (), ("c", 0), ("c", 1), ("c", 1, "e")]
    assert [span and span.column for span in defect.related_spans] == [6, 10, 15, 20, 24]


def test_kinds_of_flaws_are_defects_of_their_own() -> None:
    document = salvaged("{'a':True,}")
    assert [row[:3] for row in told(document)] == [("CAP003", 1, 2), ("CAP003", 1, 6), ("CAP003", 1, 10)]


def test_the_documentation_as_printed_lacks_one_comma() -> None:
    document = salvaged((EXAMPLES / "documentation-as-printed.json").read_bytes())
    (defect,) = document.defects
    assert defect.rule == "CAP003"
    assert defect.span == (86, 17, 86, 23)
    assert defect.problem.path == ("userSessions", 0, "network")
    assert defect.problem.message.text() == 'a comma is missing before "ping"; the rest is salvaged and checked'
    assert defect.problem.help == "Insert a comma after the object that ends on line 85."
    assert document.tree == orjson.loads((EXAMPLES / "documentation.json").read_bytes())
    assert not document.made_up
    assert not document.cut


TRUNCATED: list[tuple[str, Any, set[Path], str]] = [
    ('{"a":1,"b":tr', {"a": 1}, {()}, "inside the outermost object"),
    ('{"a":1,"b":"x', {"a": 1}, {()}, "inside the outermost object"),
    ('{"a":1,"b":"x"', {"a": 1, "b": "x"}, {()}, "inside the outermost object"),
    ('{"a":1,"b', {"a": 1}, {()}, "inside the outermost object"),
    ('{"a":1,"b"', {"a": 1}, {()}, "inside the outermost object"),
    ('{"a":1,"b":', {"a": 1}, {()}, "inside the outermost object"),
    ('{"a":1,', {"a": 1}, {()}, "inside the outermost object"),
    ('{"a":{}', {"a": {}}, {()}, "inside the outermost object"),
    ('{"a":[1,2', {"a": [1]}, {(), ("a",)}, 'inside the list "/a", 2 levels deep'),
    ('{"a":[1,2\n', {"a": [1]}, {(), ("a",)}, 'inside the list "/a", 2 levels deep'),
    ('[{"a":{"b":"\\', [{"a": {}}], {(), (0,), (0, "a")}, 'inside the object "/0/a", 3 levels deep'),
    ('[{"a":"\\ud83d', [{}], {(), (0,)}, 'inside the object "/0", 2 levels deep'),
    ('[{"a":1}, /* and', [{"a": 1}], {()}, "inside the outermost list"),
]


@pytest.mark.parametrize(("text", "tree", "cut", "message"), TRUNCATED)
def test_what_came_before_the_cut_is_kept(text: str, tree: Any, cut: set[Path], message: str) -> None:
    document = decode(text.encode())
    ((rule, line, column, words),) = told(document)
    assert (rule, line, column) == ("CAP004", 1, len(text.rstrip()))
    assert message in words
    if isinstance(document, Document):
        assert (document.tree, set(document.cut)) == (tree, cut)
        assert words.endswith("what came before is salvaged and checked")
    else:
        assert tree == [{}]


@pytest.mark.parametrize("text", [(EXAMPLES / "sound.json").read_bytes().rstrip(), orjson.dumps(SOUND)])
def test_a_sound_payload_cut_off_anywhere_is_only_truncated(text: bytes) -> None:
    leaves = paths(SOUND)
    for end in range(1, len(text), 3):
        result = decode(text[:end])
        assert [each.rule for each in result.defects] == ["CAP004"]
        if isinstance(result, Document):
            assert paths(result.tree) <= leaves
            assert result.cut <= leaves
            assert result.defects[0].problem.path in result.cut
            assert not result.made_up


NO_JSON = [
    "2017-03-22 ERROR it broke\nbar {} baz",
    "[INFO] it works {",
    "[2017-03-22 11:58] it works",
    "[12] it works",
    "hello",
    "True",
    "a,b,c\n1,2,3\n",
    "userSessions:\n  - userSessionId: 1\n",
    "key = value\n[section]\n",
    "}{",
    ",",
    "\0\0\0",
    "{} is a placeholder",
    "// only a comment",
]


@pytest.mark.parametrize("text", NO_JSON)
def test_plain_text_is_one_defect(text: str) -> None:
    result = decode(text.encode())
    assert isinstance(result, Undecodable)
    ((rule, line, column, words),) = told(result)
    assert (rule, line) == ("CAP003", 1)
    assert column is not None
    assert words.startswith("this is no JSON: it starts with ")


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("[1,2,]", ["CAP003"]),
        ("[1,2", ["CAP004"]),
        ("{", ["CAP004"]),
        ('{"userSess', ["CAP004"]),
        ("[NaN,1]", ["CAP006"]),
        ("NaN", ["CAP006"]),
        ("1e400", ["CAP006"]),
    ],
)
def test_what_holds_nothing_to_check_is_still_told_exactly(text: str, rules: list[str]) -> None:
    result = decode(text.encode())
    assert isinstance(result, Undecodable)
    assert [each.rule for each in result.defects] == rules
    assert "salvaged" not in result.defects[0].problem.message.text()


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ('{"a":1}{"b":2}', (1, 8), "another document follows the first"),
        ('{"a":1},\n{"b":2}', (1, 8), "another document follows the first"),
        ('{"a":1}\n{"b":2}\n', (2, 1), "this looks like JSON Lines"),
        ('{"a":1}}', (1, 8), "a closing bracket too many follows the document"),
        ('{"a":1} x', (1, 9), "text follows the document"),
        ('{"a":1}, ', (1, 8), "text follows the document"),
        ('{"a":1}\0\0', (1, 8), "NUL bytes follow the document"),
    ],
)
def test_the_first_document_is_kept(text: str, place: tuple[int, int], message: str) -> None:
    document = salvaged(text)
    ((rule, line, column, words),) = told(document)
    assert (rule, (line, column)) == ("CAP018", place)
    assert message in words
    assert document.tree == {"a": 1}


def test_places_of_a_repaired_text_are_those_of_the_text_as_it_was() -> None:
    text = '{\'a\': \'x\', /* why */ b: [1,, NaN], "c" {"d": 0x10\n"e": "f},'
    document = salvaged(text)
    assert document.tree == {"a": "x", "b": [1, None], "c": {"d": 16}}
    spans = document.spans(paths(document.tree))
    assert {
        path: text.splitlines()[span.line - 1][span.column - 1 : span.end_column - 1]
        for path, span in spans.items()
        if span.line == span.end_line
    } == {
        ("a",): "'x'",
        ("b",): "[1,, NaN]",
        ("b", 0): "1",
        ("b", 1): "NaN",
        ("c", "d"): "0x10",
    }
    assert spans[()][:2] == (1, 1)
    assert spans["c",][:2] == (1, 40)


def test_a_repeated_key_is_found_in_a_repaired_text_too() -> None:
    document = salvaged("{'a':1,\n'a':2}")
    assert [row[:3] for row in told(document)] == [("CAP003", 1, 2), ("CAP005", 2, 5)]


def test_nothing_is_said_of_a_place_that_a_later_key_replaced() -> None:
    document = salvaged('{"a":[{"b":NaN}],"a":"text"}')
    assert [(each.rule, each.problem.path) for each in document.defects] == [("CAP006", ("a",)), ("CAP005", ("a",))]
    assert not document.made_up


# Whatever is done to a text, decoding ends, never raises, and all it says leads somewhere.

values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)
scraps = st.sampled_from(
    [
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        '"',
        "'",
        "\\",
        "\n",
        "a",
        "1",
        "-",
        ".",
        "/",
        "/*",
        "*/",
        "#",
        "\\u12",
        "“",
        "’",
        "…",
        "...",
        "=",
        ";",
        "(",
        "\0",
        "\t",
        "NaN",
        "True",
        "`",
        "\u00a0",
        "\\ud800",
        '""',
        "<",
    ]
)


def assert_is_consistent(data: bytes) -> None:
    result = decode(data)
    for each in result.defects:
        assert each.problem.message.text()
        assert len(each.related_spans) in (0, len(each.problem.related))
    if isinstance(result, Undecodable):
        assert result.defects
        return
    places = paths(result.tree)
    spans = result.spans(places)
    assert spans.keys() == places
    assert result.made_up | result.cut <= places
    for each in result.defects:
        assert each.problem.path in places
        assert each.span is not None
        assert result.line(each.span.line) is not None
    for path, span in spans.items():
        if path:
            outer = spans[path[:-1]]
            assert outer[:2] <= span[:2] <= span[2:] <= outer[2:]


@given(values, st.data())
def test_a_damaged_text_is_decoded(value: Any, data: st.DataObject) -> None:
    text = json.dumps(value, ensure_ascii=data.draw(st.booleans()), indent=data.draw(st.sampled_from([None, 1])))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(text)))
        text = text[:at] + data.draw(scraps | st.just("")) + text[at + data.draw(st.integers(0, 2)) :]
    assert_is_consistent(text.encode("utf-8", "surrogatepass"))


@given(st.lists(scraps).map("".join))
@example("{'")
@example('{"a":b""x"}')
@example('[}:"a":')
@example('"a":0xe]-{')
@example('[{"a":1,"b":{"c"}:{"d":1}]')
def test_scraps_are_decoded(text: str) -> None:
    assert_is_consistent(text.encode())


@given(st.binary())
def test_any_bytes_are_decoded(data: bytes) -> None:
    assert_is_consistent(data)


@given(values, st.data())
def test_sound_json_cut_off_is_only_truncated(value: Any, data: st.DataObject) -> None:
    text = orjson.dumps([{"a": value}])
    end = data.draw(st.integers(1, len(text) - 1))
    assert [each.rule for each in decode(text[:end]).defects] == ["CAP004"]


# A million tokens: with work that grows faster than the text, these would not end.
HOSTILE = {
    "lists": "[" * 1_000_000,
    "objects": '{"a":' * 200_000,
    "single quotes": "['" + "'" * 1_000_000,
    "commas": "[" + "," * 1_000_000,
    "words": "[1" + " a" * 500_000,
    "semicolons": "{" + "a;" * 100_000,
    "typographic quotes": "{" + "a\u201c" * 100_000,
    "strings on lines": "{'a':'b'" + "\n'c'x" * 150_000,
    "blank lines": "{" + "\n" * 1_000_000,
    "long lines": '{"a": "' + f"{'x' * 40}\n" * 25_000,
    "brackets": "[" + "( " * 500_000,
    "odd strings": '{"x":' + '"a"b' * 250_000,
    "line breaks": '{"a":"' + "\n" * 1_000_000,
    "backslashes": '["' + "\\" * 1_000_000,
    "closers": '[{"a":1' + "] " * 500_000,
    "keys": "{" + "a:1 " * 250_000,
    "missing values": "{" + '"a",' * 250_000,
    "comments": "[" + "/*" * 500_000,
    "quotes and spaces": '["a ' + '" ' * 500_000,
    "digits": "[" + "1" * 1_000_000 + "]",
    "numbers": "[" + "1," * 250_000 + "]",
    "hexadecimal": "[0x" + "f" * 1_000_000 + "]",
    "stray openers": "x" + "{ " * 500_000,
    "bracket pairs": "[" + "{}" * 200_000,
    "closers of nothing": '"a": 1' + "}" * 1_000_000,
    "keys of nothing": '"a": "b' + '", "a": ' * 100_000 + "}]}",
    "backslashes and quotes": '"a": 1, ' + '"\\' * 300_000 + "}]}",
    "escapes": '["' + "\\q" * 500_000 + '"]',
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_takes_linear_time(name: str) -> None:
    assert decode(HOSTILE[name].encode()).defects


def test_a_text_broken_in_too_many_places_is_given_up() -> None:
    result = decode(b"{" + b'a:1,"b":`x`,' * 150_000 + b"}")
    assert isinstance(result, Undecodable)
    assert [each.rule for each in result.defects] == ["CAP003", "CAP003"]
    assert "with over 300000 repairs to make, nothing is salvaged" in result.defects[0].problem.message.text()


def test_a_broken_text_may_be_nested_too_deeply() -> None:
    (row,) = told(decode(b"\n" + b"['x'," * 40, limits=Limits(nesting=20)))
    assert row[:3] == ("CAP015", 2, 101)
    assert "the limit nesting is 20" in row[3]


TEXTS = st.text("a ä\n", max_size=40)


@given(st.recursive(TEXTS, lambda inner: st.lists(inner) | st.dictionaries(st.text("ab"), inner)))
def test_long_strings_that_python_printed_are_joined(value: Any) -> None:
    document = decode(pformat({"a": value}, width=20).encode())
    assert isinstance(document, Document)
    assert document.tree == {"a": value}


def test_a_comma_is_missing_between_strings_of_json() -> None:
    document = decode(b'["a"\n "b"]')
    assert [each.problem.message.text()[:18] for each in document.defects] == ["a comma is missing"]
