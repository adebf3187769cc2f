"""Letters that models do not know, spelt with ones that they do: ``ﬁ`` as ``fi``.

The text itself stays as it is; offsets are translated back.
"""

import re
import unicodedata

import numpy as np
from numpy.typing import NDArray

_ODD = re.compile("[‐‑ĳĲŉſǄ-ǌǱ-ǳﬀ-ﬆﬓ-ﬗ\ufb1d-\ufdcf\ufdf0-\ufdff\ufe70-\ufefc！-～ｦ-ﾟ]")
"""Ligatures, letters in full and half width, Arabic letters in print forms, and odd hyphens."""


def plain_letters(text: str) -> str:
    """Return a text in common letters."""
    return text if text.isascii() else _ODD.sub(_common, text)


def plain_letters_at(text: str) -> tuple[str, NDArray[np.int64]]:
    """Return a text in common letters, and for each code point the place that it came from.

    The places have one entry more than the text: that of its end.
    """
    plain = plain_letters(text)
    lengths = np.ones(len(text) + 1, np.int64)
    if plain != text:
        for found in _ODD.finditer(text):
            lengths[found.start()] = len(_common(found))
    return plain, np.repeat(np.arange(len(text) + 1), lengths)


def _common(found: re.Match[str]) -> str:
    return "-" if found[0] in "‐‑" else unicodedata.normalize("NFKC", found[0])
