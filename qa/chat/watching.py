"""Indexes the files of a library as they change, while the chat goes on."""

import os
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from textual.message import Message

from ..errors import LibraryBusyError, UsageError
from ..indexing.watch import changes, library_folders
from . import messages
from .backend import Backend, StoppedError, describe

if TYPE_CHECKING:
    from ..indexing import Report

BUSY_SECONDS = 3.0
"""Wait before the next try while another process writes to the library."""

BUSY = "another qa is writing to this library; new files come in when it is done"
NO_FOLDER = "there is no folder to watch: add one first"


class Watching:
    """Watches folders and indexes what is new or changed there."""

    def __init__(self, backend: Backend, post: Callable[[Message], object]) -> None:
        self._backend = backend
        self._post = post
        self._stopped = threading.Event()
        self.is_on = False
        """Whether it runs or is about to; to be read and changed in the app's thread."""
        self._failed: frozenset[str] = frozenset()

    def begin(self) -> None:
        """Note that ``run`` is called next; `stop` holds from here on."""
        self._stopped.clear()
        self.is_on = True

    def stop(self) -> None:
        """Make ``run`` return, within a fraction of a second."""
        self._stopped.set()

    def is_set(self) -> bool:
        """Whether to stop: as asked for, or because the person leaves the chat."""
        return self._stopped.is_set() or self._backend.leaving.is_set()

    def run(self, paths: Sequence[str]) -> None:
        """Watch these paths, or the folders of the library if there are none, until it is stopped.

        Blocks; call it in a worker thread.
        """
        reason = ""
        try:
            library = self._backend.library
            watched = [os.path.expanduser(path) for path in paths]
            watched = watched or library_folders(library.known_files())
            if watched and not self.is_set():
                self._post(messages.WatchBegan())
                for _ in changes(watched, self, skip=library.folder):
                    self._update(watched)
            elif not watched:
                reason = NO_FOLDER
        except Exception as error:
            reason = describe(error)
        self._post(messages.WatchEnded(reason))

    def _update(self, watched: Sequence[str]) -> None:
        """Index what is new or changed; while another process writes, wait for it."""
        paths = [path for path in watched if os.path.lexists(path)]
        remark = BUSY  # said once, not at each try
        while paths and not self.is_set():
            try:
                with self._backend.indexing:
                    report = self._add(paths)
            except LibraryBusyError:
                self._post(messages.Updated(None, remark=remark))
                remark = ""
                self._backend.leaving.wait(BUSY_SECONDS)
            except (StoppedError, UsageError):  # a path was deleted in this moment, perhaps
                self._post(messages.Updated(None))
                return
            except Exception:
                self._post(messages.Updated(None))
                raise
            else:
                self._post(messages.Updated(report, remark=self._news(report)))
                return

    def _add(self, paths: Sequence[str]) -> "Report":
        self._post(messages.Updating())
        return self._backend.library.add(*paths, progress=self._progress)

    def _progress(self, done: int, total: int, report: "Report") -> None:
        if self.is_set():
            raise StoppedError
        share = done / total if total else 1.0
        self._post(messages.Indexing(share, report.new + report.changed))

    def _news(self, report: "Report") -> str:
        """Return what is new in words; a file that cannot be read is named once."""
        words = news(report.new, report.changed)
        failed = {problem.source: problem.reason for problem in report.failed}
        unknown = sorted(failed.keys() - self._failed)
        self._failed = frozenset(failed)
        if unknown:
            more = f" and {len(unknown) - 1:,} more" if len(unknown) > 1 else ""
            name = os.path.basename(unknown[0])
            words = f"{words} · " if words else ""
            words += f"not read: {name}{more}: {failed[unknown[0]]}"
        return words


def news(new: int, changed: int) -> str:
    """Return in words how many articles are new and changed, as in "3 new articles"."""
    counts = [f"{many:,} {what}" for many, what in ((new, "new"), (changed, "changed")) if many]
    if not counts:
        return ""
    return f"{' and '.join(counts)} article{'' if new + changed == 1 else 's'}"
