"""Names as they are written elsewhere: Chilean for Chile, UN for United Nations."""

import re
from collections.abc import Set as AbstractSet

from ..folding import words

_ENDINGS = re.compile(
    r"(?:ian|ean|an|n|ese|ish|i|ic|a|e|y|ia|ey|land|en|s|es|ay|egian|any|ium|al|o|m|um|e?ans|ns|ians)?"
)
"""What follows the part that the name of a country and its people share."""
_SHARED = 4
"""Fewest letters of that part."""
_IRREGULAR = {
    frozenset(pair.split())
    for pair in (
        "france french", "spain spanish", "britain british", "britain uk", "england english",
        "ireland irish", "wales welsh", "netherlands dutch", "holland dutch", "poland polish",
        "denmark danish", "greece greek", "turkey turkish", "switzerland swiss", "peru peruvian",
        "us american", "states american", "america us", "europe eu", "eu european",
        "kingdom british", "kingdom britain", "kingdom uk", "states us", "nations un",
    )
}  # fmt: skip
_JOINING = frozenset("the of and de da del van von der la al for".split())
_TITLES = frozenset(
    """president prime minister secretary general chancellor king queen captain chairman mr mrs ms
    dr sir senator governor mayor professor pope lord admiral lieutenant colonel chief""".split()
)


def name_words(name: str) -> list[str]:
    """Return the words of a name that tell it from others, folded."""
    found = [word for word in words(name) if word not in _JOINING and word != "s"]
    return [word for word in found if word not in _TITLES] or found


def is_written(word: str, among: AbstractSet[str]) -> bool:
    """Whether a word of a name is among some words, if as another form of it."""
    if word in among or word.removesuffix("s") in among:
        return True
    return any(_is_form(word, other) for other in among)


def _is_form(one: str, other: str) -> bool:
    if frozenset((one, other)) in _IRREGULAR:
        return True
    shared = 0
    while shared < min(len(one), len(other)) and one[shared] == other[shared]:
        shared += 1
    return (
        shared >= _SHARED
        and bool(_ENDINGS.fullmatch(one[shared:]))
        and bool(_ENDINGS.fullmatch(other[shared:]))
    )


def acronyms(text: str) -> set[str]:
    """Return the initials of the names in a text of several words, such as ``un``."""
    runs = re.findall(r"[A-Z][\w’'-]+(?: (?:(?:of|the|for|and) )*[A-Z][\w’'-]+)+", text)
    found = set()
    for run in runs:
        initials = [word[0].lower() for word in run.split() if word[0].isupper()]
        found |= {"".join(initials[:last]) for last in range(2, len(initials) + 1)}
    return found


def same_name(one: str, other: str) -> bool:
    """Whether two names may mean the same: a surname is enough of a full name."""
    first, second = name_words(one), set(name_words(other))
    if not first or not second:
        return False
    shared = sum(is_written(word, second) for word in first)
    is_short = acronyms(one) & second or acronyms(other) & set(first)
    return shared * 2 > min(len(first), len(second)) or bool(is_short)
