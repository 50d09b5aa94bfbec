"""Fuzzes intake, decode, schema, rules, reports and triage, guided by coverage (atheris, libFuzzer).

Usage: python tests/fuzz/run.py [--seconds 60] [--grow FOLDER] [LIBFUZZER OPTION]...

Starts from tests/fuzz/corpus; what widens the coverage goes to FOLDER (otherwise it is dropped). An
input that fails is written to the current folder, as crash-…, timeout-… or oom-…: cut it down, put it
into the corpus and write a test of its own.
"""

import argparse
import pkgutil
import sys
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

import atheris

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))


def main() -> None:
    """Runs until the time is over or an input fails; the exit status is libFuzzer's."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--grow", metavar="FOLDER")
    arguments, options = parser.parse_known_args()
    with atheris.instrument_imports(include=["sessionlint", "sessionlint_rules"]):
        stages = ("sessionlint.intake", "sessionlint.decode", "sessionlint.report", "sessionlint.triage")
        for package in (*stages, "sessionlint_rules"):
            for module in pkgutil.iter_modules(import_module(package).__path__, f"{package}."):
                import_module(module.name)
        from support_fuzz import Target
    with TemporaryDirectory() as dropped:
        command = [
            sys.argv[0],
            arguments.grow or dropped,
            str(HERE / "corpus"),
            f"-max_total_time={arguments.seconds}",
            f"-dict={HERE / 'words.dict'}",
            "-max_len=6000",
            "-timeout=30",
            "-rss_limit_mb=1024",
            *options,
        ]
        target = Target()
        atheris.Setup(command, lambda data: void(target(data)))
        atheris.Fuzz()


def void(_: object) -> None:
    """What libFuzzer wants back."""


if __name__ == "__main__":
    main()
