"""The reader: the encoder's layers with a span head and an answerability head.

The input is ``[CLS] question [SEP] passage [SEP]``. One linear layer gives every token a score
as first and as last token of the answer (Devlin et al. 2019), and [CLS] stands for "no answer"
in both (the same paper on SQuAD 2.0). A second linear layer on [CLS] says whether the passage
answers at all, as a logit (in the way of Zhang et al. 2021).

The names of the weights are those of Hugging Face's ``BertForQuestionAnswering`` with one head
more, ``answer_head``, so that a checkpoint loads there and is exported by the same path as any
other reader.
"""

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import torch
from torch import nn

from .forward import Dropout, encode

if TYPE_CHECKING:
    from .batches import Batch

TEMPERATURE = 2.0
"""By which scores are divided before they are held against a teacher's."""
HIDDEN_SCORE = -1e4
"""Score of positions that cannot be chosen; finite, so that no loss is."""


class Scores(NamedTuple):
    """What the reader says of each row."""

    start: torch.Tensor
    """Float32 (rows, length): score of each token as the first."""
    end: torch.Tensor
    """Float32 (rows, length): score of each token as the last."""
    answer: torch.Tensor
    """Float32 (rows,): logit that the passage answers."""


class Tensors(NamedTuple):
    """A `Batch` on a device; see there for the shapes."""

    ids: torch.Tensor
    types: torch.Tensor
    mask: torch.Tensor
    choices: torch.Tensor
    start: torch.Tensor
    end: torch.Tensor
    answerable: torch.Tensor
    taught_start: torch.Tensor
    taught_end: torch.Tensor
    taught: torch.Tensor


def to_tensors(batch: "Batch", device: torch.device) -> Tensors:
    """Move a batch to a device."""
    arrays = (
        batch.ids,
        batch.types,
        batch.mask,
        batch.choices,
        batch.start,
        batch.end,
        batch.answerable,
        batch.taught_start,
        batch.taught_end,
        batch.taught,
    )
    return Tensors(*(torch.from_numpy(array).to(device) for array in arrays))


def new_heads(dimension: int) -> tuple[nn.Linear, nn.Linear]:
    """Return a span head and an answerability head that start from small random numbers."""
    heads = nn.Linear(dimension, 2), nn.Linear(dimension, 1)
    for head in heads:
        nn.init.normal_(head.weight, std=0.02)
        nn.init.zeros_(head.bias)
    return heads


def score_hidden(
    hidden: torch.Tensor, choices: torch.Tensor, span_head: nn.Linear, answer_head: nn.Linear
) -> Scores:
    """Return the heads' scores of hidden states, float32 (rows, length, dim)."""
    spans = span_head(hidden).masked_fill(~choices.unsqueeze(-1), HIDDEN_SCORE)
    return Scores(spans[..., 0], spans[..., 1], answer_head(hidden[:, 0]).squeeze(-1))


class ReaderModel(nn.Module):
    """BERT layers, a span head and an answerability head."""

    def __init__(self, model_folder: Path) -> None:
        """Build from ``config.json`` and start from ``model.safetensors`` of an encoder.

        The heads start from small random numbers; seed torch before.
        """
        super().__init__()
        from transformers import BertConfig, BertModel

        config = BertConfig.from_pretrained(model_folder)
        # Dropout is `forward.Dropout`, not the model's own.
        config.hidden_dropout_prob = config.attention_probs_dropout_prob = 0.0
        self.bert = BertModel.from_pretrained(model_folder, config=config, add_pooling_layer=False)
        self.qa_outputs, self.answer_head = new_heads(config.hidden_size)

    def freeze(self, layers: int) -> None:
        """Leave the embeddings and the lowest ``layers`` layers as they are; -1 frees all."""
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
        hidden = encode(self.bert, ids, types, mask, dropout).float()
        return score_hidden(hidden, choices, self.qa_outputs, self.answer_head)


def reader_loss(
    scores: Scores, batch: Tensors, answer_weight: float, taught_weight: float = 0.0
) -> torch.Tensor:
    """Return the mean loss of a batch, a scalar.

    The span loss is the cross-entropy of first and last token against the share of votes that
    each position has, so that every person's answer counts; rows without votes are left out.
    The answerability loss is a logistic one, weighted by ``answer_weight``. Where a teacher has
    scored the row, ``taught_weight`` of the span loss is the divergence from its distribution, both
    softened (Hinton et al. 2015).
    """
    start = -(batch.start * scores.start.log_softmax(-1)).sum(-1)
    end = -(batch.end * scores.end.log_softmax(-1)).sum(-1)
    marked = (batch.start.sum(-1) > 0).float()
    votes = (start + end) / 2 * marked
    if taught_weight:
        softened = _divergence(scores.start, batch.taught_start, batch.choices)
        softened = (softened + _divergence(scores.end, batch.taught_end, batch.choices)) / 2
        share = taught_weight * batch.taught
        votes = votes * (1 - share) + softened * share
        marked = torch.maximum(marked, batch.taught)
    span_loss = votes.sum() / marked.sum().clamp(min=1.0)
    answer_loss = nn.functional.binary_cross_entropy_with_logits(scores.answer, batch.answerable)
    return span_loss + answer_weight * answer_loss


def _divergence(scores: torch.Tensor, taught: torch.Tensor, choices: torch.Tensor) -> torch.Tensor:
    """Return each row's Kullback-Leibler divergence from a teacher's distribution, softened.

    Scaled by the square of the temperature, so that its gradient keeps its size.
    """
    wanted = taught.masked_fill(~choices, HIDDEN_SCORE) / TEMPERATURE
    wanted = wanted.log_softmax(-1)
    found = (scores / TEMPERATURE).log_softmax(-1)
    return (wanted.exp() * (wanted - found)).sum(-1) * TEMPERATURE**2
