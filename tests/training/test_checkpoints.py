"""Checkpoints are written atomically and averaged; what ships adds up to the checkpoint."""

from pathlib import Path

import pytest

pytest.importorskip("torch")
pytest.importorskip("transformers")

import torch

from qa.atomic import atomic_write
from qa.training.checkpoints import Checkpoint, mean_of
from qa.training.model import ReaderModel


def test_a_failed_write_keeps_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")

    def fail() -> None:
        with atomic_write(path) as target:
            target.write_text("half")
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        fail()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_the_mean_is_of_the_averaged_weights() -> None:
    zero, two, four = (torch.full((2,), value) for value in (0.0, 2.0, 4.0))
    one = Checkpoint({"head": zero}, {"head": two}, {}, {"step": 1})
    found = mean_of(one, Checkpoint({"head": zero}, {"head": four}, {}, {"step": 9}))
    assert found.average["head"].tolist() == [3.0, 3.0]
    assert (found.weights, found.state) == (one.weights, {"step": 1})
    with pytest.raises(KeyError):
        mean_of(one, Checkpoint({}, {"other": two}, {}, {}))


def test_what_ships_adds_up_to_the_checkpoint(model_folder: Path, tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    from qa.models.catalog import WEIGHTS
    from qa.models.torch_models import load_question_answering
    from qa.training.ship import write_difference

    torch.manual_seed(1)
    model = ReaderModel(model_folder)
    with torch.no_grad():
        for parameter in model.bert.encoder.layer[1].parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
    weights = {name: tensor.contiguous() for name, tensor in model.state_dict().items()}
    save_file(weights, tmp_path / WEIGHTS)
    size = write_difference(tmp_path / WEIGHTS, model_folder, tmp_path / "shipped")
    assert size == (tmp_path / "shipped" / WEIGHTS).stat().st_size
    shipped = load_file(tmp_path / "shipped" / WEIGHTS)
    assert not any("layer.0." in name or "answer_head" in name for name in shipped)
    matrix = "bert.encoder.layer.1.output.dense.weight"
    assert shipped[matrix].dtype == torch.int8
    assert shipped["qa_outputs.weight"].dtype == torch.half
    found = load_question_answering(tmp_path / "shipped", model_folder)[0].state_dict()
    for name, tensor in weights.items():
        if not name.startswith("answer_head"):
            assert torch.allclose(found[name], tensor, atol=2e-3), name


def test_a_verifier_ships_with_its_logit_as_the_first_token_score(
    model_folder: Path, tmp_path: Path
) -> None:
    from safetensors.torch import save_file

    from qa.models.catalog import WEIGHTS
    from qa.models.torch_models import load_question_answering
    from qa.training.ship import write_difference

    torch.manual_seed(1)
    model = ReaderModel(model_folder).eval()
    weights = {name: tensor.contiguous() for name, tensor in model.state_dict().items()}
    save_file(weights, tmp_path / WEIGHTS)
    write_difference(tmp_path / WEIGHTS, model_folder, tmp_path / "shipped", verifies=True)
    shipped = load_question_answering(tmp_path / "shipped", model_folder)[0]
    ids, ones = torch.tensor([[2, 5, 3, 6, 3]]), torch.ones((1, 5), dtype=torch.long)
    with torch.inference_mode():
        logit = model(ids, 0 * ones, ones, ones.bool()).answer
        scores = shipped(input_ids=ids, attention_mask=ones, token_type_ids=0 * ones)
    assert scores.start_logits[0, 0].item() == pytest.approx(logit.item(), abs=2e-3)
