"""What a later article tells otherwise comes first, the older one beside it."""

from dataclasses import replace
from datetime import date

import pytest

from qa.answering.answer import compose
from qa.answering.evidence import Weighed
from qa.answering.later import later_first
from qa.answering.times import Time
from qa.datatypes import Answer, Article, Hit, Passage, Span, Why

OLD, NEW, NEWEST = date(2011, 5, 3), date(2011, 5, 9), date(2011, 5, 12)
QUESTION = "How many people died when the ferry Alba sank?"


def told(
    place: int, day: date | None, words: str, evidence: float, text: str = "", score: float = 4.0
) -> Weighed:
    """A span of a sentence on the same subject, unless a text is given."""
    text = text or f"{words} died when the ferry Alba sank off Westport."
    passage = Passage(
        Article(str(place), "The ferry Alba", f"press/{place}.txt", day, text, ""), 0, len(text)
    )
    start = text.index(words)
    span = Span(passage, start, start + len(words), score)
    return Weighed(span, evidence, 0.8 - place / 10, (0, len(text)), 0.9 - place / 10)


def order(question: str, *weighed: Weighed, time: Time | None = None) -> tuple[list[str], str]:
    found = later_first(question, weighed, time)
    assert [each.span.text for each in found.differing] == [
        each.span.text for each in found.weighed[1 : 1 + len(found.differing)]
    ]
    return [each.span.text for each in found.weighed], found.note


def test_a_later_number_goes_first_and_the_older_is_named() -> None:
    older, later = told(0, OLD, "12 people", 9.0), told(1, NEW, "17 people", 8.5)
    found = later_first(QUESTION, [older, later])
    assert [each.span.text for each in found.weighed] == ["17 people", "12 people"]
    assert found.weighed[0].confidence == older.confidence
    assert found.differing == (older,)
    assert found.note == (
        "Articles differ: 17 people (1.txt, 9 May 2011) · 12 people (0.txt, 3 May 2011)"
    )


def test_the_order_stays_if_the_best_is_the_latest() -> None:
    words, note = order(QUESTION, told(0, NEW, "17 people", 9.0), told(1, OLD, "12 people", 8.5))
    assert words == ["17 people", "12 people"]
    assert note == "Articles differ: 17 people (0.txt, 9 May 2011) · 12 people (1.txt, 3 May 2011)"


def test_articles_of_one_day_and_without_a_date_differ_too() -> None:
    rows = told(0, OLD, "12 people", 9.0), told(1, OLD, "17 people", 8.5)
    assert order(QUESTION, *rows)[1].endswith(
        "12 people (0.txt, 3 May 2011) · 17 people (1.txt, 3 May 2011)"
    )
    rows = told(0, None, "12 people", 9.0), told(1, None, "17 people", 8.5)
    assert order(QUESTION, *rows)[1] == "Articles differ: 12 people (0.txt) · 17 people (1.txt)"


def test_an_article_with_a_date_is_not_known_to_be_later_than_one_without() -> None:
    rows = told(0, None, "12 people", 9.0), told(1, OLD, "17 people", 8.5)
    assert order(QUESTION, *rows)[0] == ["12 people", "17 people"]
    rows = told(0, OLD, "12 people", 9.0), told(1, None, "17 people", 8.5)
    assert order(QUESTION, *rows)[0] == ["12 people", "17 people"]


def test_each_answer_is_named_once_with_its_newest_article() -> None:
    rows = [
        told(0, OLD, "12 people", 9.0),
        told(1, NEW, "17 people", 8.9),
        told(2, NEWEST, "Twelve", 8.5),
        told(3, OLD, "17", 8.0),
    ]
    assert order(QUESTION, *rows)[1] == (
        "Articles differ: Twelve (2.txt, 12 May 2011) · 17 people (1.txt, 9 May 2011)"
    )


def test_an_article_that_says_both_does_not_differ() -> None:
    text = "17 were hurt and 12 people died when the ferry Alba sank."
    rows = [
        told(0, OLD, "12 people", 9.0),
        told(1, NEW, "17", 8.9, text),
        told(1, NEW, "12 people", 8.0, text),
    ]
    assert order(QUESTION, *rows)[1] == ""


def test_an_answer_far_behind_does_not_count() -> None:
    rows = told(0, OLD, "12", 9.0), told(1, NEWEST, "17 people", 5.1)
    assert order(QUESTION, *rows)[0] == ["17 people", "12"]
    rows = told(0, OLD, "12", 9.0), told(1, NEWEST, "17 people", 4.9)
    assert order(QUESTION, *rows) == (["12", "17 people"], "")


def test_numbers_in_articles_of_one_week_may_be_farther_apart() -> None:
    rows = told(0, OLD, "12", 9.0), told(1, NEW, "17 people", 3.1, score=-3.0)
    assert order(QUESTION, *rows)[0] == ["17 people", "12"]


def test_without_a_name_articles_of_one_week_with_the_words_asked_for_differ() -> None:
    question = "How many people died when the ferry sank?"
    rows = told(0, OLD, "12", 9.0), told(1, NEW, "17 people", 6.0)
    assert order(question, *rows)[0] == ["17 people", "12"]
    rows = told(0, OLD, "12", 9.0), told(1, NEWEST, "17 people", 6.0)
    assert order(question, *rows)[1] == ""


@pytest.mark.parametrize(
    ("best", "other", "does_differ"),
    [(2.0, -1.5, True), (1.9, 4.0, False), (4.0, -1.6, False)],
)
def test_both_must_answer_in_the_readers_eyes(best: float, other: float, does_differ: bool) -> None:
    rows = told(0, OLD, "12", 9.0, score=best), told(1, NEWEST, "17", 8.0, score=other)
    assert bool(order(QUESTION, *rows)[1]) is does_differ


def test_names_months_apart_differ_only_if_both_answer_as_well() -> None:
    question = "Who is the mayor of Westport?"
    later = date(2011, 11, 3)
    rows = [
        told(place, day, name, 9.0 - place * 0.9, f"{name} is the mayor of Westport.")
        for place, (day, name) in enumerate([(OLD, "John Reed"), (later, "Mary Tobin")])
    ]
    assert order(question, *rows)[0] == ["Mary Tobin", "John Reed"]
    rows[1] = replace(rows[1], evidence=7.9)
    assert order(question, *rows) == (["John Reed", "Mary Tobin"], "")


def test_another_event_of_the_same_sort_changes_nothing() -> None:
    older = told(0, OLD, "12 people", 9.0)
    other = told(1, NEW, "17 people", 8.9, "17 people died when the ferry Corrib sank.")
    other = replace(other, span=replace(other.span, passage=renamed(other, "The ferry Corrib")))
    assert order(QUESTION, older, other)[1] == ""
    question = "How many people died when the ferry sank?"
    other = told(1, NEW, "17 people", 8.9, "17 people were on the train to Estby in the snow.")
    assert order(question, older, other)[1] == ""


def test_beyond_a_week_the_other_sentence_must_have_the_words_asked_for() -> None:
    question = "Who founded the Alba museum?"
    text = "Peter Lund, who once edited a paper, finds the Alba museum dull."
    for day, does_differ in ((NEW, True), (None, False), (date(2011, 7, 1), False)):
        rows = [
            told(0, OLD, "Ann Lee", 9.0, "Ann Lee founded the Alba museum."),
            told(1, day, "Peter Lund", 8.5, text),
        ]
        assert bool(order(question, *rows)[1]) is does_differ
    rows[1] = told(1, None, "Peter Lund", 8.5, "Peter Lund founded the Alba museum.")
    assert order(question, *rows)[1]


def renamed(entry: Weighed, title: str) -> Passage:
    """The passage of a span under another title."""
    passage = entry.span.passage
    return replace(passage, article=replace(passage.article, title=title))


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


def test_as_of_is_the_date_of_the_newest_article_that_says_so() -> None:
    rows = [
        told(0, OLD, "12 people", 9.0),
        told(1, NEWEST, "Twelve", 5.5),
        told(2, NEWEST, "17 people", 4.0),
    ]
    found = composed("How many people have died on the ferry Alba so far?", rows)
    assert (found.text, found.notes) == ("Twelve", ("as of 12 May 2011",))


def composed(question: str, weighed: list[Weighed]) -> Answer:
    hits = [
        Hit(each.span.passage, 0.9, rank, Why(1.0, rank, 0.9, rank))
        for rank, each in enumerate(weighed, 1)
    ]
    return compose(question, hits, weighed, k=5, unread=0, timings={})


def test_the_older_answer_is_the_first_alternative() -> None:
    found = composed(QUESTION, [told(0, OLD, "12 people", 9.0), told(1, NEW, "17 people", 8.5)])
    assert found.text == "17 people"
    assert [(each.text, each.differs) for each in found.alternatives] == [("12 people", True)]
    assert found.alternatives[0].citation.article.published == OLD


def test_articles_that_say_the_same_in_other_words_are_cited() -> None:
    found = composed(QUESTION, [told(0, OLD, "12 people", 9.0), told(1, NEW, "Twelve", 8.5)])
    assert [cited.quote for cited in found.citations] == ["12 people", "Twelve"]
    assert (found.text, found.alternatives, found.notes) == ("12 people", (), ())


def test_a_later_article_is_no_news_of_the_time_asked_for() -> None:
    rows = [told(0, OLD, "12 people", 9.0), told(1, NEW, "17 people", 8.5)]
    assert composed("How many people died on 3 May?", rows).text == "12 people"
    assert composed("How many people died on the Alba in 2011?", rows).text == "17 people"


def test_a_question_for_reasons_has_no_differing_answers() -> None:
    rows = [
        told(0, OLD, "12 people", 9.0 - 5, "12 people leaned over the rail of the ferry Alba."),
        told(1, NEW, "17 people", 8.5 - 5, "17 people leaned over the rail of the ferry Alba."),
    ]
    rows = [replace(each, confidence=0.3) for each in rows]
    assert composed("Why did the ferry Alba sink?", rows).notes == ()
