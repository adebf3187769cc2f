"""The list of articles: stories first, then articles on a story of their own. Knows no Textual."""

from collections.abc import Sequence
from functools import lru_cache

from ..folding import fold
from ..render import written_date
from ..storage.article_store import ArticleRow

Story = tuple[ArticleRow, ...]
"""Articles on the same events, newest first."""


def listed(rows: Sequence[ArticleRow], stories: Sequence[Story]) -> list[Story]:
    """Return articles by story: those with several first, the largest first, then the others."""
    several = [story for story in stories if len(story) > 1]
    told = {row.id for story in several for row in story}
    return [*several, *((row,) for row in rows if row.id not in told)]


def narrowed(stories: Sequence[Story], typed: str) -> list[Story]:
    """Return the articles that have all typed words, whatever their case and accents.

    They are looked for in title, source and date, and in the title of the story's newest article.
    """
    words = fold(typed).split()
    if not words:
        return list(stories)
    found = [
        tuple(row for row in story if _has(words, _searched(row, story[0].title)))
        for story in stories
    ]
    return [story for story in found if story]


@lru_cache(100_000)  # folding 20,000 titles takes 0.2 s, and each key narrows the list
def _searched(row: ArticleRow, story: str) -> str:
    when = f"{row.published or ''} {written_date(row.published)}"
    return fold(f"{story} {row.title} {row.source} {when}")


def _has(words: Sequence[str], text: str) -> bool:
    return all(word in text for word in words)
