import pytest

from sessionlint.selection import UnknownRule, selected, selectors, unknown_id

IDS = ("INT001", "PNG001", "PNG003", "SCH004", "SCH006", "TRC004", "DIA001")


@pytest.mark.parametrize(
    ("select", "ignore", "expected"),
    [
        ([], [], {"PNG001", "PNG003", "SCH004", "TRC004"}),
        (["ALL"], [], {"PNG001", "PNG003", "SCH004", "SCH006", "TRC004", "DIA001"}),
        (["PNG"], [], {"PNG001", "PNG003"}),
        (["PNG", "TRC004"], ["PNG003"], {"PNG001", "TRC004"}),
        (["PNG003"], ["PNG"], {"PNG003"}),
        (["PNG"], ["PNG"], set()),
        (["ALL"], ["ALL"], set()),
        (["ALL"], ["DIA", "SCH006"], {"PNG001", "PNG003", "SCH004", "TRC004"}),
        ([], ["PNG"], {"SCH004", "TRC004"}),
        ([], ["ALL"], set()),
        (["P"], ["ALL"], {"PNG001", "PNG003"}),
    ],
)
def test_the_longer_selector_wins_then_ignore(select: list[str], ignore: list[str], expected: set[str]) -> None:
    assert selected(IDS, select, ignore) == expected | {"INT001"}


def test_nothing_between_commas_selects_nothing() -> None:
    assert selectors("PNG, ,TRC004,") == ("PNG", "TRC004")


@pytest.mark.parametrize(
    ("selector", "message"),
    [
        ("PNG01", 'no rule is called "PNG01"; did you mean PNG001?'),
        ("png003", 'no rule is called "png003"; did you mean PNG003?'),
        ("\x1b[31mzz", 'no rule is called "\\u001b[31mzz"; `sessionlint rules` lists them'),
    ],
)
def test_an_unknown_selector_is_named_with_its_nearest(selector: str, message: str) -> None:
    with pytest.raises(UnknownRule) as raised:
        selected(IDS, [selector])
    assert str(raised.value) == message


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("PNG", 'no rule is called "PNG"; one whole id is needed here, such as PNG001'),
        ("png", 'no rule is called "png"; one whole id is needed here, such as PNG001'),
        ("TRC00", 'no rule is called "TRC00"; one whole id is needed here, such as TRC004'),
        ("png003", 'no rule is called "png003"; did you mean PNG003?'),
        ("PNG0033", 'no rule is called "PNG0033"; did you mean PNG003?'),
        ("mispelt", 'no rule is called "mispelt"; did you mean misspelt?'),
        ("", 'no rule is called ""; `sessionlint rules` lists them'),
    ],
)
def test_where_one_id_is_asked_for_a_prefix_is_told_to_be_none(name: str, message: str) -> None:
    assert unknown_id(name, IDS, ["misspelt"]) == message
