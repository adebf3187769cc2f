"""What can be checked in a sentence: its numbers, dates, names, quotations and speaker."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal

from ..datatypes import Passage
from ..folding import fold, words
from ..models.words import english_words
from ..terms import MONTHS, STOP_WORDS, WEEKDAYS
from ..timex import TimeSpan, time_spans
from .numbers import numbers

Kind = Literal["number", "date", "name"]
"""What a fact is."""

QUOTED_WORDS = 2
"""Fewest words of a quotation that must be exact; shorter ones are often only a name."""

_CAPITAL = re.compile(r"[^\W\d_a-z][\w’'-]*[^\W_]|[A-Z]\b")
_JOINED = re.compile(r" (?:(?:of|de|da|del|van|von|der|bin|al|and the|of the) )?|-|\. ")
_CALENDAR = re.compile(rf"\b(?:{'|'.join((*MONTHS, *WEEKDAYS))})\b|\b\d{{4}}\b|day\b|night\b")
COMMON_WORDS = 12_000
"""Words that begin a sentence with a capital and are no names."""
_VAGUE = re.compile(
    r"(?<!nearly )(?<!almost )(?<!about )(?<!after )(?<!over )an?"
    r" (?:second|minute|hour|day|week|month|year|century)(?! apart)"
    r"|nobody|(?<!only )one|both|twice|couple|pair|zero",
    re.IGNORECASE,
)
"""Numbers that say little: an hour, both."""
_QUOTATION = re.compile(r"“([^”]+)”|\"([^\"]+)\"|«([^»]+)»|„([^“”]+)[“”]|(?<!\w)‘([^’]+)’(?!\w)")
_VERB = re.compile(
    r"(?: \w+ly)?(?: also)? (?P<verb>is|are|was|were|has|have|had|will|would|can|could|may|might|"
    r"must|should|did|does|do|said|says|told|took|made|came|went|began|became|found|held|led|left|lost|won|"
    r"gave|got|beat|ran|saw|set|met|put|sent|spent|rose|fell|hit|struck|drew|spoke|bought|sold|"
    r"sank|broke|grew|kept|brought|caught|fled|flew|built|wrote|read|lies|belongs|\w{2,}ed|owns)\b"
)
_JOINTS = re.compile(r"(?:,? (?:and|but|while|whereas)|;|, (?=which|who|where)) ?(?=\S)")
_GAPPED = re.compile(r"(?:the )?[A-Z][\w’'-]+(?: [A-Z][\w’'-]+)* ")
_NO_NAMES = frozenset("I No Day Eve Year".split())
_SPEECH = re.compile(
    r"\b(?:(?P<to>according to)|said|says|told|warned|added|announced|called|demanded|argued|stated"
    r"|claimed|explained|insisted|replied|admitted|cautioned|promised|wrote|asked)\b",
    re.IGNORECASE,
)
_TITLES = re.compile(
    r"^(?:the|a|an|mr|mrs|ms|dr|sir|president|captain|chancellor|king|queen|pope|lord) ", re.I
)


@dataclass(frozen=True, slots=True)
class Fact:
    """A part of a sentence that its source must hold."""

    kind: Kind
    """What it is."""
    start: int
    """Offset of its start in the sentence."""
    end: int
    """Offset of its end."""
    text: str
    """Its words."""


def quotations(text: str) -> list[str]:
    """Return the quotations of a text that are long enough to be checked word for word."""
    found = (next(filter(None, match.groups())) for match in _QUOTATION.finditer(text))
    return [quote for quote in found if len(quote.split()) >= QUOTED_WORDS]


def has_quotation(quote: str, texts: Sequence[str]) -> bool:
    """Whether a quotation stands in one of the texts, its case and punctuation aside."""
    wanted = f" {' '.join(words(quote))} "
    return any(wanted in f" {' '.join(words(text))} " for text in texts)


def times(text: str, published: date | None) -> list[TimeSpan]:
    """Return the times of a text that the calendar names, not those that count from another."""
    return [
        span
        for span in time_spans(text, published)
        if _CALENDAR.search(text[span.start : span.end])
    ]


@lru_cache(maxsize=32)
def article_times(text: str, published: date | None) -> tuple[TimeSpan, ...]:
    """Return the times of the text of an article. It takes 5 ms, and is asked for several times."""
    return tuple(time_spans(text, published))


def times_of(passage: Passage) -> list[TimeSpan]:
    """Return the times of a passage, with their offsets in its article."""
    found = article_times(passage.article.text, passage.article.published)
    return [time for time in found if passage.start <= time.start < passage.end]


def facts(sentence: str, published: date | None) -> list[Fact]:
    """Return the facts of a sentence, in order; its times are counted from a publication date."""
    counts = [n for n in numbers(sentence) if not _VAGUE.fullmatch(sentence, n.start, n.end)]
    measured = {n.start for n in counts if n.measures}  # "of 1450 metres" names no year
    dates = [
        Fact("date", time.start, time.end, sentence[time.start : time.end])
        for time in times(sentence, published)
        if time.start not in measured and time.end - 4 not in measured
    ]
    counted = [
        Fact("number", n.start, n.end, sentence[n.start : n.end])
        for n in counts
        if not _within(n.start, dates)
    ]
    taken = [*dates, *counted]
    named = [name for name in names(sentence) if not _within(name.start, taken)]
    return sorted(taken + named, key=lambda fact: fact.start)


def clauses(sentence: str) -> list[tuple[int, int]]:
    """Return the offsets of the clauses of a sentence that each say something of their own.

    A part without a verb, such as the second in "the rig and its crew", starts none, unless it goes
    on without the verb: "Kroos scored two goals and Khedira one".
    """
    starts = [0]
    for joint in _JOINTS.finditer(sentence):
        before, after = sentence[starts[-1] : joint.start()], sentence[joint.end() :]
        has_verbs = _VERB.search(before) and (_VERB.search(f" {after}") or _GAPPED.match(after))
        if has_verbs and len(before.split()) > 2 and len(after.split()) > 2:
            starts.append(joint.end())
    ends = [*starts[1:], len(sentence)]
    return list(zip(starts, ends, strict=True))


def speaker(sentence: str) -> str:
    """Return the name of who speaks in a sentence; empty if none is named.

    It is the last name before the verb, or after "according to" or a quotation the next.
    """
    found = _SPEECH.search(sentence)
    if found is None:
        return ""
    called = names(sentence)
    before = [name.text for name in called if name.end <= found.start()]
    after = [name.text for name in called if name.start >= found.end()]
    is_behind = found["to"] or sentence[: found.start()].rstrip(" ,").endswith(("”", '"'))
    chosen = after[:1] if is_behind else before[-1:]
    return chosen[0] if chosen else ""


def names(sentence: str) -> list[Fact]:
    """Return the names of a sentence, without articles and short titles."""
    found: list[Fact] = []
    for match in _CAPITAL.finditer(sentence):
        start, end = match.span()
        word = sentence[start:end].removesuffix("’s").removesuffix("'s")
        end = start + len(word)
        if word in MONTHS or word in WEEKDAYS or word in _NO_NAMES:
            continue
        is_joined = found and _JOINED.fullmatch(sentence, found[-1].end, start)
        if word == "A" and not is_joined:
            continue
        if _is_start(sentence, start) and not _is_name_first(sentence, word, end):
            continue
        if is_joined:
            start = found.pop().start
        found.append(Fact("name", start, end, sentence[start:end]))
    return [_untitled(fact) for fact in found]


def _within(start: int, among: Sequence[Fact]) -> bool:
    return any(fact.start <= start < fact.end for fact in among)


def _is_start(sentence: str, start: int) -> bool:
    return not sentence[:start].strip(' "“‘«(') or bool(
        re.search(r"[:.!?] [\"“]?$", sentence[:start])
    )


def _is_name_first(sentence: str, word: str, end: int) -> bool:
    """Whether the first word of a sentence is a name, though it would have a capital anyway."""
    folded = fold(word).partition("-")[0]
    if folded in STOP_WORDS:
        return False
    known = english_words(COMMON_WORDS)
    forms = {folded.removesuffix(ending) for ending in ("", "s", "es", "rs", "ers", "ing")}
    return known.isdisjoint(forms) or bool(_CAPITAL.match(sentence, end + 1))


def _untitled(fact: Fact) -> Fact:
    title = _TITLES.match(fact.text)
    shift = title.end() if title and title.end() < len(fact.text) else 0
    return Fact(fact.kind, fact.start + shift, fact.end, fact.text[shift:])
