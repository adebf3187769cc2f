"""What the main screen does with sources: opens them, pages through them, orders them in time."""

from collections.abc import Callable
from functools import partial

from textual import on
from textual.screen import Screen

from ..articles.clean import one_line
from . import messages
from .backend import Backend
from .chronicle import Timeline, event_place
from .entries import Entry
from .places import Place
from .talk import Talk
from .widgets.timeline import TimelinePane
from .widgets.view import ChatView

NOTHING_TYPED = "Type a question or a subject below, and press F6 again."
"""What the timeline says while there is nothing that it could be about."""


class SourceActions(Screen[None]):
    """The actions on sources; ``ChatScreen`` adds all others."""

    def __init__(self, talk: Talk, backend: Backend) -> None:
        super().__init__()
        self.talk = talk
        """The state of the chat."""
        self._backend = backend

    @property
    def view(self) -> ChatView:
        """All widgets."""
        return self.query_one(ChatView)

    def run_in_thread(self, call: Callable[..., None], *arguments: object) -> None:
        """Run a call of the backend in a worker thread."""
        self.run_worker(partial(call, *arguments), thread=True, exit_on_error=False)

    def choose(self, entry: Entry | None, *, scroll: bool = False) -> None:
        """Show the sources of a question; ``scroll`` brings the question into view."""
        if entry is not None and (entry is not self.talk.chosen or self.talk.browsed):
            if self.talk.close_timeline():
                self.view.show_timeline()
            self.talk.choose(entry)
            self.view.show_chosen(scroll=scroll)

    def action_open_place(self, number: int) -> None:
        """Open a source of the chosen question by its number."""
        if not self.talk.has_numbers and self.talk.pending is not None:
            self.view.bottom.say("sources get their numbers with the answer")
        elif self.talk.chosen is None or not self.open_place(self.talk.chosen.place(number)):
            self.view.bottom.say(f"there is no source {number}")

    def open_place(self, place: Place | None) -> bool:
        """Show a place of the chosen question; return whether there is one."""
        if not self.talk.open_place(place):
            return False
        self.view.source.show_article()
        self.view.show_source()
        if not self.view.is_wide:
            self.view.read(True)
        return True

    def action_next_source(self) -> None:
        """Open the next source."""
        self._turn_page(1)

    def action_previous_source(self) -> None:
        """Open the source before."""
        self._turn_page(-1)

    def _turn_page(self, step: int) -> None:
        self.open_place(self.talk.turn_page(step, is_visible=self.view.is_wide))

    def action_open_article(self) -> None:
        """Give the article the whole screen, or take it back."""
        if self.talk.place is not None:
            self.talk.open_place(self.talk.place)
            self.view.source.show_article()
            self.view.read(not self.view.is_reading)

    def action_find(self) -> None:
        """Search in the article."""
        if not self.view.is_wide:
            self.view.read(True)
        self.view.source.open_find()

    def action_explain(self) -> None:
        """Show how the answer was found, or the source again."""
        self.view.source.toggle_explanation()
        if not self.view.is_wide:
            self.view.read(self.view.source.is_explaining)

    def action_scroll_source(self, rows: int) -> None:
        """Scroll the article, whatever has the focus."""
        self.view.source.article.scroll_relative(y=rows, animate=False)

    def action_page(self, step: int) -> None:
        """Scroll the conversation by a page: down for 1, up for -1."""
        scroll = (
            self.view.conversation.scroll_page_down
            if step > 0
            else self.view.conversation.scroll_page_up
        )
        scroll(animate=False)

    def action_open_source(self, number: int, place: int) -> None:
        """Open a source of any question."""
        entry = self.talk.entry(number)
        if entry is not None:
            self.choose(entry)
            self.open_place(entry.place(place))

    def action_open_found(self, number: int, article: str) -> None:
        """Open an article that was found for any question, before it has an answer or after."""
        entry = self.talk.entry(number)
        if entry is not None:
            self.choose(entry)
            self.open_place(entry.place_in(article))

    # The timeline

    def action_timeline(self) -> None:
        """Show the timeline of what is typed or asked, or the conversation again."""
        typed = one_line(self.view.prompt.value)
        timeline = self.talk.timeline
        if timeline is not None and typed in ("", timeline.subject.question):
            self.close_timeline()
        else:
            self.open_timeline(typed)

    def open_timeline(self, typed: str) -> None:
        """Show the timeline of a question or subject; if it is empty, of the chosen question."""
        self.look_for(self.talk.open_timeline(typed))

    def look_for(self, timeline: Timeline) -> None:
        """Show a timeline, and look for its sentences."""
        if timeline.subject.question:
            self.run_in_thread(self._backend.timeline, timeline.subject)
        else:
            timeline.events, timeline.note = (), NOTHING_TYPED
        self.view.show_timeline()

    def close_timeline(self) -> bool:
        """Show the conversation in place of the timeline; return whether that was open."""
        was_open = self.talk.close_timeline()
        if was_open:
            self.view.show_timeline()
        return was_open

    @on(TimelinePane.Pointed)
    def _pointed(self, message: TimelinePane.Pointed) -> None:
        if self.talk.timeline is not None:
            self.talk.browsed = event_place(message.event)
            self.view.source.show_article()
            self.view.show_source()

    @on(TimelinePane.Opened)
    def _event_opened(self, message: TimelinePane.Opened) -> None:
        self._pointed(TimelinePane.Pointed(message.event))
        if self.view.is_wide:
            self.set_focus(self.view.source.article)
        else:
            self.view.read(True)

    @on(messages.TimelineFound)
    def _timeline_found(self, message: messages.TimelineFound) -> None:
        timeline = self.talk.timeline
        if timeline is not None and message.apply(self.talk):
            typed = one_line(self.view.prompt.value)
            is_busy = typed not in ("", timeline.subject.question) or self.view.is_reading
            self.view.show_timeline(take_focus=not is_busy)
