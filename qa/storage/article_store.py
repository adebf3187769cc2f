"""The files and articles in a library's SQLite file."""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from ..datatypes import MEMORY_PREFIX, Article, ArticleRowId, Scope, is_from_memory
from .database import Database
from .schema import WITH_CHECKSUMS, WITH_DETAILS, article_checksum_sql, read_details
from .scope import SOURCE, parse_number, path_ending, scope_sql, shown_source

MOST_VARIABLES = 900
"""Most values in one SQL statement; older versions of SQLite allow 999."""


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file as it was when it was read."""

    id: int
    """Row id."""
    path: str
    """Absolute path."""
    name: str
    """Path as the user gave it."""
    size_bytes: int
    """Its size."""
    modified_ns: int
    """Its modification time in nanoseconds."""
    digest: str
    """SHA-256 of its bytes; empty until all its batches are stored."""
    is_whole: bool
    """Whether all of it was read without errors."""
    articles: int
    """Number of its articles."""
    changed_ns: int = 0
    """When its bytes, name or permissions last changed, in nanoseconds; 0 if unknown."""


class ArticleRow(NamedTuple):
    """An article without its text. A tuple, as lists make thousands of them."""

    id: ArticleRowId
    """Row id; ``Article.id`` is the same in decimal."""
    record: int | None
    """Record number in a file with several articles, from 1."""
    title: str
    """Headline."""
    source: str
    """Path or URL, as shown."""
    published: date | None
    """Publication date."""
    digest: str
    """SHA-256 of the cleaned text."""
    url: str | None
    """URL of the article, if it gives one."""
    path: str = ""
    """Absolute path of its file."""
    library: str = ""
    """Name of its library; empty if only one is asked."""


class WrittenDate(NamedTuple):
    """A publication date in digits whose order can differ, such as 03/04/2011."""

    article: ArticleRowId
    """The article's row."""
    path: str
    """Absolute path of its file."""
    digits: str
    """The date as it is written."""
    published: date | None
    """The day that it was read as; None if it can be read in two ways."""
    dated: str
    """What gives it."""


class Counts(NamedTuple):
    """How much a library holds."""

    files: int
    """Number of files with articles."""
    articles: int
    """Number of articles."""
    passages: int
    """Number of passages."""


class ArticleStore(Database):
    """Reads files and articles."""

    def has_articles(self) -> bool:
        """Return whether there is any article."""
        return bool(self._row("SELECT EXISTS (SELECT 1 FROM articles)")[0])

    def count(self) -> Counts:
        """Count files, articles and passages.

        An article from memory has a row in ``files``, but does not count as a file.
        """
        row = self._row(
            "SELECT (SELECT count(DISTINCT file) FROM articles WHERE file NOT IN "
            "(SELECT id FROM files WHERE path GLOB ?)), (SELECT count(*) FROM articles), "
            "(SELECT count(*) FROM passages)",
            f"{MEMORY_PREFIX}*",
        )
        return Counts(*row)

    def date_range(self) -> tuple[date, date] | None:
        """Return the first and last publication date; None if no article has a date."""
        row = self._row("SELECT min(published), max(published) FROM articles")
        first, last = _date(row[0]), _date(row[1])
        return (first, last) if first and last else None

    def files(self, paths: Sequence[str] | None = None) -> dict[str, FileRow]:
        """Return all files, or those with the given absolute paths, by absolute path."""
        where, values = "", []
        if paths is not None:
            where, values = "WHERE path IN (SELECT value FROM json_each(?))", [json.dumps(paths)]
        rows = self._rows(
            "SELECT files.id, path, name, size_bytes, modified_ns, files.digest, is_whole, "
            "(SELECT count(*) FROM articles WHERE file = files.id), "
            f"{self._changed_column()} "
            f"FROM files {where} ORDER BY path",
            *values,
        )
        return {row[1]: FileRow(*row) for row in rows}

    def _changed_column(self) -> str:
        return "changed_ns" if self.layout() >= WITH_DETAILS else "0"

    def file_stats(self, first: int = 0) -> Iterator[tuple[str, int, int, int, str]]:
        """Yield path, size in bytes, times in nanoseconds and digest of every file.

        The times are those of the last modification and of the last change, 0 if unknown.

        Files come in the order of their row ids, starting at ``first`` and wrapping around.
        """
        changed = self._changed_column()
        for where in ("id >= ?", "id < ?"):
            with self.translate_errors():
                yield from self.connection().execute(
                    f"SELECT path, size_bytes, modified_ns, {changed}, digest FROM files "
                    f"WHERE {where} ORDER BY id",
                    (first,),
                )

    def last_file(self) -> int:
        """Return the highest row id of a file, or 0."""
        return int(self._row("SELECT coalesce(max(id), 0) FROM files")[0])

    def article_rows(
        self,
        scope: Scope | None = None,
        *,
        file: int | None = None,
        ids: Sequence[ArticleRowId] | None = None,
    ) -> list[ArticleRow]:
        """Return the articles of a scope, of a file, or with the given ids; newest first."""
        where, values = scope_sql(scope or Scope())
        if file is not None:
            where, values = "articles.file = ?", [file]
        if ids is not None:
            where, values = (
                "articles.id IN (SELECT value FROM json_each(?))",
                [json.dumps(list(ids))],
            )
        rows = self._rows(
            f"SELECT articles.id, record, title, {SOURCE}, published, articles.digest, url, "
            "files.path, files.name "
            f"FROM articles JOIN files ON files.id = articles.file WHERE {where} "
            "ORDER BY published DESC, articles.id",
            *values,
        )
        # Positional arguments: keywords take twice as long, and there are thousands of rows.
        return [
            ArticleRow(
                article,
                record,
                title,
                url or shown_source(source, path, name),
                _date(published),
                digest,
                url,
                path,
            )
            for article, record, title, source, published, digest, url, path, name in rows
        ]

    def passage_counts(self) -> dict[ArticleRowId, int]:
        """Return the number of passages of each article."""
        return dict(self._rows("SELECT article, count(*) FROM passages GROUP BY article"))

    def articles(self, ids: Iterable[ArticleRowId]) -> dict[ArticleRowId, Article]:
        """Return articles by id; unknown ids are left out.

        Raises LibraryDamagedError if an article does not match its checksum or digest.
        """
        found = {}
        layout = self.layout()
        column = "details" if layout >= WITH_DETAILS else "NULL"
        matches, join = "1", ""
        if layout >= WITH_CHECKSUMS:
            # A row without a checksum was written by nothing that makes them.
            matches = f"coalesce(value = {article_checksum_sql(layout)}, value IS NULL)"
            join = "LEFT JOIN article_checksums ON article = articles.id"
        for part in in_parts(sorted(set(ids))):
            rows = self._rows(
                f"SELECT articles.id, title, {SOURCE}, published, text, articles.digest, "
                f"first_line, files.path, files.name, url, {column}, {matches} "
                f"FROM articles JOIN files ON files.id = articles.file {join} "
                f"WHERE articles.id IN ({question_marks(part)})",
                *part,
            )
            for (
                row,
                title,
                source,
                published,
                text,
                digest,
                line,
                path,
                name,
                url,
                details,
                is_sound,
            ) in rows:
                if not is_sound or _text_digest(text) != digest:
                    raise self.damaged(f"article {row} is not what was read")
                found[row] = Article(
                    id=str(row),
                    title=title,
                    source=url or shown_source(source, path, name),
                    published=_date(published),
                    text=text,
                    digest=digest,
                    first_line=line,
                    file="" if is_from_memory(path) else path,
                    **read_details(details),
                )
        return found

    def written_dates(self) -> list[WrittenDate]:
        """Return the dates that are written in digits, by the path of their file."""
        if self.layout() < WITH_DETAILS:
            return []
        digits, dated = (
            f"coalesce(json_extract(details, '$.{name}'), '')" for name in ("digits", "dated")
        )
        rows = self._rows(
            f"SELECT articles.id, path, {digits}, published, {dated} FROM articles "
            f"JOIN files ON files.id = articles.file WHERE {digits} <> '' "
            "ORDER BY path, articles.id"
        )
        return [
            WrittenDate(article, path, digits, _date(day), dated)
            for article, path, digits, day, dated in rows
        ]

    def articles_with_digest(self, digest: str) -> list[ArticleRowId]:
        """Return the articles whose text has a digest that begins with these hexadecimal digits."""
        rows = self._rows(
            "SELECT id FROM articles WHERE substr(digest, 1, length(?)) = ? ORDER BY id",
            digest,
            digest,
        )
        return [row[0] for row in rows]

    def file_of(self, article: ArticleRowId) -> FileRow:
        """Return the file of an article. Raises LibraryDamagedError if it has none."""
        rows = self._rows(
            "SELECT path FROM files JOIN articles ON file = files.id WHERE articles.id = ?", article
        )
        files = self.files([row[0] for row in rows])
        if not files:
            raise self.damaged(f"article {article} has no file")
        return next(iter(files.values()))

    def find_articles(self, name: str) -> list[ArticleRowId]:
        """Return the ids of the articles that a user means by an id, a source or a path.

        An exact id or source takes precedence; then an absolute path of a file or folder; then the
        end of a path.
        """
        if not name.strip() or "\0" in name:  # no path has a zero
            return []
        if (number := parse_number(name)) is not None:
            rows = self._rows("SELECT id FROM articles WHERE id = ?", number)
            if rows:
                return [row[0] for row in rows]
        base = "SELECT articles.id FROM articles JOIN files ON files.id = articles.file WHERE "
        searches: list[tuple[str, list[str | int]]] = [(f"{SOURCE} = ?", [name])]
        path, _, last = name.rpartition("#")
        if path and (record := parse_number(last)) is not None:
            real = os.path.realpath(path)
            # What is attached to a mail has a source of its own, and the number of the mail.
            searches.append(("path = ? AND record = ? AND url IS NULL", [real, record]))
            searches.append(("path = ? AND record = ?", [real, record]))
            searches.append(("path LIKE ? ESCAPE '!' AND record = ?", [path_ending(path), record]))
        folder = os.path.realpath(os.path.expanduser(name))
        beneath = folder.rstrip("/") + "/"
        searches.append(("path = ? OR substr(path, 1, length(?)) = ?", [folder, beneath, beneath]))
        searches.append(("path LIKE ? ESCAPE '!'", [path_ending(name)]))
        for where, values in searches:
            if rows := self._rows(base + f"({where}) ORDER BY articles.id", *values):
                return [row[0] for row in rows]
        return []

    def damaged_articles(self) -> dict[ArticleRowId, str]:
        """Return the articles that are not what was written, each with its file's path.

        Reads every text and vector. A library of a layout without checksums has only the digests
        of texts to compare.
        """
        damaged = set()
        for part in in_parts([row[0] for row in self._rows("SELECT id FROM articles")]):
            for article, digest, text in self._rows(
                f"SELECT id, digest, text FROM articles WHERE id IN ({question_marks(part)})", *part
            ):
                if _text_digest(text) != digest:
                    damaged.add(article)
        if (layout := self.layout()) >= WITH_CHECKSUMS:
            for sql in (
                "SELECT id FROM articles LEFT JOIN article_checksums ON article = id "
                f"WHERE value IS NOT {article_checksum_sql(layout)}",
                "SELECT article FROM article_checksums WHERE passages <> "
                "(SELECT count(*) FROM passages WHERE article = article_checksums.article)",
                "SELECT DISTINCT article FROM passages "
                "JOIN embeddings ON embeddings.passage = passages.id "
                "LEFT JOIN passage_checksums ON passage_checksums.passage = passages.id "
                'WHERE value IS NOT checksum(article, start, "end", vector)',
            ):
                damaged.update(row[0] for row in self._rows(sql))
        return {
            article: self._row(
                "SELECT coalesce((SELECT path FROM files JOIN articles ON file = files.id "
                "WHERE articles.id = ?), '')",
                article,
            )[0]
            for article in sorted(damaged)
        }


def question_marks(values: Sequence[object]) -> str:
    """Return an SQL placeholder for each value, separated by commas."""
    return ",".join("?" * len(values))


def in_parts(values: Sequence[int]) -> Iterator[list[int]]:
    """Yield the values in parts that fit into one SQL statement."""
    for first in range(0, len(values), MOST_VARIABLES):
        yield list(values[first : first + MOST_VARIABLES])


def _date(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:  # the row is damaged, which its checksum shows
        return None


def _text_digest(text: object) -> str:
    """Return the SHA-256 of a text; empty if the value is not a text."""
    if not isinstance(text, str):
        return ""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
