"""Opens a model by name, exporting it first if necessary."""

from pathlib import Path

from ..errors import ModelError
from . import catalog
from .catalog import ModelEntry
from .encoder import Encoder, OnnxEncoder
from .manifest import GRAPH, Manifest, cache_folder, is_whole, load_manifest
from .reader import OnnxReader, Reader
from .verifier import OnnxVerifier, Verifier


def open_encoder(name: str | None = None, device: str | None = None) -> Encoder:
    """Return the encoder of that name or folder, or the default.

    Any ``device`` other than ``cpu``, such as ``cuda``, runs the model in Sentence-Transformers.
    Raises ModelError when the model is unknown, not installed or damaged, or when there is no
    such device.
    """
    entry = catalog.find(name)
    source, manifest = _prepare(entry)
    device = device or "cpu"
    if not manifest.exported or device != "cpu":
        from .torch_models import SentenceTransformersEncoder

        return SentenceTransformersEncoder(source, manifest, device)
    try:
        return OnnxEncoder(cache_folder(entry) / GRAPH, manifest)
    except Exception as error:  # onnxruntime raises many types; all mean the same here
        raise ModelError(f"{entry.name} cannot be loaded: {error}") from error


def open_reader(name: str | None = None) -> Reader:
    """Return the reader of that name or folder, or the default.

    Raises ModelError when it is unknown, not installed, damaged or cannot be exported.
    """
    entry = catalog.find(name, "reader")
    _, manifest = _prepare(entry)
    try:
        return OnnxReader(cache_folder(entry) / GRAPH, manifest)
    except Exception as error:  # onnxruntime raises many types; all mean the same here
        raise ModelError(f"{entry.name} cannot be loaded: {error}") from error


def open_verifier() -> Verifier:
    """Return the verifier that comes with qa. Raises ModelError when it is damaged."""
    entry = catalog.find(None, "verifier")
    _, manifest = _prepare(entry)
    try:
        return OnnxVerifier(cache_folder(entry) / GRAPH, manifest)
    except Exception as error:  # onnxruntime raises many types; all mean the same here
        raise ModelError(f"{entry.name} cannot be loaded: {error}") from error


def _prepare(entry: ModelEntry) -> tuple[Path, Manifest]:
    """Return the folder of a model's weights and its manifest; export the model if necessary.

    Raises ModelError when it is not installed, damaged, or a reader that cannot be exported.
    """
    source = entry.require()
    manifest = load_manifest(entry, source)
    if manifest is None or not is_whole(entry, manifest):
        from .export import export  # rarely needed, and its modules take time to import

        try:
            manifest = export(entry, source)
        except OSError as error:
            raise ModelError(
                f"{entry.name} cannot be prepared: {cache_folder(entry).parent} cannot be written "
                f"({(error.strerror or str(error)).lower()}). Set QA_HOME to a writable folder."
            ) from error
    return source, manifest
