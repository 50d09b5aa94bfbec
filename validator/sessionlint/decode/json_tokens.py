"""Strings, numbers and words that are not quite JSON: what was meant, and what has to be changed."""

import re
from typing import Final, Literal, NamedTuple, TypeAlias

import orjson

from sessionlint.decode.text import MOST_EDITS, Edit, Edited, character_at

Kind: TypeAlias = Literal[
    "missing-comma",
    "trailing-comma",
    "doubled-comma",
    "single-quotes",
    "typographic-quotes",
    "backquotes",
    "unquoted-key",
    "unquoted-text",
    "comment",
    "white-space",
    "terminal-colours",
    "broken-lines",
    "lost-start",
    "control-character",
    "unclosed-string",
    "unopened-string",
    "unescaped-quote",
    "extra-quote",
    "python-literal",
    "literal",
    "shell-value",
    "escape",
    "number",
    "missing-colon",
    "missing-value",
    "missing-key",
    "missing-bracket",
    "wrong-bracket",
    "extra-bracket",
    "ellipsis",
    "stray",
    "not-a-number",
    "surrogate",
]


class Flaw(NamedTuple):
    """Something that is not JSON, at a place."""

    kind: Kind
    start: int
    end: int
    template: str
    values: tuple[object, ...] = ()
    help: str = ""


class Token(NamedTuple):
    """A key or a value that is a single token."""

    start: int
    end: int
    json: bytes
    """As JSON writes it."""
    edits: tuple[Edit, ...] = ()
    flaws: tuple[Flaw, ...] = ()
    is_made_up: bool = False
    """Whether the file does not hold the value, or only damaged."""


def shown(json: bytes) -> object:
    """The value of a token, for a message."""
    try:
        return orjson.loads(json)
    except orjson.JSONDecodeError:
        return json.decode(errors="replace")


# Strings

_BACKSLASH, _LINE_FEED, _RETURN, _QUOTE = b'\\\n\r"'


class _Style(NamedTuple):
    """Quotes around a string: JSON's own, and others."""

    kind: Kind | None
    name: str
    opening: re.Pattern[bytes]
    closing: re.Pattern[bytes]
    run: re.Pattern[bytes]
    """Characters that mean themselves."""
    mark: re.Pattern[bytes]
    """What the search for the true end stops at."""


def _style(kind: Kind | None, name: str, opening: bytes, closing: bytes, run: bytes) -> _Style:
    closed = re.compile(closing)
    mark = re.compile(rb"\\.|[\n\r]|(" + closing + rb")", re.DOTALL)
    return _Style(kind, name, re.compile(opening), closed, re.compile(run), mark)


_NO_BREAK = rb"(?:\xc2\xa0|\xe2\x80\xaf)?"
"""What French has inside of its quotes."""
_SINGLE = rb"['`]|\xe2\x80[\x98-\x9b]"
_DOUBLE = rb'"|\xe2\x80[\x9c-\x9f]|' + _NO_BREAK + rb"\xc2[\xab\xbb]"
_UNQUOTED = (
    rb"(?:[^\"'`\\\x00-\x1f\xc2\xe2]|\xe2(?!\x80[\x98-\x9f\xaf])|\xe2\x80\xaf(?!\xc2[\xab\xbb])"
    rb"|\xc2(?!\xa0\xc2[\xab\xbb]|[\xab\xbb]))*+"
)
_STYLES: Final = (
    _style(None, "", b'"', b'"', rb'[^"\\\x00-\x1f]*+'),
    _style("single-quotes", "single quotes", b"'", _SINGLE, _UNQUOTED),
    _style("backquotes", "backquotes", b"`", _SINGLE, _UNQUOTED),
    _style(
        "typographic-quotes",
        "typographic quotes",
        rb"\xe2\x80[\x9c-\x9f]|\xc2[\xab\xbb]" + _NO_BREAK,
        _DOUBLE,
        _UNQUOTED,
    ),
    _style("typographic-quotes", "typographic quotes", rb"\xe2\x80[\x98-\x9b]", _SINGLE, _UNQUOTED),
)
_ESCAPE = re.compile(rb"\\(?:[\"\\/bfnrt]|u([0-9a-fA-F]{4})(?:\\u([0-9a-fA-F]{4}))?)")
_SOUND_START = re.compile(
    rb'"[^"\\\x00-\x1f]*+(?:\\(?:["\\/bfnrt]|u(?![dD][89a-fA-F])[0-9a-fA-F]{4})[^"\\\x00-\x1f]*+)*+'
)
_HEX_ESCAPE = re.compile(rb"\\x([0-9a-fA-F]{2})")
_LINE_CONTINUED = re.compile(rb"\\\r?\n")
_QUOTE_ESCAPE = re.compile(rb"\\(?=['`]|\xe2\x80[\x98-\x9f])")
_CONTROL = re.compile(rb"([\n\r]\s*+)|[\x00-\x09\x0b\x0c\x0e-\x1f]++")
_ENDS_STRING = re.compile(rb"[ \t]*+(?:[\r\n,:}\]{\[\"/#;=]|\Z)")
_SCALAR = re.compile(rb"\s*+(?:[\d-]|true\b|false\b|null\b)")
_EXTRA_QUOTE = re.compile(rb"\"(?=\s*+[:,}\]])")
_ENDS_OTHER_STRING = re.compile(rb"\s*+(?:[,:}\]{\[\"'`/#;=]|\xe2\x80[\x98-\x9f]|\Z)|[ \t\r]*+\n")
_ENDS_VALUE = re.compile(rb"\s*+(?:[}\]]|,\s*+(?:[\"'{\[\d-]|true|false|null|None|\xe2\x80|\Z)|\Z)")
_ENDS_KEY = re.compile(rb"\s*+:")
_REST_OF_KEY = re.compile(rb"[^\"'\\\r\n:]{0,200}+[\"']\s*+:")
_REST_OF_ITEM = re.compile(rb"[^\"'\\\r\n:]{0,200}+[\"']\s*+[:,\]]")
_ANY_QUOTE = rb"(?:" + _SINGLE + rb"|" + _DOUBLE + rb")"
_OTHER_QUOTE = re.compile(_ANY_QUOTE + rb"\Z")
_OTHER_CLOSING = re.compile(_ANY_QUOTE + rb"(?=\s*+(?:(:)|[,}\]]|\Z)|[ \t\r]*+\n)")
_OWN_QUOTE_FOLLOWS = re.compile(rb"[^\"\r\n]{0,1000}?['`](?=\s*+[,}\]])")
_REST_OF_BROKEN_KEY = re.compile(rb"[\w$]{0,100}+\"\s*+:")
_CLOSING_ON_NEXT_LINE = re.compile(rb"\"\s*+(?:[,}\]]|\Z)")
_NEXT_MEMBER = re.compile(rb"[\"}\]]|,\s*+[\"{\[]")


class StringReader:
    """Reads strings that are quoted, escaped or closed in ways that JSON does not know."""

    def __init__(self, text: bytes, size: int) -> None:
        self._text = text
        self._size = size
        self._no_end_before = 0
        """Up to where a search for a string's true end has failed: none is made again before."""
        self.has_given_up = False
        """Whether a single string would have to be changed in too many places."""

    def style(self, start: int) -> _Style | None:
        """The quotes of the string that starts here, if one does."""
        return next((style for style in _STYLES if style.opening.match(self._text, start, self._size)), None)

    def read(self, start: int, style: _Style, *, is_key: bool, is_item: bool) -> Token | None:
        """The string that starts here, a key, an item of a list or neither; ``None`` if the text ends inside it."""
        self._rest_of_next = _REST_OF_ITEM if is_item else _REST_OF_KEY
        opening = style.opening.match(self._text, start, self._size)
        assert opening is not None
        self._start, self._begin = opening.span()
        self._is_key = is_key
        self._is_damaged = False
        self._true_end = 0
        self._edits: list[Edit] = [Edit(start, self._begin - start, b'"')] if style.kind else []
        self._flaws: list[Flaw] = []
        at = self._begin
        while True:
            run = style.run.match(self._text, at, self._size)
            assert run is not None
            at = run.end()
            self.has_given_up = len(self._edits) > MOST_EDITS
            if at >= self._size or self.has_given_up:
                return None
            control = _CONTROL.match(self._text, at, self._size)
            if self._text[at] == _BACKSLASH:
                at = self._escape(at, style)
            elif control is not None:
                if control.end() >= self._size:
                    return None
                if control[1] and self._is_closed_by_line(at, control.end(), is_key=is_key):
                    return self._unclosed(at, is_key=is_key)
                at = self._control(at, control.end())
            else:
                ended = self._quote(at, style, is_key=is_key)
                if isinstance(ended, Token):
                    return ended
                at = ended

    def _quote(self, at: int, style: _Style, *, is_key: bool) -> Token | int:
        """The string, if this quote ends it, or where it goes on."""
        closing = style.closing.match(self._text, at, self._size)
        if closing is None:
            closing = self._other_closing(at, is_key=is_key)
        if closing is None or at < self._true_end:
            return self._inner_quote(at, is_flaw=style.kind is None)
        end = closing.end()
        if at != self._true_end and not self._is_end(style, end, is_key=is_key):
            if at == self._begin and style.kind is None:
                self._extra_quote(at, end)
                self._begin = end
                return end
            if self._lacks_its_end(at, end, is_key=is_key):
                return self._unclosed(at, is_key=is_key)
            self._true_end = self._later_end(style, end, is_key=is_key)
            if self._true_end:
                return at
        if style.kind:
            self._edits.append(Edit(at, end - at, b'"'))
        elif _EXTRA_QUOTE.match(self._text, end, self._size):
            self._extra_quote(end, end + 1)
            end += 1
        return self._token(end, style)

    def _other_closing(self, at: int, *, is_key: bool) -> re.Match[bytes] | None:
        """The quote here, if it closes a string that a quote of another kind opened."""
        found = _OTHER_CLOSING.match(self._text, at, self._size)
        if found is None or is_key != (found[1] is not None):
            return None
        return found if is_key or not _OWN_QUOTE_FOLLOWS.match(self._text, found.end(), self._size) else None

    def cut_off(self, start: int) -> Token:
        """A string that the text's end cut off, as far as it goes."""
        sound = _SOUND_START.match(self._text, start, self._size)
        assert sound is not None
        end = sound.end()
        return Token(start, self._size, sound[0] + b'"', (Edit(end, self._size - end, b'"'),))

    def _token(self, end: int, style: _Style) -> Token:
        start = self._start
        json = Edited(self._text, self._edits, start, end).text
        flaws = self._flaws
        if style.kind:
            told = f"{{}} is in {style.name}: JSON knows only double quotes"
            flaws = [
                Flaw(style.kind, start, end, told, (shown(json),), 'Put it in straight double quotes (").'),
                *flaws,
            ]
        return Token(start, end, json, tuple(self._edits), tuple(flaws), self._is_damaged)

    def _unclosed(self, at: int, *, is_key: bool) -> Token:
        """The string ended before ``at``, in what a missing quote, or one of another kind, made part of it."""
        content = self._text[self._begin : at]
        if is_key and b":" in content:
            content = content[: content.index(b":")].rstrip()
        else:
            content = content.rstrip(b" \t\r\n,}]{[")
        other = _OTHER_QUOTE.search(content, max(0, len(content) - 8))
        end = self._begin + len(content)
        if other:
            content, end = content[: other.start()], self._begin + other.start()
        after = end + (len(other[0]) if other else 0)
        edits = [edit for edit in self._edits if edit.offset < end]
        if edits and edits[-1].offset + edits[-1].removed > end:
            end = edits.pop().offset
        self._edits = [*edits, Edit(end, after - end, b'"')]
        self._flaws = [flaw for flaw in self._flaws if flaw.end <= end]
        json = Edited(self._text, self._edits, self._start, after).text
        told = "the {} {{}} is not closed".format("key" if is_key else "string")
        told += " with the quote that opens it" if other else ""
        remedy = "Put a double quote at its end."
        flaw = Flaw("unclosed-string", self._start, after, told, (shown(json),), remedy)
        return Token(self._start, after, json, tuple(self._edits), (flaw, *self._flaws))

    def _is_closed_by_line(self, at: int, next_line: int, *, is_key: bool) -> bool:
        """Whether a string without its closing quote ended with its line, by what the next line starts with."""
        text, size = self._text, self._size
        if is_key:
            return _REST_OF_BROKEN_KEY.match(text, next_line, size) is None or text.find(b":", self._begin, at) >= 0
        if _CLOSING_ON_NEXT_LINE.match(text, next_line, size):
            return False
        return _NEXT_MEMBER.match(text, next_line, size) is not None

    def _is_end(self, style: _Style, end: int, *, is_key: bool) -> bool:
        """Whether what follows a quote lets it be the string's last."""
        if is_key and _SCALAR.match(self._text, end, self._size):  # only the colon is missing, or the closing quote
            return self._text.find(b":", self._begin, end) < 0
        pattern = _ENDS_OTHER_STRING if style.kind else _ENDS_STRING
        return pattern.match(self._text, end, self._size) is not None

    def _lacks_its_end(self, at: int, end: int, *, is_key: bool) -> bool:
        """Whether the quote at ``at`` opens the next key or item, because this string has none of its own."""
        begin = self._begin
        if is_key:
            return self._text.find(b":", begin, at) >= 0
        last = at - 1
        while last >= begin and self._text[last] in b" \t":
            last -= 1
        return last >= begin and self._text[last] in b",{" and self._rest_of_next.match(self._text, end) is not None

    def _later_end(self, style: _Style, start: int, *, is_key: bool) -> int:
        """A later quote on the line that looks like the string's last, or 0."""
        if start < self._no_end_before:
            return 0
        ends = _ENDS_KEY if is_key else _ENDS_VALUE
        at = start
        if self._text[start] in b" \t":
            # Only the very next quote may then be the last one: others may be those of other strings.
            quote = style.mark.search(self._text, start, self._size)
            return quote.start() if quote and quote[1] and ends.match(self._text, quote.end(), self._size) else 0
        for mark in style.mark.finditer(self._text, start, self._size):
            at = mark.end()
            if mark[1] is None:
                if mark[0] in (b"\n", b"\r"):
                    break
            elif ends.match(self._text, at, self._size):
                return mark.start()
            elif _ENDS_KEY.match(self._text, at, self._size):
                break
        else:
            at = self._size
        self._no_end_before = at
        return 0

    def _inner_quote(self, at: int, *, is_flaw: bool) -> int:
        if self._text[at] == _QUOTE:
            self._edits.append(Edit(at, 0, b"\\"))
            if is_flaw:
                told = "a double quote inside a string is not escaped"
                self._flaws.append(Flaw("unescaped-quote", at, at + 1, told, (), 'Write \\" inside a string.'))
                self._is_damaged = True
            return at + 1
        return character_at(self._text, at)[1]

    def _extra_quote(self, start: int, end: int) -> None:
        self._edits.append(Edit(start, end - start))
        self._flaws.append(Flaw("extra-quote", start, end, "a double quote too many", (), "Remove it."))

    def _control(self, start: int, end: int) -> int:
        run = self._text[start:end]
        self._replace(start, end - start, orjson.dumps(run.decode())[1:-1])
        name = {_LINE_FEED: "a line break", _RETURN: "a line break", 9: "a tab"}.get(run[0], f"U+{run[0]:04X}")
        remedy = f"Write {orjson.dumps(run[:1].decode()).decode()[1:-1]} for {name} inside a string."
        if name == "a line break":
            remedy = "Join the lines, if a mail or an editor broke them, or write \\n for a line break inside a string."
        told = f"{name} stands in a string unescaped"
        self._flaws.append(Flaw("control-character", start, start + (name != "a line break"), told, (), remedy))
        return end

    def _replace(self, at: int, removed: int, inserted: bytes) -> None:
        """Put in what can be read, of which nobody knows what it was. No key has such a character."""
        self._edits.append(Edit(at, removed, b"" if self._is_key else inserted))
        self._is_damaged = not self._is_key

    def _escape(self, at: int, style: _Style) -> int:
        text = self._text
        known = _ESCAPE.match(text, at, self._size)
        if known is not None:
            return self._surrogates(known) if known[1] else known.end()
        replaced: tuple[int, bytes]
        continued = _LINE_CONTINUED.match(text, at, self._size)
        hexadecimal = _HEX_ESCAPE.match(text, at, self._size)
        if hexadecimal:
            replaced = 4, b"\\u00" + hexadecimal[1]
        elif continued:
            replaced = len(continued[0]), b""
        elif _QUOTE_ESCAPE.match(text, at, self._size):
            closing = style.closing.match(text, at + 1, self._size)
            if closing is not None:  # it needs none once the quotes are JSON's
                self._edits.append(Edit(at, 1))
                return closing.end()
            replaced = 1, b""
        else:
            replaced = 1, b"\\\\"
        end = min(max(at + replaced[0], at + 2), self._size)
        while end < self._size and text[end] & 0xC0 == 0x80:
            end += 1
        flaw = Flaw(
            "escape",
            at,
            end,
            "JSON has no escape {}",
            (text[at:end].decode(errors="replace"),),
            "Write \\\\ for a backslash; a single quote needs none.",
        )
        if replaced[1] == b"\\\\":
            self._replace(at, *replaced)
        else:
            self._edits.append(Edit(at, *replaced))
        self._flaws.append(flaw)
        return at + replaced[0]

    def _surrogates(self, escape: re.Match[bytes]) -> int:
        at = escape.start()
        first = int(escape[1], 16)
        if not 0xD800 <= first <= 0xDFFF:
            return at + 6
        if first < 0xDC00 and escape[2] and 0xDC00 <= int(escape[2], 16) <= 0xDFFF:
            return at + 12
        self._edits.append(Edit(at, 6, b"\\ufffd"))
        self._is_damaged = True
        told = "half a surrogate pair is no character: it is read as U+FFFD"
        self._flaws.append(Flaw("surrogate", at, at + 6, told, (), "Write both halves of the pair, or the character."))
        return at + 6


# Numbers and words

_DELIMITED = rb"(?=[\s,:}\]/#;)]|\Z)"
_WORD = re.compile(rb"[A-Za-z_$][\w$]*+" + _DELIMITED)
_NOT_A_NUMBER = re.compile(rb"[+-]?(?:nan|inf(?:inity)?|1\.#(?:inf|q?nan|s?nan|ind)\w*+)" + _DELIMITED, re.IGNORECASE)
_NUMBER = re.compile(
    rb"([+-]?)(?:0[xX]([0-9a-fA-F]{1,16})|(?=\.?[0-9])([0-9]*+)(?:\.([0-9]*+))?((?:[eE][+-]?[0-9]++)?))" + _DELIMITED
)
_TEXT = re.compile(rb"(?![:;=()'`])(?:(?![ \t](?://|/\*|#))[^,{}\[\]\"\r\n])++")
_UNOPENED = re.compile(rb"([^,{}\[\]\"\r\n]{1,1000}+)\"(?=\s*+[,}\]])")
_UNOPENED_ITEM = re.compile(rb"([^{}\[\]\"\r\n]{1,300}+)(?<![\s,])\"(?=\s*+[,\]])")
_SHELL_VALUE = re.compile(
    rb"(?:new[ \t]++)?(NumberLong|NumberInt|NumberDecimal|ISODate|Date|ObjectId|UUID)\("
    rb"[ \t]*+(?:\"([^\"\\\r\n]{0,100}+)\"|'([^'\\\r\n]{0,100}+)'|([0-9.eE+-]{0,100}+))[ \t]*+\)"
)
_JSON_NUMBER = re.compile(rb"-?(?:0|[1-9][0-9]{0,99}+)(?:\.[0-9]{1,100}+)?")
# A key ends where stray text does, if not earlier: what was searched for one in vain is passed over at once.
_KEY = re.compile(
    rb"((?:[^\s,:={}\[\]\"'`;/#\xe2]|\xe2(?!\x80[\x98-\x9f]))++)(?:(\")(?=\s*+:)|(?=\s*+:)|(?<=\w)(?=\s*+=))"
)
_STRAY = re.compile(rb"(?:[^\s,:={}\[\]\"'`;\xe2]|\xe2(?!\x80[\x98-\x9f]))++|\xe2..|.", re.DOTALL)

_MEANT: Final[dict[bytes, bytes]] = {b"true": b"true", b"false": b"false", b"null": b"null", b"none": b"null"}


def word_in_place_of_value(text: bytes, start: int, size: int) -> Token | None:
    """A literal or number that is not as JSON writes it."""
    match = _NOT_A_NUMBER.match(text, start, size)
    if match:
        return not_a_number(start, match.end(), match[0])
    match = _SHELL_VALUE.match(text, start, size)
    if match:
        return _shell_value(match)
    match = _WORD.match(text, start, size)
    if match and (token := _literal(start, match.end(), match[0])):
        return token
    match = _NUMBER.match(text, start, size)
    if match:
        return _number(match)
    return None


def text_in_place_of_value(text: bytes, start: int, size: int) -> Token | None:
    """Text without quotes, as far as it can be one value."""
    match = _TEXT.match(text, start, size)
    if match is None:
        return None
    word = match[0].rstrip()
    end = start + len(word)
    return _quoted("unquoted-text", start, end, word, "{} is not in quotes")


def unopened_string(text: bytes, start: int, size: int, *, is_item: bool) -> Token | None:
    """A string that lacks only its opening quote, if there is a closing one where a token ends."""
    match = (_UNOPENED_ITEM if is_item else _UNOPENED).match(text, start, size)
    if match is None:
        return None
    return _quoted("unopened-string", start, match.end(), match[1], "{} has no double quote at its start")


def _quoted(kind: Kind, start: int, end: int, word: bytes, told: str) -> Token:
    json = orjson.dumps(word.decode())
    flaw = Flaw(kind, start, end, told, (shown(json),), "Put it in double quotes.")
    return Token(start, end, json, (Edit(start, end - start, json),), (flaw,))


def not_a_number(start: int, end: int, written: bytes) -> Token:
    """A value that no JSON number can be: ``NaN``, an infinity, or one beyond a double."""
    is_word = any(byte in b"aAnN#" for byte in written)
    told = "{} is no number that JSON knows" if is_word else "the number {} is beyond what a double holds (1.8E308)"
    flaw = Flaw(
        "not-a-number",
        start,
        end,
        told,
        (written.decode(),),
        "Leave the field out where there is no number.",
    )
    return Token(start, end, b"null", (Edit(start, end - start, b"null"),), (flaw,), is_made_up=True)


def unquoted_key(text: bytes, start: int, size: int) -> Token | None:
    """A key without quotes: a word before a colon."""
    match = _KEY.match(text, start, size)
    if match is None:
        return None
    if match[2]:
        return _quoted("unopened-string", *match.span(), match[1], "the key {} has no double quote at its start")
    return _quoted("unquoted-key", *match.span(), match[1], "the key {} is not in quotes")


def stray(text: bytes, start: int, size: int) -> int:
    """Where what belongs to nothing ends: always at least a character further."""
    match = _STRAY.match(text, start, size)
    return match.end() if match else start + 1


def _literal(start: int, end: int, word: bytes) -> Token | None:
    meant = _MEANT.get(word.lower())
    written = word.decode()
    if meant is None:
        if word not in (b"undefined", b"nil"):
            return None
        flaw = Flaw("literal", start, end, f"{written} is no value of JSON", (), "Leave the field out, or write null.")
        return Token(start, end, b"null", (Edit(start, end - start, b"null"),), (flaw,), is_made_up=True)
    kind: Kind = "python-literal" if word in (b"True", b"False", b"None") else "literal"
    told = f"{written} is Python, not JSON" if kind == "python-literal" else f"{written} is not written as JSON does"
    remedy = f"Write {meant.decode()}{', or use json.dumps' if kind == 'python-literal' else ''}."
    return Token(start, end, meant, (Edit(start, end - start, meant),), (Flaw(kind, start, end, told, (), remedy),))


def _shell_value(match: re.Match[bytes]) -> Token:
    """A value as MongoDB's shell prints it: a number is one in JSON too, of others the shell's form is not the file's."""
    start, end = match.span()
    inner = (match[2] or match[3] or match[4] or b"").strip()
    is_number = match[1].startswith(b"Number") and _JSON_NUMBER.fullmatch(inner) is not None
    json = inner if is_number else b"null"
    told = "{} is a value of MongoDB's shell, not of JSON"
    remedy = "Save the response as it came, or export it with mongoexport --jsonFormat=relaxed."
    flaw = Flaw("shell-value", start, end, told, (match[0].decode(errors="replace"),), remedy)
    return Token(start, end, json, (Edit(start, end - start, json),), (flaw,), is_made_up=not is_number)


def _number(match: re.Match[bytes]) -> Token:
    sign, hexadecimal, whole, fraction, exponent = match.groups()
    if hexadecimal:
        told, remedy, digits = (
            "the number {} is hexadecimal",
            "Write it in decimal.",
            str(int(hexadecimal, 16)).encode(),
        )
    else:
        if sign == b"+":
            told, remedy = "the number {} has a plus sign", "Leave the plus sign out."
        elif not whole or fraction == b"":
            told, remedy = "the number {} lacks digits beside its point", "Write 0.5 for .5, and 1.0 for 1."
        else:
            told, remedy = "the number {} starts with a zero", "Leave the zero out."
        digits = (whole.lstrip(b"0") or b"0") + (b"." + (fraction or b"0") if fraction is not None else b"") + exponent
    json = (b"-" if sign == b"-" else b"") + digits
    start, end = match.span()
    if isinstance(shown(json), str):
        return not_a_number(start, end, match[0])
    flaw = Flaw("number", start, end, told, (match[0].decode(),), remedy)
    return Token(start, end, json, (Edit(start, end - start, json),), (flaw,))
