"""What questions and indexing need of a library, wherever it is kept.

`Storage` is what answering and conversations read, `WritableStorage` what an indexing run needs as
well. The library on disk (`local.py`) is one implementation; `joint.py` makes one of several.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, NamedTuple, Protocol, Self

from ..datatypes import Article, ArticleRowId, Passage, Scope
from .article_store import ArticleRow, Counts, FileRow, WrittenDate

if TYPE_CHECKING:  # importing numpy takes 0.1 s, and lists do not need it
    import numpy as np
    from numpy.typing import NDArray

    from .copies import Copies


class CopyGroup(NamedTuple):
    """Articles that are near-copies of each other."""

    number: int
    """Names the group within its library."""
    articles: int
    """How many articles are in it."""


class Selection(Protocol):
    """The passages of a scope, to be searched. Passages are named by their ids."""

    def holding(self, phrase: Sequence[str]) -> Self | None:
        """Return those that hold these folded words side by side; None if there are none."""

    def start_words(
        self, terms: Iterable[str], limit: int
    ) -> Callable[[], list[tuple[int, float]]]:
        """Start a search for any of the terms; the function that is returned waits for it.

        It gives the best passages with their BM25 scores, best first.
        """

    def search(self, query: "NDArray[np.float32]", k: int) -> list[tuple[int, float]]:
        """Return the k nearest passages and their cosines with a query ``(dimension,)``.

        Raises ModelMismatchError if the library was embedded by another model in the meantime.
        """

    def inner_products(
        self, query: "NDArray[np.float32]", ids: "NDArray[np.int64]"
    ) -> dict[int, float]:
        """Return the cosine of a query ``(dimension,)`` with each of these passages.

        Raises what `search` raises.
        """


class Storage(Protocol):
    """What a question needs of a library. Threads may share it."""

    @property
    def address(self) -> str:
        """Where the library is, for messages."""

    @property
    def flags(self) -> Sequence[str]:
        """The option that opens the library, to show in a command; one for each of several.

        It begins with a space, and is empty for the current library.
        """

    def facts(self) -> Mapping[str, str]:
        """Return name, fingerprint and dimension of the model; empty in a new library."""

    def count(self) -> Counts:
        """Count files, articles and passages."""

    def await_articles(self) -> None:
        """Wait for the first articles of a library that another process is making.

        Raises LibraryError if there are none and nobody adds any, LibraryBusyError if that takes
        half a minute.
        """

    def article_rows(
        self, scope: Scope | None = None, *, ids: Sequence[ArticleRowId] | None = None
    ) -> list[ArticleRow]:
        """Return the articles of a scope, or with the given ids; newest first."""

    def passage_counts(self) -> dict[ArticleRowId, int]:
        """Return the number of passages of each article."""

    def find_articles(self, name: str) -> list[ArticleRowId]:
        """Return the ids of the articles that a user means by an id, a source or a path."""

    def articles(self, ids: Iterable[ArticleRowId]) -> dict[ArticleRowId, Article]:
        """Return articles by id; unknown ids are left out."""

    def passages(self, ids: Sequence[int]) -> dict[int, Passage]:
        """Return passages with their articles, by passage id; unknown ids are left out."""

    def articles_of(self, ids: Sequence[int]) -> dict[int, ArticleRowId]:
        """Return the article of each passage, by passage id; unknown ids are left out."""

    def article_vectors(
        self, article: ArticleRowId
    ) -> "list[tuple[tuple[int, int], NDArray[np.float16]]]":
        """Return offsets and vector ``(dimension,)`` of each passage of an article."""

    def copy_groups(self, articles: Iterable[ArticleRowId]) -> dict[ArticleRowId, CopyGroup]:
        """Return the group of each article that has copies."""

    def within(self, scope: Scope) -> Selection:
        """Return the passages of a scope, to be searched."""

    def has_term(self, term: str) -> bool:
        """Whether a passage matches a term of a question."""

    def passages_with(self, word: str, limit: int) -> list[int]:
        """Return a few passages that hold a folded word, at most ``limit``."""

    def nearest_words(self, word: str, errors: int, limit: int) -> list[tuple[str, int]]:
        """Return the words of articles nearest to a folded word, with their distance, at least 1.

        ``errors`` is the largest distance.
        """

    def folding(self) -> Callable[[str], list[str]]:
        """Return the function that turns a text into words as they are searched."""

    def articles_with(self, word: str) -> set[ArticleRowId]:
        """Return all articles with a word, as `folding` gives it."""


class BatchWriter(Protocol):
    """The changes that a batch can make; see `qa.storage.batch.Batch` for what each does."""

    def set_facts(self, **facts: str) -> None:
        """Store facts about the model that made the embeddings."""

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
        """Add or update a file; return its row id."""

    def move_file(self, file: int, path: str, name: str) -> None:
        """Change a file's path; its articles stay as they are."""

    def renew_passages(self, file: int) -> None:
        """Index the article that is all of a file again, under the file's new name."""

    def put_article(
        self,
        file: int,
        record: int | None,
        url: str | None,
        article: Article,
        places: Sequence[tuple[int, int]],
        embeddings: "NDArray[np.float32]",
    ) -> ArticleRowId:
        """Add an article with its passages, or replace the one with its id; return the id."""

    def move_article(
        self, number: ArticleRowId, file: int, record: int | None, url: str | None, article: Article
    ) -> None:
        """Change the place of an article in its file; its text, title and date stay the same."""

    def remove_article(self, article: ArticleRowId) -> None:
        """Delete an article and its passages."""

    def remove_empty_files(self) -> None:
        """Delete the files that have no articles."""

    def replace_passages(
        self,
        article: ArticleRowId,
        places: Sequence[tuple[int, int]],
        embeddings: "NDArray[np.float32]",
    ) -> None:
        """Replace the passages of a stored article."""


class WritableStorage(Storage, Protocol):
    """What an indexing run needs of a library."""

    @property
    def sketches(self) -> "Copies | None":
        """Where the sketches of near-copies are kept; None if the library keeps none."""

    def files(self, paths: Sequence[str] | None = None) -> dict[str, FileRow]:
        """Return all files, or those with the given absolute paths, by absolute path."""

    def article_rows(
        self,
        scope: Scope | None = None,
        *,
        file: int | None = None,
        ids: Sequence[ArticleRowId] | None = None,
    ) -> list[ArticleRow]:
        """Return the articles of a scope, of a file, or with the given ids; newest first."""

    def damaged_articles(self) -> dict[ArticleRowId, str]:
        """Return the articles that are not what was written, each with its file's path."""

    def written_dates(self) -> list[WrittenDate]:
        """Return the dates that are written in digits, by the path of their file."""

    def batch(self) -> AbstractContextManager[BatchWriter]:
        """Make the changes of the block together; only the holder of the writer lock may."""

    def publish(self, *, tidy: bool = False) -> None:
        """Let searches find what was committed; ``tidy`` after the last batch of a run."""

    def optimise(self) -> None:
        """Do what keeps a library fast; quick if little has changed."""
