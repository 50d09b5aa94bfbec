"""Captures shared out to several processes, and what becomes of them in the order of the input.

A chunk is what a process takes on at a time: captures that are read already, small files, or a stretch of JSON
Lines; these it reads itself. Few chunks are under way at once, so memory does not grow with the input. What else
is in a small file (an archive, by a document's name) may expand to anything: the process that shares out the work
takes it on, a little at a time.
"""

import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any, Final, Generic, TypeAlias, TypeVar

from sessionlint.capture import Capture
from sessionlint.intake.files import Unread, captures_in
from sessionlint.intake.lines import Lines, stretches
from sessionlint.limits import Limits
from sessionlint.summary import Failure

if TYPE_CHECKING:
    from concurrent.futures import Future, ProcessPoolExecutor

Chunk: TypeAlias = Sequence[Capture | Unread] | Lines

_CHUNK_BYTES: Final = 1 << 20
"""Bytes of a chunk, about."""
_CHUNK_CAPTURES: Final = 512
"""Captures of a chunk, at most."""
_BYTES_WORTH_PROCESSES: Final = 6 << 20
"""Bytes of input from which on it pays to start processes."""
_BYTES_KEPT_HERE: Final = 8 << 20
"""A capture of so many bytes is not handed to another process: it would be held three times."""
_CHUNKS_AHEAD: Final = 3
"""Chunks under way for each process."""

# A fork costs a millisecond where a new interpreter costs a tenth of a second. No thread runs yet; on macOS
# the system's own libraries do not bear it.
_START_METHOD: Final = "fork" if sys.platform == "linux" else "spawn"

_MOST_PROCESSES: Final = 61 if sys.platform == "win32" else sys.maxsize
"""Windows waits for no more, and a pool refuses to have them."""

T = TypeVar("T")


class WorkerLost(Failure):
    """A process ended before its work was done."""


class NoDocument(Exception):
    """A file of a chunk is no document, but holds any number of captures."""


def captures_of(chunk: Chunk, limits: Limits) -> Iterator[Capture]:
    """The captures in a chunk; they can be asked for again. Raises `NoDocument`."""
    if isinstance(chunk, Lines):
        yield from captures_in(chunk, limits)
        return
    for each in chunk:
        capture = each.document(limits) if isinstance(each, Unread) else each
        if capture is None:
            raise NoDocument
        yield capture


def in_order(
    work: Iterable[Capture | Lines | Unread],
    jobs: int | None,
    run: Callable[[Chunk], T],
    start: Callable[..., None],
    *arguments: object,
    inside: Callable[[Unread], Iterable[Capture]],
) -> Iterator[tuple[Chunk, T]]:
    """Each chunk of the work with what ``run`` makes of it, in the order of the input.

    ``start`` is called with the arguments once in each process before any ``run``; all are what `pickle`
    takes. ``jobs`` is the number of processes; ``None``: the machine's cores, or only this process where
    the work is too little to gain. ``run`` may raise `NoDocument`: it is then asked about the captures that
    are ``inside`` the files of the chunk. Raises `WorkerLost`.
    """
    chunks = _chunks(work)
    if jobs is None:
        jobs = cores()
        first = _enough_for_processes(chunks) if jobs > 1 else []
        if sum(map(_size, first)) < _BYTES_WORTH_PROCESSES:
            jobs = 1
        chunks = chain(first, chunks)
    here = _InThisProcess(run, start, arguments, inside)
    if jobs > 1:
        yield from _by_other_processes(chunks, jobs, here)
        return
    for chunk in here.parts(chunks):
        yield from here.done(chunk)


def cores() -> int:
    """Cores that this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)  # not on macOS and Windows
    return len(affinity(0)) if affinity else os.cpu_count() or 1


class _InThisProcess(Generic[T]):
    """Work that is done in this process."""

    def __init__(
        self,
        run: Callable[[Chunk], T],
        start: Callable[..., None],
        arguments: tuple[Any, ...],
        inside: Callable[[Unread], Iterable[Capture]],
    ) -> None:
        self.run = run
        self.start = start
        self.arguments = arguments
        self._inside = inside
        self._is_started = False
        self._reads_files = False

    def parts(self, chunks: Iterable[Chunk]) -> Iterator[Chunk]:
        """The chunks; once a file was no document, those that come are of captures: the next file may be none too."""
        for chunk in chunks:
            if self._reads_files:
                yield from self._read(chunk)
            else:
                yield chunk

    def _read(self, chunk: Chunk) -> Iterator[Chunk]:
        if isinstance(chunk, Lines):
            return iter((chunk,))
        return _chunks(
            chain.from_iterable(self._inside(each) if isinstance(each, Unread) else (each,) for each in chunk)
        )

    def done(self, chunk: Chunk) -> Iterator[tuple[Chunk, T]]:
        """A chunk with what is made of it, or the parts that it had to be divided into."""
        if not self._is_started:
            self.start(*self.arguments)
            self._is_started = True
        yield from self.whole_or_divided(chunk, partial(self.run, chunk))

    def whole_or_divided(self, chunk: Chunk, make: Callable[[], T]) -> Iterator[tuple[Chunk, T]]:
        """As `done`, where somebody else may have made it: only what has to be divided is done here."""
        try:
            made = make()
        except NoDocument:
            self._reads_files = True
            for part in self._read(chunk):
                yield from self.done(part)
        else:
            yield chunk, made


def _by_other_processes(chunks: Iterator[Chunk], jobs: int, here: _InThisProcess[T]) -> Iterator[tuple[Chunk, T]]:
    from concurrent.futures.process import BrokenProcessPool

    pool = _pool(jobs, here.start, here.arguments)
    pending: deque[tuple[Chunk, Future[T]]] = deque()
    try:
        for chunk in here.parts(chunks):
            if not isinstance(chunk, Lines) and _size(chunk) >= _BYTES_KEPT_HERE:
                yield from _finished(pending, 0, here)
                yield from here.done(chunk)
                continue
            with _interrupts_wait():
                pending.append((chunk, pool.submit(here.run, chunk)))
            yield from _finished(pending, jobs * _CHUNKS_AHEAD, here)
        yield from _finished(pending, 0, here)
    except BrokenProcessPool:
        raise WorkerLost("a worker process ended before its work was done: try again with --jobs 1") from None
    finally:
        # Without waiting, the interpreter may end while the pool still closes its pipes, and complain.
        pool.shutdown(cancel_futures=True)


def _finished(
    pending: "deque[tuple[Chunk, Future[T]]]", most: int, here: _InThisProcess[T]
) -> Iterator[tuple[Chunk, T]]:
    while len(pending) > most:
        chunk, future = pending.popleft()
        yield from here.whole_or_divided(chunk, future.result)


def _pool(jobs: int, start: Callable[..., None], arguments: tuple[Any, ...]) -> "ProcessPoolExecutor":
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    # A new interpreter looks for modules in the current folder first, and that may be the dump.
    os.environ["PYTHONSAFEPATH"] = "1"
    return ProcessPoolExecutor(
        min(jobs, _MOST_PROCESSES), multiprocessing.get_context(_START_METHOD), _start, (start, arguments)
    )


@contextmanager
def _interrupts_wait() -> Iterator[None]:
    """What is started meanwhile never hears of an interrupt, of which it could complain before it ignores them."""
    if sys.platform == "win32":  # where signals cannot be held back
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _start(start: Callable[..., None], arguments: tuple[Any, ...]) -> None:
    # An interrupt from the terminal reaches every process: the one that shares out the work sees to it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    start(*arguments)


def _enough_for_processes(chunks: Iterator[Chunk]) -> list[Chunk]:
    """So many chunks that it pays to start processes, or all there are."""
    first: list[Chunk] = []
    size = 0
    while size < _BYTES_WORTH_PROCESSES and (chunk := next(chunks, None)) is not None:
        first.append(chunk)
        size += _size(chunk)
    return first


def _chunks(work: Iterable[Capture | Lines | Unread]) -> Iterator[Chunk]:
    gathered: list[Capture | Unread] = []
    size = 0
    for each in work:
        if isinstance(each, Lines):
            if gathered:
                yield gathered
                gathered, size = [], 0
            yield from _chunks_of_lines(each)
            continue
        length = _bytes(each)
        if gathered and (size + length > _CHUNK_BYTES or len(gathered) == _CHUNK_CAPTURES):
            yield gathered
            gathered, size = [], 0
        gathered.append(each)
        size += length
    if gathered:
        yield gathered


def _chunks_of_lines(lines: Lines) -> Iterator[Chunk]:
    rest = lines
    try:
        for stretch in stretches(lines, _CHUNK_BYTES):
            yield stretch
            rest = lines._replace(start=stretch.stop, first_line=stretch.first_line)
    except OSError:
        yield rest  # who reads it says why it cannot be read


def _size(chunk: Chunk) -> int:
    if isinstance(chunk, Lines):
        return chunk.stop - chunk.start
    return sum(map(_bytes, chunk))


def _bytes(each: Capture | Unread) -> int:
    return each.size if isinstance(each, Unread) else len(each.data)
