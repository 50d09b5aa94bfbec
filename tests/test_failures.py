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


READ = [
    pytest.param("check examples/sound.json -o json=examples/sound.json", id="named"),
    pytest.param("check examples/sound.json -o json=examples/../examples/sound.json", id="named in another way"),
    pytest.param("check examples/login-page.json -o json=examples/login-page.json", id="named, and no payload"),
    pytest.param("check - -o json=examples/sound.json < examples/sound.json", id="standard input"),
    pytest.param("check --files-from list -o json=list", id="the list of files"),
    pytest.param("check --baseline list -o json=list", id="the baseline"),
    pytest.param("check --config list -o json=list", id="the configuration"),
    pytest.param("check examples/sound.json -o json=sessionlint.toml", id="the configuration that is found"),
    pytest.param("check -o sarif=report -o json=examples/cut-off.json", id="in the current folder, one of two"),
    pytest.param("triage examples -o json=examples/sound.xml", id="in a folder"),
    pytest.param("triage examples/sound.json . -o html=examples/sound.json", id="triage named"),
]


@pytest.mark.parametrize("command", READ)
def test_a_report_never_takes_the_place_of_what_the_run_reads(command: str, folder: Path) -> None:
    (folder / "sessionlint.toml").write_text("")
    (folder / "list").write_text("" if "--config" in command else "examples/sound.json\n")
    before = files(folder), files(folder / "examples")
    done = run_script(f"{shlex.join(SESSIONLINT)} {command}", folder, {})
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.endswith(" is read by this run: a report there would take its place\n")
    assert done.stderr.count("\n") == 1
    assert (files(folder), files(folder / "examples")) == before


REPORTS = {
    "check": "text=a.txt json=a.json jsonl=a.jsonl sarif=a.sarif junit=a.xml github=a.log markdown=a.md sarif=a.sarif.json",
    "triage": "text=a.txt json=a.json markdown=a.md html=a.html",
}


@pytest.mark.parametrize(("command", "reports"), REPORTS.items())
def test_reports_of_an_earlier_run_in_the_folder_are_replaced(command: str, reports: str, folder: Path) -> None:
    (folder / "a.json").touch()  # of a name that promises a capture, but there is nothing to lose
    outputs = [f"--output={each}" for each in reports.split()]
    before = files(folder)
    for _ in range(2):
        status, _, told = run(folder, command, *outputs)
        assert (status, told) == (1 if command == "check" else 0, "")
        after = files(folder)
        assert all(after[each.partition("=")[2]] for each in reports.split())
        assert after.keys() == before.keys() | {each.partition("=")[2] for each in reports.split()}


@pytest.mark.parametrize("path", ["new.json", "{}/../new.json", "link.json"])
@pytest.mark.parametrize("option", ["--output=sarif=", "--write-baseline="])
def test_one_file_is_not_named_for_two_outputs(option: str, path: str, folder: Path) -> None:
    if path == "link.json":
        (folder / path).symlink_to("new.json")
    status, printed, told = run(folder, "check", "-o", "json=new.json", option + path.format(folder / "examples"))
    assert (status, printed) == (2, "")
    assert told.endswith(".json is named twice: one output would take the place of the other\n")
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


@pytest.mark.parametrize(
    "command",
    [
        ["check", ""],
        ["check", "examples", "--config", ""],
        ["check", "examples", "--baseline="],
        ["check", "examples", "--write-baseline", ""],
        ["triage", "--files-from", ""],
        ["share", "examples", "-o", "safe.zip", "--key-file", ""],
        ["extract", ""],
    ],
)
def test_an_empty_path_is_told(command: list[str], folder: Path) -> None:
    status, printed, told = run(folder, *command)
    assert (status, printed) == (2, "")
    assert told.startswith("sessionlint: Invalid value for ")
    assert told.endswith(": the path is empty\n")
    assert told.count("\n") == 1


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

    def test_a_report_does_not_replace_the_file_that_standard_output_goes_to(folder: Path) -> None:
        command = shlex.join([*SESSIONLINT, "check", "examples/sound.json", "-o", "json=/dev/stdout"])
        done = run_script(f"{command} >> report", folder, {})
        assert done.returncode == 2
        assert done.stderr.endswith("'json=/dev/stdout': standard output is what --format is for\n")
        assert files(folder) == {"report": "yesterday's"}

    @pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
    def test_a_stream_that_is_closed_is_none(command: list[str], folder: Path) -> None:
        done = run_script(f"{shlex.join([*SESSIONLINT, *command])} >&-", folder, {})
        assert done.returncode in (0, 1)
        assert done.stderr == ""

    @pytest.mark.parametrize("command", ["check -", "check --files-from -", "share - -o copy.zip"])
    def test_standard_input_that_is_closed_holds_nothing(command: str, folder: Path) -> None:
        script = f"{shlex.join(SESSIONLINT)} {command}"
        closed, empty = (run_script(f"{script} {source}", folder, {}) for source in ("<&-", "</dev/null"))
        assert (closed.returncode, closed.stdout, closed.stderr) == (empty.returncode, empty.stdout, empty.stderr)

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


def test_an_interrupt_while_modules_load(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "click.py").write_text("raise KeyboardInterrupt")
    monkeypatch.setenv("PYTHONPATH", str(folder))
    assert run(folder, "check", "examples") == (130, "", "")
