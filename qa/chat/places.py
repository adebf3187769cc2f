"""The numbered places in articles, as the chat shows them. Knows no Textual."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from .. import places
from ..datatypes import Answer, Article, Citation, Hit
from ..places import MOST_PLACES, NumberedPlace
from ..render import article_date
from ..turns import PlaceKind
from .marks import Highlight, Mark
from .wording import short_date

Kind = PlaceKind

LISTED = 3
"""Passages that a turn lists while reading, and when no answer is found."""


@dataclass(frozen=True, slots=True)
class Place(NumberedPlace):
    """A place in an article, with the number that opens it."""

    note: str = ""
    """A warning to show above it, such as that the article has changed since."""

    @property
    def is_browsed(self) -> bool:
        """Whether it is an article that no answer led to."""
        return self.number == 0

    @property
    def article(self) -> Article:
        """The article."""
        return self.citation.article

    def is_same(self, other: "Place | None") -> bool:
        """Whether another place shows the same words; their numbers may differ."""
        if other is None or self.kind is not other.kind or self.article != other.article:
            return False
        mine, theirs = self.citation, other.citation
        return (mine.start, mine.end, mine.lit) == (theirs.start, theirs.end, theirs.lit)

    @property
    def marks(self) -> list[Mark]:
        """What is highlighted there, apart from the question's words."""
        start, end = self.citation.lit_bounds
        if self.kind is Kind.PASSAGE:
            return [Mark(start, end, Highlight.SENTENCE)]
        first, last = self.citation.sentence_bounds
        return [Mark(first, last, Highlight.SENTENCE), Mark(start, end, Highlight.ANSWER)]

    @property
    def when(self) -> str:
        """The publication date in words; empty if there is none."""
        return article_date(self.article)

    @property
    def short_date(self) -> str:
        """The publication date with a short month; empty if there is none."""
        return short_date(self.article.published)

    @property
    def path(self) -> str:
        """The article's source with the page or line."""
        return self.citation.where


def places_of_hits(hits: Sequence[Hit]) -> list[Place]:
    """Return the best passage of each article as a place."""
    return [_place(numbered) for numbered in places.places_of_hits(hits)]


def places_of_answer(answer: Answer) -> list[Place]:
    """Return the places of an answer: citations, other answers, passages of further articles."""
    return [_place(numbered) for numbered in places.places_of_answer(answer)]


def first_free(places: Sequence[Place]) -> int:
    """Return the first number after those of the places that the answer's text names."""
    listed = [place for place in places if place.kind is not Kind.PASSAGE]
    return max((place.number for place in listed or places[:LISTED]), default=0) + 1


def with_written(
    places: Sequence[Place], written: Sequence[Place], opened: Place | None
) -> list[Place]:
    """Return the places of an answer with those that written sentences rest on.

    The latter keep their numbers. Passages that no text names come after them, except those of the
    same articles, as far as there are digits; ``opened``, which is shown, always does.
    """
    if not written:
        return list(places)
    first, number = written[0].number, written[-1].number
    listed = [place for place in places if place.number < first]
    articles = {place.article.id for place in written}
    for place in places[len(listed) :]:
        is_further = place.article.id not in articles and number < MOST_PLACES
        if is_further or place.is_same(opened):
            number += 1
            cited = replace(place.citation, number=number)
            written = [*written, replace(place, number=number, citation=cited)]
    return [*listed, *written]


def browsed_place(article: Article) -> Place:
    """Return an article that no answer led to, as a place."""
    return Place(0, Kind.PASSAGE, Citation(0, article, 0, 0))


def _place(numbered: NumberedPlace) -> Place:
    return Place(numbered.number, numbered.kind, numbered.citation, numbered.confidence)
