"""``qa ls``, ``qa show`` and ``qa rm``."""

import sys
from typing import TYPE_CHECKING

import click

from ..datatypes import Scope
from ..errors import UsageError
from ..shorten import shorten
from .options import json_option, library_option, open_library, quiet_option, scope_options
from .printing import say

if TYPE_CHECKING:
    from ..storage.article_store import ArticleRow


@click.command(short_help="List the articles.")
@library_option
@json_option
@scope_options
def ls(library: str | None, as_json: bool, scope: Scope) -> None:
    """List the articles, newest first: number, date, title, source.

    On a pipe the columns are separated by tabs.
    """
    from .printing import columns, print_lines

    with open_library(library) as opened:
        rows = opened.articles(scope)
        counts = opened.passage_counts() if as_json else {}
    if as_json:
        from .. import render

        values = [
            {
                "id": str(row.id),
                "title": row.title,
                "published": row.published.isoformat() if row.published else None,
                "source": row.source,
                "digest": row.digest,
                "passages": counts.get(row.id, 0),
            }
            for row in rows
        ]
        click.echo(render.to_json({"version": 1, "articles": values}))
        return
    width = columns()
    if width is None:  # in one call: thousands of them take a tenth of a second
        lines = (f"{row.id}\t{_day(row)}\t{row.title}\t{row.source}\n" for row in rows)
        say("".join(lines), nl=False)
        return
    digits = max((len(str(row.id)) for row in rows), default=1)
    longest = min(max((len(row.source) for row in rows), default=0), 40)
    room = max(20, width - digits - 14 - longest - 2)
    print_lines(
        [
            (f"{row.id:>{digits}}  ", "number"),
            (f"{_day(row):<10}  ", "date"),
            (f"{shorten(row.title, room):<{room}}  ", "title"),
            (row.source, "source"),
        ]
        for row in rows
    )


def _day(row: "ArticleRow") -> str:
    return row.published.isoformat() if row.published else ""


@click.command(short_help="Print ARTICLE whole.")
@click.argument("article")
@library_option
@json_option
def show(article: str, library: str | None, as_json: bool) -> None:
    """Print ARTICLE whole; name it by number, source or path (see qa ls)."""
    from .. import render
    from .printing import columns, print_lines

    with open_library(library) as opened:
        rows = opened.find(article)
        if len(rows) > 1:
            numbers = ", ".join(str(row.id) for row in rows[:10])
            raise UsageError(f"{article} fits {len(rows)} articles: {numbers}. Name one.")
        found = opened.article(rows[0].id)
    if as_json:
        values = {"version": 1, **render.article_values(found), "text": found.text}
        click.echo(render.to_json(values))
        return
    print_lines(render.article_lines(found, columns()))


@click.command()
@click.argument("articles", nargs=-1, required=True, metavar="ARTICLE...")
@library_option
@click.option("--yes", "-y", is_flag=True, help="Do not ask, however many articles it is.")
@quiet_option
def rm(articles: tuple[str, ...], library: str | None, yes: bool, quiet: bool) -> None:
    """Remove articles from the library; the files stay.

    ARTICLE is a number, a source, or the path of a file or folder (see qa ls). More than one
    article is removed only after a question, or with --yes.
    """
    with open_library(library) as opened:
        rows = opened.find(*articles)
        if len(rows) > 1 and not yes:
            if not sys.stdin.isatty():
                raise UsageError(f"That is {len(rows)} articles; add --yes to remove them all.")
            click.confirm(f"Remove {len(rows)} articles from the library?", abort=True, err=True)
        removed = opened.remove(*(str(row.id) for row in rows))
    for row in removed:
        if not quiet:
            say(f"removed {row.id}  {row.title}  {row.source}")
