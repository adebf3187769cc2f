"""``qa ask`` and ``qa search``."""

import os
import shlex
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from ..datatypes import Scope, Status
from ..errors import LibraryBusyError, LibraryReadOnlyError, UsageError
from .options import (
    article_paths,
    hits_option,
    json_option,
    library_option,
    model_option,
    open_library,
    quiet_option,
    reader_option,
    scope_options,
)
from .printing import say

if TYPE_CHECKING:
    from ..library import Library

NAMED_FILES = 3
"""Changed files that a warning names."""

LOOKING_SECONDS = 0.1
"""How long a question looks for changed files: about 40,000 of them."""


@click.command()
@click.argument("question")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@library_option
@json_option
@hits_option
@scope_options
@click.option("--explain", is_flag=True, help="Also show how the answer came about.")
@model_option
@reader_option
@quiet_option
def ask(
    question: str,
    paths: tuple[str, ...],
    library: str | None,
    as_json: bool,
    hits: int | None,
    scope: Scope,
    explain: bool,
    model: str | None,
    reader: str | None,
    quiet: bool,
) -> None:
    """Answer QUESTION from your articles.

    With PATH, what is new or changed there is indexed first, and only the articles under PATH are
    asked. Without, the whole library is. QUESTION - is read from standard input.

    \b
    qa ask "Who commands NATO's Libya operation?" seeds
    qa ask "When does it end?" --since 2011-10 --json

    Exit code: 0 answered, 1 not in your articles, 2 something is wrong.
    """
    from .. import render
    from .printing import columns, print_lines

    question = sys.stdin.read() if question == "-" else question
    if not question.strip():
        raise UsageError("The question is empty.")
    places = article_paths(paths)
    with open_library(library, model=model, reader=reader, hits=hits, create=bool(paths)) as opened:
        if places:
            bring_up(opened, places, quiet=quiet)
            scope = replace(scope, paths=tuple(os.path.abspath(path) for path in places))
        with _changes_told(opened, wanted=not (places or quiet)):
            found = opened.ask(question, k=opened.settings.hits, scope=scope)
            if as_json:
                click.echo(render.to_json(render.answer_values(found)))
            else:
                lines = render.answer_lines(found, columns())
                if explain:
                    lines += render.explain_lines(found, columns())
                print_lines(lines)
    if found.status is Status.NOT_FOUND:
        raise click.exceptions.Exit(1)


@click.command()
@click.argument("query")
@library_option
@json_option
@hits_option
@scope_options
@click.option("--explain", is_flag=True, help="Also show the scores behind each place.")
@model_option
@quiet_option
def search(
    query: str,
    library: str | None,
    as_json: bool,
    hits: int | None,
    scope: Scope,
    explain: bool,
    model: str | None,
    quiet: bool,
) -> None:
    """Show the passages that fit QUERY best, without an answer.

    Exit code: 0 found, 1 nothing found, 2 something is wrong.
    """
    from .. import render
    from ..articles.clean import clean
    from .printing import columns, print_lines

    query = clean(sys.stdin.read() if query == "-" else query)
    if not query.strip():
        raise UsageError("The query is empty.")
    with (
        open_library(library, model=model, hits=hits) as opened,
        _changes_told(opened, wanted=not quiet),
    ):
        found = opened.search(query, k=opened.settings.hits, scope=scope)
        if as_json:
            values = [render.hit_values(hit, hit.rank) for hit in found]
            click.echo(render.to_json({"version": 1, "query": query, "hits": values}))
        elif found:
            print_lines(render.hit_lines(found, columns(), explain=explain))
    if not found:
        if not quiet and not as_json:
            say("No articles there to search.", err=True)
        raise click.exceptions.Exit(1)


def bring_up(library: "Library", places: Sequence[str], *, quiet: bool) -> None:
    """Index what is new or changed; while another process writes, ask what is there already."""
    from .indexing import add_with_progress, print_failures

    try:
        report = add_with_progress(library, places, quiet=quiet)
    except LibraryBusyError:
        say("Another qa is writing; asking what is indexed already.", err=True)
        return
    except LibraryReadOnlyError:
        say("The library cannot be written; asking what is indexed already.", err=True)
        return
    if not quiet:
        print_failures(report)


@contextmanager
def _changes_told(library: "Library", *, wanted: bool) -> Iterator[None]:
    """Look for changed and vanished files while a question is answered, and name them after it.

    The look is waited for even where the question fails: the library is closed afterwards.
    """
    if not wanted:
        yield
        return
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1, "files") as pool:
        looking = pool.submit(library.stale_files, LOOKING_SECONDS)
        yield
        _warn_of_changes(library, *looking.result())


def _warn_of_changes(library: "Library", changed: Sequence[str], gone: Sequence[str]) -> None:
    """Say on stderr when files have changed since they were read, and how to read them again."""
    from ..articles.gone import folder_is_bare
    from ..settings import library_words

    bare = [path for path in gone if folder_is_bare(path)]
    folders = sorted({shlex.quote(os.path.dirname(path)) for path in bare})
    for paths, what, command in (
        (changed, "changed since it was read", "qa index"),
        ([path for path in gone if path not in bare], "gone", "qa index --prune"),
        (bare, "gone with its folder", f"qa rm --yes {' '.join(folders)}"),
    ):
        if paths:
            names = ", ".join(os.path.relpath(path) for path in paths[:NAMED_FILES])
            more = f" and {len(paths) - NAMED_FILES} more" if len(paths) > NAMED_FILES else ""
            mend = f"{command}{library_words(library.folder)}"
            say(f"{names}{more}: {what}. To bring the library up: {mend}", err=True)
