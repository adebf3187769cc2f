"""Prints text and styled lines on stdout and stderr."""

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
    "held": {"fg": "green"},
    "struck": {"strikethrough": True},
    "refused": {"fg": "red"},
}
"""How each style looks on a terminal; the 16 basic colours fit light and dark backgrounds."""

MOST_COLUMNS = 100
"""Width of the longest line; longer ones are hard to read."""

QUOTE_MARKS = "«»"
"""Stand around a quote where there is no colour."""


def say(text: str, *, err: bool = False, nl: bool = True) -> None:
    """Print text without the characters that control a terminal; it may contain foreign text."""
    click.echo(harmless(text), err=err, nl=nl)


def is_terminal() -> bool:
    """Whether stdout is a terminal."""
    return sys.stdout.isatty()


def columns() -> int | None:
    """Return the width to wrap to, in cells, or None if the output goes to a pipe or file."""
    if not is_terminal():
        return None
    width = min(shutil.get_terminal_size().columns, MOST_COLUMNS)
    return width - len(QUOTE_MARKS) if is_plain() else width


def print_lines(lines: "Iterable[Line]", links: str = "never") -> None:
    """Print lines: in colour on a terminal, else with the quote in «…».

    ``links`` says whether to print links: ``always``, ``never`` or ``auto``.
    """
    from ..render import linked, takes_links

    plain = is_plain()
    is_linking = takes_links(links, os.environ, is_terminal=is_terminal())
    for line in _marked(lines) if plain else lines:
        shown = []
        for text, named in line:
            piece = harmless(text)
            style, _, address = named.partition(" ")
            if not plain and STYLES[style]:
                piece = click.style(piece, **STYLES[style])  # type: ignore[arg-type]
            shown.append(linked(piece, address) if is_linking and address else piece)
        click.echo("".join(shown), color=True)


def is_plain() -> bool:
    """Whether to print without colour."""
    unwanted = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    return unwanted or not is_terminal()


def _marked(lines: "Iterable[Line]") -> "list[Line]":
    """Put « before and » after each quote, which may run over several lines."""
    marked: list[Line] = []
    last: tuple[Line, int] | None = None  # the last piece of the quote so far
    for line in lines:
        copy: Line = []
        marked.append(copy)
        for text, style in line:
            if style == "quote":
                copy.append((text if last else f"{QUOTE_MARKS[0]}{text}", style))
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
    line[place] = (f"{text}{QUOTE_MARKS[1]}", style)


def short_path(path: str) -> str:
    """Return a path as seen from the working folder, or in full if it is not below that."""
    below = os.path.relpath(path)
    return path if below.startswith(os.pardir) else below
