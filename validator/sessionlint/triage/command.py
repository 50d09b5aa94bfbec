"""The command `sessionlint triage`: captures through the linter into a collector, and out as text."""

from collections.abc import Callable, Iterable, Sequence
from time import perf_counter
from typing import TYPE_CHECKING, Final

from sessionlint.output import Outputs
from sessionlint.report import Reporter
from sessionlint.triage.model import Triage

if TYPE_CHECKING:
    from sessionlint.capture import Capture
    from sessionlint.config import Config
    from sessionlint.engine import Options
    from sessionlint.finding import Finding
    from sessionlint.summary import Summary
    from sessionlint.triage.collect import Collector

FORMATS: Final = ("text", "json", "markdown", "html")

_VERDICT: Final = "DIA100"


def run(
    names: Iterable[str],
    settings: "Config",
    known: Callable[["Finding"], bool],
    *,
    format_: str,
    files: Sequence[tuple[str, str]] = (),
    color: bool = False,
    verbose: bool = False,
) -> "Summary":
    """Triages what the paths lead to, prints it and writes it to the files; returns the counts.

    Findings that are ``known`` are only counted. Raises `sessionlint.selection.UnknownRule` and
    `sessionlint.output.OutputError`.
    """
    from sessionlint.intake.files import captures

    start = perf_counter()
    triage: list[Triage] = []
    printed = _Rendered(triage, renderer(format_, color=color, verbose=verbose))
    with Outputs(printed, [(_Rendered(triage, renderer(name)), path) for name, path in files]) as written:
        inputs = captures(names, settings.all_limits(), excluded=settings.excluded())
        collector = collected(inputs, settings, known)
        triage.append(collector.contents(perf_counter() - start))
        written.end(triage[0].summary)
    return triage[0].summary


def collected(captures: Iterable["Capture"], settings: "Config", known: Callable[["Finding"], bool]) -> "Collector":
    """A collector that has seen the captures; findings that are ``known`` are only counted."""
    from sessionlint.engine import Engine
    from sessionlint.linter import examine, told

    options, diagnoses = chosen(settings)
    engine = Engine(options)
    collector = new_collector(settings, diagnoses=diagnoses)
    limits = settings.all_limits()
    ignored = settings.ignored()
    for capture in captures:
        result, document, readable = examine(engine, capture, limits, settings.foreign)
        for each in told((result,), ignored, known):
            collector.see(capture, each, document, readable)
    return collector


def chosen(settings: "Config") -> "tuple[Options, bool]":
    """What the engine is to find, and whether sessions get a verdict.

    Unless they are selected by name, the diagnosis rules are not the engine's: verdicts rest on the same
    signs, and a finding of each in ten thousand sessions tells nobody more.
    """
    from sessionlint.rule import registry
    from sessionlint.selection import selected

    options = settings.options()
    wanted = options.selected if settings.select else selected(registry(), ("ALL",), settings.ignore)
    return options._replace(selected=options.selected - {_VERDICT}, lines=False), _VERDICT in wanted


def new_collector(settings: "Config", *, diagnoses: bool) -> "Collector":
    """A collector that has seen nothing yet."""
    from sessionlint.triage.collect import Collector
    from sessionlint_rules.diagnosis import Thresholds

    return Collector(redact=settings.redact, diagnoses=diagnoses, thresholds=Thresholds.of(settings.thresholds))


def renderer(name: str, *, color: bool = False, verbose: bool = False) -> Callable[[Triage], str]:
    """What writes a triage in one of `FORMATS`."""
    # Only the module that is asked for is loaded.
    match name:
        case "text":
            from sessionlint.triage import text

            return lambda triage: text.render(triage, color=color, has_fields=verbose)
        case "json":
            from sessionlint.triage import json

            return json.render
        case "markdown":
            from sessionlint.triage import markdown

            return markdown.render
        case "html":
            from sessionlint.triage import page

            return page.render
    raise ValueError(f"a triage is not written as {name!r}")


class _Rendered(Reporter):
    """A triage as a report: all of it comes at the end."""

    def __init__(self, triage: list[Triage], render: Callable[[Triage], str]) -> None:
        self._triage = triage
        self._render = render

    def end(self, summary: "Summary") -> str:  # noqa: ARG002 - the triage has it
        """The whole text."""
        return self._render(self._triage[0])
