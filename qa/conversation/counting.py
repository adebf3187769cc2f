"""Questions about the articles themselves: how many there are, which of them mention something."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from ..answering.mentions import Mention, mentions
from ..answering.session import Session
from ..datatypes import Citation, Scope
from ..render import written_date
from ..terms import question_terms

MOST_LISTED = 50
"""Articles that an answer lists; ``qa mentions`` lists them all."""

MOST_COUNTS = 10
"""Articles up to which an answer gives the number of mentions in each."""

_ARTICLES = r"(?:articles?|stories|texts|documents|files|reports)"
_ABOUT = (
    r"(?:that |which )?(?:mention(?:s|ed)?|contain|name|refer to|talk about|speak of|discuss|cover|"
    r"deal with|report on|are there (?:about|on|that mention|with)|do you have (?:about|on)|"
    r"(?:is|are|were|was) (?:about|on)|about|on|mentioning|with)"
)
_FORMS = (
    (rf"(?:how many|which|what) {_ARTICLES} {_ABOUT} (?P<term>.+)", "Which articles mention X?"),
    (
        rf"(?:list|show(?: me)?|find|give me|name)(?: me)?(?: all)?(?: the| my)? {_ARTICLES} "
        rf"{_ABOUT} (?P<term>.+)",
        "List all articles about X",
    ),
    (
        rf"in (?:how many|which|what) {_ARTICLES} (?:is|are|was|were|does|do) (?P<term>.+?) "
        r"(?:mentioned|named|appear|occur|discussed)",
        "In how many articles is X mentioned?",
    ),
    (
        r"how (?:often|many times) (?:is|are|was|were) (?P<term>.+?) (?:mentioned|named)",
        "How often is X mentioned?",
    ),
)
"""Patterns of questions about a term, each with an example."""

EXAMPLES = tuple(example for _, example in _FORMS)
"""A question of each form, about X."""

_TERMS = [re.compile(form, re.IGNORECASE) for form, _ in _FORMS]
_ALL = re.compile(
    rf"how many {_ARTICLES}(?: (?:are there|are here|do you have|do i have|have you got|"
    r"are in (?:the|my|this) library|does (?:the|my|this) library have|are indexed))?"
    r"(?: in (?:all|total))?",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"\b(?:is|are|was|were|did|do|does|has|have|had|will|or|as)\b", re.IGNORECASE)
"""Matches what stands in questions about more than a term."""
_ARTICLE = re.compile(r"^(?:the|an?|any|my|our)\s+(?=\S)", re.IGNORECASE)
_EDGES = " \"'“”‘’„«»?!.,;:"


def term_counted(question: str) -> str | None:
    """Return the term whose articles a question asks for; empty for all; None if for none."""
    asked = question.strip(" ?!.")
    if _ALL.fullmatch(asked):
        return ""
    found = next(filter(None, (form.fullmatch(asked) for form in _TERMS)), None)
    if found is None:
        return None
    term = found["term"].strip(_EDGES)
    if term != found["term"].strip():  # it is quoted
        return term or None
    return None if _CLAUSE.search(term) else _ARTICLE.sub("", term) or None


def counted(session: Session, term: str, scope: Scope) -> tuple[str, list[Citation]]:
    """Return how many articles mention a term, in words, and the first mention in each.

    All articles of the scope are looked at; those with most mentions come first. Where none has
    the words next to each other, the articles with all of them count. An empty term counts all
    articles. Raises UsageError for a term without a word.
    """
    if not term:
        return _all_counted([row.published for row in session.store.article_rows(scope)]), []
    found, words = mentions(session, term, scope), question_terms(term)
    is_phrase = bool(found)
    if not found and len(words) > 1:
        found = _with_all(session, words, scope)
    if not found:
        return f"No article mentions “{term}”.", []
    found.sort(key=lambda each: -each.count)
    listed = found[:MOST_LISTED]
    citations = [each.citation(number) for number, each in enumerate(listed, start=1)]
    is_one = len(found) == 1
    if is_phrase:
        said = f"{'mentions' if is_one else 'mention'} “{term}”, {_times(found, listed)}"
    else:
        said = f"{'has' if is_one else 'have'} all words of “{term}”"
    left = f". The {MOST_LISTED} with most:" if len(found) > MOST_LISTED else ":"
    return f"{_articles(len(found))} {said}{left}", citations


def _times(found: Sequence[Mention], listed: Sequence[Mention]) -> str:
    """Return how often all mention it, and each of a few: "7 times (4, 2, 1)"."""
    total = sum(each.count for each in found)
    times = "once" if total == 1 else f"{total:,} times"
    if len(found) == 1:
        return times
    if len(listed) > MOST_COUNTS:
        return f"{times} ({'once' if found[0].count == 1 else f'at most {found[0].count}'} in each)"
    return f"{times} ({', '.join(str(each.count) for each in listed)})"


def _with_all(session: Session, words: Sequence[str], scope: Scope) -> list[Mention]:
    """Return the articles with all of the words, each as a mention of the longest word."""
    longest = max(words, key=len)
    found = mentions(session, longest, scope)
    for word in words:
        if found and word != longest:
            only = replace(scope, only=tuple(each.article.id for each in found))
            having = {each.article.id for each in mentions(session, word, only)}
            found = [each for each in found if each.article.id in having]
    return found


def _all_counted(days: Sequence[date | None]) -> str:
    """Return how many articles there are, and from when to when they are."""
    known = sorted(day for day in days if day)
    if not known:
        return f"{_articles(len(days))}."
    first, last = map(written_date, (known[0], known[-1]))
    without = len(days) - len(known)
    undated = f"; {without:,} without a date" if without else ""
    return f"{_articles(len(days))}, from {first} to {last}{undated}."


def _articles(count: int) -> str:
    return "1 article" if count == 1 else f"{count:,} articles"
