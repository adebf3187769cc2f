"""A library on Milvus Lite, and on a server if ``QA_MILVUS=milvus://HOST:PORT`` names one.

On a server the tests make collections of their own, and drop them.
"""

import importlib.util
import os
import socket
import uuid
from collections.abc import Callable, Iterator
from datetime import date
from operator import methodcaller
from pathlib import Path
from typing import Any

import pytest

from qa import Libraries, Library, LibraryError, MilvusLibrary, Scope, UsageError

HAS_MILVUS = all(map(importlib.util.find_spec, ("pymilvus", "milvus_lite")))

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not HAS_MILVUS, reason="needs article-qa[milvus]"),
    pytest.mark.filterwarnings("default"),  # pymilvus and its dependencies warn of each other
]

SERVER = os.environ.get("QA_MILVUS", "")

NEWS = [
    ("dam", "2011-05-03", "A dam burst near Vaslui. The mayor Ion Popa spoke of 14 wounded."),
    ("ferry", "2011-05-09", "The ferry Aurora sank in the Danube. All passengers swam ashore."),
    ("opera", "2010-02-01", "The opera of Cluj reopened. The soprano Ana Rusu sang Tosca."),
    ("letter", "", "A letter without a date praised the ferry and the WHO."),
]

Opener = Callable[[], MilvusLibrary]


@pytest.fixture(params=["lite", "server"])
def open_it(
    request: pytest.FixtureRequest, encoders: Any, home: Path, tmp_path: Path
) -> Iterator[Opener]:
    """Opens the test's library; each call gives another object."""
    address = f"milvus:{tmp_path}/news.db"
    if request.param == "server":
        if not SERVER:
            pytest.skip("QA_MILVUS names no Milvus server")
        address = f"{SERVER.rstrip('/')}/qa_test_{uuid.uuid4().hex[:12]}"
    opened: list[MilvusLibrary] = []

    def open_library() -> MilvusLibrary:
        for library in opened:  # Milvus Lite allows one at a time
            library.close()
        opened.append(MilvusLibrary.open(address))
        return opened[-1]

    yield open_library
    client = open_library()._store._client
    for name in (client.address.collection, f"{client.address.collection}_rows"):
        client.call(methodcaller("drop_collection", name))
    opened[-1].close()


@pytest.fixture
def news(open_it: Opener) -> MilvusLibrary:
    """A library with four articles from memory."""
    library = open_it()
    report = library.add_articles(
        {"source": name, "title": name.title(), "published": day, "text": text}
        for name, day, text in NEWS
    )
    assert report.new == 4
    return library


def test_it_answers_from_its_articles(news: MilvusLibrary, open_it: Opener) -> None:
    cited = news.ask("Which soprano sang Tosca?").citations[0]
    assert cited.article.source == "opera"
    assert "Ana Rusu" in cited.quote
    again = open_it()
    assert again.ask("What sank in the Danube?").citations[0].article.source == "ferry"
    assert [row.source for row in again.articles()] == ["ferry", "dam", "opera", "letter"]
    assert again.articles()[0].published == date(2011, 5, 9)


def test_filters_are_exact(news: MilvusLibrary) -> None:
    def sources(**limits: Any) -> list[str]:
        hits = news.search("the ferry on the Danube", scope=Scope(**limits))
        return sorted(hit.passage.article.source for hit in hits)

    assert sources(since=date(2011, 5, 4)) == ["ferry"]
    assert sources(until=date(2011, 5, 3)) == ["dam", "opera"]
    assert sources(source="?er*") == ["ferry"]
    ids = {row.source: str(row.id) for row in news.articles()}
    assert sources(only=(ids["dam"], ids["letter"])) == ["dam", "letter"]
    assert sources(without=(ids["dam"], "no number")) == ["ferry", "letter", "opera"]
    assert sources(source="nothing") == []


def test_a_phrase_and_mentions_are_found_word_for_word(news: MilvusLibrary) -> None:
    hits = news.search('who was at the "opera of Cluj"?')
    assert [hit.passage.article.source for hit in hits] == ["opera"]
    assert "word for word" in news.retrieve('the "Cluj opera"').notes[0]
    found = {each.article.source: each.count for each in news.mentions("the ferry")}
    assert found == {"ferry": 1, "letter": 1}
    assert news.mentions("zebra") == []


def test_the_same_content_changes_nothing_and_other_content_replaces_it(
    news: MilvusLibrary,
) -> None:
    name, day, text = NEWS[1]
    same = {"source": name, "title": "Ferry", "published": day, "text": text}
    assert news.add_articles([same]).unchanged == 1
    new = {**same, "text": "The ferry Aurora was raised by a crane."}
    assert news.add_articles([new]).changed == 1
    assert news._store.count() == (0, 4, 4)
    assert news.mentions("Danube") == []
    assert news.ask("What was raised by a crane?").citations[0].article.source == "ferry"


def test_what_is_removed_is_not_found(news: MilvusLibrary) -> None:
    (gone,) = news.remove("dam")
    assert gone.source == "dam"
    assert news._store.count() == (0, 3, 3)
    assert news.mentions("Vaslui") == []
    with pytest.raises(UsageError, match="No article is called dam"):
        news.find("dam")


def test_files_are_read_once_followed_and_pruned(open_it: Opener, articles: Path) -> None:
    library = open_it()
    assert library.add(articles).new == 2
    assert library.add(articles).unchanged == 2
    before = {row.digest: row.id for row in library.articles()}
    (articles / "volcano.txt").rename(articles / "ash.txt")
    moved = library.add(articles)
    assert (moved.moved, moved.new) == (1, 0)
    assert {row.digest: row.id for row in library.articles()} == before
    assert [row.source for row in library.find("ash.txt")]
    assert library.search("ash")[0].passage.article.source.endswith("ash.txt")
    (articles / "volcano.txt").write_text((articles / "ash.txt").read_text())
    assert library.add(articles).new == 1
    assert library._store.count().articles == 3
    (articles / "election.txt").unlink()
    assert library.add(articles, prune=True).removed == 1
    assert library._store.count().files == 2


def test_a_long_article_is_whole(open_it: Opener) -> None:
    text = "\n\n".join(f"Paragraph {n} tells of ferry {n} — “Größe”." for n in range(3_000))
    library = open_it()
    library.add_articles([{"source": "long", "text": text}])
    (row,) = library.articles()
    assert library.article(row.id).text == text
    assert library.remove("long")
    assert library.articles() == []


def test_a_run_that_was_cut_off_is_completed_by_the_next(
    open_it: Opener, articles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from qa.storage.milvus.client import Client

    library = open_it()
    library.add_articles([{"source": "first", "text": "Nothing happened."}])
    upsert, calls = Client.upsert, iter(range(100))

    def fails(self: Client, collection: str, rows: Any) -> None:
        if next(calls) == 1:  # the passages are there, the articles are not
            raise LibraryError("gone")
        upsert(self, collection, rows)

    monkeypatch.setattr(Client, "upsert", fails)
    with pytest.raises(LibraryError, match="gone"):
        library.add(articles)
    library.search("volcano in Iceland")  # passages without an article are left out
    monkeypatch.setattr(Client, "upsert", upsert)
    assert open_it().add(articles).new == 2
    again = open_it()
    assert again._store.count() == (2, 3, 3)
    assert again.add(articles).unchanged == 2


def test_conversations_stay_on_this_machine(news: MilvusLibrary, home: Path) -> None:
    conversation = news.conversation()
    conversation.remember(conversation.ask("Which soprano sang Tosca?"))
    (kept,) = news.conversations()
    assert kept.title == "Which soprano sang Tosca?"
    assert list((home / "data" / "remote").iterdir()) == [news.folder]


def test_it_is_asked_together_with_a_library_on_this_machine(news: MilvusLibrary) -> None:

    local = Library.open("local")
    local.add_articles([{"source": "bridge", "text": "The bridge at Brak opened."}])
    with Libraries([local, news]) as both:
        cited = both.ask("Which soprano sang Tosca?").citations[0]
        assert (cited.article.library, cited.article.source) == (news.name, "opera")
        assert both.ask("What opened at Brak?").citations[0].article.library == "local"


@pytest.fixture
def unreachable() -> str:
    """The address of a port on which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"milvus://127.0.0.1:{free.getsockname()[1]}/news"


def test_a_server_that_is_not_there_is_named_in_one_line(
    unreachable: str, encoders: Any, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.storage.milvus.client.CONNECT_SECONDS", 1.0)
    with (
        MilvusLibrary.open(unreachable) as library,
        pytest.raises(LibraryError, match=r"Milvus at milvus://127") as failure,
    ):
        library.ask("Who sang?")
    assert "\n" not in str(failure.value)


def test_a_server_that_does_not_answer_is_given_up(
    encoders: Any, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.storage.milvus.client.CONNECT_SECONDS", 1.0)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        address = f"milvus://127.0.0.1:{silent.getsockname()[1]}/news"
        with (
            MilvusLibrary.open(address) as library,
            pytest.raises(LibraryError, match="does not answer"),
        ):
            library.articles()
