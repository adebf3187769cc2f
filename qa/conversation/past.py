"""What the next question of a conversation needs of the turns before it."""

from dataclasses import dataclass
from typing import NamedTuple, Self

from ..datatypes import Answer, AnswerKind, Article
from ..turns import Turn


@dataclass(frozen=True, slots=True)
class Exchange:
    """An earlier question with what came of it."""

    question: str
    """Stand-alone form of the question."""
    answer: str
    """Its answer's words; may be empty."""
    title: str = ""
    """Title of the article it stands in; may be empty."""


class Quoted(NamedTuple):
    """A place in an article that was shown. It holds while the article has that digest."""

    article: str
    """Article id."""
    start: int
    """First code point."""
    end: int
    """One past the last code point."""
    digest: str
    """Digest of the article's text."""


@dataclass(frozen=True, slots=True)
class Past:
    """An earlier turn, as far as the next question needs it."""

    exchange: Exchange
    """Question and answer."""
    quoted: tuple[Quoted, ...]
    """What was cited; after a refusal the beginning of the best hit's article, which is shown."""
    begins_story: bool = False
    """Whether the question had nothing to do with the turns before it."""

    @property
    def cited(self) -> tuple[str, ...]:
        """Ids of the articles cited."""
        return tuple(dict.fromkeys(place.article for place in self.quoted))

    @classmethod
    def of_answer(cls, found: Answer) -> Self | None:
        """Return what a later question needs of an answer; None if it changes nothing.

        Thanks and a list of articles change nothing.
        """
        if found.kind is AnswerKind.REMARK or found.is_list:
            return None
        if not found.citations:
            # After a first question that is refused, people go on about the article shown first.
            shown = () if found.in_story else found.hits[:1]
            places = tuple(_quoted(hit.passage.article, 0, 0) for hit in shown)
            return cls(Exchange(found.question, ""), places, not found.in_story)
        first = found.citations[0]
        exchange = Exchange(found.question, first.lit_text, first.article.title)
        places = tuple(_quoted(each.article, *each.sentence_bounds) for each in found.citations)
        return cls(exchange, tuple(each for each in places if each.article), not found.in_story)

    @classmethod
    def of_turn(cls, turn: Turn) -> Self | None:
        """Return what a later question needs of a stored turn; None if it changes nothing."""
        if turn.kind is AnswerKind.REMARK or turn.is_list:
            return None
        if not turn.citations:
            shown = () if turn.in_story else turn.places[:1]
            places = tuple(Quoted(place.article, 0, 0, place.digest) for place in shown)
            return cls(Exchange(turn.searched, ""), places, not turn.in_story)
        first = turn.citations[0]
        exchange = Exchange(turn.searched, first.words, first.title)
        places = tuple(
            Quoted(place.article, *place.sentence, place.digest)
            for place in turn.citations
            if place.article
        )
        return cls(exchange, places, not turn.in_story)


def _quoted(article: Article, start: int, end: int) -> Quoted:
    return Quoted(article.id, start, end, article.digest)
