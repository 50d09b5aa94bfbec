"""Where reports go: standard output as the run goes, and files that are whole or not there at all."""

import errno
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING, TextIO, cast

from sessionlint.escape import printable
from sessionlint.linter import Result
from sessionlint.paths import is_special, reason_of
from sessionlint.summary import Failure, Summary

if TYPE_CHECKING:
    from sessionlint.report import Reporter

READER_LEFT = (errno.EPIPE, errno.EINVAL) if sys.platform == "win32" else (errno.EPIPE,)
"""What a write fails with where nobody reads any more."""


class OutputError(Failure):
    """An output could not be written."""


class _Output:
    """One report on its way to one stream."""

    def __init__(self, name: str, reporter: "Reporter", stream: TextIO) -> None:
        self._name = name
        self.reporter = reporter
        self._stream = stream
        self._has_begun = False

    def write(self, text: str) -> None:
        """Before the first text writes the report's beginning.

        Raises `OutputError`, and `BrokenPipeError` where the reader has left.
        """
        if not self._has_begun:
            self._has_begun = True
            text = self.reporter.begin() + text
        if not text:
            return
        try:
            self._stream.write(text)
        except OSError as error:
            raise self._error(error) from error

    def close(self) -> None:
        """Hands on what is still held back; standard output stays open."""
        try:
            self._stream.flush()
            if self._stream is not sys.stdout:
                self._stream.close()
        except OSError as error:
            raise self._error(error) from error

    def give_up(self) -> None:
        """Closes a file that is not wanted any more; it is no matter whether all of it could be written."""
        if self._stream is not sys.stdout:
            with suppress(OSError):
                self._stream.close()

    def _error(self, error: OSError) -> Exception:
        if self._stream is sys.stdout and error.errno in READER_LEFT:
            return BrokenPipeError(error.errno, error.strerror)
        return _cannot_write(self._name, error)


class Outputs:
    """All outputs of one run; a context that puts the files in their places only if all went well.

    Raises `OutputError`, and `BrokenPipeError` where the reader of standard output has left: what is not whole is no
    ground for anything that comes after, such as a baseline.
    """

    def __init__(self, printed: "Reporter", files: Sequence[tuple["Reporter", str]]) -> None:
        self._outputs = [_Output("standard output", printed, sys.stdout)]
        self._files = files
        self._moves: list[tuple[str, str]] = []

    def __enter__(self) -> "Outputs":
        try:
            for reporter, path in self._files:
                self._outputs.append(_Output(path, reporter, self._open(path)))
        except BaseException:
            self._remove()
            raise
        return self

    def _open(self, path: str) -> TextIO:
        if is_special(path):
            return self._opened(path, path, "w")
        target = os.path.realpath(path)
        written = f"{target}.{os.getpid()}.tmp"
        self._moves.append((written, target))  # before it is there: an interruption may come at any time
        try:
            return self._opened(path, written, "x")
        except OutputError:
            self._moves.pop()  # it is not ours
            raise

    def _opened(self, path: str, written: str, mode: str) -> TextIO:
        try:
            return cast("TextIO", open(written, mode, encoding="utf-8", newline="\n"))
        except OSError as error:
            raise _cannot_write(path, error) from error

    def add(self, result: Result) -> None:
        """Writes what became of a capture to all."""
        for output in self._outputs:
            reporter, address = output.reporter, result.capture
            if not result.continues:
                output.write(reporter.skipped(address, result.skipped) if result.skipped else reporter.capture(address))
            for finding in result.findings:
                output.write(reporter.finding(finding))

    def end(self, summary: Summary) -> None:
        """Writes what comes after the last finding, and puts the files in their places."""
        for output in self._outputs:
            output.write(output.reporter.end(summary))
        for output in self._outputs:
            output.close()
        while self._moves:
            written, target = self._moves[-1]
            try:
                os.replace(written, target)
            except OSError as error:
                raise _cannot_write(target, error) from error
            self._moves.pop()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._remove()

    def _remove(self) -> None:
        for output in self._outputs:
            output.give_up()
        for written, _ in self._moves:
            if os.path.exists(written):
                os.remove(written)


def drop_standard_output() -> None:
    """Lets go what is still in the buffer: it would fail again when the interpreter ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _cannot_write(name: str, error: OSError) -> OutputError:
    return OutputError(f"cannot write {printable(name)}: {reason_of(error)}")
