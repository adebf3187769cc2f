"""A question of the conversation and what is known about it so far. Knows no Textual."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto

from ..conversation.past import Past
from ..datatypes import Answer, AnswerKind, Hit, Scope
from ..render import article_date
from ..turns import Ending, Turn
from .places import Kind, Place, places_of_answer, places_of_hits
from .written import WriteRequest, WritingStep, WrittenAnswer


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
    written: WrittenAnswer | None = None
    """What a language model writes, or wrote; None if it was not asked to."""
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
        if opened and (same := self.place_in(opened.article.id)):
            self.shown = same.number

    @property
    def can_be_written(self) -> bool:
        """Whether there is something that a language model could write out."""
        return self.answer is not None and self.answer.kind is not AnswerKind.REMARK

    @property
    def is_being_written(self) -> bool:
        """Whether a language model is writing."""
        return self.written is not None and self.written.is_pending

    def ask_to_write(self, run: int) -> WriteRequest | None:
        """Begin a written answer, in place of the one before; None without an answer."""
        if self.answer is None:
            return None
        if self.written is not None:
            self._show_places(self.written.before)
        self.written = WrittenAnswer(tuple(self.places), run)
        return WriteRequest(self.number, run, self.answer, self.scope, self.written.stopped)

    def wrote(self, run: int, step: WritingStep) -> bool:
        """Note what happened to the written answer; return whether that one is still awaited."""
        if self.written is None or not self.written.is_pending or self.written.run != run:
            return False
        self.written.take(step)
        self._show_places(self.written.shown_places(self.place(self.shown)))
        return True

    def stop_writing(self) -> None:
        """Stop the written answer; what is finished stays."""
        if self.written is not None and self.written.is_pending:
            self.written.end(Ending.CANCELLED)

    def _show_places(self, places: Sequence[Place]) -> None:
        """Set the places; the one that is shown stays so, if it is among them."""
        opened = self.place(self.shown)
        self.places = list(places)
        self.shown = next((each.number for each in places if each.is_same(opened)), 0)

    @property
    def past(self) -> Past | None:
        """What a follow-up question may refer to; None if there is nothing."""
        if self.turn is not None:
            return Past.of_turn(self.turn)
        return Past.of_answer(self.answer) if self.answer is not None else None

    def place(self, number: int) -> Place | None:
        """Return the place with a number."""
        return next((place for place in self.places if place.number == number), None)

    def place_in(self, article: str) -> Place | None:
        """Return the first place in an article, by the article's id."""
        return next((place for place in self.places if place.article.id == article), None)

    def of_kind(self, kind: Kind) -> list[Place]:
        """Return the places of one kind."""
        return [place for place in self.places if place.kind is kind]

    @property
    def has_found(self) -> bool:
        """Whether any passage was found."""
        return bool(self.hits or (self.turn and self.turn.places))

    @property
    def reference(self) -> str:
        """The answer with its first source, ready to paste; empty without an answer."""
        if self.answer is None or not self.answer.citations:
            return ""
        first = self.answer.citations[0]
        when = article_date(first.article)
        source = ", ".join(part for part in (first.article.title, when, first.where) if part)
        return f"{self.answer.text}\n— {source}"
