"""Vector search at size: recall, time, memory and opening, and what other indexes would give.

    QA_DATA=… python -m tests.benchmarks.vectors --library FOLDER --work FOLDER [--rows N …]

Takes the embeddings of a library (of the Wikinews articles, say) and draws more near them: a real
one plus the difference of two real neighbours, which keeps the spread of real ones. Questions are
those of SQuAD's development half, of the seeds, and Wikinews headlines made into questions. Each
size becomes a library in FOLDER/N, which a process of its own opens and asks. Prints JSON.
"""

import argparse
import gzip
import json
import random
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from qa.models.opening import open_encoder
from qa.storage import live_vectors, sketch
from qa.storage.live_vectors import LiveVectors
from qa.storage.store import Store
from qa.storage.vector_files import list_vector_files, read_facts

from .labelled import data_folder

SEED = 20111024
SIZES = (53_807, 100_000, 250_000, 500_000, 1_000_000)
QUESTIONS = 300
PART = 50_000
SHORTLISTS = (200, 400, 600, 1000, 2000)
SHARES = (0.01, 0.1, 0.5)
DELTA = live_vectors.STALE_ROWS - 1
HEAD = 100
Rows = NDArray[np.float16]
Found = list[list[int]]


def main() -> None:
    """Make the libraries and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--library", type=Path, help="folder with the real embeddings")
    parser.add_argument("--work", type=Path, required=True, help="folder for what is made")
    parser.add_argument("--rows", type=int, nargs="*", default=SIZES, help="sizes to measure")
    parser.add_argument("--rivals", action="store_true", help="measure flat and IVF indexes too")
    parser.add_argument("--open", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.open:
        print(json.dumps(asked(given.open, np.load(given.work / "questions.npy"))))
        return
    given.work.mkdir(parents=True, exist_ok=True)
    real = embeddings_in(given.library)
    queries = encoded_questions(given.work / "questions.npy")
    drawn = drawn_near(real, max(given.rows), given.work / "drawn.npy")
    figures = {}
    for rows in given.rows:
        folder, vectors = given.work / str(rows), drawn[:rows]
        figures[rows] = measured(folder, vectors, queries, given.work)
        if given.rivals:
            figures[rows]["rivals"] = rivals(vectors, queries)
        print(rows, figures[rows], file=sys.stderr)
    print(json.dumps(figures, indent=1))


def embeddings_in(folder: Path) -> Rows:
    """All embeddings of a library."""
    store = Store(folder, create=False)
    dimension = int(store.facts()["dimension"])
    rows = [part for _, part in store.embeddings_after(0, dimension)]
    store.close()
    return np.concatenate(rows)


def encoded_questions(path: Path) -> NDArray[np.float32]:
    """Embeddings of questions of three kinds, shuffled."""
    if not path.exists():
        chance = random.Random(SEED)
        squad = json.loads((data_folder() / "dev" / "squad2-dev-half.json").read_text())
        paragraphs = [part for article in squad["data"] for part in article["paragraphs"]]
        texts = [asking["question"] for part in paragraphs for asking in part["qas"]]
        texts = chance.sample(texts, QUESTIONS // 3)
        seeds = Path(__file__).parents[2] / "seeds" / "questions.jsonl"
        asking = [json.loads(line)["question"] for line in seeds.read_text().splitlines()]
        texts += chance.sample(asking, QUESTIONS // 3)
        with gzip.open(data_folder() / "scale" / "wikinews_en.jsonl.gz", "rt") as stream:
            titles = [json.loads(line)["title"] for line in stream]
        texts += [f"What happened: {title}?" for title in chance.sample(titles, QUESTIONS // 3)]
        chance.shuffle(texts)
        np.save(path, open_encoder().encode(texts, "question"))
    queries: NDArray[np.float32] = np.load(path)
    return queries


def drawn_near(real: Rows, count: int, path: Path) -> Rows:
    """The real ones, and others near them up to ``count``, in a file that is mapped."""
    if path.exists() and len(np.load(path, mmap_mode="r")) >= count:
        return np.load(path, mmap_mode="r")  # type: ignore[no-any-return]
    exact = real.astype(np.float32)
    chance = np.random.default_rng(SEED)
    near = np.empty((len(real), 10), np.int64)
    for first in range(0, len(real), 5000):
        _, found = faiss.knn(exact[first : first + 5000], exact, 11, faiss.METRIC_INNER_PRODUCT)
        near[first : first + 5000] = found[:, 1:]
    shape = (max(count, len(real)), real.shape[1])
    drawn = np.lib.format.open_memmap(path, "w+", np.float16, shape)
    drawn[: len(real)] = real
    for first in range(len(real), len(drawn), len(real)):
        part = min(len(real), len(drawn) - first)
        one = chance.integers(0, len(real), part)
        other = near[one, chance.integers(0, 10, part)]
        rows = exact[chance.permutation(len(real))[:part]] + exact[one] - exact[other]
        drawn[first : first + part] = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return drawn


def measured(
    folder: Path, vectors: Rows, queries: NDArray[np.float32], work: Path
) -> dict[str, Any]:
    """Figures of one size: making, asking in another process, recall."""
    figures: dict[str, Any] = {}
    if not folder.exists():
        figures["publish_seconds"] = made_library(folder, vectors)
    command = [sys.executable, "-m", "tests.benchmarks.vectors", "--work", str(work)]
    done = subprocess.run(
        [*command, "--open", str(folder)], check=True, capture_output=True, text=True
    )
    answer: dict[str, Any] = json.loads(done.stdout)
    wanted = nearest(vectors, queries)
    for name, found in answer.pop("found").items():
        numbers = [[number - 1 for number in row] for row in found]
        answer[f"recall {name}"] = {at: recall(numbers, wanted, at) for at in (10, HEAD)}
    return figures | answer


def made_library(folder: Path, vectors: Rows) -> float:
    """Write a library that holds these vectors and nothing to read; return seconds to publish."""
    store = Store(folder, create=True)
    connection = store.connection()
    connection.execute("PRAGMA synchronous = OFF")
    facts = {"model": "drawn", "fingerprint": "drawn", "dimension": str(vectors.shape[1])}
    with store.batch() as batch:
        batch.set_facts(**facts)
    connection.execute("INSERT INTO files VALUES (1, '/drawn', '/drawn', 0, 0, 'drawn', 1)")
    connection.execute(
        "INSERT INTO articles (id, file, title, first_line, digest, text) "
        "VALUES (1, 1, 'drawn', 1, 'drawn', '')"
    )
    for first in range(0, len(vectors), PART):
        part = vectors[first : first + PART]
        numbers = range(first + 1, first + len(part) + 1)
        connection.execute("BEGIN")
        connection.executemany(
            'INSERT INTO passages (id, article, start, "end") VALUES (?, 1, 0, 0)',
            ((number,) for number in numbers),
        )
        connection.executemany(
            "INSERT INTO embeddings VALUES (?, ?)",
            ((number, row.tobytes()) for number, row in zip(numbers, part, strict=True)),
        )
        connection.execute("INSERT INTO commits VALUES (NULL, 'ab', ?)", (numbers[-1],))
        connection.execute("COMMIT")
    started = time.perf_counter()
    LiveVectors(store).publish(force=True)
    store.close()
    return round(time.perf_counter() - started, 2)


def asked(folder: Path, queries: NDArray[np.float32]) -> dict[str, Any]:
    """Open a library as a question does, ask it all, and tell what was found; a fresh process."""
    store = Store(folder, create=False)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.perf_counter()
    live = LiveVectors(store)
    opened = time.perf_counter()
    with live.current() as vectors:
        vectors.search(queries[0], HEAD)
        first = time.perf_counter()
        figures: dict[str, Any] = {
            "open_ms": round((opened - started) * 1000, 1),
            "first_search_ms": round((first - opened) * 1000, 1),
            "search_ms": timed(partial(vectors.search, k=HEAD), queries),
            "memory_mb": (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024,
        }
        found = {"as it is": searched(vectors, queries)}
        figures["some_inner_products_ms"] = timed(
            partial(vectors.inner_products, ids=np.arange(1, len(vectors), 9973)), queries
        )
        for share in SHARES:
            chosen = np.random.default_rng(SEED).random(len(vectors)) < share
            among = np.flatnonzero(chosen) + 1
            figures[f"search_ms among {share}"] = timed(
                partial(vectors.search, k=HEAD, among=among), queries[:20]
            )
        for shortlist in SHORTLISTS if isinstance(vectors, sketch.SketchedVectors) else ():
            sketch.SHORTLIST = shortlist
            figures[f"search_ms {shortlist}"] = timed(partial(vectors.search, k=HEAD), queries)
            found[str(shortlist)] = searched(vectors, queries)
    ((path, _, _),) = list_vector_files(folder)
    facts = read_facts(path)
    figures |= {"file_mb": round(path.stat().st_size / 1e6, 1), "delta_open_ms": with_delta(store)}
    return figures | {"stored_recall": facts and facts.recall, "found": found}


def with_delta(store: Store) -> float:
    """Milliseconds to open when so many rows are not yet published; nothing is kept of them."""
    connection = store.connection()
    connection.execute("BEGIN IMMEDIATE")
    last = store.newest_commit().last_passage
    connection.execute(
        'INSERT INTO passages (id, article, start, "end") SELECT id + ?, article, 0, 0 '
        "FROM passages ORDER BY id LIMIT ?",
        (last, DELTA),
    )
    connection.execute(
        "INSERT INTO embeddings SELECT passage + ?, vector FROM embeddings ORDER BY passage "
        "LIMIT ?",
        (last, DELTA),
    )
    connection.execute("INSERT INTO commits VALUES (NULL, 'cd', ?)", (last + DELTA,))
    started = time.perf_counter()
    LiveVectors(store)
    seconds = time.perf_counter() - started
    connection.execute("ROLLBACK")
    return round(seconds * 1000, 1)


def searched(vectors: live_vectors.AnyVectors, queries: NDArray[np.float32]) -> Found:
    """Numbers of the best hundred for each query."""
    return [[number for number, _ in vectors.search(query, HEAD)] for query in queries]


def timed(
    call: Callable[[NDArray[np.float32]], object], queries: NDArray[np.float32]
) -> dict[str, float]:
    """Median and 95th percentile, in milliseconds, of a call for each query."""
    times = []
    for query in queries:
        started = time.perf_counter()
        call(query)
        times.append((time.perf_counter() - started) * 1000)
    ninety_five = statistics.quantiles(times, n=20)[-1]
    return {"median": round(statistics.median(times), 2), "p95": round(ninety_five, 2)}


def nearest(vectors: Rows, queries: NDArray[np.float32]) -> NDArray[np.int64]:
    """Rows of the true best hundred for each query, best first."""
    scores = np.empty((len(queries), 0), np.float32)
    rows = np.empty((len(queries), 0), np.int64)
    for first in range(0, len(vectors), PART):
        part = vectors[first : first + PART].astype(np.float32)
        found, places = faiss.knn(queries, part, HEAD, faiss.METRIC_INNER_PRODUCT)
        scores, rows = np.hstack([scores, found]), np.hstack([rows, places + first])
        order = np.argsort(-scores, axis=1, kind="stable")[:, :HEAD]
        scores = np.take_along_axis(scores, order, axis=1)
        rows = np.take_along_axis(rows, order, axis=1)
    return rows


def recall(found: Sequence[Sequence[int]], wanted: NDArray[np.int64], at: int) -> float:
    """Mean share of the true best that are among as many best found."""
    shares = [
        len(set(row[:at]) & set(true[:at].tolist())) / at
        for row, true in zip(found, wanted, strict=True)
    ]
    return round(statistics.mean(shares), 4)


def rivals(vectors: Rows, queries: NDArray[np.float32]) -> dict[str, Any]:
    """Time and recall of exact float16 and of inverted lists in eight bits, all in memory."""
    wanted = nearest(vectors, queries)
    figures: dict[str, Any] = {}
    lists = round(4 * len(vectors) ** 0.5)
    for name, widths in (("SQfp16", (0,)), (f"IVF{lists},SQ8", (32, 64, 128, 256, 512))):
        made: Any = faiss.index_factory(vectors.shape[1], name, faiss.METRIC_INNER_PRODUCT)
        started = time.perf_counter()
        if widths[0]:
            made.cp.niter, made.cp.max_points_per_centroid = 10, 40
            chosen = np.random.default_rng(SEED).permutation(len(vectors))[: 40 * lists]
            made.train(vectors[np.sort(chosen)].astype(np.float32))
        for first in range(0, len(vectors), PART):
            made.add(vectors[first : first + PART].astype(np.float32))
        seconds = round(time.perf_counter() - started, 1)
        for width in widths:
            if width:
                made.nprobe = width
            _, found = made.search(queries, HEAD)
            figures[f"{name} {width or ''}"] = {
                "made_seconds": seconds,
                "search_ms": timed(partial(_search_in, made), queries),
                "recall": {at: recall(found.tolist(), wanted, at) for at in (10, HEAD)},
            }
    return figures


def _search_in(made: Any, query: NDArray[np.float32]) -> None:
    made.search(query[None], HEAD)


if __name__ == "__main__":
    main()
