"""All keys, and how answers are marked; from the same table as everything else."""

from collections.abc import Iterator
from textwrap import wrap
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen

from .actions import ACTIONS, LINE_KEYS, Action
from .words import Words

MARKS = (
    ("sure", "the articles say it, and the reader is sure of it"),
    ("likely", "probably right; look at the source"),
    ("weak", "a guess; look at the source"),
    ("not in your articles", "no answer is claimed; the nearest passages are shown"),
)
"""How answers are marked, and what it means."""

COLUMNS = 64
"""Width of the help in a terminal of 80 columns."""

KEY_COLUMNS, MARK_COLUMNS = 16, 22
"""Widths of what stands before the explanations."""


class HelpScreen(ModalScreen[None]):
    """Scrolls; any of the usual keys closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f1,q,question_mark", "dismiss", show=False)
    ]

    COMPONENT_CLASSES: ClassVar[set[str]] = {"key", "title", "note"}

    def compose(self) -> ComposeResult:
        """Lay out the text."""
        with VerticalScroll(classes="dialog dialog-wide dialog-tall"):
            yield Words(help_text())

    def on_mount(self) -> None:
        """Let the arrow keys scroll."""
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
    parts += ["\n", ("Single letters, digits and signs work outside the question line", ".note")]
    parts += [(" (Tab leaves it).", ".note"), "\n\n", ("How answers are marked", ".title"), "\n"]
    for word, meaning in MARKS:
        parts += _row(word, meaning, MARK_COLUMNS)
    parts += [
        "\n",
        (
            "In the source the answer is lit strongly, its sentence softly, and other words ",
            ".note",
        ),
        ("of the question faintly. The mouse selects text there; ^C copies it.", ".note"),
    ]
    return Content.assemble(*parts)


def _row(first: str, words: str, columns: int, style: str = "") -> Iterator[tuple[str, str] | str]:
    """What stands first and its explanation, whose further lines begin where it does."""
    for number, line in enumerate(wrap(words, COLUMNS - columns - 2)):
        yield (f"  {'' if number else first:<{columns}}", ".key")
        yield (f"{line}\n", style) if style else f"{line}\n"
