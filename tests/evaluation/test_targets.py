"""Gold articles: paragraphs in a pool, and articles of a library by their names."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from qa.datatypes import Scope
from qa.errors import UsageError
from qa.evaluation.sets import LabelledQuestion, Paragraph, read_set
from qa.evaluation.targets import Pool, Without, library_targets, open_pool, pool_targets

if TYPE_CHECKING:
    from qa.library import Library
    from tests.doubles import WordEncoder


def naming(*articles: str, answers: tuple[str, ...] = ("yes",)) -> list[LabelledQuestion]:
    return [LabelledQuestion("1", "Is it?", answers, dict.fromkeys(articles, 1), "", "set:1")]


@pytest.fixture
def filled(library: "Library", article_folder: Path) -> "Library":
    """A library with mill.txt, old/mill.txt, rain.md and wire.jsonl."""
    assert library.add(article_folder).failed == []
    return library


@pytest.fixture
def sources(filled: "Library") -> dict[str, str]:
    """Article ids by the end of their source."""
    return {
        row.source.partition("articles/")[2] or row.source: str(row.id) for row in filled.articles()
    }


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("mill.txt", {"mill.txt", "old/mill.txt"}),
        ("articles/mill.txt", {"mill.txt"}),
        ("old/mill.txt", {"old/mill.txt"}),
        ("wire.jsonl#1", {"wire.jsonl#1"}),
        ("bridge", {"https://example.org/bridge"}),
        ("wire.jsonl#2", {"https://example.org/bridge"}),  # by its file, although it has a URL
    ],
)
def test_an_article_is_named_by_the_end_of_its_source(
    filled: "Library", sources: dict[str, str], name: str, wanted: set[str]
) -> None:
    (target,) = library_targets(naming(name), filled, Scope())
    assert dict(target.gold) == {sources[source]: 1 for source in wanted}
    assert target.removed == ()


def test_a_file_of_records_means_all_records(filled: "Library", sources: dict[str, str]) -> None:
    (target,) = library_targets(naming("wire.jsonl", "rain.md"), filled, Scope())
    assert {sources["wire.jsonl#1"], sources["rain.md"]} <= set(target.gold)


@pytest.mark.parametrize("name", ["ill.txt", "mill", "wire.jsonl#3", "no such", "%", ""])
def test_a_missing_article_is_refused_with_the_line(filled: "Library", name: str) -> None:
    with pytest.raises(UsageError, match=r"^set:1: no article here is called"):
        library_targets(naming(name), filled, Scope())


def test_only_articles_in_the_scope_count(
    filled: "Library", sources: dict[str, str], article_folder: Path
) -> None:
    scope = Scope(paths=(str(article_folder / "old"),))
    (target,) = library_targets(naming("mill.txt"), filled, scope)
    assert set(target.gold) == {sources["old/mill.txt"]}
    with pytest.raises(UsageError, match=r"called 'rain\.md'"):
        library_targets(naming("rain.md"), filled, scope)


def test_the_articles_of_a_question_are_left_out(
    filled: "Library", sources: dict[str, str]
) -> None:
    questions = [*naming("rain.md", "wire.jsonl#1"), *naming("rain.md", answers=())]
    (target,) = library_targets(questions, filled, Scope(), Without.GOLD)
    assert set(target.removed) == {sources["rain.md"], sources["wire.jsonl#1"]}
    with pytest.raises(UsageError, match=r"set:1: names no article"):
        library_targets(naming(), filled, Scope(), Without.GOLD)


@pytest.fixture
def pooled(
    squad_file: Path, encoders: dict[Any, "WordEncoder"], tmp_path: Path
) -> Callable[[], tuple[list[Paragraph], Pool]]:
    """Return a function that opens a pool of the SQuAD file's paragraphs, with a test encoder."""

    def open_it() -> tuple[list[Paragraph], Pool]:
        paragraphs = list(read_set(squad_file).paragraphs)
        return paragraphs, open_pool(paragraphs, tmp_path / "pool")

    return open_it


def test_each_paragraph_is_an_article_of_the_pool(
    pooled: Callable[[], tuple[list[Paragraph], Pool]],
) -> None:
    paragraphs, pool = pooled()
    with pool.library as library:
        texts = {name: library.article(identifier).text for name, identifier in pool.ids.items()}
    assert texts == {paragraph.name: paragraph.text for paragraph in paragraphs}


def test_a_pool_is_embedded_once(
    pooled: Callable[[], tuple[list[Paragraph], Pool]], word_encoder: "WordEncoder"
) -> None:
    first = pooled()[1]
    first.library.close()
    assert len(word_encoder.encoded) == 4
    second = pooled()[1]
    second.library.close()
    assert second.ids == first.ids
    assert len(word_encoder.encoded) == 4


def test_a_pool_with_a_changed_file_is_indexed_again(
    pooled: Callable[[], tuple[list[Paragraph], Pool]], tmp_path: Path
) -> None:
    pooled()[1].library.close()
    (tmp_path / "pool" / "pool.jsonl").write_text('{"text": "Another."}\n')
    paragraphs, pool = pooled()
    with pool.library as library:
        assert {library.article(number).text for number in pool.ids.values()} == {
            paragraph.text for paragraph in paragraphs
        }


def test_gold_or_its_article_is_left_out_of_a_pool(
    pooled: Callable[[], tuple[list[Paragraph], Pool]], squad_file: Path
) -> None:
    questions = read_set(squad_file).questions
    paragraphs, pool = pooled()
    pool.library.close()
    mill, inn, rain, goats = (pool.ids[paragraph.name] for paragraph in paragraphs)

    def removed(without: Without | None) -> list[set[str]]:
        return [set(each.removed) for each in pool_targets(questions, pool, paragraphs, without)]

    assert removed(None) == [set()] * 6
    assert removed(Without.GOLD) == [{mill}, {inn}, {rain}, {goats}]
    assert removed(Without.ARTICLE) == [{mill, inn}, {mill, inn}, {rain}, {goats}]
    targets = pool_targets(questions, pool, paragraphs)
    assert [dict(each.gold) for each in targets][:2] == [{mill: 1}, {}]


def test_a_missing_judged_document_counts_as_not_found(
    pooled: Callable[[], tuple[list[Paragraph], Pool]],
) -> None:
    paragraphs, pool = pooled()
    pool.library.close()
    (target,) = pool_targets(naming("elsewhere"), pool, paragraphs)
    assert len(target.gold) == 1
    assert not set(target.gold) & set(pool.ids.values())
