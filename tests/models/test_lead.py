"""The headline in front of a passage."""

import pytest

from qa.articles.build import build_article
from qa.datatypes import Article, Passage
from qa.models.lead import as_lead, lead_of

PLAIN = build_article(
    "plain.txt",
    "date 2012-01-15 GIGLIO, Italy Divers found two bodies on Sunday in the half-sunken cruise"
    " liner Costa Concordia, raising the number of known dead to five.\n\n"
    "The captain was arrested on Saturday.",
)
HEADED = build_article("headed.txt", "Mill burns\n\nThe mill at Tring burned.\n\nIt was old.")
TOLD = build_article("told.json", "The mill at Tring burned.\n\nIt was old.", title="A loss!")


def passage(article: Article, words: str) -> Passage:
    start = article.text.index(words)
    return Passage(article, start, start + len(words))


@pytest.mark.parametrize(
    ("article", "words", "lead"),
    [
        (
            PLAIN,
            "The captain was arrested",
            "Divers found two bodies on Sunday in the half-sunken cruise liner Costa Concordia,"
            " raising the number of known dead to five. ",
        ),
        (PLAIN, PLAIN.text, ""),
        (HEADED, "It was old.", "Mill burns. "),
        (HEADED, HEADED.text, ""),
        (TOLD, "The mill at Tring burned.", "A loss! "),
        (TOLD, "It was old.", "A loss! "),
    ],
)
def test_the_lead_is_a_headline_that_the_passage_does_not_contain(
    article: Article, words: str, lead: str
) -> None:
    assert lead_of(passage(article, words)) == lead


def test_a_long_headline_that_was_cut_is_used_as_it_is() -> None:
    article = build_article("long.json", "Rain fell.", title="word " * 60)
    assert lead_of(passage(article, "Rain fell.")) == as_lead(article.title.removesuffix("…"))


def test_an_article_without_a_title_has_no_lead() -> None:
    article = build_article("empty.txt", "Rain fell.\n\nIt rained.")
    assert lead_of(passage(article, "Rain fell.")) == ""
