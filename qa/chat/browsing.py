"""The list of articles: stories first, then articles on a story of their own. Knows no Textual."""

from collections.abc import Sequence

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
    """Return the articles that have all typed words, whatever their case.

    They are looked for in title, source and date, and in the title of the story's newest article.
    """
    words = typed.casefold().split()
    if not words:
        return list(stories)
    found = [
        tuple(row for row in story if _has(words, f"{story[0].title} {_searched(row)}"))
        for story in stories
    ]
    return [story for story in found if story]


def _searched(row: ArticleRow) -> str:
    return f"{row.title} {row.source} {row.published or ''} {written_date(row.published)}"


def _has(words: Sequence[str], text: str) -> bool:
    folded = text.casefold()
    return all(word in folded for word in words)
