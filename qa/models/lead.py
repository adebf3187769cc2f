"""The headline that the reader sees in front of a passage.

The middle of an article says "the captain" and "the ship"; the headline says which ones.
"""

from ..datatypes import Passage
from ..sentences import after_dateline, sentence_bounds

MOST_CHARACTERS = 200
"""Longest first sentence that replaces a headline; the rest is cut off."""

_OPENING_CHARACTERS = 1_000
"""Code points at the start of an article that are searched for its first sentence."""


def lead_of(passage: Passage) -> str:
    """Return the headline of a passage's article, formatted by `as_lead`.

    A headline that is the beginning of the text, cut off, is replaced by the whole first sentence.
    The result is empty when the passage already contains the headline.
    """
    article = passage.article
    headline = article.title.removesuffix("…")
    if not headline or headline in _one_line(passage.text):
        return ""
    start = after_dateline(article.text)
    opening = article.text[start : start + _OPENING_CHARACTERS]
    if article.title.endswith("…") and _one_line(opening).startswith(headline):
        for first, last in sentence_bounds(opening)[:1]:
            headline = _one_line(opening[first:last])[:MOST_CHARACTERS]
    return as_lead(headline)


def as_lead(headline: str) -> str:
    """Return a headline as a sentence, followed by a space."""
    return f"{headline} " if headline.endswith((".", "!", "?")) else f"{headline}. "


def _one_line(text: str) -> str:
    return " ".join(text.split())
