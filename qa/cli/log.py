"""Prints qa's own log messages on stderr."""

import logging

from .printing import say


def print_log(quiet: bool) -> None:
    """Print qa's log messages on stderr as they come; only warnings if ``quiet``."""
    log = logging.getLogger("qa")
    log.propagate = False  # some libraries give the root logger a handler of their own
    log.setLevel(logging.WARNING if quiet else logging.INFO)
    if not log.handlers:
        log.addHandler(_Stderr())


class _Stderr(logging.Handler):
    """Writes to whatever ``sys.stderr`` is at that moment."""

    def emit(self, record: logging.LogRecord) -> None:
        say(record.getMessage(), err=True)
