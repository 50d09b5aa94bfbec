"""What a file's or a member's name tells: that it is not for us, or not safe."""

import re
from typing import Final

TOOLS_FOLDERS: Final = frozenset(
    {".git", ".hg", ".svn", ".venv", "venv", ".tox", ".nox", "node_modules", "__pycache__"}
    | {".mypy_cache", ".pytest_cache", ".ruff_cache", ".idea", ".vscode"}
)
"""Folders that are not looked into unless they are named themselves: nobody saves captures there."""

EXCLUDED: Final = "excluded"
MACOS_METADATA: Final = "macOS metadata"
TOOLS_FOLDER: Final = "a tool's folder"

_LINES = (".jsonl", ".ndjson")
_DOCUMENTS = (".json", ".xml")
_CAPTURES = (*_DOCUMENTS, ".har", ".http", *_LINES)
_PARTS = re.compile(r"[/\\]")
_ABSOLUTE = re.compile(r"[/\\]|[A-Za-z]:")


def says_lines(name: str) -> bool:
    """Whether a file's name says JSON Lines."""
    return name.lower().endswith(_LINES)


def says_har(name: str) -> bool:
    """Whether a file's name says HAR."""
    return name.lower().endswith(".har")


def says_document(name: str) -> bool:
    """Whether a file's name says that it is one document, in JSON or XML."""
    return name.lower().endswith(_DOCUMENTS)


def says_capture(name: str) -> bool:
    """Whether a file's name says JSON, XML, JSON Lines, HAR or HTTP."""
    return name.lower().endswith(_CAPTURES)


def unsafe_name(name: str) -> str | None:
    """Why a member's name is not one for a file below the archive's own folder."""
    if _ABSOLUTE.match(name):
        return "the member has an absolute name"
    if ".." in name and ".." in _PARTS.split(name):
        return "the member's name climbs out of the archive"
    return None


def passed_over(path: str) -> str | None:
    """Why a file in a folder, or a member of an archive, is not looked at."""
    *folders, name = _PARTS.split(path) if "\\" in path else path.split("/")
    if name == ".DS_Store" or name.startswith("._") or "__MACOSX" in folders:
        return MACOS_METADATA
    return TOOLS_FOLDER if TOOLS_FOLDERS.intersection(folders) else None
