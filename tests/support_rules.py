"""What the tests of rules share: a sound payload with one object changed, and its findings in short."""

from typing import Any

from sessionlint import check
from support import at, sound

Found = tuple[str, str, str]
"""Rule, severity, and pointer from the session on."""
NOTHING: list[Found] = []

PROFILE = "network/networkProfile"
WIRELESS = f"{PROFILE}/wirelessProfile"


def found(payload: dict[str, Any]) -> list[Found]:
    """The findings of the default rules."""
    return [
        (finding.rule, finding.severity, finding.pointer.removeprefix("/userSessions/0/"))
        for finding in check(payload).findings
    ]


def changed(pointer: str, changes: dict[str, Any]) -> dict[str, Any]:
    """The sound payload with some fields of one object changed; ``...`` takes a field away."""
    node: Any = sound()["userSessions"][0]
    for step in pointer.split("/") if pointer else ():
        node = node[int(step) if isinstance(node, list) else step]
    node = {key: value for key, value in {**node, **changes}.items() if value is not ...}
    return at(pointer, node) if pointer else {"userSessions": [node]}
