"""Published question sets → passages and questions with the spans of their answers.

Four layouts are read:

- SQuADShifts (Miller et al. 2020), in the layout of SQuAD 1.1 (Rajpurkar et al. 2016): three
  sources, each question answered by up to several people.
- QED (Lamm et al. 2021): questions of Natural Questions with a paragraph and short answers,
  whose offsets count code points of the paragraph.
- ClapNQ (Rosenthal et al. 2025): questions of Natural Questions with a passage that answers
  them at length, or with one that does not. No short span is marked, so its answerable
  questions teach answerability alone.
- JSON lines, gzipped, one question a line with its paragraph: UnAnsQ (Zhu et al. 2019; people's
  adversarial questions of SQuAD 2.0, each beside the one that it was made from), samples of SQuAD 1
  and 2, TyDi QA (Clark et al. 2020), AfriQA (Ogundepo et al. 2023), QADiscourse (Pyatkin et al.
  2020) and QAMR (Michael et al. 2018).
- ``news_questions.jsonl`` beside this file: questions on articles of a collection of news, some of
  which look as if their passage answered them and are not answered there, in the manner of
  SQuAD 2.0 (Rajpurkar, Jia & Liang 2018). It holds no text of the articles, only where in them the
  passages and answers stand.
- ``asked_questions.jsonl``: questions asked by who saw an article's headline and first sentence
  alone, answered by who saw the whole, in the manner of NewsQA (Trischler et al. 2017); and near
  misses. Its passages are whole articles.

Offsets are Python code points, half-open, into the passage's text.
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
"""JSON lines, gzipped; read where they are there."""
WITH_UNANSWERABLE = {
    "squad2-train-first10": ("Spectre_(2015_film)", "The_Legend_of_Zelda:_Twilight_Princess")
}
"""Articles read from a set whose other articles have no unanswerable question: those would teach
that their topics have answers."""
MOST_OF = {"qamr-wikinews": 750, "qamr-wikipedia": 750}
"""Questions read of sets that repeat their sentence's words."""
COLLECTION = Path("scale/wikinews_en.jsonl.gz")
"""In the data folder: news as JSON lines with `id`, `title` and `text`. Optional."""
NEWS_FILE = Path(__file__).with_name("news_questions.jsonl")
NEWS = "wikinews"
"""The source that passages of the collection are said to be of."""
ASKED_FILE = Path(__file__).with_name("asked_questions.jsonl")
ASKED = "wikinews-asked"
"""The source of whole articles whose questions were asked before the article was seen."""


@dataclass(frozen=True, slots=True)
class TrainingPassage:
    """A paragraph that questions are asked about, or that serves as a negative."""

    source: str
    """The file's name without its ending, such as ``new_wiki``."""
    text: str
    held_out: bool
    """Whether training must never see it, nor its questions."""
    headline: str = ""
    """Of the article that it is from; empty where it has none."""


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
    near: tuple[int, int] | None = None
    """Where an unanswerable question seems to be answered."""


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


def add_lines(training_set: TrainingSet, path: Path, hold_out: float, seed: int) -> None:
    """Add a set of JSON lines; in one of pairs, the unanswerable question comes second."""
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
    """Return the sentence that shares the rarest content words with a question, if any does."""
    asked = {stem(word) for word in question_terms(question)}
    sentences = sentence_bounds(text)
    words = [{stem(word) for word in question_terms(text[a:b])} for a, b in sentences]
    counts = Counter(word for held in words for word in held)
    # Summed exactly: the order of a set differs from run to run.
    shared = [math.fsum(1 / counts[word] for word in asked & held) for held in words]
    best = max(range(len(shared)), key=shared.__getitem__, default=None)
    return None if best is None or not shared[best] else sentences[best]


def _collection(path: Path) -> dict[str, Any]:
    """The articles of a collection of news by id."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return {raw["id"]: raw for raw in map(json.loads, lines)}


def add_news(training_set: TrainingSet, collection: Path, hold_out: float, seed: int) -> None:
    """Add the passages of ``NEWS_FILE`` with their questions; raises as `add_questions` does."""
    articles = _collection(collection)
    add_questions(training_set, articles, NEWS_FILE, NEWS, hold_out, seed)


def add_questions(
    training_set: TrainingSet,
    articles: Mapping[str, Any],
    file: Path,
    source: str,
    hold_out: float,
    seed: int,
) -> None:
    """Add the passages of a file of questions on news, as those of ``source``.

    Raises KeyError where the collection lacks an article, ValueError where its text is another.
    """
    for raw in _read_lines(file):
        article = articles[raw["article"]]
        text = article["text"][raw["start"] : raw["end"]]
        if hashlib.sha256(text.encode()).hexdigest()[: len(raw["digest"])] != raw["digest"]:
            raise ValueError(f"{raw['article']} is not the text that was asked about")
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
    """Read ``reader-train/`` of the data folder, and the questions on its news if it has any.

    ``hold_out`` is the share of SQuADShifts and news paragraphs, by a hash seeded with ``seed``,
    that is kept from training altogether; the other two sets are small and are trained on whole.
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
        articles = _collection(folder / COLLECTION)
        add_questions(training_set, articles, ASKED_FILE, ASKED, hold_out, seed)
    return training_set
