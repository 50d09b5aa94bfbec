"""Settings for all tests."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import settings

from sessionlint.linter import Tally
from sessionlint.summary import Summary
from sessionlint.triage.collect import Collector

# How long an example takes says something about the machine, nothing about the code. The gate tries the
# same examples each time, so that it never fails by chance; at a desk every run tries others.
settings.register_profile("sessionlint", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("sessionlint")


@pytest.fixture(scope="session", autouse=True)
def counts_add_up() -> Iterator[None]:
    """In every test: no capture is lost between those that were checked, unreadable and skipped."""
    with pytest.MonkeyPatch.context() as patch:
        for counter in (Tally, Collector):
            patch.setattr(counter, "summary", _added_up(counter.summary))
        yield


def _added_up(summary: Callable[..., Summary]) -> Callable[..., Summary]:
    def checked(*arguments: Any) -> Summary:
        made = summary(*arguments)
        assert made.captures == made.payloads + made.unreadable + sum(made.skipped.values()), made
        return made

    return checked
