"""Which sentences state something that a passage could hold."""

import re

from ..terms import question_terms
from .facts import facts

_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"")
_LACKING = re.compile(
    r"\b(?:articles?|passages?|texts?|sources?|documents?|excerpts?|context)\b[^.]*"
    r"\b(?:not|\w+n['’]t|cannot|no|nothing|lacks?)\b"
    r"|\b(?:not|n't|no|nothing)\b[^.]*\b(?:in|by|from) the (?:articles?|passages?|sources?)\b"
    r"|\bno information\b",
    re.IGNORECASE,
)
"""Says that the passages do not answer."""
_WRITER = re.compile(
    r"\bI (?:feel|hope|think|believe|see|am|have|had|was|do|did|can|could|will|would|need)\b"
    r"|\bI['’]|\b[Ll]et me\b|\bfeel free\b"
)
"""The writer speaks of itself."""
_VAGUE = re.compile(
    r"^our\b|\b(?:you|your|we|my|me)\b"
    r"|^\W*(?:here (?:is|are)|based on|in (?:summary|short|conclusion)|overall|what an?|sure)\b"
    r"|\b(?:should|ought|must have been"
    r"|hopefully|unfortunately|sadly|clearly|obviously|remains to be seen"
    r"|amazing|exciting|wonderful|great|sad|saddened|tragic|tragedy|important|interesting|shock\w*"
    r"|impressive|powerful|beautiful|terrible|horrible|remarkable|incredible|proud|inspiring"
    r"|worrying|fascinating|dangerous|shows? how)\b",
    re.IGNORECASE,
)
"""A word to the reader, or an opinion."""


def is_claim(sentence: str) -> bool:
    """Whether a sentence states something: it is no question, and not about its writer or sources.

    "The articles do not say." states nothing about what they tell of.
    """
    said = _QUOTED.sub("", sentence).strip()
    is_aside = said.endswith("?") or _LACKING.search(said) or _WRITER.search(said)
    return bool(question_terms(sentence)) and not is_aside


def is_vague(sentence: str) -> bool:
    """Whether a sentence is a word to the reader or an opinion, and has no number, date or name."""
    said = _QUOTED.sub("", sentence).strip()
    return bool(_VAGUE.search(said)) and not any(
        fact.kind in ("number", "date", "name") for fact in facts(sentence, None)
    )
