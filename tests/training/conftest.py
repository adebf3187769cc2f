"""A small training set, and a BERT of two layers with random weights."""

from pathlib import Path
from typing import Any

import pytest
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from qa.training.batches import EpochBuilder, Mix
from qa.training.crops import CropSizes
from qa.training.examples import TrainingPassage, TrainingQuestion, TrainingSet
from qa.training.tokens import load_tokenizer

TEXTS = [
    "The mill at Aldbury was built in 1790 by Anna Marsh , whose brother ran the inn .",
    "Rain fell on Tring for nine days , and the canal rose over the lower lock at noon .",
    "In 1812 the inn at Aldbury burned down ; nobody was hurt , but the mill lost its roof .",
    "Café owners in Zürich (all 37 of them) agreed on one price for a cup: 4.50 francs.",
]


QUESTIONS = [
    ("Who built the mill at Aldbury?", 0, ["Anna Marsh", "Anna Marsh", "by Anna Marsh"]),
    ("When was the mill built?", 0, ["1790", "in 1790"]),
    ("How long did rain fall on Tring?", 1, ["nine days", "for nine days"]),
    ("What burned down in 1812?", 2, ["the inn at Aldbury", "inn"]),
    ("What does a cup cost in Zürich?", 3, ["4.50 francs", "4.50"]),
]


@pytest.fixture
def training_set() -> TrainingSet:
    """Five answered questions on four passages, and an unanswerable one."""
    questions = []
    for text, passage, answers in QUESTIONS:
        starts = [TEXTS[passage].index(answer) for answer in answers]
        spans = [(s, s + len(a)) for s, a in zip(starts, answers, strict=True)]
        questions.append(TrainingQuestion(text, passage, tuple(spans), answerable=True))
    questions.append(TrainingQuestion("Who ate the cake?", 1, (), answerable=False))
    passages = [TrainingPassage("made_up", text, held_out=False) for text in TEXTS]
    return TrainingSet(passages, questions)


@pytest.fixture
def model_folder(tmp_path: Path) -> Path:
    """A BERT of two layers with random weights and a vocabulary of a few words and letters."""
    import torch
    from transformers import BertConfig, BertModel

    letters = sorted({letter for text in TEXTS for letter in text.lower() if letter != " "})
    letters += [
        letter for letter in "abcdefghijklmnopqrstuvwxyz0123456789?" if letter not in letters
    ]
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "mill", "inn", "aldbury", "the", "anna"]
    words += letters + [f"##{letter}" for letter in letters]
    vocabulary = {word: index for index, word in enumerate(dict.fromkeys(words))}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    folder = tmp_path / "encoder"
    torch.manual_seed(1)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=64,
    )
    BertModel(config).save_pretrained(folder)
    tokenizer.save(str(folder / "tokenizer.json"))
    return folder


def make_builder(training_set: TrainingSet, folder: Path, **shares: Any) -> EpochBuilder:
    """Return a builder of short crops; ``shares`` are fields of `Mix`."""
    negatives = {question: [1, 3] for question in (0, 1, 3)}
    sizes = CropSizes(mean_words=8, deviation_words=2, least_words=3, most_tokens=60)
    return EpochBuilder(
        training_set, load_tokenizer(folder), negatives, Mix(sizes=sizes, **shares), 200, seed=7
    )
