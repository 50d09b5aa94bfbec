"""Payloads that came by way of a mail, a log, a listing, a page, a table or a terminal."""

import csv
import html
import io
import json
import quopri
import re
import textwrap
from collections.abc import Callable
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessionlint import check
from sessionlint.decode import Undecodable, decode
from sessionlint.document import Document
from support import EXAMPLES, SOUND

PRETTY = json.dumps(SOUND, indent=2, ensure_ascii=False)
COMPACT = json.dumps(SOUND, ensure_ascii=False)
SESSION = SOUND["userSessions"][0]
XML = (EXAMPLES / "sound.xml").read_text(encoding="utf-8")


def rows(result: Document | Undecodable) -> list[tuple[str, str]]:
    return [(each.rule, each.problem.message.text()) for each in result.defects]


def in_a_cell(text: str) -> str:
    cell = io.StringIO()
    csv.writer(cell).writerow([text])
    return cell.getvalue()


def mailed(text: str) -> str:
    return quopri.encodestring(text.encode()).decode()


def escaped(text: str) -> str:
    return json.dumps(text)[1:-1]


@pytest.mark.parametrize(
    ("text", "format_", "message"),
    [
        (escaped(PRETTY), "json", "JSON in a string that lost its quotes"),
        (f"  {escaped(COMPACT)}\n", "json", "JSON in a string that lost its quotes"),
        (PRETTY.replace('"', '\\"'), "json", "JSON in a string that lost its quotes"),
        (f"[{escaped(COMPACT)}]", "json", "JSON in a string that lost its quotes"),
        (
            escaped(escaped(PRETTY)),
            "json",
            "JSON in a string that lost its quotes in a string that lost its quotes",
        ),
        (html.escape(PRETTY), "json", "JSON in HTML's escapes"),
        (html.escape(COMPACT).replace("&quot;", "&#34;"), "json", "JSON in HTML's escapes"),
        (html.escape(json.dumps(COMPACT)), "json", "JSON in a JSON string in HTML's escapes"),
        (html.escape(XML), "xml", "XML in HTML's escapes"),
        (
            f"<html><head></head><body><pre>{html.escape(PRETTY)}</pre></body></html>",
            "json",
            "JSON in a browser's page",
        ),
        (f'<pre style="white-space: pre-wrap;">{html.escape(XML, quote=False)}', "xml", "XML in a browser's page"),
        (in_a_cell(PRETTY), "json", "JSON in a cell of CSV"),
        (repr(PRETTY), "json", "JSON in text that Python printed"),
        (repr(PRETTY.encode()), "json", "JSON in bytes that Python printed"),
        (repr(PRETTY)[1:-1], "json", "JSON in a text that has its line breaks in letters"),
        (PRETTY.replace("\n", "<br>"), "json", "JSON in a text that has its line breaks in letters"),
        (mailed(PRETTY), "json", "JSON in a mail's encoding (quoted-printable)"),
        (mailed(COMPACT).replace("\n", "\r\n"), "json", "JSON in a mail's encoding (quoted-printable)"),
        (mailed(XML), "xml", "XML in a mail's encoding (quoted-printable)"),
        (in_a_cell(COMPACT), "json", "JSON in a cell of CSV"),
    ],
)
def test_wrappers_that_nothing_else_looks_like(text: str, format_: str, message: str) -> None:
    document = decode(text.encode())
    assert isinstance(document, Document)
    assert document.format == format_
    assert rows(document) == [("CAP011", f"the payload is wrapped: {message}")]
    assert len(document.parts) == 1


@pytest.mark.parametrize("wrap", [escaped, html.escape, in_a_cell])
def test_what_is_cut_off_in_a_wrapper(wrap: Callable[[str], str]) -> None:
    document = decode(wrap(COMPACT)[:2000].encode())
    assert [rule for rule, _ in rows(document)] == ["CAP011", "CAP004"]


@pytest.mark.parametrize(
    "text",
    [
        f"<html><body><h1>Answers</h1><pre>{html.escape(PRETTY)}</pre>",
        '{\\"a',
        "{\\",
        '{\\"a":1}\\',
        "{&quot;",
        f"{{&quot;&#{'9' * 5000};",
        "&lt;p",
        '"{""',
        '[""]',
        '{"a": "&quot;"}',
    ],
)
def test_what_only_looks_wrapped(text: str) -> None:
    assert "CAP011" not in [rule for rule, _ in rows(decode(text.encode()))]


LISTINGS: dict[str, Callable[[int, str], str]] = {
    "a mail": lambda _, line: f"> {line}",
    "a mail of a mail": lambda _, line: f">> {line}",
    "cat -n": lambda number, line: f"{number:6}\t{line}",
    "grep -n": lambda number, line: f"{number}:{line}",
    "an editor": lambda number, line: f"{number:4} {line}",
    "bat": lambda number, line: f"{number:4}   │ {line}",
    "a patch": lambda _, line: f"+{line}",
    "a comment": lambda _, line: f"// {line}",
    "a log": lambda number, line: f"2026-11-{number % 28 + 1:02} 10:00:{number % 60:02}.{number} INFO {line}",
}


def listing(text: str, name: str) -> str:
    return "\n".join(map(LISTINGS[name], count(1), text.splitlines()))


@pytest.mark.parametrize("name", LISTINGS)
@pytest.mark.parametrize(("text", "rule"), [(PRETTY, "CAP003"), (XML, "CAP013")])
def test_lines_that_all_start_with_something_else(text: str, rule: str, name: str) -> None:
    document = decode(listing(text, name).encode())
    assert isinstance(document, Document)
    start = json.dumps(LISTINGS[name](1, ""), ensure_ascii=False)
    assert rows(document) == [(rule, f"every line starts with {start}; the rest is salvaged and checked")]
    assert len(document.parts) == 1


@pytest.mark.parametrize("name", LISTINGS)
def test_their_places_are_those_of_the_file(name: str) -> None:
    text = listing(PRETTY, name)
    document = decode(text.encode())
    assert isinstance(document, Document)
    path = ("userSessions", 0, "port")
    (span,) = document.spans([path]).values()
    line = text.splitlines()[span.line - 1]
    assert line[span.column - 1 : span.end_column - 1] == str(SOUND["userSessions"][0]["port"])
    assert document.excerpt(span) == (line, 0)


LINE_ENDS = {
    "cat -A": ("$", "$"),
    "cat -A of Windows": ("^M$", "^M$"),
    "psql": ("                    +", "+"),
    "a shell": (" \\", "\\"),
    "a page": ("<br>", "<br>"),
    "letters": ("\\n", "\\n"),
}


@pytest.mark.parametrize("name", LINE_ENDS)
@pytest.mark.parametrize(("text", "rule"), [(PRETTY, "CAP003"), (XML, "CAP013")])
def test_lines_that_all_end_with_something_else(text: str, rule: str, name: str) -> None:
    end, sign = LINE_ENDS[name]
    text = text.rstrip().replace("\n", f"{end}\n")
    for whole in (text, text + end):
        document = decode(whole.encode())
        assert isinstance(document, Document)
        assert rows(document) == [(rule, f"every line ends with {json.dumps(sign)}; the rest is salvaged and checked")]
        assert document.tree == SOUND
        path = ("userSessions", 0, "port")
        (span,) = document.spans([path]).values()
        assert str(SESSION["port"]) in document.excerpt(span)[0]


def test_lines_in_a_table() -> None:
    lines = PRETTY.splitlines()
    width = max(map(len, lines))
    rows_of_table = [f"| {line.ljust(width)} |" for line in lines]
    border = f"+{'-' * (width + 2)}+"
    for text in ("\n".join(rows_of_table), "\n".join([border, *rows_of_table, border])):
        document = decode(text.encode())
        assert isinstance(document, Document)
        assert [rule for rule, _ in rows(document)] == ["CAP003"]
        assert 'starts with "| " and ends with "|"' in rows(document)[0][1]
        assert document.tree == SOUND


@pytest.mark.parametrize(
    "text",
    [
        '{"a": "x$\ny$"}',  # two lines
        '{"a": 1, $\n"b": 2\n$}',  # not every line
        "{$\n$\n$",
    ],
)
def test_line_ends_that_are_nothing_of_that_kind(text: str) -> None:
    assert not [message for _, message in rows(decode(text.encode())) if "every line" in message]


@pytest.mark.parametrize(("text", "rule"), [(PRETTY, "CAP003"), (XML, "CAP013")])
@pytest.mark.parametrize("base", ["", "||||||| 1a2b\n{}\n"])
def test_a_merge_conflict(text: str, rule: str, base: str) -> None:
    lines = text.splitlines()
    for number in range(1, len(lines), 7):
        line = lines[number]
        ours = f"<<<<<<< HEAD\n{line}\n{base.format(line)}=======\n\n>>>>>>> other branch"
        theirs = f"<<<<<<< HEAD\n{base.format(line)}=======\n{line}\n>>>>>>> other branch"
        for conflict in (ours, theirs):
            document = decode("\n".join([*lines[:number], conflict, *lines[number + 1 :]]).encode())
            assert isinstance(document, Document)
            assert rows(document) == [(rule, "a merge conflict is not resolved; one of the two versions is checked")]
            assert document.tree == SOUND
            assert document.defects[0].span is not None
            assert document.defects[0].span.line == number + 1


def test_several_merge_conflicts_are_one_defect() -> None:
    conflict = r"<<<<<<< HEAD\n\g<0>\n=======\n\g<0>\n>>>>>>> b"
    document = decode(re.sub('^.*(?:hop|id)".*$', conflict, PRETTY, flags=re.MULTILINE).encode())
    assert isinstance(document, Document)
    assert document.tree == SOUND
    ((_, message),) = rows(document)
    assert message == "a merge conflict is not resolved; also at 12 more places; one of the two versions is checked"


@pytest.mark.parametrize("text", ["<<<<<<< a\n{}", '{"a": 1}\n<<<<<<< a\n=======\n', ">>>>>>> a\n=======\n<<<<<<< b"])
def test_half_a_merge_conflict_is_no_conflict(text: str) -> None:
    assert not [message for _, message in rows(decode(text.encode())) if "conflict" in message]


def test_lines_without_anything_may_have_lost_their_space() -> None:
    text = PRETTY.replace("{\n", "{\n\n", 3)
    assert len(rows(decode(listing(text, "a mail").replace("> \n", ">\n").encode()))) == 1
    assert len(rows(decode(listing(text, "a mail").replace("> \n", "\n").encode()))) == 1


@pytest.mark.parametrize(
    "text",
    [
        "> {\n>  1: 2\n}",  # not every line
        "1 {\n2 }",  # too few
        "> hello\n> you\n> there",
        "1\n2\n3",
    ],
)
def test_lines_that_are_nothing_of_that_kind(text: str) -> None:
    assert not [message for _, message in rows(decode(text.encode())) if "every line" in message]


@given(st.integers(40, 400), st.sampled_from(["\n", "\r\n"]))
def test_lines_that_a_terminal_broke(width: int, end: str) -> None:
    document = decode(end.join(COMPACT[at : at + width] for at in range(0, len(COMPACT), width)).encode())
    assert isinstance(document, Document)
    assert document.tree == SOUND
    told = f"the lines are broken after {width} characters, inside of values too; the rest is salvaged and checked"
    assert rows(document) == [("CAP003", told)]
    for path, text in ((("agentId",), f'"{SESSION["agentId"]}"'), (("port",), str(SESSION["port"]))):
        (span,) = document.spans([("userSessions", 0, *path)]).values()
        line, column = divmod(COMPACT.index(f'"{path[0]}": {text}') + len(f'"{path[0]}": '), width)
        assert (span.line, span.column) == (line + 1, column + 1)


@pytest.mark.parametrize("text", [f'{{"a": "{"x" * 50}\n{"y" * 20}"}}', f'["{"x" * 20}\n{"x" * 20}\n{"x" * 20}"]'])
def test_a_break_or_two_may_be_in_a_string(text: str) -> None:
    assert "unescaped" in rows(decode(text.encode()))[0][1]


@given(st.integers(60, 160))
def test_lines_that_a_terminal_broke_without_spaces_at_their_end_or_in_a_mail(width: int) -> None:
    lines = [COMPACT[at : at + width] for at in range(0, len(COMPACT), width)]
    for text in ("\n".join(line.rstrip() for line in lines), "\n".join(f"> {line}" for line in lines)):
        document = decode(text.encode())
        assert isinstance(document, Document)
        assert document.tree == SOUND
        assert f"the lines are broken after {width + 2 * (text[0] == '>')} characters" in rows(document)[-1][1]


@given(st.integers(60, 160))
def test_lines_of_xml_that_a_terminal_broke(width: int) -> None:
    compact = re.sub(r">\s+<", "><", XML.strip())
    document = decode("\n".join(compact[at : at + width] for at in range(0, len(compact), width)).encode())
    assert isinstance(document, Document)
    assert document.tree == SOUND
    told = f"the lines are broken after {width} characters, inside of tags and values too"
    assert rows(document) == [("CAP013", told)]
    (span,) = document.spans([("userSessions", 0, "port")]).values()
    line, column = divmod(compact.index("<port>"), width)
    assert (span.line, span.column) == (line + 1, column + 1)


@given(st.integers(60, 160))
def test_lines_that_end_between_words(width: int) -> None:
    text = "\n".join(textwrap.wrap(COMPACT, width, break_long_words=False, break_on_hyphens=False))
    # None, where no string was broken.
    assert [each.rule for each in check(text.encode()).findings] in ([], ["CAP003"])


def broken_at(width: int, text: str) -> str:
    return "\n".join(text[at : at + width] for at in range(0, len(text), width))


def test_what_else_is_wrong_with_them_is_told_beside_it() -> None:
    document = decode(f"$ cat a.json\n{broken_at(80, COMPACT[:2500])}\n".encode())
    assert isinstance(document, Document)
    assert [rule for rule, _ in rows(document)] == ["CAP003", "CAP003", "CAP004"]
    session = document.tree["userSessions"][0]
    assert session["committed"] == SESSION["committed"]
    assert document.cut
    (span,) = document.spans([("userSessions", 0, "committed")]).values()
    line, column = divmod(COMPACT.index(f'"{SESSION["committed"]}"'), 80)
    assert (span.line, span.column) == (line + 2, column + 1)


@pytest.mark.parametrize("depth", [260, 900])
def test_lines_that_a_terminal_broke_are_nested_no_deeper_than_others(depth: int) -> None:
    text = f'{{"userSessions": ["{"x" * 90}", {"[" * depth}{"]" * depth}]}}'
    assert "CAP015" in [rule for rule, _ in rows(decode(broken_at(50, text).encode()))]


def test_lines_of_the_same_length_were_not_broken_if_that_explains_nothing() -> None:
    line = f'  "a{{}}": 1, // {"x" * 40}'
    text = f'{{\n{line.format(1)}\n{line.format(2)}\n  "c": 2}}'
    document = decode(text.encode())
    assert isinstance(document, Document)
    assert document.tree == {"a1": 1, "a2": 1, "c": 2}


MAILS = {
    "a mail": ("On Monday, Alice <alice@example.com> wrote:\n> Hello\n>\n", "> ", "\n> Bye\n\nRegards {Bob}\n"),
    "a mail with a block": ("Hello\n\n> ```json\n", "> ", "\n> ```\n"),
    "a patch": ("diff --git a/a.json b/a.json\n+++ b/a.json\n@@ -0,0 +1,9 @@\n", "+", "\n"),
}


@pytest.mark.parametrize("name", MAILS)
@pytest.mark.parametrize("text", [PRETTY, XML])
def test_lines_that_start_with_something_else_among_others(text: str, name: str) -> None:
    before, sign, after = MAILS[name]
    lines = before + "\n".join(f"{sign}{line}" for line in text.splitlines()) + after
    document = decode(lines.encode())
    assert isinstance(document, Document)
    assert len(document.parts) == 1
    told = f"every line of the document starts with {json.dumps(sign)}; the rest is salvaged and checked"
    assert (document.defects[0].rule[:3], document.defects[0].problem.message.text()) == ("CAP", told)
    place = document.defects[0].span
    assert place is not None
    assert place.line == before.count("\n") + 1
    (span,) = document.spans([("userSessions", 0, "port")]).values()
    assert str(SESSION["port"]) in document.excerpt(span)[0]


def test_line_starts_are_taken_off_so_often_and_no_oftener() -> None:
    text = "".join(f"{'abcdefgh'[index % 8] * (index // 8 + 1)} {{\n" * 4 for index in range(200))
    assert isinstance(decode(f"{text}userSession".encode()), Document | Undecodable)


@pytest.mark.parametrize("mark", ["{code}", "{code:json}", "{code:title=a.json|borderStyle=solid}", "{noformat}"])
@pytest.mark.parametrize("text", [PRETTY, XML])
def test_what_a_ticket_has_around_it(text: str, mark: str) -> None:
    document = decode(f"{mark}\n{text}\n{mark.partition(':')[0].rstrip('}')}}}\n".encode())
    assert isinstance(document, Document)
    assert len(document.parts) == 1
