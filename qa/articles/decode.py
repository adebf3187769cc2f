"""Bytes → text: UTF-8 if possible, otherwise the most likely encoding; binary data is refused."""

import codecs
import re

from ..errors import ArticleError

GUESSED_FROM_BYTES = 64_000
"""How much of a file is used to guess its encoding."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, because it begins with the mark of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CANDIDATES = (
    *("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "koi8_r"),
    *("cp932", "euc_jp", "gb18030", "big5", "cp949"),
)
"""Encodings that articles come in, the most likely first.

With all encodings allowed, the guesser takes French for Baltic and a single word for Chinese.
"""
_NOT_ASCII = re.compile(rb"[\x80-\xff]")
_NEVER_IN_TEXT = re.compile("[\x00-\x06\x0e-\x1a\x1c-\x1f\x7f-\x84\x86-\x9f]")


def is_wide(head: bytes) -> bool:
    """Whether a file begins with the byte order mark of UTF-16 or UTF-32."""
    return any(head.startswith(mark) for mark, name in _MARKS if name != "utf-8-sig")


def decode(data: bytes) -> str:
    """Return the text. Raises ArticleError if the bytes are not text in any likely encoding."""
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        text = _decode_leniently(data, encoding)
    if not text:
        text = data.decode(_guess(data), errors="replace")
    if _share(_NEVER_IN_TEXT, text[:GUESSED_FROM_BYTES]) > 0.02:
        raise ArticleError("not text: it is full of control characters")
    return text


def _decode_leniently(data: bytes, encoding: str) -> str:
    """Return the text with broken characters replaced; empty if too many are broken."""
    text = data.decode(encoding, errors="replace")
    broken = text.count("\ufffd")
    sound = len(text) - len(text.encode("ascii", "ignore")) - broken
    return text if encoding != "utf-8" or sound > 2 * broken else ""


def _guess(data: bytes) -> str:
    """Return the name of the most likely encoding. Raises ArticleError if there is none."""
    from charset_normalizer import from_bytes  # takes 45 ms to import; most files are UTF-8

    first = _NOT_ASCII.search(data)
    # ASCII says nothing about the encoding, so start shortly before the first other byte.
    start = max(0, first.start() - 500) if first else 0
    head = data[start : start + GUESSED_FROM_BYTES]
    if len(data) > start + len(head):
        head = head[: head.rfind(b" ") + 1] or head  # do not cut a character in two
    guesses = from_bytes(head, cp_isolation=list(_CANDIDATES))
    best = guesses.best()
    if best is None:
        raise ArticleError("not text, or in an encoding that cannot be guessed; save it as UTF-8")
    # The guesser orders equally good guesses by name; take the most likely one.
    equals = {
        guess.encoding
        for guess in guesses
        if (guess.chaos, guess.coherence) == (best.chaos, best.coherence)
    }
    return next((name for name in _CANDIDATES if name in equals), best.encoding)


def _share(pattern: re.Pattern[str], text: str) -> float:
    """Return the share of characters that match the pattern, in [0, 1]."""
    return len(pattern.findall(text)) / len(text) if text else 0.0
