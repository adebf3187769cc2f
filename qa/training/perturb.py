"""Questions changed so that their passage no longer answers them.

The authors of SQuAD 2.0's unanswerable questions negated, turned words into their opposites,
swapped entities and numbers, and asked for what the passage does not say (Rajpurkar et al. 2018,
table 2). Each has a cheap counterpart here, made by rule (after Jia & Liang 2017):

- another name or number from elsewhere, or from the same passage, in place of the question's;
- the opposite of a word;
- another word in place of one that question and passage share;
- "not" after the auxiliary.

A rule errs now and then: the changed question may still have its answer. Few enough do for the
reader to learn from the rest.
"""

import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

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

_OPPOSITES_TEXT = """
    first last, most least, more less, more fewer, largest smallest, larger smaller, big small,
    biggest smallest, bigger smaller, highest lowest, higher lower, high low, best worst,
    better worse, good bad, oldest youngest, oldest newest, older younger, old new, old young,
    earliest latest, earlier later, early late, before after, begin end, began ended,
    beginning end, start end, start stop, started ended, started stopped, starting ending,
    increase decrease, increased decreased, increases decreases, increasing decreasing,
    rise fall, rose fell, north south, northern southern, east west, eastern western,
    inside outside, above below, up down, open close, opened closed, win lose,
    won lost, winner loser, winning losing, gain lose, gained lost, allow prevent,
    allowed banned, allowed prohibited, accept reject, accepted rejected, support oppose,
    supported opposed, agree disagree, agreed refused, love hate, loved hated, liked disliked,
    likes dislikes, buy sell, bought sold, male female, men women, man woman,
    boy girl, boys girls, father mother, son daughter, husband wife, brother sister, king queen,
    public private, rich poor, strong weak, stronger weaker, strongest weakest, fast slow,
    faster slower, fastest slowest, long short, longer shorter, longest shortest, hot cold,
    hotter colder, warm cool, hard soft, hard easy, harder easier, heavier lighter,
    cheap expensive, cheaper costlier, major minor, majority minority, maximum minimum,
    positive negative, common rare, legal illegal, possible impossible, successful unsuccessful,
    known unknown, used unused, modern ancient, urban rural, enter leave, entered left,
    arrive depart, arrived departed, join leave, joined left, give take, gave took, given taken,
    create destroy, created destroyed, build destroy, built destroyed, add remove, added removed,
    include exclude, included excluded, born died, alive dead, birth death, success failure,
    succeeded failed, succeed fail, pass fail, passed failed, always never, everyone nobody,
    all none, many few, with without, full empty, wide narrow, deep shallow, day night,
    morning evening, summer winter, spring autumn, advantage disadvantage, friend enemy,
    internal external, domestic foreign, import export, imports exports, expand shrink,
    remain leave, remember forget, raised lowered, raise lower, happy sad, wet dry, thick thin,
    upper lower, top bottom, front back, near far, nearest farthest, closest farthest
"""


def _read_opposites(text: str) -> dict[str, tuple[str, ...]]:
    opposites: dict[str, list[str]] = defaultdict(list)
    for pair in text.split(","):
        one, other = pair.split()
        opposites[one].append(other)
        opposites[other].append(one)
    return {word: tuple(others) for word, others in opposites.items()}


OPPOSITES = _read_opposites(_OPPOSITES_TEXT)
"""Lowered words and what means the opposite; every pair both ways."""

_ENDINGS = ("ing", "ed", "ly", "er", "est", "tion", "ies", "s")


def _ending(word: str) -> str:
    return next((e for e in _ENDINGS if word.endswith(e) and len(word) > len(e) + 3), "")


@dataclass(frozen=True, slots=True)
class Swaps:
    """What may take another's place, each as often as it occurs."""

    names: list[str] = field(default_factory=list)
    """Capitalised runs of words."""
    years: list[str] = field(default_factory=list)
    """Numbers of four digits from 1000 to 2099."""
    numbers: list[str] = field(default_factory=list)
    """All other numbers."""
    words: dict[str, list[str]] = field(default_factory=dict)
    """Lower-case content words by their ending."""


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


def _find_words(text: str) -> list[re.Match[str]]:
    return [match for match in _WORD.finditer(text) if match.group() not in STOP_WORDS]


def collect_swaps(questions: Iterable[str]) -> Swaps:
    """Collect names, numbers and words from questions."""
    swaps = Swaps()
    for question in questions:
        swaps.names.extend(question[start:end] for start, end in find_names(question))
        for match in _NUMBER.finditer(question):
            (swaps.years if _is_year(match.group()) else swaps.numbers).append(match.group())
        for match in _find_words(question):
            swaps.words.setdefault(_ending(match.group()), []).append(match.group())
    return swaps


@dataclass(frozen=True, slots=True)
class _Task:
    question: str
    passage: str
    answers: tuple[str, ...]
    swaps: Swaps
    generator: random.Random

    def replaced(self, start: int, end: int, other: str) -> str:
        return self.question[:start] + other + self.question[end:]

    def absent(self, pool: Sequence[str]) -> str | None:
        """Draw one that the passage does not hold, so that it cannot speak of it."""
        lower = self.passage.lower()
        for _ in range(10 if pool else 0):
            other = self.generator.choice(pool)
            if other.lower() not in lower:
                return other
        return None

    def present(self, found: Iterable[str], taken: str) -> str | None:
        """Draw one of the passage's own that is neither in the question nor an answer."""
        asked = self.question.lower()
        answered = " ".join(self.answers).lower()
        others = sorted(
            {
                other
                for other in found
                if other.lower() not in asked
                and other.lower() not in answered
                and taken.lower() not in other.lower()
            }
        )
        return self.generator.choice(others) if others else None


def _other_name(task: _Task) -> str | None:
    lower = task.passage.lower()
    spans = [
        (start, end)
        for start, end in find_names(task.question)
        if task.question[start:end].lower() in lower
    ]
    if not spans:
        return None
    start, end = task.generator.choice(spans)
    other = None
    if task.generator.random() < 0.5:
        names = (task.passage[left:right] for left, right in find_names(task.passage))
        # A run that begins a sentence may be no name; two words seldom are none.
        other = task.present((name for name in names if " " in name), task.question[start:end])
    other = other or task.absent(task.swaps.names)
    return other and task.replaced(start, end, other)


def _other_number(task: _Task) -> str | None:
    matches = [m for m in _NUMBER.finditer(task.question) if m.group() in task.passage]
    if not matches:
        return None
    match = task.generator.choice(matches)
    is_year = _is_year(match.group())
    other = None
    if task.generator.random() < 0.5:
        numbers = (m.group() for m in _NUMBER.finditer(task.passage))
        other = task.present((n for n in numbers if _is_year(n) == is_year), match.group())
    other = other or task.absent(task.swaps.years if is_year else task.swaps.numbers)
    return other and task.replaced(*match.span(), other)


def _opposite(task: _Task) -> str | None:
    matches = [
        m
        for m in _LOWER.finditer(task.question)
        # "How old" and "how many" ask for a measure, whichever of the two words is used.
        if m.group() in OPPOSITES and not task.question[: m.start()].lower().endswith("how ")
    ]
    if not matches:
        return None
    match = task.generator.choice(matches)
    return task.replaced(*match.span(), task.generator.choice(OPPOSITES[match.group()]))


def _other_word(task: _Task) -> str | None:
    lower = task.passage.lower()
    matches = [m for m in _find_words(task.question) if m.group() in lower]
    if not matches:
        return None
    match = task.generator.choice(matches)
    other = task.absent(task.swaps.words.get(_ending(match.group()), ()))
    return other and task.replaced(*match.span(), other)


def _negation(task: _Task) -> str | None:
    match = _AUXILIARY.search(task.question)
    if match is None or " not " in task.question or "n't" in task.question:
        return None
    if task.generator.random() < 0.5:
        return task.replaced(match.end(), match.end(), "n't")
    words = task.question[match.end() :].split(" ")
    # After the subject, as near as a rule can tell: a word, or two where the first is an article.
    place = min(len(words), 3 if words[1:2] in (["the"], ["a"], ["an"]) else 2)
    return task.question[: match.end()] + " ".join([*words[:place], "not", *words[place:]])


_RULES: tuple[tuple[Callable[[_Task], str | None], float], ...] = (
    (_other_name, 3.0),
    (_other_number, 3.0),
    (_opposite, 4.0),
    (_other_word, 2.0),
    (_negation, 0.4),
)
"""Each rule with how often it goes first, against the others."""


def perturb_question(
    question: str,
    passage: str,
    swaps: Swaps,
    generator: random.Random,
    answers: tuple[str, ...] = (),
) -> str | None:
    """Return the question changed by the first rule that fits, rules in random order.

    Returns None when no rule fits. ``answers`` are the question's own; what is swapped in is
    none of them.
    """
    task = _Task(question, passage, answers, swaps, generator)
    rules = sorted(_RULES, key=lambda rule: generator.random() ** (1 / rule[1]), reverse=True)
    for rule, _ in rules:
        other = rule(task)
        if other is not None and other != question:
            return other
    return None
