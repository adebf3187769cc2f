"""Published question sets → passages and questions with the spans of their answers.

Three layouts are read:

- SQuADShifts (Miller et al. 2020), in the layout of SQuAD 1.1 (Rajpurkar et al. 2016): three
  sources, each question answered by up to several people.
- QED (Lamm et al. 2021): questions of Natural Questions with a paragraph and short answers,
  whose offsets count code points of the paragraph.
- ClapNQ (Rosenthal et al. 2025): questions of Natural Questions with a passage that answers
  them at length, or with one that does not. No short span is marked, so its answerable
  questions teach answerability alone.

Offsets are Python code points, half-open, into the passage's text.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SQUADSHIFTS_FILES = ("new_wiki.json", "reddit.json", "amazon_reviews.json")
CASUAL = frozenset({"reddit", "amazon_reviews"})
"""Sources whose paragraphs are forum posts and product reviews."""
QED_FILE = "qed.jsonl"
CLAPNQ_ANSWERABLE_FILE = "clapnq_dev_answerable.jsonl"
CLAPNQ_UNANSWERABLE_FILE = "clapnq_dev_unanswerable.jsonl"


@dataclass(frozen=True, slots=True)
class TrainingPassage:
    """A paragraph that questions are asked about, or that serves as a negative."""

    source: str
    """The file's name without its ending, such as ``new_wiki``."""
    text: str
    held_out: bool
    """Whether training must never see it, nor its questions."""


@dataclass(frozen=True, slots=True)
class TrainingQuestion:
    """A question with the passage it was asked about."""

    text: str
    passage: int
    """Index into `TrainingSet.passages`."""
    spans: tuple[tuple[int, int], ...]
    """One span per person who answered, repeats kept: they are votes. May be empty."""
    answerable: bool
    """Whether the passage answers it; with no spans, where it does so is not known."""


@dataclass(frozen=True, slots=True)
class TrainingSet:
    """All passages and questions of a data folder."""

    passages: list[TrainingPassage]
    questions: list[TrainingQuestion]

    def seen_passages(self) -> list[int]:
        """Return the indexes of the passages that training may see."""
        return [index for index, passage in enumerate(self.passages) if not passage.held_out]

    def seen_questions(self) -> list[int]:
        """Return the indexes of the questions whose passage training may see."""
        return [
            index
            for index, question in enumerate(self.questions)
            if not self.passages[question.passage].held_out
        ]

    def answers(self, question: int) -> list[str]:
        """Return the distinct answer strings of a question, in their first order."""
        entry = self.questions[question]
        text = self.passages[entry.passage].text
        return list(dict.fromkeys(text[start:end] for start, end in entry.spans))


def is_held_out(text: str, share: float, seed: int) -> bool:
    """Return whether a paragraph falls in the held-out share, by a seeded hash of its text.

    The same paragraph falls on the same side whatever its place in the file.
    """
    digest = hashlib.sha256(f"{seed}\n{text.strip()}".encode()).digest()
    return int.from_bytes(digest[:8], "big") < share * 2**64


def read_squad(path: Path) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yield each paragraph of a SQuAD file with its raw questions."""
    for article in json.loads(path.read_text(encoding="utf-8"))["data"]:
        for paragraph in article["paragraphs"]:
            yield paragraph["context"], paragraph["qas"]


def _read_lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def trim_span(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the span without white space at its ends."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _add_squadshifts(training_set: TrainingSet, path: Path, hold_out: float, seed: int) -> None:
    for text, raw_questions in read_squad(path):
        held_out = is_held_out(text, hold_out, seed)
        training_set.passages.append(TrainingPassage(path.stem, text, held_out))
        for raw in raw_questions:
            spans = []
            for answer in raw["answers"]:
                start = answer["answer_start"]
                end = start + len(answer["text"])
                if text[start:end] != answer["text"]:
                    continue
                start, end = trim_span(text, start, end)
                if start < end:
                    spans.append((start, end))
            if spans:
                training_set.questions.append(
                    TrainingQuestion(
                        raw["question"].strip(),
                        len(training_set.passages) - 1,
                        tuple(spans),
                        answerable=True,
                    )
                )


def _add_qed(training_set: TrainingSet, path: Path) -> None:
    for raw in _read_lines(path):
        text = raw["paragraph_text"]
        spans = []
        for pieces in raw["original_nq_answers"]:
            # An answer of several pieces is a list, which no single span can give.
            if len(pieces) == 1 and text[pieces[0]["start"] : pieces[0]["end"]].strip():
                spans.append(trim_span(text, pieces[0]["start"], pieces[0]["end"]))
        if spans:
            training_set.passages.append(TrainingPassage(path.stem, text, held_out=False))
            training_set.questions.append(
                TrainingQuestion(
                    raw["question_text"].strip(),
                    len(training_set.passages) - 1,
                    tuple(spans),
                    answerable=True,
                )
            )


def _add_clapnq(training_set: TrainingSet, path: Path, *, answerable: bool) -> None:
    for raw in _read_lines(path):
        text = " ".join(passage["text"].strip() for passage in raw["passages"])
        training_set.passages.append(TrainingPassage(path.stem, text, held_out=False))
        training_set.questions.append(
            TrainingQuestion(
                raw["input"].strip(), len(training_set.passages) - 1, (), answerable=answerable
            )
        )


def read_training_set(folder: Path, hold_out: float, seed: int) -> TrainingSet:
    """Read ``reader-train/`` of the data folder.

    ``hold_out`` is the share of SQuADShifts paragraphs, by a hash seeded with ``seed``, that is
    kept from training altogether; the other two sets are small and are trained on whole.
    Raises FileNotFoundError when a file is missing.
    """
    root = folder / "reader-train"
    training_set = TrainingSet([], [])
    for name in SQUADSHIFTS_FILES:
        _add_squadshifts(training_set, root / name, hold_out, seed)
    _add_qed(training_set, root / QED_FILE)
    _add_clapnq(training_set, root / CLAPNQ_ANSWERABLE_FILE, answerable=True)
    _add_clapnq(training_set, root / CLAPNQ_UNANSWERABLE_FILE, answerable=False)
    return training_set
