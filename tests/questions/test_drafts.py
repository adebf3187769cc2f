"""Questions that articles suggest: worked examples, and sentences that must give none."""

import pytest

from qa.datatypes import Article
from qa.questions.suggest import drafts
from qa.questions.words import Lexicon, collect_lexicon

LEXICON = collect_lexicon(
    ["They want to open it, to win a race, to win it, to visit Tring, to reach it, to open a shop."]
)


def made(title: str, text: str, lexicon: Lexicon = LEXICON) -> list[tuple[str, str]]:
    """The questions of an article, each with its answer."""
    article = Article("1", title, "news.txt", None, text, "")
    return [(draft.question, draft.answer) for draft in drafts(article, lexicon)]


@pytest.mark.parametrize(
    ("title", "text", "question", "answer"),
    [
        (
            "Anna Marsh opens canal tunnel",
            "Mayor Anna Marsh opened the Tring canal tunnel on Friday, nine years after the flood.",
            "Who opened the Tring canal tunnel?",
            "Anna Marsh",
        ),
        (
            "Skipper rows across Atlantic",
            "The Welsh skipper Owen Pryce, 61, has rowed across the Atlantic Ocean in a bathtub.",
            "Who has rowed across the Atlantic Ocean in a bathtub?",
            "Owen Pryce",
        ),
        (
            "Speaker resigns over Tring tunnel",
            "The speaker of the council, Anna Marsh, resigned over the Tring tunnel on Monday. "
            'Marsh said: "I am tired."',
            "Who resigned over the Tring tunnel?",
            "Anna Marsh",
        ),
        (
            "Norway beat Chile in Oslo",
            "Norway humbled Chile 5-0 in Oslo on Tuesday, the worst defeat the guests can recall.",
            "Which country humbled Chile 5-0 in Oslo?",
            "Norway",
        ),
        (
            "Ferry company Seaways to buy rival",
            "The ferry company Seaways is to buy its rival Northern Lines for 90 million pounds.",
            "Which company is to buy its rival Northern Lines for 90 million pounds?",
            "Seaways",
        ),
        (
            "Miners rescued at Aldbury",
            "At least 37 miners were rescued from the old mill near Aldbury on Monday.",
            "How many miners were rescued from the old mill near Aldbury?",
            "37",
        ),
        (
            "Tring council closes Grand Union tunnel",
            "The Tring Council closed the Grand Union tunnel after 200 years, and boats wait.",
            "Which council closed the Grand Union tunnel after 200 years?",
            "Tring Council",
        ),
    ],
)
def test_the_news_of_an_article_is_asked_for(
    title: str, text: str, question: str, answer: str
) -> None:
    assert made(title, text) == [(question, answer)]


@pytest.mark.parametrize(
    ("title", "text"),
    [
        # He: nobody knows who.
        ("Anna Marsh opens Tring tunnel", "He opened the Tring tunnel with Anna Marsh on Friday."),
        # The company: which one?
        ("Anna Marsh buys company", "Mayor Anna Marsh bought the company from the bank on Friday."),
        # Nothing of the headline.
        ("Storm closes harbour", "Mayor Anna Marsh opened the Tring canal tunnel on Friday."),
        # Only said.
        ("Anna Marsh on Tring tunnel", "Mayor Anna Marsh said the Tring tunnel was a disgrace."),
        # Seaways: a person, a company, a ship?
        ("Seaways opens Tring tunnel", "Seaways opened the Tring canal tunnel on Friday evening."),
        # A bomb did, not Norway.
        ("Bomb in Norway hits Oslo", "A bomb in Norway destroyed the Oslo opera house on Friday."),
        # Words are missing.
        ("Anna Marsh opens Tring tunnel", "Mayor Anna Marsh opened the of the Tring tunnel."),
        # The verb that belongs to "when" stands behind the comma, and the rest says little.
        ("Anna Marsh home", "Mayor Anna Marsh slept when the Tring mayor, her uncle, rang."),
        # Whose home?
        ("Seaways cut power", "Seaways Power installed a device on his home on 13 January 2009."),
        # Months are no deed.
        ("Tring tunnel", "Nine months after the Tring tunnel closed, boats were seen in Tring."),
    ],
)
def test_no_question_is_better_than_a_foolish_one(title: str, text: str) -> None:
    assert made(title, text) == []


def test_days_are_left_out_and_a_person_is_named_in_full() -> None:
    text = (
        "Senator Anna Wells met Anna Marsh in Tring. Mayor Anna Marsh has beaten Wells in Tring "
        "after a recount on Friday."
    )
    assert made("Marsh beats Wells in Tring", text) == [
        ("Who met Anna Marsh in Tring?", "Anna Wells")
    ]


def test_the_question_closest_to_the_headline_comes_first() -> None:
    text = (
        "Mayor Anna Marsh visited Aldbury near Tring on Monday. "
        "On Friday Mayor Anna Marsh opened the Tring canal tunnel."
    )
    first, second = made("Anna Marsh opens Tring canal tunnel", text)
    assert first == ("Who opened the Tring canal tunnel?", "Anna Marsh")
    assert second == ("Who visited Aldbury near Tring?", "Anna Marsh")


def test_the_title_and_the_dateline_are_no_sentence() -> None:
    text = (
        "Norway beat Chile in Oslo\n\nOSLO, Norway - Norway humbled Chile 5-0 in Oslo on Tuesday."
    )
    (found,) = made("Norway beat Chile in Oslo", text)
    assert found == ("Which country humbled Chile 5-0 in Oslo?", "Norway")
