"""``qa status``."""

from typing import TYPE_CHECKING

import click

from ..settings import folders, load_settings
from .options import json_option, library_option, open_library
from .printing import say

if TYPE_CHECKING:
    from ..storage.vector_files import SketchFacts


@click.command(short_help="Show what the library contains.")
@library_option
@json_option
def status(library: str | None, as_json: bool) -> None:
    """Show what the library contains, and whether its files have changed since."""
    from .. import render

    with open_library(load_settings(library)) as opened:
        found = opened.status()
    places = folders()
    if as_json:
        values = {
            "version": 1,
            "library": str(found.folder),
            "articles": found.articles,
            "files": found.files,
            "passages": found.passages,
            "model": found.model,
            "since": found.dates[0].isoformat() if found.dates else None,
            "until": found.dates[1].isoformat() if found.dates else None,
            "disk_bytes": found.disk_bytes,
            "changed_files": found.changed_files,
            "vanished_files": found.vanished_files,
            "vector_search": "approximate" if found.sketch else "exact",
            "recall": found.sketch and round(found.sketch.recall, 4),
            "recall_passages": found.sketch and found.sketch.rows,
            "recall_sample": found.sketch and found.sketch.sample,
            "config": str(places.config / "config.toml"),
            "cache": str(places.cache),
        }
        click.echo(render.to_json(values))
        return
    files = "1 file" if found.files == 1 else f"{found.files:,} files"
    passages = "1 passage" if found.passages == 1 else f"{found.passages:,} passages"
    dates = " to ".join(day.isoformat() for day in found.dates) if found.dates else "none dated"
    rows = [
        ("library", str(found.folder)),
        ("articles", f"{found.articles:,} in {files}, {passages}"),
        ("dates", dates),
        ("model", found.model or "none yet"),
        ("size", f"{found.disk_bytes / 1e6:,.1f} MB"),
        ("vectors", _search_method(found.sketch)),
        ("files", _freshness(found.changed_files, found.vanished_files)),
        ("config", str(places.config / "config.toml")),
        ("cache", str(places.cache)),
    ]
    for name, value in rows:
        say(f"{name:<9} {value}")


def _search_method(sketch: "SketchFacts | None") -> str:
    if sketch is None:
        return "searched exactly"
    measured = f"measured by {sketch.sample} queries on {sketch.rows:,} passages"
    return f"searched approximately, recall@10 {sketch.recall:.3f} ({measured})"


def _freshness(changed: int, vanished: int) -> str:
    if not changed and not vanished:
        return "unchanged since they were read"
    return f"{changed:,} changed, {vanished:,} gone since they were read: qa index FOLDER"
