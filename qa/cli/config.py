"""``qa config``."""

import click

from ..settings import folders, load_settings, setting_origins
from .options import hits_option, json_option, library_option, model_option, reader_option
from .printing import say


@click.command(short_help="Show the settings and where they come from.")
@library_option
@model_option
@reader_option
@hits_option
@json_option
def config(
    library: str | None, model: str | None, reader: str | None, hits: int | None, as_json: bool
) -> None:
    """Show the settings that are in force, and where each comes from.

    A flag overrides a variable (QA_LIBRARY, QA_MODEL, QA_READER, QA_HITS, QA_LINKS), which
    overrides the configuration file. The file is TOML; this one sets all five:

    \b
    library = "news"
    model = "BAAI/bge-small-en-v1.5"
    reader = "deepset/tinyroberta-squad2"
    hits = 5
    links = "never"

    links says whether the places of articles are links that a terminal can open: always, never, or
    auto, on terminals that are known to take them.
    """
    chosen = load_settings(library, model, hits, reader)
    origins = setting_origins(library, model, hits, reader)
    file = folders().config / "config.toml"
    settings = {
        "library": str(chosen.library),
        "model": chosen.model,
        "reader": chosen.reader,
        "hits": chosen.hits,
        "links": chosen.links,
    }
    if as_json:
        from .. import render

        values = {name: {"value": value, "from": origins[name]} for name, value in settings.items()}
        exists = file.exists()
        click.echo(
            render.to_json(
                {"version": 1, "settings": values, "file": str(file), "file_exists": exists}
            )
        )
        return
    unset = {"model": "the model that made the library", "reader": "the reader that comes with qa"}
    for name, value in settings.items():
        variable = f" QA_{name.upper()}" if origins[name] == "variable" else ""
        say(f"{name:<8} {value or unset[name]}  ({origins[name]}{variable})")
    say(f"{'file':<8} {file}{'' if file.exists() else '  (does not exist)'}")
