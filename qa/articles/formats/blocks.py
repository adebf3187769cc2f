"""Blocks of text, such as paragraphs and table rows → an article with a blank line between them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from itertools import groupby

from ...datatypes import Article
from ..build import HEADING_CHARACTERS, build_article
from ..clean import clean, one_line
from ..dateline import date_in_name, date_near_top
from ..dates import Dated
from ..found import EmptyFileError
from ..tables import named_lines

CELL_CHARACTERS = HEADING_CHARACTERS
"""Longest table cell that is written on one line with its neighbours."""
HEADING_BLOCKS = 3
"""Number of blocks at the start of an article among which its heading is looked for."""
SHOWN_CHARACTERS = 2_000
"""Number of characters at the start of an article that should show its title."""
PHRASE_WORDS = 4
"""Words of a title that are not together by chance, even in the middle of a paragraph."""

_SPACES = re.compile(" {2,}")
_MADE_UP = re.compile(
    r"(?:microsoft|powerpoint|untitled|unnamed)\b.*"
    r"|(?:document|presentation|slide) *\d*|.*\.\w{2,5}",
    re.IGNORECASE,
)
"""Titles that a program wrote: its own name, a number, or a file name."""


class Role(Enum):
    """What a block is to its document."""

    TEXT = "text"
    HEADING = "heading"
    TITLE = "title"


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a heading or a table row."""

    text: str
    """Its text, cleaned or not."""
    role: Role = Role.TEXT
    """Whether it is the title, a heading or neither."""
    cells: tuple[str, ...] = ()
    """The cells of a table row on one line, blank ones empty; empty for any other block."""


TABLE_END = Block("")
"""Stands between two tables, which would be one otherwise."""


@dataclass(frozen=True, slots=True)
class Properties:
    """What a document states about itself."""

    title: str = ""
    """Its title; empty if it has none."""
    created: date | None = None
    """The day on which it was made, which is a guess at that of publication; None if unknown."""


def table_row(cells: Iterable[Sequence[Block]]) -> list[Block]:
    """Return the blocks of a table row, given those of each cell.

    Short cells make one block, whose text depends on the rows around it. A row with a cell of
    several paragraphs, or of whole sentences, is layout and not data, so its paragraphs stay as
    they are.
    """
    filled = [
        [block for block in cell if block.text and not block.text.isspace()] for cell in cells
    ]
    blocks = [block for cell in filled for block in cell]
    if any(len(cell) > 1 for cell in filled) or any(
        len(block.text) > CELL_CHARACTERS for block in blocks
    ):
        return blocks
    texts = tuple(" ".join(" ".join(block.text.split()) for block in cell) for cell in filled)
    return [Block("; ".join(filter(None, texts)), cells=texts)] if blocks else []


def make_article(name: str, pages: Sequence[Iterable[Block]], given: Properties) -> Article:
    """Return the article of a document with these pages; one page stands for none.

    Raises EmptyFileError if there is no text. The title is the document's own, if it shows it at
    its start or has no heading there. A date near the top, or in the file's name, beats the
    document's own, which is often that of the template or of the last copy.
    """
    text, starts, blocks = _joined(pages)
    if not text:
        raise EmptyFileError("no text in it")
    dated = date_near_top(text) or date_in_name(name)
    dated = dated or Dated(given.created, "document properties", is_guess=True)
    return build_article(
        name,
        text,
        title=_title(given.title, text, blocks),
        dated=dated,
        pages=starts if len(pages) > 1 else (),
    )


def _joined(pages: Sequence[Iterable[Block]]) -> tuple[str, list[int], list[Block]]:
    """Return the cleaned text, the offset where each page begins, and the blocks in the text."""
    texts: list[str] = []
    blocks: list[Block] = []
    starts = []
    length = 0
    for page in pages:
        starts.append(length)
        for block in _with_tables(page):
            if text := _SPACES.sub(" ", clean(block.text)).strip():
                texts.append(text)
                blocks.append(block)
                length += len(text) + len("\n\n")
    return "\n\n".join(texts), [min(start, max(0, length - 2)) for start in starts], blocks


def _with_tables(blocks: Iterable[Block]) -> Iterator[Block]:
    """Yield the blocks, rows of a table with the names of its columns."""
    for is_table, run in groupby(blocks, key=lambda block: bool(block.cells)):
        rows = list(run)
        lines = named_lines([row.cells for row in rows]) if is_table else []
        yield from map(Block, lines) if lines else rows


def _title(stated: str, text: str, blocks: Sequence[Block]) -> str:
    """Return the title; empty if neither the document's properties nor its headings give one.

    A stated title that the text does not show is often left over from a template.
    """
    stated = one_line(stated)
    if stated and _shows(text[:SHOWN_CHARACTERS].casefold(), stated.casefold()):
        return stated
    titles = [block.text for block in blocks if block.role is Role.TITLE]
    headings = [block.text for block in blocks[:HEADING_BLOCKS] if block.role is Role.HEADING]
    shown = next(iter(titles + headings), "")
    if shown or not any(map(str.isalpha, stated)) or _MADE_UP.fullmatch(stated):
        return shown
    return stated


def _shows(start: str, stated: str) -> bool:
    """Whether the start of a text shows the title, as a paragraph or as a phrase."""
    is_phrase = stated.count(" ") + 1 >= PHRASE_WORDS and stated in " ".join(start.split())
    return is_phrase or any(" ".join(one.split()) == stated for one in start.split("\n\n"))
