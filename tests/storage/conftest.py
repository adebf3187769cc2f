"""Fixtures that fill a store without files."""

import hashlib
from collections.abc import Callable, Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from qa.datatypes import Article, ArticleRowId
from qa.storage.batch import Batch
from qa.storage.live_vectors import LiveVectors
from qa.storage.store import Store

if TYPE_CHECKING:
    from tests.doubles import WordEncoder

Put = Callable[..., ArticleRowId]


@pytest.fixture
def put_in(word_encoder: "WordEncoder") -> Put:
    """Puts an article into an open batch, with a passage for each line and word embeddings."""

    def put_it(
        batch: Batch,
        text: str,
        *,
        title: str = "",
        path: str = "/news/a.txt",
        name: str = "",
        published: date | None = None,
        url: str | None = None,
        record: int | None = None,
        replacing: int | None = None,
        **details: Any,
    ) -> ArticleRowId:
        file = batch.put_file(path, name or path, len(text), 1, "digest of " + path, is_whole=True)
        digest = hashlib.sha256(text.encode()).hexdigest()
        number = str(replacing) if replacing else ""
        article = Article(number, title, "", published, text, digest, **details)
        places, start = [], 0
        for line in text.split("\n"):
            places.append((start, start + len(line)))
            start += len(line) + 1
        embeddings = word_encoder.encode([text[first:last] for first, last in places], "passage")
        return batch.put_article(file, record, url, article, places, embeddings)

    return put_it


@pytest.fixture
def put(store: Store, put_in: Put) -> Put:
    """Puts an article into the store in its own batch."""

    def put_it(text: str, **values: object) -> ArticleRowId:
        with store.batch() as batch:
            return put_in(batch, text, **values)

    return put_it


@pytest.fixture
def holds_the_table() -> Callable[..., None]:
    """Asserts that the vectors equal the rows of the table of embeddings.

    With ``skipped``, a damaged file was skipped, so all of them count as different.
    """

    def compare(live: LiveVectors, store: Store, *, skipped: bool = False) -> None:
        rows = store.connection().execute("SELECT passage, vector FROM embeddings").fetchall()
        numbers = np.array([row[0] for row in rows], np.int64)
        with live.current() as vectors:
            assert len(vectors) == len(rows)
            for place, axis in enumerate(np.eye(vectors.dimension, dtype=np.float32)):
                wanted = {row[0]: float(np.frombuffer(row[1], "<f2")[place]) for row in rows}
                assert vectors.inner_products(axis, numbers) == wanted
        assert live.differences() == (len(rows) if skipped else 0)

    return compare


@pytest.fixture
def reads(store: Store, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The number of embeddings in each read from SQLite."""
    counts: list[int] = []
    read = store.embeddings_after

    def counting(*values: Any) -> Iterator[Any]:
        for numbers, rows in read(*values):
            counts.append(len(numbers))
            yield numbers, rows

    monkeypatch.setattr(store, "embeddings_after", counting)
    return counts
