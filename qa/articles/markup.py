"""HTML fragments → plain text, for every format that carries markup inside it."""

import html
import re

TAG_CHARACTERS = 8_192
"""Longest tag that keeps its attributes. A parser takes quadratic time for those of one tag."""
OPEN_FONTS = 200
"""Most font tags left open. Each paragraph repeats them all: 2,000 take a gigabyte."""

_VALUE_CHARACTERS = 1_000
"""Longest attribute value that is kept. An image inside a ``data:`` address has megabytes."""

_TAG = re.compile(r"</?[a-z][^<>]*>|<!--|<!\[CDATA\[", re.IGNORECASE)
_BLOCK = re.compile(
    r"</?(?:address|article|aside|blockquote|body|br|d[dlt]|div|fig\w+|footer|form|h[1-6r]|header"
    r"|li|main|nav|[ou]l|p|pre|section|t(?:able|body|d|foot|h|head|r))\b",
    re.IGNORECASE,
)
_CODE = re.compile(r"<(?:code|pre|samp|kbd|textarea)\b", re.IGNORECASE)
_ESCAPED_TAG = re.compile(r"</[a-z][a-z0-9]*\s*>|<(?:br|hr|img)\b[^<>]*>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_BLANK_LINES = re.compile(r"\n\s*\n")
_MORE_BLANK_LINES = re.compile(r"\n{3,}")
_LONG_VALUE = re.compile(
    rf"""=\s*+(?:"[^"<>]{{{_VALUE_CHARACTERS},}}+"|'[^'<>]{{{_VALUE_CHARACTERS},}}+')"""
)
_LONG_TAG = re.compile(rf"(<[a-zA-Z][a-zA-Z0-9:-]{{0,30}}+)\s[^<>]{{{TAG_CHARACTERS},}}+(>?)")

_FONT_TAG = re.compile(
    r"<(/?)(?:a|b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)\b[^<>]*>", re.IGNORECASE
)


def markup_text(markup: str) -> str:
    """Return the plain text of an HTML fragment, not yet cleaned; nothing is raised.

    Entities are decoded, and once more where the markup was escaped twice. Scripts, styles and
    comments are left out. A blank line separates paragraphs; other blocks begin on a new line. Text
    without a tag keeps its own lines.
    """
    text = _text(markup)
    if not _TAG.search(markup) and _ESCAPED_TAG.search(text):
        return markup_text(text)  # a whole fragment that was escaped
    return text if _CODE.search(markup) else _decoded(text)


def tamed(markup: str) -> str:
    """Return the markup without what takes a parser quadratic time or memory; the text stays.

    That is attributes and their values of a useless length, and font tags if too many are open.
    """
    markup = _LONG_TAG.sub(r"\1\2", _LONG_VALUE.sub('=""', markup))
    still_open = sum(-1 if tag.group(1) else 1 for tag in _FONT_TAG.finditer(markup))
    return _FONT_TAG.sub("", markup) if still_open > OPEN_FONTS else markup


def _decoded(text: str) -> str:
    """Return the text with the entities decoded that end in a semicolon, so not ``?a&copy=1``."""
    return _ENTITY.sub(lambda entity: html.unescape(entity.group()), text)


def _text(markup: str) -> str:
    """Return the text with its entities decoded once."""
    if not _TAG.search(markup):
        return _decoded(markup)
    if not _BLOCK.search(markup):
        markup = _BLANK_LINES.sub("<p>", markup)  # as WordPress stores its paragraphs
    return tidy(_convert(tamed(markup)))


def tidy(text: str) -> str:
    """Return the text with one space between words and at most one blank line between lines."""
    lines = "\n".join(" ".join(line.split()) for line in text.split("\n"))
    return _MORE_BLANK_LINES.sub("\n\n", lines).strip("\n")


def _convert(markup: str) -> str:
    """Return the text of the parsed markup, or the text between the tags if it cannot be parsed."""
    from resiliparse.extract.html2text import extract_plain_text

    markup = markup.encode("utf-8", "replace").decode("utf-8")  # a lone surrogate is refused
    try:
        return extract_plain_text(markup, list_bullets=False, alt_texts=False)
    except ValueError:
        return _decoded(_TAG.sub(" ", markup))
