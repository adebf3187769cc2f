"""Exports an encoder or reader to one quantised ONNX graph in the cache, once.

From then on the model runs on onnxruntime and tokenizers alone. The steps: torch's TorchScript
exporter traces the whole model (trace.py); onnxruntime's transformer optimiser fuses attention,
layer normalisation and GELU; the weights are quantised dynamically to int8, per channel.
Processors without VNNI instructions overflow with eight bits, so the export is tried with eight
and with seven, and the one that agrees better with the original on this machine is kept.
"""

import logging
import shutil
import tempfile
import time
from pathlib import Path
from threading import Lock
from typing import Any

from ..atomic import move_into_place
from ..errors import ModelError
from .catalog import ModelEntry
from .manifest import (
    GRAPH,
    MANIFEST,
    RECIPE,
    TOKENIZER,
    Manifest,
    cache_folder,
    file_facts,
    fingerprint_of,
    is_whole,
    load_manifest,
    source_facts,
    write_manifest,
)
from .trace import NotExportableError, trace_encoder, trace_reader

log = logging.getLogger(__name__)

_EXPORTING = Lock()

LEAST_AGREEMENT = 0.98
"""Least mean cosine with the original; an export below it is discarded."""


def export(entry: ModelEntry, source: Path) -> Manifest:
    """Check a model's files, export it into the cache, and return its manifest.

    Takes 10 to 20 seconds and imports torch and sentence-transformers. An encoder that cannot be
    exported yields a manifest that says so. Raises ModelError when a file does not match its
    digest, and when a reader cannot be exported.
    """
    from filelock import FileLock

    folder = cache_folder(entry)
    folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # Encoder and reader load in two threads; importing transformers in both at once fails.
    with _EXPORTING, FileLock(folder.parent / f"{folder.name}.lock"):
        made = load_manifest(entry, source)
        if made and is_whole(entry, made):
            return made  # another process exported it while this one waited
        return _export_locked(entry, source, folder)


def _export_locked(entry: ModelEntry, source: Path, folder: Path) -> Manifest:
    """Export under the lock; also removes what a killed process left behind."""
    entry.verify(source)
    sources = source_facts(source)
    fingerprint = fingerprint_of(sources)
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
            if entry.role != "encoder":
                raise ModelError(f"{entry.name} cannot be used: {reason}.") from reason
            log.info("%s runs through sentence-transformers: %s.", entry.name, reason)
            manifest = Manifest(RECIPE, entry.name, fingerprint, sources, False)
        write_manifest(manifest, working / MANIFEST)
        if folder.exists():
            folder.rename(Path(tempfile.mkdtemp(prefix=prefix, dir=folder.parent)) / "old")
        move_into_place(working, folder)
    finally:
        for leftover in folder.parent.glob(f"{prefix}*"):
            shutil.rmtree(leftover, ignore_errors=True)
    return manifest


def _export_into(working: Path, entry: ModelEntry, source: Path) -> dict[str, Any]:
    """Write graph and tokenizer; return fields for the manifest. Raises NotExportableError."""
    trace = trace_encoder if entry.role == "encoder" else trace_reader
    traced = trace(entry, source, working / "traced.onnx")
    traced.tokenizer.save(str(working / TOKENIZER))
    fused = _fuse(working / "traced.onnx", working)
    graphs = [_optimise(_quantise(fused, bits)) for bits in (8, 7)]
    agreements = [traced.agreement(graph) for graph in graphs]
    best = max(agreements)
    if not best >= LEAST_AGREEMENT:  # written so that NaN fails too
        raise NotExportableError(f"its exported form disagrees with it (cosine {best:.3f})")
    graphs[agreements.index(best)].rename(working / GRAPH)
    for leftover in working.glob("*.onnx*"):
        if leftover.name != GRAPH:
            leftover.unlink()
    made = {name: file_facts(working / name) for name in (GRAPH, TOKENIZER)}
    return {**traced.facts, "agreement": best, "made": made}


def _fuse(traced: Path, working: Path) -> Path:
    """Fuse attention, normalisation and activation; return the traced graph if that fails."""
    from onnxruntime.transformers.optimizer import optimize_model

    fused = working / "fused.onnx"
    try:
        with _quiet_logging():
            optimize_model(str(traced), model_type="bert").save_model_to_file(str(fused))
    except Exception as error:  # an unusual architecture: slower to load, the same otherwise
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
    """Save the graph as onnxruntime would otherwise optimise it at every start.

    The results are identical; loading takes 26 ms of processor time instead of 94.
    """
    import onnxruntime

    graph = quantised.with_name(f"optimised-{quantised.name}")
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    # The next level depends on the processor and gains nothing here.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    options.optimized_model_filepath = str(graph)
    onnxruntime.InferenceSession(str(quantised), options, providers=["CPUExecutionProvider"])
    return graph


class _quiet_logging:  # noqa: N801 - reads as a function in a with statement
    """Silence the exporters' advice to the root logger."""

    def __enter__(self) -> None:
        logging.disable(logging.WARNING)

    def __exit__(self, *_: object) -> None:
        logging.disable(logging.NOTSET)
