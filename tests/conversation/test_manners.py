"""What asks nothing of the articles is recognised, and questions are not taken for it."""

import pytest

from qa.conversation.manners import Manner, manner_of, subject_of


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("hello", Manner.HELLO),
        ("Good morning!", Manner.HELLO),
        ("thanks", Manner.THANKS),
        ("ok thank you very much.", Manner.THANKS),
        ("help", Manner.HELP),
        ("What can you do?", Manner.HELP),
        ("tell me more", Manner.MORE),
        ("Please tell me more about it", Manner.MORE),
        ("what else?", Manner.MORE),
        ("anything else?", Manner.MORE),
        ("summarise this article", Manner.SUMMARY),
        ("Can you summarize it?", Manner.SUMMARY),
        ("show me the article", Manner.SUMMARY),
        ("what is this article about?", Manner.SUMMARY),
        ("What are these articles about?", Manner.OVERVIEW),
        ("what's in here?", Manner.OVERVIEW),
    ],
)
def test_what_is_meant(said: str, meant: Manner) -> None:
    assert manner_of(said) is meant


@pytest.mark.parametrize(
    "question",
    [
        "Who thanked the miners?",
        "What can you see from the tower?",
        "What else did Bouchard say?",
        "Tell me more about the euro in Croatia",
        "Who helped?",
        "What is the article of the treaty about secession called?",
        "How many more were hurt?",
        "hello kitty",
        "",
    ],
)
def test_a_question_is_a_question(question: str) -> None:
    assert manner_of(question) is None


@pytest.mark.parametrize(
    ("question", "subject"),
    [
        ("Tell me about the python.", "python"),
        ("Can you tell me about Levy Mwanawasa?", "levy mwanawasa"),
        ("What happened at Virginia Tech?", "virginia tech"),
        ("latest on North Korea", "north korea"),
        ("What happened next?", ""),
        ("Who told them about the python?", ""),
        ("", ""),
    ],
)
def test_what_a_person_wants_to_be_told_about(question: str, subject: str) -> None:
    assert subject_of(question) == subject


def test_long_texts_are_questions_and_cost_nothing() -> None:
    for text in ("ok " * 50_000 + "x", "tell me about " + "!" * 100_000):
        assert manner_of(text) is None
        assert subject_of(text) == ""
