"""A question of the conversation and what is known about it so far. Knows no Textual."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto

from ..conversation.past import Past
from ..datatypes import Answer, Article, Citation, Hit, Scope, Turn
from ..render import written_date
from .places import Kind, Place, places_of_answer, places_of_hits


class Stage(Enum):
    """How far a question has got."""

    WAITING = auto()
    """Passages are not found yet, perhaps because the models are still loading."""
    READING = auto()
    """Passages are found and are being read."""
    ANSWERED = auto()
    """Done, even if the answer is that the articles do not say."""
    STOPPED = auto()
    """Stopped by the person, or by the next question."""
    FAILED = auto()
    """An error occurred; ``error`` describes it."""


@dataclass(slots=True)
class Entry:
    """One question of the conversation with its answer."""

    question: str
    """The question as typed, cleaned."""
    asked_at: datetime
    """When it was asked, in UTC."""
    number: int = 0
    """Number in this run of the chat, from 1; 0 until the entry is part of the conversation."""
    scope: Scope = field(default_factory=Scope)
    """The articles that were searched."""
    searched: str = ""
    """The question as it was searched, once known; a follow-up is rewritten to stand alone."""
    stage: Stage = Stage.WAITING
    """How far the question has got."""
    hits: tuple[Hit, ...] = ()
    """The passages found so far, best first."""
    answer: Answer | None = None
    """The answer, once there is one."""
    error: str = ""
    """What went wrong, in words."""
    turn: Turn | None = None
    """The turn that the library stored for this question, once it has."""
    unfolded: bool = False
    """Whether the other answers are shown."""
    places: list[Place] = field(default_factory=list)
    """The numbered places in articles that can be opened."""
    shown: int = 0
    """Number of the place shown in the source pane; 0 until one is opened."""

    @property
    def is_pending(self) -> bool:
        """Whether the question is still being answered."""
        return self.stage in (Stage.WAITING, Stage.READING)

    @property
    def asked_as(self) -> str:
        """The question as it was searched, if that differs from what was typed; else empty."""
        return "" if self.searched == self.question else self.searched

    def found(self, hits: Sequence[Hit]) -> None:
        """Store the passages that are about to be read."""
        self.stage, self.hits = Stage.READING, tuple(hits)
        self.places = places_of_hits(hits)

    def answered(self, answer: Answer) -> None:
        """Store the answer. An article opened in the meantime stays open."""
        opened = self.place(self.shown)
        self.stage, self.answer, self.hits = Stage.ANSWERED, answer, answer.hits
        self.searched = answer.question
        self.places = places_of_answer(answer)
        self.shown = 0
        if opened:
            same = [place for place in self.places if place.article.id == opened.article.id]
            self.shown = same[0].number if same else 0

    @property
    def past(self) -> Past | None:
        """What a follow-up question may refer to; None if the question has no answer."""
        if self.answer is not None:
            return Past.of_answer(self.answer)
        return Past.of_turn(self.turn) if self.turn is not None else None

    def place(self, number: int) -> Place | None:
        """Return the place with a number."""
        return next((place for place in self.places if place.number == number), None)

    def of_kind(self, kind: Kind) -> list[Place]:
        """Return the places of one kind."""
        return [place for place in self.places if place.kind is kind]

    @property
    def reference(self) -> str:
        """The answer with its first source, ready to paste; empty without an answer."""
        if self.answer is None or not self.answer.citations:
            return ""
        first = self.answer.citations[0]
        when = written_date(first.article.published)
        source = ", ".join(part for part in (first.article.title, when, first.where) if part)
        return f"{self.answer.text}\n— {source}"


def stored_entry(turn: Turn, articles: Mapping[str, Article]) -> Entry:
    """Return an entry for a turn stored in the library.

    ``articles`` maps the ids of the cited articles to those that still exist. Where an article was
    changed or removed, the stored sentence is shown instead.
    """
    places = []
    for number, ((title, source, line), (identifier, start, end, digest)) in enumerate(
        zip(turn.sources, turn.articles, strict=True), start=1
    ):
        article = articles.get(identifier)
        if article is not None and article.digest == digest:
            cited = Citation(number, article, start, end)
            places.append(Place(number, Kind.CITATION, cited, turn.confidence))
            continue
        cited = _stored_citation(number, turn, title, source, line)
        note = "has changed since" if article else "is gone"
        note = f"The article {note}; this is what it said."
        places.append(Place(number, Kind.CITATION, cited, turn.confidence, note))
    answer = Answer(
        question=turn.searched,
        text=turn.answer,
        status=turn.status,
        confidence=turn.confidence,
        citations=tuple(place.citation for place in places),
        alternatives=(),
        hits=(),
        in_story=True,  # which turns began a story is not stored
    )
    return Entry(
        question=turn.question,
        asked_at=turn.asked_at,
        searched=turn.searched,
        stage=Stage.ANSWERED,
        answer=answer,
        turn=turn,
        places=places,
    )


def _stored_citation(number: int, turn: Turn, title: str, source: str, line: int) -> Citation:
    """Return a citation of the stored sentence, as if the sentence were a whole article."""
    text = turn.sentence if turn.answer in turn.sentence else turn.answer
    start = text.find(turn.answer)
    article = Article("", title, source, None, text, "", first_line=line)
    return Citation(number, article, start, start + len(turn.answer))
