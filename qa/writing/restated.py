"""A sentence with its numbers and dates as its sources write them.

The verifier compares words. It need not know that $3.4 million are 3,400,000 dollars, or which day
was a Wednesday: that is worked out here.
"""

from collections.abc import Sequence

from ..datatypes import Passage
from .asking import same_time
from .facts import Fact, times, times_of
from .numbers import numbers


def restated(sentence: str, found: Sequence[Fact], near: Sequence[Passage]) -> str:
    """Return a sentence in which numbers and dates that the passages have are written as there.

    ``found`` are the facts of the sentence. Those that no passage has stay as they are.
    """
    for fact in sorted(found, key=lambda each: -each.start):
        other = None
        if fact.kind == "number":
            other = _number(sentence, fact, near)
        elif fact.kind == "date":
            other = _date(sentence, fact, near)
        if other is not None:
            sentence = sentence[: fact.start] + other + sentence[fact.end :]
    return sentence


def _number(sentence: str, fact: Fact, near: Sequence[Passage]) -> str | None:
    """Return a number as the first passage that has it writes it."""
    ours = [number for number in numbers(sentence) if number.start == fact.start]
    told = [(passage.text, number) for passage in near for number in numbers(passage.text)]
    same = [
        text[b.start : b.end]
        for text, b in told
        if any(a.fits(b) and a.measures == b.measures for a in ours)
    ]
    return None if fact.text in same else next(iter(same), None)


def _date(sentence: str, fact: Fact, near: Sequence[Passage]) -> str | None:
    """Return a date as the first passage that has it writes it."""
    for passage in near:
        article = passage.article
        dates = [t for t in times(sentence, article.published) if t.start == fact.start]
        told = [
            time
            for time in times_of(passage)
            if any(same_time(day, time) and day.unit == time.unit for day in dates)
        ]
        if told:
            texts = [article.text[time.start : time.end] for time in told]
            return None if fact.text in texts else texts[0]
    return None
