"""The numbered places in articles that an answer offers to open. Knows no Textual."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from ..datatypes import Answer, Article, Citation, Hit, Passage, Status
from ..render import written_date
from .marks import Highlight, Mark

MOST_PLACES = 9
"""Maximum number of places of one answer: each has a digit as its key."""


class Kind(StrEnum):
    """Why a place is offered."""

    CITATION = "source"
    """It holds the answer."""
    OTHER = "other answer"
    """It holds another possible answer."""
    PASSAGE = "passage"
    """It is close to the question."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place in an article, with the number that opens it."""

    number: int
    """The number, from 1."""
    kind: Kind
    """Why it is offered."""
    citation: Citation
    """The range in the article; for a passage, the whole passage."""
    confidence: float | None = None
    """Probability in [0, 1] that the answer there is right; None for a passage."""
    note: str = ""
    """A warning to show above it, such as that the article has changed since."""

    @property
    def article(self) -> Article:
        """The article."""
        return self.citation.article

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
        return written_date(self.article.published)

    @property
    def short_date(self) -> str:
        """The publication date with a short month; empty if there is none."""
        day = self.article.published
        return f"{day.day} {day:%b} {day.year}" if day else ""

    @property
    def path(self) -> str:
        """The article's source with the page or line."""
        return self.citation.where


def places_of_hits(hits: Sequence[Hit], first: int = 1) -> list[Place]:
    """Return the best passage of each article as a place, numbered from ``first``."""
    best: dict[str, Passage] = {}
    for hit in hits:
        best.setdefault(hit.passage.article.id, hit.passage)
    room = max(0, MOST_PLACES + 1 - first)
    places = []
    for number, passage in enumerate(list(best.values())[:room], start=first):
        cited = Citation(number, passage.article, passage.start, passage.end)
        places.append(Place(number, Kind.PASSAGE, cited))
    return places


def places_of_answer(answer: Answer) -> list[Place]:
    """Return the places of an answer: citations, other answers, passages of further articles."""
    if answer.status is Status.NOT_FOUND:
        return places_of_hits(answer.hits)
    places = list(_answer_places(answer))
    seen = {place.article.id for place in places}
    others = [hit for hit in answer.hits if hit.passage.article.id not in seen]
    return [*places, *places_of_hits(others, len(places) + 1)][:MOST_PLACES]


def _answer_places(answer: Answer) -> Iterator[Place]:
    """Yield the citations, then the other answers."""
    for citation in answer.citations:
        yield Place(citation.number, Kind.CITATION, citation, answer.confidence)
    first = len(answer.citations) + 1
    for number, other in enumerate(answer.alternatives, start=first):
        numbered = replace(other.citation, number=number)
        yield Place(number, Kind.OTHER, numbered, other.confidence)
