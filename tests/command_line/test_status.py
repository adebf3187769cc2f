"""``qa status``, ``qa doctor`` and ``qa models``."""

import re
import shlex
import shutil
import sqlite3
from pathlib import Path

import pytest

from qa import Library
from tests.command_line.articles import NEWS, WHO
from tests.command_line.shell import Shell, write

pytestmark = pytest.mark.slow


def test_status_describes_the_library(qa: Shell) -> None:
    done = qa("status")
    assert (done.code, done.err) == (0, "")
    for part in ("10 in ", "2011-10-24 to 2014-05-06", "MiniLM", "exactly", str(qa.home)):
        assert part in done.out
    found = qa("status", "--json").json("status")
    assert (found["articles"], found["changed_files"], found["since"]) == (10, 0, "2011-10-24")


def test_status_counts_one_as_one(fresh: Shell) -> None:
    write(fresh.folder, {"a.txt": "One tower.\n"})
    assert fresh("index", "a.txt", "--library", "one").code == 0
    assert "articles  1 in 1 file, 1 passage\n" in fresh("status", "--library", "one").out


def test_doctor_finds_no_fault(qa: Shell) -> None:
    done = qa("doctor")
    assert (done.code, done.err) == (0, "")
    assert "BAD" not in done.out
    assert all(finding["is_well"] for finding in qa("doctor", "--json").json("doctor")["findings"])


@pytest.fixture
def copied(qa: Shell, tmp_path: Path) -> tuple[Shell, Path]:
    """A copy of the home, with its library and exported models; and the encoder's graph."""
    home = tmp_path / "two words"
    shutil.copytree(qa.home / "data" / "libraries" / "default", home / "data/libraries/default")
    shutil.copytree((qa.home / "cache").resolve(), home / "cache")
    (graph,) = (home / "cache").glob("models/*all-MiniLM*/model.onnx")
    return Shell(home, qa.folder), graph


def test_doctor_finds_a_flipped_byte_and_names_the_fix(copied: tuple[Shell, Path]) -> None:
    shell, graph = copied
    content = bytearray(graph.read_bytes())
    content[len(content) // 2] ^= 1
    graph.write_bytes(content)
    done = shell("doctor")
    assert done.code == 1
    (line,) = [line for line in done.out.splitlines() if line.startswith("BAD")]
    assert str(graph.parent) in line
    fix = re.search(r"to fix it: (rm -r .*)", done.out)
    assert fix
    assert shlex.split(fix.group(1))[2:] == [str(graph.parent)]
    assert graph.read_bytes() == content  # it changes nothing


def test_doctor_finds_a_damaged_library(copied: tuple[Shell, Path]) -> None:
    shell, _ = copied
    (shell.home / "data/libraries/default/library.sqlite").write_bytes(b"nothing" * 1_000)
    done = shell("doctor")
    assert (done.code, done.err) == (1, "")
    assert "to fix it: " in done.out
    assert shell("ask", WHO).is_refusal()


@pytest.mark.parametrize("place", ["a file", "in a file"])
def test_a_library_that_cannot_be_created_is_refused(fresh: Shell, place: str) -> None:
    write(fresh.folder, NEWS)
    library = "./undated.txt" if place == "a file" else "./undated.txt/library"
    done = fresh("index", "harbour", "--library", library)
    assert done.is_refusal()
    assert "undated.txt" in done.err


def test_models_lists_the_default_as_installed(fresh: Shell) -> None:
    found = fresh("models", "--json").json("models")["models"]
    names = ("sentence-transformers/all-MiniLM-L6-v2", "qa/MiniLM-L6-reader")
    defaults = (*names, "qa/MiniLM-L6-verifier")
    assert [(row["name"], row["installed"]) for row in found if row["default"]] == [
        (default, True) for default in defaults
    ]
    for default in defaults:
        assert re.search(f"^{default} .* installed default", fresh("models").out, re.MULTILINE)


def test_fetching_asks_first_and_uses_no_network(
    fresh: Shell, without_network: dict[str, str]
) -> None:
    refused = fresh("models", "fetch", "BAAI/bge-small-en-v1.5", variables=without_network)
    assert (refused.code, refused.out) == (2, "")
    assert "--yes" in refused.err
    assert fresh("models", "fetch", "no/such", variables=without_network).is_refusal()
    there = fresh(
        "models", "fetch", "sentence-transformers/all-MiniLM-L6-v2", variables=without_network
    )
    assert (there.code, there.out) == (0, "")


def test_a_missing_model_is_refused(qa: Shell) -> None:
    for model, part in (("no-such", "models.txt"), ("BAAI/bge-small-en-v1.5", "--reembed")):
        done = qa("ask", WHO, "--model", model)
        assert done.is_refusal()
        assert part in done.err


def test_a_library_is_not_created_among_articles(fresh: Shell) -> None:
    folder = write(fresh.folder / "news", NEWS)
    before = sorted(path.name for path in folder.iterdir())
    done = fresh("index", "news", "--library", "./news")
    assert done.code == 2
    assert "holds other files" in done.err
    assert sorted(path.name for path in folder.iterdir()) == before


def test_the_fix_for_a_damaged_text_works(fresh: Shell) -> None:
    write(fresh.folder / "news", NEWS)
    assert fresh("index", "news").code == 0
    path = fresh.home / "data" / "libraries" / "default" / "library.sqlite"
    connection = sqlite3.connect(path)
    with connection:
        connection.execute("UPDATE articles SET text = replace(text, 'Solheim', 'Solhein')")
    connection.close()
    asked = fresh("ask", WHO)
    assert (asked.code, asked.out) == (2, "")
    assert "qa doctor" in asked.err
    found = fresh("doctor", "--json").json("doctor")
    (bad,) = [finding for finding in found["findings"] if not finding["is_well"]]
    assert "storm.txt" in bad["says"]
    program, *words = shlex.split(bad["fix"])
    assert program == "qa"
    assert fresh(*words).code == 0
    assert fresh("ask", WHO).out.startswith("Ingrid Solheim")
    assert fresh("doctor").code == 0


def test_the_doctor_deletes_a_conversation_that_cannot_be_read(fresh: Shell) -> None:
    write(fresh.folder / "news", NEWS)
    assert fresh("index", "news").code == 0
    folder = fresh.home / "data" / "libraries" / "default"
    with Library.open(folder) as library:
        kept, damaged = library.start_conversation("kept"), library.start_conversation("damaged")
    connection = sqlite3.connect(folder / "library.sqlite")
    with connection:
        connection.execute(
            "UPDATE conversations SET updated = 'yesterday' WHERE id = ?", (damaged,)
        )
    connection.close()
    found = fresh("doctor", "--json").json("doctor")
    (bad,) = [finding for finding in found["findings"] if not finding["is_well"]]
    assert (bad["what"], bad["fix"]) == ("chat", "qa doctor --repair")
    assert f"conversation {damaged}" in bad["says"]
    assert fresh("doctor", "--repair").code == 0
    assert fresh("doctor").code == 0
    with Library.open(folder) as library:
        assert [each.id for each in library.conversations()] == [kept]
