"""Checkpoints: weights, averaged weights and optimizer state, written atomically.

Layout of a checkpoint folder::

    negatives.json            mined negatives, with a digest of the data they were mined from
    clozes.json               cloze questions, with a digest of their collection
    log.jsonl                 the log, one JSON object per line
    steps/<step>/             one checkpoint
        model.safetensors     the weights as trained
        average.safetensors   their moving average, which ships
        optimizer.pt          AdamW's moments by parameter name (loaded by torch, weights only)
        state.json            step, tokens, epoch, batch, options
        config.json, tokenizer.json
    latest                    the step number of the last complete checkpoint, as text

A checkpoint is written into a temporary folder, synced and renamed; then ``latest`` is updated. A
crash at any moment leaves the previous checkpoint in use.
"""

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..atomic import atomic_write, move_into_place

if TYPE_CHECKING:
    import torch

WEIGHTS_FILE = "model.safetensors"
AVERAGE_FILE = "average.safetensors"
OPTIMIZER_FILE = "optimizer.pt"
STATE_FILE = "state.json"
LATEST_FILE = "latest"


@dataclass(slots=True)
class Checkpoint:
    """Everything that training needs to continue as if it had not stopped."""

    weights: dict[str, "torch.Tensor"]
    """The weights as trained, by name."""
    average: dict[str, "torch.Tensor"]
    """Their moving average, by name."""
    optimizer: dict[str, dict[str, "torch.Tensor"]]
    """AdamW's ``step``, ``exp_avg`` and ``exp_avg_sq`` by parameter name."""
    state: dict[str, Any]
    """JSON values: the fields of `progress.Progress`, and ``options``."""


def save_checkpoint(
    folder: Path, checkpoint: Checkpoint, model_folder: Path, keep: int = 2
) -> Path:
    """Write a checkpoint, remove all but the last ``keep``, and return its folder.

    config.json and tokenizer.json are copied from ``model_folder``.
    """
    import torch
    from safetensors.torch import save_file

    steps = folder / "steps"
    target = steps / f"{checkpoint.state['step']:07d}"
    temporary = steps / f".{target.name}.{os.getpid()}.part"
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    save_file(checkpoint.weights, temporary / WEIGHTS_FILE)
    save_file(checkpoint.average, temporary / AVERAGE_FILE)
    torch.save(checkpoint.optimizer, temporary / OPTIMIZER_FILE)
    (temporary / STATE_FILE).write_text(json.dumps(checkpoint.state, indent=1), encoding="utf-8")
    for name in ("config.json", "tokenizer.json"):
        shutil.copyfile(model_folder / name, temporary / name)
    if target.exists():
        shutil.rmtree(target)
    move_into_place(temporary, target)
    with atomic_write(folder / LATEST_FILE) as latest:
        latest.write_text(target.name, encoding="utf-8")
    whole = sorted(entry for entry in steps.iterdir() if not entry.name.startswith("."))
    for old in whole[:-keep]:
        if old != target:
            shutil.rmtree(old)
    return target


def latest_checkpoint(folder: Path) -> Path | None:
    """Return the folder of the last complete checkpoint, or None if there is none."""
    latest = folder / LATEST_FILE
    if not latest.exists():
        return None
    found = folder / "steps" / latest.read_text(encoding="utf-8").strip()
    return found if found.is_dir() else None


def load_checkpoint(path: Path) -> Checkpoint:
    """Read a checkpoint from its own folder onto the CPU. No pickled code is run."""
    import torch
    from safetensors.torch import load_file

    return Checkpoint(
        weights=load_file(path / WEIGHTS_FILE),
        average=load_file(path / AVERAGE_FILE),
        optimizer=torch.load(path / OPTIMIZER_FILE, weights_only=True, map_location="cpu"),
        state=json.loads((path / STATE_FILE).read_text(encoding="utf-8")),
    )


def mean_of(one: Checkpoint, other: Checkpoint) -> Checkpoint:
    """Return a copy of the first checkpoint with the mean of both averaged weights.

    Two runs from the same start end in the same basin of the loss, where the mean of their weights
    performs better than either (Wortsman et al. 2022, "Model soups"). Raises KeyError when the
    models have different weights.
    """
    average = {name: (weights + other.average[name]) / 2 for name, weights in one.average.items()}
    return Checkpoint(one.weights, average, one.optimizer, one.state)
