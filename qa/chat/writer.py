"""Lets the language model's server write answers out, while the chat goes on."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace

from textual.message import Message

from ..datatypes import Answer
from ..turns import Ending, TurnWriting
from ..writing.write import Piece, Written
from . import messages
from .backend import Backend, describe
from .written import Began, WriteRequest, WritingStep

SHOWN_EACH_SECONDS = 0.05
"""Least time between two looks at a sentence in the making."""


class Writer:
    """Asks the server and stores what it wrote. Its methods block, for use in worker threads."""

    def __init__(self, backend: Backend, post: Callable[[Message], object]) -> None:
        """``post`` is called from any thread."""
        self._backend = backend
        self._post = post

    def write(self, request: WriteRequest) -> None:
        """Let an answer be written out, posting a message for each step, until it is stopped."""
        self._backend.stop_on_leaving(request.stopped)
        try:
            for step in _seldom(self._steps(request)):
                self._post(messages.Wrote(request.number, request.run, step))
        except Exception as error:
            failed = Written("", (), (), Ending.FAILED, 0.0, error=describe(error))
            self._post(messages.Wrote(request.number, request.run, failed))

    def keep(self, turn: int, writing: TurnWriting) -> None:
        """Store what was written for a turn."""
        try:
            self._backend.library.keep_writing(turn, writing)
        except Exception as error:
            self._post(messages.Failed(f"Not stored: {describe(error)}"))

    def _steps(self, request: WriteRequest) -> Iterator[WritingStep]:
        library = self._backend.library
        server = library.chat_server()
        yield Began(server.name)
        answer = self._with_hits(request)
        with closing(library.write(answer, server=server, cancelled=request.stopped)) as steps:
            yield from steps

    def _with_hits(self, request: WriteRequest) -> Answer:
        """Return the answer with its hits: those of an earlier conversation are found again."""
        answer = request.answer
        if answer.hits:
            return answer
        library, hits = self._backend.library, self._backend.hits
        return replace(
            answer, hits=tuple(library.search(answer.question, k=hits, scope=request.scope))
        )


def _seldom(steps: Iterator[WritingStep]) -> Iterator[WritingStep]:
    """Leave out pieces that come faster than they can be shown."""
    last = 0.0
    for step in steps:
        if isinstance(step, Piece):
            now = time.monotonic()
            if now - last < SHOWN_EACH_SECONDS:
                continue
            last = now
        yield step
