"""The SQLite file under a library: opened or made, one connection a thread.

Reading and writing go on at once (write-ahead log).
"""

import os
import sqlite3
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ..errors import (
    LibraryBusyError,
    LibraryDamagedError,
    LibraryError,
    LibraryVersionError,
)
from ..settings import library_words
from .schema import APPLICATION_ID, SCHEMA_VERSION, WITH_CHECKSUMS, checksum, migrate

DATABASE = "library.sqlite"
"""Name of the file inside the library's folder."""

MAKING_SECONDS = 30
"""How long to wait for another process that is making the tables."""

MAPPED_BYTES = 1 << 28
"""How much of the file is read through a map, whose pages count as this process's memory.

Fetching 600 of a million embeddings takes 2.1 ms with a gigabyte mapped, 2.7 with a quarter of it,
3.0 with none; after 200 questions the process holds 1043, 444 and 125 MB.
"""

COPYING_PREFIX = ".library-layout-"
"""How the name of a copy begins that is being made before the layout changes."""

LOCK = "writer.lock"
"""Name of the file that whoever writes holds locked."""

_DAMAGE = (
    sqlite3.SQLITE_ERROR,  # a table or column that is not there, text that is not UTF-8
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_FORMAT,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_MISMATCH,
    sqlite3.SQLITE_TOOBIG,
)
"""What SQLite answers when a file is not as it was written."""


class Database:
    """The file, and its connections."""

    def __init__(self, folder: Path, *, create: bool) -> None:
        """Open the library in that folder, or make it there.

        Raises LibraryError when there is none, LibraryVersionError for another version's.
        """
        self.folder = folder
        self.path = folder / DATABASE
        self._local = threading.local()
        self._connections: list[sqlite3.Connection] = []
        if not self.path.exists():
            if not create:
                raise no_articles(folder)
            if folder.is_dir() and _holds_other_things(folder):
                raise LibraryError(
                    f"{folder} holds other things and no library; choose an empty or a new folder."
                )
            try:
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                # SQLite gives the files beside it the same permissions.
                self.path.touch(mode=0o600)
            except OSError as error:
                reason = (error.strerror or str(error)).lower()
                raise LibraryError(f"{folder} cannot hold a library: {reason}.") from error
        try:
            self._prepare()
        except BaseException:
            self.close()
            raise

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Let all reads inside see one moment of the library."""
        connection = self.connection()
        if connection.in_transaction:
            yield
            return
        connection.execute("BEGIN")
        try:
            yield
        finally:
            connection.execute("ROLLBACK")

    def keep_copy(self) -> None:
        """Before the layout of a library changes, keep a copy of the file as it was."""
        (version,) = self._row("PRAGMA user_version")
        copy = self.folder / f"library-layout-{version}.sqlite"
        if version in (0, SCHEMA_VERSION) or copy.exists():
            return
        handle, working = tempfile.mkstemp(prefix=COPYING_PREFIX, dir=self.folder)
        os.close(handle)
        try:
            target = sqlite3.connect(working)
            try:
                self.connection().backup(target)
                is_older = target.execute("PRAGMA user_version").fetchone() == (version,)
            finally:
                target.close()
            if is_older:  # or else another process was quicker
                with suppress(FileNotFoundError):  # whoever indexes has cleared it away
                    Path(working).replace(copy)
        finally:
            Path(working).unlink(missing_ok=True)

    def has_checksums(self) -> bool:
        """Whether the library is of a layout with checksums."""
        return bool(self._row("PRAGMA user_version")[0] >= WITH_CHECKSUMS)

    def close(self) -> None:
        """Close every thread's connection."""
        while self._connections:
            self._connections.pop().close()
        self._local = threading.local()

    def connection(self) -> sqlite3.Connection:
        """Return this thread's connection."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(
                self._address(), uri=True, timeout=30, isolation_level=None, check_same_thread=False
            )
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA temp_store = MEMORY")
            connection.execute(f"PRAGMA mmap_size = {MAPPED_BYTES}")
            connection.create_function("checksum", -1, checksum, deterministic=True)
            self._local.connection = connection
            self._connections.append(connection)
        return connection

    def _address(self) -> str:
        """The file as a URI; in a folder that may not be written, one that asks for no log."""
        address = self.path.absolute().as_uri()
        alone = not os.access(self.folder, os.W_OK) and not Path(f"{self.path}-wal").exists()
        return f"{address}?immutable=1" if alone else address

    def _prepare(self) -> None:
        """Make the tables if there are none; raise for what is no library of this layout."""
        try:
            connection = self.connection()
            for _ in range(MAKING_SECONDS):
                version = connection.execute("PRAGMA user_version").fetchone()[0]
                if version:
                    break
                self._make(connection)
            else:
                raise LibraryBusyError(
                    f"Another qa holds {self.folder / LOCK} and makes no use of it."
                )
            made_by = connection.execute("PRAGMA application_id").fetchone()[0]
        except sqlite3.OperationalError as error:
            raise LibraryError(f"{self.path} cannot be opened: {error}.") from error
        except sqlite3.DatabaseError as error:
            raise self.damaged(str(error)) from error
        if made_by != APPLICATION_ID:
            raise self._foreign()
        if version > SCHEMA_VERSION:
            raise LibraryVersionError(
                f"The library in {self.folder} has layout {version}, this qa knows "
                f"{SCHEMA_VERSION}. Use the qa that made it, or index into another --library."
            )

    def _make(self, connection: sqlite3.Connection) -> None:
        """Create the tables under the writer's lock; return when they are there or may be soon."""
        from filelock import FileLock, Timeout

        try:
            with FileLock(self.folder / LOCK, timeout=1):
                if connection.execute("PRAGMA user_version").fetchone()[0]:
                    return
                if connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                    raise self._foreign()
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("BEGIN")
                migrate(connection)
                connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                connection.execute("COMMIT")
        except Timeout:
            return

    def _foreign(self) -> LibraryError:
        return LibraryError(f"{self.path} is not a library of qa; choose another --library.")

    def _rows(self, sql: str, *values: object) -> list[tuple]:  # type: ignore[type-arg]
        with self.damage_noticed():
            return self.connection().execute(sql, values).fetchall()

    def _row(self, sql: str, *values: object) -> tuple:  # type: ignore[type-arg]
        with self.damage_noticed():
            row: tuple = self.connection().execute(sql, values).fetchone()  # type: ignore[type-arg]
        return row

    @contextmanager
    def damage_noticed(self) -> Iterator[None]:
        """Turn what SQLite says of a damaged file into LibraryDamagedError.

        Waiting in vain, a full disk and the like stay what they are.
        """
        try:
            yield
        except sqlite3.DatabaseError as error:
            kind = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
            if isinstance(error, sqlite3.IntegrityError) or kind not in _DAMAGE:
                raise
            raise self.damaged(str(error)) from error

    def damaged(self, reason: str) -> LibraryDamagedError:
        """Return the error of a file that holds something else than what was written."""
        return LibraryDamagedError(
            f"{self.path} is damaged ({reason}). See: qa doctor{library_words(self.folder)}"
        )


def _holds_other_things(folder: Path) -> bool:
    """Whether a folder holds anything that qa did not leave there."""
    return any(
        not entry.name.startswith(
            (DATABASE, LOCK, "vectors-", ".vectors-", "full-text", COPYING_PREFIX)
        )
        for entry in folder.iterdir()
    )


def no_articles(folder: Path) -> LibraryError:
    """Return the error of a library that holds nothing yet."""
    words = library_words(folder)
    return LibraryError(f"There are no articles in {folder} yet. Add some: qa index FOLDER{words}")
