"""The chat's calls of the library. They run in worker threads and post messages.

A thread cannot be stopped from outside: the long calls check whether they are still wanted.
"""

import gc
import logging
import os
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from textual.message import Message

from ..datatypes import Answer, Hit, Scope
from ..errors import QAError, UsageError
from ..turns import Verdict
from . import messages
from .chronicle import Subject, why_empty
from .stored import stored_entry
from .talk import Request

if TYPE_CHECKING:
    from ..answering.timeline import Event
    from ..indexing import Report
    from ..library import Library

NEWEST = 4
"""Number of titles that the welcome shows."""


class StoppedError(Exception):
    """The result is not wanted any more."""


class Backend:
    """Opens the library, asks it, indexes articles and stores conversations.

    Every method blocks and is to be called in a worker thread, except ``leave``, ``begin`` and
    ``close``.
    """

    def __init__(
        self,
        open_library: "Callable[[], Library]",
        expand_paths: Callable[[Sequence[str]], list[str]],
        post: Callable[[Message], object],
        hits: int,
    ) -> None:
        """``post`` is called from any thread; ``hits`` is how many passages a question finds."""
        self._open = open_library
        self._expand_paths = expand_paths
        self._post = post
        self.hits = hits
        """How many passages a question finds."""
        self._library: Library | None = None
        self._opened = threading.Event()
        self._prepared = threading.Event()
        self._conversation_lock = threading.Lock()
        self._conversation: int | None = None
        self._stopped = threading.Event()
        self._asked = threading.Event()
        self.indexing = threading.Lock()
        """Held while this process indexes, which it does once at a time."""
        self.leaving = threading.Event()
        """Set when the person leaves the chat: running calls end as soon as they can."""

    def leave(self) -> None:
        """Make running calls end, even those that wait for a library that never opens."""
        self.leaving.set()
        for event in (self._opened, self._prepared, self._stopped):
            event.set()

    def stop_on_leaving(self, stopped: threading.Event) -> None:
        """Have an event set when the person leaves, in place of the one before."""
        self._stopped = stopped
        if self.leaving.is_set():
            stopped.set()

    @property
    def library(self) -> "Library":
        """The library; waits until it is open. Raises UsageError if it could not be opened."""
        self._opened.wait()
        if self._library is None:
            raise UsageError("The library could not be opened.")
        return self._library

    def prepare(self, scope: Scope) -> None:
        """Open the library and load the models, so that the first question need not wait."""
        # The root logger would print over the screen.
        log = logging.getLogger("qa")
        log.propagate = False
        log.setLevel(logging.INFO)
        log.handlers[:] = [_PostingHandler(self._post)]
        try:
            self._library = self._open()
        except Exception as error:
            self._post(messages.NotOpened(describe(error)))
            self._prepared.set()
            return
        finally:
            self._opened.set()
        try:
            self.count(scope)
            _ = self._library.encoder, self._library.reader
            # The models stay: without this each full collection would look through them again
            # and freeze the screen for 0.1 s.
            gc.freeze()
            self._post(messages.Prepared())
        except Exception as error:
            self._post(messages.Prepared(describe(error)))
        finally:
            self._prepared.set()
        self.suggest(scope)

    def suggest(self, scope: Scope) -> None:
        """Find questions that the articles in a scope suggest, until the person asks their own."""

        def is_wanted() -> bool:
            return not (self._asked.is_set() or self.leaving.is_set())

        try:
            found = self.library.suggested_questions(scope=scope, is_wanted=is_wanted)
        except Exception as error:  # they are an extra: nobody waits for them
            logging.getLogger(__name__).debug("no suggested questions: %s", error)
            return
        if found:
            self._post(messages.Suggested([each.question for each in found], scope))

    def count(self, scope: Scope) -> None:
        """Count the articles in a scope."""
        rows = self.library.articles(scope)
        titles = [row.title for row in rows[:NEWEST]]
        name, server = self.library.folder.name, self.library.settings.language_model
        self._post(messages.Counted(name, len(rows), titles, server is not None))

    def ask(self, request: Request) -> None:
        """Answer a question, posting a message for each step."""
        number = request.number
        self._asked.set()

        def check() -> None:
            if request.stopped.is_set() or self.leaving.is_set():
                raise StoppedError

        def found(hits: list[Hit]) -> None:
            check()
            self._post(messages.Found(number, hits))

        self._prepared.wait()
        try:
            check()
            answer = self.library.conversation(earlier=request.earlier).ask(
                request.question,
                k=self.hits,
                scope=request.scope,
                verbatim=request.verbatim,
                on_hits=found,
            )
            if not request.stopped.is_set():
                self._post(messages.Answered(number, answer))
                self._store(request, answer)
        except StoppedError:
            return
        except Exception as error:
            self._post(messages.NotAnswered(number, describe(error)))

    def _store(self, request: Request, answer: Answer) -> None:
        with self._conversation_lock:
            try:
                if self._conversation is None:
                    self._conversation = self.library.start_conversation()
                turn = self.library.add_turn(
                    self._conversation, request.question, answer, request.scope
                )
            except Exception as error:
                self._post(messages.Failed(f"Not stored: {describe(error)}"))
            else:
                self._post(messages.Stored(request.number, turn))

    def judge(self, turn: int, verdict: Verdict | None) -> None:
        """Store the person's verdict on a turn; None takes it back."""
        self._try(lambda: self.library.judge(turn, verdict))

    def begin(self) -> None:
        """Let the next question begin a new conversation."""
        with self._conversation_lock:
            self._conversation = None

    def list_conversations(self) -> None:
        """List the stored conversations."""
        self._try(lambda: self._post(messages.Listed(self.library.conversations())))

    def list_articles(self, scope: Scope) -> None:
        """List the articles in a scope, and the stories among them."""

        def listed() -> None:
            rows = self.library.articles(scope)
            stories = self.library.stories(scope)
            self._post(messages.ArticlesListed(rows, stories, scope))

        self._try(listed)

    def timeline(self, subject: Subject) -> None:
        """Look for the dated sentences of a timeline."""
        self._prepared.wait()
        if self.leaving.is_set():
            return
        searched = subject.question
        events: list[Event] = []
        try:
            searched = subject.alone()
            events = self.library.timeline(searched, scope=subject.scope)
            note = "" if events else self._why_empty(subject.scope)
        except Exception as error:
            note = describe(error)
        self._post(messages.TimelineFound(subject.number, searched, events, note))

    def _why_empty(self, scope: Scope) -> str:
        rows = self.library.articles(scope)
        return why_empty(len(rows), sum(row.published is None for row in rows), scope)

    def read(self, article: str) -> None:
        """Read an article of the list."""
        self._try(lambda: self._post(messages.ArticleRead(self.library.article(article))))

    def rename(self, conversation: int, title: str) -> None:
        """Give a conversation another title, and list all again."""
        self._try(lambda: self.library.rename_conversation(conversation, title))
        self.list_conversations()

    def delete(self, conversation: int) -> None:
        """Delete a conversation, and list the others again."""
        with self._conversation_lock:
            is_current = self._conversation == conversation
            if is_current:
                self._conversation = None
        self._try(lambda: self.library.delete_conversation(conversation))
        if is_current:
            self._post(messages.Resumed([]))
        self.list_conversations()

    def resume(self, conversation: int | None) -> None:
        """Load a stored conversation; None means the last one."""
        try:
            if conversation is None:
                stored = self.library.conversations()
                if not stored:
                    self._post(messages.Failed("There is no earlier conversation to continue."))
                    self._post(messages.Resumed([]))
                    return
                conversation = stored[0].id
            turns = self.library.turns(conversation)
            articles = {}
            for identifier in {place.article for turn in turns for place in turn.places}:
                try:
                    articles[identifier] = self.library.article(identifier)
                except UsageError:
                    continue  # The article was removed; stored_entry() handles that.
            with self._conversation_lock:
                self._conversation = conversation
            self._post(messages.Resumed([stored_entry(turn, articles) for turn in turns]))
        except Exception as error:
            self._post(messages.Failed(describe(error)))
            self._post(messages.NotResumed())

    def add(self, paths: Sequence[str], scope: Scope) -> None:
        """Index files and folders, posting the progress; then count the articles in a scope."""

        def progress(done: int, total: int, report: "Report") -> None:
            if self.leaving.is_set():
                raise StoppedError
            share = done / total if total else 1.0
            self._post(messages.Indexing(share, report.new + report.changed))
            self.count(scope)  # they can be asked already

        try:
            paths = [os.path.expanduser(path) for path in paths]
            with self.indexing:
                report = self.library.add(*self._expand_paths(paths), progress=progress)
        except StoppedError:
            self._post(messages.Indexed(None))
            return
        except Exception as error:
            self._post(messages.Indexed(None, describe(error)))
        else:
            self._post(messages.Indexed(report))
        self._try(lambda: self.count(scope))
        self.suggest(scope)

    def close(self) -> None:
        """Close the library."""
        if self._library is not None:
            self._library.close()

    def _try(self, act: Callable[[], object]) -> None:
        try:
            act()
        except Exception as error:
            self._post(messages.Failed(describe(error)))


class _PostingHandler(logging.Handler):
    """Posts qa's log messages, to be shown in the bottom row."""

    def __init__(self, post: Callable[[Message], object]) -> None:
        super().__init__()
        self._post = post

    def emit(self, record: logging.LogRecord) -> None:
        self._post(messages.Logged(record.getMessage()))


def describe(error: Exception) -> str:
    """Return an error in words; one that qa raises on purpose already is."""
    if isinstance(error, QAError):
        return str(error)
    words = " ".join(f"{type(error).__name__}: {error}".split())
    return f"{words}. This is a bug in qa; asking again may help."
