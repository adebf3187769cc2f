"""Whether two answers can both be right: numbers, dates and names are compared, each by its kind.

"Twelve people" and "12" agree, and so do "about 50" and "52", "August 5" and "5 August 2010" in an
article of that year, "Gen. Bouchard" and "Charles Bouchard". What cannot be compared is left open.
"""

import re
from datetime import date
from difflib import SequenceMatcher
from functools import lru_cache

from ..datatypes import Span
from ..folding import plain
from ..terms import found_words, stem, stemmed_terms
from ..timex import TimeSpan, time_spans
from .amounts import amount_in
from .evidence import folded

CONTEXT = 200
"""Characters around an answer that are read to understand the time that it names."""

SAME_EVENT = 92
"""Most days between two articles on one event, where the date or the name of something differs."""

SPELLED_ALIKE = 0.8
"""Least similarity of two spellings of one name: Qaddafi and Gaddafi."""

_ASKING = r"\W*(?:(?:and|but|so|then)\b\W*)*"
_WHEN = re.compile(
    rf"{_ASKING}(?:when\b|(?:on |in )?(?:what|which) (?:day|date|month|year)\b)", re.I
)
_NAMING = re.compile(
    rf"{_ASKING}(?:(?:in|at|to|from|by|near|for) )?"
    r"(?:who(?! are\b| were\b)|whom\b|whose\b|where\b|which (?!\w+s\b|of\b)\w+"
    r"|what (?:city|town|country|state|place|company|team))\b",
    re.IGNORECASE,
)
_HOLDS_OFFICE = re.compile(
    rf"{_ASKING}who(?: leads| heads| runs|(?:'s| is| was)(?: now| currently| still)?"
    r" (?:the|an?|\w+ of|(?:\w+ ){0,3}?\w+['’]s?)) ",
    re.IGNORECASE,
)
_NAME = re.compile(r"\b[A-Z]\w*")
_TITLES = frozenset(
    "mr mrs ms miss dr sir lord lady prof professor gen general col colonel maj major capt captain "
    "lt lieutenant sgt sergeant adm admiral president chancellor prime minister senator mayor "
    "judge king queen prince princess pope the in at near".split()
)


def agree(question: str, one: Span, other: Span) -> bool | None:
    """Whether two answers to a question say the same; None if they cannot be compared."""
    if folded(one.text) == folded(other.text):
        return True
    times = _time_of(one), _time_of(other)
    if times[0] and times[1]:
        return _same_time(one, other, times[0], times[1])
    if times[0] or times[1] or _WHEN.match(question):
        return None
    amounts = [amount_in(span.text, _before(span)) for span in (one, other)]
    if amounts[0] and amounts[1]:
        return amounts[0].agrees(amounts[1])
    if any(amounts) or not _NAMING.match(question):
        return None
    return _same_name(question, one, other)


def _time_of(span: Span) -> TimeSpan | None:
    """Return the time that an answer is; None if it is, or also tells, something else."""
    start, end = span.start, span.end
    offset = max(0, start - CONTEXT)
    around = span.passage.article.text[offset : end + CONTEXT]
    for time in _times(around, span.passage.article.published):
        shared = min(time.end + offset, end) - max(time.start + offset, start)
        if shared * 2 > end - start:
            return time
    return None


@lru_cache(maxsize=256)
def _times(text: str, published: date | None) -> tuple[TimeSpan, ...]:
    """Return the times in a text; the best answer is compared with each of the others."""
    return tuple(time_spans(text, published))


def _same_time(one: Span, other: Span, first: TimeSpan, second: TimeSpan) -> bool | None:
    """Whether two times share a day; None if each is of its own event, long before the other."""
    if first.first <= second.last and second.first <= first.last:
        return True
    if are_apart(one, other) and (first.is_relative or second.is_relative):
        return None
    return False


def _same_name(question: str, one: Span, other: Span) -> bool | None:
    """Whether two answers name the same person, body or place; None if they may be parts of it.

    An answer that the other passage names as well is no contradiction, but for those who hold an
    office: a later article names who held it before.
    """
    asked = set(stemmed_terms(question))
    names = [_names(span.text, asked) for span in (one, other)]
    if not all(names):
        return None
    if _are_one(names[0], names[1]):
        return True
    if _HOLDS_OFFICE.match(question):
        return False
    texts = [found_words(span.passage.text) for span in (other, one)]
    if any({stem(word) for word in name} <= text for name, text in zip(names, texts, strict=True)):
        return None
    return None if are_apart(one, other) else False


def _names(text: str, asked: set[str]) -> list[str]:
    """Return the words of a name in lower case, without titles and words of the question.

    Empty if most of the text is no name.
    """
    words = [word.casefold() for word in _NAME.findall(plain(text))]
    if 2 * len(words) < len(stemmed_terms(text)):  # "the coach of the Argentinian football team"
        return []
    return [word for word in words if word not in _TITLES and stem(word) not in asked]


def _are_one(first: list[str], second: list[str]) -> bool:
    """Whether two names can be one: in part, by initials, or in another spelling."""
    short, long = sorted((first, second), key=len)
    if len(short) == 1 and short[0] == "".join(word[0] for word in long):
        return True
    if short and long and short[-1] == long[-1]:  # David and Dave Emerson
        return all(any(word[0] == other[0] for other in long) for word in short)
    return all(any(_are_alike(word, other) for other in long) for word in short)


def _are_alike(one: str, other: str) -> bool:
    """Whether two words can be one: an initial and its name, or two spellings."""
    if 1 in (len(one), len(other)):
        return one[0] == other[0]
    return SequenceMatcher(None, one, other).ratio() >= SPELLED_ALIKE


def _before(span: Span) -> str:
    """Return what stands before an answer in its sentence's line."""
    return span.passage.article.text[max(0, span.start - 20) : span.start]


def are_apart(one: Span, other: Span) -> bool:
    """Whether the articles are too far apart in time to tell of one event."""
    days: list[date | None] = [span.passage.article.published for span in (one, other)]
    return bool(days[0] and days[1] and abs((days[0] - days[1]).days) > SAME_EVENT)
