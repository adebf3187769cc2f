"""One function for each kind of time expression: what it says → its days and how exact they are.

They raise ValueError or OverflowError if there is no such day.
"""

import re
from collections.abc import Callable
from datetime import date, timedelta

from .context import Context, is_to_come
from .counts import is_count
from .units import SEASONS, UNITS, Days, Unit, season, shifted, unit_around

Resolved = tuple[Days, Unit, bool] | None
"""The days, how exact they are, and whether the words need the article's date; None if unclear."""
Resolve = Callable[[Context], Resolved]
"""A function of this module."""

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
SHORT_MONTHS = "Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec"
NUMBERS = (
    *("zero", "one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
)
CENTURIES = {"eighteenth": 18, "nineteenth": 19, "twentieth": 20, "twenty-first": 21}
NAMES = (3, 4, 5, 6, 8)
"""Months that are also names or verbs, from March: they need a preposition."""
BEFORE_MONTH = re.compile(
    r"\b(?:in|since|until|till|during|of|from|to|before|after|through|between|and|early|late|mid)"
    r"[ -]$",
    re.IGNORECASE,
)
BEFORE_SEASON = re.compile(r"\b(?:in|during|since|until|by|before|after|that) (?:the )?$", re.I)
BEFORE_FEAST = re.compile(r"\b(?:every|each|Good|Black|Bloody|Ash|Palm|Easter|Super|Cyber) $")
BEFORE_NUMBER = re.compile(
    r"\b(?:than|over|least|nearly|almost|about|around|some|most|to|or) $", re.I
)
BEFORE_YEAR = re.compile(
    r"\b(?:in|during|of|from|to|around|year|early|late|mid|the|and)[ -]$", re.IGNORECASE
)
QUARTERS = ("first", "second", "third", "fourth")


def _number(word: str) -> int:
    return 1 if word in ("a", "an") else NUMBERS.index(word) if word in NUMBERS else int(word)


def _month_number(word: str) -> int:
    return next(n for n, name in enumerate(MONTHS, 1) if name.startswith(word[:3]))


def _month(year: int, month: int) -> Days:
    return unit_around(date(year, month, 1), "month")


def full_date(one: Context) -> Resolved:
    """Resolve ``3 May 2012``, ``May 3`` or ``3 to 5 May``."""
    month = int(one["m"]) if one["m"].isdigit() else _month_number(one["m"])
    first, last = int(one["d"]), int(one["d2"] or one["d"])

    def days(year: int) -> Days:
        return date(year, month, first), date(year, month, last)

    found = days(one.year) if one.year else one.nearest(days)
    if found[0] > found[1]:
        return None
    if one.lead.endswith("week of "):
        return unit_around(found[0], "week"), "week", not one["y"]
    return found, "day", not one["y"]


def month_only(one: Context) -> Resolved:
    """Resolve ``May``, ``last May`` or ``May 2012``."""
    month = _month_number(one["m"])
    if one.year:
        return _month(one.year, month), "month", not one["y"]
    is_sure = one["which"] or one["part"] or BEFORE_MONTH.search(one.lead)
    if month in NAMES and not is_sure:
        return None
    year, this = one.today.year, one.today.month
    if one["which"] == "last":
        return _month(year - (month >= this), month), "month", True
    if one["which"] == "next":
        return _month(year + (month <= this), month), "month", True
    if one["which"] == "this":
        return _month(year, month), "month", True
    return one.nearest(lambda year: _month(year, month)), "month", True


def season_of(one: Context) -> Resolved:
    """Resolve ``spring``, ``next spring`` or ``spring of 2012``."""
    month = SEASONS[one["season"]]
    if one["y"]:
        return season(int(one["y"]), month), "season", False
    if not (one["which"] or one["part"] or BEFORE_SEASON.search(one.lead)):
        return None
    today = one.today
    all_of_them = [season(today.year + years, month) for years in (-1, 0, 1)]
    if one["which"] == "last":
        return max(days for days in all_of_them if days[1] < today), "season", True
    if one["which"] == "next":
        return min(days for days in all_of_them if days[0] > today), "season", True
    if one["which"] == "this":
        now = [days for days in all_of_them if days[0] <= today <= days[1]]
        return (now or all_of_them[1:])[0], "season", True
    return one.nearest(lambda year: season(year, month)), "season", True


def weekday(one: Context) -> Resolved:
    """Resolve ``Monday`` or ``next Monday``."""
    if BEFORE_FEAST.search(one.lead):
        return None
    today, wanted = one.today, WEEKDAYS.index(one["weekday"])
    ahead = (wanted - today.weekday()) % 7
    back = (today.weekday() - wanted) % 7
    if one["which"] in ("next", "coming", "this coming"):
        days = ahead or 7
    elif one["which"] == "last":
        days = -(back or 7)
    elif one["which"] == "this" or is_to_come(one.match):
        days = ahead
    else:
        days = -back
    return unit_around(today + timedelta(days=days), "day"), "day", True


def named_day(one: Context) -> Resolved:
    """Resolve ``yesterday``, ``tonight``, …."""
    words = one["named"]
    days = {"tomorrow": 1, "day after tomorrow": 2, "day before yesterday": -2, "last night": -1}
    shift = -1 if words.startswith("yesterday") else days.get(words.removeprefix("the "), 0)
    shift = 1 if words.startswith("tomorrow") else shift
    return unit_around(one.today + timedelta(days=shift), "day"), "day", True


def day_of_month(one: Context) -> Resolved:
    """Resolve ``the 5th``."""
    today, number = one.today, int(one["d"])
    month = _month(today.year, today.month)
    if is_to_come(one.match) != (number >= today.day) and number != today.day:
        month = shifted(month, "month", 1 if number < today.day else -1)
    return unit_around(month[0].replace(day=number), "day"), "day", True


def _unit(word: str) -> Unit:
    return next(unit for unit in UNITS if unit == word)


def this_unit(one: Context) -> Resolved:
    """Resolve ``last week``, ``this year``, …."""
    unit = _unit(one["unit"])
    shift = {"last": -1, "past": -1, "next": 1, "coming": 1}.get(one["which"], 0)
    now = unit_around(one.today, unit)
    if unit == "weekend" and shift <= 0 and one.today < now[0] and one["which"] != "this":
        shift = -1  # "at the weekend" is the one that has begun
    return shifted(now, unit, shift), unit, True


def ago(one: Context) -> Resolved:
    """Resolve ``three days ago`` or ``in two weeks' time``."""
    if BEFORE_NUMBER.search(one.lead):
        return None
    unit = _unit(one["unit"])
    count = _number(one["n"])
    shift = count if one["when"] in ("from now", "time") else -count
    return shifted(unit_around(one.today, unit), unit, shift), unit, True


def from_before(one: Context) -> Resolved:
    """Resolve what is counted from the time that the text names before it."""
    unit = _unit(one["unit"])
    steps = {"previous": -1, "following": 1, "next": 1}.get(one["step"], 0)
    if one["n"]:
        steps = _number(one["n"]) * (1 if one["when"] in ("later", "after") else -1)
    if BEFORE_NUMBER.search(one.lead):
        return None
    if one.before and UNITS.index(one.before.unit) <= UNITS.index(unit):
        return shifted((one.before.first, one.before.last), unit, steps), unit, True
    if one["step"] == "previous" and not one.before:
        return shifted(unit_around(one.today, unit), unit, -1), unit, True
    return None


def year(one: Context) -> Resolved:
    """Resolve ``2009`` or ``2001 to 2005``."""
    if not (one["y2"] or one["relation"] or one["part"] or BEFORE_YEAR.search(one.lead)):
        return None
    if is_count(one.match.string, one.match.start("y"), one.match.end()):
        return None
    first = unit_around(date(int(one["y"]), 1, 1), "year")
    last = unit_around(date(int(one["y2"] or one["y"]), 1, 1), "year")
    return ((first[0], last[1]), "year", False) if first <= last else None


def decade(one: Context) -> Resolved:
    """Resolve ``the 1980s``."""
    year = int(one["decade"])
    return unit_around(date(year if year > 99 else 1900 + year, 1, 1), "decade"), "decade", False


def century(one: Context) -> Resolved:
    """Resolve ``the 19th century``."""
    number = CENTURIES.get(one["nth"]) or int(one["nth"][:-2])
    return unit_around(date(number * 100, 1, 1), "century"), "century", False


def quarter(one: Context) -> Resolved:
    """Resolve ``the first quarter of 2012``."""
    month = 3 * QUARTERS.index(one["nth"]) + 1
    return unit_around(date(int(one["y"]), month, 1), "quarter"), "quarter", False
