"""Every place where articles mention a term: a full scan, with the words folded as in search."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ..datatypes import Article, ArticleRowId, Citation, Scope
from ..errors import UsageError
from ..folding import pieces
from ..sentences import after_dateline, sentence_around, sentence_bounds
from .session import Session

AT_ONCE = 500
"""Articles whose texts are read at once."""

TITLE_AFTER = 100
"""Code points of a dateline or the like that may stand before a title that a text begins with."""

Fold = Callable[[str], list[str]]
"""Returns the words of a text as the full-text index has them."""


@dataclass(frozen=True, slots=True)
class Mention:
    """An article that mentions a term."""

    article: Article
    """The article."""
    places: tuple[tuple[int, int], ...]
    """Offsets of each mention in its text, in order; empty if only the title mentions it."""
    in_title: int
    """How often the title mentions it, unless the text begins with the title."""

    @property
    def count(self) -> int:
        """How often title and text mention it."""
        return len(self.places) + self.in_title

    def citation(self, number: int) -> Citation:
        """Return the sentence of the first mention, lit; else the first sentence, unlit.

        A mention in the dateline is taken only if there is no other.
        """
        text = self.article.text
        first = after_dateline(text)
        if self.places:
            start, end = next((each for each in self.places if each[0] >= first), self.places[0])
            bounds = sentence_around(text, start, end)
            return Citation(number, self.article, *bounds, lit=(start, end))
        told = (each for each in sentence_bounds(text) if each[1] > first)
        start, end = next(told, (0, len(text)))
        return Citation(number, self.article, start, end, lit=(end, end))

    def citations(self, first: int = 1) -> Iterator[Citation]:
        """Yield the sentence of each mention in the text, the mention lit."""
        for number, (start, end) in enumerate(self.places, first):
            bounds = sentence_around(self.article.text, start, end)
            yield Citation(number, self.article, *bounds, lit=(start, end))


def mentions(session: Session, term: str, scope: Scope) -> list[Mention]:
    """Return all articles in a scope that mention a term, newest first.

    Several words must stand next to each other. Case, accents and English endings make no
    difference, as in search. Raises UsageError for a term without a word.
    """
    fold = session.store.folding()
    wanted = fold(term)
    if not wanted:
        raise UsageError(f"{term!r} has no word to look for.")
    found = []
    for article in _articles_with(session, wanted, scope):
        places = tuple(_places(article.text, wanted, fold))
        in_title = len(list(_places(_own_title(article), wanted, fold)))
        if places or in_title:
            found.append(Mention(article, places, in_title))
    return found


def _own_title(article: Article) -> str:
    """Return the title of an article unless its text begins with it; else nothing."""
    title = " ".join(article.title.rstrip("…").split())
    beginning = " ".join(article.text[: 3 * len(title) + TITLE_AFTER].split())
    return "" if title in beginning else article.title


def _articles_with(session: Session, words: Sequence[str], scope: Scope) -> Iterator[Article]:
    """Yield the articles in a scope that have all of the words, newest first."""
    store = session.store
    known: set[ArticleRowId] | None = None
    for word in dict.fromkeys(words):
        owners = store.articles_with(word)
        known = owners if known is None else known & owners
    rows = [row.id for row in store.article_rows(scope) if known and row.id in known]
    for first in range(0, len(rows), AT_ONCE):
        articles = store.articles(rows[first : first + AT_ONCE])
        yield from (articles[row] for row in rows[first : first + AT_ONCE] if row in articles)


def _places(text: str, wanted: Sequence[str], fold: Fold) -> Iterator[tuple[int, int]]:
    """Yield the offsets at which the wanted words follow each other in a text."""
    folded: dict[str, list[str]] = {}
    words: list[str] = []
    places: list[tuple[int, int]] = []
    for start, end in pieces(text, 0, len(text)):
        piece = text[start:end]
        if piece not in folded:
            folded[piece] = fold(piece)
        words += folded[piece]
        places += [(start, end)] * len(folded[piece])
    least = 0
    for at in range(len(words) - len(wanted) + 1):
        if at >= least and words[at] == wanted[0] and words[at : at + len(wanted)] == list(wanted):
            least = at + len(wanted)
            yield places[at][0], places[least - 1][1]
