"""The record that lies beside an exported model: which files it came from, which files it has.

The export is reused as long as both sets of files are unchanged.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from .. import settings
from ..atomic import atomic_write
from ..errors import ModelError
from .catalog import WEIGHTS, ModelEntry, file_sha256

RECIPE = 3
"""Version of the export. Raise it when the export changes; older exports are then remade."""

MOST_NAME = 80
"""Most characters of a model's name that its cache folder keeps."""

GRAPH = "model.onnx"
TOKENIZER = "tokenizer.json"
MANIFEST = "manifest.json"


Facts = tuple[int, int, str]
"""A file's size in bytes, modification time in nanoseconds and SHA-256."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a cache folder holds and what it was made from."""

    recipe: int
    """Value of `RECIPE` when it was made."""
    name: str
    """The model's name."""
    fingerprint: str
    """SHA-256 over the digests of the files that affect an embedding."""
    sources: Mapping[str, Facts]
    """Facts of each source file by name."""
    exported: bool
    """False when the model cannot be exported; it is not tried again."""
    dimension: int = 0
    """Length of an embedding; 0 for a reader."""
    max_tokens: int = 0
    """Most tokens that the model takes, special tokens included."""
    inputs: tuple[str, ...] = ()
    """Names of the graph's inputs, in order."""
    prompts: Mapping[str, str] = field(default_factory=dict)
    """Text put before a question or a passage, by role."""
    lower_case: bool = False
    """Whether texts are lower-cased before they are tokenised."""
    agreement: float = 0.0
    """Mean cosine between the outputs of the export and of the original on a few texts."""
    made: Mapping[str, Facts] = field(default_factory=dict)
    """Facts of each exported file by name."""


def cache_folder(entry: ModelEntry) -> Path:
    """Return the folder of a model's export."""
    readable = re.sub(r"[^\w.-]+", "--", entry.name.strip("/\\"))[-MOST_NAME:]
    if entry.folder and not entry.package:  # two paths can end alike: add a digest of the whole
        readable += f"-{hashlib.sha256(entry.name.encode()).hexdigest()[:12]}"
    return settings.folders().cache / "models" / readable


def load_manifest(entry: ModelEntry, source: Path) -> Manifest | None:
    """Return the manifest of a model's export, or None if the source files have changed since.

    Sizes and times are compared first. Where they differ, for example after the same model was
    installed again, the digests decide.
    """
    path = cache_folder(entry) / MANIFEST
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        if values.pop("digest") != _digest(values):
            return None
        for files in ("sources", "made"):
            values[files] = {name: tuple(facts) for name, facts in values[files].items()}
        values["inputs"] = tuple(values["inputs"])
        manifest = Manifest(**values)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None
    if manifest.recipe != RECIPE:
        return None
    if all(_is_unchanged(source / name, facts) for name, facts in manifest.sources.items()):
        return manifest
    sources = source_facts(source)
    if fingerprint_of(sources) != manifest.fingerprint:
        return None
    manifest = replace(manifest, sources=sources)
    with suppress(OSError):  # in a read-only cache the digests are compared every time
        write_manifest(manifest, path)
    return manifest


def is_whole(entry: ModelEntry, manifest: Manifest, *, thoroughly: bool = False) -> bool:
    """Return whether the exported files are present and unchanged.

    Sizes and times are compared first; where they differ, as in a copy, the digests decide. With
    ``thoroughly`` the digests are always compared, which reads every file to its end.
    """
    folder = cache_folder(entry)
    made = {name: folder / name for name in manifest.made}
    if not thoroughly and all(
        _is_unchanged(made[name], facts) for name, facts in manifest.made.items()
    ):
        return True
    try:
        found = {name: file_facts(path) for name, path in made.items()}
    except OSError:
        return False
    if any(found[name][2] != digest for name, (_, _, digest) in manifest.made.items()):
        return False
    if found != manifest.made:
        with suppress(OSError):
            write_manifest(replace(manifest, made=found), folder / MANIFEST)
    return True


def write_manifest(manifest: Manifest, path: Path) -> None:
    """Write a manifest atomically. Raises OSError."""
    values = json.loads(json.dumps(asdict(manifest)))
    signed = {**values, "digest": _digest(values)}
    with atomic_write(path) as working:
        working.write_text(json.dumps(signed, indent=1), encoding="utf-8")


def file_facts(path: Path) -> Facts:
    """Return a file's size, time and digest. Raises OSError."""
    facts = path.stat()
    return facts.st_size, facts.st_mtime_ns, file_sha256(path)


def source_facts(source: Path) -> dict[str, Facts]:
    """Return the facts of every file in a model's folder that affects its output.

    Raises ModelError when there are no safetensors weights.
    """
    kept = {}
    for path in sorted(source.rglob("*")):
        matters = path.suffix in {".json", ".txt", ".model"} or path.name.endswith(".safetensors")
        if path.is_file() and matters and path.stem.lower() not in {"readme", "license"}:
            kept[path.relative_to(source).as_posix()] = file_facts(path)
    if WEIGHTS not in kept and not any(name.endswith(f"/{WEIGHTS}") for name in kept):
        raise ModelError(f"{source} contains no {WEIGHTS}.")
    return kept


def fingerprint_of(sources: Mapping[str, Facts]) -> str:
    """Return one digest of all files that affect an embedding: weights, tokenizer, pooling."""
    lines = [f"{digest} {name}" for name, (_, _, digest) in sorted(sources.items())]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _is_unchanged(path: Path, facts: Facts) -> bool:
    """Whether a file has the recorded size and time."""
    try:
        found = path.stat()
    except OSError:
        return False
    return (found.st_size, found.st_mtime_ns) == facts[:2]


def _digest(values: object) -> str:
    """SHA-256 of JSON values; it reveals damage to the manifest."""
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()
