"""The values that travel between the rooms: all frozen, all plain data.

Offsets are Python code points, half-open ``[start, end)``, into ``Article.text``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import Literal

Verdict = Literal["right", "wrong"]
"""What a person says of an answer. For ``not_found`` right means: the articles do not hold it."""


class Status(StrEnum):
    """What an answer claims."""

    ANSWERED = "answered"
    WEAK = "weak"
    NOT_FOUND = "not_found"


class AnswerKind(StrEnum):
    """What an answer's text is."""

    SPAN = "span"
    """The exact words that answer."""
    SENTENCE = "sentence"
    """The sentence that holds them, where which words they are is less sure."""
    SENTENCES = "sentences"
    """Several sentences, each cited, that answer together."""


@dataclass(frozen=True, slots=True)
class Article:
    """One article, cleaned."""

    id: str
    """Short identifier, unique in its library and never used again there; empty before storing."""
    title: str
    """Headline, or the start of the first sentence."""
    source: str
    """Path or URL as the person named it; ``path#3`` is the third record of a file of several."""
    published: date | None
    """Publication date, when the article names one."""
    text: str
    """The cleaned text that every offset refers to."""
    digest: str
    """SHA-256 of the cleaned text, in hexadecimal."""
    first_line: int = 1
    """Line of the source file on which the text begins; 1 for a record of a file of several."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of whole sentences in one article: the piece that is indexed."""

    article: Article
    """Where it stands."""
    start: int
    """First code point."""
    end: int
    """One past the last code point."""

    @property
    def text(self) -> str:
        """The passage's words."""
        return self.article.text[self.start : self.end]

    @property
    def place(self) -> tuple[str, int]:
        """Article and first code point, by which two mentions of a passage are the same."""
        return self.article.id, self.start


@dataclass(frozen=True, slots=True)
class Why:
    """How a hit came to its place."""

    bm25: float | None
    """BM25 score, higher is better; None when no word matched."""
    bm25_rank: int | None
    """Place in the BM25 list, from 1."""
    cosine: float
    """Cosine of question and passage embeddings."""
    dense_rank: int | None
    """Place in the dense list, from 1; None when it was not in its top."""
    reader: float | None = None
    """The reader's score of its best span, less that of "no answer"; None when it was not read."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that retrieval brought up."""

    passage: Passage
    """The passage."""
    score: float
    """Fused retrieval score, higher is better, comparable within one question."""
    rank: int
    """Place by retrieval alone, from 1; an answer's hits stand in the order of the reader."""
    why: Why
    """The scores behind it."""


@dataclass(frozen=True, slots=True)
class Span:
    """Words in a passage that may answer a question."""

    passage: Passage
    """Where the reader found it."""
    start: int
    """First code point, in the article's text."""
    end: int
    """One past the last code point, in the article's text."""
    score: float
    """The reader's score, higher is better; see the reader for its scale."""

    @property
    def text(self) -> str:
        """The words themselves."""
        return self.passage.article.text[self.start : self.end]


@dataclass(frozen=True)
class Citation:
    """The exact place in an article that supports an answer."""

    number: int
    """Number shown beside the answer, from 1."""
    article: Article
    """The article cited."""
    start: int
    """First code point of the quote."""
    end: int
    """One past the last code point of the quote."""
    lit: tuple[int, int] | None = None
    """Offsets of the likeliest words inside a quoted sentence; None where the quote is all."""

    @property
    def lit_bounds(self) -> tuple[int, int]:
        """Offsets of the words to highlight."""
        return self.lit or (self.start, self.end)

    @property
    def lit_text(self) -> str:
        """The words to highlight."""
        start, end = self.lit_bounds
        return self.article.text[start:end]

    @property
    def quote(self) -> str:
        """The exact words: ``article.text[start:end]``."""
        return self.article.text[self.start : self.end]

    @property
    def line(self) -> int:
        """Line of the source on which the quote begins, from 1."""
        return self.article.first_line + self.article.text.count("\n", 0, self.start)

    @cached_property
    def sentence_bounds(self) -> tuple[int, int]:
        """Offsets of the sentence, or sentences, that hold the quote."""
        from .sentences import sentence_around

        return sentence_around(self.article.text, self.start, self.end)

    @property
    def sentence(self) -> str:
        """The sentence, or sentences, that hold the quote."""
        start, end = self.sentence_bounds
        return self.article.text[start:end]


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another answer, from another place."""

    text: str
    """The exact words."""
    confidence: float
    """Probability in [0, 1] that it is right."""
    citation: Citation
    """Where it stands."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the articles say to a question."""

    question: str
    """The question as it was searched."""
    text: str
    """The answer: the first citation's quote, or all quotes of several sentences; empty when not
    found."""
    status: Status
    """Answered, weak or not found."""
    confidence: float
    """Probability in [0, 1] that the answer is right: of a sentence, that it holds the answer."""
    citations: tuple[Citation, ...]
    """Places that hold the answer, best first; empty when not found."""
    alternatives: tuple[Alternative, ...]
    """Other answers, best first."""
    hits: tuple[Hit, ...]
    """The passages that fit the question best, best first."""
    guess: Alternative | None = None
    """The likeliest answer, whatever may be claimed; None when nothing was read. For measuring."""
    timings: Mapping[str, float] = field(default_factory=dict)
    """Milliseconds of each step by name; ``total`` is the whole."""
    kind: AnswerKind = AnswerKind.SPAN
    """Whether the text is the words that answer, or the sentence that holds them."""
    unread: int = 0
    """Passages among the best that were not read, as the machine was too busy."""
    asked: str = ""
    """In a conversation, the question as it was typed; empty elsewhere."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Which articles a question is put to; the default is all of them."""

    since: date | None = None
    """Earliest publication date; articles without a date are then left out."""
    until: date | None = None
    """Latest publication date; articles without a date are then left out."""
    source: str | None = None
    """Glob over ``Article.source``: ``*`` any run of characters, ``?`` one, ``[…]`` a choice."""
    paths: tuple[str, ...] = ()
    """Absolute paths of files and folders; an article must stand in or under one of them."""
    without: tuple[str, ...] = ()
    """Article ids left out; those of no article change nothing."""
    only: tuple[str, ...] = ()
    """Article ids, where not empty: nothing but these is searched."""

    @property
    def is_all(self) -> bool:
        """Whether nothing is left out."""
        return self == Scope()


@dataclass(frozen=True, slots=True)
class Turn:
    """A question of a conversation with the answer it got, as they are remembered."""

    id: int
    """Number, unique in its library."""
    question: str
    """As it was typed, cleaned."""
    searched: str
    """The form that stands alone, which was searched."""
    answer: str
    """The answer's words; empty when not found."""
    status: Status
    """What the answer claimed."""
    confidence: float
    """Probability in [0, 1] that it is right."""
    sentence: str
    """Sentence of the first citation; empty when there is none."""
    sources: tuple[tuple[str, str, int], ...]
    """Title, source and line of each citation."""
    articles: tuple[tuple[str, int, int, str], ...]
    """Article id, start, end and the text's digest of each citation: offsets hold while the
    article still has that digest."""
    asked_at: datetime
    """When, in UTC."""
    verdict: Verdict | None
    """What the person said of the answer."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation without its turns, for listings."""

    id: int
    """Number, unique in its library."""
    title: str
    """As the person named it, else its first question; empty while there is neither."""
    started: datetime
    """When it began, in UTC."""
    updated: datetime
    """When its last question was asked, in UTC."""
    turns: int
    """How many turns it has."""
