"""The turns of a conversation as they are stored: what was asked, answered, shown and written."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

from .datatypes import AnswerKind, ArticleId, Scope, Status

Verdict = Literal["right", "wrong"]
"""The user's judgement of an answer. A right ``not_found`` says that no article has the answer."""


class PlaceKind(StrEnum):
    """Why a place in an article is shown with an answer."""

    CITATION = "source"
    """It holds the answer."""
    OTHER = "other answer"
    """It holds another possible answer."""
    PASSAGE = "passage"
    """It is close to the question."""
    WRITTEN = "written"
    """A sentence that a language model wrote rests on it."""


class Support(StrEnum):
    """Whether the passages hold what a sentence of a language model says."""

    SUPPORTED = "supported"
    """A passage that it cites holds it."""
    ELSEWHERE = "elsewhere"
    """A passage that it does not cite holds it."""
    UNSUPPORTED = "unsupported"
    """No passage holds it."""
    NOT_CHECKABLE = "not checkable"
    """It states nothing that a passage could hold, such as "Here is a summary."."""


class Ending(StrEnum):
    """How a written answer ended."""

    DONE = "done"
    """The model came to its end."""
    LENGTH = "length"
    """It was cut off at the most tokens of an answer."""
    REPEATED = "repeated"
    """It was ended: the model wrote the same sentence for the third time."""
    CANCELLED = "cancelled"
    """The person wanted no more."""
    NOTHING_NEAR = "nothing near"
    """No passage is near the question; the server was not contacted."""
    FAILED = "failed"
    """The server failed; what it wrote before stands."""


@dataclass(frozen=True, slots=True)
class TurnPlace:
    """A place in an article, as a stored turn keeps it.

    The offsets hold while the article's text has the digest.
    """

    number: int
    """The number that it was shown with, from 1."""
    kind: PlaceKind
    """Why it was shown."""
    article: ArticleId
    """The article's id."""
    title: str
    """The article's title."""
    source: str
    """The article's source."""
    line: int
    """Line of the source where it begins, from 1."""
    start: int
    """Offset of its start."""
    end: int
    """Offset of its end."""
    digest: str
    """SHA-256 of the article's text, in hexadecimal."""
    sentence: tuple[int, int]
    """Offsets of the sentence, or sentences, around it."""
    said: str = ""
    """Text of that sentence, or sentences; empty for a passage."""
    lit: tuple[int, int] | None = None
    """Offsets of the most likely answer in it; None to highlight all of it."""
    confidence: float | None = None
    """Probability in [0, 1] that another answer is right; None for other kinds of place."""
    page: int | None = None
    """Page of the source where it begins, from 1; None if the source has no pages."""
    copies: int = 0
    """How many other articles were near-copies of this one."""

    @property
    def words(self) -> str:
        """The words to highlight, from what the article said then."""
        start, end = self.lit or (self.start, self.end)
        return self.said[start - self.sentence[0] : end - self.sentence[0]]


@dataclass(frozen=True, slots=True)
class TurnSentence:
    """A sentence that a language model wrote, as a stored turn keeps it."""

    text: str
    """The sentence."""
    support: Support
    """Whether the passages held it."""
    places: tuple[TurnPlace, ...] = ()
    """The numbered places that it rests on."""
    reason: str = ""
    """Why it is not held; empty if it is."""


@dataclass(frozen=True, slots=True)
class TurnWriting:
    """An answer that a language model wrote, as a stored turn keeps it."""

    server: str
    """What wrote it, such as ``qwen3:4b at 127.0.0.1:11434``."""
    sentences: tuple[TurnSentence, ...]
    """Its sentences, in order."""
    ending: Ending
    """How it ended."""
    error: str = ""
    """Why the server failed; empty if it did not."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A question of a conversation and its answer, as they are stored."""

    id: int
    """Its id, unique in the library."""
    question: str
    """The question as it was typed, cleaned."""
    searched: str
    """The stand-alone question that was searched for."""
    answer: str
    """Text of the answer; empty if not found."""
    status: Status
    """Status of the answer."""
    confidence: float
    """Probability in [0, 1] that the answer is right."""
    asked_at: datetime
    """When it was asked, in UTC."""
    verdict: Verdict | None
    """The user's judgement; None if there is none."""
    places: tuple[TurnPlace, ...] = ()
    """The numbered places that it shows: citations, then other answers, then near passages."""
    kind: AnswerKind = AnswerKind.SPAN
    """Whether the answer is a span, sentences, or no answer but a summary or a remark."""
    remark: str = ""
    """What qa itself says: all of a remark, or what a summary is of; else empty."""
    notes: tuple[str, ...] = ()
    """What the person should know about the answer, a line each."""
    unread: int = 0
    """How many of the best passages were not read because the machine was too busy."""
    in_story: bool = True
    """Whether the question was taken to be about the story of the conversation, not a new one."""
    scope: Scope = field(default_factory=Scope)
    """The filter: which articles were searched."""
    writing: TurnWriting | None = None
    """What a language model wrote from the articles; None if it was not asked to."""

    @property
    def citations(self) -> tuple[TurnPlace, ...]:
        """The citations of the answer."""
        return tuple(place for place in self.places if place.kind is PlaceKind.CITATION)

    @property
    def is_answer(self) -> bool:
        """Whether it answers from the articles, or says that they do not."""
        return self.kind not in (AnswerKind.SUMMARY, AnswerKind.REMARK)

    @property
    def is_list(self) -> bool:
        """Whether it is a summary that lists articles, one citation each."""
        articles = {place.article for place in self.citations}
        return self.kind is AnswerKind.SUMMARY and 1 < len(self.citations) == len(articles)


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation without its turns, for lists."""

    id: int
    """Its id, unique in the library."""
    title: str
    """The title that the user gave it, or else its first question; empty before that."""
    started: datetime
    """When it started, in UTC."""
    updated: datetime
    """When its last question was asked, in UTC."""
    turns: int
    """Number of turns."""
