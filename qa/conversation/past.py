"""What the next question of a conversation needs of the turns before it."""

from dataclasses import dataclass
from typing import Self

from ..datatypes import Answer, Turn
from .followup import Exchange


@dataclass(frozen=True, slots=True)
class Past:
    """An earlier turn, as far as the next question needs it."""

    exchange: Exchange
    """Question and answer."""
    cited: tuple[str, ...]
    """Ids of the articles cited."""

    @classmethod
    def of_answer(cls, found: Answer) -> Self:
        """Return what a later question needs of an answer."""
        if not found.citations:
            return cls(Exchange(found.question, ""), ())
        first = found.citations[0]
        exchange = Exchange(found.question, first.lit_text, first.article.title)
        return cls(exchange, tuple(cited.article.id for cited in found.citations))

    @classmethod
    def of_turn(cls, turn: Turn) -> Self:
        """Return what a later question needs of a remembered turn."""
        title = turn.sources[0][0] if turn.sources else ""
        exchange = Exchange(turn.searched, turn.answer, title)
        return cls(exchange, tuple(place[0] for place in turn.articles))
