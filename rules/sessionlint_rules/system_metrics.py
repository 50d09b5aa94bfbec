"""The rules of `systemMetrics`."""

from collections.abc import Callable, Mapping
from math import sqrt
from operator import itemgetter
from typing import Any, Final, TypeAlias

from sessionlint.finding import ERROR, WARNING, Problem, note, problem
from sessionlint.payload import Cpu, Session, SystemMetrics
from sessionlint.rule import ARITHMETIC, DOCUMENTED, PLAUSIBLE, Violation, rule, schema_rule
from sessionlint_rules.times import epoch_unit, length, plausible_seconds
from sessionlint_rules.tolerance import float_error, rounding_error

_FIGURES: Final = ("min", "max", "mean", "median", "stdDev")

_Statistics: TypeAlias = Mapping[str, Any]


@schema_rule("SYS001", on=Cpu, severity=ERROR, basis=DOCUMENTED)
def cpu_out_of_range(violation: Violation) -> Problem:
    """A figure of the CPU utilization is not a share between 0.0 and 1.0.

    The figures are shares of all processors together. A monitor that takes them for percentages, or
    adds up the processors, breaks every threshold on them.

    Documented: "mean of CPU usage sampled (in range of [0.0-1.0]) over the monitored period"
    Remedy: Give the share of all processors, from 0.0 to 1.0.

    Bad: percentages
        {"min": 30.9, "max": 56.3, "mean": 38.9, "median": 35.4, "stdDev": 8.39, "count": 10}
    Bad:
        {"min": -0.1, "max": 0.5625, "mean": 0.389, "median": 0.354, "stdDev": 0.084, "count": 10}
    Good: busy all the time
        {"min": 1.0, "max": 1.0, "mean": 1.0, "median": 1.0, "stdDev": 0.0, "count": 10}
    """
    reads_as_percentage = 1.001 < violation.value <= 100  # what is a hair over 1 is a share that was rounded
    return problem(
        (),
        f"{violation.field} is {{}}, outside 0.0 to 1.0",
        violation.value,
        help="It reads as a percentage: divide it by 100." if reads_as_percentage else None,
    )


@rule("SYS002", on=SystemMetrics, severity=ERROR, basis=ARITHMETIC)
def statistics_out_of_order(metrics: SystemMetrics) -> list[Problem] | None:
    """The mean or the median of samples is not between their minimum and maximum.

    At least one of the figures is wrong, and which one cannot be told. The mean is a floating-point
    sum, so it may miss the minimum or maximum by a hair.

    Reason: Mean and median lie between minimum and maximum.
    Remedy: Look for fields that were swapped, or for figures in different units.

    Bad: the mean is above the maximum
        {"cpuUtilization": {"min": 0.31, "max": 0.56, "mean": 0.6, "median": 0.35, "stdDev": 0.08, "count": 10}}
    Bad: minimum and maximum are swapped
        {"cpuUtilization": {"min": 0.56, "max": 0.31, "mean": 0.39, "median": 0.35, "stdDev": 0.08, "count": 10}}
    Bad: used memory
        {"physicalMemoryUsedBytes": {"min": 12805128192, "max": 12825530368, "mean": 12819145821.09,
         "median": 12800000000, "stdDev": 5741124.05, "count": 11}, "physicalMemoryTotalBytes": 17069891584}
    Good: the same value three times, and a mean that is a hair under it
        {"cpuUtilization": {"min": 0.1, "max": 0.1, "mean": 0.09999999999999999, "median": 0.1, "stdDev": 0.0, "count": 3}}
    """
    return _found_in(metrics, _out_of_order)


def _found_in(metrics: SystemMetrics, find: Callable[[str, _Statistics], Problem | None]) -> list[Problem] | None:
    """What there is to say of either object of statistics."""
    cpu, memory = metrics.get("cpuUtilization"), metrics.get("physicalMemoryUsedBytes")
    of_cpu = find("cpuUtilization", cpu) if cpu else None
    of_memory = find("physicalMemoryUsedBytes", memory) if memory else None
    return [told for told in (of_cpu, of_memory) if told] if of_cpu or of_memory else None


_FOUR_FIGURES: Final = itemgetter(*_FIGURES[:4])


def _out_of_order(key: str, statistics: _Statistics) -> Problem | None:
    try:
        least, most, mean, median = _FOUR_FIGURES(statistics)
        if least <= mean <= most and least <= median <= most:
            return None
    except KeyError:  # the others may be out of order all the same
        pass
    read = statistics.get
    least, most, mean, median = read("min"), read("max"), read("mean"), read("median")
    if least is None or most is None:
        return None
    if (mean is None or least <= mean <= most) and (median is None or least <= median <= most):
        return None
    middles = [(name, value) for name, value in (("mean", mean), ("median", median)) if value is not None]
    tolerance = float_error([least, most, *(value for _, value in middles)])
    if least > most + tolerance:
        return _beyond(key, "min", least, "max", most)
    for name, value in middles:
        if value > most + tolerance:
            return _beyond(key, name, value, "max", most)
        if value < least - tolerance:
            return _beyond(key, name, value, "min", least)
    return None


def _beyond(key: str, name: str, value: float, other: str, bound: float) -> Problem:
    words = f"{name} is {{}} but {other} is {{}}"
    return problem((key, name), words, value, bound, related=(note((key, other), f"{other} is {{}}", bound),))


@rule("SYS003", on=SystemMetrics, severity=WARNING, basis=ARITHMETIC)
def impossible_statistics(metrics: SystemMetrics) -> list[Problem] | None:
    """No samples have these statistics: mean, median or deviation does not fit the minimum and maximum.

    One of n samples was the minimum and one the maximum, which bounds the mean of all and, from both
    sides, how far they spread. Mean and median are never further apart than one standard deviation. A
    single sample is minimum, maximum, mean and median at once and deviates by 0. Figures may be
    rounded, and the deviation may be that of the samples or of the population.

    Reason: With R = max - min of n samples, the mean is within [min + R/n, max - R/n] and the deviation within [R/sqrt(2n), R/2 * sqrt(n/(n-1))].
    Remedy: Look for statistics of different measurements that were put together.

    Bad: the mean of ten samples is nearer to the minimum than one maximum allows
        {"cpuUtilization": {"min": 0.3, "max": 0.5, "mean": 0.305, "median": 0.3, "stdDev": 0.06, "count": 10}}
    Bad: the deviation is wider than the samples
        {"cpuUtilization": {"min": 0.3, "max": 0.5, "mean": 0.4, "median": 0.4, "stdDev": 0.25, "count": 10}}
    Bad: the deviation is narrower than minimum and maximum alone
        {"cpuUtilization": {"min": 0.3, "max": 0.5, "mean": 0.4, "median": 0.4, "stdDev": 0.01, "count": 10}}
    Bad: mean and median are further apart than one deviation
        {"cpuUtilization": {"min": 0.1, "max": 0.9, "mean": 0.6, "median": 0.2, "stdDev": 0.25, "count": 10}}
    Bad: a single sample with a deviation
        {"cpuUtilization": {"min": 0.5, "max": 0.5, "mean": 0.5, "median": 0.5, "stdDev": 0.2, "count": 1}}
    Good: two samples, rounded to two decimals
        {"cpuUtilization": {"min": 0.31, "max": 0.32, "mean": 0.31, "median": 0.31, "stdDev": 0.0, "count": 2}}
    Good: a single sample
        {"cpuUtilization": {"min": 0.5, "max": 0.5, "mean": 0.5, "median": 0.5, "stdDev": 0, "count": 1}}
    """
    return _found_in(metrics, _impossible)


_SIX_FIGURES: Final = itemgetter(*_FIGURES, "count")


def _impossible(key: str, statistics: _Statistics) -> Problem | None:
    try:
        least, most, mean, median, deviation, count = _SIX_FIGURES(statistics)
    except KeyError:
        return None
    samples = float(count)
    spread = most - least
    if samples > 1:
        lowest, highest = least + spread / samples, most - spread / samples
        narrowest, widest = spread / sqrt(2 * samples), spread / 2 * sqrt(samples / (samples - 1))
    else:
        lowest, highest, narrowest, widest = most, least, 0.0, 0.0
    apart = abs(mean - median)
    if lowest <= mean <= highest and narrowest <= deviation <= widest and apart <= deviation:
        return None
    if samples < 1 or _out_of_order(key, statistics):
        return None
    figures = (least, most, mean, median, deviation)
    tolerance = max(spread / 100, rounding_error(figures), float_error(figures))
    if samples == 1:
        if max(figures[:-1]) - min(figures[:-1]) > tolerance or deviation > tolerance:
            return problem((key, "count"), "count is 1, but the figures are those of several samples")
        return None
    if not lowest - tolerance <= mean <= highest + tolerance:
        return problem(
            (key, "mean"), "mean is {}: no {} samples between {} and {} have that mean", mean, count, least, most
        )
    if not narrowest - tolerance <= deviation <= widest + tolerance:
        return problem(
            (key, "stdDev"),
            "stdDev is {}: no {} samples between {} and {} deviate like that",
            deviation,
            count,
            least,
            most,
        )
    if apart > deviation + tolerance:
        return problem(
            (key, "median"),
            "mean {} and median {} are further apart than stdDev, {}",
            mean,
            median,
            deviation,
            related=(note((key, "stdDev"), "stdDev is {}", deviation),),
        )
    return None


@rule("SYS004", on=SystemMetrics, severity=WARNING, basis=ARITHMETIC)
def no_samples(metrics: SystemMetrics) -> list[Problem] | None:
    """There are statistics of no samples at all.

    Nothing was sampled, yet there is a figure that is not 0. A negative count is an error.

    Reason: Statistics are computed from samples.
    Remedy: Do not use the figures.

    Bad:
        {"cpuUtilization": {"min": 0.31, "max": 0.56, "mean": 0.39, "median": 0.35, "stdDev": 0.08, "count": 0}}
    Bad: an error, for nothing counts to less than 0
        {"cpuUtilization": {"min": 0.31, "max": 0.56, "mean": 0.39, "median": 0.35, "stdDev": 0.08, "count": -1}}
    Good: no samples, and all figures are 0
        {"cpuUtilization": {"min": 0, "max": 0.0, "mean": 0.0, "median": 0.0, "stdDev": 0.0, "count": 0}}
    """
    return _found_in(metrics, _without_samples)


@no_samples.violated
def _negative_count(violation: Violation) -> Problem:
    return problem((), "count is {}, below 0", violation.value, severity=ERROR)


def _without_samples(key: str, statistics: _Statistics) -> Problem | None:
    if statistics.get("count") != 0:
        return None
    name = next((name for name in _FIGURES if statistics.get(name)), None)
    if name is None:
        return None
    words = f"{name} is {{}}"
    return problem(
        (key, "count"),
        f"count is 0, but {words}",
        statistics[name],
        related=(note((key, name), words, statistics[name]),),
    )


@rule("SYS005", on=SystemMetrics, severity=ERROR, basis=ARITHMETIC, needs=("startTimeMs", "endTimeMs"))
def ends_before_start(metrics: SystemMetrics) -> Problem | None:
    """The collection of metrics ended before it started.

    The two times are swapped, or the clock was set back in between: how long was measured is unknown.

    Reason: An end is not before its start.
    Remedy: Look for times that were swapped.

    Bad:
        {"startTimeMs": 1490529533333, "endTimeMs": 1490529523327}
    Good: at the same millisecond
        {"startTimeMs": 1490529523327, "endTimeMs": 1490529523327}
    """
    start, end = metrics["startTimeMs"], metrics["endTimeMs"]
    if end >= start:
        return None
    return problem(
        "endTimeMs",
        "endTimeMs is {} but startTimeMs is {}",
        end,
        start,
        related=(note("startTimeMs", "started at {}", start),),
    )


@schema_rule("SYS006", on=SystemMetrics, severity=ERROR, basis=DOCUMENTED)
def time_not_milliseconds(violation: Violation) -> Problem:
    """A time of the metrics does not count milliseconds.

    By its magnitude it counts seconds, microseconds or nanoseconds since the epoch. Read as
    milliseconds it would be a day in 1970 or thousands of years ahead.

    Documented: "time at which metrics collection started, as milliseconds since the Epoch"
    Remedy: Give the time in milliseconds since 1970-01-01 00:00:00 UTC.

    Bad: seconds
        {"startTimeMs": 1490529523, "endTimeMs": 1490529533}
    Bad: nanoseconds
        {"startTimeMs": 1490529523327000000}
    Good:
        {"startTimeMs": 1490529523327, "endTimeMs": 1490529533333}
    """
    unit = epoch_unit(violation.value)
    return problem(
        (),
        f"{violation.field} is {{}}, which reads as {unit} since the epoch",
        violation.value,
        help=_TO_MILLISECONDS[unit],
    )


_TO_MILLISECONDS: Final = {
    "seconds": "Multiply it by 1000.",
    "microseconds": "Divide it by 1000.",
    "nanoseconds": "Divide it by 1000000.",
}


@rule("SYS007", on=Session, severity=WARNING, basis=PLAUSIBLE, needs=("date", "network"))
def measured_another_day(
    session: Session, *, metrics_gap_max_hours: float = 24, round_gap_max_minutes: float = 60
) -> Problem | None:
    """The system metrics were not collected around the time of the session.

    They say nothing about the machine during the session. Either they are an old measurement, or one
    of the clocks is wrong. The threshold metrics-gap-max-hours is the longest time, in hours, between
    the session's date and the measurement: a day, so that no time zone is taken for a gap. Where the
    measurement fits the round, and the date is more than round-gap-max-minutes from it, it is the date that
    is wrong, and another rule has said so.

    Reason: Metrics of a session are collected while it runs.
    Remedy: Do not judge the session's machine by these metrics.

    Bad: three years later
        {"network": {"systemMetrics": {"startTimeMs": 1581508857327, "endTimeMs": 1581508867333}}}
    Good: a day later, less an hour
        {"network": {"systemMetrics": {"startTimeMs": 1490612323000, "endTimeMs": 1490612333000}}}
    """
    metrics = session["network"].get("systemMetrics")
    if not metrics:
        return None
    date = plausible_seconds(session["date"])
    start, end = metrics.get("startTimeMs"), metrics.get("endTimeMs")
    if date is None or (start is not None and end is not None and end < start):
        return None
    hours = _hours_between(start, end, date)
    if hours <= metrics_gap_max_hours or hours <= 0:
        return None
    round_id = session.get("roundId", date)
    if (
        abs(date - round_id) / 60 > round_gap_max_minutes
        and _hours_between(start, end, round_id) <= metrics_gap_max_hours
    ):
        return None
    gap, unit = length(hours * 3600)
    return problem(
        ("network", "systemMetrics", "startTimeMs" if start is not None else "endTimeMs"),
        f"the metrics were collected {{}} {unit} away from date, {{}}",
        gap,
        session["date"],
        related=(note("date", "date is {}", session["date"]),),
    )


def _hours_between(start: float | None, end: float | None, seconds: float) -> float:
    """From a time to the window of metrics, whichever side of it is further; 0 and less within it."""
    after = 0.0 if start is None else start / 1000 - seconds
    before = 0.0 if end is None else seconds - end / 1000
    return max(after, before) / 3600


@rule(
    "SYS008",
    on=SystemMetrics,
    severity=ERROR,
    basis=ARITHMETIC,
    needs=("physicalMemoryUsedBytes", "physicalMemoryTotalBytes"),
)
def memory_over_total(metrics: SystemMetrics) -> Problem | None:
    """More physical memory is in use than the system has.

    Swap space counted as physical memory, or figures in different units: a share of used memory
    computed from them is over 100 percent.

    Reason: A part is not larger than the whole.
    Remedy: Look for figures in different units, or for swap space that was counted too.

    Bad:
        {"physicalMemoryUsedBytes": {"min": 12805128192, "max": 12825530368, "mean": 12819145820,
         "median": 12818219008, "stdDev": 5741124, "count": 11}, "physicalMemoryTotalBytes": 8589934592}
    Good: all of it
        {"physicalMemoryUsedBytes": {"min": 8589934592, "max": 8589934592, "mean": 8589934592,
         "median": 8589934592, "stdDev": 0, "count": 11}, "physicalMemoryTotalBytes": 8589934592}
    """
    used: _Statistics = metrics["physicalMemoryUsedBytes"]
    total = metrics["physicalMemoryTotalBytes"]
    for name in ("max", "mean", "median", "min"):
        value = used.get(name, 0)
        if value > total:
            return problem(
                ("physicalMemoryUsedBytes", name),
                f"{name} is {{}} but physicalMemoryTotalBytes is {{}}",
                value,
                total,
                related=(note("physicalMemoryTotalBytes", "{} in total", total),),
            )
    return None


@schema_rule("SYS009", on=SystemMetrics, severity=ERROR, basis=ARITHMETIC)
def negative_value(violation: Violation) -> Problem:
    """A figure of used memory is below 0, or the total is not above 0.

    A system has memory, and uses none or more of it. The figure is a marker for "no value", or a
    number that was too large for its type.

    Reason: Sizes are not negative, and no system runs without memory.
    Remedy: Treat the figure as not measured.

    Bad:
        {"physicalMemoryUsedBytes": {"min": -1, "max": 12825530368, "mean": 12819145821, "median": 12818219008,
         "stdDev": 5741124, "count": 11}}
    Bad: no memory at all
        {"physicalMemoryTotalBytes": 0}
    Good: nothing in use
        {"physicalMemoryUsedBytes": {"min": 0, "max": 0, "mean": 0, "median": 0, "stdDev": 0, "count": 11},
         "physicalMemoryTotalBytes": 17069891584}
    """
    bound = "not above 0" if violation.keyword == "exclusiveMinimum" else "below 0"
    return problem((), f"{violation.field} is {{}}, {bound}", violation.value)
