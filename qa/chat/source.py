"""The right half: one source at its place, or how the answer came about."""

import re
from collections.abc import Iterator

from rich.cells import cell_len
from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.style import Style
from textual.widgets import Input

from ..articles.clean import one_line
from .article import ArticleText
from .entries import Entry
from .explain import explained
from .marks import Light, Mark
from .places import Kind, Place
from .words import Line, Words

MOST_FOUND = 1_000
"""Places that are lit and counted when an article is searched."""

SEARCHED_AT_ONCE = 200_000
"""Code points searched before the screen gets its turn: about 10 ms."""


class FindLine(Line):
    """Where the words go that an article is searched for."""

    class Step(Message):
        """Go to another place."""

        def __init__(self, step: int) -> None:
            super().__init__()
            self.step = step
            """1 for the next, -1 for the one before."""

    def key_down(self) -> None:
        """Next place."""
        self.post_message(self.Step(1))

    def key_up(self) -> None:
        """Place before."""
        self.post_message(self.Step(-1))


class SourcePane(Vertical):
    """Title, date and path; the text; which of how many sources it is."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.place: Place | None = None
        """What is shown."""
        self._entry: Entry | None = None
        self._found: list[tuple[int, int]] = []
        self._current = -1

    def compose(self) -> ComposeResult:
        """Lay out the parts."""
        yield Words(id="source-head")
        yield ArticleText(id="article")
        with VerticalScroll(id="why-scroll"):
            yield Words(id="why")
        with Horizontal(id="find-bar"):
            yield Words("/", id="find-sign")
            yield FindLine(id="find-line", placeholder="search in this article", compact=True)
            yield Words(id="find-count")
        yield Words(id="source-foot")

    @property
    def article(self) -> ArticleText:
        """The text."""
        return self.query_one(ArticleText)

    def show(self, entry: Entry | None, place: Place | None) -> None:
        """Show a place of an answer; without one, what will be seen here."""
        self.place = place
        self.set_class(place is None, "-empty")
        self.close_find()
        if entry is None or place is None:
            self.query_one("#source-head", Words).update(_nothing_yet(entry))
            self.query_one("#source-foot", Words).update("")
            self.article.show_text("", [], "", 0)
        else:
            self.query_one("#source-head", Words).update(_head(entry, place, self._room))
            self.query_one("#source-foot", Words).update(_foot(entry, place))
            question = entry.searched or entry.question
            at = place.citation.start
            self.article.show_text(place.article.text, place.marks, question, at)
        self._entry = entry
        self._explain()

    @property
    def _room(self) -> int:
        """Cells for a line of the head, also while the pane is not shown yet."""
        return (self.size.width or self.screen.size.width) - 4

    def toggle_why(self) -> None:
        """Show how the answer came about, or the source again."""
        self.toggle_class("-why")
        self._explain()

    def _explain(self) -> None:
        """Give the account of the answer, if it is looked at: it costs some milliseconds."""
        if self.has_class("-why") and self._entry is not None:
            self.query_one("#why", Words).update(explained(self._entry))

    @property
    def is_finding(self) -> bool:
        """Whether the article is being searched."""
        return self.has_class("-finding")

    def open_find(self) -> None:
        """Let the person search the article."""
        self.remove_class("-why")
        self.add_class("-finding")
        line = self.query_one(FindLine)
        line.focus()
        if line.value:
            self._search(line.value)

    def close_find(self) -> None:
        """End the search."""
        if self.is_finding:
            self.remove_class("-finding")
            self._found, self._current = [], -1
            self.article.show_found([], None)

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
        """Find the words, letting the screen have its turn between stretches of a long text."""
        import asyncio

        text, place = self.article.text, self.place
        found: list[tuple[int, int]] = []
        for stretch in _stretches(text, one_line(wanted)):
            found += stretch
            await asyncio.sleep(0)
            if len(found) >= MOST_FOUND or self.place is not place:
                break
        self._found = found[:MOST_FOUND]
        here = self.place.citation.start if self.place else 0
        later = [number for number, (start, _) in enumerate(self._found) if start >= here]
        self._current = later[0] if later else (0 if self._found else -1)
        self._light_found(wanted)

    def _step(self, step: int) -> None:
        if self._found:
            self._current = (self._current + step) % len(self._found)
            self._light_found(self.query_one(FindLine).value)

    def _light_found(self, wanted: str) -> None:
        marks = [
            Mark(start, end, Light.CURRENT if number == self._current else Light.FOUND)
            for number, (start, end) in enumerate(self._found)
        ]
        many = f"{MOST_FOUND:,}+" if len(self._found) >= MOST_FOUND else f"{len(self._found):,}"
        count = f"{self._current + 1:,} of {many}" if self._found else "nothing" if wanted else ""
        self.query_one("#find-count", Words).update(Content(count))
        offset = self._found[self._current][0] if self._found else None
        self.article.show_found(marks, offset)


def _stretches(text: str, wanted: str) -> Iterator[list[tuple[int, int]]]:
    """Where the words stand, whatever their case; a list for each stretch of the text."""
    if not wanted:
        return
    # A line break inside an article's sentence is a space to whoever searches.
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


def _head(entry: Entry, place: Place, room: int) -> Content:
    """Title, date and path; above them what a person must know of the place."""
    parts: list[tuple[str, str] | str] = []
    if place.note:
        parts += [(place.note, ".note-strong"), "\n"]
    elif place.kind is Kind.PASSAGE:
        parts += [(_passage_note(entry), ".note-strong"), "\n"]
    elif place.kind is Kind.OTHER:
        parts += [("Another answer", ".note-strong"), "\n"]
    parts += [(one_line(place.article.title), ".title"), "\n"]
    path = one_line(place.path)
    if place.when:
        joined = cell_len(place.when) + 3 + cell_len(path) <= room
        parts += [(place.when, ".date"), " · " if joined else "\n"]
    parts.append((path, ".path"))
    return Content.assemble(*parts)


def _passage_note(entry: Entry) -> str:
    if entry.is_pending:
        return "Found; being read"
    if entry.answer is not None and not entry.answer.citations:
        return "Near the question; it seems not to answer it"
    return "Also near the question; not what the answer rests on"


def _foot(entry: Entry, place: Place) -> Content:
    """Which of how many, with arrows to click."""
    count = len(entry.places)
    if count < 2:
        return Content()
    back = Content.styled(" ◂ ", Style.from_meta({"@click": "screen.previous_source"}))
    on = Content.styled(" ▸ ", Style.from_meta({"@click": "screen.next_source"}))
    return Content.assemble(back, (f" {place.number} of {count} ", ".note"), on)


def _nothing_yet(entry: Entry | None) -> Content:
    if entry is None:
        return Content.styled("The source of an answer appears here, lit in its place.", ".note")
    if entry.is_pending:
        return Content.styled("Looking …", ".note")
    return Content.styled("No source to show for this question.", ".note")
