"""JSON: one record on each line, or one document with a record or a list of records.

Records are numbered from 1 in file order, without blank lines. A record that cannot be read has
a number, too, so fixing it does not renumber the others.
"""

import json
from collections.abc import Iterable, Iterator

from ...datatypes import Article
from ...errors import ArticleError
from ..decode import decode_file
from ..found import EmptyFileError, NotAnArticleError, Problem, ReadArticle
from ..record import (
    TEXT_KEYS,
    address_of,
    article_of,
    find_records,
    has_titles,
    is_question,
)

Line = tuple[int, bytes | None]
"""Line number, from 1, and the line's bytes; None for a line that is too long."""


def parse(data: bytes) -> tuple[object, str]:
    """Return the parsed JSON, and its encoding if that was a guess.

    Raises ArticleError with the reason if it is not valid.
    """
    text, encoding = decode_file(data)
    try:
        return json.loads(text), encoding
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
            parse(line)[0], dict
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
            value, encoding = parse(line)
            if is_question(value):
                questions += 1
                continue
            yield ReadArticle(record, _article(value, name, record, encoding))
        except ArticleError as error:
            yield Problem(f"{name}#{record}", f"line {number}: {error}", quiet=False)
        others = True
    if not record:
        raise EmptyFileError("empty file")
    if questions and not others:
        raise NotAnArticleError("a set of questions, not articles")
    if questions:
        yield Problem(name, f"{questions} records hold a question and no text", quiet=False)


def read(name: str, data: bytes) -> Iterator[ReadArticle | Problem]:
    """Yield the articles of a JSON document: a record, a list of records, or one inside it.

    Raises ArticleError if it is not valid.
    """
    value, encoding = parse(data)
    yield from read_document(name, value, encoding)


def read_document(name: str, value: object, encoding: str = "") -> Iterator[ReadArticle | Problem]:
    """Yield the articles of a parsed document; ``encoding`` is its encoding if it was a guess."""
    listed = value if isinstance(value, list) else [value]
    if listed and all(map(is_question, listed)):
        raise NotAnArticleError("a set of questions, not articles")
    records = find_records(value)
    if not records:
        _refuse(value)
    for number, record in enumerate(records, 1):
        try:
            yield ReadArticle(number, _article(record, name, number, encoding))
        except ArticleError as error:
            yield Problem(f"{name}#{number}", f"record {number}: {error}", quiet=False)


def _refuse(value: object) -> None:
    """Raise for a document without text; only one that has titles is a fault and not a setting."""
    names = ", ".join(TEXT_KEYS[:5])
    reason = f"JSON without an article: no record has text (looked for {names}, …)"
    raise (ArticleError if has_titles(value) else NotAnArticleError)(reason)


def _article(value: object, name: str, record: int, encoding: str) -> Article:
    """Return the article of one record. Raises ArticleError if it is not one."""
    if not isinstance(value, dict):
        raise ArticleError("not a JSON object")
    return article_of(value, address_of(value) or f"{name}#{record}", encoding=encoding)
