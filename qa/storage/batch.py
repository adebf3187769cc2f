"""The changes that one transaction can make to a library."""

import sqlite3
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..datatypes import Article
from .schema import checksum

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Batch:
    """Open inside ``Store.batch`` alone; keeps rows and tombstones in step."""

    def __init__(self, connection: sqlite3.Connection, revision: int) -> None:
        self._connection = connection
        self._revision = revision
        self.touched_passages = False
        """Whether passages came or went, so that indexes built on them are behind."""

    def set_facts(self, **facts: str) -> None:
        """Set what the library says of itself."""
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
    ) -> int:
        """Add or update a file; return its row number. One that is not whole is read again."""
        row = self._connection.execute(
            "INSERT INTO files (path, name, size_bytes, modified_ns, digest, is_whole) "
            "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (path) DO UPDATE SET name = excluded.name, "
            "size_bytes = excluded.size_bytes, modified_ns = excluded.modified_ns, "
            "digest = excluded.digest, is_whole = excluded.is_whole RETURNING id",
            (path, name, size_bytes, modified_ns, digest, is_whole),
        ).fetchone()
        return int(row[0])

    def move_file(self, file: int, path: str, name: str) -> None:
        """Let a file and its articles go by another path."""
        self._connection.execute(
            "UPDATE files SET path = ?, name = ? WHERE id = ?", (path, name, file)
        )

    def put_article(
        self,
        file: int,
        record: int | None,
        url: str | None,
        article: Article,
        places: Sequence[tuple[int, int]],
        embeddings: "NDArray[np.float32]",
    ) -> int:
        """Add an article with its passages; return its number.

        An article that carries an id replaces the stored one of that id. ``places`` are the
        passages' offsets, ``embeddings`` is float32 ``(len(places), dimension)``.
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
        )
        if article.id:
            number = int(article.id)
            self._remove_passages(number)
            self._connection.execute(
                "UPDATE articles SET file = ?, record = ?, title = ?, url = ?, published = ?, "
                "first_line = ?, digest = ?, text = ? WHERE id = ?",
                (*values, number),
            )
        else:
            number = int(
                self._connection.execute(
                    "INSERT INTO articles (file, record, title, url, published, first_line, "
                    "digest, text) VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
                    values,
                ).fetchone()[0]
            )
        self._put_passages(number, places, embeddings)
        self._note_article(number)
        return number

    def _note_article(self, number: int) -> None:
        """Keep the checksum of an article's row, and how many passages it has, as it is now."""
        self._connection.execute(
            "INSERT OR REPLACE INTO article_checksums (article, value, passages) "
            "SELECT id, checksum(title, url, published, record, first_line, digest), "
            "(SELECT count(*) FROM passages WHERE article = articles.id) "
            "FROM articles WHERE id = ?",
            (number,),
        )

    def touch_article(
        self, number: int, file: int, record: int | None, url: str | None, first_line: int
    ) -> None:
        """Move an article whose words are unchanged to another place in its file."""
        self._connection.execute(
            "UPDATE articles SET file = ?, record = ?, url = ?, first_line = ? WHERE id = ?",
            (file, record, url, first_line, number),
        )
        self._note_article(number)

    def remove_article(self, number: int) -> None:
        """Remove an article and its passages."""
        self._remove_passages(number)
        self._connection.execute("DELETE FROM articles WHERE id = ?", (number,))

    def remove_empty_files(self) -> None:
        """Forget files that hold no article any more."""
        self._connection.execute("DELETE FROM files WHERE id NOT IN (SELECT file FROM articles)")

    def replace_passages(
        self,
        number: int,
        article: Article,
        places: Sequence[tuple[int, int]],
        embeddings: "NDArray[np.float32]",
    ) -> None:
        """Give a stored article other passages; its row stays as it is."""
        self._remove_passages(number)
        self._put_passages(number, places, embeddings)
        self._note_article(number)

    def _remove_passages(self, number: int) -> None:
        """Remove an article's passages from every table and leave their tombstones."""
        gone = self._connection.execute(
            "SELECT id FROM passages WHERE article = ?", (number,)
        ).fetchall()
        self._connection.executemany("DELETE FROM embeddings WHERE passage = ?", gone)
        self._connection.executemany("DELETE FROM passages WHERE id = ?", gone)
        self._connection.executemany(
            "INSERT INTO tombstones (passage, revision) VALUES (?, ?)",
            [(passage, self._revision) for (passage,) in gone],
        )
        self.touched_passages = self.touched_passages or bool(gone)

    def _put_passages(
        self,
        number: int,
        places: Sequence[tuple[int, int]],
        embeddings: "NDArray[np.float32]",
    ) -> None:
        vectors = embeddings.astype("<f2")
        for (start, end), vector in zip(places, vectors, strict=True):
            (added,) = self._connection.execute(
                'INSERT INTO passages (article, start, "end") VALUES (?, ?, ?) RETURNING id',
                (number, start, end),
            ).fetchone()
            self._connection.execute(
                "INSERT INTO embeddings (passage, vector) VALUES (?, ?)",
                (added, vector.tobytes()),
            )
            self._connection.execute(
                "INSERT INTO passage_checksums (passage, value) VALUES (?, ?)",
                (added, checksum(number, start, end, vector.tobytes())),
            )
        self.touched_passages = self.touched_passages or bool(places)
