"""Near-copies: how many planted ones are found, what else is taken for one, and what folding does.

    QA_DATA=… python -m tests.benchmarks.copies [--work DIR] [--half 0|1]

Of Wikinews articles of at least 120 words in four paragraphs, 1,100 are drawn by a seed. Each gets
one copy, changed in one of the ways of planting.py, and the first hundreds of them also what only
looks like a copy: the same text on other names and numbers, interviews that share their questions,
articles that quote a paragraph of another one, and real pairs of reports of one event. The limits
were chosen on half 0; half 1 has other articles and is for measuring.

A planted copy is *found* if it is grouped with its original. With --work 300 of the articles are
indexed, ten of them with fourteen copies each, and each of these ten is searched by its headline:
printed is how many distinct reports are among the ten passages that are read, with the copies and
without them.
"""

import argparse
import gzip
import json
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from qa import Library
from qa.answering.answer import READ_PASSAGES
from qa.datatypes import Scope
from qa.indexing.copies import Traits, sketch
from qa.terms import stemmed_terms
from qa.training.examples import COLLECTION

from .labelled import data_folder
from .planting import COPIES, questionnaire, quoting, series

EACH = 100
"""Pairs of each kind."""
SEED = 20111024
REPRINTS = 14
"""Copies of each report that is searched."""

Pair = tuple[str, str]


def main() -> None:
    """Print the share of pairs that are found, kind by kind."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--half", type=int, choices=(0, 1), default=1, help="which articles")
    parser.add_argument("--work", type=Path, help="folder for a library; searches it as well")
    given = parser.parse_args()
    articles = drawn(given.half)
    chance = random.Random(f"{SEED} {given.half}")
    found = {name: share(pairs) for name, pairs in copies(articles, chance)}
    others = {name: share(pairs) for name, pairs in no_copies(articles, chance)}
    print_table("copies that are found", found)
    print_table("others that are taken for copies", others)
    right, wrong = sum(found.values()), sum(others.values())
    print(f"recall {right / len(found):.3f}, precision {right / (right + wrong):.3f}")
    if given.work:
        print_folding(articles[: 3 * EACH], given.work, chance)


def print_table(title: str, shares: Mapping[str, float]) -> None:
    """Print a share for each kind."""
    print(title)
    for name, value in shares.items():
        print(f"    {name:<28} {value:.2f}")


def drawn(half: int) -> list[dict[str, Any]]:
    """Return the articles of a half, in random order."""
    with gzip.open(data_folder() / COLLECTION, "rt", encoding="utf-8") as lines:
        rows = [row for row in map(json.loads, lines) if is_long(row["text"])]
    random.Random(SEED).shuffle(rows)
    return rows[half::2]


def is_long(text: str) -> bool:
    """Whether an article is long enough to be changed in every way."""
    return len(text.split()) >= 120 and len(paragraphs(text)) >= 4


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a text."""
    return [each for each in text.split("\n") if each.strip()]


def copies(
    articles: Sequence[Mapping[str, Any]], chance: random.Random
) -> Iterator[tuple[str, list[Pair]]]:
    """Yield each kind of change with originals and their copies."""
    for place, (name, change) in enumerate(COPIES.items()):
        texts = [row["text"] for row in articles[place * EACH : (place + 1) * EACH]]
        yield name, [(text, "\n".join(change(paragraphs(text), chance))) for text in texts]


def no_copies(
    articles: Sequence[Mapping[str, Any]], chance: random.Random
) -> Iterator[tuple[str, list[Pair]]]:
    """Yield each kind of what looks like a copy with pairs of texts."""
    texts = [paragraphs(row["text"]) for row in articles]
    pool = [word for each in texts for word in re.findall(r"(?<=[a-z] )[A-Z]\w+", each[0])]
    answers = [one for each in texts for one in each if len(one) > 80]
    yield (
        "the same on other names",
        [("\n".join(each), "\n".join(series(each, pool, chance))) for each in texts[:EACH]],
    )
    asked = [
        ["\n".join(questionnaire(chance.sample(answers, 6))) for _ in range(2)] for _ in range(EACH)
    ]
    yield "interviews, same questions", [(one, other) for one, other in asked]
    quoted = [
        ("\n".join(one), "\n".join(quoting(other, max(one, key=len))))
        for one, other in zip(texts[:EACH], texts[EACH : 2 * EACH], strict=True)
    ]
    yield "a paragraph quoted", quoted
    yield "another report of the event", same_event(articles)


def same_event(articles: Sequence[Mapping[str, Any]]) -> list[Pair]:
    """Return real pairs of articles that share most content words of their headlines."""
    titled = sorted(articles, key=lambda row: sorted(stemmed_terms(row["title"])))
    found = []
    for one, other in pairwise(titled):
        words = [set(stemmed_terms(row["title"])) for row in (one, other)]
        is_series = "interview" in one["title"].lower() or "speak" in one["title"].lower()
        if not is_series and len(words[0] & words[1]) >= max(3, 0.5 * min(map(len, words))):
            found.append((one["text"], other["text"]))
    return found[:EACH]


def share(pairs: Sequence[Pair]) -> float:
    """Return the share of pairs that are found and taken for copies."""
    return sum(is_found(one, other) for one, other in pairs) / len(pairs)


def is_found(one: str, other: str) -> bool:
    """Whether two texts are compared, as a band is the same, and taken for copies."""
    bands = [memoryview(sketch(text)).cast("I") for text in (one, other)]
    if not any(first == second for first, second in zip(*bands, strict=True)):
        return False
    return Traits.of(one).is_copy_of(Traits.of(other))


def print_folding(articles: Sequence[Mapping[str, Any]], work: Path, chance: random.Random) -> None:
    """Index articles, ten of them with many copies, and print what a search for these finds."""
    changes = list(COPIES.values())
    with Library.open(work / "library") as library:
        library.add_articles(
            {"source": f"{row['id']} {number}", "title": row["title"], "text": text}
            for place, row in enumerate(articles)
            for number, text in enumerate(
                [
                    row["text"],
                    *(
                        "\n".join(changes[copy % len(changes)](paragraphs(row["text"]), chance))
                        for copy in range(REPRINTS if place < 10 else 0)
                    ),
                ]
            )
        )
        originals = [str(row.id) for row in library.articles() if row.source.endswith(" 0")]
        scopes = {"with the copies": Scope(), "without them": Scope(only=tuple(originals))}
        for name, scope in scopes.items():
            counts = []
            for row in articles[:10]:
                hits = library.search(row["title"], k=READ_PASSAGES, scope=scope)
                counts.append(len({hit.passage.article.source.split()[0] for hit in hits}))
            print(f"distinct reports among {READ_PASSAGES} passages, {name}: {counts}")


if __name__ == "__main__":
    main()
