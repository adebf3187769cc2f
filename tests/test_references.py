"""References to exact words: written, read, and checked against files as they are now."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from qa.datatypes import Article, Citation
from qa.errors import UsageError
from qa.references import Reference, Standing, parse_reference, reference_to, references_in

if TYPE_CHECKING:
    from qa.library import Library

DIGEST = "8c1f0d9e2b7a"


def test_a_citation_has_a_reference() -> None:
    article = Article("1", "Pier", "notes/pier.txt", None, "The pier closed.", DIGEST * 5)
    reference = reference_to(Citation(1, article, 4, 8))
    assert str(reference) == f"notes/pier.txt#4-8@{DIGEST}"
    assert parse_reference(str(reference)) == reference


@pytest.mark.parametrize(
    ("text", "source"),
    [
        (f"wire.jsonl#3#4-8@{DIGEST}", "wire.jsonl#3"),
        (f"https://example.org/a?b#c#4-8@{DIGEST}", "https://example.org/a?b#c"),
        (f"my notes/a b.txt#4-8@{DIGEST}", "my notes/a b.txt"),
    ],
)
def test_the_source_is_all_that_stands_before_the_place(text: str, source: str) -> None:
    assert parse_reference(text) == Reference(source, 4, 8, DIGEST)


@pytest.mark.parametrize("text", ["a.txt", f"a.txt#8-4@{DIGEST}", "a.txt#4-8@8c1f", "a.txt#4-8"])
def test_other_texts_are_no_reference(text: str) -> None:
    assert parse_reference(text) is None


def test_references_are_found_in_markdown_json_and_prose() -> None:
    text = f'`my notes/a.txt#1-2@{DIGEST}` "b c.txt#3-4@{DIGEST}", (d.txt#5-6@{DIGEST}) ' * 2
    assert [reference.source for reference in references_in(text)] == [
        "my notes/a.txt",
        "b c.txt",
        "d.txt",
    ]


@pytest.fixture
def reference(library: "Library", articles: Path) -> Reference:
    """A reference to the word "volcano"."""
    library.add(articles)
    (row,) = library.find("volcano.txt")
    return reference_to(Citation(1, library.article(row.id), 2, 9))


def test_words_that_stand_hold(library: "Library", reference: Reference) -> None:
    checked = library.verify(str(reference))
    assert (checked.standing, checked.quote) == (Standing.HOLDS, "volcano")


def test_a_file_that_only_got_a_new_time_holds(
    library: "Library", articles: Path, reference: Reference
) -> None:
    (articles / "volcano.txt").touch()
    assert library.verify(reference).standing is Standing.HOLDS


def test_text_under_another_path_has_moved(
    library: "Library", articles: Path, reference: Reference
) -> None:
    (articles / "volcano.txt").rename(articles / "iceland.txt")
    assert library.verify(reference).standing is Standing.GONE
    library.add(articles)
    checked = library.verify(reference)
    assert (checked.standing, checked.quote) == (Standing.MOVED, "volcano")
    assert checked.article is not None
    assert Path(checked.article.source).name == "iceland.txt"


def test_text_that_was_changed_is_noticed_before_and_after_indexing(
    library: "Library", articles: Path, reference: Reference
) -> None:
    (articles / "volcano.txt").write_text("A geyser erupted in Iceland.")
    for _ in range(2):
        checked = library.verify(reference)
        assert (checked.standing, checked.quote) == (Standing.CHANGED, "")
        library.add(articles)


def test_a_deleted_file_is_gone(library: "Library", articles: Path, reference: Reference) -> None:
    (articles / "volcano.txt").unlink()
    assert library.verify(reference).standing is Standing.GONE
    library.add(articles, prune=True)
    assert library.verify(reference).standing is Standing.GONE


def test_a_copy_holds_for_a_deleted_file(
    library: "Library", articles: Path, reference: Reference
) -> None:
    copy = articles / "copy.txt"
    copy.write_bytes((articles / "volcano.txt").read_bytes())
    library.add(articles)
    (articles / "volcano.txt").unlink()
    assert library.verify(reference).standing is Standing.MOVED


def test_an_article_from_memory_holds(library: "Library") -> None:
    library.add_articles([{"source": "desk/1", "text": "The pier closed."}])
    article = library.article(1)
    checked = library.verify(reference_to(Citation(1, article, 4, 8)))
    assert (checked.standing, checked.quote) == (Standing.HOLDS, "pier")


def test_a_place_that_the_text_does_not_have_does_not_hold(
    library: "Library", reference: Reference
) -> None:
    beyond = reference._replace(start=5000, end=6000)
    assert library.verify(beyond).standing is Standing.CHANGED


def test_what_is_no_reference_is_refused(library: "Library") -> None:
    with pytest.raises(UsageError, match="PATH#START-END@DIGEST"):
        library.verify("pier.txt")
