"""Folders, names and limits. A flag beats a ``QA_…`` variable, which beats the config file.

The config file is ``config.toml`` in the configuration folder, and nowhere else: a file that
lies among someone's articles can change nothing.
"""

import os
import shlex
from dataclasses import dataclass
from pathlib import Path

from .errors import UsageError

PASSAGE_TOKENS = 200
"""Most word pieces in a passage: about a paragraph of news, and what a reader takes at once."""

CANDIDATES = 100
"""Hits taken from each of BM25 and dense retrieval before they are fused."""

HITS = 10
"""Hits that a question returns unless told."""

MOST_HITS = 100
"""Hits that a question can return."""

LIBRARY_FILE = "library.sqlite"
"""The file that makes a folder a library; `qa.storage.database.DATABASE` is the same name."""

OFFLINE_VARIABLES = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    "TOKENIZERS_PARALLELISM": "true",
}
"""Set before any model library is imported: nothing is fetched, nothing is reported."""


@dataclass(frozen=True, slots=True)
class Folders:
    """Where qa keeps things."""

    data: Path
    """Libraries and fetched models."""
    cache: Path
    """Exported models; can be deleted at any time."""
    config: Path
    """The config file's folder."""

    @property
    def libraries(self) -> Path:
        """One folder for each named library."""
        return self.data / "libraries"


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run goes by, once flags, variables and config file have been heard."""

    library: Path
    """Folder of the library."""
    model: str | None
    """Encoder by name or folder; None for the library's own, or the default."""
    reader: str | None
    """Reader by name or folder; None for the default."""
    hits: int
    """Hits a question returns."""


def folders() -> Folders:
    """Return qa's folders: under ``QA_HOME`` when set, else the platform's own (XDG on Linux)."""
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
) -> Settings:
    """Return the settings in force; arguments are flags, None where the flag was not given.

    Raises UsageError when the config file or a variable cannot be understood.
    """
    places = folders()
    path = places.config / "config.toml"
    config = _read_config(path)
    named = os.environ.get("QA_LIBRARY") or str(config.get("library") or "default")
    folder = library_folder(library) if library else _named_folder(named, places)
    encoder = model or os.environ.get("QA_MODEL") or str(config.get("model", ""))
    reading = reader or os.environ.get("QA_READER") or str(config.get("reader", ""))
    variable = os.environ.get("QA_HITS")
    if hits is None and variable:
        hits = _hits(variable if not variable.isdecimal() else int(variable), "QA_HITS")
    elif hits is None:
        hits = _hits(config.get("hits", HITS), f"hits in {path}")
    return Settings(folder, encoder or None, reading or None, hits)


def library_folder(named: str | os.PathLike[str]) -> Path:
    """Return the folder of a library that is named on the command line or in Python.

    Text with a separator, or with a leading ``.`` or ``~``, is a path, and so is any other object.
    A bare name is a library in the data folder. Only if there is none of that name, a folder
    of that name that holds a library is taken.
    """
    if not isinstance(named, str):
        return Path(named).expanduser().absolute()
    folder = _named_folder(named, folders())
    if not (folder / LIBRARY_FILE).exists() and Path(named, LIBRARY_FILE).exists():
        return Path(named).absolute()
    return folder


def library_words(folder: Path) -> str:
    """Return the option that names a library in a command; empty for the one in force anyway."""
    if folder == load_settings().library:
        return ""
    places = folders()
    named = folder.name if folder.parent == places.libraries else str(folder)
    return f" --library {shlex.quote(named)}"


def threads() -> int:
    """Return how many processors this process may use; ``QA_THREADS`` lowers or raises it."""
    given = os.environ.get("QA_THREADS", "")
    if given:
        if not given.isdigit() or int(given) < 1:
            raise UsageError(f"QA_THREADS must be a whole number from 1, not {given!r}.")
        return int(given)
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def go_offline() -> None:
    """Keep every model library off the network; must run before the first is imported."""
    os.environ.update(OFFLINE_VARIABLES)


def _named_folder(named: str, places: Folders) -> Path:
    """Return the folder of a library by its name in the data folder, or by its path."""
    if named.startswith((".", "~")) or "/" in named or os.sep in named:
        return Path(named).expanduser().absolute()
    return places.libraries / named


def _hits(value: object, name: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= MOST_HITS:
        raise UsageError(f"{name} must be a whole number from 1 to {MOST_HITS}, not {value!r}.")
    return value


def _read_config(path: Path) -> dict[str, object]:
    """The config file's values, checked."""
    if not path.exists():
        return {}
    import tomllib

    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"The config file {path} cannot be read: {error}.") from error
    known = {"library", "model", "reader", "hits"}
    if unknown := sorted(set(values) - known):
        raise UsageError(
            f"The config file {path} has {unknown[0]!r}; it may have {', '.join(sorted(known))}."
        )
    for name in ("library", "model", "reader"):
        if not isinstance(values.get(name, ""), str):
            raise UsageError(f"{name} in {path} must be text, not {values[name]!r}.")
    return values
