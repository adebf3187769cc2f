"""Crops: windows of whole words from a passage.

A crop is a half-open range of tokens that starts and ends between two words. Most crops are short
(about 85 words), so that more questions fit into the same number of tokens. A share is as long as
the passages that the reader gets in use.
"""

import bisect
import random
from dataclasses import dataclass

from .tokens import TokenizedText


@dataclass(frozen=True, slots=True)
class CropSizes:
    """How long crops are: normally distributed, or as long as possible."""

    mean_words: float = 85.0
    """Mean length in words."""
    deviation_words: float = 20.0
    """Standard deviation of the length in words."""
    least_words: int = 30
    """Shortest length in words."""
    most_tokens: int = 200
    """Most tokens of a crop, unless one answer alone has more."""
    whole_share: float = 0.2
    """Share of crops that are as long as `most_tokens` allows."""


def draw_words(sizes: CropSizes, generator: random.Random) -> int:
    """Draw the length of a crop in words; a million for as long as possible."""
    if generator.random() < sizes.whole_share:
        return 1_000_000
    words = generator.gauss(sizes.mean_words, sizes.deviation_words)
    return max(sizes.least_words, round(words))


def crop_around(
    text: TokenizedText,
    first_piece: int,
    last_piece: int,
    words: int,
    most_tokens: int,
    generator: random.Random,
) -> tuple[int, int]:
    """Return a random window of about ``words`` words that contains tokens first to last.

    It has at most ``most_tokens`` tokens, unless the words that it must contain have more.
    """
    starts = text.word_starts
    first_word = bisect.bisect_right(starts, first_piece) - 1
    last_word = min(bisect.bisect_right(starts, last_piece), len(starts) - 1)
    first_word = max(first_word, 0)
    total = len(starts) - 1
    held = last_word - first_word
    size = min(max(words, held), total)
    begin = generator.randint(max(0, last_word - size), min(first_word, total - size))
    end = begin + size
    while starts[end] - starts[begin] > most_tokens and end - begin > held:
        # Drop a word from the side that has more of them.
        if first_word - begin > end - last_word:
            begin += 1
        else:
            end -= 1
    return starts[begin], starts[end]


def crop_anywhere(
    text: TokenizedText, words: int, most_tokens: int, generator: random.Random
) -> tuple[int, int]:
    """Return a random window of about ``words`` words."""
    total = len(text.word_starts) - 1
    if total < 1:
        return 0, len(text.pieces)
    piece = text.word_starts[generator.randrange(total)]
    return crop_around(text, piece, piece, words, most_tokens, generator)


def crop_beside(
    text: TokenizedText,
    spans: list[tuple[int, int]],
    words: int,
    most_tokens: int,
    least_words: int,
    generator: random.Random,
) -> tuple[int, int] | None:
    """Return a window outside all spans, or None if there is no room.

    ``spans`` are inclusive ranges of tokens. The window lies before the first of them or after
    the last, and has at least ``least_words`` words.
    """
    starts = text.word_starts
    total = len(starts) - 1
    first = min(start for start, _ in spans)
    last = max(end for _, end in spans)
    before = bisect.bisect_right(starts, first) - 1
    after = min(bisect.bisect_right(starts, last), total)
    rooms = [(0, before), (after, total)]
    rooms = [room for room in rooms if room[1] - room[0] >= least_words]
    if not rooms:
        return None
    begin, end = generator.choice(rooms)
    size = min(words, end - begin)
    begin = generator.randint(begin, end - size)
    end = begin + size
    while starts[end] - starts[begin] > most_tokens:
        end -= 1
    return starts[begin], starts[end]
