"""Formats: titles, dates, sources and the exact text."""

import hashlib
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
from qa.articles.formats import jsonl, markdown, plain
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


def test_plain_keeps_everything() -> None:
    text = "date 2011-10-24 BRUSSELS NATO is expected to.\n"
    article = plain.read("a.txt", text)
    assert article.text == text
    assert article.published == date(2011, 10, 24)
    assert article.digest == hashlib.sha256(text.encode()).hexdigest()
    assert (article.id, article.source, article.first_line) == ("", "a.txt", 1)


def test_front_matter() -> None:
    text = "---\ntitle: 'A: title'\nDate: 2011-10-24\ntags: [a, b]\n---\n\n# Other\n\nBody.\n"
    article = markdown.read("a.md", text)
    assert article.title == "A: title"
    assert article.published == date(2011, 10, 24)
    assert article.text == "\n# Other\n\nBody.\n"
    assert article.first_line == 6
    # The line number in the file of each line of the text.
    for number, line in enumerate(article.text.split("\n"), article.first_line):
        assert text.split("\n")[number - 1] == line


@pytest.mark.parametrize("key", ["date", "published", "publish_date", "publishDate", "pubdate"])
def test_date_keys(key: str) -> None:
    article = markdown.read("a", f"---\n{key}: 24 October 2011\n---\nBody.")
    assert article.published == date(2011, 10, 24)


@pytest.mark.parametrize(
    ("block", "title"),
    [
        ("title: Yes", "Yes"),
        ("title: 2012", "2012"),
        ("title: 2011-10-24", "2011-10-24"),
        ("title: null", "Heading"),
        ("title:", "Heading"),
        ("title: [a, b]", "Heading"),
        ("title: !!python/object/apply:os.system [ls]", "Heading"),
        ("title: NATO: the end", "NATO: the end"),
        ('title: "a\x1b[31mb"', "ab"),
        ("title: one\ndate: 2011-99-99", "one"),
        ("a: &a [x, x]\nb: *a\ntitle: aliased", "aliased"),
        ("? [a]: b\n: c\ntitle: odd", "odd"),
        ("title: " + "[" * 5_000, "[" * 199 + "…"),
        ("n: " + "9" * 10_000 + "\ntitle: long number", "long number"),
    ],
)
def test_odd_front_matter(block: str, title: str) -> None:
    article = markdown.read("a.md", clean(f"---\n{block}\n---\n# Heading\n\nBody."))
    assert article.title == title
    assert article.text == "# Heading\n\nBody."
    assert article.published is None


def test_a_yaml_bomb_is_refused() -> None:
    block = "a0: &a0 {k: v}\n" + "".join(
        f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 9)}]}}\n" for n in range(1, 30)
    )
    assert markdown.read("a.md", f"---\n{block}title: Bomb\n---\nBody.").title == "Bomb"


@pytest.mark.parametrize(
    "text",
    [
        "---\n- a\n- b\n---\nBody.",
        "---\nJust text between rulers.\n---\nBody.",
        "---\ntitle: never closed\n\nBody.",
        "---\n---\nBody.",
        "--- title: no\n---\nBody.",
        "---\ntitle: far\n" + "# x\n" * 20_000 + "---\nBody.",
    ],
)
def test_anything_else_than_front_matter_is_text(text: str) -> None:
    assert markdown.front_matter(text) == ({}, 0)
    assert markdown.read("a.md", text).text == text


def test_markdown_titles() -> None:
    assert markdown.read("a", "Intro.\n\n# The *head* #\n\n# Second").title == "The *head*"
    assert markdown.read("a", "```\n# comment\n```\n\n# Head").title == "Head"
    assert markdown.read("a", "```\n# never closed").title != ""
    assert markdown.read("a", "## Second level\n\nBody one. Body two.").title == "## Second level"
    assert markdown.read("a", "First sentence. #hashtag").title == "First sentence."


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
