"""A library as one file, to keep or to move: a ZIP of the SQLite file and what it must be.

The indexes stand in it for nothing: they are made again from the SQLite file. A backup is written
wholly or not at all, and is read only where every byte is as it was written.
"""

import hashlib
import json
import os
import sqlite3
import tempfile
import zipfile
import zlib
from contextlib import closing
from pathlib import Path
from typing import IO

from ..errors import LibraryError, LibraryVersionError
from .database import DATABASE, Database
from .published import sync
from .schema import APPLICATION_ID, SCHEMA_VERSION

FACTS = "backup.json"
"""Name of the member that says what the other one must be."""

_BLOCK_BYTES = 1 << 20


def write_backup(database: Database, path: Path) -> None:
    """Write a library as of this moment to a file, which others may go on changing meanwhile.

    Raises LibraryError when the file cannot be written or is there already.
    """
    if path.exists():
        raise LibraryError(f"{path} is there already; name another file.")
    try:
        with tempfile.TemporaryDirectory(prefix=".qa-backup-", dir=path.parent) as folder:
            copy, packed = Path(folder, DATABASE), Path(folder, "backup.zip")
            with closing(sqlite3.connect(copy)) as target:
                database.connection().backup(target)
                target.execute("PRAGMA journal_mode = DELETE")
            facts = {"layout": 1, "bytes": copy.stat().st_size, "sha256": _digest(copy)}
            with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
                archive.writestr(FACTS, json.dumps(facts))
                archive.write(copy, DATABASE)
            packed.chmod(0o600)
            sync(packed)
            packed.replace(path)
        sync(path.parent)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise LibraryError(f"{path} cannot be written: {reason}.") from error


def read_backup(path: Path, folder: Path) -> None:
    """Make a library in a new folder from what `write_backup` wrote.

    Raises LibraryError when the file is damaged or something else, or the folder holds anything;
    LibraryVersionError for one of a newer qa.
    """
    if folder.exists() and any(folder.iterdir()):
        raise LibraryError(f"{folder} holds something already; choose another --library.")
    try:
        with zipfile.ZipFile(path) as archive:
            facts = json.loads(archive.read(FACTS)[:10_000])
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle, working = tempfile.mkstemp(prefix=".qa-backup-", dir=folder)
            try:
                with os.fdopen(handle, "wb") as target, archive.open(DATABASE) as source:
                    found = _copy(source, target, int(facts["bytes"]))
                if found != facts["sha256"]:
                    raise LibraryError(f"{path} is damaged: its library is not what was written.")
                _check(Path(working), path)
                sync(Path(working))
                Path(working).replace(folder / DATABASE)
                sync(folder)
            finally:
                Path(working).unlink(missing_ok=True)
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
        raise LibraryError(f"{path} is no backup of a library, or is damaged.") from error
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise LibraryError(f"{path} cannot be read into {folder}: {reason}.") from error


def _check(working: Path, path: Path) -> None:
    """Raise where a file is no library, or one of a newer qa."""
    with closing(sqlite3.connect(working)) as connection:
        try:
            made_by = connection.execute("PRAGMA application_id").fetchone()[0]
            version = connection.execute("PRAGMA user_version").fetchone()[0]
        except sqlite3.DatabaseError as error:
            raise LibraryError(f"{path} holds no library.") from error
    if made_by != APPLICATION_ID:
        raise LibraryError(f"{path} holds no library.")
    if version > SCHEMA_VERSION:
        raise LibraryVersionError(
            f"{path} has layout {version}, this qa knows {SCHEMA_VERSION}. Use the qa that made it."
        )


def _copy(source: IO[bytes], target: IO[bytes], most_bytes: int) -> str:
    """Copy up to so many bytes and one more, and return their SHA-256."""
    digest, left = hashlib.sha256(), most_bytes + 1
    while left and (block := source.read(min(_BLOCK_BYTES, left))):
        target.write(block)
        digest.update(block)
        left -= len(block)
    return digest.hexdigest()


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
