"""The right pane: an article at the answer's place, or how the answer was found."""

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass

from rich.cells import cell_len
from textual import events, on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.style import Style
from textual.widgets import Input

from ...articles.clean import one_line
from ...render import article_address
from ..bindings import article_bindings
from ..entries import Entry
from ..marks import Highlight, Mark
from ..places import Kind, Place
from .article import ArticleText, margin
from .explanation import explained
from .keys import run_binding
from .text import Line, PlainText

MOST_FOUND = 1_000
"""Maximum number of matches that are highlighted and counted in an article."""

SEARCHED_AT_ONCE = 200_000
"""Code points searched before the screen can update: about 10 ms."""


class FindLine(Line):
    """The line with the words to search for in the article."""

    @dataclass
    class Step(Message):
        """Go to another match."""

        step: int
        """1 for the next match, -1 for the one before."""

    def key_down(self) -> None:
        """Go to the next match."""
        self.post_message(self.Step(1))

    def key_up(self) -> None:
        """Go to the match before."""
        self.post_message(self.Step(-1))


class SourcePane(Vertical):
    """The article view. While it has the focus, single keys are commands."""

    BINDINGS = article_bindings()  # type: ignore[assignment]

    def __init__(self, *, id: str | None = None, links: bool = False) -> None:
        """``links`` says whether the terminal opens links."""
        super().__init__(id=id)
        self._links = links
        self.place: Place | None = None
        """The place that is shown."""
        self._entry: Entry | None = None
        self._found: list[tuple[int, int]] = []
        self._current = -1

    def compose(self) -> ComposeResult:
        """Create head, text, explanation, find bar and foot."""
        yield PlainText(id="source-head")
        yield ArticleText(id="article")
        with VerticalScroll(id="why-scroll"):
            yield PlainText(id="why")
        with Horizontal(id="find-bar"):
            yield PlainText("/", id="find-sign")
            yield FindLine(id="find-line", placeholder="search in this article", compact=True)
            yield PlainText(id="find-count")
        yield PlainText(id="source-foot")

    @property
    def article(self) -> ArticleText:
        """The text."""
        return self.query_one(ArticleText)

    @property
    def is_finding(self) -> bool:
        """Whether the find bar is open."""
        return self.has_class("-finding")

    @property
    def is_explaining(self) -> bool:
        """Whether the explanation is shown in place of the article."""
        return self.has_class("-why")

    def show(self, entry: Entry | None, place: Place | None, *, stay: bool = False) -> None:
        """Show a place of an answer; without one, a line about what will appear here.

        With ``stay``, a place that is shown already stays as it was scrolled.
        """
        stays = stay and place is not None and place.is_same(self.place)
        self.place, self._entry = place, entry
        self._show_head()
        self._explain()
        if stays:
            return
        self.close_find()
        if place is None:
            self.article.show_text("", [], "", 0)
        else:
            asked = entry if entry is not None and not place.is_browsed else None
            question = (asked.searched or asked.question) if asked else ""
            start = place.citation.start
            self.article.show_text(place.article.text, place.marks, question, start)

    def _show_head(self) -> None:
        """Show what stands above and below the text."""
        entry, place = self._entry, self.place
        self.set_class(place is None, "-empty")
        head = self.query_one("#source-head", PlainText)
        foot = self.query_one("#source-foot", PlainText)
        head.update(
            _nothing_yet(entry) if place is None else _head(entry, place, self._room, self._links)
        )
        foot.update(Content() if place is None else _foot(entry, place))

    def show_article(self) -> None:
        """Show the article in place of the explanation."""
        self.remove_class("-why")

    def toggle_explanation(self) -> None:
        """Show the explanation in place of the article, or the article again."""
        self.toggle_class("-why")
        self._explain()

    def open_find(self) -> None:
        """Open the find bar, and search again for what it holds."""
        self.show_article()
        self.add_class("-finding")
        line = self.query_one(FindLine)
        self.screen.set_focus(line)
        if line.value:
            self._search(line.value)

    def close_find(self) -> None:
        """Close the find bar and remove its highlights."""
        if self.is_finding:
            self.remove_class("-finding")
            self._found, self._current = [], -1
            self.article.show_found([], None)

    async def _on_key(self, event: events.Key) -> None:
        """Run single-key commands. A key may arrive after the focus has moved on."""
        line = self.query_one(FindLine)
        if self.screen.focused is line and event.is_printable and event.character:
            line.insert_text_at_cursor(event.character)
            event.stop()
        elif self.has_focus_within:
            await run_binding(self, event)

    @property
    def _room(self) -> int:
        """Cells in a line of the head; while the pane is hidden, those of the screen."""
        width = self.size.width or self.screen.size.width
        return width - 2 * margin(width)

    def on_resize(self) -> None:
        """Keep what stands around the text in line with it."""
        space = margin(self.article.size.width)
        for name in ("#source-head", "#why-scroll", "#find-bar", "#source-foot"):
            self.query_one(name).styles.padding = (0, space)
        if self.is_attached:
            self._show_head()

    def _explain(self) -> None:
        # Only while it is shown, as it takes some milliseconds.
        if self.is_explaining and self._entry is not None:
            self.query_one("#why", PlainText).update(explained(self._entry))

    @on(Input.Changed, "#find-line")
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._search(event.value)

    @on(Input.Submitted, "#find-line")
    def _next(self, event: Input.Submitted) -> None:
        event.stop()
        self._step(1)

    @on(FindLine.Step)
    def _stepped(self, event: FindLine.Step) -> None:
        event.stop()
        self._step(event.step)

    @work(exclusive=True, group="find")
    async def _search(self, wanted: str) -> None:
        """Search the article, letting the screen update between stretches of a long text."""
        text, place = self.article.text, self.place
        found: list[tuple[int, int]] = []
        for matches in _matches(text, one_line(wanted)):
            found += matches
            await asyncio.sleep(0)
            if len(found) >= MOST_FOUND or self.place is not place:
                break
        self._found = found[:MOST_FOUND]
        here = self.place.citation.start if self.place else 0
        later = [number for number, (start, _) in enumerate(self._found) if start >= here]
        self._current = later[0] if later else (0 if self._found else -1)
        self._show_found(wanted)

    def _step(self, step: int) -> None:
        if self._found:
            self._current = (self._current + step) % len(self._found)
            self._show_found(self.query_one(FindLine).value)

    def _show_found(self, wanted: str) -> None:
        marks = [
            Mark(start, end, Highlight.CURRENT if number == self._current else Highlight.FOUND)
            for number, (start, end) in enumerate(self._found)
        ]
        many = f"{MOST_FOUND:,}+" if len(self._found) >= MOST_FOUND else f"{len(self._found):,}"
        count = f"{self._current + 1:,} of {many}" if self._found else "nothing" if wanted else ""
        self.query_one("#find-count", PlainText).update(Content(count))
        offset = self._found[self._current][0] if self._found else None
        self.article.show_found(marks, offset)


def _matches(text: str, wanted: str) -> Iterator[list[tuple[int, int]]]:
    """Yield start and end of each match, ignoring case; one list for each stretch of the text."""
    if not wanted:
        return
    # A space also matches a line break.
    pattern = re.compile(r"\s+".join(map(re.escape, wanted.split(" "))), re.IGNORECASE)
    position = 0
    while position < len(text):
        limit = min(len(text), position + SEARCHED_AT_ONCE)
        reach = min(len(text), limit + 2 * len(wanted))
        stretch = [
            match.span()
            for match in pattern.finditer(text, position, reach)
            if match.start() < limit
        ]
        yield stretch
        position = max(limit, stretch[-1][1] if stretch else 0)


def _head(entry: Entry | None, place: Place, room: int, links: bool) -> Content:
    """Return title, date and path, below a note on what kind of place it is."""
    parts: list[tuple[str, str] | str | Content] = []
    if place.note:
        parts += [(place.note, ".note-strong"), "\n"]
    elif entry is not None and place.kind is Kind.PASSAGE and not place.is_browsed:
        parts += [(_passage_note(entry), ".note-strong"), "\n"]
    elif place.kind is Kind.OTHER:
        parts += [("Another answer", ".note-strong"), "\n"]
    elif place.kind is Kind.WRITTEN:
        parts += [("What a written sentence rests on", ".note-strong"), "\n"]
    parts += [(one_line(place.article.title), ".title"), "\n"]
    path = one_line(place.path)
    if place.when:
        is_one_line = cell_len(place.when) + 3 + cell_len(path) <= room
        parts += [(place.when, ".date"), " · " if is_one_line else "\n"]
    where = Content.styled(path, ".path")
    address = article_address(place.article) if links else ""
    parts.append(where.stylize(Style(link=address)) if address else where)
    return Content.assemble(*parts)


def _passage_note(entry: Entry) -> str:
    if entry.is_pending:
        return "Found; being read"
    if entry.answer is not None and not entry.answer.citations:
        return "Near the question; it seems not to answer it"
    return "Also near the question, but not a source of the answer"


def _foot(entry: Entry | None, place: Place) -> Content:
    """Return the number of the place, with arrows to click; empty if it is the only one."""
    if entry is None or len(entry.places) < 2 or place.is_browsed:
        return Content()
    back = Content.styled(" ◂ ", Style.from_meta({"@click": "screen.previous_source"}))
    on = Content.styled(" ▸ ", Style.from_meta({"@click": "screen.next_source"}))
    # Before the answer there are no numbers. In a resumed turn some may be missing.
    number = "   " if entry.is_pending else f" {place.number} of {entry.places[-1].number} "
    return Content.assemble(back, (number, ".note"), on)


def _nothing_yet(entry: Entry | None) -> Content:
    if entry is None:
        words = "The source of an answer appears here, with the answer highlighted."
    elif entry.is_pending:
        words = "Looking …"
    else:
        words = "No source to show for this question."
    return Content.styled(words, ".note")
