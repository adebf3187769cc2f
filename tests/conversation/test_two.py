"""Two questions in one."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from qa.conversation.two import two_questions
from qa.datatypes import AnswerKind, Status

if TYPE_CHECKING:
    from qa.library import Library


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        (
            "Who won the race and how many people watched?",
            ("Who won the race?", "how many people watched?"),
        ),
        ("Who won the race? And when did it end?", ("Who won the race?", "when did it end?")),
        ("Where did it sink, and why did it sink", ("Where did it sink?", "why did it sink?")),
        (
            "Did the ship sink and how many were saved?",
            ("Did the ship sink?", "how many were saved?"),
        ),
    ],
)
def test_both_parts_are_questions(question: str, parts: tuple[str, str]) -> None:
    assert two_questions(question) == parts


@pytest.mark.parametrize(
    "question",
    [
        "Who won the race and the regatta?",
        "Who won the race and why?",
        "When and where did it sink?",
        "What did she say about who won and how it ended?",
        "Do you know who won and how many people watched?",
        "What is a regatta and how the winner is found?",
        "The race and who won it",
        "Who came, who stayed and who left the race?",
        "Did the UN and WHO send help?",
        "Who said “we came, and what matters is peace”?",
    ],
)
def test_a_single_question_stays_one(question: str) -> None:
    assert two_questions(question) is None


@pytest.fixture
def raced(library: "Library", tmp_path: Path) -> "Library":
    """A library with one article."""
    (tmp_path / "race.txt").write_text(
        "The harbour race of Westport was won by Ann Doyle.\n\n"
        "From the quay 4,000 people watched the race.\n"
    )
    library.add(tmp_path / "race.txt")
    return library


def test_both_answers_are_one_after_the_other_and_named(raced: "Library") -> None:
    asked = "Who won the harbour race and how many people watched?"
    found = raced.conversation().ask(asked)
    assert (found.kind, found.asked) == (AnswerKind.SENTENCES, asked)
    assert [cited.quote for cited in found.citations] == [
        "The harbour race of Westport was won by Ann Doyle.",
        "From the quay 4,000 people watched the race.",
    ]
    assert found.text == " ".join(cited.quote for cited in found.citations)
    assert found.notes == ("[1] Who won the harbour race?", "[2] how many people watched?")


def test_a_part_without_an_answer_is_named(raced: "Library") -> None:
    found = raced.conversation().ask("Who won the harbour race and who designed zeppelins?")
    assert found.status is not Status.NOT_FOUND
    assert found.notes == (
        "[1] Who won the harbour race?",
        "not in your articles: who designed zeppelins?",
    )
    assert len(found.citations) == 1
    neither = raced.conversation().ask("Who sold bananas and who designed zeppelins?")
    assert (neither.status, neither.notes, neither.citations) == (Status.NOT_FOUND, (), ())
