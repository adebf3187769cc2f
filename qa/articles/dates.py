"""Publication dates. A value that is not clearly a date gives none."""

import calendar
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Literal, NamedTuple

from ..datatypes import Article
from ..errors import UsageError
from ..sentences import LEADING_DATE

DATE_KEYS = (
    *("date", "published", "publishdate", "datepublish", "datepublished", "publishedat"),
    *("publisheddate", "publishedon", "publishedtime", "pubdate", "publicationdate"),
    *("webpublicationdate", "firstpublished", "dateissued", "issued", "articledate"),
    *("posted", "postedat", "postedon", "created", "createdat", "datecreated", "creationdate"),
    *("datetime", "timestamp", "time"),
)
"""Names of the publication date, best first, as `plain_name` returns them."""
LATER_DATE_KEYS = (
    *("updated", "updatedat", "modified", "modifiedat", "datemodified", "lastmodified", "lastmod"),
    *("seendate", "dateseen", "datedownload", "crawldate", "scrapedat", "fetchedat"),
)
"""Names of a day on which an article was changed or seen: a guess at the publication date."""

DayOrder = Literal["day first", "month first"]
"""How an archive writes dates in digits."""

_ISO = re.compile(r"(\d{4})([-./_ ])(\d\d?)\2(\d\d?)(?:[T\s].*)?", re.DOTALL)
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T\d{4,6}Z?|\d{6})?")
_DIGITS = re.compile(r"(\d{1,2})([-./])(\d{1,2})\2(\d{4})(?:[,\s]+\d.*)?", re.DOTALL)
_BY_HABIT = re.compile(r", (?:day|month) first as in the other files$")
_NOT_IN_NAMES = re.compile(r"[\W_]+")
_EPOCH = re.compile(r"(\d{9,10}|\d{12,13})(?:\.\d+)?")
_NAMED = re.compile(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?")
_YEAR = re.compile(r"\b\d{4}\b")

_FIRST_YEAR = 1000
"""Earliest year of a date; programs write earlier ones for an unknown date."""


def parse_date(value: object) -> date | None:
    """Return the day that a value from front matter or JSON stands for; None if it is not clear.

    A day is taken as written, whatever its time zone. A number is seconds or milliseconds since
    1970, in UTC. ``2011``, ``2011-10``, ``March`` and ``03/04/2011`` are not clear. A database's
    ``{"$date": …}`` is its value.
    """
    if isinstance(value, Mapping):
        return parse_date(value.get("$date", value.get("$numberLong")))
    if isinstance(value, date):
        return value.date() if isinstance(value, datetime) else value
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        return _read(str(value).strip())
    except ValueError:  # an integer with thousands of digits
        return None


class Dated(NamedTuple):
    """A publication date and where it comes from."""

    day: date | None
    """The day; None if its digits can be read in two ways."""
    source: str
    """What gives it, such as ``front matter``."""
    is_guess: bool = False
    """Whether it is only likely."""
    digits: str = ""
    """The date as it was written, if in digits whose order can differ."""


@lru_cache(4_096)
def plain_name(name: str) -> str:
    """Return the name of a field in lower case without signs, such as ``publishedat``."""
    return _NOT_IN_NAMES.sub("", name).lower()


def dated_fields(fields: Mapping[str, object], source: str) -> Dated | None:
    """Return the publication date that named fields give, by their plain names; None if none."""
    for keys, is_guess in ((DATE_KEYS, False), (LATER_DATE_KEYS, True)):
        for key in keys:
            if dated := dated_value(fields.get(key), source, is_guess=is_guess):
                return dated
    return None


def dated_value(value: object, source: str, *, is_guess: bool = False) -> Dated | None:
    """Return a value as a date with its source; None if it is neither clear nor in digits."""
    day = parse_date(value)
    written = value.strip() if isinstance(value, str) else ""
    digits = written if _DIGITS.fullmatch(written) else ""
    return Dated(day, source, is_guess, digits) if day or digits else None


def order_of(digits: str) -> DayOrder | None:
    """Return in which order a date in digits must be read; None if both are possible.

    With points it is day first everywhere: ``3.4.2011``.
    """
    found = _DIGITS.fullmatch(digits)
    if not found:
        return None
    first, second = int(found.group(1)), int(found.group(3))
    if found.group(2) == "." or first > 12 or first == second:
        return "day first"
    return "month first" if second > 12 else None


def read_digits(digits: str, order: DayOrder | None) -> date | None:
    """Return the day of a date in digits, read in this order; None without one, or if not a day."""
    found = _DIGITS.fullmatch(digits)
    if not found or order is None:
        return None
    first, second, year = found.group(1, 3, 4)
    return _day(year, second, first) if order == "day first" else _day(year, first, second)


def habit_of(digits: Iterable[str]) -> DayOrder | None:
    """Return the order of all dates in digits that can be read in one way; None if they differ.

    Points say nothing of how an archive writes ``03/04/2011``, and neither does ``04/04/2011``.
    """
    telling = {
        order_of(one)
        for one in digits
        if "." not in one and read_digits(one, "day first") != read_digits(one, "month first")
    }
    orders = telling - {None}
    return orders.pop() if len(orders) == 1 else None


def is_open(published: date | None, digits: str, dated: str) -> bool:
    """Whether a date in digits is undecided by itself: left out, or read by the archive's habit."""
    return bool(digits) and (published is None or bool(_BY_HABIT.search(dated)))


def settled(article: Article, habit: DayOrder | None) -> Article:
    """Return an article with its undecided date read by the archive's habit; otherwise as it is.

    Without a habit the date is left out again.
    """
    if not is_open(article.published, article.date_digits, article.dated):
        return article
    day = read_digits(article.date_digits, habit)
    dated = _BY_HABIT.sub("", article.dated) + (f", {habit} as in the other files" if day else "")
    return replace(article, published=day, dated=dated, is_date_guess=day is not None)


def readings(article: Article) -> list[Article]:
    """Return an article just read as it may be stored: as it is, or its open date settled."""
    orders: tuple[DayOrder, ...] = ("day first", "month first")
    either = [settled(article, order) for order in orders]
    return [article, *(one for one in either if one.published != article.published)]


def named_day(text: str, *, last: bool) -> date:
    """Return the first or last day of a typed date, month or year. Raises UsageError."""
    match = _NAMED.fullmatch(text.strip())
    if match:
        year, month, number = (int(part) if part else 0 for part in match.groups())
        try:
            whole_month = month or (12 if last else 1)
            end = calendar.monthrange(year, whole_month)[1] if last else 1
            return date(year, whole_month, number or end)
        except (ValueError, calendar.IllegalMonthError):
            pass
    raise UsageError(f"{text!r} is not a date; write 2011, 2011-10 or 2011-10-24.")


def leading_date(text: str) -> date | None:
    """Return the date of a text that begins with ``date YYYY-MM-DD``, otherwise None."""
    found = LEADING_DATE.match(text)
    return _day(*found.group(1, 2, 3)) if found else None


def _read(text: str) -> date | None:
    """Return the day that stripped text stands for; None if it is not clear."""
    if found := _ISO.fullmatch(text):
        return _day(*found.group(1, 3, 4))
    if found := _COMPACT.fullmatch(text):
        return _day(*found.group(1, 2, 3))
    if _DIGITS.fullmatch(text):
        return read_digits(text, order_of(text))
    if found := _EPOCH.fullmatch(text):
        digits = found.group(1)
        seconds = int(digits) if len(digits) <= 10 else int(digits) // 1000
        return datetime.fromtimestamp(seconds, UTC).date()
    return _written_date(text) if len(text) <= 60 and _YEAR.search(text) else None


def _day(year: str, month: str, day: str) -> date | None:
    """Return the day, or None if there is no such day."""
    try:
        return date(int(year), int(month), int(day)) if int(year) >= _FIRST_YEAR else None
    except ValueError:
        return None


def _written_date(text: str) -> date | None:
    """Return a date in words or numbers, such as ``24 October 2011``; None if it is not clear.

    dateutil takes missing parts from a default date and resolves ambiguity by a setting. The date
    is clear if two defaults and both settings give the same day.
    """
    from dateutil import parser  # takes 50 ms to import; ISO dates do not need it

    readings = set()
    for default in (datetime(2000, 1, 1), datetime(2003, 12, 28)):
        for day_first in (False, True):
            try:
                reading = parser.parse(text, default=default, dayfirst=day_first, ignoretz=True)
            except (ValueError, ArithmeticError, LookupError, TypeError, AttributeError):
                return None  # dateutil raises all of these for text that is not a date
            readings.add(reading.date())
    day = readings.pop()
    return day if not readings and day.year >= _FIRST_YEAR else None
