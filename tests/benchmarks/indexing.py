"""Indexing at the size of a newspaper's archive, and a cold question on what comes of it.

    QA_DATA=… python -m tests.benchmarks.indexing --work FOLDER [--articles N]

Writes the Wikinews articles out as one file each, indexes them by the command line in processes of
their own, runs again with nothing changed and with 100 files changed, then asks a question from
the command line in turn with a script that imports sentence-transformers and searches a flat index.
Prints one JSON object; figures of time are medians, and ratios are of runs in alternation.
"""

import argparse
import gzip
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from .labelled import data_folder

SEED = 20111024
CHANGED = 100
QUESTION = "Who was sworn in hours after the death of Arafat?"
COMPARED_TEXTS = 512
ROUNDS = 5

RIVAL = """
import sys
import faiss
import numpy as np
from sentence_transformers import SentenceTransformer

model_folder, index_path, texts_path, question = sys.argv[1:]
model = SentenceTransformer(model_folder, device="cpu")
index = faiss.read_index(index_path)
query = model.encode([question], normalize_embeddings=True)
_, rows = index.search(query, 10)
texts = open(texts_path, encoding="utf-8").read().split("\\0")
for row in rows[0]:
    print(texts[row][:200])
"""


def main() -> None:
    """Run it all and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--work", type=Path, required=True, help="folder for files and library")
    parser.add_argument("--articles", type=int, default=None, help="only so many")
    given = parser.parse_args()
    os.environ["QA_HOME"] = str(given.work / "home")
    articles, library = given.work / "articles", given.work / "library"
    texts = write_articles(articles, given.articles)
    qa("ask", "Who?", "seeds", "--library", str(given.work / "warm-up"), allowed=(0, 1))
    figures: dict[str, Any] = {"files": len(texts)}
    if not library.exists():
        figures["first"] = indexed(articles, library)
    figures["disk_mb"] = sum(path.stat().st_size for path in library.iterdir()) / 1e6
    figures["unchanged"] = [indexed(articles, library)["seconds"] for _ in range(3)]
    for path in random.Random(SEED).sample(sorted(articles.iterdir()), min(CHANGED, len(texts))):
        path.write_text(path.read_text(encoding="utf-8") + f"\n\nUpdated {time.time_ns()}.\n")
    figures["100_changed"] = indexed(articles, library)
    figures["encoding"] = encoding(library)
    figures["cold_question"] = cold_question(given.work, library)
    print(json.dumps(figures, indent=1))


def write_articles(folder: Path, most: int | None) -> list[Path]:
    """Write the Wikinews articles as one file each; return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    with gzip.open(data_folder() / "scale" / "wikinews_en.jsonl.gz", "rt") as stream:
        for line in islice(stream, most):
            row = json.loads(line)
            path = folder / f"{row['id']}.txt"
            if not path.exists():
                path.write_text(f"{row['title']}\n\n{row['text']}\n", encoding="utf-8")
            paths.append(path)
    return paths


def indexed(articles: Path, library: Path) -> dict[str, Any]:
    """Index by the command line; return its report with the wall time of the whole process."""
    command = [sys.executable, "-m", "qa", "index", str(articles), "--library", str(library)]
    started = time.perf_counter()
    with tempfile.TemporaryFile("w+") as printed:
        running = subprocess.Popen([*command, "--json", "--quiet"], stdout=printed)
        _, status, usage = os.wait4(running.pid, 0)
        running.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.perf_counter() - started
        printed.seek(0)
        report: dict[str, Any] = json.load(printed)
    report["failed"] = len(report["failed"])
    report["seconds"] = round(seconds, 2)
    report["peak_memory_mb"] = round(usage.ru_maxrss / 1024)
    done = report["new"] + report["changed"]
    report["articles_per_second"] = round(done / report["seconds"], 1)
    report["passages_per_second"] = round(report["passages"] / report["seconds"], 1)
    return report


def encoding(library: Path) -> dict[str, float]:
    """Passages and word pieces per second, ours and sentence-transformers' own, in alternation."""
    from sentence_transformers import SentenceTransformer

    from qa import Library
    from qa.articles.heading import split_under_heading
    from qa.models import catalog

    with Library.open(library) as opened:
        encoder = opened.encoder
        rows = random.Random(SEED).sample(opened.articles(), min(COMPARED_TEXTS, 400))
        texts = [
            text
            for row in rows
            for text in split_under_heading(
                opened.article(row.id), encoder.count_tokens, encoder.room_tokens
            )[1]
        ][:COMPARED_TEXTS]
        tokens = sum(encoder.count_tokens(texts))
        original = SentenceTransformer(str(catalog.find(None).require()), device="cpu")
        times: dict[str, list[float]] = {"ours": [], "theirs": []}
        for _ in range(ROUNDS):
            started = time.perf_counter()
            ours = encoder.encode(texts, "passage")
            times["ours"].append(time.perf_counter() - started)
            started = time.perf_counter()
            theirs = original.encode(texts, normalize_embeddings=True, show_progress_bar=False)
            times["theirs"].append(time.perf_counter() - started)
        ratio = [b / a for a, b in zip(times["ours"], times["theirs"], strict=True)]
        return {
            "ours_passages_per_second": round(len(texts) / statistics.median(times["ours"]), 1),
            "theirs_passages_per_second": round(len(texts) / statistics.median(times["theirs"]), 1),
            "ours_tokens_per_second": round(tokens / statistics.median(times["ours"])),
            "ratio_median": round(statistics.median(ratio), 2),
            "ratio_least": round(min(ratio), 2),
            "ratio_most": round(max(ratio), 2),
            "mean_cosine": round(float(np.mean(np.sum(ours * theirs, axis=1))), 4),
        }


def cold_question(work: Path, library: Path) -> dict[str, Any]:
    """Whole-process time of a question, ours and the rival script's, in alternation."""
    import faiss

    from qa import Library
    from qa.models import catalog

    index_path, texts_path = work / "rival.faiss", work / "rival.txt"
    with Library.open(library) as opened:
        store = opened._store
        flat: Any = faiss.IndexFlatIP(opened.encoder.dimension)
        numbers: list[int] = []
        for some, vectors in store.embeddings_after(0, opened.encoder.dimension):
            flat.add(vectors.astype(np.float32))
            numbers += some.tolist()
        faiss.write_index(flat, str(index_path))
        passages = store.passages(numbers)
        texts_path.write_text("\0".join(passages[number].text for number in numbers))
    model = str(catalog.find(None).require())
    script = [sys.executable, "-c", RIVAL, model, str(index_path), str(texts_path), QUESTION]
    ask = [sys.executable, "-m", "qa", "ask", QUESTION, "--library", str(library)]
    times: dict[str, list[float]] = {"ours": [], "theirs": []}
    for _ in range(ROUNDS + 1):  # the first round warms the disk's cache and is dropped
        times["ours"].append(process_seconds(ask))
        times["theirs"].append(process_seconds(script))
    ratio = [b / a for a, b in zip(times["ours"][1:], times["theirs"][1:], strict=True)]
    return {
        "ours_seconds": [round(value, 2) for value in times["ours"][1:]],
        "theirs_seconds": [round(value, 2) for value in times["theirs"][1:]],
        "ratio_median": round(statistics.median(ratio), 1),
        "ratio_least": round(min(ratio), 1),
    }


def process_seconds(command: Sequence[str]) -> float:
    """Run a command to its end; return its wall time."""
    environment = {**os.environ, "HF_HUB_OFFLINE": "1"}
    started = time.perf_counter()
    done = subprocess.run(command, check=False, capture_output=True, env=environment)
    seconds = time.perf_counter() - started
    if done.returncode or not done.stdout.strip():
        raise SystemExit(f"{command[0]} … failed:\n{done.stderr.decode()}")
    return seconds


def qa(*arguments: str, allowed: Sequence[int] = (0,)) -> str:
    """Run the command line; return what it printed."""
    command = [sys.executable, "-m", "qa", *arguments]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode not in allowed:
        raise SystemExit(f"{' '.join(command)} left with {done.returncode}:\n{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    main()
