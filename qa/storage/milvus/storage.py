"""A library on Milvus as a `WritableStorage`."""

import hashlib
import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any

from ...addresses import Address
from ...datatypes import MEMORY_PREFIX, Article, ArticleRowId, Passage, Scope
from ...errors import LibraryError
from ..article_store import ArticleRow, Counts, FileRow, WrittenDate
from ..protocol import CopyGroup
from ..schema import read_details
from ..scope import parse_number, shown_source
from ..store import heading_of
from .client import Client, Row, quoted
from .schema import ARTICLE, FACTS, FILE, passages_name, rows_name
from .scope import beneath, escaped, scope_filter

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from .batch import MilvusBatch
    from .selection import MilvusSelection

LISTED = ("article", "record", "title", "source", "published", "digest", "url", "path", "name")
"""Fields of an article in lists."""

FIRST = f'kind == "{ARTICLE}" and part == 0'
"""Condition that gives each article once."""


class MilvusStorage:
    """The articles of a library on a server, or in a file; see `WritableStorage`."""

    def __init__(self, address: Address) -> None:
        self._client = Client(address)
        self._rows = rows_name(self._client)
        self._facts: dict[str, str] = {}
        self.sketches = None
        """Near-copies are not looked for."""

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

    def count(self) -> Counts:
        """Count files, articles and passages."""
        if not self.facts():
            return Counts(0, 0, 0)
        memory = f"path like {quoted(f'{MEMORY_PREFIX}%')}"
        return Counts(
            self._client.count(self._rows, f'kind == "{FILE}" and not ({memory})'),
            self._client.count(self._rows, FIRST),
            self._client.count(self._passages, ""),
        )

    def await_articles(self) -> None:
        """Raise LibraryError if there are no articles."""
        if not self.facts() or not self._client.query(self._rows, FIRST, ["id"], 1):
            raise self._no_articles()

    # Articles

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
            )
            for row in rows
        ]
        found.sort(key=lambda row: row.id)
        return sorted(found, key=lambda row: row.published or date.min, reverse=True)

    def passage_counts(self) -> dict[ArticleRowId, int]:
        """Return the number of passages of each article."""
        if not self.facts():
            return {}
        rows = self._client.query(self._passages, "id > 0", ["article"])
        return dict(Counter(ArticleRowId(row["article"]) for row in rows))

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

    def copy_groups(self, articles: Iterable[ArticleRowId]) -> dict[ArticleRowId, CopyGroup]:
        """Return nothing: near-copies are not looked for."""
        return {}

    # Passages

    def passages(self, ids: Sequence[int]) -> dict[int, Passage]:
        """Return passages by id; unknown ones, and those of older texts, are left out."""
        rows = self._client.by_ids(
            self._passages, "id", ids, ["id", "article", "start", "end", "digest"]
        )
        articles = self.articles(row["article"] for row in rows)
        return {
            row["id"]: Passage(articles[row["article"]], row["start"], row["end"])
            for row in rows
            if row["article"] in articles and row["digest"] == articles[row["article"]].digest
        }

    def articles_of(self, ids: Sequence[int]) -> dict[int, ArticleRowId]:
        """Return the article of each passage, by passage id; unknown ids are left out."""
        rows = self._client.by_ids(self._passages, "id", ids, ["id", "article"])
        return {row["id"]: ArticleRowId(row["article"]) for row in rows}

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

    def within(self, scope: Scope) -> "MilvusSelection":
        """Return the passages of a scope, to be searched."""
        from .selection import MilvusSelection

        return MilvusSelection(self, self._client, self._passages, scope_filter(scope))

    def has_term(self, term: str) -> bool:
        """Whether a passage matches a term of a question."""
        from .selection import has_token, joined
        from .words import question_tokens

        where = joined(*map(has_token, question_tokens([term])))
        return bool(where and self._client.query(self._passages, where, ["id"], 1))

    def passages_with(self, word: str, limit: int) -> list[int]:
        """Return a few passages that hold a folded word, at most ``limit``."""
        from .selection import has_token
        from .words import stems, token

        where = " and ".join(has_token(token(stem)) for stem in stems(word))
        return [row["id"] for row in self._client.query(self._passages, where, ["id"], limit)]

    def nearest_words(self, word: str, errors: int, limit: int) -> list[tuple[str, int]]:
        """Return nothing: a server does not list the words that it has."""
        return []

    def folding(self) -> Callable[[str], list[str]]:
        """Return the function that turns a text into words as they are searched."""
        from .words import stems

        return stems

    def articles_with(self, word: str) -> set[ArticleRowId]:
        """Return all articles with a word, as `folding` gives it."""
        from .selection import has_token
        from .words import token

        rows = self._client.query(self._passages, has_token(token(word)), ["article"])
        return {ArticleRowId(row["article"]) for row in rows}

    # Files and changes

    def files(self, paths: Sequence[str] | None = None) -> dict[str, FileRow]:
        """Return all files, or those with the given absolute paths, by absolute path."""
        from .batch import file_number

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
        fields = ["article", "path", "digits", "published"]
        rows = self._client.query(self._rows, f'{FIRST} and digits != ""', fields)
        found = [
            WrittenDate(
                ArticleRowId(row["article"]), row["path"], row["digits"], not row["published"]
            )
            for row in rows
        ]
        return sorted(found, key=lambda each: (each.path, each.article))

    def damaged_articles(self) -> dict[ArticleRowId, str]:
        """Return nothing: a server watches over its own files."""
        return {}

    @contextmanager
    def batch(self) -> "Iterator[MilvusBatch]":
        """Collect the changes of the block, and write them after it.

        What is cut off while it is written is completed by the next run: files are written last,
        and the same articles have the same numbers.
        """
        from .batch import MilvusBatch

        changes = MilvusBatch(self, self._client)
        yield changes
        changes.write()

    def publish(self, *, tidy: bool = False) -> None:
        """Do nothing: the server finds at once what it has."""

    def optimise(self) -> None:
        """Do nothing: the server looks after itself."""

    def close(self) -> None:
        """Close the connection."""
        self._client.close()


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
        **read_details(values["details"]),
    )


def _date(ordinal: int) -> date | None:
    return date.fromordinal(ordinal) if ordinal else None
