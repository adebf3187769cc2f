"""The five tools that programs call: ask, search, read, overview, verify. All only read."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, NamedTuple

from .. import render
from ..articles.dates import named_day
from ..datatypes import Article, Scope
from ..errors import UsageError
from ..references import DIGEST_DIGITS, CheckedReference, Reference, Standing, parse_reference
from .schemas import made
from .values import (
    AnswerValues,
    Arguments,
    AskArguments,
    OverviewArguments,
    OverviewValues,
    ReadArguments,
    ReadValues,
    Scoped,
    SearchArguments,
    SearchValues,
    Values,
    VerifyArguments,
    VerifyValues,
)

if TYPE_CHECKING:
    from ..library import Library
    from ..storage.article_store import ArticleRow

MOST_STORIES = 6
"""Stories that an overview names."""

NEWEST = 5
"""Newest articles that an overview names."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """A library, or the part of it that a client may see."""

    library: "Library"
    """The library."""
    paths: tuple[str, ...] = ()
    """Absolute paths of files and folders; only articles in and under them are shown."""

    def scope(self, wanted: Scoped | None = None) -> Scope:
        """Return what a call looks at. Raises UsageError for a date that is none."""
        scope = Scope(paths=self.paths)
        if wanted is None:
            return scope
        since = named_day(wanted.since, last=False) if wanted.since else None
        until = named_day(wanted.until, last=True) if wanted.until else None
        if since and until and since > until:
            raise UsageError(f"since {since} is after until {until}.")
        return replace(scope, since=since, until=until, source=wanted.source or None)

    def shows(self, article: Article) -> bool:
        """Whether the client may see an article."""
        only = Scope(paths=self.paths, only=(article.id,))
        return not self.paths or bool(self.library.articles(only))


def ask(shelf: Shelf, wanted: AskArguments) -> AnswerValues:
    """Answer a question as ``qa ask`` does. Raises what ``Library.ask`` raises."""
    answer = shelf.library.conversation().ask(wanted.question, scope=shelf.scope(wanted))
    return made(AnswerValues, render.answer_values(answer))


def search(shelf: Shelf, wanted: SearchArguments) -> SearchValues:
    """Return the passages that fit a query best, as ``qa search`` does."""
    found = shelf.library.retrieve(wanted.query, k=wanted.k, scope=shelf.scope(wanted))
    notes = list(found.notes)
    if found.hits and not found.has_words:
        notes.append("No article contains any of these words.")
    hits = []
    for place, hit in enumerate(found.hits if found.has_words else (), 1):
        article, start, end = hit.passage.article, hit.passage.start, hit.passage.end
        reference = Reference(article.source, start, end, article.digest[:DIGEST_DIGITS])
        where = {"line": article.line_at(start), "page": article.page_at(start)}
        hits.append({**render.hit_values(hit, place), "reference": str(reference), **where})
    return made(SearchValues, {"query": wanted.query, "hits": hits, "notes": notes})


def read(shelf: Shelf, wanted: ReadArguments) -> ReadValues:
    """Return an article, or the part of it around the words of a reference.

    Raises UsageError if there is no such article, or several, or if its words have changed.
    """
    reference = parse_reference(wanted.article)
    article = _cited(shelf, reference) if reference else named_article(shelf, wanted.article)
    start = wanted.start
    if reference and not start:  # from the paragraph with the words
        before = article.text.rfind("\n\n", 0, reference.start)
        start = max(before + 2 if before >= 0 else 0, reference.end - wanted.limit)
    if start > len(article.text):
        raise UsageError(f"The article ends at {len(article.text)}; {start} is after that.")
    end = min(start + wanted.limit, len(article.text))
    values = {
        "article": render.article_values(article),
        "text": article.text[start:end],
        "start": start,
        "end": end,
        "length": len(article.text),
        "next": end if end < len(article.text) else None,
        "lit": {"start": reference.start, "end": reference.end} if reference else None,
    }
    return made(ReadValues, values)


def overview(shelf: Shelf, wanted: OverviewArguments) -> OverviewValues:
    """Return how many articles there are, of which days and formats, and the largest stories."""
    scope = shelf.scope(wanted)
    rows = shelf.library.articles(scope)
    days = [row.published for row in rows if row.published]
    stories = shelf.library.stories(scope)[:MOST_STORIES] if rows else []
    values = {
        "articles": len(rows),
        "undated": len(rows) - len(days),
        "since": min(days).isoformat() if days else None,
        "until": max(days).isoformat() if days else None,
        "formats": dict(Counter(map(_format, rows)).most_common()),
        "stories": [{"articles": len(story), "newest": listed(story[0])} for story in stories],
        "newest": [listed(row) for row in rows[:NEWEST]],
        "questions": _questions(shelf, wanted.questions, scope) if rows else [],
        "notes": [],
    }
    return made(OverviewValues, values)


def verify(shelf: Shelf, wanted: VerifyArguments) -> VerifyValues:
    """Say of each reference whether its words still stand, in the file as it is now."""
    found = [shelf.library.verify(reference) for reference in wanted.references]
    shown = [
        one
        if one.article is None or shelf.shows(one.article)
        else CheckedReference(one.reference, Standing.GONE)
        for one in found
    ]
    return made(VerifyValues, {"references": [render.checked_values(one) for one in shown]})


class Tool(NamedTuple):
    """A tool as the doors offer it."""

    name: str
    """Its name."""
    description: str
    """What it does, for a language model."""
    arguments: type[Arguments]
    """What it takes."""
    result: type[Values]
    """What it returns."""
    run: Callable[[Shelf, Any], Values]
    """The function."""


TOOLS = {
    tool.name: tool
    for tool in (
        Tool(
            "ask",
            "Answer a question from the person's articles, with exact quotes, citations and a "
            "calibrated confidence. status not_found means the articles do not say: do not guess.",
            AskArguments,
            AnswerValues,
            ask,
        ),
        Tool(
            "search",
            "Find passages by words and meaning, where ask does not suffice.",
            SearchArguments,
            SearchValues,
            search,
        ),
        Tool(
            "read",
            "Read an article, or the part around a reference.",
            ReadArguments,
            ReadValues,
            read,
        ),
        Tool(
            "overview",
            "What the library holds: counts, dates, formats, largest stories, newest articles.",
            OverviewArguments,
            OverviewValues,
            overview,
        ),
        Tool(
            "verify",
            "Whether cited words still stand: holds, moved, changed or gone.",
            VerifyArguments,
            VerifyValues,
            verify,
        ),
    )
}
"""The tools by name."""


def named_article(shelf: Shelf, name: str) -> Article:
    """Return the article with a number, source or path. Raises UsageError."""
    rows = shelf.library.find(name)
    if len(rows) > 1:
        some = ", ".join(str(row.id) for row in rows[:5])
        raise UsageError(f"{name} means {len(rows)} articles; name one by its id: {some} …")
    article = shelf.library.article(rows[0].id)
    if not shelf.shows(article):
        raise UsageError(f"No article is called {name}.")
    return article


def numbered_article(shelf: Shelf, number: int) -> Article:
    """Return the article with a number in the library. Raises UsageError if none has it."""
    article = shelf.library.article(number)
    if not shelf.shows(article):
        raise UsageError(f"No article has the number {number}.")
    return article


def listed(row: "ArticleRow") -> dict[str, Any]:
    """Return an article of a list as JSON values."""
    published = row.published.isoformat() if row.published else None
    return {"id": str(row.id), "title": row.title, "published": published, "source": row.source}


def _cited(shelf: Shelf, reference: Reference) -> Article:
    """Return the article that a reference is to. Raises UsageError if its words have changed."""
    found = shelf.library.verify(reference)
    if found.article is None or not shelf.shows(found.article):
        raise UsageError(f"The article of {reference} is gone.")
    if found.standing is Standing.CHANGED:
        raise UsageError(f"The text of {reference} was changed; read {found.article.id} instead.")
    return found.article


def _questions(shelf: Shelf, most: int, scope: Scope) -> list[str]:
    """Return questions that the newest articles suggest; none costs nothing."""
    if not most:
        return []
    return [each.question for each in shelf.library.suggested_questions(most, scope)]


def _format(row: "ArticleRow") -> str:
    """Return the ending of an article's file; ``url`` for one that is known by its address."""
    if row.url:
        return "url"
    path = row.source.rpartition("#")[0] if row.record else row.source
    return PurePath(path).suffix.lower() or "none"
