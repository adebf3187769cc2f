"""The Python interface: a library of articles that answers questions."""

import os
from typing import TYPE_CHECKING, Self

from . import settings
from .errors import UsageError
from .opened import OpenedLibrary

# Imported on first use: each takes longer to import than `qa ls` takes to run.
if TYPE_CHECKING:
    from .indexing.report import Progress, Report
    from .references import CheckedReference, Reference


class Library(OpenedLibrary):
    """A folder with articles, their passages and their embeddings.

    Threads may share a library. It can be read while another process writes to it.
    """

    @classmethod
    def open(
        cls,
        library: str | os.PathLike[str] | None = None,
        *,
        model: str | None = None,
        reader: str | None = None,
        device: str | None = None,
        create: bool = True,
    ) -> Self:
        """Open a library, as ``--library`` does on the command line; create it if it is new.

        ``library`` is the name of a library in the data folder, or a path: text with a separator,
        as ``./news``, or a `pathlib.Path`. Without it, the default library is opened. ``model``
        is the encoder, by its name in models.txt or its folder; a library that has one keeps it.
        ``reader`` is the model that finds answers, named in the same way. ``device``, such as
        ``cuda``, is where articles are embedded; the default is the CPU. Raises UsageError for
        settings that make no sense, LibraryError for a folder that cannot be used, or that is no
        library where ``create`` is false, and LibraryVersionError for a library of a newer qa.
        """
        chosen = settings.load_settings(library, model, reader=reader)
        return cls(chosen, device=device, create=create)

    def reembed(self, model: str | None = None, progress: "Progress | None" = None) -> "Report":
        """Embed every article again, with another model if one is named.

        An exception changes nothing. ``progress`` is called with the number of articles. Raises
        ModelError, LibraryBusyError and LibraryReadOnlyError as `add` does.
        """
        from .indexing.run import reembed

        session = self._session
        with self._writing():
            encoder = session.open_encoder(
                model or session.model or self._store.facts().get("model")
            )
            report = reembed(self._store, encoder, progress)
            session.drop_model()
            session.use(encoder)
            self._store.publish(force=True)
            return report

    def verify(self, reference: "str | Reference") -> "CheckedReference":
        """Say whether the words of a reference still stand there, in the file as it is now.

        A reference is what a citation prints: ``path#start-end@digest``. Raises UsageError if a
        text is not one.
        """
        from .indexing.verify import check_reference
        from .references import parse_reference

        wanted = parse_reference(reference) if isinstance(reference, str) else reference
        if wanted is None:
            raise UsageError(f"{reference} is not a reference; write PATH#START-END@DIGEST.")
        return check_reference(self._store, wanted)
