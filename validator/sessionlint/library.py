"""The linter for programs: nothing is printed, nothing exits."""

import os
from collections.abc import Iterable, Mapping
from time import perf_counter
from typing import Any, NamedTuple, TypeAlias, TypedDict

from sessionlint.baseline import read
from sessionlint.capture import Capture
from sessionlint.config import READERS, Config, load, never
from sessionlint.conformance import EngineName
from sessionlint.decode import Undecodable
from sessionlint.decode.parsed import decode_parsed
from sessionlint.engine import Engine
from sessionlint.escape import excerpt
from sessionlint.finding import Finding, Severity
from sessionlint.intake.files import captures, in_stretches
from sessionlint.linter import Result, Totals, lint, lint_document, reported
from sessionlint.rule import registry
from sessionlint.selection import selectors
from sessionlint.summary import Summary


class Report(NamedTuple):
    """What a check found."""

    findings: tuple[Finding, ...]
    summary: Summary

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings of severity error."""
        return self._of("error")

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """The findings of severity warning."""
        return self._of("warning")

    def _of(self, severity: Severity) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.severity == severity)


Source: TypeAlias = str | os.PathLike[str] | bytes | dict[str, Any] | list[Any]
"""A path of a file or folder, the bytes of a payload, or a payload as `json.loads` returns it."""


class CheckOptions(TypedDict, total=False):
    """The options of `check_with`, for those who pass them on."""

    select: str | Iterable[str]
    ignore: str | Iterable[str]
    engine: EngineName | None
    redact: bool | None
    thresholds: Mapping[str, float] | None
    severities: Mapping[str, Severity] | None


def check(
    source: Source,
    *,
    select: str | Iterable[str] = (),
    ignore: str | Iterable[str] = (),
    engine: EngineName | None = None,
    redact: bool | None = None,
    thresholds: Mapping[str, float] | None = None,
    severities: Mapping[str, Severity] | None = None,
    config: str | os.PathLike[str] | None = None,
) -> Report:
    """Checks a path (file or folder), the bytes of a payload, or a payload already parsed.

    A ``str`` is a path, and never the text of a payload. ``select`` and ``ignore`` take ids of rules, prefixes
    of ids, or ``ALL``: several, or one text with commas between them. ``engine`` is ``"fast"`` or
    ``"reference"``; ``redact`` leaves the payload's values out of the findings; ``thresholds`` go by their
    names, ``severities`` by ids of rules. ``config`` is a configuration file, of which all that decides about
    findings holds, its baseline too; the other arguments win over it as the command line does. No file is
    looked for: the same call gives the same findings wherever it is made.

    Findings of an object already parsed have no line. A bad payload raises nothing: it has findings.

    Raises `FileNotFoundError` for a path that does not exist, `TypeError` for a source of another type or a
    parsed payload with something in it that JSON has not, `UnknownRule` for a selector that names no rule,
    `ConfigError` for a wrong configuration, engine, threshold or severity, and `RuleError` where a package
    with rules is installed that cannot be used.
    """
    settings = load(os.fspath(config)) if config is not None else Config()
    return check_with(
        settings,
        source,
        select=select,
        ignore=ignore,
        engine=engine,
        redact=redact,
        thresholds=thresholds,
        severities=severities,
    )


def check_with(
    settings: Config,
    source: Source,
    *,
    select: str | Iterable[str] = (),
    ignore: str | Iterable[str] = (),
    engine: EngineName | None = None,
    redact: bool | None = None,
    thresholds: Mapping[str, float] | None = None,
    severities: Mapping[str, Severity] | None = None,
    excerpts: bool = False,
    raises: bool = False,
) -> Report:
    """`check` with a configuration already read; with ``excerpts`` for the text report.

    ``raises`` lets through what a rule raises, where it would be a finding.
    """
    start = perf_counter()
    settings = settings.overridden(
        select=selectors(select),
        ignore=selectors(ignore),
        engine=_read("engine", "engine", engine),
        redact=redact,
        thresholds=_read("thresholds", "thresholds", thresholds),
        severity=_read("severity", "severities", severities),
    )
    checker = Engine(settings.options(excerpts=excerpts)._replace(raises=raises))
    known = read(settings.baseline_path, settings.folder, registry()).knows if settings.baseline_path else never
    totals = Totals()
    findings: list[Finding] = []
    for result in reported(_results(checker, source, settings), settings.ignored(), known):
        totals.add(result)
        findings += result.findings
    return Report(tuple(findings), totals.summary(perf_counter() - start))


def _read(key: str, argument: str, value: Any) -> Any:
    """An argument as the configuration has that key; ``None`` if it was not given. Raises `ConfigError`."""
    if value is None:
        return None
    return READERS[key](argument, dict(value) if isinstance(value, Mapping) else value)


def _results(engine: Engine, source: Source, settings: Config) -> Iterable[Result]:
    foreign, limits = settings.foreign, settings.all_limits()
    if isinstance(source, (dict, list)):
        capture, document = Capture("<object>", b""), decode_parsed(source, limits)
        if isinstance(document, Undecodable):
            return [
                Result(capture.address, engine.report(capture, document.defects), obstacle=document.defects[-1].rule)
            ]
        return [lint_document(engine, document, capture, foreign)]
    if isinstance(source, bytes):
        return lint(engine, in_stretches([Capture("<bytes>", source)]), limits=limits, foreign=foreign)
    path = os.fspath(source)
    if not os.path.lexists(path):
        told = f"no file or folder is called {excerpt(path)}"
        is_payload = isinstance(path, str) and path.lstrip("\ufeff \t\r\n").startswith(("{", "[", "<"))
        raise FileNotFoundError(f"{told}: a str is a path, so encode a payload's text" if is_payload else told)
    inputs = captures([path], limits, excluded=settings.excluded())
    return lint(engine, inputs, limits=limits, foreign=foreign)
