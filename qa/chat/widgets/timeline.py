"""The timeline: dated sentences on the question in hand, in the place of the conversation."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from ...answering.timeline import Event
from ...articles.clean import one_line
from ...render import wrapped
from ..chronicle import Timeline, event_pieces
from ..layout import inert, shortened
from ..wording import counted, scope_words, short_date
from .text import PlainText
from .turn_text import LIT

NARROWEST = 20
"""Fewest cells for a sentence."""


class TimelinePane(Vertical):
    """A head, and a list of sentences that the arrow keys go through."""

    BINDINGS: ClassVar = []

    @dataclass
    class Pointed(Message):
        """A sentence is highlighted: its source is to be shown."""

        event: Event
        """The sentence."""

    @dataclass
    class Opened(Message):
        """Enter was pressed on a sentence, or it was clicked: its source is to be read."""

        event: Event
        """The sentence."""

    def __init__(self) -> None:
        super().__init__(id="timeline")
        self._timeline: Timeline | None = None
        self._width = 0

    def compose(self) -> ComposeResult:
        """Create head, list and foot."""
        yield PlainText(id="timeline-head")
        yield PlainText(id="timeline-note")
        yield OptionList(id="events", markup=False)
        yield PlainText("↑ ↓ move · Enter opens the source · Esc closes", id="timeline-foot")

    @property
    def events(self) -> OptionList:
        """The list of sentences."""
        return self.query_one("#events", OptionList)

    def show(self, timeline: Timeline | None) -> None:
        """Show a timeline, its first sentence highlighted."""
        self._timeline = timeline
        self._fill(0)

    def on_resize(self) -> None:
        """Lay the sentences out again for another width."""
        if self.size.width != self._width:
            self._fill(self.events.highlighted or 0)

    def _fill(self, at: int) -> None:
        timeline, self._width = self._timeline, self.size.width
        if timeline is None or not self._width:
            return
        self.query_one("#timeline-head", PlainText).update(_head(timeline, self._width - 4))
        note = self.query_one("#timeline-note", PlainText)
        note.update(Content(inert(timeline.note)))
        note.display = bool(timeline.note)
        events = timeline.events or ()
        self.events.display = self.query_one("#timeline-foot").display = bool(events)
        room = max(NARROWEST, self._width - 7)  # borders, the scroll bar, the line of time
        options = [Option(_row(event, room), id=str(at)) for at, event in enumerate(events)]
        self.events.set_options(options)
        self.events.highlighted = at if events else None

    @on(OptionList.OptionHighlighted)
    def _pointed(self, message: OptionList.OptionHighlighted) -> None:
        message.stop()
        if (event := self._event(message.option)) is not None:
            self.post_message(self.Pointed(event))

    @on(OptionList.OptionSelected)
    def _opened(self, message: OptionList.OptionSelected) -> None:
        message.stop()
        if (event := self._event(message.option)) is not None:
            self.post_message(self.Opened(event))

    def _event(self, option: Option) -> Event | None:
        """Return the sentence of a row; None if the row is one of an earlier timeline."""
        events = self._timeline.events if self._timeline else None
        at = int(option.id or 0)
        return events[at] if events and at < len(events) else None


def _head(timeline: Timeline, room: int) -> Content:
    """Return how many sentences there are, on what, and in which articles."""
    parts: list[tuple[str, str] | str] = [("Timeline", ".title")]
    if timeline.events is None:
        parts.append((" · looking …", ".note"))
    elif timeline.events:
        parts.append((f" · {counted(len(timeline.events), 'dated sentence')}", ".note"))
    if timeline.heading:
        parts += ["\n", shortened(one_line(timeline.heading), room)]
    if not timeline.subject.scope.is_all:
        scope = shortened(one_line(scope_words(timeline.subject.scope)), room)
        parts += ["\n", (scope, ".note-strong")]
    return Content.assemble(*parts)


def _row(event: Event, room: int) -> Content:
    """Return a time, its sentence and the article, along a line that joins the rows."""
    article = event.citation.article
    day = short_date(article.published)
    about = "about " if day and article.is_date_guess else ""
    when = f" · {about}{day}" if day else ""
    title = shortened(one_line(article.title), max(NARROWEST, room - len(when)))
    return Content.assemble(
        ("● ", ".number"),
        (inert(event.when), ".strong"),
        *_sentence(event, room),
        ("\n│ ", ".rail"),
        (title + when, "dim"),  # not a note: that is as light as the row where it is highlighted
    )


def _sentence(event: Event, room: int) -> Iterator[tuple[str, str]]:
    for line in wrapped(event_pieces(event), room):
        yield ("\n│ ", ".rail")
        for text, style in line:
            yield (inert(text), LIT if style == "quote" else "")
