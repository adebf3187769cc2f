"""``qa chat``: opens the terminal chat."""

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace

import click

from ..datatypes import Scope
from ..errors import UsageError
from .options import (
    article_paths,
    hits_option,
    library_option,
    model_option,
    open_chosen,
    reader_option,
    scope_options,
)


@click.command(short_help="Talk with your articles on a screen of its own.")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--ask", "question", metavar="QUESTION", help="Ask this at once.")
@click.option("--continue", "resume", is_flag=True, help="Take up the last conversation.")
@click.option("--web", "in_browser", is_flag=True, help="In a browser, on this machine alone.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port for --web. [default: 8222]")
@library_option
@hits_option
@scope_options
@model_option
@reader_option
def chat(
    paths: tuple[str, ...],
    question: str | None,
    resume: bool,
    in_browser: bool,
    port: int | None,
    library: str | None,
    hits: int | None,
    scope: Scope,
    model: str | None,
    reader: str | None,
) -> None:
    """Talk with your articles in the terminal: questions, answers, their sources beside them.

    With PATH, what is new or changed there is indexed while you ask, and only the articles under
    PATH are asked. Without, the whole library is. F1 shows the keys, Ctrl-Q leaves.
    """
    from .. import settings

    if question is not None and not question.strip():
        raise UsageError("The question is empty.")
    chosen = settings.load_settings(library, model, hits, reader)
    places = article_paths(paths)
    if places:
        scope = replace(scope, paths=tuple(os.path.abspath(path) for path in places))
    if in_browser:
        from ..chat.web import PORT, serve

        # The same command again, without what asks for a browser: one run for each page opened.
        again = _without(sys.argv[1:], {"--web": 0, "--port": 1})
        serve([sys.executable, "-m", "qa", *again], port or PORT)
        return
    if not (sys.stdin.isatty() and sys.stdout.isatty()) and "TEXTUAL_DRIVER" not in os.environ:
        raise UsageError("The chat needs a terminal. In a script: qa ask QUESTION --json")
    from ..chat.app import ChatApp

    app = ChatApp(
        lambda: open_chosen(chosen, create=True),
        expand_paths=article_paths,
        scope=scope,
        question=question or "",
        index=places,
        resume=resume,
        hits=chosen.hits,
    )
    app.run()
    app.backend.close()


def _without(arguments: Sequence[str], options: Mapping[str, int]) -> list[str]:
    """The arguments without some options; each is given with the number of its values."""
    kept: list[str] = []
    skip = 0
    for argument in arguments:
        name, _, value = argument.partition("=")
        if skip:
            skip -= 1
        elif name in options:
            skip = 0 if value else options[name]
        else:
            kept.append(argument)
    return kept
