"""Several libraries, asked as one."""

import os
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from .adding import Adding
from .addresses import is_milvus
from .asking import Asking
from .errors import UsageError
from .library import Library
from .remote import MilvusLibrary
from .storage.joint import JointStorage


class Libraries(Asking):
    """Libraries that answer together; each article says which one it is of.

    All must have been made by the same encoder: otherwise what asks them raises
    ModelMismatchError. They are read only: articles are added to one library, and a conversation
    is kept in one.
    """

    def __init__(self, libraries: Sequence[Adding]) -> None:
        """Ask these libraries; `close` closes them. Raises UsageError if one comes twice."""
        self.libraries = tuple(libraries)
        """The libraries, in the order in which they were named."""
        names = [library.name for library in libraries]
        folders = [os.path.realpath(library.folder) for library in libraries]
        for name, folder in zip(names, folders, strict=True):
            if folders.count(folder) > 1:
                raise UsageError(f"The library {name} is named twice.")
        self._store = JointStorage(names, [library._store for library in libraries])
        self._models = libraries[0]._models
        self.settings = libraries[0].settings

    @classmethod
    def open(
        cls,
        *libraries: str | os.PathLike[str],
        model: str | None = None,
        reader: str | None = None,
        device: str | None = None,
    ) -> Self:
        """Open libraries that exist, as ``--library`` does several times on the command line.

        Raises what ``Library.open`` raises, and UsageError if one is named twice or none at all.
        """
        if not libraries:
            raise UsageError("Name at least one library.")
        opened: list[Adding] = []
        try:
            for name in libraries:
                options = {"model": model, "reader": reader, "device": device}
                if is_milvus(name):
                    opened.append(MilvusLibrary.open(str(name), **options))
                else:
                    opened.append(Library.open(name, **options, create=False))
            return cls(opened)
        except BaseException:
            for library in opened:
                library.close()
            raise

    def close(self) -> None:
        """Close the libraries; they cannot be used afterwards."""
        for library in self.libraries:
            library.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
