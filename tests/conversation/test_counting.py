"""Questions about the articles: how many there are, which of them mention something."""

from datetime import date
from typing import TYPE_CHECKING

import pytest

from qa.conversation.counting import EXAMPLES, term_counted
from qa.datatypes import AnswerKind, Scope

if TYPE_CHECKING:
    from qa.library import Library


@pytest.mark.parametrize("question", EXAMPLES)
def test_each_form_finds_its_term(question: str) -> None:
    assert term_counted(question) == "X"


@pytest.mark.parametrize(
    ("question", "term"),
    [
        ("how many articles mention “oil spill”?", "oil spill"),
        ("which articles are about Mary Tobin?", "Mary Tobin"),
        ("list articles about the ferry", "ferry"),
        ("How many articles are there about NATO?", "NATO"),
        ("how many articles are there?", ""),
        ("How many articles do you have in total?", ""),
        ("How many articles of the treaty were signed?", None),
        ("Which articles did she sell?", None),
        ("How many people mention it?", None),
        ("How many stories on the rescue were published?", None),
        ("How many files with secrets were stolen?", None),
        ("Which articles mention Croatia or Chile?", None),
        ("How often do earthquakes occur?", None),
        ("How often is the US mentioned?", "US"),
        ("Which articles mention “the will was read”?", "the will was read"),
    ],
)
def test_the_term_of_a_question(question: str, term: str | None) -> None:
    assert term_counted(question) == term


@pytest.fixture
def port(library: "Library") -> "Library":
    """A library with three articles."""
    library.add_articles(
        [
            {"source": "a", "published": "2011-05-03", "text": "The ferry left. The ferry sank."},
            {"source": "b", "published": "2012-05-09", "text": "A crane raised the ferry."},
            {"source": "c", "text": "A train left the port."},
        ]
    )
    return library


def test_the_articles_with_most_mentions_come_first(port: "Library") -> None:
    found = port.conversation().ask("Which articles mention the ferry?")
    assert (found.kind, found.is_list) == (AnswerKind.SUMMARY, True)
    assert found.remark == "2 articles mention “ferry”, 3 times (2, 1):"
    assert [cited.quote for cited in found.citations] == [
        "The ferry left.",
        "A crane raised the ferry.",
    ]
    assert [cited.lit_text for cited in found.citations] == ["ferry", "ferry"]


def test_one_article_and_none(port: "Library") -> None:
    one = port.conversation().ask("How many articles mention trains?")
    assert one.remark == "1 article mentions “trains”, once:"
    none = port.conversation().ask("How many articles mention zebras?")
    assert (none.kind, none.remark) == (AnswerKind.REMARK, "No article mentions “zebras”.")


def test_words_that_are_apart_count_if_no_article_has_them_together(port: "Library") -> None:
    found = port.conversation().ask("Which articles are about a crane ferry?")
    assert found.remark == "1 article has all words of “crane ferry”:"


def test_all_articles_are_counted_within_the_filter(port: "Library") -> None:
    conversation = port.conversation()
    all_of_them = "3 articles, from 3 May 2011 to 9 May 2012; 1 without a date."
    assert conversation.ask("how many articles are there?").remark == all_of_them
    scope = Scope(since=date(2012, 1, 1))
    found = conversation.ask("how many articles are there?", scope=scope)
    assert found.remark == "1 article, from 9 May 2012 to 9 May 2012."


def test_no_more_than_fifty_are_listed(library: "Library") -> None:
    library.add_articles({"source": str(n), "text": f"Ship {n} left."} for n in range(60))
    found = library.conversation().ask("List all articles about ships")
    assert found.remark == "60 articles mention “ships”, 60 times (once in each). The 50 with most:"
    assert len(found.citations) == 50


def test_of_many_articles_it_says_how_often_at_most(library: "Library") -> None:
    texts = ["Ships met ships."] + ["A ship left."] * 10
    library.add_articles({"source": str(n), "text": text} for n, text in enumerate(texts))
    found = library.conversation().ask("List all articles about ships")
    assert found.remark == "11 articles mention “ships”, 12 times (at most 2 in each):"
