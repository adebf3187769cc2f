"""``qa mentions``."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from ..datatypes import Scope
from .options import each_settings, json_option, libraries_option, open_asked, scope_options
from .printing import say

if TYPE_CHECKING:
    from ..answering.mentions import Mention
    from ..render import Line


@click.command(short_help="List every article that mentions TERM.")
@click.argument("term", nargs=-1, required=True, metavar="TERM...")
@libraries_option
@json_option
@scope_options
def mentions(
    term: tuple[str, ...], libraries: tuple[str, ...], as_json: bool, scope: Scope
) -> None:
    """List every article that mentions TERM, newest first: how often, and where first.

    The list is complete. Several words must stand next to each other; case, accents and English
    endings make no difference. In a pipe, tabs separate the columns; --json has every mention.

    \b
    qa mentions NATO
    qa mentions oil spill --since 2010-05

    Exit code: 0 found, 1 no article mentions it, 2 something is wrong.
    """
    from .printing import columns, print_lines

    wanted = " ".join(term)
    chosen = each_settings(libraries)
    with open_asked(chosen) as opened:
        found = opened.mentions(wanted, scope=scope)
        known = found or as_json or opened.articles(scope)
    if as_json:
        from .. import render

        click.echo(render.to_json(_values(wanted, found)))
    elif found:
        width = columns()
        if width is None:
            say("".join(_rows(found)), nl=False)
        else:
            print_lines(_lines(found, width), chosen[0].links)
    else:
        say("No article mentions it." if known else "No article matches the filter.", err=True)
    if not found:
        raise click.exceptions.Exit(1)


def _values(term: str, found: "Sequence[Mention]") -> dict[str, Any]:
    """Return the mentions as JSON values."""
    from .. import render

    return {
        "version": render.JSON_VERSION,
        "term": term,
        "count": sum(each.count for each in found),
        "articles": [
            {
                **render.article_values(each.article),
                "count": each.count,
                "in_title": each.in_title,
                "mentions": [render.citation_values(cited) for cited in each.citations()],
            }
            for each in found
        ],
    }


def _rows(found: "Sequence[Mention]") -> Iterator[str]:
    """Yield a line of columns for each article: count, date, title, source and line, sentence,
    and the library if several are asked."""
    for each in found:
        article, first = each.article, each.citation(1)
        day = article.published.isoformat() if article.published else ""
        sentence = " ".join(first.quote.split())
        place = f"{article.source}:{first.line}"
        columns = (str(each.count), day, article.title, place, sentence)
        yield "\t".join((*columns, article.library) if article.library else columns) + "\n"


def _lines(found: "Sequence[Mention]", width: int) -> "Iterator[Line]":
    """Yield the articles with the sentence of the first mention, which is lit; then the totals."""
    from .. import render

    for each in found:
        article, first = each.article, each.citation(1)
        day = f" · {render.written_date(article.published)}" if article.published else ""
        times = f"{each.count:>4}  "
        title = render.shortened(article.title, max(10, width - len(times) - len(day)))
        yield [(times, "number"), (title, "title"), (day, "date")]
        place = render.place_piece(article, first.start)
        library = render.library_pieces(article.library)
        yield [(" " * len(times), "text"), place, *library]
        pieces = render.lit_pieces(first, first.start, first.end)
        yield from render.wrapped(pieces, width, " " * len(times))
    total = sum(each.count for each in found)
    mentions = "1 mention" if total == 1 else f"{total:,} mentions"
    articles = "1 article" if len(found) == 1 else f"{len(found):,} articles"
    yield []
    yield [(f"{mentions} in {articles}", "note")]
