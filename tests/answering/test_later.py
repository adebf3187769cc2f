"""What a later article tells otherwise comes first, the older one beside it."""

from datetime import date

import pytest

from qa.answering.answer import compose
from qa.answering.evidence import Weighed
from qa.answering.later import later_first, values_in
from qa.datatypes import Answer, Article, Hit, Passage, Span, Why

OLD, NEW = date(2011, 5, 3), date(2011, 5, 9)
QUESTION = "How many people died when the ferry Alba sank?"


def told(place: int, day: date | None, words: str, evidence: float, text: str = "") -> Weighed:
    """A span of a sentence on the same subject, unless a text is given."""
    text = text or f"{words} died when the ferry Alba sank off Westport."
    passage = Passage(Article(str(place), "The ferry Alba", "", day, text, ""), 0, len(text))
    start = text.index(words)
    span = Span(passage, start, start + len(words), 1.0)
    return Weighed(span, evidence, 0.8 - place / 10, (0, len(text)), 0.9 - place / 10)


def order(question: str, *weighed: Weighed) -> tuple[list[str], tuple[str, ...]]:
    ordered, notes = later_first(question, weighed)
    return [each.span.text for each in ordered], notes


def test_a_later_number_goes_first_and_the_older_is_named() -> None:
    older, later = told(0, OLD, "12 people", 9.0), told(1, NEW, "17 people", 8.5)
    ordered, notes = later_first(QUESTION, [older, later])
    assert [each.span.text for each in ordered] == ["17 people", "12 people"]
    assert ordered[0].confidence == older.confidence
    assert notes == ("an older article, of 3 May 2011, says “12 people”",)


def test_the_order_stays_if_the_best_is_the_latest() -> None:
    words, notes = order(QUESTION, told(0, NEW, "17 people", 9.0), told(1, OLD, "12 people", 8.5))
    assert words == ["17 people", "12 people"]
    assert notes == ("an older article, of 3 May 2011, says “12 people”",)


def test_a_number_of_the_same_things_may_be_far_behind() -> None:
    rows = told(0, OLD, "12", 9.0), told(1, NEW, "17 people", 5.1)
    assert order(QUESTION, *rows)[0] == ["17 people", "12"]
    rows = told(0, OLD, "12", 9.0), told(1, NEW, "17 people", 4.9)
    assert order(QUESTION, *rows) == (["12", "17 people"], ())


@pytest.mark.parametrize(
    ("older", "later"),
    [
        ("12 people", "Twelve people"),
        ("12 people", "17 boats"),
        ("12 people", "Many people"),
        ("3 May", "Tuesday"),
        ("John Reed", "Mary Tobin"),
    ],
)
def test_what_does_not_differ_changes_nothing(older: str, later: str) -> None:
    words = order(QUESTION, told(0, OLD, older, 9.0), told(1, NEW, later, 8.9))
    assert words == ([older, later], ())


def test_names_differ_where_a_question_asks_who_someone_is() -> None:
    question = "Who is the mayor of Westport?"
    rows = [
        told(place, day, name, 9.0 - place / 10, f"{name} is the mayor of Westport.")
        for place, (day, name) in enumerate([(OLD, "John Reed"), (NEW, "Mary Tobin")])
    ]
    assert order(question, *rows)[0] == ["Mary Tobin", "John Reed"]
    same = told(1, NEW, "Mayor Reed", 8.9, "Mayor Reed is the mayor of Westport.")
    assert order(question, rows[0], same)[1] == ()


def test_another_subject_or_no_date_changes_nothing() -> None:
    older = told(0, OLD, "12 people", 9.0)
    other = told(1, NEW, "17 people", 8.9, "17 people were on the train to Estby in the snow.")
    assert order(QUESTION, older, other)[1] == ()
    assert order(QUESTION, older, told(1, None, "17 people", 8.9))[1] == ()
    assert order(QUESTION, told(0, None, "12 people", 9.0), told(1, NEW, "17 people", 8))[1] == ()


def test_the_latest_is_the_newest_of_those_that_answer_and_says_its_date() -> None:
    question = "Where is the ferry Alba now?"
    rows = [
        told(0, OLD, "at the quay", 9.0, "The ferry Alba is at the quay."),
        told(1, NEW, "in a dock", 7.5, "The ferry Alba is in a dock."),
    ]
    assert order("Where is the ferry Alba?", *rows)[0] == ["at the quay", "in a dock"]
    assert order(question, *rows)[0] == ["in a dock", "at the quay"]
    found = composed(question, rows)
    assert (found.text, found.notes) == ("in a dock", ("as of 9 May 2011",))


def composed(question: str, weighed: list[Weighed]) -> Answer:
    hits = [
        Hit(each.span.passage, 0.9, rank, Why(1.0, rank, 0.9, rank))
        for rank, each in enumerate(weighed, 1)
    ]
    return compose(question, hits, weighed, k=5, unread=0, timings={})


def test_the_older_answer_is_the_first_alternative() -> None:
    found = composed(QUESTION, [told(0, OLD, "12 people", 9.0), told(1, NEW, "17 people", 8.5)])
    assert found.text == "17 people"
    assert [each.text for each in found.alternatives] == ["12 people"]
    assert found.alternatives[0].citation.article.published == OLD


def test_a_later_article_is_no_news_of_the_time_asked_for() -> None:
    rows = [told(0, OLD, "12 people", 9.0), told(1, NEW, "17 people", 8.5)]
    assert composed("How many people died on 3 May?", rows).text == "12 people"


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("at least 1,127 people", {1127}),
        ("twenty-five", {25}),
        ("2.5 million dollars", {2_500_000}),
        ("three thousand", {3000}),
        ("between 12 and 14", {12, 14}),
        ("one of the 33", {1, 33}),
        ("nobody", set()),
    ],
)
def test_numbers_in_digits_and_in_words(text: str, values: set[float]) -> None:
    assert values_in(text) == values
