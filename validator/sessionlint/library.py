"""The linter for programs: nothing is printed, nothing exits."""

import os
from collections.abc import Collection, Iterable, Mapping
from time import perf_counter
from typing import Any, NamedTuple

from sessionlint.baseline import read
from sessionlint.capture import Capture
from sessionlint.config import READERS, Config, load, never
from sessionlint.conformance import EngineName
from sessionlint.decode import Undecodable, decode
from sessionlint.document import Document
from sessionlint.engine import Engine
from sessionlint.finding import Finding, Path, Severity, Span
from sessionlint.intake.files import captures
from sessionlint.linter import Result, Tally, lint, lint_document, told
from sessionlint.rule import registry
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


def check(
    source: str | os.PathLike[str] | bytes | dict[str, Any] | list[Any],
    *,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    engine: EngineName | None = None,
    redact: bool | None = None,
    thresholds: Mapping[str, float] | None = None,
    severities: Mapping[str, Severity] | None = None,
    config: str | os.PathLike[str] | None = None,
) -> Report:
    """Checks a path (file or folder), the bytes of a payload, or a payload already parsed.

    ``select`` and ``ignore`` take ids of rules, prefixes of ids, or ``ALL``; ``thresholds`` go by their
    names, ``severities`` by ids of rules. ``config`` is a configuration file, of which all that decides
    about findings holds, its baseline too; the other arguments win over it as the command line does. No
    file is looked for: the same call gives the same findings wherever it is made.

    Findings of an object already parsed have no line. Raises `FileNotFoundError` for a path that does not
    exist, `sessionlint.selection.UnknownRule` for a selector that names no rule, and
    `sessionlint.config.ConfigError` for a wrong configuration, threshold or severity; a bad payload
    raises nothing.
    """
    start = perf_counter()
    settings = load(os.fspath(config)) if config is not None else Config()
    settings = settings.overridden(
        select=tuple(select),
        ignore=tuple(ignore),
        engine=engine,
        redact=redact,
        thresholds=READERS["thresholds"]("thresholds", dict(thresholds or {})),
        severity=READERS["severity"]("severities", dict(severities or {})),
    )
    checker = Engine(settings.options())
    known = read(settings.baseline_path, settings.folder, registry()).knows if settings.baseline_path else never
    tally = Tally()
    findings: list[Finding] = []
    for result in told(_results(checker, source, settings), settings.ignored(), known):
        tally.add(result)
        findings += result.findings
    return Report(tuple(findings), tally.summary(perf_counter() - start))


def _results(
    engine: Engine, source: str | os.PathLike[str] | bytes | dict[str, Any] | list[Any], settings: Config
) -> Iterable[Result]:
    foreign, limits = settings.foreign, settings.all_limits()
    if isinstance(source, (dict, list)):
        return [lint_document(engine, _parsed(source), Capture("<object>", b""), foreign)]
    if isinstance(source, bytes):
        return lint(engine, [Capture("<bytes>", source)], limits=limits, foreign=foreign)
    path = os.fspath(source)
    if not os.path.lexists(path):
        raise FileNotFoundError(f"{path!r} does not exist")
    inputs = captures([path], limits, excluded=settings.excluded())
    return lint(engine, inputs, limits=limits, foreign=foreign)


def _parsed(source: dict[str, Any] | list[Any]) -> Document:
    import orjson

    try:
        orjson.dumps(source)
    except TypeError as error:
        if "surrogates" in str(error):
            return _without_surrogates(source)
    return _Parsed(source)


def _without_surrogates(source: dict[str, Any] | list[Any]) -> Document:
    """``source`` as it would be read from a file: a lone surrogate, which is no character, is replaced and told."""
    import json

    decoded = decode(json.dumps(source).encode())
    if isinstance(decoded, Undecodable):  # nested too deeply, or too large
        return _Parsed({"userSessions": []}, decoded.defects)
    defects = tuple(
        each._replace(span=None, related_spans=(None,) * len(each.related_spans)) for each in decoded.defects
    )
    return _Parsed(decoded.tree, defects, decoded.made_up, decoded.cut)


class _Parsed(Document):
    format = None

    def spans(self, paths: Collection[Path]) -> Mapping[Path, Span]:  # noqa: ARG002 - there is no text
        return {}

    def line(self, number: int) -> str:
        raise LookupError(number)
