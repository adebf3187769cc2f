"""The state of the chat: its conversation, its filter, what is shown, what is going on.

Knows no Textual. The screen calls these methods and then shows what they return or changed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from threading import Event

from ..answering.answer import READ_PASSAGES
from ..conversation.past import Past
from ..datatypes import Answer, Article, Hit, Scope
from ..turns import Turn, Verdict
from .chronicle import Timeline, subject_in_hand
from .entries import Entry, Stage
from .places import Place, browsed_place
from .wording import counted
from .written import WriteRequest, WritingStep

LEAVING = "leaving once the articles being indexed are stored …"
"""Status while leaving has to wait."""


@dataclass(frozen=True, slots=True)
class Request:
    """A question on its way to the library. Safe to hand to another thread."""

    number: int
    """Number of the question in this run of the chat."""
    question: str
    """The question as typed, cleaned."""
    scope: Scope
    """The articles to search."""
    verbatim: bool = False
    """Whether to search the question as it is, even if it looks like a follow-up."""
    earlier: tuple[Past, ...] = ()
    """Earlier questions and answers that this one may refer to, oldest first."""
    stopped: Event = field(default_factory=Event)
    """Set when nobody waits for the answer any more."""


class Talk:
    """The state of the chat."""

    def __init__(self, scope: Scope | None = None, *, takes_links: bool = False) -> None:
        self.takes_links = takes_links
        """Whether the terminal opens links."""
        self.entries: list[Entry] = []
        """The questions of this conversation, oldest first."""
        self.chosen: Entry | None = None
        """The question whose sources are shown."""
        self.browsed: Place | None = None
        """The article opened from the list of articles or the timeline; None if a source is shown.
        """
        self.timeline: Timeline | None = None
        """The timeline, while it is open."""
        self.scope = scope or Scope()
        """The filter: which articles are searched."""
        self.library = ""
        """Name of the library; empty until it is open."""
        self.articles: int | None = None
        """Number of articles in the scope, once they are counted."""
        self.titles: tuple[str, ...] = ()
        """Titles of the newest articles in the scope."""
        self.suggested: tuple[str, ...] = ()
        """Questions that the articles suggest, for the welcome."""
        self._suggested_for = self.scope
        self.is_prepared = False
        """Whether the models are loaded, or known not to load."""
        self.problem = ""
        """Why library or models cannot be used; empty if they can."""
        self.logged = ""
        """What the library logged last."""
        self.indexing = ""
        """Progress of indexing, in words; empty when nothing is being indexed."""
        self.has_writer = False
        """Whether the person has named a language model's server."""
        self.is_watching = False
        """Whether files are indexed as they change."""
        self._indexing_runs = 0
        self._is_leaving = False
        self._number = 0
        self._timelines = 0
        self._writings = 0
        self._request: Request | None = None
        self._is_resuming = False
        self._postponed: list[tuple[str, bool]] = []

    # Asking

    @property
    def pending(self) -> Entry | None:
        """The question that is being answered."""
        return next((entry for entry in self.entries if entry.is_pending), None)

    @property
    def is_empty(self) -> bool:
        """Whether the library is known to have no articles: then a typed line names a path."""
        return self.articles == 0 and self.scope.is_all

    def ask(self, question: str, *, verbatim: bool = False) -> Request | None:
        """Add a question, choose it and stop the one before.

        Returns what to ask the library. Returns None while a stored conversation is being loaded:
        ``resumed`` then returns the question, to be asked again.
        """
        if self._is_resuming:
            self._postponed.append((question, verbatim))
            return None
        self.stop()
        self._number += 1
        earlier = tuple(each.past for each in self.entries if each.past is not None)
        entry = Entry(question, datetime.now(UTC), self._number, self.scope)
        self.entries.append(entry)
        self.choose(entry)
        self._request = Request(entry.number, question, self.scope, verbatim, earlier)
        return self._request

    def stop(self) -> Entry | None:
        """Stop the question that is being answered, or written out, and return it."""
        if self._request is not None:
            self._request.stopped.set()
            self._request = None
        entry = self.pending
        if entry is not None:
            entry.stage = Stage.STOPPED
        if (written := self.writing) is not None:
            written.stop_writing()
        return entry or written

    @property
    def writing(self) -> Entry | None:
        """The question to which a language model is writing an answer."""
        return next((entry for entry in self.entries if entry.is_being_written), None)

    def write(self, entry: Entry) -> WriteRequest | None:
        """Begin a written answer to a question; the one before is to be stopped by then."""
        self._writings += 1
        return entry.ask_to_write(self._writings)

    def wrote(self, number: int, run: int, step: WritingStep) -> Entry | None:
        """Note what happened to a written answer; return its entry if it is still awaited."""
        entry = self.entry(number)
        return entry if entry is not None and entry.wrote(run, step) else None

    # Each method for a step of answering returns the entry to show again. It returns None if
    # nothing changed, because the question was stopped or its conversation was left.

    def found(self, number: int, hits: Sequence[Hit]) -> Entry | None:
        """Store the passages that were found."""
        if entry := self._awaited(number):
            entry.found(hits)
        return entry

    def answered(self, number: int, answer: Answer) -> Entry | None:
        """Store the answer."""
        if entry := self._awaited(number):
            entry.answered(answer)
            self.problem = ""
        return entry

    def failed(self, number: int, error: str) -> Entry | None:
        """Store why a question could not be answered."""
        if entry := self._awaited(number):
            entry.stage, entry.error = Stage.FAILED, error
        return entry

    def stored(self, number: int, turn: Turn) -> Entry | None:
        """Store the turn that the library stored for a question; return its entry."""
        if entry := self.entry(number):
            entry.turn = turn
        return entry

    # The conversation

    def entry(self, number: int) -> Entry | None:
        """Return the question with a number, if it is part of this conversation."""
        return next((entry for entry in self.entries if entry.number == number), None)

    def begin(self) -> None:
        """Begin a new conversation."""
        self.stop()
        self._show([])

    def resume(self) -> None:
        """Stop what is being answered and postpone questions until ``resumed`` is called."""
        self.stop()
        self._is_resuming = True

    def resumed(self, entries: Sequence[Entry] | None) -> list[tuple[str, bool]]:
        """Show a stored conversation; None keeps the shown one, as loading failed.

        Returns the postponed questions, each with whether to search it verbatim.
        """
        if entries is not None:
            self.stop()
            self._show(entries)
        postponed, self._postponed = self._postponed, []
        self._is_resuming = False
        return postponed

    def judge(self, verdict: Verdict) -> Entry | None:
        """Store a verdict on the chosen answer, or take the same verdict back.

        Returns the entry, or None if the library has not stored the turn yet.
        """
        entry = self.chosen
        if entry is None or entry.turn is None:
            return None
        given = None if entry.turn.verdict == verdict else verdict
        entry.turn = replace(entry.turn, verdict=given)
        return entry

    # What is shown

    @property
    def place(self) -> Place | None:
        """The place in the source pane: the one opened, else the first."""
        if self.browsed is not None:
            return self.browsed
        if self.chosen is None or not self.chosen.places:
            return None
        return self.chosen.place(self.chosen.shown) or self.chosen.places[0]

    @property
    def has_numbers(self) -> bool:
        """Whether sources can be opened by number: not before the answer, which numbers them."""
        return self.chosen is not None and bool(self.chosen.places) and not self.chosen.is_pending

    def choose(self, entry: Entry | None) -> None:
        """Show the sources of a question."""
        self.chosen, self.browsed = entry, None

    def browse(self, article: Article) -> None:
        """Show an article that no answer led to."""
        self.browsed = browsed_place(article)

    def open_timeline(self, typed: str) -> Timeline:
        """Open the timeline of what is typed, else of the chosen question."""
        self._timelines += 1
        subject = subject_in_hand(self._timelines, typed, self.chosen, self.entries, self.scope)
        self.timeline = Timeline(subject)
        return self.timeline

    def renew_timeline(self, timeline: Timeline) -> Timeline:
        """Open the timeline of the same subject, within the filter of now."""
        self._timelines += 1
        subject = replace(timeline.subject, number=self._timelines, scope=self.scope)
        self.timeline = Timeline(subject)
        return self.timeline

    def close_timeline(self) -> bool:
        """Close the timeline; return whether it was open."""
        is_open, self.timeline = self.timeline is not None, None
        if is_open:
            self.browsed = None
        return is_open

    def neighbour(self, step: int) -> Entry | None:
        """Return the question ``step`` places after the chosen one, if there is one."""
        if self.chosen not in self.entries:
            return None
        at = self.entries.index(self.chosen) + step
        return self.entries[at] if 0 <= at < len(self.entries) else None

    def open_place(self, place: Place | None) -> bool:
        """Open a place of the chosen question; return whether there is one."""
        if place is None or self.chosen is None:
            return False
        if not place.is_browsed:
            self.chosen.shown, self.browsed = place.number, None
        return True

    def turn_page(self, step: int, *, is_visible: bool) -> Place | None:
        """Return the next place, or with a ``step`` of -1 the one before, going round.

        ``is_visible`` says whether the source pane is on the screen. If it is not and nothing was
        opened yet, the first place comes first.
        """
        is_browsing, self.browsed = self.browsed is not None, None
        place, chosen = self.place, self.chosen
        if place is None or chosen is None:
            return None
        if is_browsing or (not chosen.shown and not is_visible):
            return place
        at = chosen.places.index(place)
        return chosen.places[(at + step) % len(chosen.places)]

    def allows(self, action: str) -> bool:
        """Return whether an action of the table makes sense now."""
        chosen = self.chosen
        if action in {"next_source", "previous_source", "open_place"}:
            return chosen is not None and bool(chosen.places)
        if action in {"find", "open_article"}:
            return self.place is not None
        is_possible = {
            "edit_search": chosen is not None,
            "explain": chosen is not None and not chosen.is_pending,
            "copy_answer": chosen is not None and bool(chosen.reference),
            "articles": self.articles is not None and not self.is_empty,
            "timeline": self.articles is not None and not self.is_empty,
            "write": self.pending is None and bool(chosen and chosen.can_be_written),
            "others": bool(chosen and chosen.answer and chosen.answer.alternatives),
            "right": bool(chosen and chosen.answer and chosen.answer.is_answer),
            "wrong": bool(chosen and chosen.answer and chosen.answer.is_answer),
            "earlier_turn": len(self.entries) > 1,
            "later_turn": len(self.entries) > 1,
            "export": bool(self.entries),
            "new_conversation": bool(self.entries),
        }
        return is_possible.get(action, True)

    @property
    def suggestions(self) -> tuple[str, ...]:
        """The suggested questions, while nothing was asked and the filter is theirs."""
        is_welcome = not self.entries and self.scope == self._suggested_for
        return self.suggested if is_welcome else ()

    def suggest(self, questions: Sequence[str], scope: Scope) -> None:
        """Store questions that the articles in a scope suggest."""
        self.suggested, self._suggested_for = tuple(questions), scope

    # What is going on

    def prepared(self, problem: str = "") -> None:
        """Note that library and models are loaded, or why they cannot be used."""
        self.is_prepared, self.problem = True, problem

    def indexing_began(self) -> None:
        """Note that a run of indexing was requested."""
        self._indexing_runs += 1
        self.indexing = "indexing …"

    def indexing_went_on(self, share: float, articles: int) -> None:
        """Store the progress: share of the bytes in [0, 1], and articles new or changed."""
        self.indexing = f"indexing {share:.0%} · {counted(articles, 'article')}"

    def indexing_ended(self) -> None:
        """Note that a run of indexing ended."""
        self._indexing_runs = max(0, self._indexing_runs - 1)
        if not self._indexing_runs:
            self.indexing = ""

    def leave(self) -> bool:
        """Return whether the chat can end now; if not, the status says what it waits for.

        The process cannot end before the indexing thread does.
        """
        self._is_leaving = True
        return not self._indexing_runs

    def activity(self, remark: str = "") -> str:
        """Return the status in words; ``remark`` is shown when nothing more important is."""
        pending = self.pending
        if self._is_leaving and self._indexing_runs:
            return LEAVING
        if not self.is_prepared:
            return remark or self.logged or "loading the models …"
        if pending is None:
            writing = self.writing
            if writing is None or writing.written is None:
                return self.indexing or remark
            return f"writing · {_seconds_since(writing.written.asked_at):.1f} s · Esc stops"
        seconds = _seconds_since(pending.asked_at)
        read = min(len(pending.hits), READ_PASSAGES)
        doing = f"reading {counted(read, 'passage')}" if read else "looking"
        return f"{doing} · {seconds:.1f} s"

    def _awaited(self, number: int) -> Entry | None:
        """Return the question with a number, if it is still being answered."""
        entry = self.entry(number)
        return entry if entry is not None and entry.is_pending else None

    def _show(self, entries: Sequence[Entry]) -> None:
        for entry in entries:
            self._number += 1
            entry.number = self._number
        self.entries = list(entries)
        self.choose(self.entries[-1] if self.entries else None)


def _seconds_since(moment: datetime) -> float:
    return (datetime.now(UTC) - moment).total_seconds()
