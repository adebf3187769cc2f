"""Dates: only a clear date gives a day."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.articles.dates import (
    dated_fields,
    habit_of,
    leading_date,
    order_of,
    parse_date,
    read_digits,
    settled,
)
from qa.datatypes import Article
from qa.sentences import after_leading_date

DAY = date(2011, 10, 24)


@pytest.mark.parametrize(
    "value",
    [
        DAY,
        datetime(2011, 10, 24, 23, 59, tzinfo=UTC),
        "2011-10-24",
        " 2011-10-24\n",
        "2011-10-24T10:11:12Z",
        "2011-10-24 23:59:59.5 -0800",
        "20111024",
        20111024,
        "2011/10/24",
        "Mon, 24 Oct 2011 10:11:12 +0000",
        "Mon, 24 Oct 2011 23:11:12 EST",
        "24 October 2011",
        "24th October 2011",
        "October 24, 2011",
        "Oct. 24, 2011",
        "October 24, 2011 at 5:00 pm",
        "24/10/2011",
        "10/24/2011",
        "24-10-2011",
        "24.10.2011",
        "24/10/2011, 10:30",
        "2011.10.24",
        "2011_10_24",
        "2011 10 24",
        "20111024T101112Z",
        "20111024101112",
        {"$date": "2011-10-24T10:11:12Z"},
        {"$date": 1319414400000},
        {"$date": {"$numberLong": "1319414400000"}},
        1319414400,
        1319414400.5,
        1319414400000,
        "1319414400",
    ],
)
def test_days(value: object) -> None:
    assert parse_date(value) == DAY


@pytest.mark.parametrize(
    "value",
    [
        *(None, True, "", " ", "12", 12, 123, 0, -1, 2011, "2011", "2011-10", "March", "Monday"),
        *(
            "March 2011",
            "24 October",
            "03/04/11",
            "03/04/2011",
            "10:30",
            "2011-13-45",
            "2011-02-30",
        ),
        *(
            "0001-01-01",
            "0000-00-00",
            "yesterday",
            "today",
            "soon, 2011",
            "24 Oktober 2011 oder so",
        ),
        *(
            float("nan"),
            float("inf"),
            1e300,
            "9" * 5000,
            "1 " * 5000,
            [],
            {},
            b"2011-10-24",
        ),
        *("20111399", "Monday 2011", "2011-W43", "[" * 50 + "2011", "1.2.3.4.2011"),
    ],
)
def test_no_days(value: object) -> None:
    assert parse_date(value) is None


def test_a_number_with_thousands_of_digits() -> None:
    assert parse_date(10**5000) is None


@given(st.text(max_size=70) | st.text(st.sampled_from("0123456789 :/-.,TZOctMayapm"), max_size=30))
def test_never_raises(text: str) -> None:
    assert parse_date(text) is None or isinstance(parse_date(text), date)


@given(st.dates(min_value=date(1000, 1, 1)))
def test_written_days_are_read_back(day: date) -> None:
    for form in ("%Y-%m-%d", "%d %B %Y", "%B %d, %Y"):
        assert parse_date(day.strftime(form).zfill(10)) == day


def test_leading_date() -> None:
    assert leading_date("date 2011-10-24 BRUSSELS NATO is") == DAY
    assert leading_date("\n  DATE  2011-10-24\nText") == DAY
    assert leading_date("date 2011-10-24") == DAY
    for text in ("date 2011-13-24 X", "date 2011-10-245", "update 2011-10-24", "2011-10-24 X", ""):
        assert leading_date(text) is None
    text = "date 2011-10-24 BRUSSELS"
    assert text[after_leading_date(text) :] == "BRUSSELS"
    assert after_leading_date("A date 2011-10-24") == 0


def test_points_are_day_first() -> None:
    assert parse_date("3.4.2011") == date(2011, 4, 3)
    assert parse_date("03/04/2011") is None
    assert parse_date("04/04/2011") == date(2011, 4, 4)


@pytest.mark.parametrize(
    ("fields", "day", "is_guess"),
    [
        ({"publishedat": "2011-10-24", "created": "2012-01-01"}, DAY, False),
        ({"createdat": "2011-10-24", "updated": "2012-01-01"}, DAY, False),
        ({"updated": "2011-10-24"}, DAY, True),
        ({"date": "soon", "pubdate": DAY}, DAY, False),
    ],
)
def test_the_best_field_gives_the_date(
    fields: dict[str, object], day: date, is_guess: bool
) -> None:
    found = dated_fields(fields, "record")
    assert found
    assert found[:3] == (day, "record", is_guess)


def test_no_field_gives_a_date() -> None:
    assert dated_fields({"date": "soon", "name": "2011-10-24"}, "record") is None


@pytest.mark.parametrize(
    ("digits", "order"),
    [
        ("24/10/2011", "day first"),
        ("10/24/2011", "month first"),
        ("10-24-2011", "month first"),
        ("3.4.2011", "day first"),
        ("03/04/2011", None),
        ("2011-10-24", None),
    ],
)
def test_the_order_of_digits(digits: str, order: str | None) -> None:
    assert order_of(digits) == order


def test_an_archives_habit_is_that_of_all_its_clear_dates() -> None:
    assert habit_of(["24/10/2011", "03/04/2011", "25/12/2011"]) == "day first"
    assert habit_of(["10/24/2011", "03/04/2011"]) == "month first"
    assert habit_of(["24/10/2011", "10/24/2011"]) is None
    assert habit_of(["03/04/2011", "04/04/2011", "24.10.2011"]) is None
    assert habit_of([]) is None


def test_a_habit_decides_a_date_and_says_so() -> None:
    article = Article("", "", "a", None, "", "", dated="header line", date_digits="03/04/2011")
    decided = settled(article, "month first")
    assert (decided.published, decided.is_date_guess) == (date(2011, 3, 4), True)
    assert decided.dated == "header line, month first as in the other files"
    assert settled(article, None) == article
    again = settled(decided, "day first")
    assert (again.published, again.dated) == (
        date(2011, 4, 3),
        "header line, day first as in the other files",
    )
    assert settled(decided, None) == article
    by_mail = replace(decided, dated="mail it came with")
    assert settled(by_mail, "day first") == by_mail
    assert read_digits("13/04/2011", "month first") is None
