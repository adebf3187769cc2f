"""Turns start and end scores of tokens into spans of whole words."""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

T = TypeVar("T", bound=np.generic)

MOST_SPAN_TOKENS = 30
"""Longest answer, in tokens."""


def best_spans(
    start: NDArray[np.float32],
    end: NDArray[np.float32],
    many: int,
    groups: NDArray[np.int64] | None = None,
) -> list[tuple[int, int, float]]:
    """Return up to ``many`` spans that do not overlap, best first: first token, last token, score.

    ``start`` and ``end`` have shape (tokens,); the score of a span is ``start`` of its first token
    plus ``end`` of its last (Devlin et al. 2019). Tokens with the score -inf are never chosen.
    ``groups``, of the same shape, holds the number of each token's sentence: both ends of a span
    lie in the same sentence.
    """
    width = min(MOST_SPAN_TOKENS, len(start))
    # scores[i, w] is the score of the span from token i to token i + w.
    scores = start[:, None] + _ahead(end, width, -np.inf)
    if groups is not None:
        scores[groups[:, None] != _ahead(groups, width, -1)] = -np.inf
    found: list[tuple[int, int, float]] = []
    while len(found) < many:
        first, wide = np.unravel_index(int(scores.argmax()), scores.shape)
        score = float(scores[first, wide])
        if score == -np.inf:
            break
        last = int(first + wide)
        found.append((int(first), last, score))
        scores[first : last + 1] = -np.inf
        for before in range(max(0, int(first) - width + 1), int(first)):
            scores[before, first - before :] = -np.inf
    return found


def _ahead(values: NDArray[T], width: int, filling: float) -> NDArray[T]:
    """Return shape (tokens, width): the values of each token and of the ones after it, padded."""
    padded = np.concatenate([values, np.full(width - 1, filling, values.dtype)])
    return np.lib.stride_tricks.sliding_window_view(padded, width)


_OPENING = "([{\"'“‘«"
_CLOSING = ")]}\"'”’»"
_PARTNERS = {**dict(zip(_OPENING, _CLOSING, strict=True))}
_STRAY_BEFORE = " \t\n.,;:!?-–—*_/\\|)]}”’»"
_STRAY_AFTER = " \t\n,;:!?-–—*_/\\|([{“‘«."


def whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the span widened to whole words, without punctuation at its ends.

    Brackets and quotation marks stay if both of a pair are inside; a full stop stays if the last
    word has another, as in "U.S.".
    """
    while start > 0 and text[start - 1].isalnum() and text[start].isalnum():
        start -= 1
    while end < len(text) and text[end - 1].isalnum() and text[end].isalnum():
        end += 1
    while True:
        first, last = start, end
        while start < end and text[start] in _STRAY_BEFORE:
            start += 1
        if end < len(text) and text[end] == "." and _is_abbreviation(text, start, end):
            end += 1
        while end > start and text[end - 1] in _STRAY_AFTER:
            if text[end - 1] == "." and _is_abbreviation(text, start, end - 1):
                break
            end -= 1
        inside = text[start:end]
        if inside and inside[0] in _OPENING and _PARTNERS[inside[0]] not in inside[1:]:
            start += 1
        elif inside and inside[-1] in _CLOSING and not _has_partner(inside):
            end -= 1
        if (start, end) == (first, last):
            return start, end


def _is_abbreviation(text: str, start: int, end: int) -> bool:
    """Whether the word before a full stop at ``end`` contains a full stop, as in "U.S"."""
    word = text[start:end].rpartition(" ")[2]
    return "." in word and word.replace(".", "").isalpha()


def _has_partner(inside: str) -> bool:
    closing = inside[-1]
    return any(opening in inside[:-1] for opening, other in _PARTNERS.items() if other == closing)
