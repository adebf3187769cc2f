"""``qa export`` and ``qa import``: a library as one file, to keep or to move."""

from pathlib import Path

import click

from ..settings import library_words, load_settings
from .options import library_option, open_chosen, open_library
from .printing import say


@click.command("export", short_help="Write the library to one file.")
@click.argument("file", type=click.Path(path_type=Path))
@library_option
def export_library(file: Path, library: str | None) -> None:
    """Write the library, conversations and all, to FILE: a backup, or to move it elsewhere.

    Questions can be asked and articles added meanwhile. FILE holds the texts of all articles; only
    you may read it.

    \b
    qa export library.qa
    qa import library.qa --library restored
    """
    with open_library(library) as opened:
        opened.back_up(file)
        articles = opened.status().articles
    say(f"{articles:,} articles are in {file} ({file.stat().st_size / 1e6:,.1f} MB).")


@click.command("import", short_help="Make a library from such a file.")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@library_option
def import_library(file: Path, library: str | None) -> None:
    """Make a library from FILE, as qa export wrote it; nothing that is there is replaced.

    Every byte is checked. The articles' files need not be on this machine.
    """
    from ..storage.backup import read_backup

    chosen = load_settings(library)
    folder = chosen.library
    read_backup(file, folder)
    with open_chosen(chosen) as opened:
        articles = opened.status().articles
    say(f"{articles:,} articles are in {folder}. Ask them: qa ask QUESTION{library_words(folder)}")
