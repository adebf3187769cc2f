"""Question sets are read with the spans of their answers."""

import gzip
import hashlib
import json
import os
from collections import Counter
from pathlib import Path

import pytest

from qa.training.examples import (
    ASKED,
    ASKED_FILE,
    NEWS,
    NEWS_FILE,
    PAIRS,
    TrainingSet,
    add_lines,
    add_news,
    is_held_out,
    likely_place,
    read_training_set,
)


def test_the_held_out_share_is_about_right_and_depends_on_the_seed() -> None:
    texts = [f"paragraph {number}" for number in range(3000)]
    held = [is_held_out(text, 1 / 3, 0) for text in texts]
    assert held == [is_held_out(f" {text}\n", 1 / 3, 0) for text in texts]
    assert 0.3 < sum(held) / len(held) < 0.37
    assert held != [is_held_out(text, 1 / 3, 1) for text in texts]
    assert not any(is_held_out(text, 0.0, 0) for text in texts)


PUBLISHED = {"new_wiki", "reddit", "amazon_reviews", "qed"}


PUBLISHED |= {"clapnq_dev_answerable", "clapnq_dev_unanswerable"}


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
    monkeypatch.setattr("qa.training.examples.NEWS_FILE", questions)
    return path


def test_questions_on_news_are_read_with_their_spans(collection: Path) -> None:
    found = TrainingSet([], [])
    add_news(found, collection, 0.0, 0)
    assert [passage.text for passage in found.passages] == ["The mill burned in 1812."]
    assert [found.answers(question) for question in (0, 1)] == [["1812"], []]
    assert [question.answerable for question in found.questions] == [True, False]


def test_questions_on_news_are_not_asked_of_another_text(collection: Path) -> None:
    with gzip.open(collection, "wt", encoding="utf-8") as lines:
        lines.write(
            json.dumps({"id": "n1", "title": "Fire", "text": "It rained. The inn burned in 1790."})
            + "\n"
        )
    with pytest.raises(ValueError, match="n1 is not the text"):
        add_news(TrainingSet([], []), collection, 0.0, 0)


def test_an_unanswerable_question_of_a_pair_is_asked_near_the_answer_of_the_other(
    tmp_path: Path,
) -> None:
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
