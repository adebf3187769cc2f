"""The SQLite file of a library: articles, passages, embeddings and commits.

Everything but conversations is changed inside ``Store.batch``, in one transaction each.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..articles.naming import name_of
from ..datatypes import ArticleRowId, Passage, Scope, is_from_memory
from .article_store import ArticleStore, in_parts, question_marks
from .batch import Batch
from .database import COPY_PREFIX
from .doubts import DoubtStore
from .scope import scope_sql

if TYPE_CHECKING:  # importing numpy takes 0.1 s, and lists do not need it
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Commit:
    """A batch that changed passages."""

    revision: int
    """Number of the commit, from 1; 0 before the first."""
    nonce: str
    """Random hexadecimal digits, which tell two histories of a library apart."""
    last_passage: int
    """The highest passage id at that time; later passages have higher ids."""


NO_COMMIT = Commit(0, "", 0)
"""The state of a new library."""


class Store(ArticleStore, DoubtStore):
    """The SQLite file of one library. Threads may share it."""

    def facts(self) -> dict[str, str]:
        """Return name, fingerprint and dimension of the model; empty in a new library."""
        return dict(self._rows("SELECT name, value FROM facts"))

    # Commits

    def newest_commit(self) -> Commit:
        """Return the newest commit, or ``NO_COMMIT``."""
        row = self._row(
            "SELECT revision, nonce, last_passage FROM commits ORDER BY revision DESC LIMIT 1"
        )
        return Commit(*row) if row else NO_COMMIT

    def find_commit(self, revision: int, nonce: str) -> Commit | None:
        """Return the commit with this revision and nonce; None if there is none."""
        row = self._row(
            "SELECT revision, nonce, last_passage FROM commits WHERE revision = ? AND nonce = ?",
            revision,
            nonce,
        )
        return Commit(*row) if row else None

    @contextmanager
    def batch(self) -> Iterator[Batch]:
        """Run the block in one transaction, which becomes a commit if it changes passages.

        Only the holder of the writer lock may call this.
        """
        with self.transaction() as connection:
            revision = self.newest_commit().revision + 1
            batch = Batch(connection, revision)
            yield batch
            if batch.touched_passages:
                last = connection.execute(
                    "SELECT seq FROM sqlite_sequence WHERE name = 'passages'"
                ).fetchone()
                connection.execute(
                    "INSERT INTO commits (revision, nonce, last_passage) VALUES (?, ?, ?)",
                    (revision, os.urandom(8).hex(), last[0] if last else 0),
                )

    # Passages

    def passages(self, ids: Sequence[int]) -> dict[int, Passage]:
        """Return passages with their articles, by passage id; unknown ids are left out.

        Raises LibraryDamagedError if a passage's article is missing or damaged.
        """
        places: list[tuple[int, ArticleRowId, int, int]] = []
        with self.snapshot():  # so that offsets and texts are from the same commit
            for part in in_parts(ids):
                places += self._rows(
                    'SELECT id, article, start, "end" FROM passages '
                    f"WHERE id IN ({question_marks(part)})",
                    *part,
                )
            articles = self.articles(article for _, article, _, _ in places)
        if any(article not in articles for _, article, _, _ in places):
            raise self.damaged("a passage without its article")
        return {
            passage: Passage(articles[article], start, end)
            for passage, article, start, end in places
        }

    def articles_of(self, ids: Sequence[int]) -> dict[int, ArticleRowId]:
        """Return the article of each passage, by passage id; unknown ids are left out."""
        found: dict[int, ArticleRowId] = {}
        for part in in_parts(ids):
            marks = question_marks(part)
            found.update(
                self._rows(f"SELECT id, article FROM passages WHERE id IN ({marks})", *part)
            )
        return found

    def passage_ids(self, scope: Scope) -> "NDArray[np.int64] | None":
        """Return the passage ids of a scope in ascending order; None if the scope is everything."""
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

    def sample_passages(self, most: int) -> "NDArray[np.int64]":
        """Return at most ``most`` passage ids, ascending. The sample looks random but is fixed."""
        import numpy as np

        # Fibonacci hashing: multiples of 2³² divided by the golden ratio are spread evenly.
        rows = self._rows(
            "SELECT id FROM passages ORDER BY id * 2654435769 % 4294967296 LIMIT ?", most
        )
        return np.sort(np.fromiter((row[0] for row in rows), np.int64, len(rows)))

    def texts_after(self, passage: int, size: int = 10_000) -> Iterator[tuple[int, str]]:
        """Yield id and text of the passages with higher ids, in order.

        Each text stands under the title of its article and the name of its file, if that says more.
        ``size`` is the number of passages read at once.
        """
        article, heading, text = 0, "", ""
        while True:
            rows = self._rows(
                'SELECT id, article, start, "end" FROM passages WHERE id > ? ORDER BY id LIMIT ?',
                passage,
                size,
            )
            if not rows:
                return
            for number, owner, start, end in rows:
                if owner != article:
                    heading, text = self._heading_and_text(owner)
                    article = owner
                yield number, f"{heading}\n{text[start:end]}"
            passage = rows[-1][0]

    def _heading_and_text(self, article: int) -> tuple[str, str]:
        """Return an article's title, with the name of its file if that says more, and its text."""
        title, text, record, path = self._row(
            "SELECT title, text, record, path FROM articles JOIN files ON files.id = file "
            "WHERE articles.id = ?",
            article,
        )
        return heading_of(title, record, path), text

    def tombstones_after(self, revision: int) -> "NDArray[np.int64]":
        """Return the ids of the passages that were deleted after a revision."""
        import numpy as np

        rows = self._rows("SELECT passage FROM tombstones WHERE revision > ?", revision)
        return np.fromiter((row[0] for row in rows), np.int64, len(rows))

    # Embeddings

    def embeddings_after(
        self, passage: int, dimension: int, size: int = 50_000
    ) -> Iterator[tuple["NDArray[np.int64]", "NDArray[np.float16]"]]:
        """Yield ids and float16 vectors ``(n, dimension)`` of passages with higher ids, in order.

        ``size`` is the largest n. Raises LibraryDamagedError.
        """
        import numpy as np

        while True:
            rows = self._rows(
                "SELECT passage, vector FROM embeddings WHERE passage > ? ORDER BY passage LIMIT ?",
                passage,
                size,
            )
            if not rows:
                return
            ids = np.fromiter((row[0] for row in rows), np.int64, len(rows))
            yield ids, self._as_vectors([row[1] for row in rows], dimension)
            passage = int(ids[-1])

    def embeddings_of(
        self, ids: "NDArray[np.int64]", dimension: int
    ) -> tuple["NDArray[np.int64]", "NDArray[np.float16]"]:
        """Return ids, ascending, and float16 vectors ``(n, dimension)`` of these passages.

        Unknown ids are left out. A vector takes 2.5 µs if its page is in memory. Raises
        LibraryDamagedError.
        """
        import numpy as np

        rows: list[tuple[int, bytes]] = []
        for part in in_parts(np.unique(ids).tolist()):
            rows += self._rows(
                f"SELECT passage, vector FROM embeddings WHERE passage IN ({question_marks(part)}) "
                "ORDER BY passage",
                *part,
            )
        found = np.fromiter((row[0] for row in rows), np.int64, len(rows))
        return found, self._as_vectors([row[1] for row in rows], dimension)

    def article_vectors(
        self, article: ArticleRowId
    ) -> "list[tuple[tuple[int, int], NDArray[np.float16]]]":
        """Return offsets and vector ``(dimension,)`` of each passage of an article."""
        import numpy as np

        rows = self._rows(
            'SELECT start, "end", vector FROM passages '
            "JOIN embeddings ON embeddings.passage = passages.id WHERE article = ?",
            article,
        )
        return [((start, end), np.frombuffer(vector, "<f2")) for start, end, vector in rows]

    def _as_vectors(self, stored: Sequence[bytes], dimension: int) -> "NDArray[np.float16]":
        """Return stored vectors as ``(n, dimension)``. Raises LibraryDamagedError."""
        import numpy as np

        if any(not isinstance(row, bytes) or len(row) != 2 * dimension for row in stored):
            raise self.damaged("a vector has another length than the others")
        return np.frombuffer(b"".join(stored), "<f2").reshape(len(stored), dimension)

    # Maintenance

    def check(self) -> list[str]:
        """Read the whole file and return the faults in its structure, a line each."""
        found = [row[0] for row in self._rows("PRAGMA integrity_check") if row[0] != "ok"]
        missing = self._row(
            "SELECT count(*) FROM passages WHERE id NOT IN (SELECT passage FROM embeddings)"
        )[0]
        if missing:
            found.append(f"{missing} passages have no embedding")
        if orphans := len(self._rows("PRAGMA foreign_key_check")):
            found.append(f"{orphans} rows refer to rows that do not exist")
        return found

    def optimise(self) -> None:
        """Update SQLite's statistics and shrink its log; fast if little has changed."""
        connection = self.connection()
        for leftover in self.folder.glob(f"{COPY_PREFIX}*"):  # from a migration that was killed
            leftover.unlink(missing_ok=True)
        connection.execute("PRAGMA optimize")
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)")


def heading_of(title: str, record: int | None, path: str) -> str:
    """Return what a passage is searched under: the title, and the file's name if that says more.

    ``record`` is the article's number in a file of several; None if the file is the article.
    """
    name = "" if record is not None or is_from_memory(path) else name_of(path)
    return title if name in title else f"{title}\n{name}"
