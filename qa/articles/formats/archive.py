"""Archives, ZIP and TAR, and files packed with gzip, bzip2 or xz → the files in them, one by one.

Nothing is written, so a name that climbs out of its folder does no harm. What is unpacked is
counted as it comes, because the sizes that an archive states need not be true.
"""

import bz2
import gzip
import io
import lzma
import re
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import PurePath
from typing import IO

from ...errors import ArticleError
from ..clean import one_line
from ..found import Member, NotAnArticleError, Problem
from ..stream import FILE_BYTES, UNPACKED_BYTES, UNPACKED_RATIO
from ..walk import SKIPPED_FOLDERS, shown

SUFFIXES = frozenset({".zip", ".tar", ".tgz", ".tbz", ".tbz2", ".txz", ".bz2", ".xz"})
"""Suffixes of archives, also with ``.gz`` after ``.tar``."""
_INNER_SUFFIXES = SUFFIXES | {".gz"}
MEMBERS = 100_000
"""Most files in an archive, with those in its inner archives."""
DEPTH = 3
"""Most archives inside each other."""

_BLOCK_BYTES = 1 << 18
_TAR_BLOCK_BYTES = 512
_DRIVE = re.compile(r"[A-Za-z]:")
_Unpacker = Callable[[IO[bytes]], gzip.GzipFile | bz2.BZ2File | lzma.LZMAFile]
_PACKED: tuple[tuple[bytes, _Unpacker], ...] = (
    (b"\x1f\x8b", lambda stream: gzip.GzipFile(fileobj=stream)),
    (b"BZh", bz2.BZ2File),
    (b"\xfd7zXZ\0", lzma.LZMAFile),
)
DAMAGE = (
    *(EOFError, OSError, ValueError, NotImplementedError, RuntimeError),
    *(zlib.error, lzma.LZMAError, zipfile.BadZipFile, tarfile.TarError),
)
"""What the libraries raise for damaged archives."""


_File = tuple[str, Callable[[], IO[bytes]]]
"""Name of a file in an archive, and what opens it."""


class _TooMuchError(ArticleError):
    """An archive unpacks to so much that it is not read on."""


@dataclass(slots=True)
class _Budget:
    """What may still be unpacked of an archive and of those inside it."""

    bytes_left: int
    members_left: int = MEMBERS

    def take(self, size_bytes: int) -> None:
        """Count unpacked bytes. Raises ArticleError if there are far too many."""
        self.bytes_left -= size_bytes
        if self.bytes_left < 0:
            raise _TooMuchError(f"unpacks to more than {UNPACKED_RATIO} times its size")

    def take_member(self) -> None:
        """Count a file. Raises ArticleError if there are too many."""
        self.members_left -= 1
        if self.members_left < 0:
            raise _TooMuchError(f"has more than {MEMBERS:,} files; the rest is not read")


def members(data: bytes, archive: str = "") -> Iterator[Member | Problem]:
    """Yield the files in an archive and in those inside it, and a problem for each bad one.

    ``archive`` is its name: a single file that is only packed has that name without its suffix.
    Names and the sources of problems are paths in the archive; hidden files are left out. Of a
    damaged archive all that comes before the damage is yielded. Raises ArticleError for the rest,
    NotAnArticleError if it is no archive.
    """
    stream = io.BytesIO(data)
    yield from _members("", stream, _budget(stream), 1, archive)


def unpacked(stream: IO[bytes]) -> io.RawIOBase | None:
    """Return what is packed in a seekable stream with gzip, bzip2 or xz; None if nothing is.

    Reading it raises one of `DAMAGE` where it is damaged, ArticleError where it is far too much.
    """
    return _unpacked(stream, _budget(stream))


def _budget(stream: IO[bytes]) -> _Budget:
    """Return what may be unpacked of a stream of this size, and go to its start."""
    packed_bytes = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    return _Budget(max(UNPACKED_BYTES, UNPACKED_RATIO * packed_bytes))


def _unpacked(stream: IO[bytes], budget: _Budget) -> io.RawIOBase | None:
    """Return what is packed in a stream, counted in a copy of the budget; None if nothing is."""
    head = stream.read(8)
    stream.seek(0)
    unpack = next((unpack for magic, unpack in _PACKED if head.startswith(magic)), None)
    return _Counted(unpack(stream), replace(budget)) if unpack else None


def _members(
    place: str, stream: IO[bytes], budget: _Budget, depth: int, name: str
) -> Iterator[Member | Problem]:
    """Yield the files of an archive with this name, inside ``depth - 1`` others, at this path."""
    try:
        for inner, open_file in _files(name, stream, budget):
            budget.take_member()
            parts = _harmless_parts(inner)
            if not parts or any(part[0] == "." or part in SKIPPED_FOLDERS for part in parts):
                continue
            path = "/".join([*filter(None, [place]), *parts])
            try:
                yield from _member(path, open_file, budget, depth)
            except _TooMuchError:
                raise
            except ArticleError as error:
                yield Problem(path, str(error), quiet=False)
    except DAMAGE as error:
        raise ArticleError("damaged or cut short; what comes before the damage was read") from error


def _member(
    name: str, open_file: Callable[[], IO[bytes]], budget: _Budget, depth: int
) -> Iterator[Member | Problem]:
    """Yield a file of an archive, or the files in it if it is an archive, too."""
    if PurePath(name.lower()).suffix not in _INNER_SUFFIXES:
        yield Member(name, _read(open_file, budget))
        return
    if depth == DEPTH:
        raise ArticleError(f"more than {DEPTH} archives inside each other")
    yield from _members(name, io.BytesIO(_read(open_file, budget)), budget, depth + 1, name)


def _files(name: str, stream: IO[bytes], budget: _Budget) -> Iterator[_File]:
    """Yield the files of an archive of any kind. Raises NotAnArticleError if it is none."""
    head = stream.read(_TAR_BLOCK_BYTES)
    stream.seek(0)
    if head.startswith(b"PK"):
        yield from _zip_files(stream)
    elif inside := _unpacked(stream, budget):
        buffered = io.BufferedReader(inside)
        if _is_tar(buffered.peek(_TAR_BLOCK_BYTES)[:_TAR_BLOCK_BYTES]):
            yield from _tar_files(buffered)
        else:
            yield PurePath(name).stem or "text", lambda: buffered
    elif _is_tar(head):
        yield from _tar_files(stream)
    else:
        raise NotAnArticleError("not an archive")


def _zip_files(stream: IO[bytes]) -> Iterator[_File]:
    """Yield the files of a ZIP archive, without folders and links."""
    with zipfile.ZipFile(stream) as archive:
        for info in archive.infolist():
            if not info.is_dir() and not stat.S_ISLNK(info.external_attr >> 16):
                yield _zip_name(info), partial(_open_zip, archive, info)


def _zip_name(info: zipfile.ZipInfo) -> str:
    """Return a name as UTF-8 if it is that; many programs write it without saying so."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return info.filename


def _open_zip(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> IO[bytes]:
    """Open a file of a ZIP archive. Raises ArticleError if it is encrypted."""
    if info.flag_bits & 1:
        raise ArticleError("protected by a password")
    return archive.open(info)


def _is_tar(head: bytes) -> bool:
    """Whether these first bytes are the head of a TAR archive."""
    try:
        tarfile.TarInfo.frombuf(head, "utf-8", "surrogateescape")
    except tarfile.HeaderError:
        return False
    return True


def _tar_files(stream: IO[bytes]) -> Iterator[_File]:
    """Yield the files of a TAR archive, without folders, links and devices."""
    with tarfile.open(fileobj=stream, mode="r|") as archive:
        for info in archive:
            archive.members = []  # type: ignore[attr-defined]  # it would keep them all
            if info.isfile():
                yield info.name, partial(_open_tar, archive, info)
        # Two blocks of zeros end an archive. The library takes one for the end, but also a damaged
        # header and the end of the stream.
        is_ended = False
        while archive.fileobj and (block := archive.fileobj.read(_BLOCK_BYTES)):
            is_ended = not block.strip(b"\0")
            if not is_ended:
                break
        if not is_ended:
            raise tarfile.ReadError("no end")


def _open_tar(archive: tarfile.TarFile, info: tarfile.TarInfo) -> IO[bytes]:
    """Open a file of a TAR archive."""
    return archive.extractfile(info) or io.BytesIO()


def _read(open_file: Callable[[], IO[bytes]], budget: _Budget) -> bytes:
    """Return the content of a file. Raises ArticleError if it is damaged or too large."""
    blocks = []
    left = FILE_BYTES
    try:
        with open_file() as file:
            while block := file.read(_BLOCK_BYTES):
                budget.take(len(block))
                left -= len(block)
                if left < 0:
                    raise ArticleError(f"larger than {FILE_BYTES // 1_000_000} MB; split it")
                blocks.append(block)
    except DAMAGE as error:
        raise ArticleError("damaged, or packed in a way that is not supported") from error
    return b"".join(blocks)


def _harmless_parts(name: str) -> list[str]:
    """Return the folders and the name of a file in an archive, without those that climb out."""
    parts = (one_line(shown(part)) for part in re.split(r"[/\\]", name))
    return [part for part in parts if part not in {"", ".", ".."} and not _DRIVE.fullmatch(part)]


class _Counted(io.RawIOBase):
    """The unpacked bytes of a packed file. Raises ArticleError if they are far too many."""

    def __init__(
        self, inside: gzip.GzipFile | bz2.BZ2File | lzma.LZMAFile, budget: _Budget
    ) -> None:
        super().__init__()
        self._inside = inside
        self._budget = budget

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill the buffer; return how many bytes were read."""
        data = self._inside.read1(len(buffer))  # all that comes before damage
        self._budget.take(len(data))
        buffer[: len(data)] = data
        return len(data)
