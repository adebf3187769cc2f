"""Text in UTF-8 that was once read as cp1252, such as ``FranÃ§ois``, is put right."""

import re

_LOWER = "\x80-\xbf" + "".join(
    bytes([code]).decode("cp1252", "ignore") for code in range(0x80, 0xA0)
)
_SEQUENCE = re.compile(
    f"[\xc2-\xdf][{_LOWER}]|[\xe0-\xef][{_LOWER}]{{2}}|[\xf0-\xf4][{_LOWER}]{{3}}"
)
_FEWEST = 2
"""Sequences from which it is certain; one can stand in a sentence about the fault."""


def mend(text: str) -> str:
    """Return the text with the lines put right that can be nothing else; all others stay.

    In such a line everything beyond ASCII is UTF-8 read as cp1252, and the text has two or more
    such characters.
    """
    if text.isascii() or len(_SEQUENCE.findall(text)) < _FEWEST:
        return text
    lines = text.split("\n")
    mended = [_mend_line(line) for line in lines]
    certain = sum(
        len(_SEQUENCE.findall(line)) for line, new in zip(lines, mended, strict=True) if line != new
    )
    return "\n".join(mended) if certain >= _FEWEST else text


def _mend_line(line: str) -> str:
    """Return the line decoded again, or as it is if that is not possible."""
    if line.isascii():
        return line
    try:
        return b"".join(map(_byte, line)).decode("utf-8")
    except UnicodeError:
        return line


def _byte(character: str) -> bytes:
    """Return the byte that cp1252 reads as a character, also where cp1252 has none."""
    try:
        return character.encode("cp1252")
    except UnicodeEncodeError:
        return character.encode("latin-1")
