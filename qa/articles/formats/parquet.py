"""Parquet: one article a row, by the names of the columns. It takes the extra ``parquet``."""

import io
from collections.abc import Iterator
from importlib.util import find_spec
from itertools import count

from ...errors import ArticleError
from ..clean import one_line
from ..found import NotAnArticleError, Problem, ReadArticle
from ..record import TEXT_KEYS, address_of, article_of, has_text, has_titles

SUFFIXES = frozenset({".parquet", ".pq"})
"""Suffixes of Parquet files."""
MAGIC = b"PAR1"
"""First and last bytes of a Parquet file."""

_BATCH_ROWS = 256
"""Rows that are unpacked at once."""


def read(name: str, data: bytes) -> Iterator[ReadArticle | Problem]:
    """Yield the article of each row. Raises ArticleError if the file cannot be read."""
    if not (data.startswith(MAGIC) and data.endswith(MAGIC)):
        raise ArticleError("not a Parquet file, or cut short")
    if find_spec("arro3") is None:
        raise ArticleError("Parquet files need: pip install 'article-qa[parquet]'")
    numbers = count(1)
    for record in _records(data):
        number = next(numbers)
        try:
            source = address_of(record) or f"{name}#{number}"
            yield ReadArticle(number, article_of(record, source, dated="table"))
        except ArticleError as error:
            yield Problem(f"{name}#{number}", f"record {number}: {error}", quiet=False)


def _records(data: bytes) -> Iterator[dict[str, object]]:
    """Yield the rows as dictionaries. Raises ArticleError for damage and if none is a text."""
    from arro3.io import read_parquet

    try:
        reader = read_parquet(io.BytesIO(data), batch_size=_BATCH_ROWS)
        names = reader.schema.names
        _refuse_without_text(names)
        for batch in reader:
            columns = [map(_value, batch[name].to_pylist()) for name in names]
            yield from (dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True))
    except ArticleError:
        raise
    except Exception as error:
        raise ArticleError(f"damaged Parquet: {one_line(str(error))[:200]}") from error
    except BaseException as error:
        # The Rust code panics on some damaged files, and its panics are no Exceptions.
        if type(error).__name__ != "PanicException":
            raise
        raise ArticleError("damaged Parquet") from error


def _refuse_without_text(names: list[str]) -> None:
    """Raise for a table without text; only one that has titles is a fault and not mere figures."""
    record = {name: name for name in names}
    if not has_text(record):
        reason = f"a table without a column of text (looked for {', '.join(TEXT_KEYS[:5])}, …)"
        raise (ArticleError if has_titles(record) else NotAnArticleError)(reason)


def _value(value: object) -> object:
    """Return a cell; bytes, which some writers use for all texts, as text."""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value
