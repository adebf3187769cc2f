"""Cloze questions: the rules, and that each passage contains the answer."""

import gzip
import json
from pathlib import Path

import pytest

pytest.importorskip("tokenizers")

from qa.questions.rules import Cloze, headline_questions, questions_of
from qa.questions.words import Lexicon, collect_lexicon
from qa.training.cloze import ClozeSet, make_clozes, read_clozes
from qa.training.cloze_passages import find_answer
from qa.training.examples import COLLECTION

FILLER = (
    "He had to visit the mill. They want to announce it. She tried to open a shop, to win a race,"
    " to reject the plan, to visit her aunt, to approve it, to open it, to win it, to announce it,"
    " to approve the budget, to reject it. Rain fell to the east of Tring, in Tring, in Tring, in"
    " Tring. Mayor Anna Marsh said so, and Senator Anna Wells said nothing to Governor Anna Bell."
)
ARTICLES = [
    ("Anna Marsh opens flooded canal tunnel at Tring", (
        "The canal tunnel near the upper lock was closed by a flood for nine winters. Mayor Anna"
        " Marsh has cut the ribbon of the flooded canal tunnel. Boats queued at the upper lock.\n"
        "Pensioners and 37 swimmers rescued the stranded otters from the icy reservoir on 3 May."
    )),
    ("Otters of the reservoir", (
        "Last week the otters stranded in the icy reservoir were rescued. All 37 swimmers who did"
        " it, and some pensioners, were thanked by the waterworks."
    )),
    *((f"Filler {n}", f"{FILLER} Word{n}a word{n}b word{n}c.") for n in range(300)),
]  # fmt: skip


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return collect_lexicon([FILLER] * 3)


@pytest.mark.parametrize(
    ("sentence", "question", "answer", "kind"),
    [
        (
            "Anna Marsh was sworn in hours after the death of the old mayor.",
            "Who was sworn in hours after the death of the old mayor?",
            "Anna Marsh",
            "person",
        ),
        (
            "At least 37 miners were trapped below the old mill near Aldbury on Monday.",
            "How many miners were trapped below the old mill near Aldbury?",
            "37",
            "count",
        ),
        (
            "The council approved the canal budget in March 1987.",
            "When did the council approve the canal budget?",
            "March 1987",
            "date",
        ),
        (
            "The brewers opened a second tavern in Tring after the war.",
            "Where did the brewers open a second tavern?",
            "Tring",
            "place",
        ),
        (
            "The motion on school meals was rejected by Anna Marsh last week.",
            "Who rejected the motion on school meals?",
            "Anna Marsh",
            "person",
        ),
        (
            "The strike ended, said Ruritanian Foreign Minister Anna Marsh in a speech.",
            "Who is the Ruritanian Foreign Minister?",
            "Anna Marsh",
            "person",
        ),
        (
            "The council approved the canal budget for the valley.",
            "What did the council approve for the valley?",
            "canal budget",
            "thing",
        ),
    ],
)
def test_rules_make_questions(
    lexicon: Lexicon, sentence: str, question: str, answer: str, kind: str
) -> None:
    made = questions_of(sentence, lexicon)
    assert (question, answer, kind) in [(c.question, c.answer, c.kind) for c in made]


@pytest.mark.parametrize(
    "sentence",
    [
        "He was sworn in hours after the death of the old mayor.",  # who is he?
        "Anna Marsh was sworn in by , the of the town.",  # words are missing
        "The man accused of burning the old mill was arrested at noon.",  # no finite verb at first
        "Anna Marsh said they would never let us reopen the mill.",  # they, us
    ],
)
def test_sentences_that_do_not_stand_alone_are_skipped(lexicon: Lexicon, sentence: str) -> None:
    assert questions_of(sentence, lexicon) == []


def test_headline_questions_are_in_the_present(lexicon: Lexicon) -> None:
    made = headline_questions("Anna Marsh opens flooded canal tunnel in Tring", lexicon)
    asked = {cloze.question: cloze.answer for cloze in made}
    assert asked["Who opens flooded canal tunnel in Tring?"] == "Anna Marsh"
    assert asked["Where does Anna Marsh open flooded canal tunnel?"] == "Tring"
    (dead,) = headline_questions("Four miners killed as old mill at Aldbury burns", lexicon)
    assert dead.question == "How many miners were killed?" or "mill" in dead.question
    assert dead.answer == "four"


def test_answers_are_found_in_their_written_form() -> None:
    text = "On Monday 37 were hurt. Mr Marsh said 137,000 people and 37 people saw it."
    people = Cloze("How many people saw the mill burn?", "37", "count", "people")
    whole = (0, len(text))
    span = find_answer(text, whole, people)
    assert span is None or text[slice(*span)] == "37"
    assert find_answer(text, (0, 23), people) is None  # 37 of what is not said
    span = find_answer(text, whole, Cloze("Who saw it?", "Anna Marsh", "person"))
    assert span is not None and text[slice(*span)] == "Marsh"
    span = find_answer("So said Anna Marsh.", (0, 19), Cloze("Who?", "Anna Marsh", "person"))
    assert span == (8, 18)
    assert find_answer("So said Zoë Marsh.", (0, 18), Cloze("Who?", "Anna Marsh", "person")) is None


def _checked(made: ClozeSet) -> ClozeSet:
    assert made.questions
    for question in made.questions:
        answer = made.passages[question.passage][slice(*question.span)]
        assert answer
        assert answer.lower() not in question.text.lower()
        for index in question.negatives:
            assert answer.lower() not in made.passages[index].lower()
    return made


def test_headline_questions_are_answered_by_the_article_and_reproducible() -> None:
    made = _checked(make_clozes(ARTICLES, seed=3))
    headline = next(q for q in made.questions if q.origin == "headline")
    assert headline.text == "Who opens flooded canal tunnel at Tring?"
    passage = made.passages[headline.passage]
    assert passage[slice(*headline.span)] == "Anna Marsh"
    assert make_clozes(ARTICLES, seed=3) == made


def test_the_set_is_cached_per_collection(tmp_path: Path) -> None:
    cache = tmp_path / "clozes.json"
    assert read_clozes(tmp_path, 0, cache) is None
    path = tmp_path / COLLECTION
    path.parent.mkdir()
    lines = [json.dumps({"title": title, "text": text}) for title, text in ARTICLES]
    path.write_bytes(gzip.compress("\n".join(lines).encode()))
    made = read_clozes(tmp_path, 0, cache)
    stored = cache.read_bytes()
    assert made == make_clozes(ARTICLES, 0)
    assert read_clozes(tmp_path, 0, cache) == made
    assert cache.read_bytes() == stored
    path.write_bytes(gzip.compress(lines[2].encode()))
    again = read_clozes(tmp_path, 0, cache)
    assert again is not None and again != made
