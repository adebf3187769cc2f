"""The confidence of answers: collect what evidence there is, fit what weighs it.

    python -m tests.benchmarks.fit_reader collect --work DIR [--reader FOLDER]
    python -m tests.benchmarks.fit_reader fit --work DIR

``collect`` asks questions whose articles the reader never saw, as they are and with what answers
them gone, and keeps the hits and spans:

- *asked*: questions asked before the article was seen, and near misses, in one library of
  ``LARGE`` articles and again in libraries of ``SMALL``;
- *news*: questions written on passages of news, in the large library;
- *pairs*: people's adversarial questions and the answerable ones they were made from;
- *shifts*: questions on encyclopedic paragraphs, over all of SQuADShifts and the next;
- *development*: questions of SQuAD 2.0, answerable and not.

``fit`` halves every set by article. It fits weights and curve on one half, each set counting alike,
takes the thresholds by their rule, and prints figures of the other half. It prints what
qa/answering/evidence.py and answer.py state.
"""

import argparse
import gzip
import hashlib
import json
import pickle
import random
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit, logsumexp
from sklearn.linear_model import LogisticRegression

from qa import Library
from qa.answering.answer import READ_PASSAGES
from qa.answering.evidence import FEATURES, features, folded, margins
from qa.datatypes import Hit, Scope, Span
from qa.evaluation import sets, targets
from qa.evaluation.figures import calibration_error, coverage, discrimination
from qa.models.training.examples import (
    ASKED_FILE,
    COLLECTION,
    NEWS_FILE,
    PAIRS,
    is_held_out,
)
from qa.models.training.progress import TrainingOptions
from qa.scores import exact_match, token_f1
from qa.terms import question_terms, stem

from .labelled import data_folder

SEED = 20111024
HOLD_OUT = TrainingOptions().hold_out
"""Share of the paragraphs that training left out, by its default."""
READ = 10
"""Passages kept for each question, so that fewer can be tried."""
RIGHT = 0.5
"""F1 from which an answer is right."""
LARGE = 1500
"""Articles in the large library of news."""
SMALL = 60
"""Articles in each of the small ones."""
CLAIMED_RIGHT, WEAK_RIGHT = 0.8, 0.4
"""Least share that is right of what is claimed as likely or sure, and of what is shown as weak."""
SILENT_REFUSED = 0.9
"""Least share that is refused of the questions asked before the article was seen, which it does not
answer: what a person meets who asks for more than an article says. At five in six the sample
questions were refused less often than their test asks."""
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


Curve = tuple[float, float, float]
"""Slopes of evidence and of margin, and the intercept."""

Question = tuple[str, tuple[str, ...], str]
"""A question, its answers, and the name of the article that it is about."""


def main() -> None:
    """Collect or fit."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("step", choices=["collect", "fit"])
    parser.add_argument("--work", type=Path, required=True, help="folder for what is kept")
    parser.add_argument("--reader", help="reader by name or folder (default: the default one)")
    parser.add_argument("--count", type=int, default=600, help="questions of each set")
    parser.add_argument("--development", type=int, default=1500, help="development questions")
    parser.add_argument("--read", type=int, default=READ_PASSAGES, help="passages read")
    given = parser.parse_args()
    if given.step == "collect":
        given.work.mkdir(parents=True, exist_ok=True)
        collect_news(given.work, given.reader, given.count)
        collect_pairs(given.work, given.reader, given.count)
        collect_paragraphs(given.work, given.reader, given.count, given.development)
    else:
        fit(given.work, given.read)


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


@dataclass(frozen=True)
class Rows:
    """The spans of a question asked once."""

    features: NDArray[np.float64]
    """``(spans, len(FEATURES))``."""
    f1: NDArray[np.float64]
    """F1 of each with the right answers; 0 where they were left out."""
    exact: NDArray[np.float64]
    """Exact match of each."""
    is_gold: NDArray[np.bool_]
    """Whether each stands in a paragraph that answers."""
    words: list[str]
    """The words of each, folded."""
    question: Asked
    """The question."""
    left_out: str
    """What was left out."""


def rows(asked: Iterable[Asked], left_out: str, read: int) -> list[Rows]:
    """Return the spans' features and how right they are."""
    made = []
    for each in asked:
        hits = each.hits[left_out][:read]
        places = {hit.passage.place for hit in hits}
        spans = [span for span in each.spans if span.passage.place in places]
        golds = each.answers if left_out == "nothing" else ()
        made.append(
            Rows(
                features(each.question, hits, spans),
                np.array([token_f1(span.text, golds) for span in spans]),
                np.array([exact_match(span.text, golds) for span in spans]),
                np.array([span.passage.article.id in each.gold for span in spans], bool),
                [folded(span.text) for span in spans],
                each,
                left_out,
            )
        )
    return made


SETS = ("asked-large", "asked-small", "news", "pairs", "shifts", "development")


def fit(work: Path, read: int) -> None:
    """Fit, and print the figures of the half that nothing was fitted on."""
    fitted: dict[str, list[Rows]] = {}
    others: dict[str, list[Rows]] = {}
    for name in SETS:
        asked = load(work / f"{name}.pickle")
        for side, into in ((0, fitted), (1, others)):
            chosen = [each for each in asked if half(each.article) == side]
            into[name] = rows(chosen, "nothing", read)
            # As many questions without an answer as with one, of whatever kind they are.
            spare = sum(bool(each.answers) for each in chosen) * 2 - len(chosen)
            gone = rows([each for each in chosen if each.answers], "gold", read)
            into[name] += random.Random(SEED).sample(gone, max(0, min(spare, len(gone))))
    weights = fit_weights(fitted)
    print("weights", dict(zip(FEATURES, np.round(weights, 3).tolist(), strict=True)))
    curve = fit_curve(fitted, weights)
    print(f"curve: slope {curve[0]:.4f}, of margin {curve[1]:.4f}, intercept {curve[2]:.3f}")
    claimed, weak = thresholds(fitted, weights, curve)
    print(f"thresholds: answered {claimed:.2f}, weak {weak:.2f}")
    for which, halves in (("fitted", fitted), ("other", others)):
        for name, every in [*halves.items(), ("all", [r for e in halves.values() for r in e])]:
            report(f"{which} half, {name}", every, weights, curve, claimed, weak)


def sizes(every: dict[str, list[Rows]]) -> NDArray[np.float64]:
    """Return a weight for each question such that each set counts alike, with a mean of 1."""
    total = sum(map(len, every.values()))
    return np.concatenate(
        [np.full(len(each), total / len(every) / max(1, len(each))) for each in every.values()]
    )


def thresholds(
    every: dict[str, list[Rows]], weights: NDArray[np.float64], curve: Curve
) -> tuple[float, float]:
    """Return the least confidence of what is claimed, and of what is shown as weak, by rule."""
    flat = [row for each in every.values() for row in each]
    evidence, margin, f1, _, _ = best(flat, weights)
    sure, right, counts = confidence(evidence, margin, curve), f1 >= RIGHT, sizes(every)

    def share(chosen: NDArray[np.bool_], among: NDArray[np.bool_]) -> float:
        return float((chosen * counts)[among].sum() / max(counts[among].sum(), 1e-9))

    silent = np.array(
        [
            name.startswith("asked") and row.left_out == "nothing" and not row.question.answers
            for name, each in every.items()
            for row in each
        ]
    )
    grid = np.arange(0.05, 0.96, 0.01)
    claimed = next((t for t in grid if share(right, sure >= t) >= CLAIMED_RIGHT), 0.95)
    weak = next(
        (
            t
            for t in grid
            if share(sure < t, silent) >= SILENT_REFUSED
            and share(right, (sure >= t) & (sure < claimed)) >= WEAK_RIGHT
        ),
        claimed,
    )
    return float(claimed), float(weak)


def load(path: Path) -> list[Asked]:
    """Read what was collected."""
    with path.open("rb") as stream:
        kept: list[Asked] = pickle.load(stream)
    return kept


def half(article: str) -> int:
    """Return which half of the development articles one falls in, by a hash of its name."""
    return hashlib.sha256(f"{SEED}/{article}".encode()).digest()[0] % 2


def fit_weights(every: dict[str, list[Rows]]) -> NDArray[np.float64]:
    """Return the weights that make the right spans likeliest.

    A softmax over all spans of a question and "nothing", whose score is a weight of its own (a
    conditional logit, McFadden 1974): right are the spans of a gold article with F1 enough, and
    "nothing" where there is none.
    """
    examples = [
        (each.features, (each.f1 >= RIGHT) & each.is_gold, count)
        for each, count in zip(
            (row for part in every.values() for row in part), sizes(every), strict=True
        )
        if len(each.features)
    ]

    def loss(weights: NDArray[np.float64]) -> float:
        total = 0.0
        for values, right, count in examples:
            scores = np.append(values @ weights[:-1], weights[-1])
            wanted = scores[:-1][right] if right.any() else scores[-1:]
            total += count * float(logsumexp(scores) - logsumexp(wanted))
        return total / len(examples)

    found = minimize(loss, np.ones(len(FEATURES) + 1), method="L-BFGS-B")
    return np.asarray(found.x[:-1], np.float64)


def best(every: Sequence[Rows], weights: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
    """Return evidence, margin, F1, exact match and whether in a gold article of each best span."""
    found = []
    for each in every:
        if not len(each.features):
            found.append((-99.0, 0.0, 0.0, 0.0, 0.0))
            continue
        sums = each.features @ weights
        top = int(np.argmax(sums))
        margin = float(margins(each.words, sums)[top])
        right = each.f1[top], each.exact[top], float(each.is_gold[top])
        found.append((sums[top], margin, *right))
    return tuple(np.array(found).T)


def confidence(
    evidence: NDArray[np.float64], margin: NDArray[np.float64], curve: Curve
) -> NDArray[np.float64]:
    """Return the probability that each is right."""
    found: NDArray[np.float64] = expit(curve[0] * evidence + curve[1] * margin + curve[2])
    return found


def fit_curve(every: dict[str, list[Rows]], weights: NDArray[np.float64]) -> Curve:
    """Return the logistic curve from evidence and margin to the share that is right.

    Platt scaling (Platt 1999), of two values. Isotonic regression of the first, over 20 groups, was
    worse within the fitted half with two earlier readers (calibration error .067 to .062, .059 to
    .049), and its steps give whole stretches of evidence one probability. The margin took AUROC of
    right against wrong on the other half from .851 to .862, the Brier score from .151 to .146.
    """
    flat = [row for each in every.values() for row in each]
    evidence, margin, f1, _, _ = best(flat, weights)
    model = LogisticRegression(C=np.inf)
    model.fit(np.stack([evidence, margin], 1), f1 >= RIGHT, sample_weight=sizes(every))
    return float(model.coef_[0, 0]), float(model.coef_[0, 1]), float(model.intercept_[0])


def report(
    name: str,
    every: Sequence[Rows],
    weights: NDArray[np.float64],
    curve: Curve,
    claimed: float,
    weak: float,
) -> None:
    """Print the figures of a set: those of retrieval and reading of what has an answer there."""
    evidence, margin, f1, exact, gold = best(every, weights)
    there = np.array([each.left_out == "nothing" and bool(each.question.answers) for each in every])
    sure, right = confidence(evidence, margin, curve), (f1 >= RIGHT).astype(np.float64)
    shown = sure >= weak
    print(
        f"{name}: {there.sum()} with an answer, {(~there).sum()} without;"
        f" hit@1 {gold[there].mean():.3f} EM {exact[there].mean():.3f} F1 {f1[there].mean():.3f}"
        f" right {right[there].mean():.3f} AUROC {discrimination(evidence, there * 1.0):.3f}"
        f" ECE {calibration_error(sure, right):.3f} coverage@90 {coverage(sure, right):.3f}\n"
        f"    claimed {(sure >= claimed).mean():.3f}, right {share(right, sure >= claimed):.3f};"
        f" weak {(shown & (sure < claimed)).mean():.3f},"
        f" right {share(right, shown & (sure < claimed)):.3f};"
        f" shown right {(right * shown)[there].mean():.3f} of those with an answer;"
        f" refused {1 - shown[~there].mean():.3f},"
        f" not claimed {1 - (sure >= claimed)[~there].mean():.3f} of those without"
    )


def share(right: NDArray[np.float64], among: NDArray[np.bool_]) -> float:
    """Return the share that is right, or nan where there is none."""
    return float(right[among].mean()) if among.any() else float("nan")


if __name__ == "__main__":
    main()
