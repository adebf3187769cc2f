"""``qa suggest``."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from ..datatypes import Scope
from ..settings import load_settings
from .options import json_option, library_option, open_library, reader_option, scope_options
from .printing import say

if TYPE_CHECKING:
    from ..questions.choose import SuggestedQuestion
    from ..render import Line


@click.command(short_help="List questions that your articles answer.")
@library_option
@json_option
@click.option("-n", "limit", type=click.IntRange(1, 20), default=4, show_default=True, metavar="N",
              help="Most questions.")  # fmt: skip
@scope_options
@reader_option
def suggest(
    library: str | None, as_json: bool, limit: int, scope: Scope, reader: str | None
) -> None:
    """List questions that the newest articles suggest, each on another story.

    They are made from the articles' own sentences by rule. Each was asked, and qa was sure of the
    answer; of articles that do not say clearly who did what there are none. In a pipe, tabs
    separate question, answer and source.

    \b
    qa suggest
    qa suggest --since 2014 --json

    Exit code: 0 found, 1 no question, 2 something is wrong.
    """
    from .. import render
    from .printing import columns, print_lines

    with open_library(load_settings(library, reader=reader)) as opened:
        found = opened.suggested_questions(limit, scope)
    if as_json:
        values = [
            {"question": each.question, "citation": render.citation_values(each.citation)}
            for each in found
        ]
        click.echo(render.to_json({"version": render.JSON_VERSION, "questions": values}))
    elif found:
        width = columns()
        if width is None:
            say("".join(_rows(found)), nl=False)
        else:
            print_lines(_lines(found, width))
    else:
        say("The articles suggest no question that qa is sure of. Ask your own.", err=True)
    if not found:
        raise click.exceptions.Exit(1)


def _rows(found: "Sequence[SuggestedQuestion]") -> Iterator[str]:
    """Yield a line of columns for each question: question, answer, source and line."""
    for each in found:
        cited = each.citation
        yield f"{each.question}\t{' '.join(cited.lit_text.split())}\t{cited.where}\n"


def _lines(found: "Sequence[SuggestedQuestion]", width: int) -> "Iterator[Line]":
    """Yield each question, with the article that answers it below."""
    from .. import render

    for each in found:
        yield from render.wrapped([(each.question, "title")], width, "")
        title = render.shortened(each.article.title, max(10, width - 4))
        yield [("    ", "text"), (title, "note")]
