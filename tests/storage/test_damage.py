"""Damage on disk is noticed, is never quoted, and can be repaired."""

import os
import sqlite3
import stat
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from qa.datatypes import ArticleRowId
from qa.errors import LibraryDamagedError, LibraryError
from qa.storage.database import DATABASE
from qa.storage.full_text import FullText
from qa.storage.live_text import FOLDER, LiveText
from qa.storage.live_vectors import LiveVectors
from qa.storage.store import Store
from qa.storage.text_files import DamagedTextError, is_intact
from tests.older_layouts import NEW_IN_LAYOUT_6, NEW_TURNS_IN_LAYOUT_6

if TYPE_CHECKING:
    from qa.library import Library

Put = Callable[..., ArticleRowId]


def found(live: LiveText, *terms: str) -> list[int]:
    return [number for number, _ in live.start_search(terms, 10).result()]


def change(store: Store, sql: str, *values: object) -> None:
    """Change the SQLite file as damage would, without the library."""
    connection = sqlite3.connect(store.path)
    with connection:
        connection.execute(sql, values)
    connection.close()


# Full text


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    folder = tmp_path / "texts"
    index = FullText(folder)
    index.change([], [(1, "ash fell"), (2, "snow fell")], "1 a", whole=True)
    index.change([1], [(3, "rain fell")], "1 b", whole=False)
    index.release()
    return folder


def test_damage_in_every_file_of_an_index_is_noticed(texts: Path) -> None:
    assert is_intact(texts)
    tried = 0
    for path in sorted(texts.iterdir()):
        if path.suffix in (".lock", ".json"):
            continue
        whole = path.read_bytes()
        body = len(whole) - 8 - int.from_bytes(whole[-8:-4], "little")
        for place in {0, body // 2, body - 1, len(whole) - 1}:
            path.write_bytes(whole[:place] + bytes([whole[place] ^ 4]) + whole[place + 1 :])
            assert not is_intact(texts), (path.name, place)
            with pytest.raises(DamagedTextError):
                FullText(texts)
            tried += 1
        path.write_bytes(whole[:-1])
        assert not is_intact(texts)
        path.write_bytes(whole)
    assert tried > 10
    assert is_intact(texts)


def test_leftovers_of_a_killed_process_are_not_damage(texts: Path) -> None:
    (texts / "0123456789abcdef0123456789abcdef.store").write_bytes(b"half a segm")
    assert is_intact(texts)


def test_a_damaged_list_of_files_is_noticed(texts: Path) -> None:
    (texts / "meta.json").write_text("{")
    assert not is_intact(texts)
    (texts / "meta.json").unlink()
    assert not is_intact(texts)


@pytest.mark.parametrize("checked", [True, False])
def test_a_damaged_full_text_is_rebuilt(
    store: Store, put: Put, monkeypatch: pytest.MonkeyPatch, checked: bool
) -> None:
    put("Ash closed the airports.\nTravellers waited.", title="Volcano")
    live = LiveText(store)
    assert found(live, "ash") == [1]
    live.close()
    if not checked:  # as in a large index, whose damage is noticed only by a search
        monkeypatch.setattr("qa.storage.full_text.CHECKED_BYTES", 0)
    for path in sorted((store.folder / FOLDER).iterdir()):
        if path.suffix in (".lock", ".json"):
            continue
        whole = path.read_bytes()
        path.write_bytes(whole[:-20] + b"\0" * 20)
        other = LiveText(store)
        assert found(other, "ash", "waiting") == [2, 1], path.name
        other.publish()
        other.release()
        other.close()
        break
    assert LiveText(store).differences() == 0


def test_scores_after_deletions_are_those_of_a_new_index(store: Store, put: Put) -> None:
    numbers = [put(f"Ash fell on town {n}.", path=f"/news/{n}.txt") for n in range(8)]
    put("Ash closed the port. Snow fell.", path="/news/port.txt")
    live = LiveText(store)
    live.publish()
    with store.batch() as batch:
        for number in numbers[:6]:
            batch.remove_article(number)
    live.publish(tidy=True)
    live.release()
    after = live.start_search(["ash", "snow"], 10).result()
    fresh = FullText(None)
    fresh.change([], store.texts_after(0), "x", whole=True)
    assert after == fresh.search(["ash", "snow"], 10)


# SQLite


def test_a_damaged_text_is_not_quoted(store: Store, put: Put) -> None:
    number = put("The mine opened in 1920.", title="Mine")
    assert store.articles([number])[number].text == "The mine opened in 1920."
    change(store, "UPDATE articles SET text = replace(text, '1920', '1921')")
    with pytest.raises(LibraryDamagedError, match="doctor"):
        store.articles([number])
    assert list(store.damaged_articles()) == [number]


def test_a_passage_without_its_article_is_damage(store: Store, put: Put) -> None:
    number = put("The mine opened in 1920.", title="Mine")
    (passage,) = [number for number, _ in store.texts_after(0)]
    assert store.passages([passage])
    change(store, "DELETE FROM articles WHERE id = ?", number)
    with pytest.raises(LibraryDamagedError, match="without its article"):
        store.passages([passage])


@pytest.mark.parametrize(
    "field", ["title = 'Mint'", "url = 'x'", "published = '2011-01-01'", "first_line = 9"]
)
def test_a_damaged_article_row_is_noticed(store: Store, put: Put, field: str) -> None:
    number = put("The mine opened in 1920.", title="Mine")
    assert store.damaged_articles() == {}
    change(store, f"UPDATE articles SET {field}")
    with pytest.raises(LibraryDamagedError):
        store.articles([number])
    assert store.damaged_articles() == {number: "/news/a.txt"}


@pytest.mark.parametrize("sql", ["passages SET start = 2", "embeddings SET vector = zeroblob(128)"])
def test_a_damaged_passage_is_noticed(store: Store, put: Put, sql: str) -> None:
    number = put("The mine opened in 1920.\nIt closed in 1950.")
    change(store, f"UPDATE {sql}")
    assert list(store.damaged_articles()) == [number]


def test_a_vector_of_another_length_is_damage(store: Store, put: Put) -> None:
    put("The mine opened in 1920.")
    with store.batch() as batch:
        batch.set_facts(model="words", fingerprint="words-64", dimension="64")
    change(store, "UPDATE embeddings SET vector = zeroblob(10)")
    with pytest.raises(LibraryDamagedError, match="length"):
        LiveVectors(store)


def test_a_missing_table_and_invalid_utf8_are_damage(store: Store, put: Put) -> None:
    number = put("The mine opened in 1920.", title="Mine")
    change(store, "UPDATE articles SET title = CAST(x'ff' AS TEXT)")
    with pytest.raises(LibraryDamagedError):
        store.articles([number])
    change(store, "UPDATE articles SET title = 'Mine'")
    change(store, "DROP TABLE passage_checksums")
    with pytest.raises(LibraryDamagedError, match="passage_checksums"):
        store.damaged_articles()


def test_an_invalid_date_is_damage_without_a_traceback(store: Store, put: Put) -> None:
    put("The mine opened in 1920.")
    change(store, "UPDATE articles SET published = '2011-99-99'")
    assert [row.published for row in store.article_rows()] == [None]
    assert store.date_range() is None
    assert len(store.damaged_articles()) == 1


def test_rereading_the_file_repairs_the_damage(library: "Library", articles: Path) -> None:
    library.add(articles)
    before = {row.source: row.digest for row in library.articles()}
    path = library.folder / DATABASE
    connection = sqlite3.connect(path)
    with connection:
        connection.execute("UPDATE articles SET text = replace(text, 'Monday', 'Sunday')")
    connection.close()
    (damaged,) = library.changed_articles().values()
    assert damaged == str(articles / "volcano.txt")
    with pytest.raises(LibraryDamagedError):
        library.ask("When did the volcano erupt?")
    report = library.add(damaged, reread=True)
    assert (report.changed, report.new, report.removed) == (1, 0, 0)
    assert library.changed_articles() == {}
    assert {row.source: row.digest for row in library.articles()} == before
    assert "Monday" in library.article(library.find(damaged)[0].id).text
    assert library.differing_vectors() == library.differing_words() == 0


# Permissions, folders and layouts


@pytest.mark.skipif(os.name != "posix", reason="permissions are those of POSIX")
def test_only_the_owner_can_read_a_library(tmp_path: Path) -> None:
    store = Store(tmp_path / "library", create=True)
    assert stat.S_IMODE(store.folder.stat().st_mode) == 0o700
    for path in store.folder.iterdir():
        assert not stat.S_IMODE(path.stat().st_mode) & 0o077 or path.name == "writer.lock"
    store.close()


def test_no_library_is_made_among_other_files(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("Buy bread.")
    with pytest.raises(LibraryError, match="holds other files"):
        Store(tmp_path, create=True)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_a_migration_keeps_a_copy_of_the_older_layout(store: Store, put: Put) -> None:
    put("The mine opened in 1920.")
    for table in ("article_checksums", "passage_checksums"):
        change(store, f"DROP TABLE {table}")
    for statement in (*NEW_IN_LAYOUT_6, *NEW_TURNS_IN_LAYOUT_6):
        change(store, statement)
    change(store, "PRAGMA user_version = 4")
    put("The mill burned.", path="/news/b.txt")
    assert store.damaged_articles() == {}
    copy = sqlite3.connect(store.folder / "library-layout-4.sqlite")
    assert copy.execute("PRAGMA user_version").fetchone() == (4,)
    assert copy.execute("SELECT count(*) FROM articles").fetchone() == (1,)
    copy.close()


def test_offsets_and_texts_are_from_the_same_commit(
    store: Store, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = put("The mine opened in 1920.", title="Mine")
    other = Store(store.folder, create=False)
    (passage,) = other.passages([1]).values()
    read = other.articles

    def articles_later(ids: object) -> object:
        put("Short.", title="Mine", replacing=number)  # between the two reads
        return read(ids)  # type: ignore[arg-type]

    monkeypatch.setattr(other, "articles", articles_later)
    assert other.passages([1])[1].text == passage.text == "The mine opened in 1920."
    assert np.all(passage.start == 0)
    other.close()
