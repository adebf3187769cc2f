"""Which answers can both be right."""

from datetime import date, timedelta

import pytest

from qa.answering.agreeing import agree
from qa.datatypes import Article, Passage, Span

DAY = date(2010, 8, 6)
"""A Friday."""


def said(words: str, text: str = "It was {}.", later: int = 0) -> Span:
    """A span of an article that is so many days later than the first."""
    text = text.format(words)
    passage = Passage(Article("1", "", "", DAY + timedelta(later), text, ""), 0, len(text))
    start = text.index(words)
    return Span(passage, start, start + len(words), 1.0)


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("August 5", "5 August 2010", True),
        ("August 5", "5 August 2009", False),
        ("Thursday", "5 August", True),
        ("yesterday", "Wednesday", False),
        ("3 March 1931", "March 1931", True),
        ("3 March 1931", "5 March 1931", False),
        ("early August", "August 5", True),
        ("August 5", "12 people", None),
        ("August 5", "a sunny day", None),
    ],
)
def test_dates_differ_if_they_share_no_day(one: str, other: str, is_same: bool | None) -> None:
    assert agree("When did the bridge collapse?", said(one), said(other)) is is_same


def test_relative_dates_of_articles_far_apart_are_of_two_events() -> None:
    question = "When did the strike begin?"
    assert agree(question, said("Monday"), said("Tuesday", later=200)) is None
    assert agree(question, said("Monday"), said("Tuesday", later=7)) is False
    born = said("3 March 1931"), said("5 March 1931", later=900)
    assert agree("When was she born?", *born) is False


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("Charles Bouchard", "Gen. Bouchard", True),
        ("Charles Bouchard", "General Peter Lund", False),
        ("President Obama", "Barack Obama", True),
        ("Ulrik Dahl", "Simon Dahl", False),
        ("the Norwegian general Ulrik Dahl", "U. Dahl", True),
        ("Muammar Gaddafi", "Moammar Qaddafi", True),
        ("Stefan Krol", "Štefan Król", True),
        ("David Emerson", "Dave Emerson", True),
        ("Ann Lee", "the coach of the Argentinian national football team", None),
        ("World Marine Trust", "WMT", True),
        ("North Korea", "South Korea", False),
        ("a police officer", "Peter Lund", None),
    ],
)
def test_names_differ_if_they_share_none(one: str, other: str, is_same: bool | None) -> None:
    assert agree("Who won the race?", said(one), said(other)) is is_same


@pytest.mark.parametrize(
    ("question", "is_same"),
    [
        ("Who won the race?", False),
        ("Where was it found?", False),
        ("In which city was it found?", False),
        ("Which cities applied?", None),
        ("Who were the winners?", None),
        ("How was it found?", None),
        ("When was it found?", None),
    ],
)
def test_names_are_compared_where_one_is_asked_for(question: str, is_same: bool | None) -> None:
    assert agree(question, said("Riga"), said("Lodz")) is is_same


def test_a_name_that_the_other_article_has_as_well_is_no_contradiction() -> None:
    town = said("Esbjerg", "He landed near {} in Denmark.")
    assert agree("Where did he land?", said("Denmark"), town) is None
    assert agree("Where did he land?", said("Sweden"), town) is False
    later = said("Mary Tobin", "{} followed John Reed as mayor.")
    assert agree("Who is the mayor?", said("John Reed"), later) is False
    assert agree("Who met the press?", said("John Reed"), later) is None


def test_names_in_articles_far_apart_are_of_two_events() -> None:
    assert agree("Who won the race?", said("Ann Lee"), said("Bo Dahl", later=365)) is None
    assert agree("Who is the mayor?", said("Ann Lee"), said("Bo Dahl", later=365)) is False
