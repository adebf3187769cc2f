"""A turn of the conversation: one question with its answer."""

from collections.abc import Callable, Iterator
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
from .written_text import written_text

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
        """Create the four texts."""
        yield PlainText(classes="question")
        yield PlainText(classes="asked-as")
        yield EntryText(self.entry, answer_text, "answer")
        yield EntryText(self.entry, written_text, "written")

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
        answer = self.query_one(".answer", EntryText)
        answer.show()
        self.written.display = entry.written is not None
        self.written.show()
        for name in TONES:
            answer.set_class(name == tone(entry), f"-{name}")

    @property
    def written(self) -> "EntryText":
        """The text that a language model wrote."""
        return self.query_one(".written", EntryText)

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


class EntryText(PlainText):
    """A text about an entry that is laid out for its width, as titles are cut to it."""

    def __init__(self, entry: Entry, text: Callable[[Entry, int], Content], classes: str) -> None:
        """``text`` returns the text for a width."""
        super().__init__(classes=classes)
        self._entry = entry
        self._text = text
        self._room = 0

    def show(self) -> None:
        """Update the text from the entry."""
        self.update(self._text(self._entry, max(20, self._room)))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return the height of the text for a width, cut to that width."""
        if width != self._room:
            self._room = width
            self.update(self._text(self._entry, max(20, width)), layout=False)
        return super().get_content_height(container, viewport, width)
