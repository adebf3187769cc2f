"""The numbered places that an answer leads to: citations, other answers, further passages."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from ..datatypes import Answer, Article, Citation, Hit, Passage, Status
from ..render import written_date
from .marks import Light, Mark

MOST_PLACES = 9
"""Places of one answer; each has a number key."""


class Kind(StrEnum):
    """What a place is to its answer."""

    CITATION = "source"
    OTHER = "other answer"
    PASSAGE = "passage"


@dataclass(frozen=True, slots=True)
class Place:
    """A place in an article, under the number that opens it."""

    number: int
    """From 1."""
    kind: Kind
    """Why it is listed."""
    citation: Citation
    """Where it is; for a passage all of it is the quote."""
    confidence: float | None = None
    """Probability in [0, 1] that the answer there is right; None for a passage."""
    note: str = ""
    """What a person must know of it, as that the article has changed since."""

    @property
    def article(self) -> Article:
        """The article it stands in."""
        return self.citation.article

    @property
    def marks(self) -> list[Mark]:
        """What is lit there, the question's words apart."""
        start, end = self.citation.lit_bounds
        if self.kind is Kind.PASSAGE:
            return [Mark(start, end, Light.SENTENCE)]
        first, last = self.citation.sentence_bounds
        return [Mark(first, last, Light.SENTENCE), Mark(start, end, Light.ANSWER)]

    @property
    def words(self) -> str:
        """Title, date and path with its line, on one line."""
        return " · ".join(part for part in (self.article.title, self.when, self.path) if part)

    @property
    def when(self) -> str:
        """The date as people write it; empty without one."""
        return written_date(self.article.published)

    @property
    def short_date(self) -> str:
        """The date in few columns; empty without one."""
        day = self.article.published
        return f"{day.day} {day:%b} {day.year}" if day else ""

    @property
    def path(self) -> str:
        """The path with the line."""
        return f"{self.article.source}:{self.citation.line}"


def places_of_hits(hits: Sequence[Hit], first: int = 1) -> list[Place]:
    """Return the best passage of each article as a place, numbered from ``first``."""
    each: dict[str, Passage] = {}
    for hit in hits:
        each.setdefault(hit.passage.article.id, hit.passage)
    room = max(0, MOST_PLACES + 1 - first)
    return [
        Place(
            number,
            Kind.PASSAGE,
            Citation(number, passage.article, passage.start, passage.end),
        )
        for number, passage in enumerate(list(each.values())[:room], start=first)
    ]


def places_of_answer(answer: Answer) -> list[Place]:
    """Return the places of an answer: citations, other answers, passages of further articles."""
    places = list(_claimed(answer))
    if answer.status is Status.NOT_FOUND:
        return places_of_hits(answer.hits)
    seen = {place.article.id for place in places}
    others = [hit for hit in answer.hits if hit.passage.article.id not in seen]
    return [*places, *places_of_hits(others, len(places) + 1)][:MOST_PLACES]


def of_kind(places: Sequence[Place], kind: Kind) -> list[Place]:
    """Return the places of one kind."""
    return [place for place in places if place.kind is kind]


def _claimed(answer: Answer) -> Iterator[Place]:
    for citation in answer.citations:
        yield Place(citation.number, Kind.CITATION, citation, answer.confidence)
    first = len(answer.citations) + 1
    for number, other in enumerate(answer.alternatives, start=first):
        cited = other.citation
        moved = replace(cited, number=number)
        yield Place(number, Kind.OTHER, moved, other.confidence)
