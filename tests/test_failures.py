"""What cannot be done ends with status 2 and one line, and leaves no half of a file."""

import json
import os
import shlex
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from support import EXAMPLES
from support_shell import SESSIONLINT, run_script

COMMANDS = {
    "check": ["check", "examples"],
    "check sarif": ["check", "-f", "sarif", "examples"],
    "triage": ["triage", "examples"],
    "rules": ["rules"],
    "explain": ["explain", "PNG003"],
    "schema": ["schema", "xsd"],
    "config": ["config"],
    "extract": ["extract", "examples/sound.json!"],
    "help": ["check", "--help"],
    "version": ["--version"],
}
"""Each prints something."""

FULL = Path("/dev/full")
"""A disk without room, where a system has one."""


def run(folder: Path, *arguments: str, stdout: int | None = subprocess.PIPE) -> tuple[int, str, str]:
    """Status, standard output and standard error."""
    done = subprocess.run(
        [*SESSIONLINT, *arguments],
        cwd=folder,
        stdout=stdout,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        encoding="utf-8",
        check=False,
    )
    return done.returncode, done.stdout or "", done.stderr


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the examples, and a report of yesterday."""
    shutil.copytree(EXAMPLES, tmp_path / "examples")
    (tmp_path / "report").write_text("yesterday's")
    return tmp_path


def files(folder: Path) -> dict[str, str]:
    """What is in a folder, apart from the examples."""
    return {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir() if path.is_file()}


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_output_that_does_not_fit(command: list[str], folder: Path) -> None:
    if FULL.is_char_device():
        with FULL.open("w") as full:
            status, _, told = run(folder, *command, stdout=full.fileno())
        assert (status, told) == (2, "sessionlint: cannot write standard output: no space left on device\n")
    else:  # a stream that only reads refuses as a full disk does
        with (folder / "report").open() as readable:
            status, _, told = run(folder, *command, stdout=readable.fileno())
        assert status == 2
        assert told.startswith("sessionlint: cannot write standard output: ")
        assert told.count("\n") == 1
    assert files(folder) == {"report": "yesterday's"}


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_nobody_reads(command: list[str], folder: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    status, _, told = run(folder, *command, stdout=write)
    os.close(write)
    assert status in (0, 1)
    assert told == ""


NOT_WRITABLE = [
    pytest.param(["check", "examples", "-o", "json=report/out.json"], id="a file for a folder"),
    pytest.param(["check", "examples", "-o", "json=no/out.json"], id="no such folder"),
    pytest.param(["check", "examples", "-o", "json=examples"], id="a folder"),
    pytest.param(["check", "examples", "-o", "sarif=report", "-o", "junit=no/out.xml"], id="one of two"),
    pytest.param(["check", "examples", "--write-baseline", "no/known.toml", "-qq"], id="baseline"),
    pytest.param(
        ["check", "examples", "-q", "--max-findings=0", "--write-baseline", "examples"], id="baseline a folder"
    ),
    pytest.param(["triage", "examples", "-o", "html=no/out.html"], id="page"),
    pytest.param(["triage", "examples", "-o", "json=report", "-o", "html=examples"], id="page, one of two"),
]


@pytest.mark.parametrize("command", NOT_WRITABLE)
def test_a_file_that_cannot_be_written(command: list[str], folder: Path) -> None:
    status, _, told = run(folder, *command)
    assert status == 2
    assert told.startswith("sessionlint: cannot write ")
    assert told.count("\n") == 1
    assert files(folder) == {"report": "yesterday's"}


CONFIGURATIONS = {
    "no TOML": "ignore = [",
    "not UTF-8": "ignore = '\udcff'",
    "unknown key": "ignroe = []",
    "unknown rule": "ignore = ['PNG999']",
    "another type": "ignore = 'PNG003'",
    "unknown threshold": "[thresholds]\nclock = 1",
}


@pytest.mark.parametrize("text", CONFIGURATIONS.values(), ids=CONFIGURATIONS)
@pytest.mark.parametrize("command", [["check", "-o", "json=report"], ["triage", "-o", "json=report"], ["config"]])
def test_a_broken_configuration(text: str, command: list[str], folder: Path) -> None:
    (folder / "sessionlint.toml").write_bytes(text.encode("utf-8", "surrogateescape"))
    status, printed, told = run(folder, *command)
    assert (status, printed) == (2, "")
    assert told.startswith("sessionlint: sessionlint.toml: ")
    assert told.count("\n") == 1
    assert (folder / "report").read_text() == "yesterday's"


@pytest.mark.parametrize(
    "command",
    [
        ["check", "--select", "PNG999", "-o", "json=report"],
        ["check", "--ignore", "PNX", "-o", "json=report"],
        ["triage", "--select", "PNG999", "-o", "json=report"],
        ["explain", "PNG999"],
        ["config", "--select", "PNG999"],
    ],
)
def test_an_unknown_rule(command: list[str], folder: Path) -> None:
    status, printed, told = run(folder, *command)
    assert (status, printed) == (2, "")
    assert told.startswith('sessionlint: no rule is called "PN')
    assert told.count("\n") == 1
    assert files(folder) == {"report": "yesterday's"}


def waiting(folder: Path, *arguments: str) -> "subprocess.Popen[bytes]":
    """A run that has opened its outputs and waits for the rest of standard input."""
    # A shell that runs the tests in the background has its children ignore it.
    ignored = signal.signal(signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen(
        [*SESSIONLINT, *arguments],
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    signal.signal(signal.SIGINT, ignored)
    assert process.stdin
    process.stdin.write(b" " * (1 << 20))  # more than a pipe holds: most of it has been read
    process.stdin.flush()
    return process


if os.name == "posix":  # elsewhere no stream is closed so, and a process that is ended has no say

    @pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
    def test_a_stream_that_is_closed_is_none(command: list[str], folder: Path) -> None:
        done = run_script(f"{shlex.join([*SESSIONLINT, *command])} >&-", folder, {})
        assert done.returncode in (0, 1)
        assert done.stderr == ""

    @pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
    def test_an_interruption_leaves_nothing(number: int, status: int, folder: Path) -> None:
        process = waiting(folder, "check", "examples", "-", "-o", "sarif=report", "-o", "junit=report.xml")
        process.send_signal(number)
        _, told = process.communicate()
        assert process.returncode == status
        assert told.strip() == b""
        assert files(folder) == {"report": "yesterday's"}


def test_a_run_that_waited_is_whole(folder: Path) -> None:
    process = waiting(folder, "check", "examples", "-", "-o", "json=report", "-f", "github")
    process.communicate((EXAMPLES / "sound.json").read_bytes())
    assert process.returncode == 1
    assert json.loads(files(folder)["report"])["summary"]["payloads"] == 10
    assert list(files(folder)) == ["report"]
