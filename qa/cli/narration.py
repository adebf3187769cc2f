"""Log lines of qa for the person at the terminal: on stderr, as they stand."""

import logging

from .printing import say


def narrate(quiet: bool) -> None:
    """Let qa's own log lines appear on stderr as they stand."""
    log = logging.getLogger("qa")
    log.propagate = False  # some libraries give the root logger a handler of their own
    log.setLevel(logging.WARNING if quiet else logging.INFO)
    if not log.handlers:
        log.addHandler(_Stderr())


class _Stderr(logging.Handler):
    """Writes to whatever stderr is at the time."""

    def emit(self, record: logging.LogRecord) -> None:
        say(record.getMessage(), err=True)
