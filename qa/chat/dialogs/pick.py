"""A list to choose from; what is typed narrows it."""

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from ..widgets.text import Line, PlainText


class PickDialog(ModalScreen[str | None]):
    """Returns the id of the chosen row, or None on Esc. The line at the top keeps the focus."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", show=False),
        Binding("up", "move('cursor_up')", show=False),
        Binding("down", "move('cursor_down')", show=False),
        Binding("pageup", "move('page_up')", show=False),
        Binding("pagedown", "move('page_down')", show=False),
    ]

    AUTO_FOCUS = "Line"
    COMPONENT_CLASSES: ClassVar[set[str]] = {"note", "title"}

    PLACEHOLDER = "type to narrow the list"
    """Shown in the empty line."""
    NOTE = ""
    """Note below the list."""

    heading = ""
    """Title of the dialog."""

    def compose(self) -> ComposeResult:
        """Create line and list."""
        with Vertical(classes="dialog dialog-wide pick"):
            yield PlainText(self.heading, classes="dialog-title")
            yield Line(placeholder=self.PLACEHOLDER, compact=True)
            options = OptionList(markup=False, compact=True)
            options.can_focus = False
            yield options
            yield PlainText(self.NOTE, classes="dialog-note")

    def rows(self, typed: str, room: int) -> Sequence[Option]:
        """Return the rows that fit what is typed, for ``room`` cells."""
        raise NotImplementedError

    def first(self) -> str | None:
        """Return the id of the row that is highlighted at first; None for the first row."""
        return None

    def fill(self) -> None:
        """Show the rows that fit what is typed."""
        options = self.query_one(OptionList)
        room = max(20, options.scrollable_content_region.width - 2)
        rows = self.rows(self.query_one(Line).value, room)
        options.set_options(rows)
        at = [number for number, row in enumerate(rows) if row.id and row.id == self.first()]
        if at:
            options.highlighted = at[0]
        else:
            options.action_first()

    def on_resize(self) -> None:
        """Fill the list for the new width."""
        self.call_after_refresh(self.fill)

    def action_move(self, where: str) -> None:
        """Move in the list."""
        getattr(self.query_one(OptionList), f"action_{where}")()

    @on(Input.Changed)
    def _typed(self) -> None:
        self.fill()

    @on(Input.Submitted)
    def _entered(self) -> None:
        self.query_one(OptionList).action_select()

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option.id)
