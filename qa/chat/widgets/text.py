"""Text and input that show untrusted text safely: no markup, no control characters."""

from rich.style import Style
from textual import events
from textual.content import Content
from textual.widgets import Input, Static

from ..layout import inert
from .keys import run_binding


class Line(Input):
    """A line to type in. Control characters become dots, however they got in."""

    def validate_value(self, value: str) -> str:
        """Return the value without control characters."""
        return inert(value)

    async def _on_key(self, event: events.Key) -> None:
        await run_binding(self, event)


class PlainText(Static):
    """Shows text without reading markup in it; links keep the colour of their text."""

    def __init__(
        self, content: Content | str = "", *, id: str | None = None, classes: str | None = None
    ) -> None:
        shown = Content(content) if isinstance(content, str) else content
        super().__init__(shown, id=id, classes=classes, markup=False)

    @property
    def link_style(self) -> Style:
        """Return an empty style: a link looks like its text until the mouse is over it."""
        return Style()
