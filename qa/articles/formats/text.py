"""Plain text, Markdown, and exports of many articles as text, in whatever encoding."""

from collections.abc import Iterator
from pathlib import PurePath

from ...datatypes import Article
from ..build import build_article
from ..clean import clean, with_line_ends
from ..dateline import date_in_name, date_near_top
from ..dates import dated_fields
from ..decode import decode_file
from ..found import EmptyFileError, Problem, ReadArticle
from ..numbered import joined
from . import export
from .front_matter import front_matter, title_in
from .markdown import Markdown, plain_words
from .plain import plain_lines

MARKDOWN_SUFFIXES = frozenset({".md", ".markdown", ".mdown", ".mkd"})
"""Suffixes of Markdown; other text is Markdown if it has front matter in YAML or TOML."""


def read(name: str, data: bytes) -> Iterator[ReadArticle | Problem]:
    """Yield the article of a file, or those of an export of several.

    Raises ArticleError if it is not text, or empty.
    """
    decoded = decode_file(data)
    if export.is_export(decoded.text):
        yield from export.read_text(name, decoded.text, encoding=decoded.guess)
        return
    article = read_text(name, decoded.text, encoding=decoded.guess)
    if not article.text.strip():
        raise EmptyFileError("empty file")
    yield ReadArticle(None, article)


def read_text(name: str, text: str, *, encoding: str = "") -> Article:
    """Return the article of a decoded text; ``encoding`` is its encoding if that was a guess."""
    raw = with_line_ends(text)
    text = clean(raw)
    fields, start = front_matter(text)
    body, first_line = text[start:], 1 + text.count("\n", 0, start)
    is_note = PurePath(name.removesuffix(".gz")).suffix.lower() in MARKDOWN_SUFFIXES
    title = title_in(fields)
    is_markdown = is_note or text[:start].lstrip()[:3] in ("---", "+++")
    if is_markdown:
        markdown = Markdown(body, first_line)
        lines = markdown.lines
        title = plain_words(title) or markdown.title
    else:
        lines = [line for line in plain_lines(raw) if line[0] >= first_line]
    jumps: list[tuple[int, int]] = []
    if is_markdown or lines != list(enumerate(body.split("\n"), first_line)):
        body, first_line, jumps = joined(lines)
    dated = dated_fields(fields, "front matter") or date_near_top(body) or date_in_name(name)
    return build_article(
        name,
        body,
        title=title,
        dated=dated,
        first_line=first_line,
        lines=jumps,
        encoding=encoding,
    )
