"""Checkpoints: weights, averaged weights and optimizer, written whole or not at all.

Layout of a checkpoint folder::

    negatives.json            mined negatives, with a digest of what they were mined from
    log.jsonl                 one JSON object a line, as training goes on
    steps/<step>/             one checkpoint
        model.safetensors     the weights as trained
        average.safetensors   their moving average, which is what ships
        optimizer.pt          AdamW's moments by parameter name (torch, loaded weights only)
        state.json            step, tokens, epoch, batch, options
        config.json, tokenizer.json
    latest                    the step number of the last whole checkpoint, as text

A checkpoint is written into a folder of another name, synced, and renamed; only then does
``latest`` name it. So a crash at any moment leaves the last whole checkpoint in use.
"""

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

WEIGHTS_FILE = "model.safetensors"
AVERAGE_FILE = "average.safetensors"
OPTIMIZER_FILE = "optimizer.pt"
STATE_FILE = "state.json"
LATEST_FILE = "latest"


@dataclass(slots=True)
class Checkpoint:
    """All that training needs to go on as if it had not stopped."""

    weights: dict[str, "torch.Tensor"]
    average: dict[str, "torch.Tensor"]
    optimizer: dict[str, dict[str, "torch.Tensor"]]
    """AdamW's ``step``, ``exp_avg`` and ``exp_avg_sq`` by parameter name."""
    state: dict[str, Any]
    """JSON: step, tokens read, place in the data, options."""


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_atomically(path: Path, write: Callable[[Path], object]) -> None:
    """Have ``write`` write a temporary file beside ``path``, sync it and put it in place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        write(temporary)
        _sync(temporary)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    _sync(path.parent)


def save_checkpoint(
    folder: Path, checkpoint: Checkpoint, model_folder: Path, keep: int = 2
) -> Path:
    """Write a checkpoint and return its folder; all but the last ``keep`` are removed.

    ``model_folder`` is where config.json and tokenizer.json are copied from.
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
    for file in temporary.iterdir():
        _sync(file)
    _sync(temporary)
    if target.exists():
        shutil.rmtree(target)
    temporary.replace(target)
    _sync(steps)
    write_atomically(
        folder / LATEST_FILE, lambda path: path.write_text(target.name, encoding="utf-8")
    )
    whole = sorted(entry for entry in steps.iterdir() if not entry.name.startswith("."))
    for old in whole[:-keep]:
        if old != target:
            shutil.rmtree(old)
    return target


def latest_checkpoint(folder: Path) -> Path | None:
    """Return the folder of the last whole checkpoint, or None if there is none."""
    latest = folder / LATEST_FILE
    if not latest.exists():
        return None
    found = folder / "steps" / latest.read_text(encoding="utf-8").strip()
    return found if found.is_dir() else None


def load_checkpoint(path: Path) -> Checkpoint:
    """Read a checkpoint from its own folder, onto the CPU. No pickled code is run."""
    import torch
    from safetensors.torch import load_file

    return Checkpoint(
        weights=load_file(path / WEIGHTS_FILE),
        average=load_file(path / AVERAGE_FILE),
        optimizer=torch.load(path / OPTIMIZER_FILE, weights_only=True, map_location="cpu"),
        state=json.loads((path / STATE_FILE).read_text(encoding="utf-8")),
    )


def mean_of(one: Checkpoint, other: Checkpoint) -> Checkpoint:
    """Return a checkpoint with the mean of both averaged weights, and otherwise as the first.

    Runs from one start lie in one basin, where the mean of their weights reads better than either
    (Wortsman et al. 2022, "Model soups"). Raises KeyError when the models are not alike.
    """
    average = {name: (weights + other.average[name]) / 2 for name, weights in one.average.items()}
    return Checkpoint(one.weights, average, one.optimizer, one.state)
