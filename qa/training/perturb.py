"""Changes questions by rule so that their passage no longer answers them.

The unanswerable questions of SQuAD 2.0 were written by negating, using antonyms, swapping entities
and numbers, and asking for something the passage does not say (Rajpurkar et al. 2018, table 2).
Each of these has a cheap counterpart here (after Jia & Liang 2017):

- a name or number is replaced by another one, from the same passage or from elsewhere;
- a word is replaced by its antonym;
- a word that question and passage share is replaced by another word;
- "not" is inserted after the auxiliary.

The rules make mistakes: some changed questions still have an answer. They are few enough not to
harm training.
"""

import random
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from ..opposites import OPPOSITES
from ..terms import STOP_WORDS

_NUMBER = re.compile(r"\b\d[\d,.]*\d\b|\b\d\b")
_NAME = re.compile(r"\b[A-Z][\w'\-]*[a-z][\w'\-]*(?: [A-Z][\w'\-]*[a-z][\w'\-]*)*")
_WORD = re.compile(r"\b[a-z][a-z\-]{3,}\b")
_LOWER = re.compile(r"\b[a-z]+\b")
_AUXILIARY = re.compile(
    r"\b(?:is|are|was|were|does|do|did|can|could|will|would|has|have|had|should)\b"
)
_NOT_NAMES = frozenset(
    "a an are at besides by can could did do does during for from had has have how if in is it"
    " name of on since the this to was were what when where which who whom whose why will with"
    " would".split()
)

_ENDINGS = ("ing", "ed", "ly", "er", "est", "tion", "ies", "s")


def _ending(word: str) -> str:
    return next((e for e in _ENDINGS if word.endswith(e) and len(word) > len(e) + 3), "")


@dataclass(frozen=True, slots=True)
class Swaps:
    """Replacements for names, numbers and words; frequent ones are repeated."""

    names: list[str] = field(default_factory=list)
    """Sequences of capitalised words."""
    years: list[str] = field(default_factory=list)
    """Four-digit numbers from 1000 to 2099."""
    numbers: list[str] = field(default_factory=list)
    """All other numbers."""
    words: dict[str, list[str]] = field(default_factory=dict)
    """Lower-case content words by their ending."""


def find_names(text: str) -> list[tuple[int, int]]:
    """Return the offsets of sequences of capitalised words, without leading question words."""
    found = []
    for match in _NAME.finditer(text):
        start, end = match.span()
        while start < end:
            word = text[start:end].split(" ", 1)[0]
            if word.lower() not in _NOT_NAMES:
                break
            start = min(end, start + len(word) + 1)
        if start < end:
            found.append((start, end))
    return found


def _is_year(number: str) -> bool:
    return len(number) == 4 and number.isdigit() and 1000 <= int(number) < 2100


def _find_words(text: str) -> list[re.Match[str]]:
    return [match for match in _WORD.finditer(text) if match.group() not in STOP_WORDS]


def collect_swaps(questions: Iterable[str]) -> Swaps:
    """Collect the names, numbers and words of the questions."""
    swaps = Swaps()
    for question in questions:
        swaps.names.extend(question[start:end] for start, end in find_names(question))
        for match in _NUMBER.finditer(question):
            (swaps.years if _is_year(match.group()) else swaps.numbers).append(match.group())
        for match in _find_words(question):
            swaps.words.setdefault(_ending(match.group()), []).append(match.group())
    return swaps


@dataclass(frozen=True, slots=True)
class _Case:
    """A question to change, and what the rules need for it."""

    question: str
    passage: str
    answers: tuple[str, ...]
    swaps: Swaps
    generator: random.Random

    def replaced(self, start: int, end: int, other: str) -> str:
        return self.question[:start] + other + self.question[end:]

    def draw_absent(self, pool: Sequence[str]) -> str | None:
        """Draw a replacement that does not occur in the passage; None if ten draws fail."""
        lower = self.passage.lower()
        for _ in range(10 if pool else 0):
            other = self.generator.choice(pool)
            if other.lower() not in lower:
                return other
        return None

    def draw_present(self, found: Iterable[str], replaced: str) -> str | None:
        """Draw a replacement from the passage that is neither in the question nor an answer."""
        question = self.question.lower()
        answers = " ".join(self.answers).lower()
        others = sorted(
            {
                other
                for other in found
                if other.lower() not in question
                and other.lower() not in answers
                and replaced.lower() not in other.lower()
            }
        )
        return self.generator.choice(others) if others else None


def _other_name(case: _Case) -> str | None:
    lower = case.passage.lower()
    spans = [
        (start, end)
        for start, end in find_names(case.question)
        if case.question[start:end].lower() in lower
    ]
    if not spans:
        return None
    start, end = case.generator.choice(spans)
    other = None
    if case.generator.random() < 0.5:
        names = (case.passage[left:right] for left, right in find_names(case.passage))
        # A capitalised word at the start of a sentence may be no name; two of them usually are one.
        other = case.draw_present((name for name in names if " " in name), case.question[start:end])
    other = other or case.draw_absent(case.swaps.names)
    return other and case.replaced(start, end, other)


def _other_number(case: _Case) -> str | None:
    matches = [m for m in _NUMBER.finditer(case.question) if m.group() in case.passage]
    if not matches:
        return None
    match = case.generator.choice(matches)
    is_year = _is_year(match.group())
    other = None
    if case.generator.random() < 0.5:
        numbers = (m.group() for m in _NUMBER.finditer(case.passage))
        other = case.draw_present((n for n in numbers if _is_year(n) == is_year), match.group())
    other = other or case.draw_absent(case.swaps.years if is_year else case.swaps.numbers)
    return other and case.replaced(*match.span(), other)


def _opposite(case: _Case) -> str | None:
    matches = [
        m
        for m in _LOWER.finditer(case.question)
        # "How old" asks the same as "how young".
        if m.group() in OPPOSITES and not case.question[: m.start()].lower().endswith("how ")
    ]
    if not matches:
        return None
    match = case.generator.choice(matches)
    return case.replaced(*match.span(), case.generator.choice(OPPOSITES[match.group()]))


def _other_word(case: _Case) -> str | None:
    lower = case.passage.lower()
    matches = [m for m in _find_words(case.question) if m.group() in lower]
    if not matches:
        return None
    match = case.generator.choice(matches)
    other = case.draw_absent(case.swaps.words.get(_ending(match.group()), ()))
    return other and case.replaced(*match.span(), other)


def _negation(case: _Case) -> str | None:
    match = _AUXILIARY.search(case.question)
    if match is None or " not " in case.question or "n't" in case.question:
        return None
    if case.generator.random() < 0.5:
        return case.replaced(match.end(), match.end(), "n't")
    words = case.question[match.end() :].split(" ")
    # Assume that the subject is one word, or two if the first is an article.
    place = min(len(words), 3 if words[1:2] in (["the"], ["a"], ["an"]) else 2)
    return case.question[: match.end()] + " ".join([*words[:place], "not", *words[place:]])


_RULES: tuple[tuple[Callable[[_Case], str | None], float], ...] = (
    (_other_name, 3.0),
    (_other_number, 3.0),
    (_opposite, 4.0),
    (_other_word, 2.0),
    (_negation, 0.4),
)
"""The rules with their weights; a heavier rule is tried first more often."""


def perturb_question(
    question: str,
    passage: str,
    swaps: Swaps,
    generator: random.Random,
    answers: tuple[str, ...] = (),
) -> str | None:
    """Return the question changed by the first rule that applies, in random order.

    Returns None when no rule applies. ``answers`` are the question's answers; they are never used
    as replacements.
    """
    case = _Case(question, passage, answers, swaps, generator)
    rules = sorted(_RULES, key=lambda rule: generator.random() ** (1 / rule[1]), reverse=True)
    for rule, _ in rules:
        other = rule(case)
        if other is not None and other != question:
            return other
    return None
