"""The articles read from a file, and those stored from it → what to store, keep and remove."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from ..articles.dates import readings
from ..articles.found import FoundFile, Problem, ReadArticle
from ..datatypes import Article
from ..storage.article_store import ArticleRow
from .changes import Change, KeepArticle, NoteProblem, PutArticle, PutFile, RemoveArticle


def match_articles(
    found: FoundFile,
    digest: str,
    read: Iterable[ReadArticle | Problem],
    stored: Sequence[ArticleRow],
    *,
    is_known: bool,
    damaged: Collection[int] = frozenset(),
) -> Iterator[Change]:
    """Yield the changes that make the stored articles of a file those that it holds now.

    An article with the same text, title and date is kept; one with the same source is replaced
    and keeps its number. ``digest`` is the SHA-256 of the file's bytes, ``is_known`` says whether
    the library has the file, and ``damaged`` are articles to replace in any case, by row number.
    """
    matcher = _Matcher(stored, damaged)
    is_whole, is_cut_short = True, False
    for one in read:
        if isinstance(one, Problem):
            # What was never an article, such as an attachment, is missing from nothing.
            is_whole = is_whole and one.quiet and not one.cut_short
            is_cut_short = one.cut_short
            keeps_old = is_cut_short and bool(matcher.unmatched)
            yield NoteProblem(_with_note(one) if keeps_old else one)
        else:
            yield matcher.match(found, one)
    if is_cut_short:
        # The end of the file was not seen, so an article that is missing may still be there.
        if is_known:
            yield PutFile(found, "", is_whole=False)
        return
    for number in sorted(matcher.unmatched):
        yield RemoveArticle(number)
    yield PutFile(found, digest, is_whole=is_whole)


class _Matcher:
    """Finds the stored article that an article read from the same file continues."""

    def __init__(self, stored: Sequence[ArticleRow], damaged: Collection[int]) -> None:
        self.unmatched = {row.id: row for row in stored}
        """Stored articles that have not been found in the file, by row number."""
        self._damaged = damaged
        self._by_content: dict[object, list[ArticleRow]] = {}
        for row in stored:
            if row.id not in damaged:
                self._by_content.setdefault((row.digest, row.title, row.published), []).append(row)
        self._by_url = {row.url: row for row in stored if row.url}
        self._only = next((row for row in stored if row.record is None), None)

    def match(self, found: FoundFile, read: ReadArticle) -> Change:
        """Return what to do with one article of the file."""
        url = _url(found, read)
        for article in readings(read.article):
            if same := self._take_same(article, read.record):
                del self.unmatched[same.id]
                return KeepArticle(found, same.id, read.record, url, article)
        # A record number does not identify an article: it shifts when a record is inserted.
        before = self._only if read.record is None else self._by_url.get(read.article.source)
        if before is None or before.id not in self.unmatched:
            return PutArticle(found, read.record, url, read.article)
        del self.unmatched[before.id]
        article = replace(read.article, id=str(before.id))
        is_reusable = before.id not in self._damaged
        return PutArticle(found, read.record, url, article, is_reusable)

    def _take_same(self, article: Article, record: int | None) -> ArticleRow | None:
        """Take an unmatched article with the same content, from the same record if possible."""
        alike = self._by_content.get((article.digest, article.title, article.published), [])
        alike[:] = [row for row in alike if row.id in self.unmatched]
        if not alike:
            return None
        best = next((row for row in alike if row.record == record), alike[0])
        alike.remove(best)
        return best


def _url(found: FoundFile, read: ReadArticle) -> str | None:
    """Return the article's own source; None if it is named after its file."""
    by_name = (found.name, f"{found.name}#{read.record}")
    return None if read.article.source in by_name else read.article.source


def _with_note(problem: Problem) -> Problem:
    """Add to a problem that the file's earlier articles are kept, and list it in any case."""
    reason = f"{problem.reason}; its articles are kept as they were read before"
    return replace(problem, reason=reason, quiet=False)
