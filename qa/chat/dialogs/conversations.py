"""The list of stored conversations: continue, rename or delete one."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from ...articles.clean import one_line
from ...render import written_date
from ...turns import Conversation
from ..layout import inert, shortened
from ..widgets.text import PlainText
from ..wording import counted
from .line import RenameDialog


class ConversationList(ModalScreen[int | None]):
    """Returns the id of the conversation to continue, or None on Esc."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", show=False),
        Binding("r", "rename", show=False),
        Binding("d,delete", "delete", show=False),
    ]

    COMPONENT_CLASSES: ClassVar[set[str]] = {"note", "title"}

    def __init__(
        self,
        conversations: Sequence[Conversation],
        rename: Callable[[int, str], object],
        delete: Callable[[int], object],
    ) -> None:
        """``rename`` takes an id and a title, ``delete`` an id; ``show`` is called afterwards."""
        super().__init__()
        self._conversations = list(conversations)
        self._rename = rename
        self._delete = delete
        self._confirming: int | None = None

    def compose(self) -> ComposeResult:
        """Create the list."""
        with Vertical(classes="dialog dialog-wide"):
            yield PlainText("Earlier conversations", classes="dialog-title")
            yield OptionList(markup=False)
            yield PlainText("", classes="dialog-error")
            yield PlainText(
                "Enter continues it · r renames it · d deletes it · Esc closes the list",
                classes="dialog-note",
            )

    def on_mount(self) -> None:
        """Fill the list."""
        self.show(self._conversations)
        self.query_one(OptionList).focus()

    def show(self, conversations: Sequence[Conversation]) -> None:
        """Show these conversations, keeping the highlighted row."""
        self._conversations = list(conversations)
        options = self.query_one(OptionList)
        at = options.highlighted or 0
        options.set_options(
            [Option(_row(each), id=str(each.id)) for each in conversations]
            or [Option(Content("There are none yet."), disabled=True)]
        )
        options.highlighted = min(at, len(conversations) - 1) if conversations else None
        self._say("")

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        if event.option.id is not None:
            self.dismiss(int(event.option.id))

    @on(OptionList.OptionHighlighted)
    def _moved(self) -> None:
        self._confirming = None
        self._say("")

    @property
    def _highlighted(self) -> Conversation | None:
        at = self.query_one(OptionList).highlighted
        return self._conversations[at] if at is not None and self._conversations else None

    def action_rename(self) -> None:
        """Ask for a new title."""
        chosen = self._highlighted
        if chosen is None:
            return

        def rename(title: str | None) -> None:
            if title:
                self._rename(chosen.id, title)

        self.app.push_screen(RenameDialog(one_line(chosen.title)), rename)

    def action_delete(self) -> None:
        """Delete the conversation on the second press."""
        chosen = self._highlighted
        if chosen is None:
            return
        if self._confirming == chosen.id:
            self._confirming = None
            self._delete(chosen.id)
        else:
            self._confirming = chosen.id
            self._say("d again deletes it for good")

    def _say(self, words: str) -> None:
        self.query_one(".dialog-error", PlainText).update(Content(inert(words)))


def _row(conversation: Conversation) -> Content:
    title = shortened(one_line(conversation.title), 60) or "without a question"
    when = written_date(conversation.updated.astimezone().date())
    many = counted(conversation.turns, "question")
    return Content.assemble((title, ".title"), "\n", (f"{when} · {many}", ".note"))
