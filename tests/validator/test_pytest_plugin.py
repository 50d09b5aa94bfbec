"""The pytest plugin, in runs of pytest that find it the way they find any other."""

import os
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from support import EXAMPLES, ROOT
from support_packages import SOURCES, command, install_project, python

pytest_plugins = ["pytester"]

SOUND = str(EXAMPLES / "sound.json")
PERCENT = str(EXAMPLES / "cpu-in-percent.json")


class Run:
    """Runs tests of which each is one expression, and tells how they end."""

    def __init__(self, pytester: pytest.Pytester) -> None:
        self._pytester = pytester
        self.folder = pytester.path

    def __call__(self, *calls: str) -> dict[str, str]:
        """By call, the text that its test fails with; empty where it passes."""
        self._pytester.makepyfile(
            "import pathlib\n"
            + "".join(f"def test_{number}(sessionlint):\n    {call}\n" for number, call in enumerate(calls))
        )
        result = self._pytester.runpytest_subprocess("-W", "error")
        text = "\n".join(result.outlines).partition("\n=========================== short test summary info")[0]
        _, *parts = re.split(r"\n_+ (?:ERROR at setup of )?test_(\d+) _+\n", text)
        failures = {calls[int(number)]: f"{told}\n" for number, told in zip(parts[::2], parts[1::2], strict=True)}
        return dict.fromkeys(calls, "") | failures

    def config(self, text: str) -> None:
        (self.folder / "sessionlint.toml").write_text(text, encoding="utf-8")


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Run:
    site = install_project(ROOT, tmp_path_factory.mktemp("site"))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(map(str, [*SOURCES, site])))
    monkeypatch.setenv("NO_COLOR", "1")
    return Run(pytester)


def test_a_test_fails_with_what_the_command_prints(run: Run) -> None:
    call = f"sessionlint.check({PERCENT!r})"
    told = run(call)[call]
    assert command("check", PERCENT, "--no-config", cwd=run.folder) == (1, told)
    assert "   = help: It reads as a percentage: divide it by 100." in told.splitlines()


SOURCES_TOLD = {
    "sessionlint.check(b'{\"userSessions\": 5}')": "<bytes>:1:18 error SCH002 ",
    "sessionlint.check({'userSessions': 5})": "<object> error SCH002 ",
    "sessionlint.check('empty.json')": "empty.json error CAP002 the file is empty",
    "sessionlint.check(pathlib.Path('empty.json'))": "empty.json error CAP002 the file is empty",
    "sessionlint.check('folder')": "Nothing to check: no payload.\nSkipped 1 file: another kind of file (1).",
    f"assert sessionlint.check({SOUND!r}).findings == ()": "",
}
WRONG_CALLS = {
    "sessionlint.check('absent.json')": 'FileNotFoundError: no file or folder is called "absent.json"',
    "sessionlint.check(b'', select=['PN8'])": "UnknownRule: no rule is called",
    "sessionlint.check(b'', selct=['PNG'])": "got an unexpected keyword argument 'selct'",
    "sessionlint.check(b'', fail_on='warn')": "ConfigError: fail_on: expected one of error, warning, info, never, not "
    '"warn"',
    "sessionlint.check(b'', fail_on='')": "ConfigError: fail_on: expected one of error, warning, info, never, not",
    "sessionlint.check(None)": "TypeError: expected str, bytes or os.PathLike object, not NoneType",
}


def test_a_source_may_be_anything_that_the_library_takes_and_an_error_is_the_librarys(run: Run) -> None:
    (run.folder / "empty.json").touch()
    (run.folder / "folder").mkdir()
    (run.folder / "folder" / "notes.txt").write_text("notes", encoding="utf-8")
    expected = SOURCES_TOLD | WRONG_CALLS
    failures = run(*expected)
    assert {call: told in failures[call] and bool(told) == bool(failures[call]) for call, told in expected.items()} == (
        dict.fromkeys(expected, True)
    ), failures


MILD = 'b\'{"userSessions": [], "colour": 1}\''


@pytest.mark.parametrize(
    ("config", "passes"),
    [
        (
            "",
            {
                "": True,
                "fail_on='info'": False,
                "fail_on='info', ignore=['SCH004']": True,
                "severities={'SCH004': 'error'}": False,
                "severities={'SCH004': 'error'}, fail_on='never'": True,
            },
        ),
        ('fail-on = "info"', {"": False, "fail_on='error'": True, "config='empty.toml'": True}),
        ('ignore = ["SCH004"]', {"fail_on='info'": True, "fail_on='info', config='empty.toml'": False}),
    ],
)
def test_options_win_over_the_configuration_in_the_root_folder(
    run: Run, config: str, passes: Mapping[str, bool]
) -> None:
    run.config(config)
    (run.folder / "empty.toml").touch()
    calls = {f"sessionlint.check({MILD}, {options})": ends for options, ends in passes.items()}
    assert {call: not told for call, told in run(*calls).items()} == calls


def test_a_wrong_configuration_is_one_line(run: Run) -> None:
    run.config("fail-on = 5")
    told = "sessionlint: sessionlint.toml: fail-on: expected one of error, warning, info, never, not 5\n"
    assert run("sessionlint.check(b'')") == {"sessionlint.check(b'')": told}


def test_who_does_not_use_it_does_not_notice_it(tmp_path: Path) -> None:
    site = install_project(ROOT, tmp_path / "site")
    (tmp_path / "test_it.py").write_text(
        "import sys\n"
        "def test_it(pytestconfig):\n"
        "    assert pytestconfig.pluginmanager.has_plugin('sessionlint')\n"
        "    assert {each for each in sys.modules if each.partition('.')[0].startswith('sessionlint')} == {\n"
        "        'sessionlint', 'sessionlint.pytest_plugin'}\n",
        encoding="utf-8",
    )
    status, printed = python("-m", "pytest", "-q", "test_it.py", path=(site,), cwd=tmp_path)
    assert status == 0, printed
    status, printed = python("-m", "pytest", "-q", "-p", "no:sessionlint", "test_it.py", path=(site,), cwd=tmp_path)
    assert status == 1
    assert "has_plugin" in printed
