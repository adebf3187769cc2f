"""Tokenises texts and keeps the character offsets of the tokens.

Every passage is tokenised once. A crop of whole words is then a slice of its tokens: BERT's
tokenizer never joins across white space, so the slice has the same tokens as the cropped text.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tokenizers import Tokenizer

from ..models.manifest import TOKENIZER

_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class TokenizedText:
    """The tokens (word pieces) of a text; `pieces` and `offsets` have one entry per token."""

    pieces: list[int]
    """Token ids, without special tokens."""
    offsets: list[tuple[int, int]]
    """Half-open code point offsets into the text."""
    word_starts: list[int]
    """Index of the first token of each white-space word, then the number of tokens."""

    def span_pieces(self, start: int, end: int) -> tuple[int, int] | None:
        """Return the first and last token (inclusive) that overlap ``[start, end)``, or None."""
        touched = [
            index
            for index, (left, right) in enumerate(self.offsets)
            if left < end and right > start
        ]
        return (touched[0], touched[-1]) if touched else None


def load_tokenizer(folder: Path) -> Tokenizer:
    """Load a model folder's tokenizer, without truncation and padding."""
    tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def special_ids(tokenizer: Tokenizer) -> tuple[int, int, int]:
    """Return the ids of [CLS], [SEP] and [PAD]. Raises ValueError if one is missing."""
    ids = [tokenizer.token_to_id(token) for token in ("[CLS]", "[SEP]", "[PAD]")]
    first, separator, padding = ids
    if first is None or separator is None or padding is None:
        raise ValueError("the tokenizer has no [CLS], [SEP] or [PAD]; use a BERT tokenizer")
    return first, separator, padding


def tokenize(tokenizer: Tokenizer, texts: Sequence[str]) -> list[TokenizedText]:
    """Tokenise texts; returns one entry per text."""
    encodings = tokenizer.encode_batch(list(texts), add_special_tokens=False)
    result = []
    for text, encoding in zip(texts, encodings, strict=True):
        offsets = list(encoding.offsets)
        word_starts = []
        piece = 0
        for word in _WORD.finditer(text):
            while piece < len(offsets) and offsets[piece][1] <= word.start():
                piece += 1
            # A word of control characters alone has no token.
            if piece < len(offsets) and offsets[piece][0] < word.end():
                word_starts.append(piece)
        word_starts.append(len(offsets))
        result.append(TokenizedText(list(encoding.ids), offsets, word_starts))
    return result
