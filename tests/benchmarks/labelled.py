"""Labelled questions and their pools, read from the folder that QA_DATA names."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from qa import Library
from qa.articles.clean import clean
from qa.evaluation.fields import json_lines, read_text
from qa.evaluation.sets import LabelledQuestion, LabelledSet, Layout, Paragraph, pool, read_set
from qa.evaluation.targets import open_pool


def data_folder() -> Path:
    """Return the data folder; end the program with a line that says how to name it."""
    folder = os.environ.get("QA_DATA")
    if not folder:
        raise SystemExit("Set QA_DATA to the folder that holds reader-train/, retrieval/, scale/.")
    return Path(folder)


def read_training() -> LabelledSet:
    """Read the training sets, SQuADShifts, QED and ClapNQ, as one.

    The part of a paragraph's name before its last hyphen is that of its set.
    """
    folder = data_folder() / "reader-train"
    paragraphs: list[Paragraph] = []
    questions: list[LabelledQuestion] = []

    def add(name: str, text: str, asked: str | None, answers: tuple[str, ...], gold: bool) -> None:
        paragraphs.append(Paragraph(name, "", clean(text), name))
        if asked is not None:
            found = {name: 1} if gold else {}
            questions.append(LabelledQuestion(name, asked, answers, found, "", name))

    for source in ("new_wiki", "reddit", "amazon_reviews"):
        labelled = read_set(folder / f"{source}.json")
        paragraphs += [
            replace(paragraph, name=f"{source}-{paragraph.name}")
            for paragraph in labelled.paragraphs
        ]
        questions += [
            replace(question, gold={f"{source}-{name}": 1 for name in question.gold})
            for question in labelled.questions
        ]
    for number, row in enumerate(_lines(folder / "qed.jsonl")):
        answers = tuple(part["string"] for parts in row["original_nq_answers"] for part in parts)
        add(f"qed-{number}", row["paragraph_text"], row["question_text"], answers, gold=True)
    for row in _lines(folder / "clapnq_dev_answerable.jsonl"):  # its answers are not short: unasked
        add(f"clapnq-{row['id']}", row["passages"][0]["text"], None, (), gold=False)
    for row in _lines(folder / "clapnq_dev_unanswerable.jsonl"):
        add(f"clapnq-{row['id']}", row["passages"][0]["text"], row["input"], (), gold=False)
    return LabelledSet(folder, Layout.SQUAD, tuple(questions), tuple(paragraphs))


def build_library(labelled: LabelledSet, folder: Path) -> tuple[Library, dict[str, str]]:
    """Index a set's own texts, an article each; return the library and their names by article."""
    opened = open_pool(pool(labelled), folder)
    return opened.library, {identifier: name for name, identifier in opened.ids.items()}


def _lines(path: Path) -> Iterator[Mapping[str, Any]]:
    return (row for row, _ in json_lines(path, read_text(path)))
