"""The validators that sessionlint is measured against, each in a version that is written here.

They are installed into a folder of their own, sessionlint too: from a wheel, as its users have it. What
cannot be installed is left out, and said.
"""

import platform
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
SCHEMA = ROOT / "schema" / "sessionlint_schema" / "endpoint-user-session.schema.json"
XSD = ROOT / "schema" / "sessionlint_schema" / "endpoint-user-session.xsd"

FROM_PYPI = ("check-jsonschema==0.39.0",)
FROM_NPM = ("ajv-cli@5.0.0", "@sourcemeta/jsonschema@16.11.0")


class Programs(NamedTuple):
    """The start of each command line; ``None`` for a program that is not there."""

    python: list[str]
    """The interpreter that sessionlint runs on."""
    sessionlint: list[str]
    check_jsonschema: list[str] | None
    ajv: list[str] | None
    sourcemeta: list[str] | None
    sourcemeta_binary: list[str] | None
    """The program that the npm package's command starts, without Node.js around it."""
    xmllint: list[str] | None


def installed(folder: Path) -> Programs:
    """The programs, installed into the folder where they are not there yet; sessionlint anew each time."""
    folder.mkdir(parents=True, exist_ok=True)
    ours, theirs = folder / "sessionlint", folder / "peers"
    if not ours.exists():
        _run(sys.executable, "-m", "venv", ours)
        _run(ours / "bin" / "python", "-m", "pip", "install", "--quiet", ROOT)
    _run(ours / "bin" / "python", "-m", "pip", "install", "--quiet", "--force-reinstall", "--no-deps", ROOT)
    if not theirs.exists():
        _run(sys.executable, "-m", "venv", theirs)
        _run(theirs / "bin" / "python", "-m", "pip", "install", "--quiet", *FROM_PYPI)
    if not (folder / "node_modules").exists() and shutil.which("npm"):
        _run("npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", folder, *FROM_NPM)
    commands = folder / "node_modules" / ".bin"
    return Programs(
        python=[str(ours / "bin" / "python")],
        sessionlint=[str(ours / "bin" / "sessionlint"), "check"],
        check_jsonschema=_found(theirs / "bin" / "check-jsonschema", "--schemafile", SCHEMA),
        ajv=_found(commands / "ajv", "validate", "--spec=draft2020", "--strict=false", "-s", SCHEMA, "-d"),
        sourcemeta=_found(commands / "jsonschema", "validate", SCHEMA),
        sourcemeta_binary=_found(folder / _BINARY, "validate", SCHEMA),
        xmllint=_found(Path(shutil.which("xmllint") or "xmllint"), "--noout", "--schema", XSD),
    )


_MACHINE = {"aarch64": "arm64"}.get(platform.machine(), platform.machine())
_BINARY = f"node_modules/@sourcemeta/jsonschema/build/github-releases/jsonschema-{platform.system().lower()}-{_MACHINE}"


def versions(programs: Programs) -> str:
    """What was measured with, in one line."""
    asked = "import importlib.metadata as m; print(*(f'{n} {m.version(n)}' for n in %r), sep=', ')"
    names = ("sessionlint", "orjson", "jsonschema_rs", "lxml", "click")
    told = [
        f"{platform.python_implementation()} {platform.python_version()}, {platform.machine()}, {platform.system()}",
        _told(*programs.python, "-c", asked % (names,)),
        *(each.replace("==", " ") for each in FROM_PYPI if programs.check_jsonschema),
        *(" ".join(each.rsplit("@", 1)) for each in FROM_NPM if programs.ajv),
    ]
    if programs.ajv:
        told.append(f"Node.js {_told('node', '--version')}")
    if programs.xmllint:
        told.append(f"xmllint of libxml {_told(programs.xmllint[0], '--version').splitlines()[0].rpartition(' ')[2]}")
    return "; ".join(told)


def _found(program: Path, *arguments: object) -> list[str] | None:
    return [str(program), *map(str, arguments)] if program.exists() else None


def _run(*command: object) -> None:
    subprocess.run(list(map(str, command)), check=True, stdout=subprocess.DEVNULL)


def _told(*command: str) -> str:
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return done.stdout.strip()
