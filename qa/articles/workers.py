"""Processes that read files in formats that can take too much time or memory, or crash.

A file that breaks its process, or its limits, is a problem of that file, and the next one gets a
new process. While one file is awaited, the next are read ahead on the other cores.
"""

import json
import os
import socket
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from multiprocessing.connection import Connection
from queue import Full, Queue

from .found import FoundFile, Problem, ReadArticle
from .refuse import problem_of

SECONDS = 60.0
"""Longest wait for the next article of a file."""

MOST_PROCESSES = 4
"""Most processes; embedding needs the cores as well."""

_AHEAD = 2  # files for each process, the ones being read among them
_HELD = 64  # articles of a file that are held until they are wanted
_LOOK_SECONDS = 0.2
_CODE = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from qa.articles.worker import serve; serve(int(sys.argv[2]))"
)

_Result = ReadArticle | Problem | None
"""An article or problem of a file; None after the last."""


class Workers:
    """Reads files in other processes, for one thread; ``close`` ends them."""

    def __init__(self, files: Iterable[FoundFile] = (), count: int | None = None) -> None:
        """Prepare to read these files, in this order; processes start with the first of them."""
        self._count = count or min(MOST_PROCESSES, os.cpu_count() or 1)
        self._next = deque(files)
        self._expected = {file.path for file in self._next}
        self._reading: dict[str, _Reading] = {}
        self._pool = ThreadPoolExecutor(self._count, "qa-reader")
        # For files that nobody knew to need a process: they must not wait for those read ahead.
        self._extra = ThreadPoolExecutor(1, "qa-reader-extra")
        self._processes = threading.local()
        self._all: list[_Process] = []

    def read(self, found: FoundFile) -> Iterator[ReadArticle | Problem]:
        """Yield the articles and problems of a file, as ``load.read_articles`` does."""
        if found.path in self._expected:
            reading = self._expected_reading(found)
        else:
            reading = _Reading(found)
            self._extra.submit(self._read, reading)
        try:
            while (result := reading.results.get()) is not None:
                yield result
        finally:
            reading.is_dropped.set()
            self._reading.pop(found.path, None)

    def _expected_reading(self, found: FoundFile) -> "_Reading":
        """Return the reading of the next file in order; those before it were left out."""
        self._expected.discard(found.path)
        for path, earlier in list(self._reading.items()):
            if path == found.path:
                break
            earlier.is_dropped.set()  # nobody asked for it
            del self._reading[path]
        while found.path not in self._reading:
            following = self._next.popleft()
            if following.path == found.path:
                self._start(following)
        while self._next and len(self._reading) < _AHEAD * self._count:
            self._start(self._next.popleft())
        return self._reading[found.path]

    def close(self) -> None:
        """End all processes, and forget what was read ahead."""
        for reading in self._reading.values():
            reading.is_dropped.set()
        pools = self._pool, self._extra
        for pool in pools:
            pool.shutdown(wait=False, cancel_futures=True)
        for process in self._all:
            process.kill()
        for pool in pools:
            pool.shutdown()
        for process in self._all:
            process.close()

    def _start(self, found: FoundFile) -> None:
        self._reading[found.path] = reading = _Reading(found)
        self._pool.submit(self._read, reading)

    def _read(self, reading: "_Reading") -> None:
        """Read a file in this thread's process; what goes wrong is a problem of the file."""
        try:
            self._read_in_process(reading)
        except Exception as error:
            reading.put(problem_of(reading.found.name, error, named=reading.found.named))
            reading.put(None)

    def _read_in_process(self, reading: "_Reading") -> None:
        process: _Process | None = getattr(self._processes, "one", None)
        if process is None or process.is_over:
            process = self._processes.one = _Process()
            self._all.append(process)
        for result in process.read(reading.found):
            if not reading.put(result):
                process.close()  # it would go on reading what nobody wants
                return
        reading.put(None)


class _Reading:
    """A file that is being read, and what was read and not yet taken."""

    def __init__(self, found: FoundFile) -> None:
        self.found = found
        self.results: Queue[_Result] = Queue(_HELD)
        self.is_dropped = threading.Event()

    def put(self, result: _Result) -> bool:
        """Hand a result over, waiting for room; return whether it was wanted."""
        while not self.is_dropped.is_set():
            try:
                self.results.put(result, timeout=_LOOK_SECONDS)
            except Full:
                continue
            return True
        return False


class _Process:
    """A process that reads one file after the other."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs, ExitStack() as stack:
            stack.enter_context(ours)  # closed if the process cannot be started
            self._process = subprocess.Popen(
                [sys.executable, "-c", _CODE, json.dumps(sys.path), str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is for qa, which ends this process
            )
            stack.pop_all()
        self._connection = Connection(ours.detach())
        self.is_over = False

    def read(self, found: FoundFile) -> Iterator[ReadArticle | Problem]:
        """Yield what the process reads; if the file breaks it, a problem comes last."""
        try:
            self._connection.send(found)
            while self._connection.poll(SECONDS):
                result: _Result = self._connection.recv()
                if result is None:
                    return
                yield result
            reason = f"takes more than {SECONDS:.0f} seconds to read"
        except (EOFError, OSError):
            reason = "reading it broke down: it is damaged, or needs too much memory"
        self.close()
        yield Problem(found.name, reason, quiet=False, cut_short=True)

    def kill(self) -> None:
        """End the process; a thread that waits for it sees that it is over."""
        self.is_over = True
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        """Kill the process and close the connection, which no other thread may be using."""
        self.kill()
        self._connection.close()
