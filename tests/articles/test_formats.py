"""Formats: titles, dates, sources and the exact text."""

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.articles.build import (
    SENTENCE_CHARACTERS,
    TITLE_CHARACTERS,
    build_article,
    title_of,
)
from qa.articles.clean import clean
from qa.articles.formats import jsonl
from qa.articles.found import Problem, ReadArticle
from qa.errors import ArticleError
from qa.shorten import shorten


def read_lines(*records: object) -> list[ReadArticle | Problem]:
    lines = [r if isinstance(r, bytes) else json.dumps(r).encode() for r in records]
    return list(jsonl.read_lines("wire.jsonl", enumerate(lines, 1)))


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("A heading\n\nText follows. And more.", "A heading"),
        ("  \n\nA heading \n \nText follows.", "A heading"),
        ("Just a sentence.\n\nMore.", "Just a sentence."),
        ("No blank line\nfollows here. More.", "No blank line follows here."),
        ("date 2011-10-24 BRUSSELS NATO is expected to. More", "NATO is expected to."),
        ("date 2011-10-24 NEW YORK A man was found. More", "A man was found."),
        ("date 2011-10-24 NEW YORK The man was found. More", "The man was found."),
        ("date 2011-10-24 PARIS, France Delegates met. More", "Delegates met."),
        ("date 2011-10-24 PARIS – Delegates met. More", "Delegates met."),
        ("date 2011-10-24 Delegates met. More", "Delegates met."),
        ("date 2011-10-24 ALL IS LOUD", "ALL IS LOUD"),
        ("date 2011-10-24\n\nText follows.", "Text follows."),
        ("date 2011-10-24", "date 2011-10-24"),
        ("date 2011-10-24 \n", "date 2011-10-24"),
        ("word " * 100, "word " * 14 + "word…"),
        ("x" * 500, "x" * 79 + "…"),
        ("", ""),
    ],
)
def test_titles_from_text(text: str, title: str) -> None:
    if title.startswith("word"):
        assert title_of(text).startswith("word word")
        assert title_of(text).endswith("word…")
    else:
        assert title_of(text) == title


@pytest.mark.parametrize(
    ("name", "text", "title"),
    [
        ("notes/Greta Holm.md", "- sells the mill\n\n- lives in Bergen", "Greta Holm"),
        ("Zagreb.txt.gz", "It rained. Nobody came.", "Zagreb"),
        ("Mill-sale_2011-04-02.txt", "It rained. Nobody came.", "Mill sale 2011-04-02"),
        ("mill-sale_2011-04-02.txt", "It rained. Nobody came.", "It rained."),
        ("mill sale.txt", "It rained. Nobody came.", "mill sale"),
        ("Board 2011-04-02.txt", "It rained.", "Board 2011-04-02"),
        ("海港局.txt", "It rained.", "海港局"),
        ("Greta Holm.txt", "Mill sold\n\nIt rained.", "Mill sold"),
        ("story.txt", "It rained. Nobody came.", "It rained."),
        ("IMG_2031.txt", "It rained.", "It rained."),
        ("Scan001.txt", "It rained.", "It rained."),
        ("2011-04-02.txt", "It rained.", "It rained."),
        ("9f3c2a7be1d04c5b.txt", "It rained.", "It rained."),
        ("New Document 3.txt", "It rained.", "It rained."),
        ("Greta Holm.jsonl#2", "It rained.", "It rained."),
        ("https://a.example/Greta-Holm.html", "It rained.", "It rained."),
        ("Greta Holm on Monday", "It rained.", "It rained."),
    ],
)
def test_a_telling_file_name_is_the_title_of_last_resort(name: str, text: str, title: str) -> None:
    assert build_article(name, text).title == title
    assert build_article(name, text, title="Given").title == "Given"


@given(st.text(), st.text())
def test_titles_are_one_short_line(text: str, title: str) -> None:
    text = clean(text)
    if text.strip():
        article = build_article("a", text, title=title)
        assert 0 < len(article.title) <= TITLE_CHARACTERS
        assert "\n" not in article.title
        assert article.title == article.title.strip() == clean(article.title)
        assert len(title_of(text)) <= max(SENTENCE_CHARACTERS, 120)


def test_shorten_cuts_at_words() -> None:
    assert shorten("one two three", 13) == "one two three"
    assert shorten("one two, three", 13) == "one two…"
    assert all(len(shorten("ab " * 9, limit)) <= limit for limit in range(2, 27))


def test_json_records() -> None:
    (first, second) = read_lines(
        {
            "title": "T\n1",
            "date": "2011-10-24",
            "text": "Text\r\none.\u0000",
            "url": "http://a.b/c",
        },
        {"headline": "", "publish_date": 1319414400, "content": "Text two. More.", "source": "AP"},
    )
    assert isinstance(first, ReadArticle)
    assert isinstance(second, ReadArticle)
    assert (first.record, second.record) == (1, 2)
    assert first.article.title == "T 1"
    assert first.article.text == "Text\none."
    assert first.article.source == "http://a.b/c"
    assert second.article.title == "Text two."
    assert second.article.source == "wire.jsonl#2"
    assert first.article.published == second.article.published == date(2011, 10, 24)


@pytest.mark.parametrize(
    ("fields", "source"),
    [
        ({"url": "https://a.b/c", "source": "https://d.e/f"}, "https://a.b/c"),
        ({"url": "", "source": "https://d.e/f"}, "https://d.e/f"),
        ({"url": None, "source": "news/2011/a.txt"}, "news/2011/a.txt"),
        ({"source": "/home/me/a"}, "/home/me/a"),
        ({"source": "Wikinews (CC BY 2.5)"}, "wire.jsonl#1"),
        ({"source": "Reuters/AP"}, "wire.jsonl#1"),
        ({"source": "Wikinews"}, "wire.jsonl#1"),
        ({"source": 7}, "wire.jsonl#1"),
        ({"url": "http://a.b/\x1b[31mc"}, "http://a.b/c"),
        ({"url": "http://a.b/c d"}, "wire.jsonl#1"),
        ({"url": "http://a.b/" + "c" * 5000}, "wire.jsonl#1"),
        ({}, "wire.jsonl#1"),
    ],
)
def test_json_sources(fields: dict[str, object], source: str) -> None:
    (read,) = read_lines({"text": "Text.", **fields})
    assert isinstance(read, ReadArticle)
    assert read.article.source == source


def test_a_bad_record_is_reported_and_the_rest_is_read() -> None:
    deep = b'{"text": ' + b"[" * 200_000
    found = read_lines(
        {"text": "One."}, b"  ", b'{"text": "cut', [], {"title": "no text"}, {"text": [7]},
        deep, b'{"text": "a", "n": ' + b"9" * 5_000 + b"}", {"text": "Nine."},
    )  # fmt: skip
    problems = [read for read in found if isinstance(read, Problem)]
    articles = [read for read in found if isinstance(read, ReadArticle)]
    assert [read.record for read in articles] == [1, 8]
    assert [read.source for read in problems] == [f"wire.jsonl#{n}" for n in range(2, 8)]
    assert [read.reason.split(":")[0] for read in problems] == [f"line {n}" for n in range(3, 9)]
    assert not any(read.quiet for read in problems)
    for word, problem in zip(
        ("not valid JSON", "not a JSON object", "no text", "no text", "deep", "number"), problems,
        strict=True,
    ):  # fmt: skip
        assert word in problem.reason


def test_questions() -> None:
    with pytest.raises(ArticleError, match="a set of questions"):
        read_lines({"question": "Who?"}, {"question": "Where?", "answers": ["here"]})
    mixed = read_lines({"question": "Who?"}, {"text": "Text."}, {"question": "Who?", "text": "T."})
    assert [type(read) for read in mixed] == [ReadArticle, ReadArticle, Problem]
    with pytest.raises(ArticleError, match="a set of questions"):
        list(jsonl.read_document("q.json", [{"question": "Who?"}]))


def test_json_documents() -> None:
    (one,) = jsonl.read_document("a.json", {"title": "T", "body": "B."})
    assert isinstance(one, ReadArticle)
    assert one.article.source == "a.json#1"
    two = list(jsonl.read_document("a.json", [{"text": "A."}, {"no": 1}, {"text": "B."}]))
    assert [getattr(read, "record", None) for read in two] == [1, None, 3]
    for value in ([], {}, 7, [7], {"a": {"text": "inner"}}):
        with pytest.raises(ArticleError, match="no record has text"):
            list(jsonl.read_document("a.json", value))
