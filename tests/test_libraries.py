"""Several libraries, asked as one."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from qa import Libraries, Library, LibraryError, ModelMismatchError, Scope, Status, UsageError
from qa.render import answer_lines, answer_values, article_values

NEWS = [
    ("dam", "2011-05-03", "A dam burst near Vaslui. The mayor Ion Popa spoke of 14 wounded."),
    ("ferry", "2011-05-09", "The ferry Aurora sank in the Danube. All passengers swam ashore."),
]
ARCHIVE = [
    ("opera", "2010-02-01", "The opera of Cluj reopened. The soprano Ana Rusu sang Tosca."),
    ("bridge", "2012-07-11", "A bridge opened across the Danube. The ferry Aurora stopped."),
    ("dam", "2011-05-03", "A dam burst near Vaslui. The mayor Ion Popa spoke of 14 wounded."),
]

Maker = Callable[..., Library]


def fill(library: Library, articles: list[tuple[str, str, str]]) -> Library:
    library.add_articles(
        {"source": name, "title": name.title(), "published": day, "text": text}
        for name, day, text in articles
    )
    return library


@pytest.fixture
def make(encoders: Any, home: Path) -> Iterator[Maker]:
    """Opens a library by its name."""
    opened: list[Library] = []

    def open_it(name: str, model: str | None = None) -> Library:
        opened.append(Library.open(name, model=model))
        return opened[-1]

    yield open_it
    for library in opened:
        library.close()


@pytest.fixture
def both(make: Maker) -> Libraries:
    """Two libraries; the article on the dam is in both."""
    return Libraries([fill(make("news"), NEWS), fill(make("archive"), ARCHIVE)])


def places(both: Libraries, question: str, **options: Any) -> list[tuple[str, str]]:
    found = both.search(question, **options)
    return [(hit.passage.article.library, hit.passage.article.source) for hit in found]


def test_the_answer_comes_from_the_library_that_has_it(both: Libraries) -> None:
    answer = both.ask("Which soprano sang Tosca?")
    assert answer.status is not Status.NOT_FOUND
    (cited,) = answer.citations
    assert (cited.article.library, cited.article.source) == ("archive", "opera")
    assert "Ana Rusu" in cited.quote
    first = both.ask("What sank in the Danube?").citations[0]
    assert (first.article.library, first.article.source) == ("news", "ferry")


def test_ids_of_two_libraries_do_not_collide(both: Libraries) -> None:
    rows = both.articles()
    assert len({row.id for row in rows}) == len(rows) == 5
    for row in rows:
        article = both.article(row.id)
        assert (article.library, article.source) == (row.library, row.source)
        assert article.text == {name: text for name, _, text in NEWS + ARCHIVE}[row.source]
    own = {(row.library, article_values(both.article(row.id))["id"]) for row in rows}
    assert own == {("news", "1"), ("news", "2"), *(("archive", n) for n in "123")}


def test_articles_are_listed_newest_first_across_libraries(both: Libraries) -> None:
    assert [(row.library, row.source) for row in both.articles()] == [
        ("archive", "bridge"),
        ("news", "ferry"),
        ("news", "dam"),
        ("archive", "dam"),
        ("archive", "opera"),
    ]


def test_hits_are_on_one_scale(both: Libraries, make: Maker) -> None:
    found = both.search("ferry Aurora Danube", k=2)
    assert {hit.passage.article.library for hit in found} == {"news", "archive"}
    assert [hit.rank for hit in found] == [1, 2]
    assert found[0].score >= found[1].score
    ranks = sorted(hit.why.bm25_rank or 0 for hit in found)
    assert ranks == [1, 2]
    best = max(hit.why.bm25 or 0 for hit in found)
    for hit in found:
        assert hit.score == pytest.approx(0.6 * hit.why.cosine + 0.4 * (hit.why.bm25 or 0) / best)


def test_filters_hold_in_every_library(both: Libraries) -> None:
    asked = "ferry Aurora Danube"
    assert places(both, asked, scope=Scope(since=date(2012, 1, 1))) == [("archive", "bridge")]
    assert places(both, asked, scope=Scope(source="ferry")) == [("news", "ferry")]
    bridge = next(row for row in both.articles() if row.source == "bridge")
    assert places(both, asked, scope=Scope(only=(str(bridge.id),))) == [("archive", "bridge")]
    left = places(both, asked, scope=Scope(without=(str(bridge.id),)))
    assert ("archive", "bridge") not in left
    assert ("archive", "opera") in left
    assert places(both, asked, scope=Scope(source="nothing")) == []


def test_a_phrase_limits_the_search_to_the_library_that_has_it(both: Libraries) -> None:
    assert places(both, 'Who was at the "opera of Cluj" then?') == [("archive", "opera")]
    retrieved = both.retrieve('the "opera of Vaslui"')
    assert "no passage has “opera of Vaslui”" in retrieved.notes[0]


def test_the_same_text_in_two_libraries_is_read_once(both: Libraries) -> None:
    sources = [source for _, source in places(both, "dam burst Vaslui mayor")]
    assert sorted(sources) == ["bridge", "dam", "ferry", "opera"]


def test_mentions_are_counted_in_all_libraries(both: Libraries) -> None:
    found = both.mentions("ferries")
    assert [(each.article.library, each.article.source, each.count) for each in found] == [
        ("archive", "bridge", 1),
        ("news", "ferry", 2),
    ]


def test_a_misspelt_word_is_looked_for_in_all_libraries(
    both: Libraries, word_encoder: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(word_encoder, "count_tokens", lambda texts: [2] * len(texts))
    assert both.retrieve("Which sopranno sang?").notes == (
        "no article has “sopranno”; looked for “soprano”",
    )


def test_a_follow_up_stays_with_the_article_of_its_library(both: Libraries) -> None:
    conversation = both.conversation()
    conversation.ask("Which opera reopened?")
    told = conversation.ask("tell me more")
    assert {cited.article.source for cited in told.citations} == {"opera"}
    with pytest.raises(UsageError, match="kept in one library"):
        conversation.remember(told)


def test_every_source_names_its_library(both: Libraries) -> None:
    answer = both.ask("Which soprano sang Tosca?")
    shown = ["".join(text for text, _ in line) for line in answer_lines(answer, None)]
    assert any("opera:" in line and line.endswith(" · library archive") for line in shown)
    values = answer_values(answer)
    assert values["citations"][0]["article"]["library"] == "archive"
    assert values["citations"][0]["article"]["id"] == "1"
    assert {hit["article"]["library"] for hit in values["hits"]} == {"news", "archive"}


def test_one_library_is_not_named(make: Maker) -> None:
    answer = fill(make("news"), NEWS).ask("Who spoke of 14 wounded?")
    assert answer_values(answer)["citations"][0]["article"]["library"] is None
    assert not any("library" in text for line in answer_lines(answer, None) for text, _ in line)


def test_libraries_of_different_encoders_are_refused(make: Maker) -> None:
    one, other = fill(make("news"), NEWS), fill(make("archive", "other"), ARCHIVE)
    libraries = Libraries([one, other])
    with pytest.raises(ModelMismatchError, match="news and archive were made by different models"):
        libraries.ask("Who sang Tosca?")
    assert len(libraries.articles()) == 5


def test_an_empty_library_and_one_named_twice_are_refused(make: Maker) -> None:
    news = fill(make("news"), NEWS)
    with pytest.raises(LibraryError, match="There are no articles"):
        Libraries([news, make("empty")]).ask("Who sang?")
    with pytest.raises(UsageError, match="news is named twice"):
        Libraries([news, make("news")])
    with pytest.raises(LibraryError, match="There are no articles"):
        Libraries.open("news", "missing")
    with pytest.raises(UsageError, match="at least one"):
        Libraries.open()
    with Libraries.open("news", "empty") as opened:
        assert [library.name for library in opened.libraries] == ["news", "empty"]
