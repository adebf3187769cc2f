"""Bytes → the encoding that they are most likely in."""

import re

from ..errors import ArticleError

GUESSED_FROM_BYTES = 64_000
"""How much of a file is used to guess its encoding."""

CANDIDATES = (
    *("cp1252", "iso8859-15", "mac-roman", "cp850", "cp437"),
    *("cp1250", "iso8859-2", "cp852", "cp1251", "koi8-r", "koi8-u", "cp866", "iso8859-5"),
    *("cp1253", "iso8859-7", "cp737", "cp1254", "cp857", "cp1255", "cp1256"),
    *("cp932", "euc_jis_2004", "gb18030", "big5hkscs", "cp949", "utf-16-le", "utf-16-be"),
)
"""Encodings that articles come in, the most likely first, by chardet's names."""

_WINDOWS = {"iso8859-15": "cp1252", "iso8859-2": "cp1250", "iso8859-7": "cp1253"}
_WINDOWS_ONLY = re.compile(rb"[\x80-\x9f]")
_NOT_ASCII = re.compile(rb"[\x80-\xff]")
_SYMBOL = "\x80-\x9f\u00a1-\u00b4\u00b6\u00b8-\u00bf\u02c6\u02dc‚„†‡‰‹›•™"
_LATIN = "A-Za-z\u00c0-\u024f"
_ODD = re.compile(
    rf"""
      [{_LATIN}][\u0370-\u06ff] | [\u0370-\u06ff][{_LATIN}]  # a word in two scripts
    | [{_LATIN}][{_SYMBOL}][{_LATIN}]                        # a symbol inside a word
    | (?<!\w)[\u00c0-\u024f]\d                               # a letter for the pound before a sum
    """,
    re.VERBOSE,
)
"""What a wrong encoding makes of a text and what no text has."""


def guess_encoding(data: bytes) -> str:
    """Return the name of the most likely encoding, such as ``cp1252``.

    Raises ArticleError if the bytes are text in none of `CANDIDATES`.
    """
    from chardet import detect_all  # takes 27 ms to import; most files are UTF-8

    sample = _sample(data)
    guesses = detect_all(
        sample, include_encodings=CANDIDATES, ignore_threshold=True, compat_names=False
    )
    names = [guess["encoding"] for guess in guesses if guess["encoding"] in CANDIDATES]
    if not names:
        raise ArticleError("not text, or in an encoding that cannot be guessed; save it as UTF-8")
    found = next((name for name in names if not _is_odd(sample, name)), names[0])
    # In the ISO encodings these bytes are controls, which no text has: it is the Windows variant.
    return _WINDOWS.get(found, found) if _WINDOWS_ONLY.search(data) else found


def _sample(data: bytes) -> bytes:
    """Return the part of the data to guess from: ASCII says nothing, so it starts shortly before
    the first other byte."""
    first = _NOT_ASCII.search(data)
    start = max(0, first.start() - 500) & ~1 if first else 0
    sample = data[start : start + GUESSED_FROM_BYTES]
    if len(data) > start + len(sample):
        sample = sample[: sample.rfind(b" ") + 1] or sample  # do not cut a character in two
    return sample


def _is_odd(sample: bytes, encoding: str) -> bool:
    """Whether an encoding would put symbols, or letters of another script, into words."""
    return bool(_ODD.search(sample.decode(encoding, "ignore")))
