"""Validator and diagnostics linter for saved endpoint user session details (ThousandEyes API v6).

import sessionlint

report = sessionlint.check("capture.json")
assert not report.errors
"""

from typing import TYPE_CHECKING

__version__ = "0.1.0"

__all__ = ["Finding", "Report", "__version__", "check"]

if TYPE_CHECKING:
    from sessionlint.finding import Finding
    from sessionlint.library import Report, check


def __getattr__(name: str) -> object:
    # The command line imports this package first: what it does not use is not loaded.
    if name == "Finding":
        from sessionlint.finding import Finding

        return Finding
    if name in ("Report", "check"):
        from sessionlint import library

        return getattr(library, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
