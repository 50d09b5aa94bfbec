import ntpath
from types import SimpleNamespace

import pytest

from sessionlint import paths


@pytest.mark.parametrize(
    ("path", "folder", "expected"),
    [
        ("a.json", "C:\\dump", "a.json"),
        ("captures\\a.json", "C:\\dump\\conf", "../captures/a.json"),
        ("C:/DUMP/a.json", "C:\\dump", "a.json"),
        ("a.json", "D:\\conf", "C:/dump/a.json"),
        ("..\\a.json", "D:\\conf", "C:/a.json"),
        ("D:\\a.json", "C:\\dump", "D:/a.json"),
        ("\\\\server\\share\\a.json", "C:\\dump", "//server/share/a.json"),
    ],
)
def test_a_relative_path_on_windows(path: str, folder: str, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ntpath, "abspath", lambda path: ntpath.normpath(ntpath.join("C:\\dump", path)))
    monkeypatch.setattr(paths, "os", SimpleNamespace(path=ntpath, sep="\\"))
    assert paths.relative_path(path, folder) == expected
