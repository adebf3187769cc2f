"""What becomes of each figure as the library grows, and the floors at the largest size."""

import os
import random
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from qa import Library
from qa.models.encoder import Encoder
from qa.models.opening import open_encoder

from .growing import SEED, Names, changed_text, find_names, read_originals
from .measuring import Row, Spread, alternate, ask, milliseconds, qa, ratios, run
from .prepared import QUESTION, Prepared

ADDED = 100
"""Articles that are added and removed."""
MOST_ASKED = 50
"""Warm questions at each size."""
NEAREST = 10
"""Nearest passages that are compared with exact search."""


def largest(prepared: Prepared) -> list[Row]:
    """Retrieval, recall, a cold question and memory at the largest size."""
    size = max(prepared.sizes)
    library = prepared.folder(size) / "library"
    what = f"{size:,} passages"
    news = prepared.news / "library"
    cold = alternate(
        prepared.rounds,
        {
            "large": lambda: run(ask(QUESTION, library), allowed=(0, 1)).seconds,
            "news": lambda: run(ask(QUESTION, news), allowed=(0, 1)).seconds,
        },
    )
    times = ratios(cold["large"], cold["news"])
    peaks = [
        run(ask(QUESTION, library), allowed=(0, 1)).peak_mb for _ in range(min(3, prepared.rounds))
    ]
    memory = Spread.of(peaks)
    with Library.open(library) as opened:
        opened.search(QUESTION)
        if is_forgotten := forget(library):
            first = Spread.of(milliseconds(opened.search, prepared.questions))
        bring_to_memory(library)
        found = Spread.of(milliseconds(opened.search, prepared.questions))
        long = Spread.of(milliseconds(opened.search, prepared.long_questions))
        shares = recalls(opened, prepared.questions)
    rows = [
        Row(
            "largest",
            f"{what}: warm retrieval",
            "ms",
            found,
            floor="median ≤ 40 ms",
            is_met=found.median <= 40,
        ),
        Row(
            "largest",
            f"{what}: warm retrieval, 60 words",
            "ms",
            long,
            floor="median ≤ 40 ms",
            is_met=long.median <= 40,
        ),
        Row(
            "largest",
            f"{what}: recall@{NEAREST} against exact search (mean {np.mean(shares):.3f})",
            "",
            Spread.of(shares),
            floor="mean ≥ 0.95",
            is_met=bool(np.mean(shares) >= 0.95),
        ),
        Row(
            "largest",
            f"{what}: cold question (theirs: the Wikinews library; ratio: ours to that)",
            "s",
            Spread.of(cold["large"]),
            Spread.of(cold["news"]),
            times,
            "≤ 1.5 times",
            times.median <= 1.5,
        ),
        Row(
            "largest",
            f"{what}: peak memory to ask",
            "MB",
            memory,
            floor="≤ 1,500 MB",
            is_met=memory.median <= 1500,
        ),
    ]
    if is_forgotten:
        rows.append(Row("largest", f"{what}: retrieval, its files on disk alone", "ms", first))
    return rows


def growth(prepared: Prepared) -> list[Row]:
    """Open, ask, add, remove, memory and disk at every size."""
    encoder = open_encoder()
    texts = new_articles(prepared)
    return [
        Row("growth", f"{size:,} passages: {what}", unit, Spread.of(values))
        for size in prepared.sizes
        for what, unit, values in at_size(prepared, size, encoder, texts)
    ]


def at_size(
    prepared: Prepared, size: int, encoder: Encoder, texts: list[str]
) -> Iterator[tuple[str, str, list[float]]]:
    """Yield what was measured, its unit and the values."""
    folder = prepared.folder(size)
    library, questions = folder / "library", prepared.questions[:MOST_ASKED]
    yield "open and first search", "ms", opening(library, encoder, prepared.rounds)
    asked = [run(ask(QUESTION, library), allowed=(0, 1)) for _ in range(prepared.rounds)]
    asked = asked[1:] or asked
    yield "cold question", "s", [ran.seconds for ran in asked]
    yield "peak memory to ask", "MB", [ran.peak_mb for ran in asked]
    bring_to_memory(library)
    with Library.open(library) as opened:
        opened.ask(QUESTION)
        yield "warm retrieval", "ms", milliseconds(opened.search, questions)
        yield "warm question", "ms", milliseconds(opened.ask, questions)
    added = write_articles(folder / "added", texts)
    index = qa("index", added, "--library", library, "--quiet")
    remove = qa("rm", "--yes", "--quiet", added, "--library", library)
    changes = alternate(
        min(4, prepared.rounds),
        {"add": lambda: run(index).seconds, "remove": lambda: run(remove).seconds},
    )
    yield f"add {len(texts)} articles", "s", changes["add"]
    yield f"remove {len(texts)} articles", "s", changes["remove"]
    taken = sum(path.stat().st_size for path in library.rglob("*") if path.is_file())
    yield "on disk", "MB", [taken / 1e6]


def curves(rows: list[Row]) -> dict[str, dict[str, list[tuple[float, float]]]]:
    """Return the panels of the picture: medians and 95th percentiles of the growth rows."""
    panels: dict[str, dict[str, list[tuple[float, float]]]] = {}
    for row in rows:
        if row.part != "growth":
            continue
        size, _, what = row.what.partition(" passages: ")
        panel = panels.setdefault(f"{what}, {row.unit}", {})
        places = {"median": row.ours.median}
        if row.ours.count > 20:  # of few values the 95th percentile is only the greatest
            places["95th percentile"] = row.ours.late
        for name, value in places.items():
            panel.setdefault(name, []).append((float(size.replace(",", "")), value))
            panel[name].sort()
    return panels


def forget(library: Path) -> bool:
    """Ask the system to drop its memory of a library's files; False where it cannot be asked."""
    if sys.platform != "linux":
        return False
    for path in filter(Path.is_file, library.rglob("*")):
        with path.open("rb") as stream:
            os.posix_fadvise(stream.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    return True


def bring_to_memory(library: Path) -> None:
    """Read a library's files once, so that the system holds them in memory, as it has room."""
    for path in filter(Path.is_file, library.rglob("*")):
        with path.open("rb", buffering=0) as stream:
            while stream.read(1 << 20):
                pass


def opening(library: Path, encoder: Encoder, rounds: int) -> list[float]:
    """Milliseconds to open a library and search it once, everything imported and loaded before."""

    def once(question: str) -> None:
        with Library.open(library) as opened:
            opened._session.use(encoder)
            opened.search(question)

    return milliseconds(once, [QUESTION] * (1 + rounds))[1:]


def recalls(library: Library, questions: tuple[str, ...]) -> list[float]:
    """Share of each question's true nearest passages that the index finds."""
    queries = library.encoder.encode(list(questions), "question")
    dimension = queries.shape[1]
    numbers = np.zeros((len(queries), 0), np.int64)
    scores = np.zeros((len(queries), 0), np.float32)
    for some, vectors in library._store.embeddings_after(0, dimension):
        products = queries @ vectors.astype(np.float32).T
        scores = np.concatenate([scores, products], axis=1)
        numbers = np.concatenate([numbers, np.broadcast_to(some, products.shape)], axis=1)
        best = np.argsort(-scores, axis=1)[:, :NEAREST]
        scores = np.take_along_axis(scores, best, axis=1)
        numbers = np.take_along_axis(numbers, best, axis=1)
    with library._store.vectors.current() as index:
        found = [{number for number, _ in index.search(query, NEAREST)} for query in queries]
    return [
        len(got & set(wanted.tolist())) / len(wanted)
        for got, wanted in zip(found, numbers, strict=True)
    ]


def new_articles(prepared: Prepared) -> list[str]:
    """Texts that no library holds: articles with other words."""
    with Library.open(prepared.news / "library") as library:
        store = library._store
        originals = read_originals(store, int(store.facts()["dimension"]))
    names: Names = find_names(originals)
    chance = random.Random(f"{SEED} added")
    chosen = chance.choices(originals, k=10 if prepared.is_short else ADDED)
    return [changed_text(one.article.text, [], names, chance)[0] for one in chosen]


def write_articles(folder: Path, texts: list[str]) -> Path:
    """Write texts as files."""
    folder.mkdir(exist_ok=True)
    for number, text in enumerate(texts):
        (folder / f"{number:03}.txt").write_text(text, encoding="utf-8")
    return folder
