"""The automatic switch between exact vectors and sketches loses nothing."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from qa.datatypes import ArticleRowId
from qa.storage.live_vectors import LiveVectors
from qa.storage.store import Store
from qa.storage.vector_files import list_vector_files, saved_sketch_facts

Put = Callable[..., ArticleRowId]
Holds = Callable[..., None]


def live(store: Store) -> LiveVectors:
    if not store.facts():
        with store.batch() as batch:
            batch.set_facts(model="words", fingerprint="words-64", dimension="64")
    return LiveVectors(store)


def remove(store: Store, article: ArticleRowId) -> None:
    with store.batch() as batch:
        batch.remove_article(article)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes twenty vectors enough for sketches."""
    monkeypatch.setattr("qa.storage.live_vectors.APPROXIMATE_ROWS", 20)
    monkeypatch.setattr("qa.storage.sketch.SHORTLIST", 5)


def lines(count: int, word: str = "Number") -> str:
    return "\n".join(f"{word} {index}." for index in range(count))


@pytest.mark.usefixtures("few")
def test_a_growing_library_switches_to_sketches_and_back(
    store: Store, put: Put, holds_the_table: Holds, reads: list[int]
) -> None:
    first = put(lines(14))
    vectors = live(store)
    vectors.publish(force=True)
    assert saved_sketch_facts(store) is None
    second = put(lines(16, "More"), path="/news/b.txt")
    assert vectors.publish()
    facts = saved_sketch_facts(store)
    assert facts is not None
    assert (facts.rows, facts.sample) == (30, 5)
    put("One.\nTwo.", path="/news/c.txt")
    holds_the_table(vectors, store)
    reads.clear()
    opened = live(store)
    assert reads == [2]
    holds_the_table(opened, store)
    remove(store, first)
    holds_the_table(opened, store)
    holds_the_table(live(store), store)
    assert opened.publish(force=True)
    assert saved_sketch_facts(store) == facts, "18 is below 20, but not below half of it"
    holds_the_table(live(store), store)
    remove(store, second)
    assert opened.publish()
    assert saved_sketch_facts(store) is None
    holds_the_table(opened, store)
    holds_the_table(live(store), store)


@pytest.mark.usefixtures("few")
def test_sketches_are_rebuilt_when_the_library_has_doubled(store: Store, put: Put) -> None:
    put(lines(20))
    vectors = live(store)
    vectors.publish()
    put(lines(19, "More"), path="/news/b.txt")
    vectors.publish(force=True)
    facts = saved_sketch_facts(store)
    assert facts is not None
    assert facts.rows == 20
    put("One.", path="/news/c.txt")
    assert vectors.publish()
    facts = saved_sketch_facts(store)
    assert facts is not None
    assert facts.rows == 40


def test_a_large_library_of_an_older_qa_switches_without_new_articles(
    store: Store, put: Put, holds_the_table: Holds, request: pytest.FixtureRequest
) -> None:
    put(lines(30))
    live(store).publish(force=True)
    assert saved_sketch_facts(store) is None
    request.getfixturevalue("few")
    opened = live(store)
    holds_the_table(opened, store)
    assert opened.publish()
    assert not opened.publish()
    assert saved_sketch_facts(store) is not None
    holds_the_table(live(store), store)


@pytest.mark.usefixtures("few")
def test_a_failed_switch_keeps_the_saved_file(
    store: Store, put: Put, holds_the_table: Holds, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(lines(15))
    live(store).publish(force=True)
    before = list_vector_files(store.folder)
    put(lines(15, "More"), path="/news/b.txt")

    def full_disk(_: Path) -> None:
        raise OSError("no space left on device")

    with monkeypatch.context() as inner, pytest.raises(OSError, match="no space"):
        inner.setattr("qa.atomic.sync", full_disk)
        live(store).publish()
    assert list_vector_files(store.folder) == before
    opened = live(store)
    holds_the_table(opened, store)
    assert opened.publish()
    assert saved_sketch_facts(store) is not None


@pytest.mark.usefixtures("few")
def test_searching_works_while_sketches_are_built(
    store: Store, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(lines(15))
    vectors = live(store)
    put(lines(15, "More"), path="/news/b.txt")
    found: list[int] = []
    make = vectors._read_all

    def ask() -> None:
        with vectors.current() as lent:
            found.append(len(lent))

    def asked_meanwhile() -> Any:
        thread = threading.Thread(target=ask)
        thread.start()
        thread.join(timeout=20)
        return make()

    monkeypatch.setattr(vectors, "_read_all", asked_meanwhile)
    assert vectors.publish()
    assert found == [30]


@pytest.mark.usefixtures("few")
def test_a_damaged_sketch_file_is_skipped_reported_and_replaced(
    store: Store, put: Put, holds_the_table: Holds
) -> None:
    put(lines(30))
    live(store).publish()
    ((path, _, _),) = list_vector_files(store.folder)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    opened = live(store)
    holds_the_table(opened, store, skipped=True)
    assert opened.publish(force=True)
    assert path.read_bytes() != data
    holds_the_table(opened, store)
    holds_the_table(live(store), store)


@pytest.mark.usefixtures("few")
def test_a_file_far_out_of_date_is_not_loaded(
    store: Store, put: Put, holds_the_table: Holds, reads: list[int]
) -> None:
    """For example after a run that re-embedded the library was killed."""
    put("One.\nTwo.")
    live(store).publish()
    put(lines(20), path="/news/b.txt")
    reads.clear()
    opened = live(store)
    assert sum(reads) == 22
    holds_the_table(opened, store)
