"""Library: the folder of articles that questions are put to. The way in for Python."""

import math
import os
import shlex
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from threading import Lock, Thread
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from . import settings
from .datatypes import Answer, Article, Conversation, Hit, Scope, Turn, Verdict
from .errors import LibraryBusyError, LibraryReadOnlyError, ModelMismatchError, UsageError
from .storage.database import LOCK, MAKING_SECONDS, no_articles
from .storage.store import ArticleRow, Store

# What indexes and answers takes longer to import than listing takes: each is imported where it is
# first needed.
if TYPE_CHECKING:
    from .indexing import Progress, Report
    from .models.encoder import Encoder
    from .models.reader import Reader
    from .storage.conversations import Conversations
    from .storage.index import LiveVectors
    from .storage.live_text import LiveText
    from .storage.published import SketchFacts

PRUNE_SHARE = 0.5
"""Share of known files that pruning drops at most: more were hardly deleted by hand."""

LOCK_SECONDS = 2
"""How long a writer waits for another before it gives up: time for a run that finds no change."""


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
        """Where the library lies."""
        self._model = model
        self._reader_name = reader
        self._device = device
        self._store = Store(folder, create=create)
        self._encoder: Encoder | None = None
        self._live: LiveVectors | None = None
        self._live_text: LiveText | None = None
        self._reader: Reader | None = None
        self._loading = Lock()
        self._made_by: str | None = None

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

        with self._writing():
            if not self._store.facts():
                encoder = self.encoder
                with self._store.batch() as batch:
                    batch.set_facts(**facts_of(encoder))
            indexer = Indexer(self._store, self.encoder, self._vectors(), self._text(), progress)
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
                self._vectors().publish()
                self._text().publish(tidy=True)
            return rows

    def reembed(self, model: str | None = None, progress: "Progress | None" = None) -> "Report":
        """Embed every article anew, with another model if one is named; all or nothing."""
        from .indexing import reembed
        from .models.encoder import open_encoder

        with self._writing():
            encoder = open_encoder(
                model or self._model or self._store.facts().get("model"), self._device
            )
            report = reembed(self._store, encoder, progress)
            self._forget_model()
            self._encoder = encoder
            self._vectors().publish(force=True)
            self._text().publish()
            return report

    def search(
        self, question: str, *, k: int = settings.HITS, scope: Scope | None = None
    ) -> list[Hit]:
        """Return the k passages that fit a question best, best first."""
        return self._retrieve(_asked(question), k, scope or Scope(), {})

    def ask(
        self,
        question: str,
        *,
        k: int = settings.HITS,
        scope: Scope | None = None,
        on_hits: Callable[[list[Hit]], None] | None = None,
    ) -> Answer:
        """Return the answer that the articles give, with its sources; or that they give none.

        ``on_hits`` is called, in this thread, with the k passages as soon as they are found, before
        they are read.
        """
        from .answering.answer import READ_PASSAGES, answer

        question = _asked(question)
        started = time.perf_counter()
        timings: dict[str, float] = {}
        if k < 1:
            raise UsageError("The number of hits must be at least 1.")
        # Loads while the passages are looked up. No daemon: to end amid that is a crash in C++.
        if self._reader is None:
            Thread(target=self._load_reader, name="reader").start()
        # As many are read whatever k is, so that it changes what is shown and not the answer.
        hits = self._retrieve(question, max(k, READ_PASSAGES), scope or Scope(), timings)
        if on_hits is not None:
            on_hits(hits[:k])
        found = answer(question, hits, self.reader, timings)
        found = replace(found, hits=found.hits[:k])
        timings["total"] = (time.perf_counter() - started) * 1000
        return found

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
        from filelock import FileLock, Timeout

        if not os.access(self.folder, os.W_OK):
            return False
        try:
            with FileLock(self.folder / LOCK, timeout=0):
                return False
        except Timeout:
            return True

    def differing_vectors(self) -> int:
        """Return how many vectors of the FAISS index are not those of the SQLite file."""
        self._notice_new_model()
        return self._vectors().differences() if self._store.facts() else 0

    def differing_words(self) -> int:
        """Return how many passages have other words in the full text than in the SQLite file."""
        return self._text().differences() if self._store.has_articles() else 0

    @property
    def fingerprint(self) -> str:
        """Digest of the model that made the embeddings; empty before the first article."""
        return self._store.facts().get("fingerprint", "")

    @property
    def encoder(self) -> "Encoder":
        """The library's encoder, loaded on first use.

        Raises ModelError when it is not there, ModelMismatchError when another made the library.
        """
        from .models import catalog
        from .models.encoder import open_encoder

        if self._encoder is None:
            facts = self._store.facts()
            named = self._model
            if facts and named is not None:
                named = catalog.find(named).name
                if named != facts.get("model"):
                    raise self._mismatch(facts.get("model", "another model"), named)
            encoder = open_encoder(named or facts.get("model"), self._device)
            if facts and encoder.fingerprint != facts.get("fingerprint"):
                raise self._mismatch(
                    f"another version of {facts.get('model', 'its model')}", encoder.name
                )
            self._encoder, self._made_by = encoder, encoder.fingerprint
        return self._encoder

    @property
    def reader(self) -> "Reader":
        """What reads the passages, loaded on first use. Raises ModelError when it is not there."""
        from .models.reader import open_reader

        with self._loading:
            if self._reader is None:
                self._reader = open_reader(self._reader_name)
            return self._reader

    def _load_reader(self) -> None:
        """Load the reader early; where that fails, whoever needs it hears of it."""
        with suppress(Exception):
            _ = self.reader

    def close(self) -> None:
        """Let go of the folder."""
        if self._live_text is not None:
            self._live_text.close()
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

    def _retrieve(
        self, question: str, k: int, scope: Scope, timings: dict[str, float]
    ) -> list[Hit]:
        from .answering.retrieve import look_up, retrieve

        if k < 1:
            raise UsageError("The number of hits must be at least 1.")
        self._await_articles()
        self._notice_new_model()
        times = [time.perf_counter()]
        live, text = self._vectors(), self._text()
        times.append(time.perf_counter())
        among = self._store.passage_numbers(scope)
        looked_up = look_up(question, text, among)
        encoder = self.encoder
        times.append(time.perf_counter())
        (query,) = encoder.encode([question], "question")
        times.append(time.perf_counter())
        try:
            with live.current() as vectors:
                lexical = looked_up.result()
                hits = retrieve(lexical, query, self._store, vectors, among, k=k)
        except ModelMismatchError:  # another process has just embedded the library anew
            self._forget_model()
            return self._retrieve(question, k, scope, timings)
        times.append(time.perf_counter())
        steps = ("open", "load", "encode", "retrieve")
        for name, (first, last) in zip(steps, pairwise(times), strict=True):
            timings[name] = (last - first) * 1000
        return hits

    def _await_articles(self) -> None:
        """Wait for the first batch of a library that another process is making.

        Raises LibraryError when there is no article and nobody adds any, LibraryBusyError when
        the first takes half a minute.
        """
        until = time.monotonic() + MAKING_SECONDS
        while not self._store.has_articles():
            if not self.is_being_written():
                if self._store.has_articles():  # it has just ended
                    return
                raise no_articles(self.folder)
            if time.monotonic() > until:
                raise LibraryBusyError(
                    f"Another qa is making the library in {self.folder}; ask again in a moment."
                )
            time.sleep(0.2)

    def _vectors(self) -> "LiveVectors":
        """The vectors, up to date."""
        from .storage.index import LiveVectors

        if self._live is None:
            facts = self._store.facts()
            self._live = LiveVectors(self._store)
            self._made_by = facts.get("fingerprint")
        return self._live

    def _text(self) -> "LiveText":
        """The full text."""
        from .storage.live_text import LiveText

        if self._live_text is None:
            self._live_text = LiveText(self._store)
        return self._live_text

    @cached_property
    def _conversations(self) -> "Conversations":
        from .storage.conversations import Conversations

        return Conversations(self._store)

    def _notice_new_model(self) -> None:
        """Let go of the model when another process has embedded the library with another."""
        facts = self._store.facts()
        if facts and self._made_by not in (None, facts.get("fingerprint")):
            self._forget_model()

    def _forget_model(self) -> None:
        """Let go of all that depends on the model that made the embeddings."""
        self._encoder, self._live, self._made_by = None, None, None

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Hold the writer's lock. Raises LibraryBusyError, LibraryReadOnlyError."""
        from filelock import FileLock, Timeout

        lock = FileLock(self.folder / LOCK, timeout=LOCK_SECONDS)
        try:
            lock.acquire()
        except Timeout:
            raise LibraryBusyError(
                f"Another qa is writing to {self.folder}; questions can be asked meanwhile. "
                "Try again when it is done."
            ) from None
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise LibraryReadOnlyError(
                f"{self.folder} cannot be written ({reason}); questions can be asked all the same."
            ) from error
        try:
            self._notice_new_model()
            yield
        finally:
            if self._live_text is not None:
                self._live_text.release()
            lock.release()

    def _mismatch(self, made_by: str, named: str) -> ModelMismatchError:
        return ModelMismatchError(
            f"The library in {self.folder} was made by {made_by}, not {named}. "
            f"To embed it anew: qa index --reembed --model {shlex.quote(named)}"
            f"{settings.library_words(self.folder)}"
        )


def _asked(question: str) -> str:
    """A question on one line, cleaned as articles are. Raises UsageError when nothing is left."""
    from .articles.clean import clean

    asked = " ".join(clean(question).split())
    if not asked:
        raise UsageError("The question is empty.")
    return asked
