"""How far a library on Milvus finds and answers what the library on disk does.

    qa index seeds ARTICLES --library NAME
    qa index seeds ARTICLES --library milvus:FILE.db
    python -m tests.benchmarks.milvus --library NAME --milvus milvus:FILE.db [--questions FILE]

Both must have been made of the same files. The questions are those of a file of `qa eval`, by
default of the seeds, and titles of articles, 200 in all.
"""

import argparse
import json
import random
import statistics
import time
from pathlib import Path

from qa import Hit, Library, MilvusLibrary

QUESTIONS = 200
SEED = 3


def place(hit: Hit) -> tuple[str, int]:
    """What a hit is in both libraries."""
    return hit.passage.article.source, hit.passage.start


def main() -> None:
    """Compare two libraries, and print what differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--library", required=True)
    parser.add_argument("--milvus", required=True)
    seeds = Path(__file__).resolve().parents[2] / "seeds"
    parser.add_argument("--questions", type=Path, default=seeds / "questions.jsonl")
    given = parser.parse_args()
    lines = given.questions.read_text(encoding="utf-8").splitlines()
    asked = [json.loads(line)["question"] for line in lines]
    with Library.open(given.library) as local, MilvusLibrary.open(given.milvus) as milvus:
        print("local", local._store.count(), "milvus", milvus._store.count())
        rows = sorted(local.articles(), key=lambda row: row.source)
        titles = [row.title for row in random.Random(SEED).sample(rows, len(rows))]
        compare_hits(local, milvus, [*asked, *titles][:QUESTIONS])
        same = sum(
            (one.text, one.status) == (other.text, other.status)
            for one, other in ((local.ask(each), milvus.ask(each)) for each in asked)
        )
        print(f"the same answer to {same} of {len(asked)} questions")


def compare_hits(local: Library, milvus: MilvusLibrary, questions: list[str]) -> None:
    """Print how many of the ten best passages are the same, and the time that a search takes."""
    sets = firsts = shared = 0
    seconds: dict[str, list[float]] = {"local": [], "milvus": []}
    for question in questions:
        found = []
        for name, library in (("local", local), ("milvus", milvus)):
            started = time.perf_counter()
            found.append([place(hit) for hit in library.search(question)])
            seconds[name].append(time.perf_counter() - started)
        sets += set(found[0]) == set(found[1])
        firsts += found[0][:1] == found[1][:1]
        shared += len(set(found[0]) & set(found[1]))
    count = len(questions)
    print(f"the same ten for {sets} of {count}, the same first for {firsts}")
    print(f"{shared / (10 * count):.3f} of the passages are in both")
    for name, each in seconds.items():
        print(f"{name}: {1000 * statistics.median(each):.0f} ms")


if __name__ == "__main__":
    main()
