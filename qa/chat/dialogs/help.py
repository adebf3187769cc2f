"""The help: all keys, and what the marks on answers mean."""

from collections.abc import Iterator
from textwrap import wrap
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen

from ..actions import ACTIONS, Action
from ..bindings import LINE_KEYS
from ..widgets.text import PlainText

MARKS = (
    ("sure", "the articles say so, and the reader is sure of it"),
    ("likely", "probably right; check the source"),
    ("weak", "a guess; check the source"),
    ("not in your articles", "no answer found; the nearest passages are shown"),
)
"""The marks on answers, and what they mean."""

WRITTEN_MARKS = (
    ("✓ [n]", "source n holds it"),
    ("↷ [n]", "source n holds it; the model named another, or none"),
    ("✗ struck through", "no source holds it; the reason stands below"),
    ("·", "it states nothing that a source could hold"),
)
"""The marks on sentences that a language model wrote, and what they mean."""

COLUMNS = 64
"""Width of the text in a terminal of 80 columns."""

KEY_COLUMNS, MARK_COLUMNS = 18, 22
"""Width of the first column in each of the two tables."""


class HelpScreen(ModalScreen[None]):
    """Shows the help; Esc, F1, q or ? closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f1,q,question_mark", "dismiss", show=False)
    ]

    COMPONENT_CLASSES: ClassVar[set[str]] = {"key", "title", "note"}

    def compose(self) -> ComposeResult:
        """Create the text."""
        with VerticalScroll(classes="dialog dialog-wide dialog-tall"):
            yield PlainText(help_text())

    def on_mount(self) -> None:
        """Focus the text, so that the arrow keys scroll it."""
        self.query_one(VerticalScroll).focus()


def help_text() -> Content:
    """Return the whole help."""
    parts: list[tuple[str, str] | str] = [("Keys", ".title"), "\n"]
    for key, words in LINE_KEYS:
        parts += _row(key, words, KEY_COLUMNS)
    groups: dict[str, list[Action]] = {}
    for action in ACTIONS:
        groups.setdefault(action.group, []).append(action)
    for group, actions in groups.items():
        parts += ["\n", (group, ".title"), "\n"]
        for action in actions:
            parts += _row(action.shown_keys, action.title, KEY_COLUMNS)
            parts += _row("", action.help, KEY_COLUMNS, ".note")
    parts += [
        "\n",
        ("Letters, digits and signs are commands only in the article ", ".note"),
        ("(Tab goes there).", ".note"),
        "\n\n",
        ("Marks on answers", ".title"),
        "\n",
    ]
    for word, meaning in MARKS:
        parts += _row(word, meaning, MARK_COLUMNS)
    parts += ["\n", ("Marks on written sentences", ".title"), "\n"]
    for mark, meaning in WRITTEN_MARKS:
        parts += _row(mark, meaning, MARK_COLUMNS)
    parts += [
        ("They are a help, not a proof: some false sentences pass.\n\n", ".note"),
        ("In the article the answer is highlighted strongly, its sentence softly, ", ".note"),
        ("other words of the question faintly. ", ".note"),
        ("Select text there with the mouse; ^C copies it.", ".note"),
    ]
    return Content.assemble(*parts)


def _row(first: str, words: str, columns: int, style: str = "") -> Iterator[tuple[str, str] | str]:
    """Yield a row of a table: the first column, then words wrapped in the second."""
    for number, line in enumerate(wrap(words, COLUMNS - columns - 2)):
        yield (f"  {'' if number else first:<{columns}}", ".key")
        yield (f"{line}\n", style) if style else f"{line}\n"
