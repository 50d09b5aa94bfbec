"""The pages for users: what is shown in them works, and prints what they say.

In README.md and docs/, in the order of a page, in a folder that holds the examples as ``examples/`` and ``captures/``:

- a fenced block whose language is followed by a name is that file: it is written, and read by what will read it;
- in a ``console`` block, ``$`` starts a command, which bash runs, and below it stands what it prints on both streams;
  a line ``...`` stands for any lines. A command may end with status 0 or 1; another is shown by ``echo $?``.

With UPDATE_SCENARIOS=1 what commands print is written anew instead, where it is shown whole: read the difference.
Other blocks can be parsed. Links lead to files and headings that are there.
"""

import json
import os
import re
import shutil
import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import junitparser
import pytest
from check_jsonschema.builtin_schemas import get_builtin_schema  # type: ignore[import-untyped]  # it has no types
from click.testing import CliRunner
from jsonschema import Draft7Validator
from lxml import etree
from pre_commit.clientlib import load_config  # type: ignore[import-untyped]  # it has no types
from ruamel.yaml import YAML

from sessionlint import baseline, config
from sessionlint.cli import cli
from sessionlint.rule import registry
from sessionlint.rule_page import page_of
from support import EXAMPLES, ROOT, limit_texts
from support_action import ACTION, run_action
from support_shell import bash, command_in, run_script

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
LINKING = [*PAGES, ROOT / "schema" / "README.md", ROOT / "benchmarks" / "README.md"]

BLOCK = re.compile(
    r"^(?P<indent> *)```(?P<language>\w+)(?: (?P<name>\S+))?\n(?P<body>.*?)^ *```$", re.MULTILINE | re.DOTALL
)
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")

named = pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)


class Block(NamedTuple):
    """A fenced block."""

    language: str
    name: str | None
    body: str


def blocks(page: Path) -> list[Block]:
    """The fenced blocks of a page, without their indentation."""
    return [
        Block(match["language"], match["name"], re.sub(f"^{match['indent']}", "", match["body"], flags=re.MULTILINE))
        for match in BLOCK.finditer(page.read_text(encoding="utf-8"))
    ]


def yaml(text: str) -> Any:
    """What a YAML text holds, read strictly."""
    return YAML(typ="safe").load(text)


def search_path(folder: Path) -> str:
    """PATH, on which commands in a folder come first."""
    return f"{folder}{os.pathsep}{os.environ['PATH']}"


def is_workflow(path: Path) -> None:
    """A workflow is as its schema says, and what it gives to the action works."""
    workflow = yaml(path.read_text(encoding="utf-8"))
    Draft7Validator(get_builtin_schema("vendor.github-workflows")).validate(workflow)
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    (ours,) = [step for step in steps if "/sessionlint@" in step.get("uses", "")]
    folder = path.parent.parent.parent
    ran = run_action(folder, ours["with"], {"install": {"command": str(command_in(folder.parent / "bin"))}})
    assert (ran.status, ran.errors) == (1, "")
    (uploaded,) = [step["with"]["sarif_file"] for step in steps if "upload-sarif" in step.get("uses", "")]
    assert json.loads((folder / uploaded).read_bytes())["runs"][0]["results"]


def is_gitlab(path: Path) -> None:
    """A pipeline of GitLab's is as its schema says, its last command works, and its report is there."""
    pipeline = yaml(path.read_text(encoding="utf-8"))
    Draft7Validator(get_builtin_schema("vendor.gitlab-ci")).validate(pipeline)
    (job,) = pipeline.values()
    command = command_in(path.parent.parent / "bin")
    assert run_script(job["script"][-1], path.parent, {"PATH": search_path(command.parent)}).returncode == 1
    assert junitparser.JUnitXml.fromfile(str(path.parent / job["artifacts"]["reports"]["junit"])).failures


def is_pre_commit(path: Path) -> None:
    """A configuration of pre-commit is read by it, asks for hooks that there are, and gives each its own files."""
    hooks = {hook["id"] for hook in yaml((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))}
    (repository,) = load_config(str(path))["repos"]
    assert {hook["id"] for hook in repository["hooks"]} <= hooks
    files, folder = repository["hooks"]
    assert files["exclude"] == folder["files"]


def is_settings(path: Path) -> None:
    """VS Code's settings name schemas that are there."""
    settings = json.loads(path.read_text(encoding="utf-8"))
    schemas = [each["url"] for each in settings["json.schemas"]]
    schemas += [each["systemId"] for each in settings["xml.fileAssociations"]]
    assert schemas
    assert all((path.parent.parent / schema).is_file() for schema in schemas)


READERS: dict[str, Callable[[Path], object]] = {
    "sessionlint.toml": lambda path: config.load(str(path)),
    "pyproject.toml": lambda path: config.load(str(path)),
    "sessionlint-baseline.toml": lambda path: baseline.read(str(path), str(path.parent), registry()),
    ".pre-commit-config.yaml": is_pre_commit,
    ".gitlab-ci.yml": is_gitlab,
    ".github/workflows/captures.yml": is_workflow,
    ".vscode/settings.json": is_settings,
}
"""By file: what reads it, and fails if it cannot."""


def written(block: Block, folder: Path) -> None:
    """Writes a block that is a file, and has it read."""
    assert block.name
    path = folder / block.name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(block.body, encoding="utf-8", newline="\n")
    if block.name in READERS:
        READERS[block.name](path)


def replayed(body: str, folder: Path, environment: dict[str, str]) -> str:
    """A console block with what its commands print now, where that is not what it says."""
    shown = []
    status = 0
    for part in re.split(r"^(?=\$ )", body, flags=re.MULTILINE):
        if not part:
            continue
        line, _, expected = part.partition("\n")
        assert line.startswith("$ "), "a block of commands starts with one"
        # Each has a shell of its own, which knows how the last one ended.
        done = run_script(f"set +e\n(exit {status})\n{line[2:]}", folder, environment, stderr=subprocess.STDOUT)
        status = done.returncode
        assert status in (0, 1) or "echo $?" in body, f"{line}\n{done.stdout}"
        printed = re.sub(r'("seconds": ?)[0-9.e-]+', r"\g<1>0", done.stdout)
        pattern = r"(?:.*\n)*?".join(map(re.escape, re.split(r"^\.\.\.\n", expected, flags=re.MULTILINE)))
        separator = "\n" if printed.endswith("\n") and expected.endswith("\n\n") else ""
        matches = re.fullmatch(pattern, printed + separator)
        shown.append(f"{line}\n{expected if matches else printed + separator}")
    return "".join(shown)


@named
def test_a_page_shows_what_happens(page: Path, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    for name in ("examples", "captures"):
        shutil.copytree(EXAMPLES, folder / name)
    (folder / ".git").mkdir()
    command = command_in(tmp_path / "bin")
    environment = {"PATH": search_path(command.parent), "HOME": str(tmp_path / "home")}
    (tmp_path / "home").mkdir()
    for block in blocks(page):
        if block.name:
            written(block, folder)
        elif block.language == "console":
            printed = replayed(block.body, folder, environment)
            if os.environ.get("UPDATE_SCENARIOS") and printed != block.body:
                text = page.read_text(encoding="utf-8").replace(block.body, printed)
                page.write_text(text, encoding="utf-8", newline="\n")
            assert printed == block.body


def parse_shell(text: str) -> None:
    """Fails if a text is no script."""
    subprocess.run([bash(), "-n"], input=text, encoding="utf-8", check=True)


PARSERS: dict[str, Callable[[str], object]] = {
    "json": json.loads,
    "sh": parse_shell,
    "toml": tomllib.loads,
    "yaml": yaml,
    "xml": etree.fromstring,
    "python": lambda text: compile(text, "a page", "exec"),
}
"""By language: what reads a block that is no file, and fails if it cannot."""


PRINTED = ("console", "text")
"""Languages of blocks that show what commands print: here, in .ci/run and in test_docs_python.py they are run."""


@named
def test_every_block_is_read(page: Path) -> None:
    for block in blocks(page):
        if not block.name and block.language not in PRINTED:
            PARSERS[block.language](block.body)


def anchors(page: Path) -> set[str]:
    """The headings of a page as GitHub names them."""
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", LINKING, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    for link in LINK.findall(page.read_text(encoding="utf-8")):
        target, _, anchor = link.partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        path = (page.parent / target).resolve() if target else page
        assert path.exists(), link
        assert not anchor or anchor in anchors(path), link


def test_the_index_names_every_page() -> None:
    index = ROOT / "docs" / "README.md"
    linked = set(LINK.findall(index.read_text(encoding="utf-8")))
    assert {page.name for page in PAGES[1:]} - {"README.md"} <= linked


def table(page: Path, heading: str) -> list[list[str]]:
    """The rows of the first table below a heading."""
    text = page.read_text(encoding="utf-8").partition(f"## {heading}\n")[2]
    lines = re.search(r"(?:^\|.*\n)+", text, re.MULTILINE)
    assert lines, heading
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in lines[0].splitlines()[2:]]


def test_the_inputs_of_the_action_are_told() -> None:
    rows = table(ROOT / "docs" / "ci.md", "GitHub")
    assert [name.strip("`") for name, *_ in rows] == list(ACTION["inputs"])


def test_every_key_of_the_configuration_is_told() -> None:
    rows = table(ROOT / "docs" / "configuration.md", "Keys")
    schema = json.loads((ROOT / "validator" / "sessionlint" / "config.schema.json").read_bytes())
    keys = schema["properties"]
    assert [key.strip("`") for key, *_ in rows] == list(keys)
    told = {key.strip("`"): default for key, default, _ in rows if default.startswith("`")}
    assert told == {key: f"`{json.dumps(each['default'])}`" for key, each in keys.items() if "default" in each}


def test_every_threshold_is_told() -> None:
    rows = table(ROOT / "docs" / "configuration.md", "Thresholds")
    rules = registry().values()
    assert rows == [
        [f"`{name}`", f"{default:g}", ", ".join(rule.id for rule in rules if name in rule.thresholds)]
        for name, default in config.thresholds().items()
    ]


def test_every_limit_is_told() -> None:
    rows = table(ROOT / "docs" / "configuration.md", "Limits")
    assert [[name.strip("`"), int(default.replace(",", "")), text] for name, default, text in rows] == [
        [name, config.limits()[name], text] for name, text in limit_texts().items()
    ]
    why = page_of(registry()["CAP015"]).why
    assert all(f"`{name}`" in why for name in config.limits())


@pytest.mark.parametrize("command", ["check", "triage", "share"])
def test_the_help_tells_of_patterns(command: str) -> None:
    helped = CliRunner().invoke(cli, [command, "--help"]).output
    assert "* ? and [abc] stand for characters of a name, and ** for any folders" in " ".join(helped.split())


SHELLS = {
    "bash": "complete -o nosort -F _sessionlint_completion sessionlint",
    "zsh": "compdef _sessionlint_completion sessionlint",
    "fish": "complete --no-files --command sessionlint",
}


@pytest.mark.parametrize(("shell", "told"), SHELLS.items())
def test_a_shell_gets_a_completion_that_it_understands(shell: str, told: str, tmp_path: Path) -> None:
    command = command_in(tmp_path)
    environment = {"PATH": search_path(command.parent)}
    done = run_script(f"_SESSIONLINT_COMPLETE={shell}_source sessionlint", tmp_path, environment)
    assert told in done.stdout
    if shutil.which(shell):
        subprocess.run([shell, "-n"], input=done.stdout, encoding="utf-8", check=True)


@pytest.mark.parametrize(
    ("line", "completed"),
    [
        ("sessionlint ch", ["plain,check"]),
        ("sessionlint check captures/a", ["file,captures/a"]),
        ("sessionlint check --fail-on w", ["plain,warning"]),
        ("sessionlint explain png00", [f"plain,PNG00{number}" for number in range(1, 10)]),
        ("sessionlint check --select PNG003,net", ["plain,PNG003,NET001"]),
        ("sessionlint check --config se", ["file,se"]),
        ("sessionlint share captures/a", ["file,captures/a"]),
        ("sessionlint share captures -o safe", ["file,safe"]),
        ("sessionlint share --key-file ke", ["file,ke"]),
        ("sessionlint share --files-from li", ["file,li"]),
        ("sessionlint extract captures/a", ["file,captures/a"]),
        ("sessionlint check -o json", ["plain,json=", "plain,jsonl="]),
        ("sessionlint triage --output h", ["plain,html=", "plain,html=captures/", "plain,html=sessionlint"]),
        ("sessionlint triage -o sarif", [""]),
        ("sessionlint check -o sarif=captures/", ["plain,sarif=captures/a.sarif", "plain,sarif=captures/b/"]),
        ("sessionlint check -o sarif = captures/", ["file,captures/"]),  # as bash parts it
        ("sessionlint check -o yaml=captures/", [""]),
    ],
)
def test_what_a_shell_completes(line: str, completed: list[str], tmp_path: Path) -> None:
    command = command_in(tmp_path)
    (tmp_path / "captures" / "b").mkdir(parents=True)
    (tmp_path / "captures" / "a.sarif").touch()
    environment = {
        "PATH": search_path(command.parent),
        "COMP_WORDS": line,
        "COMP_CWORD": str(line.count(" ")),
        "_SESSIONLINT_COMPLETE": "bash_complete",
    }
    done = run_script("sessionlint", tmp_path, environment)
    assert (done.returncode, done.stdout.splitlines()) == (0, completed)
