"""What a plan makes of the files on the disk and those in the library; no file, no model."""

from collections.abc import Callable

import pytest

from qa.articles.found import FoundFile
from qa.indexing.plan import PRUNE_FEW, Plan, make_plan, plan_pruning
from qa.storage.article_store import FileRow


def on_disk(path: str, size: int = 10, modified: int = 1) -> FoundFile:
    return FoundFile(path, path, size, modified)


def in_library(
    path: str, digest: str = "", size: int = 10, modified: int = 1, *, whole: bool = True
) -> FileRow:
    return FileRow(sum(path.encode()), path, path, size, modified, digest, whole, articles=2)


def plan(
    found: list[FoundFile],
    known: list[FileRow],
    digests: dict[str, str] | None = None,
    *,
    reread: bool = False,
) -> Plan:
    """A plan for files whose digests are given by path; asking for another digest fails."""
    paths = {file.path for file in found}
    vanished = [row for row in known if row.path not in paths]
    look_up: Callable[[FoundFile], str] = lambda file: (digests or {})[file.path]  # noqa: E731
    return make_plan(found, {row.path: row for row in known}, vanished, look_up, reread=reread)


def to_read(made: Plan) -> list[str]:
    return [file.found.path for file in made.to_read]


def test_a_file_that_the_library_does_not_know_is_new() -> None:
    made = plan([on_disk("/a.txt", size=7)], [])
    assert to_read(made) == ["/a.txt"]
    assert made.to_read[0].row is None
    assert made.total_bytes == 7


def test_a_file_with_its_old_size_and_time_is_unchanged_and_not_read() -> None:
    made = plan([on_disk("/a.txt")], [in_library("/a.txt", "abc")])
    assert (made.unchanged, made.to_read, made.total_bytes) == (2, [], 0)


def test_another_size_is_a_change_whatever_the_digest() -> None:
    made = plan([on_disk("/a.txt", size=11)], [in_library("/a.txt", "abc")])
    assert to_read(made) == ["/a.txt"]
    assert made.to_read[0].digest == "", "the digest was not needed"


@pytest.mark.parametrize(("digest", "is_same"), [("abc", True), ("abd", False), ("", False)])
def test_the_digest_decides_for_a_file_with_its_old_size(digest: str, is_same: bool) -> None:
    made = plan([on_disk("/a.txt", modified=2)], [in_library("/a.txt", "abc")], {"/a.txt": digest})
    assert [change.articles for change in made.touched] == [2] * is_same
    assert to_read(made) == ["/a.txt"] * (not is_same)
    assert made.total_bytes == 10


def test_a_file_that_was_not_read_whole_is_read_again() -> None:
    made = plan([on_disk("/a.txt")], [in_library("/a.txt", "", whole=False)])
    assert to_read(made) == ["/a.txt"]


def test_rereading_reads_what_is_unchanged_but_not_what_moved() -> None:
    made = plan(
        [on_disk("/a.txt"), on_disk("/c.txt")],
        [in_library("/a.txt", "abc"), in_library("/b.txt", "def")],
        {"/c.txt": "def"},
        reread=True,
    )
    assert to_read(made) == ["/a.txt"]
    assert [(change.row.path, change.found.path) for change in made.moved] == [("/b.txt", "/c.txt")]


def test_a_vanished_file_that_turns_up_elsewhere_is_moved_and_has_not_vanished() -> None:
    made = plan(
        [on_disk("/new/a.txt")],
        [in_library("/a.txt", "abc"), in_library("/b.txt", "def")],
        {"/new/a.txt": "abc"},
    )
    assert [change.row.path for change in made.moved] == ["/a.txt"]
    assert [row.path for row in made.vanished] == ["/b.txt"]
    assert made.to_read == []


@pytest.mark.parametrize(
    ("path", "size", "digest"),
    [("/b.md", 10, "abc"), ("/b.txt", 11, "abc"), ("/b.txt", 10, "abd"), ("/b.txt", 10, "")],
    ids=["suffix", "size", "bytes", "unreadable"],
)
def test_a_new_file_that_differs_is_not_the_vanished_one(path: str, size: int, digest: str) -> None:
    made = plan([on_disk(path, size)], [in_library("/a.txt", "abc")], {path: digest})
    assert (to_read(made), made.moved, len(made.vanished)) == ([path], [], 1)


def test_a_vanished_file_is_taken_for_one_new_file_only() -> None:
    digests = {"/b.txt": "abc", "/c.txt": "abc"}
    made = plan([on_disk("/b.txt"), on_disk("/c.txt")], [in_library("/a.txt", "abc")], digests)
    assert [change.found.path for change in made.moved] == ["/b.txt"]
    assert to_read(made) == ["/c.txt"]


def test_a_vanished_file_without_a_digest_is_never_moved() -> None:
    made = plan([on_disk("/b.txt")], [in_library("/a.txt", "", whole=False)])
    assert to_read(made) == ["/b.txt"]


# Pruning


def gone(count: int) -> list[FileRow]:
    return [in_library(f"/{number}.txt", "abc") for number in range(count)]


def test_pruning_drops_what_vanished_but_not_what_is_out_of_reach() -> None:
    pruning = plan_pruning(gone(3), {"/1.txt"}, known=9, share=0.5)
    assert [row.path for row in pruning.dropped] == ["/0.txt", "/2.txt"]
    assert [row.path for row in pruning.kept] == ["/1.txt"]


def test_without_a_share_nothing_is_dropped_and_what_is_out_of_reach_is_named() -> None:
    pruning = plan_pruning(gone(30), {"/1.txt"}, known=30, share=None)
    assert (list(pruning.dropped), pruning.is_too_much) == ([], False)
    assert [row.path for row in pruning.kept] == ["/1.txt"]


@pytest.mark.parametrize(
    ("vanished", "known", "share", "is_too_much"),
    [
        (PRUNE_FEW, PRUNE_FEW, 0.5, False),
        (PRUNE_FEW + 1, PRUNE_FEW + 1, 0.5, True),
        (20, 40, 0.5, False),
        (21, 40, 0.5, True),
    ],
)
def test_more_than_the_share_is_too_much_and_all_are_kept(
    vanished: int, known: int, share: float, is_too_much: bool
) -> None:
    pruning = plan_pruning(gone(vanished), set(), known, share)
    assert pruning.is_too_much == is_too_much
    assert len(pruning.kept) == vanished * is_too_much
    assert len(pruning.dropped) == vanished * (not is_too_much)
