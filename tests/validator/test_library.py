"""The library as its users see it."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
import pytest

import sessionlint
from sessionlint import check
from support import EXAMPLES, sound
from support_packages import python

SOUND = EXAMPLES / "sound.json"


def test_everything_public_is_there_and_documented() -> None:
    assert sorted(sessionlint.__all__) == sessionlint.__all__
    for name in sessionlint.__all__:
        assert name in dir(sessionlint)
        assert name == "__version__" or getattr(sessionlint, name).__doc__
    with pytest.raises(AttributeError):
        sessionlint.nothing  # type: ignore[attr-defined]  # noqa: B018 - the access is the test, for mypy too


def test_importing_it_loads_nothing_else() -> None:
    code = "import sys, sessionlint; print(*(name for name in sys.modules if name.startswith('sessionlint')))"
    assert python("-c", code) == (0, "sessionlint\n")


@pytest.mark.parametrize(
    "source",
    {
        "a path": str(SOUND),
        "a path object": SOUND,
        "bytes": SOUND.read_bytes(),
        "an object": sound(),
        "a bare session": sound()["userSessions"][0],
        "a list of sessions": sound()["userSessions"],
        "XML": (EXAMPLES / "sound.xml").read_bytes(),
    }.values(),
)
def test_a_source_is_a_path_bytes_or_an_object(source: Any) -> None:
    report = check(source)
    assert report.findings == ()
    assert report.summary.payloads == report.summary.sessions == 1


def test_bytes_of_a_long_response_are_read_as_a_file_of_them_is(tmp_path: Path) -> None:
    session = sound()["userSessions"][0]
    sessions = [session | {"userSessionId": f"07625:1490529480:{number}"} for number in range(5000)]
    sessions[-1]["port"] = 0
    path = tmp_path / "long.json"
    path.write_bytes(orjson.dumps({"userSessions": sessions}, option=orjson.OPT_INDENT_2))
    of_bytes, of_file = check(path.read_bytes()), check(path)
    assert of_bytes.summary.sessions == of_file.summary.sessions == 5000
    ((found,), (expected,)) = of_bytes.findings, of_file.findings
    assert (found.rule, found.line, found.pointer) == (expected.rule, expected.line, expected.pointer)
    assert found.pointer == "/userSessions/4999/port"


def test_a_report_parts_its_findings_by_severity() -> None:
    report = check(EXAMPLES / "documentation-as-printed.json")
    assert {each.severity for each in report.errors} == {"error"}
    assert {each.severity for each in report.warnings} == {"warning"}
    assert len(report.errors) == report.summary.findings["error"]
    assert len(report.warnings) == report.summary.findings["warning"]


@pytest.mark.parametrize("source", [None, 5, 0.5, object(), bytearray(b"{}"), {1, 2}, (1, 2)])
def test_another_type_is_refused(source: Any) -> None:
    with pytest.raises(TypeError):
        check(source)


@pytest.mark.parametrize("path", ["absent.json", "", "a\0b", '{"userSessions": []}', "x" * 10_000, Path("absent")])
def test_a_path_that_is_not_there_is_refused_in_a_few_words(path: str | Path) -> None:
    with pytest.raises(FileNotFoundError) as refused:
        check(path)
    assert len(str(refused.value)) < 120
    assert ("encode" in str(refused.value)) == str(path).startswith("{")


BROKEN = {"userSessions": [], "colour": 1}


def rules_of(**options: Any) -> set[str]:
    return set(check(BROKEN, **options).summary.rules)


def test_a_text_is_a_selector_or_several_and_not_its_letters() -> None:
    assert rules_of() == {"SCH004"}
    assert rules_of(ignore="INT") == {"SCH004"}  # no rule whose id starts with I, N or T is dropped
    assert rules_of(ignore="SCH004") == rules_of(ignore="PNG, SCH") == set()
    assert rules_of(select="PNG") == set()
    assert rules_of(select="PNG,SCH") == rules_of(select=["PNG", "SCH"]) == {"SCH004"}
    for given in ("PNX", ["PNX"]):
        with pytest.raises(sessionlint.UnknownRule, match='no rule is called "PNX"'):
            rules_of(select=given)


@pytest.mark.parametrize("engine", ["referense", "", 5])
def test_an_engine_that_there_is_not_is_refused(engine: Any) -> None:
    with pytest.raises(sessionlint.ConfigError, match=r"^engine: expected one of fast, reference, not "):
        check(BROKEN, engine=engine)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"thresholds": 5}, "thresholds: expected a table, not 5"),
        ({"thresholds": []}, "thresholds: expected a table, not a list"),
        ({"thresholds": {5: 1}}, "thresholds: expected names, not 5 in it"),
        ({"thresholds": {"page-slow-ms": Decimal(1)}}, "thresholds.page-slow-ms: expected a number, not Decimal"),
        ({"severities": "PNG003"}, 'severities: expected a table, not "PNG003"'),
        ({"severities": {None: "info"}}, "severities: expected names, not NoneType in it"),
        ({"severities": {"PNG003": None}}, "severities.PNG003: expected one of error, warning, info, not NoneType"),
    ],
)
def test_a_threshold_or_a_severity_that_is_none_is_refused(options: dict[str, Any], told: str) -> None:
    with pytest.raises(sessionlint.ConfigError) as refused:
        check(BROKEN, **options)
    assert str(refused.value) == told


def deep(levels: int) -> Any:
    tree: Any = 1
    for _ in range(levels):
        tree = [tree]
    return tree


def holding(value: Any) -> dict[str, Any]:
    payload = sound()
    payload["userSessions"][0]["orgName"] = value
    return payload


@pytest.mark.parametrize(
    ("payload", "found"),
    {
        "nothing": ({}, {("CAP012", "")}),
        "an empty list": ([], {("CAP012", "")}),
        "a NaN": (holding(float("nan")), {("CAP006", "/userSessions/0/orgName")}),
        "an infinity": (holding(float("-inf")), {("CAP006", "/userSessions/0/orgName")}),
        "an integer that no double holds": (holding(10**400), {("CAP006", "/userSessions/0/orgName")}),
        "a lone surrogate": (holding("\ud800"), {("CAP007", "/userSessions/0/orgName")}),
        "a lone surrogate in a key": ({**sound(), "\ud800": 1}, {("CAP007", "")}),
        "the deepest nesting": (holding(deep(251)), {("SCH002", "/userSessions/0/orgName")}),
        "nesting over the limit": (holding(deep(252)), {("CAP015", "")}),
        "nesting that no recursion bears": (holding(deep(100_000)), {("CAP015", "")}),
    }.values(),
)
def test_an_object_that_a_parser_made_raises_nothing(payload: Any, found: set[tuple[str, str]]) -> None:
    for engine in ("fast", "reference"):
        findings = check(payload, engine=engine).findings
        assert {(each.rule, each.pointer) for each in findings} >= found
        assert all(each.line is None for each in findings)


@pytest.mark.parametrize(
    "value", [Decimal(1), pytest.param(10**5000, id="digits"), (1, 2), {1: 2}, {(): 2}, b"x", object(), Path()]
)
def test_an_object_that_no_parser_of_json_made_is_refused(value: Any) -> None:
    for payload in (holding(value), {"mark": float("nan"), **holding(value)}):  # NaN has it written and read again
        with pytest.raises(TypeError, match=r"json\.loads"):
            check(payload)
