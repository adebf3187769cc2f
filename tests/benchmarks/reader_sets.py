"""How well the reader reads, passage given, by set, by kind of question, and by shared words.

    QA_DATA=DIR python -m tests.benchmarks.reader_sets [--reader FOLDER] [--sample N]

The reader runs as at use: exported, in 8 bits, each article cut into the passages that ``qa`` makes
and read behind its headline; the best span of all passages counts. The sets are measured on alone:
NewsQA's stories, SQuAD 2.0's development half, the pairs of adversarial questions, and questions on
news that were held out from training.

Exact match and F1 are of questions with an answer; AUROC tells those with one from those without.
"""

import argparse
import gzip
import json
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from qa.articles.build import build_article
from qa.articles.split import split
from qa.datatypes import Passage
from qa.evaluation import sets
from qa.models.opening import open_encoder, open_reader
from qa.models.reader import Reader
from qa.scores import area_under_curve, exact_match, token_f1
from qa.sentences import sentence_around
from qa.settings import PASSAGE_TOKENS
from qa.terms import question_terms, stem
from qa.training.examples import ASKED_FILE, COLLECTION, NEWS_FILE, is_held_out
from qa.training.progress import TrainingOptions

from .labelled import data_folder

SEED = 20111024
HOLD_OUT = TrainingOptions().hold_out
KINDS = ("who", "when", "where", "how many", "how much", "why", "how", "which", "what")


@dataclass(frozen=True)
class Case:
    """A question put to one article."""

    question: str
    answers: tuple[str, ...]
    """None where the article holds no answer."""
    title: str
    text: str


@dataclass(frozen=True)
class Found:
    """What the reader made of a case."""

    case: Case
    text: str
    score: float
    """Of the best span, less that of "no answer"."""
    f1: float
    exact: float


def main() -> None:
    """Print a table for each set."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--reader", help="reader by name or folder (default: the default one)")
    parser.add_argument("--sample", type=int, default=0, help="questions of each set; 0 for all")
    given = parser.parse_args()
    reader, count_tokens = open_reader(given.reader), open_encoder().count_tokens
    for name, cases in read_sets().items():
        chosen = cases
        if given.sample and given.sample < len(cases):
            chosen = random.Random(SEED).sample(cases, given.sample)
        passages: dict[tuple[str, str], list[Passage]] = {}
        found = []
        for case in chosen:
            key = (case.title, case.text)
            if key not in passages:
                article = build_article("article", case.text, title=case.title)
                passages[key] = split(article, count_tokens, PASSAGE_TOKENS)
            found.append(read(reader, case, passages[key]))
        report(name, found)


def read_sets() -> dict[str, list[Case]]:
    """Return the cases of every set by name."""
    folder = data_folder()
    squad = sets.read_set(folder / "dev" / "squad2-dev-half.json")
    with gzip.open(folder / COLLECTION, "rt", encoding="utf-8") as lines:
        articles = {raw["id"]: raw for raw in map(json.loads, lines)}
    return {
        "newsqa-part": list(lines_of(folder / "dev" / "newsqa-part.jsonl.gz")),
        "unansq-dev": list(lines_of(folder / "dev" / "unansq-dev.jsonl.gz")),
        "squad2-dev-half": [
            Case(one.text, one.answers, "", one.passage) for one in squad.questions if one.passage
        ],
        "held-out news, asked before it was seen": list(held_out(articles, ASKED_FILE)),
        "held-out news, asked of its passage": list(held_out(articles, NEWS_FILE)),
    }


def lines_of(path: Path) -> Iterator[Case]:
    """Yield the cases of a set of JSON lines, gzipped."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for raw in map(json.loads, lines):
            answers = tuple(answer["text"] for answer in raw["answers"])
            yield Case(raw["question"], answers, raw.get("title") or "", raw["context"])


def held_out(articles: dict[str, Any], path: Path) -> Iterator[Case]:
    """Yield the cases whose text training never saw."""
    for line in path.read_text(encoding="utf-8").splitlines():
        raw = json.loads(line)
        article = articles[raw["article"]]
        text = article["text"][raw["start"] : raw["end"]]
        if is_held_out(text, HOLD_OUT, 0):
            for question, spans in raw["questions"]:
                answers = tuple(text[start:end] for start, end in spans)
                yield Case(question, answers, article["title"], text)


def read(reader: Reader, case: Case, passages: Sequence[Passage]) -> Found:
    """Read an article's passages and keep the best span."""
    spans = reader.read(case.question, passages)
    if not spans:
        return Found(case, "", -99.0, 0.0, 0.0)
    text = spans[0].text
    f1, exact = (score(text, case.answers) for score in (token_f1, exact_match))
    return Found(case, text, spans[0].score, f1, exact)


def kind_of(question: str) -> str:
    """Return what a question asks for, by its first question word."""
    lower = f" {question.lower()} "
    places = [(lower.find(f" {kind} "), -len(kind), kind) for kind in KINDS]
    return min([place for place in places if place[0] >= 0], default=(0, 0, "other"))[2]


def shares_a_word(case: Case) -> bool:
    """Whether the sentence of the first answer has a content word of the question."""
    place = case.text.find(case.answers[0])
    if place < 0:
        return False
    start, end = sentence_around(case.text, place, place + len(case.answers[0]))
    words = {stem(word) for word in question_terms(case.text[start:end])}
    return bool(words & {stem(word) for word in question_terms(case.question)})


def report(name: str, found: Sequence[Found]) -> None:
    """Print the figures of a set."""
    answered = [each for each in found if each.case.answers]
    others = [each for each in found if not each.case.answers]
    print(f"{name}: {line(answered)}", end="")
    if others:
        area = area_under_curve([each.score for each in answered], [each.score for each in others])
        print(f"; {len(others)} without an answer, AUROC {area:.3f}", end="")
    print()
    groups: dict[str, list[Found]] = defaultdict(list)
    for each in answered:
        groups[kind_of(each.case.question)].append(each)
        shared = "shares a content word" if shares_a_word(each.case) else "shares none"
        groups[f"sentence {shared}"].append(each)
    for kind, part in sorted(groups.items(), key=lambda pair: -len(pair[1])):
        print(f"    {kind:<32} {line(part)}")


def line(found: Sequence[Found]) -> str:
    """Return count, F1 and exact match on one line."""
    f1 = float(np.mean([each.f1 for each in found])) if found else float("nan")
    exact = float(np.mean([each.exact for each in found])) if found else float("nan")
    return f"{len(found)} questions, F1 {f1:.3f}, EM {exact:.3f}"


if __name__ == "__main__":
    main()
