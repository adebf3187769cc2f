"""The reader in training: the encoder's layers with a span head and an answerability head.

The input is ``[CLS] question [SEP] passage [SEP]``. A linear layer gives every token a score as
the first and as the last token of the answer (Devlin et al. 2019); [CLS] stands for "no answer"
in both, as in the same paper's model for SQuAD 2.0. A second linear layer, on [CLS], predicts
whether the passage answers at all, as a logit (compare Zhang et al. 2021).

The weights have the names of Hugging Face's ``BertForQuestionAnswering``, plus ``answer_head``, so
that a checkpoint loads there and is exported in the same way as any other reader.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import torch
from torch import nn

from .forward import Dropout, encode

if TYPE_CHECKING:
    from .batches import Batch

TEMPERATURE = 2.0
"""Scores are divided by this before they are compared with a teacher's."""
HIDDEN_SCORE = -1e4
"""Score of positions that cannot be chosen; finite, so that the loss stays finite."""


class Scores(NamedTuple):
    """A model's output for each row."""

    start: torch.Tensor
    """Float32 (rows, length): score of each token as the first."""
    end: torch.Tensor
    """Float32 (rows, length): score of each token as the last."""
    answer: torch.Tensor
    """Float32 (rows,): logit that the passage answers."""


class Tensors(NamedTuple):
    """A `Batch` on a device, with the same fields and shapes."""

    ids: torch.Tensor
    types: torch.Tensor
    mask: torch.Tensor
    choices: torch.Tensor
    start: torch.Tensor
    end: torch.Tensor
    answerable: torch.Tensor
    teacher_start: torch.Tensor
    teacher_end: torch.Tensor
    has_teacher: torch.Tensor


def to_tensors(batch: "Batch", device: torch.device) -> Tensors:
    """Copy a batch to a device."""
    return Tensors(*(torch.from_numpy(getattr(batch, name)).to(device) for name in Tensors._fields))


class SpanModel(nn.Module):
    """An encoder with a span head and an answerability head."""

    bert: Any
    """The encoder; it has ``embeddings`` and ``encoder.layer``."""

    def __init__(self, encoder: nn.Module, dimension: int) -> None:
        """Add heads with small random weights; seed torch first to make them reproducible."""
        super().__init__()
        self.bert = encoder
        self.qa_outputs, self.answer_head = nn.Linear(dimension, 2), nn.Linear(dimension, 1)
        for head in (self.qa_outputs, self.answer_head):
            nn.init.normal_(head.weight, std=0.02)
            nn.init.zeros_(head.bias)

    def freeze(self, layers: int) -> None:
        """Freeze the embeddings and the lowest ``layers`` layers; -1 freezes nothing."""
        for index, part in enumerate([self.bert.embeddings, *self.bert.encoder.layer]):
            part.requires_grad_(index > layers)

    def hidden_states(
        self, ids: torch.Tensor, types: torch.Tensor, mask: torch.Tensor, dropout: Dropout | None
    ) -> torch.Tensor:
        """Return the encoder's last hidden states, shape (rows, length, dim)."""
        raise NotImplementedError

    def forward(
        self,
        ids: torch.Tensor,
        types: torch.Tensor,
        mask: torch.Tensor,
        choices: torch.Tensor,
        dropout: Dropout | None = None,
    ) -> Scores:
        """Score a batch; all inputs have shape (rows, length), see `batches.Batch`."""
        hidden = self.hidden_states(ids, types, mask, dropout).float()
        spans = self.qa_outputs(hidden).masked_fill(~choices.unsqueeze(-1), HIDDEN_SCORE)
        return Scores(spans[..., 0], spans[..., 1], self.answer_head(hidden[:, 0]).squeeze(-1))


class ReaderModel(SpanModel):
    """The reader: BERT with the two heads."""

    def __init__(self, model_folder: Path) -> None:
        """Load an encoder from ``config.json`` and ``model.safetensors`` in a folder."""
        from transformers import BertConfig, BertModel

        config = BertConfig.from_pretrained(model_folder)
        # `forward.Dropout` replaces the model's own.
        config.hidden_dropout_prob = config.attention_probs_dropout_prob = 0.0
        bert = BertModel.from_pretrained(model_folder, config=config, add_pooling_layer=False)
        super().__init__(bert, config.hidden_size)

    def hidden_states(
        self, ids: torch.Tensor, types: torch.Tensor, mask: torch.Tensor, dropout: Dropout | None
    ) -> torch.Tensor:
        """Return the encoder's last hidden states, shape (rows, length, dim)."""
        return encode(self.bert, ids, types, mask, dropout)


def reader_loss(
    scores: Scores,
    batch: Tensors,
    answer_weight: float,
    taught_weight: float = 0.0,
    span_weight: float = 1.0,
) -> torch.Tensor:
    """Return the mean loss of a batch, a scalar.

    The span loss is the cross-entropy of start and end against the share of votes for each
    position, so that every annotator's answer counts; rows without votes are left out. The
    answerability loss is binary cross-entropy. The two are weighted by ``span_weight`` and
    ``answer_weight``. In rows that a
    teacher has scored, ``taught_weight`` of the span loss is replaced by the divergence from the
    teacher's distribution, with both softened (Hinton et al. 2015).
    """
    start = -(batch.start * scores.start.log_softmax(-1)).sum(-1)
    end = -(batch.end * scores.end.log_softmax(-1)).sum(-1)
    marked = (batch.start.sum(-1) > 0).float()
    losses = (start + end) / 2 * marked
    if taught_weight:
        softened = _divergence(scores.start, batch.teacher_start, batch.choices)
        softened = (softened + _divergence(scores.end, batch.teacher_end, batch.choices)) / 2
        share = taught_weight * batch.has_teacher
        losses = losses * (1 - share) + softened * share
        marked = torch.maximum(marked, batch.has_teacher)
    span_loss = losses.sum() / marked.sum().clamp(min=1.0)
    answer_loss = nn.functional.binary_cross_entropy_with_logits(scores.answer, batch.answerable)
    return span_weight * span_loss + answer_weight * answer_loss


def _divergence(scores: torch.Tensor, teacher: torch.Tensor, choices: torch.Tensor) -> torch.Tensor:
    """Return each row's Kullback-Leibler divergence from the teacher, both softened.

    It is multiplied by the square of the temperature, which keeps the size of the gradient.
    """
    wanted = teacher.masked_fill(~choices, HIDDEN_SCORE) / TEMPERATURE
    wanted = wanted.log_softmax(-1)
    found = (scores / TEMPERATURE).log_softmax(-1)
    return (wanted.exp() * (wanted - found)).sum(-1) * TEMPERATURE**2
