"""The date of a weekday that an article names, by the article's own date."""

import re
from datetime import date, timedelta

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKDAY = re.compile(
    rf"(?:\b(?P<next>next|coming)|\b(?P<last>last))?\s*\b(?P<day>{'|'.join(_DAYS)})\b",
    re.IGNORECASE,
)
_DATED = re.compile(r"\b\d{1,2}\b|\b\d{4}\b")


def weekday_date(text: str, published: date | None) -> date | None:
    """Return the date of the only weekday in a text of an article; None if that is not clear.

    News names the days of the last week: it is the latest such day not after the article's date,
    unless the text says that the day is to come. A text that has a date of its own needs none.
    """
    found = list(_WEEKDAY.finditer(text))
    if published is None or len(found) != 1 or _DATED.search(text):
        return None
    wanted = _DAYS.index(found[0]["day"].lower())
    if found[0]["next"]:
        return published + timedelta(days=(wanted - published.weekday() - 1) % 7 + 1)
    back = (published.weekday() - wanted) % 7
    return published - timedelta(days=back or (7 if found[0]["last"] else 0))
