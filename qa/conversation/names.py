"""Finds names in the texts of a conversation, by capitals and by the words before them."""

import re
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from ..terms import MONTHS, STOP_WORDS, WEEKDAYS

LONGEST_NAME = 80
"""Code points; a longer run of capitals is a headline or a shout."""

NEAR = 60
"""Code points before a name that are looked at."""

SMALL_WORDS = frozenset(
    "a an and as at by da de del der di du el for from in la of on or the to van von y with".split()
)
"""Words that stay small inside names and titles."""

_DATES = frozenset(map(str.lower, (*WEEKDAYS, *MONTHS)))


class Kind(Enum):
    """What a name may stand for."""

    PLACE = "place"
    WORK = "work"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Name:
    """A name where it stands in a text."""

    text: str
    """As it is written there, without a possessive ending."""
    start: int
    """First code point."""
    kind: Kind
    """What the words before it say."""


_WORD = (
    r"[^\W\d_a-zß-öø-ÿ](?:\w|&(?=\w)|['’](?!s\b)(?=\w)|-(?=\w)|\.(?=\w))*"
    r"(?:(?<=\b[A-Z])\.|(?<=\b[DJMS][rt])\.|(?<=\bM[rs]s)\.)?"
)
_RUN = re.compile(
    rf"(?<![\w'’])(?:[Tt]he )?{_WORD}"
    rf"(?:(?: | (?:of|of the|de|da|di|del|der|den|la|le|(?:van|von)(?: der| den| de)?|bin|ibn|al|&|"
    rf"for|the) ){_WORD}| (?:\d{{1,4}}|[IVX]+)\b)*"
)
_QUOTED = re.compile(r"[\"“]([^\"“”\n]{2,60}?)[,.]?[\"”]")
_POSSESSIVE = re.compile(r"['’]s?$")
_WORK_BEFORE = re.compile(
    r"\b(?:albums?|songs?|singles?|films?|movie|novel|book|play|series|musical|magazine|poem|opera|"
    r"tracks?|show|ep|video|called|titled|entitled|named)[,:]? [\"“‘']?$",
    re.IGNORECASE,
)
_PLACE_BEFORE = re.compile(r"\b(?:in|at|near|outside|to|from|across|off|around) (?:the )?$")
_VERB_AFTER = re.compile(r"['’]s\b|,? (?:is|was|has|had|did|does|would|will|could|can|[a-z]+ed)\b")
_HEADLINE_VERB = re.compile(r"[A-Z]\w+[^s\W]s|[Tt]o|[Ww]ill|[Ii]s|[Aa]re|[Ww]as|[Ww]ere|[Hh]as")


@lru_cache(maxsize=256)  # a conversation is read again with each of its questions
def names_in(text: str) -> tuple[Name, ...]:
    """Return the names in a text, in their order; the same one may come more than once."""
    found = []
    quoted = [(match.start(1), match.group(1)) for match in _QUOTED.finditer(text)]
    for start, words in quoted:
        if all(not part[0].islower() or part in SMALL_WORDS for part in words.split()):
            found.append(Name(words.rstrip(",."), start, Kind.WORK))
    for match in _RUN.finditer(text):
        start, words = match.start(), match.group()
        if any(first <= start < first + len(inside) for first, inside in quoted):
            continue
        if start == 0 or text[:start].rstrip()[-1:] in ".?!:;—–-" or text[start - 1] == "\n":
            start, words = _without_start(start, words)
            if " " not in words and not _VERB_AFTER.match(text, match.end()):
                continue
        words = _POSSESSIVE.sub("", words.strip(" .,'’"))
        if 1 < len(words) <= LONGEST_NAME and not _is_common(words):
            before = text[max(0, start - NEAR) : start]
            is_place = bool(_PLACE_BEFORE.search(before))
            kind = Kind.WORK if _WORK_BEFORE.search(before) else Kind.OTHER
            found.append(Name(words, start, Kind.PLACE if is_place else kind))
    return tuple(sorted(found, key=lambda name: name.start))


def is_named_by(title: str) -> bool:
    """Whether an article's title is the name of its subject, not a headline.

    A headline has a verb: a word without a capital or, if all words have one, a word in -s in the
    middle ("Macron Vows to Rebuild Notre-Dame").
    """
    words = title.split()
    if not words or len(words) > 6 or len(title) > 60 or title[-1] in ".?!…:":
        return False
    if len(words) > 3 and any(_HEADLINE_VERB.fullmatch(word) for word in words[1:-1]):
        return False
    plain = [word for word in words if word[0].islower() and word not in SMALL_WORDS]
    return not plain or len(words) <= 2 or (" of " in title and len(words) <= 4)


def _without_start(start: int, words: str) -> tuple[int, str]:
    """A run that begins a sentence, without the words that are capitalised only for that."""
    while words:
        first, _, rest = words.partition(" ")
        if (first.lower() == "the" and rest[:1].isupper()) or not _is_common(first.rstrip(",.")):
            return start, words
        start, words = start + len(first) + 1, rest
    return start, words


def _is_common(words: str) -> bool:
    return words.lower() in _DATES or words.lower() in STOP_WORDS
