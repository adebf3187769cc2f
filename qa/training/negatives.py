"""Negatives: passages that the product's own search finds for a question but that do not answer it.

A reader in use meets mostly such passages, which share words or a topic with the question. Both of
the product's searches are asked: BM25 over the full text, and the encoder's embeddings by cosine
(Karpukhin et al. 2020 train on negatives from both).

Only passages that training may see are searched. A passage that contains one of the question's
answers, compared as SQuAD does, is not a negative. If neither search ranks the question's own
passage high, the question is too vague to have negatives ("What is the product?"): many other
passages answer it in other words.
"""

import hashlib
import json
from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..atomic import atomic_write
from ..models.encoder import Encoder
from ..scores import holds_answer, normalize_answer
from ..storage.full_text import FullText
from ..storage.vectors import Vectors
from ..terms import question_terms
from .examples import TrainingSet


def search_words(passages: Sequence[str], questions: Sequence[str], best: int) -> list[list[int]]:
    """Return, for each question, the indexes of the ``best`` passages by BM25, best first."""
    index = FullText(None)
    index.change([], enumerate(passages, start=1), "", whole=True)
    return [
        [number - 1 for number, _ in index.search(question_terms(question), best)]
        for question in questions
    ]


def search_meaning(
    passages: NDArray[np.float32], questions: NDArray[np.float32], best: int
) -> list[list[int]]:
    """Return, for each question, the indexes of the ``best`` passages by cosine, best first.

    Both arrays hold unit embeddings, one per row.
    """
    index = Vectors(passages.shape[1])
    index.add(np.arange(len(passages)), passages.astype(np.float16))
    return [[number for number, _ in index.search(question, best)] for question in questions]


def choose_negatives(
    training_set: TrainingSet,
    pool: Sequence[int],
    questions: Sequence[int],
    searches: Sequence[Sequence[Sequence[int]]],
    most_each: int,
    own_within: int,
) -> dict[int, list[int]]:
    """Return negatives by question: passages that were found but contain none of its answers.

    ``searches[s][q]`` holds what search ``s`` found for the question ``questions[q]``, as
    positions in ``pool``, best first. At most ``most_each`` negatives come from each search, taken
    in turns. A question gets none unless a search ranks its own passage among the first
    ``own_within``.
    """
    normalized = {index: normalize_answer(training_set.passages[index].text) for index in pool}
    result = {}
    for position, question in enumerate(questions):
        entry = training_set.questions[question]
        found = [[pool[hit] for hit in search[position]] for search in searches]
        if not any(entry.passage in hits[:own_within] for hits in found):
            continue
        answers = [normalize_answer(answer) for answer in training_set.answers(question)]
        chosen: list[list[int]] = []
        for hits in found:
            kept = [
                hit
                for hit in hits
                if hit != entry.passage and not holds_answer(normalized[hit], answers)
            ]
            chosen.append(kept[:most_each])
        turns = [hits[turn] for turn in range(most_each) for hits in chosen if turn < len(hits)]
        result[question] = list(dict.fromkeys(turns))
    return {question: negatives for question, negatives in result.items() if negatives}


def mine_negatives(
    training_set: TrainingSet,
    encoder: Encoder,
    cache: Path,
    *,
    sources: Collection[str] | None = None,
    most_each: int = 6,
    best: int = 40,
    own_within: int = 20,
) -> dict[int, list[int]]:
    """Return negatives by question, read from ``cache`` if it was made from the same data.

    ``sources`` limits questions and passages to these sources; None means all. Questions without a
    marked span get no negatives: whether another passage answers them is unknown.
    """

    def is_wanted(passage: int) -> bool:
        return sources is None or training_set.passages[passage].source in sources

    pool = [index for index in training_set.seen_passages() if is_wanted(index)]
    questions = [
        index
        for index in training_set.seen_questions()
        if training_set.questions[index].spans and is_wanted(training_set.questions[index].passage)
    ]
    pool_texts = [training_set.passages[index].text for index in pool]
    question_texts = [training_set.questions[index].text for index in questions]
    origin = [encoder.fingerprint, pool_texts, question_texts, most_each, best, own_within]
    key = hashlib.sha256(json.dumps(origin).encode()).hexdigest()
    if cache.exists():
        stored = json.loads(cache.read_text(encoding="utf-8"))
        if stored["key"] == key:
            return {int(question): found for question, found in stored["negatives"].items()}
    by_words = search_words(pool_texts, question_texts, best)
    by_meaning = search_meaning(
        encoder.encode(pool_texts, "passage"), encoder.encode(question_texts, "question"), best
    )
    negatives = choose_negatives(
        training_set, pool, questions, [by_words, by_meaning], most_each, own_within
    )
    content = json.dumps({"key": key, "negatives": negatives})
    cache.parent.mkdir(parents=True, exist_ok=True)
    with atomic_write(cache) as path:
        path.write_text(content, encoding="utf-8")
    return negatives
