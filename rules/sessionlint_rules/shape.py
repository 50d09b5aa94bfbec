"""The rules of the documented shape, where no other rule says it better.

The engine finds what they tell, from the JSON Schema and from the documented fields; here it is worded.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sessionlint.finding import ERROR, INFO, WARNING, Problem, problem
from sessionlint.payload import (
    Browser,
    Connect,
    Coordinates,
    Cpu,
    Hop,
    Memory,
    Page,
    PageTimings,
    Ping,
    Session,
    Traceroute,
    UserSessions,
)
from sessionlint.rule import DOCUMENTED, Violation, rule, schema_rule

_ITEMS: Final = {"userSessions": "the session", "pages": "the page", "hops": "the hop", "proxies": "the proxy"}
"""What an object in a list is called."""


def _name(violation: Violation) -> str:
    """What the value at a violation's place is called."""
    if not violation.path:
        return "the session"
    return _ITEMS.get(violation.field, "an item of " + violation.field) if _is_item(violation) else violation.field


def _is_item(violation: Violation) -> bool:
    return isinstance(violation.path[-1], int)


@schema_rule("SCH001", on=None, severity=ERROR, basis=DOCUMENTED, whole=True)
def missing_field(violation: Violation) -> Problem:
    """A field without which its object means nothing is absent.

    A session that cannot be told from others, a page without an id, a hop without its number,
    statistics of which some are missing: what is left cannot be interpreted.

    Documented: "endpoint user session ID; each endpoint user session occurrence has a unique ID"
    Documented: "object contains two string parameters, `name` and `version` of the browser"
    Documented: "object has one number parameter, `rtt`"
    Remedy: Capture the response again, whole; if the field is absent again, the API did not send it.

    Bad:
        {"browser": {"name": "Google Chrome"}}
    Bad: a page without an id
        {"numberOfPages": 1, "pages": [{"title": "Home", "responseCode": 200}]}
    Good: a place without a name
        {"coordinates": {"latitude": 46.0552778, "longitude": 14.5144444}}
    """
    *others, last = violation.missing
    names = f"{', '.join(others)} and {last}" if others else last
    return problem((), f"{_name(violation)} lacks {names}")


@schema_rule("SCH002", on=None, severity=ERROR, basis=DOCUMENTED)
def wrong_type(violation: Violation) -> Problem:
    """A value is not of the documented type.

    A program that reads it as documented fails, or computes with a text. An integral number such as
    443.0 is an integer.

    Documented: "object with two integer parameters returning the number of milliseconds to DOM Load (`onContentLoad`) and Page Load ( `onLoad`)"
    Remedy: Write the value in its documented type.

    Bad: a number in quotes
        {"port": "443"}
    Bad:
        {"browser": "Google Chrome"}
    Bad:
        {"port": 443.5}
    Good: an integer, however it is written
        {"port": 443.0}
    """
    value, types = violation.value, violation.schema["type"]
    expected = types if isinstance(types, str) else types[0]
    return problem(
        (),
        f"{_name(violation)} is {{}}, not {_TYPES[expected]}",
        value,
        help=_remedy(value, expected),
    )


def _remedy(value: object, expected: str) -> str | None:
    if _is_quoted(value, expected):
        return "Leave out the quotes."
    if expected in ("array", "object") and isinstance(value, str) and value.startswith(_POWERSHELLS):
        return "PowerShell cut it off: save the response as it came, or use ConvertTo-Json -Depth 20."
    return None


_POWERSHELLS: Final = ("@{", "System.Object[]", "System.Collections.")
"""How PowerShell writes what is deeper than it was told to write."""

_TYPES: Final = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "an integer",
    "number": "a number",
    "object": "an object",
    "string": "a string",
}


def _is_quoted(value: object, expected: str) -> bool:
    """Whether a value is a text that would be of the expected type without its quotes."""
    if not isinstance(value, str):
        return False
    from orjson import JSONDecodeError, loads

    try:
        unquoted = loads(value)
    except JSONDecodeError:
        return False
    if isinstance(unquoted, bool):
        return expected == "boolean"
    types: tuple[type, ...] = {"integer": (int,), "number": (int, float)}.get(expected, ())
    return isinstance(unquoted, types)


@schema_rule("SCH003", on=None, severity=ERROR, basis=DOCUMENTED)
def outside_domain(violation: Violation) -> Problem:
    """A value is outside of its documented domain.

    It is of the right type, but no such value can be meant.

    Documented: "number of web pages visited on target website"
    Remedy: Treat the value as unknown.

    Bad:
        {"numberOfPages": -1}
    Good: no page at all
        {"numberOfPages": 0, "pages": []}
    """
    words, bound = _BOUNDS.get(violation.keyword, ""), violation.schema.get(violation.keyword)
    domain = f"{words} {bound}" if words else "outside of its domain"
    return problem((), f"{_name(violation)} is {{}}, {domain}", violation.value)


_BOUNDS: Final = {
    "minimum": "below",
    "maximum": "above",
    "exclusiveMinimum": "not above",
    "exclusiveMaximum": "not below",
}


@rule("SCH004", on=None, severity=INFO, basis=DOCUMENTED, unless=("PNG001", "TRC002"))
def undocumented_field(key: str, absent: Sequence[str]) -> Problem:
    """A field is not documented.

    The API may have gained a field since, which is no reason to worry. If the key is at most two
    letters from a documented field that is absent here, it is probably that one misspelt: a warning.

    Documented: "object contains details about network profile and conditions during session"
    Remedy: Compare the key with the documentation's.

    Bad:
        {"tenant": "emea"}
    Bad: a warning, for location is misspelt
        {"coordinates": {"latitude": 46.0552778, "longitude": 14.5144444, "locatoin": "Slovenia"}}
    Good: a field that later revisions of the documentation have
        {"experienceScore": 0.87}
    """
    edits, meant = min(((_edits(key, name), name) for name in absent), default=(_TOO_MANY_EDITS, ""))
    if edits == _TOO_MANY_EDITS:
        return problem(key, "{} is not documented", key)
    return problem(
        key,
        f"{{}} is not documented; {meant} is, and is absent",
        key,
        severity=WARNING,
        help=f"If it is {meant} misspelt, write {meant}.",
    )


_TOO_MANY_EDITS: Final = 3
_SHORTEST_NAME: Final = 5


def _edits(key: str, name: str) -> int:
    """How many letters to insert, drop or replace (Levenshtein), counted up to 3."""
    if len(name) < _SHORTEST_NAME or abs(len(key) - len(name)) >= _TOO_MANY_EDITS:
        return _TOO_MANY_EDITS
    before = list(range(len(name) + 1))
    for count, letter in enumerate(key, 1):
        row = [count]
        for column, other in enumerate(name):
            row.append(min(before[column] + (letter != other), before[column + 1] + 1, row[column] + 1))
        if min(row) >= _TOO_MANY_EDITS:
            return _TOO_MANY_EDITS
        before = row
    return min(before[-1], _TOO_MANY_EDITS)


@rule("SCH005", on=None, severity=WARNING, basis=DOCUMENTED)
def null_value(key: str | int) -> Problem:
    """A value is null where one is documented.

    Programs that read the field as documented fail on null. A hop that did not answer has nothing to
    tell, so there null is fine.

    Documented: "name of the AS organization `sourceAddr` belongs to"
    Remedy: Leave the field out if there is no value.

    Bad:
        {"orgName": null}
    Good: an empty text is a value
        {"orgName": ""}
    """
    return problem((), f"{key} is null" if isinstance(key, str) and key else "an item of the list is null")


@rule("SCH006", on=None, severity=INFO, basis=DOCUMENTED, whole=True)
def absent_field(kind: type[Any], absent: Sequence[str]) -> Problem | None:
    """A documented field is absent.

    Its object can do without it, but a reader who expects every documented field cannot. The rule is
    off unless selected.

    Documented: "name of the AS organization `sourceAddr` belongs to"
    Remedy: Do not rely on the field.

    Bad:
        {"coordinates": {"latitude": 46.0552778, "longitude": 14.5144444}}
    Good: all there is
        {"coordinates": {"latitude": 46.0552778, "longitude": 14.5144444, "location": "Slovenia"}}
    """
    told_elsewhere = _TOLD_ELSEWHERE.get(kind, _NOTHING)
    names = [name for name in absent if name not in _NEVER_MISSED and name not in told_elsewhere]
    return problem((), f"absent here: {', '.join(names)}") if names else None


_NEVER_MISSED: Final = frozenset(
    ("experienceScore", "mpls", "prefix", "asn", "error", "wirelessProfile", "proxyProfile")
)
_NOTHING: Final[frozenset[str]] = frozenset()
_SIX_STATISTICS: Final = frozenset(Cpu.__annotations__)
_TOLD_ELSEWHERE: Final[Mapping[type[Any], frozenset[str]]] = {
    UserSessions: frozenset(("userSessions",)),
    Session: frozenset(("userSessionId", "agentId", "roundId", "date")),
    Page: frozenset(("id",)),
    PageTimings: frozenset(PageTimings.__annotations__),
    Browser: frozenset(Browser.__annotations__),
    Coordinates: frozenset(("latitude", "longitude")),
    Cpu: _SIX_STATISTICS,
    Memory: _SIX_STATISTICS,
    Ping: frozenset(Ping.__annotations__),
    Traceroute: frozenset(Traceroute.__annotations__),
    Hop: frozenset(("hop",)),
    Connect: frozenset(("rtt",)),
}
"""By kind, the fields whose absence another rule reports, or explains: an error stands alone."""
