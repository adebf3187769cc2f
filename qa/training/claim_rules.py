"""Rules for `claims`: where the evidence begins and ends, and how a claim is changed.

Sentences that were changed are false where they were true, or the other way round. What `varied`
returns says the same.
"""

import random
import re
from collections.abc import Sequence

from ..questions.words import AUXILIARIES, Lexicon
from ..terms import MONTHS, WEEKDAYS
from .perturb import find_names

MOST_CHARACTERS = 900
"""Longest evidence."""
APART = 350
"""Fewest characters between a fact and text that is beside it."""
VARIED = 0.4
"""Probability of each rule that writes numbers and days in another way."""

_BESIDE = re.compile(r"\W*(?:and|or|with|,|&|of|the)*\W*")
_MONTHS = "|".join(MONTHS)
_DATE = re.compile(
    rf"\b(?:{'|'.join(WEEKDAYS)}|(?:{_MONTHS})(?: \d{{1,2}})?(?:,? \d{{4}})?|(?:19|20)\d\d)\b"
)
_NUMBER = re.compile(
    r"\b\d[\d,.]*\d?(?: (?:million|billion|per ?cent))?\b|\b(?:two|three|four|five|six|seven|eight"
    r"|nine|ten|eleven|twelve|dozens|hundreds|thousands)\b"
)
_SUM = r"(\d[\d,.]*\d|\d)( (?:million|billion|thousand))?"
_SPELLINGS = [
    (re.compile(pattern), other)
    for pattern, other in (
        (rf"(?:US)?\${_SUM}", r"\1\2 dollars"),
        (rf"{_SUM} dollars", r"$\1\2"),
        (rf"€ ?{_SUM}", r"\1\2 euros"),
        (rf"{_SUM} euros?", r"€\1\2"),
        (rf"£ ?{_SUM}", r"\1\2 pounds"),
        (rf"{_SUM} pounds", r"£\1\2"),
        (r"(\d) ?%", r"\1 percent"),
        (r"(\d) per ?cent", r"\1%"),
        (rf"\b({_MONTHS}) (\d\d?)\b", r"\2 \1"),
        (rf"\b(\d\d?) ({_MONTHS})\b", r"\2 \1"),
        (r"(\d),(\d\d\d)\b", r"\1\2"),
    )
]
"""Ways to write a sum, a share, a day or a number, each with another one."""


def window(
    text: str,
    bounds: Sequence[tuple[int, int]],
    first: int,
    last: int,
    generator: random.Random,
) -> str:
    """Return the sentences of a text from one offset to another, mostly with their neighbours.

    ``bounds`` are the sentences of the text. The result has at most `MOST_CHARACTERS`, or is the
    one sentence at ``first``.
    """
    low = max((i for i, (a, _) in enumerate(bounds) if a <= first), default=0)
    high = max((i for i, (a, _) in enumerate(bounds) if a <= last), default=low)
    if bounds[high][1] - bounds[low][0] > MOST_CHARACTERS:
        high = low
    before, after = generator.choice(((1, 1), (1, 1), (1, 1), (0, 0), (1, 0), (0, 1), (2, 1)))
    start, end = bounds[max(0, low - before)][0], bounds[min(len(bounds) - 1, high + after)][1]
    if end - start > MOST_CHARACTERS:
        start, end = bounds[low][0], bounds[high][1]
    return text[start:end]


def varied(text: str, generator: random.Random) -> str:
    """Return a text with some of its amounts, shares and days written in another way."""
    for pattern, other in _SPELLINGS:
        if generator.random() < VARIED:
            text = pattern.sub(other, text)
    return text


def elsewhere(
    bounds: Sequence[tuple[int, int]], first: int, last: int, generator: random.Random
) -> int | None:
    """Return the start of a sentence well away from two offsets; None if there is none."""
    free = [start for start, end in bounds if end < first - APART or start > last + APART]
    return generator.choice(free) if free else None


def exchanged(sentence: str, passage: str, generator: random.Random) -> str | None:
    """Return a sentence in which two names have changed places, or None.

    Names that stand side by side are left: "A and B" says the same as "B and A". So are words that
    the passage has with a capital only where a sentence begins.
    """
    names = [
        (start, end)
        for start, end in find_names(sentence)
        if re.search(rf"[a-z,] {re.escape(sentence[start:end])}\b", passage)
    ]
    pairs = [
        (one, other)
        for one in names
        for other in names
        if one[1] <= other[0]
        and sentence[slice(*one)] != sentence[slice(*other)]
        and not _BESIDE.fullmatch(sentence[one[1] : other[0]])
    ]
    if not pairs:
        return None
    (a, b), (c, d) = generator.choice(pairs)
    return sentence[:a] + sentence[c:d] + sentence[b:c] + sentence[a:b] + sentence[d:]


def denied(sentence: str, lexicon: Lexicon, generator: random.Random) -> str | None:
    """Return a sentence whose first verb is denied, or no longer denied; None if none is found."""
    if " not " in sentence:
        return sentence.replace(" not ", " ", 1)
    words = sentence.split(" ")
    for place, word in enumerate(words):
        if not place or word != word.lower():
            continue
        if word in AUXILIARIES:
            said = generator.choice(("not", "not", "never"))
            return " ".join([*words[: place + 1], said, *words[place + 1 :]])
        base = lexicon.base(word)
        if base and words[place - 1].lower() not in ("the", "a", "an", "of", "in", "by", "and"):
            said = generator.choice(("did not", "did not", "never", "failed to", "refused to"))
            told = word if said == "never" else base
            return " ".join([*words[:place], said, told, *words[place + 1 :]])
    return None


def asked_with(question: str) -> str:
    """Return what a question asks with: "who", "how many"; empty if it has no such word."""
    found = re.search(
        r"\b(?:who|whom|when|where|why|how (?:many|much|long|old|far)|how|(?:what|which) (?:year"
        r"|day|date|month|city|country|town|state|party|team|company)|what|which)\b",
        question.lower(),
    )
    return found.group() if found else ""


def likely_answer(asking: str, text: str, generator: random.Random) -> str | None:
    """Return a name, number or date of a text that could answer; None if there is none."""
    last = asking.rpartition(" ")[2]
    if last in ("who", "whom", "where", "city", "country", "town", "state", "party", "team"):
        found = [text[a:b] for a, b in find_names(text) if b - a > 3]
    elif last in ("when", "year", "day", "date", "month"):
        found = _DATE.findall(text)
    elif last in ("many", "much", "old", "far", "long"):
        found = _NUMBER.findall(text)
    else:
        found = []
    return generator.choice(found) if found else None


def share_a_word(answer: str, own: str) -> bool:
    """Whether an answer and the right ones, in lower case, share a word of some length."""
    return bool({w for w in answer.lower().split() if len(w) > 2} & set(own.split()))
