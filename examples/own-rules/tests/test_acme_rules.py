import pytest

from sessionlint.pytest_plugin import SessionLint
from sessionlint.testing import PageExample, examples, sound_payload


@pytest.mark.parametrize("example", examples("ACME"), ids=str)
def test_an_example_of_a_page_holds(example: PageExample) -> None:
    example.verify()


def test_a_threshold_can_be_set(sessionlint: SessionLint) -> None:
    report = sessionlint.check(sound_payload(), select=["ACME002"], thresholds={"acme-page-load-ms": 4000})
    assert [finding.message for finding in report.findings] == ["the page took 4569 ms to load, 4000 are allowed"]
