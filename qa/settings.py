"""Folders, defaults and limits.

A flag overrides a ``QA_…`` variable, which overrides the config file.

The config file is ``config.toml`` in the configuration folder. It is read from nowhere else, so a
file among the articles cannot change settings.
"""

import os
import shlex
from dataclasses import dataclass
from pathlib import Path

from .addresses import is_milvus, parse_address
from .errors import UsageError
from .language_model import LanguageModel, read_language_model

PASSAGE_TOKENS = 200
"""Most tokens in a passage: about a paragraph of news, and what a reader takes at once."""

CANDIDATES = 100
"""Hits that BM25 and dense retrieval each contribute to fusion."""

HITS = 10
"""Default number of hits for a question."""

MOST_HITS = 100
"""Largest number of hits for a question."""

LINKS = ("auto", "always", "never")
"""Whether to print links to articles; the first is the default."""

LIBRARY_FILE = "library.sqlite"
"""The file that makes a folder a library; `qa.storage.database.DATABASE` is the same name."""

OFFLINE_VARIABLES = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    "TOKENIZERS_PARALLELISM": "true",
}
"""Set before any model library is imported, so that it neither downloads nor reports anything."""


@dataclass(frozen=True, slots=True)
class Folders:
    """Where qa keeps its files."""

    data: Path
    """Libraries and fetched models."""
    cache: Path
    """Exported models. It can be deleted at any time."""
    config: Path
    """Folder of the config file."""

    @property
    def libraries(self) -> Path:
        """Folder that holds one folder for each named library."""
        return self.data / "libraries"


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of a run, after flags, variables and the config file are merged."""

    library: Path
    """The library's folder."""
    model: str | None
    """Encoder by name or folder; None for the library's own, or the default in a new library."""
    reader: str | None
    """Reader by name or folder; None for the default."""
    hits: int
    """Number of hits for a question."""
    language_model: LanguageModel | None = None
    """The server that writes answers; None if the person has named none."""
    links: str = "auto"
    """Whether to print links to articles: ``always``, ``never``, or ``auto`` where the terminal is
    known to take them."""
    remote: str = ""
    """Address of a library on Milvus, for which the folder holds conversations alone."""


def folders() -> Folders:
    """Return qa's folders: in ``QA_HOME`` if it is set, else the platform's (XDG on Linux)."""
    home = os.environ.get("QA_HOME")
    if home:
        root = Path(home).expanduser().absolute()
        return Folders(root / "data", root / "cache", root / "config")
    from platformdirs import PlatformDirs

    platform = PlatformDirs("qa", appauthor=False)
    return Folders(platform.user_data_path, platform.user_cache_path, platform.user_config_path)


def load_settings(
    library: str | os.PathLike[str] | None = None,
    model: str | None = None,
    hits: int | None = None,
    reader: str | None = None,
    *,
    llm: str | None = None,
    llm_model: str | None = None,
) -> Settings:
    """Return the settings of this run. The arguments are flags; None if a flag was not given.

    ``llm`` is the address of a language model's server, ``llm_model`` a model's name there.

    Raises UsageError if the config file or a variable is not valid.
    """
    known_folders = folders()
    path = known_folders.config / "config.toml"
    config = _read_config(path)
    name = os.environ.get("QA_LIBRARY") or str(config.get("library") or "default")
    remote = str(library or name)
    if is_milvus(library or name):
        address = parse_address(remote)
        remote, folder = address.text, known_folders.data / "remote" / address.slug
    else:
        remote = ""
        folder = library_folder(library) if library else _named_folder(name, known_folders)
    encoder = model or os.environ.get("QA_MODEL") or str(config.get("model", ""))
    chosen_reader = reader or os.environ.get("QA_READER") or str(config.get("reader", ""))
    variable = os.environ.get("QA_HITS")
    if hits is None and variable:
        hits = _hits(int(variable) if variable.isdecimal() else variable, "QA_HITS")
    elif hits is None:
        hits = _hits(config.get("hits", HITS), f"hits in {path}")
    links = os.environ.get("QA_LINKS") or str(config.get("links") or LINKS[0])
    if links not in LINKS:
        where = "QA_LINKS" if os.environ.get("QA_LINKS") else f"links in {path}"
        raise UsageError(f"{where} must be {', '.join(LINKS[:-1])} or {LINKS[-1]}, not {links!r}.")
    section = config.get("llm", {})
    if not isinstance(section, dict):
        raise UsageError(f"llm in {path} must be a section, [llm], not {section!r}.")
    writer = read_language_model(
        section, os.environ, address=llm, model=llm_model, where=f"[llm] in {path}"
    )
    return Settings(folder, encoder or None, chosen_reader or None, hits, writer, links, remote)


def library_folder(name: str | os.PathLike[str]) -> Path:
    """Return the folder of a library that is given on the command line or in Python.

    Text with a separator, or with a leading ``.`` or ``~``, is a path, and so is any other object.
    A plain name is a library in the data folder; if there is none of that name, it may be a folder
    with a library.
    """
    if not isinstance(name, str):
        return Path(name).expanduser().absolute()
    folder = _named_folder(name, folders())
    if not (folder / LIBRARY_FILE).exists() and Path(name, LIBRARY_FILE).exists():
        return Path(name).absolute()
    return folder


def setting_origins(
    library: str | None = None,
    model: str | None = None,
    hits: int | None = None,
    reader: str | None = None,
) -> dict[str, str]:
    """Return where each setting comes from: ``flag``, ``variable``, ``file`` or ``default``.

    The arguments are flags, as for ``load_settings``. Raises UsageError like it.
    """
    config = _read_config(folders().config / "config.toml")
    flags = {"library": library, "model": model, "reader": reader, "hits": hits, "links": None}
    origins = {}
    for name, flag in flags.items():
        choices = (flag, "flag"), (os.environ.get(f"QA_{name.upper()}"), "variable")
        given = (*choices, (config.get(name), "file"))
        origins[name] = next((origin for value, origin in given if value), "default")
    return origins


def library_name(folder: Path) -> str:
    """Return what ``--library`` calls a library: its name in the data folder, or its path."""
    return folder.name if folder.parent == folders().libraries else str(folder)


def library_flag(folder: Path) -> str:
    """Return the ``--library`` option to show in a command; empty for the current library."""
    if folder == load_settings().library:
        return ""
    return f" --library {shlex.quote(library_name(folder))}"


def threads() -> int:
    """Return ``QA_THREADS``, or else the number of processors that this process may use.

    Raises UsageError if ``QA_THREADS`` is not a number from 1.
    """
    given = os.environ.get("QA_THREADS", "")
    if given:
        if not given.isdigit() or int(given) < 1:
            raise UsageError(f"QA_THREADS must be a whole number from 1, not {given!r}.")
        return int(given)
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def go_offline() -> None:
    """Keep the model libraries off the network. Call it before the first of them is imported."""
    os.environ.update(OFFLINE_VARIABLES)


def _named_folder(name: str, known_folders: Folders) -> Path:
    """Return the folder of a library by its name in the data folder, or by its path."""
    if name.startswith((".", "~")) or "/" in name or os.sep in name:
        return Path(name).expanduser().absolute()
    return known_folders.libraries / name


def _hits(value: object, name: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= MOST_HITS:
        raise UsageError(f"{name} must be a whole number from 1 to {MOST_HITS}, not {value!r}.")
    return value


def _read_config(path: Path) -> dict[str, object]:
    """Return the config file's values, checked. Raises UsageError."""
    if not path.exists():
        return {}
    import tomllib

    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"The config file {path} cannot be read: {error}.") from error
    known = {"library", "model", "reader", "hits", "links", "llm"}
    if unknown := sorted(set(values) - known):
        raise UsageError(
            f"The config file {path} has {unknown[0]!r}; it may set {', '.join(sorted(known))}."
        )
    for name in ("library", "model", "reader", "links"):
        if not isinstance(values.get(name, ""), str):
            raise UsageError(f"{name} in {path} must be text, not {values[name]!r}.")
    return values
