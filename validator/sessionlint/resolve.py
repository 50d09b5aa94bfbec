"""From problems to findings: the only place that makes any.

It is loaded once something is found. What stands where is looked up in one walk for all that is told of a capture.
"""

from collections.abc import Iterator, Mapping
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from sessionlint.capture import Capture, escaped_part
from sessionlint.document import Document, Json, pointer
from sessionlint.finding import SEVERITIES, Finding, Found, Message, Note, Path, Problem, Related, Severity, Span
from sessionlint.payload import Session
from sessionlint.plan import documented_names
from sessionlint.recognise import depth_of_part
from sessionlint.rule import Rule

if TYPE_CHECKING:
    from sessionlint.engine import Options

_MASKED_KEY = "***"
_MOST_RELATED = 100
"""Further places that a finding names at most: nobody reads more, and a list may have any number."""


class Resolver:
    """Makes the findings of one capture, of which ``document`` is what is in it, if that could be read."""

    def __init__(
        self, rules: Mapping[str, Rule], options: "Options", capture: Capture, document: Document | None
    ) -> None:
        self._rules = rules
        self._options = options
        self._capture = capture
        self._document = document
        self._occurrences: dict[str, int] = {}
        """How often each identity came."""

    def findings(self, found: list[Found]) -> list[Finding]:
        """The findings of what was found, without what nobody wants to hear or another rule tells, by their places."""
        cut = self._document.cut if self._document else frozenset()
        spoken = {(each.rule, each.node) for each in found}
        told = [
            _with_few_related(each)
            for each in found
            if each.rule in self._options.selected
            and not ((rule := self._rules[each.rule]).whole and _is_cut(each.node, rule, cut))
            and not (rule.unless and any((id, each.node) in spoken for id in rule.unless))
        ]
        places = _Places(self._document, told, has_lines=self._options.lines)
        told.sort(key=lambda each: (places.start(each), each.rule))
        return [self._finding(each, places) for each in _gathered(told)]

    def _finding(self, found: Found, places: "_Places") -> Finding:
        capture, document, redact = self._capture, self._document, self._options.redact
        rule = self._rules[found.rule]
        told = found.problem
        place, *related_places = places.of(found)
        before = capture.first_line - 1
        session_path, session = places.session_around(found.path)
        id = _text(session.get("userSessionId"))
        where = self._pointer(found.path)
        excerpt: str | None = None
        before_excerpt = 0
        if self._options.excerpts and not redact and document and place:
            excerpt, before_excerpt = document.excerpt(place)
        return Finding(
            rule=rule.id,
            name=rule.name,
            lane=rule.lane,
            severity=self._severity(rule, told),
            message=self._words(told.message),
            address=f"{capture.address}!{escaped_part(where)}",
            capture=capture.address,
            pointer=where,
            format=document.format if document else None,
            line=place and place.line + before,
            column=place and place.column,
            end_line=place and place.end_line + before,
            end_column=place and place.end_column,
            related=tuple(
                [
                    Related(
                        self._pointer(found.node + each.path),
                        span and span.line + before,
                        span and span.column,
                        self._words(each.message),
                    )
                    for each, span in zip(told.related, related_places, strict=True)
                ]
            ),
            session=None if redact else id,
            agent=None if redact else _text(session.get("agentId")),
            help=told.help or rule.help,
            fingerprint=self._fingerprint(found, id, len(session_path)),
            excerpt=excerpt,
            excerpt_before=before_excerpt,
            is_by_place=id is None,
            source=capture.source,
        )

    def _severity(self, rule: Rule, told: Problem) -> Severity:
        configured = self._options.severities.get(rule.id)
        if configured is None:
            return told.severity or rule.severity
        # A milder condition stays milder; none is worse than what the user wants of the rule.
        return max(configured, told.severity or configured, key=SEVERITIES.index)

    def _words(self, message: Message) -> str:
        return message.redacted() if self._options.redact else message.text()

    def _pointer(self, path: Path) -> str:
        if self._options.redact:
            known = documented_names()
            path = tuple(step if isinstance(step, int) or step in known else _MASKED_KEY for step in path)
        return pointer(path)

    def _fingerprint(self, found: Found, session: str | None, session_depth: int) -> str:
        """Stable when the file moves, is re-indented, or findings around this one change.

        A place is known by its session's id and its pointer within the session; without an id, by the
        file's name, the place within a container, and its pointer within the document. What was gathered is
        the object's: which of its fields comes first is nothing that lasts.
        """
        path = found.node if found.gathers else found.path
        owner, place = (self._capture.place, path) if session is None else (session, path[session_depth:])
        identity = "\0".join((found.rule, owner, pointer(place)))
        count = self._occurrences[identity] = self._occurrences.get(identity, 0) + 1
        if count > 1:
            identity += f"\0{count}"
        return blake2b(identity.encode("utf-8", "backslashreplace"), digest_size=12).hexdigest()


class _Places:
    """Where problems and their related places stand, looked up in one walk."""

    def __init__(self, document: Document | None, found: list[Found], *, has_lines: bool) -> None:
        self._parts = {part.path: part for part in document.parts} if document else {}
        wanted = {path for each in found if each.spans is None for path in _places(each)}
        self._known: dict[Path, Span] = {}
        if document and has_lines and wanted:
            self._known.update(document.spans(wanted))
            # A place that the text lacks (a field that is absent) stands where the object around it does.
            lacking = [path for path in wanted if path not in self._known]
            around = {path[:length] for path in lacking for length in range(len(path))} - wanted
            if around:
                self._known.update(document.spans(around))

    def start(self, found: Found) -> tuple[int, ...]:
        """Where a problem comes in the order of the findings."""
        return (found.spans[0] if found.spans else self._nearest(found.path)) or (0, 0)

    def of(self, found: Found) -> tuple[Span | None, ...]:
        if found.spans is not None:
            return found.spans
        return tuple(map(self._nearest, _places(found)))

    def _nearest(self, path: Path) -> Span | None:
        known = self._known.get(path)
        while known is None and path:
            path = path[:-1]
            known = self._known.get(path)
        return known

    def session_around(self, path: Path) -> tuple[Path, Mapping[str, Any]]:
        """The session that a place lies in, with its own place."""
        depth = depth_of_part(path, self._parts)
        if depth is None:
            return (), {}
        part, inside = self._parts[path[:depth]], path[depth:]
        if part.kind is Session:
            return part.path, part.tree if isinstance(part.tree, dict) else {}
        if len(inside) >= 2 and inside[0] == "userSessions" and isinstance(inside[1], int):
            sessions = part.tree["userSessions"]
            session = sessions[inside[1]] if isinstance(sessions, list) and inside[1] < len(sessions) else None
            return (*part.path, *inside[:2]), session if isinstance(session, dict) else {}
        return (), {}


def _places(found: Found) -> Iterator[Path]:
    yield found.path
    for each in found.problem.related:
        yield found.node + each.path


def _gathered(found: list[Found]) -> Iterator[Found]:
    """One defect, one finding: problems of one object and rule become the first one's related places."""
    groups: dict[tuple[str, Path], list[Found]] = {}
    for each in found:
        if each.gathers:
            groups.setdefault((each.rule, each.node), []).append(each)
    for each in found:
        first, *others = groups.get((each.rule, each.node), [each]) if each.gathers else [each]
        if each is first and others:
            notes = [Note(other.problem.path, other.problem.message) for other in others[:_MOST_RELATED]]
            yield each._replace(problem=each.problem._replace(related=(*each.problem.related, *notes)))
        elif each is first:
            yield each


def _with_few_related(found: Found) -> Found:
    if len(found.problem.related) <= _MOST_RELATED:
        return found
    return found._replace(problem=found.problem._replace(related=found.problem.related[:_MOST_RELATED]))


def _is_cut(node: Path, rule: Rule, cut: frozenset[Path]) -> bool:
    """Whether some of what a rule asks for is left out: the object's end, or items of a list that it needs."""
    return bool(cut) and (node in cut or any((*node, key) in cut for key in rule.needs))


def _text(value: Json) -> str | None:
    return value if isinstance(value, str) else None
