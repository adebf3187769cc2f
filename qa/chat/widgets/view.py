"""All widgets of the main screen, and what they show of the state. It decides nothing."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical

from ..bindings import DIGITS, HINTED
from ..entries import Entry
from ..talk import Talk
from .bars import BottomRow, Rule, TopRow
from .conversation import Conversation, Welcome
from .prompt import ADD_HERE, ASK_HERE, Prompt
from .source import SourcePane
from .text import PlainText
from .timeline import TimelinePane

WIDE = 100
"""Columns from which the source pane is shown beside the conversation."""


class ChatView(Vertical):
    """Conversation on the left, source on the right, the question line below."""

    BINDINGS: ClassVar[list[BindingType]] = [
        # Where these open a source, the screen's own binding of the key comes first.
        Binding(f"alt+{digit}", f"ask_suggested({digit})", priority=True, show=False)
        for digit in DIGITS
    ]

    def __init__(self, talk: Talk) -> None:
        super().__init__()
        self._talk = talk

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return whether an action makes sense now: suggestions are asked from the welcome."""
        return action != "ask_suggested" or bool(self._talk.suggestions)

    def action_ask_suggested(self, number: int) -> None:
        """Ask a suggested question."""
        self.conversation.query_one(Welcome).action_ask_suggested(number)

    def compose(self) -> ComposeResult:
        """Create the widgets."""
        yield TopRow(self._talk)
        yield Rule("┬", self._split, self._focused)
        with Horizontal(id="panes"):
            yield Conversation(self._talk)
            yield TimelinePane()
            yield SourcePane(id="source", links=self._talk.takes_links)
        yield Rule("┴", self._split, self._focused)
        with Horizontal(id="line"):
            yield PlainText("❯", id="sign")
            yield Prompt()
        yield BottomRow(self._talk)

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
    def timeline(self) -> TimelinePane:
        """The timeline, which takes the place of the left pane."""
        return self.query_one(TimelinePane)

    @property
    def bottom(self) -> BottomRow:
        """The last row."""
        return self.query_one(BottomRow)

    @property
    def is_wide(self) -> bool:
        """Whether the source pane is shown beside the conversation."""
        return self.size.width >= WIDE

    @property
    def is_reading(self) -> bool:
        """Whether the source pane has the whole screen."""
        return self.has_class("-reading")

    def show_library(self) -> None:
        """Show the state of the library: the two bars, the welcome and the placeholder."""
        self.query_one(TopRow).refresh()
        self.conversation.show_welcome()
        self.prompt.placeholder = ADD_HERE if self._talk.is_empty else ASK_HERE
        self.bottom.update_status()
        self._show_actions()

    def show_timeline(self, *, take_focus: bool = True) -> None:
        """Show the timeline in place of the conversation, or the conversation again.

        ``take_focus`` is false while the person types something else, or reads.
        """
        timeline = self._talk.timeline
        self.set_class(timeline is not None, "-timeline")
        self.timeline.show(timeline)
        if take_focus:
            self.read(False)
            self.focus_left()
        self.show_source()
        self._show_actions()

    def focus_left(self) -> None:
        """Give the focus to the sentences of the timeline if it has any, else to the line."""
        timeline = self._talk.timeline
        if timeline is not None and timeline.events:
            self.screen.set_focus(self.timeline.events)
        else:
            self.focus_prompt()

    def show_entry(self, entry: Entry) -> None:
        """Show what has changed about a question."""
        self.conversation.show(entry)
        if entry is self._talk.chosen:
            self.source.show(entry, self._talk.place, stay=True)
        self.bottom.update_status()
        self._show_actions()

    def show_chosen(self, *, scroll: bool = False) -> None:
        """Show the chosen question's source; ``scroll`` brings the question into view."""
        self.conversation.show_chosen(scroll=scroll)
        self.show_source()
        self._show_actions()

    def show_source(self) -> None:
        """Show the chosen question's place in the source pane."""
        self.source.show(self._talk.chosen, self._talk.place)

    def read(self, is_reading: bool) -> None:
        """Give the source pane the whole screen, or take it back."""
        if is_reading == self.is_reading:
            return
        self.set_class(is_reading, "-reading")
        if is_reading:
            self.screen.set_focus(self.source.article)
        else:
            self.source.close_find()
            self.focus_left()
        self._show_actions()
        self.call_after_refresh(self.show_focus)

    def show_focus(self) -> None:
        """Show which pane has the focus, and the keys that work there."""
        for rule in self.query(Rule):
            rule.refresh()
        self.query_one("#sign").set_class(self.prompt.has_focus, "-focused")
        self._show_actions()

    def focus_prompt(self) -> None:
        """Give the focus to the question line."""
        # Not focus(): that waits for a turn, in which the next key would go elsewhere.
        self.screen.set_focus(self.prompt)

    def show_conversation(self) -> None:
        """Show another conversation from its beginning."""
        self.conversation.show_all()
        self.show_chosen()
        self.show_library()
        self.focus_prompt()

    def _show_actions(self) -> None:
        is_open = self.is_reading or self._talk.timeline is not None
        pointless = set() if is_open else {"back"}
        if not self.is_wide:
            pointless.add("open_article")
        if not self._talk.has_writer:
            pointless.add("write")
        possible = [
            action
            for action in HINTED
            if action.name not in pointless and self._talk.allows(action.name)
        ]
        digits = "1…9" if self.source.has_focus_within else "Alt-1…9"
        self.bottom.show_actions(possible, digits=digits if self._talk.has_numbers else "")

    def _focused(self) -> tuple[int, int] | None:
        """Return the columns of the pane that has the focus; None if the question line has it."""
        for pane in (self.conversation, self.timeline, self.source):
            if pane.has_focus_within:
                return pane.region.x, pane.region.right
        return None

    def _split(self) -> int | None:
        """Return the column of the line between the panes; None if there is none."""
        return self.source.region.x if self.is_wide and not self.is_reading else None
