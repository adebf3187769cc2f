"""Fit what speaks for an answer in a conversation, on the first half of the news dialogues.

    QA_DATA=… python -m tests.benchmarks.fit_story --work DIR

Asks the dialogues of half 0 turn by turn, as qa does today, and keeps every span that was read with
its features. Then:

- WEIGHTS and STORY_WEIGHTS of qa/conversation/evidence.py maximise the likelihood that
  a span is drawn whose sentence holds the answer, the spans of a turn drawn by the softmax of their
  evidence; turns where none does say nothing;
- the two curves are logistic regressions of the best span's evidence and margin: on its words being
  right, and on its sentence holding the answer, all turns counting.

Printed are the constants, and how many turns are right, wrong and refused from each threshold on;
also with the weights fitted on five sixths of the stories and asked of the rest, in turn.
"""

import argparse
import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from qa import Library
from qa.answering.evidence import expit, features, folded, margins, sentence_places, sentences_of
from qa.conversation import evidence
from qa.scores import holds_answer, normalize_answer, token_f1
from qa.training.examples import COLLECTION

from .dialogues import FILE, RIGHT, half, pool
from .labelled import data_folder

FOLDS = 6
THRESHOLDS = (0.30, 0.35, 0.40, 0.45, 0.50, 0.55)

Floats = NDArray[np.float64]


@dataclass
class Asked:
    """A follow-up with all spans that were read for it."""

    story: str
    has_answer: bool
    columns: Floats
    """Features of each span, those of the question and those of the story."""
    words: list[str]
    places: list[tuple[str, int, int]]
    words_right: NDArray[np.bool_]
    sentence_right: NDArray[np.bool_]


def main() -> None:
    """Ask, fit, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--work", type=Path, required=True, help="folder for the library")
    given = parser.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    dialogues = [json.loads(line) for line in FILE.read_text("utf-8").splitlines()]
    with gzip.open(data_folder() / COLLECTION, "rt", encoding="utf-8") as lines:
        articles = {raw["id"]: raw for raw in map(json.loads, lines)}
    with Library.open(given.work / "library") as library:
        library.add(pool(dialogues, articles, given.work / "articles.jsonl"))
        asked = [
            turn
            for each in dialogues
            if half(each) == 0
            for turn in follow_ups(library, each, articles)
        ]
    weights = fit_weights(asked)
    print(f"{len(asked)} follow-ups; weights {np.round(weights, 2).tolist()}")
    stories = sorted({turn.story for turn in asked})
    kept = 0
    for fold in range(FOLDS):
        out = set(stories[fold::FOLDS])
        fitted = fit_weights([turn for turn in asked if turn.story not in out])
        kept += sum(
            turn.sentence_right[best(turn, fitted)[0]] for turn in asked if turn.story in out
        )
    print(f"best sentence right, weights of other stories: {kept}")
    report(asked, weights)


def follow_ups(library: Library, dialogue: dict[str, Any], articles: dict[str, Any]) -> list[Asked]:
    """Ask a dialogue's turns; return those that were looked for in a story."""
    seen: list[tuple[Any, Any]] = []
    weigh_forms = evidence.weigh_forms

    def record(readings: Any, told: Any) -> Any:
        kept = list(readings)
        seen.append((kept, told))
        return weigh_forms(kept, told)

    found = []
    conversation = library.conversation()
    with patch("qa.conversation.searching.weigh_forms", record):
        for turn in dialogue["turns"]:
            seen.clear()
            conversation.ask(turn["question"])
            golds = [
                articles[name][field][start:end] for name, field, start, end in turn["answers"]
            ]
            if seen and turn["kind"] != "manners":
                found.append(as_asked(dialogue["story"], seen[0], golds))
    return [each for each in found if len(each.words)]


def as_asked(story: str, recorded: tuple[Any, Any], golds: Sequence[str]) -> Asked:
    """Return what was read, with what is right by the labels."""
    readings, told = recorded
    wanted = [normalize_answer(gold) for gold in golds]
    rows, words, places, words_right, sentence_right = [], [], [], [], []
    for reading in readings:
        sentences = sentences_of(reading.spans)
        columns = np.hstack(
            [
                features(reading.question, reading.hits, reading.spans, sentences),
                evidence.story_features(reading, told),
            ]
        )
        located = sentence_places(reading.spans, sentences)
        for span, column, place in zip(reading.spans, columns, located, strict=True):
            article = span.passage.article
            rows.append(column)
            words.append(folded(span.text))
            places.append(place)
            is_right = bool(golds) and token_f1(span.text, golds) >= RIGHT
            held = bool(golds) and holds_answer(
                normalize_answer(article.text[place[1] : place[2]]), wanted
            )
            words_right.append(is_right)
            sentence_right.append(is_right or held)
    return Asked(
        story,
        bool(golds),
        np.array(rows, np.float64),
        words,
        places,
        np.array(words_right),
        np.array(sentence_right),
    )


def fit_weights(asked: Sequence[Asked]) -> Floats:
    """Return the weights of the columns."""
    used = [turn for turn in asked if turn.sentence_right.any()]

    def loss(weights: Floats) -> tuple[float, Floats]:
        total, slope = 0.0, np.zeros_like(weights)
        for turn in used:
            sums = turn.columns @ weights
            shares = np.exp(sums - sums.max())
            shares /= shares.sum()
            right = shares * turn.sentence_right
            total -= float(np.log(max(right.sum(), 1e-12)))
            slope -= (right / max(right.sum(), 1e-12) - shares) @ turn.columns
        size = len(used)
        return (total + 0.01 * float(weights @ weights)) / size, (slope + 0.02 * weights) / size

    start = np.zeros(used[0].columns.shape[1])
    return np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B").x)


def best(turn: Asked, weights: Floats) -> tuple[int, float, float, float]:
    """Return the best span, its evidence, and its margins over other words and sentences."""
    sums = turn.columns @ weights
    first = int(sums.argmax())
    words, places = margins(turn.words, sums), margins(turn.places, sums)
    return first, float(sums[first]), float(words[first]), float(places[first])


def report(asked: Sequence[Asked], weights: Floats) -> None:
    """Print the curves, and what the thresholds do."""
    chosen = [best(turn, weights) for turn in asked]
    firsts = [each[0] for each in chosen]
    words = np.array([t.words_right[at] for t, at in zip(asked, firsts, strict=True)], float)
    held = np.array([t.sentence_right[at] for t, at in zip(asked, firsts, strict=True)], float)
    for name, right, margin in (("words", words, 2), ("sentence", held, 3)):
        columns = np.array([[each[1], each[margin], 1.0] for each in chosen])
        curve = fit_curve(columns, right)
        chance = expit(columns @ curve)
        brier = float(np.mean((chance - right) ** 2))
        print(
            f"{name}: right {int(right.sum())}; curve {np.round(curve, 3).tolist()}; {brier=:.3f}"
        )
    answerable = np.array([turn.has_answer for turn in asked])
    for least in THRESHOLDS:
        shown = chance >= least
        counts = [shown & (held > 0), shown & (held == 0) & answerable, shown & ~answerable]
        shares = ", ".join(str(int(each.sum())) for each in counts)
        print(f"from {least:.2f} right, wrong, silent but shown: {shares}")


def fit_curve(columns: Floats, right: Floats) -> Floats:
    """Return the coefficients of a logistic regression, slightly shrunk."""

    def loss(curve: Floats) -> float:
        chance = expit(columns @ curve)
        likely = right * np.log(chance + 1e-9) + (1 - right) * np.log(1 - chance + 1e-9)
        return float(-likely.mean() + 1e-3 * (curve @ curve))

    return np.asarray(minimize(loss, np.zeros(columns.shape[1])).x)


if __name__ == "__main__":
    main()
