"""Questions about another name or number, which their passage does not answer.

A name or number that question and passage share is replaced in the question by one of the same
kind from elsewhere. This is the cheap half of what the authors of SQuAD 2.0's unanswerable
questions did by hand (Rajpurkar et al. 2018, entity and number swaps; rules after Jia & Liang
2017, who swap entities and numbers for the nearest).
"""

import random
import re
from collections.abc import Iterable
from dataclasses import dataclass

_NUMBER = re.compile(r"\b\d[\d,.]*\d\b|\b\d\b")
_NAME = re.compile(r"\b[A-Z][\w'\-]*[a-z][\w'\-]*(?: [A-Z][\w'\-]*[a-z][\w'\-]*)*")
_NOT_NAMES = frozenset(
    "a an are at besides by can could did do does during for from had has have how if in is it"
    " name of on since the this to was were what when where which who whom whose why will with"
    " would".split()
)


@dataclass(frozen=True, slots=True)
class Swaps:
    """What may take another's place."""

    names: list[str]
    """Capitalised runs of words."""
    years: list[str]
    """Numbers of four digits from 1000 to 2099."""
    numbers: list[str]
    """All other numbers."""


def find_names(text: str) -> list[tuple[int, int]]:
    """Return the offsets of capitalised runs of words, question words left out."""
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


def collect_swaps(questions: Iterable[str]) -> Swaps:
    """Collect names and numbers from questions; each as often as it occurs."""
    swaps = Swaps([], [], [])
    for question in questions:
        swaps.names.extend(question[start:end] for start, end in find_names(question))
        for match in _NUMBER.finditer(question):
            (swaps.years if _is_year(match.group()) else swaps.numbers).append(match.group())
    return swaps


def perturb_question(
    question: str, passage: str, swaps: Swaps, generator: random.Random
) -> str | None:
    """Return the question about another name or number, or None if it holds none to swap.

    Only what the passage holds too is swapped, and what takes its place is nowhere in the
    passage, so that the passage cannot answer the new question.
    """
    lower = passage.lower()
    choices: list[tuple[int, int, list[str]]] = []
    for start, end in find_names(question):
        if question[start:end].lower() in lower:
            choices.append((start, end, swaps.names))
    for match in _NUMBER.finditer(question):
        if match.group() in passage:
            pool = swaps.years if _is_year(match.group()) else swaps.numbers
            choices.append((*match.span(), pool))
    choices = [choice for choice in choices if choice[2]]
    if not choices:
        return None
    start, end, pool = generator.choice(choices)
    for _ in range(10):
        other = generator.choice(pool)
        if other.lower() not in lower:
            return question[:start] + other + question[end:]
    return None
