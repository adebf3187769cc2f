"""Numbers and dates of a sentence as its sources write them."""

from datetime import date

import pytest

from qa.articles.build import build_article
from qa.articles.dates import Dated
from qa.datatypes import Passage
from qa.writing.facts import facts
from qa.writing.restated import restated

DAY = date(2018, 3, 15)
TEXT = (
    "The council paid 3.4 million dollars on Wednesday for a mill of 1,200 square metres. "
    "Twelve people worked there until October 9, 2017."
)

RESTATED = [
    ("It cost $3.4 million.", "It cost 3.4 million dollars."),
    ("The mill was sold on March 14.", "The mill was sold on Wednesday."),
    ("The mill was sold on March 15.", "The mill was sold on March 15."),
    ("12 people worked there.", "Twelve people worked there."),
    ("They worked there until 9 October 2017.", "They worked there until October 9, 2017."),
    ("They worked there until October.", "They worked there until October."),
    ("It cost 3.4 million dollars.", "It cost 3.4 million dollars."),
    ("It cost $5 million.", "It cost $5 million."),
]


@pytest.mark.parametrize(("sentence", "as_there"), RESTATED)
def test_restated(sentence: str, as_there: str) -> None:
    article = build_article("mill.txt", TEXT, title="Mill sold", dated=Dated(DAY, "test"))
    passage = Passage(article, 0, len(article.text))
    assert restated(sentence, facts(sentence, DAY), [passage]) == as_there
