"""The exported encoder against sentence-transformers' own encode: speed, agreement, retrieval."""

import random
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa import Library, settings
from qa.articles.heading import split_under_heading
from qa.evaluation.metrics import ndcg
from qa.evaluation.sets import read_set
from qa.models.opening import open_encoder

from .growing import SEED
from .labelled import data_folder
from .measuring import Row, Spread, ratios
from .prepared import Prepared, original_encoder

TEXTS = 512
SHORT_TEXTS = 16


def encoding(prepared: Prepared) -> list[Row]:
    """Encode the same passages by both, in alternation, on as many threads."""
    encoder, original = open_encoder(), original_encoder()
    texts = _texts(prepared)
    tokens = sum(encoder.count_tokens(texts))
    taken: dict[str, list[float]] = {"ours": [], "theirs": []}
    for number in range(prepared.rounds + 1):
        started = time.perf_counter()
        ours = encoder.encode(texts, "passage")
        between = time.perf_counter()
        theirs = _encode(original, texts)
        ended = time.perf_counter()
        if number:
            taken["ours"].append(tokens / (between - started))
            taken["theirs"].append(tokens / (ended - between))
    ratio = ratios(taken["ours"], taken["theirs"])
    cosines = Spread.of(np.sum(ours * theirs, axis=1).tolist())
    mean = float(np.mean(np.sum(ours * theirs, axis=1)))
    return [
        Row(
            "encoding",
            f"encoding {len(texts)} passages, {settings.threads()} threads (ratio: ours to theirs)",
            "tokens/s",
            Spread.of(taken["ours"]),
            Spread.of(taken["theirs"]),
            ratio,
            "1.7 times faster",
            ratio.median >= 1.7,
        ),
        Row(
            "encoding",
            f"cosine of ours to theirs (mean {mean:.4f})",
            "",
            cosines,
            floor="mean ≥ 0.99",
            is_met=mean >= 0.99,
        ),
    ]


def quality(prepared: Prepared) -> list[Row]:
    """nDCG@10 on SciFact of dense retrieval alone, by both encoders' embeddings."""
    if prepared.is_short:
        return []
    labelled = read_set(data_folder() / "retrieval" / "scifact")
    names = [paragraph.name for paragraph in labelled.paragraphs]
    texts = [f"{paragraph.title}\n{paragraph.text}".strip() for paragraph in labelled.paragraphs]
    questions = [question.text for question in labelled.questions]
    encoder, original = open_encoder(), original_encoder()
    kinds: dict[str, Callable[[Sequence[str], bool], NDArray[np.float32]]] = {
        "ours": lambda some, asked: encoder.encode(some, "question" if asked else "passage"),
        "theirs": lambda some, _: _encode(original, some),
    }
    gains = {}
    for kind, encode in kinds.items():
        path = prepared.work / f"scifact-{kind}.npy"
        if not path.exists():
            np.save(path, encode(texts, False))
        pool: NDArray[np.float32] = np.load(path)
        order = np.argsort(-(encode(questions, True) @ pool.T), axis=1)[:, :10]
        gains[kind] = [
            ndcg([names[row] for row in best], question.gold) * 100
            for best, question in zip(order, labelled.questions, strict=True)
        ]
    ours, theirs = float(np.mean(gains["ours"])), float(np.mean(gains["theirs"]))
    return [
        Row(
            "quality",
            f"nDCG@10 on SciFact, dense alone, mean of {len(questions)} questions",
            "points",
            Spread.of([ours]),
            Spread.of([theirs]),
            floor="within 0.5 points",
            is_met=ours >= theirs - 0.5,
        )
    ]


def _texts(prepared: Prepared) -> list[str]:
    """Passages as they are embedded, of articles drawn at random."""
    count = SHORT_TEXTS if prepared.is_short else TEXTS
    with Library.open(prepared.news / "library") as opened:
        encoder = opened.encoder
        rows = sorted(opened.articles(), key=lambda row: row.id)
        random.Random(SEED).shuffle(rows)
        texts: list[str] = []
        for row in rows:
            if len(texts) >= count:
                break
            article = opened.article(row.id)
            texts += split_under_heading(article, encoder.count_tokens, encoder.room_tokens)[1]
    return texts[:count]


def _encode(original: Any, texts: Sequence[str]) -> NDArray[np.float32]:
    embeddings = original.encode(list(texts), normalize_embeddings=True, show_progress_bar=False)
    return np.asarray(embeddings, np.float32)
