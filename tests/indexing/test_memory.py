"""Articles from memory: their source identifies them, and no run looks for their file."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from qa.datatypes import MEMORY_PREFIX, Article, Scope
from qa.errors import UsageError
from qa.indexing import Report

if TYPE_CHECKING:
    from qa.library import Library
    from tests.doubles import WordEncoder

ASH = {
    "source": "https://example.org/ash",
    "title": "Ash",
    "text": "Ash fell in Iceland.",
    "published": "2010-04-15",
}
SNOW = {"source": "snow", "text": "Snow fell in Peru."}


def counts(report: Report) -> dict[str, int]:
    names = ("new", "changed", "unchanged", "moved", "removed")
    return {name: getattr(report, name) for name in names if getattr(report, name)}


@pytest.fixture(autouse=True)
def whole(library: "Library") -> Iterator[None]:
    """After whatever a test did, the library is whole."""
    yield
    assert library.check() == []


def test_records_are_added_and_found(library: "Library") -> None:
    report = library.add_articles([ASH, SNOW])
    assert counts(report) == {"new": 2}
    assert report.passages == 2
    assert [(row.source, row.title, row.published) for row in library.articles()] == [
        ("https://example.org/ash", "Ash", date(2010, 4, 15)),
        ("snow", "Snow fell in Peru.", None),
    ]
    answer = library.ask("Where did ash fall?")
    assert answer.text == "Ash fell in Iceland."
    assert (answer.citations[0].article.source, answer.citations[0].line) == (ASH["source"], 1)
    scope = Scope(source="https://*")
    assert [hit.passage.article.title for hit in library.search("fell", scope=scope)] == ["Ash"]


def test_the_same_again_is_unchanged_and_costs_nothing(
    library: "Library", word_encoder: "WordEncoder"
) -> None:
    library.add_articles([ASH, SNOW])
    word_encoder.encoded.clear()
    before = library._store.newest_commit()
    assert counts(library.add_articles([SNOW, ASH])) == {"unchanged": 2}
    assert word_encoder.encoded == []
    assert library._store.newest_commit() == before


@pytest.mark.parametrize(
    "changed",
    [{"text": "Ash fell in Norway."}, {"title": "Ashes"}, {"published": "2010-04-16"}],
    ids=["text", "title", "date"],
)
def test_other_content_replaces_the_article_and_keeps_its_number(
    library: "Library", changed: dict[str, str]
) -> None:
    library.add_articles([ASH, SNOW])
    (before,) = library.find("https://example.org/ash")
    assert counts(library.add_articles([ASH | changed])) == {"changed": 1}
    (after,) = library.find("https://example.org/ash")
    assert after.id == before.id
    assert after != before
    assert len(library.articles()) == 2
    assert counts(library.add_articles([ASH | changed])) == {"unchanged": 1}


def test_articles_of_one_library_can_be_added_to_another(
    open_library: Callable[[], "Library"], articles: Path, tmp_path: Path
) -> None:
    from qa.library import Library

    one = open_library()
    one.add(articles)
    with Library.open(tmp_path / "copy") as other:
        copied = (one.article(row.id) for row in one.articles())
        assert counts(other.add_articles(copied)) == {"new": 2}
        assert {(row.source, row.title, row.digest) for row in one.articles()} == {
            (row.source, row.title, row.digest) for row in other.articles()
        }


def test_articles_are_cleaned_and_dated_as_files_are(library: "Library") -> None:
    library.add_articles(
        [
            {"source": " a\n b ", "body": "Ash\r\n\x1b[31mfell\x00.", "headline": "A\tB"},
            {"url": "c", "source": "BBC", "text": "Snow.", "published": datetime(2011, 1, 2, 23)},
            {"url": "d", "source": "BBC", "text": "date 2012-03-04\n\nRain.", "date": "soon"},
            Article("7", "", "e", datetime(2013, 1, 2, tzinfo=UTC), "Hail fell.", ""),
        ]
    )
    found = {row.source: (row.title, row.published) for row in library.articles()}
    assert found == {
        "a b": ("A B", None),
        "c": ("Snow.", date(2011, 1, 2)),
        "d": ("Rain.", date(2012, 3, 4)),
        "e": ("Hail fell.", date(2013, 1, 2)),
    }
    (row,) = library.find("a b")
    assert library.article(row.id).text == "Ash\nfell."


def test_what_is_no_article_is_reported_and_the_rest_is_added(library: "Library") -> None:
    report = library.add_articles(
        [
            {"source": "a", "text": " \n"},
            {"text": "No source."},
            SNOW,
            {"source": "snow", "text": "Snow again."},
            {"source": "x" * 3_000, "text": "A long source."},
            Article("", "", "b", None, "", ""),
        ]
    )
    assert counts(report) == {"new": 1}
    assert [(problem.source[:10], problem.reason[:30]) for problem in report.failed] == [
        ("a", "no text (looked for text, cont"),
        ("record 2", "no source (give each article o"),
        ("snow", "its source was given before; e"),
        ("x" * 10, "its source is longer than 2,00"),
        ("b", "no text"),
    ]


@pytest.mark.parametrize("wrong", ["Ash fell.", None, ["Ash fell."]])
def test_anything_else_than_an_article_or_a_mapping_is_refused(
    library: "Library", wrong: object
) -> None:
    with pytest.raises(UsageError, match="Record 2 is a"):
        library.add_articles([SNOW, wrong])  # type: ignore[list-item]
    assert library.articles() == []


def test_no_articles_at_all(library: "Library") -> None:
    assert library.add_articles([]) == Report()


# Beside files


def test_no_run_over_files_drops_articles_from_memory(
    library: "Library", articles: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    library.add(articles)
    library.add_articles([ASH, SNOW])
    monkeypatch.chdir(tmp_path)
    (tmp_path / f"{MEMORY_PREFIX}snow").write_text("A file with the name of a row.")
    for paths in ([], [articles]):
        report = library.add(*paths, prune=True, reread=True)
        assert counts(report) == {"unchanged": 2}
        assert (report.vanished, report.failed, report.skipped) == ([], [], 0)
    (articles / "volcano.txt").unlink()
    report = library.add(prune=True)
    assert counts(report) == {"unchanged": 1, "removed": 1}
    assert {row.source for row in library.articles()} >= {ASH["source"], "snow"}


def test_articles_from_memory_never_count_as_stale_or_as_files(
    library: "Library", articles: Path
) -> None:
    library.add_articles([ASH, SNOW])
    assert library.stale_files() == ([], [])
    assert (library.status().files, library.status().articles) == (0, 2)
    library.add(articles)
    status = library.status()
    assert (status.files, status.articles, status.vanished_files) == (2, 4, 0)


def test_a_source_may_be_the_path_of_a_file(library: "Library", articles: Path) -> None:
    path = str(articles / "volcano.txt")
    library.add(articles)
    library.add_articles([{"source": path, "text": "Ash fell."}])
    assert len(library.articles()) == 3
    assert counts(library.add(articles)) == {"unchanged": 2}
    assert len(library.find(path)) == 2


def test_they_are_removed_by_source_and_can_be_added_again(library: "Library") -> None:
    library.add_articles([ASH, SNOW])
    (removed,) = library.remove("https://example.org/ash")
    assert removed.title == "Ash"
    assert counts(library.add_articles([ASH, SNOW])) == {"new": 1, "unchanged": 1}


def test_they_are_reembedded_with_the_rest(library: "Library", articles: Path) -> None:
    library.add(articles)
    library.add_articles([ASH])
    assert library.reembed("other").changed == 3
    assert library.search("ash")[0].passage.article.title == "Ash"


def test_damage_is_named_by_source(library: "Library") -> None:
    library.add_articles([SNOW])
    connection = library._store.connection()
    connection.execute("UPDATE articles SET title = 'Rain'")
    assert library.changed_articles() == {1: "snow"}


# Batches


def test_a_run_that_is_stopped_keeps_its_finished_batches(
    library: "Library", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.indexing.pipeline.BATCH_PASSAGES", 5)
    heard: list[tuple[int, int, int]] = []

    def stop_at_the_second(done: int, total: int, report: Report) -> None:
        heard.append((done, total, report.new))
        if len(heard) == 2:
            raise KeyboardInterrupt

    records = [{"source": str(number), "text": f"Number{number} fell."} for number in range(12)]
    with pytest.raises(KeyboardInterrupt):
        library.add_articles(records, progress=stop_at_the_second)
    assert [(total, new) for _, total, new in heard] == [(12, 5), (12, 10)]
    assert len(library.articles()) == 10
    assert counts(library.add_articles(records)) == {"new": 2, "unchanged": 10}


def test_records_are_read_as_they_are_indexed(
    library: "Library", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.indexing.run.MEMORY_ARTICLES", 2)
    monkeypatch.setattr("qa.indexing.pipeline.BATCH_PASSAGES", 2)
    stored: list[int] = []

    def records() -> Iterator[dict[str, str]]:
        for number in range(5):
            stored.append(len(library.articles()))
            yield {"source": str(number), "text": f"Number{number} fell."}

    assert counts(library.add_articles(records())) == {"new": 5}
    assert stored == [0, 0, 2, 2, 4]


def test_a_file_of_the_same_records_is_read_alike(library: "Library", tmp_path: Path) -> None:
    path = tmp_path / "wire.jsonl"
    path.write_text(json.dumps(ASH | {"url": ASH["source"]}))
    library.add(path)
    library.add_articles([ASH])
    one, two = library.articles()
    assert (one.title, one.source, one.published, one.digest) == (
        two.title,
        two.source,
        two.published,
        two.digest,
    )
