"""Reads broken JSON in one pass, and writes down what must be changed to make it JSON.

A tolerant reader goes along the tokens with a stack of open objects and lists. Where a token is not what
JSON allows there, it notes the smallest edit that helps and goes on; it never goes back, so any input
costs linear time. Where brackets are missing, what is documented tells where an object ended or a list
began, if the reader is told to go by it.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Final, NamedTuple

from sessionlint.decode.documented import Documented, may_be_text
from sessionlint.decode.json_tokens import (
    Flaw,
    Kind,
    StringReader,
    Token,
    not_a_number,
    shown,
    stray,
    text_in_place_of_value,
    unopened_string,
    unquoted_key,
    word_in_place_of_value,
)
from sessionlint.decode.text import MOST_EDITS, Edit, Lines, Range, character_at
from sessionlint.finding import Path

RELATED = 5
"""Further places that a defect names at most."""

_ROOT, _OBJECT, _LIST = 0, *b"{["
_CLOSERS: Final = {_OBJECT: b"}", _LIST: b"]", _ROOT: b""}
_NAMES: Final = {_OBJECT: "object", _LIST: "list", _ROOT: "document"}

# What an open object or list waits for; a list has no keys and colons.
_FIRST, _NEXT, _COLON, _VALUE, _AFTER = range(5)

_TOKEN = re.compile(
    rb'("[^"\\\x00-\x1f]*+(?:\\(?:["\\/bfnrt]|u(?![dD][89a-fA-F])[0-9a-fA-F]{4})[^"\\\x00-\x1f]*+)*+"'
    rb"(?=[ \t]*+(?:[\r\n,:}\]{\[/#;=]|\Z)))"
    rb"|((?:true|false|null|-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?)(?=[\s,:}\]/#;\"]|\Z))"
    rb"|([{\[])|([}\]])|(,)|(:)"
)
_HALF_QUOTED: Final[frozenset[Kind]] = frozenset({"unquoted-text", "unopened-string", "unclosed-string"})
_SPACE = re.compile(rb"[ \t\r\n]*+")
_OTHER_SPACE = re.compile(
    rb"(?:[\x0b\x0c]|\xc2[\x85\xa0]|\xe2\x80[\x80-\x8b\xa8\xa9\xaf]|\xe2\x81\xa0|\xe3\x80\x80|\xef\xbb\xbf)++"
)
_STARTS_ODD_SPACE = b"/#\x0b\x0c\xc2\xe2\xe3\xef"
_LINE_COMMENT = re.compile(rb"(?://|#)[^\r\n]*+")
_ENDS_ITEM = re.compile(rb"\s*+(?:[,\]]|\Z)")
_NOTE = re.compile(rb"[^\"'{}\[\]\r\n]*+(?<![,:;])(?=\r?\n)")
_DEEPEST_COLUMN: Final = 200
"""Where a line may start, at most."""
_BEFORE_COLON = re.compile(rb"\s*+:")
_BEFORE_COMMA_OR_CLOSER = re.compile(rb"\s*+[,}\]]")
_ELLIPSIS = re.compile(rb"(?:\.\.\.++|\xe2\x80\xa6)(?:[ \t]*+[0-9]++ more [a-z]++)?")
_OMITTED = re.compile(
    rb"\[[ \t]*+(?:\.\.\.++|\xe2\x80\xa6|snip|[^\]\[\"{}\r\n]{0,40}(?:omitted|snipped|truncated|removed|more)\b"
    rb"[^\]\[\"{}\r\n]{0,40})[ \t]*+\]",
    re.IGNORECASE,
)
"""What somebody wrote in place of members or items, in brackets."""
_EQUALS = re.compile(rb"=>?")
_STARTS_DOCUMENT = re.compile(rb"\{\s*+[\"'}]|\[\s*+\{")
_TICKET_MARK = re.compile(rb"\{(?:code|noformat)(?::[^{}\"\r\n]*+)?\}(?=\s*+[{\[<])")
"""What Jira has above and below a text that it shows as it is."""
_MEMBER_FOLLOWS = re.compile(rb"\s*+(,\s*+)?+(\"[^\"\\\r\n]*+\")\s*+:")
_NEEDED_AFTER_CLOSER = re.compile(
    rb"\s*+(?:(?P<root>\Z)"
    rb"|(?P<object>\}|,\s*+(?:\"[^\"\\\r\n]*+\"|'[^'\\\r\n]*+'|[\w$]++)\s*+:)"
    rb"|(?P<list>\]|,\s*+[\"{\[\d-]))"
)
_NEEDED: Final = {"root": _ROOT, "object": _OBJECT, "list": _LIST, None: None}
_ON_NEXT_LINE = re.compile(rb"[\"'][ \t\r]{0,9}+\n[ \t]{0,999}+[\"']")
_ONLY_CLOSERS = re.compile(rb"[}\]\s]*+\Z")


class _Container:
    """An open object or list, or the root."""

    __slots__ = (
        "closer",
        "comma",
        "count",
        "end",
        "first_key",
        "is_dropped",
        "is_excused",
        "key",
        "key_end",
        "kind",
        "mark",
        "members",
        "path",
        "start",
        "state",
    )

    def __init__(self, kind: int, start: int) -> None:
        self.kind = kind
        self.closer = _CLOSERS[kind]
        """The bracket in the text that closes it."""
        self.start = start
        self.state = _FIRST
        self.count = 0
        """Members or items that are complete."""
        self.key = b'""'
        """The current key, as JSON."""
        self.first_key = b""
        self.key_end = start
        self.comma = start
        """Where the last comma is."""
        self.end = start + 1
        """Where the last complete member or item ends."""
        self.is_excused = False
        """Whether something was taken out, so that a comma beside it is no defect of its own."""
        self.is_dropped = False
        """Whether it has no place in the tree: all of it is taken out once it ends."""
        self.path: Path = ()
        """From the root of the tree to here."""
        self.members: Mapping[str, Documented] = {}
        """What is documented of an object's members, or of those of each object in a list."""
        self.mark = (0, 0, 0, 0)
        """How much was noted when the last member was complete, to undo what comes after."""

    @property
    def step(self) -> str | int:
        """From here to the value that is being read."""
        return str(shown(self.key)) if self.kind == _OBJECT else self.count


class Notice(NamedTuple):
    """A flaw in an object or list, or in its member: the container's path is shared, so that many cost little."""

    flaw: Flaw
    container: Path
    member: Path = ()

    @property
    def path(self) -> Path:
        """From the root of the tree to the container or its member."""
        return self.container + self.member


class Reader:
    """The one pass: what it changes and what it found."""

    def __init__(self, text: bytes, nesting: int, documented: Mapping[str, Documented] = {}) -> None:
        """``documented`` are the members that an object at the root, or in a list there, has by what is documented."""
        self.text = text
        self.size = len(text.rstrip(b" \t\r\n"))
        self.nesting = nesting
        self.edits: list[Edit] = []
        self.notices: list[Notice | Kind] = []
        """In the order in which they were made; of those that will only be counted, the kind."""
        self.made_up: list[Notice] = []
        self.cut: list[Path] = []
        self.too_deep: int | None = None
        self.truncated: tuple[Path, str] | None = None
        """The innermost object, list or string that the text ends in, and what it is."""
        self.trailing: int | None = None
        """Where text starts that follows the document."""
        self.start = 0
        """Where the document starts."""
        self._at = 0
        self._stack = [_Container(_ROOT, 0)]
        self._stack[0].members = documented
        self._strings = StringReader(text, self.size)
        self._has_prefix = False
        self._is_without_brace = False
        self._extra_openers = 0
        self._counts: dict[Kind, int] = {}
        self._stray_end = 0
        # Which bracket there are too many of tells what to make of one in the wrong place.
        self._surplus = {b"}": text.count(b"}") - text.count(b"{"), b"]": text.count(b"]") - text.count(b"[")}

    @property
    def is_too_broken(self) -> bool:
        """Whether salvaging it costs more memory than it is worth."""
        return len(self.edits) > MOST_EDITS or self._strings.has_given_up

    @cached_property
    def lines(self) -> Lines:
        """The lines of the text."""
        return Lines(self.text)

    def read(self) -> bool:
        """Go through the text; whether anything in it looks like JSON."""
        root = self._stack[0]
        if not self._find_start():
            return False
        while root.state != _AFTER and self.too_deep is None and not self.is_too_broken:
            self._skip_space()
            if self._at >= self.size:
                self._end_inside()
                return True
            self._read_token()
        if root.state == _AFTER:
            self._end_after_document()
        return True

    # Where the document starts and ends.

    def _find_start(self) -> bool:
        self._skip_space()
        self.start = self._at
        first = self.text[self._at : self._at + 1]
        mark = _TICKET_MARK.match(self.text, self._at, self.size)
        if first in (b"{", b"[") and not mark:
            return True
        if first == b'"':
            self._open_without_brace()
            return True
        start = _STARTS_DOCUMENT.search(self.text, mark.end() if mark else self._at, self.size)
        if start is not None:
            self._stray(self._at, start.start())
            self._has_prefix = True
            return True
        word = word_in_place_of_value(self.text, self._at, self.size)
        if word is None or word.end < self.size or word.flaws[0].kind != "not-a-number":
            return False
        self._value(word)
        return True

    def _open_without_brace(self) -> None:
        """A key at the start: an object without its opening bracket."""
        key = _TOKEN.match(self.text, self._at, self.size)
        if key and _BEFORE_COLON.match(self.text, key.end(), self.size):
            self.edits.append(Edit(self._at, 0, b"{"))
            self._tell("missing-bracket", key.span(), "the object is not opened", help="Put { before it.")
            self._is_without_brace = True
            self._push(_Container(_OBJECT, self._at - 1))

    def _end_inside(self) -> None:
        stack = self._stack
        dropped = next((depth for depth, each in enumerate(stack) if each.is_dropped), len(stack))
        del stack[dropped:]
        innermost = stack[-1]
        rest = self.text[innermost.end : self.size]
        if len(stack) == 2 and self._is_without_brace and innermost.count and not rest.strip(b", \t\r\n"):
            innermost.is_excused = True
            self._finish_member(self.size)
            self.edits.append(Edit(self.size, 0, b"}"))
            self._pop(self.size)
            return
        self._undo(innermost)
        if innermost.kind != _ROOT:
            self.edits.append(Edit(innermost.end, self.size - innermost.end))
        self.cut += (each.path for each in stack[1:])
        self.edits += (Edit(self.size, 0, _CLOSERS[each.kind]) for each in reversed(stack[1:]))
        self.truncated = (innermost.path, _NAMES[innermost.kind])

    def _end_after_document(self) -> None:
        self._skip_space()
        if self._at >= self.size:
            return
        if self._extra_openers and _ONLY_CLOSERS.match(self.text, self._at):
            self.edits.append(Edit(self._at, self.size - self._at))
        elif self._has_prefix:
            another = _STARTS_DOCUMENT.search(self.text, self._at, self.size)
            end = another.start() if another else self.size
            if self._at < end:
                self._stray(self._at, end)
            if another:
                self._pass_over_rest()
        else:
            self._pass_over_rest()

    def _pass_over_rest(self) -> None:
        self.trailing = self._at
        self.edits.append(Edit(self._at, len(self.text) - self._at))

    # What is noted.

    def _tell(self, kind: Kind, range: Range, template: str, *values: object, help: str) -> None:
        self._note(Notice(Flaw(kind, *range, template, values, help), self._stack[-1].path))

    def _note(self, notice: Notice) -> None:
        kind = notice.flaw.kind
        count = self._counts[kind] = self._counts.get(kind, 0) + 1
        self.notices.append(notice if count <= 1 + RELATED or kind == "not-a-number" else kind)

    def _tell_of_value(self, flaws: Iterable[Flaw], *, is_made_up: bool = False) -> None:
        container = self._stack[-1]
        member = () if container.kind == _ROOT else (container.step,)
        notices = [Notice(flaw, container.path, member) for flaw in flaws]
        for notice in notices:
            self._note(notice)
        if is_made_up:
            self.made_up += notices[:1]

    def _mark(self) -> None:
        self._stack[-1].mark = len(self.edits), len(self.notices), len(self.made_up), len(self.cut)

    def _undo(self, container: _Container) -> None:
        """Forget what was noted since the last complete member of a container: all that follows is taken out."""
        edits, notices, made_up, cut = container.mark
        for notice in self.notices[notices:]:
            self._counts[notice if isinstance(notice, str) else notice.flaw.kind] -= 1
        del self.edits[edits:], self.notices[notices:], self.made_up[made_up:], self.cut[cut:]

    # The stack.

    def _push(self, container: _Container) -> None:
        if len(self._stack) > self.nesting:
            self.too_deep = container.start
            return
        outer = self._stack[-1]
        container.path = () if outer.kind == _ROOT else (*outer.path, outer.step)
        if outer.kind != _OBJECT:
            container.members = outer.members
        elif field := self._documented(outer):
            container.members = field.members
        self._stack.append(container)
        self._mark()

    def _complete(self, end: int) -> None:
        container = self._stack[-1]
        container.count += 1
        container.state = _AFTER
        container.end = end
        container.is_excused = False
        self._mark()

    def _pop(self, end: int) -> None:
        container = self._stack.pop()
        if not container.is_dropped:
            self._complete(end)
            return
        outer = self._stack[-1]
        self._undo(outer)
        self.edits.append(Edit(outer.end, end - outer.end))
        told = f"{'an object' if container.kind == _OBJECT else 'a list'} stands in an object without a key"
        self._tell("missing-key", (container.start, container.start + 1), told, help="Put a key before it.")
        outer.end = end
        outer.state = _AFTER if outer.count else _FIRST
        outer.is_excused = True
        self._mark()

    @staticmethod
    def _documented(container: _Container) -> Documented | None:
        """What is documented of the member that is being read."""
        return container.members.get(str(shown(container.key))) if container.members else None

    def _close_unclosed(self) -> None:
        """Close the innermost container where its last member ends; a comma after it becomes the outer one's."""
        inner = self._stack[-1]
        name, closer = _NAMES[inner.kind], _CLOSERS[inner.kind]
        self.edits.append(Edit(inner.end, 0, closer))
        self._surplus[closer] += 1
        remedy = f"Close it with {closer.decode()} after line {self.lines.number(inner.end - 1)}."
        self._tell(
            "missing-bracket", (inner.start, inner.start + 1), f"the {name} that starts here is not closed", help=remedy
        )
        self._pop(inner.end)
        outer = self._stack[-1]
        if inner.state == _NEXT:
            outer.comma = inner.comma
        else:
            self.edits.append(Edit(inner.end, 0, b","))
        outer.state = _NEXT

    # Tokens.

    def _read_token(self) -> None:
        start = self._at
        match = _TOKEN.match(self.text, start, self.size)
        if match is None:
            self._read_odd(start)
            return
        self._at = end = match.end()
        written = match[0]
        kind = match.lastindex or 0
        if kind <= 4 and written != b"[":
            self._open_list(start, end)
        match kind:
            case 1:
                self._string(Token(start, end, written))
            case 2:
                self._scalar(start, end, written)
            case 3:
                self._opener(start, written[0])
            case 4:
                self._closer(start, written)
            case 5:
                self._comma(start)
            case _:
                self._colon(start)

    def _read_odd(self, start: int) -> None:
        container = self._stack[-1]
        style = self._strings.style(start)
        if style is not None:
            is_key = container.kind == _OBJECT and container.state in (_FIRST, _NEXT)
            string = self._strings.read(start, style, is_key=is_key, is_item=container.kind == _LIST)
            if string is None and container.kind == _ROOT:
                # It may hold a document itself.
                self.truncated = ((), "string")
                string = self._strings.cut_off(start)
            if string is None and style.kind and self.text.find(b'"', start, self.size) > 0:
                self._stray(start, character_at(self.text, start)[1])
                return
            self._at = self.size if string is None else string.end
            if string is not None:
                self._string(string)
            return
        if self._ellipsis(start) or self._separator(start):
            return
        if container.kind == _OBJECT and container.state in (_FIRST, _NEXT, _AFTER):
            key = unquoted_key(self.text, start, self.size)
            if key is not None:
                self._at = key.end
                self._key(key)
                return
        else:
            word = unopened_string(self.text, start, self.size, is_item=container.kind == _LIST)
            word = word or word_in_place_of_value(self.text, start, self.size)
            if word is None and container.state != _AFTER:
                word = text_in_place_of_value(self.text, start, self.size)
                if word and container.kind == _LIST and not _ENDS_ITEM.match(self.text, word.end, self.size):
                    self._stray(start, word.end)
                    return
            if word is not None:
                self._at = word.end
                if word.end < self.size:
                    self._value(word)
                return
        self._stray(start, self._end_of_note(start) or stray(self.text, start, self.size))

    def _end_of_note(self, start: int) -> int:
        """Where the line ends that starts here with what is no key, if nothing on it could be of the document; or 0."""
        before = self.text.rfind(b"\n", max(0, start - _DEEPEST_COLUMN), start)
        if before < 0 or self.text[before:start].strip():
            return 0
        line = _NOTE.match(self.text, start, self.size)
        return line.end() if line else 0

    def _string(self, token: Token) -> None:
        container = self._stack[-1]
        is_key = _BEFORE_COLON.match(self.text, token.end, self.size) is not None
        if is_key:
            self._close_up_to_holder(token)
            container = self._stack[-1]
        elif self._goes_on(container, token):
            return
        if is_key and container.kind == _LIST:
            container = self._list_has_key(token)
        if container.kind == _OBJECT:
            if is_key and container.state == _VALUE and self._surplus[b"}"] > 0:
                container = self._open_unopened(_OBJECT, token)
            elif is_key and container.state in (_COLON, _VALUE):
                self._missing_value(token.start)
                self.edits.append(Edit(token.start, 0, b","))
                container.state = _NEXT
            if container.state == _AFTER and not is_key:
                is_stray = _BEFORE_COMMA_OR_CLOSER.match(self.text, token.end, self.size)
                if is_stray:
                    self._stray(token.start, token.end)
                    return
            if container.state in (_FIRST, _NEXT, _AFTER):
                self._key(token)
                return
        self._value(token)

    def _goes_on(self, container: _Container, token: Token) -> bool:
        """A string on the line below another: Python joins them, and prints long ones so."""
        end = container.end - 1
        if container.state != _AFTER or not self._counts.get("single-quotes"):
            return False
        if not _ON_NEXT_LINE.fullmatch(self.text, end, token.start + 1):
            return False
        if self.edits and self.edits[-1].offset == end:
            self.edits.pop()
        self.edits.append(Edit(end, token.start + 1 - end))
        self.edits += (edit for edit in token.edits if edit.offset > token.start)
        for flaw in token.flaws:
            self._note(Notice(flaw, container.path))
        container.end = self._at = token.end
        self._mark()
        return True

    def _open_unopened(self, kind: int, token: Token) -> _Container:
        """A key where a value should be, or a first item, and a closing bracket too many: put the opening one in."""
        opener, name = ("{", "object") if kind == _OBJECT else ("[", "list")
        self.edits.append(Edit(token.start, 0, opener.encode()))
        self._surplus[_CLOSERS[kind]] -= 1
        told = f"the {name} is not opened before {'its key ' if kind == _OBJECT else ''}{{}}"
        place = token.start, token.end
        self._tell("missing-bracket", place, told, shown(token.json), help=f"Put {opener} before it.")
        opened = _Container(kind, token.start)
        opened.end = token.start
        self._push(opened)
        return opened

    def _close_up_to_holder(self, key: Token) -> None:
        """A key that is documented further out, and not where it stands: what is open in between is not closed."""
        stack = self._stack
        inner = stack[-1]
        if self._surplus.get(inner.closer, 0) >= 0 or inner.state in (_COLON, _VALUE):
            return
        name = str(shown(key.json))
        if inner.kind == _OBJECT and (not inner.members or name in inner.members):
            return
        holders = [depth for depth, each in enumerate(stack) if each.kind == _OBJECT and name in each.members]
        if holders and not any(each.is_dropped for each in stack[holders[-1] :]):
            while len(stack) - 1 > holders[-1]:
                self._close_unclosed()

    def _open_list(self, start: int, end: int) -> None:
        """A value where a list is documented, and a closing bracket too many."""
        container = self._stack[-1]
        if container.kind == _OBJECT and container.state == _VALUE and self._surplus[b"]"] > 0:
            field = self._documented(container)
            if field is not None and field.is_list:
                self._open_unopened(_LIST, Token(start, end, self.text[start:end]))

    def _scalar(self, start: int, end: int, written: bytes) -> None:
        """A literal or number as JSON writes it."""
        container = self._stack[-1]
        if container.kind == _OBJECT and container.state in (_FIRST, _NEXT, _AFTER):
            key = unquoted_key(self.text, start, self.size)
            if key is None:
                self._stray(start, self._end_of_note(start) or end)
            else:
                self._key(key)
        elif end < self.size or self._is_without_brace:  # the last one may lack its end
            is_beyond = float(written) in (float("inf"), float("-inf")) if written[-1] in b"0123456789" else False
            sound = not_a_number(start, end, written) if is_beyond else Token(start, end, written)
            self._value(unopened_string(self.text, start, self.size, is_item=container.kind == _LIST) or sound)

    def _key(self, token: Token) -> None:
        container = self._stack[-1]
        if container.state == _AFTER:
            self._missing_comma(token)
        container.key = token.json
        if not container.count:
            container.first_key = token.json
        container.key_end = token.end
        container.state = _COLON
        self.edits += token.edits
        for flaw in token.flaws:
            self._note(Notice(flaw, container.path))
        if token.is_made_up:  # which key it is, and so what its object lacks, is unknown
            self.made_up.append(Notice(token.flaws[0], container.path, (container.step,)))
            self.cut.append(container.path)
        self._at = token.end

    def _value(self, token: Token) -> None:
        self._before_value(token)
        self.edits += token.edits
        if token.flaws:
            if token.flaws[0].kind in _HALF_QUOTED:
                token = self._of_documented_type(token)
            self._tell_of_value(token.flaws, is_made_up=token.is_made_up)
        self._at = token.end
        self._complete(token.end)

    def _of_documented_type(self, token: Token) -> Token:
        """A value that lacks quotes, which it should not have where a number is documented."""
        container = self._stack[-1]
        if container.kind == _ROOT or may_be_text((*container.path, container.step)):
            return token
        flaw = token.flaws[0]._replace(help="Write the number, or true or false, and nothing else.")
        return token._replace(flaws=(flaw, *token.flaws[1:]), is_made_up=True)

    def _doubt_number(self, at: int) -> None:
        """Digits that belong to nothing follow a number: it was more than what was read of it."""
        container = self._stack[-1]
        is_beside = container.state == _AFTER or (container.state == _NEXT and container.comma == at - 1)
        if container.kind == _OBJECT and is_beside and self.text[container.end - 1] in b"0123456789.":
            self.made_up.append(Notice(Flaw("stray", at, at, ""), container.path, (container.step,)))

    def _before_value(self, token: Token) -> None:
        """Put in what is missing before a value: a comma in a list, a colon in an object."""
        container = self._stack[-1]
        if container.kind == _LIST and container.state == _AFTER:
            self._missing_comma(token)
        elif container.state == _COLON:
            self.edits.append(Edit(token.start, 0, b":"))
            told = "a colon is missing after the key {}"
            self._tell("missing-colon", (token.start, token.end), told, shown(container.key), help="Insert a colon.")

    def _missing_comma(self, token: Token) -> None:
        container = self._stack[-1]
        self.edits.append(Edit(token.start, 0, b","))
        last = self.text[container.end - 1]
        name = "object" if last in b"}" else "list" if last in b"]" else "value"
        remedy = f"Insert a comma after the {name} that ends on line {self.lines.number(container.end - 1)}."
        place = token.start, token.end
        self._tell("missing-comma", place, "a comma is missing before {}", shown(token.json), help=remedy)

    def _missing_value(self, start: int) -> None:
        container = self._stack[-1]
        place = character_at(self.text, start)
        if container.state == _COLON:
            start = container.key_end
        self.edits.append(Edit(start, 0, b":null" if container.state == _COLON else b"null"))
        flaw = Flaw("missing-value", *place, "the value of {} is missing", (shown(container.key),), "Put it in.")
        self._tell_of_value([flaw], is_made_up=True)
        self._complete(start)

    def _finish_member(self, start: int) -> None:
        """Before a closing bracket: take a trailing comma out, put a missing value in."""
        container = self._stack[-1]
        if container.state in (_COLON, _VALUE):
            self._missing_value(start)
        elif container.state == _NEXT:
            comma = container.comma
            first = container.mark[0]
            self.edits[first:] = [edit for edit in self.edits[first:] if edit.offset != comma]
            self.edits.append(Edit(comma, 1))
            if not container.is_excused:
                name = "member of an object" if container.kind == _OBJECT else "item of a list"
                told = f"a comma after the last {name}"
                self._tell("trailing-comma", (comma, comma + 1), told, help="Remove it.")

    def _opener(self, start: int, kind: int) -> None:
        container = self._stack[-1]
        is_value = container.kind == _ROOT or (container.kind == _OBJECT and container.state in (_COLON, _VALUE))
        if kind == _LIST and not is_value and (omitted := _OMITTED.match(self.text, start, self.size)):
            self._leave_out(omitted)
            return
        if container.kind == _OBJECT and container.state in (_FIRST, _NEXT, _AFTER):
            outer = self._stack[-2]
            if kind == _OBJECT and container.count and outer.kind == _LIST and not container.is_dropped:
                self._close_unclosed()
                self._push(_Container(kind, start))
            elif kind == _OBJECT and (not container.count or self._is_extra_opener(start)):
                self.edits.append(Edit(start, 1))
                self._surplus[b"}"] += 1
                told = "an opening bracket too many" if container.count else "an object is opened twice"
                self._tell("extra-bracket", (start, start + 1), told, help="Remove one {.")
                self._extra_openers += 1
            else:
                dropped = _Container(kind, start)
                dropped.is_dropped = True
                self._push(dropped)
            return
        self._before_value(Token(start, start + 1, b"{}" if kind == _OBJECT else b"[]"))
        self._push(_Container(kind, start))

    def _is_extra_opener(self, start: int) -> bool:
        return self._surplus[b"}"] < 0 and _MEMBER_FOLLOWS.match(self.text, start + 1, self.size) is not None

    def _closer(self, start: int, closer: bytes) -> None:
        container = self._stack[-1]
        if container.closer != closer:
            self._wrong_closer(start, closer)
        elif self._closes_too_early(start):
            self._extra_closer(start)
        else:
            self._finish_member(start)
            if closer != _CLOSERS[container.kind]:
                self.edits.append(Edit(start, 1, _CLOSERS[container.kind]))
            self._pop(start + 1)

    def _closes_too_early(self, start: int) -> bool:
        """Whether what follows an object's closing bracket is its next member."""
        container, outer = self._stack[-1], self._stack[-2]
        if container.kind != _OBJECT:
            return False
        member = _MEMBER_FOLLOWS.match(self.text, start + 1, self.size)
        if member is None:
            return False
        end = self.text.find(b"}", start + 1, self.size)
        if self.text.find(container.first_key, start + 1, end) >= 0:  # another object of that kind follows
            return False
        if outer.kind == _ROOT:
            return True
        is_next = outer.kind == _LIST or (container.state == _NEXT and not member[1])
        return is_next and self._surplus[b"}"] > 0

    def _wrong_closer(self, start: int, closer: bytes) -> None:
        """A bracket closes what it did not open: others are missing, or it is the wrong one, or one too many."""
        stack = self._stack
        inner = stack[-1]
        outer = next((depth for depth in range(len(stack) - 1, 0, -1) if stack[depth].closer == closer), None)
        follows = _NEEDED_AFTER_CLOSER.match(self.text, start + 1, self.size)
        needed = _NEEDED[follows.lastgroup if follows else None]
        is_surplus = self._surplus[closer] > 0
        if is_surplus and self._surplus[_CLOSERS[inner.kind]] < 0 and needed in (None, stack[-2].kind):
            self._swap_closer(start)
        elif is_surplus and needed in (None, inner.kind):
            self._extra_closer(start)
        elif outer is not None and needed in (None, stack[outer - 1].kind):
            self._close_inner(start, outer)
        elif needed is not None and needed == stack[-2].kind:
            self._swap_closer(start)
        elif outer is None or needed == inner.kind:
            self._extra_closer(start)
        else:
            self._close_inner(start, outer)

    def _close_inner(self, start: int, outer: int) -> None:
        inner = self._stack[-1]
        line = self.lines.number(inner.start)
        told = f"the {_NAMES[inner.kind]} that starts on line {line} is not closed before this bracket"
        remedy = f"Close it with {_CLOSERS[inner.kind].decode()}."
        self._tell("missing-bracket", (start, start + 1), told, help=remedy)
        while len(self._stack) - 1 > outer:
            self._stack[-1].is_excused = True
            self._finish_member(start)
            added = _CLOSERS[self._stack[-1].kind]
            self.edits.append(Edit(start, 0, added))
            self._surplus[added] += 1
            self._pop(start)
        self._closer(start, self._stack[-1].closer)

    def _swap_closer(self, start: int) -> None:
        inner = self._stack[-1]
        right = _CLOSERS[inner.kind]
        told = f"the {_NAMES[inner.kind]} is closed with the wrong bracket"
        self._tell("wrong-bracket", (start, start + 1), told, help=f"Close it with {right.decode()}.")
        self._finish_member(start)
        self.edits.append(Edit(start, 1, right))
        self._surplus[right] += 1
        self._surplus[self.text[start : start + 1]] -= 1
        self._pop(start + 1)

    def _extra_closer(self, start: int) -> None:
        self.edits.append(Edit(start, 1))
        self._surplus[self.text[start : start + 1]] -= 1
        self._tell("extra-bracket", (start, start + 1), "a closing bracket too many", help="Remove it.")

    def _list_has_key(self, token: Token) -> _Container:
        """A key in a list: the list is not closed, or should have been an object."""
        container = self._stack[-1]
        if container.state != _AFTER and self._surplus[b"}"] > 0:
            return self._open_unopened(_OBJECT, token)
        if container.state == _FIRST:
            self.edits.append(Edit(container.start, 1, b"{"))
            place = container.start, container.start + 1
            self._tell("wrong-bracket", place, "this list has keys: it is an object", help="Write { and }.")
            container.kind = _OBJECT  # its closing bracket stays the list's, until it is read
            self._mark()
        elif self._stack[-2].kind == _OBJECT and not container.is_dropped:
            self._close_unclosed()
        return self._stack[-1]

    def _comma(self, start: int) -> None:
        container = self._stack[-1]
        if container.state in (_COLON, _VALUE):
            self._missing_value(start)
        elif container.state == _FIRST and self._ends_empty_list(start):
            container.comma = start
            container.state = _NEXT
            self._close_unclosed()
            return
        elif container.state != _AFTER:
            self.edits.append(Edit(start, 1))
            if not container.is_excused:
                told = "two commas in a row" if container.state == _NEXT else "a comma without anything before it"
                remedy = "Remove it, or put in what is missing."
                self._tell("doubled-comma", (start, start + 1), told, help=remedy)
            return
        container.comma = start
        container.state = _NEXT

    def _ends_empty_list(self, comma: int) -> bool:
        """Whether a comma follows a list that is open and empty, because the next member of an object follows."""
        stack = self._stack
        is_open = stack[-1].kind == _LIST and stack[-2].kind == _OBJECT and self._surplus[b"]"] < 0
        return is_open and not stack[-1].is_dropped and _MEMBER_FOLLOWS.match(self.text, comma, self.size) is not None

    def _colon(self, start: int) -> None:
        container = self._stack[-1]
        if container.kind == _OBJECT and container.state == _COLON:
            container.state = _VALUE
        elif container.kind == _LIST and container.state == _AFTER:
            self._comma_in_place_of(start)
        else:
            self._stray(start, start + 1)

    def _separator(self, start: int) -> bool:
        """An equals sign in place of a colon, or a semicolon in place of a comma."""
        container = self._stack[-1]
        equals = _EQUALS.match(self.text, start, self.size)
        if equals and container.state == _COLON:
            self.edits.append(Edit(start, len(equals[0]), b":"))
            key = shown(container.key)
            told = "an equals sign stands in place of the colon after the key {}"
            self._tell("missing-colon", equals.span(), told, key, help="Write a colon.")
            container.state = _VALUE
            self._at = equals.end()
            return True
        if self.text[start] in b";" and container.state == _AFTER:
            self._comma_in_place_of(start)
            return True
        return False

    def _comma_in_place_of(self, start: int) -> None:
        container = self._stack[-1]
        name = "a colon" if self.text[start] in b":" else "a semicolon"
        self.edits.append(Edit(start, 1, b","))
        self._tell("missing-comma", (start, start + 1), f"{name} stands in place of a comma", help="Write a comma.")
        container.comma = start
        container.state = _NEXT
        container.is_excused = True
        self._at = start + 1

    def _ellipsis(self, start: int) -> bool:
        match = _ELLIPSIS.match(self.text, start, self.size)
        if match is None:
            return False
        self._leave_out(match)
        return True

    def _leave_out(self, match: re.Match[bytes]) -> None:
        """An ellipsis, or what means the same."""
        container = self._stack[-1]
        start = match.start()
        told = "an ellipsis stands in place of what was left out"
        flaw = Flaw("ellipsis", start, match.end(), told, (), "Put in what was left out: save the response whole.")
        if container.kind == _OBJECT and container.state in (_COLON, _VALUE):
            self._value(Token(start, match.end(), b"null", (Edit(start, len(match[0]), b"null"),), (flaw,), True))
            return
        self.edits.append(Edit(start, len(match[0])))
        self._note(Notice(flaw, container.path))
        self.cut.append(container.path)
        container.is_excused = True
        self._at = match.end()

    def _stray(self, start: int, end: int) -> None:
        """Take out what belongs to nothing."""
        if self.text[start : start + 1].isdigit():
            self._doubt_number(start)
        self._at = end
        self.edits.append(Edit(start, end - start))
        self._stack[-1].is_excused = True
        last = self.notices[-1] if self.notices else None
        goes_on = self.text[self._stray_end : start].isspace()
        self._stray_end = end
        if goes_on and last == "stray":
            return
        if goes_on and isinstance(last, Notice) and last.flaw.kind == "stray":
            start = last.flaw.start
            self.notices.pop()
            self._counts["stray"] -= 1
        told = self.text[start : min(end, start + 100)].decode(errors="ignore").strip(" \t\r\n")
        self._tell("stray", (start, end), "the text {} belongs to nothing", told, help="Remove it, or quote it.")

    def _skip_space(self) -> None:
        """Go on to the next token, past white space, and past what others take for that."""
        text, size = self.text, self.size
        while True:
            space = _SPACE.match(text, self._at, size)
            assert space is not None
            start = self._at = space.end()
            if start >= size or text[start] not in _STARTS_ODD_SPACE:
                return
            odd = _OTHER_SPACE.match(text, start, size)
            if odd is not None:
                self._at = odd.end()
                self._white_space(start)
            elif not self._comment(start):
                return

    def _white_space(self, start: int) -> None:
        self.edits.append(Edit(start, self._at - start))
        first = ord(self.text[start : self._at].decode()[0])
        told = f"the white space U+{first:04X} is none in JSON"
        self._tell("white-space", (start, self._at), told, help="Remove it, or write a space.")

    def _comment(self, start: int) -> bool:
        if self.text.startswith(b"/*", start):
            end = self.text.find(b"*/", start + 2)
            self._at = self.size if end < 0 else end + 2
        else:
            line = _LINE_COMMENT.match(self.text, start, self.size)
            if line is None:
                return False
            self._at = line.end()
        self.edits.append(Edit(start, self._at - start))
        self._tell("comment", (start, self._at), "a comment, which JSON does not have", help="Remove it.")
        return True
