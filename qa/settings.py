"""Folders, names and limits. A flag beats a ``QA_…`` variable, which beats the config file.

The config file is ``config.toml`` in the configuration folder, and nowhere else: a file that
lies among someone's articles can change nothing.
"""

import os
import tomllib
from dataclasses import dataclass
from pathlib import Path

from .errors import UsageError

PASSAGE_TOKENS = 200
"""Most word pieces in a passage: about a paragraph of news, and what a reader takes at once."""

CANDIDATES = 100
"""Hits taken from each of BM25 and dense retrieval before they are fused."""

HITS = 10
"""Hits that a question returns unless told."""

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
    library: str | None = None, model: str | None = None, hits: int | None = None
) -> Settings:
    """Return the settings in force; arguments are flags, None where the flag was not given.

    Raises UsageError when the config file or a variable cannot be understood.
    """
    places = folders()
    config = _read_config(places.config / "config.toml")
    library = library or os.environ.get("QA_LIBRARY") or config.get("library") or "default"
    model = model or os.environ.get("QA_MODEL") or config.get("model")
    number = hits if hits is not None else os.environ.get("QA_HITS") or config.get("hits") or HITS
    try:
        wanted = int(number)
    except ValueError:
        raise UsageError(f"QA_HITS must be a whole number, not {number!r}.") from None
    if wanted < 1:
        raise UsageError("The number of hits must be at least 1.")
    return Settings(_library_folder(library, places), model, wanted)


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


def _library_folder(named: str, places: Folders) -> Path:
    """A name lives among the libraries; anything that looks like a path is one."""
    if named.startswith((".", "~")) or "/" in named or os.sep in named:
        return Path(named).expanduser().absolute()
    return places.libraries / named


def _read_config(path: Path) -> dict[str, str]:
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise UsageError(f"The config file {path} cannot be read: {error}.") from error
    known = {"library", "model", "hits"}
    if unknown := sorted(set(values) - known):
        raise UsageError(
            f"The config file {path} has {unknown[0]!r}; it may have {', '.join(sorted(known))}."
        )
    return {key: str(value) for key, value in values.items()}
