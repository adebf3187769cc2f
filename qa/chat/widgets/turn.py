"""A turn of the conversation: one question with its answer."""

from collections.abc import Iterator
from dataclasses import dataclass

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.geometry import Size
from textual.message import Message

from ...articles.clean import one_line
from ...datatypes import Scope
from ..entries import Entry
from ..layout import inert
from ..wording import scope_words
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

    def __init__(self, entry: Entry, scope_before: Scope) -> None:
        """``scope_before`` is the filter of the question before."""
        super().__init__(id=f"turn-{entry.number}")
        self.entry = entry
        """The question shown."""
        self._scope_before = scope_before

    def compose(self) -> ComposeResult:
        """Create the three texts."""
        yield PlainText(classes="question")
        yield PlainText(classes="asked-as")
        yield AnswerText(self.entry)

    def on_mount(self) -> None:
        """Fill the texts."""
        self.show()

    def show(self) -> None:
        """Update the texts from the entry."""
        entry = self.entry
        question = Content(inert(one_line(entry.question)))
        self.query_one(".question", PlainText).update(question)
        how = "\n".join(self._how())
        asked_as = self.query_one(".asked-as", PlainText)
        asked_as.display = bool(how)
        asked_as.update(Content(how))
        answer = self.query_one(AnswerText)
        answer.show()
        for name in TONES:
            answer.set_class(name == tone(entry), f"-{name}")

    def unfold(self) -> None:
        """Show or hide the other answers."""
        self.entry.unfolded = not self.entry.unfolded
        self.show()

    def on_click(self, event: events.Click) -> None:
        """Choose this turn, unless a link was clicked."""
        if "@click" not in event.style.meta:
            self.post_message(self.Chosen(self.entry.number))

    def _how(self) -> Iterator[str]:
        """Yield how the question was asked, where that is not as typed or as the one before."""
        if self.entry.asked_as:
            yield f"asked as: {inert(one_line(self.entry.asked_as))}"
        if self.entry.scope != self._scope_before:
            yield f"searched: {inert(one_line(scope_words(self.entry.scope)))}"


class AnswerText(PlainText):
    """The answer of a turn. Titles are cut to its width as it is laid out."""

    def __init__(self, entry: Entry) -> None:
        super().__init__(classes="answer")
        self._entry = entry
        self._room = 0

    def show(self) -> None:
        """Update the text from the entry."""
        self.update(answer_text(self._entry, max(20, self._room)))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return the height of the text for a width, cut to that width."""
        if width != self._room:
            self._room = width
            self.update(answer_text(self._entry, max(20, width)), layout=False)
        return super().get_content_height(container, viewport, width)
