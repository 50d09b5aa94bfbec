"""The line about a long run: on a terminal only, out of the way of what is printed."""

import io

import pytest

from sessionlint import progress
from sessionlint.progress import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What the time is: its only item."""
    now = [100.0]
    monkeypatch.setattr(progress, "perf_counter", lambda: now[0])
    return now


def test_a_short_run_says_nothing(clock: list[float]) -> None:
    stream = Terminal()
    with Progress(stream) as line:
        clock[0] += 0.9
        line.step(1, 0)
    assert stream.getvalue() == ""


def test_a_long_run_says_how_far_it_is_and_leaves_nothing(clock: list[float]) -> None:
    stream = Terminal()
    with Progress(stream) as line:
        for seconds in (61.5, 0.01, 0.2):
            clock[0] += seconds
            line.step(1000, 3)
        line.clear()
        line.clear()
    told = ["1,000 captures, 3 findings, 1:01", "3,000 captures, 9 findings, 1:01", ""]
    assert stream.getvalue().split("\r\x1b[K") == ["", *told]


def test_the_line_is_erased_when_the_run_fails(clock: list[float]) -> None:
    stream = Terminal()
    with pytest.raises(KeyboardInterrupt), Progress(stream) as line:
        clock[0] += 2
        line.step(1, 0)
        raise KeyboardInterrupt
    assert stream.getvalue().endswith("\r\x1b[K")


def test_a_pipe_gets_nothing(clock: list[float]) -> None:
    stream = io.StringIO()
    with Progress(stream) as line:
        clock[0] += 10
        line.step(1, 0)
    assert stream.getvalue() == ""


def test_a_terminal_that_is_gone_does_not_end_the_run(clock: list[float]) -> None:
    class Gone(Terminal):
        def write(self, text: str, /) -> int:
            raise OSError(5, "Input/output error")

    with Progress(Gone()) as line:
        clock[0] += 2
        line.step(1, 0)
        line.step(1, 0)


def test_an_interrupt_that_was_dropped_is_heeded_at_the_next_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress._Interrupt, "came", False)
    Progress(io.StringIO()).step(1, 0)
    with pytest.raises(KeyboardInterrupt):
        progress.interrupted(2, None)
    with pytest.raises(KeyboardInterrupt):
        Progress(io.StringIO()).step(1, 0)
