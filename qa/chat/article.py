"""The text of an article with its lights: a line widget that lays out only what is near."""

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style as RichStyle
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip

from .layout import Layout
from .marks import Light, Lit, Mark, pieces, word_marks

MARGIN = 2
"""Cells left free on either side of the text."""

WIDEST = 88
"""Longer rows are hard to read."""


class ArticleText(ScrollView, can_focus=True):
    """Shows one text, scrolled to a place in it."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"article--{light.value}" for light in Light}

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "scroll_up", show=False),
        Binding("down", "scroll_down", show=False),
        Binding("pageup", "page_up", show=False),
        Binding("pagedown,space", "page_down", show=False),
        Binding("home", "go_to_start", show=False),
        Binding("end", "go_to_end", show=False),
    ]

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._layout_now = Layout("", 40)
        self._question = ""
        self._marks: list[Mark] = []
        self._found: list[Mark] = []
        self._lit = Lit([])
        self._anchor: int | None = None

    @property
    def text(self) -> str:
        """The text that is shown."""
        return self._layout_now.text

    @property
    def marks(self) -> list[Mark]:
        """Every mark on what is laid out."""
        return [*self._words, *self._marks, *self._found]

    def show_text(self, text: str, marks: Sequence[Mark], question: str, offset: int) -> None:
        """Show a text with these marks and the question's words, scrolled to an offset."""
        self._layout_now = Layout(text, self._room)
        self._marks, self._found, self._question = list(marks), [], question
        self._go_to(offset)

    def show_found(self, found: Sequence[Mark], offset: int | None) -> None:
        """Light what was searched for, and scroll to one place of it."""
        self._found = list(found)
        if offset is None:
            self._relight()
        else:
            self._go_to(offset)

    def is_shown(self, offset: int) -> bool:
        """Whether the character at an offset is on the screen."""
        rows, top = self._layout_now.rows, self.scroll_offset.y
        shown = rows[top : top + max(self.size.height, 1)]
        return bool(shown) and shown[0][0] <= offset < shown[-1][1]

    def render_line(self, y: int) -> Strip:
        """Return one row as it looks."""
        number = self.scroll_offset.y + y
        base = self.visual_style.rich_style
        rows, width = self._layout_now.rows, self.size.width
        if number >= len(rows):
            return Strip.blank(width, base)
        start, end = rows[number]
        segments = [Segment(" " * MARGIN, base)]
        marks = self._lit.touching(start, end)
        selected = self._selected(number, start, end)
        for first, last, lights in pieces(start, end, [*marks, *selected]):
            segments.append(Segment(self._layout_now.drawn(first, last), self._style(base, lights)))
        strip = Strip(segments).extend_cell_length(width, base).crop(0, width)
        return strip.apply_offsets(-MARGIN, number)

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """Return the text that the mouse has marked."""
        lines = [self.text[start:end] for start, end in self._layout_now.rows]
        return selection.extract("\n".join(lines)), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        """Show what the mouse marks."""
        self.refresh()

    def on_resize(self, event: events.Resize) -> None:
        """Break the rows anew, keeping what is read in its place."""
        if self._room == self._layout_now.width:
            if self._anchor is not None:
                self._scroll_to_anchor()
            return
        anchor = self._anchor
        rows, top = self._layout_now.rows, self.scroll_offset.y
        offset = rows[top][0] if 0 <= top < len(rows) else 0
        self._layout_now = Layout(self.text, self._room)
        if anchor is not None:
            self._go_to(anchor)
        else:
            self._layout_now.show(offset)
            self._laid_out()
            self.scroll_to(y=self._layout_now.row_at(offset), animate=False)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Lay out more when the edge of what is laid out comes near."""
        super().watch_scroll_y(old_value, new_value)
        layout, page = self._layout_now, self.size.height
        is_low = layout.is_below and new_value + 2 * page >= len(layout.rows)
        is_high = layout.is_above and new_value <= page
        if (is_low or is_high) and layout.rows:
            self.call_next(self._shift)

    def action_go_to_start(self) -> None:
        """Go to the article's beginning."""
        self._go_to(0)

    def action_go_to_end(self) -> None:
        """Go to the article's end."""
        self._go_to(len(self.text))

    def on_mouse_scroll_down(self) -> None:
        """Whoever scrolls is no longer held at the passage."""
        self._anchor = None

    def on_mouse_scroll_up(self) -> None:
        """Whoever scrolls is no longer held at the passage."""
        self._anchor = None

    def on_key(self) -> None:
        """Whoever scrolls is no longer held at the passage."""
        self._anchor = None

    @property
    def _room(self) -> int:
        return max(4, min(WIDEST, self.size.width - 2 * MARGIN))

    @property
    def _words(self) -> list[Mark]:
        """The question's words in what is laid out."""
        rows = self._layout_now.rows
        if not rows or not self._question:
            return []
        return word_marks(self.text, rows[0][0], rows[-1][1], self._question)

    def _go_to(self, offset: int) -> None:
        self._layout_now.show(offset)
        self._laid_out()
        self._anchor = offset
        self._scroll_to_anchor()

    def _scroll_to_anchor(self) -> None:
        """Bring the place that matters into the upper third."""
        row = self._layout_now.row_at(self._anchor or 0)
        self.scroll_to(y=max(0, row - max(1, self.size.height // 3)), animate=False)

    def _shift(self) -> None:
        """Lay out the blocks around what is being read; it stays where it is on the screen."""
        rows, top = self._layout_now.rows, self.scroll_offset.y
        if not 0 <= top < len(rows):
            return
        offset = rows[top][0]
        first = self._layout_now.first
        self._layout_now.show(offset)
        if self._layout_now.first != first:
            self._laid_out()
            self.scroll_to(y=self._layout_now.row_at(offset), animate=False)

    def _laid_out(self) -> None:
        self.virtual_size = Size(self._room + MARGIN, len(self._layout_now.rows))
        self._relight()

    def _relight(self) -> None:
        self._lit = Lit(self.marks)
        self.refresh(Region(0, 0, self.size.width, self.size.height))

    def _selected(self, number: int, start: int, end: int) -> list[Mark]:
        """What the mouse has marked in a row."""
        span = self.text_selection.get_span(number) if self.text_selection else None
        if span is None:
            return []
        first, last = span
        last = end if last == -1 else min(end, start + last)
        return [Mark(max(start, start + first), last, Light.CURRENT)]

    def _style(self, base: RichStyle, lights: Sequence[Light]) -> RichStyle:
        style = base
        for light in lights:
            style += self.get_component_rich_style(f"article--{light.value}", partial=True)
        return style
