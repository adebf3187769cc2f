"""Numbers are the same value however they are written."""

import pytest

from qa.writing.numbers import numbers


def _fit(one: str, other: str) -> bool:
    return any(a.fits(b) for a in numbers(one) for b in numbers(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1,200 people", "1200 people"),
        ("twelve hundred", "1 200"),
        ("five thousand barrels", "5,000 barrels a day"),
        ("$2.5 billion", "2.5 billion dollars"),
        ("48 hours", "two days"),
        ("one and a half hours", "an hour and a half"),
        ("four and a half hours", "4.5 hours"),
        ("about 20 percent", "a fifth of the income"),
        ("One worker in five", "20 per cent"),
        ("less than one in 1,000,000", "below one in a million"),
        ("his sixteenth goal", "the 16th goal"),
        ("almost five million", "4.9 million"),
        ("50,000 km/h", "50,000 kilometres an hour"),
        ("from 62,000 to 53,000 barrels", "62,000 barrels a day"),
        ("lost 7-1", "won 7–1"),
        ("at 10 p.m.", "at 10:00 p.m."),
        ("hundreds of thousands of people", "some 100,000"),
    ],
)
def test_the_same_number(one: str, other: str) -> None:
    assert _fit(one, other)
    assert _fit(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("45 kilometres", "45 miles"),
        ("2.5 million dollars", "2.5 billion dollars"),
        ("5,000 gallons", "5,000 barrels"),
        ("38 dollars a week", "38 dollars a month"),
        ("more than 300", "fewer than 300"),
        ("at 4:26 p.m.", "at 2:46 p.m."),
        ("4:26 a.m.", "4:26 p.m."),
        ("about 11", "about 12"),
        ("7-1", "7-0"),
        ("seven hundredths", "seven thousandths"),
        ("Hundreds of people", "hundreds of thousands of people"),
    ],
)
def test_another_number(one: str, other: str) -> None:
    assert not _fit(one, other)


def test_where_a_number_stands() -> None:
    text = "It cost about $2.5 billion in all."
    (number,) = numbers(text)
    assert text[number.start : number.end] == "$2.5 billion"
    assert (number.value, number.measures, number.bound) == (2.5e9, "dollar", "about")
