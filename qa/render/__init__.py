"""Answers, hits and articles → JSON values (``values``) and lines of styled text (``lines``).

Nothing here prints.
"""

from .lines import (
    NEAR,
    SURE,
    answer_lines,
    article_date,
    article_lines,
    article_words,
    confidence_words,
    explain_lines,
    hit_lines,
    library_pieces,
    lit_pieces,
    nearest_sentence,
    note_lines,
    place_piece,
    source_lines,
    time_words,
    unread_words,
    why_text,
    written_date,
)
from .links import article_address, linked, takes_links
from .values import (
    JSON_VERSION,
    answer_values,
    article_values,
    checked_values,
    citation_values,
    hit_values,
    to_json,
)
from .wrap import Line, Piece, padded, shortened, wrapped

__all__ = [
    "JSON_VERSION",
    "NEAR",
    "SURE",
    "Line",
    "Piece",
    "answer_lines",
    "answer_values",
    "article_address",
    "article_date",
    "article_lines",
    "article_values",
    "article_words",
    "checked_values",
    "citation_values",
    "confidence_words",
    "explain_lines",
    "hit_lines",
    "hit_values",
    "library_pieces",
    "linked",
    "lit_pieces",
    "nearest_sentence",
    "note_lines",
    "padded",
    "place_piece",
    "shortened",
    "source_lines",
    "takes_links",
    "time_words",
    "to_json",
    "unread_words",
    "why_text",
    "wrapped",
    "written_date",
]
