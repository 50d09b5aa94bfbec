"""The command `sessionlint triage`: captures through the linter into a collector, and out as text."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, Final

from sessionlint.intake.files import Unread
from sessionlint.output import Outputs
from sessionlint.report import Reporter
from sessionlint.triage.model import Triage

if TYPE_CHECKING:
    from sessionlint.capture import Capture
    from sessionlint.config import Config
    from sessionlint.corpus import Corpus
    from sessionlint.engine import Engine, Options
    from sessionlint.finding import Finding
    from sessionlint.intake.lines import Lines
    from sessionlint.linter import Result
    from sessionlint.progress import Progress
    from sessionlint.summary import Summary
    from sessionlint.triage.collect import Collector
    from sessionlint.workers import Chunk

_VERDICT: Final = "DIA100"


def run(
    names: Sequence[str],
    settings: "Config",
    known: Callable[["Finding"], bool],
    corpus: "Corpus",
    *,
    format_: str,
    files: Sequence[tuple[str, str]] = (),
    color: bool = False,
    verbose: bool = False,
) -> "Summary":
    """Triages what the paths lead to, prints it and writes it to the files; returns the counts.

    Findings that are ``known`` are only counted; ``corpus`` gets to know the sessions. Raises
    `sessionlint.selection.UnknownRule`, `sessionlint.output.OutputError` and `sessionlint.workers.WorkerLost`.
    """
    from sessionlint.intake.files import work
    from sessionlint.progress import Progress
    from sessionlint.run import processes

    start = perf_counter()
    triage: list[Triage] = []
    printed = _Rendered(triage, renderer(format_, color=color, verbose=verbose))
    with Outputs(printed, [(_Rendered(triage, renderer(name)), path) for name, path in files]) as written:
        inputs = work(names, settings.all_limits(), excluded=settings.excluded())
        with Progress() as progress:
            collector = collected(inputs, settings, known, corpus, processes(names, settings), progress=progress)
        triage.append(collector.contents(perf_counter() - start))
        written.end(triage[0].summary)
    return triage[0].summary


def collected(
    inputs: "Iterable[Capture | Lines | Unread]",
    settings: "Config",
    known: Callable[["Finding"], bool],
    corpus: "Corpus",
    jobs: int | None = 1,
    *,
    progress: "Progress | None" = None,
) -> "Collector":
    """A collector that has seen all inputs; findings that are ``known`` are only counted.

    ``jobs`` as `sessionlint.workers.in_order` has it. Raises `sessionlint.workers.WorkerLost`.
    """
    from sessionlint.linter import Result, reported
    from sessionlint.run import again, repeats
    from sessionlint.workers import in_order

    limits, ignored = settings.all_limits(), settings.ignored()
    collector = new_collectors(settings)()
    engine = None
    inside = partial(Unread.captures, limits=limits, excluded=settings.excluded())
    for chunk, (seen, results) in in_order(inputs, jobs, _collect, _start, settings, known, inside=inside):
        if progress:
            progress.step(len(results), seen.totals.findings)
        collector.merge(seen)
        repeated = dict(repeats(corpus, results))
        for index, capture, document in again(chunk, repeated, limits) if repeated else ():
            engine = engine or new_engine(settings)
            findings = engine.repeated(capture, repeated[index], document)
            for result in reported((Result(capture.address, findings, continues=True),), ignored, known):
                collector.see_repeats(result, document)
    return collector


class _Task:
    """What a process needs to collect from chunks."""

    settings: "Config"
    known: Callable[["Finding"], bool]
    engine: "Engine"
    collectors: "Callable[..., Collector]"
    before: "Collector | None"
    """That of the last chunk that was seen whole."""


def _start(settings: "Config", known: Callable[["Finding"], bool]) -> None:
    _Task.settings, _Task.known, _Task.engine = settings, staticmethod(known), new_engine(settings)
    _Task.collectors, _Task.before = staticmethod(new_collectors(settings)), None


def _collect(chunk: "Chunk") -> "tuple[Collector, list[Result]]":
    """What a chunk has to tell, and its sessions."""
    from sessionlint.linter import examine, reported
    from sessionlint.workers import captures_of

    settings = _Task.settings
    collector = _Task.collectors(before=_Task.before)
    limits, ignored = settings.all_limits(), settings.ignored()
    results = []
    for capture in captures_of(chunk, limits):
        result, document, readable = examine(_Task.engine, capture, limits, settings.foreign)
        for each in reported((result,), ignored, _Task.known):
            collector.see(capture, each, document, readable)
        results.append(result._replace(findings=[]) if result.findings else result)
    _Task.before = collector
    return collector, results


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


def new_engine(settings: "Config") -> "Engine":
    """An engine that finds what a triage tells."""
    from sessionlint.engine import Engine

    return Engine(chosen(settings)[0])


def new_collectors(settings: "Config") -> "Callable[..., Collector]":
    """What makes collectors that have seen nothing yet; ``before`` as `Collector` has it."""
    from sessionlint.triage.collect import Collector
    from sessionlint_rules.diagnosis import Thresholds

    _, diagnoses = chosen(settings)
    thresholds = Thresholds.of(settings.thresholds)
    return partial(Collector, redact=settings.redact, diagnoses=diagnoses, thresholds=thresholds)


def renderer(name: str, *, color: bool = False, verbose: bool = False) -> Callable[[Triage], str]:
    """What writes a triage in one of the formats of the command."""
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
