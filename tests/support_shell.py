"""What tests that run commands share: the command itself, and a shell that finds it."""

import os
import shutil
import sys
from pathlib import Path

SESSIONLINT = [sys.executable, "-W", "error", "-m", "sessionlint"]
"""The command `sessionlint` of this interpreter."""
