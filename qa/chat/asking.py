"""The main screen's dealings with the worker threads: what is started, what comes back."""

from collections.abc import Sequence

from textual import on, work
from textual.widgets import Input
from textual.worker import get_current_worker

from ..answering.answer import READ_PASSAGES
from ..articles.clean import one_line
from ..conversation.followup import Exchange
from ..datatypes import Scope, Verdict
from . import news
from .bars import TopRow, counted
from .busy import BusyView
from .desk import Desk, now
from .entries import Entry, Stage
from .layout import inert
from .turns import Welcome
from .view import ADD_HERE, ASK_HERE

PROMPT_SECONDS = 0.2
"""The prompt takes keys first: the models load in threads, but importing them holds all threads."""


class AskingScreen(BusyView):
    """Asks, indexes, resumes; only the handlers of reports change widgets."""

    def __init__(
        self,
        desk: Desk,
        scope: Scope,
        *,
        question: str = "",
        index: Sequence[str] = (),
        resume: bool = False,
    ) -> None:
        super().__init__()
        self.scope = scope
        self.desk = desk
        """What the worker threads do."""
        self.titles: list[str] = []
        """Titles of the newest articles."""
        self._first_question = question
        self._first_paths = list(index)
        self._resume = resume
        self._number = 0
        self._library_name = ""

    def on_mount(self) -> None:
        """Open the library while the person looks and types."""
        self.query_one(Welcome).show_opening()
        self.show_source()
        self.prompt.focus()
        self.refresh_actions()
        self.say_what_goes_on()
        self.set_timer(PROMPT_SECONDS, self._prepare)
        if self._first_paths:
            self.index(*self._first_paths)
        if self._resume:
            self.resume(None)
        else:
            self._ask_first()

    # Starting

    def ask(self, question: str, *, verbatim: bool = False) -> None:
        """Put a question to the articles. An earlier one that is still being read is given up."""
        self.stop()
        self._number += 1
        entry = Entry(self._number, question, now(), self.scope, verbatim)
        earlier = [each.exchange for each in self.entries if each.stage is Stage.ANSWERED]
        self.entries.append(entry)
        self.query_one(Welcome).display = False
        self.conversation.add(entry)
        self.choose(entry)
        self.read(False)
        self.watch_the_clock()
        self._ask(entry, earlier)

    def _ask_first(self) -> None:
        """Ask what the command line asks."""
        if self._first_question:
            self.ask(one_line(self._first_question))
            self._first_question = ""

    def stop(self) -> bool:
        """Give up the question that is being answered; return whether there was one."""
        pending = [entry for entry in self.entries if entry.is_pending]
        for entry in pending:
            entry.stage = Stage.STOPPED
            self.show_entry(entry)
        self.workers.cancel_group(self, "ask")
        self.rest()
        return bool(pending)

    def resume(self, conversation: int | None) -> None:
        """Take up an earlier conversation; None means the last."""
        self.stop()
        self._take_up(conversation, self._number + 1)

    def begin(self) -> None:
        """Begin a new conversation."""
        self.stop()
        self.desk.begin()
        self.show_conversation([])
        self._welcome()
        self.prompt.focus()

    def index(self, *paths: str) -> None:
        """Add the articles of files and folders."""
        self.indexing = "indexing …"
        self.say_what_goes_on()
        self._add(paths)

    def count(self) -> None:
        """Find out how many articles the scope leaves."""
        self._count()

    # In worker threads

    @work(thread=True, group="prepare", exit_on_error=False)
    def _prepare(self) -> None:
        self.desk.prepare(self.scope)

    @work(thread=True, group="ask", exclusive=True, exit_on_error=False)
    def _ask(self, entry: Entry, earlier: list[Exchange]) -> None:
        worker = get_current_worker()
        self.desk.ask(entry, earlier, lambda: not worker.is_cancelled)

    @work(thread=True, group="talk", exit_on_error=False)
    def _take_up(self, conversation: int | None, first: int) -> None:
        self.desk.resume(conversation, first)

    @work(thread=True, group="index", exit_on_error=False)
    def _add(self, paths: Sequence[str]) -> None:
        self.desk.add(paths, self.scope)

    @work(thread=True, group="count", exit_on_error=False)
    def _count(self) -> None:
        self.desk.count(self.scope)

    @work(thread=True, group="talk", exit_on_error=False)
    def judge(self, turn: int, verdict: Verdict | None) -> None:
        """Remember a verdict."""
        self.desk.judge(turn, verdict)

    @work(thread=True, group="talk", exit_on_error=False)
    def list_conversations(self) -> None:
        """Ask for the conversations there are."""
        self.desk.list_conversations()

    @work(thread=True, group="talk", exit_on_error=False)
    def rename(self, conversation: int, title: str) -> None:
        """Give a conversation another title."""
        self.desk.rename(conversation, title)

    @work(thread=True, group="talk", exit_on_error=False)
    def delete(self, conversation: int) -> None:
        """Forget a conversation."""
        self.desk.delete(conversation)

    # What comes back

    @on(news.Opened)
    def _opened(self, report: news.Opened) -> None:
        self._library_name, self.articles = report.name, report.articles
        self.titles = list(report.titles)
        self._welcome()

    @on(news.NotOpened)
    def _not_opened(self, report: news.NotOpened) -> None:
        self.query_one(Welcome).show_failure(report.error)
        self.is_prepared = True
        self.rest()

    @on(news.Prepared)
    def _prepared(self, report: news.Prepared) -> None:
        self.is_prepared = True
        self.said = ""
        if report.error:
            self.query_one(Welcome).show_failure(report.error)
            self.say("the models cannot be used")
        self.say_what_goes_on()

    @on(news.Narrated)
    def _narrated(self, report: news.Narrated) -> None:
        self.said = report.text
        self.say_what_goes_on()

    @on(news.Resolved)
    def _resolved(self, report: news.Resolved) -> None:
        if entry := self._awaited(report):
            entry.searched = report.searched
            if entry.is_resolved:
                self.show_entry(entry)

    @on(news.Found)
    def _found(self, report: news.Found) -> None:
        if entry := self._awaited(report):
            entry.found(report.hits)
            self.show_entry(entry)
            self.say_what_goes_on()

    @on(news.Answered)
    def _answered(self, report: news.Answered) -> None:
        if entry := self._awaited(report):
            entry.answered(report.answer)
            self.show_entry(entry)
            self.rest()
            took = report.answer.timings.get("total", 0.0) / 1000
            read = min(len(entry.hits), READ_PASSAGES)
            self.say(f"{counted(read, 'passage')} read · {took:.1f} s")

    @on(news.NotAnswered)
    def _not_answered(self, report: news.NotAnswered) -> None:
        if entry := self._awaited(report):
            entry.stage, entry.error = Stage.FAILED, report.error
            self.show_entry(entry)
            self.rest()

    @on(news.Kept)
    def _kept(self, report: news.Kept) -> None:
        if entry := self.entry_of(report.number):
            entry.turn = report.turn

    @on(news.Failed)
    def _failed(self, report: news.Failed) -> None:
        self.app.notify(inert(report.error), severity="warning", markup=False, timeout=8)

    @on(news.Resumed)
    def _resumed(self, report: news.Resumed) -> None:
        self._number += len(report.entries)
        self.show_conversation(report.entries)
        self.prompt.remember(entry.question for entry in report.entries)
        if not report.entries:
            self._welcome()
        self.prompt.focus()
        self._ask_first()

    @on(news.Indexing)
    def _heard_progress(self, report: news.Indexing) -> None:
        self.indexing = f"indexing {report.share:.0%} · {counted(report.articles, 'article')}"
        self.say_what_goes_on()

    @on(news.Indexed)
    def _indexed(self, report: news.Indexed) -> None:
        self.indexing = ""
        self.say_what_goes_on()
        if report.report is None:
            self.app.notify(inert(report.error), severity="error", markup=False, timeout=10)
            return
        done = report.report
        words = f"{done.new} new · {done.changed} changed · {done.unchanged} unchanged"
        if done.failed:
            first = done.failed[0]
            words += f" · {len(done.failed)} not read, as {first.source}: {first.reason}"
        self.app.notify(inert(words), title="Indexed", markup=False, timeout=8)

    @on(Input.Submitted, "#prompt")
    def _submitted(self) -> None:
        question, verbatim = self.prompt.take()
        if not question:
            return
        if self.articles == 0 and self.scope.is_all:
            self.index(question)
        else:
            self.ask(question, verbatim=verbatim)

    # Showing

    def _awaited(self, report: news.OfQuestion) -> Entry | None:
        """The question that a report is about, while its answer is waited for."""
        entry = self.entry_of(report.number)
        return entry if entry is not None and entry.is_pending else None

    def _welcome(self) -> None:
        """Say what there is, and what can be done about it."""
        is_empty = self.articles == 0 and self.scope.is_all
        welcome = self.query_one(Welcome)
        if self.articles is None:
            welcome.show_opening()
        elif is_empty:
            welcome.show_empty()
        else:
            welcome.show_ready(self.titles, self.articles, self.conversation.size.width - 6)
        self.prompt.placeholder = ADD_HERE if is_empty else ASK_HERE
        self.show_top()
        self.refresh_actions()

    def show_top(self) -> None:
        """Say what is asked."""
        if self._library_name:
            self.query_one(TopRow).show(self._library_name, self.articles, self.scope)
