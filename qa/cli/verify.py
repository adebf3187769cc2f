"""``qa verify``."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from ..errors import UsageError
from ..settings import load_settings
from .options import json_option, library_option, open_library
from .printing import say


@click.command(short_help="Check whether cited words still stand.")
@click.argument("references", nargs=-1, required=True, metavar="REF|FILE...")
@library_option
@json_option
def verify(references: tuple[str, ...], library: str | None, as_json: bool) -> None:
    """Check whether cited words still stand where a reference says.

    REF is the reference of a citation, PATH#START-END@DIGEST, as `qa ask --json` and exported
    conversations have it. With FILE, an exported conversation or any text, all references in it are
    checked. Files are compared as they are now.

    \b
    holds     the words stand there
    moved     the same text is now under another path
    changed   the text was changed since
    gone      there is no such article any more

    \b
    qa verify 'notes/pier.txt#120-134@8c1f0d9e2b7a'
    qa verify conversation.md

    Exit code: 0 all hold or moved, 1 some do not, 2 something is wrong.
    """
    from .. import render
    from ..references import Standing

    wanted = list(_references(references))
    with open_library(load_settings(library)) as opened:
        checked = [opened.verify(reference) for reference in wanted]
    if as_json:
        values = [render.checked_values(one) for one in checked]
        click.echo(render.to_json({"version": 1, "references": values}))
    else:
        for one in checked:
            say(f"{one.standing.value:<8}{one.reference}")
            if one.standing is Standing.MOVED and one.article:
                say(f"        now {one.article.source}:{one.article.line_at(one.reference.start)}")
            if one.quote:
                say(f"        {' '.join(one.quote.split())}")
    if any(one.standing in (Standing.CHANGED, Standing.GONE) for one in checked):
        raise click.exceptions.Exit(1)


def _references(arguments: Sequence[str]) -> "Iterator[str]":
    """Yield the references among the arguments and in the files that they name."""
    from ..references import parse_reference, references_in

    for argument in arguments:
        if parse_reference(argument):
            yield argument
            continue
        try:
            text = Path(argument).read_text(encoding="utf-8", errors="replace")
        except OSError as error:
            raise UsageError(
                f"{argument} is neither a reference, PATH#START-END@DIGEST, nor a file to read."
            ) from error
        found = [str(reference) for reference in references_in(text)]
        if not found:
            raise UsageError(f"There is no reference in {argument}.")
        yield from found
