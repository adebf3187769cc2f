"""English stop words and months, and the words that a question is about."""

import re

from .folding import initials, pieces, plain, split, words_as_written

STOP_WORDS = frozenset(
    """
    a about above after again against all also am an and any anybody anyone anything are as at be
    became because become been before being below between both but by came can could did do does
    doing done down during each either else ever every few for from further gave get gets getting
    give given gives go goes going gone got had has have having he hello her here hers herself him
    himself his how however i if in into is it its itself just know let like made make many may me
    might more most much must my myself name neither no nor not now of off often on once only
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

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
"""Names of the days, the first day of the week first."""

_SMALL_NUMBERS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()

NUMBER_WORDS: dict[str, float] = {
    **{word: float(value) for value, word in enumerate(_SMALL_NUMBERS)},
    **{word: 10.0 * value for value, word in enumerate(_TENS, 2)},
}
"""Numbers of one word, up to ninety, in order."""

NAMES = frozenset(
    form
    for word in STOP_WORDS - {"a", "an", "i", "s", "t", "the"}
    for form in (word.upper(), word.capitalize())
)
"""Stop words as names are written: ``WHO``, ``US``, ``IT``, ``May``, ``Will``."""

MOST_CAPITALS = 3
"""Words of a question that all have a capital and are a name; in a longer one capitals say nothing.
"""

_STARTS = re.compile(r"(?:^|[?!:;\"'“„«(—–]|(?<!\b[A-Z])(?<!\b[A-Z]\w)(?<!\b[A-Z]\w\w)\.)\s*$")
"""What stands before the first word of a sentence; not the dot of "Mrs." or "T."."""

_CAPITAL = re.compile(r"\b[A-Z][A-Za-z]*\b")


def question_terms(question: str) -> list[str]:
    """Return a question's content words, folded, in order, without repeats.

    A stop word that is a name, as its capitals say, is returned as it is written: ``WHO``. Nothing
    else has capitals. A question of stop words only keeps them all, so that it finds something.
    """
    text = plain(question)
    found = list(words_as_written(text))
    dotted = initials(question)
    are_capitals = all(word[0][0].isupper() for word in found)
    lower: dict[str, None] = {}
    content: dict[str, None] = {}
    for word in found:
        folded = word[0].casefold()
        lower[folded] = None
        if folded not in STOP_WORDS:
            content[folded] = None
        elif word[0] in dotted or (
            word[0] in NAMES and _is_name(word, len(found), are_capitals=are_capitals)
        ):
            content[word[0]] = None
    return list(content or lower)


def _is_name(word: re.Match[str], count: int, *, are_capitals: bool) -> bool:
    """Whether a stop word is a name in its text of ``count`` words, by its capitals."""
    if len(word[0]) > 1 and word[0].isupper():
        return not word.string.isupper()
    if are_capitals:
        return count <= MOST_CAPITALS
    return not _STARTS.search(word.string, 0, word.start())


def capitals(text: str) -> list[str]:
    """Return the stop words of a ``plain`` text that may be names, with repeats."""
    return [word for word in _CAPITAL.findall(text) if word in NAMES]


def found_words(text: str) -> set[str]:
    """Return all that the stemmed terms of a question can be found as in a text."""
    text = plain(text)
    return {stem(word) for word in (*split(text.casefold()), *capitals(text))}


def shared_words(question: str, text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Return the offsets of the words in ``text[start:end]`` that also occur in the question.

    Words are compared by their stems; stop words are ignored.
    """
    wanted = {stem(term) for term in question_terms(question)} - STOP_WORDS
    found: list[tuple[int, int]] = []
    for first, last in pieces(text, start, end) if wanted else ():
        if wanted.isdisjoint(found_words(text[first:last])):
            continue
        is_more = found and first < found[-1][1]  # pairs of characters overlap
        found.append((found.pop()[0] if is_more else first, last))
    return found


def stemmed_terms(text: str) -> list[str]:
    """Return the content words of a text without their endings."""
    return [stem(term) for term in question_terms(text)]


def stem(word: str) -> str:
    """Return a word without the most common English endings, good enough to compare two words."""
    for ending, least in (("ies", 3), ("ing", 4), ("ed", 4), ("es", 4), ("s", 3)):
        if word.endswith(ending) and len(word) - len(ending) >= least:
            return word[: -len(ending)] + ("y" if ending == "ies" else "")
    return word
