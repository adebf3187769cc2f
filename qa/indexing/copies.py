"""Finds near-copies: the same report, printed several times with small changes.

A text is a set of shingles, runs of five words. MinHash sketches in bands propose pairs (Broder
1997, "On the resemblance and containment of documents"; Leskovec, Rajaraman and Ullman, "Mining of
Massive Datasets", chapter 3). Exact figures decide: a copy that is cut has all its shingles in the
whole report, and it has its names and numbers. Articles of a series, such as weekly results in the
same words, share most shingles, but have names and numbers of their own.

The limits were chosen on planted copies of 1,000 articles (tests/benchmarks/copies.py).
"""

import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..datatypes import ArticleRowId
from ..storage.copies import Copies

SHINGLE_WORDS = 5
"""Words in a shingle."""

SIMILAR = 0.3
"""Least Jaccard similarity of copies: an article that quotes or sums up another is none."""

CONTAINED = 0.6
"""Least share of the shorter text's shingles that the longer one has."""

SAME_NAMES = 0.5
"""Least share of the names and numbers of the text with fewer that the other one has."""

FEWEST_NAMES = 5
"""Names and numbers of a text below which they say nothing."""

BANDS, ROWS = 42, 3
"""Bands of a sketch, and hashes of each.

Texts with similarity .5 share a band with probability .996, with .4 .94, and with .1 .04.
"""

MOST_COMPARED = 4
"""Articles with the same band that a new one is compared with."""

_PART = 1000
_SEED = 42
_WORD = re.compile(r"\w+")
_NAME = re.compile(r"(?<=[^\W\d_A-Z] )[A-Z]\w+|(?<=, )[A-Z]\w+|\d[\d.,]*\d")
_SEPARATOR = re.compile("[.,]")


def find_copies(copies: Copies) -> int:
    """Sketch the articles that have no sketch, and group them with their copies; return how many.

    What is stored stays if it is interrupted; the next run goes on with the rest.
    """
    new = copies.unknown()
    for first in range(0, len(new), _PART):
        part = new[first : first + _PART]
        copies.put_sketches({number: sketch(text) for number, text in copies.texts(part)})
    if fresh := copies.uncompared():
        copies.put_groups(_grouped(copies, fresh))
    return len(new)


def shingles(text: str) -> set[str]:
    """Return the runs of five words in a text; all its words in one if there are fewer."""
    words = _WORD.findall(text.casefold())
    count = max(1, len(words) - SHINGLE_WORDS + 1)
    return {" ".join(words[start : start + SHINGLE_WORDS]) for start in range(count)}


def sketch(text: str) -> bytes:
    """Return a hash of each band of a text's MinHash, as 32-bit numbers."""
    from rensa import RMinHash  # used when articles are indexed alone

    minhash = RMinHash(num_perm=BANDS * ROWS, seed=_SEED)
    minhash.update(list(shingles(text)))
    rows = np.array(minhash.digest(), np.uint32).reshape(BANDS, -1)
    return np.array([zlib.crc32(row.tobytes()) for row in rows], "<u4").tobytes()


def jaccard(one: set[str], other: set[str]) -> float:
    """Return the size of the intersection as a share of the union, in [0, 1]."""
    return len(one & other) / len(one | other)


def contained(one: set[str], other: set[str]) -> float:
    """Return the size of the intersection as a share of the smaller set, in [0, 1]."""
    return len(one & other) / min(len(one), len(other))


def names(text: str) -> set[str]:
    """Return the names of a text, and its numbers of two digits or more without separators.

    A name is a word with a capital inside a sentence.
    """
    return {_SEPARATOR.sub("", found) for found in _NAME.findall(text)}


@dataclass(frozen=True, slots=True)
class Traits:
    """What an article is compared by."""

    shingles: set[str]
    """Its runs of five words."""
    names: set[str]
    """Its names and numbers."""

    @classmethod
    def of(cls, text: str) -> "Traits":
        """Return the traits of a text."""
        return cls(shingles(text), names(text))

    def is_copy_of(self, other: "Traits") -> bool:
        """Whether one text is a near-copy of the other."""
        if jaccard(self.shingles, other.shingles) < SIMILAR:
            return False
        if contained(self.shingles, other.shingles) < CONTAINED:
            return False
        has_names = min(len(self.names), len(other.names)) >= FEWEST_NAMES
        return not has_names or contained(self.names, other.names) >= SAME_NAMES


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
    known: dict[int, Traits] = {}

    def root(index: int) -> int:
        while (above := parent.get(index, index)) != index:
            index = above
        return index

    def traits(index: int) -> Traits:
        if index not in known:
            ((_, text),) = copies.texts([numbers[index]])
            known[index] = Traits.of(text)
        return known[index]

    fresh = {place[number] for number in new if number in place}
    for one, other in _pairs(table, fresh):
        first, second = sorted((root(one), root(other)))
        if first != second and traits(one).is_copy_of(traits(other)):
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
