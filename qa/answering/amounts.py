"""Numbers that a text names, in digits or in words, and whether two can be the same number."""

import re
from dataclasses import dataclass

from ..folding import fold
from ..terms import NUMBER_WORDS, stem, stemmed_terms

ABOUT = 0.1
"""Share by which a number may be off from one that is called "about" so much."""

ROUNDED = 0.025
"""Share by which a number may be off from one that ends in two zeros: 1,480 is told as 1,500."""

_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)*(?!\d|st|nd|rd|th)|[^\W\d_]+")
_LARGE = {
    **{"dozen": 12.0, "hundred": 1e2, "thousand": 1e3},
    **{"million": 1e6, "billion": 1e9, "trillion": 1e12},
}
UNLIKE = 20
"""How many times a number may be another one that is told of the same thing."""

_PART = re.compile(rf"\b(half|quarter)(?: of)? an? ({'|'.join(_LARGE)})\b")
_PARTS = {"half": "0.5", "quarter": "0.25"}
_SIGNS = {"$": " dollar ", "£": " pound ", "€": " euro ", "%": " percent "}
_SIGN = re.compile("[$£€%]")
_ROUGHLY = frozenset(
    "about above almost approximately around below close estimated fewer just least less many "
    "more most near nearly over roughly some than under up".split()
)
_PEOPLE = frozenset(
    map(stem, "people persons men women passengers victims workers soldiers civilians".split())
)


@dataclass(frozen=True, slots=True)
class Amount:
    """A number and what it counts."""

    value: float
    """The number."""
    step: float
    """One in its last place as it is told: 0.1 for 6.4, 100,000 for 3.2 million."""
    is_rough: bool
    """Whether it is told as about, nearly or at least so much."""
    unit: frozenset[str]
    """The words that say what it counts, without their endings; empty if none do."""

    def agrees(self, other: "Amount") -> bool | None:
        """Whether both can be the same number; None if they seem to count different things."""
        if self.unit and other.unit and not self.unit & other.unit:
            are_people = self.unit & _PEOPLE and other.unit & _PEOPLE
            if not are_people:
                return None
        if min(self.value, other.value) * UNLIKE < max(self.value, other.value):
            return None
        off, most = abs(self.value - other.value), max(self.value, other.value)
        if self.is_rough or other.is_rough:
            return off <= ABOUT * most
        is_round = self.value % 100 == 0 or other.value % 100 == 0
        return off < max(self.step, other.step) / 2 or (is_round and off <= ROUNDED * most)


def amount_in(text: str, before: str = "") -> Amount | None:
    """Return the number that a text is about; None if it names none, or several.

    ``before`` is what stands before the text, where "about" or "$" may be.
    """
    found = _numbers(text)
    if len(set(found)) != 1:
        return None
    value, step = found[0]
    words = set(stemmed_terms(_SIGN.sub(lambda sign: _SIGNS[sign[0]], text)))
    names = {word for word in words if word.isalpha()}
    unit = names - NUMBER_WORDS.keys() - _LARGE.keys() - set(map(stem, _ROUGHLY)) - _PARTS.keys()
    around = re.findall(r"[a-z]+", f"{before[-20:]} {text}".casefold())
    start = len(re.findall(r"[a-z]+", before[-20:].casefold()))
    rough = around[max(0, start - 2) :]
    return Amount(value, step, not _ROUGHLY.isdisjoint(rough), frozenset(unit))


def values_in(text: str) -> set[float]:
    """Return the numbers that a text names, in digits or in words: 12 for "12" and "twelve"."""
    return {value for value, _ in _numbers(text)}


def _numbers(text: str) -> list[tuple[float, float]]:
    """Return the numbers of a text in order, each with one in its last place."""
    folded = _PART.sub(lambda part: f"{_PARTS[part[1]]} {part[2]}", fold(text))
    found: list[tuple[float, float]] = []
    value: float | None = None
    step = 1.0
    for match in _NUMBER.finditer(folded):
        word = match.group()
        number = NUMBER_WORDS.get(word)
        digits = 0
        if word[0].isdigit():
            try:
                number = float(word)
            except ValueError:  # a version or a date with dots
                continue
            digits = len(word.partition(".")[2])
        if number is not None:
            is_unit = value is not None and value % 10 == 0 and 0 < number < 10 and value < 100
            if value is not None and not is_unit:
                found.append((value, step))
            value = number + (value or 0 if is_unit else 0)
            step = 0.1**digits
        elif word in _LARGE:
            value, step = (value or 1) * _LARGE[word], step * _LARGE[word]
        elif value is not None and word != "and":
            found.append((value, step))
            value, step = None, 1.0
    return [*found, (value, step)] if value is not None else found
