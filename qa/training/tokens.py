"""Text → word pieces with their character offsets.

Every passage is cut into word pieces once. A crop of whole words is then a slice of them:
BERT's tokenizer never joins across white space, so a slice between two words has the same
pieces as the cropped text would.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tokenizers import Tokenizer

_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class TokenizedText:
    """The word pieces of a text; all lists but `word_starts` have one entry per piece."""

    pieces: list[int]
    """Vocabulary ids, without special tokens."""
    offsets: list[tuple[int, int]]
    """Half-open code point offsets into the text."""
    word_starts: list[int]
    """Index of the first piece of each white-space word, then the number of pieces."""

    def span_pieces(self, start: int, end: int) -> tuple[int, int] | None:
        """Return the first and last piece (inclusive) that touch ``[start, end)``, if any."""
        touched = [
            index
            for index, (left, right) in enumerate(self.offsets)
            if left < end and right > start
        ]
        return (touched[0], touched[-1]) if touched else None


def load_tokenizer(folder: Path) -> Tokenizer:
    """Load ``tokenizer.json`` from a model folder, with truncation and padding off."""
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def tokenize(tokenizer: Tokenizer, texts: Sequence[str]) -> list[TokenizedText]:
    """Cut texts into word pieces; returns one entry per text."""
    encodings = tokenizer.encode_batch(list(texts), add_special_tokens=False)
    result = []
    for text, encoding in zip(texts, encodings, strict=True):
        offsets = list(encoding.offsets)
        word_starts = []
        piece = 0
        for word in _WORD.finditer(text):
            while piece < len(offsets) and offsets[piece][1] <= word.start():
                piece += 1
            # A word of nothing but control characters has no piece of its own.
            if piece < len(offsets) and offsets[piece][0] < word.end():
                word_starts.append(piece)
        word_starts.append(len(offsets))
        result.append(TokenizedText(list(encoding.ids), offsets, word_starts))
    return result
