"""How far a long run is, on standard error and for people only; and that it ends when they want it to."""

import sys
from time import perf_counter
from types import FrameType, TracebackType
from typing import Final, TextIO

_PATIENCE: Final = 1.0
"""Seconds without a word: most runs are over by then."""
_PAUSE: Final = 0.1
"""Seconds from one line to the next."""
_ERASE: Final = "\r\x1b[K"


class _Interrupt:
    came = False


def interrupted(_: int, __: FrameType | None) -> None:
    """A handler of interrupts that remembers them.

    jsonschema-rs lets a signal be heard in the midst of a check, and drops what that raises.
    """
    _Interrupt.came = True
    raise KeyboardInterrupt


def heed_interrupt() -> None:
    """Raises an interrupt that came and was dropped."""
    if _Interrupt.came:
        raise KeyboardInterrupt


class Progress:
    """A line that is drawn again and again in its own place; nothing at all where ``stream`` is no terminal.

    A context: the line is gone when it ends, however it ends.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = sys.stderr if stream is None else stream
        self._is_shown = self._stream.isatty()
        self._start = self._drawn = perf_counter()
        self._captures = self._findings = 0
        self._is_drawn = False

    def __enter__(self) -> "Progress":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.clear()

    def step(self, captures: int, findings: int) -> None:
        """So many more captures were gone through, with so many findings; as `heed_interrupt`."""
        heed_interrupt()
        if not self._is_shown:
            return
        self._captures += captures
        self._findings += findings
        now = perf_counter()
        if now - self._start >= _PATIENCE and now - self._drawn >= _PAUSE:
            self._drawn, self._is_drawn = now, True
            seconds = int(now - self._start)
            told = f"{self._captures:,} captures, {self._findings:,} findings, {seconds // 60}:{seconds % 60:02}"
            self._write(f"{_ERASE}{told}")

    def clear(self) -> None:
        """Makes room for what is printed."""
        if self._is_drawn:
            self._is_drawn = False
            self._write(_ERASE)

    def _write(self, text: str) -> None:
        try:
            self._stream.write(text)
            self._stream.flush()
        except OSError:  # the terminal is gone: the run is not about it
            self._is_shown = self._is_drawn = False
