"""The command line: options in, text and exit status out. All work is the library's."""

import os
import signal
import sys
from contextlib import suppress
from time import perf_counter
from typing import TYPE_CHECKING, Any

import click

from sessionlint import __version__
from sessionlint.config import never
from sessionlint.options import (
    COLOR,
    FILES_FROM,
    PATH,
    SETTINGS,
    TEXT_OR_JSON,
    completed_rules,
    output_options,
    select_option,
    setting_options,
)
from sessionlint.report import FORMATS
from sessionlint.summary import CLEAN, FAILED, FOUND, NOTHING, Failure, exit_status

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sessionlint.baseline import Baseline, Entry
    from sessionlint.config import Config
    from sessionlint.corpus import Corpus
    from sessionlint.rule import Rule
    from sessionlint.summary import Summary

INTERRUPTED = 130
"""Exit status, beside those of `sessionlint.summary`."""


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """In the order they were written: the main job comes first."""
        return list(self.commands)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            name = error.option_name
            command = next((each.name for each in self.commands.values() if _has_option(each, name)), None)
            if command is None:
                raise
            told = f"{name} is an option of a command, and stands behind it: sessionlint {command} {name}"
            raise click.UsageError(told, ctx) from None


def _has_option(command: click.Command, name: str) -> bool:
    return any(name in (*each.opts, *each.secondary_opts) for each in command.params)


class _AddressCommand(click.Command):
    """A command whose argument may start with a dash, as the address of what came through standard input does."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        is_plain = not {"--", *self.get_help_option_names(ctx)}.intersection(args)
        return super().parse_args(ctx, ["--", *args] if args and is_plain else args)


def main() -> None:
    """The entry point of the command `sessionlint`."""
    for name, flag, mode in (("stdin", os.O_RDONLY, "r"), ("stdout", os.O_WRONLY, "w"), ("stderr", os.O_WRONLY, "w")):
        if getattr(sys, name) is None:  # the caller has closed it
            setattr(sys, name, open(os.open(os.devnull, flag), mode, closefd=False))  # noqa: SIM115 - for good
    for stream in (sys.stdout, sys.stderr):
        # Output must not depend on the locale or the system, nor fail on a character that a terminal cannot show.
        stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")  # type: ignore[union-attr]  # a TextIOWrapper
        if sys.platform == "win32" and stream.isatty():
            from sessionlint.console import obey_sequences

            obey_sequences(stream)
    signal.signal(signal.SIGTERM, _end_by_signal)
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # else they are ignored
        from sessionlint.progress import interrupted

        signal.signal(signal.SIGINT, interrupted)
    try:
        # Where the shell leaves patterns alone, click would expand all that looks like one, be it the name of a file.
        status = cli.main(prog_name="sessionlint", standalone_mode=False, windows_expand_args=False)
        sys.stdout.flush()
    except click.ClickException as error:
        told = " ".join(map(str.strip, error.format_message().splitlines()))  # click lists choices in lines
        click.echo(f"sessionlint: {told}{_hint_at_help(error)}", err=True)
        status = error.exit_code
    except click.Abort:
        # All that is left is to exit: who presses the keys again would end that with a traceback.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        status = INTERRUPTED
    except OSError as error:
        status = _cannot_print(error)
    except Failure as error:
        click.echo(f"sessionlint: {error}", err=True)
        status = FAILED
    sys.exit(status)


def _hint_at_help(error: click.ClickException) -> str:
    """Which help tells what there is, for an error that does not say so itself."""
    command_error = getattr(click.exceptions, "NoSuchCommand", click.NoSuchOption)  # not in every version
    kinds = (click.MissingParameter, click.NoSuchOption, command_error)
    says_so = getattr(error, "possibilities", None) or "\n" in error.format_message()
    if not isinstance(error, kinds) or not error.ctx or says_so:
        return ""
    return f" See {error.ctx.command_path} --help."


def _end_by_signal(number: int, _: object) -> None:
    """Ends the run as an interruption does: files that are not whole are removed."""
    sys.exit(128 + number)


def _cannot_print(error: OSError) -> int:
    """The status of a run that could not print; whoever has stopped reading is not told."""
    from sessionlint.output import READER_LEFT, drop_standard_output
    from sessionlint.paths import reason_of

    drop_standard_output()
    if error.errno in READER_LEFT:
        return 1  # as click has it
    click.echo(f"sessionlint: cannot write standard output: {reason_of(error)}", err=True)
    return FAILED


@click.group(
    cls=_Commands,
    invoke_without_command=True,
    subcommand_metavar="COMMAND [ARGS]...",
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, "--version", message="sessionlint %(version)s")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Validate saved responses of the ThousandEyes v6 API's "endpoint user session details".

    The main job is `sessionlint check`, on files, folders, archives or standard input. It needs no network.
    """
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help(), err=True)
        ctx.exit(FAILED)


@cli.command(short_help="Lint files, folders, archives or standard input.")
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=PATH)
@output_options(FORMATS)
@setting_options(*SETTINGS)
@FILES_FROM
@click.option(
    "--write-baseline",
    metavar="FILE",
    type=PATH,
    help="Make the findings of this run known: write them to FILE. Reasons, hand-written entries, and what FILE "
    "knows of other paths and rules stay; an entry of this run's that no longer matches goes.",
)
@COLOR
@click.option("-q", "--quiet", is_flag=True, help="Findings only: silent when all is well.")
@click.option("-v", "--verbose", is_flag=True, help="Say also what was skipped, and why.")
@click.pass_context
def check(
    ctx: click.Context,
    /,
    *,
    paths: tuple[str, ...],
    format_: str,
    outputs: list[tuple[str, str]],
    files_from: str | None,
    write_baseline: str | None,
    color: str,
    quiet: bool,
    verbose: bool,
    **given: Any,
) -> None:
    """Lint payloads in files, folders, archives, or - for standard input; in the current folder if none is named.

    Exit status: 0 nothing at or above --fail-on, 1 findings, 2 wrong usage, an output that could not
    be written or a rule that failed, 3 nothing to check, 130 interrupted.
    """
    from sessionlint.corpus import Corpus
    from sessionlint.engine import Engine
    from sessionlint.linter import Totals, reported
    from sessionlint.output import Outputs
    from sessionlint.progress import Progress
    from sessionlint.report import reporter
    from sessionlint.run import results

    start = perf_counter()
    names = _input_paths(paths, files_from)
    has_excerpts = "text" in {format_, *(output for output, _ in outputs)}
    settings = _configuration(**given)
    engine = Engine(settings.options(excerpts=has_excerpts))
    _refuse_overwriting(outputs, write_baseline, [*names, files_from], settings)
    baseline = _baseline(settings, write_baseline)
    known = never if baseline is None else baseline.learns if write_baseline else baseline.knows
    totals, corpus = Totals(), Corpus()
    root = _root()
    printed = reporter(
        format_,
        color=_has_color(color),
        max_findings=settings.max_findings,
        verbosity=-1 if quiet else int(verbose),
        fail_on=settings.fail_on,
        root=root,
    )
    files = [(reporter(name, fail_on=settings.fail_on, root=root), path) for name, path in outputs]
    with Outputs(printed, files) as written, Progress() as progress:
        for result in reported(results(engine, names, settings, corpus), settings.ignored(), known):
            totals.add(result)
            if result.findings:
                progress.clear()
            written.add(result)
            progress.step(1, len(result.findings))
        progress.clear()
        written.end(totals.summary(perf_counter() - start))
    _tell_not_remembered(corpus)
    summary = totals.summary(0)
    if baseline and write_baseline:
        _write_baseline(write_baseline, baseline.entries(engine.options.selected, names), summary, quiet=quiet)
    elif baseline and not quiet:
        _tell_unused(settings, baseline.unused(engine.options.selected, names))
    status = exit_status(summary, settings.fail_on, settings.foreign)
    if status == NOTHING and (quiet or format_ != "text"):  # the text says it itself
        click.echo("sessionlint: nothing to check: no payload", err=True)
    ctx.exit(status)


@cli.command(short_help="Read a support dump: contents, causes, diagnosis.")
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=PATH)
@output_options(("text", "json", "markdown", "html"))
@select_option("all but SCH006; DIA only as verdicts")
@setting_options("ignore", "foreign", "baseline", "redact", "engine", "jobs", "config", "no-config")
@FILES_FROM
@COLOR
@click.option("-v", "--verbose", is_flag=True, help="Tell in the text also how often each documented field is there.")
@click.pass_context
def triage(
    ctx: click.Context,
    /,
    *,
    paths: tuple[str, ...],
    format_: str,
    outputs: list[tuple[str, str]],
    files_from: str | None,
    color: str,
    verbose: bool,
    **given: Any,
) -> None:
    """Read a support dump, an archive or a folder: what is in it, what is broken and why, what ailed the users' network.

    `-o html=report.html` writes one page to open in a browser; it needs no network. Exit status: 0
    triaged, 2 wrong usage, an output that could not be written or a rule that failed, 3 no payload,
    130 interrupted.
    """
    from sessionlint.corpus import Corpus
    from sessionlint.triage.command import run

    names = _input_paths(paths, files_from)
    settings = _configuration(**given)
    _refuse_overwriting(outputs, None, [*names, files_from], settings)
    baseline = _baseline(settings, None)
    known = baseline.knows if baseline else never
    corpus = Corpus()
    summary = run(
        names, settings, known, corpus, format_=format_, files=outputs, color=_has_color(color), verbose=verbose
    )
    _tell_not_remembered(corpus)
    ctx.exit(exit_status(summary, "never", settings.foreign))


@cli.command(short_help="Write a copy that is safe to send.")
@click.argument("paths", metavar="PATH...", nargs=-1, type=PATH)
@click.option(
    "-o", "--output", metavar="OUT", type=PATH, required=True, help="The copy: a zip archive. Never overwritten."
)
@click.option(
    "--key-file",
    metavar="FILE",
    type=PATH,
    help="The key of the pseudonyms: 16 random bytes or more. Copies made with one key can be joined. "
    "Default: a key is drawn and forgotten.",
)
@TEXT_OR_JSON
@setting_options("foreign", "config", "no-config")
@FILES_FROM
@click.pass_context
def share(
    ctx: click.Context,
    /,
    *,
    paths: tuple[str, ...],
    output: str,
    key_file: str | None,
    format_: str,
    files_from: str | None,
    **given: Any,
) -> None:
    """Write a copy that is safe to send: pseudonyms for addresses, names and ids, credentials gone.

    Rules and verdicts say the same of it; what changed is listed. Exit status: 0 written, 1 written, but
    rules or verdicts changed that should not have, 2 wrong usage or nothing could be written, 3 no
    payload, 130 interrupted.
    """
    from sessionlint.share import json, text
    from sessionlint.share.command import read_key, run

    if not paths and files_from is None:
        raise click.MissingParameter(ctx=ctx, param_hint="'PATH...'", param_type="argument")
    names = _input_paths(paths, files_from)
    settings = _configuration(**given)
    shared = run(names, output, settings, read_key(key_file) if key_file is not None else None)
    click.echo((json if format_ == "json" else text).render(shared), nl=False)
    ctx.exit(NOTHING if not shared.output else CLEAN if shared.is_as_expected else FOUND)


def _tell_not_remembered(corpus: "Corpus") -> None:
    if corpus.not_remembered:
        from sessionlint.corpus import MOST_SESSIONS

        told_of = f"the first {MOST_SESSIONS:,} sessions: {corpus.not_remembered:,} others are not among them"
        click.echo(f"sessionlint: COR001 and COR002 compared with {told_of}", err=True)


def _configuration(*, config: str | None, no_config: bool, **given: Any) -> "Config":
    from sessionlint.config import Config, discovered, load

    if config and no_config:
        raise click.UsageError("--config and --no-config contradict each other")
    found = load(config) if config else Config() if no_config else discovered()
    settings = found.overridden(**given)
    if given.get("select") or given.get("ignore"):  # those of a file were looked for when it was read
        settings.options()  # refuses rules that there are not
    return settings


def _baseline(settings: "Config", written: str | None) -> "Baseline | None":
    path = settings.baseline_path
    if not path and not written:
        return None
    from sessionlint.baseline import Baseline, read
    from sessionlint.rule import registry

    if written:  # reasons and hand-written entries are taken from what is there already
        path = next((each for each in (written, path) if each and os.path.isfile(each)), None)
    return read(path, settings.folder, registry()) if path else Baseline([], settings.folder)


def _write_baseline(path: str, entries: "list[Entry]", summary: "Summary", *, quiet: bool) -> None:
    from sessionlint.baseline import write, written_text
    from sessionlint.paths import shown

    if summary.lacks_results:
        raise Failure(f"{shown(path)} is left as it is: a rule failed, and the entries it had would be lost")
    write(path, entries)
    if not quiet:
        click.echo(f"sessionlint: {shown(path)}: {written_text(entries)}", err=True)


def _tell_unused(settings: "Config", entries: "list[Entry]") -> None:
    from sessionlint.baseline import unused_text
    from sessionlint.paths import shown

    if entries:
        path = shown(settings.baseline_path or "")
        click.echo(f"sessionlint: {path}: {unused_text(entries, redact=settings.redact)}", err=True)


def _input_paths(paths: tuple[str, ...], files_from: str | None) -> list[str]:
    from sessionlint.intake.files import expanded, paths_from
    from sessionlint.paths import reason_of

    listed: list[str] = []
    if files_from is not None:
        try:
            listed = paths_from(files_from)
        except OSError as error:
            raise Failure(f"cannot read {files_from}: {reason_of(error)}") from None
        except UnicodeDecodeError:
            raise Failure(f"cannot read {files_from}: it is neither UTF-8 nor UTF-16") from None
    names = expanded([*paths, *listed]) if paths or files_from is not None else [os.curdir]
    if files_from == "-" and "-" in names:
        raise click.UsageError("standard input cannot be both a list of files and a payload")
    for name in names:
        _must_exist(name)
    return names


def _refuse_overwriting(
    outputs: list[tuple[str, str]], write_baseline: str | None, names: list[str | None], settings: "Config"
) -> None:
    """Refuses outputs of which one would take the place of another, or of what the run reads."""
    if not outputs:
        return
    from sessionlint.paths import shown
    from sessionlint.targets import named_twice, read_by_the_run

    paths = [path for _, path in outputs]
    if twice := named_twice([*paths, write_baseline] if write_baseline else paths):
        raise click.UsageError(f"{shown(twice)} is named twice: one output would take the place of the other")
    read = [name for name in (*names, settings.path, settings.baseline_path) if name]
    if taken := read_by_the_run(paths, read, settings):
        raise Failure(f"{shown(taken)} is read by this run: a report there would take its place")


def _must_exist(path: str) -> None:
    if path != "-" and not os.path.lexists(path):
        from sessionlint.escape import printable
        from sessionlint.suggest import nearest

        told = f"{printable(path)}: no such file or folder"
        folder, name = os.path.split(path.rstrip("/" + os.sep))
        with suppress(OSError, ValueError):
            if near := nearest(name, os.listdir(folder or os.curdir)[:_MOST_NAMES]):
                told += f"; did you mean {printable(os.path.join(folder, near))}?"
        raise Failure(told)


_MOST_NAMES = 1000
"""Names in a folder among which the one is looked for that was meant."""


def _root() -> str | None:
    from sessionlint.paths import repository_root

    try:
        return repository_root(os.getcwd())
    except OSError:  # the current folder is gone
        return None


def _has_color(wish: str) -> bool:
    if wish != "auto":
        return wish == "always"
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or sys.stdout.isatty()


@cli.command("rules", short_help="List the rules.")
@TEXT_OR_JSON
def rules_(format_: str) -> None:
    """List the rules, one a line: id, severity, lane, name and what is wrong."""
    from sessionlint.catalogue import as_json, as_lines
    from sessionlint.rule import registry

    click.echo(as_json(registry().values()) if format_ == "json" else as_lines(registry().values()), nl=False)


@cli.command(short_help="Explain one rule, with examples.")
@click.argument("rule", shell_complete=completed_rules)
def explain(rule: str) -> None:
    """Explain one rule, by its id or its name: what, why, what it rests on, bad and good examples."""
    from sessionlint.catalogue import as_page
    from sessionlint.rule import registry

    click.echo(as_page(_rule(rule, registry())), nl=False)


@cli.command("config", short_help="Print the configuration in force.")
@setting_options(*SETTINGS)
def config_(**given: Any) -> None:
    """Print the configuration in force, as TOML, and where each value comes from."""
    from sessionlint.config import as_toml

    settings = _configuration(**given)
    click.echo(as_toml(settings), nl=False)


@cli.command(cls=_AddressCommand, short_help="Print what the address of a finding names.")
@click.argument("address", type=PATH)
def extract(address: str) -> None:
    """Print the payload, or the part of one, that an address of a finding names, re-indented.

    An ADDRESS is a file, then !/ and a name for each container inside of another, then ! and a JSON
    Pointer; without a pointer it is the whole payload. The text output has the pointer after "at". In a
    name, ! is written %21 and % is written %25. Put single quotes around it: shells know ! too.

    \b
    a.json!/userSessions/0/port             in a file, compressed or not
    dump.zip!/host4/a.json!/userSessions/0  in an archive's member
    dump.zip!/host4/inner.tar.gz!/a.json    an archive in an archive, a whole payload
    many.jsonl!/17!/userSessions/0          in line 17 of JSON Lines
    a.har!/log/entries/3!/userSessions/0    in a HAR file's entry, counted from 0
    stub.json!/response/jsonBody            in what a mock answers, a whole payload
    a.http!/2!/userSessions/0               in an HTTP dump's answer, counted from 1
    -!/userSessions/0                       in what comes through standard input
    wow%21.json!/userSessions/0             in a file called wow!.json

    On a terminal, characters that could act on it are written as escapes; in a pipe all is as it is.
    """  # noqa: D301 - click's mark of lines that stay as they are
    from sessionlint.extract import extract as extracted

    found = extracted(address)
    if sys.stdout.isatty():
        from sessionlint.escape import printable_lines

        found = printable_lines(found.decode("utf-8", "backslashreplace")).encode()
    sys.stdout.buffer.write(found)


@cli.command(short_help="Print a schema, for editors and validators.")
@click.argument("kind", type=click.Choice(["json", "xsd", "config", "findings"]))
def schema(kind: str) -> None:
    """Print a schema, for editors and other validators.

    `json` and `xsd` describe the response, `config` the configuration file, `findings` what `check
    --format json` prints; all but `xsd` are JSON Schemas.
    """
    from importlib.resources import files

    from sessionlint_schema import json_schema_bytes, xsd_bytes

    if kind in ("json", "xsd"):
        text = json_schema_bytes() if kind == "json" else xsd_bytes()
    elif kind == "config":
        text = files("sessionlint").joinpath("config.schema.json").read_bytes()
    else:
        text = files("sessionlint.report").joinpath("findings.schema.json").read_bytes()
    sys.stdout.buffer.write(text)


def _rule(name: str, known: "Mapping[str, Rule]") -> "Rule":
    from sessionlint.selection import unknown_id

    wanted = name.strip()
    found = [rule for rule in known.values() if wanted.upper() == rule.id or wanted.lower() == rule.name]
    if len(found) == 1:
        return found[0]
    if found:
        raise Failure(f"several rules are called {wanted}: {', '.join(rule.id for rule in found)}")
    raise Failure(unknown_id(wanted, known, (rule.name for rule in known.values())))
