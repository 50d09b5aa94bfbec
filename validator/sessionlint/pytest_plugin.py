"""The pytest plugin: a fixture that fails a test with what the command would print.

pytest imports this module in every run on a machine where sessionlint is installed: what only the
fixture needs is imported when a test asks for it.
"""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import os
    from typing import Unpack

    from sessionlint.config import Config
    from sessionlint.finding import FailOn
    from sessionlint.library import CheckOptions, Report, Source


class SessionLint:
    """What the fixture `sessionlint` is."""

    def __init__(self, settings: "Config") -> None:
        self._settings = settings

    def check(
        self,
        source: "Source",
        *,
        fail_on: "FailOn | None" = None,
        config: "str | os.PathLike[str] | None" = None,
        **options: "Unpack[CheckOptions]",
    ) -> "Report":
        """Checks a path, bytes or a parsed payload; fails the test where the command's exit status is not 0.

        Then the test's text is what `sessionlint check` prints. ``fail_on`` is the lowest severity that fails
        the test (by default the configuration's, or else ``"error"``; `sessionlint.ConfigError` for another word);
        the other options are those of `sessionlint.check`, whose errors it raises. Without ``config``, the
        configuration is the one that the command finds in pytest's root folder. Returns the report, which may have
        milder findings.
        """
        __tracebackhide__ = True
        import os

        from sessionlint.config import READERS, load
        from sessionlint.library import check_with
        from sessionlint.summary import CLEAN, exit_status

        settings = self._settings if config is None else load(os.fspath(config))
        failing: FailOn = settings.fail_on if fail_on is None else READERS["fail-on"]("fail_on", fail_on)
        report = check_with(settings, source, excerpts=True, **options)
        if exit_status(report.summary, failing, settings.foreign) != CLEAN:
            pytest.fail(_text(report, settings.max_findings), pytrace=False)
        return report


def _text(report: "Report", max_findings: int | None) -> str:
    from sessionlint.report import reporter

    # What was skipped is said at once: the command's -v is no option of pytest's.
    text = reporter("text", max_findings=max_findings, verbosity=int(any(report.summary.skipped.values())))
    return "".join([text.begin(), *map(text.finding, report.findings), text.end(report.summary)]).rstrip("\n")


@pytest.fixture(scope="session")
def sessionlint(pytestconfig: pytest.Config) -> SessionLint:
    """Lints saved endpoint user session details: `sessionlint.check(response.content)` fails the test on errors."""
    from sessionlint.config import discovered
    from sessionlint.summary import Failure

    try:
        return SessionLint(discovered(str(pytestconfig.rootpath)))
    except Failure as error:
        reason = f"sessionlint: {error}"
    pytest.fail(reason, pytrace=False)
