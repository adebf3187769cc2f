"""``qa index``, and what is reported of files that have changed."""

import os
import re
import shlex
import shutil
import signal
import sqlite3
import time
from pathlib import Path

import pytest
from filelock import FileLock

from tests.command_line.articles import NEWS, UNREADABLE, WHO
from tests.command_line.shell import TIMEOUT_SECONDS, Done, Shell, write

pytestmark = pytest.mark.slow

# index


def test_the_first_run_counts_and_names_every_file(first_run: Done) -> None:
    assert first_run.code == 0
    counts = first_run.out
    assert counts.count("\n") == 1
    for part in ("10 new", "0 changed", "0 unchanged", "0 vanished", "5 failed"):
        assert part in counts
    for name, (_, reason) in UNREADABLE.items():
        lines = [line for line in first_run.err.splitlines() if f"hostile/{name}" in line]
        assert len(lines) == 1
        assert reason in lines[0]


def test_a_run_counts_what_happened_to_the_articles(fresh: Shell) -> None:
    folder = write(fresh.folder / "news", NEWS)
    first = fresh("index", "news", "--json").json("index")
    assert (first["new"], first["unchanged"], first["failed"]) == (5, 0, [])
    (folder / "undated.txt").write_text("The lighthouse keeper of Skarvoy keeps ten goats.\n")
    (folder / "harbour" / "ferry.md").unlink()
    (folder / "new.txt").write_text("A new article about the chapel of Holt.\n")
    second = fresh("index", "news", "--json").json("index")
    assert (second["new"], second["changed"], second["unchanged"]) == (1, 1, 3)
    assert second["vanished"] == ["news/harbour/ferry.md"]
    third = fresh("index", "news")
    assert third.code == 0
    assert "0 new · 0 changed · 5 unchanged · 1 vanished · 0 failed" in third.out
    assert "news/harbour/ferry.md" in third.err
    assert "--prune" in third.err
    assert len(fresh("ls", "--json").json("ls")["articles"]) == 6
    pruned = fresh("index", "news", "--prune", "--json").json("index")
    assert (pruned["removed"], pruned["unchanged"]) == (1, 5)
    assert len(fresh("ls", "--json").json("ls")["articles"]) == 5
    shutil.rmtree(folder)
    gone = fresh("index", "news", "--prune")
    assert gone.is_refusal()
    assert len(fresh("ls", "--json").json("ls")["articles"]) == 5


@pytest.mark.skipif(os.geteuid() == 0, reason="root can read everything")
def test_a_file_without_read_permission_is_named(fresh: Shell) -> None:
    write(fresh.folder, NEWS)
    (fresh.folder / "undated.txt").chmod(0)
    done = fresh("index", ".")
    assert done.code == 0
    assert "4 new" in done.out
    assert "undated.txt: permission denied" in done.err


def test_a_run_that_reads_nothing_fails(fresh: Shell) -> None:
    (fresh.folder / "nul.txt").write_bytes(b"The lake \0 is deep.\n")
    done = fresh("index", ".")
    assert done.code != 0
    assert "nul.txt" in done.err


def test_index_without_a_path_is_refused(fresh: Shell) -> None:
    assert fresh("index").is_refusal()
    assert fresh("index", "--reembed", ".").is_refusal()


def test_ctrl_c_keeps_what_is_finished_and_the_next_run_continues(fresh: Shell) -> None:
    total = 1_500
    for number in range(total):
        (fresh.folder / f"{number:04}.txt").write_text(
            f"Village {number} lies {number} miles from the coast. Its mill has {number} sacks.\n"
        )
    running = fresh.start("index", ".", "--json")
    database = fresh.home / "data" / "libraries" / "default" / "library.sqlite"
    wait_for_articles(database)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=TIMEOUT_SECONDS)
    assert (running.returncode, out, err.strip()) == (130, b"", b"Interrupted.")
    kept = fresh("status", "--json").json("status")["articles"]
    assert 0 < kept < total
    assert fresh("doctor").code == 0
    rest = fresh("index", ".", "--json").json("index")
    assert (rest["unchanged"], rest["new"]) == (kept, total - kept)


def wait_for_articles(database: Path) -> None:
    """Return when the first batch is committed."""
    until = time.monotonic() + TIMEOUT_SECONDS
    while time.monotonic() < until:
        if database.exists():
            connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
            try:
                if connection.execute("SELECT count(*) FROM articles").fetchone()[0]:
                    return
            except sqlite3.OperationalError:  # the tables do not exist yet
                pass
            finally:
                connection.close()
        time.sleep(0.01)
    pytest.fail("no batch was committed")


def test_asking_goes_on_while_another_writes(qa: Shell) -> None:
    folder = qa.home / "data" / "libraries" / qa.copy("busy")
    with FileLock(folder / "writer.lock"):
        for command in (["ask", WHO], ["ask", WHO, "news/harbour"], ["search", WHO], ["ls"]):
            assert qa(*command, "--library", "busy").code == 0
        refused = qa("index", "news", "--library", "busy")
    assert refused.is_refusal()
    assert "busy" in refused.err


# Changed files


@pytest.mark.parametrize(
    ("change", "folder", "library"),
    [
        ("changed", "plain", []),
        ("gone", "two words", []),
        ("changed", "plain", ["--library", "other"]),
    ],
    ids=["changed", "gone", "in another library"],
)
def test_the_warning_names_a_command_that_updates(
    fresh: Shell, change: str, folder: str, library: list[str]
) -> None:
    write(fresh.folder / folder, NEWS)
    assert fresh("index", folder, *library).code == 0
    storm = fresh.folder / folder / "harbour" / "storm.txt"
    if change == "changed":
        storm.write_text("The harbour of Westport is commanded by Captain Olaf Ruud.\n")
    else:
        storm.unlink()
    warned = fresh("ask", "--json", WHO, *library)
    warned.json("ask")
    assert "storm.txt" in warned.err
    command = re.search(r"(?<=\bqa )index.*", warned.err)
    assert command, warned
    assert fresh(*shlex.split(command.group())).code == 0
    again = fresh("search", WHO, *library)
    assert (again.code, again.err) == (0, "")


def test_a_file_outside_of_the_working_folder_is_named_in_full(fresh: Shell) -> None:
    write(fresh.folder / "mine", {"a.txt": "One tower.\n", "b.txt": "One mill.\n"})
    (fresh.folder / "else" / "where").mkdir(parents=True)
    assert fresh("index", "mine").code == 0
    (fresh.folder / "mine" / "a.txt").unlink()
    assert fresh("search", "tower").err.startswith("mine/a.txt: gone. ")
    elsewhere = Shell(fresh.home, fresh.folder / "else" / "where")
    full = str((fresh.folder / "mine" / "a.txt").resolve())
    assert elsewhere("search", "tower").err.startswith(f"{full}: gone. ")


def test_the_warning_names_no_folder_that_was_never_indexed(fresh: Shell) -> None:
    write(fresh.folder / "mine", {"a/one.txt": "One tower.\n", "b/two.txt": "Two towers.\n"})
    write(fresh.folder / "mine", {"b/secret.txt": "The password is swordfish.\n"})
    assert fresh("index", "mine/a", "mine/b/two.txt").code == 0
    write(fresh.folder / "mine", {"a/one.txt": "A tower.\n", "b/two.txt": "Two big towers.\n"})
    warned = fresh("search", "tower")
    command = re.search(r"(?<=\bqa )index.*", warned.err)
    assert command, warned
    assert fresh(*shlex.split(command.group())).code == 0
    titles = [row["title"] for row in fresh("ls", "--json").json("ls")["articles"]]
    assert sorted(titles) == ["A tower.", "Two big towers."]


def test_a_folder_that_is_gone_can_be_dropped_as_the_warning_says(fresh: Shell) -> None:
    write(fresh.folder, {"kept/one.txt": "One tower.\n", "gone/two.txt": "Two towers.\n"})
    assert fresh("index", "kept", "gone").code == 0
    shutil.rmtree(fresh.folder / "gone")
    assert fresh("search", "tower", "--quiet").err == ""
    warned = fresh("search", "tower")
    command = re.search(r"(?<=\bqa )(?:index|rm) .*", warned.err)
    assert command, warned
    assert fresh(*shlex.split(command.group())).code == 0
    assert fresh("search", "tower").err == ""
