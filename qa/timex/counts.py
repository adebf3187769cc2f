"""Whether a number between 1000 and 2099 counts something, and so is no year: "1500 people"."""

import re

_ROUGHLY = re.compile(
    r"\b(?:about|around|over|under|than|nearly|almost|least|some|only|most|exactly|up to|another"
    r"|total of) $",
    re.IGNORECASE,
)
_OF_THEM = re.compile(r"\b(?:many|any|all|each|none|some|half|most|one) of the $", re.IGNORECASE)
_IN_TIME = re.compile(
    r"\b(?:in|during|since|until|till|before|after|early|late|mid|year|the|this|that|\w+['’]s?)"
    r"[ -]$",
    re.IGNORECASE,
)
_MONEY = re.compile(r"[$£€]\s?$")
_MEASURE = re.compile(
    r"\s?(?:%|percent\b|per cent\b|(?:[kcm]?m|kg|km|mph|ft)\b)|[ -](?:m|b|tr)illion\b"
)
_COUNTED = re.compile(
    r" (?P<of>(?:[a-z]+ )?)(?P<noun>people|men|women|children|[a-z]{2,}s)\b(?!['’])"
)
_NO_NOUN = frozenset(
    "is was has does as its his this us vs yes across towards always perhaps".split()
)
_EVENTS = frozenset(
    "elections games championships finals playoffs riots protests floods fires attacks bombings "
    "talks awards earthquakes hurricanes olympics primaries polls murders killings".split()
)


def is_count(text: str, start: int, end: int) -> bool:
    """Whether the number at ``text[start:end]`` counts what follows it, as far as its words say."""
    before = text[max(0, start - 20) : start]
    if _MONEY.search(before) or _MEASURE.match(text, end):
        return True
    counted = _COUNTED.match(text, end)
    if counted is None or counted["noun"] in _NO_NOUN:
        return False
    if _ROUGHLY.search(before) or _OF_THEM.search(before):
        return True
    is_next = not counted["of"] and counted["noun"] not in _EVENTS
    return is_next and not _IN_TIME.search(before)
