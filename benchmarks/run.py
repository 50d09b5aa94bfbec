"""Measures sessionlint against a yardstick in the same run, and prints the ratios as a Markdown table.

Usage: python benchmarks/run.py [--small]

Absolute times say little on a shared machine: the two of a row take turns, and the median of their
ratios, pair by pair, is what counts.
"""

import argparse
import platform
import statistics
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

EXAMPLE = Path(__file__).parent.parent / "examples" / "sound.json"


class Row(NamedTuple):
    """One comparison: what, with what, and the goal for the ratio."""

    work: str
    yardstick: str
    goal: str
    measured: Callable[[], object]
    compared: Callable[[], object]
    pairs: int
    calls: int = 1


def process(*arguments: str) -> Callable[[], object]:
    """A whole process, start-up included."""
    return lambda: subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)


def rows(pairs: int) -> list[Row]:
    """All comparisons."""
    import orjson

    from sessionlint.capture import Capture
    from sessionlint.engine import Engine, Options
    from sessionlint.linter import lint
    from sessionlint.rule import registry
    from sessionlint.selection import selected

    pretty = EXAMPLE.read_bytes()
    engine = Engine(Options(selected(registry())))

    def in_memory(payload: bytes, form: str) -> Row:
        capture = Capture("a.json", payload)
        return Row(
            f"one sound payload in memory ({len(payload):,} bytes, {form})",
            "`orjson.loads`",
            "≤ 8",
            lambda: list(lint(engine, [capture])),
            lambda: orjson.loads(payload),
            pairs,
            calls=2000,
        )

    return [
        Row(
            "one sound file, whole process",
            "`import click, orjson, jsonschema_rs`",
            "≤ 2.5",
            process("-m", "sessionlint", "check", "-q", str(EXAMPLE)),
            process("-c", "import click, orjson, jsonschema_rs"),
            pairs,
        ),
        in_memory(pretty, "indented as the API answers"),
        in_memory(orjson.dumps(orjson.loads(pretty)), "compact"),
    ]


def seconds(work: Callable[[], object], calls: int) -> float:
    """What one call takes."""
    start = perf_counter()
    for _ in range(calls):
        work()
    return (perf_counter() - start) / calls


def measure(row: Row) -> str:
    """A row of the table."""
    row.measured()
    row.compared()
    pairs = [(seconds(row.measured, row.calls), seconds(row.compared, row.calls)) for _ in range(row.pairs)]
    ratios = sorted(ours / theirs for ours, theirs in pairs)
    ours, theirs = (statistics.median(times) * 1000 for times in zip(*pairs, strict=True))
    return (
        f"| {row.work} | {ours:.3g} ms | {row.yardstick} | {theirs:.3g} ms "
        f"| {statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f}) | {row.goal} |"
    )


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--small", action="store_true", help="few rounds: only to see that it runs")
    pairs = 2 if parser.parse_args().small else 15
    print(
        f"{platform.python_implementation()} {platform.python_version()}, {platform.machine()}, {platform.system()}\n"
    )
    print("| work | sessionlint | yardstick | takes | ratio (range) | goal |\n| --- | --- | --- | --- | --- | --- |")
    for row in rows(pairs):
        print(measure(row), flush=True)


if __name__ == "__main__":
    main()
