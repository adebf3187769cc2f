"""The plain, frozen values that the rooms pass to each other.

Offsets count code points in ``Article.text``; ranges are half-open: ``[start, end)``.
"""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import NewType, TypeAlias

ArticleRowId = NewType("ArticleRowId", int)
"""An article's row in a library's SQLite file, from 1; never used for another article."""

ArticleId: TypeAlias = str
"""The ``ArticleRowId`` in decimal, as people and JSON see it; empty before it is stored."""

OWN_BITS = 56
"""Bits of an id in its own library; above them is the place of the library, where several are asked
as one."""


def own_id(identifier: ArticleId) -> ArticleId:
    """Return an article's id in its own library."""
    return str(int(identifier) & ((1 << OWN_BITS) - 1)) if identifier else identifier


MEMORY_PREFIX = "memory:"
"""Starts the path of an article that was added from memory; its source follows.

No file has such a path, because the paths of files are absolute.
"""


def is_from_memory(path: str) -> bool:
    """Whether a path in the library stands for an article from memory."""
    return path.startswith(MEMORY_PREFIX)


class Status(StrEnum):
    """How sure an answer is."""

    ANSWERED = "answered"
    WEAK = "weak"
    NOT_FOUND = "not_found"


class AnswerKind(StrEnum):
    """Whether an answer is a span, a sentence or several sentences."""

    SPAN = "span"
    """The exact words that answer the question."""
    SENTENCE = "sentence"
    """The sentence with the answer, when the exact words are less certain."""
    SENTENCES = "sentences"
    """Several sentences, each with a citation, that answer the question together."""
    SUMMARY = "summary"
    """The most telling sentences of articles, as the person asked for; not an answer."""
    REMARK = "remark"
    """What qa itself says to thanks or a call for help; not an answer."""


@dataclass(frozen=True, slots=True)
class Article:
    """An article with cleaned text."""

    id: ArticleId
    """Its id in the library."""
    title: str
    """Headline, or the start of the first sentence."""
    source: str
    """Path or URL as the user gave it; ``path#3`` is the third record of a file with several."""
    published: date | None
    """Publication date; None if the article gives none."""
    text: str
    """The cleaned text, which every offset refers to."""
    digest: str
    """SHA-256 of the cleaned text, in hexadecimal."""
    first_line: int = 1
    """Line of the source file where the text begins; 1 for a record of a file with several."""
    pages: tuple[int, ...] = ()
    """Offset where each page begins; empty if the source has no pages."""
    lines: tuple[tuple[int, int], ...] = ()
    """Offsets where the line number jumps, because lines of the source were left out, each with
    the line of the source there; in ascending order."""
    dated: str = ""
    """What gives the publication date, such as ``front matter`` or ``file name``; empty if unknown.
    """
    is_date_guess: bool = False
    """Whether the publication date is only likely, such as one found in a page's text."""
    date_digits: str = ""
    """The publication date as the source writes it, if in digits whose order can differ, such as
    ``03/04/2011``; without ``published`` it can be read in two ways."""
    encoding: str = ""
    """Encoding of the source if that was a guess, such as ``cp1252``; empty if it was certain."""
    file: str = field(default="", compare=False)
    """Absolute path of the file that a library read it from, such as the archive that holds it;
    empty if it is from no file."""
    library: str = ""
    """Name of its library; empty if only one is asked."""

    def line_at(self, offset: int) -> int:
        """Return the line of the source, from 1, that an offset is on."""
        start, line = max((jump for jump in self.lines if jump[0] <= offset), default=(0, 0))
        return (line or self.first_line) + self.text.count("\n", start, offset)

    def page_at(self, offset: int) -> int | None:
        """Return the page, from 1, that an offset is on; None if the source has no pages."""
        return bisect_right(self.pages, offset) or 1 if self.pages else None

    def where(self, offset: int) -> str:
        """Return where an offset is, for people: ``report.pdf, page 3`` or ``notes.txt:12``."""
        page = self.page_at(offset)
        if page is None:
            return f"{self.source}:{self.line_at(offset)}"
        return f"{self.source}, page {page}"


@dataclass(frozen=True, slots=True)
class Passage:
    """Consecutive sentences of an article: the unit that is indexed."""

    article: Article
    """The article it is part of."""
    start: int
    """Offset of its start."""
    end: int
    """Offset of its end."""

    @property
    def text(self) -> str:
        """The passage's text."""
        return self.article.text[self.start : self.end]

    @property
    def place(self) -> tuple[ArticleId, int]:
        """Article id and start, which identify the passage."""
        return self.article.id, self.start


@dataclass(frozen=True, slots=True)
class Why:
    """The scores behind a hit's rank."""

    bm25: float | None
    """BM25 score, higher is better; None if no word matched."""
    bm25_rank: int | None
    """Rank by BM25, from 1; None if it was not among the best."""
    cosine: float
    """Cosine similarity of the question's and the passage's embeddings."""
    dense_rank: int | None
    """Rank by cosine similarity, from 1; None if it was not among the best."""
    reader: float | None = None
    """The reader's score for its best span, minus that for "no answer"; None if it was not read."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that retrieval found."""

    passage: Passage
    """The passage."""
    score: float
    """Fused retrieval score, higher is better; comparable only within one question."""
    rank: int
    """Rank by retrieval, from 1. The hits of an answer are in the reader's order instead."""
    why: Why
    """The scores behind the rank."""
    is_copy: bool = False
    """Whether its article is a near-copy of one that is cited, or has a better hit."""


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a passage that may answer a question."""

    passage: Passage
    """The passage that the reader found it in."""
    start: int
    """Offset of its start in the article's text."""
    end: int
    """Offset of its end in the article's text."""
    score: float
    """The reader's score, higher is better; the reader documents the scale."""

    @property
    def text(self) -> str:
        """The span's text."""
        return self.passage.article.text[self.start : self.end]


@dataclass(frozen=True)
class Citation:
    """The quote in an article that supports an answer."""

    number: int
    """Number shown next to the answer, from 1."""
    article: Article
    """The cited article."""
    start: int
    """Offset of the quote's start."""
    end: int
    """Offset of the quote's end."""
    lit: tuple[int, int] | None = None
    """Offsets of the most likely answer in a quoted sentence; None to highlight the whole quote."""
    copies: int = 0
    """How many other articles are near-copies of the cited one: the same report, printed again."""

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
        """The quoted text: ``article.text[start:end]``."""
        return self.article.text[self.start : self.end]

    @property
    def line(self) -> int:
        """Line of the source where the quote begins, from 1."""
        return self.article.line_at(self.start)

    @property
    def page(self) -> int | None:
        """Page of the source where the quote begins, from 1; None if it has no pages."""
        return self.article.page_at(self.start)

    @property
    def where(self) -> str:
        """Source and page, or source and line, of the quote: ``report.pdf, page 3``."""
        return self.article.where(self.start)

    @cached_property
    def sentence_bounds(self) -> tuple[int, int]:
        """Offsets of the sentence, or sentences, around the quote."""
        from .sentences import sentence_around

        return sentence_around(self.article.text, self.start, self.end)

    @property
    def sentence(self) -> str:
        """The sentence, or sentences, around the quote."""
        start, end = self.sentence_bounds
        return self.article.text[start:end]


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another possible answer."""

    text: str
    """Its text, as in the article."""
    confidence: float
    """Probability in [0, 1] that it is right."""
    citation: Citation
    """Where the article says so."""
    differs: bool = False
    """Whether it and the answer cannot both be right: another number, date or name."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer that the articles give to a question."""

    question: str
    """The question that was searched for."""
    text: str
    """The quote of the first citation, or the quotes of all for several sentences; empty if not
    found."""
    status: Status
    """Answered, weak or not found."""
    confidence: float
    """Probability in [0, 1] that the answer is right, or that a sentence contains the answer."""
    citations: tuple[Citation, ...]
    """Where the articles give the answer, best first; empty if not found."""
    alternatives: tuple[Alternative, ...]
    """Other answers, best first."""
    hits: tuple[Hit, ...]
    """The best passages, best first."""
    guess: Alternative | None = None
    """The most likely answer, even if its confidence is too low to show; None if nothing was read.
    Used by the evaluation."""
    timings: Mapping[str, float] = field(default_factory=dict)
    """Milliseconds by step; ``total`` is the time for the whole question."""
    kind: AnswerKind = AnswerKind.SPAN
    """Whether the text is a span, a sentence or several sentences."""
    unread: int = 0
    """How many of the best passages were not read because the machine was too busy."""
    asked: str = ""
    """The question as it was typed; empty if it is the one that was searched for."""
    in_story: bool = False
    """Whether the question was taken to be about the story of the conversation, not a new one."""
    remark: str = ""
    """What qa itself says: all of a remark, or what a summary is of; else empty."""
    notes: tuple[str, ...] = ()
    """What the person should know about the answer, a line each, such as ``no article has
    "Tavarez"; looked for "Tavares"``."""

    @property
    def is_answer(self) -> bool:
        """Whether it answers from the articles, or says that they do not."""
        return self.kind not in (AnswerKind.SUMMARY, AnswerKind.REMARK)

    @property
    def is_list(self) -> bool:
        """Whether it is a summary that lists articles, one citation each."""
        articles = {citation.article.id for citation in self.citations}
        return self.kind is AnswerKind.SUMMARY and 1 < len(self.citations) == len(articles)


@dataclass(frozen=True, slots=True)
class Scope:
    """Which articles to search; all of them by default."""

    since: date | None = None
    """Earliest publication date. It excludes articles without a date."""
    until: date | None = None
    """Latest publication date. It excludes articles without a date."""
    source: str | None = None
    """Glob for ``Article.source``: ``*`` is any text, ``?`` a character, ``[…]`` one of several."""
    paths: tuple[str, ...] = ()
    """Paths of files and folders; the article's file must be one of them or inside one. Those that
    are not absolute are the last parts of a path, such as ``reuters`` or ``reuters/2011``."""
    without: tuple[ArticleId, ...] = ()
    """Articles to exclude; unknown ids are ignored."""
    only: tuple[ArticleId, ...] = ()
    """The only articles to search, unless empty; unknown ids are ignored."""

    @property
    def is_all(self) -> bool:
        """Whether every article is searched."""
        return self == Scope()
