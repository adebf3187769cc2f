"""The formats that are read from bytes: their suffixes, how a file of each begins, their modules.

Plain text, Markdown and JSON are not among them: `load` reads those as streams of text.
"""

from __future__ import annotations  # BufferedReader cannot be subscripted at run time

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from io import BufferedReader
from typing import Any, cast

from .found import Member, Problem, ReadArticle
from .stream import FILE_BYTES

Found = ReadArticle | Problem | Member
"""What is found in a file: an article, a problem with one, or a file in another format."""

ReadFormat = Callable[[str, bytes], Iterator[Found]]
"""Reads a file: its name and bytes give articles, problems with single records, and files in it."""

LARGE_BYTES = 250_000_000
"""Largest file, unpacked, that is read in a process of its own."""

ReadStream = Callable[[str, "BufferedReader[Any]"], Iterator[Found]]
"""Reads a file as a stream."""

ReadMembers = Callable[[bytes, str], Iterator[Member | Problem]]
"""Reads an archive: its bytes and name give the files in it, and problems with single ones."""

HEAD_BYTES = 8_192
"""Bytes at the start of a file that show its format."""


@dataclass(frozen=True, slots=True)
class Format:
    """A format of files."""

    module: str
    """Module in ``qa.articles.formats`` that reads it."""
    suffixes: frozenset[str]
    """Suffixes in lower case, with the dot."""
    beginning: re.Pattern[bytes] | None = None
    """Matches the first bytes of such a file, whatever its suffix; None if they show nothing."""
    holds_files: bool = False
    """Whether it is an archive of files in other formats."""
    needs_worker: bool = True
    """Whether reading one can take so much time or memory that it needs a process of its own."""

    streamed: re.Pattern[bytes] | None = None
    """Matches the first bytes of a file that can be read as a stream, however large it is."""

    @property
    def most_bytes(self) -> int:
        """Size of the largest file that is read."""
        return LARGE_BYTES if self.needs_worker else FILE_BYTES

    def read(self, name: str, data: bytes) -> Iterator[Found]:
        """Yield what is found in a file's bytes. Raises ArticleError if it cannot be read.

        The problems of an archive have paths in it as sources.
        """
        module = import_module(f".formats.{self.module}", __package__)
        if self.holds_files:
            return cast("ReadMembers", module.members)(data, name)
        return cast("ReadFormat", module.read)(name, data)

    def can_stream(self, head: bytes) -> bool:
        """Whether a file that begins like this can be read by `read_stream`."""
        return bool(self.streamed and self.streamed.match(head))

    def read_stream(self, name: str, stream: BufferedReader[Any]) -> Iterator[Found]:
        """Yield what is found in a stream, as `read` does, without holding all of it."""
        module = import_module(f".formats.{self.module}", __package__)
        return cast("ReadStream", module.read_stream)(name, stream)


def _format(
    module: str,
    suffixes: str,
    beginning: bytes = b"",
    *,
    holds_files: bool = False,
    needs_worker: bool = True,
    streamed: bytes = b"",
) -> Format:
    pattern = re.compile(beginning, re.DOTALL | re.IGNORECASE) if beginning else None
    stream = re.compile(streamed, re.DOTALL) if streamed else None
    return Format(module, frozenset(suffixes.split()), pattern, holds_files, needs_worker, stream)


FORMATS = (
    _format("mhtml", ".mhtml .mht", rb'From: [<"]Saved by |Snapshot-Content-Location:'),
    _format(
        "html",
        ".html .htm .xhtml .xht",
        rb"\s*(?:\xef\xbb\xbf)?\s*(?:<!--.{0,4000}?-->\s*)?(?:<\?xml[^>]*>\s*)?"
        rb"<(?:!doctype html|html)\b",
    ),
    # Viewers allow a kilobyte before the mark of a PDF.
    _format("pdf", ".pdf", rb".{0,1024}?%PDF-"),
    _format("docx", ".docx .docm .dotx .dotm .doc .dot"),
    _format("odt", ".odt .ott .odp .otp .ods .ots"),
    _format("pptx", ".pptx .pptm .ppsx .ppsm .potx .potm .ppt .pps"),
    _format("epub", ".epub", rb"PK\x03\x04.{26}mimetypeapplication/epub"),
    _format("rtf", ".rtf", rb"\s*\{\\rtf"),
    _format(
        "mail",
        ".eml .emlx .mbox .mbx",
        rb"(?:[!-9;-~]++:[^\n]*+\n(?:[ \t][^\n]*+\n)*+)*?"
        rb"(?:Received|Return-Path|Message-ID|MIME-Version|Delivered-To):"
        rb"|From \S[^\n]*\d:\d\d[^\n]*\n[!-9;-~]+:",
        streamed=rb"From \S",
    ),
    _format("feed", ".rss .atom .rdf .xml"),
    _format("table", ".csv .tsv .tab .psv", needs_worker=False, streamed=rb"."),
    _format("subtitles", ".srt .vtt", needs_worker=False),
    _format("parquet", ".parquet .pq", rb"PAR1"),
    _format("warc", ".warc .wet", rb"WARC/", holds_files=True),
    _format(
        "archive",
        ".zip .tar .tgz .tbz .tbz2 .txz .bz2 .xz",
        rb"BZh|\xfd7zXZ|.{257}ustar|PK\x03\x04",
        holds_files=True,
    ),
)
"""All formats; the first whose beginning matches is taken, before any suffix."""

_BY_SUFFIX = {suffix: one for one in FORMATS for suffix in one.suffixes}

SUFFIXES = frozenset(_BY_SUFFIX)
"""Suffixes of all these formats."""

WORKER_SUFFIXES = frozenset(suffix for suffix, one in _BY_SUFFIX.items() if one.needs_worker)
"""Suffixes of those that are read in a process of their own."""


def format_of(suffix: str, head: bytes) -> Format | None:
    """Return the format of a file by its first bytes, or else by its suffix; None for text."""
    named = _BY_SUFFIX.get(suffix)
    if named and (head.startswith(b"PK\x03\x04") or named.module == "mhtml"):
        return named  # an office document, perhaps; or a saved page, which can begin like a mail
    for one in FORMATS:
        if one.beginning and one.beginning.match(head):
            return one
    return named
