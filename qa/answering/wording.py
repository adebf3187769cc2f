"""What a question is searched as: quoted phrases, and words that no article has."""

import re
from collections import Counter
from dataclasses import dataclass

from ..folding import pieces, words
from ..terms import STOP_WORDS, stem
from .session import Session

LEAST_LETTERS = 5
"""Letters of a name that may be misspelt; among shorter ones too many are alike."""

LEAST_LOWER = 6
"""Letters of another word that may be."""

LONG = 10
"""Letters from which a word may have two errors."""

MOST_NEAR = 12
"""Similar words that are looked at."""

MOST_READ = 3
"""Passages in which the spelling of a similar word is looked up."""

_PHRASE = re.compile(r"(?<!\w)[\"“„«](?=\S)([^\"“”„«»\n]+)[\"”“»](?!\w)|[「『]([^」』\n]+)[」』]")

_ENDINGS = ("d", "ed", "s", "es", "ing", "er", "ly")


@dataclass(frozen=True, slots=True)
class Wording:
    """A question as it is searched."""

    text: str
    """The question, with words that articles have."""
    notes: tuple[str, ...] = ()
    """What was exchanged, a line each."""


@dataclass(frozen=True, slots=True)
class _Near:
    """A word of the articles that is similar to one of a question."""

    word: str
    """Its folded form."""
    written: str
    """Its usual form in the articles."""

    @property
    def is_name(self) -> bool:
        """Whether it has a capital."""
        return self.written[:1].isupper()


def phrases(question: str) -> list[tuple[str, list[str]]]:
    """Return what stands in quotation marks, each as it was typed and as folded words."""
    found = [match[1] or match[2] for match in _PHRASE.finditer(question)]
    return [(phrase.strip(), folded) for phrase in found if (folded := words(phrase))]


def reworded(question: str, session: Session) -> Wording:
    """Return a question with each word that no article has exchanged for the nearest that one has.

    Only a misspelt word is exchanged: it has at least ``LEAST_LETTERS``, is no common word, and is
    not part of a quoted phrase.
    """
    quoted = [match.span() for match in _PHRASE.finditer(question)]
    parts, notes, done = [], [], 0
    for start, end in pieces(question, 0, len(question)):
        typed = question[start:end]
        if any(first <= start < last for first, last in quoted) or not _may_be_misspelt(typed):
            continue
        if session.store.has_term(typed):
            continue
        if _is_common(typed, session):
            continue
        near = _nearest(typed, session)
        if near:
            parts += [question[done:start], near]
            done = end
            notes.append(f"no article has “{typed}”; looked for “{near}”")
    return Wording("".join([*parts, question[done:]]), tuple(notes))


def _may_be_misspelt(typed: str) -> bool:
    folded = words(typed)
    return (
        len(folded) == 1
        and len(folded[0]) >= (LEAST_LOWER if typed.islower() else LEAST_LETTERS)
        and folded[0].isalpha()
        and folded[0] not in STOP_WORDS
    )


def _is_common(typed: str, session: Session) -> bool:
    """Whether a word, or the one that it is an inflection of, is a single token of the encoder."""
    forms = [typed]
    if typed.islower():  # a name has no inflections
        forms += [typed.removesuffix(ending) for ending in _ENDINGS if typed.endswith(ending)]
    return 1 in session.encoder.count_tokens(forms)


def _nearest(typed: str, session: Session) -> str:
    """Return the word that stands for a misspelt one, as articles write it; empty if none does.

    A name may differ in its first letter, and of several names the most frequent is taken. Other
    words must begin alike, and there must be only one of them.
    """
    (word,) = words(typed)
    errors = 2 if len(word) >= LONG else 1
    found = session.store.nearest_words(word, errors, MOST_NEAR)
    alike = [
        near
        for near, distance in found
        if distance == found[0][1] and near.isalpha() and near not in STOP_WORDS
    ]
    spelt = [_Near(near, _as_written(near, session)) for near in alike]
    names = [near for near in spelt if near.is_name] if typed[:1].isupper() else []
    if names:
        return names[0].written
    others = [near for near in spelt if near.word[0] == word[0]]
    return others[0].written if len({stem(near.word) for near in others}) == 1 else ""


def _as_written(word: str, session: Session) -> str:
    """Return how the articles write a folded word."""
    holding = session.store.passages_with(word, MOST_READ)
    passages = session.store.passages(holding).values()
    forms: Counter[str] = Counter()
    for passage in passages:
        text = f"{passage.text} {passage.article.title}"
        for start, end in pieces(text, 0, len(text)):
            if words(text[start:end]) == [word]:
                forms[text[start:end]] += 1
    return forms.most_common(1)[0][0] if forms else word
