"""A whole run: paths in, the results of all their captures out, in the order of the input."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from sessionlint.corpus import Corpus
from sessionlint.document import Document
from sessionlint.engine import Engine
from sessionlint.intake.files import STANDARD_INPUT, Unread, captures, work
from sessionlint.linter import Examined, Result, decoded_capture, examine, lint, with_repeats

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sessionlint.capture import Capture
    from sessionlint.config import Config
    from sessionlint.corpus import Repeat
    from sessionlint.engine import Options
    from sessionlint.limits import Limits
    from sessionlint.linter import Foreign
    from sessionlint.workers import Chunk


def results(engine: Engine, paths: Sequence[str], settings: "Config", corpus: Corpus) -> Iterator[Result]:
    """The results of the captures that the paths lead to, by as many processes as pays.

    ``corpus`` gets to know their sessions. Raises `sessionlint.workers.WorkerLost`.
    """
    limits, excluded, foreign = settings.all_limits(), settings.excluded(), settings.foreign
    jobs = processes(paths, settings)
    # All else is read and then checked a megabyte at a time: a fifth less for an archive, whose reading and checking
    # push each other out of the processor's caches.
    if STANDARD_INPUT in paths and jobs == 1:
        found_here = captures(paths, limits, excluded=excluded)
        yield from lint(engine, found_here, limits=limits, foreign=foreign, corpus=corpus)
        return
    from sessionlint.workers import in_order

    _Task.engine = engine
    inputs, inside = work(paths, limits, excluded=excluded), partial(Unread.captures, limits=limits, excluded=excluded)
    for chunk, found in in_order(inputs, jobs, _lint, _start, engine.options, limits, foreign, inside=inside):
        repeated = dict(repeats(corpus, found))
        if repeated:
            for index, capture, document in again(chunk, repeated, limits):
                found[index] = with_repeats(engine, capture, repeated[index], Examined(found[index], document))
        yield from found


def processes(paths: Sequence[str], settings: "Config") -> int | None:
    """How many processes are asked for; ``None``: as many as pays."""
    if settings.jobs is None and STANDARD_INPUT in paths:
        return 1  # what comes through a pipe is told of as it comes
    return settings.jobs


def repeats(corpus: Corpus, found: "Iterable[Result]") -> "Iterator[tuple[int, list[Repeat]]]":
    """Of which results sessions came before in the run: their indices, with these sessions."""
    for index, result in enumerate(found):
        if result.identities and (known := corpus.see(result.capture, result.identities)):
            yield index, known


def again(
    chunk: "Chunk", wanted: "Iterable[int]", limits: "Limits"
) -> "Iterator[tuple[int, Capture, Document | None]]":
    """Some captures of a chunk, by their indices, decoded once more: another process has what it decoded."""
    from sessionlint.workers import NoDocument, captures_of

    wanted = set(wanted)
    with suppress(NoDocument):  # a file that is another one now
        for index, capture in enumerate(captures_of(chunk, limits)):
            if index in wanted:
                decoded = decoded_capture(capture, limits)
                yield index, capture, decoded if isinstance(decoded, Document) else None


class _Task:
    """What a process needs to lint chunks."""

    engine: Engine | None = None
    limits: "Limits"
    foreign: "Foreign"


def _start(options: "Options", limits: "Limits", foreign: "Foreign") -> None:
    # A process that was forked, or that does the work itself, has one already.
    if _Task.engine is None or _Task.engine.options != options:
        _Task.engine = Engine(options)
    _Task.limits, _Task.foreign = limits, foreign


def _lint(chunk: "Chunk") -> list[Result]:
    from sessionlint.workers import captures_of

    engine, limits, foreign = _Task.engine, _Task.limits, _Task.foreign
    assert engine is not None
    return [examine(engine, capture, limits, foreign).result for capture in captures_of(chunk, limits)]
