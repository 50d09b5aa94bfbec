"""One damage at one place of a sound payload is one finding: nothing is said that only follows from it."""

import json
import pprint
import re
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path

import pytest

from sessionlint import check
from sessionlint.decode import decode
from sessionlint.document import Document
from support import EXAMPLES, SOUND

JSON = (EXAMPLES / "sound.json").read_text(encoding="utf-8")
XML = (EXAMPLES / "sound.xml").read_text(encoding="utf-8")

STRING = r'"[^"\n]+"'
TEXT = r'(?<=": )"[^"\n]+"'
NUMBER = r"(?<=: )-?[0-9.]+"


def replaced(text: str, pattern: str, damage: Callable[[str], str]) -> Iterator[str]:
    """The text with one of the places damaged, for each of them."""
    for match in re.finditer(pattern, text):
        damaged = text[: match.start()] + damage(match[0]) + text[match.end() :]
        if damaged != text:
            yield damaged


def broken(inserted: str) -> Callable[[str], str]:
    return lambda written: written[: len(written) // 2] + inserted + written[len(written) // 2 :]


IN_JSON: dict[str, tuple[str, Callable[[str], str]]] = {
    "a line break": (STRING, broken("\n")),
    "a line break of Windows": (STRING, broken("\r\n")),
    "a line break with indentation": (STRING, broken("\n        ")),
    "a line break for a space": (STRING, lambda written: written.replace(" ", "\n", 1)),
    "a tab": (STRING, broken("\t")),
    "NUL": (STRING, broken("\0")),
    "half a surrogate pair": (TEXT, broken("\\ud83d")),
    "an escape that is none": (TEXT, broken("\\q")),
    "a double quote": (TEXT, lambda written: written.replace(" ", '" ', 1)),
    "a line break in a number": (r"(?<=: )[0-9]{2,}", broken("\n")),
    "a thousands separator": (NUMBER, lambda written: re.sub(r"(?<=[0-9])(?=[0-9]{3}\Z)", ",", written)),
    "a decimal comma": (NUMBER, lambda written: written.replace(".", ",")),
    "a unit": (NUMBER, lambda written: written + "ms"),
    "a unit behind a space": (NUMBER, lambda written: written + " ms"),
    "a typographic minus": (NUMBER, lambda written: written.replace("-", "\u2212")),
    "a quote before a number": (NUMBER, lambda written: f'"{written}'),
    "a quote behind a number": (NUMBER, lambda written: f'{written}"'),
    "question marks": (NUMBER, lambda _: "???"),
}


@pytest.mark.parametrize("name", IN_JSON)
def test_in_json(name: str) -> None:
    for text in replaced(JSON, *IN_JSON[name]):
        told = [(each.rule, each.message) for each in check(text.encode()).findings]
        assert len(told) == 1, (told, text)
        assert told[0][0] in ("CAP003", "CAP007")


NOTES = {
    "an arrow": ("{}   <-- here", "CAP003"),
    "another arrow": ("{}   <== here?", "CAP003"),
    "a third arrow": ("{}   ← here", "CAP003"),
    "a remark": ("{}   !!!", "CAP003"),
    "a mark": (">>> {}", "CAP003"),
    "a comment of HTML": ("<!-- here -->\n{}", "CAP003"),
    "a line of a log": ("2026-01-01 10:00:00.123 INFO GET /v6/endpoint-data took 12 ms\n{}", "CAP003"),
    "a page's number": ("\nPage 3 of 7\n\n{}", "CAP003"),
    "a pager's prompt": ("--More--{}", "CAP003"),
    "what was cut out": ("[snip]\n{}", "CAP003"),
    "what was left out": ("[...]\n{}", "CAP003"),
    "how much was left out": ("[12 lines omitted]\n{}", "CAP003"),
    "how much more there is": ("... 12 more items\n{}", "CAP003"),
}


@pytest.mark.parametrize("name", NOTES)
def test_notes(name: str) -> None:
    note, rule = NOTES[name]
    lines = JSON.splitlines()
    for number in range(1, len(lines) - 1, 3):
        text = "\n".join([*lines[:number], note.format(lines[number]), *lines[number + 1 :]])
        document = decode(text.encode())
        assert isinstance(document, Document)
        assert [each.rule for each in document.defects] == [rule], text
        assert document.tree == SOUND, text
        assert [each.rule for each in check(text.encode()).findings] == [rule], text


@pytest.mark.parametrize(
    "note", ["\n[truncated 1234 bytes]", " (truncated)", "... <output truncated>\n", "[TRUNCATED]"]
)
def test_a_note_that_a_text_was_cut_off_is_not_another_defect(note: str) -> None:
    for length in range(1000, len(JSON), 333):
        assert [each.rule for each in check((JSON[:length] + note).encode()).findings] == ["CAP004"]
    assert [each.rule for each in check((JSON + note).encode()).findings] == ["CAP018"]


QUOTES = "\"'`“”„‘’«»"


def test_quotes_that_do_not_match() -> None:
    for text in (JSON, json.dumps(json.loads(JSON), separators=(",", ":"))):
        for opening, closing in product(QUOTES, QUOTES):
            places = [each.span() for each in re.finditer(r'"[^"\n]+"', text)][7::41]
            for start, end in places if (opening, closing) != ('"', '"') else ():
                damaged = f"{text[:start]}{opening}{text[start + 1 : end - 1]}{closing}{text[end:]}"
                document = decode(damaged.encode())
                assert isinstance(document, Document)
                assert [each.rule for each in document.defects] == ["CAP003"], damaged
                assert document.tree == SOUND, damaged


NOTATIONS: dict[str, Callable[[object], str]] = {
    "Python's notation": repr,
    "Python's notation ": pprint.pformat,
    "JavaScript's notation": lambda tree: re.sub(r'"(\w+)":', r"\1:", json.dumps(tree, indent=2)).replace('"', "'"),
}


@pytest.mark.parametrize("name", NOTATIONS)
def test_the_notation_of_another_language_is_one_defect(name: str) -> None:
    document = decode(NOTATIONS[name](SOUND).encode())
    assert isinstance(document, Document)
    assert document.tree == SOUND
    (defect,) = document.defects
    assert f"this is {name.strip()}, not JSON" in defect.problem.message.text()


XML_TEXT = r"(?<=>)[^<>\n]+(?=</)"
START_TAG = r"<\w+>"
END_TAG = r"</\w+>"

IN_XML: dict[str, tuple[str, Callable[[str], str]]] = {
    "a control character": (XML_TEXT, broken("\x01")),
    "an entity of HTML": (XML_TEXT, lambda written: f"{written}&nbsp;"),
    "a note": (r">\n", lambda _: ">  <-- here\n"),
    "a space in a start tag": (START_TAG, lambda tag: f"< {tag[1:]}"),
    "a space in an end tag": (END_TAG, lambda tag: f"</ {tag[2:]}"),
    "a space before the slash": (END_TAG, lambda tag: f"< {tag[1:]}"),
    "a bracket too many": (START_TAG, lambda tag: f"<{tag}"),
    "a slash too many": (END_TAG, lambda tag: f"<//{tag[2:]}"),
    "brackets that are not escaped": ("&lt;direct&gt;", lambda _: "<direct>"),
    "ampersands that are not escaped": (r"http\S+(?=</)", lambda written: written.replace("&amp;", "&")),
    "a declaration without its end": (r"\?>", lambda _: "?"),
    "a declaration without its end or question mark": (r"\?>", lambda _: ""),
    "a declaration without question marks": (r"<\?.+\?>", lambda written: written.replace("?", "")),
    "a declaration without quotes": (r"<\?.+\?>", lambda written: written.replace("'", "")),
    "a declaration without a version": (r" version='1.0'", lambda _: ""),
    "a declaration with typographic quotes": (r"<\?.+\?>", lambda written: written.replace("'", "’")),
    "a declaration in capitals": (r"<\?xml", lambda _: "<?XML"),
}


@pytest.mark.parametrize("name", IN_XML)
def test_in_xml(name: str) -> None:
    for text in replaced(XML, *IN_XML[name]):
        told = [(each.rule, each.message) for each in check(text.encode()).findings]
        assert len(told) == 1, (told, text)
        assert told[0][0] in ("CAP013", "CAP018")


def test_all_ampersands_are_repaired_at_once() -> None:
    session = XML[XML.index("    <userSessions>") : XML.index("</response>")].replace("&amp;", "&")
    document = decode(f"<response>{session * 30}</response>".encode())
    assert isinstance(document, Document)
    assert [each.rule for each in document.defects] == ["CAP013"]
    assert document.tree == {"userSessions": SOUND["userSessions"] * 30}


@pytest.mark.parametrize("text", [JSON, json.dumps(json.loads(JSON))], ids=["indented", "compact"])
def test_a_lost_start(text: str, tmp_path: Path) -> None:
    """Whatever is left of a session, nothing is said of what is lost, and the sessions behind it are checked."""
    broken = json.loads(JSON)["userSessions"][0] | {"port": 70000}
    followed = f"{text.rstrip().removesuffix('}').rstrip().removesuffix(']')}, {json.dumps(broken)}]}}"
    for start in range(3, len(text) - 40, 97):
        for whole, expected in ((text, []), (followed, ["SES008"])):
            (tmp_path / "a.json").write_text(whole[start:], encoding="utf-8")
            rules = [finding.rule for finding in check(tmp_path / "a.json").findings if finding.rule != "COR002"]
            assert rules == ["CAP003", *expected], start


@pytest.mark.parametrize("text", [JSON, json.dumps(json.loads(JSON))], ids=["indented", "compact"])
def test_a_slip_at_the_start_is_no_lost_start(text: str) -> None:
    for place in range(text.index("[")):
        (finding,) = check((text[:place] + text[place + 1 :]).encode()).findings or (None,)
        assert not finding or "lost" not in finding.message, place


@pytest.mark.parametrize("name", ["a.log", "a.json", "a.jsonl"])
def test_the_first_of_several_lines_has_lost_its_start(name: str, tmp_path: Path) -> None:
    line = json.dumps(json.loads(JSON))
    broken = json.dumps({"userSessions": [json.loads(JSON)["userSessions"][0] | {"port": 70000}]})
    for start in range(3, len(line) - 500, 97):
        (tmp_path / name).write_text(f"{line[start:]}\n{broken}\n{line}\n", encoding="utf-8")
        told = [(each.rule, each.line) for each in check(tmp_path / name).findings if each.rule != "COR002"]
        assert told == [("CAP003", 1), ("SES008", 2)], start
