"""The list of articles and stories: browse it, narrow it, open an article."""

from collections.abc import Iterator, Sequence

from textual.content import Content
from textual.widgets.option_list import Option

from ...articles.clean import one_line
from ...datatypes import Scope
from ...storage.article_store import ArticleRow
from ..browsing import Story, listed, narrowed
from ..layout import inert, shortened
from ..wording import counted, scope_words, short_date
from .pick import PickDialog

MOST_LISTED = 500
"""Most articles shown at once; typing brings up the others."""

DATE_CELLS = 11
"""Cells of the widest date."""


class ArticleList(PickDialog):
    """Returns the id of the article to open."""

    PLACEHOLDER = "type words of a title, a source or a date"
    NOTE = "↑ ↓ move · Enter opens the article · Esc closes the list"

    def __init__(self, rows: Sequence[ArticleRow], stories: Sequence[Story], scope: Scope) -> None:
        """``rows`` are the articles of a scope, newest first, ``stories`` the same by story."""
        super().__init__()
        self._stories = listed(rows, stories)
        self.heading = _heading(len(rows), self._stories, scope)

    def rows(self, typed: str, room: int) -> Sequence[Option]:
        """Return the articles, those of a story below its newest one."""
        found = narrowed(self._stories, typed)
        left = sum(map(len, found)) - MOST_LISTED
        options = list(_options(found, room))[:MOST_LISTED]
        if not found:
            options.append(_note("No article fits."))
        elif left > 0:
            options.append(_note(f"and {left:,} more: type to narrow the list"))
        return options


def _heading(count: int, stories: Sequence[Story], scope: Scope) -> str:
    """Return how many articles and stories of two or more there are, and the filter."""
    words = ["Articles and stories", counted(count, "article")]
    if several := sum(len(story) > 1 for story in stories):
        words.append(f"{'1 story' if several == 1 else f'{several} stories'} of two or more")
    if not scope.is_all:
        words.append(inert(scope_words(scope)))
    return " · ".join(words)


def _options(stories: Sequence[Story], room: int) -> Iterator[Option]:
    """Yield a row for each article: the newest of a story, then the others below it."""
    for story in stories:
        for number, row in enumerate(story):
            day = (f"{short_date(row.published):>{DATE_CELLS}}  ", ".note")
            count = f" · {len(story)} articles" if len(story) > 1 and not number else ""
            branch = "" if not number else "└ " if row is story[-1] else "├ "
            cells = room - DATE_CELLS - 2 - len(branch) - len(count)
            title = shortened(one_line(row.title), cells)
            yield Option(
                Content.assemble(day, (branch, ".note"), title, (count, ".note")), id=str(row.id)
            )


def _note(words: str) -> Option:
    """Return a row that cannot be chosen."""
    return Option(Content.styled(words, ".note"), disabled=True)
