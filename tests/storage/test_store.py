"""The store: atomic batches, scopes, and refusal of other files."""

import sqlite3
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from filelock import FileLock

from qa.datatypes import ArticleRowId, Scope
from qa.errors import LibraryError, LibraryVersionError, QAError
from qa.storage.article_store import FileRow
from qa.storage.database import DATABASE, LOCK
from qa.storage.schema import SCHEMA_VERSION
from qa.storage.store import NO_COMMIT, Commit, Store

Put = Callable[..., ArticleRowId]
ALL = Scope()


def found(store: Store, *terms: str, scope: Scope = ALL) -> list[str]:
    """The texts of a scope's passages that contain any of the words, in order."""
    numbers = store.passage_ids(scope)
    words = dict(store.texts_after(0))
    holding = [
        number
        for number in words
        if any(term in words[number].lower() for term in terms)
        and (numbers is None or number in numbers)
    ]
    return [passage.text for passage in store.passages(holding).values()]


def everything(store: Store) -> dict[str, list[Any]]:
    """Every row of every table."""
    connection = store.connection()
    tables = ("facts", "commits", "files", "articles", "passages", "embeddings", "tombstones")
    return {name: connection.execute(f"SELECT * FROM {name}").fetchall() for name in tables}


# Opening


def test_a_library_is_created_only_on_request(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="qa index"):
        Store(tmp_path / "none", create=False)
    assert not (tmp_path / "none").exists()
    Store(tmp_path / "none", create=True).close()
    reopened = Store(tmp_path / "none", create=False)
    assert reopened.count() == (0, 0, 0)
    reopened.close()


def test_a_newer_layout_is_refused(store: Store) -> None:
    store.connection().execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    store.close()
    with pytest.raises(LibraryVersionError, match=f"layout {SCHEMA_VERSION + 1}.*--library"):
        Store(store.folder, create=True)


@pytest.mark.parametrize("version", [0, 1, 7])
def test_a_foreign_database_is_refused(tmp_path: Path, version: int) -> None:
    with sqlite3.connect(tmp_path / DATABASE) as foreign:
        foreign.execute("CREATE TABLE bookmarks (url TEXT)")
        foreign.execute(f"PRAGMA user_version = {version}")
    foreign.close()
    with pytest.raises(LibraryError, match="not a library of qa") as caught:
        Store(tmp_path, create=True)
    assert not isinstance(caught.value, LibraryVersionError)


def test_a_foreign_database_is_not_changed(tmp_path: Path) -> None:
    path = tmp_path / DATABASE
    with sqlite3.connect(path) as foreign:
        foreign.execute("CREATE TABLE bookmarks (url TEXT)")
    foreign.close()
    before = path.read_bytes()
    with pytest.raises(LibraryError):
        Store(tmp_path, create=True)
    assert path.read_bytes() == before


def test_garbage_is_refused(tmp_path: Path) -> None:
    (tmp_path / DATABASE).write_bytes(b"These are no tables. " * 500)
    with pytest.raises(LibraryError, match="qa doctor"):
        Store(tmp_path, create=True)


def test_a_file_instead_of_a_folder_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("my notes")
    with pytest.raises(QAError):
        Store(path, create=True)
    assert path.read_text() == "my notes"


def test_tables_are_created_under_the_writer_lock(tmp_path: Path) -> None:
    folder = tmp_path / "library"
    folder.mkdir()
    opened: list[Store] = []
    openers = [
        threading.Thread(target=lambda: opened.append(Store(folder, create=True))) for _ in range(4)
    ]
    with FileLock(folder / LOCK):
        for opener in openers:
            opener.start()
        openers[0].join(timeout=0.2)
        assert opened == []
    for opener in openers:
        opener.join()
    assert [store.check() for store in opened] == [[]] * 4
    for store in opened:
        store.close()


# Files and sources


def test_a_source_is_the_url_or_else_the_path_as_given(
    store: Store, put: Put, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, url = str(tmp_path / "wire.jsonl"), "https://example.org/ash"
    put("Ash.", path=path, name="wire.jsonl", record=1, url=url)
    put("Snow.", path=path, name="wire.jsonl", record=2)
    put("Rain.", path=str(tmp_path / "rain.txt"), name="rain.txt")
    monkeypatch.chdir(tmp_path)
    ids = [row.id for row in store.article_rows()]
    named = [url, "wire.jsonl#2", "rain.txt"]
    assert [row.source for row in store.article_rows()] == named
    assert [article.source for article in store.articles(ids).values()] == named
    assert [row.url for row in store.article_rows()] == [url, None, None]
    monkeypatch.chdir("/")
    whole = [url, f"{path}#2", str(tmp_path / "rain.txt")]
    assert [row.source for row in store.article_rows()] == whole
    assert [article.source for article in store.articles(ids).values()] == whole
    assert store.find_articles("wire.jsonl#2") == store.find_articles(f"{path}#2") == [2]


def test_a_moved_file_keeps_its_articles(store: Store, put: Put) -> None:
    put("Ash.", path="/news/a.jsonl", record=1)
    put("Snow.", path="/news/a.jsonl", record=2)
    with store.batch() as batch:
        batch.move_file(1, "/old/b.jsonl", "/old/b.jsonl")
    assert [row.source for row in store.article_rows()] == ["/old/b.jsonl#1", "/old/b.jsonl#2"]
    assert list(store.files()) == ["/old/b.jsonl"]


def test_a_moved_article_keeps_its_text(store: Store, put: Put) -> None:
    number = put("Ash.", path="/news/a.jsonl", record=1)
    before, url = store.newest_commit(), "https://example.org/ash"
    moved = replace(store.articles([number])[number], first_line=3, pages=(0, 2), dated="url")
    with store.batch() as batch:
        batch.move_article(number, 1, 7, None, moved)
    (row,) = store.article_rows()
    assert (row.id, row.record, row.source) == (number, 7, "/news/a.jsonl#7")
    stored = store.articles([number])[number]
    assert (stored.first_line, stored.pages, stored.dated) == (3, (0, 2), "url")
    with store.batch() as batch:
        batch.move_article(number, 1, 7, url, moved)
    assert [row.source for row in store.article_rows()] == [url]
    assert store.newest_commit() == before
    assert found(store, "ash") == ["Ash."]


def test_a_file_is_stored_as_it_was_read(store: Store) -> None:
    for is_whole in (False, True, False):
        with store.batch() as batch:
            number = batch.put_file("/news/a.txt", "a.txt", 5, 6, "abc", is_whole=is_whole)
        assert store.files() == {
            "/news/a.txt": FileRow(number, "/news/a.txt", "a.txt", 5, 6, "abc", is_whole, 0)
        }


def test_has_articles(store: Store, put: Put) -> None:
    assert not store.has_articles()
    number = put("Ash.")
    assert store.has_articles()
    with store.batch() as batch:
        batch.remove_article(number)
    assert not store.has_articles()


# Batches


def test_a_failed_batch_changes_nothing(store: Store, put: Put, put_in: Put) -> None:
    kept = put("Ash closed the airports.\nTravellers waited.", title="Volcano")
    other = put("Voters chose.", path="/news/b.txt")
    before = everything(store)

    def several_changes() -> None:
        with store.batch() as batch:
            batch.set_facts(model="another")
            put_in(batch, "Snow fell.\nRoads closed.", title="Winter", path="/news/c.txt")
            put_in(batch, "Ash went.", title="Calm", replacing=kept)
            batch.move_file(1, "/old/a.txt", "/old/a.txt")
            batch.remove_article(other)
            batch.remove_empty_files()
            assert found(store, "snow") == ["Snow fell."]
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        several_changes()
    assert everything(store) == before
    assert found(store, "snow") == []
    assert found(store, "ash") == ["Ash closed the airports."]
    assert store.check() == []
    put("Snow fell.", path="/news/c.txt")
    assert found(store, "snow") == ["Snow fell."]


def test_a_reader_sees_the_old_state_until_the_batch_ends(
    store: Store, put: Put, put_in: Put
) -> None:
    first = put("Ash closed the airports.")
    reader = Store(store.folder, create=False)
    before = everything(reader)
    with store.batch() as batch:
        put_in(batch, "Snow fell.", path="/news/b.txt")
        batch.remove_article(first)
        assert reader.newest_commit().revision == 1
        assert reader.count() == (1, 1, 1)
        assert found(reader, "ash", "snow") == ["Ash closed the airports."]
        assert [text for article in reader.articles([first]).values() for text in [article.text]]
    assert found(reader, "ash", "snow") == ["Snow fell."]
    assert reader.newest_commit().revision == 2
    assert everything(reader) != before
    reader.close()


def test_a_snapshot_does_not_see_later_batches(store: Store, put: Put) -> None:
    put("Ash closed the airports.")
    reader = Store(store.folder, create=False)
    with reader.snapshot():
        assert reader.count() == (1, 1, 1)
        put("Snow fell.", path="/news/b.txt")
        with reader.snapshot():
            assert reader.count() == (1, 1, 1)
        assert reader.count() == (1, 1, 1)
        assert found(reader, "snow") == []
    assert reader.count() == (2, 2, 2)
    reader.close()


def test_only_batches_that_change_passages_are_commits(store: Store, put: Put) -> None:
    assert store.newest_commit() == NO_COMMIT == Commit(0, "", 0)
    number = put("One.\nTwo.")
    commit = store.newest_commit()
    assert (commit.revision, commit.last_passage) == (1, 2)
    assert store.find_commit(1, commit.nonce) == commit
    assert store.find_commit(1, "other") is store.find_commit(2, commit.nonce) is None
    with store.batch() as batch:
        batch.set_facts(model="words")
        batch.put_file("/news/a.txt", "a.txt", 1, 2, "other", is_whole=True)
    assert store.newest_commit() == commit
    with store.batch() as batch:
        batch.remove_article(number)
    assert store.newest_commit().revision == 2
    assert store.tombstones_after(0).tolist() == [1, 2]
    assert store.tombstones_after(1).tolist() == [1, 2]
    assert store.tombstones_after(2).tolist() == []


def test_ids_are_never_reused(store: Store, put: Put) -> None:
    first = put("One.")
    with store.batch() as batch:
        batch.remove_article(first)
    second = put("One.")
    assert second > first
    ((numbers, _),) = store.embeddings_after(0, 64)
    assert numbers.tolist() == [2]


def test_embeddings_are_read_in_order_as_float16(store: Store, put: Put, word_encoder: Any) -> None:
    put("One two.\nThree.\nFour five six.")
    put("Seven.", path="/news/b.txt")
    parts = list(store.embeddings_after(1, 64, size=2))
    assert [numbers.tolist() for numbers, _ in parts] == [[2, 3], [4]]
    texts = ["Three.", "Four five six.", "Seven."]
    wanted = word_encoder.encode(texts, "question").astype(np.float16)
    assert np.array_equal(np.concatenate([rows for _, rows in parts]), wanted)


# Texts of passages


def test_texts_are_title_and_passage_of_higher_ids(store: Store, put: Put) -> None:
    put("🌋 émeute 東京.\nAsh fell 🌋 here.", title="Volcano")
    put("Voters chose.", path="/news/b.txt")
    assert list(store.texts_after(1, size=1)) == [
        (2, "Volcano\nAsh fell 🌋 here."),
        (3, "\nVoters chose."),
    ]
    assert list(store.texts_after(3)) == []


# Checks


def test_check_finds_a_passage_without_embedding(store: Store, put: Put) -> None:
    put("Ash fell.")
    store.connection().execute("DELETE FROM embeddings")
    assert store.check() == ["1 passages have no embedding"]


# Scopes


@pytest.fixture
def dated(store: Store, put: Put) -> Store:
    put("Ash one.", path="/news/2010/a.txt", published=date(2010, 4, 21))
    put("Ash two.", path="/news/2012/b.md", published=date(2012, 1, 15))
    put("Ash three.", path="/news/2012/b.md.old")
    put("Ash four.", path="/newsletter/c.jsonl", url="https://example.org/ash", record=1)
    return store


@pytest.mark.parametrize(
    ("scope", "wanted"),
    [
        (Scope(), {"one", "two", "three", "four"}),
        (Scope(since=date(2010, 4, 21)), {"one", "two"}),
        (Scope(since=date(2010, 4, 22)), {"two"}),
        (Scope(until=date(2010, 4, 21)), {"one"}),
        (Scope(since=date(2010, 1, 1), until=date(2010, 12, 31)), {"one"}),
        (Scope(source="*2012*"), {"two", "three"}),
        (Scope(paths=("2012",)), {"two", "three"}),
        (Scope(paths=("news/2012",)), {"two", "three"}),
        (Scope(paths=("012",)), set()),
        (Scope(source="/news/201?/*.[mt]*"), {"one", "two", "three"}),
        (Scope(source="https://example.org/*"), {"four"}),
        (Scope(source="*.jsonl"), {"four"}),
        (Scope(source="*.JSONL"), set()),
        (Scope(paths=("/news",)), {"one", "two", "three"}),
        (Scope(paths=("/news/",)), {"one", "two", "three"}),
        (Scope(paths=("/news/2012/b.md",)), {"two"}),
        (Scope(paths=("/news/2010", "/newsletter/c.jsonl")), {"one", "four"}),
        (Scope(paths=("/",)), {"one", "two", "three", "four"}),
        (Scope(paths=("/new",)), set()),
        (Scope(paths=("/news/2012",), until=date(2020, 1, 1)), {"two"}),
        (Scope(without=("1", "3")), {"two", "four"}),
        (Scope(without=("99", "no such", "-1", "9" * 30)), {"one", "two", "three", "four"}),
        (Scope(paths=("/news/2012",), without=("2", "4")), {"three"}),
        (Scope(without=tuple(map(str, range(1, 40_000)))), set()),
    ],
)
def test_a_scope_means_the_same_everywhere(dated: Store, scope: Scope, wanted: set[str]) -> None:
    texts = {f"Ash {word}." for word in wanted}
    assert set(found(dated, "ash", scope=scope)) == texts
    ids = [row.id for row in dated.article_rows(scope)]
    assert {article.text for article in dated.articles(ids).values()} == texts
    numbers = dated.passage_ids(scope)
    if scope.is_all:
        assert numbers is None
    else:
        assert numbers is not None
        assert numbers.tolist() == sorted(numbers.tolist())
        assert {passage.text for passage in dated.passages(numbers.tolist()).values()} == texts


def test_articles_are_listed_newest_first_and_undated_ones_last(dated: Store) -> None:
    rows = dated.article_rows()
    assert [row.published for row in rows] == [date(2012, 1, 15), date(2010, 4, 21), None, None]
    assert dated.date_range() == (date(2010, 4, 21), date(2012, 1, 15))


def test_articles_are_found_by_id_source_path_folder_and_end_of_path(dated: Store) -> None:
    assert dated.find_articles("2") == [2]
    assert dated.find_articles("https://example.org/ash") == [4]
    assert dated.find_articles("/newsletter/c.jsonl#1") == [4]
    assert dated.find_articles("c.jsonl#1") == [4]
    assert dated.find_articles("c.jsonl#2") == []
    assert dated.find_articles("/news/2012") == [2, 3]
    assert dated.find_articles("b.md") == [2]
    assert dated.find_articles("2012/b.md") == [2]
    assert dated.find_articles("%.md") == []
    assert dated.find_articles("_.md") == []
    assert dated.find_articles("99") == []


def test_many_articles_at_once(store: Store, put_in: Put) -> None:
    with store.batch() as batch:
        for index in range(2000):
            put_in(batch, "Ash.", path=f"/news/{index}.txt")
    assert len(store.articles(map(ArticleRowId, range(1, 2001)))) == 2000
    assert len(store.passages(range(1, 2001))) == 2000


# Embeddings by id


def test_embeddings_of_known_passages(store: Store, put: Put) -> None:
    put("\n".join(f"Number {index}." for index in range(2000)))
    ((_, vectors),) = store.embeddings_after(0, 64)
    asked = np.array([1999, 7, 3000, 7, 0, *range(500, 1500)])
    found, rows = store.embeddings_of(asked, 64)
    assert found.tolist() == [7, *range(500, 1500), 1999]
    assert np.array_equal(rows, vectors[found - 1])
    nothing, none = store.embeddings_of(np.array([3000]), 64)
    assert (len(nothing), none.shape) == (0, (0, 64))


def test_sampled_passages_are_spread_evenly(store: Store, put: Put) -> None:
    put("\n".join(f"Number {index}." for index in range(1000)))
    sample = store.sample_passages(100)
    assert sample.tolist() == sorted(set(sample.tolist()))
    quarters = np.bincount((sample - 1) * 4 // 1000, minlength=4)
    assert quarters.min() >= 20
    assert np.array_equal(sample, store.sample_passages(100))
    assert store.sample_passages(5000).tolist() == list(range(1, 1001))
