"""The training loop.

- AdamW (Loshchilov & Hutter 2019), with a higher learning rate for the heads than for the layers.
- Warm-up, then a constant rate, so that training can run for any time and stop at any moment. A
  final phase, started from any checkpoint, decays the rate linearly to zero (warm-up, stable,
  decay: Hu et al. 2024).
- A moving average of the weights (Polyak & Juditsky 1992) is kept; it is measured and shipped.
- The weights are float32; arithmetic is bfloat16 on a GPU and on CPUs that are faster with it.
- All randomness follows from seed, epoch and step, so that resumed training continues exactly as
  if it had not been stopped.
"""

import dataclasses
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

import torch

from .batches import EpochBuilder, Example, collate
from .checkpoints import Checkpoint, save_checkpoint
from .claims import ClaimEpochs
from .distil import ScoredEpochs
from .forward import Dropout
from .measure import figures, read_all
from .model import SpanModel, reader_loss, to_tensors
from .progress import Log, Progress, TrainingOptions
from .tokens import special_ids

if TYPE_CHECKING:
    from tokenizers import Tokenizer

    from ..evaluation.sets import LabelledQuestion

_MOMENTS = ("step", "exp_avg", "exp_avg_sq")


class Trainer:
    """Trains a model: takes steps, writes checkpoints and the log."""

    def __init__(
        self,
        model: SpanModel,
        builder: EpochBuilder | ScoredEpochs | ClaimEpochs,
        tokenizer: "Tokenizer",
        model_folder: Path,
        folder: Path,
        options: TrainingOptions,
        development: Sequence["LabelledQuestion"],
    ) -> None:
        """Set up the optimizer.

        Checkpoints and log go into ``folder``; ``model_folder`` holds the reader's encoder.
        ``development`` are the questions that are measured during training; there may be none.
        """
        self.options = options
        self.progress = Progress()
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.model = model.to(self.device)
        model.freeze(options.frozen_layers)
        self._builder = builder
        self._tokenizer = tokenizer
        self._special = special_ids(tokenizer)
        self._model_folder = model_folder
        self._folder = folder
        self.log = Log(folder)
        self._development = development
        self._stopped = False
        self._saved_at = time.monotonic()
        self._learning = {n: p for n, p in model.named_parameters() if p.requires_grad}
        heads = [p for n, p in self._learning.items() if not n.startswith("bert.")]
        layers = [p for n, p in self._learning.items() if n.startswith("bert.")]
        self.optimizer = torch.optim.AdamW(
            [
                {"params": layers, "lr": options.rate, "highest": options.rate},
                {"params": heads, "lr": options.head_rate, "highest": options.head_rate},
            ],
            betas=(0.9, 0.98),
            weight_decay=options.weight_decay,
            fused=True,
        )
        self.average = {n: p.detach().clone() for n, p in self._learning.items()}

    # Checkpoints

    def restore(self, checkpoint: Checkpoint) -> None:
        """Continue from a checkpoint; weights that were frozen then start without moments."""
        self.model.load_state_dict(checkpoint.weights)
        known = {field.name for field in dataclasses.fields(Progress)}
        stored = {key: value for key, value in checkpoint.state.items() if key in known}
        self.progress = Progress(**stored)
        for name, parameter in self._learning.items():
            self.average[name] = checkpoint.average[name].to(self.device)
            moments = checkpoint.optimizer.get(name)
            if moments is not None:
                self.optimizer.state[parameter] = {
                    key: moments[key].to(self.device) for key in _MOMENTS
                }

    def checkpoint(self) -> Checkpoint:
        """Return everything needed to continue, copied to the CPU."""
        weights = {n: v.detach().cpu().clone() for n, v in self.model.state_dict().items()}
        average = {**weights, **{n: v.cpu().clone() for n, v in self.average.items()}}
        optimizer = {
            name: {key: self.optimizer.state[parameter][key].cpu().clone() for key in _MOMENTS}
            for name, parameter in self._learning.items()
            if parameter in self.optimizer.state
        }
        state: dict[str, Any] = dataclasses.asdict(self.progress)
        state["options"] = dataclasses.asdict(self.options)
        return Checkpoint(weights, average, optimizer, state)

    def save(self) -> Path:
        """Write a checkpoint and return its folder."""
        return save_checkpoint(self._folder, self.checkpoint(), self._model_folder)

    # Steps

    def step(self, examples: list[Example]) -> float:
        """Train on one batch and return its loss."""
        seed = self.options.seed * 1_000_003 + self.progress.step
        dropout = Dropout(self.options.dropout, seed)
        factor = self.progress.rate_factor(self.options)
        for group in self.optimizer.param_groups:
            group["lr"] = group["highest"] * factor
        tensors = to_tensors(collate(examples, self._special), self.device)
        scores = self.model(tensors.ids, tensors.types, tensors.mask, tensors.choices, dropout)
        options = self.options
        loss = reader_loss(
            scores, tensors, options.answer_weight, options.taught_weight, options.span_weight
        )
        self.optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(list(self._learning.values()), self.options.most_norm)
        self.optimizer.step()
        self.progress.step += 1
        self.progress.batch += 1
        self.progress.tokens += sum(example.length for example in examples)
        decay = min(self.options.average_decay, self.progress.step / (self.progress.step + 10))
        averages = [self.average[name] for name in self._learning]
        weights = [parameter.detach() for parameter in self._learning.values()]
        torch._foreach_lerp_(averages, weights, 1 - decay)
        return float(loss.detach())

    @contextmanager
    def averaged(self) -> Iterator[SpanModel]:
        """Use the averaged weights inside a ``with`` block."""
        kept = {name: p.detach().clone() for name, p in self._learning.items()}
        try:
            with torch.no_grad():
                for name, parameter in self._learning.items():
                    parameter.copy_(self.average[name])
            yield self.model
        finally:
            with torch.no_grad():
                for name, parameter in self._learning.items():
                    parameter.copy_(kept[name])

    def measure(self) -> dict[str, float]:
        """Return the development figures of the averaged weights."""
        with self.averaged() as model:
            return figures(read_all(model, self._tokenizer, self._development))

    def stop(self, number: int = 0, frame: FrameType | None = None) -> None:
        """Stop after the current step; can serve as a signal handler."""
        del number, frame
        self._stopped = True

    def run(self) -> None:
        """Train until stopped or done; write checkpoints and the log."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.stop)
        progress, options = self.progress, self.options
        if options.finish_tokens is not None and progress.finish_from is None:
            progress.finish_from = progress.tokens
        self._saved_at = time.monotonic()
        while not progress.done(options) and not self._stopped:
            batches = self._builder.batches(progress.epoch)
            self.log.write(
                epoch=progress.epoch,
                batches=len(batches),
                examples=sum(map(len, batches)),
                from_batch=progress.batch,
            )
            for examples in batches[progress.batch :]:
                self._timed_step(examples)
                if progress.done(options) or self._stopped:
                    break
            if progress.batch >= len(batches):
                progress.epoch, progress.batch = progress.epoch + 1, 0
        self.save()
        event = "stopped" if self._stopped else "done"
        self.log.write(event=event, step=progress.step, tokens=progress.tokens)

    def _timed_step(self, examples: list[Example]) -> None:
        """Take a step, then write a log line, a checkpoint or figures if due."""
        progress, options = self.progress, self.options
        before, started = progress.tokens, time.monotonic()
        loss = self.step(examples)
        seconds = time.monotonic() - started
        progress.seconds += seconds
        self.log.step(progress, loss, progress.tokens - before, seconds)
        if time.monotonic() - self._saved_at > options.checkpoint_seconds:
            self.save()
            self._saved_at = time.monotonic()
        every = options.measure_tokens
        if self._development and before // every != progress.tokens // every:
            self.log_figures()

    def log_figures(self) -> None:
        """Measure the averaged weights and write the figures to the log."""
        found = {name: round(value, 4) for name, value in self.measure().items()}
        self.log.write(step=self.progress.step, tokens=self.progress.tokens, figures=found)
