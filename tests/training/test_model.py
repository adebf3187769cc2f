"""The fast forward pass equals the original's; dropout and loss do what they say."""

import pytest

pytest.importorskip("torch")
pytest.importorskip("transformers")

import json
from pathlib import Path

import torch

from qa.training.batches import Example, collate
from qa.training.forward import Dropout, encode
from qa.training.model import ReaderModel, reader_loss, to_tensors
from qa.training.teacher import TeacherModel, is_teacher


def test_the_fast_forward_pass_equals_berts(model_folder: Path) -> None:
    model = ReaderModel(model_folder)
    ids = torch.randint(4, 40, (3, 20), generator=torch.Generator().manual_seed(2))
    types = (torch.arange(20) > 6).long().expand(3, 20)
    mask = torch.ones_like(ids)
    mask[0, 15:] = 0
    with torch.no_grad():
        slow = model.bert(ids, attention_mask=mask, token_type_ids=types).last_hidden_state
        quick = encode(model.bert, ids, types, mask).float()
    difference = ((slow - quick) * mask.unsqueeze(-1)).abs()
    assert difference.max() < 0.06
    assert difference.mean() < 0.01


def test_dropout_is_reproducible_and_keeps_the_mean() -> None:
    values = torch.ones(200, 500)
    dropped = Dropout(0.1, seed=3)(values)
    assert torch.equal(dropped, Dropout(0.1, seed=3)(values))
    assert not torch.equal(dropped, Dropout(0.1, seed=4)(values))
    assert abs(float(dropped.mean()) - 1) < 0.01
    assert Dropout(0.0, seed=3)(values) is values


def test_rows_without_a_span_do_not_count_in_the_span_loss(model_folder: Path) -> None:
    model = ReaderModel(model_folder)
    marked = Example([5, 6], [7, 8, 9], ((0, 1),), answerable=True)
    unmarked = Example([5, 6], [7, 8, 9], (), answerable=True)

    def loss(examples: list[Example]) -> float:
        batch = to_tensors(collate(examples, (2, 3, 0)), torch.device("cpu"))
        scores = model(batch.ids, batch.types, batch.mask, batch.choices)
        return float(reader_loss(scores, batch, answer_weight=0.0).detach())

    assert loss([marked, unmarked]) == pytest.approx(loss([marked]), abs=1e-3)
    assert loss([unmarked]) == 0


@pytest.fixture
def teacher_folder(model_folder: Path, tmp_path: Path) -> Path:
    """An MPNet of two layers with random weights, and the reader's tokens under other ids."""
    from transformers import MPNetConfig, MPNetModel

    folder = tmp_path / "teacher"
    torch.manual_seed(2)
    values = json.loads((model_folder / "tokenizer.json").read_text(encoding="utf-8"))
    vocabulary: dict[str, int] = values["model"]["vocab"]
    names = {"[CLS]": "<s>", "[SEP]": "</s>", "[PAD]": "<pad>"}
    values["model"]["vocab"] = {
        names.get(token, token): len(vocabulary) - 1 - number
        for token, number in vocabulary.items()
    }
    config = MPNetConfig(
        vocab_size=len(vocabulary),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=64,
        pad_token_id=values["model"]["vocab"]["<pad>"],
    )
    MPNetModel(config).save_pretrained(folder)
    (folder / "tokenizer.json").write_text(json.dumps(values), encoding="utf-8")
    return folder


def test_the_teacher_is_mpnet_and_takes_the_reader_s_ids(
    model_folder: Path, teacher_folder: Path
) -> None:
    assert is_teacher(teacher_folder)
    assert not is_teacher(model_folder)
    model = TeacherModel(teacher_folder, model_folder)
    ids = torch.randint(4, 40, (3, 20), generator=torch.Generator().manual_seed(2))
    mask = torch.ones_like(ids)
    mask[0, 15:] = 0
    table = model.get_buffer("table")
    positions = torch.arange(20).expand(3, 20) + 2
    with torch.no_grad():
        expected = model.bert(
            table[ids], attention_mask=mask, position_ids=positions
        ).last_hidden_state
        found = model.hidden_states(ids, torch.zeros_like(ids), mask, None).float()
    difference = ((expected - found) * mask.unsqueeze(-1)).abs()
    assert difference.max() < 0.06
    assert difference.mean() < 0.01


def test_freezing_leaves_the_upper_layers_and_heads_free(
    model_folder: Path, teacher_folder: Path
) -> None:
    for model in (ReaderModel(model_folder), TeacherModel(teacher_folder, model_folder)):
        model.freeze(1)
        scores = model(*torch.ones(3, 2, 6, dtype=torch.long), torch.ones(2, 6, dtype=torch.bool))
        torch.autograd.backward(scores.start.sum() + scores.end.sum() + scores.answer.sum())
        trained = {name for name, weight in model.named_parameters() if weight.grad is not None}
        assert any("layer.1." in name for name in trained)
        assert not any("embeddings" in name or "layer.0." in name for name in trained)
        assert {"qa_outputs.weight", "answer_head.weight"} <= trained
        model.freeze(-1)
        assert all(weight.requires_grad for weight in model.parameters())
