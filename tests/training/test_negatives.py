"""Negatives are found by the product's search and contain no answer."""

from pathlib import Path

from qa.scores import holds_answer, normalize_answer
from qa.training.examples import TrainingSet
from qa.training.negatives import choose_negatives, mine_negatives, search_meaning, search_words
from tests.doubles import WordEncoder


def test_negatives_contain_no_answer(training_set: TrainingSet) -> None:
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


def test_both_searches_find_the_question_s_own_passage(training_set: TrainingSet) -> None:
    texts = [passage.text for passage in training_set.passages]
    question = "Who built the mill at Aldbury?"
    encoder = WordEncoder()
    by_meaning = search_meaning(
        encoder.encode(texts, "passage"), encoder.encode([question], "question"), 2
    )
    assert by_meaning[0][0] == search_words(texts, [question], 2)[0][0] == 0
    assert len(by_meaning[0]) == 2
    assert search_words(texts, ["?"], 2) == [[]]


def test_mined_negatives_are_cached_per_encoder(training_set: TrainingSet, tmp_path: Path) -> None:
    cache = tmp_path / "negatives.json"
    negatives = mine_negatives(training_set, WordEncoder(), cache)
    assert negatives
    for question, passages in negatives.items():
        assert training_set.questions[question].spans
        assert training_set.questions[question].passage not in passages
    again = WordEncoder()
    assert mine_negatives(training_set, again, cache) == negatives
    assert again.encoded == []
    other = WordEncoder("other")
    mine_negatives(training_set, other, cache)
    assert other.encoded
    assert mine_negatives(training_set, other, cache, sources=set()) == {}
