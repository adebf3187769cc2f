"""WARC, what web archives and crawlers write: the pages and texts in it, one by one."""

import codecs
import io
import logging
import re
import zlib
from collections.abc import Iterator
from contextlib import suppress
from typing import IO, TYPE_CHECKING

from ...errors import ArticleError
from ..dates import parse_date
from ..found import Member, NotAnArticleError, Problem
from ..record import address_of
from ..stream import FILE_BYTES
from .archive import DAMAGE, MEMBERS, unpacked

if TYPE_CHECKING:
    from warcio.recordloader import ArcWarcRecord

SUFFIXES = frozenset({".warc", ".wet"})
"""Suffixes of web archives, with or without ``.gz`` after them."""
MAGIC = b"WARC/"
"""First bytes of a web archive, unpacked."""

_SUFFIX_OF_TYPE = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "text/plain": ".txt",
    "application/pdf": ".pdf",
}
"""Types of content that are read, and the suffix of such a file."""
_HEAD_BYTES = 2_048
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_DAMAGED = "damaged or cut short; what comes before the damage was read"


def members(data: bytes, archive: str = "") -> Iterator[Member | Problem]:
    """Yield the pages and texts of a web archive, and a problem for each that cannot be read.

    Their names, also as sources of problems, are their numbers and the suffix of their type. Raises
    ArticleError for what comes after damage, NotAnArticleError if it is no web archive.
    """
    stream = io.BytesIO(data)
    source = _Source(unpacked(stream) or stream)
    if source.head != MAGIC:
        raise NotAnArticleError("not a web archive")
    for number, record in enumerate(_records(source), 1):
        if number > MEMBERS:
            raise ArticleError(f"has more than {MEMBERS:,} records; the rest is not read")
        if not (suffix := _suffix(record)):
            continue
        name = f"{number}{suffix}"
        headers = record.rec_headers
        try:
            yield Member(
                name,
                _as_utf8(_content(record), _content_type(record)),
                url=address_of({"url": headers.get_header("WARC-Target-URI")}),
                published=parse_date(headers.get_header("WARC-Date")),
                dated="crawl date",
            )
        except ArticleError as error:
            yield Problem(name, str(error), quiet=False)
        if getattr(record.raw_stream, "limit", 0) > 0:  # the record should have been longer
            raise ArticleError(_DAMAGED)


class _Source:
    """A stream that ends where it is damaged."""

    def __init__(self, stream: IO[bytes] | io.RawIOBase) -> None:
        self._stream = stream
        self._pending = b""
        self.error: Exception | None = None
        self.head = self.read(len(MAGIC))
        self._pending = self.head

    def read(self, size: int = -1) -> bytes:
        """Return some of the bytes, none at the end."""
        if self._pending:
            data, self._pending = self._pending, b""
            return data
        try:
            return self._stream.read(size) or b""
        except DAMAGE as error:
            self.error = error
            return b""


def _records(source: _Source) -> Iterator["ArcWarcRecord"]:
    """Yield the records of an unpacked web archive. Raises ArticleError at the damage."""
    from warcio.archiveiterator import ArchiveIterator

    logging.getLogger("warcio").setLevel(logging.CRITICAL)  # it prints what it mends

    records = ArchiveIterator(source)
    records.INC_RECORD = ""  # it would print this to stderr
    try:
        for record in records:
            if record.rec_type is None:
                raise ArticleError(_DAMAGED)
            yield record
    except ArticleError:
        raise
    except Exception as error:  # of many kinds
        raise ArticleError(_DAMAGED) from error
    if source.error or records.err_count:
        raise ArticleError(_DAMAGED) from source.error


def _suffix(record: "ArcWarcRecord") -> str:
    """Return the suffix of a record's content; empty if it is not read, such as an image's."""
    kind = record.rec_type
    answered = record.http_headers
    is_read = kind in {"resource", "conversion"} or (
        kind == "response" and answered is not None and answered.get_statuscode() == "200"
    )
    uri = record.rec_headers.get_header("WARC-Target-URI") or ""
    if not is_read or uri.partition("?")[0].endswith("/robots.txt"):
        return ""
    return _SUFFIX_OF_TYPE.get(_content_type(record).partition(";")[0].strip().lower(), "")


def _content_type(record: "ArcWarcRecord") -> str:
    """Return the type of a record's content, with its parameters; empty if none is given."""
    headers = record.http_headers or record.rec_headers
    return headers.get_header("Content-Type") or ""


def _content(record: "ArcWarcRecord") -> bytes:
    """Return the content of a record, as a browser would get it. Raises ArticleError."""
    from warcio.bufferedreaders import ChunkedDataReader

    headers = record.http_headers
    transfer = (headers and headers.get_header("Transfer-Encoding")) or ""
    coding = (headers and headers.get_header("Content-Encoding")) or ""
    is_chunked = transfer.strip().lower() == "chunked"
    reader = ChunkedDataReader(record.raw_stream) if is_chunked else record.raw_stream
    data: bytes = reader.read(FILE_BYTES + 1)
    data = _decompressed(data, coding.strip().lower())
    if len(data) > FILE_BYTES:
        raise ArticleError(f"larger than {FILE_BYTES // 1_000_000} MB")
    return data


def _decompressed(data: bytes, coding: str) -> bytes:
    """Return the data without its content coding, cut above `FILE_BYTES`. Raises ArticleError.

    Data that does not have its coding comes back as it is: some crawlers keep pages decompressed.
    """
    if coding in {"gzip", "x-gzip", "deflate"}:
        for window_bits in (zlib.MAX_WBITS | 32, -zlib.MAX_WBITS):
            with suppress(zlib.error):
                return zlib.decompressobj(window_bits).decompress(data, FILE_BYTES + 1)
        if data.startswith(b"\x1f\x8b"):
            raise ArticleError("its compressed data is damaged")
    if coding == "br":
        import brotli

        with suppress(brotli.error):
            data = brotli.Decompressor().process(data, output_buffer_limit=FILE_BYTES + 1)
    return data


def _as_utf8(data: bytes, content_type: str) -> bytes:
    """Return a text as UTF-8 if only the server says how it is encoded."""
    charset = _CHARSET.search(content_type)
    head = data[:_HEAD_BYTES]
    if not charset or head.startswith(codecs.BOM_UTF8) or _CHARSET.search(head.decode("latin-1")):
        return data
    try:
        return codecs.BOM_UTF8 + data.decode(charset.group(1), "replace").encode()
    except (LookupError, UnicodeError):  # a name that no encoding has
        return data
