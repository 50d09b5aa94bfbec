"""The hooks of pre-commit: their own command lines, on file names as pre-commit passes them."""

import json
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from support import EXAMPLES, ROOT
from support_shell import SESSIONLINT

HOOKS: dict[str, dict[str, Any]] = {hook["id"]: hook for hook in YAML(typ="safe").load(ROOT / ".pre-commit-hooks.yaml")}


def run(hook: str, folder: Path, *arguments: str) -> tuple[int, list[str]]:
    """A hook's status, and the rules of the findings that it prints."""
    command, *own = shlex.split(HOOKS[hook]["entry"])
    assert command == "sessionlint"
    done = subprocess.run(
        [*SESSIONLINT, *own, "--format=jsonl", *arguments],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.stderr == ""
    return done.returncode, [json.loads(line)["rule"] for line in done.stdout.splitlines()]


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Captures among the files that any repository has, and a configuration."""
    shutil.copytree(EXAMPLES, tmp_path / "captures")
    for name in ("old.json", "legacy/old.json"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(EXAMPLES / "cpu-in-percent.json", tmp_path / name)
    (tmp_path / "package.json").write_text('{"name": "left-pad", "version": "1.3.0"}')
    (tmp_path / "tsconfig.json").write_text('{\n  // a comment\n  "compilerOptions": {},\n}\n')
    (tmp_path / "logo.svg").write_text(
        '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd"><svg/>'
    )
    (tmp_path / "wrong").mkdir()
    (tmp_path / "wrong" / "empty.json").write_text("")
    (tmp_path / "wrong" / "missing.json").write_text('{"error": "Not Found"}')
    (tmp_path / "wrong" / "page.xhtml").write_text('<html xmlns="http://www.w3.org/1999/xhtml"><body/></html>')
    (tmp_path / "sessionlint.toml").write_text('exclude = ["old.json"]\n[per-path-ignores]\n"legacy/**" = ["SYS001"]\n')
    return tmp_path


@pytest.mark.parametrize(
    ("names", "status", "rules"),
    [
        (["captures/sound.json", "captures/sound.xml"], 0, []),
        (["captures/sound.json", "captures/cpu-in-percent.json"], 1, ["SYS001"]),
        (["package.json"], 0, []),
        (["package.json", "tsconfig.json", "logo.svg"], 0, []),
        (["package.json", "captures/drifted.xml"], 1, ["SES012", "SCH002", "SES008", "SCH004"]),
        (["captures/login-page.json"], 1, ["CAP009"]),
        (["captures/documentation.json"], 0, ["SES004", "SYS007", "TRC004", "PAG004"]),
        # What is saved in a response's place when something goes wrong is told: docs/pre-commit.md says so.
        (["wrong/empty.json", "wrong/missing.json", "wrong/page.xhtml"], 1, ["CAP002", "CAP008", "CAP009"]),
        (["old.json"], 0, []),
        (["legacy/old.json"], 0, []),
        (["old.json", "legacy/old.json", "captures/cpu-in-percent.json"], 1, ["SYS001"]),
    ],
    ids=str,
)
def test_the_hook_of_files(repository: Path, names: list[str], status: int, rules: list[str]) -> None:
    assert run("sessionlint", repository, *names) == (status, rules)


@pytest.mark.parametrize(
    ("arguments", "status", "rules"),
    [
        (["captures", "--select=SYS001,CAP009"], 1, ["SYS001", "CAP009"]),
        (["--select=SYS001"], 1, ["SYS001"]),
        (["legacy"], 0, []),
        (["empty"], 0, []),
    ],
    ids=str,
)
def test_the_hook_of_a_folder(repository: Path, arguments: list[str], status: int, rules: list[str]) -> None:
    (repository / "empty").mkdir()
    assert run("sessionlint-folder", repository, *arguments) == (status, rules)


def test_what_pre_commit_hands_over() -> None:
    assert HOOKS["sessionlint"]["types_or"] == ["json", "xml"]
    assert HOOKS["sessionlint-folder"]["pass_filenames"] is False
    assert {hook["language"] for hook in HOOKS.values()} == {"python"}
