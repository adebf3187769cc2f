"""Library: a folder of articles to ask questions of. The entry point for Python."""

import math
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from . import settings
from .datatypes import Answer, Article, Conversation, Hit, Scope, Turn, Verdict
from .errors import UsageError
from .storage.store import ArticleRow, Store

# Imported where first used: these take longer to import than `qa ls` takes to list.
if TYPE_CHECKING:
    from .answering.retriever import Retriever
    from .answering.session import Session
    from .conversation.dialogue import Dialogue
    from .indexing import Progress, Report
    from .models.encoder import Encoder
    from .models.reader import Reader
    from .storage.conversations import Conversations
    from .storage.published import SketchFacts

PRUNE_SHARE = 0.5
"""Largest share of known files that pruning drops: more were hardly deleted by hand."""


@dataclass(frozen=True, slots=True)
class LibraryStatus:
    """What a library holds."""

    folder: Path
    """Where it lies."""
    files: int
    """Files indexed."""
    articles: int
    """Articles in them."""
    passages: int
    """Passages in those."""
    model: str
    """Encoder that made the embeddings; empty before the first article."""
    dates: tuple[date, date] | None
    """Earliest and latest publication date."""
    disk_bytes: int
    """Size of the folder's files."""
    changed_files: int
    """Files that have changed since they were read."""
    vanished_files: int
    """Files that are gone."""
    sketch: "SketchFacts | None"
    """How well the approximate vector search of a large library finds; None where it is exact."""


class Library:
    """A folder on disk with articles, their passages and embeddings.

    Threads may share one. Reading goes on while another process writes.
    """

    def __init__(
        self,
        folder: Path,
        model: str | None,
        reader: str | None,
        device: str | None,
        *,
        create: bool,
    ) -> None:
        """Use ``Library.open``."""
        self.folder = folder
        """The library's folder."""
        self._store = Store(folder, create=create)
        self._models = model, reader, device

    @classmethod
    def open(
        cls,
        path: str | os.PathLike[str] | None = None,
        *,
        model: str | None = None,
        reader: str | None = None,
        device: str | None = None,
        create: bool = True,
    ) -> Self:
        """Open the library in a folder, or the person's own one; make it if need be.

        ``model`` is an encoder of models.txt or a folder; a library that has one keeps it.
        ``reader`` is a reader of models.txt or a folder, and may change from question to question.
        ``device``, as ``cuda``, is where articles are embedded, in place of the processor.
        Raises LibraryError, LibraryVersionError or UsageError.
        """
        given = settings.load_settings(model=model, reader=reader)
        folder = Path(path).expanduser().absolute() if path is not None else given.library
        return cls(folder, given.model, given.reader, device, create=create)

    def add(
        self,
        *paths: str | os.PathLike[str],
        prune: bool = False,
        prune_share: float = PRUNE_SHARE,
        reread: bool = False,
        progress: "Progress | None" = None,
    ) -> "Report":
        """Add and update the articles in files and folders; what is unchanged costs nothing.

        Without a path, every file that the library knows is brought up to date. Articles whose file
        has vanished are kept, unless ``prune``. ``reread`` reads what is unchanged, too, and stores
        anew what the disk has damaged. Pruning drops at most ``prune_share`` of the files known
        there, or ten. Raises UsageError for a path that does not exist, LibraryBusyError while
        another process writes, ModelMismatchError when another model was asked for than the
        library has.
        """
        from .indexing import Indexer, facts_of

        session = self._session
        with self._writing():
            if not self._store.facts():
                encoder = session.encoder
                with self._store.batch() as batch:
                    batch.set_facts(**facts_of(encoder))
            indexer = Indexer(
                self._store, session.encoder, session.vectors, session.full_text, progress
            )
            share = prune_share if prune else None
            return indexer.run([os.fspath(path) for path in paths], prune=share, reread=reread)

    def remove(self, *articles: str) -> list[ArticleRow]:
        """Remove articles by identifier, source or path; return what was removed.

        The files themselves stay. Raises UsageError when a name fits no article.
        """
        with self._writing():
            rows = self.find(*articles)
            with self._store.batch() as batch:
                for row in rows:
                    batch.remove_article(row.id)
                batch.remove_empty_files()
            if self._store.facts():
                self._session.vectors.publish()
                self._session.full_text.publish(tidy=True)
            return rows

    def reembed(self, model: str | None = None, progress: "Progress | None" = None) -> "Report":
        """Embed every article anew, with another model if one is named; all or nothing."""
        from .indexing import reembed

        session = self._session
        with self._writing():
            encoder = session.open_encoder(
                model or session.model or self._store.facts().get("model")
            )
            report = reembed(self._store, encoder, progress)
            session.drop_model()
            session.use(encoder)
            session.vectors.publish(force=True)
            session.full_text.publish()
            return report

    def search(
        self, question: str, *, k: int = settings.HITS, scope: Scope | None = None
    ) -> list[Hit]:
        """Return the k passages that fit a question best, best first."""
        from .answering.retriever import cleaned_question

        return list(self._retriever.retrieve(cleaned_question(question), k, scope or Scope()).hits)

    def ask(
        self,
        question: str,
        *,
        k: int = settings.HITS,
        scope: Scope | None = None,
        on_hits: Callable[[list[Hit]], None] | None = None,
    ) -> Answer:
        """Return the answer that the articles give, with its sources, or that they give none.

        ``on_hits`` is called, in this thread, with the k passages as soon as they are found, before
        they are read.
        """
        from .answering.answer import READ_PASSAGES, answer
        from .answering.retriever import cleaned_question

        started = time.perf_counter()
        question = cleaned_question(question)
        if k < 1:
            raise UsageError("The number of hits must be at least 1.")
        self._session.load_reader_early()
        # The same number is read whatever k is: k changes what is shown, not the answer.
        found = self._retriever.retrieve(question, max(k, READ_PASSAGES), scope or Scope())
        if on_hits is not None:
            on_hits(list(found.hits[:k]))
        return answer(
            question, found.hits, self._session.reader, k=k, timings=found.timings, started=started
        )

    def articles(self, scope: Scope | None = None) -> list[ArticleRow]:
        """Return the articles in a scope without their texts, newest first."""
        return self._store.article_rows(scope)

    def passage_counts(self) -> dict[int, int]:
        """Return how many passages each article was split into, by its row number."""
        return self._store.passage_counts()

    def find(self, *names: str) -> list[ArticleRow]:
        """Return the articles meant by identifiers, sources or paths.

        Raises UsageError when a name fits none.
        """
        wanted: set[int] = set()
        for name in names:
            found = self._store.find_articles(name)
            if not found:
                raise UsageError(f"No article is called {name}. See them all: qa ls")
            wanted.update(found)
        return self._store.article_rows(ids=sorted(wanted))

    def article(self, identifier: str | int) -> Article:
        """Return one article, whole. Raises UsageError when there is none of that identifier."""
        text = str(identifier)
        number = int(text) if text.isascii() and text.isdecimal() else 0
        found = self._store.articles([number] if number < 2**63 else [])
        if not found:
            raise UsageError(f"No article has the number {identifier}. See them all: qa ls")
        return found[number]

    def conversation(self, number: int | None = None) -> "Dialogue":
        """Begin a conversation, or go on with the one of that number.

        Its questions may leave out what was just spoken of. Raises UsageError when there is none
        of that number.
        """
        from .conversation.dialogue import Dialogue

        return Dialogue(self._session, self._retriever, self._conversations, number)

    def conversations(self) -> list[Conversation]:
        """Return the conversations had with this library, the one last spoken in first."""
        return self._conversations.all()

    def start_conversation(self, title: str = "") -> int:
        """Begin a conversation, return its number; without a title it takes its first question's.

        This and all that changes conversations waits for no indexing run, only for the batch that
        is being written at the moment. Raises LibraryBusyError when that takes half a minute.
        """
        return self._conversations.start(title)

    def turns(self, conversation: int) -> list[Turn]:
        """Return a conversation's turns, oldest first. Raises UsageError when there is none."""
        return self._conversations.turns(conversation)

    def add_turn(self, conversation: int, question: str, answer: Answer) -> Turn:
        """Remember a question as it was typed, and what came of it; on the disk on return.

        ``answer.question`` is what was searched. Raises UsageError, LibraryBusyError.
        """
        return self._conversations.add(conversation, question, answer)

    def judge(self, turn: int, verdict: Verdict | None) -> None:
        """Remember what the person says of an answer; None takes it back. Raises UsageError."""
        self._conversations.judge(turn, verdict)

    def rename_conversation(self, conversation: int, title: str) -> None:
        """Give a conversation another title. Raises UsageError."""
        self._conversations.rename(conversation, title)

    def delete_conversation(self, conversation: int) -> None:
        """Forget a conversation with all its turns. Raises UsageError."""
        self._conversations.delete(conversation)

    def cases(self) -> list[dict[str, Any]]:
        """Return the judged turns as labelled questions, the layout that ``qa eval`` reads.

        What a verdict is taken to say stands in ``qa.storage.conversations.cases``.
        """
        return self._conversations.cases()

    def stale_files(self, seconds: float | None = None) -> tuple[list[str], list[str]]:
        """Return the known files that have changed, and those that are gone: size and time only.

        With ``seconds`` it stops looking after so long, and begins somewhere else each time.
        """
        changed, gone = [], []
        first = time.time_ns() % (self._store.last_file() + 1) if seconds is not None else 0
        until = time.monotonic() + seconds if seconds is not None else math.inf
        for path, size, modified in self._store.file_marks(first):
            if time.monotonic() > until:
                break
            try:
                facts = os.stat(path)
            except (FileNotFoundError, NotADirectoryError):
                gone.append(path)
            except OSError:
                continue  # it may not be looked at now, which does not make it gone
            else:
                if (facts.st_size, facts.st_mtime_ns) != (size, modified):
                    changed.append(path)
        return changed, gone

    def status(self) -> LibraryStatus:
        """Return what the library holds and how far its files have moved on."""
        from .storage.published import published_sketch

        files, articles, passages = self._store.count()
        changed, gone = self.stale_files()
        return LibraryStatus(
            folder=self.folder,
            files=files,
            articles=articles,
            passages=passages,
            model=self._store.facts().get("model", ""),
            dates=self._store.date_range(),
            disk_bytes=sum(p.stat().st_size for p in self.folder.rglob("*") if p.is_file()),
            changed_files=len(changed),
            vanished_files=len(gone),
            sketch=published_sketch(self._store),
        )

    def check(self) -> list[str]:
        """Read the SQLite file whole and return what is wrong with it, a line each."""
        found = self._store.check()
        facts = self._store.facts().keys()
        if self._store.has_articles() and not {"model", "fingerprint", "dimension"} <= facts:
            found.append("it does not say which model made it")
        return found

    def damaged_conversations(self) -> list[int]:
        """Return the numbers of conversations that cannot be read."""
        return self._conversations.check()

    def changed_articles(self) -> dict[int, str]:
        """Return the articles that are not what was written, each with the file that it is from.

        Reads every text and vector.
        """
        return self._store.changed_articles()

    def back_up(self, path: str | os.PathLike[str]) -> None:
        """Write the library to one new file, which ``qa import`` reads. Raises LibraryError."""
        from .storage.backup import write_backup

        write_backup(self._store, Path(path).expanduser().absolute())

    def is_being_written(self) -> bool:
        """Whether another process is writing to the library at this moment."""
        from .storage.lock import is_locked

        return is_locked(self.folder)

    def differing_vectors(self) -> int:
        """Return how many vectors of the FAISS index differ from those in the SQLite file."""
        self._session.refresh()
        return self._session.vectors.differences() if self._store.facts() else 0

    def differing_words(self) -> int:
        """Return how many passages differ between the full text and the SQLite file."""
        return self._session.full_text.differences() if self._store.has_articles() else 0

    @property
    def fingerprint(self) -> str:
        """Digest of the model that made the embeddings; empty before the first article."""
        return self._store.facts().get("fingerprint", "")

    @property
    def encoder(self) -> "Encoder":
        """The library's encoder, loaded on first use.

        Raises ModelError when it is not installed, ModelMismatchError when the library was made
        by another one.
        """
        return self._session.encoder

    @property
    def reader(self) -> "Reader":
        """The model that finds answers, loaded on first use. Raises ModelError without it."""
        return self._session.reader

    def close(self) -> None:
        """Close the library's files."""
        if "_session" in self.__dict__:
            self._session.close()
        else:
            self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @cached_property
    def _session(self) -> "Session":
        from .answering.session import Session

        return Session(self._store, *self._models)

    @cached_property
    def _retriever(self) -> "Retriever":
        from .answering.retriever import Retriever

        return Retriever(self._session)

    @cached_property
    def _conversations(self) -> "Conversations":
        from .storage.conversations import Conversations

        return Conversations(self._store)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Hold the writer's lock. Raises LibraryBusyError, LibraryReadOnlyError."""
        from .storage.lock import writer_lock

        with writer_lock(self.folder):
            try:
                self._session.refresh()
                yield
            finally:
                self._session.release()
