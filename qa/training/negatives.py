"""Negatives: passages that a search brings up for a question but that hold no answer to it.

This is what a reader meets at use, where most of the passages it is given came up for their
words or their topic alone. Two searches are asked, as at use:

- BM25 (Robertson & Zaragoza 2009), by SQLite's FTS5 with Porter stemming, in memory, stop
  words dropped from the question;
- the encoder that the reader starts from, by cosine (Karpukhin et al. 2020 train on both).

Only passages that training may see are in the pool. A passage that holds any of the question's
answers, compared as SQuAD compares them, is not a negative. A question whose own passage comes
up in neither search's best is too vague to have negatives ("What is the product?"): many other
passages answer it in other words.
"""

import hashlib
import json
import sqlite3
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ..scores import holds_answer, normalize_answer
from ..terms import question_terms
from .checkpoints import write_atomically
from .examples import TrainingSet

if TYPE_CHECKING:
    from tokenizers import Tokenizer


def search_words(passages: Sequence[str], questions: Sequence[str], best: int) -> list[list[int]]:
    """Return for each question the indexes of the ``best`` passages by BM25, best first."""
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE pool USING fts5(text, tokenize='porter unicode61')")
    database.executemany(
        "INSERT INTO pool(rowid, text) VALUES (?, ?)", list(enumerate(passages, start=1))
    )
    found: list[list[int]] = []
    for question in questions:
        words = question_terms(question)
        if not words:
            found.append([])
            continue
        terms = " OR ".join(f'"{word}"' for word in words)
        rows = database.execute(
            "SELECT rowid FROM pool WHERE pool MATCH ? ORDER BY bm25(pool) LIMIT ?", (terms, best)
        )
        found.append([row[0] - 1 for row in rows])
    database.close()
    return found


def embed(
    encoder_folder: Path, tokenizer: "Tokenizer", texts: Sequence[str], most_tokens: int = 200
) -> npt.NDArray[np.float32]:
    """Return unit embeddings by the encoder, mean-pooled: float32, shape (texts, dim)."""
    import torch
    from transformers import BertModel

    from .forward import work_type

    device = "cuda" if torch.cuda.is_available() else "cpu"
    kind, float32 = work_type(device), torch.float32
    model = BertModel.from_pretrained(
        encoder_folder, attn_implementation="eager", add_pooling_layer=False
    )
    model.train(False).to(device)
    encodings = tokenizer.encode_batch(list(texts))
    order = sorted(range(len(texts)), key=lambda index: len(encodings[index].ids))
    embeddings = np.zeros((len(texts), model.config.hidden_size), dtype=np.float32)
    for start in range(0, len(order), 64):
        rows = order[start : start + 64]
        pieces = [encodings[row].ids[:most_tokens] for row in rows]
        length = max(len(row) for row in pieces)
        ids = torch.tensor([row + [0] * (length - len(row)) for row in pieces], device=device)
        mask = torch.tensor(
            [[1] * len(row) + [0] * (length - len(row)) for row in pieces], device=device
        )
        with torch.inference_mode(), torch.autocast(device, dtype=kind, enabled=kind != float32):
            hidden = model(input_ids=ids, attention_mask=mask).last_hidden_state
        weights = mask.unsqueeze(-1).float()
        pooled = (hidden.float() * weights).sum(1) / weights.sum(1)
        embeddings[rows] = torch.nn.functional.normalize(pooled, dim=-1).cpu().numpy()
    return embeddings


def search_meaning(
    passages: npt.NDArray[np.float32], questions: npt.NDArray[np.float32], best: int
) -> list[list[int]]:
    """Return for each question the ``best`` passages by cosine, best first."""
    best = min(best, len(passages))
    found: list[list[int]] = []
    for start in range(0, len(questions), 512):
        scores = questions[start : start + 512] @ passages.T
        top = np.argpartition(-scores, best - 1, axis=1)[:, :best]
        for row, columns in enumerate(top):
            found.append([int(column) for column in columns[np.argsort(-scores[row, columns])]])
    return found


def choose_negatives(
    training_set: TrainingSet,
    pool: Sequence[int],
    questions: Sequence[int],
    searches: Sequence[Sequence[Sequence[int]]],
    most_each: int,
    own_within: int,
) -> dict[int, list[int]]:
    """Return negatives by question: passages that came up and hold none of its answers.

    ``searches`` hold, for each search and each of ``questions``, positions in ``pool``. At most
    ``most_each`` negatives are taken from each search, taking turns, best first. Questions whose
    own passage is not within the best ``own_within`` of any search get none.
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
    encoder_folder: Path,
    tokenizer: "Tokenizer",
    cache: Path,
    *,
    sources: Collection[str] | None = None,
    most_each: int = 6,
    best: int = 40,
    own_within: int = 20,
) -> dict[int, list[int]]:
    """Return negatives by question, from the cache where it belongs to the same set.

    ``sources`` are those whose questions get negatives, from their passages; None for all.

    Questions without a marked span get none: whether another passage answers them is not known.
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
    with (encoder_folder / "model.safetensors").open("rb") as weights:
        encoder = hashlib.file_digest(weights, "sha256").hexdigest()
    origin = [encoder, pool_texts, question_texts, most_each, best, own_within]
    key = hashlib.sha256(json.dumps(origin).encode()).hexdigest()
    if cache.exists():
        stored = json.loads(cache.read_text(encoding="utf-8"))
        if stored["key"] == key:
            return {int(question): found for question, found in stored["negatives"].items()}
    by_words = search_words(pool_texts, question_texts, best)
    embeddings = embed(encoder_folder, tokenizer, pool_texts + question_texts)
    by_meaning = search_meaning(embeddings[: len(pool)], embeddings[len(pool) :], best)
    negatives = choose_negatives(
        training_set, pool, questions, [by_words, by_meaning], most_each, own_within
    )
    content = json.dumps({"key": key, "negatives": negatives})
    write_atomically(cache, lambda path: path.write_text(content, encoding="utf-8"))
    return negatives
