"""How training is set up, where it is, and its log."""

import json
import time
from dataclasses import dataclass, field
from pathlib import Path

LOG_FILE = "log.jsonl"


@dataclass(frozen=True, slots=True)
class TrainingOptions:
    """How to train; kept in every checkpoint's state."""

    seed: int = 0
    hold_out: float = 1 / 9
    """Share of SQuADShifts paragraphs that training never sees."""
    tokens_per_step: int = 4096
    """Tokens of a batch, padding included."""
    rate: float = 2e-4
    """AdamW's rate for the layers, at its height."""
    head_rate: float = 6e-4
    """AdamW's rate for the two heads, at its height."""
    warm_up_steps: int = 150
    weight_decay: float = 0.01
    most_norm: float = 1.0
    """Gradients with a longer norm are scaled down to it."""
    average_decay: float = 0.998
    """Share of the average that each step keeps, once there are steps enough."""
    answer_weight: float = 0.3
    """Weight of the answerability loss beside the span loss."""
    taught_weight: float = 0.8
    """Share of the span loss that a teacher's scores have, where there are any."""
    frozen_layers: int = 2
    """Lowest layers left as the encoder has them, with its embeddings; -1 frees all."""
    dropout: float = 0.1
    most_tokens: int | None = None
    """Tokens read after which training stops; None goes on until it is stopped."""
    finish_tokens: int | None = None
    """Tokens over which the rate comes down to zero; None keeps it."""
    checkpoint_seconds: float = 300.0
    measure_tokens: int = 1_000_000
    """Tokens between two measurements."""


@dataclass(slots=True)
class Progress:
    """Where training is; the changing part of a checkpoint's state."""

    step: int = 0
    tokens: int = 0
    """Tokens read, padding left out."""
    epoch: int = 0
    batch: int = 0
    """Number of the epoch's batches that are done."""
    seconds: float = 0.0
    """Wall time spent in steps."""
    finish_from: int | None = None
    """Tokens read when the rate began to come down."""

    def rate_factor(self, options: TrainingOptions) -> float:
        """Return the share of the highest rate that the next step is taken at."""
        factor = min(1.0, (self.step + 1) / max(1, options.warm_up_steps))
        if options.finish_tokens is not None and self.finish_from is not None:
            factor *= max(0.0, 1 - (self.tokens - self.finish_from) / options.finish_tokens)
        return factor

    def done(self, options: TrainingOptions) -> bool:
        """Return whether all the tokens that were asked for are read."""
        if options.finish_tokens is not None and self.finish_from is not None:
            return self.tokens - self.finish_from >= options.finish_tokens
        return options.most_tokens is not None and self.tokens >= options.most_tokens


@dataclass(slots=True)
class Log:
    """A log of JSON lines, printed too."""

    folder: Path
    steps_per_line: int = 25
    _losses: list[float] = field(default_factory=list)
    _seconds: float = 0.0
    _tokens: int = 0

    def write(self, **entry: object) -> None:
        """Add a line with the time and what is given."""
        line = json.dumps({"time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), **entry})
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / LOG_FILE).open("a", encoding="utf-8") as lines:
            lines.write(line + "\n")
        print(line, flush=True)

    def step(self, progress: Progress, loss: float, tokens: int, seconds: float) -> None:
        """Count a step in; every few steps, write their mean loss and speed."""
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
