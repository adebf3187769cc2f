"""Questions and their answers become sentences."""

from collections import Counter

import pytest

from qa.questions.words import Lexicon
from qa.training.statements import Statements

INFINITIVES = Counter(dict.fromkeys(("open", "build", "close", "flee", "cost"), 9))
LEXICON = Lexicon(frozenset(), frozenset(), INFINITIVES)
WORDS = ("opened", "built", "closed", "fell", "the", "bridge")

STATED = [
    ("Who built the mill?", "Anna Marsh", "Anna Marsh built the mill."),
    ("When did the bridge open?", "Saturday", "The bridge opened on Saturday."),
    ("When was the bridge opened?", "2019", "The bridge was opened in 2019."),
    ("When did the inn close?", "May 4", "The inn closed on May 4."),
    ("Where was the mill built?", "Aldbury", "The mill was built in Aldbury."),
    ("Where was the mill built?", "near Aldbury", "The mill was built near Aldbury."),
    ("Why did the inn close?", "the roof fell in", "The inn closed because the roof fell in."),
    ("How many people were hurt?", "Nine", "Nine people were hurt."),
    ("How many people were hurt?", "nine people", "Nine people were hurt."),
    ("How old is the mayor?", "58", "The mayor is 58."),
    ("What is the capital of Chile?", "Santiago", "Santiago is the capital of Chile."),
    ("In which year was the mill built?", "1790", "The mill was built in 1790."),
    ("The bridge opened in which year?", "2019", "The bridge opened in 2019."),
    ("Whose roof fell in?", "the inn", "The inn's roof fell in."),
]


@pytest.mark.parametrize(("question", "answer", "statement"), STATED)
def test_a_statement(question: str, answer: str, statement: str) -> None:
    assert Statements(LEXICON, WORDS).state(question, answer) == statement


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("date of the opening", "Saturday"),
        ("Did the bridge open?", "yes"),
        ("Who?", "Anna"),
        ("When did the robbers flee?", "Saturday"),
        ("Who built the mill?", ""),
    ],
)
def test_what_no_rule_turns_into_one(question: str, answer: str) -> None:
    assert Statements(LEXICON, WORDS).state(question, answer) is None
