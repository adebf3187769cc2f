"""What stands in front of each passage when it is embedded: the article's title and date."""

from ..datatypes import Article
from ..settings import PASSAGE_TOKENS
from .split import CountTokens, split

HEADING_SHARE = 4
"""The heading takes at most one part in this many of the encoder's room."""

MARGIN_TOKENS = 2
"""Left free: word pieces can join differently where heading and passage meet."""


def split_under_heading(
    article: Article, count_tokens: CountTokens, room_tokens: int
) -> tuple[list[tuple[int, int]], list[str]]:
    """Split an article; return its passages' offsets and the texts to embed for them.

    A text is the heading, a line feed, the passage; it never exceeds ``room_tokens``, and the
    passage alone never exceeds ``PASSAGE_TOKENS``.
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
    """Return title and date, the title cut until they fit."""
    when = f" ({article.published.day} {article.published:%B %Y})" if article.published else ""
    title = article.title
    while True:
        heading = f"{title}{when}"
        (tokens,) = count_tokens([heading])
        if tokens <= most_tokens or not title:
            return heading
        title = title[: len(title) * most_tokens // (tokens + 1)].rstrip()
