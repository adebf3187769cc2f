"""A turn of the conversation: one question with its answer."""

from dataclasses import dataclass

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message

from ...articles.clean import one_line
from ..entries import Entry
from ..layout import inert
from .text import PlainText
from .turn_text import answer_text, tone

TONES = ("sure", "likely", "weak", "missing", "pending", "failed")


class TurnView(Vertical):
    """One question and what is known about it so far."""

    @dataclass
    class Chosen(Message):
        """The turn was clicked: its sources are to be shown."""

        number: int
        """The question's number."""

    def __init__(self, entry: Entry) -> None:
        super().__init__(id=f"turn-{entry.number}")
        self.entry = entry
        """The question shown."""

    def compose(self) -> ComposeResult:
        """Create the three texts."""
        yield PlainText(classes="question")
        yield PlainText(classes="asked-as")
        yield PlainText(classes="answer")

    def on_mount(self) -> None:
        """Fill the texts."""
        self.show()

    def show(self) -> None:
        """Update the texts from the entry."""
        entry = self.entry
        question = Content(inert(one_line(entry.question)))
        self.query_one(".question", PlainText).update(question)
        asked_as = self.query_one(".asked-as", PlainText)
        asked_as.display = bool(entry.asked_as)
        asked_as.update(Content(f"asked as: {inert(one_line(entry.asked_as))}"))
        answer = self.query_one(".answer", PlainText)
        answer.update(answer_text(entry, self._room))
        for name in TONES:
            answer.set_class(name == tone(entry), f"-{name}")

    def unfold(self) -> None:
        """Show or hide the other answers."""
        self.entry.unfolded = not self.entry.unfolded
        self.show()

    def on_resize(self) -> None:
        """Cut the titles to the new width."""
        if self.query(".answer"):
            self.show()

    def on_click(self, event: events.Click) -> None:
        """Choose this turn, unless a link was clicked."""
        if "@click" not in event.style.meta:
            self.post_message(self.Chosen(self.entry.number))

    @property
    def _room(self) -> int:
        """Cells in a line of the answer; before the first layout, those of the conversation."""
        above = self.parent.content_size.width if isinstance(self.parent, VerticalScroll) else 0
        return max(20, (self.size.width or above) - 4)
