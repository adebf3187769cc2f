"""``qa timeline``."""

import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from ..datatypes import Scope
from .options import (
    each_settings,
    json_option,
    libraries_option,
    model_option,
    open_asked,
    scope_options,
)
from .printing import say

if TYPE_CHECKING:
    from ..answering.timeline import Event
    from ..render import Line


@click.command(short_help="List dated sentences on a subject, in order.")
@click.argument("words", nargs=-1, required=True, metavar="QUESTION...")
@libraries_option
@json_option
@scope_options
@model_option
def timeline(
    words: tuple[str, ...],
    libraries: tuple[str, ...],
    as_json: bool,
    scope: Scope,
    model: str | None,
) -> None:
    """List sentences that say when something happened, the earliest first, from all articles.

    QUESTION is a question or a subject. Days such as "on Wednesday" or "last week" are counted from
    the date of their article, and are never given more exactly than the words say.

    \b
    qa timeline oil spill
    qa timeline "Who leads Libya?" --until 2011

    Exit code: 0 found, 1 no dated sentence, 2 something is wrong.
    """
    from .. import render
    from .printing import columns, print_lines

    question = sys.stdin.read() if words == ("-",) else " ".join(words)
    chosen = each_settings(libraries, model)
    with open_asked(chosen) as opened:
        events = opened.timeline(question, scope=scope)
    if as_json:
        values = [
            {
                "first": event.first.isoformat(),
                "last": event.last.isoformat(),
                "when": event.when,
                "citation": render.citation_values(event.citation),
            }
            for event in events
        ]
        click.echo(render.to_json({"version": 1, "question": question, "events": values}))
    elif events:
        print_lines(list(_lines(events, columns())), chosen[0].links)
    else:
        say("No article has a dated sentence on that.", err=True)
    if not events:
        raise click.exceptions.Exit(1)


def _lines(events: "Sequence[Event]", width: int | None) -> "Iterator[Line]":
    """Yield each time, with the sentence under it and where it stands."""
    from .. import render

    for event in events:
        cited = event.citation
        yield [(event.when, "date")]
        pieces = render.lit_pieces(cited, cited.start, cited.end)
        yield from render.wrapped(pieces, width, "    ")
        place = render.place_piece(cited.article, cited.start)
        yield [("    ", "text"), place, *render.library_pieces(cited.article.library)]
