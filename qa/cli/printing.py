"""Styled lines → stdout."""

import os
import shutil
import sys
from collections.abc import Iterable

import click

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
    "text": {},
}
"""How each kind of piece looks on a terminal; the 16 colours fit light and dark ones."""

MOST_COLUMNS = 100
"""Longer lines are hard to read."""


def is_terminal() -> bool:
    """Whether stdout is a terminal that a person looks at."""
    return sys.stdout.isatty()


def columns() -> int | None:
    """Return the width to wrap to, or None when the output goes to a pipe or file."""
    return min(shutil.get_terminal_size().columns, MOST_COLUMNS) if is_terminal() else None


def print_lines(lines: Iterable[Line]) -> None:
    """Print lines: in colour on a terminal, with the quote in «…» where colour is unwanted."""
    dull = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    plain = dull or not is_terminal()
    for line in lines:
        if plain:
            text = "".join(f"«{text}»" if style == "quote" else text for text, style in line)
        else:
            text = "".join(
                click.style(text, **STYLES[style]) if STYLES[style] else text  # type: ignore[arg-type]
                for text, style in line
            )
        click.echo(text, color=not plain)
