"""Bytes → text: UTF-8 if possible, otherwise the most likely encoding; binary data is refused.

What was a guess is said, so that a person can look at it. A file whose lines are in two encodings,
mostly UTF-8 and an older one, is decoded line by line.
"""

import codecs
import re
from typing import NamedTuple

from ..errors import ArticleError
from .guess import GUESSED_FROM_BYTES, guess_encoding
from .mojibake import mend

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, because it begins with the mark of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NEVER_IN_TEXT = re.compile("[\x00-\x06\x0e-\x1a\x1c-\x1f\x7f-\x84\x86-\x9f]")
_ALPHABETS = re.compile("[\t\n\r\f\x1b -~\xa0-\u06ff\u2010-\u206f\u20a0-\u20bf\ufffd]")
"""What a text in an alphabet is made of; ASCII read as UTF-16 is Chinese."""

_FEWEST_ZEROS = 0.05
"""Share of zero bytes from which a text is taken for UTF-16.

Text in Cyrillic has a twelfth, for its blanks; a stray zero byte is damage.
"""

_JAPANESE = re.compile(rb"\x1b\$[@B].+?\x1b\([BJ]", re.DOTALL)
_UTF7 = re.compile(rb"\+([A-Za-z0-9+/]{3,})-?")
_FEWEST_UTF7 = 3
"""Sequences such as ``+AOk-`` from which a text is taken for UTF-7."""

_FEWEST_UTF8 = 3
"""UTF-8 characters in whole lines from which the other lines are taken for another encoding."""


class Decoded(NamedTuple):
    """The text of a file, and how it was read."""

    text: str
    """The text; what could not be read is U+FFFD."""
    guess: str
    """The encoding, if it was a guess; empty if it was certain."""


def is_wide(head: bytes) -> bool:
    """Whether a file begins like UTF-16 or UTF-32: with its byte order mark or its zero bytes."""
    return any(head.startswith(mark) for mark, name in _MARKS if name != "utf-8-sig") or bool(
        _wide_without_mark(head)
    )


def decode(data: bytes) -> str:
    """Return the text. Raises ArticleError if the bytes are not text in any likely encoding."""
    return decode_file(data).text


def decode_file(data: bytes) -> Decoded:
    """Return the text, and the encoding if it was a guess.

    Raises ArticleError if the bytes are not text in any likely encoding.
    """
    found = _decode(data)
    if _share(_NEVER_IN_TEXT, found.text[:GUESSED_FROM_BYTES]) > 0.02:
        raise ArticleError("not text: it is full of control characters")
    return found


class Encoding(NamedTuple):
    """The encoding of a stream, as its beginning shows it."""

    name: str
    """Its name, such as ``cp1252``."""
    is_guess: bool
    """Whether it was a guess."""


def encoding_of(head: bytes) -> Encoding:
    """Return the encoding of a stream that begins like this.

    Raises ArticleError if that is not text in any likely encoding.
    """
    if marked := next((name for mark, name in _MARKS if head.startswith(mark)), ""):
        return Encoding(marked, is_guess=False)
    if wide := _wide_without_mark(head[:GUESSED_FROM_BYTES]):
        return Encoding(wide, is_guess=False)
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)  # it may end inside a character
    except UnicodeDecodeError:
        return Encoding(guess_encoding(head), is_guess=True)
    return Encoding("utf-8", is_guess=False)


def _decode(data: bytes) -> Decoded:
    """Return the text by a mark, by UTF-8, by escapes of its own, line by line, or by a guess."""
    marked = next((name for mark, name in _MARKS if data.startswith(mark)), "")
    if marked and marked != "utf-8-sig":
        return Decoded(data.decode(marked, "replace"), "")
    if wide := _wide_without_mark(data[:GUESSED_FROM_BYTES]):
        return Decoded(data.decode(wide, "replace"), "")
    if escaped := _escaped(data):
        return Decoded(data.decode(escaped), "")
    try:
        text = data.decode(marked or "utf-8")
    except UnicodeDecodeError:
        return _mixed(data) or _guessed(data)
    mended = mend(text)
    return Decoded(mended, "" if mended == text else "utf-8 saved as cp1252")


def _guessed(data: bytes) -> Decoded:
    encoding = guess_encoding(data)
    return Decoded(data.decode(encoding, "replace"), encoding)


def _mixed(data: bytes) -> Decoded | None:
    """Return the text of a file that is mostly UTF-8; None if it is not.

    Lines that are not UTF-8 are in an encoding of their own. A line that is mostly UTF-8 is only
    damaged: what cannot be read of it is replaced.
    """
    lines = data.removeprefix(codecs.BOM_UTF8).splitlines(keepends=True)
    texts = [line.decode("utf-8", "replace") for line in lines]
    others = [number for number, text in enumerate(texts) if "\ufffd" in text]
    sound = sum(_beyond_ascii(text) for text in texts if "\ufffd" not in text)
    alien = [n for n in others if _beyond_ascii(texts[n]) <= 2 * texts[n].count("\ufffd")]
    broken = sum(texts[number].count("\ufffd") for number in alien)
    if alien and (sound < _FEWEST_UTF8 or sound * 10 < broken):
        return None
    if not alien:
        return Decoded("".join(texts), "")
    guess = _tail_encoding("".join(texts), b"".join(lines[number] for number in alien))
    for number in alien:
        texts[number] = lines[number].decode(guess, "replace")
    return Decoded("".join(texts), f"utf-8 and {guess}")


def _tail_encoding(text: str, tail: bytes) -> str:
    """Return the encoding of the lines that are not UTF-8, cp1252 if the others could be in it."""
    try:
        text.replace("\ufffd", "").encode("cp1252")
        tail.decode("cp1252")
    except UnicodeError:
        return guess_encoding(tail)
    return "cp1252"


def _wide_without_mark(head: bytes) -> str:
    """Return the name of UTF-16 without a mark, which is told by its zero bytes; empty if not."""
    head = head[: len(head) & ~1]
    high, low = head[::2].count(0), head[1::2].count(0)
    if max(high, low) < len(head) * _FEWEST_ZEROS or max(high, low) < 50 * min(high, low):
        return ""
    name = "utf-16-be" if high > low else "utf-16-le"
    try:
        # The head may end between the two halves of a character.
        text = codecs.getincrementaldecoder(name)().decode(head)
    except UnicodeDecodeError:
        return ""
    return name if _share(_ALPHABETS, text) > 0.95 else ""


def _escaped(data: bytes) -> str:
    """Return the name of an encoding that is told by its escapes in ASCII; empty if it is none."""
    if not data.isascii():
        return ""
    name = "iso2022_jp" if _JAPANESE.search(data) else "utf-7" if _is_utf7(data) else ""
    try:
        data.decode(name or "ascii")
    except UnicodeDecodeError:
        return ""
    return name


def _is_utf7(data: bytes) -> bool:
    """Whether all words such as ``+AOk-`` are letters and punctuation that ASCII does not have."""
    found = _UTF7.findall(data)
    try:
        characters = b"".join(b"+" + word + b"-" for word in found).decode("utf-7")
    except UnicodeDecodeError:
        return False
    return len(found) >= _FEWEST_UTF7 and all("\x7f" < one < "\u2200" for one in characters)


def _beyond_ascii(text: str) -> int:
    """Return the number of characters that are not ASCII, without the replaced ones."""
    return len(text) - len(text.encode("ascii", "ignore")) - text.count("\ufffd")


def _share(pattern: re.Pattern[str], text: str) -> float:
    """Return the share of characters that match the pattern, in [0, 1]."""
    return len(pattern.findall(text)) / len(text) if text else 0.0
