"""Every format says which date it could not read, and which encoding it guessed."""

import json
from datetime import date

import pytest

from qa.articles.found import ReadArticle
from qa.articles.load import read_bytes
from qa.datatypes import Article

TEXT = "The “café” by the harbour closed on Sunday, and the pier beside it was swept away. " * 3
FEED = (
    "<rss version='2.0'><channel><title>Wire</title><item><title>Pier</title>"
    f"<pubDate>03/04/2011</pubDate><description>{TEXT}</description></item></channel></rss>"
)
PAGE = (
    "<html><head><title>Pier</title><meta name='date' content='03/04/2011'></head>"
    f"<body><article><h1>Pier</h1><p>{TEXT}</p></article></body></html>"
)
MAIL = f"From: anna@example.org\nSubject: Pier\nDate: 03/04/2011\nMIME-Version: 1.0\n\n{TEXT}"
EXPORT = "Document 1 of 2\n\nTitle: Pier\n\nDate: 03/04/2011\n\nFull text: " + TEXT
FILES = [
    ("a.txt", f"Pier\nDate: 03/04/2011\n\n{TEXT}"),
    ("a.md", f"---\ndate: 03/04/2011\n---\n{TEXT}"),
    ("a.csv", f'title,date,text\nPier,03/04/2011,"{TEXT}"\n'),
    (
        "a.jsonl",
        json.dumps({"title": "Pier", "date": "03/04/2011", "text": TEXT}, ensure_ascii=False)
        + "\n",
    ),
    (
        "a.json",
        json.dumps(
            [{"title": "Pier", "publishedAt": "03/04/2011", "text": TEXT}], ensure_ascii=False
        ),
    ),
    ("a.rss", FEED),
    ("a.html", PAGE),
    ("a.eml", MAIL),
    ("b.txt", f"{EXPORT}\n\n{EXPORT.replace('1 of 2', '2 of 2')}"),
]


def first(name: str, data: bytes) -> Article:
    return next(one.article for one in read_bytes(name, data) if isinstance(one, ReadArticle))


@pytest.mark.parametrize(("name", "text"), FILES)
def test_a_date_that_can_be_read_in_two_ways_is_kept(name: str, text: str) -> None:
    article = first(name, text.encode())
    assert (article.published, article.date_digits) == (None, "03/04/2011")
    assert article.dated


@pytest.mark.parametrize(("name", "text"), FILES)
def test_a_date_in_clear_digits_is_kept_with_its_day(name: str, text: str) -> None:
    article = first(name, text.replace("03/04/2011", "24/10/2011").encode())
    assert (article.published, article.date_digits) == (date(2011, 10, 24), "24/10/2011")


SUBTITLES = "1\n00:00:01,000 --> 00:00:05,000\n" + TEXT.strip() + "\n"


@pytest.mark.parametrize(
    ("name", "text"),
    [*FILES, ("a.srt", SUBTITLES)],
)
def test_a_guessed_encoding_is_said(name: str, text: str) -> None:
    article = first(name, text.encode("cp1252"))
    assert "The “café”" in article.text
    assert article.encoding == "cp1252"
    assert first(name, text.encode()).encoding == ""


def test_a_clear_date_beats_one_in_digits() -> None:
    record = {"date": "03/04/2011", "created": "2011-04-03T10:00:00", "text": TEXT}
    article = first("a.jsonl", json.dumps(record).encode() + b"\n")
    assert (article.published, article.date_digits) == (date(2011, 4, 3), "")


def test_a_page_with_a_clear_date_is_not_in_doubt() -> None:
    page = PAGE.replace("</article>", "<time datetime='2011-04-03'>3 April</time></article>")
    assert first("a.html", page.encode()).published == date(2011, 4, 3)
