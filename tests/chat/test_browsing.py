"""The list of articles by story, without Textual."""

from datetime import date

from qa.chat.browsing import listed, narrowed
from qa.datatypes import ArticleRowId
from qa.storage.article_store import ArticleRow


def row(number: int, title: str, day: date | None = None) -> ArticleRow:
    return ArticleRow(ArticleRowId(number), None, title, f"{number}.txt", day, "", None)


MINE = row(1, "Miners are out", date(2010, 10, 14))
ALIVE = row(2, "All 33 men alive", date(2010, 8, 22))
EURO = row(3, "Croatia takes the euro", date(2023, 1, 1))
RAIN = row(4, "Rain in Oslo")


def test_stories_of_several_articles_come_first_and_no_article_twice() -> None:
    rows = [EURO, MINE, ALIVE, RAIN]
    assert listed(rows, [(EURO,), (MINE, ALIVE)]) == [(MINE, ALIVE), (EURO,), (RAIN,)]


def test_the_list_is_narrowed_by_title_source_date_and_story() -> None:
    stories = [(MINE, ALIVE), (EURO,), (RAIN,)]
    assert narrowed(stories, " ") == stories
    assert narrowed(stories, "ÓSLO rain") == [(RAIN,)]
    assert narrowed(stories, "3.txt") == [(EURO,)]
    assert narrowed(stories, "2010-08") == narrowed(stories, "22 august") == [(ALIVE,)]
    assert narrowed(stories, "miners") == [(MINE, ALIVE)]
    assert narrowed(stories, "miners rain") == []
