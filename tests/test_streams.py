"""Standard input as it comes, a reader of the output that leaves, and an interrupt: all without a word too much."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from textwrap import dedent
from time import sleep

import orjson
import pytest

from support import at
from support_shell import SESSIONLINT


@pytest.fixture(autouse=True)
def _interrupts_are_heard() -> Iterator[None]:
    """What a shell starts in the background ignores interrupts, and so does all that it starts."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


BAD = orjson.dumps(at("port", 0)) + b"\n"


@contextmanager
def started(*arguments: str, folder: Path | None = None) -> Iterator["subprocess.Popen[bytes]"]:
    """The command, with pipes on all three streams."""
    pipe = subprocess.PIPE
    own_group = {"start_new_session": True} if os.name == "posix" else {}
    command = [*SESSIONLINT, *arguments]
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, cwd=folder, **own_group) as process:  # type: ignore[call-overload]  # a keyword that not all systems have
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize("format_", ["jsonl", "text"])
def test_lines_are_told_of_as_they_come(format_: str) -> None:
    with started("check", "-", "--format", format_) as process:
        assert process.stdin
        assert process.stdout
        for number in range(1, 10):
            process.stdin.write(BAD * 3)
            process.stdin.flush()
            # What the input is, its second line tells.
            while not re.search(rb"-!/%d[:!]" % (3 * number - 2), process.stdout.readline()):
                pass
        process.stdin.close()
        assert process.wait() == 1


def leave_quietly(process: "subprocess.Popen[bytes]") -> None:
    """Reads the start of a report and no more: the run ends with status 1, and without a word."""
    assert process.stdout
    assert process.stderr
    assert process.stdout.read(100)
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait() == 1


@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize("format_", ["jsonl", "text", "json", "github"])
def test_a_reader_that_leaves_ends_the_run_quietly(format_: str, jobs: str, tmp_path: Path) -> None:
    (tmp_path / "many.jsonl").write_bytes(BAD * 1000)
    with started("check", "many.jsonl", "--jobs", jobs, "--format", format_, folder=tmp_path) as process:
        leave_quietly(process)


def test_a_reader_that_leaves_spoils_no_baseline(tmp_path: Path) -> None:
    for number in range(300):
        (tmp_path / f"{number}.json").write_bytes(BAD)
    known = tmp_path / "known.toml"
    known.write_bytes(b"")
    with started("check", "--format=junit", f"--write-baseline={known}", str(tmp_path), folder=tmp_path) as process:
        leave_quietly(process)
    assert known.read_bytes() == b""


if os.name == "posix":  # elsewhere a program cannot send what the terminal sends

    @pytest.mark.parametrize("path", ["/dev/stdout", "pipe"])
    def test_a_report_goes_through_a_pipe(path: str, tmp_path: Path) -> None:
        (tmp_path / "bad.json").write_bytes(BAD)
        os.mkfifo(tmp_path / "pipe")
        reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
        command = ("check", "bad.json", "--format=jsonl", "--max-findings=0", f"--output=json={path}")
        with started(*command, folder=tmp_path) as process:
            printed, told = process.communicate()
        lines, report = (printed, os.read(reader, 1 << 16)) if path == "pipe" else printed.split(b"\n", 1)
        os.close(reader)
        assert (process.returncode, told) == (1, b"")
        assert [orjson.loads(lines)] == orjson.loads(report)["findings"]
        assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.json", "pipe"]

    @pytest.mark.parametrize(
        "arguments",
        [
            ("check", "--format=jsonl", "--jobs=1"),
            ("check", "--format=jsonl", "--jobs=2"),
            ("check", "--format=jsonl", "--jobs=2", "--output=sarif=report.sarif"),
        ],
    )
    def test_an_interrupt_ends_all_processes_quietly(arguments: tuple[str, ...], tmp_path: Path) -> None:
        (tmp_path / "many.jsonl").write_bytes(BAD * 20_000)
        with started(*arguments, "many.jsonl", folder=tmp_path) as process:
            assert process.stdout
            assert process.stderr
            assert process.stdout.readline()
            os.killpg(process.pid, signal.SIGINT)
            process.stdout.read()
            assert process.stderr.read() == b"\n"  # below the ^C that the terminal shows
            assert process.wait() == 130
            with pytest.raises(ProcessLookupError):
                for _ in range(100):  # what counts the resources of spawned processes ends behind them
                    os.killpg(process.pid, 0)
                    sleep(0.05)
        assert [path.name for path in tmp_path.iterdir()] == ["many.jsonl"]

    def test_an_interrupt_while_it_waits_for_input() -> None:
        with started("check", "-", "--format", "jsonl") as process:
            assert process.stdin
            assert process.stdout
            assert process.stderr
            process.stdin.write(BAD * 3)
            process.stdin.flush()
            assert process.stdout.readline()
            # One that comes just before a read waits as long as the read does: people press the keys again.
            while process.poll() is None:
                os.killpg(process.pid, signal.SIGINT)
                with suppress(subprocess.TimeoutExpired):
                    process.wait(2)
            assert process.returncode == 130
            assert process.stderr.read() == b"\n"  # below the ^C that the terminal shows

    def test_keys_that_are_pressed_again_do_not_disturb_the_exit() -> None:
        script = """
            import click, signal, sessionlint.cli as commands
            def interrupted(**_): raise click.Abort
            commands.cli.main = interrupted
            try: commands.main()
            except SystemExit as exit: print(exit.code, signal.getsignal(signal.SIGINT).name)
        """
        done = subprocess.run([sys.executable, "-c", dedent(script)], capture_output=True, text=True, check=True)
        assert done.stdout == "130 SIG_IGN\n"
