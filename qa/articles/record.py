"""Records of any kind, JSON objects or rows of a table → articles, by the names of their fields.

Names are compared in lower case and without signs, so ``publishedAt``, ``published_at`` and
``Published At`` are one. A field may be in an object inside the record, as ``_source.title``.
"""

import html
import re
from collections.abc import Iterable, Iterator, Mapping

from ..datatypes import Article
from ..errors import ArticleError
from .build import build_article
from .clean import clean
from .dates import DATE_KEYS, LATER_DATE_KEYS, Dated, dated_value, plain_name
from .markup import markup_text

TEXT_KEYS = (
    *("text", "content", "body", "maintext", "articlebody", "articletext", "articlecontent"),
    *("fulltext", "bodytext", "bodyhtml", "textcontent", "contenttext", "contenthtml", "plaintext"),
    *("pagecontent", "newstext", "cleantext", "rawtext", "html", "story", "article", "paragraphs"),
    *("transcript", "document"),
)
"""Names of the text, best first."""
SUMMARY_KEYS = ("description", "summary", "abstract", "leadparagraph", "excerpt", "snippet")
"""Names of a summary, which is the text of a record that has a title and a date and no text."""
TITLE_KEYS = ("title", "headline", "webtitle", "articletitle", "heading", "subject", "name")
"""Names of the title, best first."""
SOURCE_KEYS = ("url", "link", "weburl", "permalink", "canonicalurl", "sourceurl", "uri", "source")
"""Names of the address, best first."""
SOURCE_CHARACTERS = 2_000
"""Longest source that is accepted."""

_DEPTH = 6
"""How deep a document is searched for records, and a record for its fields."""
_INNER_CHARACTERS = 20
"""Shortest text of an object inside a record; what is shorter is a label."""
_PARTS = ("rendered", "value", "main", "text", "html", "plain", "content", "body")
"""Names of the part that is the value of a field that is an object, best first."""
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://\S+|\S+/\S*\.\w{1,8}|[~.]{0,2}/\S+", re.IGNORECASE)
_MARKUP = re.compile(
    r"</(?:p|div|span|a|em|strong|[biuq]|[uod]l|li|d[dt]|h[1-6]|blockquote|table|tr|t[dh]|figure"
    r"|section|article|header|body|html|font|su[bp]|small|cite|time|pre|code|script|style)\s*>"
    r"|<(?:br|hr|p|img)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,31});", re.IGNORECASE)
_CUT_MARK = re.compile(r"(?:…|\.\.\.)?\s*\[\+\d+ chars\]\s*\Z")
"""What the free NewsAPI writes where it cuts a text off."""


def article_of(
    record: Mapping[str, object],
    source: str,
    *,
    first_line: int = 1,
    dated: str = "record",
    encoding: str = "",
) -> Article:
    """Return the article of a record, cleaned. Raises ArticleError if it has no text.

    ``first_line`` is the line where its text begins; it holds only if the text is no markup.
    ``dated`` says what a date in it is from, ``encoding`` is that of the file if it was a guess.
    """
    fields = _fields(record)
    raw = _text(fields)
    text = decoded(raw)
    if "chars]" in text[-20:]:
        text = _CUT_MARK.sub("…", text)
    text = clean(text)
    if not text.strip():
        raise ArticleError(f"no text ({_looked_for(record)})")
    return build_article(
        source,
        text,
        title=decoded(next(_strings(fields, TITLE_KEYS), "")),
        dated=_dated(fields, dated),
        first_line=1 if first_line > 1 and _MARKUP.search(raw) else first_line,
        encoding=encoding,
    )


def address_of(record: Mapping[str, object]) -> str:
    """Return the record's URL, or its source if that looks like a URL or path; otherwise empty."""
    for value in _strings(_fields(record), SOURCE_KEYS):
        address = clean(value).strip()
        if len(address) <= SOURCE_CHARACTERS and _ADDRESS.fullmatch(address):
            return address
    return ""


def has_text(record: object) -> bool:
    """Whether a value is a record with text, in itself or in an object inside it."""
    return isinstance(record, Mapping) and bool(record) and bool(_text(_fields(record)))


def is_question(record: object) -> bool:
    """Whether a value is a record with a question and no text."""
    return isinstance(record, Mapping) and "question" in record and not has_text(record)


def looks_like_article(record: object) -> bool:
    """Whether a value is a record with a title, such as one whose text is missing."""
    return isinstance(record, Mapping) and any(_strings(_own_fields(record), TITLE_KEYS[:-1]))


def has_titles(document: object) -> bool:
    """Whether a JSON document has a record with a title anywhere in it."""
    level = [document]
    for _ in range(_DEPTH):
        if any(map(looks_like_article, level)):
            return True
        level = [inner for value in level for inner in _inner(value)]
    return False


def find_records(document: object) -> list[object]:
    """Return the records of a JSON document: itself, or what is listed in it; empty if none.

    The search goes from the outside in, and ends at the first level that has a list of records
    with text or, without one, single records.
    """
    if looks_like_article(document) and has_text(document) and not _has_list(document):
        return [document]
    level = [document]
    for depth in range(_DEPTH):
        lists = [value for value in level if isinstance(value, list)]
        if listed := [one for one in lists if any(_is_article(item, depth) for item in one)]:
            return [record for one in listed for record in one]
        if single := [one for one in level if _has_own_text(one) and _is_article(one, depth)]:
            return single
        level = [inner for value in level for inner in _inner(value)]
    return []


def _is_article(value: object, depth: int) -> bool:
    """Whether a value at this depth of a document is an article, and not a label in settings."""
    if not isinstance(value, Mapping) or not value or not (text := _text(_fields(value))):
        return False
    return depth == 0 or len(text) >= _INNER_CHARACTERS or looks_like_article(value)


def strings(record: Mapping[str, object], keys: Iterable[str]) -> Iterator[str]:
    """Yield the values of these names that are texts and not blank, in the order of the names."""
    return _strings(_fields(record), keys)


def decoded(text: str) -> str:
    """Return a text without HTML: tags are gone and entities decoded; other text is unchanged."""
    if "<" not in text and "&" not in text:
        return text
    if _MARKUP.search(text):
        return markup_text(text)
    plain = _ENTITY.sub(lambda entity: html.unescape(entity.group()), text)
    # Some programs escape their markup twice. A text that is about tags does not begin with one.
    if plain != text and plain.lstrip().startswith("<") and _MARKUP.search(plain):
        return markup_text(plain)
    return plain


def _fields(record: Mapping[str, object], depth: int = 0) -> Mapping[str, object]:
    """Return a record's fields by plain name, if not blank.

    Objects inside it add their fields if they have its text, as ``_source`` does in an export, or
    are its metadata. Of fields with one name the outermost counts.
    """
    own = _own_fields(record)
    fields = dict(own)
    is_wrapper = not _text(own)
    for name, value in own.items():
        if not isinstance(value, Mapping) or depth == _DEPTH:
            continue
        if name.startswith("meta") or is_wrapper:
            inner = _fields(value, depth + 1)
            if name.startswith("meta") or len(_text(inner)) >= _INNER_CHARACTERS:
                fields = {**inner, **fields}
    return fields


def _own_fields(record: Mapping[str, object]) -> Mapping[str, object]:
    """Return the fields of a record by plain name, without blank ones."""
    fields: dict[str, object] = {}
    for name, value in record.items():
        if value is not None and not (isinstance(value, str) and not value.strip()):
            fields.setdefault(plain_name(str(name)), value)
    return fields


def _text(fields: Mapping[str, object]) -> str:
    """Return the text as it was written, or a summary in its place; empty if there is neither."""
    text = next(_strings(fields, TEXT_KEYS), "")
    if not text and any(_strings(fields, TITLE_KEYS)) and any(key in fields for key in DATE_KEYS):
        text = next(_strings(fields, SUMMARY_KEYS), "")
    return text


def _has_own_text(value: object) -> bool:
    return isinstance(value, Mapping) and bool(_text(_own_fields(value)))


def _has_list(document: object) -> bool:
    """Whether one of an object's own values is a list of records with text."""
    lists = [value for value in _inner(document) if isinstance(value, list)]
    return any(_is_article(value, 1) for one in lists for value in one)


def _inner(value: object) -> list[object]:
    """Return the objects and lists in an object or list."""
    values: Iterable[object] = value.values() if isinstance(value, Mapping) else ()
    values = value if isinstance(value, list) else values
    return [inner for inner in values if isinstance(inner, Mapping | list)]


def _dated(fields: Mapping[str, object], source: str) -> Dated | None:
    """Return the publication date: a clear one, or else one in digits, or else a guess at it."""
    found = [one for key in DATE_KEYS if (one := _dated_value(fields.get(key), source))]
    if found:
        return next((one for one in found if one.day), found[0])
    guesses = (_dated_value(fields.get(key), source, is_guess=True) for key in LATER_DATE_KEYS)
    return next(filter(None, guesses), None)


def _dated_value(
    value: object, source: str, *, is_guess: bool = False, depth: int = 0
) -> Dated | None:
    """Return the date of a value, or of the first value in it that is a date."""
    if isinstance(value, Mapping | list) and depth < _DEPTH:
        values = value.values() if isinstance(value, Mapping) else value
        inner = (_dated_value(one, source, is_guess=is_guess, depth=depth + 1) for one in values)
        return next(filter(None, inner), None)
    return dated_value(value, source, is_guess=is_guess)


def _strings(fields: Mapping[str, object], keys: Iterable[str]) -> Iterator[str]:
    for key in keys:
        if key in fields and (value := _string(fields[key])).strip():
            yield value


def _string(value: object, depth: int = 0) -> str:
    """Return a field's value as text: of a list its paragraphs, of an object its main part."""
    if isinstance(value, str):
        return value
    if depth < _DEPTH and isinstance(value, list):
        return "\n\n".join(filter(None, (_string(part, depth + 1) for part in value)))
    if depth < _DEPTH and isinstance(value, Mapping):
        parts = (_string(value.get(name), depth + 1) for name in _PARTS)
        return next(filter(None, parts), "")
    return ""


def _looked_for(record: Mapping[str, object]) -> str:
    """Return which names were looked for, and which the record has."""
    names = [clean(str(name))[:40] for name in list(record)[:8]]
    there = f"; found {', '.join(names)}" if names else ""
    return f"looked for {', '.join(TEXT_KEYS[:3])}, …{there}"
