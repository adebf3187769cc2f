"""The reader learns from a teacher's scores of the same examples."""

from pathlib import Path

import pytest

pytest.importorskip("torch")
pytest.importorskip("transformers")

import torch

from qa.training.batches import collate
from qa.training.distil import ScoredEpochs, score_examples, write_scores
from qa.training.examples import TrainingSet
from qa.training.model import ReaderModel, reader_loss, to_tensors
from qa.training.tokens import load_tokenizer, special_ids

from .conftest import make_builder


def test_the_reader_learns_from_a_teachers_scores(
    training_set: TrainingSet, model_folder: Path, tmp_path: Path
) -> None:
    torch.manual_seed(0)
    model = ReaderModel(model_folder)
    special = special_ids(load_tokenizer(model_folder))
    builder = make_builder(training_set, model_folder)
    examples = builder.examples(0)
    scores = score_examples(model, examples, special)
    lengths = [len(pair[0]) for pair in scores if pair is not None]
    assert lengths == [len(one.passage) + 1 for one in examples]
    write_scores(tmp_path / "scores.npz", [scores])
    taught = ScoredEpochs(builder, tmp_path / "scores.npz", 200, 0)
    (batch, *_) = taught.batches(0)
    tensors = to_tensors(collate(batch, special), torch.device("cpu"))
    found = model(tensors.ids, tensors.types, tensors.mask, tensors.choices)
    learnt = float(reader_loss(found, tensors, 0.0, taught_weight=1.0).detach())
    assert learnt == pytest.approx(0, abs=1e-2), "it agrees with itself"
    other = model(tensors.ids.flip(0), tensors.types, tensors.mask, tensors.choices)
    assert float(reader_loss(other, tensors, 0.0, taught_weight=1.0).detach()) > 10 * learnt
    with pytest.raises(ValueError, match="other examples"):
        ScoredEpochs(
            make_builder(training_set, model_folder, shares={"made_up": 0.0}),
            tmp_path / "scores.npz",
            200,
            0,
        )
