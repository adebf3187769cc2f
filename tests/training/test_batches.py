"""Crops keep or avoid the answer; epochs and batches have the right targets."""

import random
import re
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from qa.training.batches import EpochBuilder, Example, Mix, collate
from qa.training.cloze import ClozeQuestion, ClozeSet
from qa.training.crops import CropSizes, crop_anywhere, crop_around, crop_beside
from qa.training.examples import TrainingSet
from qa.training.tokens import load_tokenizer, special_ids, tokenize

from .conftest import QUESTIONS, TEXTS, make_builder


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


def test_crops_are_whole_words_with_the_tokens_of_the_cropped_text(
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


def test_crops_beside_contain_no_answer(training_set: TrainingSet, model_folder: Path) -> None:
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


def test_special_tokens_are_found(model_folder: Path) -> None:
    tokenizer = load_tokenizer(model_folder)
    assert special_ids(tokenizer) == tuple(
        tokenizer.token_to_id(token) for token in ("[CLS]", "[SEP]", "[PAD]")
    )


def _decode(tokenizer: Tokenizer, pieces: list[int]) -> str:
    words = [tokenizer.id_to_token(piece) or "" for piece in pieces]
    return "".join(word.removeprefix("##") for word in words).lower()


def test_epoch_targets_are_answers_and_repeat_exactly(
    training_set: TrainingSet, model_folder: Path
) -> None:
    tokenizer = load_tokenizer(model_folder)
    builder = make_builder(training_set, model_folder, mined=1.0, beside=1.0, perturbed=1.0)
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


def test_cloze_questions_are_added_with_their_answers_and_negatives(
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
    plain = len(
        make_builder(training_set, model_folder, mined=0, beside=0, perturbed=0).examples(0)
    )
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


def test_crops_of_unanswerable_questions_are_as_long_as_the_others(
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


def test_batches_contain_every_example_once_within_the_limit(
    training_set: TrainingSet, model_folder: Path
) -> None:
    builder = make_builder(training_set, model_folder)
    batches = builder.batches(0)

    def key(example: Example) -> str:
        return repr(example)

    flat = [example for batch in batches for example in batch]
    assert sorted(flat, key=key) == sorted(builder.examples(0), key=key)
    for batch in batches:
        assert len(batch) == 1 or len(batch) * max(e.length for e in batch) <= 200


def test_collate_puts_targets_after_the_question() -> None:
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
