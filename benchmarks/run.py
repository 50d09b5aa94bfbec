"""Measures sessionlint beside other validators in one run, and prints the table as Markdown.

Usage: python benchmarks/run.py [--small] [--rows 1,3] [--rounds N] [--folder FOLDER] [--profile ROW]

Absolute times say little on a shared machine: the two commands of a row take turns, and the median of
their ratios, pair by pair, is what counts. Needs Linux or macOS.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from itertools import dropwhile, islice
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

import generate
import peers

_MIB = 1 << (10 if sys.platform == "linux" else 20)
"""What a MiB is in the system's account of memory."""

_PARSE = """
import orjson
with open('lines.jsonl', 'rb') as lines:
    for line in lines:
        orjson.loads(line)
"""


class Run(NamedTuple):
    """What one run of a command took."""

    seconds: float
    cpu_seconds: float
    """Of all its processes."""
    peak_mib: float
    """Of its largest process."""


class Command(NamedTuple):
    """A command line, run in the folder of the inputs."""

    name: str
    arguments: list[str]
    status: int = 0


class Sizes(NamedTuple):
    """How much is measured."""

    files: int = 10_000
    lines: int = 100_000
    copies: int = 10
    many: int = 10_000
    rounds: int = 5


SMALL = Sizes(files=20, lines=200, copies=2, many=200, rounds=1)


class Bench:
    """The programs, their inputs, and the rows of the table."""

    def __init__(self, folder: Path, sizes: Sizes) -> None:
        self.sizes = sizes
        self.programs = peers.installed(folder / "programs")
        self.inputs = folder / f"inputs-{generate.SEED}-{sizes.files}-{sizes.lines}"
        if not self.inputs.exists():
            self._generate(self.inputs)

    def _generate(self, folder: Path) -> None:
        unfinished = folder.with_suffix(".unfinished")
        unfinished.mkdir(parents=True)
        lines = unfinished / "lines.jsonl"
        generate.write_lines(lines, generate.payloads(self.sizes.lines))
        few = self.sizes.files
        generate.write_files(unfinished / "sound", ".json", map(generate.pretty, generate.read_lines(lines, few)))
        generate.write_files(unfinished / "xml", ".xml", map(generate.pretty_xml, generate.read_lines(lines, few)))
        faulty = (generate.pretty(generate.faulty(each)) for each in generate.read_lines(lines, few))
        generate.write_files(unfinished / "faulty", ".json", faulty)
        twice = [generate.with_repeated_key(generate.pretty(each)) for each in generate.read_lines(lines, few // 10)]
        generate.write_files(unfinished / "repeated", ".json", twice)
        lines_twice = b"".join(
            generate.with_repeated_key(line) + b"\n" for line in lines.read_bytes().splitlines()[: few // 10]
        )
        (unfinished / "repeated.jsonl").write_bytes(lines_twice)
        generate.write_document(unfinished / "document.json", lines)
        generate.write_dump(unfinished / "dump.zip", few)
        generate.write_lines(unfinished / "tenth.jsonl", generate.read_lines(lines, self.sizes.lines // 10))
        generate.write_lines(unfinished / "faulty.jsonl", map(generate.faulty, generate.read_lines(lines, few)))
        generate.write_lines(
            unfinished / "faulty-tenth.jsonl", map(generate.faulty, generate.read_lines(lines, few // 10))
        )
        for key in ("hops", "pages"):
            for name, count in ((key, self.sizes.many), (f"{key}-tenth", self.sizes.many // 10)):
                several = [generate.with_many(each, key, count) for each in generate.read_lines(lines, 10)]
                generate.write_lines(unfinished / f"{name}.jsonl", several)
        unfinished.rename(folder)

    # Commands.

    def ours(self, *arguments: str, status: int = 0) -> Command:
        """Sessionlint as it is installed."""
        return Command("sessionlint", [*self.programs.sessionlint, *arguments], status)

    @staticmethod
    def theirs(name: str, program: list[str] | None, *arguments: str) -> Command | None:
        """Another program, if it is there."""
        return Command(name, [*program, *arguments]) if program else None

    def run(self, command: Command) -> Run:
        """Runs a command to its end; another exit status than is expected ends everything."""
        start = perf_counter()
        process = subprocess.Popen(
            command.arguments, cwd=self.inputs, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != command.status:
            shown = " ".join(command.arguments[:12])
            raise SystemExit(f"exit status {process.returncode}, not {command.status}: {shown}")
        return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / _MIB)

    def in_turns(self, rounds: int, *commands: Command) -> list[list[Run]]:
        """So many rounds in which each command runs once, after one that is not counted."""
        if rounds > 1:
            for command in commands:
                self.run(command)
        return [[self.run(command) for command in commands] for _ in range(rounds)]

    # Rows.

    def compared(self, work: str, ours: Command, theirs: Command | None, goal: str, *, rounds: int = 0) -> str:
        """A row: the ratio of two times."""
        if theirs is None:
            (run,) = self.in_turns(1, ours)[0]
            return _row(work, _times([run]), "not installed", "–", "–", goal)
        pairs = self.in_turns(rounds or self.sizes.rounds, ours, theirs)
        ratios = sorted(own.seconds / other.seconds for own, other in pairs)
        own, other = map(_times, zip(*pairs, strict=True))
        ratio = f"**{statistics.median(ratios):.2f}** ({ratios[0]:.2f} to {ratios[-1]:.2f})"
        return _row(work, own, theirs.name, other, ratio, goal)

    @cached_property
    def rows(self) -> dict[int, Callable[[], Iterator[str]]]:
        """The rows by their numbers."""
        each = (
            self._one_file,
            self._files,
            self._lines,
            self._lines_alone,
            self._xml,
            self._findings,
            self._memory,
            self._document,
            self._growth,
            self._repeated_keys,
            self._triage,
        )
        return dict(enumerate(each, 1))

    def _one_file(self) -> Iterator[str]:
        file, programs = "sound/00000.json", self.programs
        rounds = 1 if self.sizes.rounds == 1 else 20
        for peer, goal in (
            (self.theirs("check-jsonschema", programs.check_jsonschema, file), "≤ 0.45"),
            (self.theirs("sourcemeta", programs.sourcemeta, file), "≤ 1.2, stretch 1.0"),
            (self.theirs("sourcemeta's binary without Node.js", programs.sourcemeta_binary, file), ""),
        ):
            yield self.compared("one sound file, whole process", self.ours(file), peer, goal, rounds=rounds)

    def _files(self) -> Iterator[str]:
        peer = self.theirs("ajv-cli", self.programs.ajv, "sound/*.json")
        yield self.compared(f"{self.sizes.files:,} sound files", self.ours("sound"), peer, "≤ 1.0, stretch 0.7")

    def _lines(self) -> Iterator[str]:
        peer = self.theirs("sourcemeta", self.programs.sourcemeta, "lines.jsonl")
        yield self.compared(f"{self.sizes.lines:,} JSON Lines", self.ours("lines.jsonl"), peer, "≤ 0.3")

    def _lines_alone(self) -> Iterator[str]:
        peer = Command("a loop of `orjson.loads`", [*self.programs.python, "-c", _PARSE])
        ours = self.ours("--jobs", "1", "lines.jsonl")
        yield self.compared("the same, `--jobs 1`", ours, peer, "≤ 6, stretch 4")

    def _xml(self) -> Iterator[str]:
        names = [f"xml/{name}" for name in sorted(os.listdir(self.inputs / "xml"))]
        peer = self.theirs("xmllint", self.programs.xmllint, *names)
        yield self.compared(f"{self.sizes.files:,} sound XML files", self.ours("xml"), peer, "≤ 2")

    def _findings(self) -> Iterator[str]:
        ours = self.ours("--format", "json", "faulty", status=1)
        work = f"{self.sizes.files:,} files with four findings each, `--format json`"
        yield self.compared(work, ours, self.ours("sound")._replace(name="sessionlint, row 2"), "≤ 4")

    def _memory(self) -> Iterator[str]:
        large = self.inputs / "large.jsonl"
        generate.write_copies(large, self.inputs / "lines.jsonl", self.sizes.copies)
        sizes = [_size(self.inputs / name) for name in ("tenth.jsonl", large.name)]
        small_peak, large_peak = (self.run(self.ours(name)).peak_mib for name in ("tenth.jsonl", large.name))
        large.unlink()
        yield _row(
            f"memory of the largest process, JSON Lines of {sizes[1]}",
            f"{large_peak:.0f} MiB",
            f"the same, {sizes[0]}",
            f"{small_peak:.0f} MiB",
            f"**{large_peak / small_peak:.2f}**",
            "≤ 200 MB, within a tenth",
        )

    def _document(self) -> Iterator[str]:
        ours = self.ours("document.json")
        lines = self.ours("lines.jsonl")._replace(name="sessionlint, row 3")
        yield self.compared(f"one document of {self.sizes.lines:,} sessions", ours, lines, "≤ 1.5")
        peak = self.run(ours).peak_mib
        file = (self.inputs / "document.json").stat().st_size / (1 << 20)
        yield _row("its memory", f"{peak:.0f} MiB", "the file", f"{file:.0f} MiB", f"**{peak / file:.2f}**", "≤ 3")

    def _growth(self) -> Iterator[str]:
        alone = ("--jobs", "1")
        for work, name, tenth, status in (
            ("payloads", "lines", "tenth", 0),
            ("findings", "faulty", "faulty-tenth", 1),
            ("hops of a payload", "hops", "hops-tenth", 0),
            ("pages of a payload", "pages", "pages-tenth", 0),
        ):
            commands = (
                self.ours(*alone, f"{name}.jsonl", status=status),
                self.ours(*alone, f"{tenth}.jsonl", status=status),
                self.ours("sound/00000.json"),
            )
            runs = self.in_turns(self.sizes.rounds, *commands)
            ten, one, start = (statistics.median(run.cpu_seconds for run in each) for each in zip(*runs, strict=True))
            ratio = f"**{(ten - start) / max(one - start, 1e-3):.1f}**"
            yield _row(
                f"ten times the {work}: CPU, start-up apart", _time(ten), "a tenth", _time(one), ratio, "about 10"
            )

    def _repeated_keys(self) -> Iterator[str]:
        count = self.sizes.files // 10
        for work, arguments in (
            ("repeated keys found in files", ["repeated"]),
            ("in JSON Lines", ["repeated.jsonl"]),
            ("in JSON Lines, `--jobs 1`", ["--jobs", "1", "repeated.jsonl"]),
        ):
            command = [*self.programs.sessionlint, "--format", "json", *arguments]
            done = subprocess.run(command, cwd=self.inputs, stdout=subprocess.PIPE, check=False)
            found = json.loads(done.stdout)["summary"]["rules"].get("CAP005", 0)
            yield _row(work, f"{found:,}", "there are", f"{count:,}", f"**{found / count:.2f}**", "1")

    def _triage(self) -> Iterator[str]:
        program = self.programs.sessionlint[0]
        page = f"html={self.inputs.parent / 'report.html'}"
        for jobs, words in ((), ""), (("--jobs", "1"), ", `--jobs 1`"):
            for work, dump, status in (
                (f"a dump of {self.sizes.files:,}", "dump.zip", 1),
                (f"{self.sizes.files:,} sound files", "sound", 0),
                (f"{self.sizes.lines // 10:,} sound lines", "tenth.jsonl", 0),
            ):
                ours = Command("sessionlint", [program, "triage", *jobs, "-o", page, dump])
                check = self.ours(*jobs, dump, status=status)._replace(name="sessionlint check")
                yield self.compared(f"triage of {work} with its page{words}", ours, check, "≤ 1.5")

    def profile(self, row: int) -> None:
        """Prints where the time of a row goes: what start-up imports, or the functions of one process."""
        python, arguments = self.programs.python, _PROFILED[row]
        if row == 1:
            command = [*python, "-X", "importtime", *self.programs.sessionlint, *arguments]
            done = subprocess.run(command, cwd=self.inputs, capture_output=True, text=True, check=True)
            lines = [line.removeprefix("import time:") for line in done.stderr.splitlines() if line.count("|") == 2]
            print(lines[0], *sorted(lines[1:], key=_own_time, reverse=True)[:60], sep="\n")
            return
        command = [*python, "-m", "cProfile", "-s", "tottime", "-m", "sessionlint", "check", "--jobs", "1", *arguments]
        with subprocess.Popen(command, cwd=self.inputs, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout
            profile = dropwhile(lambda line: " function calls " not in line, process.stdout)
            print(*islice(profile, 70), sep="", end="")
            for _ in profile:
                pass


_PROFILED = {
    1: ["sound/00000.json"],
    2: ["sound"],
    3: ["tenth.jsonl"],
    4: ["tenth.jsonl"],
    5: ["xml"],
    6: ["--format", "json", "faulty"],
    8: ["document.json"],
    9: ["hops.jsonl"],
    10: ["repeated.jsonl"],
}


def _own_time(line: str) -> int:
    return int(line.partition("|")[0])


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _times(runs: Iterable[Run]) -> str:
    """The medians of wall and CPU time."""
    wall, cpu, _ = map(statistics.median, zip(*runs, strict=True))
    return f"{_time(wall)} (CPU {_time(cpu)})"


def _time(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.2f} s"


def _size(path: Path) -> str:
    size = path.stat().st_size
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.3g} MB"


def main() -> None:
    """Prints the table, or a profile."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--small", action="store_true", help="little of everything, once: only to see that it runs")
    parser.add_argument("--rows", default="1,2,3,4,5,6,7,8,9,10,11", help="numbers of rows, separated by commas")
    parser.add_argument("--rounds", type=int, help="how often the two commands of a row take turns")
    parser.add_argument("--profile", type=int, choices=sorted(_PROFILED), help="where the time of this row goes")
    parser.add_argument(
        "--folder",
        type=Path,
        default=Path(tempfile.gettempdir()) / "sessionlint-benchmarks",
        help="where programs and inputs are kept from run to run",
    )
    given = parser.parse_args()
    for name in [name for name in os.environ if name.startswith("PYTHON")]:
        del os.environ[name]  # what is measured is what is installed, compiled as it is installed
    sizes = SMALL if given.small else Sizes()
    bench = Bench(given.folder.resolve(), sizes._replace(rounds=given.rounds) if given.rounds else sizes)
    if given.profile:
        bench.profile(given.profile)
        return
    print(f"{len(os.sched_getaffinity(0)) if hasattr(os, 'sched_getaffinity') else os.cpu_count()} cores; ", end="")
    print(f"{peers.versions(bench.programs)}\n")
    print(
        "| # | work | sessionlint | beside it | takes | ratio (range) | goal |\n| --- | --- | --- | --- | --- | --- | --- |"
    )
    for number in map(int, given.rows.split(",")):
        for line in bench.rows[number]():
            print(f"| {number} {line}", flush=True)


if __name__ == "__main__":
    main()
