"""Reads question sets into passages and questions with the spans of their answers.

Published sets:

- SQuADShifts (Miller et al. 2020), in the layout of SQuAD 1.1 (Rajpurkar et al. 2016): three
  sources; one or more people answered each question.
- QED (Lamm et al. 2021): questions from Natural Questions, each with a paragraph and short
  answers.
- ClapNQ (Rosenthal et al. 2025): questions from Natural Questions, each with a passage that
  answers it at length, or with one that does not. No short span is marked, so its answerable
  questions only train answerability.
- Gzipped JSON lines, one question with its paragraph per line: UnAnsQ (Zhu et al. 2019;
  adversarial questions from SQuAD 2.0, each after the answerable one that it was made from),
  samples of SQuAD 1 and 2, TyDi QA (Clark et al. 2020), AfriQA (Ogundepo et al. 2023), QADiscourse
  (Pyatkin et al. 2020) and QAMR (Michael et al. 2018).

Two files beside this module ask about a collection of news. They contain no text of the articles,
only the offsets of passages and answers in it.

- ``news_questions.jsonl``: questions on passages. Some seem to be answered by their passage but are
  not, as in SQuAD 2.0 (Rajpurkar, Jia & Liang 2018).
- ``asked_questions.jsonl``: questions on whole articles. They were written from the headline and
  the first sentence alone, and answered from the whole article, as in NewsQA (Trischler et al.
  2017). Some are near misses: one detail was changed so that the article does not answer them.

Offsets count Python code points in the passage's text; spans are half-open.
"""

import gzip
import hashlib
import json
import math
import random
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..sentences import sentence_bounds
from ..terms import question_terms, stem

SQUADSHIFTS_FILES = ("new_wiki.json", "reddit.json", "amazon_reviews.json")
QED_FILE = "qed.jsonl"
CLAPNQ_ANSWERABLE_FILE = "clapnq_dev_answerable.jsonl"
CLAPNQ_UNANSWERABLE_FILE = "clapnq_dev_unanswerable.jsonl"
PAIRS = "unansq-pairs"
LINES_FILES = (
    PAIRS,
    "squad1-train-sample",
    "squad2-train-first10",
    "tydiqa-goldp-en",
    "afriqa-en",
    "qadiscourse-wikinews",
    "qamr-wikinews",
    "qamr-wikipedia",
)
"""Gzipped JSON lines; all are optional."""
WITH_UNANSWERABLE = {
    "squad2-train-first10": ("Spectre_(2015_film)", "The_Legend_of_Zelda:_Twilight_Princess")
}
"""The only articles that are read from a set. Its other articles have no unanswerable questions,
which would teach that every question on their topics has an answer."""
MOST_OF = {"qamr-wikinews": 750, "qamr-wikipedia": 750}
"""Most questions that are read from sets whose questions repeat the words of their sentence."""
COLLECTION = Path("scale/wikinews_en.jsonl.gz")
"""The collection of news in the data folder: JSON lines with `id`, `title` and `text`. Optional."""
NEWS_FILE = Path(__file__).with_name("news_questions.jsonl")
"""Questions on passages of the collection; not part of a wheel."""
NEWS = "wikinews"
"""Source of the passages in `NEWS_FILE`."""
ASKED_FILE = Path(__file__).with_name("asked_questions.jsonl")
"""Questions that were asked before the article was seen; not part of a wheel."""
ASKED = "wikinews-asked"
"""Source of the articles in `ASKED_FILE`."""


@dataclass(frozen=True, slots=True)
class TrainingPassage:
    """A passage with questions; it can also serve as a negative for other questions."""

    source: str
    """Name of its file without the suffix, for example ``new_wiki``."""
    text: str
    """Its text."""
    held_out: bool
    """Whether it and its questions are kept from training."""
    headline: str = ""
    """Headline of its article; empty if there is none."""


@dataclass(frozen=True, slots=True)
class TrainingQuestion:
    """A question about a passage."""

    text: str
    """The question."""
    passage: int
    """Index into `TrainingSet.passages`."""
    spans: tuple[tuple[int, int], ...]
    """One span for each person who answered; equal spans are repeated and count as votes."""
    answerable: bool
    """Whether the passage answers it. Without spans the place of the answer is unknown."""
    near: tuple[int, int] | None = None
    """Span in the passage that seems to answer an unanswerable question."""


@dataclass(frozen=True, slots=True)
class TrainingSet:
    """All passages and questions of a data folder."""

    passages: list[TrainingPassage]
    """All passages, held-out ones included."""
    questions: list[TrainingQuestion]
    """All questions, held-out ones included."""

    def seen_passages(self) -> list[int]:
        """Return the indexes of the passages that are not held out."""
        return [index for index, passage in enumerate(self.passages) if not passage.held_out]

    def seen_questions(self) -> list[int]:
        """Return the indexes of the questions whose passage is not held out."""
        return [
            index
            for index, question in enumerate(self.questions)
            if not self.passages[question.passage].held_out
        ]

    def answers(self, question: int) -> list[str]:
        """Return the distinct answers of a question, in the order of its spans."""
        entry = self.questions[question]
        text = self.passages[entry.passage].text
        return list(dict.fromkeys(text[start:end] for start, end in entry.spans))


def is_held_out(text: str, share: float, seed: int) -> bool:
    """Return whether a text belongs to the held-out share, decided by a seeded hash of it.

    The result does not depend on the text's place in its file.
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
            # An answer of several pieces is a list; a single span cannot express it.
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


def add_lines(training_set: TrainingSet, path: Path, hold_out: float, seed: int) -> None:
    """Add a set of gzipped JSON lines.

    In `PAIRS`, each unanswerable question follows the answerable one that it was made from; it is
    asked near that question's answer.
    """
    name = path.name.removesuffix(".jsonl.gz")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        raws = [json.loads(line) for line in lines]
    titles = WITH_UNANSWERABLE.get(name)
    raws = [raw for raw in raws if titles is None or raw["title"] in titles]
    if name in MOST_OF:
        raws = random.Random(seed).sample(raws, min(MOST_OF[name], len(raws)))
    known: dict[str, int] = {}
    twin = ("", (0, 0))
    for raw in raws:
        text = raw["context"]
        if text not in known:
            known[text] = len(training_set.passages)
            held_out = is_held_out(text, hold_out, seed)
            training_set.passages.append(TrainingPassage(name, text, held_out))
        found = [(a["start"], a["start"] + len(a["text"])) for a in raw["answers"]]
        spans = tuple(span for span in (_trim_answer(text, *one) for one in found) if span)
        if raw["answerable"] and not spans:
            continue
        place = None
        if spans:
            twin = (text, spans[0])
        else:
            place = twin[1] if name == PAIRS and twin[0] == text else None
            place = place or likely_place(text, raw["question"])
        training_set.questions.append(
            TrainingQuestion(raw["question"].strip(), known[text], spans, bool(spans), place)
        )


def _trim_answer(text: str, start: int, end: int) -> tuple[int, int] | None:
    start, end = trim_span(text, start, end)
    while end > start and text[end - 1] in ".,;:" and "." not in text[start : end - 1]:
        end -= 1
    return (start, end) if start < end else None


def likely_place(text: str, question: str) -> tuple[int, int] | None:
    """Return the sentence that shares the most content words with a question, or None.

    Words that occur in fewer sentences count more.
    """
    asked = {stem(word) for word in question_terms(question)}
    sentences = sentence_bounds(text)
    words = [{stem(word) for word in question_terms(text[a:b])} for a, b in sentences]
    counts = Counter(word for held in words for word in held)
    # math.fsum is exact: the order of a set, and with it an inexact sum, varies between runs.
    shared = [math.fsum(1 / counts[word] for word in asked & held) for held in words]
    best = max(range(len(shared)), key=shared.__getitem__, default=None)
    return None if best is None or not shared[best] else sentences[best]


def read_collection(path: Path) -> dict[str, Any]:
    """Return the articles of a collection of news by id."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return {raw["id"]: raw for raw in map(json.loads, lines)}


def add_news(training_set: TrainingSet, collection: Path, hold_out: float, seed: int) -> None:
    """Add the passages and questions of `NEWS_FILE`. Raises as `add_questions` does."""
    articles = read_collection(collection)
    add_questions(training_set, articles, NEWS_FILE, NEWS, hold_out, seed)


def add_questions(
    training_set: TrainingSet,
    articles: Mapping[str, Any],
    file: Path,
    source: str,
    hold_out: float,
    seed: int,
) -> None:
    """Add the passages and questions of a file of questions on news, under the name ``source``.

    Raises KeyError when the collection lacks an article, ValueError when its text is different.
    """
    for raw in _read_lines(file):
        article = articles[raw["article"]]
        text = article["text"][raw["start"] : raw["end"]]
        if hashlib.sha256(text.encode()).hexdigest()[: len(raw["digest"])] != raw["digest"]:
            raise ValueError(f"{raw['article']} is not the text that the questions are about")
        training_set.passages.append(
            TrainingPassage(source, text, is_held_out(text, hold_out, seed), article["title"])
        )
        for question, found in raw["questions"]:
            spans = tuple((start, end) for start, end in found)
            place = None if spans else likely_place(text, question)
            training_set.questions.append(
                TrainingQuestion(
                    question, len(training_set.passages) - 1, spans, bool(spans), place
                )
            )


def read_training_set(folder: Path, hold_out: float, seed: int) -> TrainingSet:
    """Read ``reader-train/`` in the data folder, and the questions on its collection, if any.

    ``hold_out`` is the share of passages that is kept from training, chosen by a hash seeded with
    ``seed``. QED and ClapNQ are small and are used completely.
    Raises FileNotFoundError when a file is missing.
    """
    root = folder / "reader-train"
    training_set = TrainingSet([], [])
    for name in SQUADSHIFTS_FILES:
        _add_squadshifts(training_set, root / name, hold_out, seed)
    _add_qed(training_set, root / QED_FILE)
    _add_clapnq(training_set, root / CLAPNQ_ANSWERABLE_FILE, answerable=True)
    _add_clapnq(training_set, root / CLAPNQ_UNANSWERABLE_FILE, answerable=False)
    for name in LINES_FILES:
        path = root / f"{name}.jsonl.gz"
        if path.exists():
            add_lines(training_set, path, hold_out, seed)
    if (folder / COLLECTION).exists():
        add_news(training_set, folder / COLLECTION, hold_out, seed)
        articles = read_collection(folder / COLLECTION)
        add_questions(training_set, articles, ASKED_FILE, ASKED, hold_out, seed)
    return training_set
