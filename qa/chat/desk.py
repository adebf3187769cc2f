"""The library's side of the chat: what runs in worker threads. It posts reports and touches no
widget. Threads cannot be stopped from outside, so the long ones look whether they still should."""

import gc
import logging
import os
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from textual.message import Message

from ..datatypes import Answer, Hit, Scope, Verdict
from ..errors import QAError, UsageError
from . import news
from .entries import Entry, remembered

if TYPE_CHECKING:
    from ..conversation.followup import Exchange
    from ..indexing import Report
    from ..library import Library

NEWEST = 4
"""Titles that the empty chat shows."""


class Stopped(Exception):  # noqa: N818 - nothing went wrong
    """Nobody waits for this any longer."""


class Desk:
    """Opens the library, asks it, and remembers what was said."""

    def __init__(
        self,
        open_library: "Callable[[], Library]",
        paths_meant: Callable[[Sequence[str]], list[str]],
        post: Callable[[Message], object],
        hits: int,
    ) -> None:
        self._open = open_library
        self._paths_meant = paths_meant
        self._post = post
        self._hits = hits
        self._library: Library | None = None
        self._opened = threading.Event()
        self._prepared = threading.Event()
        self._talk = threading.Lock()
        self._conversation: int | None = None
        self.leaving = threading.Event()
        """Set when the chat is being left: what is still at work gives up."""

    def leave(self) -> None:
        """Let what is at work give up, also what waits for a library that nobody opens any more."""
        self.leaving.set()
        self._opened.set()
        self._prepared.set()

    @property
    def library(self) -> "Library":
        """The library, once it is open. Raises UsageError when it could not be opened."""
        self._opened.wait()
        if self._library is None:
            raise UsageError("The library could not be opened.")
        return self._library

    def prepare(self, scope: Scope) -> None:
        """Open the library, then load the models: all that the first question would wait for."""
        started = time.perf_counter()
        # The root logger would print over the screen.
        log = logging.getLogger("qa")
        log.propagate = False
        log.setLevel(logging.INFO)
        log.handlers[:] = [_Narrator(self._post)]
        try:
            self._library = self._open()
        except Exception as error:
            self._post(news.NotOpened(reason(error)))
            self._prepared.set()
            return
        finally:
            self._opened.set()
        try:
            self.count(scope)
            _ = self._library.encoder, self._library.reader
            # What is loaded by now stays: the collector would stop the screen for 0.1 s to look
            # through it again and again.
            gc.freeze()
            self._post(news.Prepared(time.perf_counter() - started))
        except Exception as error:
            self._post(news.Prepared(time.perf_counter() - started, reason(error)))
        finally:
            self._prepared.set()

    def count(self, scope: Scope) -> None:
        """Report how many articles a scope leaves."""
        rows = self.library.articles(scope)
        titles = [row.title for row in rows[:NEWEST]]
        self._post(news.Opened(self.library.folder.name, len(rows), titles))

    def ask(
        self, entry: Entry, earlier: "Sequence[Exchange]", is_wanted: Callable[[], bool]
    ) -> None:
        """Answer a question, reporting each step."""
        number = entry.number

        def found(hits: list[Hit]) -> None:
            if not is_wanted() or self.leaving.is_set():
                raise Stopped
            self._post(news.Found(number, hits))

        self._prepared.wait()
        try:
            from ..conversation.followup import stand_alone

            searched = entry.question if entry.verbatim else stand_alone(entry.question, earlier)
            self._post(news.Resolved(number, searched))
            answer = self.library.ask(searched, k=self._hits, scope=entry.scope, on_hits=found)
        except Stopped:
            return
        except Exception as error:
            self._post(news.NotAnswered(number, reason(error)))
            return
        if is_wanted():
            self._post(news.Answered(number, answer))
            self._keep(number, entry.question, answer)

    def _keep(self, number: int, question: str, answer: Answer) -> None:
        """Remember a question with its answer."""
        with self._talk:
            try:
                if self._conversation is None:
                    self._conversation = self.library.start_conversation()
                turn = self.library.add_turn(self._conversation, question, answer)
            except Exception as error:
                self._post(news.Failed(f"Not remembered: {reason(error)}"))
            else:
                self._post(news.Kept(number, self._conversation, turn))

    def judge(self, turn: int, verdict: Verdict | None) -> None:
        """Remember what the person says of an answer."""
        self._try(lambda: self.library.judge(turn, verdict))

    def begin(self) -> None:
        """Let the next question begin a conversation."""
        with self._talk:
            self._conversation = None

    def list_conversations(self) -> None:
        """Report the conversations there are."""
        self._try(lambda: self._post(news.Listed(self.library.conversations())))

    def rename(self, conversation: int, title: str) -> None:
        """Give a conversation another title."""
        self._try(lambda: self.library.rename_conversation(conversation, title))
        self.list_conversations()

    def delete(self, conversation: int) -> None:
        """Forget a conversation."""
        with self._talk:
            is_current = self._conversation == conversation
            if is_current:
                self._conversation = None
        self._try(lambda: self.library.delete_conversation(conversation))
        if is_current:
            self._post(news.Resumed(0, []))
        self.list_conversations()

    def resume(self, conversation: int | None, first: int) -> None:
        """Report a conversation's questions, numbered from ``first``; None takes up the last."""

        def take_up() -> None:
            number = conversation
            if number is None:
                there = self.library.conversations()
                if not there:
                    self._post(news.Failed("There is no earlier conversation to take up."))
                    self._post(news.Resumed(0, []))
                    return
                number = there[0].id
            turns = self.library.turns(number)
            articles = {}
            for identifier in {cited[0] for turn in turns for cited in turn.articles}:
                try:
                    articles[identifier] = self.library.article(identifier)
                except UsageError:
                    continue  # it is gone, which its place will say
            with self._talk:
                self._conversation = number
            told = [remembered(first + at, turn, articles) for at, turn in enumerate(turns)]
            self._post(news.Resumed(number, told))

        self._try(take_up)

    def add(self, paths: Sequence[str], scope: Scope) -> None:
        """Index files and folders, reporting how it gets on."""

        def progress(done: int, total: int, report: "Report") -> None:
            if self.leaving.is_set():
                raise Stopped
            self._post(news.Indexing(done / total if total else 1.0, report.new + report.changed))

        try:
            paths = [os.path.expanduser(path) for path in paths]
            report = self.library.add(*self._paths_meant(paths), progress=progress)
        except Stopped:
            return
        except Exception as error:
            self._post(news.Indexed(None, reason(error)))
        else:
            self._post(news.Indexed(report))
        self._try(lambda: self.count(scope))

    def close(self) -> None:
        """Let go of the library."""
        if self._library is not None:
            self._library.close()

    def _try(self, act: Callable[[], object]) -> None:
        try:
            act()
        except Exception as error:
            self._post(news.Failed(reason(error)))


class _Narrator(logging.Handler):
    """Hands what qa logs to the status line."""

    def __init__(self, post: Callable[[Message], object]) -> None:
        super().__init__()
        self._report = post

    def emit(self, record: logging.LogRecord) -> None:
        self._report(news.Narrated(record.getMessage()))


def reason(error: Exception) -> str:
    """Return an error in words for a person; what qa raises on purpose already is."""
    if isinstance(error, QAError):
        return str(error)
    words = " ".join(f"{type(error).__name__}: {error}".split())
    return f"{words}. This is a fault in qa; asking again may help."


def now() -> datetime:
    """Return the time, in UTC."""
    return datetime.now(UTC)
