"""The full-text index equals SQLite, whatever happens to its folder."""

import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import tantivy
from filelock import FileLock

from qa import folding
from qa.datatypes import ArticleRowId
from qa.errors import LibraryBusyError
from qa.storage import live_text
from qa.storage.database import LOCK
from qa.storage.full_text import FullText
from qa.storage.live_text import FOLDER, LiveText
from qa.storage.schema import SCHEMA_VERSION
from qa.storage.store import Store
from tests.older_layouts import NEW_IN_LAYOUT_6, NEW_TURNS_IN_LAYOUT_6

Put = Callable[..., ArticleRowId]


def found(live: LiveText, *terms: str) -> list[int]:
    return [number for number, _ in live.start_search(terms, 10).result()]


@pytest.fixture
def published(store: Store, put: Put) -> LiveText:
    put("Ash closed the airports.\nTravellers waited.", title="Volcano")
    live = LiveText(store)
    live.publish()
    live.release()
    return live


def test_a_commit_is_found_at_once(store: Store, put: Put) -> None:
    live = LiveText(store)
    assert found(live, "ash") == []
    number = put("Ash closed the airports.\nTravellers waited.", title="Volcano")
    assert found(live, "ash", "waiting") == [2, 1]
    put("Snow fell.", path="/news/a.txt", replacing=number)
    assert found(live, "ash", "volcano", "snow") == [3]
    with store.batch() as batch:
        batch.remove_article(number)
    assert found(live, "snow") == []
    assert live.differences() == 0


def test_the_previous_batch_is_searched_while_another_process_writes(
    store: Store, put: Put, published: LiveText
) -> None:
    with FileLock(store.folder / LOCK):
        put("Snow fell.", path="/news/b.txt")
        reader = LiveText(store)
        assert (found(reader, "ash"), found(reader, "snow")) == ([1], [])
        writer = LiveText(store)
        writer.publish()
        assert found(reader, "snow") == [3]
        put("Rain fell.", path="/news/c.txt")
        writer.publish()
        assert found(reader, "rain") == [4]
        writer.release()


def test_a_search_waits_for_the_index_that_another_process_builds(
    store: Store, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    put("Ash closed the airports.")
    live = LiveText(store)
    with FileLock(store.folder / LOCK):
        with monkeypatch.context() as patch:
            patch.setattr(live_text, "CREATION_SECONDS", 0.1)
            with pytest.raises(LibraryBusyError, match="ask again"):
                live.start_search(["ash"], 10)
        results: list[list[int]] = []
        asking = threading.Thread(target=lambda: results.append(found(live, "ash")))
        asking.start()
        asking.join(timeout=0.2)
        assert asking.is_alive()
    asking.join()
    assert results == [[1]]


def test_words_folded_by_another_version_are_indexed_again(
    store: Store, published: LiveText, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.storage.live_text.VERSION", folding.VERSION + 1)
    live = LiveText(store)
    assert found(live, "ash") == [1]
    mark = FullText(store.folder / FOLDER).mark
    assert mark.startswith(f"{live_text.LAYOUT}.{folding.VERSION + 1} ")


def test_an_index_with_other_fields_is_replaced_without_a_warning(
    store: Store, published: LiveText, caplog: pytest.LogCaptureFixture
) -> None:
    shutil.rmtree(store.folder / FOLDER)
    (store.folder / FOLDER).mkdir()
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("words", stored=False)
    tantivy.Index(builder.build(), str(store.folder / FOLDER)).writer().commit()
    live = LiveText(store)
    assert found(live, "ash") == [1]
    assert caplog.messages == []


@pytest.mark.parametrize("damage", ["gone", "garbage", "cut", "old", "empty"])
def test_a_damaged_index_is_rebuilt(
    store: Store, published: LiveText, damage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = store.folder / FOLDER
    if damage == "gone":
        shutil.rmtree(folder)
    elif damage == "garbage":
        (folder / "meta.json").write_text("{")
    elif damage == "cut":
        for path in folder.glob("*.idx"):
            path.write_bytes(path.read_bytes()[:-7])
    elif damage == "empty":
        (folder / "meta.json").unlink()
    else:
        monkeypatch.setattr(live_text, "LAYOUT", 99)
    live = LiveText(store)
    assert found(live, "ash") == [1]
    assert live.differences() == 0


def test_an_index_of_another_history_is_rebuilt(
    store: Store, put: Put, published: LiveText, tmp_path: Path
) -> None:
    """For example after an older library.sqlite was restored from a backup."""
    shutil.copytree(store.folder / FOLDER, tmp_path / "kept")
    store.connection().execute("UPDATE commits SET nonce = 'ff'")
    store.connection().execute("UPDATE articles SET text = 'Snow fell on all the roads in town.'")
    live = LiveText(store)
    assert found(live, "ash") == []
    assert found(live, "snow") == [1]
    assert live.differences() == 0


def test_a_reader_survives_a_rebuild_of_the_index(
    store: Store, put: Put, published: LiveText
) -> None:
    assert found(published, "ash") == [1]
    (store.folder / FOLDER / "meta.json").write_text("{")
    put("Snow fell.", path="/news/b.txt")
    assert found(published, "snow", "ash") == [1, 3] or found(published, "snow", "ash") == [3, 1]


def test_a_read_only_folder_is_searched_through_links(
    store: Store, put: Put, published: LiveText, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = store.folder / FOLDER
    before = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    monkeypatch.setattr(os, "access", lambda *_: False)
    live = LiveText(store)
    assert found(live, "ash") == [1]
    put("Snow fell.", path="/news/b.txt")
    assert found(live, "snow") == [3], "an outdated index is replaced by one in memory"
    live.close()
    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == before


def test_differing_texts_are_counted(store: Store, published: LiveText) -> None:
    assert published.differences() == 0
    store.connection().execute("UPDATE articles SET title = 'Winter'")
    assert published.differences() == 2


def test_the_next_batch_drops_the_full_text_in_sqlite(store: Store, put: Put) -> None:
    put("Ash closed the airports.", title="Volcano")
    connection = store.connection()
    connection.execute("CREATE VIEW passage_words (id, title, text) AS SELECT 1, 'Volcano', 'Ash'")
    connection.execute(
        "CREATE VIRTUAL TABLE full_text USING fts5"
        " (title, text, content='passage_words', content_rowid='id')"
    )
    connection.execute("DROP INDEX articles_listed")
    connection.execute("CREATE INDEX articles_by_date ON articles (published)")
    for statement in (*NEW_IN_LAYOUT_6, *NEW_TURNS_IN_LAYOUT_6):
        connection.execute(statement)
    connection.execute("DROP TABLE article_checksums")
    connection.execute("DROP TABLE passage_checksums")
    connection.execute("PRAGMA user_version = 2")
    live = LiveText(store)
    assert found(live, "ash") == [1]
    put("Snow fell.", path="/news/b.txt")
    assert connection.execute("PRAGMA user_version").fetchone()[0] == SCHEMA_VERSION
    left = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
    assert not any(name.startswith(("full_text", "passage_words")) for name in left)
    assert found(live, "snow") == [2]
