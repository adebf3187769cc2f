"""Long passages are read in windows; the figures and the card are right."""

import json
from pathlib import Path

import pytest

pytest.importorskip("torch")
pytest.importorskip("transformers")


from qa.evaluation.sets import LabelledQuestion
from qa.scores import area_under_curve, exact_match, normalize_answer, token_f1
from qa.training.card import write_card
from qa.training.examples import TrainingSet
from qa.training.measure import Reading, figures, read_all, read_questions
from qa.training.model import ReaderModel
from qa.training.tokens import load_tokenizer

from .conftest import TEXTS


def asked(text: str, passage: str, *answers: str) -> LabelledQuestion:
    """A question as the development set has it."""
    return LabelledQuestion("1", text, answers, {}, passage, "")


def test_long_passages_are_read_in_windows(model_folder: Path) -> None:
    tokenizer = load_tokenizer(model_folder)
    text = " ".join(TEXTS * 12)
    readings = read_all(
        ReaderModel(model_folder), tokenizer, [asked("who?", text, "Anna"), asked("who?", TEXTS[0])]
    )
    assert len(readings) == 2
    assert readings[0].answer
    assert readings[0].answer in text
    assert figures(readings)["answerable"] == 1


def test_the_development_set_is_read_or_sampled(tmp_path: Path) -> None:
    questions = [
        {"question": f"Who is {n}?", "answers": [{"text": "Rain"}] if n % 2 else []}
        for n in range(8)
    ]
    data = [{"paragraphs": [{"context": "Rain fell.", "qas": questions}]}]
    path = tmp_path / "dev.json"
    path.write_text(json.dumps({"data": data}), encoding="utf-8")
    everything = read_questions(path)
    assert [question.answers for question in everything] == [(), ("Rain",)] * 4
    sample = read_questions(path, 3, seed=1)
    assert len(sample) == 3
    assert sample == read_questions(path, 3, seed=1)


def test_the_figures_are_those_of_the_readings() -> None:
    readings = [
        Reading(("Anna Marsh",), "Anna Marsh", 3.0, 0.0),
        Reading(("nine days",), "for nine days", 1.0, 0.0),
        Reading((), "noon", 2.0, 0.0),
    ]
    assert figures(readings) == {
        "answerable": 2,
        "unanswerable": 1,
        "em": 0.5,
        "f1": pytest.approx(0.9),
        "auroc": 0.5,
        "auroc_answer_head": 0.5,
    }


def test_scores_are_those_of_squad() -> None:
    assert normalize_answer("The  Café's end!") == "cafés end"
    assert exact_match("the inn", ["An Inn."]) == 1
    assert token_f1("nine days", ["for nine days", "a week"]) == pytest.approx(0.8)
    assert token_f1("x", ["y"]) == 0
    assert area_under_curve([2, 3], [1, 2]) == pytest.approx(0.875)


def test_the_card_states_data_licences_and_figures(
    training_set: TrainingSet, tmp_path: Path
) -> None:
    state = {
        "step": 10,
        "tokens": 40_000,
        "epoch": 1,
        "seconds": 60.0,
        "options": {
            "frozen_layers": 2,
            "finish_tokens": None,
            "rate": 2e-4,
            "head_rate": 6e-4,
            "tokens_per_step": 4096,
            "dropout": 0.1,
            "average_decay": 0.998,
            "seed": 0,
            "hold_out": 1 / 3,
        },
    }
    write_card(tmp_path / "CARD.md", state, training_set, {"answerable": 2910, "f1": 0.71})
    card = (tmp_path / "CARD.md").read_text(encoding="utf-8")
    for words in ("SQuADShifts", "no licence file", "| f1 | 0.710 |", "| made_up | 6 / 4 |"):
        assert words in card
