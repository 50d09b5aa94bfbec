"""What tests share: a sound payload, and short ways to change one and to lint it."""

import ast
import copy
import inspect
import shutil
from itertools import pairwise
from pathlib import Path
from typing import Any

import orjson

from sessionlint.limits import Limits, limit_name

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "examples"

SOUND: dict[str, Any] = orjson.loads((EXAMPLES / "sound.json").read_bytes())
"""The documented example, put right: it gives no finding. Shared, so not to be changed."""


def limit_texts() -> dict[str, str]:
    """What the source says of each limit, by the name that the configuration has for it."""
    (limits,) = (
        each
        for each in ast.parse(Path(inspect.getfile(Limits)).read_text(encoding="utf-8")).body
        if isinstance(each, ast.ClassDef) and each.name == Limits.__name__
    )
    texts = {}
    for field, text in pairwise(limits.body):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
            assert isinstance(text, ast.Expr)
            texts[limit_name(field.target.id)] = " ".join(ast.literal_eval(text.value).split())
    return texts


def copy_examples(folder: Path) -> None:
    """Puts the examples into ``folder``, as they are in a new checkout."""
    shutil.copytree(EXAMPLES, folder / "examples", ignore=shutil.ignore_patterns("__pycache__", ".*"))


def sound() -> dict[str, Any]:
    """A sound payload of its own, to be changed freely."""
    return copy.deepcopy(SOUND)


def at(pointer: str, value: Any, payload: dict[str, Any] | None = None) -> dict[str, Any]:
    """A sound payload (or ``payload``) with ``value`` at ``pointer``, which starts in the first session."""
    changed, holder, last = _opened(pointer, payload)
    holder[last] = value
    return changed


def without(pointer: str, payload: dict[str, Any] | None = None) -> dict[str, Any]:
    """A sound payload (or ``payload``) without what is at ``pointer``, which starts in the first session."""
    changed, holder, last = _opened(pointer, payload)
    del holder[last]
    return changed


def _opened(pointer: str, payload: dict[str, Any] | None) -> tuple[dict[str, Any], Any, str | int]:
    """A copy of a payload, the object or list in it that holds what is at ``pointer``, and under which key or index."""
    changed = sound() if payload is None else copy.deepcopy(payload)
    holder: Any = changed["userSessions"]
    last: str | int = 0
    for step in pointer.strip("/").split("/"):
        holder = holder[last]
        last = int(step) if isinstance(holder, list) else step
    return changed, holder, last
