"""The process at the other end of ``workers``: reads the files that it is sent, within limits."""

import resource
import signal
import sys
from multiprocessing.connection import Connection

from .found import FoundFile
from .load import read_articles

MEMORY_BYTES = 3_000_000_000
"""Address space of the process; a sound file of the largest size takes less than a third."""

ALARM_SECONDS = 120
"""The process ends itself after so long without an article, should nobody else end it."""


def serve(descriptor: int) -> None:
    """Answer each file that comes over a socket with its articles and problems, then None."""
    if sys.platform != "darwin":  # where the limit is not kept
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    connection = Connection(descriptor)
    while True:
        signal.alarm(0)
        try:
            found: FoundFile = connection.recv()
        except (EOFError, OSError):
            return
        signal.alarm(ALARM_SECONDS)
        for one in read_articles(found):
            signal.alarm(ALARM_SECONDS)
            connection.send(one)
        connection.send(None)
