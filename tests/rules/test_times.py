"""Times of the payload, as seconds since the epoch."""

import calendar
import datetime
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sessionlint_rules.times import (
    are_on_the_calendar,
    epoch_seconds,
    epoch_unit,
    is_time,
    length,
    plausible_seconds,
    to_seconds,
)
from sessionlint_schema import json_schema

EPOCH = datetime.datetime(1970, 1, 1)  # noqa: DTZ001 - the times of a payload have no zone: all are UTC


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1970-01-01 00:00:00", 0),
        ("1969-12-31 23:59:59", -1),
        ("2017-03-26 11:58:43", 1490529523),
        ("2016-02-29 23:59:59", 1456790399),
        ("2000-02-29 00:00:00", 951782400),
        ("0001-01-01 00:00:00", -62135596800),
        ("9999-12-31 23:59:59", 253402300799),
    ],
)
def test_a_time_is_read(text: str, seconds: int) -> None:
    assert epoch_seconds(text) == seconds
    assert is_time(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2017-02-29 00:00:00",
        "1900-02-29 00:00:00",
        "2017-04-31 00:00:00",
        "2017-13-01 00:00:00",
        "2017-00-01 00:00:00",
        "2017-01-00 00:00:00",
        "0000-01-01 00:00:00",
        "2017-03-26 24:00:00",
        "2017-03-26 11:60:00",
        "2017-03-26 11:58:60",
        "2017-03-26T11:58:43",
        "2017-03-26  1:58:43",
        "2017-03-26 11:58:43Z",
        "2017-03-26 11:58:43\n",
        "2017-03-26 11:58",
        "2017-03-26",
        "20170326 11:58:43xx",
        "2017-W12-7 11:58:43",
        "٢٠١٧-03-26 11:58:43",
        pytest.param("2017-03-26 11:58:43" * 10_000, id="long"),
    ],
)
def test_what_is_no_time_is_none(text: str) -> None:
    assert epoch_seconds(text) is None
    assert not is_time(text)


@given(st.datetimes())
def test_every_time_is_read(moment: datetime.datetime) -> None:
    moment = moment.replace(microsecond=0)
    assert epoch_seconds(moment.isoformat(" ")) == calendar.timegm(moment.timetuple())


OF_THE_FORM = st.from_regex(
    re.compile(json_schema()["$defs"]["session"]["properties"]["date"]["pattern"], re.ASCII), fullmatch=True
).filter(lambda text: len(text) == 19)


@given(OF_THE_FORM)
@example("0000-01-01 00:00:00")
@example("2017-02-29 00:00:00")
def test_what_is_on_the_calendar_is_read(text: str) -> None:
    assert are_on_the_calendar([text]) == (epoch_seconds(text) is not None)


@given(st.lists(st.datetimes(), min_size=2))
def test_texts_are_in_the_order_of_their_times(moments: list[datetime.datetime]) -> None:
    texts = [moment.replace(microsecond=0).isoformat(" ") for moment in moments]
    assert sorted(texts) == sorted(texts, key=lambda text: epoch_seconds(text) or 0)


@given(st.text(st.characters(exclude_categories=())) | st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]{8}"))
def test_any_text_is_read_or_refused(text: str) -> None:
    seconds = epoch_seconds(text)
    assert seconds is None or (EPOCH + datetime.timedelta(seconds=seconds)).isoformat(" ") == text


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2009-12-31 23:59:59", None),
        ("2010-01-01 00:00:00", 1262304000),
        ("1970-01-01 00:00:00", None),
        ("2017-02-30 00:00:00", None),
    ],
)
def test_a_time_before_2010_is_not_plausible(text: str, seconds: int | None) -> None:
    assert plausible_seconds(text) == seconds


@pytest.mark.parametrize(
    ("number", "unit", "seconds"),
    [
        (0, "seconds", 0),
        (-1490529480000, "seconds", -1490529480000),
        (1490529480, "seconds", 1490529480),
        (99_999_999_999, "seconds", 99_999_999_999),
        (100_000_000_000, "milliseconds", 100_000_000),
        (1490529480000, "milliseconds", 1490529480),
        (1490529480000.0, "milliseconds", 1490529480),
        (99_999_999_999_999, "milliseconds", 99_999_999_999),
        (100_000_000_000_000, "microseconds", 100_000_000),
        (1490529480000000, "microseconds", 1490529480),
        (1490529480000000000, "nanoseconds", 1490529480),
    ],
)
def test_the_unit_of_an_epoch_time_is_told_by_its_magnitude(number: float, unit: str, seconds: int) -> None:
    assert epoch_unit(number) == unit
    assert to_seconds(number) == seconds


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (3601, (61, "minutes")),
        (7199, (120, "minutes")),
        (7200, (2, "hours")),
        (86_401, (25, "hours")),
        (172_799, (48, "hours")),
        (172_800, (2, "days")),
        (345_595, (4, "days")),
    ],
)
def test_a_length_of_time_is_told_in_a_unit_that_can_be_imagined(seconds: float, told: tuple[int, str]) -> None:
    assert length(seconds) == told
