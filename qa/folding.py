"""One spelling for what people type in several ways: how words are compared everywhere in qa.

The full text, questions, evidence and highlights all use it. Folding takes these steps:

1. Letters lose accents and points, ligatures become their letters, ``ı`` and ``İ`` become ``i``,
   digits of any script become ``0`` to ``9``.
2. Initials lose their dots: ``U.N.`` becomes ``UN``.
3. Groups of digits are joined: ``1,200``, ``1.200`` and ``1 200`` become ``1200``. After a number
   ``bn`` becomes ``billion``, ``m`` and ``mn`` become ``million``, ``tn`` becomes ``trillion``.
4. Text in a script without spaces becomes pairs of characters: ``海港局`` becomes ``海港 港局``.
5. Case is ignored.
"""

import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise

VERSION = 1
"""Increased when texts are folded differently, so that the full text is built again."""

_LETTERS = str.maketrans(
    {
        **dict(zip("ıİøØłŁđĐðÐħĦŧŦŋŊəƏ", "iIoOlLdDdDhHtTnNaA", strict=True)),
        **{"þ": "th", "Þ": "Th", "æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe", "ß": "ss", "ẞ": "SS"},
        **dict.fromkeys("ʹʺʻʼʽʾʿ", "'"),  # typed as an apostrophe, which separates words
        **dict.fromkeys("ـ\u200c\u200d", ""),  # they only shape Arabic and Indic letters
    }
)
"""Letters that Unicode does not decompose."""

_POINTS = "\u0300-\u036f\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed"
"""Accents, and the vowel points of Hebrew and Arabic, which most people leave out."""

_SIGNS = "\u0900-\u0963\u0970-\u0dff\u0f35-\u0fbc"
"""Letters and vowel signs of India and Tibet; the signs are not in ``\\w``."""

_UNSPACED = (
    "\u0e01-\u0e4e\u0e81-\u0ecd\u1000-\u1049\u1780-\u17d3"  # Thai, Lao, Burmese, Khmer
    "\u3005-\u3007\u3041-\u3096\u3099-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff"  # kana
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Chinese characters
    "\uac00-\ud7a3"  # Korean has spaces, but its endings stick to the words
)

_LETTER = rf"[^\W\d_{_UNSPACED}]"
_UNITS = r"(?: ?(?:[Bb][Ll]?[Nn]|[Mm](?:[Ll]?[Nn])?|[Tt][Rr]?[Nn])\b(?!['’]))"
_JOINED = (
    rf"\b{_LETTER}(?:\.{_LETTER}\b)+\.?|\b{_LETTER}\.(?: {_LETTER}\.)+"  # U.N. or U. N.
    rf"|(?<![\w.,])\d{{1,3}}([,.' ’])\d{{3}}(?:\1\d{{3}})*(?!\d|(?! )\1\d){_UNITS}?"
    rf"|(?<!\w)\d+{_UNITS}"
)
_SPECIAL = re.compile(_JOINED)
_RUN = re.compile(f"[{_UNSPACED}]+")
_PIECE = re.compile(
    rf"{_JOINED}|[{_UNSPACED}]+|(?:[^\W_{_UNSPACED}]|[{_POINTS}{_SIGNS}\u200c\u200d])+"
)
_WORD = re.compile(rf"[\w{_SIGNS}{_UNSPACED}]+")
_MARKS = re.compile(f"[{_POINTS}]+")
_ODD_DIGIT = re.compile(r"[^\D0-9]")
_NOT_DIGITS = re.compile(r"\D+")


def plain(text: str) -> str:
    """Return a text with its words folded in all but their case."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.translate(_LETTERS))
        text = unicodedata.normalize("NFC", _MARKS.sub("", text))
        text = _ODD_DIGIT.sub(lambda found: str(unicodedata.decimal(found[0])), text)
        text = _RUN.sub(_pairs, text)
    return _SPECIAL.sub(_join, text).replace("_", " ")


def initials(text: str) -> set[str]:
    """Return what has dots as initials in a text, without them: ``US`` for ``U.S.``."""
    found = (match[0] for match in _SPECIAL.finditer(text) if not match[0][0].isdigit())
    return {plain(each) for each in found}


def fold(text: str) -> str:
    """Return a text folded; ``words`` are what it is compared by."""
    return plain(text).casefold()


def words(text: str) -> list[str]:
    """Return the folded words of a text, in order."""
    return split(fold(text))


def split(text: str) -> list[str]:
    """Return the words of a folded text, in order."""
    return _WORD.findall(text)


def words_as_written(text: str) -> Iterator[re.Match[str]]:
    """Return the words of a ``plain`` text, in order; only their case is as it was."""
    return _WORD.finditer(text)


def pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the offsets of the parts of ``text[start:end]`` that fold alone as in the text.

    Most are a word. A number with its unit, initials with dots and a pair of characters are one
    piece each. Pairs overlap.
    """
    for found in _PIECE.finditer(text, start, end):
        first, last = found.span()
        if last - first > 2 and _RUN.fullmatch(text, first, last):
            yield from ((place, place + 2) for place in range(first, last - 1))
        else:
            yield first, last


def _pairs(found: re.Match[str]) -> str:
    run = found[0]
    return f" {' '.join(map(''.join, pairwise(run))) or run} "


def _join(found: re.Match[str]) -> str:
    """Return initials without dots, or a number without separators and with its unit in full."""
    text = found[0]
    if not text[0].isdigit():
        return text.replace(".", "").replace(" ", "").upper()
    number = _NOT_DIGITS.sub("", text)
    unit = text.rstrip().lower().lstrip("0123456789,.'’ ")
    names = {"": "", "b": " billion", "m": " million", "t": " trillion"}
    return number + names[unit[:1]]
