"""English stop words and months, and the words that a question is about."""

import re

STOP_WORDS = frozenset(
    """
    a about above after again against all also am an and any anybody anyone anything are as at be
    became because become been before being below between both but by came can could did do does
    doing done down during each either else ever every few for from further gave get gets getting
    give given gives go goes going gone got had has have having he hello her here hers herself him
    himself his how however i if in into is it its itself just know let like made make many may me
    might mine more most much must my myself name neither no nor not now of off often on once only
    onto or other our ours out over own per please put quite rather really said same say says she
    should since so some somebody someone something such take tell than that the their theirs them
    themselves then there therefore these they thing things this those though through thus to too
    took toward towards under until up upon us use used using very via was we were what whatever
    when where whether which while who whoever whom whose why will with within without would yet
    you your yours d ll m re s t ve
    """.split()
)
"""English words that are too common to search for: they cost time and find nothing."""

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
"""English names of the months, in order; ``calendar.month_name`` depends on the locale."""

_WORD = re.compile(r"\w+")


def question_terms(question: str) -> list[str]:
    """Return a question's content words in lower case, in order, without repeats.

    A question of stop words only keeps them all, so that it still finds something.
    """
    words = list(dict.fromkeys(match.group().lower() for match in _WORD.finditer(question)))
    return [word for word in words if word not in STOP_WORDS] or words


def shared_words(question: str, text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Return the offsets of the words in ``text[start:end]`` that also occur in the question.

    Words are compared by their stems; stop words are ignored.
    """
    wanted = {stem(term) for term in question_terms(question)} - STOP_WORDS
    if not wanted:
        return []
    return [
        match.span()
        for match in _WORD.finditer(text, start, end)
        if stem(match.group().lower()) in wanted
    ]


def stemmed_terms(text: str) -> list[str]:
    """Return the content words of a text without their endings."""
    return [stem(term) for term in question_terms(text)]


def stem(word: str) -> str:
    """Return a word without the most common English endings, good enough to compare two words."""
    for ending, least in (("ies", 3), ("ing", 4), ("ed", 4), ("es", 4), ("s", 3)):
        if word.endswith(ending) and len(word) - len(ending) >= least:
            return word[: -len(ending)] + ("y" if ending == "ies" else "")
    return word
