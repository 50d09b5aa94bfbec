"""The Python in the documents runs, block after block, and what it says of the example package is so."""

import re
from pathlib import Path

import pytest

from support import ROOT, copy_examples
from support_packages import EXAMPLE, command, install_example, install_project, python

DOCUMENTS = ["README.md", "docs/library.md", "docs/own-rules.md"]


def blocks(document: str, language: str) -> list[str]:
    text = (ROOT / document).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_python_of_a_document_runs(document: str, tmp_path: Path) -> None:
    copy_examples(tmp_path)
    script = "\n".join(blocks(document, "python"))
    assert script
    # pytest runs it, for some blocks are tests.
    (tmp_path / "test_blocks.py").write_text(script, encoding="utf-8")
    if "def test_" not in script:
        status, printed = python("test_blocks.py", cwd=tmp_path)
    else:
        site = install_project(ROOT, tmp_path / "site")
        status, printed = python("-m", "pytest", "-q", "test_blocks.py", path=(site,), cwd=tmp_path)
    assert status == 0, printed


def test_every_document_with_python_is_run() -> None:
    paths = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    names = (path.relative_to(ROOT).as_posix() for path in paths)
    assert sorted(name for name in names if blocks(name, "python")) == sorted(DOCUMENTS)


def test_what_is_said_of_the_example_package_is_what_it_holds() -> None:
    held = "\n".join(path.read_text(encoding="utf-8") for path in [*EXAMPLE.rglob("*.py"), *EXAMPLE.glob("*.toml")])
    for block in [*blocks("docs/own-rules.md", "python"), *blocks("docs/own-rules.md", "toml")]:
        assert block in held


def test_what_the_example_package_finds_is_what_is_said(tmp_path: Path) -> None:
    site = install_example(tmp_path / "site")
    copy_examples(tmp_path)
    (install, check) = blocks("docs/own-rules.md", "sh")[0].splitlines()
    assert install == f"pip install ./{EXAMPLE.relative_to(ROOT).as_posix()}"
    (told,) = blocks("docs/own-rules.md", "text")
    assert command(*check.split()[1:], path=(site,), cwd=tmp_path) == (0, told)
