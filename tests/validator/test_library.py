"""Objects that somebody else parsed: what is wrong with them is a finding, never a traceback."""

from typing import Any

import pytest

from sessionlint.library import check

TOLD = "half a surrogate pair is no character: it is read as U+FFFD; the rest is salvaged and checked"


@pytest.mark.parametrize(
    ("source", "address"),
    [
        ({"userSessions": [{"userSessionId": "a\ud800"}]}, "/userSessions/0/userSessionId"),
        ({"userSessions": [{"userSessionId": "a", "x\udfff": 1}]}, "/userSessions/0"),
        ([{"userSessionId": "\udc00"}], "/0/userSessionId"),
    ],
)
def test_a_lone_surrogate(source: Any, address: str) -> None:
    (finding,) = (each for each in check(source).findings if each.rule == "CAP007")
    assert (finding.address, finding.message, finding.line) == (f"<object>!{address}", TOLD, None)
    assert "SCH001" in check(source).summary.rules
