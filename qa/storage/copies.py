"""Which articles are near-copies of each other: the same report, printed with small changes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..datatypes import ArticleRowId
from .article_store import in_parts, question_marks
from .database import Database
from .schema import WITH_DETAILS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

VERSION = "copies-2"
"""How the sketches were made; others are made again."""

_UNCOMPARED = f"{VERSION} uncompared"
"""Version of a sketch that has not been compared with the others yet."""


class Copies:
    """The sketches of a library's articles, and the groups of copies among them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def groups(self, articles: Iterable[ArticleRowId]) -> dict[ArticleRowId, int]:
        """Return the group of each article that has copies; its number is that of one of them."""
        found: dict[ArticleRowId, int] = {}
        if self._database.layout() < WITH_DETAILS:
            return found
        for part in in_parts(sorted(set(articles))):
            found.update(
                self._rows(
                    "SELECT article, original FROM copies "
                    f"WHERE article IN ({question_marks(part)}) AND original IS NOT NULL",
                    *part,
                )
            )
        return found

    def counts(self, groups: Iterable[int]) -> dict[int, int]:
        """Return the number of articles in each group."""
        found: dict[int, int] = {}
        for part in in_parts(sorted(set(groups))):
            found.update(
                self._rows(
                    "SELECT original, count(*) FROM copies "
                    f"WHERE original IN ({question_marks(part)}) GROUP BY original",
                    *part,
                )
            )
        return found

    def unknown(self) -> list[ArticleRowId]:
        """Return the articles without a sketch of this version."""
        rows = self._rows(
            "SELECT id FROM articles WHERE id NOT IN "
            "(SELECT article FROM copies WHERE version IN (?, ?)) ORDER BY id",
            VERSION,
            _UNCOMPARED,
        )
        return [row[0] for row in rows]

    def uncompared(self) -> list[ArticleRowId]:
        """Return the articles whose sketch has not been compared with the others yet."""
        rows = self._rows(
            "SELECT article FROM copies WHERE version = ? ORDER BY article", _UNCOMPARED
        )
        return [row[0] for row in rows]

    def texts(self, articles: Sequence[ArticleRowId]) -> Iterator[tuple[ArticleRowId, str]]:
        """Yield the texts of articles."""
        for part in in_parts(articles):
            yield from self._rows(
                f"SELECT id, text FROM articles WHERE id IN ({question_marks(part)})", *part
            )

    def sketches(self) -> "tuple[list[ArticleRowId], NDArray[np.uint32], list[int | None]]":
        """Return all articles that have a sketch, the sketches ``(n, bands)``, and their groups."""
        import numpy as np

        rows = self._rows("SELECT article, sketch, original FROM copies ORDER BY article")
        table = np.frombuffer(b"".join(row[1] for row in rows), "<u4").reshape(len(rows), -1)
        return [row[0] for row in rows], table, [row[2] for row in rows]

    def put_sketches(self, sketches: Mapping[ArticleRowId, bytes]) -> None:
        """Store a sketch for each article; they belong to no group yet."""
        with self._database.transaction() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO copies (article, version, sketch, original) "
                "VALUES (?, ?, ?, NULL)",
                [(article, _UNCOMPARED, sketch) for article, sketch in sketches.items()],
            )

    def put_groups(self, groups: Mapping[ArticleRowId, int]) -> None:
        """Store the groups of articles, after which all sketches count as compared."""
        with self._database.transaction() as connection:
            connection.executemany(
                "UPDATE copies SET original = ? WHERE article = ?",
                [(group, article) for article, group in groups.items()],
            )
            connection.execute(
                "UPDATE copies SET version = ? WHERE version = ?", (VERSION, _UNCOMPARED)
            )

    def _rows(self, sql: str, *values: str | int) -> list[Any]:
        with self._database.translate_errors():
            return self._database.connection().execute(sql, values).fetchall()
