"""Scores of first and last tokens → spans of whole words."""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

T = TypeVar("T", bound=np.generic)

MOST_SPAN_TOKENS = 30
"""Most word pieces in an answer."""


def best_spans(
    start: NDArray[np.float32],
    end: NDArray[np.float32],
    many: int,
    groups: NDArray[np.int64] | None = None,
) -> list[tuple[int, int, float]]:
    """Return up to ``many`` spans that do not overlap, best first: first, last token, score.

    ``start`` and ``end`` have shape (tokens,); a span's score is the sum of its ends' (Devlin et
    al. 2019). Tokens that may not be chosen have the score -inf. ``groups``, of the same shape,
    numbers the sentences: both ends of a span lie in the same one.
    """
    width = min(MOST_SPAN_TOKENS, len(start))
    # scores[i, w]: the span from token i to i + w.
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
    """Return shape (tokens, width): each token's value and those of the next, filled at the end."""
    padded = np.concatenate([values, np.full(width - 1, filling, values.dtype)])
    return np.lib.stride_tricks.sliding_window_view(padded, width)


_OPENING = "([{\"'“‘«"
_CLOSING = ")]}\"'”’»"
_PARTNERS = {**dict(zip(_OPENING, _CLOSING, strict=True))}
_STRAY_BEFORE = " \t\n.,;:!?-–—*_/\\|)]}”’»"
_STRAY_AFTER = " \t\n,;:!?-–—*_/\\|([{“‘«."


def whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the span widened to whole words, without punctuation that belongs to its sentence.

    Brackets and quotation marks stay where both of a pair are inside; a full stop stays where
    another stands inside the last word, as in "U.S.".
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
    """Whether the word before a full stop at ``end`` has full stops of its own, as in "U.S"."""
    word = text[start:end].rpartition(" ")[2]
    return "." in word and word.replace(".", "").isalpha()


def _has_partner(inside: str) -> bool:
    closing = inside[-1]
    return any(opening in inside[:-1] for opening, other in _PARTNERS.items() if other == closing)
