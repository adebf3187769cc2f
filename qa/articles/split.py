"""Article → passages.

1. Cut the text into sentences. Cut a sentence at words if it has more characters than a passage
   may have.
2. Count the tokens of all sentences in one call. Cut a sentence over the limit at words (or inside
   a word that is too long) into pieces of the length that its count suggests; count the pieces
   and cut again until all fit. From here on, a piece is a sentence or a part of one.
3. Collect pieces in order while the sum of their counts is within the limit. End a passage early
   at a blank line if it is over 60 % full.
4. Start the next passage with the last piece of the one before, if that piece and a new one fit.
5. If the last passage is under a quarter full, divide its text and that of the one before evenly.
6. Count the passages as they will be indexed, in one call, because a sum of counts is only an
   estimate. Take the overlap from a passage over the limit, or else halve it, and count again.
   Drop a half that is repeated whole in the next passage.

Each step takes linear time in the length of the text.
"""

from collections.abc import Callable, Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

from ..datatypes import Article, Passage
from ..sentences import sentence_bounds

CountTokens = Callable[[Sequence[str]], Sequence[int]]
"""Returns the number of tokens in each text."""

CHARACTERS_PER_TOKEN = 32
"""Most characters in a passage for each token of the limit.

It only limits hostile text: some tokenizers count a megabyte without a space as one token.
"""
FULL_ENOUGH = 0.6
"""Share of the token limit from which a blank line ends a passage."""
TOO_SMALL = 0.25
"""Share of the token limit below which the last passage is evened out."""


class _Piece(NamedTuple):
    """A sentence, or a part of a long one, as code points ``[start, end)``."""

    start: int
    """First code point."""
    end: int
    """One past the last code point."""
    tokens: int
    """Number of tokens."""


class _Run(NamedTuple):
    """The pieces of a passage, by index, from ``first`` to ``last`` inclusive."""

    first: int
    """First piece, which is the overlap if there is one."""
    new: int
    """First piece that the run before does not have."""
    last: int
    """Last piece."""


def split(article: Article, count_tokens: CountTokens, limit_tokens: int) -> list[Passage]:
    """Return the article's passages in order.

    Together they cover all text that is not white space. Each begins and ends with such text and
    has at most ``limit_tokens`` tokens, unless a single character has more. Raises ValueError for a
    limit below 1.
    """
    if limit_tokens < 1:
        raise ValueError(f"a limit of {limit_tokens} tokens is too small for a passage")
    text = article.text
    pieces = _pieces(text, count_tokens, limit_tokens)
    runs = _share_evenly(_runs(text, pieces, limit_tokens), pieces, limit_tokens)
    runs = _verified(text, runs, pieces, count_tokens, limit_tokens)
    return [Passage(article, pieces[run.first].start, pieces[run.last].end) for run in runs]


def _pieces(text: str, count_tokens: CountTokens, limit_tokens: int) -> list[_Piece]:
    """Return the pieces of a text (steps 1 and 2)."""
    longest = limit_tokens * CHARACTERS_PER_TOKEN
    waiting = [
        part for start, end in sentence_bounds(text) for part in _cut(text, start, end, longest)
    ]
    done = []
    while waiting:
        again = []
        counts = count_tokens([text[start:end] for start, end in waiting])
        for (start, end), tokens in zip(waiting, counts, strict=True):
            length = end - start
            if tokens <= limit_tokens or length == 1:
                done.append(_Piece(start, end, tokens))
            else:
                # Aim 10 % below the share that fits, because words differ in length.
                fitting = int(length * limit_tokens / tokens * 0.9)
                again += _cut(text, start, end, max(1, min(fitting, length * 3 // 4)))
        waiting = again
    return sorted(done)


def _cut(text: str, start: int, end: int, size: int) -> list[tuple[int, int]]:
    """Return parts of at most ``size`` characters, cut at white space if there is any."""
    parts = []
    while end - start > size:
        stop = max(
            text.rfind(" ", start, start + size + 1), text.rfind("\n", start, start + size + 1)
        )
        stop = stop if stop > start else start + size
        parts.append((start, start + len(text[start:stop].rstrip())))
        start = stop
        while text[start].isspace():
            start += 1
    return [*parts, (start, end)]


def _runs(text: str, pieces: Sequence[_Piece], limit_tokens: int) -> list[_Run]:
    """Group pieces into runs (steps 3 and 4)."""
    runs: list[_Run] = []
    first = new = tokens = 0
    for index, piece in enumerate(pieces):
        if index > new and (
            not _fits(pieces, first, index, tokens + piece.tokens, limit_tokens)
            or (tokens >= FULL_ENOUGH * limit_tokens and _blank_line_before(text, pieces, index))
        ):
            runs.append(_Run(first, new, index - 1))
            overlap = pieces[index - 1].tokens
            new, tokens = index, 0
            first = index
            if _fits(pieces, index - 1, index, overlap + piece.tokens, limit_tokens):
                first, tokens = index - 1, overlap
        tokens += piece.tokens
    if pieces:
        runs.append(_Run(first, new, len(pieces) - 1))
    return runs


def _fits(pieces: Sequence[_Piece], first: int, last: int, tokens: int, limit_tokens: int) -> bool:
    """Whether these pieces, with that sum of tokens, fit into a passage."""
    characters = pieces[last].end - pieces[first].start
    return tokens <= limit_tokens and characters <= limit_tokens * CHARACTERS_PER_TOKEN


def _blank_line_before(text: str, pieces: Sequence[_Piece], index: int) -> bool:
    """Whether there is a blank line between a piece and the one before it."""
    return text.count("\n", pieces[index - 1].end, pieces[index].start) > 1


def _share_evenly(runs: list[_Run], pieces: Sequence[_Piece], limit_tokens: int) -> list[_Run]:
    """Even out the last two runs (step 5)."""
    if len(runs) < 2:
        return runs
    *others, before, last = runs
    if sum(piece.tokens for piece in pieces[last.new :]) >= TOO_SMALL * limit_tokens:
        return runs
    sums = list(accumulate(piece.tokens for piece in pieces[before.first :]))
    # The last run must stay within the limit, and the one before must keep something new.
    for new in range(before.new + 1, last.new):
        if 2 * sums[new - 1 - before.first] < sums[-1]:
            continue
        for first in (new - 1, new):
            tokens = sums[-1] - (sums[first - 1 - before.first] if first > before.first else 0)
            if _fits(pieces, first, last.last, tokens, limit_tokens):
                return [
                    *others,
                    _Run(before.first, before.new, new - 1),
                    _Run(first, new, last.last),
                ]
    return runs


def _verified(
    text: str,
    runs: list[_Run],
    pieces: Sequence[_Piece],
    count_tokens: CountTokens,
    limit_tokens: int,
) -> list[_Run]:
    """Count the runs as they are and shorten those over the limit (step 6)."""
    good = []
    waiting = runs
    while waiting:
        again = []
        counts = count_tokens(
            [text[pieces[run.first].start : pieces[run.last].end] for run in waiting]
        )
        for run, tokens in zip(waiting, counts, strict=True):
            if tokens <= limit_tokens or run.first == run.last:
                good.append(run)
            elif run.first < run.new:
                again.append(_Run(run.new, run.new, run.last))
            else:
                middle = (run.first + run.last) // 2
                again.append(_Run(run.first, run.new, middle))
                again.append(_Run(middle + 1, middle + 1, run.last))
        waiting = again
    good.sort()
    # One half of a run may be only what the next run repeats.
    return [run for run, after in pairwise(good) if run.first < after.first] + good[-1:]
