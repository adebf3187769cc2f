"""What a language model wrote for a question of the conversation. Knows no Textual."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from threading import Event
from typing import TypeAlias

from ..datatypes import Answer, Citation, Scope
from ..storage.turns import turn_place
from ..turns import Ending, Support, TurnSentence, TurnWriting
from ..writing.checked import CheckedSentence
from ..writing.write import Piece, Written
from .places import Kind, Place, first_free, with_written

HELD = frozenset({Support.SUPPORTED, Support.ELSEWHERE})
"""What counts as supported: a place that it rests on is shown with the sentence."""


@dataclass(frozen=True, slots=True)
class WriteRequest:
    """A wish for a written answer. Safe to hand to another thread."""

    number: int
    """Number of the question in this run of the chat."""
    run: int
    """Number of the wish in this run of the chat."""
    answer: Answer
    """The answer to write out."""
    scope: Scope
    """The articles that were searched."""
    stopped: Event
    """Set when nobody waits for it any more."""


@dataclass(frozen=True, slots=True)
class Began:
    """The server is being asked."""

    server: str
    """What writes, such as ``qwen3:4b at 127.0.0.1:11434``."""


WritingStep: TypeAlias = Began | Piece | CheckedSentence | Written
"""What happens to a written answer."""


@dataclass(frozen=True, slots=True)
class SaidSentence:
    """A finished sentence, as it is shown."""

    text: str
    """The sentence."""
    support: Support
    """Whether the passages hold it."""
    numbers: tuple[int, ...] = ()
    """Numbers of the places that it rests on."""
    reason: str = ""
    """Why it is not held; empty if it is."""


@dataclass(slots=True)
class WrittenAnswer:
    """An answer that a language model writes, or wrote."""

    before: Sequence[Place]
    """The places of the question without it."""
    run: int = 0
    """Number of the wish for it in this run of the chat; 0 if it was stored."""
    server: str = ""
    """What writes it; empty until it is known."""
    sentences: list[SaidSentence] = field(default_factory=list)
    """The finished sentences."""
    unfinished: str = ""
    """The sentence in the making."""
    places: list[Place] = field(default_factory=list)
    """The places that its sentences rest on, without those that the exact answer cites."""
    ending: Ending | None = None
    """How it ended; None while it is being written."""
    error: str = ""
    """Why the server failed, or could not be asked."""
    stopped: Event = field(default_factory=Event)
    """Set when nobody waits for it any more."""
    asked_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    """When it was asked for, in UTC."""

    @property
    def is_pending(self) -> bool:
        """Whether it is being written."""
        return self.ending is None

    @property
    def supported(self) -> int:
        """How many of its sentences an article holds."""
        return sum(sentence.support in HELD for sentence in self.sentences)

    @property
    def kept(self) -> TurnWriting | None:
        """What is stored of it; None if nothing was written."""
        if self.ending is None or not self.sentences:
            return None
        known = {place.number: turn_place(place) for place in (*self.before, *self.places)}
        sentences = tuple(
            TurnSentence(
                each.text, each.support, tuple(map(known.__getitem__, each.numbers)), each.reason
            )
            for each in self.sentences
        )
        return TurnWriting(self.server, sentences, self.ending, self.error)

    def take(self, step: WritingStep) -> None:
        """Note what has happened to it."""
        match step:
            case Began(server):
                self.server = server
            case Piece():
                self.unfinished = step.unfinished
            case CheckedSentence():
                numbers = tuple(dict.fromkeys(map(self._number, step.sources)))
                said = SaidSentence(step.text, step.support, numbers, step.reason)
                self.sentences.append(said)
                self.unfinished = ""
            case Written():
                self.end(step.ending, step.error)

    def end(self, ending: Ending, error: str = "") -> None:
        """End it; what is finished stays."""
        self.stopped.set()
        self.ending, self.error, self.unfinished = ending, error, ""

    def shown_places(self, opened: Place | None) -> list[Place]:
        """Return all places of the question; ``opened`` is the one that is shown."""
        return with_written(self.before, self.places, opened)

    def _number(self, source: Citation) -> int:
        """Return the number of the place with the words that a sentence rests on."""
        cited = [place for place in self.before if place.kind is Kind.CITATION]
        for place in (*cited, *self.places):
            bounds = place.citation.sentence_bounds
            if place.article == source.article and bounds == source.sentence_bounds:
                return place.number
        number = self.places[-1].number + 1 if self.places else first_free(self.before)
        self.places.append(Place(number, Kind.WRITTEN, replace(source, number=number)))
        return number
