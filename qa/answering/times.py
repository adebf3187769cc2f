"""Times that a question or a text names, as far as the words say: "in March 2015", "on 3 May"."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from ..datatypes import Hit, Passage
from ..terms import MONTHS
from ..timex import is_count

MALUS = 0.25
"""What passages of other times lose in their retrieval score when the passages to read are chosen.

An article of March 2015 need not say so, but one of another time that does not name it hardly
answers. The loss is two points of a span's evidence. Scores and confidences stay as they are.
"""

WIDE = 50
"""Passages among which those of the time asked for are looked for."""

_MONTH = rf"(?P<month>{'|'.join(MONTHS)})"
_DAY = r"(?P<day>[12]?\d|3[01])(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>1[89]\d\d|20\d\d)"
_YEAR_ALONE = re.compile(rf"(?<![\d.,]){_YEAR}\b(?![.,]?\d)")
_FORMS = [
    *map(
        re.compile,
        (
            rf"\b{_DAY} (?:of )?{_MONTH}(?:,? {_YEAR})?\b",
            rf"\b{_MONTH} {_DAY}(?!\d)(?:,? {_YEAR})?\b",
            rf"\b{_MONTH},? (?:of )?{_YEAR}\b",
            rf"\b(?:[Ii]n|[Oo]f|[Ss]ince|[Dd]uring|[Ll]ast|[Uu]ntil) {_MONTH}\b",
        ),
    ),
    _YEAR_ALONE,
]
_YEARS_AGO = {"last year": 1, "this year": 0}
_RELATIVE = re.compile(r"\b(?:last|this) year\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Time:
    """A day, a month or a year; a part that is not named is None."""

    year: int | None = None
    """The year."""
    month: int | None = None
    """The month, from 1."""
    day: int | None = None
    """The day of the month, from 1."""

    def holds(self, day: date) -> bool:
        """Whether a day is in this time."""
        parts = (self.year, day.year), (self.month, day.month), (self.day, day.day)
        return all(wanted in (None, found) for wanted, found in parts)

    def is_told_by(self, other: "Time", published: date | None) -> bool:
        """Whether another time, named in an article of that date, is in this one."""
        year = other.year or (published.year if published else None)
        parts = (self.year, year), (self.month, other.month), (self.day, other.day)
        return all(wanted in (None, found) for wanted, found in parts)


def times_in(text: str) -> list[Time]:
    """Return the times that a text names, each part of it in one of them only."""
    found = []
    taken: list[tuple[int, int]] = []
    for form in _FORMS:
        for match in form.finditer(text):
            start, end = match.span()
            if form is _YEAR_ALONE and is_count(text, start, end):
                continue
            if all(end <= first or last <= start for first, last in taken):
                taken.append((start, end))
                parts = match.groupdict()
                month = parts.get("month")
                found.append(
                    Time(
                        _number(parts.get("year")),
                        MONTHS.index(month) + 1 if month else None,
                        _number(parts.get("day")),
                    )
                )
    return found


def time_asked(question: str, today: date) -> Time | None:
    """Return the time that a question names first of those most exact; None if it names none."""
    if (relative := _RELATIVE.search(question)) is not None:
        return Time(today.year - _YEARS_AGO[relative.group().lower()])
    return next(iter(times_in(question)), None)


def of_time(hits: Sequence[Hit], time: Time) -> list[Hit]:
    """Return hits with those preferred that may be of a time, with new ranks."""
    ordered = sorted(
        hits,
        key=lambda hit: hit.score - (0.0 if may_be_of(hit.passage, time) else MALUS),
        reverse=True,
    )
    return [replace(hit, rank=rank) for rank, hit in enumerate(ordered, start=1)]


def may_be_of(passage: Passage, time: Time) -> bool:
    """Whether a passage may be of a time.

    It names the time, or its article was published then. News of a day is often printed the day
    after. An article without a date may be of any time.
    """
    day = passage.article.published
    if day is None or time.holds(day) or (time.day and time.holds(day - timedelta(days=1))):
        return True
    return any(time.is_told_by(each, day) for each in times_in(passage.text))


def _number(text: str | None) -> int | None:
    return int(text) if text else None
