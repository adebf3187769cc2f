"""The question line, with a history of the questions asked before."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from ...articles.clean import one_line
from .text import Line

LONGEST_QUESTION = 2_000
"""Maximum length of a question in code points."""

ASK_HERE = "ask about your articles"
ADD_HERE = "a file or folder with articles"
"""Placeholders of the line, with and without articles in the library."""


class Prompt(Line):
    """One line to type in; the up and down keys go through the history."""

    @dataclass
    class Entered(Message):
        """Enter was pressed."""

        text: str
        """What was typed when it was pressed, cleaned; never empty."""
        verbatim: bool
        """Whether to search the text as it is, even if it looks like a follow-up."""

    @dataclass
    class Cut(Message):
        """The line is full: some of what was typed or pasted was left out."""

        characters: int
        """How many code points were left out; 0 for a key."""

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
            placeholder=ASK_HERE,
        )
        self.verbatim = False
        """Whether to search the next question as it is."""
        self._asked: list[str] = []
        self._at = 0
        self._draft = ""

    def remember(self, questions: Iterable[str]) -> None:
        """Append questions to the history, oldest first."""
        for question in questions:
            if self._asked[-1:] != [question]:
                self._asked.append(question)
        self._at = len(self._asked)

    def take(self) -> tuple[str, bool]:
        """Empty the line; return what was typed, cleaned, and whether to search it verbatim."""
        question, verbatim = one_line(self.value), self.verbatim
        self.value, self.verbatim = "", False
        if question:
            self.remember([question])
        return question, verbatim

    def edit(self, question: str) -> None:
        """Put a question into the line to be edited and then searched verbatim."""
        self.value = question[:LONGEST_QUESTION]
        self.cursor_position = len(self.value)
        self.verbatim = True

    async def action_submit(self) -> None:
        """Post what was typed and empty the line at once, before the next key is handled."""
        text, verbatim = self.take()
        if text:
            self.post_message(self.Entered(text, verbatim))

    def action_earlier(self) -> None:
        """Show the question before in the history."""
        if self._at > 0:
            if self._at == len(self._asked):
                self._draft = self.value
            self._show(self._at - 1)

    def action_later(self) -> None:
        """Show the next question in the history; after the last one, the draft."""
        if self._at < len(self._asked):
            self._show(self._at + 1)

    def _show(self, place: int) -> None:
        self._at = place
        self.value = self._asked[place] if place < len(self._asked) else self._draft
        self.cursor_position = len(self.value)

    def restricted(self) -> None:
        """Say that the line is full."""
        self.post_message(self.Cut(0))

    def paste(self, text: str) -> None:
        """Insert text as one line without control characters, cut where the line is full."""
        pasted = one_line(text)
        start, end = sorted(self.selection)
        kept = pasted[: LONGEST_QUESTION - len(self.value) + end - start]
        if kept:
            self.replace(kept, start, end)
        if len(kept) < len(pasted):
            self.post_message(self.Cut(len(pasted) - len(kept)))

    def _on_paste(self, event: events.Paste) -> None:
        self.paste(event.text)
        event.prevent_default()
        event.stop()
