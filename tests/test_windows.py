"""What is done on Windows alone, as far as another system can play it."""

import ctypes
import errno
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import orjson
import pytest

from sessionlint.console import obey_sequences
from sessionlint.linter import Totals
from sessionlint.output import OutputError, Outputs
from sessionlint.report import reporter
from support import at, sound

ON_WINDOWS = """
import click.core, os, sessionlint.__main__, sessionlint.cli, sessionlint.options
class Windows:
    name = "nt"
    def __getattr__(self, name):
        return getattr(os, name)
click.core.os = sessionlint.cli.os = sessionlint.options.os = Windows()
sessionlint.__main__.main()
"""


def run(folder: Path, *arguments: str) -> str:
    """What the command prints in a folder, which is the user's own."""
    return subprocess.run(
        [sys.executable, "-W", "error", "-P", "-c", ON_WINDOWS, *arguments],
        cwd=folder,
        env={**os.environ, "HOME": str(folder), "USERPROFILE": str(folder)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    ).stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ("check -q a[1].json", ""),
        ("check -q a?.json", "a1.json:1:"),
        ("check -q --select CAP* a1.json", 'sessionlint: no rule is called "CAP*"; did you mean CAP?'),
        ("check -q $HOME", "sessionlint: $HOME: no such file or folder"),
        ("check -q ~/a[1].json", ""),
        ("check -q ~/a1.json", "a1.json:1:"),
    ],
)
def test_what_the_shell_leaves_alone_is_expanded_only_where_no_such_file_is(
    arguments: str, told: str, tmp_path: Path
) -> None:
    (tmp_path / "a[1].json").write_bytes(orjson.dumps(sound()))
    (tmp_path / "a1.json").write_bytes(orjson.dumps(at("port", 0)))
    (tmp_path / "CAP001").touch()
    printed = run(tmp_path, *arguments.split())
    assert told in printed
    assert bool(told) == bool(printed)


def test_a_report_that_another_program_has_open_stays_and_has_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def replace(_: str, __: str) -> None:
        raise PermissionError(errno.EACCES, "Access is denied")

    (tmp_path / "report.json").write_bytes(b"yesterday's")
    monkeypatch.setattr(os, "replace", replace)
    with (
        pytest.raises(OutputError, match=r"report\.json: access is denied$"),
        Outputs(reporter("text"), [(reporter("json"), str(tmp_path / "report.json"))]) as outputs,
    ):
        outputs.end(Totals().summary(0))
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"report.json": b"yesterday's"}


@pytest.mark.parametrize("is_console", [True, False])
def test_a_console_is_asked_to_show_colours(is_console: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    modes = {7: 3} if is_console else {}

    def get_mode(handle: ctypes.c_void_p, mode: Any) -> bool:
        mode._obj.value = modes.get(handle.value or 0, 0)
        return handle.value in modes

    def set_mode(handle: ctypes.c_void_p, mode: int) -> None:
        modes[handle.value or 0] = mode

    kernel32 = SimpleNamespace(GetConsoleMode=get_mode, SetConsoleMode=set_mode)
    monkeypatch.setattr(ctypes, "windll", SimpleNamespace(kernel32=kernel32), raising=False)
    monkeypatch.setitem(sys.modules, "msvcrt", SimpleNamespace(get_osfhandle={1: 7}.get))
    monkeypatch.setattr(sys, "platform", "win32")
    obey_sequences(SimpleNamespace(fileno=lambda: 1))  # type: ignore[arg-type]  # all that is asked of it
    assert modes == ({7: 3 | 4} if is_console else {})
