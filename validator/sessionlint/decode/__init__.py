"""Bytes to documents: JSON and XML to one model, whatever state they are in."""

from functools import lru_cache
from typing import Literal, NamedTuple, TypeAlias

from sessionlint.capture import COMPRESSED_SUFFIXES
from sessionlint.decode.json_document import JsonDocument, decode_json, decode_sound
from sessionlint.document import Document
from sessionlint.finding import START, Defect, Problem, Span, problem
from sessionlint.limits import Limits, over_limit, oversize
from sessionlint.recognise import has_evidence

Format: TypeAlias = Literal["JSON", "XML"]

_WRAPPERS = 3
"""How many wrappers (a JSON string, base64, bytes that Python printed) are taken off a payload."""
_JSON = (".json", ".jsonl", ".ndjson")
_BROKEN = frozenset(("CAP003", "CAP004", "CAP013", "CAP018"))
_CREDENTIAL = "CAP017"


class Undecodable(NamedTuple):
    """What is wrong with bytes of which no document could be made."""

    defects: tuple[Defect, ...]


class _Outcome(NamedTuple):
    """What came of bytes, and in what the document was wrapped: the outermost first."""

    result: Document | Undecodable
    wrappers: tuple[str, ...] = ()
    written: Format = "JSON"


def decode(data: bytes, name: str = "", limits: Limits = Limits()) -> Document | Undecodable:
    """The document that ``data`` holds, with its defects; ``name`` is the file's, for what it promises."""
    promised = _promised(name)
    sound: Document | None = None
    if data.startswith(b"<"):
        if promised != "JSON":
            from sessionlint.decode.xml_document import decode_plain

            sound = decode_plain(data, limits)
    elif promised != "XML":
        sound = decode_sound(data, limits)
    if sound is not None:
        return sound
    outcome = _decoded(data, limits, _WRAPPERS)
    result = outcome.result
    if isinstance(result, Undecodable):
        return result
    if outcome.wrappers:
        told = f"the payload is wrapped: {outcome.written} in {' in '.join(reversed(outcome.wrappers))}"
        remedy = "Save the response's body as it came, without encoding it again."
        result.defects = (Defect("CAP011", problem((), told, help=remedy), START), *result.defects)
    elif promised is not None and promised != outcome.written:
        told = f"the name says {promised}, but this is {outcome.written}: it is checked as {outcome.written}"
        remedy = f"Give the file a name that ends in .{outcome.written.lower()}, or save it as {promised}."
        result.defects = (Defect("CAP010", problem((), told, help=remedy), START), *result.defects)
    return result


@lru_cache  # the lines of a file share its name
def _promised(name: str) -> Format | None:
    """The format that a file's name says."""
    if name.endswith(".json"):
        return "JSON"
    lower = name.lower()
    for suffix in COMPRESSED_SUFFIXES:
        lower = lower.removesuffix(suffix)
    return "XML" if lower.endswith(".xml") else "JSON" if lower.endswith(_JSON) else None


def _decoded(data: bytes, limits: Limits, wrappers_left: int) -> _Outcome:
    from sessionlint.decode.encoding import binary_format, text_of

    if len(data) > limits.document_bytes:
        return _Outcome(Undecodable((over_limit(limits, "document_bytes", f"the document has {len(data)} bytes"),)))
    binary = binary_format(data)
    if binary is not None:
        told = f"not a payload: this is {binary}"
        return _Outcome(Undecodable((Defect("CAP012", problem((), told)),)))
    text = text_of(data)
    if not text.body.strip():
        told = "the file holds nothing but white space" if data else "the file is empty"
        return _Outcome(Undecodable((Defect("CAP002", problem((), told)),)))
    outcome = _decoded_text(text.body, limits, wrappers_left, text.is_as_declared)
    found, body = text.defects, text.body
    rules = {each.rule for each in outcome.result.defects}
    # What is beside the document is told of with its words, and a comment may stand in a line that is shown.
    is_broken, has_comments = not _BROKEN.isdisjoint(rules), outcome.written == "XML" and b"<!--" in body
    if (is_broken or has_comments) and _CREDENTIAL not in rules:
        from sessionlint.credentials import harmless, harmless_comments

        hidden, credentials = harmless(body, keeps_places=True) if is_broken else harmless_comments(body)
        if credentials:
            outcome = _decoded_text(hidden, limits, wrappers_left, text.is_as_declared)
            found += credentials
    result = outcome.result
    if isinstance(result, Document):
        result.defects = (*found, *result.defects)
        return outcome
    # Of bytes that are neither text nor a document, it is enough to say the first; a page is one in any encoding.
    is_enough = text.is_guess and result.defects[0].rule != "CAP009"
    return outcome._replace(result=Undecodable(found if is_enough else (*found, *result.defects)))


def _decoded_text(body: bytes, limits: Limits, wrappers_left: int, is_as_declared: bool) -> _Outcome:
    from sessionlint.decode.markup import html_page, is_markup, start_of_xml

    if outcome := _of_two_versions(body, limits, wrappers_left) or _of_lines(body, limits, wrappers_left):
        return outcome
    if is_markup(body):
        page = html_page(body)
        if page is not None:
            shown = _in_wrapper(body, limits, wrappers_left)
            return shown if shown and _is_payload(shown.result) else _Outcome(Undecodable((page,)))
        if refused := oversize(body, limits, is_markup=True):
            return _Outcome(Undecodable((refused,)))
        if b"=3D" in body[:100] and (wrapped := _in_wrapper(body, limits, wrappers_left)):
            return wrapped
        from sessionlint.decode.xml_document import decode_xml

        return _Outcome(decode_xml(body if is_as_declared else body.decode(), limits), written="XML")
    if refused := oversize(body, limits):
        return _Outcome(Undecodable((refused,)))
    if wrapped := _in_wrapper(body, limits, wrappers_left):
        return wrapped
    outcome = _Outcome(decode_json(body, limits))
    is_no_json = isinstance(outcome.result, Undecodable) and outcome.result.defects[0].rule == "CAP003"
    if is_no_json and (start := start_of_xml(body)):
        return _behind_text(body, start, limits, wrappers_left)
    if wrappers_left and has_evidence(body) and not _is_payload(outcome.result):
        among_others = _of_lines(body, limits, wrappers_left - 1, among_others=True)
        if among_others and _is_payload(among_others.result):
            return among_others
    return (wrappers_left and _unwrapped(body, outcome.result, limits, wrappers_left)) or outcome


def _in_wrapper(body: bytes, limits: Limits, wrappers_left: int) -> _Outcome | None:
    """The document in a text that starts as nothing but a wrapper does."""
    from sessionlint.decode.wrappers import unwrapped

    wrapped = unwrapped(body) if wrappers_left else None
    if wrapped is None:
        return None
    inner = _decoded(wrapped[1], limits, wrappers_left - 1)
    if not isinstance(inner.result, Document):
        return None
    return inner._replace(wrappers=(wrapped[0], *inner.wrappers))


def _is_payload(result: Document | Undecodable) -> bool:
    return isinstance(result, Document) and bool(result.parts)


def _of_two_versions(body: bytes, limits: Limits, wrappers_left: int) -> _Outcome | None:
    """One of the two versions in a text that version control could not merge, if it is one."""
    from sessionlint.decode.wrappers import without_conflicts

    conflicts = without_conflicts(body)
    if conflicts is None:
        return None
    others = conflicts.places - 1
    words = "a merge conflict is not resolved"
    words += f"; also at {others} more place{'s' if others > 1 else ''}" if others else ""
    told = problem(
        (),
        f"{words}; one of the two versions is checked",
        help="Keep one version, without the lines of <<<<<<<, ======= and >>>>>>>.",
    )
    outcome = _blanked(conflicts.rest, body, limits, wrappers_left)
    place = Span(conflicts.first, 1, conflicts.first, 8)
    return _led(outcome, told, place) if isinstance(outcome.result, Document) else None


def _of_lines(body: bytes, limits: Limits, wrappers_left: int, *, among_others: bool = False) -> _Outcome | None:
    """The document in lines that all start, or end, with something else, if they do."""
    from sessionlint.decode.wrappers import without_line_ends, without_line_starts

    ends = without_line_ends(body, among_others=among_others)
    starts = without_line_starts(ends.rest if ends else body, among_others=among_others)
    found = {words: each for words, each in (("starts with {}", starts), ("ends with {}", ends)) if each}
    if not found:
        return None
    told = problem(
        (),
        f"every line {'of the document ' if among_others else ''}{' and '.join(found)}; the rest is salvaged and checked",
        *(each.sign for each in found.values()),
        help="Remove it: this is how mails quote, listings number, and tables and programs show lines.",
    )
    lines = next(iter(found.values()))
    outcome = _blanked(lines.rest, body, limits, wrappers_left)
    place = Span(lines.first, 1, lines.first, 2)
    return _led(outcome, told, place) if isinstance(outcome.result, Document) else None


def _behind_text(body: bytes, start: int, limits: Limits, wrappers_left: int) -> _Outcome:
    """The document in XML that starts behind other text."""
    # Spaces for what is before, so that places are the file's.
    blank = bytes(byte if byte in b"\r\n" else 32 for byte in body[:start])
    line = body[:start].count(b"\n") + 1
    told = problem((), f"text stands before the document, which starts on line {line}", help="Remove it.")
    return _led(_blanked(blank + body[start:], body, limits, wrappers_left), told)


def _blanked(text: bytes, as_saved: bytes, limits: Limits, wrappers_left: int) -> _Outcome:
    """The document in a text in which spaces took the place of what does not belong to it."""
    from sessionlint.decode.text import Lines
    from sessionlint.decode.xml_positions import without_declaration

    start = len(text) - len(text.lstrip())
    # Wherever it stands, and whatever encoding it names: it no longer matters.
    text = text[:start] + without_declaration(text[start:])
    outcome = _decoded_text(text, limits, wrappers_left, is_as_declared=True)
    if isinstance(outcome.result, Document) and not outcome.wrappers:
        outcome.result.as_saved = Lines(as_saved)
    return outcome


def _led(outcome: _Outcome, told: Problem, place: Span = START) -> _Outcome:
    """An outcome with a defect before all others: what does not belong to the text."""
    first = Defect("CAP003" if outcome.written == "JSON" else "CAP013", told, place)
    result = outcome.result
    if isinstance(result, Undecodable):
        return outcome._replace(result=Undecodable((first, *result.defects)))
    result.defects = (first, *result.defects)
    return outcome


def _unwrapped(body: bytes, outer: Document | Undecodable, limits: Limits, wrappers_left: int) -> _Outcome | None:
    """What is inside, if ``body`` is a document in a JSON string or in base64; otherwise ``None``."""
    from sessionlint.decode.wrappers import base64_inside

    if isinstance(outer, JsonDocument):
        if not isinstance(outer.tree, str):
            return None
        wrapper, inner = "a JSON string", outer.tree.encode()
    else:
        wrapper, inner = "base64", base64_inside(body)
    if not inner.strip():
        return None
    outcome = _decoded(inner, limits, wrappers_left - 1)
    result = outcome.result
    if isinstance(result, Undecodable):
        # A page or a refused document says more than the string around it.
        is_telling = result.defects[0].rule in ("CAP009", "CAP014", "CAP015")
        return outcome if is_telling else None
    if not isinstance(result.tree, dict | list):
        return None
    if isinstance(outer, Document):
        cut = {each.rule for each in result.defects} & {"CAP004"}
        result.defects = (*(each for each in outer.defects if each.rule not in cut), *result.defects)
    return outcome._replace(wrappers=(wrapper, *outcome.wrappers))
