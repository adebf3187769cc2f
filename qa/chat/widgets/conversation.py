"""The left pane: the turns of the conversation, or a welcome before the first one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.style import Style
from textual.widget import Widget

from ...articles.clean import one_line
from ...datatypes import Scope
from ..actions import BY_NAME, written_key
from ..entries import Entry
from ..layout import inert, shortened
from ..talk import Talk
from .text import PlainText
from .turn import TurnView

KEY_WIDTH = len("Alt-1")
"""Cells of the keys that the welcome shows."""

Reading = tuple[PlainText, float] | None
"""A text and the share of its rows that are above the upper edge; None at the end."""


class Conversation(VerticalScroll):
    """All turns of the conversation, the newest at the bottom."""

    BINDINGS: ClassVar = []

    def __init__(self, talk: Talk) -> None:
        super().__init__(id="conversation")
        self._talk = talk
        self._place: Reading = None
        self._laid_out = self.size
        self._is_returning = False

    def compose(self) -> ComposeResult:
        """Create the welcome."""
        yield Welcome()

    @property
    def views(self) -> list[TurnView]:
        """The turns' widgets, oldest first."""
        return list(self.query(TurnView))

    def view(self, entry: Entry) -> TurnView | None:
        """Return the widget of an entry."""
        return next((view for view in self.views if view.entry is entry), None)

    def add(self, *entries: Entry) -> None:
        """Append turns and scroll to the last one."""
        self.query_one(Welcome).display = False
        before = [view.entry.scope for view in self.views[-1:]] or [Scope()]
        scopes = [*before, *(entry.scope for entry in entries)]
        self.mount(*map(TurnView, entries, scopes))
        self._scroll_to_end()

    def show(self, entry: Entry) -> None:
        """Update the turn of an entry; stay at the end if that is where the person was.

        Elsewhere the text at the upper edge stays there, unless it is the one that grows.
        """
        view = self.view(entry)
        # Until its texts are composed there is nothing to update; mounting fills them. is_mounted
        # would be too late: it becomes true some time after that.
        if view is not None and view.query(".answer"):
            is_at_end = self.is_vertical_scroll_end
            view.show()
            if is_at_end and view is self.views[-1]:
                self._scroll_to_end()
            elif self._place is not None and self._place[0] is not view.written:
                self.call_after_refresh(self._return)

    def show_written(self, entry: Entry) -> None:
        """Bring the written answer of an entry into view."""
        view = self.view(entry)
        if view is not None and view is self.views[-1]:
            self._scroll_to_end()
        elif view is not None:
            self.call_after_refresh(view.written.scroll_visible, animate=False)

    def show_all(self) -> None:
        """Show another conversation from its beginning, or the welcome if it has no turns."""
        self._place = None
        self.query(TurnView).remove()
        if self._talk.entries:
            self.add(*self._talk.entries)
        else:
            self.query_one(Welcome).display = True

    def show_chosen(self, *, scroll: bool = False) -> None:
        """Mark the chosen turn; ``scroll`` brings it into view."""
        for view in self.views:
            is_chosen = view.entry is self._talk.chosen
            view.set_class(is_chosen, "-chosen")
            if scroll and is_chosen:
                view.scroll_visible(animate=False)

    def show_welcome(self) -> None:
        """Update the welcome from the state of the library."""
        self.query_one(Welcome).show(self._talk, self.size.width - 6)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Note the place that a resize has to keep."""
        super().watch_scroll_y(old_value, new_value)
        if not self._is_returning and self.size == self._laid_out:
            self._place = self._reading()

    def on_resize(self) -> None:
        """Keep the place: the text at the upper edge, or the end."""
        self.show_welcome()
        self.call_after_refresh(self._return)

    def _return(self) -> None:
        """Scroll to the place that was noted before the size changed."""
        self._laid_out = self.size
        if self._place is None:
            target = self.max_scroll_y
        else:
            text, share = self._place
            target = round(_top(text) + share * text.virtual_region.height)
        self._is_returning = True
        self.scroll_to(y=target, animate=False, immediate=True)
        self._is_returning = False

    def _reading(self) -> Reading:
        """Return the text at the upper edge, and the share of it that is above the edge."""
        if self.is_vertical_scroll_end:
            return None
        for text in self.query(".question, .asked-as, .answer, .written").results(PlainText):
            top, height = _top(text), text.virtual_region.height
            if text.display and top + height > self.scroll_y:
                return text, (self.scroll_y - top) / max(1, height)
        return None

    def _scroll_to_end(self) -> None:
        # Not anchor(): that would push a short conversation to the bottom of the pane.
        self.call_after_refresh(self.scroll_end, animate=False, immediate=True)


def _top(text: Widget) -> int:
    """Return the first row of a text of a turn, counted from the first row of all turns."""
    turn = text.parent
    assert isinstance(turn, TurnView)  # noqa: S101 - that is where texts are
    return turn.virtual_region.y + text.virtual_region.y


class Welcome(PlainText):
    """What the conversation shows before the first question."""

    @dataclass
    class Chosen(Message):
        """A suggested question is to be asked."""

        question: str
        """The question."""

    def __init__(self) -> None:
        super().__init__(id="welcome")
        self._suggestions: Sequence[str] = ()

    def show(self, talk: Talk, room: int) -> None:
        """Show the state of the library, with titles cut to ``room`` cells."""
        self._suggestions = talk.suggestions
        if talk.problem:
            self.update(_problem_text(talk.problem))
        elif talk.articles is None:
            self.update(Content.styled("Opening the library …", ".note"))
        elif talk.is_empty:
            self.update(_coming_text() if talk.indexing else _empty_text())
        else:
            self.update(_ready_text(talk, room))

    def action_ask_suggested(self, number: int) -> None:
        """Ask one of the suggested questions, by its number from 1."""
        suggestions = self._suggestions
        if 1 <= number <= len(suggestions):
            self.post_message(self.Chosen(suggestions[number - 1]))


def _problem_text(problem: str) -> Content:
    title = "This library cannot be used as it is."
    return Content.assemble((title, ".title"), "\n\n", inert(problem))


def _empty_text() -> Content:
    return Content.assemble(
        ("No articles here yet.", ".title"),
        "\n\n",
        "Type a file or folder below and press Enter. Its articles are read and indexed on this "
        "machine only. Files may be text, web pages, PDF, Office files, mail and more.\n\n",
        ("  ~/articles", ".number"),
        ("   a folder of your own", ".note"),
        "\n",
        ("  seeds", ".number"),
        ("        the sample articles", ".note"),
    )


def _coming_text() -> Content:
    return Content.assemble(
        ("The articles are being read.", ".title"),
        "\n\n",
        "You can ask as soon as the first ones are counted above, while the others come in.",
    )


def _ready_text(talk: Talk, room: int) -> Content:
    parts: list[tuple[str, str] | str | Content] = [
        ("Ask your articles something.", ".title"),
        "\n\n",
        "Each answer is an exact quote from an article, shown where it stands. "
        "If the articles do not hold an answer, you are told so.\n",
    ]
    if talk.suggestions:
        parts += [("\nFor example:", ".note"), *_suggested(talk.suggestions, room), "\n"]
    elif talk.titles:
        count = talk.articles or 0
        newest = f"The newest of {count:,}:" if count > 1 else "The only one:"
        parts.append((f"\n{newest}", ".note"))
        for title in talk.titles:
            parts += ["\n  ", shortened(one_line(title), max(20, room - 4))]
        parts.append("\n")
    for name in ("filter", "conversations", "help"):
        action = BY_NAME[name]
        parts += ["\n", (f"{action.shown_key:>{KEY_WIDTH}}", ".key"), f"  {action.title}"]
    return Content.assemble(*parts)


def _suggested(questions: Sequence[str], room: int) -> Iterator[Content]:
    """Yield each question under its key, to be clicked; long ones go on below their beginning."""
    for number, question in enumerate(questions, 1):
        key = f"{written_key(f'alt+{number}'):>{KEY_WIDTH}}  "
        rows = wrap(one_line(question), max(20, room - len(key)))
        shown = Content(inert(f"\n{' ' * len(key)}".join(rows)))
        ask = Style.from_meta({"@click": f"ask_suggested({number})"})
        yield Content.assemble("\n", (key, ".key"), shown.stylize(ask))
