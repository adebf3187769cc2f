"""Whether two sentences deny each other: one negates what the other says, or says the opposite."""

import re
from collections.abc import Iterator

from ..folding import fold
from ..opposites import OPPOSITES
from ..terms import STOP_WORDS, stem

REACH = 2
"""Content words after a negation that it may deny."""

_TOKEN = re.compile(r"\w+(?:['’]t\b)?|[.,;:!?—–]")
_NAME = re.compile(r"\b[A-Z]\w+")
_NEGATIONS = frozenset(
    """not no never none nobody nothing neither nor without cannot unable failed refused fails
    refuses denied denies hardly rather instead""".split()
)
_ENDS = frozenset(
    ". ; : ! ? but and although while which who how that what whether if".split()
) | frozenset(",—–")


def denials(sentence: str) -> dict[str, bool]:
    """Return the stems of a sentence's content words, and whether each is negated."""
    found: dict[str, bool] = {}
    left = 0
    for token in _tokens(sentence):
        if token in _NEGATIONS or token.endswith(("n't", "n’t")):
            left = REACH
        elif token in _ENDS:
            left = 0
        elif token not in STOP_WORDS:
            is_denied = left > 0
            left = max(0, left - 1)
            found[stem(token)] = is_denied
            if token.startswith("un") and len(token) > 5:
                found[stem(token[2:])] = not is_denied
    return found


def denied(sentence: str, source: str) -> str:
    """Return a word of the sentence that only one of the two negates; empty if there is none.

    Names and numbers are not denied, only what is said of them.
    """
    ours, theirs = denials(sentence), denials(source)
    names = {stem(fold(name)) for name in _NAME.findall(sentence)}
    told = ((word, no) for word, no in ours.items() if word not in names and word.isalpha())
    return next((word for word, no in told if theirs.get(word, no) != no), "")


def opposite(sentence: str, source: str) -> str:
    """Return a word of the sentence whose opposite, and not itself, is in the source; else empty."""
    said = {stem(token) for token in _tokens(source)}
    for token in _tokens(sentence):
        if token in OPPOSITES and stem(token) not in said:
            if any(stem(other) in said for other in OPPOSITES[token]):
                return token
    return ""


def _tokens(text: str) -> Iterator[str]:
    return (match[0] for match in _TOKEN.finditer(fold(text)))


_QUANTITIES = {
    word: number
    for number, words in enumerate(
        ("all every each both whole entire always", "most mostly majority", "many several", "half",
         "some few sometimes", "none nobody no never nothing neither")
    )
    for word in words.split()
}  # fmt: skip


def other_quantity(sentence: str, source: str) -> str:
    """Return a word such as "all" where the source has another before the same noun; else empty."""
    ours, theirs = _quantities(sentence), _quantities(source)
    for noun, (word, number) in ours.items():
        if noun in theirs and theirs[noun][1] != number:
            return word
    return ""


def _quantities(text: str) -> dict[str, tuple[str, int]]:
    """Return the stems of words that follow a quantity, with it and the number of its row."""
    found: dict[str, tuple[str, int]] = {}
    latest, left = ("", 0), 0
    for token in _tokens(text):
        if token in _QUANTITIES:
            latest, left = (token, _QUANTITIES[token]), 3
        elif token in ".;:!?":
            left = 0
        elif left and token not in STOP_WORDS and not token.isdigit():
            found.setdefault(stem(token), latest)
            left -= 1
    return found
