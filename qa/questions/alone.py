"""Whether a question is understood by itself, by somebody who has read no article."""

import re

from ..terms import MONTHS, stemmed_terms
from .actors import is_person
from .rules import Cloze
from .words import TITLE, Lexicon

LEAST_WORDS = 5
"""Fewest words of a question. Shorter ones seldom say what they are about."""

MOST_LENGTH = 95
"""Most characters of a question: what a person reads at a glance."""

LEAST_TERMS = 4
"""Fewest content words of a question that names nothing."""

_REFERRING = re.compile(
    r"\b(?:i|he|she|it|they|we|you|him|them|us|hers|their|our|my|your|this|these|those|such|"
    r"as well|in return|in response|in retaliation|"
    r"another|other|others|same|both|here|there|then|now|today|tonight|tomorrow|yesterday|ago|"
    r"early|earlier|late|later|recently|recent|currently|previous|previously|next|last|following|"
    r"coming|upcoming|weekend|former|latter|also|so|too|respectively|either|mr|mrs|ms|dr|"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b",
    re.IGNORECASE,
)
"""Words that refer to what stands outside the question, or to the day on which it was written."""

_TRIFLES = re.compile(r"\b(?:statements?|interviews?|reporters|journalists|told|asked)\b")
"""Signs that somebody merely spoke."""

_GAP = re.compile(
    r"""
      \b(?:of|to|in|by|for|with|at|from|the|an?)[ ]
      (?:of|out|in|by|for|from|with|at|on|to|and|was|is)\b
    | (?<!\w)['’]|['’](?!\w) | (?:[a-z]ed|\b(?:of|in|into|to|by|for|at|on|with|from)|[ ])['’]s\b
    | \b(\w+)[ ]\1\b | \bas[ ]of[ ]the\b | [ ](?:[b-hj-z][ ]|-[a-z]) | [A-Z]\.
    | \ban?[ ][A-Z][\w’'-]+$ | \b(?:his|her|its)(?:[ ][A-Z][\w-]+)+$
    | \bto[ ](?:try|help|begin|start|make|be|have|ensure|allow|prevent|provide|enable)$
    | \b(?:starting|beginning|ending|lasting|costing)$
    """,
    re.VERBOSE,
)
"""Two words between which the article lacks one, or an end where more must follow."""

_MARKS = frozenset('"“”()[]:;–—/…')
_KNOWN = frozenset(
    "world sun moon earth sea internet only first second third fourth fifth sixth seventh".split()
)
_ANCHORED_WITHIN = 4
"""Words after "the" among which a name or a number says which one is meant."""


def stands_alone(cloze: Cloze, sentence: str, text: str, lexicon: Lexicon) -> bool:
    """Return whether a question stands alone, and ends with the words of its sentence.

    ``text`` is that of the article: a person whom it names in full must be named so.
    """
    question = cloze.question
    words = question.rstrip("?").split(" ")
    return (
        len(words) >= LEAST_WORDS
        and len(question) <= MOST_LENGTH
        and _MARKS.isdisjoint(question)
        and not _REFERRING.search(question)
        and not _TRIFLES.search(question)
        and not _GAP.search(" ".join(words))
        and "that" not in words[3:]
        and not words[-1].endswith("ly")
        and " ".join(words[-4:]) in sentence
        and _is_anchored(words)
        and _is_specific(words)
        and not _is_short_for_more(words, text, lexicon)
    )


def _is_anchored(words: list[str]) -> bool:
    """Return whether each "the" is followed by what says which one is meant."""
    for place, word in enumerate(words):
        following = words[place + 1 : place + 1 + _ANCHORED_WITHIN]
        if word == "the" and not (
            following
            and (
                following[0] in _KNOWN
                or following[0].endswith("est")
                or following[1:2] == ["of"]
                or (
                    not re.match(r"[a-z]+['’]", following[0])
                    and any(other[0].isupper() or other[0].isdigit() for other in following)
                )
            )
        ):
            return False
    return True


def _is_specific(words: list[str]) -> bool:
    """Return whether a question names something, or tells much of what it is about."""
    if any(word[0].isupper() and word not in MONTHS for word in words[1:]):
        return True
    return words[0] in {"Who", "Which"} and len(stemmed_terms(" ".join(words))) >= LEAST_TERMS


def _is_short_for_more(words: list[str], text: str, lexicon: Lexicon) -> bool:
    """Return whether the question names by the last name alone whom the article names in full."""
    for place, word in enumerate(words[1:], start=1):
        plain = re.sub(r"['’]s?$", "", word)
        is_alone = place == 1 or not words[place - 1][0].isupper()
        if plain[:1].isupper() and is_alone and len(plain) > 3:
            longer = re.findall(rf"\b(?:[A-Z][\w-]+ )+{re.escape(plain)}\b", text)
            if any(_is_full(name, text, lexicon) for name in longer):
                return True
    return False


def _is_full(name: str, text: str, lexicon: Lexicon) -> bool:
    """Return whether a name, maybe after a title, is a person's first and last name."""
    plain = TITLE.split(name)[-1]
    return " " in plain and (plain != name or is_person(plain, text, lexicon))
