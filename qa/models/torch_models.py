"""Loads models in PyTorch: to export them, and to run those that cannot be exported."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .. import settings
from ..errors import ModelError
from .catalog import WEIGHTS

if TYPE_CHECKING:
    from .encoder import Role
    from .manifest import Manifest


SCALES = ".scales"
"""Suffix in the name of a tensor of scales: one per row of a matrix stored as 8-bit integers."""


def load_sentence_transformer(folder: Path, device: str = "cpu") -> Any:
    """Load an encoder from its folder: safetensors only, no remote code, no network.

    Raises ModelError when Sentence-Transformers cannot load it, or there is no such device.
    """
    settings.go_offline()
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    _require_device(device)
    try:
        return SentenceTransformer(
            str(folder),
            device=device,
            trust_remote_code=False,
            local_files_only=True,
            model_kwargs={"use_safetensors": True, "attn_implementation": "eager"},
        )
    except Exception as error:  # the libraries raise many types for a bad folder
        raise ModelError(f"{folder} cannot be loaded as an encoder: {_reason(error)}") from error


def load_question_answering(folder: Path, base: Path | None) -> tuple[Any, Any]:
    """Load an extractive reader and its tokenizer: safetensors only, no remote code, no network.

    With ``base``, the folder holds the differences from that encoder's weights, and the span head,
    as `qa.training.ship` writes them. Raises ModelError when it cannot be loaded.
    """
    settings.go_offline()
    import torch
    from transformers import AutoConfig, AutoModelForQuestionAnswering, AutoTokenizer
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        tokenizer = AutoTokenizer.from_pretrained(base or folder, local_files_only=True)
        if base is None:
            model = AutoModelForQuestionAnswering.from_pretrained(
                folder,
                local_files_only=True,
                use_safetensors=True,
                attn_implementation="eager",
                dtype=torch.float32,
            )
        else:
            config = AutoConfig.from_pretrained(base, local_files_only=True)
            model = AutoModelForQuestionAnswering.from_config(  # type: ignore[no-untyped-call]
                config, attn_implementation="eager"
            )
            model.load_state_dict(add_difference(base, folder, model.base_model_prefix))
    except Exception as error:  # the libraries raise many types for a bad folder
        raise ModelError(f"{folder} cannot be loaded as a reader: {_reason(error)}") from error
    return model.eval(), tokenizer


def add_difference(base: Path, folder: Path, prefix: str) -> dict[str, Any]:
    """Return the weights of a reader that ships as differences from an encoder's.

    ``base`` is the encoder's folder and ``folder`` the reader's. The reader has the encoder's
    weights under their own names with ``prefix`` and a dot in front.
    """
    from safetensors.torch import load_file

    encoder = load_file(base / WEIGHTS)
    weights = {
        f"{prefix}.{name}": tensor
        for name, tensor in encoder.items()
        # A reader has no pooler and computes its position ids.
        if not name.startswith("pooler.") and not name.endswith("position_ids")
    }
    differences = load_file(folder / WEIGHTS)
    for name, stored in differences.items():
        if name.endswith(SCALES):
            continue
        scales = differences.get(name + SCALES)
        difference = stored.float() if scales is None else stored.float() * scales
        weights[name] = weights[name] + difference if name in weights else difference
    return weights


def _require_device(device: str) -> None:
    """Raise ModelError when torch cannot use a device."""
    import torch

    try:
        torch.zeros(1, device=device).item()
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        raise ModelError(
            f"There is no device {device} here ({_reason(error).rstrip('.')}). "
            "Without --device the processor is used."
        ) from error


def _reason(error: Exception) -> str:
    """The first line of an error's message, or the name of its type."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


class SentenceTransformersEncoder:
    """Runs an encoder in Sentence-Transformers: slow to start, but any model on any device.

    Its embeddings can be mixed with those of the same model's export, so both have the same
    fingerprint: the weights are the same, and an export is kept only if it agrees with the
    original (mean cosine .99 for the default model).
    """

    def __init__(self, folder: Path, manifest: "Manifest", device: str = "cpu") -> None:
        self.name = manifest.name
        self.fingerprint = manifest.fingerprint
        self._model = load_sentence_transformer(folder, device)
        self.dimension = int(self._model.get_embedding_dimension())
        self.max_tokens = int(self._model.max_seq_length or 512)
        self._special_tokens = len(self._model.tokenizer("")["input_ids"])
        prompts = [prompt for prompt in self._model.prompts.values() if prompt]
        self._prompt_tokens = max(self.count_tokens(prompts), default=0)

    def encode(self, texts: Sequence[str], role: "Role") -> NDArray[np.float32]:
        """Return unit embeddings, float32 ``(len(texts), dimension)``."""
        encode = self._model.encode_query if role == "question" else self._model.encode_document
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        embeddings = encode(list(texts), normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(embeddings, np.float32)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return the number of tokens in each text, special tokens not counted."""
        if not texts:
            return []
        encoded = self._model.tokenizer(list(texts), add_special_tokens=False)
        return [len(ids) for ids in encoded["input_ids"]]

    @property
    def room_tokens(self) -> int:
        """Most tokens of text that fit beside the special tokens and the longest prompt."""
        return self.max_tokens - self._special_tokens - self._prompt_tokens
