"""Library: names, search, concurrent use, damage, removal and models."""

import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from qa.cli.status import status
from qa.datatypes import Scope, Status
from qa.errors import LibraryBusyError, LibraryError, ModelMismatchError, UsageError
from qa.indexing import Report
from qa.storage.database import LOCK
from qa.storage.live_text import FOLDER

if TYPE_CHECKING:
    from qa.library import Library
    from tests.doubles import WordEncoder

Opener = Callable[[], "Library"]
Encoders = dict[Any, "WordEncoder"]


def sources(library: "Library") -> set[str]:
    return {Path(row.source).name for row in library.articles()}


# Empty


def test_an_empty_library_says_how_to_fill_it(library: "Library") -> None:
    for use in (library.ask, library.search):
        with pytest.raises(LibraryError, match="qa index"):
            use("What fell?")
    assert library.articles() == []
    assert library.check() == []
    status = library.status()
    assert (status.files, status.articles, status.passages, status.model) == (0, 0, 0, "")
    assert status.dates is None


def test_a_library_stays_empty_when_the_first_path_does_not_exist(
    library: "Library", tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match="nowhere"):
        library.add(tmp_path / "nowhere")
    with pytest.raises(LibraryError, match="qa index"):
        library.ask("What fell?")


def test_a_library_that_was_emptied_says_how_to_fill_it(library: "Library", articles: Path) -> None:
    library.add(articles)
    library.remove(str(articles))
    for use in (library.ask, library.search):
        with pytest.raises(LibraryError, match="qa index"):
            use("What fell?")
    assert library.add(articles).new == 2
    assert len(library.search("volcano")) == 2


def test_a_missing_library_is_not_created_for_reading(tmp_path: Path) -> None:
    from qa.library import Library

    with pytest.raises(LibraryError, match="qa index"):
        Library.open(tmp_path / "none", create=False)
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("question", ["", " \n ", "\x00", "\x07 \x1b\x7f"], ids=ascii)
def test_an_empty_question_is_refused(library: "Library", articles: Path, question: str) -> None:
    library.add(articles)
    for use in (library.ask, library.search):
        with pytest.raises(UsageError, match="empty"):
            use(question)


def test_a_question_is_cleaned_as_articles_are(library: "Library", articles: Path) -> None:
    library.add(articles)
    wanted = library.ask("Where did a volcano erupt?")
    found = library.ask("Where\x00 did a\r\n volcano\x1b[31m erupt?")
    assert (found.question, found.text, found.hits) == (wanted.question, wanted.text, wanted.hits)
    again = library.search("Where\x00 did a\r\n volcano\x1b[31m erupt?")
    assert [hit.passage for hit in again] == [hit.passage for hit in wanted.hits]


def test_a_lone_surrogate_in_a_question_is_ignored(library: "Library", articles: Path) -> None:
    """The command line passes bytes that are not UTF-8 as surrogates."""
    library.add(articles)
    found = library.ask("Where did a volcano\udce9 erupt?")
    found.question.encode()
    assert found.text == "A volcano erupted in Iceland on Monday."
    assert len(library.search("\udce9 volcano")) == 2


# Names


def test_a_bare_name_is_a_library_in_the_data_folder(home: Path) -> None:
    from qa.library import Library

    with Library.open("news") as library:
        assert library.folder == home / "data" / "libraries" / "news"
    with Library.open() as library:
        assert library.folder == home / "data" / "libraries" / "default"


def test_a_path_is_a_library_in_that_folder(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from qa.library import Library

    monkeypatch.chdir(tmp_path)
    for path in ("./news", Path("news"), tmp_path / "news", str(tmp_path / "news")):
        with Library.open(path) as library:
            assert library.folder == tmp_path / "news"


def test_a_name_means_a_folder_here_if_only_that_holds_a_library(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from qa.library import Library

    monkeypatch.chdir(tmp_path)
    (tmp_path / "news").mkdir()
    with Library.open("news") as library:
        assert library.folder == home / "data" / "libraries" / "news"
    for name in ("news", "here"):
        Library.open(tmp_path / name).close()
    with Library.open("news") as library:
        assert library.folder == home / "data" / "libraries" / "news"
    with Library.open("here") as library:
        assert library.folder == tmp_path / "here"


def test_the_default_library_is_never_a_folder_here(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from qa.library import Library

    monkeypatch.chdir(tmp_path)
    Library.open(tmp_path / "default").close()
    with Library.open() as library:
        assert library.folder == home / "data" / "libraries" / "default"


def test_settings_know_the_name_of_the_database() -> None:
    from qa.settings import LIBRARY_FILE
    from qa.storage.database import DATABASE

    assert LIBRARY_FILE == DATABASE


def test_open_and_the_command_line_mean_the_same_library(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from qa.cli.options import open_library
    from qa.library import Library
    from qa.settings import load_settings

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("news", "./news", "~/news", None):
        with open_library(load_settings(name), create=True) as one, Library.open(name) as other:
            assert one.folder == other.folder


# Searching and asking


def test_what_is_added_is_found(library: "Library", articles: Path) -> None:
    library.add(articles)
    status = library.status()
    assert (status.files, status.articles, status.passages) == (2, 2, 2)
    assert status.dates == (date(2012, 5, 6), date(2012, 5, 6))
    assert status.model == "words"
    assert status.disk_bytes >= (library.folder / "library.sqlite").stat().st_size
    answer = library.ask("Where did a  volcano\nerupt?")
    assert answer.question == "Where did a volcano erupt?"
    assert answer.hits[0].passage.article.source == str(articles / "volcano.txt")
    assert answer.text == "A volcano erupted in Iceland on Monday."
    assert answer.citations[0].line == 1
    assert answer.timings["total"] >= max(
        answer.timings[step] for step in ("open", "load", "encode", "retrieve", "read")
    )
    assert [hit.rank for hit in library.search("volcano")] == [1, 2]
    assert len(library.search("volcano", k=1)) == 1


def test_a_scope_limits_hits_and_answers(library: "Library", articles: Path) -> None:
    library.add(articles)
    scope = Scope(paths=(str(articles / "election.txt"),))
    hits = library.search("volcano", scope=scope)
    assert {hit.passage.article.title for hit in hits} == {"Voters in France chose a president."}
    assert library.ask("Where did a volcano erupt?", scope=scope).status is Status.NOT_FOUND
    assert library.search("volcano", scope=Scope(since=date(2013, 1, 1))) == []
    assert library.ask("volcano?", scope=Scope(since=date(2013, 1, 1))).hits == ()


def test_articles_left_out_are_in_no_hit_and_no_answer(library: "Library", articles: Path) -> None:
    library.add(articles)
    (volcano,) = library.find("volcano.txt")
    scope = Scope(without=(str(volcano.id),))
    assert library.search("volcano")[0].passage.article.id == str(volcano.id)
    assert [hit.passage.article.id for hit in library.search("volcano", scope=scope)] == ["1"]
    assert library.ask("Where did a volcano erupt?", scope=scope).status is Status.NOT_FOUND


def test_k_under_one_is_refused(library: "Library", articles: Path) -> None:
    library.add(articles)
    for k in (0, -1):
        for use in (library.search, library.ask):
            with pytest.raises(UsageError, match="at least 1"):
                use("volcano", k=k)


def test_sources_are_relative_while_the_relative_path_is_right(
    library: "Library", articles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(articles.parent)
    library.add("articles")
    assert {row.source for row in library.articles()} == {
        "articles/volcano.txt",
        "articles/election.txt",
    }
    monkeypatch.chdir("/")
    assert {row.source for row in library.articles()} == {
        str(articles / "volcano.txt"),
        str(articles / "election.txt"),
    }


# One writer, many readers


def test_a_second_writer_is_refused(open_library: Opener, articles: Path) -> None:
    one, two = open_library(), open_library()
    one.add(articles)
    refused = []

    def try_to_write(done_bytes: int, total_bytes: int, report: Report) -> None:
        for write in (
            lambda: two.add(articles),
            lambda: two.remove("volcano.txt"),
            two.reembed,
        ):
            with pytest.raises(LibraryBusyError, match="Try again"):
                write()
            refused.append(write)

    (articles / "late.txt").write_text("It is late.")
    one.add(articles, progress=try_to_write)
    assert len(refused) == 3
    assert sources(one) == {"volcano.txt", "election.txt", "late.txt"}
    two.add(articles)


def test_another_process_is_refused(library: "Library", articles: Path) -> None:
    program = (
        "import sys; from filelock import FileLock\n"
        "with FileLock(sys.argv[1]): print('held', flush=True); sys.stdin.read()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", program, str(library.folder / LOCK)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert holder.stdout is not None
    assert holder.stdin is not None
    assert holder.stdout.readline() == b"held\n"
    with pytest.raises(LibraryBusyError):
        library.add(articles)
    holder.kill()
    holder.communicate()
    assert library.add(articles).new == 2


def test_questions_are_answered_while_another_writes(
    open_library: Opener, articles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.indexing.pipeline.BATCH_PASSAGES", 1)
    writer, reader = open_library(), open_library()
    writer.add(articles)
    (articles / "winter.txt").write_text("Snow fell in Peru.")
    (articles / "summer.txt").write_text("Rain fell in Chile.")
    seen = []

    def ask_meanwhile(done_bytes: int, total_bytes: int, report: Report) -> None:
        answer = reader.ask("Where did a volcano erupt?")
        assert answer.text == "A volcano erupted in Iceland on Monday."
        seen.append(len(reader.search("fell")))

    writer.add(articles, progress=ask_meanwhile)
    assert seen == [3, 4, 4], "each batch is visible once it is finished, and not before"


def test_what_another_process_removes_is_no_longer_found(
    open_library: Opener, articles: Path
) -> None:
    writer, reader = open_library(), open_library()
    writer.add(articles)
    assert len(reader.search("volcano")) == 2
    writer.remove("volcano.txt")
    (hit,) = reader.search("volcano")
    assert hit.passage.article.source.endswith("election.txt")


def test_threads_share_a_library(library: "Library", articles: Path) -> None:
    library.add(articles)
    results: list[str] = []
    failures: list[BaseException] = []

    def ask() -> None:
        try:
            results.append(library.ask("Where did a volcano erupt?").text)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert results == ["A volcano erupted in Iceland on Monday."] * 8


# Many passages


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """A folder with forty dated articles about four subjects in turn."""
    folder = tmp_path / "many"
    folder.mkdir()
    subjects = ["A volcano erupted", "Voters chose", "A ship sank", "Prices rose"]
    for index in range(40):
        text = f"{subjects[index % 4]} on day {index}. It was number {index} of the year."
        (folder / f"{index:02}.txt").write_text(f"date 2012-05-{index % 28 + 1:02}\n\n{text}\n")
    return folder


def make_search_approximate(patch: pytest.MonkeyPatch) -> None:
    """Make search approximate from twenty passages on."""
    patch.setattr("qa.storage.live_vectors.APPROXIMATE_ROWS", 20)
    patch.setattr("qa.storage.sketch.SHORTLIST", 8)
    patch.setattr("qa.storage.sketch.EXACT_ROWS", 5)


SCOPES = [Scope(), Scope(since=date(2012, 5, 20)), Scope(source="*/0[78].txt")]


def test_a_large_library_finds_what_a_small_one_finds(
    open_library: Opener, many: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    questions = ["Which volcano erupted on day 8?", "What sank?", "Number 31 of the year"]

    def found(library: "Library") -> list[list[tuple[str, float, float]]]:
        return [
            [
                (hit.passage.article.title, round(hit.score, 5), round(hit.why.cosine, 5))
                for hit in library.search(question, k=3, scope=scope)
            ]
            for question in questions
            for scope in SCOPES
        ]

    library = open_library()
    library.add(many)
    assert library.status().sketch is None
    wanted = found(library)
    make_search_approximate(monkeypatch)
    assert library.add(many).unchanged == 40
    sketch = library.status().sketch
    assert sketch is not None
    assert (sketch.rows, sketch.sample) == (40, 6)
    assert found(library) == found(open_library()) == wanted
    assert open_library().differing_vectors() == 0
    (many / "new.txt").write_text("A comet came by.\n")
    library.add(many)
    library.remove("07.txt", "08.txt")
    assert library.search("comet")[0].passage.article.source.endswith("new.txt")
    sources_found = {Path(hit.passage.article.source).name for hit in library.search("day 7", k=99)}
    assert not sources_found & {"07.txt", "08.txt"}
    assert library.search("day 7", scope=SCOPES[2]) == []


def test_status_says_how_a_library_is_searched(
    library: "Library", many: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def said(*options: str) -> str:
        done = CliRunner().invoke(status, ["--library", str(library.folder), *options])
        assert done.exit_code == 0, done.output
        return done.output

    library.add(many)
    assert "searched exactly" in said()
    found = json.loads(said("--json"))
    assert (found["vector_search"], found["recall"]) == ("exact", None)
    make_search_approximate(monkeypatch)
    library.add(many)
    assert "recall@10 1.000 (measured by 6 queries on 40 passages)" in said()
    found = json.loads(said("--json"))
    assert (found["vector_search"], found["recall"]) == ("approximate", 1.0)
    assert (found["recall_passages"], found["recall_sample"]) == (40, 6)


def test_a_large_library_is_reembedded(
    open_library: Opener, many: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_search_approximate(monkeypatch)
    library = open_library()
    library.add(many)
    library.reembed("other")
    sketch = library.status().sketch
    assert sketch is not None
    assert sketch.rows == 40
    assert library.differing_vectors() == 0
    assert len(open_library().search("volcano", scope=SCOPES[1])) == 9


# Damage


def test_a_flipped_byte_in_the_vectors_is_found(open_library: Opener, articles: Path) -> None:
    library = open_library()
    library.add(articles)
    assert open_library().differing_vectors() == 0
    (path,) = library.folder.glob("vectors-*.faiss")
    data = bytearray(path.read_bytes())
    place = data.index(
        library._store.connection().execute("SELECT vector FROM embeddings").fetchone()[0]
    )
    data[place + 1] ^= 0x40
    path.write_bytes(data)
    assert open_library().differing_vectors() == 2, "the whole file is ignored"
    path.unlink()
    assert open_library().differing_vectors() == 0


def test_a_full_text_that_differs_is_found(open_library: Opener, articles: Path) -> None:
    library = open_library()
    assert library.differing_words() == 0
    library.add(articles)
    assert library.differing_words() == 0
    connection = library._store.connection()
    connection.execute("UPDATE articles SET title = 'Winter' WHERE id = 1")
    changed = connection.execute("SELECT count(*) FROM passages WHERE article = 1").fetchone()[0]
    assert open_library().differing_words() == changed > 0
    shutil.rmtree(library.folder / FOLDER)
    assert open_library().differing_words() == 0


def test_a_library_can_be_checked_while_it_is_written(open_library: Opener, articles: Path) -> None:
    writer, reader = open_library(), open_library()
    writer.add(articles)
    with writer._store.batch():
        assert reader.check() == []


# Removing and finding


@pytest.mark.parametrize("name", ["number", "source", "path", "end"])
def test_remove_by(library: "Library", articles: Path, name: str) -> None:
    library.add(articles)
    (row,) = [row for row in library.articles() if row.source.endswith("volcano.txt")]
    named = {
        "number": str(row.id),
        "source": row.source,
        "path": str(articles / "volcano.txt"),
        "end": "articles/volcano.txt",
    }[name]
    assert library.remove(named) == [row]
    assert sources(library) == {"election.txt"}
    assert (articles / "volcano.txt").exists(), "the file is not deleted"
    assert library.status().files == 1
    assert len(library.search("volcano")) == 1
    assert library.check() == []


def test_removing_a_folder_removes_everything_in_it(library: "Library", articles: Path) -> None:
    library.add(articles)
    assert len(library.remove(str(articles))) == 2
    assert library.articles() == []


def test_remove_removes_all_or_nothing(library: "Library", articles: Path) -> None:
    library.add(articles)
    with pytest.raises(UsageError, match=r"nothing\.txt"):
        library.remove("volcano.txt", "nothing.txt")
    assert len(library.articles()) == 2
    assert len(library.remove("volcano.txt", "volcano.txt", "election.txt")) == 2


def test_an_article_has_its_whole_text(library: "Library", articles: Path) -> None:
    library.add(articles)
    (row,) = library.find("election.txt")
    article = library.article(str(row.id))
    assert article.text == (articles / "election.txt").read_text()
    assert article.published == date(2012, 5, 6)
    with pytest.raises(UsageError, match="qa ls"):
        library.article(999)


@pytest.mark.parametrize(
    "name", ["abc", "", "²", "9" * 30, "a#²", "a#" + "9" * 30, "~no-such-person/a", "a\0b", "a\0#1"]
)
def test_an_unknown_name_is_a_usage_error(library: "Library", articles: Path, name: str) -> None:
    library.add(articles)
    with pytest.raises(UsageError, match="qa ls"):
        library.find(name)
    with pytest.raises(UsageError, match="qa ls"):
        library.article(name)


def test_stale_files(library: "Library", articles: Path) -> None:
    library.add(articles)
    assert library.stale_files() == ([], [])
    (articles / "volcano.txt").write_text("Something else.")
    (articles / "election.txt").unlink()
    changed, gone = [str(articles / "volcano.txt")], [str(articles / "election.txt")]
    assert library.stale_files() == (changed, gone)
    status = library.status()
    assert (status.changed_files, status.vanished_files) == (1, 1)


def test_the_search_for_stale_files_has_a_time_limit(library: "Library", articles: Path) -> None:
    library.add(articles)
    for path in articles.iterdir():
        path.unlink()
    _, gone = library.stale_files()
    assert library.stale_files(0.0) == ([], [])
    for _ in range(5):  # wherever the search starts, it reaches every file in that time
        assert sorted(library.stale_files(60.0)[1]) == sorted(gone)


# Models


def test_reembed_replaces_every_embedding(
    open_library: Opener, encoders: Encoders, articles: Path
) -> None:
    library = open_library()
    library.add(articles)
    rows = library.articles()
    report = library.reembed("other")
    assert (report.changed, report.passages) == (2, 2)
    assert library.articles() == rows, "articles and their numbers do not change"
    assert library.status().model == "other"
    stored = library._store.connection().execute("SELECT length(vector) FROM embeddings")
    assert stored.fetchall() == [(2 * encoders["other"].dimension,)] * 2
    assert library.ask("Where did a volcano erupt?").text.startswith("A volcano erupted")
    assert library.check() == []
    again = open_library()
    assert again.encoder is encoders["other"]
    assert len(again.search("volcano")) == 2


def test_reembed_without_a_name_keeps_the_model(open_library: Opener, articles: Path) -> None:
    library = open_library()
    library.add(articles)
    library.reembed("other")
    assert open_library().reembed().changed == 2
    assert open_library().status().model == "other"
    assert open_library().check() == []


def test_reembed_that_fails_leaves_the_library_as_it_was(
    open_library: Opener, encoders: Encoders, articles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.indexing.run.REEMBED_ARTICLES", 1)
    library = open_library()
    library.add(articles)
    before = library.search("volcano")

    def fail(done_bytes: int, total_bytes: int, report: Report) -> None:
        if done_bytes == total_bytes:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        library.reembed("other", progress=fail)
    assert library.search("volcano") == before
    assert open_library().search("volcano") == before
    assert open_library().status().model == "words"


def test_an_open_library_notices_another_model(
    open_library: Opener, encoders: Encoders, articles: Path
) -> None:
    writer, reader = open_library(), open_library()
    writer.add(articles)
    assert reader.ask("Where did a volcano erupt?").text.startswith("A volcano")
    for model in ("other", "words"):
        writer.reembed(model)
        hits = reader.search("volcano")
        assert hits == writer.search("volcano") == open_library().search("volcano")
        assert reader.encoder is encoders[model]
        assert reader.ask("Where did a volcano erupt?").text.startswith("A volcano")
        assert reader.check() == []


@pytest.mark.parametrize("dimension", [32, 64])
def test_an_open_library_adds_articles_with_the_new_model(
    open_library: Opener,
    encoders: Encoders,
    make_encoder: type["WordEncoder"],
    articles: Path,
    dimension: int,
) -> None:
    encoders["other"] = make_encoder("other", dimension)
    writer, open_before = open_library(), open_library()
    writer.add(articles)
    open_before.search("volcano")
    writer.reembed("other")
    (articles / "winter.txt").write_text("Snow fell in Peru.")
    assert open_before.add(articles).new == 1
    assert "Snow fell in Peru." in encoders["other"].encoded[-1]
    assert open_library().check() == []


def test_an_open_library_is_checked_with_the_new_model(
    open_library: Opener, articles: Path
) -> None:
    writer, open_before = open_library(), open_library()
    writer.add(articles)
    assert open_before.check() == []
    writer.reembed("other")
    assert open_before.check() == []
    assert len(open_before.remove("volcano.txt")) == 1


def test_another_model_is_refused_with_the_command_that_helps(
    open_library: Opener, encoders: Encoders, articles: Path, tmp_path: Path
) -> None:
    from qa.library import Library
    from qa.models import catalog

    open_library().add(articles)
    named = catalog.entries()[1].name
    with Library.open(tmp_path / "library", model=named) as library:
        for use in (lambda: library.add(articles), lambda: library.ask("What fell?")):
            with pytest.raises(ModelMismatchError) as caught:
                use()
            assert f"qa index --reembed --model {named}" in str(caught.value)
            assert "made by words" in str(caught.value)


def test_another_version_of_the_model_is_refused(
    open_library: Opener, encoders: Encoders, articles: Path
) -> None:
    open_library().add(articles)
    encoders["words"].fingerprint = "newer"
    with pytest.raises(ModelMismatchError, match=r"another version of words.*qa index --reembed"):
        open_library().search("volcano")


def test_a_library_keeps_its_model_if_none_is_given(
    open_library: Opener, encoders: Encoders, articles: Path
) -> None:
    library = open_library()
    library.add(articles)
    library.reembed("other")
    assert open_library().add(articles).unchanged == 2
    assert open_library().encoder is encoders["other"]


def test_a_file_without_permission_is_not_reported_as_gone(
    open_library: Opener, articles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = open_library()
    library.add(articles)

    def refuse(path: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("qa.library.os.stat", refuse)
    stale = library.stale_files()
    monkeypatch.undo()
    assert stale == ([], [])
    (articles / "volcano.txt").unlink()
    assert library.stale_files() == ([], [str(articles / "volcano.txt")])
