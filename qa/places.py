"""The numbered places in articles that an answer offers to open."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from .datatypes import Answer, Citation, Hit, Passage, Status
from .turns import PlaceKind

MOST_PLACES = 9
"""Most places of one answer: each has a digit as its key."""


@dataclass(frozen=True, slots=True)
class NumberedPlace:
    """A place in an article, with the number that opens it."""

    number: int
    """The number, from 1."""
    kind: PlaceKind
    """Why it is offered."""
    citation: Citation
    """The range in the article; for a passage, the whole passage."""
    confidence: float | None = None
    """Probability in [0, 1] that the answer there is right; None for a passage."""


def places_of_hits(hits: Sequence[Hit], first: int = 1) -> list[NumberedPlace]:
    """Return the best passage of each article as a place, numbered from ``first``; no copies."""
    best: dict[str, Passage] = {}
    for hit in hits:
        if not hit.is_copy:
            best.setdefault(hit.passage.article.id, hit.passage)
    room = max(0, MOST_PLACES + 1 - first)
    places = []
    for number, passage in enumerate(list(best.values())[:room], start=first):
        cited = Citation(number, passage.article, passage.start, passage.end)
        places.append(NumberedPlace(number, PlaceKind.PASSAGE, cited))
    return places


def places_of_answer(answer: Answer) -> list[NumberedPlace]:
    """Return the places of an answer: citations, other answers, passages of further articles."""
    if answer.status is Status.NOT_FOUND:
        return places_of_hits(answer.hits)
    places = list(_answer_places(answer))
    seen = {place.citation.article.id for place in places}
    others = [hit for hit in answer.hits if hit.passage.article.id not in seen]
    return [*places, *places_of_hits(others, len(places) + 1)][:MOST_PLACES]


def _answer_places(answer: Answer) -> Iterator[NumberedPlace]:
    """Yield the citations, then the other answers."""
    for citation in answer.citations:
        yield NumberedPlace(citation.number, PlaceKind.CITATION, citation, answer.confidence)
    first = len(answer.citations) + 1
    for number, other in enumerate(answer.alternatives, start=first):
        numbered = replace(other.citation, number=number)
        yield NumberedPlace(number, PlaceKind.OTHER, numbered, other.confidence)
