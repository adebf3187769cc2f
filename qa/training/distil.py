"""Distillation: a teacher's scores of the examples, stored on disk for the reader to learn from.

The teacher scores every token as the start and the end of the answer, which is more informative
than one person's answer (Hinton, Vinyals & Dean 2015). It reads a few epochs once; the reader goes
through them repeatedly, in a different order each time.
"""

import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from ..atomic import atomic_write
from .batches import EpochBuilder, Example, TeacherScores, collate, in_batches
from .model import SpanModel, to_tensors
from .progress import Log

LOGGED_TOKENS = 200_000
"""Tokens scored between two lines of the log."""


@torch.inference_mode()
def score_examples(
    model: SpanModel,
    examples: Sequence[Example],
    special: tuple[int, int, int],
    tokens_per_batch: int = 8192,
    share: float = 1.0,
    log: Log | None = None,
) -> list[TeacherScores | None]:
    """Return a teacher's scores of each example, in order.

    Only a random ``share`` of the examples is scored; the result is None for the others.
    """
    device = next(model.parameters()).device
    drawn = random.Random(0).sample(range(len(examples)), round(share * len(examples)))
    order = sorted(drawn, key=lambda index: -examples[index].length)
    found: dict[int, TeacherScores] = {}
    tokens = 0
    while order:
        count = max(1, tokens_per_batch // examples[order[0]].length)
        rows, order = order[:count], order[count:]
        tensors = to_tensors(collate([examples[row] for row in rows], special), device)
        scores = model(tensors.ids, tensors.types, tensors.mask, tensors.choices)
        starts, ends = scores.start.cpu().numpy(), scores.end.cpu().numpy()
        for place, row in enumerate(rows):
            first = examples[row].passage_start
            chosen = [0, *range(first, first + len(examples[row].passage))]
            found[row] = (
                starts[place, chosen].astype(np.float16),
                ends[place, chosen].astype(np.float16),
            )
        before, tokens = tokens, tokens + sum(examples[row].length for row in rows)
        if log is not None and before // LOGGED_TOKENS != tokens // LOGGED_TOKENS:
            log.write(scored=len(found), of=len(drawn), tokens=tokens)
    return [found.get(index) for index in range(len(examples))]


def write_scores(path: Path, epochs: Sequence[Sequence[TeacherScores | None]]) -> None:
    """Write the scores of several epochs' examples, an npz file with the arrays end to end."""
    empty = np.zeros(0, np.float16)
    pairs = [pair or (empty, empty) for epoch in epochs for pair in epoch]
    arrays = {
        "examples": np.array([len(epoch) for epoch in epochs]),
        "lengths": np.array([len(start) for start, _ in pairs]),
        "start": np.concatenate([start for start, _ in pairs]),
        "end": np.concatenate([end for _, end in pairs]),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_write(path) as target, target.open("wb") as stream:
        np.savez(stream, **arrays)  # type: ignore[arg-type]


class ScoredEpochs:
    """The epochs that a teacher has scored, repeated without end."""

    def __init__(self, builder: EpochBuilder, path: Path, tokens_per_batch: int, seed: int) -> None:
        """Build the examples and attach the scores that `write_scores` stored.

        Raises ValueError if the scores belong to other examples.
        """
        with np.load(path) as stored:
            bounds = np.cumsum(stored["lengths"])[:-1]
            starts = np.split(stored["start"], bounds)
            ends = np.split(stored["end"], bounds)
            counts = stored["examples"].tolist()
        self._tokens_per_batch = tokens_per_batch
        self._seed = seed
        self._epochs: list[list[Example]] = []
        place = 0
        for epoch, count in enumerate(counts):
            examples = builder.examples(epoch)
            if len(examples) != count:
                raise ValueError(
                    f"{path} has scores of other examples: {count} of them, not {len(examples)}"
                )
            scored = []
            for example in examples:
                scores = starts[place], ends[place]
                place += 1
                if not len(scores[0]):
                    scored.append(example)
                    continue
                if len(scores[0]) != len(example.passage) + 1:
                    raise ValueError(f"{path} has scores of other examples")
                scored.append(replace(example, teacher=scores))
            self._epochs.append(scored)

    def batches(self, epoch: int) -> list[list[Example]]:
        """Return the batches of an epoch, cycling through those that were scored."""
        generator = random.Random(f"{self._seed}/{epoch}/taught")
        examples = self._epochs[epoch % len(self._epochs)]
        return in_batches(examples, self._tokens_per_batch, generator)
