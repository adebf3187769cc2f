"""The heading that is embedded with each passage: the article's title and date."""

from ..datatypes import Article
from ..settings import PASSAGE_TOKENS
from .split import CountTokens, split

HEADING_SHARE = 4
"""The heading takes at most ``1 / HEADING_SHARE`` of the tokens that the encoder can take."""

MARGIN_TOKENS = 2
"""Tokens left free, because heading and passage may be tokenized differently when joined."""


def split_under_heading(
    article: Article, count_tokens: CountTokens, room_tokens: int
) -> tuple[list[tuple[int, int]], list[str]]:
    """Split an article; return the offsets of its passages and the text to embed for each.

    A text is the heading, a newline and the passage. It has at most ``room_tokens`` tokens, and
    the passage has at most ``PASSAGE_TOKENS``.
    """
    heading = fitted_heading(article, count_tokens, room_tokens // HEADING_SHARE)
    (heading_tokens,) = count_tokens([heading])
    limit = min(PASSAGE_TOKENS, room_tokens - heading_tokens - MARGIN_TOKENS)
    passages = split(article, count_tokens, limit)
    return (
        [(passage.start, passage.end) for passage in passages],
        [f"{heading}\n{passage.text}" for passage in passages],
    )


def fitted_heading(article: Article, count_tokens: CountTokens, most_tokens: int) -> str:
    """Return title and date in at most ``most_tokens`` tokens; the title is cut to fit."""
    when = f" ({article.published.day} {article.published:%B %Y})" if article.published else ""
    title = article.title
    while True:
        heading = f"{title}{when}"
        (tokens,) = count_tokens([heading])
        if tokens <= most_tokens or not title:
            return heading
        title = title[: len(title) * most_tokens // (tokens + 1)].rstrip()
