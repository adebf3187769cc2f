"""Prints a written answer as it comes."""

import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from typing import TYPE_CHECKING

import click

from ..articles.clean import harmless
from ..datatypes import Answer
from .printing import columns, is_plain, print_lines

if TYPE_CHECKING:
    from ..asking import Asking
    from ..writing.server import ChatServer
    from ..writing.write import Written

_CLEAR_LINE = "\r\x1b[2K"


def write_out(
    library: "Asking", answer: Answer, server: "ChatServer", *, quietly: bool
) -> "Written":
    """Let a server write an answer out, print each sentence when it is checked, and return it all.

    On a terminal the sentence in the making is shown, too. Nothing is printed if ``quietly``.
    """
    from ..writing.checked import CheckedSentence
    from ..writing.shown import end_lines, heading_lines, sentence_lines
    from ..writing.write import Piece, Written

    width, links = columns(), library.settings.links
    on_terminal = not quietly and not is_plain()
    written: Written | None = None
    headed = False
    with (
        closing(library.write(answer, server=server)) as events,
        _last_line_cleared() if on_terminal else nullcontext(),
    ):
        if on_terminal:
            _show(f"waiting for {server.name} …", width)
        for event in events:
            if isinstance(event, Written):
                written = event
            if quietly:
                continue
            if isinstance(event, Piece):
                if on_terminal:
                    _show(event.unfinished, width)
                continue
            if on_terminal:
                _show("", width)
            if isinstance(event, CheckedSentence):
                print_lines([*([] if headed else heading_lines(server.name, width))])
                headed = True
                print_lines(sentence_lines(event, width), links)
            else:
                print_lines(end_lines(event, width), links)
    assert written is not None  # noqa: S101 - the last event
    return written


def _show(text: str, width: int | None) -> None:
    """Show the end of a sentence in the making in place of the last line of a terminal."""
    from rich.cells import cell_len

    cells = (width or 80) - 2
    end = harmless(text)[-cells:]
    while cell_len(end) > cells:
        end = end[1:]
    click.echo(f"{_CLEAR_LINE}{click.style(end, dim=True) if end else ''}", nl=False)
    sys.stdout.flush()


@contextmanager
def _last_line_cleared() -> Iterator[None]:
    """Clear the sentence in the making at the end, also after Ctrl-C."""
    try:
        yield
    finally:
        click.echo(_CLEAR_LINE, nl=False)
