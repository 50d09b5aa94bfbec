"""Rules about system metrics: boundaries, near misses and absent fields beyond the examples on their pages."""

import statistics
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessionlint import check
from sessionlint.config import Config
from sessionlint.library import check_with
from sessionlint.payload import SystemMetrics
from sessionlint.rule import Outcome
from sessionlint_rules.system_metrics import impossible_statistics, statistics_out_of_order
from support_rules import NOTHING, Found, changed, found

METRICS = "network/systemMetrics"
CPU, MEMORY = f"{METRICS}/cpuUtilization", f"{METRICS}/physicalMemoryUsedBytes"


def told(rule: str, severity: str, field: str, object: str = METRICS) -> list[Found]:
    return [(rule, severity, f"{object}/{field}".rstrip("/"))]


def cpu(**changes: Any) -> dict[str, Any]:
    return changed(CPU, changes)


def memory(**changes: Any) -> dict[str, Any]:
    return changed(MEMORY, changes)


def metrics(**changes: Any) -> dict[str, Any]:
    return changed(METRICS, changes)


def samples(least: float, most: float, mean: float, median: float, deviation: float, count: int) -> dict[str, Any]:
    return {"min": least, "max": most, "mean": mean, "median": median, "stdDev": deviation, "count": count}


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        pytest.param(cpu(**samples(1.0, 1.0, 1.0, 1.0, 0.0, 10)), NOTHING, id="exactly 1.0"),
        pytest.param(cpu(**samples(0, 0, 0, 0, 0, 10)), NOTHING, id="exactly 0"),
        pytest.param(cpu(max=1.0000001), told("SYS001", "error", "max", CPU), id="a bit more"),
        pytest.param(cpu(stdDev=-0.1), told("SYS001", "error", "stdDev", CPU), id="a negative deviation"),
        pytest.param(cpu(**samples(30, 56, 38, 35, 8, 10)), told("SYS001", "error", "min", CPU), id="all five are one"),
        pytest.param(cpu(max="0.5"), told("SCH002", "error", "max", CPU), id="a text is another rule's"),
    ],
)
def test_cpu_out_of_range(payload: dict[str, Any], expected: list[Found]) -> None:
    assert found(payload) == expected


@pytest.mark.parametrize(
    ("value", "is_percentage"),
    [(1.0000001, False), (1.01, True), (56.25, True), (100, True), (100.1, False), (-0.5, False)],
)
def test_the_help_says_when_it_reads_as_a_percentage(value: float, is_percentage: bool) -> None:
    (finding,) = check(cpu(max=value)).findings
    assert ("percentage" in (finding.help or "")) == is_percentage


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        pytest.param(cpu(mean=0.6), told("SYS002", "error", "mean", CPU), id="mean above maximum"),
        pytest.param(cpu(mean=0.3), told("SYS002", "error", "mean", CPU), id="mean below minimum"),
        pytest.param(cpu(median=0.6), told("SYS002", "error", "median", CPU), id="median above maximum"),
        pytest.param(cpu(median=0.3), told("SYS002", "error", "median", CPU), id="median below minimum"),
        pytest.param(cpu(min=0.5625, max=0.3), told("SYS002", "error", "min", CPU), id="swapped"),
        pytest.param(cpu(mean=0.6, median=0.6), told("SYS002", "error", "mean", CPU), id="both are one"),
        pytest.param(memory(median=1), told("SYS002", "error", "median", MEMORY), id="memory"),
        pytest.param(
            cpu(mean=0.6, median=...),
            told("SCH001", "error", "", CPU) + told("SYS002", "error", "mean", CPU),
            id="mean alone",
        ),
        pytest.param(
            cpu(mean=0.6, median=None),
            told("SCH005", "warning", "median", CPU) + told("SYS002", "error", "mean", CPU),
            id="median null",
        ),
        pytest.param(cpu(median=...), told("SCH001", "error", "", CPU), id="no median"),
        pytest.param(cpu(mean=1.6), told("SYS001", "error", "mean", CPU), id="what is out of range is not compared"),
        pytest.param(
            cpu(**samples(0.1, 0.1, 0.09999999999999999, 0.1, 0.0, 3)), NOTHING, id="a constant, and its mean by a hair"
        ),
        pytest.param(
            cpu(**samples(0.1, 0.1, 0.1 - 2e-10, 0.1, 0.0, 3)), told("SYS002", "error", "mean", CPU), id="by more"
        ),
        pytest.param(
            cpu(**samples(0.0, 0.3, 0.1 + 0.2, 0.3, 0.01, 1000)), NOTHING, id="by a hair of the largest, beside a 0"
        ),
        pytest.param(
            memory(**samples(16777216, 16777217, 16777216.5, 16777216.5, 0.5, 2)), NOTHING, id="more than 24 bits"
        ),
    ],
)
def test_statistics_out_of_order(payload: dict[str, Any], expected: list[Found]) -> None:
    assert found(payload) == expected


def test_cpu_and_memory_are_two_objects() -> None:
    payload = metrics(
        cpuUtilization=samples(0.3, 0.5, 0.6, 0.4, 0.1, 10),
        physicalMemoryUsedBytes=samples(3, 5, 6, 4, 1, 10),
    )
    assert found(payload) == told("SYS002", "error", "mean", CPU) + told("SYS002", "error", "mean", MEMORY)


@pytest.mark.parametrize(
    ("figures", "field"),
    [
        pytest.param(samples(0.3, 0.5, 0.32, 0.3, 0.06, 10), None, id="nine at the minimum, one at the maximum"),
        pytest.param(
            samples(0.3, 0.5, 0.3179, 0.3, 0.06, 10), "mean", id="less than that, by more than 1 % of the range"
        ),
        pytest.param(samples(0.3, 0.5, 0.3181, 0.3, 0.06, 10), None, id="by less"),
        pytest.param(samples(0, 1, 0.0899, 0, 0.3, 10), "mean", id="by hardly more than 1 % of the range"),
        pytest.param(samples(1e-7, 3e-7, 1.1e-7, 2e-7, 1.2e-7, 2), "mean", id="tiny figures have many decimals"),
        pytest.param(samples(0.3, 0.5, 0.4821, 0.5, 0.06, 10), "mean", id="more than nine at the maximum"),
        pytest.param(samples(0.3001, 0.5001, 0.4001, 0.4001, 0.1054, 10), None, id="five at each end, of the samples"),
        pytest.param(samples(0.3001, 0.5001, 0.4001, 0.4001, 0.1076, 10), "stdDev", id="wider"),
        pytest.param(samples(0.3001, 0.5001, 0.4001, 0.4001, 0.0448, 10), None, id="two apart, the others in between"),
        pytest.param(samples(0.3001, 0.5001, 0.4001, 0.4001, 0.0426, 10), "stdDev", id="narrower"),
        pytest.param(
            samples(0.1001, 0.9001, 0.5001, 0.2001, 0.3001, 10), None, id="mean and median one deviation apart"
        ),
        pytest.param(samples(0.1001, 0.9001, 0.5101, 0.2001, 0.3001, 10), "median", id="further apart"),
        pytest.param(samples(0.5, 0.5, 0.5, 0.5, 0, 1), None, id="one sample"),
        pytest.param(samples(0.5, 0.5, 0.5, 0.5, 0.1, 1), None, id="one sample with a deviation, less than rounded"),
        pytest.param(samples(0.5, 0.5, 0.5, 0.5, 0.16, 1), "count", id="one sample with a deviation"),
        pytest.param(samples(0.31, 0.32, 0.32, 0.31, 0, 1), None, id="one sample, rounded"),
        pytest.param(samples(0.31, 0.33, 0.32, 0.31, 0, 1), "count", id="one sample, and not all equal"),
        pytest.param(samples(0.31, 0.32, 0.31, 0.31, 0, 2), None, id="rounded to two decimals"),
        pytest.param(samples(0.3, 0.5, 0.4, 0.4, 0.2, 10), None, id="rounded to one decimal"),
        pytest.param(samples(0.0, 1.0, 1.0, 0.0, 1.0, 2), None, id="rounded to none, whatever is written"),
        pytest.param(samples(0.5, 0.5, 0.5, 0.5, 0, 10), None, id="a constant"),
        pytest.param(samples(0.5, 0.5, 0.5, 0.5, 1e-17, 10), None, id="a constant, deviating by a hair"),
        pytest.param(samples(0, 0, 0, 0, 0, 0), None, id="no samples"),
        pytest.param(samples(0, 1, 0.5, 0.5, 0.5, 2), None, id="two samples"),
        pytest.param(samples(0, 1, 0.5, 0.5, 0.5, 2**62), None, id="more samples than there are"),
    ],
)
def test_impossible_statistics(figures: dict[str, Any], field: str | None) -> None:
    expected = told("SYS003", "warning", field, CPU) if field else NOTHING
    assert found(changed(CPU, figures)) == expected


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        pytest.param(cpu(count=0), told("SYS004", "warning", "count", CPU), id="none"),
        pytest.param(cpu(count=-1), told("SYS004", "error", "count", CPU), id="fewer"),
        pytest.param(memory(count=0), told("SYS004", "warning", "count", MEMORY), id="of memory"),
        pytest.param(cpu(**samples(0, 0, 0, 0, 1e-9, 0)), told("SYS004", "warning", "count", CPU), id="one figure"),
        pytest.param(cpu(**samples(0.0, 0, 0.0, 0, 0, 0)), NOTHING, id="all 0"),
        pytest.param(cpu(count=0.0), told("SYS004", "warning", "count", CPU), id="as a double"),
    ],
)
def test_no_samples(payload: dict[str, Any], expected: list[Found]) -> None:
    assert found(payload) == expected


START, END = 1490529523327, 1490529533333


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        pytest.param(START, START, NOTHING, id="no time"),
        pytest.param(START, START - 1, told("SYS005", "error", "endTimeMs"), id="a millisecond before"),
        pytest.param(START, 0, told("SYS005", "error", "endTimeMs"), id="before the epoch had a day"),
        pytest.param(START // 1000, END, told("SYS006", "error", "startTimeMs"), id="seconds"),
        pytest.param(START, END * 1000, told("SYS006", "error", "endTimeMs"), id="microseconds"),
        pytest.param(START * 10**6, END * 10**6, told("SYS006", "error", "startTimeMs"), id="both are one"),
        pytest.param(..., END, NOTHING, id="no start"),
        pytest.param(START, None, told("SCH005", "warning", "endTimeMs"), id="no end"),
        pytest.param("1490529523327", END, told("SCH002", "error", "startTimeMs"), id="a text"),
    ],
)
def test_times(start: Any, end: Any, expected: list[Found]) -> None:
    assert found(metrics(startTimeMs=start, endTimeMs=end)) == expected


@pytest.mark.parametrize(
    ("value", "help"),
    [(10**8, "Multiply it by 1000."), (START * 1000, "Divide it by 1000."), (START * 10**6, "Divide it by 1000000.")],
)
def test_the_help_says_how_to_make_milliseconds(value: int, help: str) -> None:
    (finding,) = check(metrics(startTimeMs=value)).findings
    assert finding.help == help


DATE = 1490529523000
DAY = 24 * 60 * 60 * 1000
FAR = told("SYS007", "warning", "startTimeMs")


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        pytest.param(DATE + DAY, DATE + DAY + 1, NOTHING, id="a day after"),
        pytest.param(DATE + DAY + 1, DATE + DAY + 1, FAR, id="more"),
        pytest.param(DATE - DAY - 1, DATE - DAY, NOTHING, id="a day before"),
        pytest.param(DATE - DAY - 1, DATE - DAY - 1, FAR, id="earlier"),
        pytest.param(DATE - 9 * DAY, DATE + 9 * DAY, NOTHING, id="the date is within"),
        pytest.param(0, 1, FAR, id="1970"),
    ],
)
def test_measured_another_day(start: int, end: int, expected: list[Found]) -> None:
    assert found(metrics(startTimeMs=start, endTimeMs=end)) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"startTimeMs": DATE + DAY + 1, "endTimeMs": ...}, FAR),
        ({"startTimeMs": DATE - 9 * DAY, "endTimeMs": ...}, NOTHING),
        ({"startTimeMs": ..., "endTimeMs": DATE - DAY - 1}, told("SYS007", "warning", "endTimeMs")),
        ({"startTimeMs": ..., "endTimeMs": DATE + 9 * DAY}, NOTHING),
    ],
)
def test_one_time_may_tell_that_it_was_another_day(changes: dict[str, Any], expected: list[Found]) -> None:
    assert found(metrics(**changes)) == expected


def test_a_gap_is_told_to_be_more_than_what_is_allowed() -> None:
    (finding,) = check(metrics(startTimeMs=DATE + DAY + 1, endTimeMs=DATE + DAY + 1)).findings
    assert "collected 25 hours away" in finding.message


@pytest.mark.parametrize(
    ("changes", "rules"),
    [
        ({"date": "2017-03-22 11:58:43"}, {"SES004"}),
        ({"date": "2017-03-30 11:58:43"}, {"SES003", "SES004"}),
        ({"date": "2017-03-22 11:58:43", "roundId": ..., "userSessionId": "x"}, {"SCH001", "SYS007"}),
        ({"date": "2017-03-22 11:58:43", "roundId": 1490529480000}, {"SES009", "SYS007"}),
    ],
)
def test_metrics_of_the_round_are_not_to_blame_for_a_wrong_date(changes: dict[str, Any], rules: set[str]) -> None:
    assert {rule for rule, *_ in found(changed("", {"permalink": ..., **changes}))} == rules


def test_a_date_as_far_from_the_round_as_it_may_be_is_not_to_blame() -> None:
    early = changed("", {"date": "2017-03-26 10:58:00"})  # an hour before the round
    metrics = early["userSessions"][0]["network"]["systemMetrics"]
    metrics |= {"startTimeMs": DATE + DAY - 3600_000, "endTimeMs": DATE + DAY}
    assert found(early) == FAR


def test_a_gap_of_less_than_an_hour_may_be_too_long() -> None:
    config = Config(thresholds={"metrics-gap-max-hours": 0.5})
    late = metrics(startTimeMs=DATE + 1860_000, endTimeMs=DATE + 1860_000)
    assert [finding.rule for finding in check_with(config, late).findings] == ["SYS007"]


@pytest.mark.parametrize(
    "changes", [{"date": "2017-02-30 11:58:43"}, {"date": "1980-01-01 00:00:00"}, {"date": None}, {"network": ...}]
)
def test_without_a_date_or_metrics_nothing_is_known_of_the_gap(changes: dict[str, Any]) -> None:
    assert "SYS007" not in {rule for rule, *_ in found(changed("", changes))}


@pytest.mark.parametrize(
    ("total", "changes", "expected"),
    [
        pytest.param(12825530368, {}, NOTHING, id="all of it"),
        pytest.param(12825530367, {}, told("SYS008", "error", "max", MEMORY), id="a byte less"),
        pytest.param(1, {}, told("SYS008", "error", "max", MEMORY), id="all four are one"),
        pytest.param(12825530367, {"max": ...}, told("SCH001", "error", "", MEMORY), id="the maximum is absent"),
        pytest.param(
            12819145820,
            {"max": ...},
            told("SCH001", "error", "", MEMORY) + told("SYS008", "error", "mean", MEMORY),
            id="the maximum is absent, and the mean is over it",
        ),
        pytest.param(None, {}, told("SCH005", "warning", "physicalMemoryTotalBytes"), id="no total"),
        pytest.param(0, {}, told("SYS009", "error", "physicalMemoryTotalBytes"), id="a total of 0"),
        pytest.param(17069891584, {"min": -1, "stdDev": -1}, told("SYS009", "error", "min", MEMORY), id="below 0"),
    ],
)
def test_memory(total: Any, changes: dict[str, Any], expected: list[Found]) -> None:
    payload = memory(**changes)
    payload["userSessions"][0]["network"]["systemMetrics"]["physicalMemoryTotalBytes"] = total
    assert found(payload) == expected


@st.composite
def measured(draw: st.DrawFn) -> SystemMetrics:
    """Statistics of any samples, with either deviation, as computed or rounded."""
    shares = st.floats(0, 1).map(lambda share: round(share, 12))
    values = draw(st.lists(shares | st.integers(0, 2**34).map(float), min_size=1, max_size=30))
    deviations = [statistics.pstdev, statistics.stdev] if len(values) > 1 else [statistics.pstdev]
    medians = [statistics.median(values), statistics.median_low(values), statistics.median_high(values)]
    figures = [
        min(values),
        max(values),
        statistics.fmean(values),
        draw(st.sampled_from(medians)),
        draw(st.sampled_from(deviations))(values),
    ]
    decimals = draw(st.none() | st.integers(0, 9))
    if decimals is not None:
        figures = [round(figure, decimals) for figure in figures]
    least, most, mean, median, deviation = figures
    return {
        "physicalMemoryUsedBytes": {
            "min": least,
            "max": most,
            "mean": mean,
            "median": median,
            "stdDev": deviation,
            "count": len(values),
        }
    }


def outcomes(metrics: SystemMetrics) -> list[Outcome]:
    assert statistics_out_of_order.check is not None
    assert impossible_statistics.check is not None
    return [statistics_out_of_order.check(metrics), impossible_statistics.check(metrics)]


@given(measured())
def test_what_was_measured_is_possible(metrics: SystemMetrics) -> None:
    assert outcomes(metrics) == [None, None]


@given(measured(), st.sampled_from(["mean", "median", "min"]), st.floats(0.001, 10))
def test_what_is_above_the_maximum_is_found_and_told_once(metrics: SystemMetrics, field: str, excess: float) -> None:
    figures = metrics["physicalMemoryUsedBytes"]
    above = figures["max"] * (1 + excess) + excess
    broken: Any = {"physicalMemoryUsedBytes": figures | {field: above}}
    disorder, impossible = outcomes(broken)
    assert disorder
    assert impossible is None


@given(measured(), st.floats(0.1, 10))
def test_a_deviation_wider_than_the_samples_is_found(metrics: SystemMetrics, excess: float) -> None:
    figures = metrics["physicalMemoryUsedBytes"]
    spread = figures["max"] - figures["min"]
    # A spread is rounded by at most 1.5 units of the last decimal, and whole figures are of the unit 1.
    too_wide = spread * (1 + excess) + 2 + figures["max"] * 1e-8
    broken: Any = {"physicalMemoryUsedBytes": figures | {"stdDev": too_wide}}
    disorder, impossible = outcomes(broken)
    assert disorder is None
    assert impossible
