"""Settings for all tests."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from sessionlint.linter import Totals
from sessionlint.summary import Summary

# How long an example takes says something about the machine, nothing about the code. The gate tries the
# same examples each time, so that it never fails by chance; at a desk every run tries others.
settings.register_profile("sessionlint", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("sessionlint")

# What is printed must be the same in a job of GitHub.
os.environ.pop("GITHUB_ACTIONS", None)


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Names of tests that are the same in every process: sets have no order, and an archive holds the time."""
    if isinstance(val, set | frozenset):
        return "-".join(sorted(map(str, val))) or "none"
    return argname if isinstance(val, bytes) and len(val) > 30 else None


@pytest.fixture(scope="session", autouse=True)
def counts_add_up() -> Iterator[None]:
    """In every test: no capture is lost between those that were checked, unreadable and skipped."""
    summary = Totals.summary

    def added_up(totals: Totals, seconds: float) -> Summary:
        made = summary(totals, seconds)
        assert made.captures == made.payloads + made.unreadable + sum(made.skipped.values()), made
        return made

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Totals, "summary", added_up)
        yield
