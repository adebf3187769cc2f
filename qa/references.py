"""References to exact words of an article, ``path#start-end@digest``, and what became of them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from .datatypes import Article, Citation

DIGEST_DIGITS = 12
"""Hexadecimal digits of the text's SHA-256 in a reference."""

_PLACE = r"#\d{1,9}-\d{1,9}@[0-9a-f]{12,64}"
_REFERENCE = re.compile(r"(.+)#(\d{1,9})-(\d{1,9})@([0-9a-f]{12,64})")
_IN_TEXT = re.compile(rf"""`([^`\n]+{_PLACE})`|"([^"\n]+{_PLACE})"|(\S+{_PLACE})""")


class Standing(StrEnum):
    """What became of the words that a reference is to."""

    HOLDS = "holds"
    """They stand where the reference says."""
    MOVED = "moved"
    """The same text is now under another path."""
    CHANGED = "changed"
    """The text was changed since."""
    GONE = "gone"
    """There is no such article any more."""


class Reference(NamedTuple):
    """A reference to a range of an article's text."""

    source: str
    """The article's source: its path, or its address."""
    start: int
    """Offset of the first character."""
    end: int
    """Offset after the last character."""
    digest: str
    """SHA-256 of the cleaned text in hexadecimal, or its first digits."""

    def __str__(self) -> str:
        """Return the reference as it is printed."""
        return f"{self.source}#{self.start}-{self.end}@{self.digest}"


@dataclass(frozen=True, slots=True)
class CheckedReference:
    """A reference that was compared with the library and the disk."""

    reference: Reference
    """The reference."""
    standing: Standing
    """What became of the words."""
    article: "Article | None" = None
    """The article where they stand, or the one that was changed; None if it is gone."""

    @property
    def quote(self) -> str:
        """The words; empty if the text was changed or is gone."""
        if self.article is None or self.standing not in (Standing.HOLDS, Standing.MOVED):
            return ""
        return self.article.text[self.reference.start : self.reference.end]


def reference_to(citation: "Citation") -> Reference:
    """Return the reference to a citation's words."""
    article = citation.article
    return Reference(article.source, citation.start, citation.end, article.digest[:DIGEST_DIGITS])


def parse_reference(text: str) -> Reference | None:
    """Return the reference that a text is; None if it is not one."""
    found = _REFERENCE.fullmatch(text.strip())
    if not found or int(found[2]) > int(found[3]):
        return None
    return Reference(found[1], int(found[2]), int(found[3]), found[4])


def references_in(text: str) -> Iterator[Reference]:
    """Yield the references in a text, such as an exported conversation, each once.

    A reference with a space in its path must stand between backquotes or quotation marks of JSON.
    """
    seen = set()
    for found in _IN_TEXT.finditer(text):
        reference = parse_reference(found[1] or found[2] or found[3].lstrip("\"'`(["))
        if reference and reference not in seen:
            seen.add(reference)
            yield reference
