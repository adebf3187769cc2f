"""The main screen's parts, and what they show. It decides nothing."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.screen import Screen

from ..datatypes import Scope
from .actions import HINTED
from .bars import BottomRow, Rule, TopRow
from .entries import Entry
from .places import Place
from .prompt import Prompt
from .source import SourcePane
from .turns import Conversation, TurnView, Welcome
from .words import Words

WIDE = 100
"""Columns from which the source stands beside the conversation."""

ASK_HERE = "ask about your articles"
ADD_HERE = "a file or folder with articles"


class ChatView(Screen[None]):
    """Conversation on the left, source on the right, the question line below."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide")]  # noqa: RUF012 - as Textual has it

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "bar",
        "bar-rest",
        "confidence",
        "date",
        "hint",
        "key",
        "library",
        "note",
        "note-strong",
        "number",
        "path",
        "right",
        "scope",
        "scope-narrow",
        "status",
        "strong",
        "title",
        "wrong",
    }

    def __init__(self) -> None:
        super().__init__()
        self.entries: list[Entry] = []
        """The questions of this conversation, oldest first."""
        self.chosen: Entry | None = None
        """The one whose sources are shown."""
        self.scope = Scope()
        """The articles that are asked."""
        self.articles: int | None = None
        """How many those are, once it is known."""

    def compose(self) -> ComposeResult:
        """Lay out the parts."""
        yield TopRow()
        yield Rule("┬", self._split)
        with Horizontal(id="panes"):
            with Conversation(id="conversation"):
                yield Welcome()
            yield SourcePane(id="source")
        yield Rule("┴", self._split)
        with Horizontal(id="line"):
            yield Words("❯", id="sign")
            yield Prompt()
        yield BottomRow()

    @property
    def prompt(self) -> Prompt:
        """The question line."""
        return self.query_one(Prompt)

    @property
    def conversation(self) -> Conversation:
        """The left pane."""
        return self.query_one(Conversation)

    @property
    def source(self) -> SourcePane:
        """The right pane."""
        return self.query_one(SourcePane)

    @property
    def bottom(self) -> BottomRow:
        """The last row."""
        return self.query_one(BottomRow)

    @property
    def is_wide(self) -> bool:
        """Whether the source has room beside the conversation."""
        return self.size.width >= WIDE

    @property
    def is_reading(self) -> bool:
        """Whether the source has the whole screen."""
        return self.has_class("-reading")

    @property
    def place(self) -> Place | None:
        """The place that is shown, or would be shown first."""
        if self.chosen is None or not self.chosen.places:
            return None
        return self.chosen.place(self.chosen.shown) or self.chosen.places[0]

    def read(self, is_reading: bool) -> None:
        """Give the source the whole screen, or take it back."""
        if is_reading == self.is_reading:
            return
        self.set_class(is_reading, "-reading")
        if is_reading:
            self.source.article.focus()
        else:
            self.source.close_find()
            self.prompt.focus()
        self.refresh_rules()
        self.refresh_actions()

    def show_entry(self, entry: Entry) -> None:
        """Bring an entry's widget and, if it is chosen, the source up to date."""
        view = self.conversation.view(entry)
        if view is not None and view.is_mounted:
            is_at_end = self.conversation.is_vertical_scroll_end
            view.show()
            if is_at_end and entry is self.entries[-1]:
                self.conversation.go_to_end()
        if entry is self.chosen:
            self.show_source()
        self.refresh_actions()

    def choose(self, entry: Entry | None, *, scroll: bool = False) -> None:
        """Let an entry's sources be shown."""
        self.chosen = entry
        self.conversation.choose(entry, scroll=scroll)
        self.show_source()
        self.refresh_actions()

    def show_source(self) -> None:
        """Show the chosen entry's place."""
        self.source.show(self.chosen, self.place)

    def show_conversation(self, entries: Sequence[Entry]) -> None:
        """Show a conversation from its beginning."""
        self.entries = list(entries)
        self.query_one(Welcome).display = not entries
        self.conversation.clear()
        if entries:
            self.conversation.add(*entries)
        self.choose(self.entries[-1] if self.entries else None)

    def refresh_actions(self) -> None:
        """Offer what is possible now."""
        pointless = set() if self.is_reading else {"back"}
        if not self.is_wide:
            pointless.add("open_article")
        possible = [
            action
            for action in HINTED
            if action.name not in pointless and self.check_action(action.name, ())
        ]
        many = self.chosen is not None and bool(self.chosen.places)
        self.bottom.show_actions(possible, numbers=many)

    def refresh_rules(self) -> None:
        """Draw the lines anew, once the panes have their places."""
        self.call_after_refresh(lambda: [rule.refresh() for rule in self.query(Rule)])

    def _split(self) -> int | None:
        """Column of the line between the panes; None when there is none."""
        if not self.is_wide or self.is_reading:
            return None
        return self.source.region.x

    def entry_of(self, number: int) -> Entry | None:
        """Return the question of that number, if it is part of this conversation."""
        return next((entry for entry in self.entries if entry.number == number), None)

    def view_of(self, entry: Entry) -> TurnView | None:
        """Return the widget of a question."""
        return self.conversation.view(entry)
