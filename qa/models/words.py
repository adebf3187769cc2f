"""English words, without a word list of our own."""

import re
from functools import cache

from .catalog import find

_WORD = re.compile(r"[a-z]{2,}")


@cache
def english_words(most: int | None = None) -> frozenset[str]:
    """Return English words in lower case, or about ``most`` of the commonest.

    They are the word pieces of the default encoder, which stand in the order of their frequency:
    names and short pieces that are no words are among them. The set is empty if the encoder is not
    installed. The first call takes some milliseconds.
    """
    folder = find(None).locate()
    if folder is None or not (folder / "vocab.txt").is_file():
        return frozenset()
    pieces = (folder / "vocab.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(filter(_WORD.fullmatch, pieces[:most]))
