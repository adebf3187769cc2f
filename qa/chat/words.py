"""Text on the screen: never markup, whatever it holds."""

from rich.style import Style
from textual.content import Content
from textual.widgets import Input, Static

from .layout import inert


class Line(Input):
    """One line to type in; what a terminal would obey is shown as a dot, however it came in."""

    def validate_value(self, value: str) -> str:
        """Return the value that the line takes on."""
        return inert(value)


class Words(Static):
    """Shows text as it is; what can be clicked in it keeps its own colour."""

    def __init__(
        self, content: Content | str = "", *, id: str | None = None, classes: str | None = None
    ) -> None:
        shown = Content(content) if isinstance(content, str) else content
        super().__init__(shown, id=id, classes=classes, markup=False)

    @property
    def link_style(self) -> Style:
        """Add nothing to a link until the mouse is over it."""
        return Style()
