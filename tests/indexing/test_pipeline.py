"""The stages of the pipeline, each on plain values."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pytest

from qa.articles.build import build_article
from qa.articles.dates import Dated
from qa.articles.found import FoundFile, Problem, ReadArticle
from qa.datatypes import ArticleRowId
from qa.indexing import Report, pipeline
from qa.indexing.changes import Change, KeepArticle, NoteProblem, PutArticle, PutFile, RemoveArticle
from qa.indexing.match import match_articles
from qa.indexing.pipeline import batches, embed, split, write
from qa.storage.article_store import ArticleRow

if TYPE_CHECKING:
    from qa.storage.local import LocalStorage
    from tests.doubles import WordEncoder

FOUND = FoundFile("/wire.jsonl", "wire.jsonl", 10, 1)


def article(text: str, record: int, url: str = "") -> ReadArticle:
    return ReadArticle(record, build_article(url or f"wire.jsonl#{record}", text, title="Wire"))


def row(number: int, text: str, record: int, url: str | None = None) -> ArticleRow:
    made = article(text, record).article
    return ArticleRow(ArticleRowId(number), record, made.title, made.source, None, made.digest, url)


def matched(
    read: Sequence[ReadArticle | Problem], stored: Sequence[ArticleRow], damaged: Sequence[int] = ()
) -> list[str]:
    """What matching makes of a file: a word for each change, in order."""
    told = []
    for change in match_articles(FOUND, "abc", read, stored, is_known=True, damaged=damaged):
        match change:
            case PutArticle():
                told.append(f"put {change.article.id or 'new'} at {change.record}")
            case KeepArticle():
                told.append(f"keep {change.number} at {change.record}")
            case RemoveArticle():
                told.append(f"remove {change.number}")
            case PutFile():
                told.append("whole" if change.is_whole else "not whole")
            case NoteProblem():
                told.append(change.problem.reason)
    return told


def test_the_first_reading_puts_everything() -> None:
    assert matched([article("Ash.", 1), article("Snow.", 2)], []) == [
        "put new at 1",
        "put new at 2",
        "whole",
    ]


def test_records_are_matched_by_their_text_wherever_they_are() -> None:
    stored = [row(7, "Ash.", 1), row(8, "Snow.", 2), row(9, "Rain.", 3)]
    assert matched([article("Hail.", 1), article("Rain.", 2), article("Ash.", 3)], stored) == [
        "put new at 1",
        "keep 9 at 2",
        "keep 7 at 3",
        "remove 8",
        "whole",
    ]


def test_records_with_the_same_text_are_matched_one_to_one() -> None:
    stored = [row(7, "Ash.", 1), row(8, "Ash.", 2)]
    assert matched([article("Ash.", 2), article("Ash.", 1), article("Ash.", 3)], stored) == [
        "keep 8 at 2",
        "keep 7 at 1",
        "put new at 3",
        "whole",
    ]


def test_a_record_with_a_url_keeps_its_number_when_its_text_changes() -> None:
    url = "https://example.org/ash"
    stored = [row(7, "Ash.", 1, url)]
    assert matched([article("Ash fell.", 1, url)], stored) == ["put 7 at 1", "whole"]


def test_a_damaged_article_is_put_again_although_its_text_is_the_same() -> None:
    url = "https://example.org/ash"
    changes = list(
        match_articles(
            FOUND,
            "abc",
            [article("Ash.", 1, url)],
            [row(7, "Ash.", 1, url)],
            is_known=True,
            damaged=[7],
        )
    )
    assert isinstance(changes[0], PutArticle)
    assert (changes[0].article.id, changes[0].is_reusable) == ("7", False)


def test_a_file_that_was_cut_short_loses_no_article() -> None:
    problem = Problem("wire.jsonl", "cut short", quiet=True, cut_short=True)
    told = matched([article("Ash.", 1), problem], [row(7, "Ash.", 1), row(8, "Snow.", 2)])
    assert told == [
        "keep 7 at 1",
        "cut short; its articles are kept as they were read before",
        "not whole",
    ]


def test_a_bad_record_makes_a_file_that_is_not_whole() -> None:
    problem = Problem("wire.jsonl#2", "not valid JSON", quiet=False)
    assert matched([article("Ash.", 1), problem], []) == [
        "put new at 1",
        "not valid JSON",
        "not whole",
    ]


def put(text: str) -> PutArticle:
    made = build_article("a.txt", text, title="Weather", dated=Dated(date(2012, 5, 6), "record"))
    return PutArticle(FoundFile("/a.txt", "a.txt", 10, 1), None, None, made)


def test_splitting_gives_each_article_its_passages(word_encoder: "WordEncoder") -> None:
    (change,) = split([put("Ash fell. " * 40)], word_encoder)
    assert len(change.texts()) > 1
    assert all(text.startswith("Weather (6 May 2012)\n") for text in change.texts())
    problem = NoteProblem(Problem("b.txt", "empty", quiet=True))
    assert list(split([problem], word_encoder)) == [problem]


def test_batches_end_when_they_have_enough_passages_or_changes(
    word_encoder: "WordEncoder", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "BATCH_PASSAGES", 2)
    monkeypatch.setattr(pipeline, "BATCH_CHANGES", 3)
    one = next(split([put("Ash fell.")], word_encoder))
    removal = RemoveArticle(ArticleRowId(1))
    changes: list[Change] = [one, removal, one, removal, removal, removal]
    assert list(batches(changes)) == [[one, removal, one], [removal] * 3, []]
    assert list(batches([])) == [[]]


def test_each_text_is_embedded_once_and_known_ones_not_at_all(word_encoder: "WordEncoder") -> None:
    known = np.ones(64, np.float16)
    vectors = embed(["ash", "snow", "ash"], {"snow": known}, word_encoder)
    assert word_encoder.encoded == ["ash"]
    assert vectors.keys() == {"ash", "snow"}
    assert vectors["snow"] is known


def test_changes_are_written_together_or_not_at_all(
    store: "LocalStorage", word_encoder: "WordEncoder"
) -> None:
    changes = list(split([put("Ash fell.")], word_encoder))
    vectors = embed(changes[0].texts(), {}, word_encoder)
    with pytest.raises(KeyError):
        write([*changes, *split([put("Snow fell.")], word_encoder)], vectors, store)
    assert store.article_rows() == []
    write(changes, vectors, store)
    assert [found.title for found in store.article_rows()] == ["Weather"]
    report = Report()
    changes[0].count(report)
    assert (report.new, report.passages) == (1, 1)
