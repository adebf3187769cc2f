"""Web pages, as a browser or SingleFile saves them: the article's text, headline and date.

The lines of an article's text, from 1, are those of the extracted text, in which every second line
is a paragraph: a line of HTML would help nobody to find a sentence.
"""

import re
from collections.abc import Iterator
from http import HTTPStatus

from ...datatypes import Article
from ...errors import ArticleError
from ..build import build_article
from ..clean import clean
from ..decode import Decoded, decode_file
from ..found import EmptyFileError, ReadArticle
from ..markup import tamed

SUFFIXES = frozenset({".html", ".htm", ".xhtml", ".xht"})
"""Suffixes of web pages."""

ERROR_PAGE_CHARACTERS = 1_000
"""Longest text of a page that is taken for a server's error by its title."""

_HEAD_BYTES = 16_384
_CHARSET = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_:.-]{2,40})""")
_CODECS = {"gbk": "gb18030", "shift_jis": "cp932", "euc_kr": "cp949"}
"""Larger encodings that browsers use under the names of smaller ones."""
_UNREAD = re.compile(r"<(script|style|noscript|svg|template)\b[^<>]*>", re.IGNORECASE)


def read(name: str, data: bytes) -> Iterator[ReadArticle]:
    """Yield the article of a page. Raises ArticleError if the page has no text."""
    if not data.strip():
        raise EmptyFileError("empty file")
    yield ReadArticle(None, page_article(name, data))


def page_article(source: str, data: bytes, charset: str = "") -> Article:
    """Return the article of a page's bytes. Raises ArticleError if it has no text.

    ``charset`` is the encoding that an HTTP or MIME header names; the page's own comes after it.
    """
    from ..page import Page
    from ..page_dates import page_date
    from ..page_text import page_text
    from ..page_titles import page_title

    decoded = decode_page(data, charset)
    page = Page(tamed(_without_scripts(decoded.text)))
    title = page_title(page)
    text = clean(page_text(page))
    if not text.strip():
        raise ArticleError("a web page without text; a script may load it, or it is only a frame")
    _refuse_error_page(title, text)
    return build_article(source, text, title=title, dated=page_date(page), encoding=decoded.guess)


def decode_page(data: bytes, charset: str = "") -> Decoded:
    """Return the markup of a page, decoded as browsers do, and its encoding if that was a guess.

    A byte order mark counts first, then valid UTF-8, then the encoding that is named, then a guess.
    """
    if data[:2] in (b"<\0", b"\0<"):
        wide = "utf-16-le" if data[:1] == b"<" else "utf-16-be"
        return Decoded(data.decode(wide, "replace"), "")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or data[:3] == b"\xef\xbb\xbf":
        return decode_file(data)
    codec = _codec(charset) or _codec(_named(data))
    if codec.startswith("iso2022"):  # all its bytes are ASCII, so it is valid UTF-8
        return Decoded(data.decode(codec, "replace"), "")
    try:
        return Decoded(data.decode("utf-8"), "")
    except UnicodeDecodeError:
        return Decoded(data.decode(codec, "replace"), "") if codec else decode_file(data)


def _named(data: bytes) -> str:
    """Return the encoding that a page's head names; empty if it names none."""
    found = _CHARSET.search(data, 0, _HEAD_BYTES)
    return found.group(1).decode("ascii") if found else ""


def _codec(label: str) -> str:
    """Return Python's name for an encoding other than Unicode's; empty if it is unknown."""
    from resiliparse.parse.encoding import map_encoding_to_html5

    codec = map_encoding_to_html5(label, False) if label else None
    return "" if codec is None or codec.startswith("utf") else _CODECS.get(codec, codec)


def _without_scripts(markup: str) -> str:
    """Return the markup without scripts, styles and drawings; JSON-LD stays."""
    kept: list[str] = []
    position = 0
    missing: set[str] = set()
    while opening := _UNREAD.search(markup, position):
        name = opening.group(1).lower()
        kept.append(markup[position : opening.start()])
        position = opening.end()
        closing = None
        if name not in missing:
            closing = re.compile(rf"</{name}\s*>", re.IGNORECASE).search(markup, position)
        if closing is None:
            missing.add(name)
            kept.append(opening.group())
            continue
        if "ld+json" in opening.group().lower():
            kept.append(markup[opening.start() : closing.end()])
        position = closing.end()
    return "".join(kept) + markup[position:]


def _refuse_error_page(title: str, text: str) -> None:
    """Raise ArticleError for a short page that is titled like ``404 Not Found``."""
    if len(text) > ERROR_PAGE_CHARACTERS:
        return
    words = title.casefold()
    for status in HTTPStatus:
        if status >= 400 and str(status.value) in words and status.phrase.casefold() in words:
            raise ArticleError(
                f"a server's error page ({status.value} {status.phrase}), not an article"
            )
