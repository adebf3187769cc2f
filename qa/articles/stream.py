"""Opening files of any kind safely, compressed or not."""

from __future__ import annotations  # BufferedReader cannot be subscripted at run time

import gzip
import io
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from typing import Any

from ..errors import ArticleError

RECORD_BYTES = 16_000_000
"""Longest line that is read as a JSON record."""
FILE_BYTES = 32_000_000
"""Largest file, unpacked, that is read whole; parsed JSON can take 30 times as much memory."""
UNPACKED_BYTES = 50_000_000
"""Size that any compressed file may unpack to."""
UNPACKED_RATIO = 100
"""How many times its own size a file may unpack to, if that is more.

Text usually packs to between a third and a tenth.
"""

_BLOCK_BYTES = 1 << 17
_BLANK_BYTES = 8_192
_GZIP_MAGIC = b"\x1f\x8b"


def open_file(path: str) -> io.BufferedReader[Any]:
    """Open a file without unpacking it. Raises ArticleError if it is not a regular file."""
    # Without O_NONBLOCK, opening a named pipe that has no writer blocks forever.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags)
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        os.close(descriptor)
        raise ArticleError("not a regular file")
    return io.BufferedReader(io.FileIO(descriptor), _BLOCK_BYTES)


@contextmanager
def open_stream(path: str) -> Iterator[io.BufferedReader[Any]]:
    """Open a file, unpacking gzip. Raises ArticleError if it is not a regular file."""
    with open_file(path) as file:
        yield _unpacked(file, os.fstat(file.fileno()).st_size)


def bytes_stream(data: bytes) -> io.BufferedReader[Any]:
    """Return a file's bytes as a stream, unpacking gzip."""
    return _unpacked(io.BufferedReader(io.BytesIO(data)), len(data))


def _unpacked(file: io.BufferedReader[Any], size_bytes: int) -> io.BufferedReader[Any]:
    """Return the file, or what it unpacks to if it is gzip; ``size_bytes`` is its size."""
    if file.peek(2)[:2] != _GZIP_MAGIC:
        return file
    return io.BufferedReader(_Unpacked(file, size_bytes), _BLOCK_BYTES)


def read_whole(
    stream: io.BufferedReader[Any],
    most_bytes: int,
    already_read: bytes = b"",
    advice: str = "split it",
) -> bytes:
    """Return what was already read and the rest.

    Raises ArticleError above ``most_bytes``, with the advice what to do.
    """
    data = already_read + stream.read(most_bytes + 1 - len(already_read))
    if len(data) > most_bytes:
        raise ArticleError(f"larger than {most_bytes // 1_000_000} MB; {advice}")
    return data


def first_line(stream: io.BufferedReader[Any]) -> bytes:
    """Read up to the first line that is not blank; return it with the blank lines before it."""
    already_read = stream.readline(RECORD_BYTES + 1)
    while already_read and not already_read.strip() and len(already_read) < _BLANK_BYTES:
        following = stream.readline(RECORD_BYTES + 1)
        if not following:
            break
        already_read += following
    return already_read


def numbered_lines(
    already_read: bytes, stream: io.BufferedReader[Any]
) -> Iterator[tuple[int, bytes | None]]:
    """Yield the numbered lines of a stream; a line that is too long is None."""
    following = iter(lambda: stream.readline(RECORD_BYTES + 1), b"")
    for number, line in enumerate(chain(already_read.splitlines(keepends=True), following), 1):
        if len(line) <= RECORD_BYTES:
            yield number, line
            continue
        rest = line
        while rest and not rest.endswith(b"\n"):
            rest = stream.readline(1 << 20)
        yield number, None


class _Unpacked(io.RawIOBase):
    """The unpacked bytes of a gzip file. Raises ArticleError if they are far too many."""

    def __init__(self, file: io.BufferedReader[Any], packed_bytes: int) -> None:
        super().__init__()
        self._inside = gzip.GzipFile(fileobj=file)
        self._limit_bytes = max(UNPACKED_BYTES, UNPACKED_RATIO * packed_bytes)
        self._read_bytes = 0

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill the buffer; return how many bytes were read."""
        data = self._inside.read(len(buffer))
        buffer[: len(data)] = data
        self._read_bytes += len(data)
        if self._read_bytes > self._limit_bytes:
            raise ArticleError(f"unpacks to more than {UNPACKED_RATIO} times its size")
        return len(data)
