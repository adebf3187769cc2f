"""Markup within lines → plain text; every newline stays, so that lines keep their numbers.

HTML is taken out with regular expressions and not with a parser, because a parser loses the lines.
A whole page is not for this module.
"""

import html
import re

PARAGRAPH = "\v"
"""Stands where a block of HTML begins or ends within a line; cleaned text has no such character."""

_BLOCKS = (
    "address|article|aside|blockquote|body|br|caption|center|d[dlt]|details|div|fig(?:ure|caption)"
    "|footer|form|h[1-6r]|head(?:er)?|html|li|main|nav|[ou]l|p|pre|section|summary|t(?:able|body|foot"
    "|head|r)"
)
_INLINES = (
    "a|abbr|audio|b|big|button|cite|code|del|dfn|em|font|i|iframe|img|input|ins|kbd|label|link|mark"
    "|meta|picture|q|s|samp|small|source|span|strike|strong|su[bp]|t[dht]|time|title|u|var|video|wbr"
)
_ATTRIBUTES = r"""(?:\s+[\w:@.-]+(?:\s*=\s*(?:"[^"<>]*"|'[^'<>]*'|[^\s"'<>=]+))?)*\s*/?"""
_BLOCK = re.compile(rf"</?(?:{_BLOCKS}){_ATTRIBUTES}>", re.IGNORECASE)
_INLINE = re.compile(rf"</?(?:{_INLINES}){_ATTRIBUTES}>", re.IGNORECASE)
_CELL = re.compile(r"</t[dh][ ]*>(?=\s*<t[dh])", re.IGNORECASE)
_CLOSING = re.compile(rf"</(?:{_BLOCKS}|{_INLINES})\s*>|<(?:br|p|hr)\s*/?>", re.IGNORECASE)
_HIDDEN = re.compile(
    r"<!--.*?-->|<(script|style|template)\b[^<>]*>.*?</\1\s*>|<!doctype[^<>]*>",
    re.DOTALL | re.IGNORECASE,
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_FEWEST_TAGS = 2
"""Tags from which a text is taken for HTML; one may stand in a sentence about HTML."""

_DATA_ADDRESS = re.compile(r"data:[\w.+-]+/[\w.+-]+(?:;[\w=.-]+)*;base64,[A-Za-z0-9+/=%]*")
_LONG_RUN = re.compile(r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{200,}={0,2}")
_RUNS = re.compile(
    r"(?:^[ >]*[A-Za-z0-9+/]{60,}={0,2}[ ]*\n){3,}(?:[ >]*[A-Za-z0-9+/]{4,}={0,2}[ ]*$)?", re.M
)


def without_data(text: str) -> str:
    """Return the text without files inside it: ``data:`` addresses and blocks of base64."""
    if "base64," in text:
        text = _DATA_ADDRESS.sub("", text)
    return _LONG_RUN.sub(_if_words, _RUNS.sub(_if_words, text))


def is_html(text: str) -> bool:
    """Whether a text is or holds HTML, and is not just about it."""
    return len(_CLOSING.findall(text)) >= _FEWEST_TAGS


def without_tags(text: str) -> str:
    """Return the text without the tags of HTML, and without scripts, styles and comments.

    `PARAGRAPH` stands where blocks begin and end. Entities stay.
    """
    if "<" not in text:
        return text
    text = _CELL.sub(" · ", _HIDDEN.sub(_newlines, text))
    return _INLINE.sub(_newlines, _BLOCK.sub(lambda tag: PARAGRAPH + _newlines(tag), text))


def without_entities(text: str) -> str:
    """Return the text with its entities decoded; what is none, such as ``a & b``, stays."""
    if "&" not in text:
        return text
    return _ENTITY.sub(lambda entity: html.unescape(entity.group()).replace("\n", " "), text)


def _newlines(found: re.Match[str]) -> str:
    """Return only the newlines of a match."""
    return "\n" * found.group().count("\n")


def _if_words(found: re.Match[str]) -> str:
    """Return a match that can be words, such as a row of capitals; of base64 only the newlines."""
    text = found.group()
    is_mixed = all(re.search(kind, text) for kind in ("[a-z]", "[A-Z]", "[0-9]"))
    return _newlines(found) if is_mixed else text
