"""An open library: its files and models, and what it says about its own state."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from .adding import Adding
from .datatypes import MEMORY_PREFIX, is_from_memory
from .settings import Settings, library_name
from .storage.local import LocalStorage

# Imported on first use: each takes longer to import than `qa ls` takes to run.
if TYPE_CHECKING:
    from .storage.conversations import Conversations
    from .storage.doubts import Doubts
    from .storage.vector_files import SketchFacts


@dataclass(frozen=True, slots=True)
class LibraryStatus:
    """What a library holds."""

    folder: Path
    """Its folder."""
    files: int
    """Files that articles were read from."""
    articles: int
    """Articles, from files and from memory."""
    passages: int
    """Passages in the articles."""
    model: str
    """Encoder that made the embeddings; empty before the first article."""
    dates: tuple[date, date] | None
    """Earliest and latest publication date; None if no article has one."""
    disk_bytes: int
    """Size of the files in the folder."""
    changed_files: int
    """Files that have changed since they were read."""
    vanished_files: int
    """Files that no longer exist."""
    sketch: "SketchFacts | None"
    """Accuracy of the approximate vector search in a large library; None if search is exact."""


class OpenedLibrary(Adding):
    """The part of `Library` that knows its files; it neither adds articles nor stores turns."""

    _store: LocalStorage

    def __init__(self, chosen: Settings, *, device: str | None = None, create: bool = True) -> None:
        """Open the library that the settings name; ``Library.open`` reads the settings first."""
        self.folder = chosen.library
        """The library's folder."""
        self.settings = chosen
        """The settings that it was opened with."""
        self._store = LocalStorage(chosen.library, create=create)
        self._models = chosen.model, chosen.reader, device

    @property
    def name(self) -> str:
        """What ``--library`` calls it: its name in the data folder, or its path."""
        return library_name(self.folder)

    def status(self) -> LibraryStatus:
        """Return what the library holds, and how many of its files are stale."""
        from .storage.vector_files import saved_sketch_facts

        files, articles, passages = self._store.count()
        changed, gone = self.stale_files()
        return LibraryStatus(
            folder=self.folder,
            files=files,
            articles=articles,
            passages=passages,
            model=self._store.facts().get("model", ""),
            dates=self._store.date_range(),
            disk_bytes=sum(p.stat().st_size for p in self.folder.rglob("*") if p.is_file()),
            changed_files=len(changed),
            vanished_files=len(gone),
            sketch=saved_sketch_facts(self._store),
        )

    def stale_files(self, seconds: float | None = None) -> tuple[list[str], list[str]]:
        """Return the paths of files that have changed, and of files that no longer exist.

        Sizes and times are compared, and bytes where they disagree. With ``seconds`` the search
        stops after that time, and starts at another file each time.
        """
        from .indexing.stale import stale_files

        return stale_files(self._store, seconds)

    def known_files(self) -> list[str]:
        """Return the paths of the files that articles were read from."""
        return [path for path in self._store.files() if not is_from_memory(path)]

    def check(self) -> list[str]:
        """Read the whole SQLite file and return its faults, one line each."""
        found = self._store.check()
        facts = self._store.facts().keys()
        if self._store.has_articles() and not {"model", "fingerprint", "dimension"} <= facts:
            found.append("it does not say which model made it")
        return found

    def changed_articles(self) -> dict[int, str]:
        """Return the articles whose stored data is damaged: path of the file by row number.

        An article from memory has its source in place of a path. Reads every text and vector.
        """
        found = self._store.damaged_articles()
        return {number: path.removeprefix(MEMORY_PREFIX) for number, path in found.items()}

    def doubts(self) -> "Doubts":
        """Return the articles whose encoding was guessed, or whose date or text is not certain."""
        return self._store.doubts()

    def damaged_conversations(self) -> list[int]:
        """Return the numbers of conversations that cannot be read."""
        return self._conversations.check()

    def differing_vectors(self) -> int:
        """Return how many vectors of the FAISS index differ from those in the SQLite file."""
        self._session.refresh()
        return self._store.vectors.differences() if self._store.facts() else 0

    def differing_words(self) -> int:
        """Return how many passages differ between the full-text index and the SQLite file."""
        return self._store.full_text.differences() if self._store.has_articles() else 0

    def is_being_written(self) -> bool:
        """Whether another process is writing to the library now."""
        from .storage.lock import is_locked

        return is_locked(self.folder)

    def back_up(self, path: str | os.PathLike[str]) -> None:
        """Write the library to one new file, which ``qa import`` reads. Raises LibraryError."""
        from .storage.backup import write_backup

        write_backup(self._store, Path(path).expanduser().absolute())

    @property
    def fingerprint(self) -> str:
        """Digest of the model that made the embeddings; empty before the first article."""
        return self._store.facts().get("fingerprint", "")

    def close(self) -> None:
        """Close the library; it cannot be used afterwards."""
        self._store.close()

    @cached_property
    def _conversations(self) -> "Conversations":
        from .storage.conversations import Conversations

        return Conversations(self._store)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Hold the writer's lock. Raises LibraryBusyError or LibraryReadOnlyError."""
        from .storage.lock import writer_lock

        with writer_lock(self.folder):
            self._store.check_writable()
            try:
                self._session.refresh()
                yield
            finally:
                self._store.release()
