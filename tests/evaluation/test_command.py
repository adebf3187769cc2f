"""``qa eval``, run as a process with the real models on small sets."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from qa import Library
from qa.datatypes import Answer, Citation, Status
from qa.turns import Verdict

pytestmark = pytest.mark.slow

TIMEOUT_SECONDS = 120

RETRIEVAL = ("hit@1", "hit@5", "hit@10", "mrr@10", "ndcg@10")
TIMES = ("median_ms", "p95_ms")
ANSWERS = ("retrieval_hit@1", "em", "f1", "auroc", "ece", "coverage@90")
STATUSES = ("answered", "weak", "not_found")

SHARE = {"type": "number", "minimum": 0, "maximum": 1}
AMOUNT = {"type": "number", "minimum": 0}
COUNT = {"type": "integer", "minimum": 0}


def estimate_of(number: dict[str, Any]) -> dict[str, Any]:
    """The schema of a metric's value and interval."""
    keys = ("value", "low", "high")
    return {
        "type": "object",
        "properties": dict.fromkeys(keys, number),
        "required": list(keys),
        "additionalProperties": False,
    }


METRICS = {
    name: estimate_of(SHARE)
    for name in (*RETRIEVAL, *ANSWERS, *STATUSES, "shown_right", "answered_precision")
}
METRICS |= {name: estimate_of(AMOUNT) for name in TIMES}
FACTS: dict[str, dict[str, Any]] = {
    "version": {"const": 1},
    "file": {"type": "string"},
    "layout": {"enum": ["squad", "beir", "lines"]},
    "mode": {"enum": ["open", "reading"]},
    "without": {"enum": [None, "gold", "article"]},
    "questions": {"type": "integer", "minimum": 1},
    "answerable": COUNT,
    "articles": {"type": ["integer", "null"], "minimum": 1},
    "model": {"type": "string", "minLength": 1},
    "reader": {"type": ["string", "null"], "minLength": 1},
    "sample": {"type": ["integer", "null"]},
    "seed": COUNT,
}
SCHEMA = {
    "type": "object",
    "properties": {**FACTS, **METRICS},
    "required": list(FACTS),
    "additionalProperties": False,
}


class Done:
    """The result of a run."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    def json(self) -> dict[str, Any]:
        """Return the one object on stdout, after checking it against the schema."""
        assert (self.code, self.err, self.out.count("\n")) == (0, "", 1), (self.out, self.err)
        found: dict[str, Any] = json.loads(self.out)
        Draft202012Validator(SCHEMA).validate(found)
        for name in METRICS.keys() & found.keys():
            assert found[name]["low"] <= found[name]["value"] <= found[name]["high"], name
        return found

    def names(self) -> set[str]:
        """Return the names of the metrics that it shows."""
        return METRICS.keys() & self.json().keys()


Run = Callable[..., Done]


@pytest.fixture
def evaluate(
    session_home: Path, real_encoder: object, real_reader: object, home: Path, tmp_path: Path
) -> Run:
    """Return a function that runs ``qa eval`` in a home of its own, with shared exported models."""
    (home / "cache").unlink()
    (home / "cache").mkdir()
    (home / "cache" / "models").symlink_to(session_home / "cache" / "models")

    def run(*arguments: str | Path) -> Done:
        done = subprocess.run(
            [sys.executable, "-m", "qa", "eval", *map(str, arguments)],
            capture_output=True,
            text=True,
            check=False,
            cwd=tmp_path,
            timeout=TIMEOUT_SECONDS,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return Done(done.returncode, done.stdout, done.stderr)

    return run


def test_squad_questions_are_asked_of_all_paragraphs(evaluate: Run, squad_file: Path) -> None:
    found = evaluate(squad_file, "--json").json()
    assert (found["layout"], found["mode"], found["without"]) == ("squad", "open", None)
    assert (found["questions"], found["answerable"], found["articles"]) == (6, 4, 4)
    assert {*RETRIEVAL, *ANSWERS, *STATUSES, *TIMES} <= found.keys()
    # Four paragraphs on four subjects: the right one always comes first.
    assert found["hit@1"]["value"] == found["retrieval_hit@1"]["value"] == 1
    assert found["ndcg@10"]["value"] == found["mrr@10"]["low"] == 1
    assert found["f1"]["value"] > 0
    shares = sum(found[name]["value"] for name in STATUSES)
    assert shares == pytest.approx(1, abs=1e-3)


def test_a_second_run_is_the_same_and_indexes_nothing(
    evaluate: Run, squad_file: Path, home: Path
) -> None:
    first = evaluate(squad_file, "--json").json()
    (folder,) = (home / "cache" / "eval").iterdir()
    before = (folder / "pool.jsonl").stat().st_mtime_ns
    second = evaluate(squad_file, "--json").json()
    assert [(home / "cache" / "eval" / folder.name)] == list((home / "cache" / "eval").iterdir())
    assert (folder / "pool.jsonl").stat().st_mtime_ns == before
    for name in TIMES:
        del first[name], second[name]
    assert first == second
    assert not (home / "data").exists()  # no library is created


def test_a_pool_adds_paragraphs(evaluate: Run, squad_file: Path, more_squad_file: Path) -> None:
    found = evaluate(squad_file, "--pool", more_squad_file, "--json", "--quiet").json()
    assert (found["articles"], found["questions"]) == (5, 6)


@pytest.mark.parametrize("without", ["gold", "article"])
def test_without_the_gold_fewer_answers_are_claimed(
    evaluate: Run, squad_file: Path, without: str
) -> None:
    found = evaluate(squad_file, "--without", without, "--json").json()
    assert (found["questions"], found["answerable"], found["without"]) == (4, 4, without)
    assert found["hit@1"]["value"] == 1  # only with the gold
    assert found["auroc"]["value"] > 0.8  # the other paragraphs are on other subjects


def test_reading_can_be_measured_alone(evaluate: Run, squad_file: Path, own_file: Path) -> None:
    done = evaluate(squad_file, "--reading", "--json")
    assert done.names() == {"em", "f1", "auroc", *TIMES}
    found = done.json()
    assert (found["mode"], found["articles"], found["questions"]) == ("reading", None, 6)
    assert found["f1"]["value"] > 0.2
    assert evaluate(own_file, "--reading", "--json").json()["answerable"] == 2


def test_for_beir_only_retrieval_is_measured(evaluate: Run, beir_folder: Path) -> None:
    done = evaluate(beir_folder, "--json")
    assert done.names() == {*RETRIEVAL, *TIMES}
    found = done.json()
    assert (found["reader"], found["questions"], found["articles"]) == (None, 2, 3)
    assert found["hit@1"]["value"] == 1
    assert evaluate(f"{beir_folder}/", "--sample", "1", "--json").json()["questions"] == 1


def test_json_lines_are_asked_of_the_articles_named(
    evaluate: Run, own_file: Path, article_folder: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.txt"
    other.write_text("This one is about something else.\n")
    found = evaluate(own_file, "articles", "--json").json()
    assert (found["questions"], found["answerable"], found["articles"]) == (3, 2, 5)
    assert found["hit@1"]["value"] == 1
    again = evaluate(own_file, other, "articles", "--library", "default", "--json").json()
    assert again["articles"] == 6
    library = evaluate(own_file, "--json", "--without", "gold").json()
    assert (library["articles"], library["questions"], library["answerable"]) == (6, 2, 2)
    refused = evaluate(own_file, other)
    assert (refused.code, refused.out) == (2, "")
    assert "own.jsonl:1: no article here is called 'articles/mill.txt'" in refused.err


def test_the_table_names_each_metric(evaluate: Run, own_file: Path, article_folder: Path) -> None:
    done = evaluate(own_file, article_folder)
    assert (done.code, done.err) == (0, "")
    head, table = done.out.split("\n\n")
    assert "3 questions · 2 with an answer · 5 articles" in head
    rows = {line.split()[0]: line for line in table.splitlines()}
    assert {*RETRIEVAL, *ANSWERS, *STATUSES, *TIMES} <= rows.keys()
    assert rows["hit@1"].split()[1:5] == ["1.000", "1.000", "to", "1.000"]
    assert "\x1b" not in done.out


def test_wrong_answers_are_written_to_a_file(
    evaluate: Run, own_file: Path, article_folder: Path, tmp_path: Path
) -> None:
    hostile = {"question": "What [b] is \u202e it\u0007?", "answers": ["\x1b[31mno\ud83d such"]}
    with own_file.open("a") as stream:
        stream.write(json.dumps(hostile) + "\n")
    evaluate(own_file, article_folder, "--wrong", "wrong.jsonl", "--json").json()
    rows = [json.loads(line) for line in (tmp_path / "wrong.jsonl").read_text().splitlines()]
    assert rows
    assert set(rows[0]) == {
        "id",
        "question",
        "answers",
        "answered",
        "confidence",
        "status",
        "source",
        "sentence",
        "gold_left_out",
        "gold_rank",
    }
    sure = [row["confidence"] for row in rows]
    assert sure == sorted(sure, reverse=True)
    (bad,) = (row for row in rows if row["id"] == "4")
    assert (bad["question"], bad["answers"]) == ("What [b] is it?", ["no such"])
    assert bad["gold_rank"] is None


def test_rated_turns_are_asked_again(evaluate: Run, article_folder: Path) -> None:
    with Library.open() as library:
        assert library.add(article_folder).failed == []
        (row,) = (row for row in library.articles() if row.source.endswith("articles/mill.txt"))
        mill = library.article(row.id)
        number = library.start_conversation()

        def rate(question: str, text: str, verdict: Verdict) -> None:
            start = mill.text.index(text)
            cited = (Citation(1, mill, start, start + len(text)),) if text else ()
            status = Status.ANSWERED if text else Status.NOT_FOUND
            answer = Answer(question, text, status, 0.9, cited, (), ())
            library.judge(library.add_turn(number, question, answer).id, verdict)

        rate("Who ran the inn?", "Anna Marsh", "wrong")
        library.add_turn(number, "Why?", Answer("Why?", "", Status.NOT_FOUND, 0.0, (), (), ()))
        refused = evaluate("--rated")
        assert (refused.code, refused.out) == (2, "")
        assert "^G marks an answer as right" in refused.err
        rate("Who built the mill at Aldbury?", "Anna Marsh", "right")
        rate("How many boats sank?", "", "right")
    found = evaluate("--rated", "--json").json()
    assert (found["questions"], found["answerable"], found["articles"]) == (2, 1, 5)
    assert found["hit@1"]["value"] == 1
    done = evaluate("--rated")
    assert done.out.startswith("rated questions of ")
    (article_folder / "mill.txt").unlink()
    with Library.open() as library:
        library.add(article_folder, prune=True)
    fewer = evaluate("--rated")
    assert "1 questions" in fewer.out
    assert fewer.err == "1 rated questions are left out: their articles are gone.\n"


def test_a_seed_draws_the_sample_and_the_intervals(evaluate: Run, squad_file: Path) -> None:
    def run(*arguments: str) -> dict[str, Any]:
        found = evaluate(squad_file, "--reading", "--json", *arguments).json()
        return {name: value for name, value in found.items() if name not in TIMES}

    some = run("--sample", "4", "--seed", "1")
    assert (some["questions"], some["sample"], some["seed"]) == (4, 4, 1)
    assert some == run("--sample", "4", "--seed", "1")
    assert run("--sample", "99")["questions"] == 6


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("missing.json",), "missing.json cannot be read"),
        (("squad.json", "articles"), "brings its own articles"),
        (("squad.json", "--library", "x"), "brings its own articles"),
        (("beir", "--reading"), "BEIR has no answers"),
        (("beir", "--without", "gold"), "BEIR has no answers"),
        (("beir", "--wrong", "wrong.jsonl"), "BEIR has no answers"),
        (("squad.json", "--reading", "--without", "gold"), "drop --without"),
        (("squad.json", "--reading", "--pool", "beir"), "drop --pool"),
        (("own.jsonl", "articles", "--reading"), "drop PATH"),
        (("own.jsonl", "--pool", "beir"), "index the articles instead"),
        (("own.jsonl", "--without", "article"), "write --without gold"),
        (("squad.json", "--pool", "own.jsonl"), "no paragraphs of its own"),
        (("squad.json", "--pool", "missing"), "missing cannot be read"),
        (("squad.json", "--wrong", "no/such/folder.jsonl"), "cannot be written"),
        (("own.jsonl", "nowhere"), "no such file or folder: nowhere"),
        (("own.jsonl",), "no articles"),
        (("none.jsonl", "--without", "gold"), "no question with an answer"),
        (("squad.json", "--sample", "0"), "--sample"),
        (("squad.json", "--seed", "-1"), "--seed"),
        (("squad.json", "--without", "all"), "--without"),
        ((), "FILE"),
        (("squad.json", "--rated"), "drop squad.json"),
        (("--rated",), "no articles"),
    ],
)
def test_wrong_usage_is_refused_in_one_line(
    evaluate: Run,
    squad_file: Path,
    beir_folder: Path,
    own_file: Path,
    article_folder: Path,
    tmp_path: Path,
    arguments: tuple[str, ...],
    why: str,
) -> None:
    (tmp_path / "none.jsonl").write_text('{"question": "Who?", "answers": []}\n')
    done = evaluate(*arguments)
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1), done.err
    assert why in done.err


def _holds_articles(database: Path) -> bool:
    """Whether the first batch is committed; by then all modules are imported."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        return bool(connection.execute("SELECT count(*) FROM articles").fetchone()[0])
    except sqlite3.OperationalError:  # the tables do not exist yet
        return False
    finally:
        connection.close()


def test_ctrl_c_ends_it(evaluate: Run, tmp_path: Path, home: Path) -> None:
    texts = [
        f"Village {n} lies {n} miles from the sea; its mill has {n} sacks." for n in range(1500)
    ]
    paragraphs = [
        {"context": text, "qas": [{"question": f"Where is village {n}?", "answers": []}]}
        for n, text in enumerate(texts)
    ]
    (tmp_path / "long.json").write_text(json.dumps({"data": [{"paragraphs": paragraphs}]}))
    running = subprocess.Popen(
        [sys.executable, "-m", "qa", "eval", "long.json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        env=os.environ,
    )
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while not any(map(_holds_articles, (home / "cache").glob("eval/*/library/library.sqlite"))):
        assert time.monotonic() < deadline
        assert running.poll() is None
        time.sleep(0.05)
    running.send_signal(signal.SIGINT)
    try:
        out, err = running.communicate(timeout=TIMEOUT_SECONDS)
    finally:
        running.kill()
    assert (running.returncode, out, err.strip()) == (130, b"", b"Interrupted.")
