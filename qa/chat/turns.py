"""The conversation: one widget for each question with its answer, and what stands there before."""

import re
from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.style import Style

from ..answering.answer import READ_PASSAGES
from ..articles.clean import one_line
from ..datatypes import AnswerKind, Citation, Status
from ..render import confidence_words, lit_pieces, nearest_sentence, unread_words
from .actions import BY_NAME
from .bars import counted
from .entries import Entry, Stage
from .layout import inert, shortened
from .places import Kind, Place
from .words import Words

LONGEST_ANSWER = 2_000
"""Code points of an answer that are shown in the conversation; the source shows all of it."""

NEAREST = 3
"""Places shown where there is no answer."""

LIT = "bold $lit-answer-text on $lit-answer"
"""Style of the exact words. Not a class: Textual 8.2 drops the opaque background of one."""

Parts = list["tuple[str, str | Style] | str | Content"]


class TurnView(Vertical):
    """One question and what has come of it."""

    class Chosen(Message):
        """The person wants this question's sources."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number
            """The question's number."""

    def __init__(self, entry: Entry) -> None:
        super().__init__(id=f"turn-{entry.number}")
        self.entry = entry
        """What is shown."""

    def compose(self) -> ComposeResult:
        """Lay out the parts."""
        yield Words(classes="question")
        yield Words(classes="asked-as")
        yield Words(classes="answer")

    def on_mount(self) -> None:
        """Fill the parts."""
        self.show()

    def show(self) -> None:
        """Bring the parts up to date with the entry."""
        entry = self.entry
        self.query_one(".question", Words).update(Content(inert(one_line(entry.question))))
        asked_as = self.query_one(".asked-as", Words)
        asked_as.display = entry.is_resolved
        if entry.is_resolved:
            asked_as.update(Content(f"asked as: {inert(one_line(entry.searched))}"))
        answer = self.query_one(".answer", Words)
        answer.update(_answer(entry, self._room))
        for name in ("sure", "likely", "weak", "missing", "pending", "failed"):
            answer.set_class(name == _tone(entry), f"-{name}")

    @property
    def _room(self) -> int:
        """Cells for a line of the answer, also before the first layout."""
        above = self.parent.content_size.width if isinstance(self.parent, Conversation) else 0
        return max(20, (self.size.width or above) - 4)

    def on_resize(self) -> None:
        """Cut the titles to the new width."""
        if self.query(".answer"):
            self.show()

    def on_click(self, event: events.Click) -> None:
        """Show this question's sources."""
        if "@click" not in event.style.meta:
            self.post_message(self.Chosen(self.entry.number))

    def unfold(self) -> None:
        """Show or hide the other answers."""
        self.entry.unfolded = not self.entry.unfolded
        self.show()


class Conversation(VerticalScroll):
    """All questions of a conversation, the newest at the bottom."""

    BINDINGS: ClassVar = []

    @property
    def views(self) -> list[TurnView]:
        """The questions' widgets, oldest first."""
        return list(self.query(TurnView))

    def view(self, entry: Entry) -> TurnView | None:
        """Return an entry's widget."""
        return next((view for view in self.views if view.entry is entry), None)

    def add(self, *entries: Entry) -> None:
        """Show further questions."""
        self.mount(*(TurnView(entry) for entry in entries))
        self.go_to_end()

    def go_to_end(self) -> None:
        """Show the newest; ``anchor`` would push a short conversation down to the bottom."""
        self.call_after_refresh(self.scroll_end, animate=False, immediate=True)

    def choose(self, entry: Entry | None, *, scroll: bool = False) -> None:
        """Mark the question whose sources are shown."""
        for view in self.views:
            view.set_class(view.entry is entry, "-chosen")
            if scroll and view.entry is entry:
                view.scroll_visible(animate=False)

    def clear(self) -> None:
        """Begin anew."""
        self.query(TurnView).remove()


def _tone(entry: Entry) -> str:
    """Class of an answer's colour."""
    if entry.is_pending:
        return "pending"
    if entry.answer is None:
        return "failed" if entry.stage is Stage.FAILED else "missing"
    return "missing" if entry.answer.status is Status.NOT_FOUND else confidence_words(entry.answer)


def _answer(entry: Entry, width: int) -> Content:
    """What is known so far."""
    if entry.stage is Stage.FAILED:
        return Content(inert(entry.error))
    if entry.stage is Stage.STOPPED:
        return Content.styled("Stopped.", ".note")
    if entry.answer is None:
        return _pending(entry, width)
    if entry.answer.status is Status.NOT_FOUND:
        return _missing(entry, width)
    return _claimed(entry, width)


def _pending(entry: Entry, width: int) -> Content:
    if not entry.hits:
        return Content.styled("looking …", ".note")
    read = min(len(entry.hits), READ_PASSAGES)
    parts: Parts = [(f"reading {counted(read, 'passage')} …", ".note")]
    parts += _place_lines(entry, entry.places[:3], width)
    return Content.assemble(*parts)


def _missing(entry: Entry, width: int) -> Content:
    parts: Parts = [("Not in your articles.", ".strong"), _verdict(entry)]
    if entry.answer is not None and entry.answer.unread:
        parts += ["\n", (unread_words(entry.answer), ".note")]
    if entry.places:
        parts += ["\n", ("The nearest passages; none seems to answer it:", ".note")]
        for place in entry.places[:NEAREST]:
            parts += _place_lines(entry, [place], width)
            parts += ["\n", *_nearest(entry.searched or entry.question, place.citation)]
    elif not entry.hits and entry.turn is None:
        filtered = "" if entry.scope.is_all else " The filter may leave too few of them."
        parts += ["\n", (f"No passage comes near it.{filtered}", ".note")]
    return Content.assemble(*parts)


def _claimed(entry: Entry, width: int) -> Content:
    answer = entry.answer
    assert answer is not None  # noqa: S101 - the caller has looked
    cited = entry.of_kind(Kind.CITATION)
    parts: Parts = []
    if answer.kind is AnswerKind.SPAN:
        text = one_line(answer.text[:LONGEST_ANSWER])
        cut = " …" if len(answer.text) > LONGEST_ANSWER else ""
        parts += [(f"{inert(text)}{cut}", ".strong"), "\n"]
    if cited and (sentence := _sentence(cited[0].citation)):
        parts += [*sentence, "\n"]
    parts.append((confidence_words(answer), ".confidence"))
    parts.append((" ·", ".note"))
    for place in cited:
        parts += [" ", _number(entry, place)]
    if len(cited) == 1:
        parts += [" ", *_title(entry, cited[0], width - len(confidence_words(answer)) - 7)]
    if len(cited) > 1:
        parts.append((f" · {len(cited)} articles", ".note"))
    parts.append(_verdict(entry))
    if answer.unread:
        parts += ["\n", (unread_words(answer), ".note")]
    others = entry.of_kind(Kind.OTHER)
    if others:
        many = "1 other answer" if len(others) == 1 else f"{len(others)} other answers"
        sign = "▾" if entry.unfolded else "▸"
        fold = Style.from_meta({"@click": f"screen.unfold({entry.number})"})
        parts += ["\n", Content.styled(f"{sign} {many}", ".note").stylize(fold)]
    if others and entry.unfolded:
        for place in others:
            room = max(10, width - 12)
            sure = f" {place.confidence:.0%}" if place.confidence is not None else ""
            words = shortened(place.citation.quote, room)
            parts += [
                "\n  ",
                _number(entry, place),
                " ",
                _link(words, entry, place),
                (sure, ".note"),
            ]
    return Content.assemble(*parts)


def _sentence(citation: Citation) -> Parts:
    """The sentence around the words of an answer, these lit; nothing where they are all of it."""
    start, end = citation.sentence_bounds
    if (start, end) == citation.lit_bounds or end - start > LONGEST_ANSWER:
        return []
    parts: Parts = []
    for text, style in lit_pieces(citation, start, end):
        parts += _flat(text, LIT if style == "quote" else "")
    return parts


def _nearest(question: str, citation: Citation) -> Parts:
    """The sentence of a passage that shares most with the question, the shared words bold."""
    parts: Parts = []
    for text, style in nearest_sentence(question, citation.quote):
        parts += _flat(text, ".strong" if style == "match" else ".note")
    return parts


def _flat(text: str, style: str) -> Parts:
    """A piece of a sentence, its line breaks and runs of spaces as one space."""
    return [(inert(re.sub(r"\s+", " ", text)), style)] if text else []


def _title(entry: Entry, place: Place, room: int) -> Parts:
    """An article's title and date behind the number of its place."""
    when = f" · {place.short_date}" if place.short_date else ""
    title = shortened(one_line(place.article.title), max(10, room - len(when)))
    return [_link(title, entry, place), (when, ".note")]


def _place_lines(entry: Entry, places: Sequence[Place], width: int) -> Parts:
    """A line for each place: number, title, date."""
    parts: Parts = []
    for place in places:
        parts += ["\n", _number(entry, place), " ", *_title(entry, place, width - 4)]
    return parts


def _number(entry: Entry, place: Place) -> Content:
    return _link(f"[{place.number}]", entry, place).stylize(".number")


def _link(text: str, entry: Entry, place: Place) -> Content:
    """Text that opens a place when it is clicked."""
    action = f"screen.open_source({entry.number}, {place.number})"
    return Content(text).stylize(Style.from_meta({"@click": action}))


def _verdict(entry: Entry) -> Content:
    """What the person said of the answer."""
    verdict = entry.turn.verdict if entry.turn else None
    if verdict is None:
        return Content()
    sign, style = ("✓ right", ".right") if verdict == "right" else ("✗ wrong", ".wrong")
    return Content.assemble((" · ", ".note"), (sign, style))


class Welcome(Words):
    """What stands in the conversation before the first question."""

    def __init__(self) -> None:
        super().__init__(id="welcome")

    def show_opening(self) -> None:
        """The library is being opened."""
        self.update(Content.styled("Opening the library …", ".note"))

    def show_empty(self) -> None:
        """There are no articles: teach how they come in."""
        self.update(
            Content.assemble(
                ("No articles here yet.", ".title"),
                "\n\n",
                "Name a file or folder below, and press Enter: its articles are read and "
                "indexed, on this machine alone. Files may be .txt, .md, .jsonl, .jsonl.gz.\n\n",
                ("  ~/articles", ".number"),
                ("   a folder of your own", ".note"),
                "\n",
                ("  seeds", ".number"),
                ("        the sample articles", ".note"),
            )
        )

    def show_ready(self, titles: Sequence[str], count: int, room: int) -> None:
        """There are articles: teach how to ask them."""
        parts: Parts = [("Ask your articles something.", ".title"), "\n\n"]
        parts += [
            "An answer is the exact words of an article, shown in its place. "
            "When the articles do not hold it, you are told so.\n\n"
        ]
        if titles:
            newest = f"The newest of {count:,}:" if count > 1 else "The one there is:"
            parts.append((newest, ".note"))
            for title in titles:
                parts += ["\n  ", shortened(one_line(title), max(20, room - 4))]
            parts.append("\n\n")
        for name in ("filter", "conversations", "help"):
            action = BY_NAME[name]
            parts += [(f"{action.shown_key:>4}", ".key"), f"  {action.title}\n"]
        self.update(Content.assemble(*parts))

    def show_failure(self, error: str) -> None:
        """The library cannot be opened."""
        self.update(
            Content.assemble(
                ("This library cannot be used as it is.", ".title"), "\n\n", inert(error)
            )
        )
