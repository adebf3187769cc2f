"""``qa ls``, ``qa show`` and ``qa rm``."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from ..datatypes import Scope, own_id
from ..errors import UsageError
from ..folding import fold
from ..settings import load_settings
from .options import (
    each_settings,
    json_option,
    libraries_option,
    library_option,
    open_any,
    open_asked,
    quiet_option,
    scope_options,
)
from .printing import say, short_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..adding import Adding
    from ..render import Line
    from ..storage.article_store import ArticleRow

LISTED_MATCHES = 20
"""Number of articles that are listed if a name means several."""


@click.command(short_help="List the articles.")
@click.argument("words", nargs=-1, metavar="[WORD]...")
@libraries_option
@json_option
@scope_options
@click.option("--folders", "as_folders", is_flag=True, help="List the folders instead.")
def ls(
    words: tuple[str, ...],
    libraries: tuple[str, ...],
    as_json: bool,
    scope: Scope,
    as_folders: bool,
) -> None:
    """List the articles, newest first: number, date, title, source.

    With WORD, list only articles with that word, or a part of one, in their title or source; of
    several words, all must be there. In a pipe, tabs separate the columns. Of several libraries
    the last column is the name of the library. With --folders, list how many articles are in each
    folder or below it, and from when to when; --in FOLDER, here and with every question, keeps to
    one of them.

    \b
    qa ls libya
    qa ls --since 2012 --source '*.md'
    qa ls --folders
    qa ls --in reuters/2011
    """
    from .printing import columns, print_lines

    with open_asked(each_settings(libraries)) as opened:
        every = opened.articles(scope)
        rows = [row for row in every if _contains(f"{row.title}\n{row.source}", words)]
        counts = opened.passage_counts() if as_json and not as_folders else {}
    stated = {"version": 1, "filter": _filter(words, scope)} if as_json else {}
    if not (rows or as_json) and (words or not scope.is_all):
        say("No article matches the filter.", err=True)
        return
    if as_folders:
        _print_folders(rows, stated)
        return
    if as_json:
        from .. import render

        values = [
            {
                "id": own_id(str(row.id)),
                "library": row.library or None,
                "title": row.title,
                "published": row.published.isoformat() if row.published else None,
                "source": row.source,
                "digest": row.digest,
                "passages": counts.get(row.id, 0),
            }
            for row in rows
        ]
        click.echo(render.to_json({**stated, "articles": values}))
        return
    width = columns()
    if width is None:  # one call: printing thousands of lines one by one takes a tenth of a second
        say("".join(_columns(row) + "\n" for row in rows), nl=False)
        return
    print_lines(_table(rows, width))


def _filter(words: Sequence[str], scope: Scope) -> dict[str, Any]:
    """Return what limits a list, as JSON values; empty if nothing does."""
    from ..storage.scope import scope_values

    return {**({"words": list(words)} if words else {}), **scope_values(scope)}


def _print_folders(rows: Sequence["ArticleRow"], stated: dict[str, Any]) -> None:
    """Print the folders of articles; as JSON after what is ``stated``, if anything is."""
    from ..storage.folders import folders_of
    from .printing import columns, print_lines

    folders = folders_of(rows)
    if stated:
        from .. import render

        values = [
            {
                "folder": folder.path,
                "articles": folder.articles,
                "first": folder.first.isoformat() if folder.first else None,
                "last": folder.last.isoformat() if folder.last else None,
            }
            for folder in folders
        ]
        click.echo(render.to_json({**stated, "folders": values}))
        return
    cells = [
        (f"{one.articles}", f"{one.first or ''}", f"{one.last or ''}", short_path(one.path))
        for one in folders
    ]
    if columns() is None:
        say("".join("\t".join(row) + "\n" for row in cells), nl=False)
        return
    digits = max((len(row[0]) for row in cells), default=1)
    print_lines(
        [
            (f"{count:>{digits}}  ", "number"),
            (f"{first:<10} {'to' if first else '  '} {last:<10}  ", "date"),
            (folder, "source"),
        ]
        for count, first, last, folder in cells
    )


def _table(rows: Sequence["ArticleRow"], width: int) -> "Iterator[Line]":
    """Yield a line for each article, or two where the source does not fit beside the title."""
    from rich.cells import cell_len

    from ..render import library_pieces, padded, shortened

    ids = [own_id(str(row.id)) for row in rows]
    digits = max(map(len, ids), default=1)
    indent = digits + 14  # after number and date
    sources = max((cell_len(row.source) for row in rows), default=0)
    room = width - indent - min(sources, 40) - 2
    for own, row in zip(ids, rows, strict=True):
        start: Line = [
            (f"{own:>{digits}}  ", "number"),
            (f"{_day(row):<10}  ", "date"),
        ]
        if room >= 20:
            yield [
                *start,
                (f"{padded(row.title, room)}  ", "title"),
                (row.source, "source"),
                *library_pieces(row.library),
            ]
        else:
            yield [*start, (shortened(row.title, max(width - indent, 10)), "title")]
            library = library_pieces(row.library)
            yield [(" " * (digits + 2), "text"), (row.source, "source"), *library]


def _columns(row: "ArticleRow") -> str:
    """Return number, date, title and source, and the library if several are asked."""
    columns = (own_id(str(row.id)), _day(row), row.title, row.source)
    return "\t".join((*columns, row.library) if row.library else columns)


def _day(row: "ArticleRow") -> str:
    return row.published.isoformat() if row.published else ""


def _contains(text: str, words: Sequence[str]) -> bool:
    """Whether a text contains all of the words, folded."""
    folded = fold(text)
    return all(fold(word) in folded for word in words)


@click.command(short_help="Print an article.")
@click.argument("name", nargs=-1, required=True, metavar="ARTICLE...")
@library_option
@json_option
def show(name: tuple[str, ...], library: str | None, as_json: bool) -> None:
    """Print the text of ARTICLE.

    ARTICLE is a number, a source or a path (see qa ls), or words of the title, if only one title
    has them all.

    \b
    qa show 12
    qa show seeds/libya-nato.txt
    qa show costa concordia
    """
    from .. import render
    from .printing import columns, print_lines

    chosen = load_settings(library)
    with open_any(chosen) as opened:
        found = opened.article(_only_article(opened, name).id)
    if as_json:
        values = {"version": 1, **render.article_values(found), "text": found.text}
        click.echo(render.to_json(values))
        return
    print_lines(render.article_lines(found, columns()), chosen.links)


def _only_article(library: "Adding", words: Sequence[str]) -> "ArticleRow":
    """Return the article that a person means. Raises UsageError if it is none, or several."""
    name = " ".join(words)
    try:
        rows = library.find(name)
    except UsageError:
        wanted = name.split()
        rows = [row for row in library.articles() if wanted and _contains(row.title, wanted)]
        if not rows:
            raise
    if len(rows) > 1:
        for row in rows[:LISTED_MATCHES]:
            say(f"{row.id}\t{_day(row)}\t{row.title}\t{row.source}", err=True)
        more = f" ({len(rows) - LISTED_MATCHES} more)" if len(rows) > LISTED_MATCHES else ""
        raise UsageError(
            f"{name} means {len(rows)} articles{more}. Choose one by its number: "
            f"qa show {rows[0].id}"
        )
    return rows[0]


@click.command(short_help="Remove articles from the library.")
@click.argument("articles", nargs=-1, required=True, metavar="ARTICLE...")
@library_option
@click.option("--yes", "-y", is_flag=True, help="Do not ask, even for many articles.")
@quiet_option
def rm(articles: tuple[str, ...], library: str | None, yes: bool, quiet: bool) -> None:
    """Remove articles from the library. Their files stay.

    ARTICLE is a number, a source, or the path of a file or folder (see qa ls). Before it removes
    more than one article, qa asks, unless --yes is given.

    \b
    qa rm 12
    qa rm --yes ~/articles/2009
    """
    with open_any(load_settings(library)) as opened:
        rows = opened.find(*articles)
        if len(rows) > 1 and not yes:
            if not sys.stdin.isatty():
                raise UsageError(f"That is {len(rows)} articles; add --yes to remove them all.")
            click.confirm(f"Remove {len(rows)} articles from the library?", abort=True, err=True)
        removed = opened.remove(*(str(row.id) for row in rows))
    for row in removed:
        if not quiet:
            say(f"removed {row.id}  {row.title}  {row.source}")
