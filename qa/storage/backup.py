"""A backup: a ZIP file with the SQLite file of a library, its size and its digest.

The search indexes are not in it; they are built again from the SQLite file. Reading a backup
verifies every byte of the SQLite file.
"""

import hashlib
import json
import sqlite3
import tempfile
import zipfile
import zlib
from contextlib import closing
from pathlib import Path
from typing import IO

from ..atomic import atomic_write
from ..errors import LibraryError, LibraryVersionError
from .database import DATABASE, Database
from .schema import APPLICATION_ID, SCHEMA_VERSION

FACTS = "backup.json"
"""Name of the ZIP member with the size and digest of the SQLite file."""

_PREFIX = ".qa-backup-"
_BLOCK_BYTES = 1 << 20


def write_backup(database: Database, path: Path) -> None:
    """Write a backup of a library; other processes may go on writing to the library.

    Raises LibraryError if the file exists or cannot be written.
    """
    if path.exists():
        raise LibraryError(f"{path} exists already; name another file.")
    try:
        with (
            atomic_write(path, prefix=_PREFIX, mode=0o600) as packed,
            tempfile.TemporaryDirectory(prefix=_PREFIX, dir=path.parent) as folder,
        ):
            copy = Path(folder, DATABASE)
            with closing(sqlite3.connect(copy)) as target:
                database.connection().backup(target)
                target.execute("PRAGMA journal_mode = DELETE")
            facts = {"layout": 1, "bytes": copy.stat().st_size, "sha256": _digest(copy)}
            with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
                archive.writestr(FACTS, json.dumps(facts))
                archive.write(copy, DATABASE)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise LibraryError(f"{path} cannot be written: {reason}.") from error


def read_backup(path: Path, folder: Path) -> None:
    """Make a library in a new or empty folder from a file that `write_backup` wrote.

    Raises LibraryError if the file is damaged or not a backup, or the folder is not empty;
    LibraryVersionError for a library of a newer qa.
    """
    if folder.exists() and any(folder.iterdir()):
        raise LibraryError(f"{folder} is not empty; choose another --library.")
    try:
        with zipfile.ZipFile(path) as archive:
            facts = json.loads(archive.read(FACTS)[:10_000])
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with atomic_write(folder / DATABASE, prefix=_PREFIX, mode=0o600) as working:
                with working.open("wb") as target, archive.open(DATABASE) as source:
                    digest = _copy(source, target, int(facts["bytes"]))
                if digest != facts["sha256"]:
                    raise LibraryError(f"{path} is damaged: its library is not what was written.")
                _check(working, path)
    except (
        zipfile.BadZipFile,
        zlib.error,
        KeyError,
        ValueError,
        TypeError,
        EOFError,
        NotImplementedError,
        RuntimeError,
    ) as error:
        raise LibraryError(f"{path} is not a backup of a library, or it is damaged.") from error
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise LibraryError(f"{path} cannot be read into {folder}: {reason}.") from error


def _check(working: Path, path: Path) -> None:
    """Raise LibraryError if a file is not a library, LibraryVersionError for a newer layout.

    ``path`` is the backup to name in the message.
    """
    with closing(sqlite3.connect(working)) as connection:
        try:
            application_id = connection.execute("PRAGMA application_id").fetchone()[0]
            version = connection.execute("PRAGMA user_version").fetchone()[0]
        except sqlite3.DatabaseError as error:
            raise LibraryError(f"{path} does not contain a library.") from error
    if application_id != APPLICATION_ID:
        raise LibraryError(f"{path} does not contain a library.")
    if version > SCHEMA_VERSION:
        raise LibraryVersionError(
            f"{path} has layout {version}, this qa knows {SCHEMA_VERSION}. Use the qa that made it."
        )


def _copy(source: IO[bytes], target: IO[bytes], expected_bytes: int) -> str:
    """Copy at most one byte more than expected, and return the SHA-256 of what was copied."""
    digest, left = hashlib.sha256(), expected_bytes + 1
    while left and (block := source.read(min(_BLOCK_BYTES, left))):
        target.write(block)
        digest.update(block)
        left -= len(block)
    return digest.hexdigest()


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
