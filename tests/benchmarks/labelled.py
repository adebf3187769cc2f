"""Labelled questions and their pools, read from the folder that QA_DATA names."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa import Library
from qa.articles.clean import clean


@dataclass(frozen=True)
class Question:
    """A question with the paragraphs that answer it."""

    text: str
    """As it was asked."""
    gold: frozenset[str]
    """Names of the pool's paragraphs that answer it; empty when none does."""
    answers: tuple[str, ...] = ()
    """Exact answers, where they are known."""


@dataclass(frozen=True)
class Collection:
    """Paragraphs by name, and questions about them."""

    pool: dict[str, tuple[str, str]]
    """Title, which may be empty, and text of each paragraph."""
    questions: list[Question]
    """The labelled questions."""


def data_folder() -> Path:
    """Return the data folder; end the program with a line that says how to name it."""
    folder = os.environ.get("QA_DATA")
    if not folder:
        raise SystemExit("Set QA_DATA to the folder that holds reader-train/, retrieval/, scale/.")
    return Path(folder)


def read_beir(folder: Path) -> Collection:
    """Read a BEIR folder: corpus.jsonl, queries.jsonl, qrels/test.tsv."""
    pool = {row["_id"]: (row["title"], row["text"]) for row in _lines(folder / "corpus.jsonl")}
    texts = {row["_id"]: row["text"] for row in _lines(folder / "queries.jsonl")}
    gold: dict[str, set[str]] = {}
    for line in (folder / "qrels" / "test.tsv").read_text().splitlines()[1:]:
        query, paragraph, score = line.split("\t")
        if int(score) > 0:
            gold.setdefault(query, set()).add(paragraph)
    return Collection(pool, [Question(texts[q], frozenset(found)) for q, found in gold.items()])


def read_training() -> Collection:
    """Read the training sets: SQuADShifts, QED and ClapNQ."""
    folder = data_folder() / "reader-train"
    pool: dict[str, tuple[str, str]] = {}
    questions = []
    for name in ("new_wiki", "reddit", "amazon_reviews"):
        data = json.loads((folder / f"{name}.json").read_text())["data"]
        paragraphs = [paragraph for article in data for paragraph in article["paragraphs"]]
        for number, paragraph in enumerate(paragraphs):
            key = f"{name}-{number}"
            pool[key] = ("", paragraph["context"])
            for asked in paragraph["qas"]:
                answers = tuple({answer["text"] for answer in asked["answers"]})
                questions.append(Question(asked["question"], frozenset({key}), answers))
    for number, row in enumerate(_lines(folder / "qed.jsonl")):
        key = f"qed-{number}"
        pool[key] = ("", row["paragraph_text"])
        answers = tuple(part["string"] for parts in row["original_nq_answers"] for part in parts)
        questions.append(Question(row["question_text"], frozenset({key}), answers))
    for kind in ("answerable", "unanswerable"):
        for row in _lines(folder / f"clapnq_dev_{kind}.jsonl"):
            passage = row["passages"][0]
            key = f"clapnq-{row['id']}"
            pool[key] = ("", passage["text"])
            if kind == "unanswerable":
                questions.append(Question(row["input"], frozenset()))
    return Collection(pool, questions)


def build_library(collection: Collection, folder: Path) -> tuple[Library, dict[str, str]]:
    """Index a pool, one article a paragraph; return the library and names by article id."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "pool.jsonl"
    if not path.exists():
        with path.open("w") as stream:
            for title, text in collection.pool.values():
                stream.write(json.dumps({"title": title, "text": text}) + "\n")
    library = Library.open(folder / "library")
    library.add(path)
    names = list(collection.pool)
    by_id = {
        str(row.id): names[int(row.source.rpartition("#")[2]) - 1] for row in library.articles()
    }
    return library, by_id


def holds_answer(text: str, answers: tuple[str, ...]) -> bool:
    """Whether a text has one of the answers in it."""
    folded = text.casefold()
    return any(clean(answer).strip().casefold() in folded for answer in answers if answer.strip())


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open() as stream:
        for line in stream:
            yield json.loads(line)
