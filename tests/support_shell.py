"""What tests that run commands share: the command itself, and a shell that finds it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

SESSIONLINT = [sys.executable, "-W", "error", "-P", "-m", "sessionlint"]
"""The command `sessionlint` of this interpreter."""


def bash() -> str:
    """The path of a bash: on Windows Git's, for the system's own starts another system."""
    if sys.platform == "win32":
        git = shutil.which("git")
        assert git
        return str(next(bash for folder in Path(git).parents if (bash := folder / "bin" / "bash.exe").is_file()))
    found = shutil.which("bash")
    assert found
    return found


def command_in(folder: Path) -> Path:
    """A new command `sessionlint` in a folder, for shells."""
    folder.mkdir(parents=True, exist_ok=True)
    command = folder / "sessionlint"
    interpreter, *arguments = SESSIONLINT
    line = f'exec "{Path(interpreter).as_posix()}" {" ".join(arguments)} "$@"'
    command.write_text(f"#!/bin/sh\n{line}\n", encoding="utf-8", newline="\n")
    command.chmod(0o755)
    return command


def run_script(
    script: str, folder: Path, environment: dict[str, str], stderr: int = subprocess.PIPE
) -> subprocess.CompletedProcess[str]:
    """Runs a script as GitHub's runner does for ``shell: bash``, in a folder."""
    inherited = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "FORCE_COLOR")}
    return subprocess.run(
        [bash(), "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
        cwd=folder,
        env=inherited | environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=stderr,
        encoding="utf-8",
        check=False,
    )
