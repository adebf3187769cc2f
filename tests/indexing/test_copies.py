"""Near-copies: found at indexing, whatever the order, and read once."""

from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import Mock

import pytest

from qa.datatypes import ArticleRowId
from qa.indexing import copies
from qa.indexing.copies import Traits, contained, jaccard, shingles, sketch
from qa.places import places_of_answer
from qa.storage.copies import Copies

if TYPE_CHECKING:
    from qa.library import Library

REPORT = (
    "The ferry ran aground off the cape on Tuesday night with 180 people aboard, the coastguard "
    "said. All passengers were taken off by helicopter before dawn. The captain was questioned by "
    "the harbour police on Wednesday, and a spokesman declined to give his name. "
)
OTHER = (
    "The mine opened in the spring of 1920 and gave work to four hundred people. It was closed "
    "after the flood, and the owners moved to the capital. Nothing is left of the tower today. "
)


def groups(library: "Library") -> list[set[str]]:
    """The names of the files of each group of copies."""
    rows = {row.id: Path(row.source).stem for row in library.articles()}
    found: dict[int, set[str]] = {}
    for article, group in Copies(library._store).groups(rows).items():
        found.setdefault(group, set()).add(rows[article])
    return sorted(found.values(), key=min)


@pytest.fixture
def press(tmp_path: Path) -> Path:
    folder = tmp_path / "press"
    folder.mkdir()
    (folder / "agency.txt").write_text(REPORT)
    (folder / "mine.txt").write_text(OTHER)
    return folder


def test_shingles_are_runs_of_five_words() -> None:
    assert shingles("The mine, the MILL and I") == {"the mine the mill and", "mine the mill and i"}
    assert shingles("The mine") == {"the mine"}
    assert jaccard({"a", "b"}, {"b", "c"}) == pytest.approx(1 / 3)


def test_what_is_cut_is_a_copy_and_what_quotes_is_none() -> None:
    whole, half = Traits.of(REPORT + OTHER), Traits.of(OTHER)
    assert half.is_copy_of(whole)
    assert whole.is_copy_of(half)
    assert not Traits.of(REPORT + OTHER + " ".join(map(str, range(90)))).is_copy_of(half)
    assert not Traits.of(REPORT).is_copy_of(half)


def test_articles_of_a_series_have_other_names_and_numbers() -> None:
    week = (
        "In the match of the week, {} beat {} in front of a crowd of {} by the margin of one "
        "goal. The coach, {}, thanked the team for its patience and said that he would not change "
        "it, while the other coach did not wish to speak. The next match is in {}, and tickets are "
        "on sale at the usual places for the usual prices as long as there are any left."
    )
    first = week.format("Estby", "Holt", "12,400", "Nils Aker", "Norvik")
    same = week.format("Estby", "Holt", "12400", "Nils Aker", "Norvik")
    other = week.format("Lodz", "Kiel", "8,900", "Emre Tan", "Ghent")
    assert Traits.of(first).is_copy_of(Traits.of(same))
    assert contained(shingles(first), shingles(other)) >= copies.CONTAINED
    assert not Traits.of(first).is_copy_of(Traits.of(other))
    # Without names the shingles alone decide.
    assert Traits.of(first.lower()).is_copy_of(Traits.of(other.lower()))


def test_a_sketch_depends_on_the_words_alone() -> None:
    assert sketch(REPORT) == sketch(REPORT.upper().replace(" ", "\n"))
    assert sketch(REPORT) != sketch(OTHER)
    assert len(sketch("")) == len(sketch(REPORT)) == 4 * copies.BANDS


def test_reprints_are_one_group_and_other_articles_none(library: "Library", press: Path) -> None:
    (press / "north.txt").write_text(REPORT.replace("180", "178") + "Fog was thick.")
    (press / "south.txt").write_text("By our reporter. " + REPORT)
    library.add(press)
    assert groups(library) == [{"agency", "north", "south"}]


def test_later_copies_join_the_group(library: "Library", press: Path) -> None:
    library.add(press)
    assert groups(library) == []
    (press / "north.txt").write_text(REPORT + "Fog was thick.")
    library.add(press)
    (press / "south.txt").write_text("By our reporter. " + REPORT)
    (press / "pit.txt").write_text(OTHER + "The tower fell.")
    library.add(press)
    assert groups(library) == [{"agency", "north", "south"}, {"mine", "pit"}]


def test_a_group_outlives_its_first_article(library: "Library", press: Path) -> None:
    for name in ("b", "c"):
        (press / f"{name}.txt").write_text(REPORT + "Fog was thick.")
    library.add(press)
    (press / "agency.txt").unlink()
    library.add(press, prune=True)
    assert groups(library) == [{"b", "c"}]
    (press / "d.txt").write_text(REPORT)
    library.add(press)
    assert groups(library) == [{"b", "c", "d"}]


def test_an_article_that_changes_leaves_the_group(library: "Library", press: Path) -> None:
    for name in ("b", "c"):
        (press / f"{name}.txt").write_text(REPORT)
    library.add(press)
    (press / "c.txt").write_text(OTHER + "The tower fell, and nobody built it again.")
    library.add(press)
    assert groups(library) == [{"agency", "b"}, {"c", "mine"}]


def test_a_group_whose_first_member_left_is_not_joined_with_its_new_one(
    library: "Library", press: Path
) -> None:
    for name in ("b", "c"):
        (press / f"{name}.txt").write_text(REPORT)
    library.add(press)
    (press / "agency.txt").write_text(OTHER + "The tower fell.")
    library.add(press)
    assert groups(library) == [{"agency", "mine"}, {"b", "c"}]


def test_sketches_of_another_version_are_made_again(
    library: "Library", press: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.add(press)
    library._store.connection().execute("UPDATE copies SET version = 'older'")
    assert Copies(library._store).unknown() == [ArticleRowId(1), ArticleRowId(2)]
    library.add(press)
    assert Copies(library._store).unknown() == []


def test_a_run_that_was_ended_before_the_comparison_is_continued(
    library: "Library", press: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (press / "north.txt").write_text(REPORT + "Fog was thick.")
    with monkeypatch.context() as patch:
        patch.setattr(copies, "_grouped", Mock(side_effect=KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            library.add(press)
    assert groups(library) == []
    library.add(press)
    assert groups(library) == [{"agency", "north"}]


def test_copies_do_not_fill_the_hits(library: "Library", press: Path) -> None:
    for number in range(14):
        (press / f"{number}.txt").write_text(REPORT + f"(Desk {number}.)")
    (press / "local.txt").write_text("The captain of the ferry is Leif Aune, 51, from Narvik.")
    library.add(press)
    hits = library.search("the captain of the ferry that ran aground off the cape", k=5)
    names = [Path(hit.passage.article.source).stem for hit in hits]
    assert "local" in names
    assert len({name for name in names if name.isdecimal() or name == "agency"}) <= 4


def test_a_copy_with_another_sentence_is_a_hit(library: "Library", press: Path) -> None:
    (press / "north.txt").write_text(
        "The owner, whose house stands by the harbour, sold her at once. " + REPORT
    )
    library.add(press)
    hits = library.search("the ferry ran aground off the cape", k=3)
    assert {"agency", "north"} <= {Path(hit.passage.article.source).stem for hit in hits}


def test_a_shorter_copy_with_another_sentence_or_number_is_a_hit(
    library: "Library", press: Path
) -> None:
    short = REPORT[: REPORT.index("The captain")]
    (press / "north.txt").write_text(f"{short}The owner, whose house stands there, sold her. ")
    (press / "south.txt").write_text(REPORT.replace("180", "178"))
    (press / "west.txt").write_text(short)
    library.add(press)
    hits = library.search("the ferry ran aground off the cape", k=4)
    names = {Path(hit.passage.article.source).stem for hit in hits}
    assert {"agency", "north", "south"} <= names
    assert "west" not in names


def test_copies_are_neither_other_answers_nor_further_passages(
    library: "Library", press: Path
) -> None:
    (press / "north.txt").write_text(REPORT.replace("180", "178"))
    library.add(press)
    found = library.ask("Who was questioned by the harbour police?")
    articles = [hit.passage.article.id for hit in found.hits if not hit.is_copy]
    assert len(set(articles)) == 2
    cited = {cited.article.id for cited in found.citations}
    group = {"1", "3"}
    others = [other.citation.article.id for other in found.alternatives if not other.differs]
    assert not {other for other in others if other in group} - cited
    shown = {place.citation.article.id for place in places_of_answer(found)}
    assert len(shown & group) == 1


def test_one_copy_is_cited_and_the_others_are_counted(library: "Library", press: Path) -> None:
    for name in ("b", "c"):
        (press / f"{name}.txt").write_text(REPORT.replace("Tuesday", f"Tuesday ({name})"))
    library.add(press)
    found = library.ask("How many people were aboard the ferry?")
    assert [cited.copies for cited in found.citations] == [2]
