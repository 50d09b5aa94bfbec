"""What is shown of hostile strings."""

import sys
import unicodedata

import pytest

from sessionlint.escape import excerpt, printable, printable_lines


def test_no_character_that_could_act_on_a_screen_is_left() -> None:
    acting = ("Cc", "Cf", "Cs", "Zl", "Zp")
    for code in range(sys.maxunicode + 1):
        character = chr(code)
        category = unicodedata.category(character)
        written = printable(f"a{character}b")
        if category in acting:
            assert written in (f"a\\u{code:04x}b", f"a\\U{code:08x}b", {9: r"a\tb", 10: r"a\nb", 13: r"a\rb"}.get(code))
        elif category != "Cn":  # what another version of Unicode may have made of it
            assert written == f"a{character}b"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("plain <direct> ]]> セッション", "plain <direct> ]]> セッション"),
        ("\x1b[31m\x9b\x7f", r"\u001b[31m\u009b\u007f"),
        ("a\tb\r\nc", r"a\tb\r\nc"),
        ("\u202egnp.exe", r"\u202egnp.exe"),
        ("\ud800", r"\ud800"),
        ("\U000e0041", r"\U000e0041"),
        ("::error file=a::b", r"\u003a:error file=a::b"),
        (" \u3000::add-mask::b", " \u3000\\u003a:add-mask::b"),
        ("a::error::b", "a::error::b"),
        ("::1", "::1"),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.1"),
        ("::", "::"),
        ("a##[error]b", r"a\u0023#[error]b"),
        ("###[error]##vso[a]##[b", r"#\u0023#[error]\u0023#vso[a]\u0023#[b"),
        ("## a [b] ## ", "## a [b] ## "),
    ],
)
def test_printable(text: str, shown: str) -> None:
    assert printable(text) == shown
    assert printable(shown) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "null"),
        (True, "true"),
        (False, "false"),
        (11, "11"),
        (0.5, "0.5"),
        ("text", '"text"'),
        ('a"b\\', r'"a\"b\\"'),
        ("a\nb", r'"a\nb"'),
        ("x" * 60, f'"{"x" * 60}"'),
        ("x" * 61, f'"{"x" * 59}…"'),
        ([1, 2], "a list"),
        ({"a": 1}, "an object"),
    ],
)
def test_an_excerpt_of_a_value(value: object, shown: str) -> None:
    assert excerpt(value) == shown


def test_lines_stay_lines() -> None:
    assert printable_lines("a\x1b[31m\nb\u202e\r\n") == "a\\u001b[31m\nb\\u202e\\r\n"
