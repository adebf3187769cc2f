"""Options that several commands share, and how a command opens its library."""

import functools
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .. import settings
from ..datatypes import Scope
from ..errors import UsageError

if TYPE_CHECKING:
    from datetime import date

    from ..adding import Adding
    from ..libraries import Libraries
    from ..library import Library
    from ..writing.server import ChatServer

Command = Callable[..., Any]


def library_option(command: Command) -> Command:
    """Add ``--library`` for one library."""
    return click.option(
        "--library",
        multiple=True,
        callback=_only_library,
        metavar="NAME|PATH",
        help="Library to use: a name, a folder, or milvus://HOST:PORT/COLLECTION. "
        "[default: default; variable QA_LIBRARY]",
    )(command)


def libraries_option(command: Command) -> Command:
    """Add ``--library``, which may be given several times, and pass a tuple of names."""
    return click.option(
        "--library",
        "libraries",
        multiple=True,
        metavar="NAME|PATH",
        help="Library to ask: a name, or a folder. Give it again to ask several as one. "
        "[default: default; variable QA_LIBRARY]",
    )(command)


def _only_library(
    context: click.Context, _option: click.Parameter, names: tuple[str, ...]
) -> str | None:
    """Return the library that was named, if any. Raises UsageError if it is more than one."""
    if len(names) > 1:
        raise UsageError(
            f"{context.command_path} works with one library, not {len(names)}. "
            "Several are asked as one by qa ask, search, mentions, timeline and ls."
        )
    return names[0] if names else None


def json_option(command: Command) -> Command:
    """Add ``--json``."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")(command)


def quiet_option(command: Command) -> Command:
    """Add ``--quiet``; without it, log messages are printed on stderr."""

    @click.option("--quiet", "-q", is_flag=True, help="Print no notes and no progress on stderr.")
    @functools.wraps(command)
    def logging_command(*args: Any, quiet: bool, **values: Any) -> Any:
        from .log import print_log

        print_log(quiet)
        return command(*args, quiet=quiet, **values)

    return logging_command


def model_option(command: Command) -> Command:
    """Add ``--model``."""
    return click.option(
        "--model",
        metavar="NAME|PATH",
        help="Encoder: a model that qa models lists, or a folder. [variable QA_MODEL]",
    )(command)


def reader_option(command: Command) -> Command:
    """Add ``--reader``."""
    return click.option(
        "--reader",
        metavar="NAME|PATH",
        help="Reader: a model that qa models lists, or a folder. [variable QA_READER]",
    )(command)


def llm_options(command: Command) -> Command:
    """Add ``--llm`` and ``--llm-model``."""
    server = click.option(
        "--llm",
        metavar="ADDRESS",
        help="Server of the language model that writes. [variable QA_LLM]",
    )
    model = click.option(
        "--llm-model", metavar="NAME", help="The model's name there. [variable QA_LLM_MODEL]"
    )
    return server(model(command))


def writing_options(command: Command) -> Command:
    """Add ``--write``, ``--llm`` and ``--llm-model``."""

    @click.option("--write", "is_written", is_flag=True, help="Let a language model write, too.")
    @llm_options
    @functools.wraps(command)
    def writing_command(
        *args: Any, is_written: bool, llm: str | None, llm_model: str | None, **values: Any
    ) -> Any:
        if not is_written and (llm or llm_model):
            raise UsageError("--llm and --llm-model are for a written answer: add --write.")
        return command(*args, is_written=is_written, llm=llm, llm_model=llm_model, **values)

    return writing_command


def scope_options(command: Command) -> Command:
    """Add ``--since``, ``--until``, ``--in`` and ``--source``, and pass them as ``scope``."""

    @click.option("--since", metavar="DATE", help="Only articles from this date on: 2011, 2011-10.")
    @click.option("--until", metavar="DATE", help="Only articles up to this date.")
    @click.option(
        "--in",
        "folders",
        multiple=True,
        type=click.Path(),
        metavar="FOLDER",
        help="Only articles in this folder, or below it; see qa ls --folders.",
    )
    @click.option("--source", metavar="GLOB", help="Only sources that match, as in '*libya*'.")
    @functools.wraps(command)
    def scoped_command(
        *args: Any,
        since: str | None,
        until: str | None,
        folders: tuple[str, ...],
        source: str | None,
        **values: Any,
    ) -> Any:
        paths = tuple(map(_folder, folders))
        scope = Scope(_day(since, last=False), _day(until, last=True), source, paths)
        if source == "":
            raise UsageError("--source needs a pattern, as in '*libya*'.")
        if scope.since and scope.until and scope.since > scope.until:
            raise UsageError(f"--since {scope.since} is after --until {scope.until}.")
        return command(*args, scope=scope, **values)

    return scoped_command


def _folder(name: str) -> str:
    """Return the real path of a folder, or its name as typed if it is none here."""
    if not name.strip("/ ") and name != "/":
        raise UsageError("--in needs a folder; qa ls --folders lists them.")
    path = os.path.expanduser(name)
    is_here = os.path.lexists(path) or os.path.isabs(path) or name.startswith(".")
    return os.path.realpath(path) if is_here else os.path.normpath(name)


def _day(text: str | None, *, last: bool) -> "date | None":
    if text is None:
        return None
    from ..articles.dates import named_day

    return named_day(text, last=last)


def hits_option(command: Command) -> Command:
    """Add ``-k``."""
    return click.option(
        "-k",
        "hits",
        type=click.IntRange(1, settings.MOST_HITS),
        metavar="N",
        help="Number of passages. [default: 10; variable QA_HITS]",
    )(command)


def open_library(
    chosen: settings.Settings, *, device: str | None = None, create: bool = False
) -> "Library":
    """Open the library of these settings, which must be on this machine.

    Raises LibraryError if there is none to open, UsageError for one on Milvus.

    A command reads its settings once, with ``load_settings``. ``Library.open`` would read them
    again.
    """
    if chosen.remote:
        command = click.get_current_context().command_path
        raise UsageError(f"{command} works with a library on this machine, not with one on Milvus.")
    from ..library import Library

    return Library(chosen, device=device, create=create)


def on_this_machine(opened: "Adding") -> "Library":
    """Return a library that is on this machine. Raises UsageError for one on Milvus."""
    from ..library import Library

    if not isinstance(opened, Library):
        raise UsageError("--reembed and --watch work with a library on this machine.")
    return opened


def open_any(
    chosen: settings.Settings, *, device: str | None = None, create: bool = False
) -> "Adding":
    """Open the library of these settings, wherever it is kept. Raises what `open_library` does."""
    if not chosen.remote:
        return open_library(chosen, device=device, create=create)
    from ..remote import MilvusLibrary

    return MilvusLibrary(chosen, device=device)


def each_settings(
    names: Sequence[str],
    model: str | None = None,
    hits: int | None = None,
    reader: str | None = None,
    **writing: str | None,
) -> list[settings.Settings]:
    """Return the settings for each library that is named; without a name, for the current one."""
    return [
        settings.load_settings(name, model, hits, reader, **writing) for name in names or (None,)
    ]


def open_asked(
    chosen: Sequence[settings.Settings], *, create: bool = False
) -> "Adding | Libraries":
    """Open the library of these settings, or several as one.

    Raises LibraryError if one does not exist, UsageError if one is named twice.
    """
    if len(chosen) == 1:
        return open_any(chosen[0], create=create)
    from ..libraries import Libraries

    opened: list[Adding] = []
    try:
        for one in chosen:
            opened.append(open_any(one))
        return Libraries(opened)
    except BaseException:
        for library in opened:
            library.close()
        raise


def each_library(opened: "Adding | Libraries") -> "tuple[Adding, ...]":
    """Return the libraries that `open_asked` opened."""
    from ..adding import Adding

    return (opened,) if isinstance(opened, Adding) else opened.libraries


def writing_server(chosen: settings.Settings) -> "ChatServer":
    """Return the language model's server of these settings; nothing is contacted.

    Raises UsageError if none is named, or if its key cannot be read.
    """
    if chosen.language_model is None:
        from ..language_model import no_language_model

        raise no_language_model(str(settings.folders().config / "config.toml"))
    from ..writing.server import HttpChatServer

    return HttpChatServer(chosen.language_model)


def article_paths(paths: Sequence[str]) -> list[str]:
    """Return the paths; ``seeds`` means the sample articles if there is no such path here.

    Raises UsageError for a path that does not exist, before anything is created or changed.
    """
    found = [
        str(_samples()) if path.rstrip("/") == "seeds" and not Path(path).exists() else path
        for path in paths
    ]
    for path in found:
        if not os.path.lexists(path):
            raise UsageError(f"no such file or folder: {path}")
    return found


def paths_scope(scope: Scope, paths: Sequence[str]) -> Scope:
    """Return the scope limited to articles in or under these paths; unchanged without paths.

    Raises UsageError if ``--in`` was given as well.
    """
    if paths and scope.paths:
        raise UsageError("Name the folder once: as PATH, or with --in.")
    return replace(scope, paths=tuple(map(os.path.realpath, paths))) if paths else scope


def _samples() -> Path:
    """Folder of the sample articles, in the wheel or at the top of a checkout."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "seeds"
    return inside if inside.is_dir() else package.parent / "seeds"
