"""Traces PyTorch models into full-precision ONNX graphs, and compares other graphs with them."""

import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from . import catalog
from .catalog import ModelEntry
from .encoder import OnnxEncoder
from .manifest import RECIPE, TOKENIZER, Manifest
from .reader import OnnxReader
from .torch_models import load_question_answering, load_sentence_transformer

if TYPE_CHECKING:
    from tokenizers import Tokenizer

READER_TOKENS = 384
"""Most tokens of question and passage in one window; longer passages take several windows."""

PROBES = (
    (
        "Who commands the operation?",
        "The alliance decided on Friday to end its seven-month mission at the end of October. Its "
        "commander, General Jean Dupont, told reporters in Naples that the threat had passed.",
    ),
    (
        "When were the miners found alive?",
        "Rescuers reached the miners on the seventeenth day; all thirty-three were alive.",
    ),
    (
        "How far did shares fall?",
        "Shares fell 3.5 per cent in early trading, the steepest loss since March 2009, after the "
        "central bank left its rate unchanged and said that inflation would stay above its target.",
    ),
    (
        "Who won the bicycle race?",
        "The town hall will stay closed until the roof has been mended, the mayor said.",
    ),
)
"""Questions and passages on which an export is compared with the original."""


class NotExportableError(Exception):
    """The model cannot become an ONNX graph; Sentence-Transformers must run it."""


@dataclass(frozen=True, slots=True)
class Traced:
    """What tracing a model yields besides the graph."""

    facts: Mapping[str, Any]
    """Fields of the `Manifest` that come from the model."""
    tokenizer: "Tokenizer"
    """The model's tokenizer."""
    agreement: Callable[[Path], float]
    """Takes a graph; returns the mean cosine, in [-1, 1], of its outputs with the original's."""


def trace_encoder(entry: ModelEntry, source: Path, path: Path) -> Traced:
    """Write the graph of an encoder to ``path``, with pooling and normalisation in it.

    Raises ModelError when the model cannot be loaded, NotExportableError when it cannot be traced.
    """
    import torch

    del entry
    model = load_sentence_transformer(source)
    tokenizer = getattr(model.tokenizer, "backend_tokenizer", None)
    if tokenizer is None:
        raise NotExportableError("it has no fast tokenizer")
    if any(getattr(module, "include_prompt", True) is False for module in model):
        raise NotExportableError("it leaves its prompt out of the pooling")

    texts = [passage for _, passage in PROBES]
    features = model.tokenizer(texts, padding=True, return_tensors="pt")
    names = _inputs(features, model.tokenizer)

    def embedded(*tensors: Any) -> Any:
        found = model(dict(zip(names, tensors, strict=True)))
        return torch.nn.functional.normalize(found["sentence_embedding"], dim=1)

    _export(model, embedded, features, names, {"embedding": {0: "text"}}, path)
    facts: dict[str, Any] = {
        "dimension": int(model.encode(["x"], show_progress_bar=False).shape[1]),
        "max_tokens": int(model.max_seq_length or tokenizer.truncation["max_length"]),
        "inputs": names,
        "prompts": _prompts(model.prompts),
        "lower_case": bool(getattr(model[0], "do_lower_case", False)),
    }
    manifest = Manifest(RECIPE, "", "", {}, True, **facts)
    original = model.encode(texts, normalize_embeddings=True, show_progress_bar=False)

    def agreement(graph: Path) -> float:
        return _cosine(original, OnnxEncoder(graph, manifest).encode_raw(texts))

    return Traced(facts, tokenizer, agreement)


def trace_reader(entry: ModelEntry, source: Path, path: Path) -> Traced:
    """Write the graph of an extractive reader to ``path``; it returns start and end scores.

    Raises ModelError when the model cannot be loaded, NotExportableError when it cannot be traced.
    """
    import torch

    base = None
    if entry.base:
        encoder = catalog.find(entry.base)
        base = encoder.require()
        encoder.verify(base)
    model, tokenizer = load_question_answering(source, base)
    backend = getattr(tokenizer, "backend_tokenizer", None)
    if backend is None:
        raise NotExportableError("it has no fast tokenizer")

    features = tokenizer([list(pair) for pair in PROBES], padding=True, return_tensors="pt")
    names = _inputs(features, tokenizer)
    axes = {name: {0: "text", 1: "token"} for name in ("start", "end")}

    def scored(*tensors: Any) -> Any:
        found = model(**dict(zip(names, tensors, strict=True)))
        return found.start_logits, found.end_logits

    _export(model, scored, features, names, axes, path)
    most = min(READER_TOKENS, int(model.config.max_position_embeddings))
    facts: dict[str, Any] = {"max_tokens": most, "inputs": names}
    manifest = Manifest(RECIPE, "", "", {}, True, **facts)
    with torch.inference_mode():
        scores = model(**{name: features[name] for name in names})
    masks = features["attention_mask"].bool()
    original = [
        np.concatenate([start[mask].numpy(), end[mask].numpy()])
        for start, end, mask in zip(scores.start_logits, scores.end_logits, masks, strict=True)
    ]

    def agreement(graph: Path) -> float:
        backend.save(str(graph.with_name(TOKENIZER)))
        found = OnnxReader(graph, manifest).logits(PROBES)
        return _cosine(original, [np.concatenate(pair) for pair in found])

    return Traced(facts, backend, agreement)


def _inputs(features: Mapping[str, Any], tokenizer: Any) -> tuple[str, ...]:
    """Names of the inputs that the model takes."""
    return tuple(
        name
        for name in ("input_ids", "attention_mask", "token_type_ids")
        if name in features and name in tokenizer.model_input_names
    )


def _export(
    model: Any,
    compute: Callable[..., Any],
    features: Mapping[str, Any],
    names: tuple[str, ...],
    outputs: Mapping[str, Mapping[int, str]],
    path: Path,
) -> None:
    """Trace ``compute`` with TorchScript and write the graph. Raises NotExportableError.

    ``compute`` takes the tensors called ``names`` in ``features``; ``outputs`` maps the name of
    each tensor that it returns to its dynamic axes.
    """
    import torch

    class Whole(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model  # so that its weights become part of the graph

        def forward(self, *tensors: Any) -> Any:
            return compute(*tensors)

    axes = {name: {0: "text", 1: "token"} for name in names}
    try:
        with warnings.catch_warnings(), torch.inference_mode():
            warnings.simplefilter("ignore")
            torch.onnx.export(
                Whole().eval(),
                tuple(features[name] for name in names),
                str(path),
                dynamo=False,
                opset_version=17,
                input_names=list(names),
                output_names=list(outputs),
                dynamic_axes={**axes, **outputs},
            )
    except Exception as error:  # torch raises many types; all mean the same here
        reason = str(error).strip().splitlines() or [type(error).__name__]
        raise NotExportableError(f"the export failed ({reason[0][:120]})") from error


def _cosine(
    originals: Iterable[NDArray[np.float32]], others: Iterable[NDArray[np.float32]]
) -> float:
    """Mean cosine of pairs of vectors."""
    cosines = [
        float(one @ other / (np.linalg.norm(one) * np.linalg.norm(other)))
        for one, other in zip(originals, others, strict=True)
    ]
    return float(np.mean(cosines))


def _prompts(prompts: Mapping[str, str | None]) -> dict[str, str]:
    """Map Sentence-Transformers' names of prompts to our roles."""
    question = prompts.get("query") or ""
    passage = prompts.get("document") or prompts.get("passage") or ""
    return {"question": question, "passage": passage}
