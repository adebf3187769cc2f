"""``qa suggest``."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command_line.shell import Shell
from tests.conftest import ROOT

pytestmark = pytest.mark.slow


@pytest.fixture
def seeded(fresh: Shell) -> Iterator[Shell]:
    """A shell whose library has three of the sample articles."""
    folder = Path(fresh.folder) / "seeds"
    folder.mkdir()
    for name in ("libya-nato.txt", "world-cup-semi-final-2014-07-08.txt", "wire.jsonl"):
        shutil.copy(ROOT / "seeds" / name, folder)
    assert fresh("index", "seeds").code == 0
    yield fresh


def test_it_suggests_questions_that_qa_answers(seeded: Shell) -> None:
    done = seeded("suggest")
    assert (done.code, done.err) == (0, "")
    rows = [line.split("\t") for line in done.out.splitlines()]
    asked = {question: answer for question, answer, _ in rows}
    assert asked["Who commands NATO's Libya operation?"] == "Charles Bouchard"
    found = seeded("suggest", "--json").json("suggest")["questions"]
    assert [each["question"] for each in found] == [row[0] for row in rows]
    assert all(each["citation"]["quote"] for each in found)
    answer = seeded("ask", rows[0][0], "--json").json("ask")
    assert (answer["status"], answer["answer"]) == ("answered", rows[0][1])


def test_there_may_be_fewer_or_none(seeded: Shell) -> None:
    assert len(seeded("suggest", "-n", "1").out.splitlines()) == 1
    none = seeded("suggest", "--since", "2999")
    assert (none.code, none.out) == (1, "")
    assert none.err == "The articles suggest no question that qa is sure of. Ask your own.\n"
    assert seeded("suggest", "--since", "2999", "--json").json("suggest")["questions"] == []
