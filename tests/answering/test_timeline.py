"""Dated sentences on a subject: in the order of what they tell, from all articles."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from qa.datatypes import Article, ArticleRowId, Scope

if TYPE_CHECKING:
    from qa.library import Library


@pytest.fixture
def told(library: "Library", tmp_path: Path) -> "Library":
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "fire.txt").write_text(
        "date 2011-10-24\n\nThe mill burned on Friday. Nobody was hurt. "
        "The mill was built in 1911. The mayor spoke on Sunday."
    )
    (folder / "plan.txt").write_text(
        "date 2012-03-01\n\nThe mill will be built again next year. It burned last October."
    )
    (folder / "pier.txt").write_text("date 2010-01-05\n\nThe pier closed on Monday.")
    library.add(folder)
    return library


def test_events_come_in_the_order_of_their_days_from_all_articles(told: "Library") -> None:
    events = told.timeline("the mill")
    assert [(event.when, event.citation.quote) for event in events] == [
        ("1911", "The mill was built in 1911."),
        ("October 2011", "It burned last October."),
        ("Friday, 21 October 2011", "The mill burned on Friday."),
        ("Sunday, 23 October 2011", "The mayor spoke on Sunday."),
        ("2013", "The mill will be built again next year."),
    ]
    assert [event.citation.number for event in events] == [1, 2, 3, 4, 5]
    lit = [event.citation.lit_text for event in events]
    assert lit == ["1911", "last October", "Friday", "Sunday", "next year"]


def test_no_event_is_more_exact_than_its_words(told: "Library") -> None:
    (built, *_) = told.timeline("the mill")
    assert (str(built.first), str(built.last)) == ("1911-01-01", "1911-12-31")


def test_a_name_that_the_encoder_does_not_know_has_its_events(
    told: "Library", monkeypatch: pytest.MonkeyPatch
) -> None:
    found = told._retriever.retrieve

    def unlike(*given: Any) -> Any:
        first, *others = found(*given).hits
        nearer = [replace(each, why=replace(each.why, cosine=0.9)) for each in others]
        unknown = replace(first, score=0.9, why=replace(first.why, cosine=0.1))
        return replace(found(*given), hits=(unknown, *nearer))

    monkeypatch.setattr(told._retriever, "retrieve", unlike)
    assert [event.when for event in told.timeline("the pier")] == ["Monday, 4 January 2010"]


def test_a_filter_holds(told: "Library") -> None:
    events = told.timeline("the mill", scope=Scope(source="*plan.txt"))
    assert [event.when for event in events] == ["October 2011", "2013"]


def test_a_subject_of_no_article_has_no_events(told: "Library") -> None:
    assert told.timeline("volcano") == []


def test_all_dated_sentences_of_an_article_on_the_subject_count(
    told: "Library", tmp_path: Path
) -> None:
    (tmp_path / "dam.txt").write_text(
        "date 2013-05-02\n\nA dam broke above Vessel Creek. It had been closed on Tuesday."
    )
    told.add(tmp_path / "dam.txt")
    (event,) = told.timeline("Why did the dam at Vessel Creek break?")
    assert (event.when, event.citation.lit_text) == ("Tuesday, 30 April 2013", "Tuesday")


def test_a_time_counted_from_a_date_that_is_a_guess_is_about_right(
    told: "Library", monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = told._store.articles

    def guessed(ids: Iterable[ArticleRowId]) -> dict[ArticleRowId, Article]:
        return {row: replace(one, is_date_guess=True) for row, one in whole(ids).items()}

    monkeypatch.setattr(told._store, "articles", guessed)
    built, burned, *_ = told.timeline("the mill")
    assert (built.when, burned.when) == ("1911", "about October 2011")


def test_the_line_of_a_date_tells_nothing(told: "Library", tmp_path: Path) -> None:
    (tmp_path / "mill.txt").write_text(
        "The mill sold\n\nBy Ann Holt, 12 April 2016\n\nThe mill was sold on Monday.\n\n"
        "TARN, 12 April 2016.\n"
    )
    told.add(tmp_path / "mill.txt")
    events = told.timeline("the mill", scope=Scope(source="*mill.txt"))
    assert [event.citation.quote for event in events] == ["The mill was sold on Monday."]
