"""Names in a conversation, and what they may be names of: told from their form and company."""

import re
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from ..terms import STOP_WORDS

LONGEST_NAME = 80
"""Code points; a longer run of capitals is a headline or a shout."""

NEAR = 60
"""Code points before and after a name that are looked at."""


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
    rf"(?:(?: | (?:of|of the|de|da|di|del|der|den|la|le|van|von|van der|bin|ibn|al|&|for|the) )"
    rf"{_WORD}|"
    rf" (?:\d{{1,4}}|[IVX]+)\b)*"
)
_MONTH = re.compile(
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
    r"(?: \d+)?$"
)
_ACRONYM = re.compile(r"[A-Z]{2,6}")
_QUOTED = re.compile(r"[\"“]([^\"“”\n]{2,60}?)[,.]?[\"”]")
_POSSESSIVE = re.compile(r"['’]s?$")

_SENTENCE_STARTS = frozenset(
    """
    although amid among anything apart around aside because besides beside despite during except
    following former however instead interesting later latter moreover meanwhile nevertheless
    originally perhaps regarding several since soon tell today together unlike upon yes no okay
    ok besides another both each eventually finally first initially second third many most much
    one two three other others prior recently shortly subsequently throughout within without
    according
    """.split()
)
"""Words that begin a sentence, and are then capitalised without being names."""

_NOT_NAMES = frozenset(
    """
    january february march april may june july august september october november december monday
    tuesday wednesday thursday friday saturday sunday english french german spanish italian
    russian chinese japanese american british european i mr mrs ms dr
    """.split()
)
"""Capitalised in English whatever they stand for: months, days, languages and peoples."""

_MALE_TITLES = frozenset("mr king prince sir lord father uncle duke emperor pope monsieur".split())
_FEMALE_TITLES = frozenset(
    "mrs ms miss queen princess lady dame mother aunt duchess empress".split()
)
_TITLES = (
    frozenset(
        """
        president general lieutenant colonel captain major admiral sergeant commander marshal
        minister chancellor senator governor mayor judge justice professor dr doctor coach
        chairman secretary ambassador bishop archbishop cardinal pastor saint rear vice chief
        director foreman lieutenant- general
        """.split()
    )
    | _MALE_TITLES
    | _FEMALE_TITLES
)
_MEN = frozenset(
    """
    adam alan albert alex alexander alfred andrew andy anthony antonio arthur barack ben
    benjamin bernard bill billy bob bobby brian bruce carl carlos charles charlie chris
    christian christopher daniel dave david dennis derek donald douglas edward elon eric ernest
    francis francisco frank franklin frederick gary gene geoff george gerald giovanni graham
    greg gregory gordon harold harry henry howard hugh ian jack jacob jakob james jason jay jeff
    jeremy jerry jesse jim jimmy joe john johnny jon jonathan jose josé joseph juan julian keith
    ken kenneth kevin kurt lance larry lawrence lee leo leonard louis luis mark martin matt
    matthew michael miguel mike mohammed muhammad naoto nathan neil nicholas nick nigel norman
    oliver oscar patrick paul pedro peter phil philip phillip pierre ralph ray raymond richard
    rick rob robert roger ronald ross roy russell ryan sam samuel scott sean simon stanley
    stephen steve steven stuart ted terry theodore thomas tim timothy todd tom tommy tony
    vincent vladimir walter warren wayne will william winston xavier
    """.split()
)
_WOMEN = frozenset(
    """
    abigail agnes alexandra alice alison amanda amy andrea angela angelina ann anna anne annie
    audrey barbara beatrice betty beyoncé bonnie britney carol caroline catherine charlotte
    cheryl christina christine claire clara courtney cynthia daisy debbie deborah diana donna
    doris dorothy eleanor elisabeth elizabeth ella ellen emily emma erin eva evelyn florence
    frances gloria grace hannah harriet heather helen hillary irene isabel isabella jane janet
    janis jean jennifer jessica joan joanna josephine joyce judith judy julia julie karen kate
    katharine katherine kathleen katie kim laura lauren linda lisa liz louise lucy madonna
    margaret maria marie marilyn martha mary megan melissa michelle mildred monica nancy naomi
    natalie nicole nina olivia pamela patricia patsy paula penelope phyllis queen rachel rebecca
    rita rosa rose ruth sally samantha sandra sara sarah serena sharon shirley sophia sophie
    stella stephanie sue susan suzanne sylvia teresa theresa ursula vanessa venus veronica
    victoria virginia wendy winnie yoko yvonne
    """.split()
)
_GROUP_WORDS = frozenset(
    """
    agency army association bank band board brothers cabinet club college committee commission
    company congress corporation corps council court department force forces foundation
    government group guard inc institute laboratory league ltd ministry museum navy office
    orchestra organisation organization parliament party police press records school senate
    service sisters society studios team times tribe union university boys girls fc
    """.split()
)
_PLACE_WORDS = frozenset(
    """
    airport archipelago avenue bay beach bridge canal cape castle cathedral church city coast
    county desert district forest glacier gulf harbour harbor hills hospital hotel island
    islands isle lake mine mount mountain mountains ocean palace park peninsula port river road
    sea square station street strait theatre theater tower town valley village volcano
    """.split()
)
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
    r"(?:['’]s)? (?:said|says|told|thought|believed|asked|married|died|was born|announced|played)\b"
)


_KIND_AFTER = re.compile(" (?:" + "|".join(sorted(_PLACE_WORDS)) + r")\b")
_VERB_AFTER = re.compile(r"['’]s\b|,? (?:is|was|has|had|did|does|would|will|could|can|[a-z]+ed)\b")
_SMALL = frozenset("a an and as at but by for from in into of on or the to with de la & y".split())


def _is_title(words: str) -> bool:
    """Whether quoted words are a title, in which all but the small words are capitalised."""
    parts = words.split()
    return (
        0 < len(parts) <= 8
        and parts[0][0].isupper()
        and all(not part[0].islower() or part in _SMALL for part in parts)
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
    first = next((word for word in words if word not in _TITLES), "")
    found: Kind | None = None
    if titles & _FEMALE_TITLES or (first in _WOMEN and len(words) > 1):
        found = Kind.WOMAN
    elif titles & _MALE_TITLES or (first in _MEN and len(words) > 1):
        found = Kind.MAN
    elif not _GROUP_WORDS.isdisjoint(words) or _ACRONYM.fullmatch(name):
        found = Kind.GROUP
    elif not _PLACE_WORDS.isdisjoint(words):
        found = Kind.PLACE
    elif first in _MEN or first in _WOMEN:
        found = Kind.MAN if first in _MEN else Kind.WOMAN
    elif titles & _TITLES:
        found = Kind.PERSON
    return found


def _without_start(start: int, words: str) -> tuple[int, str]:
    """A run that begins a sentence, without the words that are capitalised only for that."""
    while True:
        first, _, rest = words.partition(" ")
        low = first.lower().rstrip(",.")
        if low == "the" and rest[:1].isupper():
            return start, words
        if low not in STOP_WORDS and low not in _SENTENCE_STARTS:
            return start, words
        if not rest:
            return start, ""
        start, words = start + len(first) + 1, rest


def _is_name(words: str) -> bool:
    if not 1 < len(words) <= LONGEST_NAME:
        return False
    lowered = words.lower()
    if lowered in _NOT_NAMES or lowered in STOP_WORDS or lowered in _SENTENCE_STARTS:
        return False
    return any(character.isalpha() for character in words)
