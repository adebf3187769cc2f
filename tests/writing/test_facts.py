"""What can be checked in a sentence, and the questions that ask for it."""

from datetime import date

import pytest

from qa.writing.asking import question
from qa.writing.claims import is_claim, is_vague
from qa.writing.facts import clauses, facts, has_quotation, quotations
from qa.writing.wording import same_name


def _facts(sentence: str) -> list[tuple[str, str]]:
    return [(fact.kind, fact.text) for fact in facts(sentence, date(2012, 8, 6))]


def test_names_numbers_and_dates() -> None:
    sentence = (
        "President Ivo Josipović told 3,000 people in Zagreb on 1 July 2013 that it was over."
    )
    assert _facts(sentence) == [
        ("name", "Ivo Josipović"),
        ("number", "3,000"),
        ("name", "Zagreb"),
        ("date", "1 July 2013"),
    ]


def test_a_first_word_is_a_name_only_if_it_is_no_other_word() -> None:
    assert ("name", "Codelco") in _facts("Codelco owns the mine.")
    assert ("name", "Rescuers") not in _facts("Rescuers dug all night.")


def test_each_fact_is_asked_for_in_its_clause() -> None:
    sentence = "Charles Bolden led the landing team in 2012, and Adam Steltzner heads NASA."
    assert [question(sentence, fact) for fact in facts(sentence, None)] == [
        "Who led the landing team in 2012?",
        "Charles Bolden led the landing team when?",
        "Who heads NASA?",
        "Adam Steltzner heads what?",
    ]


def test_two_nouns_are_no_two_clauses() -> None:
    sentence = "Lars Brandt and Mina Sato opened the bridge."
    assert [sentence[start:end] for start, end in clauses(sentence)] == [sentence]


def test_quotations_are_compared_without_their_punctuation() -> None:
    (quote,) = quotations("He said: “We did it, at last!”")
    assert has_quotation(quote, ['"We did it - at last," he said.'])
    assert not has_quotation(quote, ["They did it at last."])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Higgs", "Peter Higgs"),
        ("Chilean", "Chile"),
        ("Norwegian", "Norway"),
        ("British", "Britain"),
        ("UN", "United Nations"),
        ("Prime Minister Plenković", "Andrej Plenković"),
    ],
)
def test_the_same_name(one: str, other: str) -> None:
    assert same_name(one, other)
    assert same_name(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Austria", "Australia"),
        ("Iran", "Iraq"),
        ("Plan A", "Plan B"),
        ("Panama Canal", "Suez Canal"),
    ],
)
def test_another_name(one: str, other: str) -> None:
    assert not same_name(one, other)


@pytest.mark.parametrize(
    "sentence",
    [
        "The articles do not say.",
        "The passages do not mention what the capsule cost.",
        "Would you like to know more about Croatia?",
        "The passages don't say how long it is.",
        "I hope this helps!",
        "It is sad, and I feel for them.",
        "…",
    ],
)
def test_what_states_nothing(sentence: str) -> None:
    assert not is_claim(sentence)


def test_an_opinion_is_vague_unless_it_names_something() -> None:
    assert is_vague("What a wonderful story!")
    assert not is_vague("The rescue was a great success for Richard Harris.")
    assert is_claim("The spill exceeds the Ixtoc I blowout of 1979.")
