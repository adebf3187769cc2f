"""A teacher's scores of the examples, kept on disk, for the small reader to learn from.

Distillation (Hinton, Vinyals & Dean 2015): the teacher says of every token how likely it begins or
ends the answer, which tells more than where one person's answer stands. It reads a few epochs once;
the reader goes over them again and again, in another order each time.
"""

import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from .batches import EpochBuilder, Example, collate, in_batches
from .checkpoints import write_atomically
from .model import to_tensors
from .progress import Log
from .teacher import AnyModel

LOGGED_TOKENS = 200_000
"""Tokens scored between two lines of the log."""

Taught = tuple[npt.NDArray[np.float16], npt.NDArray[np.float16]]


@torch.inference_mode()
def score_examples(
    model: AnyModel,
    examples: Sequence[Example],
    special: tuple[int, int, int],
    tokens_per_batch: int = 8192,
    share: float = 1.0,
    log: Log | None = None,
) -> list[Taught | None]:
    """Return a teacher's scores of first and last tokens, in the order of the examples.

    ``share`` is how many of the examples are scored, drawn at random; None stands for the others.
    """
    device = next(model.parameters()).device
    drawn = random.Random(0).sample(range(len(examples)), round(share * len(examples)))
    order = sorted(drawn, key=lambda index: -examples[index].length)
    found: dict[int, Taught] = {}
    tokens = 0
    while order:
        count = max(1, tokens_per_batch // examples[order[0]].length)
        rows, order = order[:count], order[count:]
        tensors = to_tensors(collate([examples[row] for row in rows], special), device)
        scores = model(tensors.ids, tensors.types, tensors.mask, tensors.choices)
        starts, ends = scores.start.cpu().numpy(), scores.end.cpu().numpy()
        for place, row in enumerate(rows):
            first = len(examples[row].question) + 2
            chosen = [0, *range(first, first + len(examples[row].passage))]
            found[row] = (
                starts[place, chosen].astype(np.float16),
                ends[place, chosen].astype(np.float16),
            )
        before, tokens = tokens, tokens + sum(examples[row].length for row in rows)
        if log is not None and before // LOGGED_TOKENS != tokens // LOGGED_TOKENS:
            log.write(scored=len(found), of=len(drawn), tokens=tokens)
    return [found.get(index) for index in range(len(examples))]


def write_scores(path: Path, epochs: Sequence[Sequence[Taught | None]]) -> None:
    """Write the scores of some epochs' examples, one after another."""
    nothing = np.zeros(0, np.float16)
    pairs = [pair or (nothing, nothing) for epoch in epochs for pair in epoch]
    arrays = {
        "examples": np.array([len(epoch) for epoch in epochs]),
        "lengths": np.array([len(start) for start, _ in pairs]),
        "start": np.concatenate([start for start, _ in pairs]),
        "end": np.concatenate([end for _, end in pairs]),
    }

    def write(target: Path) -> None:
        with target.open("wb") as stream:
            np.savez(stream, **arrays)  # type: ignore[arg-type]

    write_atomically(path, write)


class TaughtEpochs:
    """The epochs that a teacher has scored, again and again."""

    def __init__(self, builder: EpochBuilder, path: Path, tokens_per_batch: int, seed: int) -> None:
        """Build the examples and give each the scores that `write_scores` wrote for it.

        Raises ValueError where the scores are of other examples.
        """
        with np.load(path) as stored:
            ends = np.cumsum(stored["lengths"])[:-1]
            starts = np.split(stored["start"], ends)
            lasts = np.split(stored["end"], ends)
            counts = stored["examples"].tolist()
        self._tokens_per_batch = tokens_per_batch
        self._seed = seed
        self._epochs: list[list[Example]] = []
        place = 0
        for epoch, count in enumerate(counts):
            examples = builder.examples(epoch)
            if len(examples) != count:
                raise ValueError(f"{path} is of other examples: {count}, not {len(examples)}")
            taught = []
            for example in examples:
                scores = starts[place], lasts[place]
                place += 1
                if not len(scores[0]):
                    taught.append(example)
                    continue
                if len(scores[0]) != len(example.passage) + 1:
                    raise ValueError(f"{path} is of other examples")
                taught.append(replace(example, taught=scores))
            self._epochs.append(taught)

    def batches(self, epoch: int) -> list[list[Example]]:
        """Return the batches of an epoch, taking turns among those that were scored."""
        generator = random.Random(f"{self._seed}/{epoch}/taught")
        examples = self._epochs[epoch % len(self._epochs)]
        return in_batches(examples, self._tokens_per_batch, generator)
