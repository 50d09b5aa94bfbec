"""Settings for all tests."""

import os

from hypothesis import settings

# How long an example takes says something about the machine, nothing about the code. The gate tries the
# same examples each time, so that it never fails by chance; at a desk every run tries others.
settings.register_profile("sessionlint", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("sessionlint")
