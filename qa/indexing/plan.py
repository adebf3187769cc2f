"""Files on the disk and files in the library → what is new, changed, moved and gone.

Nothing here reads a file or the library: what must be looked up is passed in.
"""

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from ..articles.found import FoundFile
from ..articles.naming import name_of
from ..storage.article_store import FileRow
from .changes import MoveFile, TouchFile

PRUNE_FEW = 10
"""Vanished files that may always be pruned, whatever their share."""


@dataclass(frozen=True, slots=True)
class FileToRead:
    """A file that is new or has changed."""

    found: FoundFile
    """The file on the disk."""
    row: FileRow | None
    """The same file in the library; None for a new one."""
    digest: str = ""
    """SHA-256 of its bytes if the plan needed it, else empty."""


@dataclass(slots=True)
class Plan:
    """What an indexing run has to do with the files that it found."""

    to_read: list[FileToRead] = field(default_factory=list)
    """New and changed files, in the order in which they were found."""
    touched: list[TouchFile] = field(default_factory=list)
    """Files with another modification time but the same bytes."""
    moved: list[MoveFile] = field(default_factory=list)
    """Known files that were found under another path."""
    unchanged: int = 0
    """Articles in files that have their old size and modification time."""
    vanished: list[FileRow] = field(default_factory=list)
    """Known files that no longer exist under any name."""

    @property
    def total_bytes(self) -> int:
        """Size of all files but the unchanged ones."""
        found = [file.found for file in self.to_read]
        found += [change.found for change in self.touched]
        found += [change.found for change in self.moved]
        return sum(file.size_bytes for file in found)


@dataclass(frozen=True, slots=True)
class Pruning:
    """What becomes of the vanished files."""

    dropped: Sequence[FileRow]
    """Files to drop together with their articles."""
    kept: Sequence[FileRow]
    """Files that are kept although they vanished."""
    is_too_much: bool
    """Whether all are kept because they are more than may be dropped."""


def make_plan(
    found: Sequence[FoundFile],
    known: Mapping[str, FileRow],
    vanished: Sequence[FileRow],
    digest_of: Callable[[FoundFile], str],
    *,
    reread: bool = False,
) -> Plan:
    """Compare found files with known ones.

    ``known`` has the library's files by real path, under which they may not be known yet;
    ``vanished`` are those of them that no longer exist.
    ``digest_of`` returns the SHA-256 of a file's bytes, or an empty string for a file that cannot
    be read. It is called only for files that may be touched or moved: those with the size of a
    known one. ``reread`` puts every file into ``to_read`` that is not moved.
    """
    plan = Plan()
    moves = _Moves(vanished)
    for file in found:
        row = known.get(file.path)
        if row is None:
            digest = digest_of(file) if moves.may_hold(file) else ""
            if moved := moves.take(file, digest):
                is_renamed = name_of(moved.path) != name_of(file.path)
                plan.moved.append(MoveFile(file, moved, digest, is_renamed))
            else:
                plan.to_read.append(FileToRead(file, None, digest))
        elif reread or not row.is_whole:
            plan.to_read.append(FileToRead(file, row))
        elif row.path != file.path and _looks_the_same(row, file):
            plan.moved.append(MoveFile(file, row, row.digest))
        elif _looks_the_same(row, file):
            plan.unchanged += row.articles
        elif row.size_bytes != file.size_bytes:
            plan.to_read.append(FileToRead(file, row))
        elif (digest := digest_of(file)) != row.digest:
            plan.to_read.append(FileToRead(file, row, digest))
        elif row.path != file.path:
            plan.moved.append(MoveFile(file, row, digest))
        else:
            plan.touched.append(TouchFile(file, digest, row.articles))
    moved_rows = {move.row.id for move in plan.moved}
    plan.vanished = [row for row in vanished if row.id not in moved_rows]
    return plan


def _looks_the_same(row: FileRow, file: FoundFile) -> bool:
    """Whether a file has the size and times of a known one.

    A copy can be given an old modification time (cp -p, rsync), but not an old time of change.
    """
    return (row.size_bytes, row.modified_ns) == (file.size_bytes, file.modified_ns) and (
        row.changed_ns in (0, file.changed_ns) or not file.changed_ns
    )


class _Moves:
    """The vanished files, any of which may turn up under another path."""

    def __init__(self, vanished: Sequence[FileRow]) -> None:
        self._alike: dict[tuple[int, str], list[FileRow]] = {}
        for row in vanished:
            if row.digest:
                self._alike.setdefault((row.size_bytes, _suffix(row.path)), []).append(row)

    def may_hold(self, file: FoundFile) -> bool:
        """Whether a file with this size and suffix has vanished."""
        return bool(self._alike.get((file.size_bytes, _suffix(file.path))))

    def take(self, file: FoundFile, digest: str) -> FileRow | None:
        """Take a vanished file that has the same suffix and bytes as a new one.

        Under another suffix the same bytes may be another format.
        """
        alike = self._alike.get((file.size_bytes, _suffix(file.path)), [])
        row = next((row for row in reversed(alike) if row.digest == digest), None)
        if row:
            alike.remove(row)
        return row


def plan_pruning(
    vanished: Sequence[FileRow], out_of_reach: Collection[str], known: int, share: float | None
) -> Pruning:
    """Choose which vanished files to drop.

    ``out_of_reach`` are the paths of files that may be on a disk that is not mounted; they are
    kept. Of ``known`` files at most ``share``, or `PRUNE_FEW`, are dropped; if there are more to
    drop, all are kept. A share of None drops none.
    """
    kept = [row for row in vanished if row.path in out_of_reach]
    if share is None:
        return Pruning((), kept, is_too_much=False)
    if len(vanished) - len(kept) > max(PRUNE_FEW, share * known):
        return Pruning((), vanished, is_too_much=True)
    dropped = [row for row in vanished if row.path not in out_of_reach]
    return Pruning(dropped, kept, is_too_much=False)


def _suffix(path: str) -> str:
    return os.path.splitext(path)[1].lower()
