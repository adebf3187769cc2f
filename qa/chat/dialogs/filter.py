"""The dialog that sets the filter: which articles are searched."""

import os
from datetime import date
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input

from ...articles.dates import named_day
from ...datatypes import Scope
from ...errors import UsageError
from ..layout import inert
from ..widgets.text import Line, PlainText


class FilterDialog(ModalScreen[Scope | None]):
    """Asks for first date, last date and path; returns the new scope, or None on Esc."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", show=False),
        Binding("down", "app.focus_next", show=False),
        Binding("up", "app.focus_previous", show=False),
    ]

    def __init__(self, scope: Scope) -> None:
        super().__init__()
        self._scope = scope

    def compose(self) -> ComposeResult:
        """Create the three fields."""
        with Vertical(classes="dialog"):
            yield PlainText("Search only some articles", classes="dialog-title")
            for name, label, value, hint in (
                ("since", "from", _iso(self._scope.since), "2011, 2011-10 or 2011-10-24"),
                ("until", "until", _iso(self._scope.until), "2011, 2011-10 or 2011-10-24"),
                ("source", "path", self._source, "*libya* or a folder"),
            ):
                yield PlainText(label, classes="dialog-label")
                yield Line(value, placeholder=hint, id=f"filter-{name}", compact=True)
            yield PlainText("", classes="dialog-error")
            yield PlainText(
                "Enter sets the filter; an empty field filters nothing · Esc cancels",
                classes="dialog-note",
            )

    @on(Input.Submitted)
    def _set(self) -> None:
        since_text, until_text, source = (
            self.query_one(f"#filter-{name}", Input).value.strip()
            for name in ("since", "until", "source")
        )
        try:
            since = named_day(since_text, last=False) if since_text else None
            until = named_day(until_text, last=True) if until_text else None
        except UsageError as error:
            self._refuse(str(error))
            return
        if since and until and since > until:
            self._refuse(f"{since} is after {until}.")
            return
        if source == self._source:
            source, paths = self._scope.source or "", self._scope.paths
        else:
            folder = os.path.expanduser(source)
            # A pattern that was shown may have hidden a folder, which stays.
            paths = self._scope.paths if self._scope.source else ()
            if source and os.path.isdir(folder):
                source, paths = "", (os.path.realpath(folder),)
        self.dismiss(Scope(since, until, source or None, paths))

    @property
    def _source(self) -> str:
        """The path or pattern of the filter that is set, as the field shows it."""
        return self._scope.source or ", ".join(self._scope.paths)

    def _refuse(self, why: str) -> None:
        self.query_one(".dialog-error", PlainText).update(Content(inert(why)))


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
