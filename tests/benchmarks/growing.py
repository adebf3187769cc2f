"""Libraries of any size, made from an indexed one without embedding anything.

    python -m tests.benchmarks.growing --library INDEXED --into FOLDER [--passages N …]

Makes FOLDER/N/library and FOLDER/N/articles for each N: a library with the first articles of the
indexed one that come to N passages, and the very files that it could have been indexed from, one
JSON record each. What is beyond the indexed library are copies of it with other words (below) and
other vectors, so that no two texts and no two vectors are the same. Made by way of Store.batch, in
large batches, as an indexing run does it; a run that was stopped goes on where it was.

A copy's words: each name becomes another throughout the article, drawn from all names by how often
they occur, half of them blended of two so that the vocabulary grows as that of real text does; each
number becomes another of its length; some neighbours among the common words change places. It is
cut into passages where the original was.

A copy's vectors: the original's plus Gaussian noise that has the covariance of the real vectors,
times a factor drawn evenly from ``NOISE`` for each, brought back to unit length. The factors were
chosen so that the nearest passage of another article is as near among copies as among real ones.
"""

import argparse
import hashlib
import json
import random
import re
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qa.articles.build import build_article
from qa.datatypes import Article
from qa.library import Library
from qa.storage.store import Store

SEED = 20111024
SIZES = (1_000, 10_000, 100_000, 1_000_000)
NOISE = (0.65, 1.4)
"""Least and most of the factor on the noise. Nearest passage of another article, cosine at the 5th,
25th, 50th, 75th and 95th percentile: among 53,807 real ones .49 .59 .68 .76 .85, among those with
18 copies of each .57 .65 .72 .79 .85."""
BATCH_PASSAGES = 20_000
FILES_EACH_FOLDER = 1_000
SWAPPED = 0.03
"""Share of the words after which two may change places."""
BLENDED = 0.5
"""Share of the names that are made of two."""
SAMPLE = 5_000
"""Articles on which names and the covariance of vectors are looked up."""
NOISE_ROWS = 20_000
"""Rows of noise, of which two at random make that of a vector."""
POOL = 200_000
"""Name occurrences from which other names are drawn."""

_CHANGED = re.compile(r"\b[A-Z][a-z]+\b|\d+")
_WORD = re.compile(r"\b[A-Za-z][a-z]+\b")


@dataclass(frozen=True, slots=True)
class Original:
    """An article of the indexed library."""

    article: Article
    """As it is stored."""
    places: list[tuple[int, int]]
    """Offsets of its passages."""
    vectors: NDArray[np.float32]
    """Their embeddings, ``(len(places), dimension)``."""


@dataclass(frozen=True, slots=True)
class Names:
    """The names in the articles of the indexed library."""

    known: frozenset[str]
    """All of them."""
    pool: list[str]
    """``POOL`` of them, each about as often as it occurs."""


def main() -> None:
    """Make the libraries asked for; say how long each took."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--library", type=Path, required=True, help="an indexed library")
    parser.add_argument("--into", type=Path, required=True, help="folder of the libraries")
    parser.add_argument("--passages", type=int, nargs="+", default=SIZES)
    given = parser.parse_args()
    for size in given.passages:
        started = time.perf_counter()
        grow(given.library, given.into / str(size), size)
        print(f"{size:,} passages: {time.perf_counter() - started:.0f} s", flush=True)


def grow(indexed: Path, folder: Path, passages: int) -> Path:
    """Make a library of that many passages, or of a few more; return its folder."""
    made = folder / "library"
    with Library.open(indexed, create=False) as source, Library.open(made) as library:
        store = library._store
        facts = source._store.facts()
        _, done, known = store.count()
        with library._writing():
            if not done:
                with store.batch() as batch:
                    batch.set_facts(**facts)
            if known < passages:
                originals = read_originals(source._store, int(facts["dimension"]))
                articles = grown(originals, done)
                while known < passages:
                    _put(store, folder / "articles", articles, done, passages - known)
                    library._store.full_text.publish()
                    _, done, known = store.count()
            library._store.publish(force=True)
            store.optimise()
    return made


def read_originals(store: Store, dimension: int) -> list[Original]:
    """Return the articles of a library by number, with their passages and vectors."""
    rows: dict[str, list[NDArray[np.float32]]] = {}
    places: dict[str, list[tuple[int, int]]] = {}
    articles: dict[str, Article] = {}
    for numbers, vectors in store.embeddings_after(0, dimension):
        passages = store.passages(numbers.tolist())
        for number, vector in zip(numbers.tolist(), vectors.astype(np.float32), strict=True):
            passage = passages[number]
            articles[passage.article.id] = passage.article
            places.setdefault(passage.article.id, []).append((passage.start, passage.end))
            rows.setdefault(passage.article.id, []).append(vector)
    return [
        Original(articles[name], places[name], np.array(rows[name]))
        for name in sorted(articles, key=int)
    ]


def grown(originals: Sequence[Original], first: int) -> Iterator[Original]:
    """Yield the originals and then their copies, for ever, from that number on."""
    names = find_names(originals)
    noise = noise_rows(np.concatenate([original.vectors for original in originals[:SAMPLE]]))
    while True:
        copy, number = divmod(first, len(originals))
        original = originals[number]
        yield original if not copy else _copied(original, copy, number, names, noise)
        first += 1


def find_names(originals: Sequence[Original]) -> Names:
    """Return the words that mostly begin with a capital letter."""
    counts: Counter[str] = Counter()
    for original in originals[:SAMPLE]:
        counts.update(_WORD.findall(original.article.text))
    names = {
        word: count
        for word, count in counts.items()
        if word[0].isupper() and len(word) > 2 and count > 2 * counts[word.lower()]
    }
    if not names:
        raise SystemExit("The indexed library holds no names.")
    chance = random.Random(SEED)
    return Names(frozenset(names), chance.choices(list(names), list(names.values()), k=POOL))


def noise_rows(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return Gaussian noise ``(NOISE_ROWS, dimension)`` with the covariance of the vectors."""
    values, axes = np.linalg.eigh(np.cov(vectors.T))
    shape: NDArray[np.float32] = (np.sqrt(np.maximum(values, 0)) * axes).T.astype(np.float32)
    generator = np.random.default_rng(SEED)
    return generator.standard_normal((NOISE_ROWS, len(shape)), np.float32) @ shape


def changed_text(
    text: str, places: Sequence[tuple[int, int]], names: Names, chance: random.Random
) -> tuple[str, list[tuple[int, int]], dict[str, str]]:
    """Return the text with other words, where its passages are now, and what each name became."""
    others: dict[str, str] = {}

    def other(match: re.Match[str]) -> str:
        word = match[0]
        if word.isdigit():
            return _other_number(word, chance)
        if word not in names.known:
            return word
        if word not in others:
            others[word] = _other_name(names.pool, chance)
        return others[word]

    cuts = sorted({0, len(text), *(offset for place in places for offset in place)})
    moved, pieces, length = {0: 0}, [], 0
    for start, end in pairwise(cuts):
        piece = _swapped(_CHANGED.sub(other, text[start:end]), chance)
        pieces.append(piece)
        length += len(piece)
        moved[end] = length
    return "".join(pieces), [(moved[start], moved[end]) for start, end in places], others


def _copied(
    original: Original, copy: int, number: int, names: Names, noise: NDArray[np.float32]
) -> Original:
    """A copy with other words and vectors; the same for the same numbers."""
    chance = random.Random(f"{SEED} {copy} {number}")
    source = original.article
    text, places, others = changed_text(source.text, original.places, names, chance)
    title = _CHANGED.sub(
        lambda match: others.get(match[0]) or _other_number(match[0], chance), source.title
    )
    article = replace(
        build_article(f"{source.source}&copy={copy}", text, title=title),
        published=source.published,
    )
    generator = np.random.default_rng((SEED, copy, number))
    one, two = noise[generator.integers(len(noise), size=(2, len(places)))]
    factors = generator.uniform(*NOISE, (len(places), 1)).astype(np.float32)
    # The sum of two rows over the root of two has the covariance of one.
    vectors = original.vectors + factors * (one + two) / np.float32(np.sqrt(2))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return Original(article, places, vectors)


def _other_number(digits: str, chance: random.Random) -> str:
    """Another number of that length; a year stays one."""
    if not digits.isdigit():
        return digits
    if len(digits) == 4 and digits[:2] in ("19", "20"):
        return f"{chance.choice(('19', '20'))}{chance.randrange(100):02}"
    return "".join(chance.choices("123456789", k=len(digits)))


def _other_name(names: Sequence[str], chance: random.Random) -> str:
    """Another name, or the beginning of one with the end of another."""
    name = chance.choice(names)
    if chance.random() < BLENDED:
        end = chance.choice(names)
        name = name[: max(2, len(name) // 2)] + end[len(end) // 2 :].lower()
    return name


def _swapped(piece: str, chance: random.Random) -> str:
    """The piece with some pairs of common words the other way round."""
    words = piece.split(" ")
    for _ in range(int(len(words) * SWAPPED)):
        at = chance.randrange(len(words) - 1)
        one, two = words[at : at + 2]
        if one.isalpha() and one.islower() and two.isalpha() and two.islower():
            words[at : at + 2] = two, one
    return " ".join(words)


def _put(store: Store, folder: Path, articles: Iterator[Original], first: int, wanted: int) -> None:
    """Write the files of a batch of articles and store it."""
    brought, number = 0, first
    with store.batch() as batch:
        while brought < min(wanted, BATCH_PASSAGES):
            made = next(articles)
            path = folder / f"{number // FILES_EACH_FOLDER:04}" / f"{number:07}.json"
            record = {"title": made.article.title, "text": made.article.text}
            if "://" in made.article.source:
                record["url"] = made.article.source
            data = json.dumps(record, ensure_ascii=False).encode()
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            facts = path.stat()
            file = batch.put_file(
                str(path.absolute()),
                str(path),
                facts.st_size,
                facts.st_mtime_ns,
                hashlib.sha256(data).hexdigest(),
                is_whole=True,
            )
            article = replace(made.article, id="")
            batch.put_article(file, 1, record.get("url"), article, made.places, made.vectors)
            brought += len(made.places)
            number += 1


if __name__ == "__main__":
    main()
