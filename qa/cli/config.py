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

    A section names the language model that writes with qa ask --write: any server that speaks the
    OpenAI protocol. Only the address is needed. The key is the NAME of the variable that holds it,
    and is sent to this address alone; tokens is the most that is sent, timeout how many seconds the
    first word may take. The variables are QA_LLM, QA_LLM_MODEL, QA_LLM_KEY, QA_LLM_TOKENS and
    QA_LLM_TIMEOUT. A proxy of the environment is not used, and no redirect is followed.

    \b
    [llm]
    address = "http://127.0.0.1:11434/v1"
    model = "qwen3:4b"
    key = "OPENAI_API_KEY"
    tokens = 3000
    timeout = 120
    """
    chosen = load_settings(library, model, hits, reader)
    origins = setting_origins(library, model, hits, reader)
    writer = chosen.language_model
    llm = {
        "address": writer.address if writer else None,
        "model": (writer.model or None) if writer else None,
        "key": (writer.key or None) if writer else None,
        "tokens": writer.budget_tokens if writer else None,
        "timeout": writer.timeout_seconds if writer else None,
    }
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
                {
                    "version": 1,
                    "settings": values,
                    "llm": llm,
                    "file": str(file),
                    "file_exists": exists,
                }
            )
        )
        return
    unset = {"model": "the model that made the library", "reader": "the reader that comes with qa"}
    for name, value in settings.items():
        variable = f" QA_{name.upper()}" if origins[name] == "variable" else ""
        say(f"{name:<8} {value or unset[name]}  ({origins[name]}{variable})")
    named = ", ".join(f"{name} {value}" for name, value in llm.items() if value is not None)
    say(f"{'llm':<8} {named or 'no server is named; qa ask --write needs one'}")
    say(f"{'file':<8} {file}{'' if file.exists() else '  (does not exist)'}")
