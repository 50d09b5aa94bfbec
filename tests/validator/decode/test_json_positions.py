"""Where values stand in JSON: lines, and columns in code points, as an independent reading of the text finds them."""

import json
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessionlint.decode import decode
from sessionlint.decode.json_positions import duplicate_keys, value_ranges
from sessionlint.decode.text import Lines
from sessionlint.document import Document
from sessionlint.finding import Path
from support import EXAMPLES


def spans_of(text: str, *paths: Path) -> dict[Path, tuple[int, int, int, int]]:
    document = decode(text.encode())
    assert isinstance(document, Document)
    return {path: (*span,) for path, span in document.spans(paths).items()}


@pytest.mark.parametrize(
    ("text", "path", "span"),
    [
        ("[1]", (), (1, 1, 1, 4)),
        (" [\n1,\n  22 ]\n", (1,), (3, 3, 3, 5)),
        (" [\n1,\n  22 ]\n", (), (1, 2, 3, 7)),
        ('{"a":{"b":[true, null]}}', ("a", "b", 1), (1, 18, 1, 22)),
        ('{"é":"日本","🎉":"x"}', ("🎉",), (1, 15, 1, 18)),
        ('{"a\\u0062\\"\\n":1}', ('ab"\n',), (1, 16, 1, 17)),
        ('{"":{"":2}}', ("", ""), (1, 9, 1, 10)),
        ('{"a":1,"a":22}', ("a",), (1, 12, 1, 14)),
        ('{"a":{"b":1},"a":{"c":3}}', ("a", "c"), (1, 23, 1, 24)),
        ("[1e+5,-1.5E+10,2]", (2,), (1, 16, 1, 17)),
        ('{"e+":1e+5,"E+":2}', ("E+",), (1, 17, 1, 18)),
        ("[1,\r\n2,\n3]", (2,), (3, 1, 3, 2)),
        ("[1,\r 2]", (1,), (1, 6, 1, 7)),
    ],
)
def test_a_value_is_found(text: str, path: Path, span: tuple[int, int, int, int]) -> None:
    assert spans_of(text, path) == {path: span}


@pytest.mark.parametrize("path", [("b",), (0,), ("a", "x"), ("a", 2), ("a", -1), ("a", 0, 0), ("a", "0")])
def test_a_place_that_the_text_lacks_is_left_out(path: Path) -> None:
    assert spans_of('{"a":[1,2]}', path, ("a",)) == {("a",): (1, 6, 1, 11)}


@pytest.mark.parametrize(
    ("number", "line"), [(1, "{"), (2, '"é":"🎉",'), (3, '"b":1}'), (4, ""), (0, ""), (5, ""), (-1, "")]
)
def test_a_line_comes_without_its_end(number: int, line: str) -> None:
    document = decode('{\r\n"é":"🎉",\n"b":1}\n'.encode())
    assert isinstance(document, Document)
    assert document.line(number) == line


def test_places_on_a_very_long_line_are_found_in_one_pass() -> None:
    count = 30_000
    text = orjson.dumps(["é"] * count)
    spans = Lines(text).spans(value_ranges(text, [(index,) for index in range(count)]))
    assert spans[count - 1,] == (1, 4 * count - 2, 1, 4 * count + 1)


class _Reader:
    """A naive reading of JSON, character by character, that notes where each value stands."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.spans: dict[Path, tuple[int, int, int, int]] = {}
        self.value(())

    def place(self) -> tuple[int, int]:
        before = self.text[: self.at]
        return before.count("\n") + 1, len(before) - before.rfind("\n")

    def blank(self) -> str:
        while self.text[self.at] in " \n,:":
            self.at += 1
        return self.text[self.at]

    def string(self) -> str:
        value, self.at = json.JSONDecoder().raw_decode(self.text, self.at)
        assert isinstance(value, str)
        return value

    def value(self, path: Path) -> None:
        first = self.blank()
        start = self.place()
        if first in "[{":
            self.at += 1
            count = 0
            while self.blank() not in "]}":
                self.value((*path, self.string() if first == "{" else count))
                count += 1
            self.at += 1
        else:
            _, self.at = json.JSONDecoder().raw_decode(self.text, self.at)
        self.spans[path] = (*start, *self.place())


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=5), inner, max_size=5),
)


@given(values, st.sampled_from([None, 0, 2]), st.booleans())
def test_every_place_is_where_a_naive_reading_finds_it(value: Any, indent: int | None, is_ascii: bool) -> None:
    text = json.dumps([value], indent=indent, ensure_ascii=is_ascii).replace("\x7f", "\\u007f")
    expected = _Reader(text).spans
    assert spans_of(text, *expected) == expected


# Keys that come again further in, and strings that look like them.
alike = st.recursive(
    st.integers() | st.sampled_from(["a", "b", '"a": ', 'a":', ' "a" ', "\\", 'b\\"b":', "{", "]", "\x01", "\u00e9"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", "c", "ab"]), inner),
)


@given(alike, st.sampled_from([None, 0, 2]), st.booleans(), st.data())
def test_a_few_places_are_where_a_naive_reading_finds_them(
    value: Any, indent: int | None, is_ascii: bool, data: st.DataObject
) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=is_ascii)
    expected = _Reader(text).spans
    paths = data.draw(st.lists(st.sampled_from(list(expected)), min_size=1, max_size=3))
    assert spans_of(f" {text}", *paths).keys() == set(paths)
    assert spans_of(text, *paths) == {path: expected[path] for path in paths}


@pytest.mark.parametrize("count", [1, 12, 13, 14, 5000])
@pytest.mark.parametrize("key", ["a", "a b", "é", "", "1"])
def test_any_number_of_places_is_found_under_any_key(count: int, key: str) -> None:
    text = json.dumps([{key: index, "b": key} for index in range(count)], ensure_ascii=False)
    expected = _Reader(text).spans
    paths = [(index, key) for index in range(count)]
    assert spans_of(text, *paths) == {path: expected[path] for path in paths}
    assert spans_of(text, paths[-1]) == {paths[-1]: expected[paths[-1]]}


@pytest.mark.parametrize("text", ['{"\\u0061":1,"b":{"a":2}}', '{"b":{"\\u0061":1},"a":2}', '{"b":"\\u0061","a":2}'])
def test_a_key_may_be_written_with_escapes(text: str) -> None:
    expected = _Reader(text).spans
    for path, span in expected.items():
        assert spans_of(text, path) == {path: span}


def test_every_place_of_the_example_is_where_a_naive_reading_finds_it() -> None:
    text = (EXAMPLES / "sound.json").read_text(encoding="utf-8")
    expected = _Reader(text).spans
    assert spans_of(text, *expected) == expected


@pytest.mark.parametrize(
    ("text", "repeated"),
    [
        ('{"a":1,"b":1}', {}),
        ('{"a":1,"a":[]}', {("a",): ["1", "[]"]}),
        ('{"a":1,"\\u0061":2,"a":3}', {("a",): ["1", "2", "3"]}),
        ('[{"a":{"b":1,"b":2}},{"b":1}]', {(0, "a", "b"): ["1", "2"]}),
        ('{"a":{"x":1,"x":2},"a":{"x":3}}', {("a",): ['{"x":1,"x":2}', '{"x":3}']}),
    ],
)
def test_repeated_keys_are_found_where_the_tree_has_them(text: str, repeated: dict[Path, list[str]]) -> None:
    found = {
        each.path: [text[slice(*range)] for range in (*each.earlier, each.last)]
        for each in duplicate_keys(text.encode())
    }
    assert found == repeated
