"""What a later article tells otherwise: it is shown first, and the older article beside it.

Two articles tell otherwise when they answer a question with about the same evidence, are on the
same subject, and name other numbers, dates or persons.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from ..datatypes import Answer
from ..folding import fold
from ..terms import MONTHS, stemmed_terms
from .evidence import Weighed, folded
from .kinds import LATEST
from .several import CLOSE

COMPARABLE = 1.0
"""How far the evidence of two answers may be apart that are comparable; for the latest: CLOSE."""

SAME_COUNT = 4.0
"""The same for two numbers of the same things in sentences that hold as much of the question.

"12 people died" and "the number of people who died rose to 17 people" are answers of one kind,
although the reader likes the first one better.
"""

SAME_SUBJECT = 0.3
"""Least share of the content words of the shorter passage that both have."""

_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)*|[^\W\d_]+")
_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen twenty"
).split()
_VALUES = {word: float(value) for value, word in enumerate(_SMALL)} | {
    word: float(value)
    for value, word in enumerate("thirty forty fifty sixty seventy eighty ninety".split(), 3)
    for value in (value * 10,)
}
_LARGE = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
_MONTH = re.compile(rf"\b(?:{'|'.join(MONTHS)})\b")
_NAME = re.compile(r"\b[^\W\d_a-z]\w+")
_YEAR = re.compile(r"\b(?:1[89]|20)\d\d\b")
_HOW_MANY = re.compile(r".*\b(?:how (?:many|much)|number of|toll)\b", re.IGNORECASE)
_WHO = re.compile(r"\W*(?:(?:and|but|so|then)\b\W*)*who(?:'s| is| was| leads| heads| runs)\b", re.I)


def later_first(question: str, weighed: Sequence[Weighed]) -> tuple[list[Weighed], tuple[str, ...]]:
    """Return spans, best first, so that a later article goes before the older ones that it differs
    from, and notes on these.

    A question for the latest puts the newest of those that answer first.
    """
    best = weighed[0]
    told = [best, *(each for each in weighed[1:] if _competes(question, best, each))]
    if _day(best) is None or len(told) < 2:
        return list(weighed), ()
    newest = max(told, key=lambda each: (_day(each) or date.min, each.evidence))
    older: dict[str, Weighed] = {}
    for each in told:
        if _day(each) != _day(newest) and _differs(question, newest, each):
            older.setdefault(folded(each.span.text), each)
    if _day(newest) == _day(best):
        newest = best
    first = replace(
        newest, confidence=best.confidence, sentence_confidence=best.sentence_confidence
    )
    rest = [each for each in weighed if each is not newest and each not in older.values()]
    notes = tuple(
        f"an older article, of {_written(_day(each))}, says “{each.span.text}”"
        for each in older.values()
    )
    return [first, *older.values(), *rest], notes


def as_of(question: str, found: Answer) -> str:
    """Return the date that an answer to a question for the latest is of; else empty."""
    if not found.citations or not LATEST.fits(question):
        return ""
    days = [cited.article.published for cited in found.citations if cited.article.published]
    return f"as of {_written(max(days))}" if days else ""


def values_in(text: str) -> set[float]:
    """Return the numbers that a text names, in digits or in words: 12 for "12" and "twelve"."""
    found: set[float] = set()
    value: float | None = None
    for match in _NUMBER.finditer(fold(text)):
        word = match.group()
        number = _VALUES.get(word)
        if word[0].isdigit():
            try:
                number = float(word)
            except ValueError:  # a version or a date with dots
                continue
        if number is not None:
            is_unit = value is not None and value % 10 == 0 and 0 < number < 10 and value < 100
            if value is not None and not is_unit:
                found.add(value)
            value = number + (value or 0 if is_unit else 0)
        elif word in _LARGE:
            value = (value or 1) * _LARGE[word]
        elif value is not None and word != "and":
            found.add(value)
            value = None
    return found | ({value} if value is not None else set())


def _competes(question: str, best: Weighed, other: Weighed) -> bool:
    """Whether a span answers the question as the best one does, in another article."""
    behind = best.evidence - other.evidence
    if behind > SAME_COUNT or not _day(other) or not _same_subject(question, best, other):
        return False
    if LATEST.fits(question) and behind <= CLOSE:
        return True
    if not _differs(question, best, other):
        return False
    if behind <= COMPARABLE:
        return True
    return bool(_HOW_MANY.match(question)) and _counts_the_same(question, best, other)


def _counts_the_same(question: str, best: Weighed, other: Weighed) -> bool:
    """Whether two spans give a number of the same things, and their sentences say as much."""
    asked = set(stemmed_terms(question))
    held = []
    for each in (best, other):
        start, end = each.sentence
        held.append(asked & set(stemmed_terms(each.span.passage.article.text[start:end])))
    return len(held[1]) >= len(held[0]) and _shares_unit(best.span.text, other.span.text, asked)


def _differs(question: str, one: Weighed, other: Weighed) -> bool:
    """Whether two answers are of the same sort and cannot both be right."""
    first, second = one.span.text, other.span.text
    dates = bool(_MONTH.search(first)), bool(_MONTH.search(second))
    if any(dates) and not all(dates):
        return False
    numbers = values_in(first), values_in(second)
    if all(dates):
        return not numbers[0] & numbers[1]
    if all(len(each) == 1 for each in numbers):
        if _YEAR.search(first) or _YEAR.search(second):
            return False
        return numbers[0] != numbers[1] and _same_unit(first, second)
    if any(numbers) or not _WHO.match(question):
        return False
    names = [set(_NAME.findall(text)) for text in (first, second)]
    return all(names) and not names[0] & names[1]


def _same_unit(first: str, second: str) -> bool:
    """Whether two numbers count the same, as far as their words say."""
    one, other = _unit(first), _unit(second)
    return not (one and other) or bool(one & other)


def _shares_unit(first: str, second: str, asked: set[str]) -> bool:
    """Whether two numbers count the same by their words, or by those of the question."""
    one, other = _unit(first), _unit(second)
    return bool(one & other) or bool((one or other) & asked)


def _unit(text: str) -> set[str]:
    """Return the words of a number that say what it counts, without their endings."""
    words = {word for word in stemmed_terms(text) if word.isalpha()}
    return words - _VALUES.keys() - _LARGE.keys() - {"least", "near", "almost", "about"}


def _same_subject(question: str, one: Weighed, other: Weighed) -> bool:
    """Whether two passages are on the same subject, and hold as much of the question."""
    first, second = _words(one), _words(other)
    asked = set(stemmed_terms(question))
    if len(asked & second) < len(asked & first):
        return False
    return len(first & second) >= SAME_SUBJECT * min(len(first), len(second))


def _words(entry: Weighed) -> set[str]:
    passage = entry.span.passage
    return set(stemmed_terms(f"{passage.article.title} {passage.text}"))


def _day(entry: Weighed) -> date | None:
    return entry.span.passage.article.published


def _written(day: date | None) -> str:
    return f"{day.day} {day:%B %Y}" if day else ""
