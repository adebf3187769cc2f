"""Publication dates. A value that is not clearly a date gives none."""

import calendar
import re
from datetime import UTC, date, datetime

from ..errors import UsageError
from ..sentences import LEADING_DATE

_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[T\s].*)?", re.DOTALL)
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)")
_EPOCH = re.compile(r"(\d{9,10}|\d{12,13})(?:\.\d+)?")
_NAMED = re.compile(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?")
_YEAR = re.compile(r"\b\d{4}\b")

_FIRST_YEAR = 1000
"""Earliest year of a date; programs write earlier ones for an unknown date."""


def parse_date(value: object) -> date | None:
    """Return the day that a value from front matter or JSON stands for; None if it is not clear.

    A day is taken as written, whatever its time zone. A number is seconds or milliseconds since
    1970, in UTC. ``2011``, ``2011-10``, ``March`` and ``03/04/11`` are not clear.
    """
    if isinstance(value, date):
        return value.date() if isinstance(value, datetime) else value
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        return _read(str(value).strip())
    except ValueError:  # an integer with thousands of digits
        return None


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
    if found := _ISO.fullmatch(text) or _COMPACT.fullmatch(text):
        return _day(*found.group(1, 2, 3))
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
