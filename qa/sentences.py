"""Sentence boundaries, as offsets into the text. This module imports nothing from qa.

The text is split into blocks first, because ``sentencex`` does not handle hard-wrapped text,
headings or lists. ``sentencex`` then splits each block into sentences. A block is a paragraph, a
heading line, a list item, or the dateline at the start of the text. A blank line ends a paragraph.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from itertools import islice, takewhile
from typing import Any

WINDOW = 5_000
"""Code points that are split at once, and so the longest sentence.

``sentencex`` takes quadratic time on some texts, such as a million opening quotes."""

LEADING_DATE = re.compile(r"\s*date\s+(\d{4})-(\d\d)-(\d\d)(?!\S)[ ,:]*", re.IGNORECASE)
"""The date at the start of a plain-text article; its groups are year, month and day."""

_DATELINE_WORDS = 8
_PLACE_CHARACTERS = 3
_DASHES = frozenset({"-", "--", "–", "—"})

_WORD = re.compile(r"\S+")
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")
_NEW_BLOCK = re.compile(
    r"""
      \n\s*\n                                     # blank lines
    | \n(?=[ ]{0,3}\#{1,6}[ ])                    # before a heading
    | \n(?=[ ]{0,12}(?:[-*+•‣–]|\d{1,3}[.)])[ ])  # before a list item
    """,
    re.VERBOSE,
)
_HEADING = re.compile(r" {0,3}#{1,6} ")
_MARKER = re.compile(r"\s*(?:[-*+•‣–]|\d{1,3}[.)])\s*")
_ENDING = re.compile("[.!?]")
_SURROGATE = re.compile("[\ud800-\udfff]")


def sentence_bounds(text: str) -> list[tuple[int, int]]:
    """Return the offsets of all sentences, in order.

    Sentences are not empty, do not overlap, have no white space at their ends, and together cover
    every other character. No sentence spans a blank line. A single newline ends a sentence only
    next to a heading or a list item. A sentence longer than ``WINDOW`` is split into pieces.
    """
    return [bounds for start, end in _blocks(text) for bounds in _block_bounds(text, start, end)]


def sentence_around(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the offsets of the sentence, or sentences, around ``text[start:end]``.

    Only the enclosing paragraphs are searched, at most ``WINDOW`` code points on either side. An
    empty range stands for the character at ``start``. A range of white space is returned as it is.
    """
    end = max(end, start + 1)
    low, high = max(0, start - WINDOW), min(len(text), end + WINDOW)
    before = low
    for blank in _BLANK_LINE.finditer(text, low, start):
        before = blank.end()
    after = _BLANK_LINE.search(text, end, high)
    paragraph = text[before : after.start() if after else high]
    touched = [
        bounds
        for bounds in sentence_bounds(paragraph)
        if bounds[0] < end - before and bounds[1] > start - before
    ]
    if not touched:
        return start, min(end, len(text))
    return touched[0][0] + before, touched[-1][1] + before


def after_leading_date(text: str) -> int:
    """Return the offset after the ``date YYYY-MM-DD`` at the start of a text; 0 without one."""
    found = LEADING_DATE.match(text)
    return found.end() if found else 0


def after_dateline(text: str) -> int:
    """Return the offset after the dateline at the start of a text; 0 without one.

    A dateline is ``date YYYY-MM-DD``, a place such as ``NEW YORK`` or ``PARIS, France``, or both.
    A place without a date must be followed by a dash, as in ``CAIRO, Oct. 24 (Reuters) - ``: the
    capitals in ``BP Chief Tony Hayward`` start a sentence. The word after the place must not be in
    lower case, so in ``BRUSSELS NATO is expected`` only ``BRUSSELS`` is the place.
    """
    start = after_leading_date(text)
    found = list(islice(_WORD.finditer(text, start), _DATELINE_WORDS + 1))
    words = [word.group() for word in found]
    capitals = sum(1 for _ in takewhile(str.isupper, words))
    if capitals in (0, len(words)) or len(words[0]) < _PLACE_CHARACTERS:
        return start
    names = sum(1 for _ in takewhile(lambda word: not word[0].islower(), words))
    dash = next((at for at, word in enumerate(words[:names]) if word in _DASHES), None)
    if dash is not None and dash + 1 < len(words):
        return found[dash + 1].start()
    if not start:
        return 0
    if words[capitals][0].islower():
        capitals -= 1
    elif words[capitals - 1].endswith(",") and not words[capitals : capitals + 2][-1][0].islower():
        capitals += 1  # the country after a comma
    return found[capitals].start() if capitals < len(words) else start


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """Yield the offsets of the blocks, which together cover the whole text."""
    start = after_dateline(text)
    if start:
        yield 0, start
    for stop in [*(boundary.end() for boundary in _NEW_BLOCK.finditer(text, start)), len(text)]:
        if _HEADING.match(text, start):
            line_end = text.find("\n", start, stop)
            if line_end >= 0:
                yield start, line_end
                start = line_end
        yield start, stop
        start = stop


def _block_bounds(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the offsets of one block's sentences, found window by window."""
    block = _trim(text, start, end)
    if block is None:
        return
    start, end = block
    while start < end:
        high = min(end, start + WINDOW)
        ends = _sentence_ends(text[start:high])
        if high < end:
            # The last sentence may continue in the next window, so that window starts with it.
            # A sentence that fills the window is cut, at a space if there is one.
            ends = ends[:-1] or [max(text.rfind(" ", start, high) - start, 0) or high - start]
        stop = start
        for offset in ends:
            bounds = _trim(text, stop, start + offset)
            if bounds:
                yield bounds
            stop = start + offset
        start = stop


def _sentence_ends(block: str) -> list[int]:
    """Return the offsets in the block at which sentences end; the last is the block's length."""
    if not block.isascii():
        block = _SURROGATE.sub("?", block)  # sentencex takes UTF-8
    elif not _ENDING.search(block):
        return [len(block)]
    found = _segmenter()("en", block)
    ends = [
        int(sentence["end_index"])
        for sentence in found
        # sentencex also breaks at some newlines inside a sentence: skip those.
        if sentence["boundary_symbol"] or not sentence["text"].endswith("\n")
    ]
    if len(ends) > 1 and _MARKER.fullmatch(block, 0, ends[0]):
        del ends[0]  # the marker of a list item is not a sentence
    if not ends or ends[-1] < len(block):
        ends.append(len(block))
    return ends


def _trim(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Return the range without white space at its ends; None if nothing else is left."""
    piece = text[start:end]
    stripped = piece.strip()
    if not stripped:
        return None
    start += len(piece) - len(piece.lstrip())
    return start, start + len(stripped)


@cache
def _segmenter() -> Callable[[str, str], list[Mapping[str, Any]]]:
    """Import sentencex on first use: that takes 10 ms."""
    from sentencex import get_sentence_boundaries

    segmenter: Callable[[str, str], list[Mapping[str, Any]]] = get_sentence_boundaries
    return segmenter
