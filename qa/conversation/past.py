"""What the next question of a conversation needs of the turns before it."""

from dataclasses import dataclass
from typing import Self

from ..datatypes import Answer, Turn


@dataclass(frozen=True, slots=True)
class Exchange:
    """An earlier question with what came of it."""

    question: str
    """Stand-alone form of the question."""
    answer: str
    """Its answer's words; may be empty."""
    title: str = ""
    """Title of the article it stands in; may be empty."""


@dataclass(frozen=True, slots=True)
class Past:
    """An earlier turn, as far as the next question needs it."""

    exchange: Exchange
    """Question and answer."""
    places: tuple[tuple[str, int, int], ...]
    """Article id and offsets of each citation; of a refusal the best hit's article, shown first."""
    begins_story: bool = False
    """Whether the question had nothing to do with the turns before it."""

    @property
    def cited(self) -> tuple[str, ...]:
        """Ids of the articles cited."""
        return tuple(dict.fromkeys(article for article, _, _ in self.places))

    @classmethod
    def of_answer(cls, found: Answer) -> Self:
        """Return what a later question needs of an answer."""
        if not found.citations:
            # The person sees the best hits of a first question, and goes on about the first.
            shown = () if found.in_story else found.hits[:1]
            places = ((hit.passage.article.id, 0, 0) for hit in shown)
            return cls(Exchange(found.question, ""), tuple(places), not found.in_story)
        first = found.citations[0]
        exchange = Exchange(found.question, first.lit_text, first.article.title)
        quoted = ((cited.article.id, *cited.sentence_bounds) for cited in found.citations)
        return cls(exchange, tuple(quoted), not found.in_story)

    @classmethod
    def of_turn(cls, turn: Turn) -> Self:
        """Return what a later question needs of a remembered turn."""
        title = turn.sources[0][0] if turn.sources else ""
        exchange = Exchange(turn.searched, turn.answer, title)
        return cls(exchange, tuple(place[:3] for place in turn.articles))
