"""The options, the progress and the log of training."""

import json
import time
from dataclasses import dataclass, field
from pathlib import Path

LOG_FILE = "log.jsonl"


@dataclass(frozen=True, slots=True)
class TrainingOptions:
    """How to train; stored in every checkpoint's state."""

    seed: int = 0
    """Seed of all randomness."""
    hold_out: float = 1 / 9
    """Share of paragraphs and articles that training never sees."""
    tokens_per_step: int = 4096
    """Tokens of a batch, including padding."""
    rate: float = 2e-4
    """AdamW's peak learning rate for the layers."""
    head_rate: float = 6e-4
    """AdamW's peak learning rate for the two heads."""
    warm_up_steps: int = 150
    """Steps over which the rate rises to its peak."""
    weight_decay: float = 0.01
    """AdamW's weight decay."""
    most_norm: float = 1.0
    """Norm to which larger gradients are clipped."""
    average_decay: float = 0.998
    """Decay of the moving average per step; lower in the first steps."""
    answer_weight: float = 0.3
    """Weight of the answerability loss."""
    span_weight: float = 1.0
    """Weight of the span loss; a verifier has none."""
    taught_weight: float = 0.8
    """Share of the span loss that comes from a teacher's scores, in rows that have them."""
    frozen_layers: int = 2
    """Number of lowest layers that are frozen, with the embeddings; -1 freezes nothing."""
    dropout: float = 0.1
    """Share of values that dropout sets to zero."""
    most_tokens: int | None = None
    """Tokens after which training stops; None trains until it is stopped."""
    finish_tokens: int | None = None
    """Tokens over which the rate decays to zero; None keeps it constant."""
    checkpoint_seconds: float = 300.0
    """Seconds between two checkpoints."""
    measure_tokens: int = 1_000_000
    """Tokens between two measurements."""


@dataclass(slots=True)
class Progress:
    """How far training has come; the changing part of a checkpoint's state."""

    step: int = 0
    """Steps taken."""
    tokens: int = 0
    """Tokens read, without padding."""
    epoch: int = 0
    """Number of the current epoch, from 0."""
    batch: int = 0
    """Batches of the current epoch that are done."""
    seconds: float = 0.0
    """Wall time spent in steps."""
    finish_from: int | None = None
    """Value of `tokens` when the rate began to decay."""

    def rate_factor(self, options: TrainingOptions) -> float:
        """Return the learning rate of the next step as a share of the peak rate."""
        factor = min(1.0, (self.step + 1) / max(1, options.warm_up_steps))
        if options.finish_tokens is not None and self.finish_from is not None:
            factor *= max(0.0, 1 - (self.tokens - self.finish_from) / options.finish_tokens)
        return factor

    def done(self, options: TrainingOptions) -> bool:
        """Return whether the requested number of tokens has been read."""
        if options.finish_tokens is not None and self.finish_from is not None:
            return self.tokens - self.finish_from >= options.finish_tokens
        return options.most_tokens is not None and self.tokens >= options.most_tokens


@dataclass(slots=True)
class Log:
    """Writes JSON lines to a file and to standard output."""

    folder: Path
    """Where `LOG_FILE` is written."""
    steps_per_line: int = 25
    """Steps that one line summarises."""
    _losses: list[float] = field(default_factory=list)
    _seconds: float = 0.0
    _tokens: int = 0

    def write(self, **entry: object) -> None:
        """Write a line with the time and the given fields."""
        line = json.dumps({"time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), **entry})
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / LOG_FILE).open("a", encoding="utf-8") as lines:
            lines.write(line + "\n")
        print(line, flush=True)

    def step(self, progress: Progress, loss: float, tokens: int, seconds: float) -> None:
        """Record a step; every few steps, write their mean loss and their speed."""
        self._losses.append(loss)
        self._seconds += seconds
        self._tokens += tokens
        if len(self._losses) < self.steps_per_line:
            return
        self.write(
            step=progress.step,
            tokens=progress.tokens,
            loss=round(sum(self._losses) / len(self._losses), 4),
            tokens_per_second=round(self._tokens / max(self._seconds, 1e-9)),
            minutes=round(progress.seconds / 60, 2),
        )
        self._losses, self._seconds, self._tokens = [], 0.0, 0
