"""JSON: one record on each line, or one document with a record or a list of records.

Records are numbered from 1 in file order, without blank lines. A record that cannot be read has
a number, too, so fixing it does not renumber the others.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from ...datatypes import Article
from ...errors import ArticleError
from ..build import build_article
from ..clean import clean
from ..dates import parse_date
from ..decode import decode
from ..found import EmptyFileError, NotAnArticleError, Problem, ReadArticle

TEXT_KEYS = ("text", "content", "body")
"""Keys of the text, best first."""
TITLE_KEYS = ("title", "headline")
"""Keys of the title, best first."""
DATE_KEYS = ("date", "published", "publish_date")
"""Keys of the publication date, best first."""
SOURCE_CHARACTERS = 2_000
"""Longest source that is accepted."""

_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://\S+|\S+/\S*\.\w{1,8}|[~.]{0,2}/\S+", re.IGNORECASE)

Line = tuple[int, bytes | None]
"""Line number, from 1, and the line's bytes; None for a line that is too long."""


def parse(data: bytes) -> object:
    """Return the parsed JSON. Raises ArticleError with the reason if it is not valid."""
    try:
        return json.loads(decode(data))
    except json.JSONDecodeError as error:
        raise ArticleError(f"not valid JSON: {error.msg.lower()}, column {error.colno}") from error
    except RecursionError as error:
        raise ArticleError("JSON nested too deeply to read") from error
    except ValueError as error:  # a number with thousands of digits
        raise ArticleError("JSON with a number too long to read") from error


def is_record(line: bytes) -> bool:
    """Whether a line is a complete JSON object."""
    try:
        return line.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") and isinstance(
            parse(line), dict
        )
    except ArticleError:
        return False


def read_lines(name: str, lines: Iterable[Line]) -> Iterator[ReadArticle | Problem]:
    """Yield the articles of a file with a JSON object on each line, reading one line at a time."""
    record = questions = 0
    others = False
    for number, line in lines:
        if line is not None and not line.strip():
            continue
        record += 1
        try:
            if line is None:
                raise ArticleError("too long to read")
            value = parse(line)
            if _is_question(value):
                questions += 1
                continue
            yield ReadArticle(record, _article(value, name, record))
        except ArticleError as error:
            yield Problem(f"{name}#{record}", f"line {number}: {error}", quiet=False)
        others = True
    if not record:
        raise EmptyFileError("empty file")
    if questions and not others:
        raise NotAnArticleError("a set of questions, not articles")
    if questions:
        yield Problem(name, f"{questions} records hold a question and no text", quiet=False)


def read_document(name: str, value: object) -> Iterator[ReadArticle | Problem]:
    """Yield the articles of a JSON document: an object or a list of objects."""
    records = value if isinstance(value, list) else [value]
    if records and all(map(_is_question, records)):
        raise NotAnArticleError("a set of questions, not articles")
    if not any(isinstance(record, dict) and _text(record) for record in records):
        raise NotAnArticleError("JSON without an article: no record has text")
    for number, record in enumerate(records, 1):
        try:
            yield ReadArticle(number, _article(record, name, number))
        except ArticleError as error:
            yield Problem(f"{name}#{number}", f"record {number}: {error}", quiet=False)


def _article(value: object, name: str, record: int) -> Article:
    """Return the article of one record. Raises ArticleError if it is not one."""
    if not isinstance(value, dict):
        raise ArticleError("not a JSON object")
    return article_of(value, _source(value) or f"{name}#{record}")


def article_of(record: Mapping[str, object], source: str) -> Article:
    """Return the article of a record, cleaned. Raises ArticleError if it has no text."""
    text = clean(_text(record))
    if not text.strip():
        raise ArticleError(f"no text (looked for {', '.join(TEXT_KEYS)})")
    return build_article(
        source,
        text,
        title=next(strings(record, TITLE_KEYS), ""),
        published=_published(record),
        dated="record",
    )


def _is_question(value: object) -> bool:
    """Whether a record has a question and no text."""
    return isinstance(value, dict) and "question" in value and not _text(value)


def _text(record: Mapping[str, object]) -> str:
    return next(strings(record, TEXT_KEYS), "")


def _published(record: Mapping[str, object]) -> date | None:
    days = (parse_date(record.get(key)) for key in DATE_KEYS)
    return next((day for day in days if day), None)


def _source(record: Mapping[str, object]) -> str:
    """Return the record's URL, or its source if that looks like a URL or path; otherwise empty."""
    for value in strings(record, ("url", "source")):
        address = clean(value).strip()
        if len(address) <= SOURCE_CHARACTERS and _ADDRESS.fullmatch(address):
            return address
    return ""


def strings(record: Mapping[str, object], keys: Iterable[str]) -> Iterator[str]:
    """Yield the values of these keys that are strings and not blank."""
    for key in keys:
        value = record.get(key)
        if isinstance(value, str) and value.strip():
            yield value
