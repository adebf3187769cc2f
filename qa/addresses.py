"""Where a library on Milvus is: ``milvus://HOST:PORT/COLLECTION`` or ``milvus:FILE.db``."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from .errors import UsageError

PREFIX = "milvus:"
"""Begins what ``--library`` calls such a library."""

DEFAULT_PORT = 19530
DEFAULT_COLLECTION = "articles"

_SERVER = re.compile(r"//([^/:\s]+|\[[0-9a-fA-F:]+\])(?::(\d{1,5}))?(?:/(\w*))?/?", re.ASCII)
_COLLECTION = re.compile(r"[A-Za-z_]\w{0,200}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Address:
    """The place of a library on Milvus."""

    text: str
    """What ``--library`` calls it."""
    uri: str
    """What `pymilvus` connects to: an address with its port, or the path of a file."""
    collection: str
    """First part of the names of its two collections."""

    @property
    def is_file(self) -> bool:
        """Whether it is a file of Milvus Lite."""
        return not self.uri.startswith("http")

    @property
    def slug(self) -> str:
        """A name for files of this machine that belong to the library."""
        name = f"{self.uri}/{self.collection}"
        return f"milvus-{hashlib.sha256(name.encode()).hexdigest()[:12]}"


def is_milvus(name: object) -> bool:
    """Whether the name of a library is such an address."""
    return isinstance(name, str) and name.startswith(PREFIX)


def parse_address(text: str) -> Address:
    """Return the address that a text is. Raises UsageError if it is not one."""
    rest = text.removeprefix(PREFIX)
    if not rest.startswith("//"):
        if not rest.endswith(".db"):
            raise UsageError(
                f"{text} is no library on Milvus; write milvus://HOST:PORT/COLLECTION, "
                "or milvus:FILE.db for a file of Milvus Lite."
            )
        path = Path(rest).expanduser().absolute()
        return Address(f"{PREFIX}{path}", str(path), DEFAULT_COLLECTION)
    found = _SERVER.fullmatch(rest)
    collection = (found[3] if found else "") or DEFAULT_COLLECTION
    if not found or not _COLLECTION.fullmatch(collection):
        raise UsageError(
            f"{text} is no address of a collection; write milvus://HOST:PORT/COLLECTION, "
            "with letters, digits and _ in COLLECTION."
        )
    port = int(found[2] or DEFAULT_PORT)
    return Address(text, f"http://{found[1]}:{port}", collection)
