"""Runs action.yml as GitHub's runner runs a composite action; as a program, with its installation too."""

import re
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

from ruamel.yaml import YAML

from support import EXAMPLES, ROOT
from support_shell import run_script

ACTION: dict[str, Any] = YAML(typ="safe").load(ROOT / "action.yml")

_EXPRESSION = re.compile(r"\$\{\{ (inputs\.([\w-]+)|steps\.(\w+)\.outputs\.(\w+)) \}\}")


class Ran(NamedTuple):
    """What came of a run of the action."""

    status: int
    log: str
    """What the last step printed on standard output."""
    errors: str
    summary: str
    """The job summary, Markdown."""
    outputs: dict[str, dict[str, str]]
    """By step."""


def run_action(
    workspace: Path, inputs: dict[str, str] | None = None, outputs: dict[str, dict[str, str]] | None = None
) -> Ran:
    """Runs the steps until one fails, in a workspace; those that have ``outputs`` already are not run."""
    assert set(inputs or {}) <= set(ACTION["inputs"])
    given = {name: each["default"] for name, each in ACTION["inputs"].items()} | (inputs or {})
    known = dict(outputs or {})
    with tempfile.TemporaryDirectory() as temporary:
        files = {name: Path(temporary) / name for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
        runner = {"RUNNER_TEMP": temporary, "GITHUB_ACTION_PATH": str(ROOT), "CI": "true"}
        for step in ACTION["runs"]["steps"]:
            if step["id"] in known:
                continue
            for file in files.values():
                file.write_bytes(b"")

            def value(match: re.Match[str]) -> str:
                _, input, step_id, output = match.groups()
                return given[input] if input else known[step_id][output]

            environment = {name: _EXPRESSION.sub(value, text) for name, text in step.get("env", {}).items()}
            assert "${{" not in "".join(environment.values())
            environment |= runner | {name: str(file) for name, file in files.items()}
            done = run_script(step["run"], workspace, environment)
            lines = files["GITHUB_OUTPUT"].read_text(encoding="utf-8").splitlines()
            known[step["id"]] = dict(line.split("=", 1) for line in lines)
            summary = files["GITHUB_STEP_SUMMARY"].read_text(encoding="utf-8")
            if done.returncode:
                break
        return Ran(done.returncode, done.stdout, done.stderr, summary, known)


def main() -> None:
    """Installs and runs the action on the examples."""
    with tempfile.TemporaryDirectory() as workspace:
        shutil.copytree(EXAMPLES, Path(workspace) / "captures")
        ran = run_action(Path(workspace), {"paths": "captures"})
        print(ran.log, ran.errors, sep="", end="")
        if ran.status != 1 or "::error file=captures/cpu-in-percent.json," not in ran.log:
            sys.exit(f"the action ended with {ran.status}: the examples hold errors")


if __name__ == "__main__":
    main()
