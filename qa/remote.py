"""A library on Milvus; its conversations are kept on this machine."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Self

from . import settings
from .adding import Adding
from .addresses import parse_address
from .errors import UsageError
from .storage.milvus.storage import MilvusStorage

if TYPE_CHECKING:
    from .storage.conversations import Conversations
    from .storage.local import LocalStorage


class MilvusLibrary(Adding):
    """Articles on a Milvus server, or in a file of Milvus Lite, asked like a `Library`.

    Several machines may write to a server: the same article has the same number everywhere.
    Conversations and ratings stay in the person's own folder. It differs from the library on disk
    in this: near-copies are not found, a misspelt word is not exchanged, and a ``source`` filter
    knows ``*`` and ``?`` alone.
    """

    _store: MilvusStorage

    def __init__(self, chosen: settings.Settings, *, device: str | None = None) -> None:
        """Open the library that the settings name; the server is called on first use."""
        self.settings = chosen
        """The settings that it was opened with."""
        self.folder = chosen.library
        self._store = MilvusStorage(parse_address(chosen.remote))
        self._models = chosen.model, chosen.reader, device

    @classmethod
    def open(
        cls,
        address: str,
        *,
        model: str | None = None,
        reader: str | None = None,
        device: str | None = None,
    ) -> Self:
        """Open ``milvus://HOST:PORT/COLLECTION`` or ``milvus:FILE.db``; see ``Library.open``.

        Raises UsageError for another address. What is asked of it raises LibraryError if the
        server cannot be reached.
        """
        chosen = settings.load_settings(address, model, reader=reader)
        if not chosen.remote:
            raise UsageError(f"{address} is no address of a library on Milvus.")
        return cls(chosen, device=device)

    @property
    def name(self) -> str:
        """What ``--library`` calls it."""
        return self._store.address

    def close(self) -> None:
        """Close the connection, and the file of conversations."""
        self._store.close()
        if "_local" in self.__dict__:
            self._local.close()

    @cached_property
    def _local(self) -> "LocalStorage":
        from .storage.local import LocalStorage

        return LocalStorage(self.folder, create=True)

    @cached_property
    def _conversations(self) -> "Conversations":
        from .storage.conversations import Conversations

        return Conversations(self._local)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        from .storage.lock import writer_lock

        with writer_lock(self._local.folder):
            yield
