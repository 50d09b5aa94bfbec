"""Several processes give what one gives, in the same order."""

import gzip
import multiprocessing
import os
import signal
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import orjson
import pytest

from sessionlint import workers
from sessionlint.capture import Capture
from sessionlint.config import Config
from sessionlint.corpus import Corpus
from sessionlint.engine import Engine
from sessionlint.intake.files import LONG, Unread, address_of
from sessionlint.intake.lines import Lines
from sessionlint.limits import Limits
from sessionlint.linter import Result
from sessionlint.run import processes, results
from sessionlint.workers import Chunk, WorkerLost, in_order
from support import at
from support_intake import support_dump

INSIDE = partial(Unread.captures, limits=Limits())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Captures of all kinds, with sessions that come again, and more lines than one chunk has."""
    (tmp_path / "dump.zip").write_bytes(support_dump())
    (tmp_path / "again.zip").write_bytes(support_dump())
    for number in range(3):
        (tmp_path / f"{number}.json").write_bytes(orjson.dumps(at("port", number)))
    lines = [orjson.dumps(at("userSessionId", f"07625:1490529480:{number % 500:08}")) for number in range(700)]
    lines[333] = b"{"
    (tmp_path / "many.jsonl").write_bytes(b"\n".join(lines))
    # By their names these are documents, like those before and behind them.
    (tmp_path / "1-archive.json").write_bytes(support_dump())
    (tmp_path / "1-compressed.json").write_bytes(gzip.compress(b"\n".join(lines[:50])))
    (tmp_path / "1-empty.json").write_bytes(b"")
    (tmp_path / "1-long.json").write_bytes(gzip.compress(long_response()))
    (tmp_path / "1-lines.json").write_bytes(b"\n".join(lines[300:350]))
    (tmp_path / "1-other.xml").write_bytes(b"\x89PNG\r\n\x1a\n")
    return tmp_path


def long_response() -> bytes:
    """A response that comes in stretches, with a fault in the last of its sessions."""
    session = at("pages", [])["userSessions"][0]
    sessions = [{**session, "userSessionId": f"07625:1490529480:long{number}"} for number in range(2000)]
    sessions[-1] = {**sessions[-1], "port": 0}
    text = orjson.dumps({"userSessions": sessions})
    assert len(text) > LONG
    return text


def linted(path: Path, jobs: int, exclude: tuple[str, ...] = ()) -> list[Result]:
    settings = Config(jobs=jobs, exclude=exclude)
    found = results(Engine(settings.options()), [str(path)], settings, Corpus())
    return [each._replace(identities=()) for each in found]


@pytest.mark.parametrize("method", multiprocessing.get_all_start_methods())
def test_the_results_are_those_of_one_process(folder: Path, method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "_START_METHOD", method)
    one = linted(folder, 1)
    assert {finding.rule for result in one for finding in result.findings} >= {"COR002", "CAP004", "SES008", "CAP008"}
    assert linted(folder, 2) == one
    assert linted(folder, 3) == one


@pytest.mark.parametrize("method", multiprocessing.get_all_start_methods())
def test_no_process_runs_what_lies_in_the_current_folder(
    tmp_path: Path, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "_START_METHOD", method)
    for name in ("multiprocessing", "signal", "struct"):
        (tmp_path / f"{name}.py").write_text("open('was-run', 'w').close()")
    monkeypatch.chdir(tmp_path)
    list(in_order([Capture("a", b"x")], 2, _process_and_names, _nothing, inside=INSIDE))
    assert not (tmp_path / "was-run").exists()


def test_what_is_excluded_is_so_in_any_process(folder: Path) -> None:
    pattern = ("**/1-archive.json!/**/*.json",)
    one = linted(folder, 1, pattern)
    assert {result.skipped for result in one if "1-archive.json!/" in result.capture} >= {"excluded"}
    assert linted(folder, 2, pattern) == one


def test_each_session_that_comes_again_has_its_line(folder: Path) -> None:
    findings = [finding for result in linted(folder / "many.jsonl", 2) for finding in result.findings]
    assert [finding.line for finding in findings if finding.rule == "COR002"] == [*range(501, 701)]


def test_large_captures_stay_in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "_BYTES_KEPT_HERE", 100)
    monkeypatch.setattr(workers, "_CHUNK_BYTES", 50)
    work = [Capture(str(number), b"x" * (150 if number % 3 == 1 else 40)) for number in range(9)]
    told = list(in_order(work, 2, _process_and_names, _nothing, inside=INSIDE))
    assert [name for _, (_, names) in told for name in names] == [str(number) for number in range(9)]
    here = {name for _, (process, names) in told for name in names if process == os.getpid()}
    assert here == {"1", "4", "7"}


@pytest.mark.parametrize(
    ("sizes", "is_alone"),
    [
        ([100] * 20, True),
        ([workers._BYTES_WORTH_PROCESSES // 4] * 3, True),
        ([workers._BYTES_WORTH_PROCESSES // 4] * 5, False),
    ],
)
def test_processes_are_started_where_it_pays(sizes: list[int], is_alone: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "cores", lambda: 2)
    work = [Capture(str(number), b"x" * size) for number, size in enumerate(sizes)]
    told = list(in_order(work, None, _process_and_names, _nothing, inside=INSIDE))
    assert [name for _, (_, names) in told for name in names] == [str(number) for number in range(len(sizes))]
    assert ({process for _, (process, _) in told} == {os.getpid()}) == is_alone


def test_few_chunks_are_under_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "_CHUNK_BYTES", 1)
    taken = 0

    def work() -> Iterator[Capture]:
        nonlocal taken
        for number in range(100):
            taken += 1
            yield Capture(str(number), b"xx")

    told = in_order(work(), 2, _process_and_names, _nothing, inside=INSIDE)
    for number in range(100):
        next(told)
        assert taken - number <= 2 * workers._CHUNKS_AHEAD + 3


def test_windows_bears_no_more_processes_than_a_pool_may_have(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("concurrent.futures.process.sys.platform", "win32")
    monkeypatch.setattr(workers, "_MOST_PROCESSES", 61)
    workers._pool(96, _nothing, ()).shutdown()


if os.name == "posix":  # elsewhere signals cannot be held back

    @pytest.mark.parametrize("method", multiprocessing.get_all_start_methods())
    def test_a_process_never_hears_of_an_interrupt(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(workers, "_START_METHOD", method)
        before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
        told = in_order([Capture("a", b"x")], 2, _interrupts_are_held, _nothing, inside=INSIDE)
        assert [held for _, held in told] == [True]
        assert signal.pthread_sigmask(signal.SIG_BLOCK, ()) == before


def test_a_lost_process_is_told_in_one_line() -> None:
    with pytest.raises(WorkerLost, match=r"^a worker process ended before its work was done: try again with --jobs 1$"):
        list(in_order([Capture("a", b"x")], 2, _die, _nothing, inside=INSIDE))


def test_a_file_that_vanishes_is_told(tmp_path: Path) -> None:
    lines = Lines(str(tmp_path / "gone.jsonl"), "gone.jsonl", "named", 0, 10, 1)
    ((_, names),) = [told for _, told in in_order([lines], 2, _process_and_defects, _nothing, inside=INSIDE)]
    assert names == [f"{address_of(lines.path)} CAP001"]


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_small_file_is_read_by_the_process_that_checks_it(jobs: int, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b"{}")
    (tmp_path / "wide.json").write_bytes("{\n}".encode("utf-16"))
    (tmp_path / "picture.json").write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
    files = [
        Unread(str(tmp_path / name), "folder", 10) for name in ("a.json", "gone.json", "wide.json", "picture.json")
    ]
    ((chunk, (_, told)),) = in_order(files, jobs, _process_and_defects, _nothing, inside=INSIDE)
    assert chunk == files
    a, gone, wide, picture = (address_of(each.path) for each in files)
    assert told == [a, f"{gone} CAP001", wide, picture]


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_is_no_document_is_taken_on_here_a_little_at_a_time(
    jobs: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "_CHUNK_CAPTURES", 4)
    (tmp_path / "a.json").write_bytes(gzip.compress(b'{"a": 1}\n' * 10))
    (tmp_path / "b.json").write_bytes(b"{}")
    files = [Unread(str(tmp_path / name), "named", 100) for name in ("a.json", "b.json")]
    told = [names for _, (process, names) in in_order(files, jobs, _process_and_defects, _nothing, inside=INSIDE)]
    assert list(map(len, told)) == [4, 4, 3]
    lines, document = (address_of(each.path) for each in files)
    assert [name for names in told for name in names] == [*(f"{lines}!/{line}" for line in range(1, 11)), document]


def test_where_one_file_is_no_document_the_next_are_read_here_and_shared_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "_CHUNK_CAPTURES", 1)
    (tmp_path / "a.json").write_bytes(b"{}\n{}\n")
    files = [Unread(str(tmp_path / "a.json"), "named", 6)] * 20
    told = list(in_order(files, 2, _process_and_defects, _nothing, inside=INSIDE))
    address = address_of(files[0].path)
    assert [name for _, (_, names) in told for name in names] == [f"{address}!/{line}" for line in (1, 2)] * 20
    here = [process == os.getpid() for _, (process, _) in told]
    assert here[:2] == [True, True]
    assert not any(here[-20:])


@pytest.mark.parametrize(
    ("paths", "jobs", "expected"), [(["a"], None, None), (["-"], None, 1), (["-"], 3, 3), (["a", "b"], 2, 2)]
)
def test_a_pipe_is_read_by_one_process_unless_more_are_asked_for(
    paths: list[str], jobs: int | None, expected: int | None
) -> None:
    assert processes(paths, Config(jobs=jobs)) == expected


def _nothing() -> None:
    pass


def _process_and_names(chunk: Chunk) -> tuple[int, list[str]]:
    assert not isinstance(chunk, Lines)
    return os.getpid(), [capture.address for capture in chunk if isinstance(capture, Capture)]


def _process_and_defects(chunk: Chunk) -> tuple[int, list[str]]:
    captures = workers.captures_of(chunk, Limits())
    return os.getpid(), [" ".join([capture.address, *(each.rule for each in capture.defects)]) for capture in captures]


def _interrupts_are_held(_: Chunk) -> bool:
    return signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, ())


def _die(chunk: Chunk) -> int:
    os._exit(3)
