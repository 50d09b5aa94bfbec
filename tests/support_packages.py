"""Packages that are installed for one test: a folder for ``sys.path``, as an installer would have left it."""

import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

from support import ROOT

EXAMPLE = ROOT / "examples" / "own-rules"
SOURCES = [ROOT / name for name in ("validator", "rules", "schema")]


def install(folder: Path, name: str, entry_points: dict[str, dict[str, str]], **modules: str) -> Path:
    """Puts a distribution of version 1.0 into ``folder``: its metadata, and the text of its modules."""
    metadata = folder / f"{name.replace('-', '_')}-1.0.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", encoding="utf-8")
    sections = (
        f"[{group}]\n" + "".join(f"{key} = {value}\n" for key, value in values.items())
        for group, values in entry_points.items()
    )
    (metadata / "entry_points.txt").write_text("\n".join(sections), encoding="utf-8")
    for module, text in modules.items():
        (folder / f"{module}.py").write_text(dedent(text), encoding="utf-8")
    return folder


def install_project(project: Path, folder: Path, **modules: str) -> Path:
    """Puts a distribution into ``folder`` with the entry points that its ``pyproject.toml`` declares."""
    import tomllib

    declared = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return install(folder, declared["name"], declared["entry-points"], **modules)


def install_example(folder: Path) -> Path:
    """Puts the example package into ``folder``."""
    sources = (EXAMPLE / "src").glob("*.py")
    return install_project(EXAMPLE, folder, **{each.stem: each.read_text(encoding="utf-8") for each in sources})


def python(*arguments: str, path: tuple[Path, ...] = (), cwd: Path | None = None) -> tuple[int, str]:
    """Runs Python, warnings being errors, with the project and ``path`` on its path: exit status and output."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST_", "NO_COLOR"))}
    environment["PYTHONPATH"] = os.pathsep.join(map(str, [*SOURCES, *path]))
    done = subprocess.run(
        [sys.executable, "-W", "error", *arguments],
        cwd=cwd,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    return done.returncode, done.stdout.decode("utf-8").replace("\r\n", "\n")


def command(*arguments: str, path: tuple[Path, ...] = (), cwd: Path | None = None) -> tuple[int, str]:
    """Runs the command likewise."""
    return python("-m", "sessionlint", *arguments, path=path, cwd=cwd)
