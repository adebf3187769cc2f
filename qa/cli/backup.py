"""``qa export`` and ``qa import``: a library as one file, for a backup or a move."""

from pathlib import Path

import click

from ..settings import library_flag, load_settings
from .options import library_option, open_library
from .printing import say


@click.command("export", short_help="Write the library to one file.")
@click.argument("file", type=click.Path(path_type=Path))
@library_option
def export_library(file: Path, library: str | None) -> None:
    """Write the library with its conversations to FILE, as a backup or to move it.

    Meanwhile you can ask questions and add articles. FILE contains the texts of all articles; only
    you can read it.

    \b
    qa export library.qa
    qa import library.qa --library restored
    """
    with open_library(load_settings(library)) as opened:
        opened.back_up(file)
        articles = opened.status().articles
    say(f"{articles:,} articles are in {file} ({file.stat().st_size / 1e6:,.1f} MB).")


@click.command("import", short_help="Create a library from an exported file.")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@library_option
def import_library(file: Path, library: str | None) -> None:
    """Create a library from FILE, which qa export wrote.

    An existing library is never replaced: choose a new name with --library. Every byte of FILE is
    checked. The files of the articles need not be on this machine.

    \b
    qa import library.qa --library restored
    """
    from ..storage.backup import read_backup

    chosen = load_settings(library)
    read_backup(file, chosen.library)
    with open_library(chosen) as opened:
        articles = opened.status().articles
    words = library_flag(chosen.library)
    say(f"{articles:,} articles are in {chosen.library}. Ask them: qa ask QUESTION{words}")
