"""The vector index equals SQLite, whatever happens to its files."""

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from qa.datatypes import ArticleRowId
from qa.storage.live_vectors import KEPT_FILES, LiveVectors
from qa.storage.store import Store
from qa.storage.vector_files import list_vector_files, read_facts, saved_sketch_facts
from qa.storage.vectors import Vectors

Put = Callable[..., ArticleRowId]
Holds = Callable[..., None]
DIMENSION = 64


def live(store: Store) -> LiveVectors:
    if not store.facts():
        with store.batch() as batch:
            batch.set_facts(model="words", fingerprint="words-64", dimension=str(DIMENSION))
    return LiveVectors(store)


def held(vectors: LiveVectors) -> int:
    """The current number of vectors."""
    with vectors.current() as lent:
        return len(lent)


def remove(store: Store, article: ArticleRowId) -> None:
    with store.batch() as batch:
        batch.remove_article(article)


def test_a_refresh_loads_what_others_commit(store: Store, put: Put, holds_the_table: Holds) -> None:
    first = put("One.\nTwo.")
    reader = Store(store.folder, create=False)
    vectors = live(reader)
    holds_the_table(vectors, store)
    second = put("Three.", path="/news/b.txt")
    assert held(vectors) == 3
    holds_the_table(vectors, store)
    put("Four.\nFive.\nSix.", path="/news/b.txt", replacing=second)
    remove(store, first)
    vectors.refresh()
    holds_the_table(vectors, store)
    assert held(vectors) == 3
    vectors.refresh()
    holds_the_table(vectors, store)
    reader.close()


def test_the_newest_file_is_loaded_and_only_later_vectors_are_read(
    store: Store, put: Put, holds_the_table: Holds, reads: list[int]
) -> None:
    put("One.\nTwo.\nThree.")
    assert live(store).publish(force=True)
    put("Four.", path="/news/b.txt")
    reads.clear()
    opened = live(store)
    assert reads == [1]
    holds_the_table(opened, store)


def test_nothing_is_saved_twice_or_for_few_changes(store: Store, put: Put) -> None:
    put("\n".join(f"Number {index}." for index in range(100)))
    vectors = live(store)
    assert vectors.publish()
    assert not vectors.publish(force=True)
    number = put("One.\nTwo.\nThree.", path="/news/b.txt")
    assert not vectors.publish()
    remove(store, number)
    assert vectors.publish(), "three added and three deleted are over 5 %"
    assert len(list_vector_files(store.folder)) == 2


def test_only_the_newest_files_are_kept(store: Store, put: Put) -> None:
    vectors = live(store)
    for index in range(5):
        put("One.", path=f"/news/{index}.txt")
        vectors.publish(force=True)
    files = list_vector_files(store.folder)
    assert [revision for _, revision, _ in files] == [5, 4]
    assert len(files) == KEPT_FILES
    assert sorted(store.folder.glob("*.faiss")) == sorted(path for path, _, _ in files)


def test_vectors_deleted_since_the_file_was_saved_are_not_loaded(
    store: Store, put: Put, holds_the_table: Holds
) -> None:
    first = put("One.\nTwo.")
    put("Three.", path="/news/b.txt")
    live(store).publish(force=True)
    remove(store, first)
    opened = live(store)
    assert held(opened) == 1
    holds_the_table(opened, store)


def publish_two(store: Store, put: Put) -> list[Path]:
    """Save two files, delete articles after each, and return the files, newest first."""
    vectors = live(store)
    first = put("One.\nTwo.")
    second = put("Three.\nFour.", path="/news/b.txt")
    vectors.publish(force=True)
    remove(store, first)
    put("Five.", path="/news/c.txt")
    vectors.publish(force=True)
    put("Six.", path="/news/d.txt")
    remove(store, second)
    return [path for path, _, _ in list_vector_files(store.folder)]


@pytest.mark.parametrize("damaged", [(0,), (1,), (0, 1)])
def test_a_damaged_file_is_skipped(
    store: Store, put: Put, holds_the_table: Holds, damaged: tuple[int, ...]
) -> None:
    paths = publish_two(store, put)
    for index in damaged:
        paths[index].write_bytes(paths[index].read_bytes()[:-7])
    opened = live(store)
    holds_the_table(opened, store, skipped=0 in damaged)
    opened.publish(force=True)
    holds_the_table(live(store), store)


def test_an_unreadable_file_is_skipped(store: Store, put: Put, holds_the_table: Holds) -> None:
    newest, _ = publish_two(store, put)
    newest.unlink()
    newest.mkdir()
    holds_the_table(live(store), store, skipped=True)


def test_a_file_may_be_deleted_while_it_is_opened(
    store: Store, put: Put, holds_the_table: Holds, monkeypatch: pytest.MonkeyPatch
) -> None:
    newest, _ = publish_two(store, put)
    read = read_facts

    def cleared(path: Path) -> Any:
        newest.unlink(missing_ok=True)
        return read(path)

    monkeypatch.setattr("qa.storage.live_vectors.read_facts", cleared)
    holds_the_table(live(store), store)
    monkeypatch.setattr("qa.storage.vector_files.read_facts", cleared)
    assert saved_sketch_facts(store) is None


def test_without_a_file_everything_is_read_from_sqlite(
    store: Store, put: Put, holds_the_table: Holds
) -> None:
    for path in publish_two(store, put):
        path.unlink()
    holds_the_table(live(store), store)


def test_a_file_of_another_history_is_ignored(
    store: Store, put: Put, tmp_path: Path, holds_the_table: Holds
) -> None:
    other = Store(tmp_path / "other", create=True)
    shutil.copy(store.path, other.path)
    put("One.\nTwo.")
    live(store).publish(force=True)
    ((path, revision, nonce),) = list_vector_files(store.folder)
    wrong = Vectors(DIMENSION)
    wrong.add(np.array([1], np.int64), np.ones((1, DIMENSION), np.float16))
    for name in (
        f"vectors-{revision}-{nonce[::-1]}.faiss",
        f"vectors-{revision + 5}-{nonce}.faiss",
    ):
        wrong.save(store.folder / name)
    path.unlink()
    holds_the_table(live(store), store)
    other.close()


def test_files_of_another_history_do_not_prevent_saving(store: Store, put: Put) -> None:
    """For example after an older library.sqlite was restored from a backup."""
    for revision in (900, 901):
        Vectors(DIMENSION).save(store.folder / f"vectors-{revision}-00ff.faiss")
    put("One.\nTwo.")
    vectors = live(store)
    assert vectors.publish(force=True)
    assert 1 in [revision for _, revision, _ in list_vector_files(store.folder)]


def test_a_reader_that_misses_several_saves_drops_deleted_vectors(
    store: Store, put: Put, holds_the_table: Holds
) -> None:
    first = put("One.\nTwo.")
    put("Three.", path="/news/b.txt")
    reader = Store(store.folder, create=False)
    asleep = live(reader)
    remove(store, first)
    writer = live(store)
    for index in range(KEPT_FILES + 1):
        put("More.", path=f"/news/c{index}.txt")
        writer.publish(force=True)
    asleep.refresh()
    holds_the_table(asleep, store)
    reader.close()


def test_a_reader_reloads_a_replaced_library(
    store: Store, put: Put, holds_the_table: Holds
) -> None:
    put("One.\nTwo.")
    vectors = live(store)
    store.connection().execute("UPDATE commits SET nonce = 'abc'")
    store.connection().execute("DELETE FROM embeddings WHERE passage = 1")
    vectors.refresh()
    holds_the_table(vectors, store)


def test_threads_that_refresh_together_load_each_commit_once(
    store: Store, put: Put, holds_the_table: Holds, monkeypatch: pytest.MonkeyPatch
) -> None:
    put("One.\nTwo.")
    vectors = live(store)
    put("Three.", path="/news/b.txt")
    read = store.embeddings_after
    both_inside = threading.Barrier(2)

    def slow(*values: Any) -> Iterator[Any]:
        found = list(read(*values))
        # The barrier breaks if only one thread at a time gets here, which is right.
        with suppress(threading.BrokenBarrierError):
            both_inside.wait(timeout=0.2)
        yield from found

    monkeypatch.setattr(store, "embeddings_after", slow)
    threads = [threading.Thread(target=vectors.refresh) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    holds_the_table(vectors, store)


def test_leftovers_of_a_killed_save_are_deleted(store: Store, put: Put) -> None:
    left = store.folder / ".vectors-k1lled"
    left.write_bytes(b"half a file")
    put("One.")
    live(store).publish(force=True)
    assert not left.exists()


# Differences from SQLite


def test_a_flipped_byte_is_a_difference_or_harmless(store: Store, put: Put) -> None:
    """Where loading does not notice a change, ``differences`` must."""
    put("\n".join(f"Number {index}." for index in range(8)))
    live(store).publish(force=True)
    ((path, _, _),) = list_vector_files(store.folder)
    data = path.read_bytes()
    first = data.index(
        np.concatenate([rows for _, rows in store.embeddings_after(0, 64)]).tobytes()
    )
    last = len(data) - 8 * 8
    query = np.full(DIMENSION, 0.125, np.float32)
    with live(store).current() as vectors:
        wanted = vectors.search(query, 8)
    found = []
    # Leave out the sizes, which decide how much memory is allocated.
    for place in [*range(12), *range(first, last - 8, 7), *range(last, len(data), 3)]:
        damaged = bytearray(data)
        damaged[place] ^= 0x40
        path.write_bytes(damaged)
        opened = live(store)
        if opened.differences():
            found.append(place)
            continue
        with opened.current() as vectors:
            assert vectors.search(query, 8) == wanted, f"byte {place} changes the result"
    assert set(range(first, last - 8, 7)) <= set(found)
    path.write_bytes(data)
    assert live(store).differences() == 0


def test_differences_are_counted(store: Store, put: Put) -> None:
    put("One.\nTwo.\nThree.\nFour.")
    opened = live(store)
    assert opened.differences() == 0
    change = "UPDATE embeddings SET vector = (SELECT vector FROM embeddings WHERE passage = 1) "
    store.connection().execute(change + "WHERE passage IN (2, 3)")
    assert opened.differences() == 2
    with opened.current() as vectors:
        vectors.remove(np.array([4]))
    assert opened.differences() == 3


def test_a_commit_while_differences_are_counted_is_not_a_difference(
    store: Store, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    put("One.\nTwo.")
    reader = Store(store.folder, create=False)
    opened = live(reader)
    read = reader.embeddings_after

    def committed_before(*values: Any) -> Iterator[Any]:
        put("Three.", path="/news/b.txt")
        yield from read(*values)

    monkeypatch.setattr(reader, "embeddings_after", committed_before)
    assert opened.differences() == 0
    reader.close()


def test_another_thread_cannot_change_current_vectors(store: Store, put: Put) -> None:
    put("One.\nTwo.")
    vectors = live(store)
    other = threading.Thread(target=vectors.refresh)
    with vectors.current() as lent:
        put("Three.", path="/news/b.txt")
        other.start()
        other.join(timeout=0.2)
        assert other.is_alive(), "it must wait"
        assert len(lent) == 2
    other.join()
    assert len(lent) == 3
