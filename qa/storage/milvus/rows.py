"""The articles and files of a library on Milvus."""

import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from ...addresses import Address
from ...datatypes import Article, ArticleRowId, Scope, is_from_memory
from ...errors import LibraryError
from ..article_store import ArticleRow, FileRow, WrittenDate
from ..schema import read_details
from ..scope import parse_number, shown_source
from ..store import heading_of
from .client import Client, Row, quoted
from .schema import ARTICLE, FACTS, FILE, file_number, passages_name, rows_name
from .scope import beneath, escaped, scope_filter

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LISTED = ("article", "record", "title", "source", "published", "digest", "url", "path", "name")
"""Fields of an article in lists."""

FIRST = f'kind == "{ARTICLE}" and part == 0'
"""Condition that gives each article once."""


class MilvusRows:
    """What is stored beside the passages; see `Storage` and `WritableStorage`."""

    def __init__(self, address: Address) -> None:
        self._client = Client(address)
        self._rows = rows_name(self._client)
        self._facts: dict[str, str] = {}

    @property
    def address(self) -> str:
        """Where the library is."""
        return self._client.address.text

    @property
    def flags(self) -> tuple[str]:
        """The option that opens this library."""
        return (f" --library {self.address}",)

    def facts(self) -> dict[str, str]:
        """Return name, fingerprint and dimension of the model; empty in a new library."""
        if not self._facts and self._client.has(self._rows):
            self._client.load(self._rows)
            for row in self._client.query(self._rows, f'kind == "{FACTS}"', ["body"], 1):
                self._client.load(passages_name(self._client))
                self._facts = json.loads(row["body"])
        return self._facts

    def _no_articles(self) -> LibraryError:
        return LibraryError(
            f"There are no articles in {self.address} yet. Add some: qa index FOLDER{self.flags[0]}"
        )

    @property
    def _passages(self) -> str:
        """Name of the collection of passages, which can be searched then."""
        if not self.facts():
            raise self._no_articles()
        return passages_name(self._client)

    def article_rows(
        self,
        scope: Scope | None = None,
        *,
        file: int | None = None,
        ids: Sequence[ArticleRowId] | None = None,
    ) -> list[ArticleRow]:
        """Return the articles of a scope, of a file, or with the given ids; newest first."""
        if not self.facts():
            return []
        if ids is not None:
            rows = self._client.by_ids(self._rows, "article", ids, LISTED, f" and {FIRST}")
        else:
            where = scope_filter(scope or Scope()) if file is None else f"file == {file}"
            rows = self._client.query(self._rows, f"{FIRST} and {where or 'id > 0'}", LISTED)
        found = [
            ArticleRow(
                ArticleRowId(row["article"]),
                row["record"] or None,
                row["title"],
                row["url"] or shown_source(row["source"], row["path"], row["name"]),
                _date(row["published"]),
                row["digest"],
                row["url"] or None,
                row["path"],
            )
            for row in rows
        ]
        found.sort(key=lambda row: row.id)
        return sorted(found, key=lambda row: row.published or date.min, reverse=True)

    def find_articles(self, name: str) -> list[ArticleRowId]:
        """Return the ids of the articles that a user means by an id, a source or a path."""
        if not name.strip() or not self.facts():
            return []
        searches = []
        if (number := parse_number(name)) is not None:
            searches.append(f"article == {number}")
        searches.append(f"source == {quoted(name)}")
        searches.append(f"({beneath(os.path.realpath(os.path.expanduser(name)))})")
        searches.append(f"path like {quoted('%/' + escaped(name))}")
        for where in searches:
            if rows := self._client.query(self._rows, f"{FIRST} and {where}", ["article"]):
                return sorted(ArticleRowId(row["article"]) for row in rows)
        return []

    def articles(self, ids: Iterable[ArticleRowId]) -> dict[ArticleRowId, Article]:
        """Return articles by id; those unknown, or not yet whole, are left out."""
        return {number: _article(number, values) for number, values in self.bodies(ids).items()}

    def bodies(self, ids: Iterable[ArticleRowId]) -> dict[ArticleRowId, dict[str, Any]]:
        """Return all that is stored of articles, by id; those that are not whole are left out."""
        wanted = sorted(set(ids))
        if not wanted or not self.facts():
            return {}
        parts: dict[ArticleRowId, list[Row]] = {}
        fields = ["article", "part", "body", "digest"]
        for row in self._client.by_ids(
            self._rows, "article", wanted, fields, f' and kind == "{ARTICLE}"'
        ):
            parts.setdefault(ArticleRowId(row["article"]), []).append(row)
        found = {}
        for number, rows in parts.items():
            rows.sort(key=lambda row: row["part"])
            try:
                values = json.loads("".join(row["body"] for row in rows))
            except ValueError:  # a batch was cut off; the next run writes it again
                continue
            text = values["text"].encode("utf-8", "surrogatepass")
            if hashlib.sha256(text).hexdigest() == rows[0]["digest"]:
                found[number] = values
        return found

    def article_vectors(
        self, article: ArticleRowId
    ) -> "list[tuple[tuple[int, int], NDArray[np.float16]]]":
        """Return offsets and vector ``(dimension,)`` of each passage of an article."""
        import numpy as np

        rows = self._client.query(
            self._passages, f"article == {article}", ["start", "end", "vector"]
        )
        rows.sort(key=lambda row: row["start"])
        return [((row["start"], row["end"]), np.array(row["vector"], np.float16)) for row in rows]

    def searched_texts(self, ids: Sequence[int]) -> dict[int, str]:
        """Return the text that each passage is searched by, under its title and file's name."""
        rows = self._client.by_ids(self._passages, "id", ids, ["id", "article", "start", "end"])
        bodies = self.bodies(row["article"] for row in rows)
        texts = {}
        for row in rows:
            if values := bodies.get(row["article"]):
                text = values["text"][row["start"] : row["end"]]
                heading = heading_of(values["title"], values["record"], values["path"])
                texts[row["id"]] = f"{heading}\n{text}"
        return texts

    def files(self, paths: Sequence[str] | None = None) -> dict[str, FileRow]:
        """Return all files, or those with the given absolute paths, by absolute path."""
        if not self.facts():
            return {}
        fields = ["file", "body"]
        if paths is None:
            rows = self._client.query(self._rows, f'kind == "{FILE}"', fields)
            articles = self._client.query(self._rows, FIRST, ["file"])
        else:
            ids = [file_number(path) for path in paths]
            rows = self._client.by_ids(self._rows, "file", ids, fields, f' and kind == "{FILE}"')
            articles = self._client.by_ids(self._rows, "file", ids, ["file"], f" and {FIRST}")
        counts = Counter(row["file"] for row in articles)
        found = [
            FileRow(**json.loads(row["body"]), id=row["file"], articles=counts[row["file"]])
            for row in rows
        ]
        return {row.path: row for row in sorted(found, key=lambda row: row.path)}

    def written_dates(self) -> list[WrittenDate]:
        """Return the dates that are written in digits, by the path of their file."""
        rows = self._client.query(self._rows, f'{FIRST} and digits != ""', ["article"])
        found = []
        for number, values in self.bodies(row["article"] for row in rows).items():
            article = _article(number, values)
            found.append(
                WrittenDate(
                    number,
                    values["path"],
                    article.date_digits,
                    article.published,
                    article.dated,
                )
            )
        return sorted(found, key=lambda each: (each.path, each.article))


def _article(number: ArticleRowId, values: dict[str, Any]) -> Article:
    published = values["published"]
    return Article(
        id=str(number),
        title=values["title"],
        source=values["url"] or shown_source(values["source"], values["path"], values["name"]),
        published=date.fromisoformat(published) if published else None,
        text=values["text"],
        digest=values["digest"],
        first_line=values["first_line"],
        file="" if is_from_memory(values["path"]) else values["path"],
        **read_details(values["details"]),
    )


def _date(ordinal: int) -> date | None:
    return date.fromordinal(ordinal) if ordinal else None
