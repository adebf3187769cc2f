"""The SQLite file of a library: its connections, transactions and errors.

Each thread has its own connection. The file is in write-ahead mode, so reading goes on during
writing.
"""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from ..atomic import atomic_write
from ..errors import (
    LibraryBusyError,
    LibraryDamagedError,
    LibraryError,
    LibraryReadOnlyError,
    LibraryVersionError,
)
from ..settings import library_flag
from .schema import APPLICATION_ID, SCHEMA_VERSION, checksum, migrate

DATABASE = "library.sqlite"
"""Name of the SQLite file in the library's folder."""

LOCK = "writer.lock"
"""Name of the file that a writing process keeps locked."""

CREATION_SECONDS = 30
"""How long to wait while another process creates the tables or an index."""

MAPPED_BYTES = 1 << 28
"""How much of the file is memory-mapped. Mapped pages count as this process's memory.

Fetching 600 of a million embeddings takes 2.1 ms with 1 GB mapped, 2.7 ms with a quarter of that,
and 3.0 ms with none. After 200 questions the process then holds 1043, 444 and 125 MB.
"""

COPY_PREFIX = ".library-layout-"
"""Prefix of the temporary file for the copy that is made before the layout changes."""

_DAMAGE_CODES = (
    sqlite3.SQLITE_ERROR,  # a missing table or column, or text that is not UTF-8
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_FORMAT,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_MISMATCH,
    sqlite3.SQLITE_TOOBIG,
)
"""SQLite's error codes for a damaged file."""


class Database:
    """The SQLite file of one library. Threads may share it."""

    def __init__(self, folder: Path, *, create: bool) -> None:
        """Open the library in a folder. With ``create``, make one if there is none.

        Raises LibraryError if there is no library or it cannot be made, LibraryDamagedError, and
        LibraryVersionError for a newer layout.
        """
        self.folder = folder
        """The library's folder."""
        self.path = folder / DATABASE
        """The SQLite file."""
        self._local = threading.local()
        self._connections: list[sqlite3.Connection] = []
        if not self.path.exists():
            if not create:
                raise no_articles(folder)
            if folder.is_dir() and _holds_other_files(folder):
                raise LibraryError(
                    f"{folder} holds other files and no library; choose an empty or a new folder."
                )
            try:
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                # SQLite gives its other files the same permissions.
                self.path.touch(mode=0o600)
            except OSError as error:
                reason = (error.strerror or str(error)).lower()
                raise LibraryError(f"{folder} cannot hold a library: {reason}.") from error
        self._is_immutable = not os.access(folder, os.W_OK) and not self._has_log()
        try:
            try:
                self._prepare()
            except LibraryError as error:
                if not self._is_on_a_full_disk(error):
                    raise
                self.close()
                self._is_immutable = True  # reading needs no room
                self._prepare()
        except BaseException:
            self.close()
            raise

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Make all reads in the block see the same state of the library. Blocks may be nested."""
        connection = self.connection()
        if connection.in_transaction:
            yield
            return
        connection.execute("BEGIN")
        try:
            yield
        finally:
            connection.execute("ROLLBACK")

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Run the block in a write transaction; yield this thread's connection.

        Commits at the end of the block, and rolls back if it raises. Tables of an older layout are
        migrated first, in the same transaction; a copy of the old file is kept. Other processes
        wait for the transaction to end. Raises sqlite3.OperationalError if one of them takes longer
        than the connection's timeout.
        """
        connection = self.connection()
        self._copy_old_layout()
        connection.execute("BEGIN IMMEDIATE")
        try:
            migrate(connection)
            yield connection
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:  # SQLite itself rolls back when the disk is full
                connection.execute("ROLLBACK")
            raise

    def check_writable(self) -> None:
        """Raise LibraryReadOnlyError if the library was opened for reading alone."""
        if self._is_immutable:
            raise LibraryReadOnlyError(
                f"Nothing can be written to {self.folder} (the disk is full or read-only); "
                "you can still ask questions."
            )

    def layout(self) -> int:
        """Return the version of the library's layout."""
        return int(self._row("PRAGMA user_version")[0])

    def close(self) -> None:
        """Close the connections of all threads."""
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

    @contextmanager
    def translate_errors(self) -> Iterator[None]:
        """Turn SQLite's errors about a damaged file into LibraryDamagedError.

        Other errors, such as a timeout or a full disk, are not changed.
        """
        try:
            yield
        except sqlite3.DatabaseError as error:
            code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
            if isinstance(error, sqlite3.IntegrityError) or code not in _DAMAGE_CODES:
                raise
            raise self.damaged(str(error)) from error

    def damaged(self, reason: str) -> LibraryDamagedError:
        """Return the error for a file whose content is not what was written."""
        return LibraryDamagedError(
            f"{self.path} is damaged ({reason}). See: qa doctor{library_flag(self.folder)}"
        )

    def _address(self) -> str:
        """Return the file as a URI. An immutable one needs no log, which SQLite would create."""
        address = self.path.absolute().as_uri()
        return f"{address}?immutable=1" if self._is_immutable else address

    def _is_on_a_full_disk(self, error: LibraryError) -> bool:
        """Whether the library could be opened if there were room for SQLite's other files."""
        code = getattr(error.__cause__, "sqlite_errorcode", 0) & 0xFF
        return code in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL) and not self._has_log()

    def _has_log(self) -> bool:
        """Whether there is a log, so that the SQLite file alone may not hold everything."""
        log = Path(f"{self.path}-wal")
        return log.exists() and log.stat().st_size > 0

    def _prepare(self) -> None:
        """Create the tables if there are none. Raises LibraryError for a file that is unusable."""
        try:
            connection = self.connection()
            for _ in range(CREATION_SECONDS):
                version = connection.execute("PRAGMA user_version").fetchone()[0]
                if version:
                    break
                self._create_tables(connection)
            else:
                raise LibraryBusyError(
                    f"Another qa has locked {self.folder / LOCK} but does not create the library."
                )
            application_id = connection.execute("PRAGMA application_id").fetchone()[0]
        except sqlite3.OperationalError as error:
            raise LibraryError(f"{self.path} cannot be opened: {error}.") from error
        except sqlite3.DatabaseError as error:
            raise self.damaged(str(error)) from error
        if application_id != APPLICATION_ID:
            raise self._foreign()
        if version > SCHEMA_VERSION:
            raise LibraryVersionError(
                f"The library in {self.folder} has layout {version}, this qa knows "
                f"{SCHEMA_VERSION}. Use the qa that made it, or index into another --library."
            )

    def _create_tables(self, connection: sqlite3.Connection) -> None:
        """Create the tables unless another process does so. Waits a second for the writer lock."""
        from filelock import FileLock, Timeout

        try:
            with FileLock(self.folder / LOCK, timeout=1):
                if connection.execute("PRAGMA user_version").fetchone()[0]:
                    return
                if connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                    raise self._foreign()
                connection.execute("PRAGMA journal_mode = WAL")
                with self.transaction():
                    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        except Timeout:
            return

    def _copy_old_layout(self) -> None:
        """Keep a copy of a library whose layout is about to change."""
        (version,) = self._row("PRAGMA user_version")
        copy = self.folder / f"library-layout-{version}.sqlite"
        if version in (0, SCHEMA_VERSION) or copy.exists():
            return
        # Another process may delete the temporary file as a leftover; then there is no copy.
        with (
            suppress(FileNotFoundError),
            atomic_write(copy, prefix=COPY_PREFIX, mode=0o600) as working,
        ):
            with closing(sqlite3.connect(working)) as target:
                self.connection().backup(target)
                found = target.execute("PRAGMA user_version").fetchone()
            if found != (version,):  # another process has just migrated the library
                working.unlink()

    def _foreign(self) -> LibraryError:
        return LibraryError(f"{self.path} is not a library of qa; choose another --library.")

    def _rows(self, sql: str, *values: object) -> list[tuple]:  # type: ignore[type-arg]
        with self.translate_errors():
            return self.connection().execute(sql, values).fetchall()

    def _row(self, sql: str, *values: object) -> tuple:  # type: ignore[type-arg]
        with self.translate_errors():
            row: tuple = self.connection().execute(sql, values).fetchone()  # type: ignore[type-arg]
        return row


def _holds_other_files(folder: Path) -> bool:
    """Return whether a folder holds anything that is not qa's."""
    return any(
        not entry.name.startswith(
            (DATABASE, LOCK, "vectors-", ".vectors-", "full-text", COPY_PREFIX)
        )
        for entry in folder.iterdir()
    )


def no_articles(folder: Path) -> LibraryError:
    """Return the error for a library without articles."""
    flag = library_flag(folder)
    return LibraryError(f"There are no articles in {folder} yet. Add some: qa index FOLDER{flag}")
