"""Walking: each file once, in order, and nothing can block it."""

import os
import socket
from pathlib import Path

import pytest

from qa.articles.load import FoundFile, Problem, read_articles, walk
from qa.errors import UsageError


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("b.txt", "a/two.md", "a/one.txt", "c/d/deep.txt", ".hidden.txt", ".git/x.txt",
                 "node_modules/y.txt", "a/__pycache__/z.txt"):  # fmt: skip
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(f"Text of {name}.")


def names(*paths: str) -> list[str]:
    return [found.name for found in walk(paths) if isinstance(found, FoundFile)]


def test_files_are_sorted_and_have_the_name_that_was_given(tmp_path: Path) -> None:
    inner = ["a/one.txt", "a/two.md", "b.txt", "c/d/deep.txt"]
    assert names(".") == inner
    assert names("./") == inner
    assert names("a") == inner[:2]
    assert names("a/") == inner[:2]
    assert names("./a") == ["./a/one.txt", "./a/two.md"]
    assert names(str(tmp_path)) == [f"{tmp_path}/{name}" for name in inner]
    assert names("../" + tmp_path.name) == [f"../{tmp_path.name}/{name}" for name in inner]


def test_fields(tmp_path: Path) -> None:
    (found,) = walk(["b.txt"])
    status = Path("b.txt").stat()
    path = str(tmp_path / "b.txt")
    assert found == FoundFile(
        path, "b.txt", status.st_size, status.st_mtime_ns, True, status.st_ctime_ns
    )


def test_each_file_once() -> None:
    Path("link.txt").symlink_to("b.txt")
    Path("a/up").symlink_to("..")
    os.link("b.txt", "hard.txt")
    assert names(".", "a", "b.txt") == [
        *("a/one.txt", "a/two.md", "b.txt", "c/d/deep.txt", "hard.txt")
    ]


def test_linked_files_and_folders_elsewhere(tmp_path: Path) -> None:
    Path("a/to_c").symlink_to(tmp_path / "c")
    Path("a/to_b.txt").symlink_to("../b.txt")
    assert names("a") == ["a/one.txt", "a/to_b.txt", "a/to_c/d/deep.txt", "a/two.md"]


def test_a_file_given_together_with_its_folder_counts_as_given() -> None:
    assert [f.named for f in walk([".", "b.txt"]) if isinstance(f, FoundFile)] == [
        *(False, False, True, False)
    ]


def test_circular_links() -> None:
    Path("a/self").symlink_to(".")
    Path("c/d/top").symlink_to("../..")
    Path("ring1").symlink_to("ring2")
    Path("ring2").symlink_to("ring1")
    Path("broken").symlink_to("nowhere")
    found = list(walk(["."]))
    assert names(".") == ["a/one.txt", "a/two.md", "b.txt", "c/d/deep.txt"]
    problems = [problem for problem in found if isinstance(problem, Problem)]
    assert {problem.source for problem in problems} == {"ring1", "ring2", "broken"}
    assert not any(problem.quiet for problem in problems)


def test_pipes_sockets_and_devices() -> None:
    os.mkfifo("c/pipe.txt")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("c/socket")
        reasons = [found.reason for found in walk(["c"]) if isinstance(found, Problem)]
    assert reasons == ["a named pipe, not a file", "a socket, not a file"]
    (device,) = walk(["/dev/null"])
    assert isinstance(device, Problem)
    assert device.reason == "a device, not a file"


def test_a_pipe_in_place_of_a_file_does_not_hang() -> None:
    (found,) = walk(["b.txt"])
    Path("b.txt").unlink()
    os.mkfifo("b.txt")
    assert isinstance(found, FoundFile)
    (problem,) = read_articles(found)
    assert isinstance(problem, Problem)
    assert problem.reason == "not a regular file"


@pytest.mark.parametrize("path", ["nowhere", "b.txt/x", "", "a\0b", "nowhere\x1b[31m"])
def test_a_missing_path_is_reported_before_the_walk(path: str) -> None:
    with pytest.raises(UsageError, match="no such file or folder") as raised:
        walk([".", path])
    assert "\x1b" not in str(raised.value)


@pytest.mark.parametrize("name", [b"esc\x1b[31m.txt", b"new\nline.txt", b"latin\xe9.txt"])
def test_names_that_cannot_be_shown(name: bytes) -> None:
    Path(os.fsdecode(b"c/" + name)).write_text("Text.")
    problems = [found for found in walk(["c"]) if isinstance(found, Problem)]
    assert len(problems) == 1
    assert "rename it" in problems[0].reason
    assert problems[0].source.isprintable()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads everything")
def test_a_folder_without_read_permission() -> None:
    Path("a").chmod(0)
    try:
        (problem,) = [found for found in walk(["."]) if isinstance(found, Problem)]
    finally:
        Path("a").chmod(0o755)
    assert (problem.source, problem.reason) == ("a", "permission denied")


def test_very_deep_folders(tmp_path: Path) -> None:
    for _ in range(300):
        Path("d").mkdir()
        os.chdir("d")
    Path("bottom.txt").write_text("Text.")
    os.chdir(tmp_path)
    assert names("d") == ["d/" * 300 + "bottom.txt"]
