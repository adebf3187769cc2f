"""The changes that a transaction can make to a library."""

import sqlite3
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..datatypes import Article, ArticleRowId
from .schema import ARTICLE_CHECKSUM, checksum, details_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Batch:
    """Changes the rows of one transaction; use it only inside ``Store.batch``."""

    def __init__(self, connection: sqlite3.Connection, revision: int) -> None:
        self._connection = connection
        self._revision = revision
        self.touched_passages = False
        """Whether passages were added or deleted, so that the search indexes are out of date."""

    def set_facts(self, **facts: str) -> None:
        """Store facts about the model that made the embeddings."""
        self._connection.executemany(
            "INSERT OR REPLACE INTO facts (name, value) VALUES (?, ?)", facts.items()
        )

    def put_file(
        self,
        path: str,
        name: str,
        size_bytes: int,
        modified_ns: int,
        digest: str,
        *,
        is_whole: bool,
        changed_ns: int = 0,
    ) -> int:
        """Add or update a file; return its row id. A file that is not whole is read again later."""
        row = self._connection.execute(
            "INSERT INTO files (path, name, size_bytes, modified_ns, changed_ns, digest, is_whole) "
            "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (path) DO UPDATE SET name = excluded.name, "
            "size_bytes = excluded.size_bytes, modified_ns = excluded.modified_ns, "
            "changed_ns = excluded.changed_ns, "
            "digest = excluded.digest, is_whole = excluded.is_whole RETURNING id",
            (path, name, size_bytes, modified_ns, changed_ns, digest, is_whole),
        ).fetchone()
        return int(row[0])

    def move_file(self, file: int, path: str, name: str) -> None:
        """Change a file's path; its articles stay as they are."""
        self._connection.execute(
            "UPDATE files SET path = ?, name = ? WHERE id = ?", (path, name, file)
        )

    def renew_passages(self, file: int) -> None:
        """Give new ids to the passages of the article that is all of a file.

        So they enter the indexes again: the full text has the file's name in each.
        """
        import numpy as np

        for (article,) in self._connection.execute(
            "SELECT id FROM articles WHERE file = ? AND record IS NULL", (file,)
        ).fetchall():
            rows = self._connection.execute(
                'SELECT start, "end", vector FROM passages JOIN embeddings ON passage = id '
                "WHERE article = ? ORDER BY id",
                (article,),
            ).fetchall()
            places = [(start, end) for start, end, _ in rows]
            vectors = np.array([np.frombuffer(row[2], "<f2") for row in rows], np.float32)
            self.replace_passages(ArticleRowId(article), places, vectors)

    def put_article(
        self,
        file: int,
        record: int | None,
        url: str | None,
        article: Article,
        places: Sequence[tuple[int, int]],
        embeddings: "NDArray[np.float32]",
    ) -> ArticleRowId:
        """Add an article with its passages; return its id.

        An article with an id replaces the stored article of that id. ``places`` are the passages'
        offsets, ``embeddings`` is float32 ``(len(places), dimension)``.
        """
        values = (
            file,
            record,
            article.title,
            url,
            article.published.isoformat() if article.published else None,
            article.first_line,
            article.digest,
            article.text,
            details_of(article),
        )
        if article.id:
            row = ArticleRowId(int(article.id))
            self._delete_passages(row)
            self._connection.execute(
                "UPDATE articles SET file = ?, record = ?, title = ?, url = ?, published = ?, "
                "first_line = ?, digest = ?, text = ?, details = ? WHERE id = ?",
                (*values, row),
            )
        else:
            added = self._connection.execute(
                "INSERT INTO articles (file, record, title, url, published, first_line, "
                "digest, text, details) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
                values,
            ).fetchone()
            row = ArticleRowId(added[0])
        self._add_passages(row, places, embeddings)
        self._update_checksum(row)
        return row

    def move_article(
        self, number: ArticleRowId, file: int, record: int | None, url: str | None, article: Article
    ) -> None:
        """Change the place of an article in its file; its text, title and date stay the same."""
        self._connection.execute(
            "UPDATE articles SET file = ?, record = ?, url = ?, first_line = ?, details = ? "
            "WHERE id = ?",
            (file, record, url, article.first_line, details_of(article), number),
        )
        self._update_checksum(number)

    def remove_article(self, article: ArticleRowId) -> None:
        """Delete an article and its passages."""
        self._delete_passages(article)
        self._connection.execute("DELETE FROM articles WHERE id = ?", (article,))

    def remove_empty_files(self) -> None:
        """Delete the files that have no articles."""
        self._connection.execute("DELETE FROM files WHERE id NOT IN (SELECT file FROM articles)")

    def replace_passages(
        self,
        article: ArticleRowId,
        places: Sequence[tuple[int, int]],
        embeddings: "NDArray[np.float32]",
    ) -> None:
        """Replace the passages of a stored article; see `put_article`."""
        self._delete_passages(article)
        self._add_passages(article, places, embeddings)
        self._update_checksum(article)

    def _update_checksum(self, article: ArticleRowId) -> None:
        """Store the checksum of an article's row and its number of passages."""
        self._connection.execute(
            "INSERT OR REPLACE INTO article_checksums (article, value, passages) "
            f"SELECT id, {ARTICLE_CHECKSUM}, "
            "(SELECT count(*) FROM passages WHERE article = articles.id) "
            "FROM articles WHERE id = ?",
            (article,),
        )

    def _delete_passages(self, article: ArticleRowId) -> None:
        """Delete an article's passages and add tombstones for them."""
        passages = self._connection.execute(
            "SELECT id FROM passages WHERE article = ?", (article,)
        ).fetchall()
        self._connection.execute("DELETE FROM copies WHERE article = ?", (article,))
        self._connection.executemany("DELETE FROM embeddings WHERE passage = ?", passages)
        self._connection.executemany("DELETE FROM passages WHERE id = ?", passages)
        self._connection.executemany(
            "INSERT INTO tombstones (passage, revision) VALUES (?, ?)",
            [(passage, self._revision) for (passage,) in passages],
        )
        self.touched_passages = self.touched_passages or bool(passages)

    def _add_passages(
        self,
        article: ArticleRowId,
        places: Sequence[tuple[int, int]],
        embeddings: "NDArray[np.float32]",
    ) -> None:
        vectors = embeddings.astype("<f2")
        for (start, end), vector in zip(places, vectors, strict=True):
            (passage,) = self._connection.execute(
                'INSERT INTO passages (article, start, "end") VALUES (?, ?, ?) RETURNING id',
                (article, start, end),
            ).fetchone()
            self._connection.execute(
                "INSERT INTO embeddings (passage, vector) VALUES (?, ?)",
                (passage, vector.tobytes()),
            )
            self._connection.execute(
                "INSERT INTO passage_checksums (passage, value) VALUES (?, ?)",
                (passage, checksum(article, start, end, vector.tobytes())),
            )
        self.touched_passages = self.touched_passages or bool(places)
