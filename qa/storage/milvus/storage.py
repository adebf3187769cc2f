"""A library on Milvus as a `WritableStorage`."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ...datatypes import MEMORY_PREFIX, ArticleRowId, Passage, Scope
from ..article_store import Counts
from ..protocol import CopyGroup
from .client import quoted
from .rows import FIRST, MilvusRows
from .schema import FILE
from .scope import scope_filter

if TYPE_CHECKING:
    from .batch import MilvusBatch
    from .selection import MilvusSelection


class MilvusStorage(MilvusRows):
    """The articles of a library on a server, or in a file; see `WritableStorage`."""

    sketches = None
    """Near-copies are not looked for."""

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

    def passage_counts(self) -> dict[ArticleRowId, int]:
        """Return the number of passages of each article."""
        if not self.facts():
            return {}
        rows = self._client.query(self._passages, "id > 0", ["article"])
        return dict(Counter(ArticleRowId(row["article"]) for row in rows))

    def copy_groups(self, articles: Iterable[ArticleRowId]) -> dict[ArticleRowId, CopyGroup]:
        """Return nothing: near-copies are not looked for."""
        return {}

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

    def within(self, scope: Scope) -> "MilvusSelection":
        """Return the passages of a scope, to be searched."""
        from .selection import MilvusSelection

        return MilvusSelection(self, self._client, self._passages, scope_filter(scope))

    def has_term(self, term: str) -> bool:
        """Whether a passage matches a term of a question."""
        from .words import question_tokens

        tokens = " ".join(question_tokens([term]))
        return bool(tokens and self._client.search(self._passages, "sparse", tokens, "", 1))

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
