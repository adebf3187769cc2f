"""The files that hold the vector index: their names, and their checksums.

A file ends with a JSON trailer that holds the checksum of everything before it, so damage is
noticed before FAISS reads a byte. The trailer of sketched vectors also holds their `SketchFacts`,
so ``qa status`` can show these without FAISS.
"""

import json
import os
import re
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..atomic import atomic_write
from .checksums import file_crc32
from .store import Commit, Store

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

WORKING_PREFIX = ".vectors-"
"""Prefix of temporary files. A file with it that stays behind is the leftover of a crash."""

_NAME = re.compile(r"vectors-(\d+)-([0-9a-f]+)\.faiss")
_TRAILER_END = b"qa-sketch-1\n"
_LENGTH_BYTES = 4
_MOST_TRAILER_BYTES = 4096


@dataclass(frozen=True, slots=True)
class SketchFacts:
    """What was measured when sketches were built."""

    rows: int
    """Number of vectors at that time."""
    recall: float
    """Mean share of a query's ten nearest vectors that the search finds."""
    sample: int
    """Number of queries that the recall was measured with."""


@dataclass(frozen=True, slots=True)
class VectorFile:
    """A vector file of this library's own history."""

    path: Path
    """The file."""
    commit: Commit
    """The commit that it reflects."""


def vector_file_name(commit: Commit) -> str:
    """Return the name of the vector file for a commit."""
    return f"vectors-{commit.revision}-{commit.nonce}.faiss"


def list_vector_files(folder: Path) -> list[tuple[Path, int, str]]:
    """Return path, revision and nonce of every vector file in a folder, newest first."""
    found = [
        (path, int(match[1]), match[2])
        for path in folder.glob("vectors-*.faiss")
        if (match := _NAME.fullmatch(path.name))
    ]
    return sorted(found, key=lambda item: -item[1])


def own_vector_files(store: Store) -> Iterator[VectorFile]:
    """Yield the vector files whose commit is in the library's history, newest first."""
    for path, revision, nonce in list_vector_files(store.folder):
        if commit := store.find_commit(revision, nonce):
            yield VectorFile(path, commit)


def saved_sketch_facts(store: Store) -> SketchFacts | None:
    """Return the facts of the newest vector file; None if its search is exact or there is none."""
    for file in own_vector_files(store):
        with suppress(FileNotFoundError):  # another process may have just deleted it
            return read_facts(file.path)
    return None


def write_vectors(path: Path, index: "NDArray[np.uint8]", facts: SketchFacts | None = None) -> None:
    """Write a serialised index with its checksum and ``facts`` atomically; see `atomic_write`.

    FAISS must not write the file itself: on a full disk it leaves a truncated file without an
    error. Raises OSError.
    """
    values = {**(asdict(facts) if facts else {}), "checksum": zlib.crc32(index.data)}
    trailer = json.dumps(values).encode()
    with (
        atomic_write(path, prefix=WORKING_PREFIX, mode=0o600) as working,
        working.open("wb") as stream,
    ):
        stream.write(index.data)
        stream.write(trailer + len(trailer).to_bytes(_LENGTH_BYTES, "little") + _TRAILER_END)


def read_facts(path: Path) -> SketchFacts | None:
    """Return the facts in a file of sketches; None if it is truncated or something else."""
    trailer = _read_trailer(path)
    if trailer is None or not {"rows", "recall", "sample"} <= trailer.keys():
        return None
    return SketchFacts(int(trailer["rows"]), float(trailer["recall"]), int(trailer["sample"]))


def is_intact(path: Path) -> bool:
    """Return whether a file matches its checksum. Reads the whole file."""
    trailer = _read_trailer(path)
    return trailer is not None and file_crc32(path, int(trailer["bytes"])) == trailer["checksum"]


def has_checksum(path: Path) -> bool:
    """Return whether a file has a checksum: truncated files and those of older layouts do not."""
    return _read_trailer(path) is not None


def _read_trailer(path: Path) -> dict[str, float] | None:
    """Return the values in a file's trailer, and as ``bytes`` how many bytes precede it."""
    with path.open("rb") as stream:
        size = stream.seek(0, os.SEEK_END)
        stream.seek(max(0, size - _MOST_TRAILER_BYTES))
        end = stream.read()
    if not end.endswith(_TRAILER_END):
        return None
    end = end.removesuffix(_TRAILER_END)
    length = int.from_bytes(end[-_LENGTH_BYTES:], "little")
    try:
        values: dict[str, float] = json.loads(end[-_LENGTH_BYTES - length : -_LENGTH_BYTES])
        values["bytes"] = size - len(_TRAILER_END) - _LENGTH_BYTES - length
    except (ValueError, TypeError):
        return None
    return values if "checksum" in values else None
