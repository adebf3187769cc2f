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
    )
    return Tensors(*(torch.from_numpy(array).to(device) for array in arrays))


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
        self.qa_outputs = nn.Linear(config.hidden_size, 2)
        self.answer_head = nn.Linear(config.hidden_size, 1)
        for head in (self.qa_outputs, self.answer_head):
            nn.init.normal_(head.weight, std=0.02)
            nn.init.zeros_(head.bias)

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
        spans = self.qa_outputs(hidden).masked_fill(~choices.unsqueeze(-1), HIDDEN_SCORE)
        answer = self.answer_head(hidden[:, 0]).squeeze(-1)
        return Scores(spans[..., 0], spans[..., 1], answer)


def reader_loss(scores: Scores, batch: Tensors, answer_weight: float) -> torch.Tensor:
    """Return the mean loss of a batch, a scalar.

    The span loss is the cross-entropy of first and last token against the share of votes that
    each position has, so that every person's answer counts; rows without votes are left out.
    The answerability loss is a logistic one, weighted by ``answer_weight``.
    """
    start = -(batch.start * scores.start.log_softmax(-1)).sum(-1)
    end = -(batch.end * scores.end.log_softmax(-1)).sum(-1)
    marked = (batch.start.sum(-1) > 0).float()
    span_loss = ((start + end) / 2 * marked).sum() / marked.sum().clamp(min=1.0)
    answer_loss = nn.functional.binary_cross_entropy_with_logits(scores.answer, batch.answerable)
    return span_loss + answer_weight * answer_loss
