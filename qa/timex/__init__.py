"""Time expressions in English text: the days that they mean, as exactly as the words say.

``On Wednesday``, ``last week`` and ``seven months ago`` are counted from the date of their article,
``two days later`` and ``the previous day`` from the time named before them in the text. News tells
what has happened, so ``in December`` is the last December, unless its sentence is about what is to
come. What the words leave open stays open: ``a few days ago`` gives no time.
"""

from datetime import date

from .context import Context, TimeSpan
from .counts import is_count
from .grammar import matches
from .units import Days, Unit, unit_around

__all__ = ["Days", "TimeSpan", "Unit", "is_count", "time_spans", "unit_around"]

_NEAR = 300
"""Farthest that a time is counted from one named before it, in characters."""


def time_spans(text: str, published: date | None) -> list[TimeSpan]:
    """Return the time expressions of a text in order; they do not overlap.

    Without the article's date only those are returned that need none.
    """
    found: list[TimeSpan] = []
    for match, resolve in matches(text):
        before = found[-1] if found and match.start() - found[-1].end <= _NEAR else None
        try:
            resolved = resolve(Context(match, published, before))
        except (ValueError, OverflowError):  # no such day, such as 31 June, or beyond the calendar
            continue
        if resolved:
            days, unit, is_relative = resolved
            relation = (match.groupdict().get("relation") or "").lower()
            found.append(TimeSpan(match.start(), match.end(), *days, unit, is_relative, relation))
    return found
