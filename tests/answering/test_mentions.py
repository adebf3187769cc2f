"""Every mention of a term, through a library."""

from datetime import date
from typing import TYPE_CHECKING

import pytest

from qa.datatypes import Scope
from qa.errors import UsageError

if TYPE_CHECKING:
    from qa.library import Library

ARTICLES = [
    ("ferry", "Ferry sinks", "2011-05-03", "The ferry sank. Ferries are old. NATO's ship came."),
    ("dock", "A ferry in the dock", "2011-05-09", "It was raised by a crane from the port."),
    (
        "cafe",
        "Lunch",
        "",
        "The Café of the port has a ferry, a “FERRY”, and more.\n\nAnd ferry-men.",
    ),
    ("train", "Train", "2012-01-01", "A train left. It has no port."),
]


@pytest.fixture
def port(library: "Library") -> "Library":
    """A library with four articles."""
    library.add_articles(
        {"source": name, "title": title, "published": day, "text": text}
        for name, title, day, text in ARTICLES
    )
    return library


def counts(port: "Library", term: str, scope: Scope | None = None) -> dict[str, int]:
    return {each.article.source: each.count for each in port.mentions(term, scope=scope)}


def test_every_mention_counts_in_any_case_and_number(port: "Library") -> None:
    assert counts(port, "ferries") == {"dock": 1, "ferry": 3, "cafe": 3}
    assert counts(port, "cafe") == {"cafe": 1}
    assert counts(port, "nato") == {"ferry": 1}
    assert counts(port, "zebra") == {}


def test_several_words_stand_next_to_each_other(port: "Library") -> None:
    assert counts(port, "the port") == {"dock": 1, "cafe": 1}
    assert counts(port, "port crane") == {}


def test_initials_and_groups_of_digits_are_one_word(library: "Library") -> None:
    library.add_articles([{"source": "a", "text": "The U.N. sent 1 200 tents. UN trucks left."}])
    (found,) = library.mentions("UN")
    assert [found.article.text[start:end] for start, end in found.places] == ["U.N.", "UN"]
    assert counts(library, "1,200 tents") == {"a": 1}


def test_the_list_is_newest_first_and_within_the_filter(port: "Library") -> None:
    assert list(counts(port, "port")) == ["train", "dock", "cafe"]
    assert counts(port, "port", Scope(until=date(2011, 12, 31))) == {"dock": 1}


def test_places_are_the_words_without_punctuation(port: "Library") -> None:
    (cafe,) = (each for each in port.mentions("ferry") if each.article.source == "cafe")
    assert [cafe.article.text[start:end] for start, end in cafe.places] == [
        "ferry",
        "FERRY",
        "ferry",
    ]
    first = cafe.citation(7)
    assert (first.number, first.lit_text) == (7, "ferry")
    assert first.quote == "The Café of the port has a ferry, a “FERRY”, and more."


def test_a_mention_in_the_title_alone_shows_the_first_sentence_unlit(port: "Library") -> None:
    (dock,) = (each for each in port.mentions("ferry") if each.article.source == "dock")
    assert (dock.places, dock.in_title, dock.count) == ((), 1, 1)
    assert dock.citation(1).quote == ARTICLES[1][3]
    assert dock.citation(1).lit_text == ""


def test_a_mention_in_the_dateline_is_shown_only_if_there_is_no_other(library: "Library") -> None:
    texts = ["CAIRO, Oct. 24 - It rained. Cairo was wet.", "CAIRO, Oct. 24 - It rained."]
    library.add_articles({"source": text, "title": "Rain", "text": text} for text in texts)
    shown = {each.article.source: each.citation(1).quote for each in library.mentions("Cairo")}
    assert [shown[text] for text in texts] == ["Cairo was wet.", "CAIRO, Oct. 24 -"]


def test_hundreds_of_articles_are_all_counted(library: "Library") -> None:
    library.add_articles({"source": str(n), "text": f"Ship {n} left."} for n in range(600))
    assert len(library.mentions("ship left")) == 0
    assert len(library.mentions("ship")) == 600


@pytest.mark.parametrize("term", ["", "?!"])
def test_a_term_needs_a_word(port: "Library", term: str) -> None:
    with pytest.raises(UsageError, match="no word"):
        port.mentions(term)
