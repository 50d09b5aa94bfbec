"""Rules of other packages, as an installer leaves them on the path."""

import json
import shutil
from pathlib import Path
from textwrap import dedent

import orjson
import pytest

import sessionlint.rule
from sessionlint.capture import Capture
from sessionlint.engine import Engine, Options
from sessionlint.intake.stretches import stretches
from sessionlint.linter import examine
from sessionlint.rule import RuleError, registry
from support import EXAMPLES, ROOT, sound
from support_packages import EXAMPLE, command, install, install_example, install_project, python

SOUND = str(EXAMPLES / "sound.json")

RULE = '''
    from sessionlint.finding import ERROR, WARNING, Problem, problem
    from sessionlint.payload import Session, UserSessions
    from sessionlint.rule import PLAUSIBLE, capture_rule, rule, schema_rule

    @rule("ACME001", on=Session, severity=WARNING, basis=PLAUSIBLE)
    def no_port(session):
        """A session has no port.

        Why it matters.

        Reason: A site has a port.
        Remedy: Add it.

        Bad:
            {"port": 0}
        Good:
            {"port": 443}
        """
        return None
'''
"""A module with a rule that is as it must be, and never has anything to say."""


def rules(bodies: list[str]) -> str:
    """A module with a rule for each body: ACME000, ACME001, …"""
    header, _, function = RULE.partition("    @rule")
    made = (
        function.replace("ACME001", f"ACME{number:03}").replace("no_port", f"no_port_{number}")
        for number in range(len(bodies))
    )
    return header + "".join(
        f"\n    @rule{each.replace('return None', body)}" for each, body in zip(made, bodies, strict=True)
    )


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return install_example(tmp_path_factory.mktemp("site"))


def test_an_installed_rule_is_listed(example: Path) -> None:
    status, printed = command("rules", path=(example,))
    assert status == 0
    ids = [line.split()[0] for line in printed.splitlines()]
    assert ids == sorted(["ACME001", "ACME002", *(id for id, rule in registry().items() if rule.is_own)])
    status, printed = command("rules", "--format", "json", path=(example,))
    packages = {each["id"]: each["package"] for each in json.loads(printed)}
    assert packages["ACME001"] == "acme_rules"
    assert packages["PNG003"] == "sessionlint_rules"


def test_an_installed_rule_is_explained(example: Path) -> None:
    status, printed = command("explain", "foreign-resolver", path=(example,))
    assert status == 0
    assert printed.startswith("ACME001 foreign-resolver (warning, contract), of acme_rules\n\nA name server is not one")


def test_an_installed_rule_finds(example: Path) -> None:
    status, printed = command("check", SOUND, "--fail-on", "warning", "--format", "jsonl", path=(example,))
    assert status == 1
    (finding,) = map(json.loads, printed.splitlines())
    assert finding["rule"] == "ACME001"
    assert finding["name"] == "foreign-resolver"
    assert finding["lane"] == "contract"
    assert finding["pointer"] == "/userSessions/0/network/networkProfile/dnsServers/0"
    assert finding["line"] == 33
    assert finding["message"] == '"8.8.8.8" is not one of ACME\'s name servers'


def test_an_installed_rule_finds_without_docstrings(example: Path) -> None:
    status, printed = python("-OO", "-m", "sessionlint", "check", SOUND, "--select", "ACME", path=(example,))
    assert status == 0
    assert "warning ACME001" in printed


def test_an_installed_rule_is_in_the_rules_of_sarif(example: Path) -> None:
    _, printed = command("check", SOUND, "--format", "sarif", path=(example,))
    (described,) = json.loads(printed)["runs"][0]["tool"]["driver"]["rules"]
    assert described["id"] == "ACME001"
    assert "ACME network handbook" in described["help"]["markdown"]


def test_an_installed_rule_is_configured_like_any_other(example: Path, tmp_path: Path) -> None:
    (tmp_path / "sessionlint.toml").write_text(
        'select = ["ACME"]\nignore = ["ACME001"]\n'
        '[severity]\nACME002 = "error"\n[thresholds]\nacme-page-load-ms = 4000\n',
        encoding="utf-8",
    )
    status, printed = command("check", SOUND, "--format", "jsonl", path=(example,), cwd=tmp_path)
    assert status == 1
    (finding,) = map(json.loads, printed.splitlines())
    assert (finding["rule"], finding["severity"]) == ("ACME002", "error")
    assert finding["message"] == "the page took 4569 ms to load, 4000 are allowed"
    status, printed = command("config", path=(example,), cwd=tmp_path)
    assert "acme-page-load-ms = 4000  # sessionlint.toml" in printed.splitlines()


def test_an_installed_rule_is_triaged(example: Path) -> None:
    status, printed = command("triage", SOUND, path=(example,))
    assert status == 0
    assert "warning  ACME001 foreign-resolver: 1 finding" in printed


def test_the_library_sees_installed_rules_in_every_process(example: Path, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "from concurrent.futures import ProcessPoolExecutor\n"
        "from multiprocessing import get_context\n"
        "import sessionlint\n"
        "def told(path):\n"
        "    return sorted(sessionlint.check(path).summary.rules)\n"
        "if __name__ == '__main__':\n"
        f"    path = {SOUND!r}\n"
        "    with ProcessPoolExecutor(1, get_context('spawn')) as pool:\n"
        "        print(told(path), *pool.map(told, [path]))\n",
        encoding="utf-8",
    )
    assert python(str(script), path=(example,)) == (0, "['ACME001'] ['ACME001']\n")


def test_the_examples_own_tests_pass(example: Path, tmp_path: Path) -> None:
    site = install_project(ROOT, tmp_path / "site")  # however it is installed here
    shutil.copytree(EXAMPLE / "tests", tmp_path / "tests")
    status, printed = python("-m", "pytest", "-q", "--rootdir", ".", "tests", path=(example, site), cwd=tmp_path)
    assert status == 0, printed
    assert "7 passed" in printed


# A package that cannot be used stops the run: one line, and exit status 2.

REFUSED = {
    "it cannot be imported": (
        "import no_such_module",
        "its module 'acme_rules' cannot be imported: ModuleNotFoundError: No module named 'no_such_module'",
    ),
    "it is no Python": (
        "def",
        "its module 'acme_rules' cannot be imported: SyntaxError: invalid syntax (acme_rules.py, line 1)",
    ),
    "it ends the program": ("raise SystemExit(0)", "its module 'acme_rules' cannot be imported: SystemExit: 0"),
    "it warns": (
        "import warnings\nwarnings.warn('two\\nlines \\x1b[31m')",
        "its module 'acme_rules' cannot be imported: UserWarning: two lines \\u001b[31m",
    ),
    "it has no rule": ("", "its module 'acme_rules' has no rule"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_package_that_cannot_be_loaded_is_refused(case: str, tmp_path: Path) -> None:
    text, reason = REFUSED[case]
    site = install(tmp_path, "acme-rules", {"sessionlint.rules": {"acme": "acme_rules"}}, acme_rules=text)
    assert command("check", SOUND, path=(site,)) == (2, f"sessionlint: rules of acme-rules 1.0: {reason}\n")


WRONG_ID = "its id must be four to twelve capital letters and three digits (three letters are sessionlint's own)"
WRONG_BASIS = "it must be made with @rule, on one of the bases documented, standard, example, arithmetic, plausible"
OTHER_DEFAULT = (
    "its threshold clock-skew-seconds has another default in PAG004: the two would be one in a configuration"
)
FORM = {
    "three letters": (
        '"ACME001"',
        '"ACM001"',
        f"ACM001 no-port: {WRONG_ID}",
    ),
    "no digits": (
        '"ACME001"',
        '"acme-1"',
        f"acme-1 no-port: {WRONG_ID}",
    ),
    "a prefix of ours": (
        '"ACME001"',
        '"PNGX001"',
        "PNGX001 no-port: its id starts with PNG, as sessionlint's own do: `--select PNG` would mean both",
    ),
    "an unknown severity": (
        "severity=WARNING",
        'severity="fatal"',
        "ACME001 no-port: its severity must be one of error, warning, info",
    ),
    "an unknown basis": (
        "basis=PLAUSIBLE",
        'basis="hearsay"',
        f"ACME001 no-port: {WRONG_BASIS}",
    ),
    "an error that is only plausible": (
        "severity=WARNING",
        "severity=ERROR",
        "ACME001 no-port: it is no error: its basis is 'plausible'",
    ),
    "a rule of the schema": (
        '@rule("ACME001", on=Session, severity=WARNING, basis=PLAUSIBLE)',
        '@schema_rule("ACME001", on=Session, severity=WARNING, basis=PLAUSIBLE)',
        f"ACME001 no-port: {WRONG_BASIS}",
    ),
    "a rule of the capture": (
        '@rule("ACME001", on=Session, severity=WARNING, basis=PLAUSIBLE)',
        '@capture_rule("ACME001", severity=WARNING)',
        f"ACME001 no-port: {WRONG_BASIS}",
    ),
    "no object of the response": (
        "on=Session",
        "on=None",
        "ACME001 no-port: `on` must be a class of sessionlint.payload that is an object of the response",
    ),
    "a field that there is not": (
        "basis=PLAUSIBLE)",
        'basis=PLAUSIBLE, needs=("port", "visitedSites"))',
        'ACME001 no-port: `needs` names "visitedSites", and Session has no such field; did you mean visitedSite?',
    ),
    "a field of another object": (
        "on=Session, severity=WARNING, basis=PLAUSIBLE",
        'on=UserSessions, severity=WARNING, basis=PLAUSIBLE, needs="port"',
        'ACME001 no-port: `needs` names "port", and UserSessions has no such field: it has userSessions',
    ),
    "a field that it cannot read": (
        "basis=PLAUSIBLE)",
        'basis=PLAUSIBLE, reads=("port", "pages/id", "pages/titel"))',
        'ACME001 no-port: `reads` names "pages/titel", and Session has no such field; did you mean pages/title?',
    ),
    "names in one text": (
        "basis=PLAUSIBLE)",
        'basis=PLAUSIBLE, needs="port, protocol")',
        'ACME001 no-port: `needs` names "port, protocol", and Session has no such field; did you mean protocol?',
    ),
    "an unknown rule that silences it": (
        "basis=PLAUSIBLE)",
        'basis=PLAUSIBLE, unless=("PNG777",))',
        'ACME001 no-port: `unless` names "PNG777", and there is no such rule before it',
    ),
    "a threshold that is no number": (
        "no_port(session)",
        'no_port(session, *, limit="5")',
        "ACME001 no-port: the default of its threshold limit must be a number",
    ),
    "a threshold with another default": (
        "no_port(session)",
        "no_port(session, *, clock_skew_seconds=7)",
        f"ACME001 no-port: {OTHER_DEFAULT}",
    ),
    "a threshold that the page does not name": (
        "no_port(session)",
        "no_port(session, *, least_port=7)",
        "ACME001 no-port: its docstring must name its threshold least-port",
    ),
    "a name in capitals": (
        "def no_port",
        "def No_Port",
        "ACME001 No-Port: its function's name must be lower-case words with underscores between them",
    ),
    "two sentences": (
        "has no port.",
        "has no port. So.",
        "ACME001 no-port: the first line of its docstring must be one sentence that says what is wrong",
    ),
    "no reason why": ("Why it matters.", "", "ACME001 no-port: its docstring must say why it matters"),
    "no basis": (
        "Reason: A site",
        "Standard: A site",
        "ACME001 no-port: its docstring must say what it rests on (plausible), as `Reason: …`",
    ),
    "no remedy": (
        "Remedy: Add it.",
        "",
        "ACME001 no-port: its docstring must have a remedy that ends with a full stop, as `Remedy: …`",
    ),
    "no bad example": (
        'Bad:\n            {"port": 0}',
        "",
        "ACME001 no-port: its docstring must have an example under `Bad:`",
    ),
    "an example that is no object": (
        '{"port": 0}',
        '"port": 0',
        'ACME001 no-port: an example of its page is no JSON object: "\\"port\\": 0"',
    ),
}


@pytest.mark.parametrize("case", FORM)
def test_a_rule_that_has_not_the_form_is_refused(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before, after, reason = FORM[case]
    assert before in RULE
    monkeypatch.setattr(sessionlint.rule, "_registry", dict(registry()))
    with pytest.raises(RuleError) as refused:
        exec(dedent(RULE.replace(before, after)), {"__name__": "acme_rules"})
    assert str(refused.value) == reason


def test_a_text_in_the_place_of_names_is_one_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessionlint.rule, "_registry", dict(registry()))
    names = 'basis=PLAUSIBLE, needs=("port"), reads="port", unless="SES001")'
    exec(dedent(RULE.replace("basis=PLAUSIBLE)", names)), {"__name__": "acme_rules"})
    made = registry()["ACME001"]
    assert made.needs == made.reads == {"port"}
    assert made.unless == {"SES001"}


def test_a_package_with_a_rule_that_is_refused_is_refused(tmp_path: Path) -> None:
    text = RULE.replace("Remedy: Add it.", "")
    site = install(tmp_path, "acme-rules", {"sessionlint.rules": {"acme": "acme_rules"}}, acme_rules=text)
    told = f"sessionlint: rules of acme-rules 1.0: {FORM['no remedy'][2]}\n"
    for arguments in (["check", SOUND], ["triage", SOUND], ["rules"], ["explain", "PNG003"], ["config"]):
        assert command(*arguments, path=(site,)) == (2, told)
    assert command("schema", "json", path=(site,))[0] == 0  # what needs no rule goes on


def test_an_id_is_taken_once(example: Path, tmp_path: Path) -> None:
    site = install(tmp_path, "b-rules", {"sessionlint.rules": {"b": "b_rules"}}, b_rules=RULE)
    told = "sessionlint: rules of b-rules 1.0: ACME001 no-port: its id is taken already, by foreign-resolver of acme_rules\n"
    assert command("check", SOUND, path=(example, site)) == (2, told)


def test_a_name_is_taken_once_among_the_rules_of_a_prefix(tmp_path: Path) -> None:
    text = RULE + RULE.replace("ACME001", "ACME002")
    site = install(tmp_path, "acme-rules", {"sessionlint.rules": {"acme": "acme_rules"}}, acme_rules=text)
    told = (
        "sessionlint: rules of acme-rules 1.0: ACME002 no-port: its name is taken already, by ACME001 of acme_rules\n"
    )
    assert command("check", SOUND, path=(site,)) == (2, told)


# What a rule says when it runs may be wrong too: that is a finding, never a traceback.

SAID = {
    "it raises": ("raise KeyError(session['visitedSite'])", "KeyError"),
    "it ends the program": ("raise SystemExit(0)", "SystemExit"),
    "no problem": ("return 'port is 0'", "TypeError"),
    "no list of problems": ("return 5", "TypeError"),
    "a problem without a message": ("return problem('port', '')", "ValueError"),
    "braces in a template": ("return problem('port', 'of {x}')", "KeyError"),
    "a text for a message": ("return Problem(('port',), 'port is 0')", "AttributeError"),
    "a text for a path": ("return Problem('port', problem('port', 'it is').message)", "TypeError"),
    "an unknown severity": ("return problem('port', 'it is', severity='fatal')", "ValueError"),
    "a related place that is none": ("return problem('port', 'it is', related=('port',))", "ValueError"),
}


def test_a_rule_that_says_it_wrong_is_a_finding(tmp_path: Path) -> None:
    text = rules([body for body, _ in SAID.values()])
    site = install(tmp_path, "acme-rules", {"sessionlint.rules": {"acme": "acme_rules"}}, acme_rules=text)
    status, printed = command("check", SOUND, "--format", "jsonl", "--select", "ACME", path=(site,))
    assert status == 2
    findings = [json.loads(line) for line in printed.splitlines()]
    assert {finding["message"] for finding in findings} == {
        f"the rule ACME{number:03} no-port-{number} of acme_rules failed: {error}"
        for number, (_, error) in enumerate(SAID.values())
    }
    assert {finding["help"] for finding in findings} == {"Report it to the makers of acme_rules."}


CHANGES = (
    "session.pop('network', None)",
    "session.clear()",
    "session['date2'] = session['userSessionId']",
    "session['port'] = 'none'",
    "session.get('network', {}).update(ping=None, traceroute=5, errors=[{}])",
)


def test_what_a_rule_changes_is_changed_for_nobody(tmp_path: Path) -> None:
    bodies = [f"{change}\n        return problem((), 'changed')" for change in CHANGES]
    site = install(tmp_path, "acme-rules", {"sessionlint.rules": {"acme": "acme_rules"}}, acme_rules=rules(bodies))
    names = ("sound.json", "cpu-in-percent.json", "documentation-as-printed.json", "sound.xml", "drifted.xml")
    arguments = ("check", *(str(EXAMPLES / name) for name in names), "--select", "ALL", "--format", "jsonl")
    _, before = command(*arguments)
    _, after = command(*arguments, path=(site,))
    findings = after.splitlines()
    own = [line for line in findings if '"message":"changed"' in line]
    assert len(own) == len(names) * len(CHANGES)
    assert [line for line in findings if line not in own] == before.splitlines()


def test_of_a_long_response_a_rule_sees_the_first_sessions_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessionlint.rule, "_registry", dict(registry()))
    text = RULE.replace("on=Session", 'on=UserSessions, needs="userSessions"').replace("return None", COUNTS)
    exec(dedent(text), {"__name__": "acme_rules"})
    engine = Engine(Options(frozenset({"ACME001", "SCH004"})))
    sessions = [{**sound()["userSessions"][0], "userSessionId": f"1:1490529480:{number}"} for number in range(9)]
    whole = Capture("a.json", orjson.dumps({"userSessions": sessions, "more": 1}))
    told = [
        (finding.rule, finding.message)
        for capture in stretches(whole, 8000) or ()
        for finding in examine(engine, capture).result.findings
    ]
    assert told == [("ACME001", "it has 3"), ("SCH004", '"more" is not documented')]


COUNTS = "return problem((), 'it has {}', len(session['userSessions']))"


# Where rules are looked for.


def test_of_a_distribution_that_is_there_twice_the_first_counts(example: Path, tmp_path: Path) -> None:
    older = install(tmp_path, "acme-sessionlint-rules", {"sessionlint.rules": {"acme": "no_such_module"}})
    assert command("check", SOUND, path=(example, older))[0] == 0
    assert command("check", SOUND, path=(older, example))[0] == 2


def test_other_groups_comments_and_what_pip_removes_are_not_read(tmp_path: Path) -> None:
    install(tmp_path, "console", {"console_scripts": {"a": "no_such_module:main"}})
    install(tmp_path, "~alf-removed", {"sessionlint.rules": {"a": "no_such_module"}})
    install(tmp_path, "comments", {"x": {"a": "1"}, "sessionlint.rules": {"# a": "no_such_module"}, "y": {"b": "2"}})
    assert command("check", SOUND, "-q", path=(tmp_path,)) == (0, "")
