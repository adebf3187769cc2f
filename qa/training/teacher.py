"""The teacher: MPNet with the same two heads as the reader.

MPNet (Song et al. 2020) is eight times the reader's size and too slow to ship. It is trained on
the same examples as the reader. The reader then learns from the teacher's scores as well as from
people's answers (`distil`). MPNet has the same word pieces as the reader under other ids, so the
scores of both refer to the same tokens.
"""

import json
from pathlib import Path
from typing import Any

import torch

from .forward import Dropout, Layer, apply_layers, work_type
from .model import SpanModel
from .tokens import load_tokenizer

_SPECIAL = {"[CLS]": "<s>", "[SEP]": "</s>", "[PAD]": "<pad>"}
"""BERT's special tokens and what MPNet calls them."""


def is_teacher(folder: Path) -> bool:
    """Return whether a model folder holds an MPNet encoder."""
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    return bool(config["model_type"] == "mpnet")


class TeacherModel(SpanModel):
    """MPNet with the two heads. It takes the reader's token ids."""

    def __init__(self, folder: Path, reader_folder: Path) -> None:
        """Load an encoder from ``folder``; ``reader_folder`` holds the reader's tokenizer.

        Raises KeyError if the reader has a token that the teacher lacks.
        """
        from transformers import MPNetConfig, MPNetModel

        config = MPNetConfig.from_pretrained(folder)
        # `forward.Dropout` replaces the model's own.
        config.hidden_dropout_prob = config.attention_probs_dropout_prob = 0.0
        mpnet = MPNetModel.from_pretrained(folder, config=config, add_pooling_layer=False)
        super().__init__(mpnet, config.hidden_size)
        own = load_tokenizer(folder).get_vocab()
        vocabulary = load_tokenizer(reader_folder).get_vocab()
        table = torch.zeros(len(vocabulary), dtype=torch.long)
        for token, number in vocabulary.items():
            table[number] = own[_SPECIAL.get(token, token)]
        self.register_buffer("table", table, persistent=True)

    def hidden_states(
        self, ids: torch.Tensor, types: torch.Tensor, mask: torch.Tensor, dropout: Dropout | None
    ) -> torch.Tensor:
        """Return the encoder's last hidden states, shape (rows, length, dim)."""
        del types  # MPNet has no token types
        table = self.get_buffer("table")
        embeddings = self.bert.embeddings
        learns = any(weight.requires_grad for weight in embeddings.parameters())
        positions = torch.where(mask > 0, mask.cumsum(1) + 1, torch.ones_like(mask))
        with torch.set_grad_enabled(torch.is_grad_enabled() and learns):
            embedded = embeddings.word_embeddings(table[ids])
            embedded = embedded + embeddings.position_embeddings(positions)
            hidden: torch.Tensor = embeddings.LayerNorm(embedded).to(work_type(ids.device.type))
        encoder = self.bert.encoder
        relative = encoder.compute_position_bias(hidden)
        bias = (relative + (1 - mask)[:, None, None, :] * -1e4).to(hidden.dtype)
        layers = [_mpnet_layer(layer) for layer in encoder.layer]
        return apply_layers(hidden, bias, layers, dropout, learns=learns)


def _mpnet_layer(layer: Any) -> Layer:
    """Return the parts of an ``MPNetLayer``."""
    attention = layer.attention.attn
    return Layer(
        attention.num_attention_heads,
        attention.q,
        attention.k,
        attention.v,
        attention.o,
        layer.attention.LayerNorm,
        layer.intermediate.dense,
        layer.output.dense,
        layer.output.LayerNorm,
    )
