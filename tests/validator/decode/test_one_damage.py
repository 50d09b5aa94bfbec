"""One damage at one place of a sound payload is one finding: nothing is said that only follows from it."""

import re
from collections.abc import Callable, Iterator

import pytest

from sessionlint import check
from support import EXAMPLES

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
