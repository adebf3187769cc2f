"""Time expressions: the days that words mean in an article of a date, as exactly as they say it."""

from datetime import date

import pytest

from qa.timex import time_spans

ARTICLE = date(2013, 4, 17)
"""A Wednesday; the date of every article here that has no other."""

# Text, the expression in it, first day, last day, and how exact the words are.
EXPRESSIONS = [
    ("The council met on Monday.", "Monday", "2013-04-15", "2013-04-15", "day"),
    ("The mayor resigned on Wednesday.", "Wednesday", "2013-04-17", "2013-04-17", "day"),
    ("A ferry sank last Wednesday.", "last Wednesday", "2013-04-10", "2013-04-10", "day"),
    ("The talks resume next Monday.", "next Monday", "2013-04-22", "2013-04-22", "day"),
    ("Ministers will meet on Friday.", "Friday", "2013-04-19", "2013-04-19", "day"),
    ("Ministers meet in May.", "May", "2013-05-01", "2013-05-31", "month"),
    ("The vote takes place this Friday.", "this Friday", "2013-04-19", "2013-04-19", "day"),
    ("Crowds booed Monday's vote.", "Monday", "2013-04-15", "2013-04-15", "day"),
    ("He fell ill on Tuesday evening.", "Tuesday evening", "2013-04-16", "2013-04-16", "day"),
    ("She resigned yesterday.", "yesterday", "2013-04-16", "2013-04-16", "day"),
    ("The bridge reopens today.", "today", "2013-04-17", "2013-04-17", "day"),
    ("The strike ends tomorrow.", "tomorrow", "2013-04-18", "2013-04-18", "day"),
    (
        "It burned down the day before yesterday.",
        "the day before yesterday",
        "2013-04-15",
        "2013-04-15",
        "day",
    ),
    ("The final is tonight.", "tonight", "2013-04-17", "2013-04-17", "day"),
    ("Shots were heard last night.", "last night", "2013-04-16", "2013-04-16", "day"),
    ("Police came this morning.", "this morning", "2013-04-17", "2013-04-17", "day"),
    ("He left three days ago.", "three days ago", "2013-04-14", "2013-04-14", "day"),
    ("The fair opened on the 5th.", "the 5th", "2013-04-05", "2013-04-05", "day"),
    ("He was jailed on October 31.", "October 31", "2012-10-31", "2012-10-31", "day"),
    ("She was born on 3 February.", "3 February", "2013-02-03", "2013-02-03", "day"),
    ("They wed on April 17, 2012.", "April 17, 2012", "2012-04-17", "2012-04-17", "day"),
    ("It fell on 24th October 2011.", "24th October 2011", "2011-10-24", "2011-10-24", "day"),
    ("He landed on Sunday, 14 April.", "Sunday, 14 April", "2013-04-14", "2013-04-14", "day"),
    ("The log ends at 2012-11-03.", "2012-11-03", "2012-11-03", "2012-11-03", "day"),
    ("It will close on May 2.", "May 2", "2013-05-02", "2013-05-02", "day"),
    ("It rained last week.", "last week", "2013-04-08", "2013-04-14", "week"),
    ("The trial opens this week.", "this week", "2013-04-15", "2013-04-21", "week"),
    ("The court sits next week.", "next week", "2013-04-22", "2013-04-28", "week"),
    ("He quit two weeks ago.", "two weeks ago", "2013-04-01", "2013-04-07", "week"),
    ("It snowed last weekend.", "last weekend", "2013-04-13", "2013-04-14", "weekend"),
    ("Sales fell last month.", "last month", "2013-03-01", "2013-03-31", "month"),
    ("She won earlier this month.", "earlier this month", "2013-04-01", "2013-04-30", "month"),
    ("The tunnel opens next month.", "next month", "2013-05-01", "2013-05-31", "month"),
    ("He retired seven months ago.", "seven months ago", "2012-09-01", "2012-09-30", "month"),
    ("The mine shut in December.", "December", "2012-12-01", "2012-12-31", "month"),
    ("A new port will open in May.", "May", "2013-05-01", "2013-05-31", "month"),
    ("He was freed in April.", "April", "2013-04-01", "2013-04-30", "month"),
    ("They met last May.", "last May", "2012-05-01", "2012-05-31", "month"),
    ("The games start next June.", "next June", "2013-06-01", "2013-06-30", "month"),
    ("He died in October 2011.", "October 2011", "2011-10-01", "2011-10-31", "month"),
    ("It began in early June 2012.", "early June 2012", "2012-06-01", "2012-06-30", "month"),
    ("They split in mid-July.", "mid-July", "2012-07-01", "2012-07-31", "month"),
    ("He paid at the end of March.", "the end of March", "2013-03-01", "2013-03-31", "month"),
    (
        "Profits rose in the first quarter of 2012.",
        "the first quarter of 2012",
        "2012-01-01",
        "2012-03-31",
        "quarter",
    ),
    ("The line opens next spring.", "next spring", "2014-03-01", "2014-05-31", "season"),
    ("Wells ran dry last summer.", "last summer", "2012-06-01", "2012-08-31", "season"),
    ("The lake froze last winter.", "last winter", "2012-12-01", "2013-02-28", "season"),
    ("It sank in the autumn of 2011.", "autumn of 2011", "2011-09-01", "2011-11-30", "season"),
    ("He came last year.", "last year", "2012-01-01", "2012-12-31", "year"),
    ("It may open later this year.", "later this year", "2013-01-01", "2013-12-31", "year"),
    ("The law lapses next year.", "next year", "2014-01-01", "2014-12-31", "year"),
    ("They fled five years ago.", "five years ago", "2008-01-01", "2008-12-31", "year"),
    ("He founded it in 2009.", "2009", "2009-01-01", "2009-12-31", "year"),
    ("She has led it since 2004.", "since 2004", "2004-01-01", "2004-12-31", "year"),
    ("He ruled from 2001 to 2005.", "from 2001 to 2005", "2001-01-01", "2005-12-31", "year"),
    ("It was built in the 1980s.", "the 1980s", "1980-01-01", "1989-12-31", "decade"),
    ("It spread in the late 1990s.", "the late 1990s", "1990-01-01", "1999-12-31", "decade"),
    ("It fell in the 19th century.", "the 19th century", "1801-01-01", "1900-12-31", "century"),
    (
        "The strike began on Monday. The previous day, pay talks had failed.",
        "The previous day",
        "2013-04-14",
        "2013-04-14",
        "day",
    ),
    (
        "The dam broke on March 3. Two days later, the army came.",
        "Two days later",
        "2013-03-05",
        "2013-03-05",
        "day",
    ),
    (
        "The plant shut in November 2011. The following month it was sold.",
        "The following month",
        "2011-12-01",
        "2011-12-31",
        "month",
    ),
]


def resolved(text: str, published: date | None = ARTICLE) -> list[tuple[str, str, str]]:
    return [
        (text[span.start : span.end], f"{span.first}/{span.last}", span.unit)
        for span in time_spans(text, published)
    ]


@pytest.mark.parametrize(("text", "words", "first", "last", "unit"), EXPRESSIONS)
def test_days_of_words(text: str, words: str, first: str, last: str, unit: str) -> None:
    assert resolved(text)[-1] == (words, f"{first}/{last}", unit)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("The results will be announced on Friday.", "2013-04-19"),
        ("They will have to leave on Friday.", "2013-04-19"),
        ("The verdict is to be reported on Friday.", "2013-04-19"),
        ("Talks follow later, and ministers meet in Paris in December.", "2013-12-01"),
        ("Ministers failed to meet in Paris in December.", "2012-12-01"),
        ("The election is on Friday.", "2013-04-19"),
        ("Airports began to reopen on Friday.", "2013-04-12"),
        ("Shops did not open on Friday.", "2013-04-12"),
        ("Prices fell at the start of trading on Friday.", "2013-04-12"),
        ("Airports will not reopen on Friday.", "2013-04-19"),
        ("The deadline for bids is 30 April.", "2013-04-30"),
        ("He may resign on Friday.", "2013-04-19"),
        ("He may have left on Friday.", "2013-04-12"),
        ("On Friday, the council will vote.", "2013-04-19"),
        ("On Friday, the mayor announced that he will go.", "2013-04-12"),
        ("On May 2, a man in Vancouver's West End was hurt.", "2012-05-02"),
    ],
)
def test_a_clause_on_what_is_to_come_looks_ahead(text: str, first: str) -> None:
    assert resolved(text)[0][1].startswith(first)


@pytest.mark.parametrize(
    "text",
    [
        "May said she may march on.",
        "April Jones met June Smith.",
        "In 2,009 cases it took 40 days.",
        "They meet every Monday, and on Black Friday.",
        "He lives on the 5th floor.",
        "It began more than five years ago, or a few days ago.",
        "The fall of Rome.",
        "Two years earlier he left.",
        "On 31 June.",
    ],
)
def test_what_is_no_time_or_not_clear(text: str) -> None:
    assert resolved(text) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("It opened on Monday.", "Monday, 15 April 2013"),
        ("It snowed last week.", "8 to 14 April 2013"),
        ("It snowed this week.", "15 to 21 April 2013"),
        ("He left two weeks ago.", "1 to 7 April 2013"),
        ("It lasted from 3 to 5 May 2012.", "3 to 5 May 2012"),
        ("He came in December.", "December 2012"),
        ("She has led it since May.", "since May 2012"),
        ("It must close by next June.", "by June 2013"),
        ("The lake froze last winter.", "winter 2012–13"),
        ("Wells ran dry last summer.", "summer 2012"),
        ("It grew in the second quarter of 2011.", "second quarter of 2011"),
        ("He came last year.", "2012"),
        ("He ruled from 2001 to 2005.", "2001 to 2005"),
        ("It was built in the early '80s.", "the 1980s"),
        ("It fell in the nineteenth century.", "the 19th century"),
        ("This century is young.", "the 21st century"),
        ("He died in May last year.", "May 2012"),
        ("It ran from March to June 2011.", "March 2011"),
    ],
)
def test_times_in_words(text: str, words: str) -> None:
    assert time_spans(text, ARTICLE)[0].words == words


def test_the_nearest_verb_says_whether_it_is_to_come() -> None:
    text = "Officials said on Wednesday that they will meet on Friday. On Monday they had met."
    assert [span.first.day for span in time_spans(text, ARTICLE)] == [17, 19, 15]


def test_a_clause_after_it_does_not_make_a_past_day_one_to_come() -> None:
    text = "The talks began on Monday and are expected to last a week."
    assert [span.first.day for span in time_spans(text, ARTICLE)] == [15]


@pytest.mark.parametrize("text", ["twenty-five years ago", "1,200 years ago", "2.5 years ago"])
def test_no_number_is_cut_out_of_a_larger_one(text: str) -> None:
    assert time_spans(f"It sank {text}.", ARTICLE) == []


@pytest.mark.parametrize(
    "text",
    [
        "Around 1500 people died",
        "He sold it to 1900 homes",
        "The firm of 1500 workers closed",
        "It gave work to more than 2000 young men",
        "Each of the 1800 guests sang",
    ],
)
def test_a_number_that_counts_is_no_year(text: str) -> None:
    assert time_spans(f"{text}.", ARTICLE) == []


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("It began around 1500 in Spain", "1500"),
        ("In 2000 people voted", "2000"),
        ("He wrote of 2008 elections", "2008"),
        ("It lasted from 1990 to 1995 as planned", "1990 to 1995"),
    ],
)
def test_a_year_before_a_noun_is_a_year(text: str, year: str) -> None:
    assert [span.words for span in time_spans(f"{text}.", ARTICLE)] == [year]


def test_without_the_articles_date_only_full_dates_are_understood() -> None:
    text = (
        "He left on Monday, in May, two days ago, in 2009 and on 3 May 2010. A day later he came."
    )
    assert [words for words, _, _ in resolved(text, None)] == ["2009", "3 May 2010", "A day later"]
    relative = [span.is_relative for span in time_spans(text, None)]
    assert relative == [False, False, True]


def test_a_week_may_reach_over_the_year() -> None:
    (span,) = time_spans("It snowed this week.", date(2012, 12, 31))
    assert span.words == "31 December 2012 to 6 January 2013"


def test_a_leap_day_is_found_years_back() -> None:
    (span,) = time_spans("She was born on February 29.", date(2011, 3, 1))
    assert span.first == date(2008, 2, 29)


def test_the_ends_of_the_calendar() -> None:
    for day in (date.min, date.max):
        time_spans("Yesterday, next week, last month, in December, 300 years ago, by Monday.", day)
