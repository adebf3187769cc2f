"""Times in questions and texts, and the order of hits by them."""

from collections.abc import Sequence
from datetime import date

import pytest

from qa.answering.answer import read
from qa.answering.times import MALUS, Time, of_time, time_asked, times_in
from qa.datatypes import Article, Hit, Passage, Span, Why

TODAY = date(2021, 6, 2)


def hit(rank: int, published: date | None, text: str = "It rained.") -> Hit:
    passage = Passage(Article(str(rank), "", "", published, text, ""), 0, len(text))
    return Hit(passage, 1 - rank / 10, rank, Why(1.0, rank, 0.5, rank))


@pytest.mark.parametrize(
    ("question", "time"),
    [
        ("Who won in March 2015?", Time(2015, 3)),
        ("What happened on 3 May?", Time(None, 5, 3)),
        ("What happened on May 3, 2011?", Time(2011, 5, 3)),
        ("Who won the 2014 semi-final?", Time(2014)),
        ("Who resigned in May?", Time(None, 5)),
        ("Who won last year's race?", Time(2020)),
        ("May she resign?", None),
        ("Who is Theresa May?", None),
        ("Who won?", None),
        ("Who led around 1500 people?", None),
        ("Where did 1900 workers strike?", None),
        ("How many of the 1912 passengers died?", None),
        ("Did more than 2000 armed men attack?", None),
        ("Who paid $2000 for it?", None),
        ("Who ran 2000 km?", None),
        ("Were 2000.5 tons sold?", None),
        ("Who sold 2000 copies in 2003?", Time(2003)),
        ("Who won the 2008 elections?", Time(2008)),
        ("Who won 2014 elections?", Time(2014)),
        ("Who was 2011's best player?", Time(2011)),
        ("Which ship sank in 1912?", Time(1912)),
    ],
)
def test_the_time_that_a_question_names(question: str, time: Time | None) -> None:
    assert time_asked(question, TODAY) == time


def test_each_part_of_a_text_is_in_one_time_only() -> None:
    assert times_in("From 3 May 2011 until June 4 and in 2012.") == [
        Time(2011, 5, 3),
        Time(None, 6, 4),
        Time(2012),
    ]


def test_articles_of_the_time_come_first() -> None:
    hits = [hit(1, date(2013, 3, 9)), hit(2, date(2015, 3, 9)), hit(3, date(2015, 4, 1))]
    ordered = of_time(hits, Time(2015, 3))
    assert [each.passage.article.id for each in ordered] == ["2", "1", "3"]
    assert [each.rank for each in ordered] == [1, 2, 3]
    assert [each.score for each in ordered] == pytest.approx([0.8, 0.9, 0.7])


def test_a_passage_of_another_time_that_fits_much_better_stays_first() -> None:
    hits = [hit(1, date(2013, 3, 9)), hit(5, date(2015, 3, 9))]
    assert hits[0].score - hits[1].score > MALUS
    assert [each.passage.article.id for each in of_time(hits, Time(2015, 3))] == ["1", "5"]


def test_a_text_that_names_the_time_does_not_lose() -> None:
    named = hit(1, date(2017, 1, 1), "In March 2015 it rained.")
    by_its_date = hit(2, date(2015, 9, 1), "It had rained since March.")
    hits = [named, by_its_date, hit(3, date(2015, 3, 1)), hit(4, None)]
    assert of_time(hits, Time(2015, 3)) == hits


class Told:
    """A reader that offers the first word of each passage."""

    name = "told"

    def __init__(self, *scores: float) -> None:
        self.scores = scores

    def read(
        self,
        question: str,
        passages: Sequence[Passage],
        seconds: float | None = None,
        late: list[Passage] | None = None,
    ) -> list[Span]:
        """Return spans with the scores given."""
        return [
            Span(passage, 0, passage.text.index(" "), score)
            for passage, score in zip(passages, self.scores, strict=True)
        ]


@pytest.mark.parametrize(("score", "words"), [(6.0, ["Bob", "Ann"]), (-6.0, ["Ann", "Bob"])])
def test_a_close_answer_of_the_time_goes_first_as_sure_as_alone(
    score: float, words: list[str]
) -> None:
    hits = [
        hit(1, date(2013, 3, 9), "Ann won the race."),
        hit(2, date(2015, 3, 9), "Bob won the race."),
    ]
    question = "Who won the race in March 2015?"
    weighed = read(question, hits, Told(8.0, score), [])
    assert [each.span.text for each in weighed] == words
    alone = read(question, hits[1:], Told(score), [])
    if words[0] == "Bob":
        assert weighed[0].confidence == pytest.approx(alone[0].confidence, abs=0.1)


def test_an_article_of_the_next_day_is_of_a_day() -> None:
    hits = [hit(1, date(2011, 5, 6)), hit(2, date(2011, 5, 4))]
    ordered = of_time(hits, Time(None, 5, 3))
    assert [each.passage.article.id for each in ordered] == ["2", "1"]


def test_nothing_changes_if_no_passage_is_of_the_time() -> None:
    hits = [hit(1, date(2013, 3, 9)), hit(2, date(2014, 3, 9))]
    assert of_time(hits, Time(2015, 3)) == hits
