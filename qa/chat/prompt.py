"""The question line, with the questions asked before."""

from collections.abc import Iterable
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType

from ..articles.clean import one_line
from .words import Line

LONGEST_QUESTION = 2_000
"""Code points that a question may have."""


class Prompt(Line):
    """One line; up and down go through what was asked before."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "earlier", show=False),
        Binding("down", "later", show=False),
    ]

    def __init__(self) -> None:
        super().__init__(
            id="prompt",
            compact=True,
            max_length=LONGEST_QUESTION,
            select_on_focus=False,
            placeholder="ask about your articles",
        )
        self.verbatim = False
        """Whether what is asked next is searched as it stands."""
        self._asked: list[str] = []
        self._at = 0
        self._draft = ""

    def remember(self, questions: Iterable[str]) -> None:
        """Put questions at the end of the history, the last of them the nearest."""
        for question in questions:
            if self._asked[-1:] != [question]:
                self._asked.append(question)
        self._at = len(self._asked)

    def take(self) -> tuple[str, bool]:
        """Return what was typed, cleaned, and whether to search it as it stands; empty the line."""
        question, verbatim = one_line(self.value), self.verbatim
        self.value, self.verbatim = "", False
        if question:
            self.remember([question])
        return question, verbatim

    def edit(self, question: str) -> None:
        """Let the person change a question that will be searched as it stands."""
        self.value = question[:LONGEST_QUESTION]
        self.cursor_position = len(self.value)
        self.verbatim = True
        self.focus()

    def action_earlier(self) -> None:
        """Show the question asked before."""
        if self._at > 0:
            if self._at == len(self._asked):
                self._draft = self.value
            self._show(self._at - 1)

    def action_later(self) -> None:
        """Show the one after; at the end, what was being typed."""
        if self._at < len(self._asked):
            self._show(self._at + 1)

    def _show(self, place: int) -> None:
        self._at = place
        self.value = self._asked[place] if place < len(self._asked) else self._draft
        self.cursor_position = len(self.value)

    def _on_paste(self, event: events.Paste) -> None:
        """Take a pasted question whole, on one line, without what a terminal would obey."""
        pasted = one_line(event.text)
        if pasted:
            selection = self.selection
            if selection.is_empty:
                self.insert_text_at_cursor(pasted)
            else:
                self.replace(pasted, *selection)
        event.prevent_default()
        event.stop()
