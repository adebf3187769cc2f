"""Files → passages → embeddings → the library, batch by batch; stopping it loses no batch."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from .articles.heading import split_under_heading
from .articles.load import FoundFile, Problem, ReadArticle, file_digest, read_articles, walk
from .datatypes import Article
from .models.encoder import Encoder
from .storage.batch import Batch
from .storage.index import LiveVectors
from .storage.store import ArticleRow, FileRow, Store

BATCH_PASSAGES = 256
"""Passages that are embedded and committed together: two to four seconds of work."""

BATCH_CHANGES = 1000
"""Changes committed together at most, however few passages they bring."""

REEMBED_ARTICLES = 50
"""Articles held in memory together while all are embedded anew."""


@dataclass(slots=True)
class Report:
    """What an indexing run found and did; numbers count articles unless they say otherwise."""

    new: int = 0
    """Added."""
    changed: int = 0
    """Replaced, their words or title being others now."""
    unchanged: int = 0
    """Left as they were."""
    moved: int = 0
    """Found under another path, otherwise unchanged."""
    removed: int = 0
    """Dropped: gone from a file that is still there, or pruned with theirs."""
    vanished: list[str] = field(default_factory=list)
    """Known files that are gone; their articles are kept unless pruned."""
    failed: list[Problem] = field(default_factory=list)
    """Files and records that could not be read, each with its reason."""
    skipped: int = 0
    """Files that are no articles by nature."""
    passages: int = 0
    """Passages embedded."""


class Progress(Protocol):
    """Hears how an indexing run gets on."""

    def __call__(self, done_bytes: int, total_bytes: int, report: Report) -> None:
        """Take note of how much of the new and changed files is in."""


@dataclass(slots=True)
class _Put:
    """An article to be embedded and stored; one with an id replaces the stored one."""

    found: FoundFile
    record: int | None
    article: Article
    places: list[tuple[int, int]]
    texts: list[str]


class Indexer:
    """One indexing run. The caller holds the writer's lock."""

    def __init__(
        self,
        store: Store,
        encoder: Encoder,
        live: LiveVectors,
        progress: Progress | None = None,
    ) -> None:
        self._store = store
        self._encoder = encoder
        self._live = live
        self._progress = progress
        self._report = Report()
        self._changes: list[_Put | Callable[[Batch], object]] = []
        self._waiting_passages = 0
        self._done_bytes = 0
        self._total_bytes = 0

    def run(self, paths: Sequence[str], *, prune: bool = False) -> Report:
        """Add and update everything under the paths. Raises UsageError for a path that is not."""
        known = self._store.files()
        pending: list[FoundFile] = []
        seen: set[str] = set()
        for found in walk(paths):
            if isinstance(found, Problem):
                self._note(found)
                continue
            seen.add(found.path)
            row = known.get(found.path)
            if row and row.digest and _has_facts(row, found):
                self._report.unchanged += row.articles
            else:
                pending.append(found)
        vanished = _vanished(paths, known, seen)
        self._total_bytes = sum(found.size_bytes for found in pending)
        by_digest = {row.digest: row for row in vanished if row.digest}
        for found in pending:
            moved = self._file(found, known.get(found.path), by_digest)
            if moved:
                vanished.remove(moved)
            self._done_bytes += found.size_bytes
        if prune:
            self._prune(vanished)
        self._flush()
        self._report.vanished = [row.name for row in vanished]
        self._live.publish()
        self._store.optimise()
        return self._report

    def _file(
        self, found: FoundFile, row: FileRow | None, gone: dict[str, FileRow]
    ) -> FileRow | None:
        """Index a file that is new or may have changed; return the known file it was, if moved."""
        try:
            digest = file_digest(found.path)
        except OSError as error:
            self._note(Problem(found.name, (error.strerror or str(error)).lower(), quiet=False))
            return None
        if row and row.digest == digest:
            self._report.unchanged += row.articles
            self._change(lambda batch: _put_file(batch, found, digest))
        elif row is None and (moved := gone.pop(digest, None)):
            self._report.moved += moved.articles
            self._change(lambda batch: batch.move_file(moved.id, found.path, found.name))
            self._change(lambda batch: _put_file(batch, found, digest))
            return moved
        else:
            self._changed_file(found, row, digest)
        return None

    def _changed_file(self, found: FoundFile, row: FileRow | None, digest: str) -> None:
        """Index the articles of a file, leaving alone those that it held before."""
        stored = self._store.article_rows(file=row.id) if row else []
        by_words = {(old.digest, old.title, old.published): old for old in stored}
        by_source = {old.source: old for old in stored}
        left = {old.id for old in stored}
        problem: Problem | None = None
        last: ReadArticle | Problem | None = None
        for last in read_articles(found):
            if isinstance(last, Problem):
                problem = last
                self._note(last)
                continue
            article = last.article
            same = by_words.get((article.digest, article.title, article.published))
            before = by_source.get(article.source)
            if same and same.id in left:
                left.discard(same.id)
                self._report.unchanged += 1
                self._change(_keeping(found, last, same))
            elif before and before.id in left and not _is_numbered(last):
                left.discard(before.id)
                self._put(found, last.record, replace(article, id=str(before.id)))
            else:
                self._put(found, last.record, article)
        if problem is None:
            self._remove(left)
        elif isinstance(last, Problem) and last.source == found.name:
            if stored:  # its end was not seen: nothing may be called gone
                reason = "what was read of it before is kept"
                self._note(Problem(found.name, reason, quiet=False))
            return
        else:
            self._remove(left)
            digest = ""  # read it again next time, so that its bad records are named again
        self._change(lambda batch: _put_file(batch, found, digest))

    def _put(self, found: FoundFile, record: int | None, article: Article) -> None:
        """Let an article be embedded and stored with the next batch."""
        places, texts = self._split(article)
        self._waiting_passages += len(places)
        self._report.passages += len(places)
        if article.id:
            self._report.changed += 1
        else:
            self._report.new += 1
        self._change(_Put(found, record, article, places, texts))

    def _remove(self, numbers: set[int]) -> None:
        """Let articles be dropped with the next batch."""
        self._report.removed += len(numbers)
        for number in sorted(numbers):
            self._change(_removing(number))

    def _prune(self, vanished: Sequence[FileRow]) -> None:
        """Drop the articles of files that are gone."""
        for row in vanished:
            self._remove({article.id for article in self._store.article_rows(file=row.id)})
        self._change(Batch.remove_empty_files)

    def _change(self, change: "_Put | Callable[[Batch], object]") -> None:
        """Let something happen in order, with the next batch; start that when it is full."""
        self._changes.append(change)
        if self._waiting_passages >= BATCH_PASSAGES or len(self._changes) >= BATCH_CHANGES:
            self._flush()

    def _flush(self) -> None:
        """Embed what waits and commit it all in one transaction."""
        texts = [text for put in self._changes if isinstance(put, _Put) for text in put.texts]
        vectors = self._encoder.encode(texts, "passage")
        first = 0
        with self._store.batch() as batch:
            for change in self._changes:
                if isinstance(change, _Put):
                    file = _put_file(batch, change.found, "")
                    part = vectors[first : first + len(change.places)]
                    batch.put_article(file, change.record, change.article, change.places, part)
                    first += len(change.places)
                else:
                    change(batch)
        self._changes.clear()
        self._waiting_passages = 0
        self._live.publish()
        if self._progress:
            self._progress(self._done_bytes, self._total_bytes, self._report)

    def _split(self, article: Article) -> tuple[list[tuple[int, int]], list[str]]:
        return split_under_heading(article, self._encoder.count_tokens, self._encoder.room_tokens)

    def _note(self, problem: Problem) -> None:
        if problem.quiet:
            self._report.skipped += 1
        else:
            self._report.failed.append(problem)


def reembed(store: Store, encoder: Encoder, progress: Progress | None = None) -> Report:
    """Split and embed every article anew, in one transaction: stopped, nothing has changed."""
    report = Report()
    rows = store.article_rows()
    total = sum(row.length for row in rows)
    done = 0
    with store.batch() as batch:
        batch.set_facts(**facts_of(encoder))
        for first in range(0, len(rows), REEMBED_ARTICLES):
            part = rows[first : first + REEMBED_ARTICLES]
            for article in store.articles(row.id for row in part).values():
                places, texts = split_under_heading(
                    article, encoder.count_tokens, encoder.room_tokens
                )
                vectors = encoder.encode(texts, "passage")
                batch.replace_passages(int(article.id), article, places, vectors)
                report.changed += 1
                report.passages += len(places)
            done += sum(row.length for row in part)
            if progress:
                progress(done, total, report)
    return report


def facts_of(encoder: Encoder) -> dict[str, str]:
    """Return what a library remembers of the model that made it."""
    return {
        "model": encoder.name,
        "fingerprint": encoder.fingerprint,
        "dimension": str(encoder.dimension),
    }


def _put_file(batch: Batch, found: FoundFile, digest: str) -> int:
    return batch.put_file(found.path, found.name, found.size_bytes, found.modified_ns, digest)


def _keeping(found: FoundFile, read: ReadArticle, same: ArticleRow) -> Callable[[Batch], object]:
    """An article whose words are as before: at most its place in the file has changed."""

    def keep(batch: Batch) -> None:
        file = _put_file(batch, found, "")
        article = read.article
        batch.touch_article(same.id, file, read.record, article.source, article.first_line)

    return keep


def _removing(number: int) -> Callable[[Batch], object]:
    return lambda batch: batch.remove_article(number)


def _is_numbered(read: ReadArticle) -> bool:
    """Whether only a record number, which shifts when a file is edited, names the article."""
    return read.record is not None and read.article.source.endswith(f"#{read.record}")


def _has_facts(row: FileRow, found: FoundFile) -> bool:
    return (row.size_bytes, row.modified_ns) == (found.size_bytes, found.modified_ns)


def _vanished(paths: Sequence[str], known: dict[str, FileRow], seen: set[str]) -> list[FileRow]:
    """Known files under the paths that are no longer there.

    A folder in which nothing at all was found may be a disk that is not mounted: its files do not
    count as vanished.
    """
    gone = []
    for path in {Path(path).absolute() for path in paths}:
        under = f"{path}/"
        if any(name.startswith(under) for name in seen):
            gone += [
                row
                for name, row in known.items()
                if name.startswith(under) and name not in seen and not Path(name).exists()
            ]
    return list({row.id: row for row in gone}.values())
