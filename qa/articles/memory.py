"""Articles from memory instead of files: each counts as a file of its own."""

from collections.abc import Iterable, Iterator, Mapping

from ..datatypes import MEMORY_PREFIX, Article
from ..errors import ArticleError, UsageError
from .build import build_article
from .clean import clean, one_line
from .dates import dated_value
from .found import FoundFile, Problem, ReadArticle
from .load import ARTICLE_CHARACTERS
from .record import SOURCE_CHARACTERS, article_of, strings

SOURCE_KEYS = ("url", "source")
"""Keys of the source, best first."""


def read_records(
    records: Iterable[Article | Mapping[str, object]],
) -> Iterator[tuple[FoundFile, ReadArticle] | Problem]:
    """Yield each record as an article in a file of its own, or what is wrong with it.

    Raises UsageError for a record that is neither an article nor a mapping.
    """
    seen: set[str] = set()
    for number, record in enumerate(records, 1):
        if not isinstance(record, Article | Mapping):
            raise UsageError(
                f"Record {number} is a {type(record).__name__}, not an Article or a mapping."
            )
        source = _source(record)
        try:
            article = _article(record, source)
            if source in seen:
                raise ArticleError("its source was given before; each article needs its own")
        except ArticleError as error:
            yield Problem(source or f"record {number}", str(error), quiet=False)
            continue
        seen.add(source)
        path = MEMORY_PREFIX + source
        found = FoundFile(path, path, len(article.text.encode()), modified_ns=0)
        yield found, ReadArticle(None, article)


def _source(record: Article | Mapping[str, object]) -> str:
    """Return the source on one line; empty if there is none."""
    if isinstance(record, Article):
        return one_line(record.source)
    return one_line(next(strings(record, SOURCE_KEYS), ""))


def _article(record: Article | Mapping[str, object], source: str) -> Article:
    """Return the cleaned article. Raises ArticleError if something is missing or too long."""
    if not source:
        raise ArticleError("no source (give each article one that identifies it)")
    if len(source) > SOURCE_CHARACTERS:
        raise ArticleError(f"its source is longer than {SOURCE_CHARACTERS:,} characters")
    if isinstance(record, Article):
        text = clean(record.text)
        if not text.strip():
            raise ArticleError("no text")
        day = dated_value(record.published, "record")
        article = build_article(source, text, title=record.title, dated=day)
    else:
        article = article_of(record, source)
    if len(article.text) > ARTICLE_CHARACTERS:
        raise ArticleError(
            f"longer than {ARTICLE_CHARACTERS // 1_000_000} million characters; split it"
        )
    return article
