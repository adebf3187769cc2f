"""What changes a library, wherever it is kept: its articles and its conversations."""

import os
from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from .asking import Asking
from .datatypes import Answer, Article, Scope
from .storage.article_store import ArticleRow
from .turns import Conversation, Turn, TurnWriting, Verdict

# Imported on first use: each takes longer to import than `qa ls` takes to run.
if TYPE_CHECKING:
    from .indexing.cluster import Cluster
    from .indexing.pipeline import Pipeline
    from .indexing.report import Progress, Report
    from .storage.protocol import WritableStorage

PRUNE_SHARE = 0.5
"""Largest share of the known files that pruning drops; nobody deletes more than that by hand."""


class Adding(Asking):
    """The part of a library that adds and removes articles and keeps conversations."""

    _store: "WritableStorage"
    folder: Path
    """The library's folder, or that of what belongs to it on this machine."""

    @property
    @abstractmethod
    def name(self) -> str:
        """What ``--library`` calls it."""

    @property
    def flag(self) -> str:
        """The option that opens it, to show in a command; empty for the current library."""
        return self._store.flags[0]

    @abstractmethod
    def close(self) -> None:
        """Close the library; it cannot be used afterwards."""

    @abstractmethod
    def _writing(self) -> AbstractContextManager[None]:
        """Hold the writer's lock. Raises LibraryBusyError or LibraryReadOnlyError."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def add(
        self,
        *paths: str | os.PathLike[str],
        prune: bool = False,
        prune_share: float = PRUNE_SHARE,
        reread: bool = False,
        on: str | None = None,
        progress: "Progress | None" = None,
    ) -> "Report":
        """Add and update the articles in files and folders; unchanged files are not read.

        Without a path, every file that the library knows is updated. Articles whose file has
        vanished are kept unless ``prune`` is true; pruning drops at most ``prune_share`` of the
        known files under the paths, or ten. ``reread`` also reads unchanged files, and stores
        damaged articles again. ``on`` is the address of a Ray cluster that reads and embeds, or
        ``local`` for one of this machine. ``progress`` is called after each batch. An exception,
        such as KeyboardInterrupt, loses the current batch only. Raises UsageError for a path that
        does not exist, LibraryBusyError while another process writes, LibraryReadOnlyError if the
        folder cannot be written, ModelError if the encoder is not installed, ModelMismatchError
        if the library was embedded by another model than the one asked for.
        """
        from .indexing.run import index_files

        places = [os.fspath(path) for path in paths]
        share = prune_share if prune else None
        with self._indexing(progress) as pipeline:
            cluster = self._cluster(on) if on else None
            return index_files(pipeline, places, prune=share, reread=reread, cluster=cluster)

    def add_articles(
        self,
        articles: Iterable[Article | Mapping[str, object]],
        *,
        progress: "Progress | None" = None,
    ) -> "Report":
        """Add and update articles from memory, each an `Article` or a mapping.

        A mapping has the keys of a JSON record: ``text``, ``source`` (or ``url``, which goes
        first), and optionally ``title`` and ``published``, a date or text such as ``2011-10-24``.
        All of it is cleaned as the text of a file is. The source can be any text. It identifies
        the article: adding a source again leaves the same content unchanged, and replaces other
        content. An article from memory stays until it is removed by its source; `add` neither
        updates nor prunes it.

        ``articles`` may be a generator; it is read while it is indexed. ``progress`` is called
        with numbers of articles, and only if ``articles`` has a length. An article without text or
        source is listed in ``Report.failed``, and the rest is added. Raises UsageError for an
        object that is neither an `Article` nor a mapping, and otherwise what `add` raises.
        """
        from .indexing.run import index_articles

        with self._indexing(progress) as pipeline:
            return index_articles(pipeline, articles)

    def remove(self, *articles: str) -> list[ArticleRow]:
        """Remove articles by number, source or path, and return them; their files stay.

        The path of a folder means all articles in it. Raises UsageError for a name that no article
        has, LibraryBusyError and LibraryReadOnlyError as `add` does.
        """
        with self._writing():
            rows = self.find(*articles)
            with self._store.batch() as batch:
                for row in rows:
                    batch.remove_article(row.id)
                batch.remove_empty_files()
            if self._store.facts():
                self._store.publish(tidy=True)
            return rows

    def conversations(self) -> list[Conversation]:
        """Return the conversations with this library, the most recent first."""
        return self._conversations.all()

    def start_conversation(self, title: str = "") -> int:
        """Start a conversation and return its number; its default title is its first question.

        All methods that change conversations work during an indexing run; they wait for the
        current batch only. They raise LibraryBusyError if that takes half a minute.
        """
        return self._conversations.start(title)

    def turns(self, conversation: int) -> list[Turn]:
        """Return a conversation's turns, oldest first. Raises UsageError if there is none."""
        return self._conversations.turns(conversation)

    def add_turn(
        self, conversation: int, question: str, answer: Answer, scope: Scope | None = None
    ) -> Turn:
        """Store a question as it was typed, with its answer; it is on the disk on return.

        ``answer.question`` is what was searched, ``scope`` the filter that was in force. Raises
        UsageError or LibraryBusyError.
        """
        return self._conversations.add(conversation, question, answer, scope)

    def keep_writing(self, turn: int, writing: TurnWriting) -> None:
        """Store what a language model wrote for a turn, in place of what it wrote before.

        Raises UsageError if there is no such turn.
        """
        self._conversations.keep_writing(turn, writing)

    def judge(self, turn: int, verdict: Verdict | None) -> None:
        """Store whether an answer is ``"right"`` or ``"wrong"``; None withdraws the verdict.

        Raises UsageError if there is no such turn.
        """
        self._conversations.judge(turn, verdict)

    def rename_conversation(self, conversation: int, title: str) -> None:
        """Change a conversation's title. Raises UsageError if there is no such conversation."""
        self._conversations.rename(conversation, title)

    def delete_conversation(self, conversation: int) -> None:
        """Delete a conversation with its turns. Raises UsageError if there is none."""
        self._conversations.delete(conversation)

    def cases(self) -> list[dict[str, Any]]:
        """Return the judged turns as labelled questions, in the layout that ``qa eval`` reads.

        ``qa.storage.conversations.cases`` says how a verdict is interpreted.
        """
        return self._conversations.cases()

    def _cluster(self, address: str) -> "Cluster":
        """Return the Ray cluster at an address, for the encoder of this library."""
        from .indexing.cluster import Cluster

        facts = self._store.facts()
        return Cluster(address, facts["model"], facts["fingerprint"], self._session.device)

    @contextmanager
    def _indexing(self, progress: "Progress | None") -> Iterator["Pipeline"]:
        """Hold the writer's lock and yield a pipeline; the first run stores the model's name."""
        from .indexing.pipeline import Pipeline
        from .indexing.run import facts_of

        session = self._session
        with self._writing():
            if not self._store.facts():
                encoder = session.encoder
                with self._store.batch() as batch:
                    batch.set_facts(**facts_of(encoder))
            yield Pipeline(self._store, session.encoder, progress)
