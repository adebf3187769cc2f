"""The closed grammar of time expressions: regular expressions, and what resolves what they find."""

import re
from collections.abc import Iterator
from functools import cache

from . import resolve
from .resolve import CENTURIES, MONTHS, NUMBERS, SHORT_MONTHS, WEEKDAYS, Resolve

_RULES: tuple[tuple[str, Resolve], ...] = (
    (r"RELATION(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)(?!\d)", resolve.full_date),
    (
        r"RELATION(?:WEEKDAY,? )?(?:the )?DAY(?:TO(?P<d2>\d{1,2})TH)?(?: of)? MONTH"
        r"(?:[.]?,? YEAR|OF|AHEAD)?(?!\d)",
        resolve.full_date,
    ),
    (
        r"RELATION(?:WEEKDAY,? )?MONTH[.]? DAY(?:TO(?P<d2>\d{1,2})TH)?"
        r"(?:,? YEAR|OF|AHEAD)?(?![,.]?\d)",
        resolve.full_date,
    ),
    (r"RELATIONPART\bMONTH[.]?,? (?:of )?YEAR(?!\d)", resolve.month_only),
    (r"RELATIONPART(?:(?P<which>last|next|this) )?FULL\b(?:OF|AHEAD)?", resolve.month_only),
    (
        r"RELATIONPART(?:(?P<which>last|next|this) )?(?P<season>spring|summer|autumn|fall|winter)"
        r"(?:(?: of)?,? YEAR)?\b",
        resolve.season_of,
    ),
    (
        r"RELATION(?:(?P<which>last|next|(?:this )?coming|this) )?WEEKDAY"
        r"(?: (?:morning|afternoon|evening|night))?\b",
        resolve.weekday,
    ),
    (
        r"RELATION(?P<named>the day before yesterday|the day after tomorrow|today|tonight"
        r"|(?:yesterday|tomorrow)(?: (?:morning|afternoon|evening|night))?"
        r"|last night|this (?:morning|afternoon|evening))\b",
        resolve.named_day,
    ),
    (r"(?<=\bon )the DAY(?=[.,;:!?)]|$| of th(?:is|e) month)", resolve.day_of_month),
    (
        r"RELATION(?:(?:early|earlier|late|later) )?(?<!\bthe )(?P<which>last|this|next) "
        r"(?P<unit>week|weekend|month|quarter|year|decade|century)\b",
        resolve.this_unit,
    ),
    (r"RELATION(?<=\b(?:at|on) )the (?P<unit>weekend)\b", resolve.this_unit),
    (r"RELATIONNUMBER UNITs? (?P<when>ago|from now)\b", resolve.ago),
    (r"\bin NUMBER UNITs?['’]s? (?P<when>time)\b", resolve.ago),
    (r"\bthe (?P<step>previous|following|next|same) UNIT\b", resolve.from_before),
    (r"\b(?P<step>that) (?:same )?UNIT\b", resolve.from_before),
    (r"\bNUMBER UNITs? (?P<when>later|earlier)\b", resolve.from_before),
    (
        r"(?:\b(?:from|between) )?\b(?P<y>1\d{3}|20\d\d)"
        r"(?: (?:to|and|until|through) |[–-])(?P<y2>1\d{3}|20\d\d)(?![,.]?\d)",
        resolve.year,
    ),
    (r"RELATIONPART\b(?P<y>1\d{3}|20\d\d)\b(?![,.]\d|%|-)", resolve.year),
    (r"RELATION\bthe (?:(?:early|late|mid)[ -])?(?P<decade>(?:1\d|20)\d0)s\b", resolve.decade),
    (r"RELATION\bthe (?:(?:early|late|mid)[ -])?['’](?P<decade>[3-9]0)s\b", resolve.decade),
    (
        r"RELATION\bthe (?:(?:early|late|mid)[ -])?(?P<nth>\d\d?(?:st|nd|rd|th)|CENTURY)"
        r"[ -]century\b(?! B\.?C)",
        resolve.century,
    ),
    (r"\b(?:the )?(?P<nth>first|second|third|fourth) quarter of YEAR\b", resolve.quarter),
)
"""What is found and what resolves it. Words in capitals stand for `_PARTS`."""

_PARTS = {
    "RELATION": r"(?:\b(?P<relation>since|until|by|before|after) )?",
    "PART": r"(?:\b(?P<part>(?:early|late|mid)[ -]|the (?:beginning|start|end|middle) of ))?",
    "WEEKDAY": rf"\b(?P<weekday>(?-i:{'|'.join(map(str.title, WEEKDAYS))}))",
    "MONTH": rf"\b(?P<m>(?-i:{'|'.join(map(str.title, MONTHS))}|{SHORT_MONTHS}))\b",
    "FULL": rf"\b(?P<m>(?-i:{'|'.join(map(str.title, MONTHS))}))",
    "DAY": r"\b(?P<d>\d{1,2})TH",
    "TH": r"(?:st|nd|rd|th)?",
    "TO": r" ?(?:[–-]|to |and ) ?",
    "OF": r"(?: of)? (?P<of>last|this|next) year\b",
    "AHEAD": r"(?= ?(?:to|and|or|[–-]) ?(?:\d{1,2} )?[a-z]+(?: \d{1,2},)? (?P<ahead>[12]\d{3})\b)",
    "YEAR": r"(?P<y>[12]\d{3})",
    "NUMBER": rf"(?<!\w[-–.,])\b(?P<n>\d{{1,3}}|an?|{'|'.join(NUMBERS[1:])})",
    "UNIT": r"(?P<unit>day|weekend|week|month|year|decade)",
    "CENTURY": "|".join(CENTURIES),
}


@cache
def _rules() -> list[tuple[re.Pattern[str], Resolve]]:
    """Return the compiled rules; months and weekdays are found with a capital only."""
    compiled = []
    for rule, resolver in _RULES:
        pattern = rule
        for name, part in _PARTS.items():
            pattern = pattern.replace(name, part)
        compiled.append((re.compile(pattern, re.IGNORECASE), resolver))
    return compiled


def matches(text: str) -> Iterator[tuple[re.Match[str], Resolve]]:
    """Yield what the rules find, in order, the longest where several begin together."""
    found = [(match, resolver) for rule, resolver in _rules() for match in rule.finditer(text)]
    found.sort(key=lambda one: (one[0].start(), -one[0].end()))
    end = 0
    for match, resolver in found:
        if match.start() >= end:
            end = match.end()
            yield match, resolver
