"""Reporters by name."""

import subprocess
import sys

import pytest

from sessionlint.report import FORMATS, reporter
from support_findings import summary


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(ValueError, match="'yaml'"):
        reporter("yaml")


@pytest.mark.parametrize("name", FORMATS)
def test_an_option_that_a_format_has_no_use_for_is_taken(name: str) -> None:
    made = reporter(name, color=True, max_findings=0, verbosity=1, fail_on="info")
    assert isinstance(made.begin() + made.capture("a.json") + made.end(summary()), str)


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "junit"])
def test_most_formats_say_nothing_of_a_capture_without_findings(name: str) -> None:
    assert reporter(name).capture("a.json") == ""


@pytest.mark.parametrize(
    ("name", "absent"),
    [
        ("text", {"sessionlint.report.json", "sessionlint.report.jsonl", "orjson", "json", "unicodedata"}),
        ("json", {"sessionlint.report.text", "sessionlint.report.jsonl"}),
        ("jsonl", {"sessionlint.report.text"}),
        ("sarif", {"sessionlint.report.text", "sessionlint.catalogue"}),
        ("junit", {"sessionlint.report.text", "sessionlint.report.json", "orjson", "xml"}),
        ("github", {"sessionlint.report.text", "sessionlint.report.json", "orjson", "urllib.parse"}),
        ("markdown", {"sessionlint.report.text", "sessionlint.report.json", "orjson"}),
    ],
)
def test_no_other_format_is_loaded(name: str, absent: set[str]) -> None:
    program = f"import sys, sessionlint.report as r; r.reporter({name!r}); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert f"sessionlint.report.{name}" in loaded
    assert not absent.intersection(loaded)
