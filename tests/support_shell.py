"""What tests that run commands share: the command itself, and a shell that finds it."""

import sys

SESSIONLINT = [sys.executable, "-W", "error", "-m", "sessionlint"]
"""The command `sessionlint` of this interpreter."""
