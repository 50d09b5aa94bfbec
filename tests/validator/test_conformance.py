"""What the two engines tell of a payload that the JSON Schema refuses: the same, and each defect once."""

from typing import Any, get_args

import pytest

from sessionlint.conformance import EngineName, conformance
from sessionlint.payload import Session, UserSessions
from support import at, sound

VIOLATIONS: list[tuple[str, Any, list[tuple[str, str, str | None]]]] = [
    ("/port", 443.0, []),
    ("/port", None, []),
    ("/port", 0, [("/port", "minimum", "SES008")]),
    ("/port", 65536, [("/port", "maximum", "SES008")]),
    # Of a value of the wrong type, only that.
    ("/port", 0.5, [("/port", "type", "SES008")]),
    ("/pages/0/responseCode", 0.5, [("/pages/0/responseCode", "type", "PAG001")]),
    ("/network/connect", 77, [("/network/connect", "type", None)]),
    # Of keywords that state the same rule, one.
    ("/date", "2017-03-26 11:58:43\n", [("/date", "maxLength", "SES002")]),
    ("/date", "on a Sunday, before noon", [("/date", "maxLength", "SES002")]),
    ("/date", "Sunday", [("/date", "pattern", "SES002")]),
    ("/visitedSite", "a b/", [("/visitedSite", "not", "SES014")]),
    ("/permalink", " ", [("/permalink", "not", "SES011")]),
    # However many names are missing, one.
    ("/network/ping", {}, [("/network/ping", "required", "PNG002")]),
    ("/network/ping", {"pktsReceived": 0}, [("/network/ping", "required", "PNG002")]),
    ("/network/ping", {"error": "", "a": 1, "b": 2}, [("/network/ping", "maxProperties", "PNG001")]),
    ("/network/traceroute", {}, [("/network/traceroute", "required", None)]),
    ("/network/connect", {}, [("/network/connect", "required", None)]),
    # An entry that is no text cannot be read, so nothing follows from it.
    ("/network", {"connect": {}, "errors": "connect: refused"}, [("/network/errors", "type", None)]),
    # Several places, in an order that both engines share.
    (
        "/network/gatewayPing",
        {"pktsSent": -1, "minRtt": "0"},
        [
            ("/network/gatewayPing", "required", "PNG002"),
            ("/network/gatewayPing/minRtt", "type", "PNG005"),
            ("/network/gatewayPing/pktsSent", "minimum", "PNG005"),
        ],
    ),
]


@pytest.mark.parametrize("engine", get_args(EngineName))
@pytest.mark.parametrize(("place", "value", "told"), VIOLATIONS)
def test_violations(engine: EngineName, place: str, value: Any, told: list[tuple[str, str, str | None]]) -> None:
    payload = at(place, value)
    for kind, tree in ((UserSessions, payload), (Session, payload["userSessions"][0])):
        found = conformance(engine, kind).violations(tree)
        skipped = 2 if kind is UserSessions else 0
        assert [
            ("".join(f"/{step}" for step in each.path[skipped:]), each.keyword, each.schema.get("x-rule"))
            for each in found
        ] == told


@pytest.mark.parametrize("engine", get_args(EngineName))
def test_null_passes_but_is_not_sound(engine: EngineName) -> None:
    checked = conformance(engine, UserSessions)
    assert checked.is_sound(sound())
    assert not checked.is_sound(at("/network/ping/avgRtt", None))
    assert checked.violations(at("/network/ping/avgRtt", None)) == []
