"""Paths → the files in and under them, each once, in a fixed order."""

import os
import stat
from collections.abc import Iterator, Sequence

from ..errors import UsageError
from .clean import is_safe_name, one_line
from .found import FoundFile, Problem

SKIPPED_FOLDERS = frozenset(
    {"node_modules", "__pycache__", "__MACOSX", "lost+found", "$RECYCLE.BIN"}
    | {"System Volume Information"}
)
"""Folders that never hold a person's articles. Hidden folders are skipped, too."""

_KINDS = (
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def walk(paths: Sequence[str]) -> Iterator[FoundFile | Problem]:
    """Yield the files under the paths in sorted order, and a problem for each that is unusable.

    A file that is reached twice, by overlapping paths or by links, is yielded once; hard links are
    separate files. Raises UsageError before the first file if a path does not exist.
    """
    named_files = set()
    for path in paths:
        try:
            if not stat.S_ISDIR(os.stat(path).st_mode):
                named_files.add(os.path.realpath(path))
        except (FileNotFoundError, NotADirectoryError, ValueError) as error:
            raise UsageError(f"no such file or folder: {shown(path)}") from error
        except OSError as error:
            raise UsageError(f"cannot read {shown(path)}: {error.strerror}") from error
    return _Walk(named_files).run(paths)


def shown(name: str) -> str:
    """Return a file name that is safe to print on one line."""
    return one_line(os.fsencode(name.replace("\0", " ")).decode("utf-8", "replace"))


class _Walk:
    """One walk. It remembers the real paths that it has seen, which needs no access to the disk."""

    def __init__(self, named_files: set[str]) -> None:
        self._named_files = named_files
        self._seen: set[str] = set()

    def run(self, paths: Sequence[str]) -> Iterator[FoundFile | Problem]:
        """Walk the paths one after the other."""
        for path in paths:
            real = os.path.realpath(path)
            if not os.path.isdir(path):
                yield from self._file(real, path)
                continue
            name = "" if os.path.normpath(path) == os.curdir else path
            yield from self._folder(real, name)

    def _folder(self, real: str, name: str) -> Iterator[FoundFile | Problem]:
        """Walk a folder with its own stack, because folders can nest deeper than Python calls."""
        stack = [self._entries(real, name)]
        while stack:
            entry = next(stack[-1], None)
            if entry is None:
                stack.pop()
            elif isinstance(entry, Problem):
                yield entry
            else:
                is_folder, *where = entry
                if is_folder:
                    stack.append(self._entries(*where))
                else:
                    yield from self._file(*where)

    def _entries(self, real: str, name: str) -> Iterator[tuple[bool, str, str] | Problem]:
        """Yield for each entry of a folder: whether it is a folder, its real path and its name."""
        if real in self._seen:
            return
        self._seen.add(real)
        try:
            with os.scandir(real) as found:
                entries = sorted(found, key=lambda entry: entry.name)
        except OSError as error:
            yield Problem(shown(name or real), _reason(error), quiet=False)
            return
        for entry in entries:
            if entry.name.startswith("."):
                continue
            is_link = entry.is_symlink()
            try:
                is_folder = entry.is_dir()
            except OSError:  # a circular link; `_file` will report it
                is_folder = False
            if is_folder and entry.name in SKIPPED_FOLDERS:
                continue
            inner = os.path.realpath(entry.path) if is_link else os.path.join(real, entry.name)
            yield is_folder, inner, os.path.join(name, entry.name)

    def _file(self, real: str, name: str) -> Iterator[FoundFile | Problem]:
        """Yield a file, or its problem, unless it has been seen."""
        if real in self._seen:
            return
        self._seen.add(real)
        try:
            status = os.stat(real)
        except OSError as error:
            yield Problem(shown(name), _reason(error), quiet=False)
            return
        if not stat.S_ISREG(status.st_mode):
            kind = next((kind for test, kind in _KINDS if test(status.st_mode)), "something else")
            yield Problem(shown(name), f"{kind}, not a file", quiet=False)
        elif not is_safe_name(real):
            reason = "its name has control characters or is not UTF-8; rename it"
            yield Problem(shown(name), reason, quiet=False)
        else:
            named = real in self._named_files
            yield FoundFile(
                real, name, status.st_size, status.st_mtime_ns, named, status.st_ctime_ns
            )


def _reason(error: OSError) -> str:
    """Return the reason for a system error, in lower case."""
    if isinstance(error, FileNotFoundError):
        return "a broken link"
    return (error.strerror or str(error)).lower()
