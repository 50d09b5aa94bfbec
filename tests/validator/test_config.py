import json
import os
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, get_args

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sessionlint
from sessionlint import config
from sessionlint.config import COMMAND_LINE, DEFAULT, Config, ConfigError
from sessionlint.conformance import EngineName
from sessionlint.finding import Severity
from sessionlint.linter import Foreign
from sessionlint.rule import registry
from support import ROOT, at, limit_texts

SCHEMA = ROOT / "validator" / "sessionlint" / "config.schema.json"


def loaded(text: str, folder: Path, name: str = "sessionlint.toml") -> Config:
    path = folder / name
    path.write_text(text, encoding="utf-8", newline="\n")
    return config.load(str(path))


SOUND: dict[str, tuple[str, dict[str, Any]]] = {
    "empty": ("", {}),
    "select": ('select = ["ALL"]', {"select": ("ALL",)}),
    "ignore": ('ignore = ["SCH006", "PNG"]', {"ignore": ("SCH006", "PNG")}),
    "ignore nothing": ("ignore = []", {"ignore": ()}),
    "fail-on": ('fail-on = "never"', {"fail_on": "never"}),
    "exclude": ('exclude = ["**/node_modules/**", "*.bak"]', {"exclude": ("**/node_modules/**", "*.bak")}),
    "members": (
        'exclude = ["a.zip!/b/**", "a.zip!", "wow%21.json", "[!a].json"]',
        {"exclude": ("a.zip!/b/**", "a.zip!", "wow%21.json", "[!a].json")},
    ),
    "foreign": ('foreign = "skip"', {"foreign": "skip"}),
    "engine": ('engine = "reference"', {"engine": "reference"}),
    "baseline": ('baseline = "known.toml"', {"baseline": "known.toml"}),
    "jobs": ("jobs = 1", {"jobs": 1}),
    "max-findings": ("max-findings = 0", {"max_findings": 0}),
    "redact": ("redact = true", {"redact": True}),
    "severity": ('[severity]\nTRC004 = "info"\nPNG003 = "error"', {"severity": {"TRC004": "info", "PNG003": "error"}}),
    "per-path-ignores": (
        '[per-path-ignores]\n"captures/legacy/**" = ["SES005", "PNG"]',
        {"per_path_ignores": {"captures/legacy/**": ("SES005", "PNG")}},
    ),
    "thresholds": ("[thresholds]\nclock-skew-seconds = 2.5", {"thresholds": {"clock-skew-seconds": 2.5}}),
    "a whole and a negative number": (
        "[thresholds]\nclock-skew-seconds = -3",
        {"thresholds": {"clock-skew-seconds": -3}},
    ),
    "limits": ("[limits]\nnesting = 20\nmembers = 1_000", {"limits": {"nesting": 20, "members": 1000}}),
    "byte-order mark": ('\ufefffail-on = "info"', {"fail_on": "info"}),
}

WRONG: dict[str, tuple[str, str]] = {
    "unknown key": ('slect = ["ALL"]', 'unknown key "slect"; did you mean select?'),
    "a Python name": ('fail_on = "info"', 'unknown key "fail_on"; did you mean fail-on?'),
    "unlike any key": (
        "zzzzzz = 1",
        f'unknown key "zzzzzz"; there are {", ".join(config.READERS)}',
    ),
    "as in the other file": (
        "[tool.sessionlint]\nselect = []",
        "[tool.sessionlint] is how pyproject.toml has it; here all stands without that",
    ),
    "hostile key": ('"\\u001b[31mselect" = 1', 'unknown key "\\u001b[31mselect"; did you mean select?'),
    "select: text": ('select = "ALL"', 'select: expected a list of ids or prefixes of rules, not "ALL"'),
    "select: number in it": ("select = [1]", "select: expected a list of ids or prefixes of rules, not 1 in it"),
    "select: empty text": ('select = [""]', 'select: expected a list of ids or prefixes of rules, not "" in it'),
    "select: nothing": ("select = []", "select: an empty list selects nothing; without the key, the default holds"),
    "select: unknown": ('select = ["PNG9"]', 'select: no rule is called "PNG9"; did you mean PNG?'),
    "ignore: unknown": ('ignore = ["png003"]', 'ignore: no rule is called "png003"; did you mean PNG003?'),
    "fail-on": ('fail-on = "fatal"', 'fail-on: expected one of error, warning, info, never, not "fatal"'),
    "fail-on: list": ("fail-on = []", "fail-on: expected one of error, warning, info, never, not a list"),
    "foreign": ("foreign = true", "foreign: expected one of report, skip, not true"),
    "engine": ('engine = "slow"', 'engine: expected one of fast, reference, not "slow"'),
    "exclude: text": ('exclude = "a"', 'exclude: expected a list of globs, not "a"'),
    "exclude: backslash": (
        "exclude = ['a\\b']",
        'exclude: "a\\\\b" has a backslash: paths are written with forward slashes',
    ),
    "exclude: negation": ('exclude = ["!a"]', 'exclude: "!a" starts with !: what is matched cannot be taken back'),
    "exclude: an exclamation mark": (
        'exclude = ["wow!.json"]',
        'exclude: "wow!.json" has a ! in a name: there it is written %21',
    ),
    "exclude: a percent sign": (
        'exclude = ["100%.json"]',
        'exclude: "100%.json" has a % in a name: there it is written %25',
    ),
    "baseline": ('baseline = ""', 'baseline: expected a path, not ""'),
    "jobs: none": ("jobs = 0", "jobs: expected a whole number from 1, not 0"),
    "jobs: half": ("jobs = 1.5", "jobs: expected a whole number from 1, not 1.5"),
    "jobs: boolean": ("jobs = true", "jobs: expected a whole number from 1, not true"),
    "max-findings": ("max-findings = -1", "max-findings: expected a whole number from 0, not -1"),
    "redact": ('redact = "yes"', 'redact: expected true or false, not "yes"'),
    "severity: text": ('severity = "info"', 'severity: expected a table, not "info"'),
    "severity: unknown rule": (
        '[severity]\ntrc004 = "info"',
        'severity: no rule is called "trc004"; did you mean TRC004?',
    ),
    "severity: prefix": (
        '[severity]\nSYS = "info"',
        'severity: no rule is called "SYS"; one whole id is needed here, such as SYS001',
    ),
    "severity: unknown": (
        '[severity]\nTRC004 = "note"',
        'severity.TRC004: expected one of error, warning, info, not "note"',
    ),
    "severity: never": (
        '[severity]\nTRC004 = "never"',
        'severity.TRC004: expected one of error, warning, info, not "never"',
    ),
    "per-path-ignores: list": ("per-path-ignores = []", "per-path-ignores: expected a table, not a list"),
    "per-path-ignores: text": (
        '[per-path-ignores]\n"a/**" = "SES005"',
        'per-path-ignores."a/**": expected a list of ids or prefixes of rules, not "SES005"',
    ),
    "per-path-ignores: unknown rule": (
        '[per-path-ignores]\na = ["ses005"]',
        'per-path-ignores.a: no rule is called "ses005"; did you mean SES005?',
    ),
    "per-path-ignores: backslash": (
        "[per-path-ignores]\n'a\\b' = [\"SES005\"]",
        'per-path-ignores: "a\\\\b" has a backslash: paths are written with forward slashes',
    ),
    "thresholds: unknown": (
        "[thresholds]\nclock-skew = 5",
        'unknown threshold "clock-skew"; did you mean clock-skew-seconds?',
    ),
    "thresholds: text": (
        '[thresholds]\nclock-skew-seconds = "5"',
        'thresholds.clock-skew-seconds: expected a number, not "5"',
    ),
    "thresholds: infinite": (
        "[thresholds]\nclock-skew-seconds = inf",
        "thresholds.clock-skew-seconds: expected a number, not inf",
    ),
    "thresholds: no number": (
        "[thresholds]\nclock-skew-seconds = nan",
        "thresholds.clock-skew-seconds: expected a number, not nan",
    ),
    "thresholds: a date": (
        "[thresholds]\nclock-skew-seconds = 2017-03-26",
        "thresholds.clock-skew-seconds: expected a number, not a date or time",
    ),
    "thresholds: a percentage": (
        "[thresholds]\ngateway-loss-share = 5",
        "thresholds.gateway-loss-share: expected a share from 0 to 1, not 5",
    ),
    "limits: unknown": ("[limits]\nnestin = 5", 'unknown limit "nestin"; did you mean nesting?'),
    "limits: nothing": ("[limits]\nmembers = 0", "limits.members: expected a whole number from 1, not 0"),
    "limits: deeper than can be borne": (
        "[limits]\nnesting = 255",
        "limits.nesting: expected a whole number from 1 to 254, not 255",
    ),
}


def _of_its_file(read: Config) -> dict[str, Any]:
    """What a configuration knows of the file that it was read from."""
    return {"path": read.path, "folder": read.folder, "origins": read.origins}


@pytest.mark.parametrize(("text", "fields"), SOUND.values(), ids=SOUND)
def test_a_file_sets_its_keys_and_leaves_the_others(text: str, fields: dict[str, Any], tmp_path: Path) -> None:
    read = loaded(text, tmp_path)
    assert read._asdict() == {**Config()._asdict(), **fields, **_of_its_file(read)}
    assert read.path == str(tmp_path / "sessionlint.toml")
    assert read.folder == str(tmp_path)


@pytest.mark.parametrize(("text", "message"), WRONG.values(), ids=WRONG)
def test_a_wrong_file_is_told_in_one_line(
    text: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError) as raised:
        loaded(text, tmp_path)
    assert str(raised.value) == f"sessionlint.toml: {message}"


@pytest.mark.parametrize("text", ["select = [", "jobs = 1\njobs = 2", "a = " + "[" * 100_000, "a = '\x1b[31m'", "="])
def test_a_file_that_is_not_toml_is_told_in_one_line(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError) as raised:
        loaded(text, tmp_path)
    assert str(raised.value).startswith("sessionlint.toml: not TOML: ")
    assert str(raised.value).isprintable()


def test_bytes_that_are_no_text_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.toml").write_bytes(b'engine = "\xff"')
    with pytest.raises(ConfigError, match=r"^a\.toml: not TOML: byte 10 is not UTF-8$"):
        config.load("a.toml")


@pytest.mark.parametrize("name", ["nowhere.toml", "a\0b.toml"])
def test_a_file_that_is_named_and_cannot_be_read_is_told(name: str) -> None:
    with pytest.raises(ConfigError, match="cannot be read: "):
        config.load(name)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[project]\nname = 'a'", "there is no table [tool.sessionlint]"),
        ("tool = 1", "there is no table [tool.sessionlint]"),
        ("[tool]\nsessionlint = 1", "tool.sessionlint: expected a table, not 1"),
        ("[tool.sessionlint]\nslect = []", 'unknown key "slect"; did you mean select?'),
    ],
)
def test_a_wrong_pyproject_that_is_named_is_told(
    text: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError) as raised:
        loaded(text, tmp_path, "pyproject.toml")
    assert str(raised.value) == f"pyproject.toml: {message}"


# Which file it is. A repository is a folder `repo` with `.git` in it; the current folder is `repo/a/b`.

SESSIONLINT = 'fail-on = "{}"'
PYPROJECT = '[tool.sessionlint]\nfail-on = "{}"'
OTHER = '[project]\nname = "sessionlint-user"'
FILES: dict[str, tuple[dict[str, str], str]] = {
    "nothing": ({}, DEFAULT),
    "here": ({"repo/a/b/sessionlint.toml": SESSIONLINT}, "sessionlint.toml"),
    "above": ({"repo/a/sessionlint.toml": SESSIONLINT}, "../sessionlint.toml"),
    "the root": ({"repo/sessionlint.toml": SESSIONLINT}, "../../sessionlint.toml"),
    "outside of the repository": ({"sessionlint.toml": SESSIONLINT}, DEFAULT),
    "pyproject": ({"repo/a/b/pyproject.toml": PYPROJECT}, "pyproject.toml"),
    "both": (
        {"repo/a/b/pyproject.toml": PYPROJECT, "repo/a/b/sessionlint.toml": SESSIONLINT},
        "sessionlint.toml",
    ),
    "the nearer": (
        {"repo/a/b/pyproject.toml": PYPROJECT, "repo/a/sessionlint.toml": SESSIONLINT},
        "pyproject.toml",
    ),
    "another's pyproject": (
        {"repo/a/b/pyproject.toml": OTHER, "repo/a/sessionlint.toml": SESSIONLINT},
        "../sessionlint.toml",
    ),
    "a broken pyproject of another": ({"repo/pyproject.toml": "[", "repo/a/pyproject.toml": OTHER}, DEFAULT),
    "a folder of that name": (
        {"repo/a/b/sessionlint.toml/x": "", "repo/a/sessionlint.toml": SESSIONLINT},
        "../sessionlint.toml",
    ),
}


@pytest.mark.parametrize(("files", "origin"), FILES.values(), ids=FILES)
@pytest.mark.parametrize("git", ["folder", "file of a worktree"])
def test_the_nearest_file_up_to_the_repository_is_found(
    files: dict[str, str], origin: str, git: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "repo/a/b").mkdir(parents=True)
    if git == "folder":
        (tmp_path / "repo/.git").mkdir()
    else:
        (tmp_path / "repo/.git").write_text("gitdir: /elsewhere")
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.format("info"))
    monkeypatch.chdir(tmp_path / "repo/a/b")
    found = config.discovered()
    assert found.origins.get("fail-on", DEFAULT) == origin
    assert found.fail_on == ("error" if origin == DEFAULT else "info")
    assert os.path.normpath(os.path.join(os.getcwd(), os.path.dirname(origin))) == os.path.abspath(found.folder)


def test_a_broken_file_that_is_found_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "pyproject.toml").write_text("[tool.sessionlint]\nselect =")
    monkeypatch.chdir(tmp_path / "a")
    with pytest.raises(ConfigError, match=r"^\.\./pyproject\.toml: not TOML: "):
        config.discovered()


def test_a_run_without_a_file_reads_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'a'")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sessionlint.config.parse_bytes", None)
    assert config.discovered() == Config()


# The command line wins over the file.


@pytest.mark.parametrize(
    ("text", "given", "fields", "origins"),
    [
        ("", {}, {}, {}),
        ("", {"select": (), "redact": None, "max_findings": None}, {}, {}),
        ("", {"max_findings": 0}, {"max_findings": 0}, {"max-findings": COMMAND_LINE}),
        ("redact = true", {"redact": False}, {"redact": False}, {"redact": COMMAND_LINE}),
        (
            'fail-on = "info"',
            {"engine": "reference"},
            {"fail_on": "info", "engine": "reference"},
            {"engine": COMMAND_LINE},
        ),
        ('fail-on = "info"', {"fail_on": "error"}, {"fail_on": "error"}, {"fail-on": COMMAND_LINE}),
        (
            'select = ["PNG"]\nignore = ["PNG003"]',
            {"select": ("TRC",)},
            {"select": ("TRC",), "ignore": ()},
            {"select": COMMAND_LINE, "ignore": COMMAND_LINE},
        ),
        (
            'select = ["PNG"]\nignore = ["PNG003"]',
            {"select": ("TRC",), "ignore": ("TRC004",)},
            {"select": ("TRC",), "ignore": ("TRC004",)},
            {"select": COMMAND_LINE, "ignore": COMMAND_LINE},
        ),
        (
            'select = ["PNG"]\nignore = ["PNG003"]',
            {"ignore": ("PNG001",)},
            {"select": ("PNG",), "ignore": ("PNG003", "PNG001")},
            {"ignore": "sessionlint.toml, command line"},
        ),
        (
            'select = ["PNG"]',
            {"ignore": ("PNG001",)},
            {"select": ("PNG",), "ignore": ("PNG001",)},
            {"ignore": COMMAND_LINE},
        ),
    ],
)
def test_the_command_line_wins(
    text: str,
    given: dict[str, Any],
    fields: dict[str, Any],
    origins: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    read = loaded(text, tmp_path)
    assert read.overridden(**given) == read._replace(**fields, origins={**read.origins, **origins})


def test_paths_of_the_file_and_of_the_command_line_have_their_own_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a").mkdir()
    monkeypatch.chdir(tmp_path / "a")
    read = loaded('baseline = "known.toml"', tmp_path)
    assert read.baseline_path is not None
    assert os.path.samefile(os.path.dirname(read.baseline_path), tmp_path)
    given = read.overridden(baseline="other.toml")
    assert given.baseline == "a/other.toml"
    assert given.baseline_path is not None
    assert os.path.samefile(os.path.dirname(given.baseline_path), tmp_path / "a")
    assert Config().overridden(baseline="x/other.toml").baseline_path == os.path.join(".", "x/other.toml")


# What is in force.


def test_what_is_in_force_names_each_value_and_its_origin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = 'fail-on = "info"\n[per-path-ignores]\n"a \\"b\\"/**" = ["SES005"]\n[thresholds]\nround-gap-max-minutes = 30'
    read = loaded(text, tmp_path).overridden(jobs=2)
    lines = config.as_toml(read).splitlines()
    assert lines[:10] == [
        "# select: all but SCH006 and DIA  # default",
        "ignore = []  # default",
        'fail-on = "info"  # sessionlint.toml',
        "exclude = []  # default",
        'foreign = "report"  # default',
        'engine = "fast"  # default',
        "# baseline: none  # default",
        "jobs = 2  # command line",
        "# max-findings: all  # default",
        "redact = false  # default",
    ]
    assert lines[lines.index("[per-path-ignores]") + 1] == '"a \\"b\\"/**" = ["SES005"]  # sessionlint.toml'
    assert "round-gap-max-minutes = 30  # sessionlint.toml" in lines
    assert "clock-skew-seconds = 5  # default" in lines
    assert "nesting = 254  # default" in lines
    assert "[severity]" not in lines


RULES = sorted(registry())
GLOBS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\\!%"), min_size=1).filter(
    lambda glob: glob.strip("/.") != ""
)
SELECTORS = st.lists(st.sampled_from([*RULES, "ALL", "PNG"]), min_size=1, max_size=3).map(tuple)
NUMBERS = st.integers(-(10**12), 10**12) | st.floats(-1e300, 1e300)

CONFIGS = st.builds(
    Config,
    select=st.none() | SELECTORS,
    ignore=SELECTORS | st.just(()),
    fail_on=st.sampled_from(config.FAIL_ON),
    exclude=st.lists(GLOBS, max_size=3).map(tuple),
    foreign=st.sampled_from(config.FOREIGN),
    engine=st.sampled_from(config.ENGINES),
    baseline=st.none() | GLOBS,
    jobs=st.none() | st.integers(1),
    max_findings=st.none() | st.integers(0),
    redact=st.booleans(),
    severity=st.dictionaries(st.sampled_from(RULES), st.sampled_from(["error", "warning", "info"]), max_size=3),
    per_path_ignores=st.dictionaries(GLOBS, SELECTORS, max_size=3),
    thresholds=st.fixed_dictionaries(
        {name: st.floats(0, 1) if name.endswith("-share") else NUMBERS for name in config.thresholds()}
    ),
    limits=st.fixed_dictionaries(
        {name: st.integers(1, 254 if name == "nesting" else None) for name in config.limits()}
    ),
)


@cache
def schema_validator() -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(json.loads(SCHEMA.read_bytes()))


@given(CONFIGS)
def test_what_is_in_force_can_be_pasted_back(before: Config) -> None:
    import tomllib

    text = config.as_toml(before)
    schema_validator().validate(tomllib.loads(text))
    with TemporaryDirectory() as folder:
        path = Path(folder) / config.NAME
        path.write_text(text, encoding="utf-8")
        after = config.load(str(path))
    assert after._replace(**_of_its_file(before)) == before


# The engine's and the linter's names, and the schema for editors, say the same as what reads the file.


def test_the_choices_are_those_of_the_types() -> None:
    assert get_args(EngineName) == config.ENGINES
    assert get_args(Foreign) == config.FOREIGN


def test_a_threshold_of_several_rules_has_one_default() -> None:
    defaults: dict[str, set[float]] = {}
    for rule in registry().values():
        for name, default in rule.thresholds.items():
            defaults.setdefault(name, set()).add(default)
    assert {name: values for name, values in defaults.items() if len(values) > 1} == {}


def schema_as_it_should_be(schema: dict[str, Any]) -> dict[str, Any]:
    rules = registry()
    prefixes = sorted({id.rstrip("0123456789") for id in rules})
    keys = schema["properties"]
    keys["severity"]["properties"] = {
        rule.id: {"description": rule.name, "$ref": "#/$defs/severity"} for rule in rules.values()
    }
    keys["thresholds"]["properties"] = {
        name: {
            "type": "number",
            **({"minimum": 0, "maximum": 1} if name.endswith("-share") else {}),
            "default": default,
        }
        for name, default in config.thresholds().items()
    }
    texts = limit_texts()
    keys["limits"]["properties"] = {
        name: {"description": texts[name], "type": "integer", "minimum": 1, "default": default}
        | ({"maximum": default} if name == "nesting" else {})
        for name, default in config.limits().items()
    }
    schema["$defs"]["selectors"]["items"]["anyOf"][0]["enum"] = ["ALL", *prefixes, *rules]
    return schema


def test_the_schema_knows_the_rules_thresholds_and_limits() -> None:
    """With UPDATE_SCHEMA=1 the file is written anew instead: read the difference."""
    text = SCHEMA.read_text(encoding="utf-8")
    expected = json.dumps(schema_as_it_should_be(json.loads(text)), indent=2, ensure_ascii=False) + "\n"
    if os.environ.get("UPDATE_SCHEMA"):
        SCHEMA.write_text(expected, encoding="utf-8", newline="\n")
        text = expected
    assert text == expected


def test_the_schema_has_the_keys_and_their_defaults() -> None:
    schema = json.loads(SCHEMA.read_bytes())
    jsonschema.Draft202012Validator.check_schema(schema)
    assert list(schema["properties"]) == list(config.READERS)
    defaults = {key: each["default"] for key, each in schema["properties"].items() if "default" in each}
    values = Config()._asdict()
    assert defaults == {
        key: list(v) if isinstance(v := values[key.replace("-", "_")], tuple) else v for key in defaults
    }


@pytest.mark.parametrize("text", [text for text, _ in SOUND.values() if not text.startswith("\ufeff")])
def test_the_schema_accepts_what_is_right(text: str) -> None:
    import tomllib

    schema_validator().validate(tomllib.loads(text))


@pytest.mark.parametrize(
    "name",
    # What another rule package could bring is left open, and TOML's own numbers are not JSON's.
    [
        name
        for name, (_, message) in WRONG.items()
        if "unknown threshold" not in message
        and name
        not in (
            "select: unknown",
            "severity: unknown rule",
            "per-path-ignores: unknown rule",
            "thresholds: infinite",
            "thresholds: no number",
        )
    ],
)
def test_the_schema_refuses_what_is_wrong(name: str) -> None:
    import tomllib

    with pytest.raises(jsonschema.ValidationError):
        schema_validator().validate(tomllib.loads(WRONG[name][0]))


# What the engine makes of it.


@pytest.mark.parametrize(
    ("rule", "payload", "configured", "severity"),
    [
        # A warning by itself; an error when more than twice as many came back.
        ("PNG003", at("network/ping/pktsReceived", 11), None, "warning"),
        ("PNG003", at("network/ping/pktsReceived", 11), "info", "info"),
        ("PNG003", at("network/ping/pktsReceived", 11), "error", "error"),
        ("PNG003", at("network/ping/pktsReceived", 99), None, "error"),
        ("PNG003", at("network/ping/pktsReceived", 99), "info", "info"),
        ("PNG003", at("network/ping/pktsReceived", 99), "warning", "warning"),
        # An error by itself; a warning when the status is 0.
        ("PAG001", at("pages/0/responseCode", 0), None, "warning"),
        ("PAG001", at("pages/0/responseCode", 0), "error", "warning"),
        ("PAG001", at("pages/0/responseCode", 0), "warning", "warning"),
        ("PAG001", at("pages/0/responseCode", 0), "info", "info"),
        ("PAG001", at("pages/0/responseCode", 7), "warning", "warning"),
        ("PAG001", at("pages/0/responseCode", 7), "error", "error"),
    ],
)
def test_a_configured_severity_is_the_worst_that_a_rule_has(
    rule: str, payload: Any, configured: Severity | None, severity: str
) -> None:
    report = sessionlint.check(payload, severities={rule: configured} if configured else {})
    assert [(finding.rule, finding.severity) for finding in report.findings] == [(rule, severity)]


LATE = at("committed", "2017-03-26 11:58:33", at("numberOfPages", 0, at("pages", [])))
"""Ten seconds before `date`: beyond the clock skew that is tolerated by default."""


@pytest.mark.parametrize(
    ("options", "rules"),
    [
        ({}, ["SES003"]),
        ({"thresholds": {"clock-skew-seconds": 10}}, []),
        ({"thresholds": {"clock-skew-seconds": 9.5}}, ["SES003"]),
        ({"config": "[thresholds]\nclock-skew-seconds = 10"}, []),
        ({"config": "[thresholds]\nclock-skew-seconds = 10", "thresholds": {"clock-skew-seconds": 1}}, ["SES003"]),
        ({"config": 'ignore = ["SES"]'}, []),
        ({"config": 'ignore = ["SES"]', "select": ["SES"]}, ["SES003"]),
        ({"config": 'select = ["SES"]', "ignore": ["SES003"]}, []),
        ({"config": 'exclude = ["captures"]'}, []),
        ({"config": '[per-path-ignores]\n"captures/**" = ["SES003"]'}, []),
        ({"config": '[per-path-ignores]\n"captures/**" = ["SES004", "TRC"]'}, ["SES003"]),
        ({"config": '[per-path-ignores]\n"others/**" = ["ALL"]'}, ["SES003"]),
        ({"config": "[limits]\ndocument-bytes = 10"}, ["CAP015"]),
    ],
)
def test_the_library_goes_by_its_arguments_then_by_the_file(
    options: dict[str, Any], rules: list[str], tmp_path: Path
) -> None:
    path = tmp_path / "captures" / "a.json"
    path.parent.mkdir()
    path.write_text(json.dumps(LATE))
    if "config" in options:
        (tmp_path / "sessionlint.toml").write_text(options["config"])
        options = options | {"config": tmp_path / "sessionlint.toml"}
    assert [finding.rule for finding in sessionlint.check(path, **options).findings] == rules


def test_the_library_looks_for_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sessionlint.toml").write_text("not TOML")
    monkeypatch.chdir(tmp_path)
    assert [finding.rule for finding in sessionlint.check(LATE).findings] == ["SES003"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"thresholds": {"clock-skew": 1}}, 'unknown threshold "clock-skew"; did you mean clock-skew-seconds?'),
        ({"thresholds": {"clock-skew-seconds": "1"}}, 'thresholds.clock-skew-seconds: expected a number, not "1"'),
        ({"severities": {"trc004": "info"}}, 'severities: no rule is called "trc004"; did you mean TRC004?'),
        (
            {"severities": {"TRC004": "note"}},
            'severities.TRC004: expected one of error, warning, info, not "note"',
        ),
    ],
)
def test_a_wrong_argument_is_told(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError) as raised:
        sessionlint.check({}, **options)
    assert str(raised.value) == message
