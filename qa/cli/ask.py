"""``qa ask`` and ``qa search``."""

import os
import shlex
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from ..datatypes import AnswerKind, Scope, Status
from ..errors import LibraryBusyError, LibraryReadOnlyError, ServerError, UsageError
from .options import (
    article_paths,
    each_library,
    each_settings,
    hits_option,
    json_option,
    libraries_option,
    model_option,
    open_asked,
    paths_scope,
    quiet_option,
    reader_option,
    scope_options,
    writing_options,
    writing_server,
)
from .printing import say, short_path

if TYPE_CHECKING:
    from ..adding import Adding
    from ..libraries import Libraries
    from ..library import Library

NAMED_FILES = 3
"""Number of files that a warning names: those that have changed, or cannot be read."""

CHECK_SECONDS = 0.1
"""Time to check files for changes while a question is answered; enough for about 40,000."""


@click.command(short_help="Answer QUESTION from your articles.")
@click.argument("question")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@libraries_option
@json_option
@hits_option
@scope_options
@click.option(
    "--continue",
    "is_continued",
    is_flag=True,
    help="Ask as the next question of the last conversation.",
)
@click.option("--explain", is_flag=True, help="Also show how the answer came about.")
@model_option
@reader_option
@writing_options
@quiet_option
def ask(
    question: str,
    paths: tuple[str, ...],
    libraries: tuple[str, ...],
    as_json: bool,
    hits: int | None,
    scope: Scope,
    is_continued: bool,
    explain: bool,
    model: str | None,
    reader: str | None,
    is_written: bool,
    llm: str | None,
    llm_model: str | None,
    quiet: bool,
) -> None:
    """Answer QUESTION from your articles.

    With PATH, qa first indexes what is new or changed there, and then asks only the articles in or
    under PATH. Without PATH it asks the whole library. If QUESTION is -, qa reads it from standard
    input.

    \b
    qa ask "Who commands NATO's Libya operation?" seeds
    qa ask "When does it end?" --since 2011-10 --json
    qa ask --continue "And what did he say?"
    qa ask "Who resigned?" --library news --library ./archive

    A phrase in quotation marks is searched word for word. A word that no article has is searched as
    the nearest one that some article has; the answer says so.

    With --library given several times, the best answer of all is found, and each source says which
    library it is of. They must have been made by the same encoder.

    Where articles differ, on a number, a date, a name or a place, qa shows what each says, the
    newest first. Near-copies of one report count as one article.

    With --continue, QUESTION may refer to what was asked before, with --continue or in the chat;
    the answer becomes part of that conversation.

    With --write, a language model also writes the answer out, and each of its sentences is checked:
    ✓ a passage that it cites holds it, ↷ another passage does, ✗ none does, · there is nothing to
    check. The marks are a help, not a proof: measured, one false sentence in four was not struck
    through, and one true one in six was. You name the server, any that speaks the OpenAI protocol.
    The question and the passages that are listed are sent to it, and nothing else to anyone; see
    qa config.

    \b
    qa ask --write --llm http://127.0.0.1:11434/v1 --llm-model qwen3:4b "Why did it end?"

    Exit code: 0 answered, 1 not in your articles, 2 something is wrong.
    """
    from .. import render
    from .printing import columns, print_lines

    question = sys.stdin.read() if question == "-" else question
    if not question.strip():
        raise UsageError("The question is empty.")
    chosen = each_settings(libraries, model, hits, reader, llm=llm, llm_model=llm_model)
    server = writing_server(chosen[0]) if is_written else None
    places = _asked_paths(question, paths)
    if len(chosen) > 1 and (places or is_continued):
        what = "PATH is indexed" if places else "A conversation is kept"
        raise UsageError(f"{what} in one library; name one with --library.")
    with open_asked(chosen, create=bool(places)) as opened:
        first = each_library(opened)[0]
        if places:
            update_index(first, places, quiet=quiet)
        with _changes_reported(opened, places, wanted=not quiet):
            last = first.conversations()[:1] if is_continued else []
            if is_continued and not last and not quiet:
                say("There is no conversation to continue; this question begins one.", err=True)
            conversation = first.conversation(last[0].id) if last else opened.conversation()
            searched = paths_scope(scope, places)
            answer = conversation.ask(question, k=chosen[0].hits, scope=searched)
            if is_continued:
                conversation.remember(answer, searched)
            if not as_json:
                lines = render.answer_lines(answer, columns())
                if explain:
                    lines += render.explain_lines(answer, columns())
                print_lines(lines, chosen[0].links)
            written = None
            if server is not None and answer.kind is not AnswerKind.REMARK:
                from .writing import write_out

                written = write_out(opened, answer, server, quietly=as_json)
            if as_json:
                values = render.answer_values(answer) | {"written": None}
                if written is not None:
                    from ..writing.shown import written_values

                    values["written"] = written_values(written)
                click.echo(render.to_json(values))
    if written is not None and written.error:
        raise ServerError(written.error)
    if answer.status is Status.NOT_FOUND and answer.kind is not AnswerKind.REMARK:
        raise click.exceptions.Exit(1)


@click.command(short_help="Show the passages that fit QUERY best.")
@click.argument("words", nargs=-1, required=True, metavar="QUERY...")
@libraries_option
@json_option
@hits_option
@scope_options
@click.option("--explain", is_flag=True, help="Also show the scores of each passage.")
@model_option
@quiet_option
def search(
    words: tuple[str, ...],
    libraries: tuple[str, ...],
    as_json: bool,
    hits: int | None,
    scope: Scope,
    explain: bool,
    model: str | None,
    quiet: bool,
) -> None:
    """Show the passages that fit QUERY best, without an answer.

    A passage can fit by its meaning, too: it need not contain the words of QUERY. But if no article
    at all contains one of them, or one spelt much the same, nothing is found. A phrase in quotation
    marks is searched word for word. If QUERY is -, qa reads it from standard input.

    \b
    qa search oil spill
    qa search '"oil spill" Louisiana'
    qa search harbour -k 3 --explain

    Exit code: 0 found, 1 nothing found, 2 something is wrong.
    """
    from .. import render
    from ..articles.clean import clean
    from .printing import columns, print_lines

    query = clean(sys.stdin.read() if words == ("-",) else " ".join(words))
    if not query.strip():
        raise UsageError("The query is empty.")
    chosen = each_settings(libraries, model, hits)
    reason = "No article matches the filter."
    with open_asked(chosen) as opened, _changes_reported(opened, (), wanted=not quiet):
        retrieved = opened.retrieve(query, k=chosen[0].hits, scope=scope)
        found, notes = retrieved.hits, list(retrieved.notes)
        if found and not retrieved.has_words:
            found, reason = (), "No article contains any of these words."
        if as_json:
            values = [render.hit_values(hit, hit.rank) for hit in found]
            shown = {"version": 1, "query": query, "notes": notes, "hits": values}
            click.echo(render.to_json(shown))
        elif found:
            lines = render.hit_lines(found, columns(), explain=explain)
            print_lines([*lines, *render.note_lines(notes, columns())], chosen[0].links)
    if not found:
        if not quiet and not as_json:
            say(reason, err=True)
        raise click.exceptions.Exit(1)


def _asked_paths(question: str, paths: Sequence[str]) -> list[str]:
    """Return the paths to ask. Raises UsageError for one that is missing, or a word of QUESTION."""
    try:
        return article_paths(paths)
    except UsageError as error:
        if len(question.split()) > 1 or any(map(os.path.lexists, paths)):
            raise
        words = shlex.quote(" ".join((question, *paths)))
        raise UsageError(f"{error}. If it is part of the question: qa ask {words}") from None


def update_index(library: "Adding", paths: Sequence[str], *, quiet: bool) -> None:
    """Index what is new or changed; if the library cannot be written to, say so and go on."""
    from .index import add_with_progress, print_failures

    try:
        report = add_with_progress(library, paths, quiet=quiet)
    except LibraryBusyError:
        say("Another qa is writing to the library; asking what is indexed already.", err=True)
        return
    except LibraryReadOnlyError as error:
        say(str(error), err=True)
        return
    if not quiet:
        print_failures(report, NAMED_FILES, "qa index --json")


@contextmanager
def _changes_reported(
    opened: "Adding | Libraries", paths: Sequence[str], *, wanted: bool
) -> Iterator[None]:
    """Check for changed and deleted files while the block runs, and name them after it.

    If there are ``paths``, only the files in and under them are named.
    The check ends before this returns or raises, so the libraries can be closed.
    """
    if not wanted:
        yield
        return
    from concurrent.futures import ThreadPoolExecutor

    from ..library import Library

    # Only what was read on this machine can be compared with its files.
    libraries = [each for each in each_library(opened) if isinstance(each, Library)]
    seconds = CHECK_SECONDS / max(1, len(libraries))
    with ThreadPoolExecutor(1, "files") as pool:
        checks = [pool.submit(library.stale_files, seconds) for library in libraries]
        yield
        for library, check in zip(libraries, checks, strict=True):
            changed, gone = check.result()
            if paths:
                from ..articles.gone import is_under

                real = [os.path.realpath(path) for path in paths]
                changed, gone = (
                    [path for path in files if path in real or is_under(path, real)]
                    for files in (changed, gone)
                )
            _print_changes(library, changed, gone)


def _print_changes(library: "Library", changed: Sequence[str], gone: Sequence[str]) -> None:
    """Name on stderr the files that have changed or are gone, and the command to update."""
    from ..articles.gone import folder_is_bare

    bare = [path for path in gone if folder_is_bare(path)]
    folders = sorted({shlex.quote(os.path.dirname(path)) for path in bare})
    for paths, what, command in (
        (changed, "changed since indexing", "qa index"),
        ([path for path in gone if path not in bare], "gone", "qa index --prune"),
        (bare, "gone with its folder", f"qa rm --yes {' '.join(folders)}"),
    ):
        if paths:
            names = ", ".join(map(short_path, paths[:NAMED_FILES]))
            more = f" and {len(paths) - NAMED_FILES} more" if len(paths) > NAMED_FILES else ""
            update = f"{command}{library.flag}"
            say(f"{names}{more}: {what}. To update: {update}", err=True)
