"""A part of a text, told of in the places of the whole: a stretch of a long response or list, a line of JSON Lines."""

import re
from collections.abc import Callable, Collection, Mapping

from sessionlint.capture import Stretch
from sessionlint.document import Document, pointer
from sessionlint.finding import Defect, Path, Problem, Span
from sessionlint.payload import Session, UserSessions
from sessionlint.recognise import Part, items

_LIST = "userSessions"
_FIRST_LINE = 2
"""Of the stretch, behind the line that opens it."""
_NAMED_LINE = re.compile(r"(?<=\bline )[0-9]+")


class StretchDocument(Document):
    """A stretch after the first: items by themselves, and what follows them in the document."""

    format = "json"

    def __init__(self, inner: Document, stretch: Stretch) -> None:
        self._inner = inner
        self._stretch = stretch
        super().__init__(
            inner.tree,
            moved(inner.defects, stretch),
            frozenset(_outer(path, stretch) for path in inner.made_up),
            frozenset(_outer(path, stretch) for path in inner.cut),
        )

    def _find_parts(self) -> list[Part]:
        """The items, and the response around sessions if it has more than those."""
        first = self._stretch.first
        if not self._stretch.within:
            return items(self.tree, first) if isinstance(self.tree, list) else []
        sessions = self.tree.get(_LIST) if isinstance(self.tree, dict) else None
        if not isinstance(sessions, list):
            return []
        found = [Part((_LIST, number), Session, each) for number, each in enumerate(sessions, first)]
        if len(self.tree) > 1:
            found.append(Part((), UserSessions, {**self.tree, _LIST: []}))
        return found

    def spans(self, paths: Collection[Path]) -> Mapping[Path, Span]:
        """Where the values at ``paths`` stand, if they are in the stretch."""
        inner = {path: _inner(path, self._stretch) for path in paths}
        spans = self._inner.spans({path for path in inner.values() if path is not None})
        return {
            path: _moved_span(spans[place], self._stretch)
            for path, place in inner.items()
            if place is not None and place in spans
        }

    def line(self, number: int) -> str:
        """A line of the text, as far as it is in the stretch."""
        return self._inner.line(number - self._stretch.line + _FIRST_LINE)

    def excerpt(self, place: Span) -> tuple[str, int]:
        """As for any document; what is before the stretch is left out."""
        stretch = self._stretch
        before = stretch.column - 1 if place.line == stretch.line else 0
        line = place.line - stretch.line + _FIRST_LINE
        text, start = self._inner.excerpt(place._replace(line=line, column=place.column - before))
        return text, start + before


def moved(defects: tuple[Defect, ...], stretch: Stretch) -> tuple[Defect, ...]:
    """What is wrong with a stretch, told of in the places of the whole."""
    return tuple(
        Defect(
            each.rule,
            _moved_problem(each.problem, stretch),
            each.span and _moved_span(each.span, stretch),
            tuple(span and _moved_span(span, stretch) for span in each.related_spans),
        )
        for each in defects
    )


def _moved_problem(told: Problem, stretch: Stretch) -> Problem:
    path = _outer(told.path, stretch)
    where, message = pointer(told.path), told.message
    values = tuple(pointer(path) if value == where else value for value in message.values)
    related = tuple(each._replace(path=_outer(each.path, stretch)) for each in told.related)
    moved = told._replace(path=path, message=message._replace(values=values), related=related)
    return _with_lines(moved, lambda line: _moved_place(line, 1, stretch)[0])


def below(defects: tuple[Defect, ...], before: int) -> tuple[Defect, ...]:
    """What is wrong with a text that has so many lines before it, in words that name lines of the whole; places stay."""
    return tuple(each._replace(problem=_with_lines(each.problem, lambda line: line + before)) for each in defects)


def _with_lines(told: Problem, line: Callable[[int], int]) -> Problem:
    """The same problem with other lines in its words and its remedy."""

    def named(text: str) -> str:
        return _NAMED_LINE.sub(lambda match: str(line(int(match[0]))), text)

    message = told.message._replace(template=named(told.message.template))
    return told._replace(message=message, help=told.help and named(told.help))


def _outer(path: Path, stretch: Stretch) -> Path:
    return _shifted(path, stretch, stretch.first)


def _inner(path: Path, stretch: Stretch) -> Path | None:
    """The place in the stretch; ``None`` where it is, or goes, beyond."""
    if path in ((), stretch.within):
        return None
    inner = _shifted(path, stretch, -stretch.first)
    return None if any(isinstance(step, int) and step < 0 for step in inner) else inner


def _shifted(path: Path, stretch: Stretch, by: int) -> Path:
    at = len(stretch.within)
    step = path[at] if len(path) > at and path[:at] == stretch.within else None
    return (*path[:at], step + by, *path[at + 1 :]) if isinstance(step, int) else path


def _moved_span(span: Span, stretch: Stretch) -> Span:
    return Span(*_moved_place(span.line, span.column, stretch), *_moved_place(span.end_line, span.end_column, stretch))


def _moved_place(line: int, column: int, stretch: Stretch) -> tuple[int, int]:
    if line < _FIRST_LINE:
        return 1, 1
    return line - _FIRST_LINE + stretch.line, column + stretch.column - 1 if line == _FIRST_LINE else column
