"""The helpers for tests of rules: an example that does not hold is told, and what it gave."""

from typing import Any

import orjson
import pytest

import sessionlint.rule
from sessionlint import UnknownRule, check
from sessionlint.finding import WARNING, problem
from sessionlint.payload import Ping, UserSessions
from sessionlint.plan import kinds_below
from sessionlint.rule import STANDARD, Outcome, registry, rule
from sessionlint.rule_page import Example
from sessionlint.testing import PLACES, PageExample, examples, payload_with, sound_payload
from support import SOUND


def test_the_sound_payload_is_the_example_and_sound() -> None:
    assert sound_payload() == SOUND
    assert sound_payload() is not sound_payload()
    assert check(sound_payload(), select=["ALL"], ignore=["DIA"]).findings == ()


def test_every_kind_of_object_has_its_place() -> None:
    assert PLACES.keys() == kinds_below(UserSessions)
    for kind, place in PLACES.items():
        node: Any = payload_with(kind, {"mark": 1})
        for step in place.split("/")[1:]:
            node = node[int(step)] if isinstance(node, list) else node[step]
        assert node["mark"] == 1


def test_the_examples_of_a_rule_are_named_and_counted() -> None:
    assert [str(each) for each in examples("PNG010")] == ["PNG010-bad-1", "PNG010-good-1"]
    assert {each.rule.id for each in examples("PNG")} == {id for id in registry() if id.startswith("PNG")}
    with pytest.raises(UnknownRule):
        examples("ACMEX")


@pytest.fixture
def acme(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessionlint.rule, "_registry", dict(registry()))

    @rule("ACME001", on=Ping, severity=WARNING, basis=STANDARD, needs=("pktsSent",))
    def few_packets(ping: Ping) -> Outcome:
        """A ping sent too few packets.

        Few packets tell little.

        Standard: ACME network handbook, section 5.
        Remedy: Send ten.

        Bad:
            {"error": "it was not sent"}
        Good:
            {"error": "it was not sent"}
        """
        return problem("pktsSent", "{} were sent", ping["pktsSent"]) if ping["pktsSent"] < 10 else None


@pytest.mark.usefixtures("acme")
def test_the_author_of_a_rule_sees_what_it_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(ping: Ping) -> Outcome:
        raise KeyError("its own words")

    example = PageExample(registry()["ACME001"], True, 1, Example("", '{"pktsSent": 9}'))
    monkeypatch.setattr(example.rule, "check", fails)
    with pytest.raises(KeyError, match="its own words") as raised:
        example.verify()
    assert raised.traceback[-1].name == "fails"
    monkeypatch.setattr(example.rule, "check", lambda ping: "no problem")
    with pytest.raises(TypeError, match="not a Problem"):
        example.verify()


@pytest.mark.usefixtures("acme")
@pytest.mark.parametrize("left", [{}, None, []])
def test_a_rule_that_changes_the_payload_is_told(left: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def changes(ping: Any) -> Outcome:
        ping["pktsSent"] = left
        return None

    example = PageExample(
        registry()["ACME001"], False, 1, Example("", orjson.dumps(STATISTICS | {"pktsSent": 9}).decode())
    )
    monkeypatch.setattr(example.rule, "check", changes)
    with pytest.raises(AssertionError, match="ACME001-good-1 is changed by its rule"):
        example.verify()


STATISTICS = {"pktsReceived": 9, "minRtt": 1, "avgRtt": 1, "maxRtt": 1, "meanDevRtt": 0}


@pytest.mark.usefixtures("acme")
@pytest.mark.parametrize(
    ("is_bad", "node", "told"),
    [
        (True, {"pktsSent": 9, **STATISTICS}, None),
        (False, {"pktsSent": 10, **STATISTICS}, None),
        (True, {"pktsSent": 10, **STATISTICS}, "ACME001-{} gives no finding"),
        (False, {"pktsSent": 9, **STATISTICS}, "ACME001-{} gives\nACME001 at {}/pktsSent: 9 were sent"),
        (
            True,
            {"pktsSent": 9, "packets": 1, **STATISTICS},
            "ACME001-{} gives\nACME001 at {}/pktsSent: 9 were sent\nSCH004 at {}/packets: ",
        ),
    ],
)
def test_an_example_holds_or_what_it_gives_is_told(is_bad: bool, node: dict[str, int], told: str | None) -> None:
    example = PageExample(registry()["ACME001"], is_bad, 1, Example("", orjson.dumps(node).decode()))
    if told is None:
        example.verify()
        return
    with pytest.raises(AssertionError) as refused:
        example.verify()
    place = PLACES[Ping]
    assert str(refused.value).startswith(told.format("bad-1" if is_bad else "good-1", place, place))
