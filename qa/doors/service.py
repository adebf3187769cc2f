"""Runs the tools for every client of a door: models loaded once, a few calls at a time."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event, Lock
from typing import TYPE_CHECKING, Any, TypeVar

from ..errors import QAError, UsageError
from .schemas import checked
from .tools import TOOLS, Shelf, Tool
from .values import Arguments, NotedValues, Values

if TYPE_CHECKING:
    from ..indexing.report import Report

WORKERS = 2
"""Calls that run at once. A question alone reads its passages on every processor; the second lets
a list or an article by while a question is read."""

MOST_WAITING = 32
"""Calls that run or wait; a further one is told to come back. Eight seconds' work on two cores."""

WAIT_SECONDS = 20.0
"""How long a question waits for articles that are being indexed before it asks what is there.

Clients give up after 60 seconds or more.
"""

PROGRESS_SECONDS = 0.5
"""Time between two notifications of progress."""

Listener = Callable[[float, float | None, str | None], Awaitable[None]]
"""Receives progress, the total if it is known, and a line for people."""

Result = TypeVar("Result")

_log = logging.getLogger(__name__)


class BusyError(QAError):
    """Too many calls wait already."""


class _LeavingError(Exception):
    """The door is closing."""


class Service:
    """The tools on one library, for every client of this process."""

    def __init__(self, shelf: Shelf, index: Sequence[str] = ()) -> None:
        """``index`` are files and folders that are indexed first, while calls come in already."""
        self.shelf = shelf
        """What the clients may see."""
        self._index = index
        self._pool = ThreadPoolExecutor(WORKERS, "tools")
        self._preparing = ThreadPoolExecutor(1, "prepare")
        self._lock = Lock()
        self._waiting = 0
        self._is_started = False
        self._leaving = Event()
        self._ready = Event()
        self._indexing = False
        self._state = "The models are being loaded"
        self._trouble: list[str] = []

    @property
    def is_ready(self) -> bool:
        """Whether the articles are indexed and the models loaded."""
        return self._ready.is_set()

    @property
    def notes(self) -> list[str]:
        """What clients should know: that indexing goes on, or what it could not read."""
        return [f"{self._state}."] if self._indexing else list(self._trouble)

    def start(self) -> None:
        """Index the articles and load the models, in a thread; once, however often it is called."""
        with self._lock:
            if not self._is_started:
                self._is_started = True
                self._preparing.submit(self._prepare)

    def close(self) -> None:
        """Let running calls end, drop those that wait, and close the library."""
        self._leaving.set()
        self._preparing.shutdown(wait=True, cancel_futures=True)
        self._pool.shutdown(wait=True, cancel_futures=True)
        self.shelf.library.close()

    async def call(self, name: str, arguments: object, report: Listener | None = None) -> Values:
        """Call a tool. ``report`` hears why it must wait.

        Raises UsageError for arguments that make no sense, BusyError, and what the tool raises.
        """
        tool = TOOLS.get(name)
        if tool is None:
            raise UsageError(f"There is no tool {name!r}; there are {', '.join(TOOLS)}.")
        wanted = checked(tool.arguments, arguments)
        if wanted.needs_models:
            await self._wait(report)
        return await self.run(lambda: self._called(tool, wanted))

    async def run(self, work: Callable[[], Result]) -> Result:
        """Run a function in a thread. Raises BusyError if too many wait."""
        with self._lock:
            if self._waiting >= MOST_WAITING:
                raise BusyError("Too many calls wait already; try again in a moment.")
            self._waiting += 1
        future = self._pool.submit(work)
        future.add_done_callback(self._done)
        # If the client leaves, a call that has not begun is dropped.
        return await asyncio.wrap_future(future)

    def _called(self, tool: Tool, wanted: Arguments) -> Values:
        found = tool.run(self.shelf, wanted)
        if isinstance(found, NotedValues):
            found.notes += self.notes
        return found

    def _done(self, _: "Future[Any]") -> None:
        with self._lock:
            self._waiting -= 1

    async def _wait(self, report: Listener | None) -> None:
        """Wait for the models; if articles are being indexed, at most ``WAIT_SECONDS``."""
        started = reported = time.monotonic()
        while not self._ready.is_set():
            await asyncio.sleep(0.02)
            now = time.monotonic()
            if self._indexing and now - started > WAIT_SECONDS:
                return
            if report is not None and now - reported > PROGRESS_SECONDS:
                reported = now
                await report(now - started, None, self._state)

    def _prepare(self) -> None:
        try:
            if self._index:
                self._add()
            self._load()
        except _LeavingError:
            return
        except QAError as error:
            _log.warning("%s", error)  # a call that needs what is missing says so as well
        except Exception:
            _log.exception("The library could not be prepared")
        finally:
            self._indexing = False
            self._ready.set()

    def _add(self) -> None:
        """Index what is new or changed; what stops that is a note to the clients."""

        def progress(done: int, total: int, report: "Report") -> None:
            if self._leaving.is_set():
                raise _LeavingError
            share = done / total if total else 1.0
            self._state = f"The articles are being indexed, {share:.0%} done"

        self._state = "The articles are being indexed"
        self._indexing = True
        try:
            report = self.shelf.library.add(*self._index, progress=progress)
        except QAError as error:
            self._trouble.append(str(error))
        else:
            if report.failed:
                first = report.failed[0]
                self._trouble.append(
                    f"{len(report.failed)} files or records could not be read, such as "
                    f"{first.source}: {first.reason}"
                )
        finally:
            self._indexing = False
            self._state = "The models are being loaded"

    def _load(self) -> None:
        """Open the models and the indexes, which a first question would otherwise do."""
        library = self.shelf.library
        library.conversation()  # starts to load the reader, in a thread of its own
        if library.articles():
            library.search("ready", k=1)
        _ = library.reader
