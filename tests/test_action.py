"""The GitHub action: its steps run as on a runner, save for the installation."""

import json
import re
import shutil
from pathlib import Path

import junitparser
import pytest
from check_jsonschema.builtin_schemas import get_builtin_schema  # type: ignore[import-untyped]  # it has no types
from jsonschema import Draft7Validator
from packaging.requirements import Requirement
from ruamel.yaml import YAML

from support import EXAMPLES, ROOT
from support_action import ACTION, Ran, run_action
from support_shell import command_in


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A checkout that holds the examples as captures/."""
    shutil.copytree(EXAMPLES, tmp_path / "workspace" / "captures")
    return tmp_path / "workspace"


def run(workspace: Path, **inputs: str) -> Ran:
    """The action, installed already."""
    command = command_in(workspace.parent / "bin")
    named = {name.replace("_", "-"): value for name, value in inputs.items()}
    return run_action(workspace, named, {"install": {"command": str(command)}})


@pytest.mark.parametrize(
    ("inputs", "status", "told"),
    [
        ({"paths": "captures/sound.json"}, 0, set()),
        ({"paths": "captures/cpu-in-percent.json"}, 1, {"SYS001"}),
        ({"paths": "captures/sound.json\ncaptures/cpu-in-percent.json\n"}, 1, {"SYS001"}),
        ({"paths": "captures/cpu*.json"}, 1, {"SYS001"}),
        ({"paths": "captures/cpu-in-percent.json", "fail_on": "never"}, 0, {"SYS001"}),
        ({"paths": "captures/documentation.json"}, 0, {"SES004", "SYS007", "TRC004", "PAG004"}),
        ({"paths": "captures/documentation.json", "fail_on": "warning"}, 1, {"SES004", "SYS007", "TRC004", "PAG004"}),
        ({"paths": "captures/cpu-in-percent.json", "config": "ci.toml"}, 0, set()),
        ({"paths": "captures/cpu-in-percent.json", "baseline": "known.toml"}, 0, set()),
        ({"paths": "with spaces"}, 1, {"SYS001"}),
        ({}, 1, {"SYS001", "CAP003", "CAP004"}),
    ],
)
def test_findings_are_annotations(workspace: Path, inputs: dict[str, str], status: int, told: set[str]) -> None:
    (workspace / "with spaces").mkdir()
    shutil.copy(EXAMPLES / "cpu-in-percent.json", workspace / "with spaces")
    (workspace / "ci.toml").write_text('ignore = ["SYS"]')
    (workspace / "known.toml").write_text(
        '[[finding]]\nrule = "SYS001"\naddress = "captures/cpu-in-percent.json!/**"\n'
    )
    ran = run(workspace, **inputs)
    assert (ran.status, ran.errors) == (status, "")
    assert ran.outputs["check"] == {"status": str(status)}
    rules = set(re.findall(r"^::(?:error|warning|notice) .*title=sessionlint (\w+) ", ran.log, re.MULTILINE))
    assert rules == told if inputs else rules >= told
    assert ran.summary.startswith("## sessionlint: ")
    assert all(f"| {rule} |" in ran.summary for rule in told)


def test_reports_are_written(workspace: Path) -> None:
    ran = run(workspace, sarif_file="out.sarif", junit_file="out.xml", paths="captures")
    assert ran.status == 1
    results = json.loads((workspace / "out.sarif").read_bytes())["runs"][0]["results"]
    assert {"SYS001", "CAP003"} <= {result["ruleId"] for result in results}
    assert junitparser.JUnitXml.fromfile(str(workspace / "out.xml")).failures > 5
    assert sorted(path.name for path in workspace.iterdir()) == ["captures", "out.sarif", "out.xml"]


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"paths": "no-such-folder"}, "sessionlint: no-such-folder: no such file or folder"),
        ({"config": "no.toml"}, "sessionlint: no.toml: cannot be read: no such file or directory"),
        ({"sarif_file": "no/out.sarif"}, "sessionlint: cannot write no/out.sarif: no such file or directory"),
        (
            {"fail_on": "errors"},
            "sessionlint: Invalid value for '--fail-on': 'errors' is not one of 'error', 'warning', 'info', 'never'.",
        ),
    ],
    ids=str,
)
def test_what_is_wrong_with_an_input_is_told(workspace: Path, inputs: dict[str, str], message: str) -> None:
    ran = run(workspace, **inputs)
    assert (ran.status, ran.log, ran.errors.strip(), ran.summary) == (2, "", message, "")


@pytest.mark.parametrize("paths", ["", "empty"])
def test_a_step_that_finds_nothing_to_check_says_why_it_fails(paths: str, workspace: Path) -> None:
    (workspace / "empty").mkdir()
    ran = run(workspace, paths=paths)
    assert ran.outputs["check"] == {"status": "3"}
    assert (ran.status, ran.log, ran.errors) == (3, "", "sessionlint: nothing to check: no payload\n")
    assert ran.summary.startswith("## sessionlint: nothing to check\n")


@pytest.mark.parametrize("name", ACTION["inputs"])
@pytest.mark.parametrize("hostile", ["$(touch pwned)", "`touch pwned`", '"; touch pwned; "', "--version", "'\n%s\\"])
def test_no_input_is_a_command(workspace: Path, name: str, hostile: str) -> None:
    before = sorted(workspace.iterdir())
    ran = run(workspace, **{"paths": "captures/sound.json", name.replace("-", "_"): hostile})
    written = [path for path in workspace.iterdir() if path not in before]
    assert [path.name for path in written] in ([], [hostile])
    assert ran.status == (0 if written else 2)


def test_scripts_hold_no_expression() -> None:
    for step in ACTION["runs"]["steps"]:
        assert "${{" not in step["run"]
        assert "uses" not in step


def test_python_runs_no_module_of_the_workspace() -> None:
    options = [re.findall(r'python" (-\w)', step["run"]) for step in ACTION["runs"]["steps"]]
    assert options == [["-I", "-I", "-I"], []]


@pytest.mark.parametrize(
    ("path", "schema"),
    [
        ("action.yml", "vendor.github-actions"),
        (".github/workflows/ci.yml", "vendor.github-workflows"),
        (".github/workflows/fuzz.yml", "vendor.github-workflows"),
        (".github/dependabot.yml", "vendor.dependabot"),
    ],
)
def test_a_file_for_github_is_as_its_schema_says(path: str, schema: str) -> None:
    Draft7Validator(get_builtin_schema(schema)).validate(YAML(typ="safe").load(ROOT / path))


def test_everything_that_is_installed_is_pinned() -> None:
    import tomllib

    text = (ROOT / ".github" / "action" / "requirements.txt").read_text(encoding="utf-8")
    pinned = dict(re.findall(r"^([a-z0-9-]+)==(\S+).*\\\n +--hash=sha256:", text, re.MULTILINE))
    assert len(pinned) == len(re.findall(r"^[a-z]", text, re.MULTILINE))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    for wanted in map(Requirement, [*project["project"]["dependencies"], *project["build-system"]["requires"]]):
        version = pinned[wanted.name.replace(".", "-")]
        assert wanted.specifier.contains(version), f"{wanted.name} is out of date: see the head of requirements.txt"
