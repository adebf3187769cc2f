"""The formats that are read from bytes: their suffixes, how a file of each begins, their modules.

Plain text, Markdown and JSON are not among them: `load` reads those as streams of text.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import cast

from .found import Member, Problem, ReadArticle
from .stream import FILE_BYTES

ReadFormat = Callable[[str, bytes], Iterator[ReadArticle | Problem]]
"""Reads a file: its name and bytes give articles, and problems with single records."""

LARGE_BYTES = 250_000_000
"""Largest file, unpacked, that is read in a process of its own."""

HEAD_BYTES = 8_192
"""Bytes at the start of a file that show its format."""


@dataclass(frozen=True, slots=True)
class Format:
    """A format of files."""

    name: str
    """What people call a file of it, with its article: ``a PDF``."""
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

    @property
    def most_bytes(self) -> int:
        """Size of the largest file that is read."""
        return LARGE_BYTES if self.needs_worker else FILE_BYTES

    def members(self, data: bytes) -> Iterator[Member]:
        """Yield the files in an archive's bytes. Raises ArticleError if it cannot be read."""
        module = import_module(f".formats.{self.module}", __package__)
        return cast("Callable[[bytes], Iterator[Member]]", module.members)(data)

    def read(self, name: str, data: bytes) -> Iterator[ReadArticle | Problem]:
        """Yield the articles in a file's bytes. Raises ArticleError if it cannot be read."""
        module = import_module(f".formats.{self.module}", __package__)
        return cast("ReadFormat", module.read)(name, data)


def _format(
    name: str, module: str, suffixes: str, beginning: bytes = b"", *, needs_worker: bool = True
) -> Format:
    pattern = re.compile(beginning, re.DOTALL | re.IGNORECASE) if beginning else None
    return Format(name, module, frozenset(suffixes.split()), pattern, needs_worker)


FORMATS: tuple[Format, ...] = ()
"""All formats; the first whose beginning matches is taken, before any suffix."""

_BY_SUFFIX = {suffix: one for one in FORMATS for suffix in one.suffixes}

SUFFIXES = frozenset(_BY_SUFFIX)
"""Suffixes of all these formats."""

WORKER_SUFFIXES = frozenset(suffix for suffix, one in _BY_SUFFIX.items() if one.needs_worker)
"""Suffixes of those that are read in a process of their own."""


def format_of(suffix: str, head: bytes) -> Format | None:
    """Return the format of a file by its first bytes, or else by its suffix; None for text."""
    for one in FORMATS:
        if one.beginning and one.beginning.match(head):
            return one
    return _BY_SUFFIX.get(suffix)
