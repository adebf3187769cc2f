"""The evidence that the confidence of answers is fitted to: questions asked, hits and spans kept.

`python -m tests.benchmarks.fit_reader collect` runs this; it says what the sets are.
"""

import gzip
import json
import pickle
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from qa import Library
from qa.datatypes import Hit, Scope, Span
from qa.evaluation import sets, targets
from qa.terms import question_terms, stem
from qa.training.examples import (
    ASKED_FILE,
    COLLECTION,
    NEWS_FILE,
    PAIRS,
    is_held_out,
)
from qa.training.progress import TrainingOptions

from .labelled import data_folder

SEED = 20111024
HOLD_OUT = TrainingOptions().hold_out
"""Share of the paragraphs that training left out, by its default."""
READ = 10
"""Passages kept for each question, so that fewer can be tried."""
LARGE = 1500
"""Articles in the large library of news."""
SMALL = 60
"""Articles in each of the small ones."""
SHIFTS = ("new_wiki", "reddit", "amazon_reviews")


@dataclass(frozen=True)
class Asked:
    """A question with what retrieval and reader brought up, by what was left out."""

    question: str
    answers: tuple[str, ...]
    """All right ones; none where the articles hold no answer."""
    article: str
    """Its article, by which a set is halved."""
    gold: frozenset[str]
    """Ids of the articles that answer."""
    hits: dict[str, list[Hit]]
    """Hits by what was left out: nothing, gold, article."""
    spans: list[Span]
    """Spans of all passages among the hits."""


Question = tuple[str, tuple[str, ...], str]
"""A question, its answers, and the name of the article that it is about."""


def keep(work: Path, name: str, kept: list[Asked]) -> None:
    """Write what was collected."""
    print(name, len(kept), flush=True)
    with (work / f"{name}.pickle").open("wb") as stream:
        pickle.dump(kept, stream)


def collect_paragraphs(work: Path, reader: str | None, count: int, development: int) -> None:
    """Ask the questions on paragraphs over all of them."""
    folder = data_folder()
    labelled = sets.read_set(folder / "dev" / "squad2-dev-half.json")
    shifts = [sets.read_set(folder / "reader-train" / f"{name}.json") for name in SHIFTS]
    paragraphs = sets.pool(labelled, shifts)
    pool = targets.open_pool(paragraphs, targets.pool_folder(paragraphs, None), reader=reader)
    names = {paragraph.text: paragraph.name for paragraph in paragraphs}
    articles = {paragraph.name: paragraph.article for paragraph in paragraphs}
    unseen = [
        replace(question, gold={names[question.passage]: 1})
        for question in shifts[0].questions
        if is_held_out(question.passage, HOLD_OUT, 0)
    ]
    for name, questions, wanted in (
        ("shifts", unseen, count),
        ("development", labelled.questions, development),
    ):
        chosen = random.Random(SEED).sample(questions, min(wanted, len(questions)))
        kept = []
        for one in chosen:
            paragraph = next(iter(one.gold), names[one.passage])
            article, gold = articles[paragraph], {pool.ids[paragraph]}
            kept.append(ask(pool.library, one.text, one.answers, article, gold))
        keep(work, name, kept)
    pool.library.close()


def held_out_news(articles: dict[str, Any], path: Path) -> list[Question]:
    """Return the questions of a file whose article or passage the reader never saw.

    Left out are those that do not say what they are about: none of their words stands in the
    headline, so that nobody could answer them out of a library.
    """
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        raw = json.loads(line)
        text = articles[raw["article"]]["text"][raw["start"] : raw["end"]]
        if not is_held_out(text, HOLD_OUT, 0):
            continue
        about = {stem(word) for word in question_terms(articles[raw["article"]]["title"])}
        for question, spans in raw["questions"]:
            if about & {stem(word) for word in question_terms(question)}:
                answers = tuple(text[start:end] for start, end in spans)
                found.append((question, answers, raw["article"]))
    return found


def collect_news(work: Path, reader: str | None, count: int) -> None:
    """Ask the questions on news, over many articles and over few."""
    with gzip.open(data_folder() / COLLECTION, "rt", encoding="utf-8") as lines:
        articles = {raw["id"]: raw for raw in map(json.loads, lines)}
    draw = random.Random(SEED)
    asked, news = held_out_news(articles, ASKED_FILE), held_out_news(articles, NEWS_FILE)
    about = list(dict.fromkeys(name for _, _, name in (*asked, *news)))
    others = draw.sample(sorted(articles.keys() - set(about)), max(0, LARGE - len(about)))
    asked = draw.sample(asked, min(count, len(asked)))
    news = draw.sample(news, min(count, len(news)))
    with news_library(work, "large", [articles[name] for name in (*about, *others)], reader) as (
        library,
        numbers,
    ):
        for kind, questions in (("asked-large", asked), ("news", news)):
            kept = [
                ask(library, text, answers, name, {numbers[name]})
                for text, answers, name in questions
            ]
            keep(work, kind, kept)
    kept = []
    named = list(dict.fromkeys(name for _, _, name in asked))
    for first in range(0, len(named), SMALL):
        part = named[first : first + SMALL]
        few = [articles[name] for name in part]
        with news_library(work, f"small-{first}", few, reader) as (library, numbers):
            kept += [
                ask(library, text, answers, name, {numbers[name]})
                for text, answers, name in asked
                if name in part
            ]
    keep(work, "asked-small", kept)


@contextmanager
def news_library(
    work: Path, name: str, articles: Sequence[dict[str, Any]], reader: str | None
) -> Iterator[tuple[Library, dict[str, str]]]:
    """Open a library of articles, made if it is not there; yield it and the articles' numbers."""
    file = work / f"{name}.jsonl"
    file.write_text("".join(json.dumps(article) + "\n" for article in articles), "utf-8")
    with Library.open(work / f"library-{name}", reader=reader) as library:
        library.add(file)
        numbers = {
            articles[row.record - 1]["id"]: str(row.id)
            for row in library.articles()
            if row.record is not None
        }
        yield library, numbers


def collect_pairs(work: Path, reader: str | None, count: int) -> None:
    """Ask people's adversarial questions, and those that they were made from."""
    path = data_folder() / "reader-train" / f"{PAIRS}.jsonl.gz"
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        raws = [json.loads(line) for line in lines]
    texts = list(dict.fromkeys(raw["context"] for raw in raws))
    articles = [{"id": text, "title": "", "text": text} for text in texts]
    chosen = [raw for raw in raws if is_held_out(raw["context"], HOLD_OUT, 0)][:count]
    with news_library(work, "pairs", articles, reader) as (library, numbers):
        kept = [
            ask(
                library,
                raw["question"],
                tuple(answer["text"] for answer in raw["answers"]),
                raw["context"],
                {numbers[raw["context"]]},
            )
            for raw in chosen
        ]
    keep(work, "pairs", kept)


def ask(
    library: Library, question: str, answers: tuple[str, ...], article: str, gold: set[str]
) -> Asked:
    """Ask a question as it is and with its article gone; read every passage that comes up, once."""
    hits = {"nothing": library.search(question, k=READ)}
    if answers:
        hits["gold"] = library.search(question, k=READ, scope=Scope(without=tuple(gold)))
    passages = {hit.passage.place: hit.passage for found in hits.values() for hit in found}
    spans = library.reader.read(question, list(passages.values()))
    return Asked(question, answers, article, frozenset(gold), hits, spans)
