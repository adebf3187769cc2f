"""Which sentences state something that a passage could hold."""

import re

from ..terms import question_terms
from .facts import facts

_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"")
_LACKING = re.compile(
    r"\b(?:articles?|passages?|texts?|sources?|documents?|excerpts?|context)\b[^.]*"
    r"\b(?:not|n[o']t|cannot|no|nothing|lacks?)\b"
    r"|\b(?:not|n't|no|nothing)\b[^.]*\b(?:in|by|from) the (?:articles?|passages?|texts?|sources?)\b"
    r"|\bno information\b",
    re.IGNORECASE,
)
"""Says that the passages do not answer."""
_WRITER = re.compile(r"\bI\b|\bI['’]|\b[Ll]et me\b|\bfeel free\b")
"""The writer speaks of itself."""
_ADDRESS = re.compile(r"\b(?:you|your|we|our|us|my|me)\b", re.IGNORECASE)
_ASIDE = re.compile(
    r"\W*(?:here (?:is|are)|based on|in (?:summary|short|conclusion)|overall|what an?|sure|certainly"
    r"|according to the (?:passages?|articles?|texts?))\b",
    re.IGNORECASE,
)
_OPINION = re.compile(
    r"\b(?:should|must|ought|hopefully|unfortunately|sadly|clearly|obviously|remains to be seen"
    r"|amazing|exciting|wonderful|great|sad|saddened|tragic|tragedy|important|interesting|shock\w*"
    r"|impressive|powerful|beautiful|terrible|horrible|remarkable|incredible|proud|inspiring"
    r"|worrying|fascinating|shows? how)\b",
    re.IGNORECASE,
)


def is_claim(sentence: str) -> bool:
    """Whether a sentence states something that a passage could hold.

    A question, a word to the reader, an opinion and "The articles do not say." state nothing. A
    sentence with a number, a date or a name states something, unless the writer speaks of itself.
    """
    said = _QUOTED.sub("", sentence).strip()
    if not question_terms(sentence) or said.endswith("?") or _LACKING.search(said):
        return False
    if _WRITER.search(said):
        return False
    is_vague = _ADDRESS.search(said) or _ASIDE.match(said) or _OPINION.search(said)
    return not is_vague or any(fact.kind in ("number", "name") for fact in facts(sentence, None))
