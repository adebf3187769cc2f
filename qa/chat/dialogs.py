"""Small questions in between: which articles to ask, where to write, what to add."""

from datetime import date
from typing import ClassVar, Protocol

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input

from ..articles.dates import named_day
from ..datatypes import Scope
from ..errors import UsageError
from .layout import inert
from .words import Line, Words


class Write(Protocol):
    """Writes a conversation to a file."""

    def __call__(self, path: str, /, *, replace: bool) -> str:
        """Return what went wrong; empty when nothing did."""
        ...


class FilterDialog(ModalScreen[Scope | None]):
    """From when, until when, from where."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", show=False),
        Binding("down", "app.focus_next", show=False),
        Binding("up", "app.focus_previous", show=False),
    ]

    def __init__(self, scope: Scope) -> None:
        super().__init__()
        self._scope = scope

    def compose(self) -> ComposeResult:
        """Lay out the fields."""
        with Vertical(classes="dialog"):
            yield Words("Ask only some articles", classes="dialog-title")
            for name, label, value, hint in (
                ("since", "from", _day(self._scope.since), "2011, 2011-10 or 2011-10-24"),
                ("until", "until", _day(self._scope.until), "2011, 2011-10 or 2011-10-24"),
                ("source", "path", self._scope.source or "", "*libya*"),
            ):
                yield Words(label, classes="dialog-label")
                yield Line(value, placeholder=hint, id=f"filter-{name}", compact=True)
            yield Words("", classes="dialog-error")
            yield Words(
                "Enter sets it, empty fields leave nothing out · Esc leaves it as it was",
                classes="dialog-note",
            )

    @on(Input.Submitted)
    def _set(self) -> None:
        given = {
            name: self.query_one(f"#filter-{name}", Input).value.strip()
            for name in ("since", "until", "source")
        }
        try:
            since = named_day(given["since"], last=False) if given["since"] else None
            until = named_day(given["until"], last=True) if given["until"] else None
        except UsageError as error:
            self._refuse(str(error))
            return
        if since and until and since > until:
            self._refuse(f"{since} is after {until}.")
            return
        paths = self._scope.paths
        self.dismiss(Scope(since, until, given["source"] or None, paths))

    def _refuse(self, why: str) -> None:
        self.query_one(".dialog-error", Words).update(Content(inert(why)))


class LineDialog(ModalScreen[str | None]):
    """One line to fill in."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss", show=False)]

    TITLE_TEXT = ""
    NOTE = ""
    HINT = ""

    def __init__(self, value: str = "") -> None:
        super().__init__()
        self._value = value

    def compose(self) -> ComposeResult:
        """Lay out the line."""
        with Vertical(classes="dialog"):
            yield Words(Content(self.TITLE_TEXT), classes="dialog-title")
            yield Line(self._value, placeholder=self.HINT, compact=True)
            yield Words("", classes="dialog-error")
            yield Words(Content(self.NOTE), classes="dialog-note")

    @on(Input.Submitted)
    def _done(self, event: Input.Submitted) -> None:
        if error := self.refusal(event.value):
            self.query_one(".dialog-error", Words).update(Content(inert(error)))
        else:
            self.dismiss(event.value.strip())

    def refusal(self, value: str) -> str:
        """Return why a value will not do; empty when it will."""
        return ""


class AddDialog(LineDialog):
    """Which file or folder to index."""

    TITLE_TEXT = "Add articles"
    HINT = "~/articles"
    NOTE = "A file or folder; what is new or changed there is indexed while you go on asking"

    def refusal(self, value: str) -> str:
        """Return why a value will not do."""
        return "" if value.strip() else "Name a file or folder."


class ExportDialog(LineDialog):
    """Where to write the conversation."""

    TITLE_TEXT = "Export the conversation"
    NOTE = "A name that ends in .json gives JSON, any other Markdown"

    def __init__(self, value: str, write: Write) -> None:
        super().__init__(value)
        self._write = write
        self._refused = ""

    def refusal(self, value: str) -> str:
        """Write the file; return why that will not do."""
        error = self._write(value.strip(), replace=value == self._refused)
        self._refused = value
        return error


class RenameDialog(LineDialog):
    """What to call a conversation."""

    TITLE_TEXT = "Rename the conversation"

    def refusal(self, value: str) -> str:
        """Return why a value will not do."""
        return "" if value.strip() else "It needs a name."


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
