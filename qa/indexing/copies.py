"""Finds near-copies: the same report, printed several times with small changes.

A text is a set of shingles, runs of five words. MinHash sketches in bands propose pairs (Broder
1997, "On the resemblance and containment of documents"; Leskovec, Rajaraman and Ullman, "Mining of
Massive Datasets", chapter 3), and the exact Jaccard similarity of the sets decides.
"""

import re
import zlib
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from ..datatypes import ArticleRowId
from ..storage.copies import Copies

SHINGLE_WORDS = 5
"""Words in a shingle."""

SIMILAR = 0.5
"""Least Jaccard similarity of copies."""

PERMUTATIONS = 128
"""Hash functions of a sketch."""

BANDS = 32
"""Bands of a sketch. Texts with similarity .5 share one with probability .87, with .7 always."""

MOST_COMPARED = 4
"""Articles with the same band that a new one is compared with."""

_PART = 1000
_SEED = 42
_WORD = re.compile(r"\w+")


def find_copies(copies: Copies) -> int:
    """Sketch the articles that have no sketch, and group them with their copies; return how many.

    What is stored stays if it is interrupted; the next run goes on with the rest.
    """
    new = copies.unknown()
    for first in range(0, len(new), _PART):
        part = new[first : first + _PART]
        copies.put_sketches({number: sketch(text) for number, text in copies.texts(part)})
    if new:
        copies.put_groups(_grouped(copies, new))
    return len(new)


def shingles(text: str) -> set[str]:
    """Return the runs of five words in a text; all its words in one if there are fewer."""
    words = _WORD.findall(text.casefold())
    count = max(1, len(words) - SHINGLE_WORDS + 1)
    return {" ".join(words[start : start + SHINGLE_WORDS]) for start in range(count)}


def sketch(text: str) -> bytes:
    """Return a hash of each band of a text's MinHash, as 32-bit numbers."""
    from rensa import RMinHash  # used when articles are indexed alone

    minhash = RMinHash(num_perm=PERMUTATIONS, seed=_SEED)
    minhash.update(list(shingles(text)))
    rows = np.array(minhash.digest(), np.uint32).reshape(BANDS, -1)
    return np.array([zlib.crc32(row.tobytes()) for row in rows], "<u4").tobytes()


def jaccard(one: set[str], other: set[str]) -> float:
    """Return the size of the intersection as a share of the union, in [0, 1]."""
    return len(one & other) / len(one | other)


def _grouped(copies: Copies, new: Sequence[ArticleRowId]) -> dict[ArticleRowId, int]:
    """Return the groups that the new articles have joined, or make larger."""
    numbers, table, originals = copies.sketches()
    place = {number: index for index, number in enumerate(numbers)}
    first_of: dict[int, int] = {}
    parent = {
        index: first_of.setdefault(group, index)
        for index, group in enumerate(originals)
        if group is not None
    }
    texts: dict[int, set[str]] = {}

    def root(index: int) -> int:
        while (above := parent.get(index, index)) != index:
            index = above
        return index

    def set_of(index: int) -> set[str]:
        if index not in texts:
            ((_, text),) = copies.texts([numbers[index]])
            texts[index] = shingles(text)
        return texts[index]

    fresh = {place[number] for number in new if number in place}
    for one, other in _pairs(table, fresh):
        first, second = sorted((root(one), root(other)))
        if first != second and jaccard(set_of(one), set_of(other)) >= SIMILAR:
            parent.setdefault(first, first)
            parent[second] = first
    # A group is named after one of its members. That one may have left it and begun another.
    groups = {index: numbers[root(index)] for index in parent}
    return {numbers[index]: name for index, name in groups.items() if name != originals[index]}


def _pairs(table: NDArray[np.uint32], fresh: set[int]) -> Iterator[tuple[int, int]]:
    """Yield pairs of rows with the same value in a column, one of them fresh; each pair once."""
    seen: set[tuple[int, int]] = set()
    for column in table.T:
        order = np.argsort(column, kind="stable")
        values = column[order]
        starts = np.flatnonzero(np.r_[True, values[1:] != values[:-1]])
        lengths = np.diff(np.r_[starts, len(values)])
        for start, length in zip(starts[lengths > 1], lengths[lengths > 1], strict=True):
            run = order[start : start + length].tolist()
            for index, row in enumerate(run):
                for earlier in run[max(0, index - MOST_COMPARED) : index]:
                    pair = (earlier, row)
                    if pair not in seen and (row in fresh or earlier in fresh):
                        seen.add(pair)
                        yield pair
