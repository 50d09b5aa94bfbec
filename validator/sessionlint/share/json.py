"""What became of a dump, for programs. The version changes when a field changes meaning."""

from typing import Any, Final

import orjson

from sessionlint import __version__
from sessionlint.share.command import Shared

_VERSION: Final = 1


def render(shared: Shared) -> str:
    """One document."""
    document: dict[str, Any] = {
        "version": _VERSION,
        "tool": {"name": "sessionlint", "version": __version__},
        "output": shared.output or None,
        "key": "given" if shared.has_given_key else "forgotten",
        "captures": shared.captures,
        "payloads": shared.payloads,
        "sessions": shared.sessions,
        "altered": {
            each.what: {
                "values": each.values,
                "distinct": each.distinct.value,
                "distinctIsExact": each.distinct.is_exact,
            }
            for each in shared.altered
        },
        "leftOut": shared.left_out,
        "unreadable": shared.unreadable,
        "skipped": shared.skipped,
        "lookedFor": shared.looked_for,
        "coincidences": shared.coincidences,
        "unchanged": shared.unchanged,
        "changed": shared.changed,
        "differences": [each._asdict() for each in shared.differences],
    }
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()
