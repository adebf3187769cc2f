"""Names in a conversation, and what they may be names of: told from their form and company."""

import re
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from ..terms import STOP_WORDS
from .name_words import (
    FEMALE_TITLES,
    GROUP_WORDS,
    MALE_TITLES,
    MEN,
    NOT_NAMES,
    PLACE_WORDS,
    SENTENCE_STARTS,
    TITLES,
    WOMEN,
)

LONGEST_NAME = 80
"""Code points; a longer run of capitals is a headline or a shout."""

NEAR = 60
"""Code points before and after a name that are looked at."""


SMALL_WORDS = frozenset(
    """
    a an and as at but by da de del der di du el for from in into la of on or the to van von vs. &
    with y
    """.split()
)
"""Words that stay small inside names and titles."""


class Kind(Enum):
    """What a name may stand for."""

    MAN = "man"
    WOMAN = "woman"
    PERSON = "person"
    GROUP = "group"
    PLACE = "place"
    WORK = "work"
    UNKNOWN = "unknown"


PEOPLE = frozenset({Kind.MAN, Kind.WOMAN, Kind.PERSON})
"""The kinds that he and she may stand for."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name where it stands in a text."""

    text: str
    """As it is written there, without a possessive ending."""
    start: int
    """First code point."""
    kind: Kind
    """What its form and the words around it say."""


_WORD = (
    r"[^\W\d_a-zß-öø-ÿ](?:\w|&(?=\w)|['’](?!s\b)(?=\w)|-(?=\w)|\.(?=\w))*"
    r"(?:(?<=\b[A-Z])\.|(?<=\b[DJMS][rt])\.|(?<=\bM[rs]s)\.)?"
)
_RUN = re.compile(
    rf"(?<![\w'’])(?:[Tt]he )?{_WORD}"
    rf"(?:(?: | (?:of|of the|de|da|di|del|der|den|la|le|(?:van|von)(?: der| den| de)?|bin|ibn|al|&|"
    rf"for|the) ){_WORD}|"
    rf" (?:\d{{1,4}}|[IVX]+)\b)*"
)
_MONTH = re.compile(
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
    r"(?: \d+)?$"
)
_DAY = re.compile(r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day ")
_ACRONYM = re.compile(r"[A-Z]{2,6}")
_QUOTED = re.compile(r"[\"“]([^\"“”\n]{2,60}?)[,.]?[\"”]")
_POSSESSIVE = re.compile(r"['’]s?$")

_WORK_BEFORE = re.compile(
    r"\b(?:album|albums|song|songs|single|singles|film|films|movie|novel|book|play|series|musical|"
    r"magazine|poem|opera|track|tracks|show|ep|video|called|titled|entitled|named)[,:]? "
    r"(?:was |is |entitled |titled |called |named )?[\"“‘']?$",
    re.IGNORECASE,
)
_PLACE_BEFORE = re.compile(
    r"\b(?:in|at|near|outside|to|from|across|off|around|towards?) (?:the )?$"
)
_PERSON_BEFORE = re.compile(
    r"\b(?:actor|actress|author|brother|composer|daughter|director|drummer|father|friend|guitarist|"
    r"husband|manager|mother|player|poet|producer|singer|sister|son|vocalist|wife|writer|partner|"
    r"girlfriend|boyfriend|widow|bassist|leader|foreman|engineer|scientist|captain|officer)s?,? $"
)
_FEMALE_BEFORE = re.compile(
    r"\b(?:actress|daughter|mother|sister|wife|girlfriend|widow|niece|aunt|woman|girl)s?,? $"
)
_MALE_BEFORE = re.compile(
    r"\b(?:brother|father|husband|son|boyfriend|nephew|uncle|widower|man|boy)s?,? $"
)
_PERSON_AFTER = re.compile(
    r"(?:['’]s)? (?:said|says?|told|tell|thought|think|believed?|asked?|married|marry|died?|"
    r"was born|announced?|played|resign|promised?|wanted?)\b"
)


_KIND_AFTER = re.compile(" (?:" + "|".join(sorted(PLACE_WORDS)) + r")\b")
_VERB_AFTER = re.compile(r"['’]s\b|,? (?:is|was|has|had|did|does|would|will|could|can|[a-z]+ed)\b")
_HEADLINE_VERB = re.compile(r"[A-Z]\w+[^s\W]s|[Tt]o|[Ww]ill|[Ii]s|[Aa]re|[Ww]as|[Ww]ere|[Hh]as")


def _is_title(words: str) -> bool:
    """Whether quoted words are a title, in which all but the small words are capitalised."""
    parts = words.split()
    return (
        0 < len(parts) <= 8
        and parts[0][0].isupper()
        and all(not part[0].islower() or part in SMALL_WORDS for part in parts)
    )


@lru_cache(maxsize=256)  # a conversation is read again with each of its questions
def names_in(text: str) -> tuple[Name, ...]:
    """Return the names in a text, in their order; the same one may come more than once."""
    found = []
    quoted = [(match.start(1), match.group(1)) for match in _QUOTED.finditer(text)]
    for start, words in quoted:
        if _is_title(words):
            found.append(Name(words.rstrip(",."), start, Kind.WORK))
    for match in _RUN.finditer(text):
        start, words = match.start(), match.group()
        if any(first <= start < first + len(inside) for first, inside in quoted):
            continue
        if start == 0 or text[:start].rstrip()[-1:] in ".?!:;—–-" or text[start - 1] == "\n":
            start, words = _without_start(start, words)
            if " " not in words and not _VERB_AFTER.match(text, match.end()):
                continue
        if day := _DAY.match(words):  # "on Monday Luis Urzúa": a day is no part of the name
            start, words = start + day.end(), words[day.end() :]
        words = _POSSESSIVE.sub("", words.strip(" .,'’"))
        if noun := _KIND_AFTER.match(text, match.end()):  # the San José mine, the Suez canal
            words += noun.group()
        if _is_name(words) and not _MONTH.match(words):
            before, after = text[max(0, start - NEAR) : start], text[match.end() :][:NEAR]
            found.append(Name(words, start, kind_of(words, before, after)))
    return tuple(sorted(found, key=lambda name: name.start))


def kind_of(name: str, before: str = "", after: str = "") -> Kind:
    """Return what a name stands for as its words tell, and those just before and after it."""
    kind = _kind_by_introduction(before) or _kind_by_words(name)
    if kind:
        return kind
    if _PERSON_BEFORE.search(before) or _PERSON_AFTER.match(after):
        return Kind.PERSON
    return Kind.PLACE if _PLACE_BEFORE.search(before) else Kind.UNKNOWN


def _kind_by_introduction(before: str) -> Kind | None:
    """What the noun just before a name calls it: her sister …, the album …"""
    if _FEMALE_BEFORE.search(before):
        return Kind.WOMAN
    if _MALE_BEFORE.search(before):
        return Kind.MAN
    return Kind.WORK if _WORK_BEFORE.search(before) else None


def _kind_by_words(name: str) -> Kind | None:
    """What the name's own words are: a title, a first name, Agency, Island."""
    words = [word.lower().strip(".,") for word in name.replace("-", " ").split()]
    titles = set(words[:-1])
    first = next((word for word in words if word not in TITLES), "")
    found: Kind | None = None
    if titles & FEMALE_TITLES or (first in WOMEN and len(words) > 1):
        found = Kind.WOMAN
    elif titles & MALE_TITLES or (first in MEN and len(words) > 1):
        found = Kind.MAN
    elif not GROUP_WORDS.isdisjoint(words) or _ACRONYM.fullmatch(name):
        found = Kind.GROUP
    elif not PLACE_WORDS.isdisjoint(words):
        found = Kind.PLACE
    elif first in MEN or first in WOMEN:
        found = Kind.MAN if first in MEN else Kind.WOMAN
    elif titles & TITLES:
        found = Kind.PERSON
    return found


def _without_start(start: int, words: str) -> tuple[int, str]:
    """A run that begins a sentence, without the words that are capitalised only for that."""
    while True:
        first, _, rest = words.partition(" ")
        low = first.lower().rstrip(",.")
        if low == "the" and rest[:1].isupper():
            return start, words
        if low not in STOP_WORDS and low not in SENTENCE_STARTS:
            return start, words
        if not rest:
            return start, ""
        start, words = start + len(first) + 1, rest


def _is_name(words: str) -> bool:
    if not 1 < len(words) <= LONGEST_NAME:
        return False
    lowered = words.lower()
    if lowered in NOT_NAMES or lowered in STOP_WORDS or lowered in SENTENCE_STARTS:
        return False
    return any(character.isalpha() for character in words)


def is_named_by(title: str) -> bool:
    """Whether an article's title names its subject and says nothing of it.

    A headline has a verb: a word that is not capitalised or, where all are, one in -s amid others
    ("Macron Vows to Rebuild Notre-Dame").
    """
    words = title.split()
    if not words or len(words) > 6 or len(title) > 60 or title[-1] in ".?!…:":
        return False
    if len(words) > 3 and any(_HEADLINE_VERB.fullmatch(word) for word in words[1:-1]):
        return False
    plain = [word for word in words if word[0].islower() and word not in SMALL_WORDS]
    return not plain or len(words) <= 2 or (" of " in title and len(words) <= 4)
