"""The list of themes. The highlighted one is shown at once."""

from collections.abc import Sequence

from textual import on
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from ..themes import THEMES
from .pick import PickDialog

OWN = [theme.name for theme in THEMES]
"""The chat's own themes, which come first."""


class ThemeList(PickDialog):
    """Returns the name of the chosen theme; on Esc the theme is as before."""

    NOTE = "↑ ↓ show a theme\nEnter keeps it · Esc goes back\nansi: your terminal's 16 colours"

    heading = "Colours"

    def on_mount(self) -> None:
        """Note the theme to go back to."""
        self._before = self.app.theme

    def rows(self, typed: str, room: int) -> Sequence[Option]:
        """Return the themes whose names contain what is typed."""
        others = sorted(name for name in self.app.available_themes if name not in OWN)
        wanted = typed.strip().casefold()
        return [Option(name, id=name) for name in (*OWN, *others) if wanted in name]

    def first(self) -> str | None:
        """Begin at the theme in use."""
        return self._before

    @on(OptionList.OptionHighlighted)
    def _highlighted(self, event: OptionList.OptionHighlighted) -> None:
        if event.option.id is not None:
            self.app.theme = event.option.id

    def action_dismiss(self, result: str | None = None) -> None:  # type: ignore[override]
        """Go back to the theme of before."""
        self.app.theme = self._before
        self.dismiss(None)
