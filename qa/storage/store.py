"""A library's SQLite file: articles, passages, embeddings.

All changes happen inside ``Store.batch``, one transaction each, wholly in or wholly out;
conversations, in the same file, are changed in transactions of their own.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ..articles.found import MEMORY_PREFIX
from ..datatypes import Article, Passage, Scope
from .batch import Batch
from .database import COPYING_PREFIX, Database
from .schema import checksum, migrate
from .scope import SOURCE, path_ending, row_number, scope_sql, shown_source

if TYPE_CHECKING:  # numpy takes a tenth of a second to import, and lists need none
    import numpy as np
    from numpy.typing import NDArray

MOST_VARIABLES = 900
"""Values in one SQL statement; SQLite's own limit was 999 for long."""


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file as it was when it was read."""

    id: int
    """Row number."""
    path: str
    """Absolute path."""
    name: str
    """Path as the person named it."""
    size_bytes: int
    """Size then."""
    modified_ns: int
    """Modification time then, in nanoseconds."""
    digest: str
    """SHA-256 of its bytes; empty while batches of it are missing."""
    is_whole: bool
    """Whether all of it was read, and nothing in it failed."""
    articles: int
    """How many articles it holds."""


class ArticleRow(NamedTuple):
    """An article without its text, for listings and comparisons; made by the thousand."""

    id: int
    """Row number; ``Article.id`` is the same in decimal."""
    record: int | None
    """Record number in a file of several articles, from 1."""
    title: str
    """Headline."""
    source: str
    """Path or URL, as shown."""
    published: date | None
    """Publication date."""
    digest: str
    """SHA-256 of the cleaned text."""
    url: str | None
    """Its URL, when it named one."""


class Store(Database):
    """What the SQLite file of one library holds."""

    def facts(self) -> dict[str, str]:
        """Return what the library says of itself: model, fingerprint, dimension."""
        return dict(self._rows("SELECT name, value FROM facts"))

    def head(self) -> tuple[int, str, int]:
        """Return the newest commit: revision, nonce and last passage; zeros when there is none."""
        row = self._row(
            "SELECT revision, nonce, last_passage FROM commits ORDER BY revision DESC LIMIT 1"
        )
        return (row[0], row[1], row[2]) if row else (0, "", 0)

    def commit_nonce(self, revision: int) -> tuple[str, int] | None:
        """Return nonce and last passage of a commit, or None when there is no such commit."""
        row = self._row("SELECT nonce, last_passage FROM commits WHERE revision = ?", revision)
        return (row[0], row[1]) if row else None

    def has_articles(self) -> bool:
        """Whether there is any article."""
        return bool(self._row("SELECT EXISTS (SELECT 1 FROM articles)")[0])

    def count(self) -> tuple[int, int, int]:
        """Return how many files with articles, articles and passages there are.

        An article from memory has a row among the files, but is not counted as one.
        """
        row = self._row(
            "SELECT (SELECT count(DISTINCT file) FROM articles WHERE file NOT IN "
            "(SELECT id FROM files WHERE path GLOB ?)), (SELECT count(*) FROM articles), "
            "(SELECT count(*) FROM passages)",
            f"{MEMORY_PREFIX}*",
        )
        return row[0], row[1], row[2]

    def date_range(self) -> tuple[date, date] | None:
        """Return the earliest and latest publication date, or None when no article has one."""
        row = self._row("SELECT min(published), max(published) FROM articles")
        first, last = _date(row[0]), _date(row[1])
        return (first, last) if first and last else None

    def files(self, paths: Sequence[str] | None = None) -> dict[str, FileRow]:
        """Return the known files, or those of the given paths, by absolute path."""
        where, values = "", []
        if paths is not None:
            where, values = "WHERE path IN (SELECT value FROM json_each(?))", [json.dumps(paths)]
        rows = self._rows(
            "SELECT files.id, path, name, size_bytes, modified_ns, files.digest, is_whole, "
            "(SELECT count(*) FROM articles WHERE file = files.id) "
            f"FROM files {where} ORDER BY path",
            *values,
        )
        return {row[1]: FileRow(*row) for row in rows}

    def file_marks(self, first: int = 0) -> Iterator[tuple[str, int, int]]:
        """Yield path, size in bytes and modification time in nanoseconds of every known file.

        In the order of their row numbers, from the first on that is not below ``first``, and round.
        """
        for where in ("id >= ?", "id < ?"):
            with self.damage_noticed():
                yield from self.connection().execute(
                    f"SELECT path, size_bytes, modified_ns FROM files WHERE {where} ORDER BY id",
                    (first,),
                )

    def last_file(self) -> int:
        """Return the highest row number of a file, or 0."""
        return int(self._row("SELECT coalesce(max(id), 0) FROM files")[0])

    def article_rows(
        self,
        scope: Scope | None = None,
        *,
        file: int | None = None,
        ids: Sequence[int] | None = None,
    ) -> list[ArticleRow]:
        """Return the articles in a scope, of one file, or by row number; newest first."""
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
        # By place: names take twice as long, and there are thousands.
        return [
            ArticleRow(
                number,
                record,
                title,
                url or shown_source(source, path, name),
                _date(published),
                digest,
                url,
            )
            for number, record, title, source, published, digest, url, path, name in rows
        ]

    def passage_counts(self) -> dict[int, int]:
        """Return how many passages each article was split into, by its row number."""
        return dict(self._rows("SELECT article, count(*) FROM passages GROUP BY article"))

    def articles(self, ids: Iterable[int]) -> dict[int, Article]:
        """Return articles by row number; those that are gone are left out.

        Raises LibraryDamagedError for one that is no longer what was written.
        """
        found = {}
        noted = "value" if self.has_checksums() else "NULL"
        join = "LEFT JOIN article_checksums ON article = articles.id" * (noted == "value")
        for part in _parts(sorted(set(ids))):
            rows = self._rows(
                f"SELECT articles.id, title, {SOURCE}, published, text, articles.digest, "
                f"first_line, files.path, files.name, url, record, {noted} "
                f"FROM articles JOIN files ON files.id = articles.file {join} "
                f"WHERE articles.id IN ({_marks(part)})",
                *part,
            )
            for row in rows:
                number, title, _, published, text, digest, first_line, _, _, url, record, value = (
                    row
                )
                whole = value in (
                    None,
                    checksum(title, url, published, record, first_line, digest),
                )
                if not whole or _text_digest(text) != digest:
                    raise self.damaged(f"article {number} is not what was read")
                found[row[0]] = Article(
                    id=str(row[0]),
                    title=row[1],
                    source=row[9] or shown_source(row[2], row[7], row[8]),
                    published=_date(row[3]),
                    text=row[4],
                    digest=row[5],
                    first_line=row[6],
                )
        return found

    def find_articles(self, named: str) -> list[int]:
        """Return row numbers of the articles that a person means by a number, source or path.

        An exact identifier or source comes first; then a file or folder; then the end of a path.
        """
        if not named.strip():
            return []
        if (number := row_number(named)) is not None:
            rows = self._rows("SELECT id FROM articles WHERE id = ?", number)
            if rows:
                return [row[0] for row in rows]
        base = "SELECT articles.id FROM articles JOIN files ON files.id = articles.file WHERE "
        searches: list[tuple[str, list[str | int]]] = [(f"{SOURCE} = ?", [named])]
        path, _, last = named.rpartition("#")
        if path and (record := row_number(last)) is not None:
            searches.append(("path = ? AND record = ?", [os.path.abspath(path), record]))
            searches.append(("path LIKE ? ESCAPE '!' AND record = ?", [path_ending(path), record]))
        folder = os.path.abspath(Path(named).expanduser())
        beneath = folder.rstrip("/") + "/"
        searches.append(("path = ? OR substr(path, 1, length(?)) = ?", [folder, beneath, beneath]))
        searches.append(("path LIKE ? ESCAPE '!'", [path_ending(named)]))
        for where, values in searches:
            if rows := self._rows(base + f"({where}) ORDER BY articles.id", *values):
                return [row[0] for row in rows]
        return []

    def passages(self, ids: Sequence[int]) -> dict[int, Passage]:
        """Return passages by number, each with its article; those that are gone are left out.

        Raises LibraryDamagedError when a passage's article is missing.
        """
        places: list[tuple[int, int, int, int]] = []
        with self.snapshot():  # offsets and texts of one commit
            for part in _parts(ids):
                places += self._rows(
                    f'SELECT id, article, start, "end" FROM passages WHERE id IN ({_marks(part)})',
                    *part,
                )
            articles = self.articles(article for _, article, _, _ in places)
        if any(article not in articles for _, article, _, _ in places):
            raise self.damaged("a passage without its article")
        return {
            number: Passage(articles[article], start, end) for number, article, start, end in places
        }

    def passage_numbers(self, scope: Scope) -> "NDArray[np.int64] | None":
        """Return the sorted numbers of a scope's passages, or None when the scope is everything."""
        import numpy as np

        if scope.is_all:
            return None
        where, values = scope_sql(scope)
        rows = self._rows(
            "SELECT passages.id FROM passages JOIN articles ON articles.id = passages.article "
            f"JOIN files ON files.id = articles.file WHERE {where} ORDER BY passages.id",
            *values,
        )
        return np.fromiter((row[0] for row in rows), np.int64, len(rows))

    def words_after(self, passage: int, size: int = 10_000) -> Iterator[tuple[int, str]]:
        """Yield number and words, title and text, of the passages after one, in order."""
        article, title, text = 0, "", ""
        while True:
            rows = self._rows(
                'SELECT id, article, start, "end" FROM passages WHERE id > ? ORDER BY id LIMIT ?',
                passage,
                size,
            )
            if not rows:
                return
            for number, of, start, end in rows:
                if of != article:
                    title, text = self._row("SELECT title, text FROM articles WHERE id = ?", of)
                    article = of
                yield number, f"{title}\n{text[start:end]}"
            passage = rows[-1][0]

    def embeddings_after(
        self, passage: int, dimension: int, size: int = 50_000
    ) -> Iterator[tuple["NDArray[np.int64]", "NDArray[np.float16]"]]:
        """Yield numbers and float16 vectors ``(n, dimension)`` of later passages, in order."""
        import numpy as np

        while True:
            rows = self._rows(
                "SELECT passage, vector FROM embeddings WHERE passage > ? ORDER BY passage LIMIT ?",
                passage,
                size,
            )
            if not rows:
                return
            numbers = np.fromiter((row[0] for row in rows), np.int64, len(rows))
            yield numbers, self._as_vectors([row[1] for row in rows], dimension)
            passage = int(numbers[-1])

    def embeddings_of(
        self, numbers: "NDArray[np.int64]", dimension: int
    ) -> tuple["NDArray[np.int64]", "NDArray[np.float16]"]:
        """Return the float16 vectors ``(n, dimension)`` of passages; those gone are left out.

        Numbers come in ascending order, each once. One costs 2.5 µs when its page is in memory.
        """
        import numpy as np

        rows: list[tuple[int, bytes]] = []
        for part in _parts(np.unique(numbers).tolist()):
            rows += self._rows(
                f"SELECT passage, vector FROM embeddings WHERE passage IN ({_marks(part)}) "
                "ORDER BY passage",
                *part,
            )
        found = np.fromiter((row[0] for row in rows), np.int64, len(rows))
        return found, self._as_vectors([row[1] for row in rows], dimension)

    def _as_vectors(self, stored: Sequence[bytes], dimension: int) -> "NDArray[np.float16]":
        """Return stored vectors as ``(n, dimension)``. Raises LibraryDamagedError."""
        import numpy as np

        if any(not isinstance(row, bytes) or len(row) != 2 * dimension for row in stored):
            raise self.damaged("a vector has another length than the others")
        return np.frombuffer(b"".join(stored), "<f2").reshape(len(stored), dimension)

    def sampled_passages(self, most: int) -> "NDArray[np.int64]":
        """Return the numbers of so many passages, ascending: as if drawn, but always the same."""
        import numpy as np

        # Fibonacci hashing: multiples of 2³² divided by the golden ratio lie evenly.
        rows = self._rows(
            "SELECT id FROM passages ORDER BY id * 2654435769 % 4294967296 LIMIT ?", most
        )
        return np.sort(np.fromiter((row[0] for row in rows), np.int64, len(rows)))

    def article_vectors(self, article: int) -> "list[tuple[tuple[int, int], NDArray[np.float16]]]":
        """Return offsets and vector ``(dimension,)`` of each passage of an article."""
        import numpy as np

        rows = self._rows(
            'SELECT start, "end", vector FROM passages '
            "JOIN embeddings ON embeddings.passage = passages.id WHERE article = ?",
            article,
        )
        return [((start, end), np.frombuffer(vector, "<f2")) for start, end, vector in rows]

    def tombstones_after(self, revision: int) -> "NDArray[np.int64]":
        """Return the numbers of passages that went after a revision."""
        import numpy as np

        rows = self._rows("SELECT passage FROM tombstones WHERE revision > ?", revision)
        return np.fromiter((row[0] for row in rows), np.int64, len(rows))

    def check(self) -> list[str]:
        """Read the whole file and return what is wrong in its structure, a line each."""
        found = [row[0] for row in self._rows("PRAGMA integrity_check") if row[0] != "ok"]
        missing = self._row(
            "SELECT count(*) FROM passages WHERE id NOT IN (SELECT passage FROM embeddings)"
        )[0]
        if missing:
            found.append(f"{missing} passages have no embedding")
        if lost := len(self._rows("PRAGMA foreign_key_check")):
            found.append(f"{lost} rows belong to nothing that is there")
        return found

    def changed_articles(self) -> dict[int, str]:
        """Read every text and vector; return the file of each article that is not what was written.

        By row number. Those of a layout without checksums are held against the digests of their
        texts alone.
        """
        numbers = set()
        noted = self.has_checksums()
        for part in _parts([row[0] for row in self._rows("SELECT id FROM articles")]):
            for row in self._rows(
                "SELECT id, title, url, published, record, first_line, digest, text "
                f"FROM articles WHERE id IN ({_marks(part)})",
                *part,
            ):
                if _text_digest(row[7]) != row[6]:
                    numbers.add(row[0])
        if noted:
            for sql in (
                "SELECT id FROM articles LEFT JOIN article_checksums ON article = id "
                "WHERE value IS NOT checksum(title, url, published, record, first_line, digest)",
                "SELECT article FROM article_checksums WHERE passages <> "
                "(SELECT count(*) FROM passages WHERE article = article_checksums.article)",
                "SELECT DISTINCT article FROM passages "
                "JOIN embeddings ON embeddings.passage = passages.id "
                "LEFT JOIN passage_checksums ON passage_checksums.passage = passages.id "
                'WHERE value IS NOT checksum(article, start, "end", vector)',
            ):
                numbers.update(row[0] for row in self._rows(sql))
        return {
            number: self._row(
                "SELECT coalesce((SELECT path FROM files JOIN articles ON file = files.id "
                "WHERE articles.id = ?), '')",
                number,
            )[0]
            for number in sorted(numbers)
        }

    # Writing

    @contextmanager
    def batch(self) -> Iterator[Batch]:
        """One transaction: all of what happens inside, or none of it."""
        connection = self.connection()
        self.keep_copy()
        connection.execute("BEGIN IMMEDIATE")
        try:
            migrate(connection)
            revision, _, _ = self.head()
            batch = Batch(connection, revision + 1)
            yield batch
            if batch.touched_passages:
                last = connection.execute(
                    "SELECT seq FROM sqlite_sequence WHERE name = 'passages'"
                ).fetchone()
                connection.execute(
                    "INSERT INTO commits (revision, nonce, last_passage) VALUES (?, ?, ?)",
                    (revision + 1, os.urandom(8).hex(), last[0] if last else 0),
                )
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:  # after a full disk SQLite has rolled back by itself
                connection.execute("ROLLBACK")
            raise

    def optimise(self) -> None:
        """Let SQLite renew its statistics and shrink the log; cheap when little has changed."""
        connection = self.connection()
        for leftover in self.folder.glob(f"{COPYING_PREFIX}*"):  # of a migration that was killed
            leftover.unlink(missing_ok=True)
        connection.execute("PRAGMA optimize")
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)")


def _date(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:  # damaged; its checksum tells
        return None


def _text_digest(text: object) -> str:
    """SHA-256 of a text; empty for what is none."""
    if not isinstance(text, str):
        return ""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _marks(values: Sequence[object]) -> str:
    return ",".join("?" * len(values))


def _parts(values: Sequence[int]) -> Iterator[list[int]]:
    for first in range(0, len(values), MOST_VARIABLES):
        yield list(values[first : first + MOST_VARIABLES])
