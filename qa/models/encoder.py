"""Encoders turn texts into embeddings. `OnnxEncoder` runs an exported model, without torch."""

from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from .manifest import TOKENIZER, Manifest
from .running import Workers, open_session

if TYPE_CHECKING:
    from tokenizers import Tokenizer

Role = Literal["question", "passage"]
"""How a text is used; some models put a different prompt before each."""


class Encoder(Protocol):
    """Turns texts into embeddings."""

    name: str
    """The model's name."""
    fingerprint: str
    """Digest of everything that affects an embedding; a library accepts no other."""
    dimension: int
    """Length of an embedding."""

    def encode(self, texts: Sequence[str], role: Role) -> NDArray[np.float32]:
        """Return unit embeddings, float32 ``(len(texts), dimension)``.

        A text's embedding does not depend on the other texts in the call.
        """
        ...

    def count_tokens(self, texts: Sequence[str]) -> Sequence[int]:
        """Return the number of tokens in each text, special tokens not counted."""
        ...

    @property
    def room_tokens(self) -> int:
        """Most tokens of text that the model takes; longer texts are truncated."""
        ...


class OnnxEncoder:
    """Runs an exported encoder, one text at a time on each processor.

    Dynamic quantisation scales activations by the largest value in the batch, so in a batch an
    embedding would depend on the other texts (cosine as low as .98). One at a time it does not,
    nothing is padded, and two processors with one text each are as fast as both on one batch.
    """

    def __init__(self, graph: Path, manifest: Manifest) -> None:
        from tokenizers import Tokenizer

        self.name = manifest.name
        self.fingerprint = manifest.fingerprint
        self.dimension = manifest.dimension
        self._prompts = manifest.prompts
        self._lower_case = manifest.lower_case
        self._inputs = manifest.inputs
        self._session = open_session(graph)
        self._tokenizer_file = graph.with_name(TOKENIZER)
        self._max_tokens = manifest.max_tokens
        self._tokenizer = Tokenizer.from_file(str(self._tokenizer_file))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(manifest.max_tokens)
        self._workers = Workers("encoder")

    @cached_property
    def room_tokens(self) -> int:
        """Most tokens of text that the model takes; longer texts are truncated."""
        special = len(self._counter.encode("").ids)
        prompt = max(self.count_tokens(list(self._prompts.values())), default=0)
        return self._max_tokens - special - prompt

    @cached_property
    def _counter(self) -> "Tokenizer":
        """The tokenizer without truncation. Loaded on first use: parsing takes 20 ms."""
        from tokenizers import Tokenizer

        counter = Tokenizer.from_file(str(self._tokenizer_file))
        counter.no_padding()
        counter.no_truncation()
        return counter

    def encode(self, texts: Sequence[str], role: Role) -> NDArray[np.float32]:
        """Return unit embeddings, float32 ``(len(texts), dimension)``."""
        prompt = self._prompts.get(role, "")
        return self.encode_raw([prompt + text for text in texts] if prompt else texts)

    def encode_raw(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return unit embeddings of the texts without a prompt, float32 ``(len(texts), dim)``."""
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        prepared = [text.lower() for text in texts] if self._lower_case else list(texts)
        encodings = self._tokenizer.encode_batch_fast(prepared)
        return np.concatenate(self._workers.map(self._run, encodings))

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return the number of tokens in each text, special tokens not counted."""
        prepared = [text.lower() for text in texts] if self._lower_case else list(texts)
        encodings = self._counter.encode_batch_fast(prepared, add_special_tokens=False)
        return [len(encoding.ids) for encoding in encodings]

    def _run(self, encoding: Any) -> NDArray[np.float32]:
        ids = np.array([encoding.ids], np.int64)
        known: dict[str, Callable[[], NDArray[np.int64]]] = {
            "input_ids": lambda: ids,
            "attention_mask": lambda: np.ones_like(ids),
            "token_type_ids": lambda: np.zeros_like(ids),
        }
        feed = {name: known[name]() for name in self._inputs}
        (embedding,) = self._session.run(None, feed)
        return np.asarray(embedding, np.float32)
