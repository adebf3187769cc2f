"""Dialogs that ask for one line: what to add, where to export, a new title."""

from typing import ClassVar, Protocol

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input

from ..layout import inert
from ..widgets.text import Line, PlainText


class LineDialog(ModalScreen[str | None]):
    """Asks for one line; returns it, or None on Esc."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss", show=False)]

    HEADING = ""
    """Title of the dialog."""
    NOTE = ""
    """Note below the line."""
    PLACEHOLDER = ""
    """Example shown in the empty line."""

    def __init__(self, value: str = "") -> None:
        super().__init__()
        self._value = value

    def compose(self) -> ComposeResult:
        """Create the line."""
        with Vertical(classes="dialog"):
            yield PlainText(self.HEADING, classes="dialog-title")
            yield Line(self._value, placeholder=self.PLACEHOLDER, compact=True)
            yield PlainText("", classes="dialog-error")
            yield PlainText(self.NOTE, classes="dialog-note")

    def refusal(self, value: str) -> str:
        """Return why the dialog cannot accept a value; empty if it can."""
        return ""

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        if error := self.refusal(event.value):
            self.query_one(".dialog-error", PlainText).update(Content(inert(error)))
        else:
            self.dismiss(event.value.strip())


class AddDialog(LineDialog):
    """Asks which file or folder to index."""

    HEADING = "Add articles"
    PLACEHOLDER = "~/articles"
    NOTE = "A file or folder: new and changed articles are indexed while you go on asking"

    def refusal(self, value: str) -> str:
        """Return an error for an empty line."""
        return "" if value.strip() else "Type a file or folder."


class WriteFile(Protocol):
    """Writes the conversation to a file."""

    def __call__(self, path: str, /, *, replace: bool) -> str:
        """Write it; return what went wrong, empty on success."""
        ...


class ExportDialog(LineDialog):
    """Asks for the file to export to, and writes it."""

    HEADING = "Export the conversation"
    NOTE = "A name that ends in .json gives JSON, any other name Markdown"

    def __init__(self, value: str, write: WriteFile) -> None:
        super().__init__(value)
        self._write = write
        self._refused = ""

    def refusal(self, value: str) -> str:
        """Write the file; return what went wrong. The same name again replaces a file."""
        error = self._write(value.strip(), replace=value == self._refused)
        self._refused = value
        return error


class RenameDialog(LineDialog):
    """Asks for the new title of a conversation."""

    HEADING = "Rename the conversation"

    def refusal(self, value: str) -> str:
        """Return an error for an empty line."""
        return "" if value.strip() else "Type a title."
