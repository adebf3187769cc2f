"""Dates that stand in the text near its top, or in the name of its file."""

import re
from collections.abc import Iterator
from datetime import date

from .dates import Dated, dated_value, leading_date, parse_date

LINES = 12
"""Lines with text, from the top, that are searched for a date."""
HEADER_CHARACTERS = 80
"""Longest line that says nothing else than who wrote it and when."""

_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
    r"|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\b\.?"
)
_WRITTEN = (
    rf"(?:\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {_MONTH},? \d{{4}}"
    rf"|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}|\d{{4}}-\d\d-\d\d)"
)
_LABEL = re.compile(
    r"\W{0,3}(?:(?:first |date )?(?:published|posted|issued|released)(?: (?:on|at|date))?"
    r"|(?:publication |pub\.? |release |issue )?date)"
    r"(?:\W{0,2}[:=]\W{0,3}|\s+(?=.{6,30}$))(?P<value>\S.*)",
    re.IGNORECASE,
)
_UPDATED = re.compile(
    r"\W{0,3}(?:last )?(?:updated|modified)(?: (?:on|at))?\W{0,2}[:=]?\W{0,3}(?P<value>\S.*)",
    re.IGNORECASE,
)
_ALONE = re.compile(
    rf"(?:by [^\d]{{2,50}}?[,|–—·•-]? ?)?(?:[A-Z][^\d\n]{{0,30}}, )?(?:(?:Mon|Tues?|Wed(?:nes)?"
    rf"|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?\.?,? )?(?P<value>{_WRITTEN})"
    r"(?:,?(?: at)? \d{1,2}[:.]\d\d.{0,20})?\W*",
    re.IGNORECASE,
)
_DATELINES = (
    re.compile(
        rf"\W{{0,3}}[A-Z][\w .'’-]{{2,40}}(?:, [A-Z][\w .]{{1,30}})?,? \(?(?P<value>{_WRITTEN})\)?"
        r" ?(?:\([^()\n]{1,40}\) ?)?[-–—:]"
    ),
    # With a point in place of the dash, only capitals tell it from a sentence.
    re.compile(rf"\W{{0,3}}[A-Z][A-ZÀ-ÖØ-Þ .'’-]{{2,40}}, (?P<value>{_WRITTEN})\.(?=\s|$)"),
)
_BEHIND = re.compile(r" \| | by ")
_NUMERIC = re.compile(
    r"(?<!\d)(?P<y>(?:1[6-9]|20)\d\d)(?P<sep>[-_./ ]?)(?P<m>0[1-9]|1[0-2])(?P=sep)"
    r"(?P<d>0[1-9]|[12]\d|3[01])(?!\d)"
)


def date_near_top(text: str) -> Dated | None:
    """Return the date of a line near the top that says when the text was published, or None.

    Such a line is ``Date: 14 May 2015``, a date that stands alone or behind who wrote the text, or
    a dateline, ``PARIS, May 14, 2015 (Reuters) -`` or ``PARIS, 14 May 2015.``. A line ``Updated:``
    is a guess.
    """
    guess = None
    if day := leading_date(text):
        return Dated(day, "first line")
    for line in _first_lines(text):
        found = next(filter(None, (pattern.match(line) for pattern in _DATELINES)), None)
        if found and (dated := dated_value(found["value"], "dateline")):
            return dated
        if len(line) > HEADER_CHARACTERS:
            continue
        for pattern, source in ((_LABEL, "header line"), (_ALONE, "date line")):
            found = pattern.fullmatch(line)
            if found and (dated := dated_value(_value(found["value"]), source)):
                return dated
        if not guess and (found := _UPDATED.fullmatch(line)):
            guess = dated_value(_value(found["value"]), "header line", is_guess=True)
    return guess


def date_in_name(name: str) -> Dated | None:
    """Return the date in the name of a file, or in the folders of a path or URL; None without one.

    A name that begins with the date is sure, as blogs write them; elsewhere it is a guess.
    """
    folder, _, file = name.replace("\\", "/").rpartition("/")
    for where, text in (("file name", file), ("path", f"{folder}/")):
        for found in reversed(list(_NUMERIC.finditer(text))):
            day = parse_date(f"{found['y']}-{found['m']}-{found['d']}")
            if day and day.year <= date.today().year + 1:
                is_sure = where == "file name" and found.start() == 0 and found["sep"] == "-"
                return Dated(day, where, not is_sure)
    return None


def _first_lines(text: str) -> Iterator[str]:
    """Yield the first lines that are not blank, stripped."""
    start = 0
    count = 0
    while count < LINES and start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        if line := text[start : min(end, start + 300)].strip():
            count += 1
            yield line
        start = end + 1


def _value(text: str) -> str:
    """Return the value of a header line without emphasis and what stands behind the date."""
    return _BEHIND.split(text)[0].strip(" *_\"'")
