"""Publication dates, taken only from what is clearly one."""

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
"""Earlier years are what programs write for 'unknown'."""


def parse_date(value: object) -> date | None:
    """The day that a value from front matter or JSON names; None when it is not clear.

    A day is taken as written, whatever its time zone; seconds and milliseconds since 1970 in
    UTC. ``2011``, ``2011-10``, ``March`` and ``03/04/11`` name no day.
    """
    if isinstance(value, date):
        return value.date() if isinstance(value, datetime) else value
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        return _read(str(value).strip())
    except ValueError:  # an integer of thousands of digits
        return None


def named_day(text: str, *, last: bool) -> date:
    """The first or last day that a person's date, month or year names. Raises UsageError."""
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
    """The day of a text that begins with ``date YYYY-MM-DD``; None when it does not."""
    found = LEADING_DATE.match(text)
    return _day(*found.group(1, 2, 3)) if found else None


def _read(text: str) -> date | None:
    """The day that a trimmed text names; None when it is not clear."""
    if found := _ISO.fullmatch(text) or _COMPACT.fullmatch(text):
        return _day(*found.group(1, 2, 3))
    if found := _EPOCH.fullmatch(text):
        digits = found.group(1)
        seconds = int(digits) if len(digits) <= 10 else int(digits) // 1000
        return datetime.fromtimestamp(seconds, UTC).date()
    return _written_date(text) if len(text) <= 60 and _YEAR.search(text) else None


def _day(year: str, month: str, day: str) -> date | None:
    """The day, if the calendar has it."""
    try:
        return date(int(year), int(month), int(day)) if int(year) >= _FIRST_YEAR else None
    except ValueError:
        return None


def _written_date(text: str) -> date | None:
    """A date in words or figures, such as ``24 October 2011``, read in every way that it can be.

    What the text leaves out, dateutil takes from a default; what is ambiguous, from a setting.
    Only a day that comes out the same each time was really there.
    """
    from dateutil import parser  # 50 ms, and ISO dates never need it

    readings = set()
    for default in (datetime(2000, 1, 1), datetime(2003, 12, 28)):
        for day_first in (False, True):
            try:
                reading = parser.parse(text, default=default, dayfirst=day_first, ignoretz=True)
            except (ValueError, ArithmeticError, LookupError, TypeError, AttributeError):
                return None  # dateutil fails in all these ways on what is no date
            readings.add(reading.date())
    day = readings.pop()
    return day if not readings and day.year >= _FIRST_YEAR else None
