"""Asks a library or a reader labelled questions, and records the outcome of each."""

import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from .. import settings
from ..datatypes import Answer, AnswerKind, Article, Passage, Scope, Status
from ..errors import UsageError
from ..library import Library
from ..models.reader import Reader
from ..scores import exact_match, holds_answer, normalize_answer, token_f1
from .metrics import NEAR_ENOUGH, Column, first_gold_rank, ndcg
from .sets import LabelledQuestion
from .targets import Target

HITS = 10
"""Number of passages that are evaluated for a question."""

RANKED_PASSAGES = 2 * settings.CANDIDATES
"""Number of passages from which articles are ranked: all that retrieval can return."""

Progress = Callable[[int, int], None]
"""Called with the number of questions that are done, and the number of all."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of a question that was asked once."""

    question: LabelledQuestion
    """The question."""
    values: Mapping[str, float]
    """Its values by column; columns that do not apply are missing."""
    is_wrong: bool = False
    """Whether the result is wrong: no right answer, or an answer where there is none."""
    shown: Mapping[str, object] = field(default_factory=dict)
    """The result as JSON values, for ``--wrong``."""


def ask_all(
    library: Library,
    targets: Sequence[Target],
    *,
    scope: Scope | None = None,
    progress: Progress | None = None,
) -> list[tuple[Outcome, ...]]:
    """Ask each question; if its target names articles to leave out, ask again without them."""
    scope = scope or Scope()
    outcomes: list[tuple[Outcome, ...]] = []
    for number, target in enumerate(targets):
        text = target.question.text
        if not number:
            library.ask(text, k=HITS, scope=scope)  # loads the models, which is not timed
        found = [_answered(target, library.ask(text, k=HITS, scope=scope), is_present=True)]
        if target.removed:
            narrower = replace(scope, without=(*scope.without, *target.removed))
            answer = library.ask(text, k=HITS, scope=narrower)
            found.append(_answered(target, answer, is_present=False))
        outcomes.append(tuple(found))
        if progress:
            progress(number + 1, len(targets))
    return outcomes


def search_all(
    library: Library, targets: Sequence[Target], *, progress: Progress | None = None
) -> list[tuple[Outcome, ...]]:
    """Search for each question, and rank articles by their best passage. Nothing is read."""
    outcomes: list[tuple[Outcome, ...]] = []
    for number, target in enumerate(targets):
        if not number:
            library.search(target.question.text, k=RANKED_PASSAGES)
        started = time.perf_counter()
        hits = library.search(target.question.text, k=RANKED_PASSAGES)
        milliseconds = (time.perf_counter() - started) * 1000
        ranked = list(dict.fromkeys(hit.passage.article.id for hit in hits))
        values = {**_rank_values(ranked[:HITS], target.gold), "milliseconds": milliseconds}
        outcomes.append((Outcome(target.question, values),))
        if progress:
            progress(number + 1, len(targets))
    return outcomes


def read_all(
    reader: Reader, questions: Sequence[LabelledQuestion], *, progress: Progress | None = None
) -> list[tuple[Outcome, ...]]:
    """Let the reader read the whole passage of each question. Raises UsageError if one has none."""
    for question in questions:
        if not question.passage:
            raise UsageError(f'{question.place}: no "passage" to read.')
    outcomes: list[tuple[Outcome, ...]] = []
    for number, question in enumerate(questions):
        digest = hashlib.sha256(question.passage.encode()).hexdigest()
        article = Article(str(number + 1), "", question.place, None, question.passage, digest)
        passage = Passage(article, 0, len(article.text))
        if not number:
            reader.read(question.text, [passage])
        started = time.perf_counter()
        spans = reader.read(question.text, [passage])
        milliseconds = (time.perf_counter() - started) * 1000
        text, score = (spans[0].text, spans[0].score) if spans else ("", float("-inf"))
        values = {
            "score": score,
            "answerable": float(bool(question.answers)),
            "milliseconds": milliseconds,
        }
        if question.answers:
            values |= _agreement(text, question.answers)
        shown = {"answered": text, "score": score if spans else None}
        is_wrong = bool(question.answers) and values["f1"] < NEAR_ENOUGH
        outcomes.append((Outcome(question, values, is_wrong, shown),))
        if progress:
            progress(number + 1, len(questions))
    return outcomes


def columns(outcomes: Sequence[Sequence[Outcome]]) -> dict[str, Column]:
    """Return the outcomes as columns by name, float64 ``(questions, conditions)``."""
    conditions = max(map(len, outcomes), default=0)
    names = dict.fromkeys(name for each in outcomes for one in each for name in one.values)
    made = {name: np.full((len(outcomes), conditions), np.nan) for name in names}
    for row, each in enumerate(outcomes):
        for place, one in enumerate(each):
            for name, value in one.values.items():
                made[name][row, place] = value
    return made


def _answered(target: Target, answer: Answer, *, is_present: bool) -> Outcome:
    """The outcome of a question; ``is_present`` if its gold articles were not left out."""
    golds = target.question.answers if is_present else ()
    guess = answer.guess.text if answer.guess else ""
    agreement = _agreement(guess, golds)
    is_right = agreement["f1"] >= NEAR_ENOUGH
    normalized = [normalize_answer(gold) for gold in golds]
    quoted = answer.citations if answer.kind is AnswerKind.SENTENCES else answer.citations[:1]
    holds = is_right or any(
        holds_answer(normalize_answer(citation.sentence), normalized) for citation in quoted
    )
    if answer.kind is not AnswerKind.SPAN:
        is_right = holds
    ranked = [hit.passage.article.id for hit in answer.hits]
    values = {
        "score": answer.confidence,
        "confidence": answer.confidence,
        "right": float(is_right),
        "answerable": float(bool(golds)),
        "milliseconds": answer.timings["total"],
        **{status.value: float(answer.status is status) for status in Status},
    }
    if golds:
        values |= agreement
        values["shown_right"] = float(holds and answer.status is not Status.NOT_FOUND)
    if answer.status is Status.ANSWERED:
        values["answered_precision"] = float(is_right)
    if target.gold and is_present:
        values |= _rank_values(ranked, target.gold)
        first = [hit.passage.article.id for hit in answer.hits if hit.rank == 1]
        values["retrieval_hit@1"] = float(bool(first_gold_rank(first, target.gold)))
    refused = answer.status is Status.NOT_FOUND
    cited = answer.guess.citation if answer.guess else None
    shown = {
        "answered": guess,
        "confidence": round(answer.confidence, 4),
        "status": answer.status.value,
        "source": cited.article.source if cited else None,
        "sentence": cited.sentence if cited else None,
        "gold_left_out": not is_present,
        "gold_rank": (first_gold_rank(ranked, target.gold) or None) if is_present else None,
    }
    is_wrong = (refused or not is_right) if golds else not refused
    return Outcome(target.question, values, is_wrong, shown)


def _agreement(text: str, golds: Sequence[str]) -> dict[str, float]:
    return {"em": exact_match(text, golds), "f1": token_f1(text, golds)}


def _rank_values(ranked: Sequence[str], gold: Mapping[str, int]) -> dict[str, float]:
    """The retrieval columns of a ranking of article ids."""
    rank = first_gold_rank(ranked, gold)
    return {
        **{f"hit@{k}": float(0 < rank <= k) for k in (1, 5, 10)},
        "mrr@10": 1 / rank if 0 < rank <= HITS else 0.0,
        "ndcg@10": ndcg(ranked, gold, HITS),
    }
