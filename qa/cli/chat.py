"""``qa chat``: opens the terminal chat."""

import os
import sys
from collections.abc import Mapping, Sequence

import click

from ..datatypes import Scope
from ..errors import UsageError
from ..settings import load_settings
from .options import (
    article_paths,
    hits_option,
    library_option,
    llm_options,
    model_option,
    open_library,
    paths_scope,
    reader_option,
    scope_options,
    writing_server,
)


@click.command(short_help="Ask and follow up, on a full screen.")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--ask", "question", metavar="QUESTION", help="Ask this question first.")
@click.option("--continue", "resume", is_flag=True, help="Continue the last conversation.")
@click.option(
    "--watch", is_flag=True, help="Index files as they change, in PATH or the library's folders."
)
@click.option("--write", is_flag=True, help="Let a language model write each answer out, too.")
@llm_options
@click.option("--web", "in_browser", is_flag=True, help="Open in a browser, on this machine only.")
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
    watch: bool,
    write: bool,
    llm: str | None,
    llm_model: str | None,
    in_browser: bool,
    port: int | None,
    library: str | None,
    hits: int | None,
    scope: Scope,
    model: str | None,
    reader: str | None,
) -> None:
    """Talk with your articles on a full screen: your questions, the answers, and their sources.

    With PATH, qa indexes what is new or changed there while you ask, and asks only the articles in
    or under PATH. Without PATH it asks the whole library. F1 shows the keys, F4 lists the articles
    by story, F6 shows a timeline of the question, F7 indexes files as they change. F8 lets
    the language model that --llm names write the answer out, too, and checks each sentence; nothing
    is sent to a server that you have not named. Ctrl-Q quits.
    With --web the page in the browser loads nothing from elsewhere.

    \b
    qa chat
    qa chat ~/articles/2014 --ask "Who resigned?"
    qa chat --continue
    qa chat ~/articles --watch
    qa chat --llm http://127.0.0.1:11434/v1
    """
    if question is not None and not question.strip():
        raise UsageError("The question is empty.")
    chosen = load_settings(library, model, hits, reader, llm=llm, llm_model=llm_model)
    if write:
        writing_server(chosen)  # says what is missing before the screen opens
    places = article_paths(paths)
    if in_browser:
        from ..chat.web import PORT, serve

        # Each page runs this command again, without --web.
        again = _without(sys.argv[1:], {"--web": 0, "--port": 1})
        serve([sys.executable, "-m", "qa", *again], port or PORT)
        return
    if not (sys.stdin.isatty() and sys.stdout.isatty()) and "TEXTUAL_DRIVER" not in os.environ:
        raise UsageError("The chat needs a terminal. In a script: qa ask QUESTION --json")
    from ..chat.app import ChatApp
    from ..render import takes_links

    app = ChatApp(
        lambda: open_library(chosen, create=True),
        expand_paths=article_paths,
        scope=paths_scope(scope, places),
        question=question or "",
        index=places,
        resume=resume,
        watch=watch,
        write=write,
        hits=chosen.hits,
        links=takes_links(chosen.links, os.environ, is_terminal=sys.stdout.isatty()),
    )
    app.run()
    app.backend.close()


def _without(arguments: Sequence[str], options: Mapping[str, int]) -> list[str]:
    """Return the arguments without these options; each option maps to its number of values."""
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
