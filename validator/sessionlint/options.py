"""What the commands take: options that several of them share, with what a shell completes and what help says."""

import os
from typing import TYPE_CHECKING, Any

import click

from sessionlint.config import ENGINES, FAIL_ON, FOREIGN

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    _Command: TypeAlias = Callable[..., None]


class _Path(click.Path):
    """A path that is not empty: in scripts that is a variable nobody has set, and not to be passed over."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if not value:
            self.fail("the path is empty", param, ctx)
        if os.name == "nt" and value.startswith(("~/", "~\\")):  # PowerShell leaves it alone
            value = os.path.expanduser(value)
        return super().convert(value, param, ctx)


class _Number(click.IntRange):
    """A whole number, called so where something else is given."""

    name = "whole number"


# A shell completes the names of files; whether they can be read is a finding, no wrong usage.
PATH = _Path(readable=False)


def completed_rules(_: click.Context, __: click.Parameter, incomplete: str) -> list[str]:
    """For shells: the ids that the last of the ids so far could become."""
    from sessionlint.rule import registry

    before, comma, last = incomplete.rpartition(",")
    return [before + comma + id for id in registry() if id.startswith(last.upper())]


def _files_that_start(start: str) -> list[str]:
    """For shells: the files and folders whose path starts so."""
    from glob import escape, glob

    return [path + "/" if os.path.isdir(path) else path for path in sorted(glob(f"{escape(start)}*"))]


def _split_selectors(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    from sessionlint.selection import selectors

    return tuple(selector for value in values for selector in selectors(value))


FILES_FROM = click.option(
    "--files-from",
    metavar="FILE",
    type=PATH,
    help="Also the paths in FILE, one a line or each ended by NUL; - for standard input. There and in PATH, where no "
    "such file is, * ? and [abc] stand for characters of a name, and ** for any folders.",
)

COLOR = click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Colour in the text; NO_COLOR and FORCE_COLOR are honoured.",
)


TEXT_OR_JSON = click.option(
    "-f",
    "--format",
    "format_",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="What is printed.",
)


def output_options(formats: tuple[str, ...]) -> "Callable[[_Command], _Command]":
    """Decorator: what is printed, and what is written to files."""

    def outputs(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> list[tuple[str, str]]:
        return [_output(value, formats) for value in values]

    def completed(_: click.Context, __: click.Parameter, incomplete: str) -> list[str]:
        """For shells: the formats that it could become, with ``=``, and the files that may follow it.

        Shells put a blank after what can only end in one way: so the files come with the only format already.
        """
        name, separator, path = incomplete.partition("=")
        names = [each for each in formats if each == name or (not separator and each.startswith(name))]
        found = [] if separator else [f"{each}=" for each in names]
        if len(names) == 1:
            found += [f"{names[0]}={file}" for file in _files_that_start(path)]
        return found

    return lambda command: click.option(
        "-f",
        "--format",
        "format_",
        type=click.Choice(formats),
        default="text",
        show_default=True,
        help="What is printed.",
    )(
        click.option(
            "-o",
            "--output",
            "outputs",
            metavar="NAME=PATH",
            multiple=True,
            callback=outputs,
            shell_complete=completed,
            help="Also write this format to PATH; may be repeated.",
        )(command)
    )


def _output(value: str, formats: tuple[str, ...]) -> tuple[str, str]:
    """The format and the path in ``NAME=PATH``."""
    from sessionlint.targets import is_standard_output

    name, separator, path = value.partition("=")
    if not separator or not path or name not in formats:
        from sessionlint.suggest import nearest

        told = f"{value!r} is not NAME=PATH with NAME one of {', '.join(formats)}"
        if near := nearest(name if separator else value.rpartition(".")[2], formats):
            given = path if separator else value if "." in value else ""
            told += f"; did you mean {near}={given or 'PATH'}?"
        raise click.BadParameter(told)
    if is_standard_output(path):
        raise click.BadParameter(f"{value!r}: standard output is what --format is for")
    return name, path


def select_option(default: str) -> "Callable[[_Command], _Command]":
    """Decorator: which rules are chosen; the default is not the same for all commands."""
    return click.option(
        "--select",
        metavar="IDS",
        multiple=True,
        callback=_split_selectors,
        shell_complete=completed_rules,
        help=f"Only these rules: ids or prefixes, separated by commas, or ALL. Default: {default}. "
        "Takes the place of the configuration's select and ignore.",
    )


SETTINGS: "dict[str, Callable[[_Command], _Command]]" = {
    "select": select_option("all but SCH006 and DIA"),
    "ignore": click.option(
        "--ignore",
        metavar="IDS",
        multiple=True,
        callback=_split_selectors,
        shell_complete=completed_rules,
        help="Not these rules. The longer of two matching selectors wins, then --ignore.",
    ),
    "foreign": click.option(
        "--foreign",
        type=click.Choice(FOREIGN),
        help="What to do with a named file that is well-formed but not this response. Default: report.",
    ),
    "fail-on": click.option(
        "--fail-on",
        type=click.Choice(FAIL_ON),
        help="The lowest severity that makes the exit status 1. Default: error.",
    ),
    "baseline": click.option(
        "--baseline", metavar="FILE", type=PATH, help="Findings that FILE knows are counted, and not reported."
    ),
    "max-findings": click.option(
        "--max-findings",
        metavar="N",
        type=_Number(min=0),
        help="Print at most N findings; the counts stay exact.",
    ),
    "redact": click.option("--redact/--no-redact", default=None, help="No value of a payload in any output."),
    "engine": click.option(
        "--engine",
        type=click.Choice(ENGINES),
        help="jsonschema-rs, or jsonschema for a second opinion. Default: fast.",
    ),
    "jobs": click.option(
        "-j",
        "--jobs",
        metavar="N",
        type=_Number(min=1),
        help="Processes. Default: the machine's cores, or one where the work is too little to gain.",
    ),
    "config": click.option(
        "--config",
        metavar="FILE",
        type=PATH,
        help="The configuration. Default: the nearest sessionlint.toml, or pyproject.toml with [tool.sessionlint], "
        "from the current folder up to the repository's root.",
    ),
    "no-config": click.option("--no-config", is_flag=True, help="No configuration file."),
}


def setting_options(*names: str) -> "Callable[[_Command], _Command]":
    """Decorator: options that a configuration has too. They have no default: only what is given wins over it."""

    def decorated(command: "_Command") -> "_Command":
        for name in reversed(names):
            command = SETTINGS[name](command)
        return command

    return decorated
