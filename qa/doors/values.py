"""Arguments and results of the tools, as both doors describe and check them.

The results have the names of ``qa ask --json``; a model takes what it names and leaves the rest.
The docstrings of fields are the descriptions in the schemas that clients read. A language model
reads those of the arguments, and pays for each word.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

MOST_QUESTION = 2_000
"""Code points of the longest question; a reader uses the first 64 tokens."""

MOST_PASSAGES = 20
"""Passages of the longest search, about 4,000 tokens."""

MOST_QUESTIONS = 10
"""Questions that are suggested at once; those of a large library take two seconds."""

MOST_TEXT = 20_000
"""Code points of an article that are read at once."""

MOST_REFERENCES = 50
"""References that are checked at once; each may read a file."""

MOST_NAME = 5_000
"""Code points of the longest name of an article; a path has up to 4,096 bytes."""


class Arguments(BaseModel):
    """Arguments of a tool; others than those named are refused."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    @property
    def needs_models(self) -> bool:
        """Whether the call waits for the models."""
        return False


class Scoped(Arguments):
    """Arguments of a tool that may look at a part of the articles only."""

    since: Annotated[str, Field(max_length=20)] = ""
    """From this day, month or year: 2011-10"""
    until: Annotated[str, Field(max_length=20)] = ""
    """Up to this one"""
    source: Annotated[str, Field(max_length=500)] = ""
    """Path or URL, as *libya*"""


class AskArguments(Scoped):
    """Arguments of ``ask``."""

    question: Annotated[str, Field(max_length=MOST_QUESTION)]
    """In English; stands alone"""

    @property
    def needs_models(self) -> bool:
        """It does."""
        return True


class SearchArguments(Scoped):
    """Arguments of ``search``."""

    query: Annotated[str, Field(max_length=MOST_QUESTION)]
    """Words; "quoted phrase" exactly"""
    k: Annotated[int, Field(ge=1, le=MOST_PASSAGES)] = 5
    """Number of passages"""

    @property
    def needs_models(self) -> bool:
        """It does."""
        return True


class ReadArguments(Arguments):
    """Arguments of ``read``."""

    article: Annotated[str, Field(min_length=1, max_length=MOST_NAME)]
    """Id, source, path or reference"""
    start: Annotated[int, Field(ge=0)] = 0
    """Offset to go on from: the last next"""
    limit: Annotated[int, Field(ge=1, le=MOST_TEXT)] = 4_000
    """Most characters"""


class OverviewArguments(Scoped):
    """Arguments of ``overview``."""

    questions: Annotated[int, Field(ge=0, le=MOST_QUESTIONS)] = 0
    """Suggest this many"""

    @property
    def needs_models(self) -> bool:
        """Whether questions are wanted: each is tried."""
        return self.questions > 0


class VerifyArguments(Arguments):
    """Arguments of ``verify``."""

    references: Annotated[
        list[Annotated[str, Field(max_length=MOST_NAME)]],
        Field(min_length=1, max_length=MOST_REFERENCES),
    ]
    """path#start-end@digest"""


class Values(BaseModel):
    """A part of a result."""

    model_config = ConfigDict(use_attribute_docstrings=True)


class BoundsValues(Values):
    """A range of an article's text, in code points."""

    start: int
    end: int


class ListedArticle(Values):
    """An article in a list."""

    id: str
    """Number in the library, which `read` takes."""
    title: str
    published: str | None
    """Day of publication; null if unknown."""
    source: str
    """Path or URL."""


class ArticleValues(ListedArticle):
    """An article without its text."""

    dated: str | None
    """What gives the day of publication."""
    date_is_guess: bool
    digest: str
    """SHA-256 of the text."""


class CitationValues(Values):
    """Words of an article that an answer rests on."""

    number: int
    quote: str
    """The exact words."""
    sentence: str
    """The sentence, or sentences, around them."""
    start: int
    end: int
    lit: BoundsValues
    """The words in the quote that most likely answer."""
    reference: str
    """path#start-end@digest, which `verify` and `read` take."""
    line: int
    page: int | None
    copies: int
    """Other articles that print the same report."""
    article: ArticleValues


class AlternativeValues(Values):
    """Another possible answer."""

    answer: str
    confidence: float
    differs: bool
    """Whether it and the answer cannot both be right: the articles differ."""
    citation: CitationValues


class AnswerValues(Values):
    """The answer to a question, or that there is none."""

    question: str
    searched: str
    """The question as it was searched, with misspelt words exchanged."""
    status: Literal["answered", "weak", "not_found"]
    """not_found: the articles do not answer it."""
    answer: str
    """Words of the articles; empty if not found."""
    kind: Literal["span", "sentence", "sentences", "summary", "remark"]
    confidence: float
    """Calibrated probability that the answer is right."""
    citations: list[CitationValues]
    alternatives: list[AlternativeValues]
    remark: str
    """What the program itself says."""
    notes: list[str]
    """What to know about it, such as a word that was exchanged."""
    unread: int
    """Near passages that there was no time to read."""


class HitValues(Values):
    """A passage that fits a query."""

    rank: int
    score: float
    """Comparable within one search only."""
    text: str
    start: int
    end: int
    reference: str
    line: int
    page: int | None
    article: ArticleValues


class SearchValues(Values):
    """The passages that fit a query best, best first."""

    query: str
    hits: list[HitValues]
    notes: list[str]


class ReadValues(Values):
    """An article, or a part of it."""

    article: ArticleValues
    text: str
    start: int
    end: int
    length: int
    """Of the whole text, in code points."""
    next: int | None
    """Where to go on; null at the end."""
    lit: BoundsValues | None
    """Where the words of the reference stand, if one was given."""


class StoryValues(Values):
    """Articles on the same events."""

    articles: int
    """How many."""
    newest: ListedArticle


class OverviewValues(Values):
    """What the library holds."""

    articles: int
    undated: int
    since: str | None
    """First day of publication."""
    until: str | None
    """Last day of publication."""
    formats: dict[str, int]
    """Articles by the ending of their file."""
    stories: list[StoryValues]
    """The largest among the newest articles."""
    newest: list[ListedArticle]
    questions: list[str]
    """Questions that the newest articles answer for sure, as many as were wanted or fewer."""
    notes: list[str]


class CheckedValues(Values):
    """What became of the words that a reference is to."""

    reference: str
    standing: Literal["holds", "moved", "changed", "gone"]
    source: str | None
    """Where they stand now."""
    line: int | None
    page: int | None
    quote: str | None


class VerifyValues(Values):
    """The checked references, in the order given."""

    references: list[CheckedValues]


NotedValues = AnswerValues | SearchValues | OverviewValues
"""Results that can have a note."""
