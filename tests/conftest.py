"""Settings for all tests."""

from hypothesis import settings

# How long an example takes says something about the machine, nothing about the code.
settings.register_profile("sessionlint", deadline=None)
settings.load_profile("sessionlint")
