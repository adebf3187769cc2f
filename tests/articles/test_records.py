"""JSON as programs export it: names of fields, nested lists of records, markup in texts."""

import json
from collections.abc import Mapping
from datetime import date

import pytest

from qa.articles.formats import jsonl
from qa.articles.found import NotAnArticleError, Problem, ReadArticle
from qa.articles.record import address_of, article_of, decoded, is_question
from qa.datatypes import Article
from qa.errors import ArticleError

TEXT = "The north quay sank by a hand's breadth."


def article(record: Mapping[str, object]) -> Article:
    return article_of(record, "a.jsonl#1")


def read(document: object) -> list[Article]:
    found = list(jsonl.read_document("a.json", json.loads(json.dumps(document))))
    assert all(isinstance(one, ReadArticle) for one in found)
    return [one.article for one in found if isinstance(one, ReadArticle)]


@pytest.mark.parametrize(
    "name",
    ["Text", "CONTENT", "maintext", "articleBody", "article_body", "full-text", "bodyText"],
)
def test_a_text_by_any_of_its_names(name: str) -> None:
    assert article({"title": "Quay sinks", name: TEXT}).text == TEXT


@pytest.mark.parametrize(
    "fields",
    [
        {"date": {"$date": "2013-03-03T00:00:00Z"}},
        {"date": {"$date": {"$numberLong": "1362268800000"}}},
        {"published_at": "2013-03-03"},
        {"publishedAt": "2013-03-03T06:00:00Z"},
        {"datePublished": "2013-03-03T10:00:00+01:00"},
        {"date_publish": "2013-03-03 08:00:00"},
        {"pub_date": "Sun, 03 Mar 2013 10:00:00 +0100"},
        {"created": 1362268800},
        {"Publication Date": "3 March 2013"},
        {"metadata": {"published": "2013-03-03"}},
    ],
)
def test_a_date_by_any_of_its_names(fields: dict[str, object]) -> None:
    read = article({"text": TEXT, **fields})
    assert (read.published, read.dated, read.is_date_guess) == (date(2013, 3, 3), "record", False)


def test_a_day_of_change_or_download_is_a_guess() -> None:
    for fields in ({"updated": "2013-03-03"}, {"seendate": "20130303T120000Z"}):
        read = article({"text": TEXT, **fields})
        assert (read.published, read.is_date_guess) == (date(2013, 3, 3), True)
    both = article({"text": TEXT, "modified": "2015-01-01", "date": "2013-03-03"})
    assert (both.published, both.is_date_guess) == (date(2013, 3, 3), False)
    assert article({"text": TEXT}).dated == ""


def test_a_text_in_paragraphs_or_parts() -> None:
    assert article({"body": ["One.", "Two."]}).text == "One.\n\nTwo."
    blocks = [{"type": "p", "text": "One."}, {"type": "image"}, {"type": "p", "text": "Two."}]
    assert article({"content": blocks}).text == "One.\n\nTwo."
    assert article({"content": {"rendered": "<p>One.</p>"}}).text == "One."


def test_markup_and_entities_are_decoded() -> None:
    read = article(
        {
            "title": "Museum reopens &amp; <em>adds</em> wing",
            "content": "<p>The M&uuml;nster museum reopened.</p><p>It cost &euro;14&#8239;m.</p>",
        }
    )
    assert read.title == "Museum reopens & adds wing"
    assert read.text == "The Münster museum reopened.\n\nIt cost €14 m."


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("Fish &amp; chips", "Fish & chips"),
        ("&lt;p&gt;Escaped twice.&lt;/p&gt;", "Escaped twice."),
        ("The tag &lt;b&gt; is bold", "The tag <b> is bold"),
        ("vector<int> and a < b", "vector<int> and a < b"),
        ("see ?a=1&copy=2 and AT&T", "see ?a=1&copy=2 and AT&T"),
        ("Plain\n  text", "Plain\n  text"),
    ],
)
def test_what_is_no_markup_stays(raw: str, text: str) -> None:
    assert decoded(raw) == text


def test_a_cut_mark_of_an_api_is_no_text() -> None:
    assert article({"content": "The ferry sank near… [+2345 chars]"}).text == "The ferry sank near…"


def test_records_are_found_inside_an_answer_of_an_api() -> None:
    item = {"title": "Quay sinks", "content": TEXT, "url": "https://example.org/b1"}
    for document in (
        {"status": "ok", "articles": [item, item]},
        {"response": {"results": [{"fields": item}, {"fields": item}]}},
        {"hits": {"total": 2, "hits": [{"_id": 1, "_source": item}, {"_source": item}]}},
        {"@context": "x", "@graph": [{"@type": "WebSite", "name": "Post"}, item, item]},
        {"title": "My feed", "items": [item, item]},
        {"b1": item, "b2": item},
        [{"articles": [item, item]}],
    ):
        found = [
            one for one in jsonl.read_document("a.json", document) if isinstance(one, ReadArticle)
        ]
        assert [one.article.text for one in found] == [TEXT, TEXT], document
        assert {one.article.title for one in found} == {"Quay sinks"}
        assert {one.article.source for one in found} == {"https://example.org/b1"}


def test_comments_on_an_article_are_no_articles() -> None:
    document = {"articles": [{"text": TEXT, "comments": [{"text": "First! I am the very first."}]}]}
    assert [read.text for read in read(document)] == [TEXT]


def test_wordpress() -> None:
    post = {
        "id": 7,
        "date": "2021-01-02T03:04:05",
        "link": "https://example.org/w7",
        "title": {"rendered": "Sluice opens"},
        "content": {"rendered": "<p>The sluice opened.</p>", "protected": False},
        "excerpt": {"rendered": "<p>Opened.</p>"},
    }
    (one,) = read([post])
    assert (one.title, one.text) == ("Sluice opens", "The sluice opened.")
    assert (one.published, one.source) == (date(2021, 1, 2), "https://example.org/w7")


def test_an_author_gives_neither_title_nor_address() -> None:
    author = {
        "name": "Ida Moe",
        "url": "https://example.org/ida",
        "text": "Ida lives in Moss, Norway.",
    }
    read = article({"articleBody": TEXT, "author": author})
    assert read.title == TEXT
    assert address_of({"articleBody": TEXT, "author": author}) == ""


def test_a_summary_is_a_text_only_of_an_article() -> None:
    summary = {"description": TEXT, "title": "Quay sinks", "publishedAt": "2013-03-03"}
    assert article(summary).text == TEXT
    assert article({**summary, "content": "Full."}).text == "Full."
    with pytest.raises(ArticleError, match="found description, name"):
        article({"description": "A package.", "name": "left-pad"})


def test_a_document_without_text_is_named_if_it_has_titles() -> None:
    titled = {"articles": [{"title": "Quay sinks", "url": "https://example.org"}]}
    with pytest.raises(ArticleError, match="no record has text") as named:
        list(jsonl.read_document("a.json", titled))
    assert not isinstance(named.value, NotAnArticleError)
    for settings in ({"name": "x", "theme": {"text": "#fff"}}, {"buttons": [{"text": "OK"}]}):
        with pytest.raises(NotAnArticleError, match="no record has text"):
            list(jsonl.read_document("a.json", settings))


def test_a_record_that_is_bad_in_a_nested_list_keeps_its_number() -> None:
    document = {"articles": [{"text": TEXT}, {"title": "Empty"}, 7, {"text": TEXT}]}
    found = list(jsonl.read_document("a.json", document))
    assert [one.source for one in found if isinstance(one, Problem)] == ["a.json#2", "a.json#3"]
    assert [one.record for one in found if isinstance(one, ReadArticle)] == [1, 4]


def test_questions_have_no_text() -> None:
    assert is_question({"question": "Who?", "answers": ["Ida"]})
    assert not is_question({"question": "Who?", "text": TEXT})
