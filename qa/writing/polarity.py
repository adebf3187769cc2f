"""Whether two sentences deny each other: one negates what the other says, or says the opposite."""

import re
from collections.abc import Iterator

from ..folding import fold
from ..opposites import OPPOSITES, opposites
from ..terms import STOP_WORDS, stem

_TOKEN = re.compile(r"\w+(?:['’]t\b)?|[.,;:!?—–]")
_NAME = re.compile(r"\b[A-Z]\w+")
_NEGATIONS = frozenset(
    """not no never none nobody nothing neither nor without cannot unable failed refused fails
    refuses denied denies rather instead""".split()
)
_ADVERBS = frozenset("longer far even just yet still already ever also once".split())
_NOT = re.compile(r"\b(?:not|never|cannot|unable|failed|refused)\b|n['’]t\b", re.IGNORECASE)
_ENDS = frozenset(
    ". ; : ! ? but and although while which who how that what whether if".split()
) | frozenset(",—–")


def denials(sentence: str) -> dict[str, bool]:
    """Return the roots of a sentence's content words, and whether each is negated."""
    found: dict[str, bool] = {}
    is_denied = False
    for token in _tokens(sentence):
        if token in _NEGATIONS or token.endswith(("n't", "n’t")):
            is_denied = True
        elif token in _ENDS:
            is_denied = False
        elif not _is_passed(token):
            found[_root(token)] = is_denied
            if token.startswith("un") and len(token) > 5:
                found[_root(token[2:])] = not is_denied
            is_denied = False
    return found


def denied(sentence: str, source: str) -> str:
    """Return a word of the sentence that one of the two negates and the other does not; else empty.

    What the source negates counts only if the sentence negates nothing, for it may say the same in
    other words. Names are not denied, only what is said of them.
    """
    ours, theirs = denials(sentence), denials(source)
    names = {_root(fold(name)) for name in _NAME.findall(sentence)}
    for token in _tokens(sentence):
        word = _root(token)
        if word in names or word not in ours or word not in theirs or ours[word] == theirs[word]:
            continue
        if _NOT.search(sentence) if ours[word] else not any(ours.values()):
            return token
    return ""


def _is_passed(token: str) -> bool:
    """Whether a negation reaches over a word: "not yet legally binding"."""
    return token in STOP_WORDS or token in _ADVERBS or token.endswith("ly") or not token.isalpha()


def _root(word: str) -> str:
    """Return a word so that "stop" and "stopped", "save" and "saved" are the same."""
    root = stem(word).removesuffix("e")
    return root[:-1] if len(root) > 3 and root[-1] == root[-2] else root


def opposite(sentence: str, source: str) -> str:
    """Return a word where the source has its opposite beside the same word; else empty."""
    ours, theirs = _told(sentence), _told(source)
    said = {stem(word) for word in theirs}
    for at, word in enumerate(ours):
        if stem(word) in said:
            continue
        others = {stem(other) for other in (*OPPOSITES.get(word, ()), *_MORE.get(word, ()))}
        for place, other in enumerate(theirs):
            if stem(other) in others and _beside(ours, at) & _beside(theirs, place):
                return word
    return ""


def _told(text: str) -> list[str]:
    """Return the words of a text that say something, and those that have an opposite."""
    return [
        token
        for token in _tokens(text)
        if token not in _STOPS and (token not in STOP_WORDS or token in OPPOSITES or token in _MORE)
    ]


def _beside(told: list[str], at: int) -> set[str]:
    """Return the roots of the words within two of a place."""
    return {_root(word) for word in (*told[max(0, at - 2) : at], *told[at + 1 : at + 3])}


_MORE = opposites(
    """
    risen fallen, praised criticised, praised complained, praise criticise, favour against,
    dry humid, safe dangerous, allowed forbidden, permitted forbidden, allow forbid,
    admits denies, admitted denied, admit deny, confirmed denied, guilty innocent, kept stopped,
    accused defended, freed arrested, released arrested, hired dismissed, agreed rejected,
    accepted refused, improved worsened, grew shrank, growing shrinking, gained fell, white black,
    red green, red blue, blue green, left right, young old, married divorced, peace war, true false
    """
)
"""Opposites that matter here and change no training."""
_STOPS = frozenset(".;:!?,—–")
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
            latest, left = (token, _QUANTITIES[token]), 2
        elif token in _STOPS:
            left = 0
        elif left and token not in STOP_WORDS and not token.isdigit():
            found.setdefault(stem(token), latest)
            left -= 1
    return found


def _tokens(text: str) -> Iterator[str]:
    return (match[0] for match in _TOKEN.finditer(fold(text)))
