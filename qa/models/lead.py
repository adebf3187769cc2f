"""What the reader is told in front of a passage: what its article is about.

The middle of an article says "the captain" and "the ship"; its headline says which.
"""

from ..datatypes import Passage
from ..sentences import after_dateline, sentence_bounds

MOST_CHARACTERS = 200
"""Of a first sentence that stands in for a headline."""

_LOOKED_AT = 1_000
"""Code points in which the first sentence is looked for."""


def lead_of(passage: Passage) -> str:
    """Return the headline, or else the first sentence, of a passage's article, as `as_lead` does.

    Empty where the passage holds it already.
    """
    article = passage.article
    headline = article.title.removesuffix("…")
    if not headline or headline in _one_line(passage.text):
        return ""
    start = after_dateline(article.text)
    opening = article.text[start : start + _LOOKED_AT]
    if article.title.endswith("…") and _one_line(opening).startswith(headline):
        for first, last in sentence_bounds(opening)[:1]:
            headline = _one_line(opening[first:last])[:MOST_CHARACTERS]
    return as_lead(headline)


def as_lead(headline: str) -> str:
    """Return a headline as a sentence of its own, with a space behind it."""
    return f"{headline} " if headline.endswith((".", "!", "?")) else f"{headline}. "


def _one_line(text: str) -> str:
    return " ".join(text.split())
