"""Each text file in scenarios/ is a session at the command line: files, commands, what they print.

``--- NAME`` starts a file (``\\xNN`` and the like in a name's line ending with ``bytes`` are escapes), ``---``
ends it; ``$`` starts a command, the lines below are what it prints on both streams, and ``? N`` is its
exit status. The folder holds the examples as ``examples/``. With UPDATE_SCENARIOS=1 the files are
written anew instead: read the difference.
"""

import json
import os
import re
import shlex
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest

from support import copy_examples

SCENARIOS = sorted((Path(__file__).parent / "scenarios").glob("*.txt"))


def run(command: str, folder: Path) -> str:
    """What a command prints, and its exit status as the last line; times are written as 0."""
    name, *arguments = shlex.split(command)
    assert name == "sessionlint"
    environment = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "FORCE_COLOR")}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "sessionlint", *arguments],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    printed = re.sub(r'("seconds": ?)[0-9.e-]+', r"\g<1>0", done.stdout.decode("utf-8"))
    ending = "" if printed.endswith("\n") or not printed else "\n"
    return f"$ {command}\n{printed}{ending}? {done.returncode}\n"


def replayed(text: str, folder: Path) -> str:
    """The scenario with what its commands print now."""
    out: list[str] = []
    name = ""
    content: list[str] = []
    skipping = False
    for line in text.splitlines():
        if skipping:
            skipping = not line.startswith("? ")
        elif name:
            if line == "---":
                path = folder / name.removesuffix(" bytes")
                path.parent.mkdir(parents=True, exist_ok=True)
                body = "\n".join(content)
                is_escaped = name.endswith(" bytes")
                path.write_bytes(
                    body.encode().decode("unicode_escape").encode("latin-1") if is_escaped else body.encode()
                )
                name, content = "", []
            else:
                content.append(line)
            out.append(line + "\n")
        elif line.startswith("--- "):
            name = line[4:]
            out.append(line + "\n")
        elif line.startswith("$ "):
            out.append(run(line[2:], folder))
            skipping = True
        else:
            out.append(line + "\n")
    return "".join(out)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda path: path.stem)
def test_a_scenario_prints_what_it_says(scenario: Path, tmp_path: Path) -> None:
    copy_examples(tmp_path)
    expected = scenario.read_text(encoding="utf-8")
    printed = replayed(expected, tmp_path)
    if os.environ.get("UPDATE_SCENARIOS"):
        scenario.write_text(printed, encoding="utf-8", newline="\n")
    assert printed == expected


FINDINGS = json.loads(files("sessionlint.report").joinpath("findings.schema.json").read_bytes())
"""The JSON Schema that is published for programs that read findings."""

DOCUMENT = re.compile(r"^\$ sessionlint check .*--format json .*\n((?:.*\n)+?)\? ", re.MULTILINE)
LINES = re.compile(r"^\$ sessionlint check .*--format jsonl .*\n((?:\{.*\n)+)", re.MULTILINE)


def test_json_in_a_scenario_is_as_its_schema_says() -> None:
    document = jsonschema.Draft202012Validator(FINDINGS)
    finding = jsonschema.Draft202012Validator({"$ref": "#/$defs/finding", "$defs": FINDINGS["$defs"]})
    texts = [path.read_text(encoding="utf-8") for path in SCENARIOS]
    documents = [printed for text in texts for printed in DOCUMENT.findall(text)]
    lines = [line for text in texts for printed in LINES.findall(text) for line in printed.splitlines()]
    assert len(documents) > 1
    assert len(lines) > 5
    for printed in documents:
        document.validate(json.loads(printed))
    for line in lines:
        finding.validate(json.loads(line))


def test_there_are_scenarios() -> None:
    assert len(SCENARIOS) > 5
