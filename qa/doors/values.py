"""Arguments and results of the tools, as both doors describe and check them.

The results have the names of ``qa ask --json``; a model takes what it names and leaves the rest.
The docstrings of fields are the descriptions in the schemas that clients read. A language model
reads those of the arguments, and pays for each word.
"""

from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from .. import render
from ..errors import UsageError

MOST_QUESTION = 2_000
"""Code points of the longest question; a reader uses the first 64 tokens."""

MOST_PASSAGES = 20
"""Passages of the longest search, about 4,000 tokens."""

MOST_TEXT = 20_000
"""Code points of an article that are read at once."""

MOST_REFERENCES = 50
"""References that are checked at once; each may read a file."""

MOST_NAME = 5_000
"""Code points of the longest name of an article; a path has up to 4,096 bytes."""


class Arguments(BaseModel):
    """Arguments of a tool; others than those named are refused."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


class Scoped(Arguments):
    """Arguments of a tool that may look at a part of the articles only."""

    since: Annotated[str, Field(max_length=20)] = ""
    """Published from: 2011, 2011-10 or 2011-10-24"""
    until: Annotated[str, Field(max_length=20)] = ""
    """Published up to"""
    source: Annotated[str, Field(max_length=500)] = ""
    """Glob of paths or URLs: *libya*"""


class AskArguments(Scoped):
    """Arguments of ``ask``."""

    question: Annotated[str, Field(max_length=MOST_QUESTION)]
    """One question in English that stands alone"""


class SearchArguments(Scoped):
    """Arguments of ``search``."""

    query: Annotated[str, Field(max_length=MOST_QUESTION)]
    """Words; "quoted" ones are matched exactly"""
    k: Annotated[int, Field(ge=1, le=MOST_PASSAGES)] = 5
    """Number of passages"""


class ReadArguments(Arguments):
    """Arguments of ``read``."""

    article: Annotated[str, Field(min_length=1, max_length=MOST_NAME)]
    """Id, source, path or reference"""
    start: Annotated[int, Field(ge=0)] = 0
    """Offset to go on from: the last result's next"""
    limit: Annotated[int, Field(ge=1, le=MOST_TEXT)] = 4_000
    """Most characters"""


class OverviewArguments(Scoped):
    """Arguments of ``overview``."""


class VerifyArguments(Arguments):
    """Arguments of ``verify``."""

    references: Annotated[
        list[Annotated[str, Field(max_length=MOST_NAME)]],
        Field(min_length=1, max_length=MOST_REFERENCES),
    ]
    """As citations have them: path#start-end@digest"""


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
    citation: CitationValues


class NotedValues(Values):
    """A result with notes."""

    notes: list[str]
    """What to know about it, such as a word that was exchanged."""


class AnswerValues(NotedValues):
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


class SearchValues(NotedValues):
    """The passages that fit a query best, best first."""

    query: str
    hits: list[HitValues]


class ReadValues(Values):
    """An article, or a part of it."""

    article: ArticleValues
    text: str
    start: int
    end: int
    length: int
    """Of the whole text, in code points."""
    next: int | None
    """Offset to go on from; null at the end."""
    lit: BoundsValues | None
    """Where the words of the reference stand, if one was given."""


class StoryValues(Values):
    """Articles on the same events."""

    articles: int
    """How many."""
    newest: ListedArticle


class OverviewValues(NotedValues):
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


Checked = TypeVar("Checked", bound=Arguments)
Made = TypeVar("Made", bound=Values)


def checked(model: type[Checked], arguments: object) -> Checked:
    """Return arguments as a model. Raises UsageError, in one line that says what is wrong."""
    try:
        return model.model_validate(arguments)
    except ValidationError as error:
        raise UsageError("; ".join(_fault(model, one) for one in error.errors())) from None


def made(model: type[Made], values: dict[str, Any]) -> Made:
    """Return JSON values as a model; what cannot be written as UTF-8 is replaced."""
    return model.model_validate_json(render.to_json(values))


def schema(model: type[BaseModel]) -> dict[str, Any]:
    """Return a model's JSON schema, without the titles that pydantic makes of names."""
    found = model.model_json_schema(
        mode="serialization" if issubclass(model, Values) else "validation"
    )
    found.pop("description", None)
    return _untitled(found)


def _untitled(value: Any, *, named: bool = False) -> Any:
    """Return a schema without its titles; the keys of ``named`` values are names of fields."""
    if isinstance(value, list):
        return [_untitled(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        name: _untitled(each, named=name in ("properties", "$defs") and not named)
        for name, each in value.items()
        if named or name != "title"
    }


def _fault(model: type[Arguments], error: Any) -> str:
    """Return what is wrong with one argument."""
    name = ".".join(str(part) for part in error["loc"]) or "the arguments"
    if error["type"] == "extra_forbidden":
        return f"there is no parameter {name!r}; known are {', '.join(model.model_fields)}"
    message = error["msg"]
    return f"{name}: {message[0].lower()}{message[1:]}"
