"""Collections with a bound hold the same however the input was cut."""

from hypothesis import given
from hypothesis import strategies as st

from sessionlint.triage.bounded import Distinct, Tally

KEYS = st.lists(st.sampled_from("abcdefghijkl"), max_size=40)


def tally(keys: list[str]) -> Tally:
    made = Tally(3)
    for key in keys:
        made.count(key)
    return made


def distinct(keys: list[str]) -> Distinct:
    made = Distinct(5)
    for key in keys:
        made.add(key)
    return made


@given(KEYS, KEYS, KEYS)
def test_a_sample_of_parts_is_that_of_the_whole(first: list[str], second: list[str], third: list[str]) -> None:
    keys = [*first, *second, *third]
    whole, merged, rest = tally(keys), tally(first), tally(second)
    rest.merge_counts(tally(third))
    merged.merge_counts(rest)
    assert merged.is_whole == whole.is_whole == (len(set(keys)) <= 3)
    assert list(merged.entries().items()) == list(whole.entries().items())
    assert len(whole.entries()) == min(len(set(keys)), 3)
    assert all(times == keys.count(key) for key, times in whole.entries().items())
    assert merged.sample(2) == whole.sample(2)
    assert set(whole.sample(2)) <= set(whole.entries())


@given(KEYS, KEYS)
def test_distinct_keys_of_parts_are_those_of_the_whole(first: list[str], second: list[str]) -> None:
    whole, merged = distinct([*first, *second]), distinct(first)
    merged.merge(distinct(second))
    count = len({*first, *second})
    for made in (whole, merged):
        assert (len(made), made.is_exact) == (min(count, 5), count < 5)
