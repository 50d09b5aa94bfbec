"""Validator and diagnostics linter for saved endpoint user session details (ThousandEyes API v6).

import sessionlint

report = sessionlint.check("capture.json")
assert not report.errors

What `__all__` lists is the interface for those who check payloads. Those who write rules also use
`sessionlint.rule`, `sessionlint.finding` and `sessionlint.payload`; those who test theirs
`sessionlint.testing`.
"""

from typing import TYPE_CHECKING

__version__ = "0.1.0"

__all__ = [
    "ConfigError",
    "Finding",
    "Related",
    "Report",
    "RuleError",
    "Summary",
    "UnknownRule",
    "__version__",
    "check",
]

if TYPE_CHECKING:
    from sessionlint.config import ConfigError
    from sessionlint.finding import Finding, Related
    from sessionlint.library import Report, check
    from sessionlint.rule import RuleError
    from sessionlint.selection import UnknownRule
    from sessionlint.summary import Summary

_MODULES = {
    "ConfigError": "config",
    "Finding": "finding",
    "Related": "finding",
    "Report": "library",
    "RuleError": "rule",
    "Summary": "summary",
    "UnknownRule": "selection",
    "check": "library",
}


if not TYPE_CHECKING:  # to a type checker, a name that is not imported above would be there too

    def __getattr__(name: str) -> object:
        # The command line imports this package first: what it does not use is not loaded.
        if name in _MODULES:
            from importlib import import_module

            return getattr(import_module(f"sessionlint.{_MODULES[name]}"), name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
