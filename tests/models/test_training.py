"""Training: spans map to the right characters, negatives hold no answer, resume is exact."""

import gzip
import hashlib
import json
import os
import random
import re
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("transformers")

import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from qa.models.training.batches import EpochBuilder, Example, Mix, collate
from qa.models.training.card import write_card
from qa.models.training.checkpoints import (
    Checkpoint,
    latest_checkpoint,
    load_checkpoint,
    mean_of,
    write_atomically,
)
from qa.models.training.cloze import ClozeQuestion, ClozeSet
from qa.models.training.crops import CropSizes, crop_anywhere, crop_around, crop_beside
from qa.models.training.distil import TaughtEpochs, score_examples, write_scores
from qa.models.training.examples import (
    ASKED,
    ASKED_FILE,
    NEWS,
    NEWS_FILE,
    PAIRS,
    TrainingPassage,
    TrainingQuestion,
    TrainingSet,
    add_lines,
    add_news,
    is_held_out,
    likely_place,
    read_training_set,
)
from qa.models.training.forward import Dropout, encode
from qa.models.training.measure import best_spans, figures, read_all, special_ids
from qa.models.training.model import ReaderModel, reader_loss, to_tensors
from qa.models.training.negatives import choose_negatives, search_words
from qa.models.training.perturb import (
    OPPOSITES,
    Swaps,
    collect_swaps,
    find_names,
    perturb_question,
)
from qa.models.training.progress import Progress, TrainingOptions
from qa.models.training.tokens import load_tokenizer, tokenize
from qa.models.training.train import Trainer
from qa.scores import area_under_curve, exact_match, holds_answer, normalize_answer, token_f1

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
    """Make a BERT of two layers with random weights and a vocabulary of whole words and letters."""
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


def test_span_pieces_map_back_to_the_answer(training_set: TrainingSet, model_folder: Path) -> None:
    tokenizer = load_tokenizer(model_folder)
    texts = tokenize(tokenizer, TEXTS)
    for question in training_set.questions:
        for start, end in question.spans:
            pieces = texts[question.passage].span_pieces(start, end)
            assert pieces is not None
            left = texts[question.passage].offsets[pieces[0]][0]
            right = texts[question.passage].offsets[pieces[1]][1]
            assert TEXTS[question.passage][left:right] == TEXTS[question.passage][start:end]


def test_crops_are_whole_words_and_have_the_pieces_of_the_cropped_text(
    model_folder: Path,
) -> None:
    tokenizer = load_tokenizer(model_folder)
    generator = random.Random(3)
    for text, pieces in zip(TEXTS, tokenize(tokenizer, TEXTS), strict=True):
        for _ in range(50):
            begin, end = crop_anywhere(pieces, generator.randint(1, 20), 60, generator)
            assert 0 <= begin < end <= len(pieces.pieces)
            assert end - begin <= 60
            left, right = pieces.offsets[begin][0], pieces.offsets[end - 1][1]
            assert left == 0 or text[left - 1].isspace()
            assert right == len(text) or text[right].isspace()
            again = tokenizer.encode(text[left:right], add_special_tokens=False)
            assert again.ids == pieces.pieces[begin:end]


def test_crops_keep_the_answer(training_set: TrainingSet, model_folder: Path) -> None:
    texts = tokenize(load_tokenizer(model_folder), TEXTS)
    generator = random.Random(4)
    for question in training_set.questions:
        text = texts[question.passage]
        for start, end in question.spans:
            span = text.span_pieces(start, end)
            assert span is not None
            for words in (1, 3, 8, 1000):
                for most in (5, 30, 200):
                    crop = crop_around(text, *span, words, most, generator)
                    assert crop[0] <= span[0] <= span[1] < crop[1]
                    assert crop[0] in text.word_starts
                    assert crop[1] in text.word_starts


def test_crops_beside_leave_the_answers_out(training_set: TrainingSet, model_folder: Path) -> None:
    texts = tokenize(load_tokenizer(model_folder), TEXTS)
    generator = random.Random(5)
    found = 0
    for question in training_set.questions:
        text = texts[question.passage]
        spans = [span for s in question.spans if (span := text.span_pieces(*s)) is not None]
        if not spans:
            continue
        for _ in range(20):
            crop = crop_beside(text, spans, 6, 100, 4, generator)
            if crop is None:
                continue
            found += 1
            assert all(last < crop[0] or first >= crop[1] for first, last in spans)
    assert found


PUBLISHED = {"new_wiki", "reddit", "amazon_reviews", "qed"}
PUBLISHED |= {"clapnq_dev_answerable", "clapnq_dev_unanswerable"}


def _builder(training_set: TrainingSet, folder: Path, **shares: Any) -> EpochBuilder:
    negatives = {question: [1, 3] for question in (0, 1, 3)}
    sizes = CropSizes(mean_words=8, deviation_words=2, least_words=3, most_tokens=60)
    return EpochBuilder(
        training_set, load_tokenizer(folder), negatives, Mix(sizes=sizes, **shares), 200, seed=7
    )


def _decode(tokenizer: Tokenizer, pieces: list[int]) -> str:
    words = [tokenizer.id_to_token(piece) or "" for piece in pieces]
    return "".join(word.removeprefix("##") for word in words).lower()


def test_epoch_targets_are_answers_and_repeat_exactly(
    training_set: TrainingSet, model_folder: Path
) -> None:
    tokenizer = load_tokenizer(model_folder)
    builder = _builder(training_set, model_folder, mined=1.0, beside=1.0, perturbed=1.0)
    answers = {
        "".join(re.findall(r"\S", tokenizer.normalizer.normalize_str(answer).lower()))
        for _, _, golds in QUESTIONS
        for answer in golds
    }
    positives = 0
    for epoch in range(5):
        examples = builder.examples(epoch)
        assert examples == builder.examples(epoch)
        for example in examples:
            assert bool(example.spans) == example.answerable
            for first, last in example.spans:
                positives += 1
                assert _decode(tokenizer, example.passage[first : last + 1]) in answers
    assert positives >= 5 * len(QUESTIONS)
    assert builder.examples(0) != builder.examples(1)


def test_made_questions_join_the_epoch_with_their_answers_and_negatives(
    training_set: TrainingSet, model_folder: Path
) -> None:
    start = TEXTS[0].index("Anna")
    question = "Who built the mill at Aldbury long ago?"
    clozes = ClozeSet(
        TEXTS[:2],
        [
            ClozeQuestion(question, 0, (start, start + 10), (1,), origin)
            for origin in ("own", "headline")
        ],
    )
    mix = Mix(mined=1.0, perturbed=0, beside=0, cloze=0.4)
    builder = EpochBuilder(training_set, load_tokenizer(model_folder), {}, mix, 200, 7, clozes)
    plain = len(_builder(training_set, model_folder, mined=0, beside=0, perturbed=0).examples(0))
    lengths = set()
    for epoch in range(9):
        examples = builder.examples(epoch)
        assert examples == builder.examples(epoch)
        made = examples[plain:]
        answered = [example for example in made if example.answerable]
        assert len(answered) == 2  # 0.4 of the five questions that are answered
        for example in answered:
            ((first, last),) = example.spans
            tokenizer = load_tokenizer(model_folder)
            assert _decode(tokenizer, example.passage[first : last + 1]) == "annamarsh"
        assert sum(not example.answerable for example in made) >= 2
        lengths |= {len(example.question) for example in made}
    assert len(lengths) > 1  # words are hidden, others each epoch


def test_batches_hold_every_example_once_and_keep_to_the_limit(
    training_set: TrainingSet, model_folder: Path
) -> None:
    builder = _builder(training_set, model_folder)
    batches = builder.batches(0)

    def key(example: Example) -> str:
        return repr(example)

    flat = [example for batch in batches for example in batch]
    assert sorted(flat, key=key) == sorted(builder.examples(0), key=key)
    for batch in batches:
        assert len(batch) == 1 or len(batch) * max(e.length for e in batch) <= 200


def test_collate_puts_targets_behind_the_question() -> None:
    batch = collate(
        [
            Example([9, 9], [5, 6, 7, 8], ((1, 2), (1, 2), (2, 2)), answerable=True),
            Example([9], [5], (), answerable=False),
            Example([9], [5], (), answerable=True),
        ],
        (101, 102, 0),
    )
    assert batch.ids[0].tolist() == [101, 9, 9, 102, 5, 6, 7, 8, 102]
    assert batch.types[0].tolist() == [0, 0, 0, 0, 1, 1, 1, 1, 1]
    assert batch.choices[0].tolist() == [True, False, False, False, *[True] * 4, False]
    np.testing.assert_allclose(batch.start[0], [0, 0, 0, 0, 0, 2 / 3, 1 / 3, 0, 0], atol=1e-6)
    np.testing.assert_allclose(batch.end[0], [0, 0, 0, 0, 0, 0, 1, 0, 0], atol=1e-6)
    assert batch.start[1, 0] == batch.end[1, 0] == 1
    assert not batch.start[2].any()
    assert batch.mask.sum(axis=1).tolist() == [9, 5, 5]


def test_negatives_hold_no_answer(training_set: TrainingSet) -> None:
    texts = [passage.text for passage in training_set.passages]
    questions = list(range(5))
    found = search_words(texts, [training_set.questions[q].text for q in questions], 10)
    assert found[0][0] == 0
    negatives = choose_negatives(training_set, range(4), questions, [found], 6, 20)
    assert negatives[0]
    for question, passages in negatives.items():
        assert training_set.questions[question].passage not in passages
        answers = [normalize_answer(answer) for answer in training_set.answers(question)]
        for passage in passages:
            assert not holds_answer(normalize_answer(texts[passage]), answers)


def test_holds_answer_compares_whole_words() -> None:
    assert holds_answer("inn burned", ["inn"])
    assert not holds_answer("inner court", ["inn"])
    assert not holds_answer("anything", [""])


def test_vague_questions_have_no_negatives(training_set: TrainingSet) -> None:
    searches = [[[1, 2, 3], [0, 2]]]
    negatives = choose_negatives(training_set, range(4), [0, 1], searches, 6, 20)
    assert set(negatives) == {1}


def test_held_out_is_seeded_and_about_the_share() -> None:
    texts = [f"paragraph {number}" for number in range(3000)]
    held = [is_held_out(text, 1 / 3, 0) for text in texts]
    assert held == [is_held_out(f" {text}\n", 1 / 3, 0) for text in texts]
    assert 0.3 < sum(held) / len(held) < 0.37
    assert held != [is_held_out(text, 1 / 3, 1) for text in texts]
    assert not any(is_held_out(text, 0.0, 0) for text in texts)


def test_swaps_are_collected_by_kind() -> None:
    swaps = collect_swaps(["When did Bob Hill leave Oslo in 1901?", "Are there 12 rotting ships?"])
    assert swaps.years == ["1901"]
    assert swaps.numbers == ["12"]
    assert "Bob Hill" in swaps.names
    assert swaps.words["ing"] == ["rotting"]
    assert find_names("What did Anna see?") == [(9, 13)]


PASSAGE = (
    "In 1790 John Mill built the first mill at Aldbury. Mary Ann Grey bought it in 1812 for 90"
    " pounds, and sold the largest barn."
)
SWAPS = Swaps(["Bob Hill"], ["1901"], ["77"], {"": ["harbour"]})


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        (
            "who saw John Mill",
            {"who saw Bob Hill", "who saw Mary Ann Grey"},
        ),
        ("what came in 1790", {"what came in 1901", "what came in 1812"}),
        ("what cost 90", {"what cost 77"}),
        (
            "who built the first one",
            {"who built the last one", "who destroyed the first one", "who harbour the first one"}
            | {"who built the harbour one"},
        ),
        ("who saw a barn", {"who saw a harbour"}),
        ("where was she", {"where wasn't she", "where was she not"}),
        ("who did not see it", set()),
        ("who fled", set()),
    ],
)
def test_perturbed_questions_are_changed_by_one_rule(question: str, wanted: set[str]) -> None:
    found = {
        perturb_question(question, PASSAGE, SWAPS, random.Random(seed)) for seed in range(60)
    } - {None}
    assert found <= wanted
    assert bool(found) == bool(wanted)
    assert question not in found


def test_what_is_swapped_in_is_no_answer() -> None:
    for seed in range(60):
        answers = ("Mary Ann Grey", "1812")
        other = perturb_question("who saw John Mill", PASSAGE, SWAPS, random.Random(seed), answers)
        assert other == "who saw Bob Hill"


def test_opposites_go_both_ways() -> None:
    assert "last" in OPPOSITES["first"]
    for word, others in OPPOSITES.items():
        assert word not in others
        assert all(word in OPPOSITES[other] for other in others)


def test_quick_forward_pass_is_berts_own(model_folder: Path) -> None:
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


def test_dropout_follows_its_seed_and_keeps_the_mean() -> None:
    values = torch.ones(200, 500)
    dropped = Dropout(0.1, seed=3)(values)
    assert torch.equal(dropped, Dropout(0.1, seed=3)(values))
    assert not torch.equal(dropped, Dropout(0.1, seed=4)(values))
    assert abs(float(dropped.mean()) - 1) < 0.01
    assert Dropout(0.0, seed=3)(values) is values


def test_loss_leaves_unmarked_rows_out_of_the_span_loss(model_folder: Path) -> None:
    model = ReaderModel(model_folder)
    marked = Example([5, 6], [7, 8, 9], ((0, 1),), answerable=True)
    unmarked = Example([5, 6], [7, 8, 9], (), answerable=True)

    def loss(examples: list[Example]) -> float:
        batch = to_tensors(collate(examples, (2, 3, 0)), torch.device("cpu"))
        scores = model(batch.ids, batch.types, batch.mask, batch.choices)
        return float(reader_loss(scores, batch, answer_weight=0.0).detach())

    assert loss([marked, unmarked]) == pytest.approx(loss([marked]), abs=1e-3)
    assert loss([unmarked]) == 0


def _trainer(training_set: TrainingSet, folder: Path, into: Path, **options: int) -> Trainer:
    torch.manual_seed(0)
    return Trainer(
        ReaderModel(folder),
        _builder(training_set, folder),
        load_tokenizer(folder),
        folder,
        into,
        TrainingOptions(frozen_layers=0, warm_up_steps=2, **options),
        [],
    )


def _same(left: dict[str, torch.Tensor], right: dict[str, torch.Tensor]) -> bool:
    return left.keys() == right.keys() and all(torch.equal(left[n], right[n]) for n in left)


@pytest.mark.slow
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


@pytest.mark.slow
def test_frozen_parts_stay_as_the_encoder_has_them(
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


@pytest.mark.slow
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


def test_stop_writes_a_checkpoint_after_the_step_under_way(
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


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")

    def fail(target: Path) -> None:
        target.write_text("half")
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        write_atomically(path, fail)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_rate_warms_up_stays_and_comes_down() -> None:
    options = TrainingOptions(warm_up_steps=10, finish_tokens=100)
    assert Progress(step=0).rate_factor(options) == pytest.approx(0.1)
    assert Progress(step=50, tokens=900).rate_factor(options) == 1
    assert Progress(step=50, tokens=950, finish_from=900).rate_factor(options) == 0.5
    assert Progress(step=50, tokens=1000, finish_from=900).done(options)


def test_best_spans_are_in_order_short_and_never_the_first_token() -> None:
    generator = np.random.default_rng(0)
    start = generator.normal(size=(20, 12)).astype(np.float32)
    end = generator.normal(size=(20, 12)).astype(np.float32)
    firsts, lasts, scores = best_spans(start, end, 3)
    for row in range(20):
        expected = max(
            (start[row, i] + end[row, j], i, j)
            for i in range(1, 12)
            for j in range(i, min(i + 3, 12))
        )
        assert (firsts[row], lasts[row]) == expected[1:]
        assert scores[row] == pytest.approx(expected[0])


def test_long_passages_are_read_in_windows(model_folder: Path) -> None:
    tokenizer = load_tokenizer(model_folder)
    text = " ".join(TEXTS * 12)
    readings = read_all(
        ReaderModel(model_folder), tokenizer, [("who?", text, ("Anna",)), ("who?", TEXTS[0], ())]
    )
    assert len(readings) == 2
    assert readings[0].answer
    assert readings[0].answer in text
    assert figures(readings)["answerable"] == 1


def test_scores_are_squads() -> None:
    assert normalize_answer("The  Café's end!") == "cafés end"
    assert exact_match("the inn", ["An Inn."]) == 1
    assert token_f1("nine days", ["for nine days", "a week"]) == pytest.approx(0.8)
    assert token_f1("x", ["y"]) == 0
    assert area_under_curve([2, 3], [1, 2]) == pytest.approx(0.875)


def test_card_names_data_licences_and_figures(training_set: TrainingSet, tmp_path: Path) -> None:
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


@pytest.mark.skipif("QA_DATA" not in os.environ, reason="QA_DATA names no data folder")
def test_published_sets_are_read_with_their_spans() -> None:
    found = read_training_set(Path(os.environ["QA_DATA"]), 1 / 9, 0)
    counts = Counter(found.passages[question.passage].source for question in found.questions)
    assert sum(counts[name] for name in PUBLISHED) == 29_489
    for source, file in ((NEWS, NEWS_FILE), (ASKED, ASKED_FILE)):
        lines = file.read_text("utf-8").splitlines()
        assert counts[source] == sum(len(json.loads(line)["questions"]) for line in lines)
    assert counts[PAIRS] == 3_838
    whole = {"qed", "clapnq_dev_answerable", "clapnq_dev_unanswerable"}
    sides = [passage.held_out for passage in found.passages if passage.source not in whole]
    assert 0.1 < sum(sides) / len(sides) < 0.12
    for question in found.questions:
        text = found.passages[question.passage].text
        for start, end in question.spans:
            assert text[start:end].strip() == text[start:end] != ""
    seen = set(found.seen_questions())
    assert all(
        (index in seen) != found.passages[question.passage].held_out
        for index, question in enumerate(found.questions)
    )


@pytest.fixture
def collection(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a collection of one article, and a file of questions on its second sentence."""
    text = "It rained. The mill burned in 1812."
    path = tmp_path / "news.jsonl.gz"
    with gzip.open(path, "wt", encoding="utf-8") as lines:
        lines.write(json.dumps({"id": "n1", "title": "Fire", "text": text}) + "\n")
    digest = hashlib.sha256(text[11:].encode()).hexdigest()[:8]
    asked = [["When did the mill burn?", [[19, 23]]], ["When did the inn burn?", []]]
    raw = {"article": "n1", "start": 11, "end": 35, "digest": digest, "questions": asked}
    questions = tmp_path / "questions.jsonl"
    questions.write_text(json.dumps(raw) + "\n", encoding="utf-8")
    monkeypatch.setattr("qa.models.training.examples.NEWS_FILE", questions)
    return path


def test_questions_on_news_are_read_with_their_spans(collection: Path) -> None:
    found = TrainingSet([], [])
    add_news(found, collection, 0.0, 0)
    assert [passage.text for passage in found.passages] == ["The mill burned in 1812."]
    assert [found.answers(question) for question in (0, 1)] == [["1812"], []]
    assert [question.answerable for question in found.questions] == [True, False]


def test_questions_on_news_are_not_put_to_another_text(collection: Path) -> None:
    with gzip.open(collection, "wt", encoding="utf-8") as lines:
        lines.write(
            json.dumps({"id": "n1", "title": "Fire", "text": "It rained. The inn burned in 1790."})
            + "\n"
        )
    with pytest.raises(ValueError, match="n1 is not the text"):
        add_news(TrainingSet([], []), collection, 0.0, 0)


def test_an_unanswerable_question_is_asked_of_crops_as_long_as_the_others(
    training_set: TrainingSet, model_folder: Path
) -> None:
    sizes = CropSizes(mean_words=5, deviation_words=0, least_words=1, whole_share=0)
    mix = Mix(mined=0, perturbed=0, beside=0, sizes=sizes)
    builder = EpochBuilder(training_set, load_tokenizer(model_folder), {}, mix, 500, 0)
    tokenizer = load_tokenizer(model_folder)
    (cake,) = tokenize(tokenizer, ["Who ate the cake?"])
    found = [example for example in builder.examples(0) if example.question == cake.pieces]
    assert [(example.answerable, example.spans) for example in found] == [(False, ())]
    assert len(found[0].passage) < len(tokenize(tokenizer, TEXTS[1:2])[0].pieces)


def test_a_pairs_unanswerable_question_is_asked_where_its_twin_is_answered(tmp_path: Path) -> None:
    text = "the mill burned in 1812. the inn burned in 1790. the barn stands."
    common = {"context": text, "title": "", "source": ""}
    pair = [
        {"id": "a", "question": "when did the inn burn?", "answerable": True}
        | {"answers": [{"text": "1790.", "start": text.index("1790")}]},
        {"id": "u", "question": "when did the mill flood?", "answerable": False, "answers": []},
    ]
    path = tmp_path / f"{PAIRS}.jsonl.gz"
    with gzip.open(path, "wt", encoding="utf-8") as lines:
        lines.writelines(json.dumps(raw | common) + "\n" for raw in pair)
    found = TrainingSet([], [])
    add_lines(found, path, 0.0, 0)
    answered, unanswered = found.questions
    assert found.answers(0) == ["1790"]
    assert unanswered.near == answered.spans[0]
    assert [question.passage for question in found.questions] == [0, 0]


def test_the_likely_place_shares_the_rarest_words() -> None:
    text = "The mill burned. The mill and the inn were old. It rained."
    place = likely_place(text, "Who owned the inn by the mill?")
    assert place is not None
    assert text[slice(*place)].strip() == "The mill and the inn were old."
    assert likely_place(text, "Who sang?") is None


def test_the_reader_learns_from_a_teachers_scores(
    training_set: TrainingSet, model_folder: Path, tmp_path: Path
) -> None:
    torch.manual_seed(0)
    model = ReaderModel(model_folder)
    special = special_ids(load_tokenizer(model_folder))
    builder = _builder(training_set, model_folder)
    examples = builder.examples(0)
    scores = score_examples(model, examples, special)
    lengths = [len(pair[0]) for pair in scores if pair is not None]
    assert lengths == [len(one.passage) + 1 for one in examples]
    write_scores(tmp_path / "scores.npz", [scores])
    taught = TaughtEpochs(builder, tmp_path / "scores.npz", 200, 0)
    (batch, *_) = taught.batches(0)
    tensors = to_tensors(collate(batch, special), torch.device("cpu"))
    found = model(tensors.ids, tensors.types, tensors.mask, tensors.choices)
    learnt = float(reader_loss(found, tensors, 0.0, taught_weight=1.0).detach())
    assert learnt == pytest.approx(0, abs=1e-2), "it agrees with itself"
    other = model(tensors.ids.flip(0), tensors.types, tensors.mask, tensors.choices)
    assert float(reader_loss(other, tensors, 0.0, taught_weight=1.0).detach()) > 10 * learnt
    with pytest.raises(ValueError, match="other examples"):
        TaughtEpochs(
            _builder(training_set, model_folder, shares={"made_up": 0.0}),
            tmp_path / "scores.npz",
            200,
            0,
        )


def test_special_tokens_are_found(model_folder: Path) -> None:
    tokenizer = load_tokenizer(model_folder)
    assert special_ids(tokenizer) == tuple(
        tokenizer.token_to_id(token) for token in ("[CLS]", "[SEP]", "[PAD]")
    )


def test_the_mean_of_two_is_of_their_averaged_weights() -> None:
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
    from qa.models.fallback import load_question_answering
    from qa.models.training.ship import write_difference

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
