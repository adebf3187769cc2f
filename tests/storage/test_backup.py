"""Backups contain the whole library, and damaged ones are refused."""

import stat
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from qa.errors import LibraryError
from qa.library import Library
from qa.storage.backup import read_backup

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def backup(library: Library, articles: Path, tmp_path: Path) -> Path:
    library.add(articles)
    path = tmp_path / "library.qa"
    library.back_up(path)
    return path


def test_a_backup_has_the_whole_library(
    library: Library, backup: Path, tmp_path: Path, open_library: "Callable[[], Library]"
) -> None:
    number = library.start_conversation("Volcanoes")
    library.add_turn(number, "Where?", library.ask("Where did a volcano erupt?"))
    later = tmp_path / "later.qa"
    library.back_up(later)
    read_backup(later, tmp_path / "moved")
    with Library.open(tmp_path / "moved") as moved:
        assert [row.digest for row in moved.articles()] == [
            row.digest for row in library.articles()
        ]
        assert moved.changed_articles() == {}
        assert len(moved.turns(number)) == 1
        wanted = [hit.passage.text for hit in library.search("volcano ash")]
        assert [hit.passage.text for hit in moved.search("volcano ash")] == wanted
    assert stat.S_IMODE(later.stat().st_mode) == 0o600
    assert not list(tmp_path.glob(".qa-backup-*"))


def test_existing_files_and_libraries_are_not_replaced(
    library: Library, backup: Path, tmp_path: Path
) -> None:
    before = backup.read_bytes()
    with pytest.raises(LibraryError, match="already"):
        library.back_up(backup)
    assert backup.read_bytes() == before
    with pytest.raises(LibraryError, match="is not empty"):
        read_backup(backup, library.folder)


def test_a_damaged_backup_is_refused(backup: Path, tmp_path: Path) -> None:
    whole = backup.read_bytes()
    for place in range(0, len(whole), max(1, len(whole) // 60)):
        backup.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        folder = tmp_path / f"at-{place}"
        try:
            read_backup(backup, folder)
        except LibraryError:
            assert not folder.exists() or not any(folder.iterdir())
        else:  # a byte without effect, such as a member's time
            with Library.open(folder) as opened:
                assert opened.changed_articles() == {}
    backup.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(LibraryError, match="not a backup"):
        read_backup(backup, tmp_path / "cut")


def test_other_files_are_refused(tmp_path: Path) -> None:
    other = tmp_path / "other.zip"
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("../escape.txt", "x")
    with pytest.raises(LibraryError, match="not a backup"):
        read_backup(other, tmp_path / "made")
    assert not (tmp_path.parent / "escape.txt").exists()
    other.write_text("hello")
    with pytest.raises(LibraryError, match="not a backup"):
        read_backup(other, tmp_path / "made")
