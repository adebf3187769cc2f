"""Days, weeks, months, seasons, years, … as first and last day."""

import calendar
from datetime import date, timedelta
from typing import Literal

Unit = Literal["day", "weekend", "week", "month", "quarter", "season", "year", "decade", "century"]
"""How exactly a time is known, the most exact first."""

Days = tuple[date, date]
"""The first and the last day of a time."""

UNITS: tuple[Unit, ...] = (
    *("day", "weekend", "week", "month"),
    *("quarter", "season", "year", "decade", "century"),
)
"""All units, the most exact first."""

SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
"""The month in which each season begins, in the north."""

_MONTHS = {"month": 1, "quarter": 3, "season": 3, "year": 12, "decade": 120, "century": 1200}


def unit_around(day: date, unit: Unit) -> Days:
    """Return the day, week (from Monday), month, … that a day is in.

    A weekend is the one that the day's week ends with; a century begins with its year 1, as 1901.
    """
    if unit == "day":
        return day, day
    if unit in ("week", "weekend"):
        monday = day - timedelta(days=day.weekday())
        return monday + timedelta(days=5 * (unit == "weekend")), monday + timedelta(days=6)
    if unit == "season":
        return season(day.year - (day.month < 3), day.month // 3 * 3 or 12)
    months = day.year * 12 + day.month - 1
    offset = 12 if unit == "century" else 0
    first = (months - offset) // _MONTHS[unit] * _MONTHS[unit] + offset
    return _month_span(first, _MONTHS[unit])


def season(year: int, month: int) -> Days:
    """Return the three months that begin with a month of a year; winter begins in December."""
    return _month_span(year * 12 + month - 1, 3)


def shifted(days: Days, unit: Unit, count: int) -> Days:
    """Return the unit that is ``count`` units after the one in which these days begin."""
    first = unit_around(days[0], unit)[0]
    if unit == "day":
        return unit_around(first + timedelta(days=count), unit)
    if unit in ("week", "weekend"):
        return unit_around(first + timedelta(weeks=count), unit)
    months = first.year * 12 + first.month - 1 + count * _MONTHS[unit]
    return _month_span(months, _MONTHS[unit])


def written(days: Days, unit: Unit) -> str:
    """Return the time in words, such as ``Wednesday, 17 April 2013`` or ``the 1980s``."""
    first, last = days
    quarter = ("first", "second", "third", "fourth")[first.month // 3 % 4]
    name = next((name for name, month in SEASONS.items() if month == first.month), "")
    words = {
        "month": f"{first:%B} {first.year}",
        "quarter": f"{quarter} quarter of {first.year}",
        "season": f"{name} {first.year}",
        "year": f"{first.year}",
        "decade": f"the {first.year}s",
        "century": f"the {_ordinal(last.year // 100)} century",
    }
    if first.year < last.year:
        words["season"] += f"–{last.year % 100:02}"
        words["year"] += f" to {last.year}"
    if unit in words:
        return words[unit]
    if first == last:
        return f"{first:%A}, {_day(first)}"
    start = _day(first)
    if first.year == last.year:
        start = f"{first.day}" if first.month == last.month else f"{first.day} {first:%B}"
    return f"{start} to {_day(last)}"


def _day(day: date) -> str:
    """Return a day as ``17 April 2013``."""
    return f"{day.day} {day:%B} {day.year}"


def _ordinal(number: int) -> str:
    """Return ``1st``, ``2nd``, ``3rd``, ``11th``, …"""
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10)
    return f"{number}{ending or 'th'}"


def _month_span(first: int, count: int) -> Days:
    """Return the days of ``count`` months from a month that is counted from the year 0."""
    year, month = divmod(first, 12)
    last_year, last_month = divmod(first + count - 1, 12)
    end = calendar.monthrange(last_year, last_month + 1)[1]
    return date(year, month + 1, 1), date(last_year, last_month + 1, end)
