"""The files that vectors are published as: their names, and how they come onto the disk.

A file ends with the checksum of all before it, so that damage is noticed before FAISS reads a byte;
a sketch's, with what the sketch is, so that ``qa status`` can say it without FAISS.
"""

import json
import os
import re
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from .store import Store

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

WORKING_PREFIX = ".vectors-"
"""How the name of a file begins that is being written; one that stays behind is rubbish."""

_NAME = re.compile(r"vectors-(\d+)-([0-9a-f]+)\.faiss")
_MARK = b"qa-sketch-1\n"
_LENGTH_BYTES = 4
_BLOCK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class SketchFacts:
    """What was found out when a sketch was made."""

    rows: int
    """Vectors that there were then."""
    recall: float
    """Mean share of a query's ten nearest that the search finds."""
    sample: int
    """Queries that it was measured by, made of sampled vectors."""


def published_files(folder: Path) -> list[tuple[Path, int, str]]:
    """Return the published files of a library with revision and nonce, newest first."""
    found = [
        (path, int(match[1]), match[2])
        for path in folder.glob("vectors-*.faiss")
        if (match := _NAME.fullmatch(path.name))
    ]
    return sorted(found, key=lambda item: -item[1])


class Published(NamedTuple):
    """A published file of this library's own history."""

    path: Path
    """Where it lies."""
    revision: int
    """The commit that it was made at."""
    last: int
    """The last passage that there was then."""


def own_files(store: Store) -> Iterator[Published]:
    """Yield the published files whose revision and nonce stand in the commits, newest first."""
    for path, revision, nonce in published_files(store.folder):
        known = store.commit_nonce(revision)
        if known and known[0] == nonce:
            yield Published(path, revision, known[1])


def published_sketch(store: Store) -> SketchFacts | None:
    """Return what the newest published file says of itself; None while search is exact."""
    for file in own_files(store):
        with suppress(FileNotFoundError):  # another process may just have cleared it away
            return read_facts(file.path)
    return None


def write_whole(path: Path, index: "NDArray[np.uint8]", facts: SketchFacts | None = None) -> None:
    """Write a serialised index, wholly or not at all, and wait until it is on the disk.

    The file ends with its checksum, and with ``facts`` where there are any. FAISS writes no files
    here: on a full disk it leaves one that is cut short and says nothing. Raises OSError.
    """
    handle, working = tempfile.mkstemp(prefix=WORKING_PREFIX, dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(index.data)
            known = {**(asdict(facts) if facts else {}), "checksum": zlib.crc32(index.data)}
            told = json.dumps(known).encode()
            stream.write(told + len(told).to_bytes(_LENGTH_BYTES, "little") + _MARK)
        sync(Path(working))
        Path(working).replace(path)
    finally:
        Path(working).unlink(missing_ok=True)
    sync(path.parent)


def read_facts(path: Path) -> SketchFacts | None:
    """Return what a sketch's file says of itself; None for a file that is none, or cut short."""
    told = _told(path)
    if told is None or not {"rows", "recall", "sample"} <= told.keys():
        return None
    return SketchFacts(int(told["rows"]), float(told["recall"]), int(told["sample"]))


def is_intact(path: Path) -> bool:
    """Whether a file is, byte for byte, as it was written; reads all of it."""
    told = _told(path)
    return told is not None and _checksum(path, told["bytes"]) == told["checksum"]


def has_checksum(path: Path) -> bool:
    """Whether a file ends as `write_whole` ends it: one that is cut short, or of old, does not."""
    return _told(path) is not None


def _told(path: Path) -> dict[str, float] | None:
    """What stands at the end of a file, and how many ``bytes`` stand before that."""
    with path.open("rb") as stream:
        size = stream.seek(0, os.SEEK_END)
        stream.seek(max(0, size - _BLOCK_BYTES // 256))
        end = stream.read()
    if not end.endswith(_MARK):
        return None
    end = end.removesuffix(_MARK)
    length = int.from_bytes(end[-_LENGTH_BYTES:], "little")
    try:
        told: dict[str, float] = json.loads(end[-_LENGTH_BYTES - length : -_LENGTH_BYTES])
        told["bytes"] = size - len(_MARK) - _LENGTH_BYTES - length
    except (ValueError, TypeError):
        return None
    return told if "checksum" in told else None


def _checksum(path: Path, most_bytes: float = float("inf")) -> int:
    """CRC-32 of a file, or of so many bytes at its beginning."""
    found, left = 0, most_bytes
    with path.open("rb") as stream:
        while block := stream.read(int(min(_BLOCK_BYTES, left))):
            found = zlib.crc32(block, found)
            left -= len(block)
    return found


def sync(path: Path) -> None:
    """Force a file, or a folder's list of names, onto the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
