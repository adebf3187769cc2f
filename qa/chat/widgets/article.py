"""The text of an article with highlights. Only the part near the screen is laid out."""

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

from ..layout import Layout
from ..marks import Highlight, Mark, MarkIndex, pieces, word_marks

MARGIN = 2
"""Least number of free cells on each side of the text."""

WIDEST = 88
"""Maximum width of a row in cells: longer rows are hard to read."""


def margin(width: int) -> int:
    """Return the free cells on each side of the text in a pane: it stands in the middle."""
    return max(MARGIN, (width - WIDEST) // 2)


class ArticleText(ScrollView, can_focus=True, inherit_bindings=False):
    """Shows a text, scrolled to an offset in it."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"article--{each.value}" for each in Highlight}

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
        self._rows = Layout("", 40)
        self._question = ""
        self._marks: list[Mark] = []
        self._found: list[Mark] = []
        self._mark_index = MarkIndex([])
        self._kept = 0
        self._is_lowered = False
        self._kept_y: float | None = None

    @property
    def text(self) -> str:
        """The text that is shown."""
        return self._rows.text

    @property
    def marks(self) -> list[Mark]:
        """Every mark in the part that is laid out."""
        return [*self._word_marks, *self._marks, *self._found]

    def show_text(self, text: str, marks: Sequence[Mark], question: str, offset: int) -> None:
        """Show a text with marks and the question's words, scrolled to an offset."""
        self._rows = Layout(text, self._room)
        self._marks, self._found, self._question = list(marks), [], question
        self._go_to(offset)

    def show_found(self, found: Sequence[Mark], offset: int | None) -> None:
        """Highlight the matches of a search and scroll to an offset, if one is given."""
        self._found = list(found)
        if offset is None:
            self._index_marks()
        else:
            self._go_to(offset)

    def render_line(self, y: int) -> Strip:
        """Return one row with its highlights."""
        number = self.scroll_offset.y + y
        base = self.visual_style.rich_style
        rows, width = self._rows.rows, self.size.width
        if number >= len(rows):
            return Strip.blank(width, base)
        start, end = rows[number]
        segments = [Segment(" " * self._margin, base)]
        marks = [*self._mark_index.touching(start, end), *self._selected(number, start, end)]
        for first, last, highlights in pieces(start, end, marks):
            segments.append(Segment(self._rows.drawn(first, last), self._style(base, highlights)))
        strip = Strip(segments).extend_cell_length(width, base).crop(0, width)
        return strip.apply_offsets(-self._margin, number)

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """Return the text that is selected with the mouse."""
        lines = [self.text[start:end] for start, end in self._rows.rows]
        return selection.extract("\n".join(lines)), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        """Draw the selection."""
        self.refresh()

    def on_resize(self, event: events.Resize) -> None:
        """Break the rows for the new width, keeping the same text in view."""
        if self.scroll_y != self._kept_y and self._rows.rows:  # somebody has scrolled
            top = min(self.scroll_offset.y, len(self._rows.rows) - 1)
            self._kept, self._is_lowered = self._rows.rows[top][0], False
        if self._room != self._rows.width:
            self._rows = Layout(self.text, self._room)
            self._rows.show(self._kept)
            self._update_size()
        self._scroll_to_kept()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Lay out more text when the edge of the part that is laid out comes near."""
        super().watch_scroll_y(old_value, new_value)
        layout, page = self._rows, self.size.height
        is_low = layout.is_below and new_value + 2 * page >= len(layout.rows)
        is_high = layout.is_above and new_value <= page
        if (is_low or is_high) and layout.rows:
            self.call_next(self._shift)

    def action_go_to_start(self) -> None:
        """Scroll to the start of the article."""
        self._go_to(0)

    def action_go_to_end(self) -> None:
        """Scroll to the end of the article."""
        self._go_to(len(self.text))

    @property
    def _room(self) -> int:
        return max(4, self.size.width - 2 * self._margin)

    @property
    def _margin(self) -> int:
        return margin(self.size.width)

    @property
    def _word_marks(self) -> list[Mark]:
        """Marks of the question's words in the part that is laid out."""
        rows = self._rows.rows
        if not rows or not self._question:
            return []
        return word_marks(self.text, rows[0][0], rows[-1][1], self._question)

    def _go_to(self, offset: int) -> None:
        """Scroll an offset into the upper third of the pane."""
        self._rows.show(offset)
        self._update_size()
        self._kept, self._is_lowered = offset, True
        self._scroll_to_kept()

    def _scroll_to_kept(self) -> None:
        """Scroll to the offset that stays in view on a resize."""
        above = max(1, self.size.height // 3) if self._is_lowered else 0
        self.scroll_to(y=max(0, self._rows.row_at(self._kept) - above), animate=False)
        self._kept_y = self.scroll_y

    def _shift(self) -> None:
        """Lay out the blocks around the top row, which stays where it is on the screen."""
        rows, top = self._rows.rows, self.scroll_offset.y
        if not 0 <= top < len(rows):
            return
        offset = rows[top][0]
        first = self._rows.first
        self._rows.show(offset)
        if self._rows.first != first:
            self._update_size()
            is_kept = self.scroll_y == self._kept_y
            self.scroll_to(y=self._rows.row_at(offset), animate=False)
            if is_kept:
                self._kept_y = self.scroll_y

    def _update_size(self) -> None:
        self.virtual_size = Size(self._room + self._margin, len(self._rows.rows))
        self._index_marks()

    def _index_marks(self) -> None:
        self._mark_index = MarkIndex(self.marks)
        self.refresh(Region(0, 0, self.size.width, self.size.height))

    def _selected(self, number: int, start: int, end: int) -> list[Mark]:
        """Return the part of a row that is selected with the mouse, as a mark."""
        span = self.text_selection.get_span(number) if self.text_selection else None
        if span is None:
            return []
        first, last = span
        last = end if last == -1 else min(end, start + last)
        return [Mark(max(start, start + first), last, Highlight.CURRENT)]

    def _style(self, base: RichStyle, highlights: Sequence[Highlight]) -> RichStyle:
        style = base
        for each in highlights:
            style += self.get_component_rich_style(f"article--{each.value}", partial=True)
        return style
