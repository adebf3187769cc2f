"""ZIP packages of XML parts, which DOCX, ODT, PPTX and EPUB are, read within limits."""

from __future__ import annotations

import posixpath
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING
from urllib.parse import unquote

from ...errors import ArticleError
from ..found import EmptyFileError
from ..stream import UNPACKED_BYTES

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

OLD_OFFICE = b"\xd0\xcf\x11\xe0"
"""First bytes of an Office file before 2007, and of a newer one that a password protects."""
MOST_TAGS = 3_000_000
"""Most tags that a part may have. A parsed tag takes 130 to 250 bytes; a long novel has 300,000."""

_BLOCK_BYTES = 1 << 16
_PACKED = b"PK"
_DAMAGE = (
    *(zipfile.BadZipFile, zlib.error, struct.error),
    *(EOFError, ValueError, OverflowError, OSError),
)
"""What `zipfile` raises for a damaged package, besides NotImplementedError for an odd number."""


@dataclass(frozen=True, slots=True)
class Relationship:
    """A link from one part of an Office package to another."""

    kind: str
    """Last word of its type, such as ``footnotes``; the rest depends on the flavour of the file."""
    target: str
    """Name of the part that it leads to."""


class Package:
    """The parts of a package. Its methods raise ArticleError if a part is damaged or too large."""

    def __init__(self, data: bytes, suffix: str) -> None:
        """Open a package; ``suffix`` is what an old file should be saved as."""
        if not data:
            raise EmptyFileError("empty file")
        if data.startswith(OLD_OFFICE):
            raise ArticleError(
                f"an old or password-protected Office file; save it as {suffix}, without a password"
            )
        if not data.startswith(_PACKED):
            raise ArticleError(f"not a {suffix} file: it is no ZIP package")
        with _named_damage():
            self._zip = zipfile.ZipFile(BytesIO(data))
            self._parts = {_key(part.filename): part for part in self._zip.infolist()}
        self._left_bytes = UNPACKED_BYTES

    def __contains__(self, name: str) -> bool:
        return _key(name) in self._parts

    def blocks(self, name: str) -> Iterator[bytes]:
        """Yield the bytes of a part; none if it is missing.

        All parts together may unpack to `UNPACKED_BYTES`, whatever size the package states.
        """
        part = self._parts.get(_key(name))
        if part is None:
            return
        if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise ArticleError("packed in a way that is not supported; save it again")
        with _named_damage(), self._zip.open(part) as file:
            while block := file.read(_BLOCK_BYTES):
                self._left_bytes -= len(block)
                if self._left_bytes < 0:
                    raise ArticleError(f"unpacks to more than {UNPACKED_BYTES // 1_000_000} MB")
                yield block

    def read(self, name: str) -> bytes:
        """Return the bytes of a part; empty if it is missing."""
        return b"".join(self.blocks(name))

    def tree(self, name: str) -> Element | None:
        """Return the root of an XML part; None if the part is missing or empty."""
        return parse_xml(self.blocks(name))

    def relationships(self, part: str = "") -> dict[str, Relationship]:
        """Return the links from a part, or from the package itself, by their id."""
        folder, name = posixpath.split(part)
        root = self.tree(posixpath.join(folder, "_rels", f"{name}.rels"))
        return {
            link.get("Id", ""): Relationship(
                link.get("Type", "").rpartition("/")[2], resolve(part, link.get("Target", ""))
            )
            for link in (() if root is None else root)
            if link.get("TargetMode") != "External"
        }

    def related(self, part: str, kind: str) -> Iterator[str]:
        """Yield the names of the parts that a part, or the package itself, links to as this."""
        for link in self.relationships(part).values():
            if link.kind == kind:
                yield link.target


def parse_xml(blocks: Iterator[bytes]) -> Element | None:
    """Return the root of an XML document, or None if there is not a byte of it.

    Comments are dropped, entities are not replaced and nothing else is loaded. Raises ArticleError
    for XML that is not well formed, nested deeper than 256 levels or made of too many tags.
    """
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    tags = 0
    try:
        for block in blocks:
            tags += block.count(b"<")
            if tags > MOST_TAGS:
                raise ArticleError(f"more than {MOST_TAGS // 1_000_000} million XML tags")
            parser.feed(block)
        return parser.close() if tags else None
    except etree.XMLSyntaxError as error:
        raise ArticleError(f"damaged: its XML cannot be read ({_reason(error)})") from error


def resolve(part: str, target: str) -> str:
    """Return the name of the part that a link in another part leads to."""
    path = unquote(target.partition("#")[0])
    return posixpath.normpath(posixpath.join("/", posixpath.dirname(part), path)).lstrip("/")


def local(element: Element) -> str:
    """Return an element's name without its namespace; empty for what is not an element.

    Strict and ordinary Office files differ in their namespaces alone.
    """
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def attribute(element: Element, name: str) -> str:
    """Return the value of an attribute by its name without a namespace; empty if it is missing."""
    found = (value for key, value in element.items() if str(key).rpartition("}")[2] == name)
    return str(next(found, ""))


def children(element: Element, name: str) -> Iterator[Element]:
    """Yield the children with this name."""
    return (child for child in element if local(child) == name)


def descendants(element: Element, name: str, skipped: frozenset[str]) -> Iterator[Element]:
    """Yield the descendants with this name in order, but none that is inside another or skipped."""
    for child in element:
        found = local(child)
        if found == name:
            yield child
        elif found not in skipped:
            yield from descendants(child, name, skipped)


def text_of(root: Element | None, name: str) -> str:
    """Return the text of the first element with this name, at any depth; empty if there is none."""
    elements = () if root is None else root.iter("{*}" + name)
    return next((element.text for element in elements if element.text), "")


def _key(name: str) -> str:
    """Return the form in which part names are compared; some programs write backslashes."""
    return name.replace("\\", "/").lstrip("/").lower()


def _reason(error: Exception) -> str:
    """Return a parser's message without the place."""
    return str(error).partition(", line")[0][:100]


@contextmanager
def _named_damage() -> Iterator[None]:
    """Turn the errors of a damaged package into an ArticleError."""
    try:
        yield
    except (*_DAMAGE, NotImplementedError) as error:
        raise ArticleError("damaged or cut short: its ZIP package cannot be read") from error
    except RuntimeError as error:  # zipfile raises it for parts with a password
        raise ArticleError("protected by a password; save it without one") from error
