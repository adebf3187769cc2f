"""Indexing files: new, changed, moved, vanished; unchanged text is never embedded again."""

import bz2
import gzip
import json
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from qa.errors import UsageError
from qa.indexing import Report

if TYPE_CHECKING:
    from qa.library import Library
    from tests.doubles import WordEncoder

CASES = ("new", "changed", "unchanged", "moved", "removed")


def counts(report: Report) -> dict[str, int]:
    """The counts of a report that are not zero."""
    return {name: getattr(report, name) for name in CASES if getattr(report, name)}


def texts(library: "Library") -> dict[str, str]:
    """The start of every article by the file name in its source."""
    return {
        Path(row.source).name: library.article(row.id).text.strip()[:40]
        for row in library.articles()
    }


def numbers(library: "Library") -> dict[str, int]:
    return {Path(row.source).name: row.id for row in library.articles()}


def replace_keeping(path: Path, text: str, *, modified_ns: int | None = None) -> None:
    """Rewrite a file; its modification time moves on by a minute unless it is given."""
    before = path.stat().st_mtime_ns
    path.write_text(text)
    now = before + 60_000_000_000 if modified_ns is None else modified_ns
    os.utime(path, ns=(now, now))


def write_records(path: Path, *texts: str, broken: str = "") -> None:
    lines = [json.dumps({"title": text.split()[0], "text": text}) for text in texts]
    path.write_text("\n".join([*lines, *([broken] if broken else [])]) + "\n")
    later = path.stat().st_mtime_ns + len(path.read_bytes()) * 1_000_000
    os.utime(path, ns=(later, later))


@pytest.fixture(autouse=True)
def whole(library: "Library") -> Iterator[None]:
    """Check after every test that the library is intact."""
    yield
    assert library.check() == []


# New, unchanged, changed


def test_new_then_unchanged(
    library: "Library", articles: Path, word_encoder: "WordEncoder"
) -> None:
    report = library.add(articles)
    assert counts(report) == {"new": 2}
    assert report.passages == len(word_encoder.encoded) == 2
    assert library.articles()[0].title == "Voters in France chose a president."
    word_encoder.encoded.clear()
    revision = library._store.newest_commit()
    again = library.add(articles)
    assert counts(again) == {"unchanged": 2}
    assert (again.passages, again.failed, again.vanished) == (0, [], [])
    assert word_encoder.encoded == []
    assert library._store.newest_commit() == revision


def test_a_text_that_occurs_twice_is_embedded_once(
    library: "Library", articles: Path, word_encoder: "WordEncoder"
) -> None:
    shutil.copy(articles / "volcano.txt", articles / "again.txt")
    report = library.add(articles)
    assert (report.new, report.passages) == (3, 3)
    assert len(word_encoder.encoded) == len(set(word_encoder.encoded)) == 2


def test_only_the_new_passages_of_a_longer_article_are_embedded(
    library: "Library", articles: Path, word_encoder: "WordEncoder"
) -> None:
    path = articles / "long.txt"
    path.write_text(
        "Ash in Iceland\n\n" + "".join(f"Day {day}: {'ash ' * 30}.\n\n" for day in range(5))
    )
    library.add(path)
    before = set(word_encoder.encoded)
    assert len(before) > 3
    word_encoder.encoded.clear()
    path.write_text(path.read_text() + f"Day 5: {'rain ' * 30}.\n")
    report = library.add(path)
    assert report.passages > len(word_encoder.encoded)
    assert not before & set(word_encoder.encoded)
    word_encoder.encoded.clear()
    path.write_text(
        path.read_text().replace("Iceland", "Norway")
    )  # the title is embedded with every passage
    report = library.add(path)
    assert report.passages == len(word_encoder.encoded)


def test_the_heading_is_embedded_with_each_passage(
    library: "Library", articles: Path, word_encoder: "WordEncoder"
) -> None:
    library.add(articles / "election.txt")
    (text,) = word_encoder.encoded
    assert text.startswith("Voters in France chose a president. (6 May 2012)\n")
    assert text.endswith("Turnout was high.")


def test_changed_with_another_size_at_the_same_time(library: "Library", articles: Path) -> None:
    library.add(articles)
    path, before = articles / "volcano.txt", numbers(library)
    replace_keeping(path, "Snow fell in Peru.", modified_ns=path.stat().st_mtime_ns)
    assert counts(library.add(articles)) == {"changed": 1, "unchanged": 1}
    assert texts(library)["volcano.txt"] == "Snow fell in Peru."
    assert numbers(library) == before


def test_changed_with_the_same_size_at_another_time(library: "Library", articles: Path) -> None:
    library.add(articles)
    path, before = articles / "volcano.txt", numbers(library)
    replace_keeping(path, path.read_text().replace("Iceland", "Ireland"))
    assert counts(library.add(articles)) == {"changed": 1, "unchanged": 1}
    assert library.search("Ireland")[0].why.bm25 is not None
    assert [hit for hit in library.search("Iceland") if hit.why.bm25] == []
    assert numbers(library) == before


def test_a_touched_file_is_unchanged_and_read_once(
    library: "Library", articles: Path, word_encoder: "WordEncoder"
) -> None:
    library.add(articles)
    word_encoder.encoded.clear()
    path = articles / "volcano.txt"
    replace_keeping(path, path.read_text())
    assert library.stale_files() == ([str(path)], [])
    assert counts(library.add(articles)) == {"unchanged": 2}
    assert word_encoder.encoded == []
    assert library.stale_files() == ([], [])


def test_another_title_is_a_change(library: "Library", articles: Path) -> None:
    path = articles / "peace.md"
    path.write_text("---\ntitle: War\n---\nThey signed.\n")
    library.add(articles)
    replace_keeping(path, "---\ntitle: Peace\n---\nThey signed.\n")
    assert counts(library.add(articles)) == {"changed": 1, "unchanged": 2}
    assert [hit.passage.text for hit in library.search("peace") if hit.why.bm25] == ["They signed."]
    assert [hit for hit in library.search("war") if hit.why.bm25] == []


def test_a_changed_file_given_by_another_path_keeps_its_number(
    library: "Library", articles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(articles.parent)
    library.add("articles")
    before = numbers(library)
    replace_keeping(articles / "volcano.txt", "Snow fell in Peru.")
    assert counts(library.add(articles)) == {"changed": 1, "unchanged": 1}
    assert numbers(library) == before


# Moved


def test_a_renamed_file_is_moved_and_not_embedded_again(
    library: "Library", articles: Path, word_encoder: "WordEncoder"
) -> None:
    library.add(articles)
    before = numbers(library)
    word_encoder.encoded.clear()
    (articles / "2010").mkdir()
    (articles / "volcano.txt").rename(articles / "2010" / "ash.txt")
    report = library.add(articles)
    assert counts(report) == {"unchanged": 1, "moved": 1}
    assert report.vanished == []
    assert word_encoder.encoded == []
    after = numbers(library)
    assert after == {"ash.txt": before["volcano.txt"], "election.txt": before["election.txt"]}
    assert library.stale_files() == ([], [])
    assert counts(library.add(articles)) == {"unchanged": 2}


def test_the_records_of_a_renamed_file_keep_their_numbers(
    library: "Library", articles: Path, word_encoder: "WordEncoder"
) -> None:
    write_records(articles / "wire.jsonl", "Ash fell.", "Snow fell.")
    library.add(articles)
    word_encoder.encoded.clear()
    (articles / "wire.jsonl").rename(articles / "cable.jsonl")
    assert counts(library.add(articles)) == {"unchanged": 2, "moved": 2}
    assert word_encoder.encoded == []
    assert texts(library)["cable.jsonl#2"] == "Snow fell."


def test_a_copy_is_new_and_not_moved(library: "Library", articles: Path) -> None:
    library.add(articles)
    shutil.copy(articles / "volcano.txt", articles / "copy.txt")
    assert counts(library.add(articles)) == {"new": 1, "unchanged": 2}
    assert len(library.articles()) == 3


def test_two_files_that_swap_names(library: "Library", articles: Path) -> None:
    library.add(articles)
    one, two = articles / "volcano.txt", articles / "election.txt"
    one.rename(articles / "x")
    two.rename(one)
    (articles / "x").rename(two)
    library.add(articles)
    assert texts(library)["election.txt"].startswith("A volcano")
    assert texts(library)["volcano.txt"].startswith("date 2012-05-06")
    assert len(library.articles()) == 2


def test_a_moved_file_is_shown_by_its_new_path(
    library: "Library", articles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(articles.parent)
    library.add("articles")
    replace_keeping(articles / "volcano.txt", (articles / "volcano.txt").read_text())
    library.add(articles)
    (articles / "volcano.txt").rename(articles / "ash.txt")
    assert counts(library.add(articles)) == {"unchanged": 1, "moved": 1}
    assert set(texts(library)) == {"ash.txt", "election.txt"}


# Vanished


def test_a_vanished_file_is_kept_and_reported(library: "Library", articles: Path) -> None:
    library.add(articles)
    (articles / "volcano.txt").unlink()
    for _ in range(2):
        report = library.add(articles)
        assert counts(report) == {"unchanged": 1}
        assert report.vanished == [str(articles / "volcano.txt")]
    assert "volcano.txt" in texts(library)
    assert library.stale_files() == ([], [str(articles / "volcano.txt")])
    assert library.status().vanished_files == 1


def test_prune_drops_vanished_files(library: "Library", articles: Path) -> None:
    library.add(articles)
    (articles / "volcano.txt").unlink()
    report = library.add(articles, prune=True)
    assert counts(report) == {"unchanged": 1, "removed": 1}
    assert set(texts(library)) == {"election.txt"}
    assert library.status().files == 1
    assert [hit for hit in library.search("volcano") if hit.why.bm25] == []


def test_prune_drops_nothing_outside_the_given_paths(library: "Library", articles: Path) -> None:
    (articles / "sub").mkdir()
    (articles / "sub" / "snow.txt").write_text("Snow fell.")
    (articles / "submarine.txt").write_text("A submarine sank.")
    library.add(articles)
    (articles / "volcano.txt").unlink()
    (articles / "submarine.txt").unlink()
    report = library.add(articles / "sub", articles / "election.txt", prune=True)
    assert counts(report) == {"unchanged": 2}
    assert len(library.articles()) == 4


@pytest.mark.parametrize("prune", [False, True])
def test_a_missing_folder_is_refused_and_nothing_is_dropped(
    library: "Library", articles: Path, prune: bool
) -> None:
    library.add(articles)
    articles.rename(articles.parent / "elsewhere")
    with pytest.raises(UsageError, match="articles"):
        library.add(articles, prune=prune)
    with pytest.raises(UsageError, match="articles"):
        library.add(articles.parent / "elsewhere", articles, prune=prune)
    assert set(texts(library)) == {"volcano.txt", "election.txt"}


def test_an_empty_folder_may_be_a_disk_that_is_not_mounted(
    library: "Library", articles: Path
) -> None:
    library.add(articles)
    for path in articles.iterdir():
        path.unlink()
    report = library.add(articles, prune=True)
    assert counts(report) == {}
    assert len(library.articles()) == 2


@pytest.mark.parametrize("way", [".", "sub/..", "../articles"])
def test_a_folder_given_by_a_roundabout_path_is_pruned(
    library: "Library", articles: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    (articles / "sub").mkdir()
    library.add(articles)
    (articles / "volcano.txt").unlink()
    monkeypatch.chdir(articles)
    assert counts(library.add(way, prune=True)) == {"unchanged": 1, "removed": 1}


def test_a_folder_given_by_a_link_is_pruned(library: "Library", articles: Path) -> None:
    link = articles.parent / "link"
    link.symlink_to(articles)
    library.add(link)
    (articles / "volcano.txt").unlink()
    report = library.add(link, prune=True)
    assert counts(report) == {"unchanged": 1, "removed": 1}


# Files of records


def test_a_record_edited(library: "Library", articles: Path, word_encoder: "WordEncoder") -> None:
    path = articles / "wire.jsonl"
    write_records(path, "Ash fell.", "Snow fell.", "Rain fell.")
    library.add(path)
    before = numbers(library)
    word_encoder.encoded.clear()
    write_records(path, "Ash fell.", "Snow fell heavily.", "Rain fell.")
    report = library.add(path)
    assert report.unchanged == 2
    assert report.new + report.changed == 1
    assert len(word_encoder.encoded) == report.passages == 1
    assert texts(library)["wire.jsonl#2"] == "Snow fell heavily."
    after = numbers(library)
    assert (after["wire.jsonl#1"], after["wire.jsonl#3"]) == (
        before["wire.jsonl#1"],
        before["wire.jsonl#3"],
    )


def test_a_record_inserted_at_the_top_leaves_the_others_unchanged(
    library: "Library", articles: Path, word_encoder: "WordEncoder"
) -> None:
    path = articles / "wire.jsonl"
    write_records(path, "Ash fell.", "Snow fell.")
    library.add(path)
    before = numbers(library)
    word_encoder.encoded.clear()
    write_records(path, "Hail fell.", "Ash fell.", "Snow fell.")
    assert counts(library.add(path)) == {"new": 1, "unchanged": 2}
    assert len(word_encoder.encoded) == 1
    assert texts(library) == {
        "wire.jsonl#1": "Hail fell.",
        "wire.jsonl#2": "Ash fell.",
        "wire.jsonl#3": "Snow fell.",
    }
    assert numbers(library)["wire.jsonl#2"] == before["wire.jsonl#1"]


def test_a_record_removed(library: "Library", articles: Path, word_encoder: "WordEncoder") -> None:
    path = articles / "wire.jsonl"
    write_records(path, "Ash fell.", "Snow fell.", "Rain fell.")
    library.add(path)
    word_encoder.encoded.clear()
    write_records(path, "Ash fell.", "Rain fell.")
    assert counts(library.add(path)) == {"unchanged": 2, "removed": 1}
    assert word_encoder.encoded == []
    assert texts(library) == {"wire.jsonl#1": "Ash fell.", "wire.jsonl#2": "Rain fell."}


def test_a_record_with_a_url_keeps_its_number_when_it_is_edited(
    library: "Library", articles: Path
) -> None:
    path = articles / "wire.jsonl"
    url = "https://example.org/ash"
    path.write_text(json.dumps({"url": url, "text": "Ash fell."}))
    library.add(path)
    (before,) = library.articles()
    path.write_text(json.dumps({"url": url, "text": "Ash fell heavily."}))
    assert counts(library.add(path)) == {"changed": 1}
    (after,) = library.articles()
    assert (after.id, after.source) == (before.id, url)


def test_records_with_the_same_text_are_all_unchanged(
    library: "Library", articles: Path, word_encoder: "WordEncoder"
) -> None:
    path = articles / "wire.jsonl"
    write_records(path, "Ash fell.", "Ash fell.", "Snow fell.")
    library.add(path)
    word_encoder.encoded.clear()
    write_records(path, "Ash fell.", "Ash fell.", "Snow fell.", "Rain fell.")
    assert counts(library.add(path)) == {"new": 1, "unchanged": 3}
    assert len(word_encoder.encoded) == 1


def test_a_bad_record_is_reported_on_every_run(
    library: "Library", articles: Path, word_encoder: "WordEncoder"
) -> None:
    path = articles / "wire.jsonl"
    write_records(path, "Ash fell.", "Snow fell.", broken="{no json")
    for _ in range(3):
        report = library.add(path)
        (problem,) = report.failed
        assert problem.source == f"{path}#3"
        assert "line 3: not valid JSON" in problem.reason
    assert counts(report) == {"unchanged": 2}
    assert len(word_encoder.encoded) == 2
    write_records(path, "Ash fell.", broken="{no json")
    assert counts(library.add(path)) == {"unchanged": 1, "removed": 1}


def test_a_record_removed_beside_a_question_is_removed(library: "Library", articles: Path) -> None:
    path = articles / "mixed.jsonl"
    question = json.dumps({"question": "What fell?", "answers": []})
    write_records(path, "Ash fell.", "Snow fell.", broken=question)
    library.add(path)
    write_records(path, "Ash fell.", broken=question)
    library.add(path)
    assert list(texts(library).values()) == ["Ash fell."]


# Files that can no longer be read


def test_the_articles_of_an_unreadable_file_are_kept_and_reported(
    library: "Library", articles: Path
) -> None:
    library.add(articles)
    (articles / "volcano.txt").write_bytes(b"\0\0\0\0 now a program \0")
    for _ in range(2):
        report = library.add(articles, prune=True)
        assert counts(report) == {"unchanged": 1}
        assert report.failed[0].source == str(articles / "volcano.txt")
        assert "kept" in report.failed[-1].reason
        assert texts(library)["volcano.txt"].startswith("A volcano")
    (articles / "volcano.txt").write_text("Snow fell.")
    assert counts(library.add(articles)) == {"changed": 1, "unchanged": 1}


def test_the_articles_of_an_emptied_file_are_removed(library: "Library", articles: Path) -> None:
    library.add(articles)
    (articles / "volcano.txt").write_text("")
    report = library.add(articles)
    assert (report.removed, report.failed) == (1, [])
    assert "volcano.txt" not in texts(library)
    assert library.stale_files() == ([], [])


def test_a_file_that_became_binary_is_reported_and_its_articles_kept(
    library: "Library", articles: Path
) -> None:
    library.add(articles)
    (articles / "volcano.txt").write_bytes(b"\x00\x01" * 500)
    report = library.add(articles)
    assert [problem.source for problem in report.failed] == [str(articles / "volcano.txt")]
    assert "volcano.txt" in texts(library)
    assert library.stale_files() == ([], []), "it was reported; a warning would not help"
    assert len(library.add(articles).failed) == 1, "it is reported until it can be read"


def test_pruning_a_folder_drops_a_subfolder_that_is_gone(
    library: "Library", articles: Path
) -> None:
    deeper = articles / "deeper"
    deeper.mkdir()
    (deeper / "tide.txt").write_text("The tide rose at noon.")
    library.add(articles)
    (deeper / "tide.txt").unlink()
    deeper.rmdir()
    report = library.add(articles, prune=True)
    assert (report.removed, report.unpruned) == (1, [])
    assert "tide.txt" not in texts(library)


def test_a_file_renamed_to_another_format_is_new(library: "Library", articles: Path) -> None:
    library.add(articles)
    (articles / "volcano.txt").rename(articles / "volcano.md")
    report = library.add(articles)
    assert (report.moved, report.new, len(report.vanished)) == (0, 1, 1)


def test_records_after_the_cut_of_a_truncated_file_are_kept(
    library: "Library", articles: Path
) -> None:
    path = articles / "wire.jsonl.gz"
    filling = [os.urandom(3000).hex() for _ in range(40)]
    records = [json.dumps({"title": f"Record {n}", "text": text}) for n, text in enumerate(filling)]
    data = gzip.compress("\n".join(records).encode())
    path.write_bytes(data)
    assert counts(library.add(path)) == {"new": 40}
    path.write_bytes(data[: len(data) // 2])
    report = library.add(path)
    assert report.removed == report.new == 0
    assert len(library.articles()) == 40
    assert "cut short" in report.failed[0].reason


@contextmanager
def as_another_user() -> Iterator[None]:
    """Drop root's rights, because root may read everything."""
    if os.geteuid():
        yield
        return
    os.setegid(65534)
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)


@pytest.fixture
def shared_folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="qa-test-"))
    folder.chmod(0o777)
    yield folder
    shutil.rmtree(folder)


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="permissions are Unix's")
@pytest.mark.parametrize("closed", ["ash/volcano.txt", "ash"])
def test_a_file_without_read_permission_is_kept_and_reported(
    encoders: dict[Any, "WordEncoder"],
    shared_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    closed: str,
) -> None:
    from qa.library import Library

    monkeypatch.setenv("QA_HOME", str(shared_folder / "home"))
    with as_another_user():
        articles = shared_folder / "articles"
        (articles / "ash").mkdir(parents=True)
        (articles / "ash" / "volcano.txt").write_text("A volcano erupted.")
        (articles / "snow.txt").write_text("Snow fell.")
        with Library.open(shared_folder / "library") as library:
            library.add(articles)
            path = articles / closed
            os.utime(articles / "ash" / "volcano.txt", ns=(1, 1))
            mode = path.stat().st_mode
            path.chmod(0)
            try:
                report = library.add(articles, prune=True)
            finally:
                path.chmod(mode)
            assert len(library.articles()) == 2
            assert [(p.source, p.reason) for p in report.failed] == [
                (str(path), "permission denied")
            ]
            assert report.vanished == []


# A run that is stopped


def test_a_run_that_is_stopped_keeps_its_finished_batches(
    library: "Library",
    articles: Path,
    word_encoder: "WordEncoder",
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("qa.indexing.pipeline.BATCH_PASSAGES", 5)
    path = articles / "wire.jsonl"
    write_records(path, *(f"Number{index} fell." for index in range(20)))
    heard: list[tuple[int, int, int]] = []

    def stop_at_the_third(done_bytes: int, total_bytes: int, report: Report) -> None:
        heard.append((done_bytes, total_bytes, report.new))
        if len(heard) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        library.add(path, progress=stop_at_the_third)
    assert heard == [(0, path.stat().st_size, count) for count in (5, 10, 15)]
    assert len(library.articles()) == 15
    word_encoder.encoded.clear()
    assert counts(library.add(path)) == {"new": 5, "unchanged": 15}
    assert len(word_encoder.encoded) == 5
    assert len(library.articles()) == 20


def test_an_encoder_that_fails_leaves_the_library_as_it_was(
    library: "Library",
    articles: Path,
    word_encoder: "WordEncoder",
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    library.add(articles / "volcano.txt")

    def fail(*_: object) -> None:
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(word_encoder, "encode", fail)
        with pytest.raises(MemoryError):
            library.add(articles)
    assert set(texts(library)) == {"volcano.txt"}
    assert counts(library.add(articles)) == {"new": 1, "unchanged": 1}


def test_progress_ends_at_the_total(library: "Library", articles: Path) -> None:
    heard: list[tuple[int, int]] = []

    def hear(done_bytes: int, total_bytes: int, report: Report) -> None:
        heard.append((done_bytes, total_bytes))

    library.add(articles, progress=hear)
    size = sum(path.stat().st_size for path in articles.iterdir())
    assert heard[-1] == (size, size)


def test_files_that_are_not_articles_are_counted_and_not_listed(
    library: "Library", articles: Path
) -> None:
    (articles / "photo.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    (articles / "empty.txt").write_text("")
    report = library.add(articles)
    assert (report.skipped, report.failed) == (2, [])
    named = library.add(articles / "photo.png")
    assert [problem.source for problem in named.failed] == [str(articles / "photo.png")]


# Pruning, and disks that are not mounted


def test_files_on_an_unmounted_disk_under_a_given_folder_are_kept(
    library: "Library", articles: Path
) -> None:
    disk = articles / "disk"
    disk.mkdir()
    for number in range(3):
        (disk / f"{number}.txt").write_text(f"The tide rose at {number}.")
    library.add(articles)
    for path in disk.iterdir():
        path.unlink()
    report = library.add(articles, prune=True)
    assert (report.removed, len(report.unpruned)) == (0, 3)
    (disk / "leftover.bin").write_bytes(b"\0")  # a mount point may hold such a file
    report = library.add(articles, prune=True)
    assert (report.removed, len(report.unpruned)) == (0, 3)
    (disk / "0.txt").write_text("The tide rose at 0.")
    report = library.add(articles, prune=True)
    assert (report.removed, report.unpruned) == (2, [])


def test_nothing_is_pruned_if_it_is_too_much(library: "Library", tmp_path: Path) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(30):
        (folder / f"{number:02}.txt").write_text(f"The tide rose at {number}.")
    library.add(folder)
    for number in range(20):
        (folder / f"{number:02}.txt").unlink()
    report = library.add(folder, prune=True)
    assert (report.removed, report.is_too_much, len(report.unpruned)) == (0, True, 20)
    assert len(library.articles()) == 30
    report = library.add(folder, prune=True, prune_share=0.7)
    assert (report.removed, report.is_too_much) == (20, False)


def test_a_few_files_may_always_be_pruned(library: "Library", articles: Path) -> None:
    (articles / "third.txt").write_text("The tide rose.")
    library.add(articles)
    for name in ("volcano.txt", "election.txt"):
        (articles / name).unlink()
    report = library.add(articles, prune=True)
    assert (report.removed, report.is_too_much) == (2, False)


# The same file by another name, another file by the same name


def test_a_link_and_its_target_are_one_file(library: "Library", articles: Path) -> None:
    link = articles.parent / "link"
    link.symlink_to(articles)
    assert counts(library.add(link)) == {"new": 2}
    assert counts(library.add(articles)) == {"unchanged": 2}
    assert {Path(row.source).parent for row in library.articles()} == {link}


def test_a_library_that_knows_a_file_by_its_link_moves_it(
    library: "Library", articles: Path, word_encoder: "WordEncoder"
) -> None:
    link = articles.parent / "link"
    link.symlink_to(articles)
    library.add(articles)
    connection = library._store.connection()
    connection.execute("UPDATE files SET path = replace(path, ?, ?)", (str(articles), str(link)))
    before = numbers(library)
    word_encoder.encoded.clear()
    assert counts(library.add(articles)) == {"moved": 2}
    assert (numbers(library), word_encoder.encoded) == (before, [])


def test_a_file_that_was_known_twice_is_known_once(library: "Library", articles: Path) -> None:
    library.add(articles)
    link = articles.parent / "link"
    link.symlink_to(articles)
    copied = articles.parent / "copy"
    shutil.copytree(articles, copied)
    library.add(copied)
    connection = library._store.connection()
    connection.execute("UPDATE files SET path = replace(path, ?, ?)", (f"{copied}/", f"{link}/"))
    assert counts(library.add(articles)) == {"removed": 2, "unchanged": 2}
    assert len(library.articles()) == 2


def test_a_renamed_folder_is_moved_when_only_its_new_name_is_indexed(
    library: "Library", articles: Path, word_encoder: "WordEncoder"
) -> None:
    library.add(articles)
    before = numbers(library)
    word_encoder.encoded.clear()
    renamed = articles.rename(articles.parent / "press")
    report = library.add(renamed, prune=True)
    assert (counts(report), report.vanished) == ({"moved": 2}, [])
    assert (numbers(library), word_encoder.encoded) == (before, [])


def test_files_that_are_gone_elsewhere_are_not_reported(library: "Library", articles: Path) -> None:
    library.add(articles)
    shutil.rmtree(articles)
    other = articles.parent / "other"
    other.mkdir()
    (other / "mine.txt").write_text("The mine opened in 1920.")
    report = library.add(other, prune=True)
    assert (counts(report), report.vanished) == ({"new": 1}, [])
    assert len(library.articles()) == 3


def test_a_file_that_became_a_folder_is_gone(library: "Library", articles: Path) -> None:
    library.add(articles)
    path = articles / "volcano.txt"
    path.unlink()
    path.mkdir()
    (path / "text.txt").write_text("The mine opened in 1920.")
    assert library.stale_files() == ([], [str(path)])
    assert counts(library.add(articles, prune=True)) == {"new": 1, "unchanged": 1, "removed": 1}
    assert set(texts(library)) == {"election.txt", "text.txt"}


def test_bytes_that_keep_size_and_time_are_seen_as_changed(
    library: "Library", articles: Path
) -> None:
    library.add(articles)
    path = articles / "volcano.txt"
    new = path.read_text().replace("Iceland", "Ireland")
    replace_keeping(path, new, modified_ns=path.stat().st_mtime_ns)
    assert library.stale_files() == ([str(path)], [])
    assert counts(library.add(articles)) == {"changed": 1, "unchanged": 1}
    path.chmod(0o600)
    assert library.stale_files() == ([], [])
    assert counts(library.add(articles)) == {"unchanged": 2}


def test_a_folder_that_became_a_link_keeps_its_articles(
    library: "Library", articles: Path, word_encoder: "WordEncoder"
) -> None:
    library.add(articles)
    before = numbers(library)
    elsewhere = articles.parent / "disk"
    shutil.copytree(articles, elsewhere)
    shutil.rmtree(articles)
    articles.symlink_to(elsewhere)
    word_encoder.encoded.clear()
    for expected in ({"moved": 2}, {"unchanged": 2}, {"unchanged": 2}):
        assert counts(library.add(articles)) == expected
    assert (numbers(library), word_encoder.encoded) == (before, [])


def test_files_of_a_renamed_archive_have_its_new_name(library: "Library", tmp_path: Path) -> None:
    path = tmp_path / "old.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("pier.txt", "The pier closed on Sunday.")
    library.add(path)
    renamed = path.rename(tmp_path / "new.zip")
    assert counts(library.add(renamed)) == {"moved": 1}
    (row,) = library.articles()
    assert row.source == f"{renamed}/pier.txt"


def test_a_packed_table_is_a_table(library: "Library", tmp_path: Path) -> None:
    path = tmp_path / "wire.csv.bz2"
    path.write_bytes(bz2.compress(b"title,text\nPier,It closed.\nMine,It opened.\n"))
    library.add(path)
    assert {row.title for row in library.articles()} == {"Pier", "Mine"}


# Formats that are read in other processes

MAIL = """\
From: Anna Holm <anna@example.org>
Subject: The pier
Date: Fri, 21 Oct 2011 10:00:00 +0200
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain

The pier reopens in May.
--b
Content-Type: image/png
Content-Disposition: attachment; filename=pier.png
Content-Transfer-Encoding: base64

iVBORw0KGgo=
--b--
"""


def test_formats_are_read_in_order_and_not_again(library: "Library", tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    folder.mkdir()
    (folder / "a.html").write_text(
        "<html><head><title>Storm</title></head><body><p>A storm closed the port on Sunday, and "
        "nobody was hurt by the fallen crane.</p></body></html>"
    )
    (folder / "b.eml").write_text(MAIL)
    (folder / "c.rtf").write_text(r"{\rtf1 The mill burned in 1930.}")
    (folder / "d.pdf").write_text("%PDF-1.7 cut short")
    (folder / "e.csv").write_text("title,text\nMine,The mine opened in 1920.\n")
    report = library.add(folder)
    assert counts(report) == {"new": 4}
    assert [Path(problem.source).name for problem in report.failed] == ["d.pdf"]
    assert dict(report.skipped_for) == {"attachment of a mail": 1}
    assert [row.title for row in sorted(library.articles())] == [
        "Storm",
        "The pier",
        "The mill burned in 1930.",
        "Mine",
    ]
    again = library.add(folder)
    assert (counts(again), len(again.failed)) == ({"unchanged": 4}, 1)
    assert not again.skipped_for


# Dates in digits


def test_a_date_that_can_be_read_in_two_ways_is_read_as_the_others_of_its_folder(
    library: "Library", tmp_path: Path
) -> None:
    for folder, clear in (("uk", "24/10/2011"), ("us", "10/24/2011")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "clear.txt").write_text(f"Mill\nDate: {clear}\n\nThe mill burned.")
        (tmp_path / folder / "open.txt").write_text("Pier\nDate: 03/04/2011\n\nThe pier closed.")
    report = library.add(tmp_path / "uk", tmp_path / "us")
    assert counts(report) == {"new": 4}
    dates = {row.source.removeprefix(str(tmp_path)): row.published for row in library.articles()}
    assert {name: str(day) for name, day in dates.items()} == {
        "/uk/clear.txt": "2011-10-24",
        "/uk/open.txt": "2011-04-03",
        "/us/clear.txt": "2011-10-24",
        "/us/open.txt": "2011-03-04",
    }
    (row,) = library.find("uk/open.txt")
    article = library.article(row.id)
    assert (article.is_date_guess, article.dated) == (
        True,
        "header line, day first as in the other files",
    )
    assert counts(library.add(tmp_path / "uk", tmp_path / "us")) == {"unchanged": 4}


def test_a_date_that_was_settled_is_unchanged_and_is_settled_again(
    library: "Library", tmp_path: Path
) -> None:
    (tmp_path / "clear.txt").write_text("Mill\nDate: 24/10/2011\n\nThe mill burned.")
    (tmp_path / "open.csv").write_text("title,date,text\nPier,03/04/2011,The pier closed.\n")
    library.add(tmp_path)

    def pier() -> str:
        (row,) = library.find("open.csv")
        return str(row.published)

    assert pier() == "2011-04-03"
    assert counts(library.add(tmp_path, reread=True)) == {"unchanged": 2}
    assert pier() == "2011-04-03"
    (tmp_path / "clear.txt").write_text("Mill\nDate: 10/24/2011\n\nThe mill burned.")
    library.add(tmp_path)
    assert pier() == "2011-03-04"
    (tmp_path / "more.txt").write_text("Mine\nDate: 24/10/2011\n\nThe mine closed.")
    library.add(tmp_path)
    assert pier() == "None"
    assert [Path(source).name for source in library.doubts().undated] == ["open.csv#1"]


def test_a_date_that_nothing_decides_is_left_out_and_named(
    library: "Library", tmp_path: Path
) -> None:
    path = tmp_path / "open.txt"
    path.write_text("Pier\nDate: 03/04/2011\n\nThe pier closed.")
    library.add(path)
    (row,) = library.articles()
    assert row.published is None
    assert library.doubts().undated == [str(path)]
