"""An encoder or reader → one quantised ONNX graph in the cache, once.

From then on onnxruntime and tokenizers alone run the model. The recipe: torch's TorchScript
exporter over the whole model (trace.py); onnxruntime's transformer optimiser fuses attention,
layer normalisation and GELU; dynamic int8 quantisation of the weights, per channel. Processors
without VNNI instructions overflow on the eighth bit, so it is tried with eight and with seven, and
what agrees best with the original here is kept; it must agree well.
"""

import hashlib
import json
import logging
import re
import shutil
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from threading import Lock
from typing import Any

from .. import settings
from ..atomic import atomic_write, move_into_place
from ..errors import ModelError
from .catalog import WEIGHTS, ModelEntry, file_sha256

log = logging.getLogger(__name__)

_EXPORTING = Lock()

RECIPE = 3
"""Raised when the export changes, so that older exports are made again."""

MOST_NAME = 80
"""Characters of a model's name in the name of its cache folder."""

GRAPH = "model.onnx"
TOKENIZER = "tokenizer.json"
MANIFEST = "manifest.json"

LEAST_AGREEMENT = 0.98
"""Mean cosine to the original below which an export is not kept."""


Facts = tuple[int, int, str]
"""A file's size in bytes, modification time in nanoseconds and SHA-256."""


class NotExportableError(Exception):
    """The model cannot become an ONNX graph; Sentence-Transformers must run it."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a cache folder holds and what it was made from."""

    recipe: int
    """``RECIPE`` at the time."""
    name: str
    """The model's name."""
    fingerprint: str
    """SHA-256 over the digests of the files that shape an embedding."""
    sources: Mapping[str, Facts]
    """Size in bytes, modification time in nanoseconds and SHA-256 of each source file."""
    exported: bool
    """False when the model cannot be exported, so that it is not tried again."""
    dimension: int = 0
    """Length of an embedding; 0 for a reader."""
    max_tokens: int = 0
    """Most word pieces the model takes, its own marks included."""
    inputs: tuple[str, ...] = ()
    """Names of the graph's inputs, in its order."""
    prompts: Mapping[str, str] = field(default_factory=dict)
    """Text put before a question or a passage, by role."""
    lower_case: bool = False
    """Whether texts are lowered before they are tokenised."""
    agreement: float = 0.0
    """Mean cosine between what exported and original model say of a few texts."""
    made: Mapping[str, Facts] = field(default_factory=dict)
    """The same of the exported files by name."""


def cache_folder(entry: ModelEntry) -> Path:
    """Return where the export of a model lies."""
    readable = re.sub(r"[^\w.-]+", "--", entry.name.strip("/\\"))[-MOST_NAME:]
    if entry.folder and not entry.package:  # a path: its end alone may be that of another, too
        readable += f"-{hashlib.sha256(entry.name.encode()).hexdigest()[:12]}"
    return settings.folders().cache / "models" / readable


def load_manifest(entry: ModelEntry, source: Path) -> Manifest | None:
    """Return the manifest of a model's export if it was made from the files as they are now.

    Size and time tell; where they differ, as after installing the same model again, the digests do.
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
    if all(_has_facts(source / name, facts) for name, facts in manifest.sources.items()):
        return manifest
    sources = _source_facts(source)
    if _fingerprint(sources) != manifest.fingerprint:
        return None
    manifest = replace(manifest, sources=sources)
    with suppress(OSError):  # where it cannot be noted, it is found out again next time
        _write_manifest(manifest, path)
    return manifest


def is_whole(entry: ModelEntry, manifest: Manifest, *, thoroughly: bool = False) -> bool:
    """Whether the exported files are the ones that were made.

    Size and time tell; where they differ, as in a copy, the digests do. ``thoroughly``, the digests
    are always compared, which reads the files whole.
    """
    folder = cache_folder(entry)
    made = {name: folder / name for name in manifest.made}
    if not thoroughly and all(
        _has_facts(made[name], facts) for name, facts in manifest.made.items()
    ):
        return True
    try:
        found = {name: _file_facts(path) for name, path in made.items()}
    except OSError:
        return False
    if any(found[name][2] != digest for name, (_, _, digest) in manifest.made.items()):
        return False
    if found != manifest.made:
        with suppress(OSError):
            _write_manifest(replace(manifest, made=found), folder / MANIFEST)
    return True


def prepare(entry: ModelEntry) -> tuple[Path, Manifest]:
    """Return where a model's weights lie and its manifest; export it if that is due.

    Raises ModelError when it is not installed, damaged, or a reader that cannot be exported.
    """
    source = entry.require()
    manifest = load_manifest(entry, source)
    if manifest is None or not is_whole(entry, manifest):
        try:
            manifest = export(entry, source)
        except OSError as error:
            raise ModelError(
                f"{entry.name} cannot be prepared: {cache_folder(entry).parent} cannot be written "
                f"({(error.strerror or str(error)).lower()}). Set QA_HOME to a folder that can."
            ) from error
    return source, manifest


def export(entry: ModelEntry, source: Path) -> Manifest:
    """Check a model's files, export it into the cache, and return its manifest.

    Takes 10 to 20 seconds and imports torch and sentence-transformers. An encoder that cannot be
    exported yields a manifest that says so. Raises ModelError when a file fails its digest, and
    when a reader cannot be exported.
    """
    from filelock import FileLock

    folder = cache_folder(entry)
    folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # Encoder and reader load in threads, and importing transformers in two at once fails.
    with _EXPORTING, FileLock(folder.parent / f"{folder.name}.lock"):
        made = load_manifest(entry, source)
        if made and is_whole(entry, made):
            return made  # by another process, while this one waited
        return _export_locked(entry, source, folder)


def _export_locked(entry: ModelEntry, source: Path, folder: Path) -> Manifest:
    """Export while no other process does; clears away what one left that was killed."""
    entry.verify(source)
    sources = _source_facts(source)
    fingerprint = _fingerprint(sources)
    prefix = f".{folder.name}-"
    for leftover in folder.parent.glob(f"{prefix}*"):
        shutil.rmtree(leftover, ignore_errors=True)
    started = time.monotonic()
    log.info("Preparing %s for this machine (once, about 15 seconds) …", entry.name)
    working = Path(tempfile.mkdtemp(prefix=prefix, dir=folder.parent))
    try:
        try:
            facts = _export_into(working, entry, source)
            manifest = Manifest(RECIPE, entry.name, fingerprint, sources, True, **facts)
            seconds = time.monotonic() - started
            log.info("Prepared %s in %.0f s; kept in %s.", entry.name, seconds, folder)
        except NotExportableError as reason:
            if entry.role == "reader":
                raise ModelError(f"{entry.name} cannot be used: {reason}.") from reason
            log.info("%s runs through sentence-transformers: %s.", entry.name, reason)
            manifest = Manifest(RECIPE, entry.name, fingerprint, sources, False)
        _write_manifest(manifest, working / MANIFEST)
        if folder.exists():
            folder.rename(Path(tempfile.mkdtemp(prefix=prefix, dir=folder.parent)) / "old")
        move_into_place(working, folder)
    finally:
        for leftover in folder.parent.glob(f"{prefix}*"):
            shutil.rmtree(leftover, ignore_errors=True)
    return manifest


def _export_into(working: Path, entry: ModelEntry, source: Path) -> dict[str, Any]:
    """Write graph and tokenizer; return the manifest's facts. Raises NotExportableError."""
    from .trace import trace_encoder, trace_reader

    trace = trace_reader if entry.role == "reader" else trace_encoder
    traced = trace(entry, source, working / "traced.onnx")
    traced.tokenizer.save(str(working / TOKENIZER))
    fused = _fuse(working / "traced.onnx", working)
    # Compared as they will run.
    graphs = [_optimise(_quantise(fused, bits)) for bits in (8, 7)]
    agreements = [traced.agreement(graph) for graph in graphs]
    best = max(agreements)
    if not best >= LEAST_AGREEMENT:
        raise NotExportableError(f"its exported form disagrees with it (cosine {best:.3f})")
    graphs[agreements.index(best)].rename(working / GRAPH)
    for leftover in working.glob("*.onnx*"):
        if leftover.name != GRAPH:
            leftover.unlink()
    made = {name: _file_facts(working / name) for name in (GRAPH, TOKENIZER)}
    return {**traced.facts, "agreement": best, "made": made}


def _fuse(traced: Path, working: Path) -> Path:
    """Fuse attention, normalisation and activation; the traced graph when that fails."""
    from onnxruntime.transformers.optimizer import optimize_model

    fused = working / "fused.onnx"
    try:
        with _quiet_logging():
            optimize_model(str(traced), model_type="bert").save_model_to_file(str(fused))
    except Exception as error:  # an unusual architecture: slower to load, otherwise the same
        log.debug("Fusing failed: %s", error)
        return traced
    return fused


def _quantise(fused: Path, bits: int) -> Path:
    """Quantise the weights to eight or seven bits."""
    from onnx import TensorProto
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantised = fused.with_name(f"quantised-{bits}.onnx")
    with _quiet_logging():
        quantize_dynamic(
            str(fused),
            str(quantised),
            per_channel=True,
            reduce_range=bits == 7,
            weight_type=QuantType.QInt8,
            extra_options={"DefaultTensorType": TensorProto.FLOAT},
        )
    return quantised


def _optimise(quantised: Path) -> Path:
    """Write the graph as onnxruntime itself would make it over at every start.

    The results are the same to the bit; a start takes 26 ms of processor time in place of 94.
    """
    import onnxruntime

    graph = quantised.with_name(f"optimised-{quantised.name}")
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    # The level beyond this is for one kind of processor, and brings nothing here.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    options.optimized_model_filepath = str(graph)
    onnxruntime.InferenceSession(str(quantised), options, providers=["CPUExecutionProvider"])
    return graph


def _file_facts(path: Path) -> Facts:
    """Size, time and digest of a file. Raises OSError."""
    facts = path.stat()
    return facts.st_size, facts.st_mtime_ns, file_sha256(path)


def _has_facts(path: Path, facts: Facts) -> bool:
    """Whether a file has the size and time that were noted."""
    try:
        found = path.stat()
    except OSError:
        return False
    return (found.st_size, found.st_mtime_ns) == facts[:2]


def _write_manifest(manifest: Manifest, path: Path) -> None:
    """Write a manifest, wholly or not at all."""
    values = json.loads(json.dumps(asdict(manifest)))
    told = {**values, "digest": _digest(values)}
    with atomic_write(path) as working:
        working.write_text(json.dumps(told, indent=1), encoding="utf-8")


def _digest(values: object) -> str:
    """SHA-256 of JSON values, so that damage to the manifest is noticed."""
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()


def _source_facts(source: Path) -> dict[str, Facts]:
    """Size, time and digest of every file that can shape an embedding."""
    kept = {}
    for path in sorted(source.rglob("*")):
        shapes = path.suffix in {".json", ".txt", ".model"} or path.name.endswith(".safetensors")
        if path.is_file() and shapes and path.stem.lower() not in {"readme", "license"}:
            kept[path.relative_to(source).as_posix()] = _file_facts(path)
    if WEIGHTS not in kept and not any(name.endswith(f"/{WEIGHTS}") for name in kept):
        raise ModelError(f"{source} holds no {WEIGHTS}.")
    return kept


def _fingerprint(sources: Mapping[str, Facts]) -> str:
    """One digest for all that shapes an embedding: weights, tokenizer, pooling."""
    lines = [f"{digest} {name}" for name, (_, _, digest) in sorted(sources.items())]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


class _quiet_logging:  # noqa: N801 - reads as a function in a with statement
    """Silence the exporters' advice to the root logger."""

    def __enter__(self) -> None:
        logging.disable(logging.WARNING)

    def __exit__(self, *_: object) -> None:
        logging.disable(logging.NOTSET)
