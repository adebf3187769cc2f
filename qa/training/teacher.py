"""The teacher: MPNet with the reader's two heads, from which the small reader learns.

MPNet (Song et al. 2020) is eight times the reader's size and too slow to ship. It is trained like
the reader, on the same examples; then the reader learns from its scores as well as from people's
answers (`distil`). Its vocabulary is that of the reader's with other numbers, so that the
scores of both are of the same word pieces.
"""

import json
from pathlib import Path
from typing import Any, cast

import torch
from torch import nn
from torch.nn import functional

from .forward import Dropout, attend, linear, normalize, work_type
from .model import ReaderModel, Scores, new_heads, score_hidden
from .tokens import load_tokenizer

_OTHER_NAMES = {"[CLS]": "<s>", "[SEP]": "</s>", "[PAD]": "<pad>"}


def is_teacher(folder: Path) -> bool:
    """Return whether a model folder holds an MPNet encoder."""
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    return bool(config["model_type"] == "mpnet")


class TeacherModel(nn.Module):
    """MPNet's layers, a span head and an answerability head; its input is as the reader's."""

    def __init__(self, folder: Path, reader_folder: Path) -> None:
        """Start from an encoder's weights; ``reader_folder`` has the reader's ``tokenizer.json``.

        Raises KeyError where the reader has a word piece that the teacher lacks.
        """
        super().__init__()
        from transformers import MPNetConfig, MPNetModel

        config = MPNetConfig.from_pretrained(folder)
        config.hidden_dropout_prob = config.attention_probs_dropout_prob = 0.0
        self.bert = MPNetModel.from_pretrained(folder, config=config, add_pooling_layer=False)
        self.qa_outputs, self.answer_head = new_heads(config.hidden_size)
        own = load_tokenizer(folder).get_vocab()
        table = torch.zeros(len(load_tokenizer(reader_folder).get_vocab()), dtype=torch.long)
        for piece, number in load_tokenizer(reader_folder).get_vocab().items():
            table[number] = own[_OTHER_NAMES.get(piece, piece)]
        self.register_buffer("table", table, persistent=True)
        self._frozen = -1

    def freeze(self, layers: int) -> None:
        """Leave the embeddings and the lowest ``layers`` layers as they are; -1 frees all."""
        self._frozen = layers
        for index, part in enumerate([self.bert.embeddings, *self.bert.encoder.layer]):
            part.requires_grad_(index > layers)

    def forward(
        self,
        ids: torch.Tensor,
        types: torch.Tensor,
        mask: torch.Tensor,
        choices: torch.Tensor,
        dropout: Dropout | None = None,
    ) -> Scores:
        """Score a batch; all inputs have shape (rows, length), see `batches.Batch`."""
        del types
        table = self.get_buffer("table")
        learning = torch.is_grad_enabled()
        embeddings = self.bert.embeddings
        positions = torch.where(mask > 0, mask.cumsum(1) + 1, torch.ones_like(mask))
        with torch.set_grad_enabled(learning and self._frozen < 0):
            embedded = embeddings.word_embeddings(table[ids])
            embedded = embedded + embeddings.position_embeddings(positions)
            hidden = embeddings.LayerNorm(embedded).to(work_type(ids.device.type))
        encoder = cast("Any", self.bert.encoder)
        relative = encoder.compute_position_bias(hidden)
        bias = (relative + (1 - mask)[:, None, None, :] * -1e4).to(hidden.dtype)
        for number, layer in enumerate(encoder.layer, start=1):
            learns = number > self._frozen
            with torch.set_grad_enabled(learning and learns):
                hidden = self._layer(hidden, bias, layer, dropout if learns else None)
        return score_hidden(hidden.float(), choices, self.qa_outputs, self.answer_head)

    def _layer(
        self, hidden: torch.Tensor, bias: torch.Tensor, layer: Any, dropout: Dropout | None
    ) -> torch.Tensor:
        """Return a layer's output, of the shape of ``hidden``: (rows, length, dim)."""
        attention = layer.attention.attn
        rows, length, dim = hidden.shape
        heads: int = attention.num_attention_heads
        scale = (dim // heads) ** -0.5
        weight = torch.cat((attention.q.weight * scale, attention.k.weight, attention.v.weight))
        offset = torch.cat((attention.q.bias * scale, attention.k.bias, attention.v.bias))
        together = functional.linear(hidden, weight.to(hidden.dtype), offset.to(hidden.dtype))
        parts = together.view(rows, length, 3, heads, dim // heads).permute(2, 0, 3, 1, 4)
        query, key, value = parts
        mixed = attend(query, key, value, bias)
        mixed = linear(mixed.transpose(1, 2).reshape(rows, length, dim), attention.o)
        if dropout is not None:
            mixed = dropout(mixed)
        hidden = normalize(mixed + hidden, layer.attention.LayerNorm)
        outer = linear(
            functional.gelu(linear(hidden, layer.intermediate.dense)), layer.output.dense
        )
        if dropout is not None:
            outer = dropout(outer)
        return normalize(outer + hidden, layer.output.LayerNorm)


AnyModel = ReaderModel | TeacherModel
"""What can be trained, measured, and learnt from."""
