"""Numbers in digits and in words, and which can be the same."""

import pytest

from qa.answering.amounts import amount_in, values_in


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("at least 1,127 people", {1127}),
        ("twenty-five", {25}),
        ("2.5 million dollars", {2_500_000}),
        ("three thousand", {3000}),
        ("between 12 and 14", {12, 14}),
        ("one of the 33", {1, 33}),
        ("nobody", set()),
    ],
)
def test_numbers_in_digits_and_in_words(text: str, values: set[float]) -> None:
    assert values_in(text) == values


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("12 people", "twelve"),
        ("$3m", "3 million dollars"),
        ("about 50", "52"),
        ("some 1,200", "1,214 people"),
        ("1,500 jobs", "1,480"),
        ("more than 3 million pounds", "£3.2 million"),
        ("a quarter of a million", "250,000"),
        ("two dozen men", "24 people"),
        ("58 percent", "58.3%"),
        ("magnitude 7.0", "7"),
        ("twelve hundred", "1,200"),
        ("thirty-four", "34"),
        ("17 miners", "seventeen"),
    ],
)
def test_one_number_told_in_two_ways(one: str, other: str) -> None:
    first, second = amount_in(one), amount_in(other)
    assert first
    assert second
    assert first.agrees(second)
    assert second.agrees(first)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("12 people", "14"),
        ("17 workers", "12 people"),
        ("$3.4 million", "4.3 million dollars"),
        ("12 million", "11 million"),
        ("about 50", "60"),
        ("2,000", "2,600"),
        ("300 people", "340 people"),
        ("6.1", "6.4"),
        ("7.0", "7.2"),
        ("at least 31", "27"),
        ("four years", "6 years"),
    ],
)
def test_two_numbers(one: str, other: str) -> None:
    first, second = amount_in(one), amount_in(other)
    assert first
    assert second
    assert first.agrees(second) is False


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("12 people", "17 boats"),
        ("six", "4 million"),
        ("three years", "18 months"),
        ("$5", "5 pounds"),
    ],
)
def test_numbers_of_different_things_are_not_compared(one: str, other: str) -> None:
    first, second = amount_in(one), amount_in(other)
    assert first
    assert second
    assert first.agrees(second) is None


def test_what_stands_before_can_make_a_number_rough() -> None:
    assert amount_in("50 people", "He saw about ").is_rough  # type: ignore[union-attr]
    assert not amount_in("50 people", "It was about noon when ").is_rough  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "text", ["many people", "between 12 and 14", "four minutes and 20 seconds"]
)
def test_no_number_or_several_are_none(text: str) -> None:
    assert amount_in(text) is None
