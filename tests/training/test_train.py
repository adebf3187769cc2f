"""Training stops and resumes exactly; frozen layers do not change."""

import json
from pathlib import Path

import pytest

pytest.importorskip("torch")
pytest.importorskip("transformers")

import torch

from qa.training.batches import Example
from qa.training.checkpoints import latest_checkpoint, load_checkpoint
from qa.training.examples import TrainingSet
from qa.training.model import ReaderModel
from qa.training.progress import Progress, TrainingOptions
from qa.training.tokens import load_tokenizer
from qa.training.train import Trainer

from .conftest import make_builder


def _trainer(training_set: TrainingSet, folder: Path, into: Path, **options: int) -> Trainer:
    torch.manual_seed(0)
    return Trainer(
        ReaderModel(folder),
        make_builder(training_set, folder),
        load_tokenizer(folder),
        folder,
        into,
        TrainingOptions(frozen_layers=0, warm_up_steps=2, **options),
        [],
    )


def _same(left: dict[str, torch.Tensor], right: dict[str, torch.Tensor]) -> bool:
    return left.keys() == right.keys() and all(torch.equal(left[n], right[n]) for n in left)


def test_resume_gives_the_same_next_steps(
    training_set: TrainingSet, model_folder: Path, tmp_path: Path
) -> None:
    whole = _trainer(training_set, model_folder, tmp_path / "whole")
    batches = [batch for epoch in range(3) for batch in whole._builder.batches(epoch)]
    for examples in batches[:5]:
        whole.step(examples)

    stopped = _trainer(training_set, model_folder, tmp_path / "stopped")
    for examples in batches[:3]:
        stopped.step(examples)
    stopped.save()
    latest = latest_checkpoint(tmp_path / "stopped")
    assert latest is not None
    again = _trainer(training_set, model_folder, tmp_path / "stopped")
    again.restore(load_checkpoint(latest))
    for examples in batches[3:5]:
        again.step(examples)

    left, right = whole.checkpoint(), again.checkpoint()
    assert left.state["step"] == right.state["step"] == 5
    assert left.state["tokens"] == right.state["tokens"]
    assert _same(left.weights, right.weights)
    assert _same(left.average, right.average)
    assert left.optimizer.keys() == right.optimizer.keys()
    for name, moments in left.optimizer.items():
        assert _same(moments, right.optimizer[name])
    assert not _same(left.weights, left.average)


def test_frozen_weights_do_not_change(
    training_set: TrainingSet, model_folder: Path, tmp_path: Path
) -> None:
    trainer = _trainer(training_set, model_folder, tmp_path / "run")
    before = trainer.checkpoint().weights
    for examples in trainer._builder.batches(0)[:3]:
        trainer.step(examples)
    after = trainer.checkpoint().weights
    for name in before:
        frozen = name.startswith("bert.embeddings")
        # A key's bias moves no softmax, so it may stay.
        if not name.endswith("key.bias"):
            assert torch.equal(before[name], after[name]) == frozen, name


def test_run_stops_resumes_and_finishes(
    training_set: TrainingSet, model_folder: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "run"
    trainer = _trainer(training_set, model_folder, folder, most_tokens=1500)
    trainer.run()
    latest = latest_checkpoint(folder)
    assert latest is not None
    checkpoint = load_checkpoint(latest)
    assert checkpoint.state["tokens"] >= 1500
    assert {file.name for file in latest.iterdir()} == {
        "model.safetensors",
        "average.safetensors",
        "optimizer.pt",
        "state.json",
        "config.json",
        "tokenizer.json",
    }
    finished = _trainer(training_set, model_folder, tmp_path / "finished", finish_tokens=600)
    finished.restore(checkpoint)
    finished.run()
    assert finished.progress.rate_factor(finished.options) == 0
    assert latest_checkpoint(folder) == latest
    lines = (folder / "log.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(lines[-1])["event"] == "done"


def test_stopping_writes_a_checkpoint_after_the_current_step(
    training_set: TrainingSet, model_folder: Path, tmp_path: Path
) -> None:
    trainer = _trainer(training_set, model_folder, tmp_path / "run")
    step = trainer.step

    def stop_at_second(examples: list[Example]) -> float:
        if trainer.progress.step == 1:
            trainer.stop()
        return step(examples)

    trainer.step = stop_at_second  # type: ignore[method-assign]
    trainer.run()
    latest = latest_checkpoint(tmp_path / "run")
    assert latest is not None
    assert load_checkpoint(latest).state["step"] == 2


def test_the_rate_warms_up_stays_constant_and_decays() -> None:
    options = TrainingOptions(warm_up_steps=10, finish_tokens=100)
    assert Progress(step=0).rate_factor(options) == pytest.approx(0.1)
    assert Progress(step=50, tokens=900).rate_factor(options) == 1
    assert Progress(step=50, tokens=950, finish_from=900).rate_factor(options) == 0.5
    assert Progress(step=50, tokens=1000, finish_from=900).done(options)
