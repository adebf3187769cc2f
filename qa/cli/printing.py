"""Styled lines → stdout."""

import os
import shutil
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from ..articles.clean import harmless

if TYPE_CHECKING:
    from ..render import Line

STYLES: dict[str, dict[str, object]] = {
    "answer": {"bold": True},
    "quote": {"reverse": True},
    "missing": {"bold": True},
    "number": {"fg": "cyan"},
    "title": {"bold": True},
    "source": {"fg": "cyan"},
    "date": {},
    "note": {"dim": True},
    "match": {"bold": True},
    "text": {},
}
"""How each kind of piece looks on a terminal; the 16 colours fit light and dark ones."""

MOST_COLUMNS = 100
"""Longer lines are hard to read."""


def say(text: str, *, err: bool = False, nl: bool = True) -> None:
    """Print text that may quote anything, without what a terminal would obey."""
    click.echo(harmless(text), err=err, nl=nl)


def is_terminal() -> bool:
    """Whether stdout is a terminal that a person looks at."""
    return sys.stdout.isatty()


def columns() -> int | None:
    """Return the width to wrap to, or None when the output goes to a pipe or file."""
    return min(shutil.get_terminal_size().columns, MOST_COLUMNS) if is_terminal() else None


def print_lines(lines: "Iterable[Line]") -> None:
    """Print lines: in colour on a terminal, with the quote in «…» where colour is unwanted."""
    dull = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    plain = dull or not is_terminal()
    for line in _marked(lines) if plain else lines:
        text = "".join(
            harmless(piece)
            if plain or not STYLES[style]
            else click.style(harmless(piece), **STYLES[style])  # type: ignore[arg-type]
            for piece, style in line
        )
        click.echo(text, color=not plain)


def _marked(lines: "Iterable[Line]") -> "list[Line]":
    """Put « before and » after each quote, however many lines it runs over."""
    marked: list[Line] = []
    last: tuple[Line, int] | None = None  # the piece that ends the quote so far
    for line in lines:
        copy: Line = []
        marked.append(copy)
        for text, style in line:
            if style == "quote":
                copy.append((text if last else f"«{text}", style))
                last = copy, len(copy) - 1
                continue
            if last and text.strip():
                _close(*last)
                last = None
            copy.append((text, style))
    if last:
        _close(*last)
    return marked


def _close(line: "Line", place: int) -> None:
    text, style = line[place]
    line[place] = (f"{text}»", style)
