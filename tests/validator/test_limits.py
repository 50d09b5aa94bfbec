"""Limits of what a document may hold and what may be told of it."""

import pytest

from sessionlint.capture import Capture
from sessionlint.decode import Undecodable, decode
from sessionlint.document import Document
from sessionlint.engine import Engine, Options
from sessionlint.finding import Defect, problem
from sessionlint.library import check
from sessionlint.limits import Limits, has_more_values, oversize
from sessionlint.linter import lint
from sessionlint.rule import registry


@pytest.mark.parametrize(
    ("text", "values"),
    [
        (b"1                ", 0),
        (b"[1, 2, 3]        ", 3),
        (b"[[], [], {}]     ", 6),
        (b'{"a": 1, "b": {}}', 3),
        (b'["{[,", "\\",{[,"] ', 2),
        (b'["a, b, c, d, e, f', 6),
    ],
)
def test_values_are_counted_without_a_parser(text: bytes, values: int) -> None:
    assert not has_more_values(text, max(values, 1))
    assert not values or has_more_values(text, values - 1)


@pytest.mark.parametrize(
    ("text", "values", "is_markup"),
    [
        (b"<a><b/><c></c></a>", 3, True),
        (b"<a b='1' c=\"2\"></a>", 3, True),
        (b'["a, b, c", 1]', 2, False),
        (rb'["\n\n\n\n"]', 4, False),
    ],
)
def test_what_counts_as_a_value(text: bytes, values: int, is_markup: bool) -> None:
    assert oversize(text, Limits(document_values=values), is_markup=is_markup) is None
    assert oversize(text, Limits(document_values=values - 1), is_markup=is_markup) is not None


@pytest.mark.parametrize("data", [b'{"userSessions": []}', b"<response></response>"])
def test_a_document_that_is_read_as_a_whole_may_be_too_large(data: bytes) -> None:
    assert isinstance(decode(data, limits=Limits(undivided_bytes=len(data))), Document)
    refused = decode(data, limits=Limits(undivided_bytes=len(data) - 1))
    assert isinstance(refused, Undecodable)
    assert [each.problem.message.text() for each in refused.defects] == [
        f"the document has {len(data)} bytes: the limit undivided-bytes is {len(data) - 1}"
    ]


@pytest.mark.parametrize(
    "data",
    [
        b'{"userSessions": [1, 2, 3, 4]}',
        b'{"userSessions": [1, 2, 3, 4,',
        b"<response><a/><a/><a/><a/></response>",
        b"<response><a/><a/><a/><a/>",
    ],
)
def test_a_document_of_too_many_values_is_not_parsed(data: bytes) -> None:
    assert isinstance(decode(data), Document)
    refused = decode(data, limits=Limits(document_values=4))
    assert isinstance(refused, Undecodable)
    (defect,) = refused.defects
    assert (defect.rule, defect.problem.message.text()) == (
        "CAP015",
        "the document holds more values than are read at once: the limit document-values is 4",
    )
    assert (
        defect.problem.help
        == "Check it in parts, or raise limits.document-values in the configuration if you trust it."
    )


@pytest.mark.parametrize(
    "data",
    [
        b'{"userSessions": [%s]}' % b",".join([b"{}"] * 50),
        b'{"userSessions": [%s]}' % b",".join([b"null"] * 50),
        b'{"userSessions": [], %s}' % b",".join(b'"x%d": 1' % number for number in range(50)),
        b'{"userSessions": [], %s}' % b",".join(b'"x%d": 1, "x%d": 1' % (number, number) for number in range(50)),
        b"[%s]" % b",".join([b'{"userSessionId": 1}'] * 50),
        b"<response>%s</response>" % (b"<userSessions/>" * 50),
    ],
)
@pytest.mark.parametrize("engine", ["fast", "reference"])
def test_a_document_of_too_many_findings_is_not_checked_to_its_end(data: bytes, engine: str) -> None:
    assert len(check(data).findings) >= 50
    options = Options(frozenset(registry()), "fast" if engine == "fast" else "reference", most_findings=20)
    (result,) = lint(Engine(options), [Capture("a", data)])
    assert 2 <= len(result.findings) <= 21
    (over,) = (finding for finding in result.findings if finding.rule == "CAP015")
    assert over.message == "there are more findings: the rest of it is not checked: the limit findings is 20"


def test_what_is_found_of_a_capture_without_a_payload_is_not_left_out_in_silence() -> None:
    capture = Capture("a", b"", defects=(Defect("CAP017", problem((), "a credential")),) * 30)
    (result,) = lint(Engine(Options(frozenset(registry()), most_findings=20)), [capture])
    rules = [finding.rule for finding in result.findings]
    assert (rules.count("CAP017"), rules.count("CAP015")) == (20, 1)
